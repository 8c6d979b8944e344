//! A queue that is kept loaded: any place in it without a list.

use super::{Census, Held, Member, Offer, Phase, Place, Share, Standing, Tier, list};
use crate::queue::rules::RuleSet;

/// One queue, its members in order, so that a place is two searches and a sum.
///
/// What it says of an entry is what [`Census::of`] counts; `tests/law/roll.rs` compares them.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Everybody who is counted and holds no offer of this queue, by tier and standing.
    tiers: [Vec<Standing>; 3],
    /// Those of them who cannot be offered a seat now.
    held: Vec<Held>,
    /// Who holds an offer of this queue, in the order of the offers.
    head: Vec<(u32, Standing)>,
    offers: Vec<Offer>,
}

impl Queue {
    /// The queue of these members and offers; the offers in the order in which they were made.
    pub fn new(members: impl Iterator<Item = Member>, offers: Vec<Offer>) -> Self {
        let mut queue = Self {
            tiers: Default::default(),
            held: Vec::new(),
            head: Vec::new(),
            offers,
        };
        queue.offers.retain(|offer| offer.fate.counts());
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
            let tier = member.standing.tier;
            let listed = &mut queue.tiers[tier as usize];
            if !member.presence.offerable() {
                queue.held.push(Held {
                    tier,
                    at: u32::try_from(listed.len()).unwrap_or(u32::MAX),
                    by_offer: member.presence.offered(),
                });
            }
            listed.push(member.standing);
        }
        queue
    }

    /// The phase of the queue (D-32, D-33).
    pub fn phase(&self, rules: &RuleSet) -> Phase {
        Phase::after(&self.offers, rules)
    }

    /// What is counted around an entry, or none if it is not counted here.
    pub fn census(&self, entry: &Standing) -> Option<Census> {
        let turn = self.head.iter().position(|(_, standing)| standing == entry);
        let stands = self.tiers[entry.tier as usize].binary_search(entry).is_ok();
        if turn.is_none() && !stands {
            return None;
        }
        let share = |tier: Tier| {
            let listed = &self.tiers[tier as usize];
            let before = listed.partition_point(|other| {
                (other.time, other.sequence) < (entry.time, entry.sequence)
            });
            Share {
                before: u32::try_from(before).unwrap_or(u32::MAX),
                total: u32::try_from(listed.len()).unwrap_or(u32::MAX),
            }
        };
        Some(Census {
            offers: self.offers.clone(),
            turn: turn.map(|turn| u32::try_from(turn).unwrap_or(u32::MAX)),
            out_of_turn: share(Tier::OutOfTurn),
            priority: share(Tier::Priority),
            general: share(Tier::General),
            held: self.held.clone(),
        })
    }

    /// The place of an entry, or none if it is not counted here (004 pt.2(17), D-37, D-38).
    pub fn place(&self, entry: &Standing, rules: &RuleSet) -> Option<Place> {
        Some(self.census(entry)?.place(entry.tier, rules))
    }

    /// Who would be offered the next seats, if nothing else happened: at most `seats` of them.
    pub fn next_places(&self, seats: usize, rules: &RuleSet) -> Vec<Standing> {
        let mut offerable = Vec::new();
        for (tier, listed) in Tier::ALL.into_iter().zip(&self.tiers) {
            let mut held = self.held.iter().filter(|held| held.tier == tier).peekable();
            let free = listed
                .iter()
                .zip(0u32..)
                .filter(|(_, at)| held.next_if(|held| held.at == *at).is_none());
            // Of each tier no more than there are seats can be among the first.
            offerable.extend(free.map(|(standing, _)| *standing).take(seats));
        }
        let mut listed = list(&offerable, self.phase(rules), rules);
        listed.truncate(seats);
        listed
    }
}
