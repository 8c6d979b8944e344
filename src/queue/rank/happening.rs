//! Happening: what the log of a queue holds, and the reasons that follow from it.
//!
//! Law:   004 pt.2(9) «с указанием причины изменения номера очередности»; D-39.

use super::{Fate, Standing, Tier};
use crate::queue::rules::RuleSet;

/// Something that happened to one entry of a queue, or to its rules.
#[derive(Debug, Clone, PartialEq)]
pub enum Happening {
    /// An entry is counted from now on.
    Joined(Standing, Joining),
    /// An entry is counted no longer; a pending offer of this queue that it held is void.
    Left(Standing, Leaving),
    /// This queue made it an offer. `turn` names the offer, and later ones have greater turns.
    Offered(Standing, u32),
    /// Its pending offer ended. Who accepts leaves the numbering, and so may who refused.
    Ended {
        /// The entry.
        of: Standing,
        /// Which offer.
        turn: u32,
        /// How it ended.
        fate: Fate,
        /// Is the entry counted on, at its place by tier and time?
        stays: bool,
    },
    /// An offer that had been accepted failed later: its referral was annulled or cancelled.
    ReferralLost {
        /// Which offer.
        turn: u32,
        /// How it ended.
        fate: Fate,
    },
    /// The entry stands in another tier from now on.
    Moved(Standing, Tier),
    /// Another rule set orders the queue from now on.
    Ruled(Box<RuleSet>),
}

/// Why an entry is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Joining {
    /// The family added this preschool to its choices (D-16).
    ChoiceAdded,
    /// A migrated application chose its preschools (D-105).
    Migrated,
    /// A new application.
    New,
    /// Back from the stop-list, or from another state in which it was not counted.
    Returned,
}

/// Why an entry is not counted any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leaving {
    /// The preschool year in which the child turned six has ended, or the child died (D-26).
    Archived,
    /// It consented to the offer of another queue (D-64).
    ConsentedElsewhere,
    /// Its validity ended.
    Expired,
    /// It is served out of turn in another preschool (D-18).
    Parked,
    /// It is in the stop-list (004 pt.33).
    StopListed,
    /// The family withdrew it, or this choice.
    Withdrawn,
}

/// A reason for which a number changed (D-39).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Somebody before it reached the age limit or died.
    Archived,
    /// Somebody gained a benefit and stands before it now.
    BenefitGained,
    /// Somebody lost a benefit.
    BenefitLost,
    /// Somebody added this preschool and stands before it by its time.
    ChoiceAdded,
    /// Somebody before it consented elsewhere.
    ConsentedElsewhere,
    /// Somebody's validity ended.
    Expired,
    /// Somebody of another tier moved past it, because the tiers are interleaved anew (D-32, I4).
    Interleaved,
    /// A migrated application chose this preschool.
    Migrated,
    /// A new application of the general tier.
    NewGeneral,
    /// A new application out of turn.
    NewOutOfTurn,
    /// A new application of the priority tier.
    NewPriority,
    /// An offer failed and its family kept its place.
    OfferFailed,
    /// Somebody was offered a seat past it: it could not be offered it, had refused it or got
    /// a better one.
    OfferedPast,
    /// It holds an offer now, or holds none any more.
    OwnOffer,
    /// It stands in another tier.
    OwnTier,
    /// Somebody is served out of turn elsewhere.
    Parked,
    /// Somebody came back.
    Returned,
    /// Another rule set orders the queue.
    RulesChanged,
    /// A seat was recalled and its family stands where it stood.
    SeatRecalled,
    /// Somebody before it consented to the offer of this queue.
    Served,
    /// Somebody was put into the stop-list.
    StopListed,
    /// It was not counted for a time, and this is what happened to its place meanwhile.
    WhileAway,
    /// Somebody withdrew.
    Withdrawn,
}
