//! S-07: which contracts of a child are in force (действующие договоры ребёнка в ДО).
//!
//! Law:   004 1_10 No. 7; pt.2(18), pt.30, pt.31. The annexes list no fields: it asks for those of
//!        1_4 p.3, and tells what the register has.
//! In:    `k:activeContracts`. Out: `k:activeContractsAnswer`, or a rejection.
//! Never: shows one to another than the one who filed, or out of the regions of the sender.
//! Start: [`read`], then `handle`.

use serde_json::json;

use super::finding::Findings;
use super::party::Enquiry;
use super::representative::write_place;
use super::{Asked, Checked, Handling, NAMESPACE, Outcome};
use crate::queue::lifecycle::contract::State;
use crate::queue::rules;
use crate::registry::{Contract, Transaction, Trouble};
use crate::terms::Moment;
use crate::xml::{Element, Writer};

/// The local name of the request.
pub const REQUEST: &str = "activeContracts";
/// The local name of the answer.
pub const ANSWER: &str = "activeContractsAnswer";

/// The enquiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who asks about which child.
    pub enquiry: Enquiry,
}

/// The contracts of the child that both have signed and no dismissal dissolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// When the register was read.
    pub as_of: Moment,
    /// In the order of their numbers; none is an answer, too.
    pub contracts: Vec<Contract>,
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

/// Tells which contracts of the child are in force.
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
    // «действующих»: one that is prepared or half signed binds nobody yet (pt.30).
    let states = [State::InForce.code()];
    let contracts = transaction.contracts(&applications, &states).await?;
    let numbers: Vec<i64> = contracts.iter().map(|it| it.number).collect();
    let decision = json!({ "rule_set": rules::current().id, "contracts": numbers });
    let answer = Answer {
        as_of: asked.now,
        contracts,
    };
    Ok(Outcome::done(write(&answer), decision))
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    let mut writer = Writer::new();
    writer
        .open("k:activeContractsAnswer", &[("xmlns:k", NAMESPACE)])
        .leaf("k:asOf", &answer.as_of.to_string());
    for contract in &answer.contracts {
        write_contract(&mut writer, contract);
    }
    writer.close();
    writer.finish()
}

fn write_contract(writer: &mut Writer, contract: &Contract) {
    writer
        .open("k:contract", &[])
        .leaf("k:contractNumber", &contract.number.to_string())
        .leaf("k:ownNumber", &contract.own_number)
        .leaf("k:referralNumber", &contract.referral.to_string())
        .leaf("k:enrolmentNumber", &contract.enrolment.to_string())
        .leaf("k:concludedOn", &contract.concluded_on.to_string())
        .leaf("k:form", &contract.form);
    write_place(writer, &contract.place);
    writer
        .leaf("k:ownerIin", contract.owner.as_str())
        .leaf("k:childIin", contract.child.as_str())
        .close();
}
