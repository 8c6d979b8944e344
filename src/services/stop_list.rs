//! S-30: who stands in the stop-list of a settlement (стоп-лист).
//!
//! Law:   004 pt.35(4), pt.38 (the seven fields of a stay); decision D-95. 1_10 has no service for
//!        it.
//! In:    `k:stopList`. Out: `k:stopListAnswer`, a page, or a rejection.
//! Never: names a family that did not consent to publication: then its initials stand there. This
//!        departs from the letter of pt.38 (2), (3), as pt.12 and pt.35(3) ask.
//! Start: [`read`], then `handle`.

use serde_json::json;

use super::finding::Findings;
use super::party::write_name;
use super::reading;
use super::{Asked, Checked, Handling, NAMESPACE, Outcome};
use crate::queue::refusal::Refusal;
use crate::registry::{StopListed, Transaction, Trouble};
use crate::terms::{Moment, PersonName, Settlement};
use crate::xml::{Element, Writer};

/// The local name of the request.
pub const REQUEST: &str = "stopList";
/// The local name of the answer.
pub const ANSWER: &str = "stopListAnswer";

/// Which settlement, and which page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// Населённый пункт.
    pub settlement: Settlement,
    /// The last application of the page before; none for the first page.
    pub after: Option<i64>,
    /// How many rows at most.
    pub limit: usize,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// When the register was read.
    pub as_of: Moment,
    /// Its rows, in the order of the applications.
    pub stays: Vec<StopListed>,
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
        let after = form.maybe("after", reading::application_number);
        let limit = form.maybe("limit", reading::page_size);
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

/// Shows a page of the list.
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
    // One row beyond the page tells whether others follow.
    let found = transaction.stop_listed(settlement, request.after, request.limit + 1);
    let mut stays = found.await?;
    let more = stays.len() > request.limit;
    stays.truncate(request.limit);
    let decision = json!({ "settlement": settlement.as_str(), "rows": stays.len() });
    let answer = Answer {
        as_of: asked.now,
        stays,
        more,
    };
    Ok(Outcome::done(write(&answer), decision))
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    let mut writer = Writer::new();
    writer
        .open("k:stopListAnswer", &[("xmlns:k", NAMESPACE)])
        .leaf("k:asOf", &answer.as_of.to_string());
    for stay in &answer.stays {
        write_stay(&mut writer, stay);
    }
    writer.leaf("k:more", if answer.more { "true" } else { "false" });
    writer.close();
    writer.finish()
}

fn write_stay(writer: &mut Writer, stay: &StopListed) {
    writer
        .open("k:stay", &[])
        .leaf("k:applicationNumber", &stay.application.to_string());
    if stay.publication_consent {
        write_name(writer, "k:applicantName", &stay.applicant);
        write_name(writer, "k:childName", &stay.child);
    } else {
        writer
            .leaf("k:applicantInitials", &initials(&stay.applicant))
            .leaf("k:childInitials", &initials(&stay.child));
    }
    writer
        .leaf("k:placedAt", &stay.placed_at.to_string())
        .leaf("k:ground", &stay.ground)
        .leaf("k:exitOn", &stay.exit_on.to_string())
        .close();
}

/// The first letters of a name: all that is shown without consent to publication (D-95).
fn initials(name: &PersonName) -> String {
    let parts = [Some(name.surname()), Some(name.given()), name.patronymic()];
    let letters = parts
        .into_iter()
        .flatten()
        .filter_map(|part| part.chars().next());
    letters.flat_map(|letter| [letter, '.']).collect()
}
