//! Phase: how many general families were served since the last one of the priority tier (D-32).
//!
//! Law:   004 pt.17 «через каждые три заявления»; decisions D-30 to D-34.
//! Why:   a list that begins anew after each departure never brings the priority tier to its head.
//! Never: stored. It is a fold over the offers of a queue that count, in the order they were made.

use super::Tier;
use crate::queue::rules::{PatternStart, RuleSet};

/// What became of an offer (уведомление о блокировке места, 1_5 st.4, 1_6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// The family consented.
    Accepted,
    /// The referral that followed was annulled (004 pt.28, pt.29).
    Annulled,
    /// The referral that followed was cancelled (1_10 No. 18).
    Cancelled,
    /// The term ran out without an answer (004 pt.28, D-61).
    Lapsed,
    /// It waits for consent (004 pt.24).
    Pending,
    /// The seat was recalled (1_10 No. 15, D-47).
    Recalled,
    /// The family refused (D-62).
    Refused,
    /// A better offer took its place (D-41).
    Superseded,
}

impl Fate {
    /// Every fate.
    pub const ALL: [Self; 8] = [
        Self::Accepted,
        Self::Annulled,
        Self::Cancelled,
        Self::Lapsed,
        Self::Pending,
        Self::Recalled,
        Self::Refused,
        Self::Superseded,
    ];

    /// The code in rows.
    pub fn code(self) -> &'static str {
        match self {
            Self::Accepted => "ACCEPTED",
            Self::Annulled => "ANNULLED",
            Self::Cancelled => "CANCELLED",
            Self::Lapsed => "LAPSED",
            Self::Pending => "PENDING",
            Self::Recalled => "RECALLED",
            Self::Refused => "REFUSED",
            Self::Superseded => "SUPERSEDED",
        }
    }

    /// The fate of this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fate| fate.code() == code)
    }

    /// Does the offer count in the phase?
    ///
    /// 1_5 p.3 «при отказе … место становится снова доступным для отправки направления
    /// следующему очереднику»: a failed offer drops out, the seat's next offer is a new one (D-33).
    pub fn counts(self) -> bool {
        match self {
            Self::Accepted | Self::Pending => true,
            Self::Annulled
            | Self::Cancelled
            | Self::Lapsed
            | Self::Recalled
            | Self::Refused
            | Self::Superseded => false,
        }
    }
}

/// One offer of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Offer {
    /// The tier in which the family stood when it was made.
    pub tier: Tier,
    /// What became of it.
    pub fate: Fate,
}

/// How many general families were served since the last priority one: 0 to N, and N stays N.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phase(u32);

impl Phase {
    /// The phase of a queue that has made no offer yet (D-31).
    pub fn start(rules: &RuleSet) -> Self {
        match rules.pattern_start {
            PatternStart::General => Self(0),
            PatternStart::Priority => Self(rules.general_per_priority.get()),
        }
    }

    /// The phase of this many general families; more than a full row is a full row.
    pub fn of(general_served: u32, rules: &RuleSet) -> Self {
        Self(general_served.min(rules.general_per_priority.get()))
    }

    /// The phase after these offers of one queue, in the order in which they were made (D-33).
    ///
    /// As it saturates, the last N that count, out-of-turn ones aside, give the same as all.
    pub fn after<'a>(offers: impl IntoIterator<Item = &'a Offer>, rules: &RuleSet) -> Self {
        let counting = offers.into_iter().filter(|offer| offer.fate.counts());
        counting.fold(Self::start(rules), |phase, offer| {
            phase.served(offer.tier, rules)
        })
    }

    /// The phase after one more family of this tier.
    pub fn served(self, tier: Tier, rules: &RuleSet) -> Self {
        match tier {
            // D-34: who goes out of turn stands outside the ratio.
            Tier::OutOfTurn => self,
            Tier::Priority => Self(0),
            // No credit is hoarded while nobody of the priority tier asks (D-32).
            Tier::General => Self::of(self.0.saturating_add(1), rules),
        }
    }

    /// The number of general families since the last priority one, as shown and journalled.
    pub fn general_served(self) -> u32 {
        self.0
    }

    /// Is a full row of general families served, so that the priority tier is next?
    pub fn is_full(self, rules: &RuleSet) -> bool {
        self.missing(rules) == 0
    }

    /// How many general families come before the next one of the priority tier.
    pub(super) fn missing(self, rules: &RuleSet) -> u32 {
        rules.general_per_priority.get().saturating_sub(self.0)
    }
}
