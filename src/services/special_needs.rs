//! S-31: is a child known to have special educational needs (льгота «Дети с ООП»)?
//!
//! Law:   004 1_9 p.8: asked before an application to the special queue; pt.21, D-82 (validity).
//!        1_10 has no service for it. It asks for what 1_4 p.3 asks for.
//! In:    `k:specialNeeds`. Out: `k:specialNeedsAnswer`, or a rejection.
//! Never: tells more than the law lets it: «возвращает наличие», neither disorder nor day.
//! Start: [`read`], then `handle`.

use serde_json::json;

use super::finding::Findings;
use super::party::Enquiry;
use super::{Asked, Checked, Handling, NAMESPACE, Outcome};
use crate::queue::benefit;
use crate::queue::refusal::Refusal;
use crate::queue::rules;
use crate::registry::{Transaction, Trouble};
use crate::terms::Moment;
use crate::xml::{Element, Writer};

/// The local name of the request.
pub const REQUEST: &str = "specialNeeds";
/// The local name of the answer.
pub const ANSWER: &str = "specialNeedsAnswer";

/// The enquiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who asks about which child.
    pub enquiry: Enquiry,
}

/// Whether the benefit is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// When the register was read.
    pub as_of: Moment,
    /// Does a conclusion count on that day?
    pub held: bool,
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

/// Tells whether the child has the benefit.
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
    let child = &request.enquiry.family.child;
    let conclusions = transaction.special_needs(&child.iin).await?;
    // Whoever asks must know how the child is called: the number alone opens nothing.
    if conclusions.iter().any(|it| !it.child.agrees(&child.name)) {
        let at = [format!("/{REQUEST}/child/name")];
        return Ok(Outcome::untold(Refusal::NameDiffers, &at));
    }
    let today = asked.now.day();
    let held = conclusions
        .iter()
        .any(|it| benefit::concluded(it.concluded_on, it.valid_until, it.withdrawn_on, today));
    let decision = json!({ "rule_set": rules::current().id, "held": held });
    let as_of = asked.now;
    Ok(Outcome::done(write(&Answer { as_of, held }), decision))
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    let mut writer = Writer::new();
    writer
        .open("k:specialNeedsAnswer", &[("xmlns:k", NAMESPACE)])
        .leaf("k:asOf", &answer.as_of.to_string())
        .leaf("k:held", if answer.held { "true" } else { "false" })
        .close();
    writer.finish()
}
