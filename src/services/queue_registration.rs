//! S-08: an application for a queue is registered (постановка на очередь).
//!
//! Law:   004 pt.14, 15, 18–23; 1_1 p.4 (the 21 fields of the general queue), p.6 (the 23 of the
//!        special one), p.8 (the 21 of the sanatorium one), p.5, p.7, p.9 (the result); 1_8 No. 1.
//! Shape: one form: each field stands once, and what a kind alone asks for in a part of its own.
//! In:    `k:queueRegistration`. Out: `k:queueRegistrationAnswer`, or a rejection.
//! Never: tells one sender about another's application beyond that it exists.
//! Start: [`read`], then `handle`.

mod again;
mod form;
mod register;

use serde_json::json;

use super::finding::Findings;
use super::kept::Kept;
use super::place::QueuePlace;
use super::reading;
use super::scan::Scan;
use super::{Asked, Checked, Handling, NAMESPACE, Outcome, Status, Told, answer};
use crate::queue::application::{self, Basis, PreschoolKind, Registered};
use crate::queue::benefit::Benefit;
use crate::queue::refusal::Refusal;
use crate::queue::remark::Remark;
use crate::queue::rules;
use crate::registry::{Filed, Ground, Lodged, Preschool, Transaction, Trouble};
use crate::terms::{
    Citizenship, Day, Email, Iin, Moment, PersonName, Phone, PreschoolId, Settlement, Sex,
    TeachingLanguage,
};
use crate::xml::{Element, Writer};

/// The local name of the request.
pub const REQUEST: &str = "queueRegistration";
/// The local name of the answer.
pub const ANSWER: &str = "queueRegistrationAnswer";
/// 1_1 p.4(20) «от 1 до 4 ДО», as the schema says it; the rule set says it of each kind.
const CHOICES_MAX: usize = 4;

/// The application: 1_1 p.4, the numbers of whose fields stand in brackets, and pt.14.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// id заявления (1).
    pub application_id: String,
    /// Дата и время заявления (2).
    pub filed_at: Moment,
    /// Населённый пункт (4).
    pub settlement: Settlement,
    /// Заявитель (5–11).
    pub applicant: Applicant,
    /// Ребёнок (12–18).
    pub child: Child,
    /// Тип заявления (3), with when its paper counts.
    pub basis: Basis,
    /// Заключение ПМПК and вид нарушения (p.6), or направление врача and вид реабилитации (p.8).
    pub ground: Option<Ground>,
    /// Язык обучения (19).
    pub language: TeachingLanguage,
    /// Whether no other language will do (D-13).
    pub language_only: bool,
    /// Предпочитаемые ДО (20), in the order sent, each with its preference if named (D-17).
    pub choices: Vec<(PreschoolId, Option<u8>)>,
    /// Согласие на публикацию (pt.14). Consent to processing (21) is given, or nothing is read.
    pub publication_consent: bool,
    /// Scans of papers (1_1 p.4, 1_9).
    pub scans: Vec<Scan>,
}

/// Заявитель: the child's legal representative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applicant {
    /// ИИН (5).
    pub iin: Iin,
    /// ФИО (6).
    pub name: PersonName,
    /// Code of the type (7).
    pub kind: &'static str,
    /// Телефоны (8–10): one to three.
    pub phones: Vec<Phone>,
    /// Email (11).
    pub email: Option<Email>,
}

/// Ребёнок.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// ИИН (12).
    pub iin: Iin,
    /// ФИО (13).
    pub name: PersonName,
    /// Льгота (14, 15); a sanatorium queue does not ask for it (p.8).
    pub benefit: Option<Benefit>,
    /// Дата рождения (16).
    pub birth_date: Day,
    /// Пол (17).
    pub sex: Sex,
    /// Гражданство (18).
    pub citizenship: Citizenship,
    /// Национальность (pt.14).
    pub nationality: Option<String>,
}

/// The result: 1_1 p.5 «уведомление с указанием ДО и номера очередности».
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The id of the request.
    pub application_id: String,
    /// Our number.
    pub number: i64,
    /// The kind of queue.
    pub kind: PreschoolKind,
    /// Whether documents are still being checked (1_1 st.7).
    pub on_document_check: bool,
    /// The time that counts.
    pub filed_at: Moment,
    /// Code of whose time that is (D-35).
    pub filed_at_source: String,
    /// The time of reception.
    pub received_at: Moment,
    /// The last day of validity.
    pub valid_until: Day,
    /// The instant at which the places were counted, by the register's clock.
    pub as_of: Moment,
    /// The places, in the order of the choices.
    pub places: Vec<QueuePlace>,
    /// What the family should know.
    pub remarks: Vec<Remark>,
}

/// Reads the application, or says everything that is wrong with it.
///
/// # Errors
/// [`Findings`], never empty.
pub fn read(payload: Element<'_>, received: Moment) -> Result<Request, Findings> {
    reading::whole(payload, REQUEST, |form| form::read(form, received))
}

/// What the door asks: is the payload in order, and which settlement is it about?
pub(super) fn check(payload: Element<'_>, received: Moment) -> Result<Checked, Findings> {
    read(payload, received).map(|request| Checked {
        settlement: Some(request.settlement),
        scans: request.scans,
    })
}

/// Registers the application and answers with its number in each queue.
pub(super) fn handle<'a>(
    transaction: &'a Transaction,
    payload: Element<'a>,
    asked: &'a Asked,
) -> Handling<'a> {
    Box::pin(async move {
        match read(payload, asked.received_at) {
            Ok(request) => enqueue(transaction, &request, asked).await,
            Err(findings) => Ok(Outcome::with_findings(&findings)),
        }
    })
}

async fn enqueue(
    transaction: &Transaction,
    request: &Request,
    asked: &Asked,
) -> Result<Outcome, Trouble> {
    let prospect = transaction
        .prospect(&request.enquiry(asked, &request.preschools()))
        .await?;
    if let Some(known) = prospect
        .known
        .as_ref()
        .filter(|known| request.is_again(known))
    {
        return repeat(transaction, request, known, &asked.digest).await;
    }
    let filing = request.filing(asked.received_at);
    match application::register(
        &filing,
        &request.situation(transaction, &prospect).await?,
        rules::current(),
        asked.now,
    ) {
        Ok(registered) => {
            let lodged = request.lodge(transaction, &registered, asked).await?;
            tell(request, &registered, &lodged, &prospect.preschools, asked)
        }
        Err(refusal) => Ok(refuse(refusal, request)),
    }
}

/// The same application under a new message: its present numbers, and nothing is told twice.
///
/// What is said of it is said of the row that was kept. Another content under its id is no repeat:
/// to answer "done" would promise what nobody has done.
async fn repeat(
    transaction: &Transaction,
    request: &Request,
    known: &Filed,
    digest: &[u8; 32],
) -> Result<Outcome, Trouble> {
    // What was signed then is what counts: the row may have been changed by a service since.
    let differences = if known.content_digest == digest {
        Vec::new()
    } else {
        let scans = transaction.scans_of(known.number).await?;
        request.differences(known, &scans)
    };
    if let Err(refusal) = application::again(differences.is_empty()) {
        let decision = json!({
            "rule_set": rules::current().id,
            "refusal": refusal.code(),
            "paragraph": refusal.paragraph(),
            "application": known.number,
            "differences": differences,
        });
        return Ok(Outcome::refused_at(refusal, &differences, decision));
    }
    let kept = Kept::of(known)?;
    let counted = transaction.places(&[known.number]).await?;
    let (places, evidence) = QueuePlace::all(&counted.places)?;
    let answer = Answer {
        application_id: known.application_id.clone(),
        number: known.number,
        kind: kept.filing.basis.kind(),
        on_document_check: kept.state.on_document_check(),
        filed_at: known.filed_at,
        filed_at_source: known.filed_at_source.clone(),
        received_at: known.received_at,
        valid_until: known.valid_until,
        as_of: counted.as_of,
        places,
        remarks: kept.remarks(),
    };
    Ok(Outcome {
        status: Status::Success,
        payload: write(&answer),
        decision: json!({
            "again": true,
            "application": known.number,
            "as_of": counted.as_of.to_string(),
            "places": evidence,
        }),
        told: Vec::new(),
    })
}

/// The answer and the notice of a new application.
fn tell(
    request: &Request,
    registered: &Registered,
    lodged: &Lodged,
    preschools: &[Preschool],
    asked: &Asked,
) -> Result<Outcome, Trouble> {
    let (places, evidence) = QueuePlace::all(&lodged.counted.places)?;
    let told_places = places.iter().map(|it| (it.preschool, it.place)).collect();
    let short = |it: &Preschool| (it.id, it.short_name_kk.clone(), it.short_name_ru.clone());
    let notices = registered.notices(lodged.number, told_places).into_iter();
    let told = notices.map(|notice| Told {
        notice,
        short_names: preschools.iter().map(short).collect(),
        phones: request.applicant.phones.clone(),
    });
    let remarks: Vec<&str> = registered
        .remarks
        .iter()
        .map(|remark| remark.code())
        .collect();
    let decision = json!({
        "rule_set": rules::current().id,
        "application": lodged.number,
        "stated_at": request.filed_at.to_string(),
        "received_at": asked.received_at.to_string(),
        "filed_at": registered.filed_at.to_string(),
        "filed_at_source": registered.filed_at_source.code(),
        "state": registered.state.code(),
        "benefit": request.child.benefit.map(Benefit::code),
        "benefit_paragraph": request.child.benefit.map(Benefit::paragraph),
        "remarks": remarks,
        "as_of": lodged.counted.as_of.to_string(),
        "places": evidence,
    });
    let answer = Answer {
        application_id: request.application_id.clone(),
        number: lodged.number,
        kind: request.basis.kind(),
        on_document_check: registered.state.on_document_check(),
        filed_at: registered.filed_at,
        filed_at_source: registered.filed_at_source.code().to_owned(),
        received_at: asked.received_at,
        valid_until: registered.valid_until,
        as_of: lodged.counted.as_of,
        places,
        remarks: registered.remarks.clone(),
    };
    Ok(Outcome {
        status: Status::Success,
        payload: write(&answer),
        decision,
        told: told.collect(),
    })
}

fn refuse(refusal: Refusal, request: &Request) -> Outcome {
    let decision = json!({
        "rule_set": rules::current().id,
        "refusal": refusal.code(),
        "paragraph": refusal.paragraph(),
        "settlement": request.settlement.as_str(),
        "preschool": refusal.preschool().as_ref().map(PreschoolId::as_str),
    });
    Outcome::refused(refusal, decision)
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    let status = answer::status(answer.on_document_check);
    let mut writer = Writer::new();
    writer
        .open("k:queueRegistrationAnswer", &[("xmlns:k", NAMESPACE)])
        .leaf("k:applicationId", &answer.application_id)
        .leaf("k:applicationNumber", &answer.number.to_string())
        .leaf("k:status", status)
        .leaf("k:kind", answer.kind.code())
        .leaf("k:filedAt", &answer.filed_at.to_string())
        .leaf("k:filedAtSource", &answer.filed_at_source)
        .leaf("k:receivedAt", &answer.received_at.to_string())
        .leaf("k:validUntil", &answer.valid_until.to_string())
        .leaf("k:asOf", &answer.as_of.to_string());
    for place in &answer.places {
        place.write(&mut writer);
    }
    answer::write_remarks(&mut writer, &answer.remarks);
    writer.close();
    writer.finish()
}
