//! What a plan says: a line for each seat that is offered, a reason for each entry without one.

use crate::queue::rank::{Presence, Tier};
use crate::queue::rules::RuleSet;
use crate::queue::seat::{Class, Misfit};
use crate::queue::snapshot::{OfferKind, Sound};
use crate::terms::Moment;

use super::market::Market;
use super::stock::Seat;

/// The offers of one night.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The rule set by which it was made.
    pub rules: &'static str,
    /// The instant of the snapshot from which it was made.
    pub taken_at: Moment,
    /// The offers, in the order in which they are made.
    pub lines: Vec<Line>,
    /// By entry, in the order of the applications and their choices: why it has no line here.
    /// [`Why::Offered`] stands for the entry that has one.
    pub passed: Vec<Why>,
    /// What the seats were given from: lasting ones first, then temporarily free ones.
    pub markets: Vec<Market>,
    /// By market, counter and shelf: the seats, in order.
    pub seats: Vec<Vec<Vec<Vec<Seat>>>>,
    /// The seats that nobody asked for: from now on in free access (D-49), in order.
    pub unasked: Vec<i64>,
    /// The seats that were long enough in free access, with their groups, in order (D-49).
    pub open_for_claims: Vec<(i64, i64)>,
    /// The claims to them that may be served, earliest first: application, group.
    pub claims: Vec<(i64, i64)>,
}

/// One seat, offered to one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Which seat.
    pub seat: i64,
    /// To which application.
    pub application: i64,
    /// Of which class the seat is.
    pub class: Class,
    /// The tier in which the family stood.
    pub tier: Tier,
    /// What kind of offer.
    pub kind: OfferKind,
    /// The number in the list of those who asked.
    pub number: u32,
    /// Why this family.
    pub because: Because,
    /// The pending offer that this better one takes the place of (D-41).
    pub supersedes: Option<i64>,
    /// What became of the wish of twins (D-28).
    pub twins: Twins,
}

/// Why this family was offered the seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Because {
    /// It refused such a seat, and nobody else who asked was left (D-62).
    AfterRefusal,
    /// The first of those who claimed a seat in free access (D-49).
    Claimed,
    /// The first of those who asked: 004 pt.24 «первому стоящему в очереди».
    First,
    /// A seat was recalled from it, or it was wrongly stop-listed: it is owed the next one
    /// (D-47, D-91).
    Owed,
}

/// What became of the wish of twins to be together (D-28).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Twins {
    /// The other one has no offer of this preschool: a refusal costs nothing.
    Alone,
    /// No such wish.
    None,
    /// Both are offered a seat of this preschool: the offers are sent together.
    Together,
}

/// Why an entry has no line in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// The child is enrolled in this very preschool (1_6 st.3).
    AlreadyThere,
    /// The entry was closed by the third refusal (D-62).
    ChoiceClosed,
    /// The family holds an offer that is as good, or has named no order of preference (D-41).
    HoldsAsGood,
    /// It cannot be offered a seat now: it is in the stop-list, on check, paused or parked, or it
    /// consented (D-37).
    NotOfferable(Presence),
    /// The last day in the queue has passed (004 pt.21, D-23, D-100).
    NoLongerStands,
    /// No free seat of the preschool fits the child; this is what the closest one lacks.
    NoSeatFits(Misfit),
    /// The preschool has no free seat tonight.
    NoSeatTonight,
    /// A more preferred preschool offers a seat: one child, one offer (1_6 st.2, D-40).
    OfferedBetter,
    /// It has a line.
    Offered,
    /// The seats that fit went to smaller numbers of the list of those who asked.
    Outranked {
        /// Its own number there, more than there were seats.
        number: u32,
        /// How many seats the class had.
        seats: u32,
    },
    /// The preschool takes no children any more (1_9 p.9).
    PreschoolClosed,
    /// The groups of the preschool are being formed anew (D-24).
    PreschoolSuspended,
}

impl Why {
    /// The code in messages and in the journal.
    pub fn code(self) -> &'static str {
        match self {
            Self::AlreadyThere => "already_there",
            Self::ChoiceClosed => "choice_closed",
            Self::HoldsAsGood => "holds_as_good",
            Self::NotOfferable(_) => "not_offerable",
            Self::NoLongerStands => "no_longer_stands",
            Self::NoSeatFits(Misfit::Age) => "no_seat_fits_age",
            Self::NoSeatFits(Misfit::Care) => "no_seat_fits_care",
            Self::NoSeatFits(Misfit::Language) => "no_seat_fits_language",
            Self::NoSeatTonight => "no_seat_tonight",
            Self::OfferedBetter => "offered_better",
            Self::Offered => "offered",
            Self::Outranked { .. } => "outranked",
            Self::PreschoolClosed => "preschool_closed",
            Self::PreschoolSuspended => "preschool_suspended",
        }
    }

    /// The paragraph that says so.
    pub fn paragraph(self) -> &'static str {
        match self {
            Self::AlreadyThere => "004 1_6 st.3",
            Self::ChoiceClosed => "D-62",
            Self::HoldsAsGood => "004 1_6 st.2",
            Self::NotOfferable(presence) => match presence {
                Presence::IdentityCheck => "004 pt.15",
                Presence::Parked => "004 pt.21",
                Presence::StopListed => "004 pt.33",
                Presence::Paused => "D-61",
                Presence::BenefitCheck
                | Presence::Consented
                | Presence::OfferedElsewhere
                | Presence::OfferedHere { .. }
                | Presence::Waiting => "004 1_6 st.2",
            },
            Self::NoLongerStands => "004 pt.21",
            Self::NoSeatFits(Misfit::Age) => "004 pt.27",
            Self::NoSeatFits(Misfit::Care) => "004 pt.26",
            Self::NoSeatFits(Misfit::Language) => "004 1_1 p.4(19)",
            Self::NoSeatTonight => "004 pt.25",
            Self::OfferedBetter => "004 1_6 st.2",
            Self::Offered | Self::Outranked { .. } => "004 pt.24",
            Self::PreschoolClosed => "004 1_9 p.9",
            Self::PreschoolSuspended => "D-24",
        }
    }
}

impl Because {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::AfterRefusal, Self::Claimed, Self::First, Self::Owed];

    /// The reason of this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|because| because.code() == code)
    }

    /// The code in messages and in the journal.
    pub fn code(self) -> &'static str {
        match self {
            Self::AfterRefusal => "after_refusal",
            Self::Claimed => "claimed",
            Self::First => "first",
            Self::Owed => "owed",
        }
    }

    /// The paragraph that gives the seat to this family.
    pub fn paragraph(self) -> &'static str {
        match self {
            Self::AfterRefusal => "004 1_5 p.3",
            Self::Claimed => "004 pt.40",
            Self::First => "004 pt.24",
            Self::Owed => "D-47",
        }
    }
}

impl Plan {
    /// The plan of a night in which nothing was given yet.
    pub(super) fn empty(sound: &Sound, rules: &RuleSet) -> Self {
        Self {
            rules: rules.id,
            taken_at: sound.rows().taken_at,
            lines: Vec::new(),
            passed: vec![Why::NoSeatTonight; sound.entries()],
            markets: Vec::new(),
            seats: Vec::new(),
            unasked: Vec::new(),
            open_for_claims: Vec::new(),
            claims: Vec::new(),
        }
    }

    /// Why the choice of the application at this position has no line, or [`Why::Offered`].
    pub fn why(&self, sound: &Sound, application: usize, choice: usize) -> Why {
        self.passed[sound.entries_before(application) + choice]
    }

    /// Marks the lines of twins: together where one preschool offers both a seat (D-28).
    pub(super) fn join_twins(&mut self, sound: &Sound) {
        let rows = sound.rows();
        let pair_of = |line: &Line| {
            let at = sound.application(line.application)?;
            rows.applications[at].twins
        };
        let mut pairs: Vec<_> = self
            .lines
            .iter()
            .filter_map(|line| Some((pair_of(line)?, line.class.preschool)))
            .collect();
        pairs.sort_unstable();
        for line in &mut self.lines {
            line.twins = match pair_of(line) {
                None => Twins::None,
                Some(pair) => {
                    let key = (pair, line.class.preschool);
                    let first = pairs.partition_point(|other| *other < key);
                    let both = pairs.get(first + 1).is_some_and(|other| *other == key);
                    if both { Twins::Together } else { Twins::Alone }
                }
            };
        }
    }
}
