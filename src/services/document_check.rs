//! S-32: what an official found of the papers of an application (результат проверки документов).
//!
//! Law:   004 1_1 st.8, st.9, p.10 (11 fields), p.11, 1_3 st.8, st.9, p.5 (the same 11); 1_9 p.10;
//!        D-18, D-25, D-78, D-79. 1_10 has no service for it: АРМ ГУ or ИС МИО sends it.
//! In:    `k:documentCheck`. Out: `k:documentCheckAnswer`, or a rejection.
//! Never: undoes what was found: «Отмена успешно завершенной процедуры не предусматривается».
//! Start: [`read`], then `handle`.

mod found;
mod keep;

use serde_json::json;

use super::finding::{Code, Findings};
use super::kept::Kept;
use super::party::Party;
use super::place::QueuePlace;
use super::scan::Paper;
use super::subject::{self, Pointer};
use super::{Asked, Checked, Handling, NAMESPACE, Outcome, answer, reading};
use crate::queue::application::check::{self, Ground};
use crate::queue::lifecycle::Refused;
use crate::queue::refusal::Refusal;
use crate::queue::remark::Remark;
use crate::queue::rules;
use crate::registry::{Transaction, Trouble};
use crate::terms::{Iin, Moment, Settlement};
use crate::xml::{Element, Writer};

/// The local name of the request.
pub const REQUEST: &str = "documentCheck";
/// The local name of the answer.
pub const ANSWER: &str = "documentCheckAnswer";

/// The findings: 1_1 p.10, the numbers of whose fields stand in brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Населённый пункт (1).
    pub settlement: Settlement,
    /// Номер заявления (2).
    pub number: i64,
    /// Статус заявления (3), under which the official took it up: is it on check?
    pub on_document_check: bool,
    /// Ребёнок (4, 5).
    pub child: Party,
    /// ИИН заявителя (6).
    pub applicant: Iin,
    /// ИИН уполномоченного сотрудника (7).
    pub official: Iin,
    /// Место работы (8).
    pub workplace: String,
    /// Должность (8).
    pub post: String,
    /// Проверенные документы (9), each with its result (10), and with its refusal (11) if refused.
    pub documents: Vec<Document>,
}

/// What was found of one paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The paper (9).
    pub paper: Paper,
    /// Мотивированный отказ (11): none, it was confirmed (10).
    pub refusal: Option<(Ground, Option<String>)>,
}

/// What follows: for the official, and 1_1 p.11 «с указанием ДО и номера очередности».
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Our number of the check.
    pub number: i64,
    /// Our number of the application.
    pub application: i64,
    /// Where the application stands.
    pub outcome: check::Outcome,
    /// What is still to be checked.
    pub awaited: Vec<Paper>,
    /// The instant at which the places were counted, by the register's clock.
    pub as_of: Moment,
    /// The places, in the order of the choices; none where it stands in no queue any more.
    pub places: Vec<QueuePlace>,
    /// What the family should know.
    pub remarks: Vec<Remark>,
}

/// Reads the findings, or says everything that is wrong with them.
///
/// # Errors
/// [`Findings`], never empty.
pub fn read(payload: Element<'_>) -> Result<Request, Findings> {
    reading::whole(payload, REQUEST, found::read)
}

/// What the door asks: is the payload in order, and which settlement is it about?
pub(super) fn check(payload: Element<'_>, _received: Moment) -> Result<Checked, Findings> {
    read(payload).map(|request| Checked::about(request.settlement))
}

/// Enters the findings and tells the family.
pub(super) fn handle<'a>(
    transaction: &'a Transaction,
    payload: Element<'a>,
    asked: &'a Asked,
) -> Handling<'a> {
    Box::pin(async move {
        match read(payload) {
            Ok(request) => enter(transaction, &request, asked).await,
            Err(findings) => Ok(Outcome::with_findings(&findings)),
        }
    })
}

async fn enter(
    transaction: &Transaction,
    request: &Request,
    asked: &Asked,
) -> Result<Outcome, Trouble> {
    let pointer = request.pointer();
    let found = pointer.find(transaction, REQUEST, |found| request.names_differing(found));
    let filed = match found.await? {
        Ok(subject::Found { filed, .. }) => filed,
        Err(refused) => return Ok(refused),
    };
    let kept = Kept::of(&filed)?;
    let at = |element: &str| [format!("/{REQUEST}/{element}")];
    if request.on_document_check != kept.state.on_document_check() {
        let refusal = Refusal::NotInThisState(Refused::NotOnCheck);
        return Ok(pointer.refused(refusal, &at("status")));
    }
    let confirmed = transaction.confirmed_papers(filed.number).await?;
    let known = keep::Known::of(transaction, &filed, &confirmed).await?;
    let present = known.present(kept, filed.valid_until);
    let checked = match check::check(&request.found(), &present, rules::current()) {
        Ok(checked) => checked,
        Err(refusal) => return Ok(pointer.refused(refusal, &at("document"))),
    };
    let number = request.keep(transaction, &filed, asked).await?;
    known.stand(transaction, &filed, &checked, asked).await?;
    let counted = match checked.outcome {
        check::Outcome::Queue(_) => Some(transaction.places(&[filed.number]).await?),
        check::Outcome::Rejected => None,
    };
    let rows = counted.as_ref().map(|counted| counted.places.as_slice());
    let (places, evidence) = QueuePlace::all(rows.unwrap_or_default())?;
    let decision = pointer.decision(json!({
        "check": number,
        "found": request.evidence(),
        "outcome": found::status(checked.outcome),
        "tier_before": filed.tier,
        "tier": checked.tier.code(),
        "paragraph": checked.law,
        "places": evidence,
    }));
    let told = known.told(&filed, request, &checked, &places);
    let answer = Answer {
        number,
        application: filed.number,
        outcome: checked.outcome,
        awaited: checked.awaited.iter().map(|it| found::paper(*it)).collect(),
        as_of: counted.map_or(asked.now, |counted| counted.as_of),
        places,
        remarks: checked.remarks,
    };
    Ok(Outcome {
        told,
        ..Outcome::done(write(&answer), decision)
    })
}

impl Request {
    fn pointer(&self) -> Pointer<'_> {
        Pointer {
            settlement: self.settlement,
            number: self.number,
            applicant: &self.applicant,
            child: &self.child.iin,
        }
    }
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    let mut writer = Writer::new();
    writer
        .open("k:documentCheckAnswer", &[("xmlns:k", NAMESPACE)])
        .leaf("k:checkNumber", &answer.number.to_string())
        .leaf("k:applicationNumber", &answer.application.to_string())
        .leaf("k:status", found::status(answer.outcome));
    for paper in &answer.awaited {
        writer.leaf("k:awaited", paper.code());
    }
    writer.leaf("k:asOf", &answer.as_of.to_string());
    for place in &answer.places {
        place.write(&mut writer);
    }
    answer::write_remarks(&mut writer, &answer.remarks);
    writer.close();
    writer.finish()
}
