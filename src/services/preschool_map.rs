//! S-23: where preschools lie, and how many places are missing (карта ДО, дефицит мест).
//!
//! Law:   004 1_10 No. 23; pt.36 «по районам населенных пунктов, ДО, их видам и формам
//!        собственности», pt.41(5)–(7); decision D-143.
//! In:    `k:preschoolMap`. Out: `k:preschoolMapAnswer`: the sums of the settlement, and a page of
//!        its preschools; or a rejection.
//! Never: names a child: it counts them.
//! Start: [`read`], then `handle`.

mod need;

use std::collections::BTreeMap;

use serde_json::json;

use super::finding::{Code, Findings};
use super::preschool_requisites::degrees;
use super::reading;
use super::representative::unended;
use super::{Asked, Checked, Handling, NAMESPACE, Outcome};
use crate::queue::deficit::Balance;
use crate::queue::lifecycle::{enrolment, referral};
use crate::queue::refusal::Refusal;
use crate::queue::rules;
use crate::registry::{Located, Requisites, Transaction, Trouble};
use crate::terms::{Moment, PreschoolId, Settlement};
use crate::xml::{Element, Writer};

/// The local name of the request.
pub const REQUEST: &str = "preschoolMap";
/// The local name of the answer.
pub const ANSWER: &str = "preschoolMapAnswer";

/// Which settlement, and which page of its preschools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// Населённый пункт.
    pub settlement: Settlement,
    /// The last preschool of the page before; none for the first page.
    pub after: Option<PreschoolId>,
    /// How many rows at most.
    pub limit: usize,
}

/// The sums, which are of the whole settlement on each page, and a page.
#[derive(Debug, Clone)]
pub struct Answer {
    /// When the register was read.
    pub as_of: Moment,
    /// All of it.
    pub total: Balance,
    /// By district: its names, Kazakh and Russian.
    pub districts: BTreeMap<[String; 2], Balance>,
    /// By kind.
    pub kinds: BTreeMap<&'static str, Balance>,
    /// By form of ownership.
    pub ownerships: BTreeMap<String, Balance>,
    /// The rows of the page, in the order of their identifiers.
    pub page: Vec<(Located, Balance)>,
    /// Whether others follow.
    pub more: bool,
}

/// Reads the enquiry, or says everything that is wrong with it.
///
/// # Errors
/// [`Findings`], never empty.
pub fn read(payload: Element<'_>) -> Result<Request, Findings> {
    reading::whole(payload, REQUEST, |form| {
        let settlement = form.value("settlement", reading::settlement);
        let after = form.maybe("after", reading::preschool);
        let limit = form.maybe("limit", reading::page_size);
        let elsewhere = |(after, here): (PreschoolId, Settlement)| after.settlement() != here;
        if after.zip(settlement).is_some_and(elsewhere) {
            form.about("after", Code::PreschoolElsewhere);
        }
        Some(Request {
            settlement: settlement?,
            after,
            limit: limit.unwrap_or(reading::PAGE_MAX),
        })
    })
}

/// What the door asks: is the payload in order, and which settlement is it about?
pub(super) fn check(payload: Element<'_>, _received: Moment) -> Result<Checked, Findings> {
    read(payload).map(|request| Checked::about(request.settlement))
}

/// Counts need and places of the settlement.
pub(super) fn handle<'a>(
    transaction: &'a Transaction,
    payload: Element<'a>,
    asked: &'a Asked,
) -> Handling<'a> {
    Box::pin(async move {
        match read(payload) {
            Ok(request) => look_up(transaction, request, asked).await,
            Err(findings) => Ok(Outcome::with_findings(&findings)),
        }
    })
}

async fn look_up(
    transaction: &Transaction,
    request: Request,
    asked: &Asked,
) -> Result<Outcome, Trouble> {
    let settlement = request.settlement;
    if !transaction.has_settlement(settlement).await? {
        let at = format!("/{REQUEST}/settlement");
        return Ok(Outcome::unknown(Refusal::SettlementUnknown, &at));
    }
    let askers = transaction.asking(settlement).await?;
    let offers = transaction.offers_of(settlement).await?;
    let (referrals, enrolments) = (unended::<referral::State>(), unended::<enrolment::State>());
    let located = transaction.located(settlement, &referrals, &enrolments);
    let located = located.await?;
    let rules = rules::current();
    let year = asked.now.day().year();
    let need = need::by_preschool(&askers, &offers, year, rules)?;
    let answer = summed(located, &need, request, asked.now);
    let decision = json!({
        "rule_set": rules.id,
        "settlement": settlement.as_str(),
        "seeking": answer.total.seeking,
        "free": answer.total.free,
        "deficit": answer.total.deficit(),
    });
    Ok(Outcome::done(write(&answer), decision))
}

/// The sums over all preschools, and the page that was asked for.
fn summed(
    located: Vec<Located>,
    need: &BTreeMap<PreschoolId, Balance>,
    request: Request,
    as_of: Moment,
) -> Answer {
    let mut answer = Answer {
        as_of,
        total: Balance::default(),
        districts: BTreeMap::new(),
        kinds: BTreeMap::new(),
        ownerships: BTreeMap::new(),
        page: Vec::new(),
        more: false,
    };
    for it in located {
        let id = it.preschool.id;
        let mut balance = need.get(&id).copied().unwrap_or_default();
        balance.free = it.free;
        answer.total.add(&balance);
        let kind = it.preschool.kind.code();
        answer.kinds.entry(kind).or_default().add(&balance);
        if let Some(has) = &it.requisites {
            let district = answer.districts.entry(has.district.clone());
            district.or_default().add(&balance);
            let ownership = answer.ownerships.entry(has.ownership.clone());
            ownership.or_default().add(&balance);
        }
        if request.after.is_some_and(|after| id <= after) {
            continue;
        }
        answer.more = answer.page.len() == request.limit;
        if !answer.more {
            answer.page.push((it, balance));
        }
    }
    answer
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    let mut writer = Writer::new();
    writer
        .open("k:preschoolMapAnswer", &[("xmlns:k", NAMESPACE)])
        .leaf("k:asOf", &answer.as_of.to_string());
    write_balance(&mut writer, &answer.total);
    for ([kk, ru], balance) in &answer.districts {
        writer
            .open("k:byDistrict", &[])
            .leaf("k:districtKk", kk)
            .leaf("k:districtRu", ru);
        write_balance(&mut writer, balance);
        writer.close();
    }
    for (kind, balance) in &answer.kinds {
        writer.open("k:byKind", &[]).leaf("k:kind", kind);
        write_balance(&mut writer, balance);
        writer.close();
    }
    for (ownership, balance) in &answer.ownerships {
        writer
            .open("k:byOwnership", &[])
            .leaf("k:ownership", ownership);
        write_balance(&mut writer, balance);
        writer.close();
    }
    for (located, balance) in &answer.page {
        write_located(&mut writer, located, balance);
    }
    writer.leaf("k:more", if answer.more { "true" } else { "false" });
    writer.close();
    writer.finish()
}

fn write_located(writer: &mut Writer, located: &Located, balance: &Balance) {
    let preschool = &located.preschool;
    writer
        .open("k:located", &[])
        .leaf("k:preschool", preschool.id.as_str())
        .leaf("k:kk", &preschool.name_kk)
        .leaf("k:ru", &preschool.name_ru)
        .leaf("k:kind", preschool.kind.code())
        .leaf("k:status", preschool.status.code());
    if let Some(has) = &located.requisites {
        write_location(writer, has);
    }
    write_balance(writer, balance);
    writer.close();
}

fn write_location(writer: &mut Writer, has: &Requisites) {
    let ([district_kk, district_ru], [address_kk, address_ru]) = (&has.district, &has.address);
    writer
        .open("k:location", &[])
        .leaf("k:ownership", &has.ownership)
        .leaf("k:districtKk", district_kk)
        .leaf("k:districtRu", district_ru)
        .leaf("k:addressKk", address_kk)
        .leaf("k:addressRu", address_ru)
        .leaf("k:latitude", &degrees(has.latitude_e6))
        .leaf("k:longitude", &degrees(has.longitude_e6))
        .close();
}

fn write_balance(writer: &mut Writer, balance: &Balance) {
    writer.open("k:balance", &[]);
    for (name, figure) in [
        ("k:seeking", balance.seeking),
        ("k:changing", balance.changing),
        ("k:later", balance.later),
        ("k:free", balance.free),
        ("k:deficit", balance.deficit()),
        ("k:surplus", balance.surplus()),
    ] {
        writer.leaf(name, &figure.to_string());
    }
    writer.close();
}
