//! S-01: the settlements (список населённых пунктов).
//!
//! Law:   004 1_10 No. 1; 1_1 p.4(4) «населенный пункт для постановки на очередь».
//! In:    `k:settlementList`. Out: `k:settlementListAnswer`, a page of the register.
//! Never: tells of a person; answers with more than 200 rows at once.
//! Start: [`read`], then `handle`.

use serde_json::json;

use super::finding::Findings;
use super::reading;
use super::{Asked, Checked, Handling, NAMESPACE, Outcome};
use crate::registry::{KnownSettlement, Transaction, Trouble};
use crate::terms::{Moment, Settlement};
use crate::xml::{Element, Writer};

/// The local name of the request.
pub const REQUEST: &str = "settlementList";
/// The local name of the answer.
pub const ANSWER: &str = "settlementListAnswer";

/// Which page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// The last code of the page before; none for the first page.
    pub after: Option<Settlement>,
    /// How many rows at most.
    pub limit: usize,
}

/// A page of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its rows, in the order of their codes.
    pub settlements: Vec<KnownSettlement>,
    /// Whether others follow.
    pub more: bool,
}

/// Reads the enquiry, or says everything that is wrong with it.
///
/// # Errors
/// [`Findings`], never empty.
pub fn read(payload: Element<'_>) -> Result<Request, Findings> {
    reading::whole(payload, REQUEST, |form| {
        let after = form.maybe("after", reading::settlement);
        let limit = form.maybe("limit", reading::page_size);
        Some(Request {
            after,
            limit: limit.unwrap_or(reading::PAGE_MAX),
        })
    })
}

/// What the door asks: is the payload in order? It is about no place.
pub(super) fn check(payload: Element<'_>, _received: Moment) -> Result<Checked, Findings> {
    read(payload).map(|_| Checked::default())
}

/// Shows a page of the register.
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
    // One row beyond the page tells whether others follow.
    let found = transaction.settlements(request.after, request.limit + 1);
    let mut settlements = found.await?;
    let more = settlements.len() > request.limit;
    settlements.truncate(request.limit);
    let decision = json!({ "rows": settlements.len(), "more": more });
    Ok(Outcome::done(
        write(&Answer { settlements, more }),
        decision,
    ))
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    let mut writer = Writer::new();
    writer.open("k:settlementListAnswer", &[("xmlns:k", NAMESPACE)]);
    for row in &answer.settlements {
        writer
            .open("k:settlement", &[])
            .leaf("k:code", row.code.as_str())
            .leaf("k:kk", &row.name_kk)
            .leaf("k:ru", &row.name_ru)
            .leaf("k:status", row.status.code())
            .close();
    }
    writer.leaf("k:more", if answer.more { "true" } else { "false" });
    writer.close();
    writer.finish()
}
