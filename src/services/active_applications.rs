//! S-04: which applications a child has in the queues (действующие заявления ребёнка).
//!
//! Law:   004 1_10 No. 4, 1_2 p.2(2), 1_3 p.2, 1_4 st.4 «по всем действительным заявлениям». The
//!        annexes list no fields for it: it asks for those of 1_4 p.3, and tells what was filed.
//! In:    `k:activeApplications`. Out: `k:activeApplicationsAnswer`, or a rejection.
//! Never: counts: the number in a queue is told by S-12, and why it changed by S-13.
//! Start: [`read`], then `handle`.

use serde_json::json;

use super::finding::Findings;
use super::party::Enquiry;
use super::{Asked, Checked, Handling, NAMESPACE, Outcome, answer, choices};
use crate::queue::application::{self, State};
use crate::queue::rules;
use crate::registry::{Filed, Transaction, Trouble};
use crate::terms::Moment;
use crate::xml::{Element, Writer};

/// The local name of the request.
pub const REQUEST: &str = "activeApplications";
/// The local name of the answer.
pub const ANSWER: &str = "activeApplicationsAnswer";

/// The enquiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who asks about which child.
    pub enquiry: Enquiry,
}

/// The applications of the child, wherever they stand.
#[derive(Debug, Clone)]
pub struct Answer {
    /// When the register was read.
    pub as_of: Moment,
    /// One at most for each kind of queue (004 pt.20), each with its state.
    pub applications: Vec<(Filed, State)>,
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

/// Tells what the child has in the queues.
pub(super) fn handle<'a>(
    transaction: &'a Transaction,
    payload: Element<'a>,
    asked: &'a Asked,
) -> Handling<'a> {
    Box::pin(async move {
        match read(payload) {
            Ok(request) => look_up(transaction, &request, asked).await,
            Err(findings) => Ok(Outcome::with_findings(&findings)),
        }
    })
}

async fn look_up(
    transaction: &Transaction,
    request: &Request,
    asked: &Asked,
) -> Result<Outcome, Trouble> {
    let child = &request.enquiry.family.child.iin;
    let waiting = transaction.active_of_child(child).await?;
    let differing = request.enquiry.family.names_differing(REQUEST, &waiting);
    let waiting = match application::extract(waiting, differing.is_empty()) {
        Ok(waiting) => waiting,
        Err(refusal) => return Ok(Outcome::untold(refusal, &differing)),
    };
    let numbers: Vec<i64> = waiting.iter().map(|filed| filed.number).collect();
    let mut applications = Vec::with_capacity(waiting.len());
    for filed in waiting {
        let state = State::from_code(&filed.state)
            .ok_or(Trouble::Unexpected("a state that the law does not know"))?;
        applications.push((filed, state));
    }
    let answer = Answer {
        as_of: asked.now,
        applications,
    };
    let decision = json!({ "rule_set": rules::current().id, "applications": numbers });
    Ok(Outcome::done(write(&answer), decision))
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    let mut writer = Writer::new();
    writer
        .open("k:activeApplicationsAnswer", &[("xmlns:k", NAMESPACE)])
        .leaf("k:asOf", &answer.as_of.to_string());
    for (filed, state) in &answer.applications {
        write_application(&mut writer, filed, *state);
    }
    writer.close();
    writer.finish()
}

fn write_application(writer: &mut Writer, filed: &Filed, state: State) {
    let status = answer::status(state.on_document_check());
    writer
        .open("k:application", &[])
        .leaf("k:applicationNumber", &filed.number.to_string())
        .leaf("k:status", status)
        .leaf("k:settlement", filed.settlement.as_str())
        .leaf("k:kind", &filed.kind)
        .leaf("k:filedAt", &filed.filed_at.to_string())
        .leaf("k:validUntil", &filed.valid_until.to_string())
        .optional("k:benefit", filed.benefit.as_deref());
    let care = filed.ground.as_ref().map(|ground| ground.care.as_str());
    answer::write_care(writer, &filed.kind, care);
    writer
        .open("k:language", &[])
        .leaf("k:code", filed.language.code())
        .leaf("k:only", &filed.language_only.to_string())
        .close();
    choices::write(writer, &filed.choices);
    writer.close();
}
