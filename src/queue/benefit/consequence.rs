//! Consequence: what happens when a benefit is confirmed, refused or lost.
//!
//! Law:   004 pt.17–19, 21, 23, 29; decisions D-18, D-19, D-73, D-75, D-79.
//! Out:   the tier, which preschools the child stands in, the event of its application.
//! Never: changes the time of an application: it stands in its tier by the time of filing (pt.23).
//! Start: [`Benefit::consequence`].

use crate::queue::application::PreschoolKind;
use crate::queue::benefit::Benefit;
use crate::queue::coded::coded;
use crate::queue::lifecycle::application::Event;
use crate::queue::rank::Tier;
use crate::queue::rules::RuleSet;

coded! {
    /// What was found out of a benefit.
    Finding {
        /// It holds.
        Confirmed = "CONFIRMED",
        /// It does not, and never counted.
        Refused = "REFUSED",
        /// It counted, and holds no longer.
        Lost = "LOST",
        /// The originals behind a referral do not show it.
        LostWithReferral = "LOST_WITH_REFERRAL",
    }
}

coded! {
    /// In which of the chosen preschools the child is counted from then on.
    Choices {
        /// In all.
        All = "ALL",
        /// In the one that the family picked; the others are parked (D-18).
        One = "ONE",
        /// In all again: those that were parked revive with the original time (D-18).
        Revived = "REVIVED",
    }
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consequence {
    /// The tier in which the application is counted from now on.
    pub tier: Tier,
    /// Where it is counted.
    pub choices: Choices,
    /// The event of its life cycle; none in a queue that benefits do not order.
    pub event: Option<Event>,
    /// The paragraph behind it.
    pub law: &'static str,
}

impl Benefit {
    /// What follows from a finding, in a queue of this kind.
    pub fn consequence(
        self,
        finding: Finding,
        kind: PreschoolKind,
        rules: &RuleSet,
    ) -> Consequence {
        if !kind.knows_benefits(rules) {
            return stored_and_ignored(kind);
        }
        let tier = self.tier(rules);
        let general = |event, choices, law| Consequence {
            tier: Tier::General,
            choices,
            event: Some(event),
            law,
        };
        let revived = match tier {
            Tier::OutOfTurn => Choices::Revived,
            Tier::Priority | Tier::General => Choices::All,
        };
        match finding {
            Finding::Confirmed => Consequence {
                tier,
                choices: match tier {
                    // «состоит в очереди только в одну общеобразовательную ДО».
                    Tier::OutOfTurn => Choices::One,
                    Tier::Priority | Tier::General => Choices::All,
                },
                event: Some(Event::BenefitConfirmed),
                law: match tier {
                    Tier::OutOfTurn => "004 pt.21; D-18",
                    Tier::Priority | Tier::General => "004 pt.17",
                },
            },
            // «размещаются в очереди … на общих основаниях».
            Finding::Refused => general(Event::BenefitRefused, Choices::All, "004 pt.23; D-79"),
            Finding::Lost => general(Event::BenefitLost, revived, "004 pt.29; D-75"),
            Finding::LostWithReferral => {
                general(Event::ReferralBenefitRefused, revived, "004 pt.29; D-73")
            }
        }
    }
}

/// 004 pt.18, pt.19 «Льготы … не применяются»: kept with the application, without effect (D-19).
fn stored_and_ignored(kind: PreschoolKind) -> Consequence {
    Consequence {
        tier: Tier::General,
        choices: Choices::All,
        event: None,
        law: match kind {
            PreschoolKind::Special | PreschoolKind::General => "004 pt.18; D-19",
            PreschoolKind::Sanatorium => "004 pt.19; D-19",
        },
    }
}
