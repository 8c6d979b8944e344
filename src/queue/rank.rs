//! Rank: the order in which waiting children are offered a seat (очерёдность).
//!
//! Law:   004 pt.17 (tiers, time, ratio), pt.23; decisions D-30 to D-38.
//! In:    who stands in one queue, and the offers of that queue that were made.
//! Out:   the published list, and for one entry its [`Place`].
//! Never: reads a clock, a register or a message; lets chance decide.
//! Start: [`next`]; then [`list`], then [`Census::place`], which says the same without a list.

mod change;
mod happening;
mod history;
mod phase;
mod place;
mod queue;

pub use change::{Around, Decomposition, decompose};
pub use happening::{Happening, Joining, Leaving, Reason};
pub use history::{Change, History, history};
pub use phase::{Fate, Offer, Phase};
pub use place::{Ahead, Census, Counts, Held, Place, Share, ahead, number};
pub use queue::Queue;

use crate::queue::rules::RuleSet;
use crate::terms::Moment;

/// Категория очереди: who is ahead of whom before time is looked at (004 pt.17).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Внеочередная.
    OutOfTurn,
    /// Первоочередная.
    Priority,
    /// Общая, «на общих основаниях».
    General,
}

impl Tier {
    /// Every tier, the first to be served first.
    pub const ALL: [Self; 3] = [Self::OutOfTurn, Self::Priority, Self::General];

    /// The code in messages and rows.
    pub fn code(self) -> &'static str {
        match self {
            Self::OutOfTurn => "OUT_OF_TURN",
            Self::Priority => "PRIORITY",
            Self::General => "GENERAL",
        }
    }

    /// The tier of this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.code() == code)
    }
}

/// Where an entry stands by itself. The order of the fields is the law inside a tier:
/// 004 pt.17 «по дате и времени подачи заявления, с точностью до миллисекунд».
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Standing {
    /// The tier in which it is counted.
    pub tier: Tier,
    /// The time of filing that counts (D-35).
    pub time: Moment,
    /// The order of registration. It breaks a tie of one millisecond (D-35) and is unique.
    pub sequence: i64,
}

/// How an entry is present in one queue: is it counted, can it be offered a seat (D-37)?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// The documents of a benefit are being checked; until then it stands in the general tier.
    BenefitCheck,
    /// The family consented to an offer and holds a referral.
    Consented,
    /// The identity of a child is being checked by the scan of its birth certificate (D-25).
    IdentityCheck,
    /// Another queue has made the family an offer that waits for its consent.
    OfferedElsewhere,
    /// This queue has made an offer that waits for consent: it stands at the head.
    OfferedHere {
        /// Orders the pending offers of this queue; turns of offers that ended leave gaps.
        turn: u32,
    },
    /// Another choice is served out of turn (004 pt.21, D-18).
    Parked,
    /// Silence on an offer paused the application (D-61).
    Paused,
    /// The application is in the stop-list (004 pt.33, pt.34).
    StopListed,
    /// It waits, and nothing stands against an offer.
    Waiting,
}

impl Presence {
    /// Does it have a number, and do those behind it count it?
    pub fn counted(self) -> bool {
        match self {
            // 004 pt.23 «размещаются в очереди согласно дате и времени подачи заявления».
            Self::BenefitCheck
            | Self::IdentityCheck
            | Self::OfferedElsewhere
            | Self::OfferedHere { .. }
            | Self::Paused
            | Self::Waiting => true,
            // 004 pt.17 «изменяется в меньшую сторону по мере выдачи направлений и выбытия».
            Self::Consented | Self::Parked | Self::StopListed => false,
        }
    }

    /// Can it be offered a free seat of this queue now?
    pub fn offerable(self) -> bool {
        match self {
            Self::BenefitCheck | Self::Waiting => true,
            // 1_6 st.2 «проверяет отсутствие действующего направления»; D-25, D-40, D-61.
            Self::Consented
            | Self::IdentityCheck
            | Self::OfferedElsewhere
            | Self::OfferedHere { .. }
            | Self::Parked
            | Self::Paused
            | Self::StopListed => false,
        }
    }

    /// The order of its pending offer of this queue, if it holds one.
    pub fn turn(self) -> Option<u32> {
        match self {
            Self::OfferedHere { turn } => Some(turn),
            Self::BenefitCheck
            | Self::Consented
            | Self::IdentityCheck
            | Self::OfferedElsewhere
            | Self::Parked
            | Self::Paused
            | Self::StopListed
            | Self::Waiting => None,
        }
    }

    /// Does an offer, of this queue or another, wait for the family's consent?
    pub fn offered(self) -> bool {
        self == Self::OfferedElsewhere || self.turn().is_some()
    }
}

/// Заявление в очереди одной ДО: one entry of a queue, as far as its rank goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Member {
    /// Where it stands by itself.
    pub standing: Standing,
    /// How it is present in this queue.
    pub presence: Presence,
}

/// Who is offered the next seat.
///
/// 004 pt.17 «сначала заявления, имеющие внеочередную льготу, затем заявления, имеющие
/// первоочередную льготу и заявления, поданные на общих основаниях» (D-32).
pub fn next(waiting: &[Standing], phase: Phase, rules: &RuleSet) -> Option<Standing> {
    let first = |tier| waiting.iter().copied().filter(|s| s.tier == tier).min();
    first(next_tier(|tier| first(tier).is_some(), phase, rules)?)
}

/// The whole queue, first to be served first: [`next`] repeated until nobody is left (D-32).
pub fn list(waiting: &[Standing], phase: Phase, rules: &RuleSet) -> Vec<Standing> {
    let mut in_order = waiting.to_vec();
    in_order.sort_unstable();
    let from = |tier| in_order.partition_point(|standing| standing.tier < tier);
    let (priority, general) = (from(Tier::Priority), from(Tier::General));
    let starts = [0, priority, general];
    let counts = [priority, general - priority, in_order.len() - general];
    turns(counts, phase, rules)
        .map(|(tier, at)| in_order[starts[tier as usize] + at])
        .collect()
}

/// The order in which tiers of these many take turns, as positions inside each tier: [`list`] for
/// whoever keeps the tiers apart already.
pub fn turns(
    counts: [usize; 3],
    phase: Phase,
    rules: &RuleSet,
) -> impl Iterator<Item = (Tier, usize)> {
    let mut served = [0; 3];
    let mut phase = phase;
    std::iter::from_fn(move || {
        let asks = |tier: Tier| served[tier as usize] < counts[tier as usize];
        let tier = next_tier(asks, phase, rules)?;
        phase = phase.served(tier, rules);
        let at = served[tier as usize];
        served[tier as usize] += 1;
        Some((tier, at))
    })
}

/// The published list of a queue: 004 pt.2(17) «положение заявления в очереди относительно других».
///
/// Those with a pending offer of this queue stand at its head in the order of the offers; after
/// them everybody who is counted, from the phase that follows from the offers made (D-37).
pub fn published(members: &[Member], phase: Phase, rules: &RuleSet) -> Vec<Standing> {
    let mut head: Vec<(u32, Standing)> = Vec::new();
    let mut rest: Vec<Standing> = Vec::new();
    for member in members.iter().filter(|member| member.presence.counted()) {
        match member.presence.turn() {
            Some(turn) => head.push((turn, member.standing)),
            None => rest.push(member.standing),
        }
    }
    head.sort_unstable();
    let mut listed: Vec<Standing> = head.into_iter().map(|(_, standing)| standing).collect();
    listed.extend(list(&rest, phase, rules));
    listed
}

/// The tier whose earliest entry is next, given which tiers ask.
fn next_tier(asks: impl Fn(Tier) -> bool, phase: Phase, rules: &RuleSet) -> Option<Tier> {
    let (priority, general) = (asks(Tier::Priority), asks(Tier::General));
    if asks(Tier::OutOfTurn) {
        Some(Tier::OutOfTurn)
    } else if priority && (phase.is_full(rules) || !general) {
        // 004 pt.17 «располагаются через каждые три заявления, поданные на общих основаниях».
        Some(Tier::Priority)
    } else if general {
        Some(Tier::General)
    } else {
        None
    }
}
