//! S-11: a family changes its benefit or its preschools (обновление сведений).
//!
//! Law:   004 1_3 p.3 (fields), p.4 (notice of 14 fields), st.7, st.9; D-16 to D-18, D-20, D-78.
//! In:    `k:update`.
//! Out:   `k:updateAnswer`, the notice, which the door signs; or a rejection.
//! Note:  the numbers in the queues are told beside the notice's fields: 1_3 st.9.
//! Start: [`read`], then `handle`.

use serde_json::json;

use super::finding::{Code, Findings};
use super::kept::{self, Kept};
use super::party::write_parties;
use super::place::QueuePlace;
use super::scan::{self, Scan};
use super::subject::{Found, Subject};
use super::{Asked, Checked, Handling, NAMESPACE, Outcome, Told};
use super::{answer, choices, claim, reading};
use crate::queue::application::update::{self, Chosen, Present, Update, Updated};
use crate::queue::application::{PreschoolFacts, State};
use crate::queue::benefit::Benefit;
use crate::queue::notice::{Enqueued, Notice};
use crate::queue::rank::Tier;
use crate::queue::remark::Remark;
use crate::queue::rules;
use crate::registry::{
    Amendment, ConsentChange, Filed, KeptScan, NewChoice, Preschool, Standing, Transaction, Trouble,
};
use crate::terms::{Moment, PreschoolId};
use crate::xml::{Element, Writer};

/// The local name of the request.
pub const REQUEST: &str = "update";
/// The local name of the answer.
pub const ANSWER: &str = "updateAnswer";
/// 1_3 p.3(8) «до 4 ДО», as the schema says it; the rule set says it again.
const CHOICES_MAX: usize = 4;

/// The request. Consent to processing is given, or nothing is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Which application, and who asks (1)–(6).
    pub subject: Subject,
    /// Льгота (7): none leaves it as it is; the one that is claimed, or that none is.
    pub benefit: Option<Option<Benefit>>,
    /// Предпочитаемые ДО (8): none leaves them as they are.
    pub choices: Option<Vec<choices::Choice>>,
    /// Согласие на публикацию (9): none leaves it as it is.
    pub publication_consent: Option<bool>,
    /// Scans of papers (st.7, 1_9 p.6).
    pub scans: Vec<Scan>,
}

/// The notice: 1_3 p.4(1)–(13); (14) is the signature, which the door adds.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Номер, присвоенный заявлению (4): that of the update. The notice's own (1) is made of it.
    pub number: i64,
    /// Дата и время отправки (2).
    pub sent_at: Moment,
    /// Дата и время приема (3).
    pub received_at: Moment,
    /// The application (5)–(7), (10)–(13).
    pub filed: Filed,
    /// Льгота после обновления (8).
    pub benefit: Option<Benefit>,
    /// Предпочитаемые ДО после обновления (9).
    pub choices: Vec<choices::Choice>,
    /// Whether documents are being checked (st.7).
    pub on_document_check: bool,
    /// The instant at which the places were counted, by the register's clock.
    pub as_of: Moment,
    /// The places, in the order of the choices.
    pub places: Vec<QueuePlace>,
    /// What the family should know.
    pub remarks: Vec<Remark>,
}

/// Reads the request, or says everything that is wrong with it.
///
/// # Errors
/// [`Findings`], never empty.
pub fn read(payload: Element<'_>) -> Result<Request, Findings> {
    reading::whole(payload, REQUEST, |form| {
        let subject = Subject::read(form);
        let settlement = subject.as_ref().map(|subject| subject.settlement);
        let claimed = form.optional("benefit");
        let benefit = claimed.and_then(|part| reading::inside(part, form.findings, claim::read));
        let named = form.optional("preschools");
        let choices = named.and_then(|part| {
            reading::inside(part, form.findings, |form| {
                choices::read(form, settlement, CHOICES_MAX)
            })
        });
        if claimed.is_none() && named.is_none() {
            form.here(Code::NothingToUpdate);
        }
        reading::consent_to_processing(form);
        let publication_consent = form.maybe("consentToPublication", reading::boolean);
        let scans = scan::read(form);
        if let (Some(benefit), Some(scans)) = (benefit, &scans) {
            claim::require_paper(benefit, scans, form);
        }
        Some(Request {
            subject: subject?,
            benefit,
            choices,
            publication_consent,
            scans: scans?,
        })
    })
}

/// What the door asks: is the payload in order, and which settlement is it about?
pub(super) fn check(payload: Element<'_>, _received: Moment) -> Result<Checked, Findings> {
    read(payload).map(|request| Checked {
        settlement: Some(request.subject.settlement),
        scans: request.scans,
    })
}

/// Updates the application and tells the family.
pub(super) fn handle<'a>(
    transaction: &'a Transaction,
    payload: Element<'a>,
    asked: &'a Asked,
) -> Handling<'a> {
    Box::pin(async move {
        match read(payload) {
            Ok(request) => amend(transaction, &request, asked).await,
            Err(findings) => Ok(Outcome::with_findings(&findings)),
        }
    })
}

async fn amend(
    transaction: &Transaction,
    request: &Request,
    asked: &Asked,
) -> Result<Outcome, Trouble> {
    let subject = &request.subject;
    let Found { filed, .. } = match subject.find(transaction, REQUEST).await? {
        Ok(found) => found,
        Err(refused) => return Ok(refused),
    };
    let known = Known::of(transaction, &filed, request).await?;
    let wish = Update {
        benefit: request.benefit,
        choices: request.choices.as_deref(),
        received_at: asked.received_at,
    };
    let present = known.present(&filed)?;
    let updated = match update::update(&wish, &present, rules::current()) {
        Ok(updated) => updated,
        Err(refusal) => return Ok(subject.refused(refusal, &[])),
    };
    let number = keep(transaction, (&filed, present.tier), &updated, asked).await?;
    let scans: Vec<KeptScan<'_>> = request.scans.iter().map(Scan::kept).collect();
    transaction.keep_scans(filed.number, &scans).await?;
    consent(transaction, &filed, request, asked).await?;
    let counted = transaction.places(&[filed.number]).await?;
    let (places, evidence) = QueuePlace::all(&counted.places)?;
    let decision = subject.decision(json!({
        "update": number,
        "state": updated.state.code(),
        "benefit_before": filed.benefit,
        "benefit": updated.benefit.map(Benefit::code),
        "tier_before": present.tier.code(),
        "tier": updated.tier.code(),
        "choices_before": ids(filed.choices.iter().map(|(id, _)| id)),
        "choices": ids(updated.choices.iter().map(|choice| &choice.preschool)),
        "paragraph": updated.law,
        "as_of": counted.as_of.to_string(),
        "places": evidence,
    }));
    let told = known.told(&filed, &updated, &places);
    let choices = updated.choices.iter();
    let answer = Answer {
        number,
        sent_at: asked.sent_at,
        received_at: asked.received_at,
        benefit: updated.benefit,
        choices: choices.map(|it| (it.preschool, it.preference)).collect(),
        on_document_check: updated.state.on_document_check(),
        as_of: counted.as_of,
        places,
        remarks: updated.remarks,
        filed,
    };
    Ok(Outcome {
        told: vec![told],
        ..Outcome::done(write(&answer), decision)
    })
}

/// What the register shows beside the application's row.
struct Known {
    entries: Vec<Chosen>,
    offered: bool,
    preschools: Vec<Preschool>,
    facts: Vec<PreschoolFacts>,
}

impl Known {
    async fn of(
        transaction: &Transaction,
        filed: &Filed,
        request: &Request,
    ) -> Result<Self, Trouble> {
        let entries = transaction.entries(filed.number).await?;
        let named = request.choices.iter().flatten().map(|(id, _)| *id);
        let kept = entries.rows.iter().filter(|row| row.live);
        let mut all: Vec<PreschoolId> = named.chain(kept.map(|row| row.preschool)).collect();
        all.sort_unstable();
        all.dedup();
        let preschools = transaction.preschools(&all).await?;
        Ok(Self {
            entries: entries.rows.iter().map(kept::chosen).collect(),
            offered: entries.offered,
            facts: kept::facts(&preschools)?,
            preschools,
        })
    }

    fn present(&self, filed: &Filed) -> Result<Present<'_>, Trouble> {
        let kept = Kept::of(filed)?;
        let tier = Tier::from_code(&filed.tier);
        let tier = tier.ok_or(Trouble::Unexpected("a tier that the law does not know"))?;
        Ok(Present {
            filed_at: filed.filed_at,
            filed_at_source: kept.source,
            state: kept.state,
            filing: kept.filing,
            offered: self.offered,
            tier,
            valid_until: filed.valid_until,
            entries: &self.entries,
            preschools: &self.facts,
        })
    }

    /// 1_3 st.9: the result, with the numbers there are now.
    fn told(&self, filed: &Filed, updated: &Updated, places: &[QueuePlace]) -> Told {
        let short = |it: &Preschool| (it.id, it.short_name_kk.clone(), it.short_name_ru.clone());
        Told {
            notice: Notice::Updated(Enqueued {
                application: filed.number,
                places: places.iter().map(|it| (it.preschool, it.place)).collect(),
                provisional: updated.state.on_document_check(),
                valid_until: filed.valid_until,
            }),
            short_names: self.preschools.iter().map(short).collect(),
            phones: filed.phones.clone(),
        }
    }
}

fn ids<'a>(ids: impl Iterator<Item = &'a PreschoolId>) -> Vec<&'a str> {
    ids.map(PreschoolId::as_str).collect()
}

async fn keep(
    transaction: &Transaction,
    (filed, tier_before): (&Filed, Tier),
    updated: &Updated,
    asked: &Asked,
) -> Result<i64, Trouble> {
    let choices: Vec<NewChoice> = updated.choices.iter().map(kept::new_choice).collect();
    let standing = Standing {
        application: filed.number,
        received_at: asked.received_at,
        state: updated.state.code(),
        benefit_before: filed.benefit.as_deref(),
        benefit: updated.benefit.map(Benefit::code),
        tier: updated.tier.code(),
        moved_because: kept::moved(tier_before, updated.tier),
        choices: &choices,
        // D-25: a child whose identity is being checked is counted, but offered nothing.
        held_by: (updated.state == State::IdentityCheck).then_some("IDENTITY"),
        law: updated.law,
    };
    let amendment = Amendment {
        standing,
        sender: &asked.sender,
        sent_at: asked.sent_at,
        digest: &asked.digest,
    };
    transaction.update(&amendment).await
}

/// 1_3 p.3(9) «а также публикации»: what is said of it now counts from now on.
async fn consent(
    transaction: &Transaction,
    filed: &Filed,
    request: &Request,
    asked: &Asked,
) -> Result<(), Trouble> {
    let what = match request.publication_consent {
        None => return Ok(()),
        Some(given) if given == filed.publication_consent => return Ok(()),
        Some(true) => "PUBLICATION_GIVEN",
        Some(false) => "PUBLICATION_WITHDRAWN",
    };
    let change = ConsentChange {
        application: filed.number,
        what,
        sender: &asked.sender,
        digest: &asked.digest,
    };
    transaction.change_consent(&change).await?;
    Ok(())
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    let filed = &answer.filed;
    let mut writer = Writer::new();
    writer
        .open("k:updateAnswer", &[("xmlns:k", NAMESPACE)])
        .leaf("k:noticeNumber", &format!("UPDATE-{}", answer.number))
        .leaf("k:sentAt", &answer.sent_at.to_string())
        .leaf("k:receivedAt", &answer.received_at.to_string())
        .leaf("k:updateNumber", &answer.number.to_string())
        .leaf("k:settlement", filed.settlement.as_str())
        .leaf("k:applicationNumber", &filed.number.to_string())
        .leaf("k:kind", &filed.kind)
        .open("k:benefit", &[])
        .leaf("k:held", &answer.benefit.is_some().to_string())
        .optional("k:kind", answer.benefit.map(Benefit::code))
        .close();
    choices::write(&mut writer, &answer.choices);
    write_parties(&mut writer, filed);
    let status = answer::status(answer.on_document_check);
    writer
        .leaf("k:status", status)
        .leaf("k:asOf", &answer.as_of.to_string());
    for place in &answer.places {
        place.write(&mut writer);
    }
    answer::write_remarks(&mut writer, &answer.remarks);
    writer.close();
    writer.finish()
}
