//! Place: where one entry stands, from what is counted and without a list.
//!
//! Law:   004 pt.2(17) «положение заявления в очереди относительно других заявлений», pt.17;
//!        decisions D-32 (closed form), D-36 to D-38.
//! In:    a [`Census`]: counts per tier, the few who cannot be offered a seat, the offers made.
//! Out:   a [`Place`], whose figures services only print.
//! Proof: `tests/law/closed_form.rs` compares every figure with the list itself.

use super::{Fate, Member, Offer, Phase, Standing, Tier};
use crate::queue::rules::RuleSet;

/// How many of one tier are counted, those aside who hold an offer of this queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// How many of them filed before the entry, by time and sequence.
    pub before: u32,
    /// How many there are, the entry itself included where it is of this tier.
    pub total: u32,
}

/// What stands in one queue around one entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// The pending offers of this queue: their families stand at its head (D-37).
    pub offered_here: u32,
    /// Внеочередная.
    pub out_of_turn: Share,
    /// Первоочередная.
    pub priority: Share,
    /// Общая.
    pub general: Share,
}

impl Counts {
    /// What is counted of this tier.
    pub fn share(&self, tier: Tier) -> Share {
        match tier {
            Tier::OutOfTurn => self.out_of_turn,
            Tier::Priority => self.priority,
            Tier::General => self.general,
        }
    }

    fn share_mut(&mut self, tier: Tier) -> &mut Share {
        match tier {
            Tier::OutOfTurn => &mut self.out_of_turn,
            Tier::Priority => &mut self.priority,
            Tier::General => &mut self.general,
        }
    }
}

/// How many of each tier stand before an entry, those aside who hold an offer of this queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ahead {
    /// Внеочередная.
    pub out_of_turn: u32,
    /// Первоочередная.
    pub priority: u32,
    /// Общая.
    pub general: u32,
}

impl Ahead {
    /// How many of this tier.
    pub fn of(self, tier: Tier) -> u32 {
        match tier {
            Tier::OutOfTurn => self.out_of_turn,
            Tier::Priority => self.priority,
            Tier::General => self.general,
        }
    }

    /// How many of all tiers.
    pub fn sum(self) -> u32 {
        self.out_of_turn
            .saturating_add(self.priority)
            .saturating_add(self.general)
    }
}

/// How many of each tier stand before an entry of this tier.
///
/// The first of the priority tier comes after the N − c general ones that are missing in the row,
/// each further one after N more; where either tier ends, the other follows without gaps.
pub fn ahead(counts: &Counts, tier: Tier, phase: Phase, rules: &RuleSet) -> Ahead {
    let row = rules.general_per_priority.get();
    let missing = phase.missing(rules);
    let before = counts.share(tier).before;
    match tier {
        // 004 pt.17 «сначала заявления, имеющие внеочередную льготу».
        Tier::OutOfTurn => Ahead {
            out_of_turn: before,
            priority: 0,
            general: 0,
        },
        Tier::Priority => Ahead {
            out_of_turn: counts.out_of_turn.total,
            priority: before,
            general: row
                .saturating_mul(before)
                .saturating_add(missing)
                .min(counts.general.total),
        },
        Tier::General => Ahead {
            out_of_turn: counts.out_of_turn.total,
            priority: match before.checked_sub(missing) {
                None => 0,
                Some(beyond) => (beyond / row).saturating_add(1).min(counts.priority.total),
            },
            general: before,
        },
    }
}

/// Номер очередности of an entry of this tier that holds no offer of this queue (004 pt.2(17)).
pub fn number(counts: &Counts, tier: Tier, phase: Phase, rules: &RuleSet) -> u32 {
    let ahead = ahead(counts, tier, phase, rules).sum();
    counts.offered_here.saturating_add(ahead).saturating_add(1)
}

/// Somebody who is counted, holds no offer of this queue and cannot be offered a seat now (D-37).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The tier in which it is counted.
    pub tier: Tier,
    /// How many of its tier filed before it, by time and sequence.
    pub at: u32,
    /// Does another queue's offer hold it? Else the check of an identity, or a pause.
    pub by_offer: bool,
}

/// Everything that is counted in one queue to tell one entry its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Census {
    /// The offers of this queue that count, in the order in which they were made (D-33).
    pub offers: Vec<Offer>,
    /// If a pending offer among them is the entry's own: how many pending ones are before it.
    pub turn: Option<u32>,
    /// Внеочередная.
    pub out_of_turn: Share,
    /// Первоочередная.
    pub priority: Share,
    /// Общая.
    pub general: Share,
    /// Those who cannot be offered a seat now, in any order; the entry itself may be among them.
    pub held: Vec<Held>,
}

/// Where an entry stands in one queue, as the family is told (D-37, D-38).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Номер очередности (004 pt.2(17)).
    pub number: u32,
    /// The number among those alone who can be offered the next seat, this entry with them.
    pub effective_number: u32,
    /// The tier in which it is counted.
    pub tier: Tier,
    /// The number inside its tier.
    pub tier_number: u32,
    /// How many stand before it.
    pub ahead: u32,
    /// How many of them hold an offer, of this queue or another.
    pub ahead_with_offer: u32,
    /// How many of them cannot be offered a seat now for another reason.
    pub ahead_unavailable: u32,
}

impl Census {
    /// Counts one queue around one entry, or none if the entry is not counted there.
    ///
    /// This is the definition; the register counts the same by an index.
    pub fn of(members: &[Member], offers: &[Offer], entry: &Standing) -> Option<Self> {
        let counted = members.iter().filter(|member| member.presence.counted());
        let own = counted.clone().find(|member| member.standing == *entry)?;
        let mut census = Self::default();
        census
            .offers
            .extend(offers.iter().filter(|offer| offer.fate.counts()));
        let turns = || members.iter().filter_map(|member| member.presence.turn());
        census.turn = own
            .presence
            .turn()
            .map(|own| count(turns().filter(|turn| *turn < own)));
        let mut listed: Vec<&Member> = counted.filter(|m| m.presence.turn().is_none()).collect();
        listed.sort_unstable();
        for member in listed {
            let Standing {
                tier,
                time,
                sequence,
            } = member.standing;
            let share = census.share_mut(tier);
            let at = share.total;
            share.total += 1;
            share.before += u32::from((time, sequence) < (entry.time, entry.sequence));
            if !member.presence.offerable() {
                census.held.push(Held {
                    tier,
                    at,
                    by_offer: member.presence.offered(),
                });
            }
        }
        Some(census)
    }

    /// The phase of the queue (D-32, D-33).
    pub fn phase(&self, rules: &RuleSet) -> Phase {
        Phase::after(&self.offers, rules)
    }

    /// The counts from which the number follows.
    pub fn counts(&self) -> Counts {
        Counts {
            offered_here: count(self.pending()),
            out_of_turn: self.out_of_turn,
            priority: self.priority,
            general: self.general,
        }
    }

    /// The same over those alone who can be offered the next seat (D-37).
    pub fn offerable(&self) -> Counts {
        let counted = Counts {
            offered_here: 0,
            ..self.counts()
        };
        let mut offerable = counted;
        for held in &self.held {
            let filed_before = held.at < counted.share(held.tier).before;
            let share = offerable.share_mut(held.tier);
            share.total = share.total.saturating_sub(1);
            share.before = share.before.saturating_sub(u32::from(filed_before));
        }
        offerable
    }

    /// The place of the entry, which is counted in `tier`.
    pub fn place(&self, tier: Tier, rules: &RuleSet) -> Place {
        let stock = Stock {
            counts: self.counts(),
            offerable: self.offerable(),
            phase: self.phase(rules),
            turn: self.turn,
        };
        let pending = |first: u32| {
            let of_tier = self.pending().zip(0..first);
            count(of_tier.filter(|(offer, _)| offer.tier == tier))
        };
        let held = |ahead: Ahead| {
            let held = |by_offer| {
                let ahead = self
                    .held
                    .iter()
                    .filter(|held| held.at < ahead.of(held.tier));
                count(ahead.filter(|held| held.by_offer == by_offer))
            };
            (held(true), held(false))
        };
        stock.place(tier, pending, held, rules)
    }

    fn pending(&self) -> impl Iterator<Item = &Offer> {
        self.offers
            .iter()
            .filter(|offer| offer.fate == Fate::Pending)
    }

    fn share_mut(&mut self, tier: Tier) -> &mut Share {
        match tier {
            Tier::OutOfTurn => &mut self.out_of_turn,
            Tier::Priority => &mut self.priority,
            Tier::General => &mut self.general,
        }
    }
}

/// What a place follows from, however it is kept.
pub(super) struct Stock {
    pub(super) counts: Counts,
    pub(super) offerable: Counts,
    pub(super) phase: Phase,
    pub(super) turn: Option<u32>,
}

impl Stock {
    /// The place of an entry of this tier. `pending` tells how many of so many first offers are of
    /// its tier; `held` how many of those ahead hold an offer elsewhere, and how many are
    /// unavailable for another reason.
    pub(super) fn place(
        &self,
        tier: Tier,
        pending: impl Fn(u32) -> u32,
        held: impl Fn(Ahead) -> (u32, u32),
        rules: &RuleSet,
    ) -> Place {
        let ahead = match self.turn {
            Some(_) => Ahead::default(),
            None => ahead(&self.counts, tier, self.phase, rules),
        };
        // All pending offers are before whoever holds none; before a holder, those made earlier.
        let offers_ahead = self.turn.unwrap_or(self.counts.offered_here);
        let (with_offer, unavailable) = held(ahead);
        let all_ahead = offers_ahead.saturating_add(ahead.sum());
        Place {
            number: all_ahead.saturating_add(1),
            effective_number: number(&self.offerable, tier, self.phase, rules),
            tier,
            tier_number: pending(offers_ahead)
                .saturating_add(ahead.of(tier))
                .saturating_add(1),
            ahead: all_ahead,
            ahead_with_offer: offers_ahead.saturating_add(with_offer),
            ahead_unavailable: unavailable,
        }
    }
}

/// Counts as the law counts, in the width in which numbers are shown.
fn count<T>(things: impl Iterator<Item = T>) -> u32 {
    things.fold(0, |sum, _| sum.saturating_add(1))
}
