//! S-02: the preschools of a settlement (перечень ДО населенного пункта и их статус).
//!
//! Law:   004 1_10 No. 2; 1_1 p.2 «перечня ДО населенного пункта и их типа», 1_3 p.2(2); 1_9 p.9.
//! In:    `k:preschoolList`. Out: `k:preschoolListAnswer`, a page of the register, or a rejection.
//! Never: leaves a closed preschool out: families that wait in its queue ask for its status.
//! Start: [`read`], then `handle`.

use serde_json::json;

use super::finding::{Code, Findings};
use super::reading;
use super::{Asked, Checked, Handling, NAMESPACE, Outcome};
use crate::queue::refusal::Refusal;
use crate::registry::{Preschool, PreschoolKind, Transaction, Trouble};
use crate::terms::{Moment, PreschoolId, Settlement};
use crate::xml::{Element, Writer};

/// The local name of the request.
pub const REQUEST: &str = "preschoolList";
/// The local name of the answer.
pub const ANSWER: &str = "preschoolListAnswer";

/// Which preschools, and which page of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// Населённый пункт.
    pub settlement: Settlement,
    /// Only those of this kind (1_1 p.2 «и их типа»); all without it.
    pub kind: Option<PreschoolKind>,
    /// The last preschool of the page before; none for the first page.
    pub after: Option<PreschoolId>,
    /// How many rows at most.
    pub limit: usize,
}

/// A page of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its rows, in the order of their identifiers.
    pub preschools: Vec<Preschool>,
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
        let kind = form.maybe("kind", reading::kind);
        let after = form.maybe("after", reading::preschool);
        let limit = form.maybe("limit", reading::page_size);
        let elsewhere = |(after, here): (PreschoolId, Settlement)| after.settlement() != here;
        if after.zip(settlement).is_some_and(elsewhere) {
            form.about("after", Code::PreschoolElsewhere);
        }
        Some(Request {
            settlement: settlement?,
            kind,
            after,
            limit: limit.unwrap_or(reading::PAGE_MAX),
        })
    })
}

/// What the door asks: is the payload in order, and which settlement is it about?
pub(super) fn check(payload: Element<'_>, _received: Moment) -> Result<Checked, Findings> {
    read(payload).map(|request| Checked::about(request.settlement))
}

/// Shows a page of the settlement's preschools.
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
    let settlement = request.settlement;
    if !transaction.has_settlement(settlement).await? {
        let at = format!("/{REQUEST}/settlement");
        return Ok(Outcome::unknown(Refusal::SettlementUnknown, &at));
    }
    // One row beyond the page tells whether others follow.
    let most = request.limit + 1;
    let found = transaction.preschools_of(settlement, request.kind, request.after, most);
    let mut preschools = found.await?;
    let more = preschools.len() > request.limit;
    preschools.truncate(request.limit);
    let decision = json!({ "settlement": settlement.as_str(), "rows": preschools.len() });
    Ok(Outcome::done(write(&Answer { preschools, more }), decision))
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    let mut writer = Writer::new();
    writer.open("k:preschoolListAnswer", &[("xmlns:k", NAMESPACE)]);
    for row in &answer.preschools {
        writer
            .open("k:known", &[])
            .leaf("k:preschool", row.id.as_str())
            .leaf("k:kk", &row.name_kk)
            .leaf("k:ru", &row.name_ru)
            .leaf("k:kind", row.kind.code())
            .leaf("k:status", row.status.code())
            .close();
    }
    writer.leaf("k:more", if answer.more { "true" } else { "false" });
    writer.close();
    writer.finish()
}
