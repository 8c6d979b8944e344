//! S-09: an application is taken out of the queues (снятие ребёнка с очереди).
//!
//! Law:   004 pt.9(2), 1_8 No. 3, 1_10 No. 9. The annexes list no fields for it: it asks for those
//!        by which 1_2 p.3 names an application.
//! In:    `k:withdrawal`. Out: `k:withdrawalAnswer`, or a rejection.
//! Never: undone: who files again is ordered by the new time (1_1 p.10, D-15), so whoever asks
//!        should know that first.
//! Start: [`read`], then `handle`.

use serde_json::json;

use super::finding::Findings;
use super::reading;
use super::subject::{Found, Subject};
use super::{Asked, Checked, Handling, NAMESPACE, Outcome, Told};
use crate::queue::application::change;
use crate::queue::rules;
use crate::registry::{Leave, Transaction, Trouble};
use crate::terms::{Moment, PreschoolId};
use crate::xml::{Element, Writer};

/// The local name of the request.
pub const REQUEST: &str = "withdrawal";
/// The local name of the answer.
pub const ANSWER: &str = "withdrawalAnswer";

/// The request. Consent to processing is given, or nothing is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Which application, and who asks.
    pub subject: Subject,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Our number of the application.
    pub number: i64,
    /// When it left its queues.
    pub withdrawn_at: Moment,
    /// The preschools whose queues it left, in the order of the choices.
    pub left: Vec<PreschoolId>,
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

/// Takes the application out of its queues and tells the family.
pub(super) fn handle<'a>(
    transaction: &'a Transaction,
    payload: Element<'a>,
    asked: &'a Asked,
) -> Handling<'a> {
    Box::pin(async move {
        match read(payload) {
            Ok(request) => withdraw(transaction, &request.subject, asked).await,
            Err(findings) => Ok(Outcome::with_findings(&findings)),
        }
    })
}

async fn withdraw(
    transaction: &Transaction,
    subject: &Subject,
    asked: &Asked,
) -> Result<Outcome, Trouble> {
    let Found { filed, state } = match subject.find(transaction, REQUEST).await? {
        Ok(found) => found,
        Err(refused) => return Ok(refused),
    };
    let withdrawn = match change::withdraw(state, rules::current()) {
        Ok(withdrawn) => withdrawn,
        Err(refusal) => return Ok(subject.refused(refusal, &[])),
    };
    let leave = Leave {
        application: filed.number,
        at: asked.now,
        because: withdrawn.state,
        why: "WITHDRAWN",
        law: withdrawn.law,
    };
    transaction.leave_queues(leave).await?;
    let answer = Answer {
        number: filed.number,
        withdrawn_at: asked.now,
        left: filed.choices.iter().map(|(id, _)| *id).collect(),
    };
    let decision = subject.decision(json!({
        "state": withdrawn.state,
        "paragraph": withdrawn.law,
    }));
    Ok(Outcome {
        told: vec![Told {
            notice: withdrawn.notice(filed.number),
            short_names: Vec::new(),
            phones: filed.phones,
        }],
        ..Outcome::done(write(&answer), decision)
    })
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    let mut writer = Writer::new();
    writer
        .open("k:withdrawalAnswer", &[("xmlns:k", NAMESPACE)])
        .leaf("k:applicationNumber", &answer.number.to_string())
        .leaf("k:withdrawnAt", &answer.withdrawn_at.to_string())
        .open("k:left", &[]);
    for preschool in &answer.left {
        writer.leaf("k:preschool", preschool.as_str());
    }
    writer.close().close();
    writer.finish()
}
