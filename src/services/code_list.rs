//! S-29: what the codes of a list mean (справочник).
//!
//! Law:   004 1_1 p.4, p.6, p.8 and 1_5 p.3 name the lists; 1_10 has no service for them, so the
//!        number stands behind its own.
//! In:    `k:codeList`. Out: `k:codeListAnswer`, a page of the list.
//! Never: leaves out a code that was closed: applications that were filed with it are read by it.
//! Start: [`read`], then `handle`.

use serde_json::json;

use super::finding::Findings;
use super::reading;
use super::{Asked, Checked, Handling, NAMESPACE, Outcome};
use crate::registry::{CodeList, KnownCode, Transaction, Trouble};
use crate::terms::Moment;
use crate::xml::{Element, Writer};

/// The local name of the request.
pub const REQUEST: &str = "codeList";
/// The local name of the answer.
pub const ANSWER: &str = "codeListAnswer";

/// Which list, and which page of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The list.
    pub list: CodeList,
    /// The last code of the page before; none for the first page.
    pub after: Option<String>,
    /// How many rows at most.
    pub limit: usize,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The list.
    pub list: CodeList,
    /// Its rows, in the order of their codes.
    pub codes: Vec<KnownCode>,
    /// Whether others follow.
    pub more: bool,
}

/// Reads the enquiry, or says everything that is wrong with it.
///
/// # Errors
/// [`Findings`], never empty.
pub fn read(payload: Element<'_>) -> Result<Request, Findings> {
    reading::whole(payload, REQUEST, |form| {
        let list = form.value("list", |text| reading::listed(CodeList::from_code(text)));
        let after = form.maybe("after", reading::code);
        let limit = form.maybe("limit", reading::page_size);
        Some(Request {
            list: list?,
            after,
            limit: limit.unwrap_or(reading::PAGE_MAX),
        })
    })
}

/// What the door asks: is the payload in order? It is about no place.
pub(super) fn check(payload: Element<'_>, _received: Moment) -> Result<Checked, Findings> {
    read(payload).map(|_| Checked::default())
}

/// Shows a page of the list.
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
    let Request { list, after, limit } = request;
    // One row beyond the page tells whether others follow.
    let mut codes = transaction.codes(list, after.as_deref(), limit + 1).await?;
    let more = codes.len() > limit;
    codes.truncate(limit);
    let decision = json!({ "list": list.code(), "rows": codes.len(), "more": more });
    let answer = Answer { list, codes, more };
    Ok(Outcome::done(write(&answer), decision))
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    let mut writer = Writer::new();
    writer
        .open("k:codeListAnswer", &[("xmlns:k", NAMESPACE)])
        .leaf("k:list", answer.list.code());
    for row in &answer.codes {
        writer
            .open("k:member", &[])
            .leaf("k:code", &row.code)
            .leaf("k:kk", &row.name_kk)
            .leaf("k:ru", &row.name_ru)
            .leaf("k:status", row.status.code())
            .close();
    }
    writer.leaf("k:more", if answer.more { "true" } else { "false" });
    writer.close();
    writer.finish()
}
