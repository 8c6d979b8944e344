//! S-12: where a child stands (проверка номера очередности).
//!
//! Law:   004 1_4 p.1(4), p.3 (what is asked), p.4 (the 13 fields of an extract).
//! In:    `k:rankCheck`. Out: `k:rankCheckAnswer`, or a rejection.
//! Never: changes anything; keeps an application back: 1_4 st.4 «по всем действительным
//!        заявлениям», so the right to a region is asked of the settlement that is named, at the
//!        door, and says nothing of where the child waits; shows anything to whoever does not know
//!        how the child is called.
//! Start: [`read`], then `handle`.

use serde_json::json;

use super::finding::Findings;
use super::party::{Enquiry, write_name};
use super::place::QueuePlace;
use super::{Asked, Checked, Handling, NAMESPACE, Outcome, Status, answer};
use crate::queue::application::{self, PreschoolKind, State};
use crate::queue::benefit::Benefit;
use crate::queue::rules;
use crate::registry::{Filed, Place, Transaction, Trouble};
use crate::terms::{Day, Moment, PersonName, PreschoolId};
use crate::xml::{Element, Writer};

/// The local name of the request.
pub const REQUEST: &str = "rankCheck";
/// The local name of the answer.
pub const ANSWER: &str = "rankCheckAnswer";

/// The enquiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who asks about which child.
    pub enquiry: Enquiry,
}

/// Выписка: 1_4 p.4, for every application of the child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The instant at which the places were counted, by the register's clock.
    pub as_of: Moment,
    /// One per application.
    pub extracts: Vec<Extract>,
}

/// What is told of one application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extract {
    /// Номер заявления (1).
    pub number: i64,
    /// Статус (2): whether documents are still being checked.
    pub on_document_check: bool,
    /// Дата и время подачи (4).
    pub filed_at: Moment,
    /// Срок действия (5).
    pub valid_until: Day,
    /// Вид очереди (6).
    pub kind: String,
    /// Номер очередности (3) и наименование очереди (7), per preschool.
    pub places: Vec<QueuePlace>,
    /// ФИО заявителя (8).
    pub applicant_name: PersonName,
    /// ФИО ребёнка (9).
    pub child_name: PersonName,
    /// Вид льготы (10).
    pub benefit: Option<Benefit>,
    /// Вид нарушения (11), or вид реабилитации (12); neither in a general queue.
    pub care: Option<String>,
    /// Предпочитаемые организации (13), the most preferred first.
    pub preferred: Vec<PreschoolId>,
}

/// Reads the enquiry, or says everything that is wrong with it.
///
/// # Errors
/// [`Findings`], never empty.
pub fn read(payload: Element<'_>) -> Result<Request, Findings> {
    Enquiry::read(payload, REQUEST).map(|enquiry| Request { enquiry })
}

/// What the door asks: is the payload in order, and which settlement is it about?
pub(super) fn check(payload: Element<'_>, _received: Moment) -> Result<Checked, Findings> {
    read(payload).map(|request| Checked::about(request.enquiry.settlement))
}

/// Makes an extract of every application of the child.
pub(super) fn handle<'a>(
    transaction: &'a Transaction,
    payload: Element<'a>,
    _asked: &'a Asked,
) -> Handling<'a> {
    Box::pin(async move {
        match read(payload) {
            Ok(request) => look_up(transaction, &request).await,
            Err(findings) => Ok(Outcome::with_findings(&findings)),
        }
    })
}

async fn look_up(transaction: &Transaction, request: &Request) -> Result<Outcome, Trouble> {
    let waiting = transaction
        .active_of_child(&request.enquiry.family.child.iin)
        .await?;
    let differing = request.enquiry.family.names_differing(REQUEST, &waiting);
    let waiting = match application::extract(waiting, differing.is_empty()) {
        Ok(waiting) => waiting,
        Err(refusal) => return Ok(Outcome::untold(refusal, &differing)),
    };
    // All in one statement: there is one instant of which the whole answer is true.
    let numbers: Vec<i64> = waiting.iter().map(|filed| filed.number).collect();
    let general = PreschoolKind::General.code();
    let counted = if waiting.iter().all(|filed| filed.kind == general) {
        transaction.general_places(&numbers).await?
    } else {
        transaction.places(&numbers).await?
    };
    let mut extracts = Vec::with_capacity(waiting.len());
    let mut evidence = Vec::with_capacity(waiting.len());
    for filed in waiting {
        let of_this = |row: &&Place| row.application == filed.number;
        let rows: Vec<Place> = counted.places.iter().filter(of_this).cloned().collect();
        let (places, figures) = QueuePlace::all(&rows)?;
        evidence.push(json!({ "application": filed.number, "places": figures }));
        extracts.push(extract(filed, places, &rows)?);
    }
    let as_of = counted.as_of;
    let answer = Answer { as_of, extracts };
    Ok(Outcome {
        status: Status::Success,
        payload: write(&answer),
        decision: json!({
            "rule_set": rules::current().id,
            "as_of": as_of.to_string(),
            "extracts": evidence,
        }),
        told: Vec::new(),
    })
}

fn extract(filed: Filed, places: Vec<QueuePlace>, rows: &[Place]) -> Result<Extract, Trouble> {
    let state = State::from_code(&filed.state)
        .ok_or(Trouble::Unexpected("a state that the law does not know"))?;
    let benefit = filed.benefit.as_deref().map(|code| {
        Benefit::from_code(code).ok_or(Trouble::Unexpected("a benefit that the law does not know"))
    });
    let mut choices: Vec<&Place> = rows.iter().collect();
    // D-17: without a preference the sequence in which they were sent stands.
    choices.sort_by_key(|row| (row.preference, row.position));
    Ok(Extract {
        number: filed.number,
        on_document_check: state.on_document_check(),
        filed_at: filed.filed_at,
        valid_until: filed.valid_until,
        kind: filed.kind,
        places,
        applicant_name: filed.applicant_name,
        child_name: filed.child_name,
        benefit: benefit.transpose()?,
        care: filed.ground.map(|ground| ground.care),
        preferred: choices.into_iter().map(|row| row.preschool).collect(),
    })
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    let mut writer = Writer::new();
    writer
        .open("k:rankCheckAnswer", &[("xmlns:k", NAMESPACE)])
        .leaf("k:asOf", &answer.as_of.to_string());
    for extract in &answer.extracts {
        write_extract(&mut writer, extract);
    }
    writer.close();
    writer.finish()
}

fn write_extract(writer: &mut Writer, extract: &Extract) {
    let status = answer::status(extract.on_document_check);
    writer
        .open("k:extract", &[])
        .leaf("k:applicationNumber", &extract.number.to_string())
        .leaf("k:status", status)
        .leaf("k:filedAt", &extract.filed_at.to_string())
        .leaf("k:validUntil", &extract.valid_until.to_string())
        .leaf("k:kind", &extract.kind);
    for place in &extract.places {
        place.write(writer);
    }
    write_name(writer, "k:applicantName", &extract.applicant_name);
    write_name(writer, "k:childName", &extract.child_name);
    writer.optional("k:benefit", extract.benefit.map(Benefit::code));
    answer::write_care(writer, &extract.kind, extract.care.as_deref());
    writer.open("k:preferred", &[]);
    for preschool in &extract.preferred {
        writer.leaf("k:preschool", preschool.as_str());
    }
    writer.close().close();
}
