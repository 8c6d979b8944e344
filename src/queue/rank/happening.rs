//! Happening: what the log of a queue holds, and the reasons that follow from it.
//!
//! Law:   004 pt.2(9) «с указанием причины изменения номера очередности»; D-39.

use super::{Fate, Standing, Tier};
use crate::queue::coded::coded;
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

coded! {
    /// Why an entry is counted.
    Joining {
        /// The family added this preschool to its choices (D-16).
        ChoiceAdded = "CHOICE_ADDED",
        /// A migrated application chose its preschools (D-105).
        Migrated = "MIGRATED",
        /// A new application.
        New = "NEW",
        /// Back from the stop-list, or from another state in which it was not counted.
        Returned = "RETURNED",
    }
}

coded! {
    /// Why an entry is not counted any more.
    Leaving {
        /// The preschool year in which the child turned six has ended, or the child died (D-26).
        Archived = "ARCHIVED",
        /// It consented to the offer of another queue (D-64).
        ConsentedElsewhere = "CONSENTED_ELSEWHERE",
        /// Its validity ended.
        Expired = "EXPIRED",
        /// It is served out of turn in another preschool (D-18).
        Parked = "PARKED",
        /// It is in the stop-list (004 pt.33).
        StopListed = "STOP_LISTED",
        /// The family withdrew it, or this choice.
        Withdrawn = "WITHDRAWN",
    }
}

impl Leaving {
    /// What it is to those behind.
    pub(super) fn reason(self) -> Reason {
        match self {
            Self::Archived => Reason::Archived,
            Self::ConsentedElsewhere => Reason::ConsentedElsewhere,
            Self::Expired => Reason::Expired,
            Self::Parked => Reason::Parked,
            Self::StopListed => Reason::StopListed,
            Self::Withdrawn => Reason::Withdrawn,
        }
    }
}

coded! {
    /// A reason for which a number changed (D-39).
    Reason {
        /// Somebody before it reached the age limit or died.
        Archived = "ARCHIVED",
        /// Somebody gained a benefit and stands before it now.
        BenefitGained = "BENEFIT_GAINED",
        /// Somebody lost a benefit.
        BenefitLost = "BENEFIT_LOST",
        /// Somebody added this preschool and stands before it by its time.
        ChoiceAdded = "CHOICE_ADDED",
        /// Somebody before it consented elsewhere.
        ConsentedElsewhere = "CONSENTED_ELSEWHERE",
        /// Somebody's validity ended.
        Expired = "EXPIRED",
        /// Somebody of another tier moved past it: the tiers are interleaved anew (D-32, I4).
        Interleaved = "INTERLEAVED",
        /// A migrated application chose this preschool.
        Migrated = "MIGRATED",
        /// A new application of the general tier.
        NewGeneral = "NEW_GENERAL",
        /// A new application out of turn.
        NewOutOfTurn = "NEW_OUT_OF_TURN",
        /// A new application of the priority tier.
        NewPriority = "NEW_PRIORITY",
        /// An offer failed and its family kept its place.
        OfferFailed = "OFFER_FAILED",
        /// Somebody was offered a seat past it: it could not be offered it, had refused it or got
        /// a better one.
        OfferedPast = "OFFERED_PAST",
        /// It holds an offer now, or holds none any more.
        OwnOffer = "OWN_OFFER",
        /// It stands in another tier.
        OwnTier = "OWN_TIER",
        /// Somebody is served out of turn elsewhere.
        Parked = "PARKED",
        /// Somebody came back.
        Returned = "RETURNED",
        /// Another rule set orders the queue.
        RulesChanged = "RULES_CHANGED",
        /// A seat was recalled and its family stands where it stood.
        SeatRecalled = "SEAT_RECALLED",
        /// Somebody before it consented to the offer of this queue.
        Served = "SERVED",
        /// Somebody was put into the stop-list.
        StopListed = "STOP_LISTED",
        /// It was not counted for a time, and this is what happened to its place meanwhile.
        WhileAway = "WHILE_AWAY",
        /// Somebody withdrew.
        Withdrawn = "WITHDRAWN",
    }
}
