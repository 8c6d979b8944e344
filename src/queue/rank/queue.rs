//! A queue that is kept loaded: any place in it without a list.

use super::place::Stock;
use super::{
    Ahead, Around, Counts, Fate, Member, Offer, Phase, Place, Share, Standing, Tier, list,
};
use crate::queue::rules::RuleSet;

/// One queue, its members in order, so that a place is a few searches and a sum.
///
/// What it says of an entry is what `Census::of` counts; `tests/law/roll.rs` compares them.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Everybody who is counted and holds no offer of this queue, by tier and standing.
    tiers: [Vec<Standing>; 3],
    /// By tier, those of them who cannot be offered a seat now: the position among them, and how
    /// many before this one hold an offer elsewhere.
    held: [Vec<(u32, u32)>; 3],
    /// By tier, how many of them hold an offer elsewhere.
    held_by_offer: [u32; 3],
    /// Who holds an offer of this queue, in the order of the offers.
    head: Vec<(u32, Standing)>,
    offers: Vec<(u32, Offer)>,
}

impl Queue {
    /// The queue of these members and offers. The turns of the offers are those of the members
    /// that hold them, and stand in the order in which the offers were made.
    pub fn new(members: impl Iterator<Item = Member>, offers: Vec<(u32, Offer)>) -> Self {
        let mut queue = Self {
            tiers: Default::default(),
            held: Default::default(),
            held_by_offer: [0; 3],
            head: Vec::new(),
            offers,
        };
        queue.offers.retain(|(_, offer)| offer.fate.counts());
        let mut rest: Vec<Member> = Vec::new();
        for member in members.filter(|member| member.presence.counted()) {
            match member.presence.turn() {
                Some(turn) => queue.head.push((turn, member.standing)),
                None => rest.push(member),
            }
        }
        queue.head.sort_unstable();
        rest.sort_unstable();
        for member in rest {
            let tier = member.standing.tier as usize;
            let at = width(queue.tiers[tier].len());
            if !member.presence.offerable() {
                queue.held[tier].push((at, queue.held_by_offer[tier]));
                queue.held_by_offer[tier] += u32::from(member.presence.offered());
            }
            queue.tiers[tier].push(member.standing);
        }
        queue
    }

    /// The phase of the queue (D-32, D-33).
    pub fn phase(&self, rules: &RuleSet) -> Phase {
        Phase::after(self.offers.iter().map(|(_, offer)| offer), rules)
    }

    /// What stands around an entry that is counted here, ready to be told what happens.
    pub fn around(&self, entry: &Standing, rules: &RuleSet) -> Option<Around> {
        let turn = self.turn_of(entry)?;
        let mut tiers = Tier::ALL.map(|tier| self.share(tier, entry));
        if turn.is_none() {
            tiers[entry.tier as usize].total -= 1;
        }
        let head = self.head.iter().map(|(turn, of)| (*turn, of.sequence));
        let head = head.collect();
        Some(Around::new(*entry, tiers, head, self.offers.clone(), rules))
    }

    /// The place of an entry, or none if it is not counted here (004 pt.2(17), D-37, D-38).
    pub fn place(&self, entry: &Standing, rules: &RuleSet) -> Option<Place> {
        let turn = self.turn_of(entry)?;
        let [out_of_turn, priority, general] = Tier::ALL.map(|tier| self.share(tier, entry));
        let counts = Counts {
            offered_here: width(self.head.len()),
            out_of_turn,
            priority,
            general,
        };
        let [out_of_turn, priority, general] = Tier::ALL.map(|tier| {
            let share = counts.share(tier);
            Share {
                before: share.before - self.held_before(tier, share.before).0,
                total: share.total - width(self.held[tier as usize].len()),
            }
        });
        let offerable = Counts {
            offered_here: 0,
            out_of_turn,
            priority,
            general,
        };
        let stock = Stock {
            counts,
            offerable,
            phase: self.phase(rules),
            turn,
        };
        let pending = |first: u32| {
            let pending = self
                .offers
                .iter()
                .filter(|(_, offer)| offer.fate == Fate::Pending);
            let of_tier = pending
                .take(first as usize)
                .filter(|(_, o)| o.tier == entry.tier);
            width(of_tier.count())
        };
        let held = |ahead: Ahead| {
            let held = Tier::ALL.map(|tier| self.held_before(tier, ahead.of(tier)));
            let with_offer = held.iter().map(|(_, by_offer)| by_offer).sum();
            let unavailable = held.iter().map(|(all, by_offer)| all - by_offer).sum();
            (with_offer, unavailable)
        };
        Some(stock.place(entry.tier, pending, held, rules))
    }

    /// Who would be offered the next seats, if nothing else happened: at most `seats` of them.
    pub fn next_places(&self, seats: usize, rules: &RuleSet) -> Vec<Standing> {
        let mut offerable = Vec::new();
        for (listed, held) in self.tiers.iter().zip(&self.held) {
            let mut held = held.iter().map(|(at, _)| *at).peekable();
            let free = listed
                .iter()
                .zip(0u32..)
                .filter(|(_, at)| held.next_if_eq(at).is_none());
            // Of each tier no more than there are seats can be among the first.
            offerable.extend(free.map(|(standing, _)| *standing).take(seats));
        }
        let mut listed = list(&offerable, self.phase(rules), rules);
        listed.truncate(seats);
        listed
    }

    /// Is the entry counted here, and if it holds an offer, how many pending ones are before it?
    #[expect(clippy::option_option, reason = "not here; here; here with an offer")]
    fn turn_of(&self, entry: &Standing) -> Option<Option<u32>> {
        let turn = self.head.iter().position(|(_, standing)| standing == entry);
        let stands = || self.tiers[entry.tier as usize].binary_search(entry).is_ok();
        match turn {
            Some(turn) => Some(Some(width(turn))),
            None => stands().then_some(None),
        }
    }

    fn share(&self, tier: Tier, entry: &Standing) -> Share {
        let listed = &self.tiers[tier as usize];
        let key = |standing: &Standing| (standing.time, standing.sequence);
        Share {
            before: width(listed.partition_point(|other| key(other) < key(entry))),
            total: width(listed.len()),
        }
    }

    /// How many of the first so many of a tier cannot be offered a seat, and how many of these
    /// because they hold an offer elsewhere.
    fn held_before(&self, tier: Tier, first: u32) -> (u32, u32) {
        let held = &self.held[tier as usize];
        let before = held.partition_point(|(at, _)| *at < first);
        let by_offer = held.get(before).map(|(_, by_offer)| *by_offer);
        let by_offer = by_offer.unwrap_or(self.held_by_offer[tier as usize]);
        (width(before), by_offer)
    }
}

fn width(things: usize) -> u32 {
    u32::try_from(things).unwrap_or(u32::MAX)
}
