//! Application: filed, then registered or refused (заявление о постановке на очередь).
//!
//! Law:   004 pt.11, 13–23, 1_1 p.4–9, 1_9 p.6–10; decisions D-10, D-18, D-19, D-22, D-23, D-25,
//!        D-35, D-78, D-82, D-100.
//! In:    a [`Filing`], the [`Situation`] that the register shows, a rule set, a moment.
//! Out:   [`Registered`] or one [`Refusal`].
//! Never: asks how a family is called or where it lives: 004 pt.22 «без учета места его прописки
//!        или проживания».
//! Start: [`register`]; what may be done with it later: [`change`], [`check`], [`update`].

pub mod change;
pub mod check;
pub mod update;

mod basis;
mod preschool;

pub use basis::{Basis, Conclusion, Days};
pub use preschool::{PreschoolFacts, PreschoolKind, PreschoolStatus};

use crate::queue::benefit::{Benefit, Proof};
use crate::queue::calendar;
use crate::queue::notice::{Enqueued, Notice};
use crate::queue::rank::{Place, Presence, Tier};
use crate::queue::refusal::Refusal;
use crate::queue::remark::Remark;
use crate::queue::rules::RuleSet;
use crate::terms::{Citizenship, Day, Moment, PreschoolId, Settlement};

/// What a family asks for, as far as the law looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// Тип заявления, with its ground (1_1 p.4(3), p.6, p.8).
    pub basis: Basis,
    /// Дата и время заявления, as the sender signed them (1_1 p.4(2)).
    pub stated_at: Moment,
    /// When it reached us.
    pub received_at: Moment,
    /// The child's day of birth (1_1 p.4(16)); not after the day of filing.
    pub birth_date: Day,
    /// The child's citizenship (1_1 p.4(18)).
    pub citizenship: Citizenship,
    /// The benefit that is claimed (1_1 p.4(14), (15)).
    pub benefit: Option<Benefit>,
    /// The chosen preschools, in the order sent (1_1 p.4(20)).
    pub preschools: Vec<PreschoolId>,
    /// Where the child is to stand in the queue (1_1 p.4(4)).
    pub settlement: Settlement,
}

/// What the register knows that matters to a filing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Situation {
    /// Those of the chosen preschools that the register holds, in any order.
    pub preschools: Vec<PreschoolFacts>,
    /// Does the child stand in a queue of this kind, anywhere in the republic?
    pub already_waiting: bool,
    /// The conclusions of the ПМПК about the child, where the queue asks for one.
    pub conclusions: Vec<Conclusion>,
    /// Is the kind of disorder, or of rehabilitation, one of the list?
    pub care_listed: bool,
    /// Has the sender used this id for another application?
    pub application_id_taken: bool,
}

/// Where a registered application stands. Further states join with their services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Its benefit is «на проверке документов» (1_1 st.7); it waits in the general tier.
    BenefitCheck,
    /// What lets the child stand there is «на проверке документов»: its identity (004 pt.15, D-25),
    /// or the referral of a doctor (1_1 p.8); no seat is offered.
    IdentityCheck,
    /// It waits for a seat.
    Waiting,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::BenefitCheck, Self::IdentityCheck, Self::Waiting];

    /// The code in rows.
    pub fn code(self) -> &'static str {
        match self {
            Self::BenefitCheck => "BENEFIT_CHECK",
            Self::IdentityCheck => "IDENTITY_CHECK",
            Self::Waiting => "WAITING",
        }
    }

    /// The state of this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// How it is present in each queue that it chose, while none has made it an offer (D-37).
    pub fn presence(self) -> Presence {
        match self {
            Self::BenefitCheck => Presence::BenefitCheck,
            Self::IdentityCheck => Presence::IdentityCheck,
            Self::Waiting => Presence::Waiting,
        }
    }

    /// Is it «на проверке документов», so that its places are provisional (D-78)?
    pub fn on_document_check(self) -> bool {
        match self {
            Self::BenefitCheck | Self::IdentityCheck => true,
            Self::Waiting => false,
        }
    }
}

/// Which of the two times of filing counts (D-35).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FiledAtSource {
    /// That of our reception.
    Received,
    /// That which the sender signed.
    Stated,
}

impl FiledAtSource {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Received, Self::Stated];

    /// The time of this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.code() == code)
    }

    /// The code in messages and rows.
    pub fn code(self) -> &'static str {
        match self {
            Self::Received => "RECEIVED",
            Self::Stated => "STATED",
        }
    }
}

/// A filing that the law accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Where it stands now.
    pub state: State,
    /// The tier in which it is counted now.
    pub tier: Tier,
    /// The time of filing that counts.
    pub filed_at: Moment,
    /// Whose time that is.
    pub filed_at_source: FiledAtSource,
    /// The last day of validity, if it is not extended (D-100).
    pub valid_until: Day,
    /// The last day in the queue by age (004 pt.21).
    pub last_day_by_age: Day,
    /// With a preschool the key of a queue: 004 pt.16 «для каждого года рождения отдельно».
    pub birth_year: i32,
    /// What the family should know, in the order of [`Remark`].
    pub remarks: Vec<Remark>,
}

impl Registered {
    /// What the family is told once the register has given a number and counted the places.
    pub fn notices(&self, application: i64, places: Vec<(PreschoolId, Place)>) -> Vec<Notice> {
        let provisional = self.state.on_document_check();
        let valid_until = self.valid_until;
        vec![Notice::Enqueued(Enqueued {
            application,
            places,
            provisional,
            valid_until,
        })]
    }
}

/// Registers a filing in the queues of the chosen preschools, or says why not.
///
/// 1_1 st.6 «удостоверяется, что заявление соответствует требованиям настоящих Правил и
/// регистрирует заявление».
pub fn register(
    filing: &Filing,
    situation: &Situation,
    rules: &RuleSet,
    now: Moment,
) -> Result<Registered, Refusal> {
    let (filed_at, filed_at_source) = time_that_counts(filing, rules);
    let kind = filing.basis.kind();
    let last_day_by_age = calendar::last_day_by_age(filing.birth_date, kind, rules);
    if situation.application_id_taken {
        return Err(Refusal::ApplicationIdTaken);
    }
    // 004 pt.20 «состоит одновременно только в одной … очереди одного населенного пункта на
    // территории Республики Казахстан».
    if situation.already_waiting {
        return Err(Refusal::AlreadyWaiting);
    }
    // 004 pt.21. The day of filing decides: our delay never makes a child too old. There is no
    // lowest age (D-22).
    if filed_at.day() > last_day_by_age {
        return Err(Refusal::ChildTooOld);
    }
    filing.basis.shown(filed_at.day(), situation)?;
    let asked_of = |_| true;
    check_choices(
        &filing.preschools,
        (kind, filing.settlement),
        (&situation.preschools, asked_of),
        rules,
    )?;

    let (state, tier) = stand(filing, rules);
    let valid_until = calendar::valid_until(now.day(), rules);
    let remarks = remarks(filing, state, filed_at_source, valid_until, rules);
    Ok(Registered {
        state,
        tier,
        filed_at,
        filed_at_source,
        valid_until,
        last_day_by_age,
        birth_year: filing.birth_date.year(),
        remarks,
    })
}

/// An application under an id that its sender has used for this child before.
///
/// 1_1 p.4(1) «id заявления»: the id names one application, and an application is what was signed.
/// The same content is answered again; with another one nothing that was asked has been done.
pub fn again(same: bool) -> Result<(), Refusal> {
    if same {
        Ok(())
    } else {
        Err(Refusal::ApplicationDiffers)
    }
}

/// The applications of which an extract is made: 1_4 st.4 «по всем действительным заявлениям в
/// очередях, на запрашиваемого ребенка».
///
/// Of all of them, whatever region they stand in: an extract that kept one back would say of the
/// child what is not true. Who asks must know how the people are called whose numbers it sends:
/// 1_4 p.3(3), (5) «ФИО (при наличии)».
pub fn extract<T>(waiting: Vec<T>, named_as_kept: bool) -> Result<Vec<T>, Refusal> {
    if waiting.is_empty() {
        Err(Refusal::NotInQueue)
    } else if named_as_kept {
        Ok(waiting)
    } else {
        Err(Refusal::NameDiffers)
    }
}

/// The applications of which it is shown what followed from them: referrals, enrolments, contracts.
///
/// Those that the one who asks has filed for the child, where the sender may see. 1_9 p.5 «права
/// законного представителя ребенка» are shown by registers: whoever filed was shown to have them.
/// Whether the child is known at all is told to nobody else.
pub fn represented<T>(filed: Vec<T>, named_as_kept: bool) -> Result<Vec<T>, Refusal> {
    if filed.is_empty() {
        Err(Refusal::RepresentativeUnknown)
    } else if named_as_kept {
        Ok(filed)
    } else {
        Err(Refusal::NameDiffers)
    }
}

/// The time by which the application is ordered (004 pt.17 «с точностью до миллисекунд», D-35).
///
/// The sender's signed time, if it is close to our reception; else the reception. Both are kept.
fn time_that_counts(filing: &Filing, rules: &RuleSet) -> (Moment, FiledAtSource) {
    let skew_ms = filing.stated_at.millis_since(filing.received_at);
    let close = -rules.stated_time_earlier_ms_max..=rules.stated_time_later_ms_max;
    if close.contains(&skew_ms) {
        (filing.stated_at, FiledAtSource::Stated)
    } else {
        (filing.received_at, FiledAtSource::Received)
    }
}

/// May a child stand in the queues of these preschools? The first choice at fault is named. Whether
/// one takes children is asked of those that are chosen now.
fn check_choices(
    preschools: &[PreschoolId],
    (kind, settlement): (PreschoolKind, Settlement),
    (known, chosen_now): (&[PreschoolFacts], impl Fn(PreschoolId) -> bool),
    rules: &RuleSet,
) -> Result<(), Refusal> {
    if !(1..=kind.choices_max(rules)).contains(&preschools.len()) {
        return Err(Refusal::ChoicesOutOfRange(kind));
    }
    for (position, &choice) in preschools.iter().enumerate() {
        if preschools[..position].contains(&choice) {
            return Err(Refusal::ChoiceRepeated(choice));
        }
        // 004 pt.16 «по принадлежности к конкретной ДО одного населенного пункта».
        if choice.settlement() != settlement {
            return Err(Refusal::PreschoolOfAnotherSettlement(choice));
        }
        // 1_9 p.9 «из перечня ЕО НОБД, успешно зарегистрированных и действительных ДО».
        if !chosen_now(choice) {
            continue;
        }
        let facts = known.iter().find(|facts| facts.id == choice);
        let facts = facts.ok_or(Refusal::PreschoolUnknown(choice))?;
        match facts.status {
            PreschoolStatus::Active => {}
            PreschoolStatus::Closed => return Err(Refusal::PreschoolClosed(choice)),
        }
        // 004 pt.16 «Очередь в общеобразовательные ДО», «в специальные ДО», «в санаторные ДО».
        if facts.kind != kind {
            return Err(Refusal::PreschoolOfAnotherKind(choice));
        }
    }
    Ok(())
}

/// What a family should know of an application, from how it was filed and how it stands now, in the
/// order of [`Remark`]; the same at its registration and whenever it is asked for again.
pub fn remarks(
    filing: &Filing,
    state: State,
    filed_at_source: FiledAtSource,
    valid_until: Day,
    rules: &RuleSet,
) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let kind = filing.basis.kind();
    let counts = |_: &Benefit| kind.knows_benefits(rules);
    if filing.benefit.is_some_and(|benefit| !counts(&benefit)) {
        remarks.push(Remark::BenefitNotApplied);
    }
    if let Some(benefit) = filing.benefit.filter(counts) {
        let on_check = match benefit.proof() {
            Proof::Attested => {
                // D-78: it would count, were it not for the check of the identity.
                let waits = state == State::IdentityCheck && benefit.tier(rules) != Tier::General;
                waits.then_some(Remark::BenefitWaitsForIdentity)
            }
            Proof::Scan => state
                .on_document_check()
                .then_some(Remark::OutOfTurnOnCheck),
        };
        remarks.extend(on_check);
        if benefit.tier(rules) == Tier::General {
            remarks.push(Remark::BenefitWithoutTier);
        }
    }
    if state == State::IdentityCheck {
        let of_identity = filing.citizenship != Citizenship::KAZAKHSTAN;
        remarks.extend(of_identity.then_some(Remark::IdentityOnCheck));
        let of_referral = kind == PreschoolKind::Sanatorium;
        remarks.extend(of_referral.then_some(Remark::ReferralOnCheck));
    }
    if filed_at_source == FiledAtSource::Received {
        remarks.push(Remark::ReceptionTimeCounts);
    }
    let last_day_by_age = calendar::last_day_by_age(filing.birth_date, kind, rules);
    if last_day_by_age < valid_until {
        remarks.push(Remark::AgeEndsFirst(last_day_by_age));
    }
    let days = filing.basis.days();
    if let Some(days) = days.filter(|days| days.until < valid_until) {
        remarks.push(Remark::PaperEndsFirst(days.until));
    }
    remarks.sort_unstable();
    remarks
}

/// State and tier of a new application.
fn stand(filing: &Filing, rules: &RuleSet) -> (State, Tier) {
    let (mut state, mut tier) = (State::Waiting, Tier::General);
    let counts = filing.basis.kind().knows_benefits(rules);
    if let Some(benefit) = filing.benefit.filter(|_| counts) {
        match benefit.proof() {
            // 004 pt.11, pt.13: the sender looked it up and answers for it; it counts at once.
            Proof::Attested => tier = benefit.tier(rules),
            // 004 pt.15, 1_1 st.7 «присваивает заявлению статус "на проверке документов"»; until
            // then pt.23 «на общих основаниях», in all its choices (D-18, D-78).
            Proof::Scan => state = State::BenefitCheck,
        }
    }
    // 004 pt.15 «свидетельства о рождении ребенка, не являющегося гражданином Республики
    // Казахстан»; pt.22 «состоит в очереди при наличии ИИН»: counted, but offered nothing (D-25).
    // So is a child whose doctor's referral came as a scan: 1_1 p.8 «(скан-копия)», st.7.
    let foreign = filing.citizenship != Citizenship::KAZAKHSTAN;
    if foreign || matches!(filing.basis, Basis::Sanatorium(_)) {
        (state, tier) = (State::IdentityCheck, Tier::General);
    }
    (state, tier)
}
