//! S-10: a family confirms that it waits on (продление срока нахождения в очереди).
//!
//! Law:   004 1_2 p.3 (fields), p.4 (notice of 12 fields), 1_8 No. 4; D-100 to D-103.
//! In:    `k:extension`.
//! Out:   `k:extensionAnswer`, the notice, which the door signs; or a rejection.
//! Note:  1_2 p.3 has no number 4); no field is missing for it. The last day of validity is told
//!        beside the notice's fields: it is what the family asked for.
//! Start: [`read`], then `handle`.

use serde_json::json;

use super::finding::Findings;
use super::party::write_parties;
use super::reading;
use super::subject::{Found, Subject};
use super::{Asked, Checked, Handling, NAMESPACE, Outcome, Told};
use crate::queue::application::change::{self, Extended};
use crate::queue::rules;
use crate::registry::{Extension, Filed, Transaction, Trouble};
use crate::terms::{Day, Moment};
use crate::xml::{Element, Writer};

/// The local name of the request.
pub const REQUEST: &str = "extension";
/// The local name of the answer.
pub const ANSWER: &str = "extensionAnswer";

/// The request. Consent to processing is given, or nothing is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Which application, and who asks.
    pub subject: Subject,
}

/// The notice: 1_2 p.4(1)–(11); (12) is the signature, which the door adds.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Номер, присвоенный заявлению (4): that of the extension. The notice's own (1) is made of it.
    pub number: i64,
    /// Дата и время отправки (2).
    pub sent_at: Moment,
    /// Дата и время приема (3).
    pub received_at: Moment,
    /// The application (5)–(11).
    pub filed: Filed,
    /// The last day on which it is valid now.
    pub valid_until: Day,
}

/// Reads the request, or says everything that is wrong with it.
///
/// # Errors
/// [`Findings`], never empty.
pub fn read(payload: Element<'_>) -> Result<Request, Findings> {
    reading::whole(payload, REQUEST, |form| {
        let subject = Subject::read(form);
        reading::consent_to_processing(form);
        Some(Request { subject: subject? })
    })
}

/// What the door asks: is the payload in order, and which settlement is it about?
pub(super) fn check(payload: Element<'_>, _received: Moment) -> Result<Checked, Findings> {
    read(payload).map(|request| Checked::about(request.subject.settlement))
}

/// Extends the application and tells the family.
pub(super) fn handle<'a>(
    transaction: &'a Transaction,
    payload: Element<'a>,
    asked: &'a Asked,
) -> Handling<'a> {
    Box::pin(async move {
        match read(payload) {
            Ok(request) => extend(transaction, &request.subject, asked).await,
            Err(findings) => Ok(Outcome::with_findings(&findings)),
        }
    })
}

async fn extend(
    transaction: &Transaction,
    subject: &Subject,
    asked: &Asked,
) -> Result<Outcome, Trouble> {
    let Found { filed, state } = match subject.find(transaction, REQUEST).await? {
        Ok(found) => found,
        Err(refused) => return Ok(refused),
    };
    let rules = rules::current();
    let extended: Extended = match change::extend(state, filed.valid_until, asked.now.day(), rules)
    {
        Ok(extended) => extended,
        Err(refusal) => return Ok(subject.refused(refusal, &[])),
    };
    let number = transaction
        .extend(&Extension {
            application: filed.number,
            sender: &asked.sender,
            sent_at: asked.sent_at,
            received_at: asked.received_at,
            valid_before: filed.valid_until,
            valid_until: extended.valid_until,
            digest: &asked.digest,
        })
        .await?;
    let decision = subject.decision(json!({
        "extension": number,
        "valid_before": filed.valid_until.to_string(),
        "valid_until": extended.valid_until.to_string(),
        "paragraph": extended.law,
    }));
    let told = Told {
        notice: extended.notice(filed.number),
        short_names: Vec::new(),
        phones: filed.phones.clone(),
    };
    let answer = Answer {
        number,
        sent_at: asked.sent_at,
        received_at: asked.received_at,
        valid_until: extended.valid_until,
        filed,
    };
    Ok(Outcome {
        told: vec![told],
        ..Outcome::done(write(&answer), decision)
    })
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    let filed = &answer.filed;
    let mut writer = Writer::new();
    writer
        .open("k:extensionAnswer", &[("xmlns:k", NAMESPACE)])
        .leaf("k:noticeNumber", &format!("EXTENSION-{}", answer.number))
        .leaf("k:sentAt", &answer.sent_at.to_string())
        .leaf("k:receivedAt", &answer.received_at.to_string())
        .leaf("k:extensionNumber", &answer.number.to_string())
        .leaf("k:settlement", filed.settlement.as_str())
        .leaf("k:applicationNumber", &filed.number.to_string())
        .leaf("k:kind", &filed.kind);
    write_parties(&mut writer, filed);
    writer
        .leaf("k:validUntil", &answer.valid_until.to_string())
        .close();
    writer.finish()
}
