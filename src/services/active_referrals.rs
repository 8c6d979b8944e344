//! S-05: which referrals of a child can be used (действующие направления ребёнка).
//!
//! Law:   004 1_10 No. 5; 1_6 p.3 (the eleven fields of a referral), pt.28. The annexes list no
//!        fields for the question: it asks for those of 1_4 p.3.
//! In:    `k:activeReferrals`. Out: `k:activeReferralsAnswer`, or a rejection.
//! Never: shows a referral to another than the one who filed, or out of the regions of the sender.
//! Start: [`read`], then `handle`.

use serde_json::json;

use super::finding::Findings;
use super::party::Enquiry;
use super::representative::{in_force, write_place};
use super::{Asked, Checked, Handling, NAMESPACE, Outcome};
use crate::queue::lifecycle::referral::State;
use crate::queue::rules;
use crate::registry::{Referral, Transaction, Trouble};
use crate::terms::Moment;
use crate::xml::{Element, Writer};

/// The local name of the request.
pub const REQUEST: &str = "activeReferrals";
/// The local name of the answer.
pub const ANSWER: &str = "activeReferralsAnswer";

/// The enquiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who asks about which child.
    pub enquiry: Enquiry,
}

/// The referrals of the child that were neither used nor lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// When the register was read.
    pub as_of: Moment,
    /// In the order of their numbers; none is an answer, too.
    pub referrals: Vec<Referral>,
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

/// Tells which referrals of the child can be used.
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
    let referrals = transaction.referrals(&applications, &states).await?;
    let numbers: Vec<i64> = referrals.iter().map(|it| it.number).collect();
    let decision = json!({ "rule_set": rules::current().id, "referrals": numbers });
    let answer = Answer {
        as_of: asked.now,
        referrals,
    };
    Ok(Outcome::done(write(&answer), decision))
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    let mut writer = Writer::new();
    writer
        .open("k:activeReferralsAnswer", &[("xmlns:k", NAMESPACE)])
        .leaf("k:asOf", &answer.as_of.to_string());
    for referral in &answer.referrals {
        write_referral(&mut writer, referral);
    }
    writer.close();
    writer.finish()
}

fn write_referral(writer: &mut Writer, referral: &Referral) {
    writer
        .open("k:referral", &[])
        .leaf("k:referralNumber", &referral.number.to_string())
        .leaf("k:applicationNumber", &referral.application.to_string())
        .leaf("k:status", &referral.state)
        .leaf("k:issuedAt", &referral.issued_at.to_string())
        .leaf("k:validUntil", &referral.valid_until.to_string())
        .leaf("k:kind", &referral.kind)
        .leaf(
            "k:benefitToConfirm",
            &referral.benefit_to_confirm.to_string(),
        );
    write_place(writer, &referral.place);
    writer
        .leaf("k:representativeIin", referral.representative.as_str())
        .leaf("k:childIin", referral.child.as_str())
        .close();
}
