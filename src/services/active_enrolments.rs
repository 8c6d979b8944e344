//! S-06: which enrolment applications of a child are open (действующие заявления на зачисление).
//!
//! Law:   004 1_10 No. 6; pt.2(12), pt.30, 1_7; decision D-71. The annexes list no fields: it asks
//!        for those of 1_4 p.3, and tells what the register has.
//! In:    `k:activeEnrolments`. Out: `k:activeEnrolmentsAnswer`, or a rejection.
//! Never: shows one to another than the one who filed, or out of the regions of the sender.
//! Start: [`read`], then `handle`.

use serde_json::json;

use super::finding::Findings;
use super::party::Enquiry;
use super::representative::{in_force, write_place};
use super::{Asked, Checked, Handling, NAMESPACE, Outcome};
use crate::queue::lifecycle::enrolment::State;
use crate::queue::rules;
use crate::registry::{Enrolment, Transaction, Trouble};
use crate::terms::Moment;
use crate::xml::{Element, Writer};

/// The local name of the request.
pub const REQUEST: &str = "activeEnrolments";
/// The local name of the answer.
pub const ANSWER: &str = "activeEnrolmentsAnswer";

/// The enquiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who asks about which child.
    pub enquiry: Enquiry,
}

/// The enrolment applications of the child that wait for the family, the contract or the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// When the register was read.
    pub as_of: Moment,
    /// In the order of their numbers; none is an answer, too.
    pub enrolments: Vec<Enrolment>,
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

/// Tells which enrolment applications of the child are open.
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
    let family = &request.enquiry.family;
    let applications = match family.applications(transaction, asked, REQUEST).await? {
        Ok(applications) => applications,
        Err(refused) => return Ok(refused),
    };
    let states = in_force::<State>();
    let enrolments = transaction.enrolments(&applications, &states).await?;
    let numbers: Vec<i64> = enrolments.iter().map(|it| it.number).collect();
    let decision = json!({ "rule_set": rules::current().id, "enrolments": numbers });
    let answer = Answer {
        as_of: asked.now,
        enrolments,
    };
    Ok(Outcome::done(write(&answer), decision))
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    let mut writer = Writer::new();
    writer
        .open("k:activeEnrolmentsAnswer", &[("xmlns:k", NAMESPACE)])
        .leaf("k:asOf", &answer.as_of.to_string());
    for enrolment in &answer.enrolments {
        write_enrolment(&mut writer, enrolment);
    }
    writer.close();
    writer.finish()
}

fn write_enrolment(writer: &mut Writer, enrolment: &Enrolment) {
    let (registered, until) = enrolment.registered.unzip();
    let [registered, until] = [registered, until].map(|at| at.map(|at| at.to_string()));
    writer
        .open("k:enrolment", &[])
        .leaf("k:enrolmentNumber", &enrolment.number.to_string())
        .leaf("k:referralNumber", &enrolment.referral.to_string())
        .leaf("k:applicationNumber", &enrolment.application.to_string())
        .leaf("k:status", &enrolment.state)
        .leaf("k:formedAt", &enrolment.formed_at.to_string())
        .optional("k:registeredAt", registered.as_deref())
        .optional("k:validUntil", until.as_deref());
    write_place(writer, &enrolment.place);
    writer
        .leaf("k:representativeIin", enrolment.representative.as_str())
        .leaf("k:childIin", enrolment.child.as_str())
        .close();
}
