//! Change: why the number of an entry is another one than before, to the last place.
//!
//! Law:   004 pt.2(9) «с указанием причины изменения номера очередности», 1_10 No. 13; D-39.
//! In:    a loaded [`Queue`] of the first moment, and what happened in it since, in order.
//! Out:   reasons whose sum is the change, always: each happening changes the number by who it
//!        concerns (0 or 1) and by those whom it moves past the entry, and nothing is left over.
//! Start: [`decompose`].

use std::collections::BTreeMap;

use super::{
    Fate, Happening, Joining, Leaving, Offer, Phase, Queue, Reason, Share, Standing, Tier,
};
use crate::queue::rules::RuleSet;

/// The reasons of a change, each with its part: positive where the number grew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decomposition {
    /// The number at the first moment.
    pub from: u32,
    /// The number at the last.
    pub to: u32,
    /// What each reason did. None is zero; their sum is `to - from`.
    pub parts: BTreeMap<Reason, i64>,
}

/// What stands around one entry: all that its number follows from.
#[derive(Debug, Clone)]
pub struct Around {
    entry: Standing,
    /// Is it counted now?
    counted: bool,
    /// Counted entries of each tier that hold no offer of this queue, the entry itself aside.
    tiers: [Share; 3],
    /// The pending offers of this queue: turn, sequence of the entry.
    head: Vec<(u32, i64)>,
    offers: Vec<(u32, Offer)>,
    rules: RuleSet,
}

/// Explains the change of an entry's number by what happened in its queue, or nothing if it is not
/// counted at both ends, or stands by another time at the second one (D-16).
pub fn decompose(
    queue: &Queue,
    entry: &Standing,
    happenings: &[Happening],
    rules: &RuleSet,
) -> Option<Decomposition> {
    let mut around = queue.around(entry, rules)?;
    let from = around.number();
    let mut parts = BTreeMap::new();
    for happening in happenings {
        around.happen(happening, &mut parts);
    }
    if !around.counted || happenings.iter().any(|it| around.is_displaced_by(it)) {
        return None;
    }
    let to = around.number();
    parts.retain(|_, part| *part != 0);
    Some(Decomposition { from, to, parts })
}

impl Around {
    /// What stands around an entry that is counted.
    pub(super) fn new(
        entry: Standing,
        tiers: [Share; 3],
        head: Vec<(u32, i64)>,
        offers: Vec<(u32, Offer)>,
        rules: &RuleSet,
    ) -> Self {
        Self {
            entry,
            counted: true,
            tiers,
            head,
            offers,
            rules: rules.clone(),
        }
    }

    /// The number of the entry, or the one that it would have if it were counted.
    pub fn number(&self) -> u32 {
        let own = self
            .head
            .iter()
            .position(|(_, sequence)| *sequence == self.entry.sequence);
        match own {
            Some(before) => count(before) + 1,
            None => count(self.head.len()) + self.ahead().iter().sum::<u32>() + 1,
        }
    }

    /// Does the entry come back by this with another time? Then others stand before it than those
    /// who are counted here.
    pub(super) fn is_displaced_by(&self, happening: &Happening) -> bool {
        match happening {
            Happening::Joined(of, _) => self.is_own(of) && of.time != self.entry.time,
            Happening::Left(..)
            | Happening::Offered(..)
            | Happening::Ended { .. }
            | Happening::ReferralLost { .. }
            | Happening::Moved(..)
            | Happening::Ruled(_) => false,
        }
    }

    /// Is the entry counted now?
    pub(super) fn is_counted(&self) -> bool {
        self.counted
    }

    /// Who of each tier stands before the entry, those at the head aside; none if it is there.
    fn ahead(&self) -> [u32; 3] {
        if self
            .head
            .iter()
            .any(|(_, sequence)| *sequence == self.entry.sequence)
        {
            return [0; 3];
        }
        // Of the entry's own tier it matters who is before it, not whether it is counted itself.
        let counts = super::Counts {
            offered_here: 0,
            out_of_turn: self.tiers[0],
            priority: self.tiers[1],
            general: self.tiers[2],
        };
        let phase = Phase::after(self.offers.iter().map(|(_, offer)| offer), &self.rules);
        let ahead = super::ahead(&counts, self.entry.tier, phase, &self.rules);
        Tier::ALL.map(|tier| ahead.of(tier))
    }

    /// Does this holder of an offer stand before the entry?
    fn holder_is_ahead(&self, holder: &Standing) -> bool {
        let place = |sequence| self.head.iter().position(|(_, own)| *own == sequence);
        match (place(holder.sequence), place(self.entry.sequence)) {
            (Some(holder), Some(own)) => holder < own,
            (Some(_), None) => true,
            (None, Some(_) | None) => false,
        }
    }

    /// Lets something happen, and writes down what it did to the number.
    pub(super) fn happen(&mut self, happening: &Happening, parts: &mut BTreeMap<Reason, i64>) {
        let (number, counted) = (self.number(), self.counted);
        let direct = self.apply(happening);
        let change = i64::from(self.number()) - i64::from(number);
        let mut note = |reason, part| *parts.entry(reason).or_default() += part;
        // What it does itself to leave or to come back is told by `apply` as the same reason.
        if !counted {
            note(Reason::WhileAway, change);
            return;
        }
        match direct {
            Direct::Whole(reason) => note(reason, change),
            Direct::Part(reason, part) => {
                note(reason, part);
                note(Reason::Interleaved, change - part);
            }
        }
    }

    fn apply(&mut self, happening: &Happening) -> Direct {
        match happening {
            Happening::Joined(of, why) => self.join(of, *why),
            Happening::Left(of, why) => self.leave(of, *why),
            Happening::Offered(of, turn) => self.offer(of, *turn),
            Happening::Ended {
                of,
                turn,
                fate,
                stays,
            } => self.end(of, *turn, *fate, *stays),
            Happening::ReferralLost { turn, fate } => {
                self.set_fate(*turn, *fate);
                Direct::Part(Reason::Interleaved, 0)
            }
            Happening::Moved(of, tier) => self.change_tier(of, *tier),
            Happening::Ruled(rules) => {
                self.rules = (**rules).clone();
                Direct::Whole(Reason::RulesChanged)
            }
        }
    }

    fn is_own(&self, of: &Standing) -> bool {
        of.sequence == self.entry.sequence
    }

    fn holds(&self, of: &Standing) -> bool {
        self.head
            .iter()
            .any(|(_, sequence)| *sequence == of.sequence)
    }

    fn join(&mut self, of: &Standing, why: Joining) -> Direct {
        if self.is_own(of) {
            self.counted = true;
            // Its benefit may have changed meanwhile; who is before it by time is counted in every
            // tier already.
            self.entry.tier = of.tier;
            return Direct::Whole(Reason::WhileAway);
        }
        self.count_in(of);
        let reason = match (why, of.tier) {
            (Joining::ChoiceAdded, _) => Reason::ChoiceAdded,
            (Joining::Migrated, _) => Reason::Migrated,
            (Joining::Returned, _) => Reason::Returned,
            (Joining::New, Tier::OutOfTurn) => Reason::NewOutOfTurn,
            (Joining::New, Tier::Priority) => Reason::NewPriority,
            (Joining::New, Tier::General) => Reason::NewGeneral,
        };
        // In the entry's own tier it stands where its time says; in another one the interleaving
        // says how many of that tier are before the entry, and the whole change is its work.
        self.part(of, reason, 1)
    }

    fn leave(&mut self, of: &Standing, why: Leaving) -> Direct {
        let held = self.holds(of);
        let was_ahead = self.holder_is_ahead(of);
        self.void_pending(of);
        if self.is_own(of) {
            self.counted = false;
            return Direct::Whole(Reason::WhileAway);
        }
        if !held {
            self.count_out(of);
        }
        let reason = why.reason();
        if held {
            Direct::Part(reason, -i64::from(was_ahead))
        } else {
            self.part(of, reason, -1)
        }
    }

    fn offer(&mut self, of: &Standing, turn: u32) -> Direct {
        if self.is_own(of) {
            self.push_offer(of, turn);
            return Direct::Whole(Reason::OwnOffer);
        }
        self.count_out(of);
        self.push_offer(of, turn);
        Direct::Whole(Reason::OfferedPast)
    }

    fn push_offer(&mut self, of: &Standing, turn: u32) {
        self.head.push((turn, of.sequence));
        self.head.sort_unstable();
        let offer = Offer {
            tier: of.tier,
            fate: Fate::Pending,
        };
        self.offers.push((turn, offer));
    }

    fn end(&mut self, of: &Standing, turn: u32, fate: Fate, stays: bool) -> Direct {
        let was_ahead = self.holder_is_ahead(of);
        self.set_fate(turn, fate);
        self.head.retain(|(_, sequence)| *sequence != of.sequence);
        if self.is_own(of) {
            self.counted = stays;
            return Direct::Whole(if stays {
                Reason::OwnOffer
            } else {
                Reason::WhileAway
            });
        }
        if stays {
            self.count_in(of);
            return Direct::Whole(match fate {
                Fate::Recalled => Reason::SeatRecalled,
                Fate::Accepted
                | Fate::Annulled
                | Fate::Cancelled
                | Fate::Lapsed
                | Fate::Pending
                | Fate::Refused
                | Fate::Superseded => Reason::OfferFailed,
            });
        }
        let reason = if fate.counts() {
            Reason::Served
        } else {
            Reason::Withdrawn
        };
        Direct::Part(reason, -i64::from(was_ahead))
    }

    fn change_tier(&mut self, of: &Standing, tier: Tier) -> Direct {
        let moved = Standing { tier, ..*of };
        if self.is_own(of) {
            self.entry = moved;
            // Who stood before it by time is counted in every tier already.
            return Direct::Whole(Reason::OwnTier);
        }
        if !self.holds(of) {
            self.count_out(of);
            self.count_in(&moved);
        }
        let gained = tier < of.tier;
        Direct::Whole(if gained {
            Reason::BenefitGained
        } else {
            Reason::BenefitLost
        })
    }

    /// The part of the change that is the other one itself, where it is of the entry's own tier;
    /// of another tier, the whole change is the work of its coming or going.
    fn part(&self, of: &Standing, reason: Reason, one: i64) -> Direct {
        if of.tier != self.entry.tier || self.holds(&self.entry) {
            return Direct::Whole(reason);
        }
        let before = (of.time, of.sequence) < (self.entry.time, self.entry.sequence);
        Direct::Part(reason, if before { one } else { 0 })
    }

    fn count_in(&mut self, of: &Standing) {
        let before = (of.time, of.sequence) < (self.entry.time, self.entry.sequence);
        let share = &mut self.tiers[of.tier as usize];
        share.total += 1;
        share.before += u32::from(before);
    }

    fn count_out(&mut self, of: &Standing) {
        let before = (of.time, of.sequence) < (self.entry.time, self.entry.sequence);
        let share = &mut self.tiers[of.tier as usize];
        share.total = share.total.saturating_sub(1);
        share.before = share.before.saturating_sub(u32::from(before));
    }

    fn void_pending(&mut self, of: &Standing) {
        let turns: Vec<u32> = self
            .head
            .iter()
            .filter(|(_, own)| *own == of.sequence)
            .map(|(turn, _)| *turn)
            .collect();
        for turn in turns {
            self.set_fate(turn, Fate::Cancelled);
        }
        self.head.retain(|(_, sequence)| *sequence != of.sequence);
    }

    fn set_fate(&mut self, turn: u32, fate: Fate) {
        for (own, offer) in &mut self.offers {
            if *own == turn {
                offer.fate = fate;
            }
        }
    }
}

/// What a happening did to the number by itself.
enum Direct {
    /// All of the change.
    Whole(Reason),
    /// This much; the rest are those of another tier who moved past the entry.
    Part(Reason, i64),
}

fn count(things: usize) -> u32 {
    u32::try_from(things).unwrap_or(u32::MAX)
}
