//! Snapshot: everything from which the seats of one night are given, as rows.
//!
//! Law:   004 pt.15–22, pt.25, 1_5 p.3; decisions D-10 to D-18, D-46 to D-51, D-134.
//! In:    rows of the register, of one instant. Out: [`Sound`], or every [`Contradiction`] in them.
//! Never: repairs a row or leaves one out: a night is not decided from what contradicts itself.
//! Start: [`Snapshot::check`].

mod alone;
mod contradiction;
mod entry;
mod index;
mod sound;

pub use contradiction::Contradiction;
pub use entry::{Entry, QueueKey};
pub use sound::Sound;

use crate::queue::application::{PreschoolKind, PreschoolStatus};
use crate::queue::rank::{Fate, Presence, Standing, Tier};
use crate::queue::seat::{Care, Class, Fit};
use crate::terms::{Day, Moment, PreschoolId, Settlement, TeachingLanguage};

/// The register at one instant, as far as seats depend on it. Rows stand in any order, but for
/// the offers.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The instant; the distribution takes place in its calendar year (004 pt.27).
    pub taken_at: Moment,
    /// Реестр ДО.
    pub preschools: Vec<Preschool>,
    /// Their groups.
    pub groups: Vec<Group>,
    /// The seats that are free and blocked for this distribution (004 pt.25, 1_5 st.4).
    pub seats: Vec<FreeSeat>,
    /// Every application that stands in a queue or holds an offer or a referral.
    pub applications: Vec<Applying>,
    /// The offers made before, in the order in which they were made. Of each queue and class the
    /// latest that count are enough: as many as the ratio of the rule set, out-of-turn ones aside.
    pub offers: Vec<MadeOffer>,
    /// Who refused which of the seats that are still on offer (D-40, D-62).
    pub refused: Vec<RefusedSeat>,
    /// The claims to seats in free access that were collected (D-49).
    pub claims: Vec<Claim>,
}

/// Дошкольная организация.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preschool {
    /// Which one.
    pub id: PreschoolId,
    /// Which queues it has.
    pub kind: PreschoolKind,
    /// Does it take children?
    pub status: PreschoolStatus,
    /// Are its groups being formed anew, so that no seat is offered now (D-24)?
    pub suspended: bool,
}

/// Группа ДО: 1_5 p.3 «количество мест в группе; количество свободных мест в группе».
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// Which one.
    pub id: i64,
    /// Of which preschool.
    pub preschool: PreschoolId,
    /// Whom its seats fit.
    pub fit: Fit,
    /// How many seats it has.
    pub seats: u32,
    /// How many children are enrolled.
    pub enrolled: u32,
    /// How many seats are blocked by offers, referrals and enrolments.
    pub blocked: u32,
}

/// Свободное место of the protocol of free seats (004 pt.25).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FreeSeat {
    /// Which one.
    pub id: i64,
    /// In which group.
    pub group: i64,
    /// Is it free only while its child is elsewhere (004 pt.32, D-48)?
    pub temporary: bool,
    /// Is it paid for by the state? Others are shown and not distributed (004 pt.25, D-50).
    pub state_funded: bool,
    /// Since when it is in free access, because nobody of its queues asked for it (D-49).
    pub free_access_since: Option<Moment>,
}

/// Заявление, as far as seats depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applying {
    /// Номер заявления.
    pub id: i64,
    /// The child; a number without a meaning, the same in all applications of one child.
    pub child: i64,
    /// In which kind of queues it stands.
    pub kind: PreschoolKind,
    /// Where.
    pub settlement: Settlement,
    /// The child's day of birth.
    pub birth_date: Day,
    /// Tier, time and sequence.
    pub standing: Standing,
    /// How it is present; an offer that is pending is read from the offers and not from here.
    pub presence: Presence,
    /// What the child needs.
    pub care: Care,
    /// The language of teaching that the family wishes.
    pub language: Option<LanguageWish>,
    /// The last day on which it stands in a queue, by validity, age or conclusion.
    pub last_day: Day,
    /// Where the child is enrolled now, if it is (D-21).
    pub enrolled_in: Option<PreschoolId>,
    /// The same number in the applications of twins that want to be together (D-28).
    pub twins: Option<i64>,
    /// Would the family take a temporarily free seat (D-48)? Not while its child has a place, a
    /// lasting one or one for a time (004 pt.32).
    pub temporary_too: bool,
    /// The chosen preschools, in the order sent.
    pub choices: Vec<Choice>,
}

/// A wish for a language (1_1 p.4(19), D-13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LanguageWish {
    /// Which one.
    pub language: TeachingLanguage,
    /// «Только»: no other seat is wanted. A wish that is not hard excludes nothing.
    pub only: bool,
}

/// One chosen preschool of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Which one.
    pub preschool: PreschoolId,
    /// The place in the family's order of preference, if it named one (D-17).
    pub preference: Option<u8>,
    /// The time that counts here, where it is not that of the application (D-16).
    pub filed_at: Option<Moment>,
    /// Is the entry live?
    pub state: ChoiceState,
    /// Is the family owed the first next seat here (D-47, D-91)?
    pub owed: bool,
}

/// Is a chosen preschool's entry live?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChoiceState {
    /// Closed by the third refusal (D-62).
    Closed,
    /// The child is served out of turn in another preschool (004 pt.21, D-18).
    Parked,
    /// It stands in the queue.
    Standing,
}

/// An offer that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MadeOffer {
    /// Which one.
    pub id: i64,
    /// To which application.
    pub application: i64,
    /// Of which seat.
    pub seat: i64,
    /// Of which class the seat was.
    pub class: Class,
    /// The child's year of birth.
    pub birth_year: i32,
    /// The tier in which the family stood.
    pub tier: Tier,
    /// What kind of offer: only those by the queue count in its phase and stand at its head.
    pub kind: OfferKind,
    /// What became of it.
    pub fate: Fate,
    /// When it was made.
    pub made_at: Moment,
}

/// What kind of seat is offered (004 pt.39(14) «вид направления»).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OfferKind {
    /// Nobody of its queues asked; it was claimed (D-49).
    FreeAccess,
    /// By the queue.
    Queue,
    /// «Временное»: until the child whose place it is comes back; the queue place is kept (D-48).
    Temporary,
}

impl OfferKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::FreeAccess, Self::Queue, Self::Temporary];

    /// The kind of this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The code in messages and rows.
    pub fn code(self) -> &'static str {
        match self {
            Self::FreeAccess => "FREE_ACCESS",
            Self::Queue => "QUEUE",
            Self::Temporary => "TEMPORARY",
        }
    }
}

/// A family refused a seat that is on offer again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedSeat {
    /// Whose application.
    pub application: i64,
    /// Which seat.
    pub seat: i64,
}

/// Заявка на свободное место (D-49).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Whose application.
    pub application: i64,
    /// A seat of which group.
    pub group: i64,
}
