//! S-03: what is known of a preschool (реквизиты ДО).
//!
//! Law:   004 1_10 No. 3; pt.35(1), pt.36 (place), pt.41 (ownership, ages, prices).
//! In:    `k:preschoolRequisites`. Out: `k:preschoolRequisitesAnswer`, or a rejection.
//! Never: tells of a person. A closed preschool is shown as closed: applications refer to it.
//! Start: [`read`], then `handle`.

use serde_json::json;

use super::finding::Findings;
use super::reading;
use super::{Asked, Checked, Handling, NAMESPACE, Outcome};
use crate::queue::refusal::Refusal;
use crate::registry::{Preschool, Requisites, Transaction, Trouble};
use crate::terms::{Moment, PreschoolId};
use crate::xml::{Element, Writer};

/// The local name of the request.
pub const REQUEST: &str = "preschoolRequisites";
/// The local name of the answer.
pub const ANSWER: &str = "preschoolRequisitesAnswer";

/// Which preschool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// Its identifier.
    pub preschool: PreschoolId,
}

/// The preschool, and its requisites where an administrator has loaded them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The preschool.
    pub preschool: Preschool,
    /// Its requisites.
    pub requisites: Option<Requisites>,
}

/// Reads the enquiry, or says everything that is wrong with it.
///
/// # Errors
/// [`Findings`], never empty.
pub fn read(payload: Element<'_>) -> Result<Request, Findings> {
    reading::whole(payload, REQUEST, |form| {
        let preschool = form.value("preschool", reading::preschool);
        Some(Request {
            preschool: preschool?,
        })
    })
}

/// What the door asks: is the payload in order, and which settlement is it about?
pub(super) fn check(payload: Element<'_>, _received: Moment) -> Result<Checked, Findings> {
    read(payload).map(|request| Checked::about(request.preschool.settlement()))
}

/// Shows the preschool.
pub(super) fn handle<'a>(
    transaction: &'a Transaction,
    payload: Element<'a>,
    _asked: &'a Asked,
) -> Handling<'a> {
    Box::pin(async move {
        match read(payload) {
            Ok(request) => look_up(transaction, request).await,
            Err(findings) => Ok(Outcome::with_findings(&findings)),
        }
    })
}

async fn look_up(transaction: &Transaction, request: Request) -> Result<Outcome, Trouble> {
    let id = request.preschool;
    let Some(preschool) = transaction.preschools(&[id]).await?.pop() else {
        let at = format!("/{REQUEST}/preschool");
        return Ok(Outcome::unknown(Refusal::PreschoolUnknown(id), &at));
    };
    let requisites = transaction.requisites(id).await?;
    let decision = json!({ "preschool": id.as_str(), "requisites": requisites.is_some() });
    let answer = Answer {
        preschool,
        requisites,
    };
    Ok(Outcome::done(write(&answer), decision))
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    let Answer {
        preschool,
        requisites,
    } = answer;
    let mut writer = Writer::new();
    writer
        .open("k:preschoolRequisitesAnswer", &[("xmlns:k", NAMESPACE)])
        .leaf("k:preschool", preschool.id.as_str())
        .leaf("k:kk", &preschool.name_kk)
        .leaf("k:ru", &preschool.name_ru)
        .leaf("k:kind", preschool.kind.code())
        .leaf("k:status", preschool.status.code());
    if let Some(requisites) = requisites {
        write_requisites(&mut writer, requisites);
    }
    writer.close();
    writer.finish()
}

fn write_requisites(writer: &mut Writer, has: &Requisites) {
    let [district_kk, district_ru] = &has.district;
    let [address_kk, address_ru] = &has.address;
    writer
        .open("k:requisites", &[])
        .leaf("k:ownership", &has.ownership)
        .leaf("k:districtKk", district_kk)
        .leaf("k:districtRu", district_ru)
        .leaf("k:addressKk", address_kk)
        .leaf("k:addressRu", address_ru)
        .leaf("k:latitude", &degrees(has.latitude_e6))
        .leaf("k:longitude", &degrees(has.longitude_e6))
        .leaf("k:phone", has.phone.as_str());
    for language in &has.languages {
        writer.leaf("k:language", language);
    }
    for age in &has.ages {
        writer.leaf("k:ageCategory", age);
    }
    writer
        .leaf("k:capacity", &has.capacity.to_string())
        .leaf("k:feeTenge", &has.fee_tenge.to_string())
        .leaf("k:mealsTenge", &has.meals_tenge.to_string())
        .close();
}

/// Millionths of a degree as a decimal; a place in Kazakhstan is north and east.
pub(super) fn degrees(millionths: i32) -> String {
    format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)
}
