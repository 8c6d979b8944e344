//! Recomputing a night from its protocol, as any reader can.

use crate::queue::allocation::{Because, Shelf, hand_out, settle};
use crate::queue::snapshot::OfferKind;

use super::{Entry, Protocol, Round};

/// Where the offers that follow from a protocol are not the ones that stand in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Disagreement {
    /// The text names a class, a family or an ask that the round does not have.
    #[error("round {round}: what is asked does not belong together")]
    Broken {
        /// Counted from one.
        round: usize,
    },
    /// An offer stands in the text that does not follow from it.
    #[error("seat {}: offered to {}, which does not follow from what was asked", .0.seat, .0.family)]
    NotFollowing(Entry),
    /// An offer follows that does not stand in the text.
    #[error("seat {}: should be offered to {}", .0.seat, .0.family)]
    Withheld(Entry),
}

impl Protocol {
    /// Settles every round again, gives the claimed seats again, and compares the offers.
    ///
    /// # Errors
    /// Every [`Disagreement`], those of the text first.
    pub fn recompute(&self) -> Result<(), Vec<Disagreement>> {
        let mut expected: Vec<Entry> = Vec::new();
        for (round, at) in self.rounds.iter().zip(1..) {
            if !holds_together(round) {
                return Err(vec![Disagreement::Broken { round: at }]);
            }
            self.settle_again(round, &mut expected);
        }
        self.claims_again(&mut expected);
        let only = |these: &[Entry], those: &[Entry]| -> Vec<Entry> {
            let mut those: Vec<&Entry> = those.iter().collect();
            those.sort_unstable();
            let lone = these
                .iter()
                .filter(|entry| those.binary_search(entry).is_err());
            lone.cloned().collect()
        };
        let mut found: Vec<Disagreement> = only(&self.offers, &expected)
            .into_iter()
            .map(Disagreement::NotFollowing)
            .collect();
        found.extend(
            only(&expected, &self.offers)
                .into_iter()
                .map(Disagreement::Withheld),
        );
        if found.is_empty() { Ok(()) } else { Err(found) }
    }

    fn settle_again(&self, round: &Round, expected: &mut Vec<Entry>) {
        let market = &round.market;
        let settlement = settle(market, &self.rule_set());
        let wish = |ask: u32, _: &_| round.wishes[ask as usize];
        let handed = hand_out(market, &settlement.kept, &round.seats, wish);
        for (kept, (_, seat)) in settlement.kept.iter().zip(handed.given) {
            let ask = &market.asks[kept.ask as usize];
            let (counter, shelf) = (ask.counter as usize, kept.shelf as usize);
            let temporary = market.counters[counter].shelves[shelf].temporary;
            expected.push(Entry {
                seat,
                family: round.families[ask.asker as usize].clone(),
                kind: if temporary {
                    OfferKind::Temporary
                } else {
                    OfferKind::Queue
                },
                number: kept.number,
                because: kept.because(),
            });
        }
    }

    /// D-49: claims in their order, each family one seat, each group its seats in order.
    fn claims_again(&self, expected: &mut Vec<Entry>) {
        let mut open = self.free_access.seats.clone();
        let mut numbers: Vec<(i64, u32)> = Vec::new();
        let mut served: Vec<&str> = Vec::new();
        for (family, group) in &self.free_access.claims {
            if served.contains(&family.as_str()) {
                continue;
            }
            let at = numbers.iter().position(|(known, _)| known == group);
            let at = at.unwrap_or_else(|| {
                numbers.push((*group, 0));
                numbers.len() - 1
            });
            numbers[at].1 += 1;
            let Some(seat) = open.iter().position(|(_, of)| of == group) else {
                continue;
            };
            served.push(family);
            expected.push(Entry {
                seat: open.remove(seat).0,
                family: family.clone(),
                kind: OfferKind::FreeAccess,
                number: numbers[at].1,
                because: Because::Claimed,
            });
        }
    }
}

/// Do positions point at something, do orders differ, are there as many seats as said?
fn holds_together(round: &Round) -> bool {
    let market = &round.market;
    let mut orders: Vec<u32> = market.asks.iter().map(|ask| ask.order).collect();
    orders.sort_unstable();
    let distinct = orders.windows(2).all(|pair| pair[0] != pair[1]);
    // The order of standing is that of the tiers first (004 pt.17).
    let mut by_order: Vec<_> = market
        .asks
        .iter()
        .map(|ask| (ask.order, market.askers[ask.asker as usize].tier))
        .collect();
    by_order.sort_unstable();
    let tiers = by_order.windows(2).all(|pair| pair[0].1 <= pair[1].1);
    let shelves = market.refused.iter().all(|(_, counter, shelf)| {
        let counter = market.counters.get(*counter as usize);
        counter.is_some_and(|counter| (*shelf as usize) < counter.shelves.len())
    });
    let counters = market
        .counters
        .windows(2)
        .all(|pair| pair[0].desk < pair[1].desk);
    // D-40: fewest years first, then fewest families; another order would have other winners.
    let filled = market.counters.iter().all(|counter| {
        let place = |shelf: &Shelf| (shelf.fit.ages.years(), shelf.families, shelf.fit);
        counter
            .shelves
            .windows(2)
            .all(|pair| place(&pair[0]) < place(&pair[1]))
    });
    // One order of seats, so that a wish has one answer; no seat twice.
    let seats = round.seats.iter().flatten();
    let mut seats = seats.map(|seats| seats.is_sorted_by(|one, other| one < other));
    distinct && tiers && shelves && counters && filled && seats.all(|sorted| sorted)
}
