//! S-15: a preschool takes free seats of a group back (отзыв свободных мест).
//!
//! Law:   004 1_10 No. 15; 1_5 p.3 «блокирует освобожденные места», p.4; decisions D-46, D-47.
//! In:    `k:seatRecall`. No annex lists its fields: they name the group, how many, and why.
//! Out:   `k:seatRecallAnswer`, or a rejection, with the referrals in force that block the seats.
//! Never: takes a seat that an offer, a referral or an enrolment holds.
//! Start: [`read`], then `handle`.

use serde_json::json;

use super::finding::Findings;
use super::reading;
use super::seats::{self, Blocked, Registered};
use super::{Asked, Checked, Handling, Outcome};
use crate::queue::group::{self, RecallGround};
use crate::queue::refusal::Refusal;
use crate::queue::rules;
use crate::registry::{GroupNow, SeatReport, Transaction, Trouble};
use crate::terms::{Moment, PreschoolId};
use crate::xml::Element;

/// The local name of the request.
pub const REQUEST: &str = "seatRecall";
/// The local name of the answer.
pub const ANSWER: &str = "seatRecallAnswer";

/// Which seats, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// id ДО.
    pub preschool: PreschoolId,
    /// id группы.
    pub group_id: String,
    /// How many free seats of the state order.
    pub seats: u32,
    /// The ground (D-47).
    pub ground: RecallGround,
}

/// The result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The six fields of 1_5 p.4, and what blocks seats of the group.
    pub registered: Registered,
}

/// Reads the recall, or says everything that is wrong with it.
///
/// # Errors
/// [`Findings`], never empty.
pub fn read(payload: Element<'_>) -> Result<Request, Findings> {
    reading::whole(payload, REQUEST, |form| {
        let preschool = form.value("preschool", reading::preschool);
        let group_id = form.value("groupId", reading::application_id);
        let seats = form.value("seats", reading::seats_some);
        let ground = form.value("ground", |text| {
            reading::listed(RecallGround::from_code(text))
        });
        Some(Request {
            preschool: preschool?,
            group_id: group_id?,
            seats: seats?,
            ground: ground?,
        })
    })
}

/// What the door asks: is the payload in order, and which settlement is it about?
pub(super) fn check(payload: Element<'_>, _received: Moment) -> Result<Checked, Findings> {
    read(payload).map(|request| Checked::about(request.preschool.settlement()))
}

/// Takes the seats back.
pub(super) fn handle<'a>(
    transaction: &'a Transaction,
    payload: Element<'a>,
    asked: &'a Asked,
) -> Handling<'a> {
    Box::pin(async move {
        match read(payload) {
            Ok(request) => recall(transaction, &request, asked).await,
            Err(findings) => Ok(Outcome::with_findings(&findings)),
        }
    })
}

async fn recall(
    transaction: &Transaction,
    request: &Request,
    asked: &Asked,
) -> Result<Outcome, Trouble> {
    let now = transaction
        .group_seats(request.preschool, &request.group_id)
        .await?;
    let Some(GroupNow {
        id, seats, free, ..
    }) = now.group
    else {
        let at = format!("/{REQUEST}/groupId");
        return Ok(Outcome::unknown(Refusal::GroupUnknown, &at));
    };
    let known = seats::seats(&now.seats)?;
    let blocked = Blocked::of(transaction, id, &known).await?;
    let changes = match group::recall(request.seats, &known, rules::current()) {
        Ok(changes) => changes,
        Err(refusal) => {
            let at = format!("/{REQUEST}/seats");
            return Ok(seats::refused(refusal, &at, &blocked, json!(id)));
        }
    };
    // The children who sit there are as many as before: the group is smaller by what is recalled.
    let after = (seats - request.seats, free - request.seats);
    let number = transaction
        .keep_report(
            &SeatReport {
                group: id,
                sender: &asked.sender,
                sent_at: asked.sent_at,
                received_at: asked.received_at,
                before: (seats, free),
                after,
                ground: Some(request.ground.code()),
                digest: &asked.digest,
            },
            &changes,
        )
        .await?;
    let registered = Registered {
        number,
        preschool: request.preschool,
        registered_at: asked.now,
        group_id: request.group_id.clone(),
        free: after.1,
        occupied: after.0 - after.1,
        blocked,
    };
    let decision = json!({
        "report": number,
        "group": id,
        "recalled": changes.iter().filter_map(|change| change.seat).collect::<Vec<_>>(),
        "ground": request.ground.code(),
        "paragraph": "004 1_10 No. 15",
    });
    Ok(Outcome::done(write(&Answer { registered }), decision))
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    answer.registered.write("k:seatRecallAnswer")
}
