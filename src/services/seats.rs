//! Seats: what S-14 and S-15 have in common: what the register knows, and the answer.
//!
//! Law:   004 1_5 p.2(5) (a blocked seat and the referral in force), p.4 (the six fields).
//! Note:  p.4 calls the result «направление», and there is none when seats are registered: its
//!        number is that of the result, and the referrals that block seats stand beside it.
//! Start: [`Registered`].

use serde_json::{Value, json};

use super::representative::unended;
use super::{NAMESPACE, Outcome, Status, answer};
use crate::queue::group::Seat;
use crate::queue::lifecycle::{referral, seat};
use crate::queue::refusal::Refusal;
use crate::registry::{Blocking, SeatNow, Transaction, Trouble};
use crate::terms::{Moment, PreschoolId};
use crate::xml::Writer;

/// The result: 1_5 p.4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Номер (1), made of this.
    pub number: i64,
    /// id ДО (2).
    pub preschool: PreschoolId,
    /// Дата и время регистрации данных (3).
    pub registered_at: Moment,
    /// id группы (4).
    pub group_id: String,
    /// Количество свободных мест (5).
    pub free: u32,
    /// Количество занятых мест (6).
    pub occupied: u32,
    /// Which seats are blocked, and by what.
    pub blocked: Blocked,
}

/// What blocks seats of a group (1_5 p.2(5)).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blocked {
    /// How many seats.
    pub seats: usize,
    /// The referrals in force among what blocks them: offers and enrolments do, too.
    pub referrals: Vec<Blocking>,
}

impl Blocked {
    /// What blocks these seats of a group.
    pub(super) async fn of(
        transaction: &Transaction,
        group: i64,
        seats: &[Seat],
    ) -> Result<Self, Trouble> {
        let blocked = seats.iter().filter(|seat| seat.is_blocked()).count();
        if blocked == 0 {
            return Ok(Self::default());
        }
        let states = unended::<referral::State>();
        Ok(Self {
            seats: blocked,
            referrals: transaction.blocking(group, &states).await?,
        })
    }

    /// Writes `k:blocked`, where there is something to say.
    fn write(&self, writer: &mut Writer) {
        if self.seats == 0 {
            return;
        }
        writer
            .open("k:blocked", &[])
            .leaf("k:seats", &self.seats.to_string());
        for blocking in &self.referrals {
            writer
                .open("k:referral", &[])
                .leaf("k:number", &blocking.referral.to_string())
                .leaf("k:validUntil", &blocking.valid_until.to_string())
                .close();
        }
        writer.close();
    }
}

impl Registered {
    /// Writes the answer as the element of this name.
    pub(super) fn write(&self, element: &'static str) -> String {
        let mut writer = Writer::new();
        writer
            .open(element, &[("xmlns:k", NAMESPACE)])
            .leaf("k:resultNumber", &format!("SEATS-{}", self.number))
            .leaf("k:preschool", self.preschool.as_str())
            .leaf("k:registeredAt", &self.registered_at.to_string())
            .leaf("k:groupId", &self.group_id)
            .leaf("k:freeSeats", &self.free.to_string())
            .leaf("k:occupiedSeats", &self.occupied.to_string());
        self.blocked.write(&mut writer);
        writer.close();
        writer.finish()
    }
}

/// Rows in the words of the law.
pub(super) fn seats(rows: &[SeatNow]) -> Result<Vec<Seat>, Trouble> {
    let seat = |row: &SeatNow| {
        seat::State::from_code(&row.state).map(|state| Seat {
            id: row.id,
            state,
            state_funded: row.state_funded,
            away_until: row.away_until,
        })
    };
    let seats: Option<Vec<Seat>> = rows.iter().map(seat).collect();
    seats.ok_or(Trouble::Unexpected("a state that the law does not know"))
}

/// A report or a recall that is refused because of what stands at `path`, with what blocks the
/// group where that is the reason.
pub(super) fn refused(refusal: Refusal, path: &str, blocked: &Blocked, group: Value) -> Outcome {
    let decision = json!({
        "refusal": refusal.code(),
        "paragraph": refusal.paragraph(),
        "group": group,
        "blocked": blocked.seats,
    });
    let payload = answer::refusal_beside(refusal, &[path], |writer| blocked.write(writer));
    Outcome {
        status: Status::Rejected,
        payload,
        decision,
        told: Vec::new(),
    }
}
