//! Update: a family changes its benefit or its preschools (обновление сведений).
//!
//! Law:   004 1_3 p.1, p.3, p.4; pt.16, pt.17, pt.21, pt.23; decisions D-15 to D-18, D-20, D-78.
//! In:    what is asked, what the register shows of the application and of the preschools.
//! Out:   how the application stands from then on, entry by entry; or one [`Refusal`].
//! Never: changes the time of an application; moves it to another settlement (D-15).
//! Start: [`update`].

use chrono::Days;

use super::{Filing, PreschoolFacts, PreschoolKind, State, check_choices, remarks};
use crate::queue::benefit::{Benefit, Proof};
use crate::queue::lifecycle::Machine;
use crate::queue::lifecycle::application as lifecycle;
use crate::queue::rank::Tier;
use crate::queue::refusal::Refusal;
use crate::queue::remark::Remark;
use crate::queue::rules::{KeptTime, RuleSet};
use crate::terms::{Day, Moment, PreschoolId};

/// What is asked for; a part that is none stays as it is: 1_3 p.3(7), (8) «при необходимости».
#[derive(Debug, Clone, Copy)]
pub struct Update<'a> {
    /// «Сведения, удостоверяющие наличие или отсутствие льготы»: the one that is claimed, or none.
    pub benefit: Option<Option<Benefit>>,
    /// The preschools from now on, in the order sent, each with its preference if named (D-17).
    pub choices: Option<&'a [(PreschoolId, Option<u8>)]>,
    /// When it reached us.
    pub received_at: Moment,
}

/// The application as the register shows it.
#[derive(Debug, Clone)]
pub struct Present<'a> {
    /// What was filed; its benefit is the one that is claimed now.
    pub filing: Filing,
    /// The time that counts (D-35).
    pub filed_at: Moment,
    /// Whose time that is.
    pub filed_at_source: super::FiledAtSource,
    /// Where it stands.
    pub state: State,
    /// Does an offer wait for the family's consent?
    pub offered: bool,
    /// The tier in which it is counted.
    pub tier: Tier,
    /// Its last day.
    pub valid_until: Day,
    /// Every preschool that it has or once had among its choices, in the order sent.
    pub entries: &'a [Chosen],
    /// Those of the preschools named now that the register holds.
    pub preschools: &'a [PreschoolFacts],
}

/// A preschool that was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// Which one.
    pub preschool: PreschoolId,
    /// Its preference, if the family named one.
    pub preference: Option<u8>,
    /// The time that counts there.
    pub filed_at: Moment,
    /// Is it among the choices now?
    pub live: bool,
    /// When an update last added or dropped it.
    pub changed_at: Option<Moment>,
    /// Did the family refuse a seat that its queue had offered?
    pub refused: bool,
}

/// The application from now on: 1_3 p.4 «вид льготы после обновления», «ДО после обновления».
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Updated {
    /// Where it stands.
    pub state: State,
    /// The benefit that is claimed.
    pub benefit: Option<Benefit>,
    /// The tier in which it is counted.
    pub tier: Tier,
    /// Its choices, in their order.
    pub choices: Vec<Choice>,
    /// What the family should know.
    pub remarks: Vec<Remark>,
    /// The paragraph.
    pub law: &'static str,
}

/// A preschool among the choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Which one.
    pub preschool: PreschoolId,
    /// Its preference, if the family named one.
    pub preference: Option<u8>,
    /// The time that counts there (D-16).
    pub filed_at: Moment,
    /// Was it no choice before?
    pub added: bool,
    /// Is another one served out of turn (D-18)?
    pub parked: bool,
}

/// What follows from an update.
pub fn update(
    asked: &Update<'_>,
    present: &Present<'_>,
    rules: &RuleSet,
) -> Result<Updated, Refusal> {
    // 1_3 p.3 «Сведения заявлений, находящихся в специальной или санаторной очередях замене
    // (обновлению) или удалению не подлежат».
    if present.filing.basis.kind() != PreschoolKind::General {
        return Err(Refusal::QueueNotUpdated);
    }
    // 1_3 p.1(4) «наличие действующего заявления»: after its last day there is none (D-103).
    if present.valid_until < asked.received_at.day() {
        return Err(Refusal::ApplicationEnded);
    }
    let chosen = choose(asked, present, rules)?;
    let (state, benefit, tier) = stand(asked, present, chosen.is_some(), rules)?;
    let mut choices = chosen.unwrap_or_else(|| kept(present.entries));
    park(&mut choices, tier);
    let filing = Filing {
        benefit,
        ..present.filing.clone()
    };
    Ok(Updated {
        state,
        benefit,
        tier,
        choices,
        remarks: remarks(
            &filing,
            state,
            present.filed_at_source,
            present.valid_until,
            rules,
        ),
        law: "004 1_3 p.3",
    })
}

/// The choices of the update, if it names any.
fn choose(
    asked: &Update<'_>,
    present: &Present<'_>,
    rules: &RuleSet,
) -> Result<Option<Vec<Choice>>, Refusal> {
    let Some(named) = asked.choices else {
        return Ok(None);
    };
    let before = |id: PreschoolId| present.entries.iter().find(|entry| entry.preschool == id);
    let lives = |id: PreschoolId| before(id).is_some_and(|entry| entry.live);
    // 1_9 p.9 asks of a preschool that is chosen now; one that closed meanwhile may stay.
    let ids: Vec<PreschoolId> = named.iter().map(|(id, _)| *id).collect();
    let chosen_now = |id| !lives(id);
    check_choices(
        &ids,
        (present.filing.basis.kind(), present.filing.settlement),
        (present.preschools, chosen_now),
        rules,
    )?;
    let today = asked.received_at.day();
    let added = |id: PreschoolId| Choice {
        preschool: id,
        preference: None,
        filed_at: time_of_added(before(id), present, asked.received_at, rules),
        added: true,
        parked: false,
    };
    let choices: Vec<Choice> = named
        .iter()
        .map(|(id, preference)| {
            let own = before(*id).filter(|entry| entry.live).map(as_it_is);
            Choice {
                preference: *preference,
                ..own.unwrap_or_else(|| added(*id))
            }
        })
        .collect();
    let live = present.entries.iter().filter(|entry| entry.live);
    let dropped = live
        .map(|entry| entry.preschool)
        .filter(|id| !ids.contains(id));
    // D-16: one change of each preschool in so many days, so that nobody's number is moved by those
    // who come and go.
    let new = choices.iter().filter(|choice| choice.added);
    let changed = new.map(|choice| choice.preschool).chain(dropped);
    for id in changed {
        let last = before(id).and_then(|entry| entry.changed_at);
        if last.is_some_and(|last| today < rests_until(last.day(), rules)) {
            return Err(Refusal::ChoiceChangedLately(id));
        }
    }
    Ok(Some(choices))
}

/// State, benefit and tier after the update: each part is an event of the application's life.
fn stand(
    asked: &Update<'_>,
    present: &Present<'_>,
    chosen: bool,
    rules: &RuleSet,
) -> Result<(State, Option<Benefit>, Tier), Refusal> {
    use lifecycle::Event;
    let mut state = match (present.offered, present.state) {
        (true, _) => lifecycle::State::Offered,
        (false, State::BenefitCheck) => lifecycle::State::BenefitCheck,
        (false, State::IdentityCheck) => lifecycle::State::IdentityCheck,
        (false, State::Waiting) => lifecycle::State::Waiting,
    };
    let mut happens = |event| {
        let step = state.step(event, rules).map_err(Refusal::NotInThisState)?;
        state = step.next;
        Ok(())
    };
    let before = present.filing.benefit;
    let benefit = asked.benefit.unwrap_or(before);
    let mut tier = present.tier;
    // A further scan for what is on check joins the one that waits (1_3 st.7).
    let more = benefit == before && present.state == State::BenefitCheck && asked.benefit.is_some();
    if benefit != before || more {
        if before.is_some() && !more {
            happens(Event::BenefitDropped)?;
            tier = Tier::General;
        }
        match benefit.map(|benefit| (benefit, benefit.proof())) {
            // 004 pt.11, pt.13: the sender looked it up and answers for it; it counts at once.
            Some((benefit, Proof::Attested)) => {
                happens(Event::BenefitConfirmed)?;
                tier = benefit.tier(rules);
            }
            // 1_3 st.7 «присваивает заявлению статус "на проверке документов"»; until then on
            // general grounds (004 pt.23).
            Some((_, Proof::Scan)) => happens(Event::BenefitClaimed)?,
            None => {}
        }
    }
    if chosen {
        happens(Event::ChoiceChanged)?;
    }
    // The register tells of an offer beside the state.
    let registered = state.registered().unwrap_or(present.state);
    Ok((registered, benefit, state.tier(tier, false, rules)))
}

/// The choices as they are.
pub(super) fn kept(entries: &[Chosen]) -> Vec<Choice> {
    let live = entries.iter().filter(|entry| entry.live);
    live.map(as_it_is).collect()
}

fn as_it_is(entry: &Chosen) -> Choice {
    Choice {
        preschool: entry.preschool,
        preference: entry.preference,
        filed_at: entry.filed_at,
        added: false,
        parked: false,
    }
}

/// 004 pt.21 «состоит в очереди только в одну общеобразовательную ДО»: the one that the family
/// prefers, or that it named first (D-17, D-18).
pub(super) fn park(choices: &mut [Choice], tier: Tier) {
    if tier != Tier::OutOfTurn {
        return;
    }
    let served = (0..choices.len()).min_by_key(|at| (choices[*at].preference, *at));
    for (at, choice) in choices.iter_mut().enumerate() {
        choice.parked = Some(at) != served;
    }
}

/// D-16: the time of the application, but that of the change where the family had refused a seat.
fn time_of_added(
    before: Option<&Chosen>,
    present: &Present<'_>,
    changed_at: Moment,
    rules: &RuleSet,
) -> Moment {
    let kept = if before.is_some_and(|entry| entry.refused) {
        rules.queues.refused_choice_again
    } else {
        rules.queues.choice_change
    };
    match kept {
        KeptTime::Change => changed_at,
        KeptTime::Original => present.filed_at,
    }
}

/// The first day on which a preschool that was changed on this one may be changed again.
fn rests_until(changed: Day, rules: &RuleSet) -> Day {
    let days = Days::new(u64::from(rules.queues.choice_change_rest_days));
    changed
        .to_date()
        .checked_add_days(days)
        .map_or(changed, Day::from)
}
