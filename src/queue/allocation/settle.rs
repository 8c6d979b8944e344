//! Settle: deferred acceptance. Families ask, preschools keep the first of those who asked (D-40).
//!
//! Law:   004 pt.24 «первому стоящему в очереди»; 1_6 st.2: one offer at most. D-40.
//! In:    a [`Market`]. Out: a [`Settlement`]: of the stable ones the best for all who ask.
//! Why:   a child stands first in several queues at once. What it does not take must go on in the
//!        same night, and nobody may lose a seat because of the order in which queues are walked.

use super::choice::{Rank, list_of_class};
use super::line::Because;
use super::market::{Ask, Market};
use crate::queue::rules::RuleSet;

/// A seat of a class, kept for a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Which ask of the market.
    pub ask: u32,
    /// Position of the class in the counter.
    pub shelf: u32,
    /// The number in the list of those who asked for the class and were not kept before it.
    pub number: u32,
    /// Is it owed the seat (D-47)?
    pub owed: bool,
    /// Did it refuse such a seat before, so that it stands after all others (D-40)?
    pub after_refusal: bool,
}

impl Kept {
    /// Why this family.
    pub fn because(&self) -> Because {
        match (self.owed, self.after_refusal) {
            (true, _) => Because::Owed,
            (false, true) => Because::AfterRefusal,
            (false, false) => Because::First,
        }
    }
}

/// An ask that brought no seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outranked {
    /// Which ask of the market.
    pub ask: u32,
    /// The first class, in the order of filling, that fits.
    pub shelf: u32,
    /// The number in its list of those who asked: more than there are seats.
    pub number: u32,
}

/// Who is offered what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settlement {
    /// By counter, class and number: the order in which the offers are made.
    pub kept: Vec<Kept>,
    /// Who asked and got no seat, by counter and standing.
    pub outranked: Vec<Outranked>,
    /// By asker: how many of its asks were made. The rest it did not need to make.
    pub made: Vec<u32>,
}

/// Lets all families ask until nobody asks any more.
pub fn settle(market: &Market, rules: &RuleSet) -> Settlement {
    let mut state = State::new(market, rules);
    // Families ask one after another in rounds; the result does not depend on it
    // (`order_of_asking_changes_nothing`).
    let mut asking: Vec<u32> = (0..count(market.askers.len())).collect();
    while !asking.is_empty() {
        asking = state.round(&asking);
    }
    state.conclude()
}

struct State<'m> {
    market: &'m Market,
    rules: &'m RuleSet,
    /// By asker: the next ask that it would make.
    next: Vec<u32>,
    /// By counter: the asks that it keeps, by standing.
    held: Vec<Vec<u32>>,
    /// By counter: the asks of this round.
    asked: Vec<Vec<u32>>,
}

impl<'m> State<'m> {
    fn new(market: &'m Market, rules: &'m RuleSet) -> Self {
        Self {
            market,
            rules,
            next: market.askers.iter().map(|asker| asker.from).collect(),
            held: vec![Vec::new(); market.counters.len()],
            asked: vec![Vec::new(); market.counters.len()],
        }
    }

    /// Everybody in `asking` asks once; returns who must ask again.
    fn round(&mut self, asking: &[u32]) -> Vec<u32> {
        let mut touched: Vec<u32> = Vec::new();
        for asker in asking {
            let at = *asker as usize;
            let ask = self.next[at];
            if ask == self.market.askers[at].to {
                continue;
            }
            self.next[at] += 1;
            let counter = self.market.asks[ask as usize].counter;
            let asked = &mut self.asked[counter as usize];
            if asked.is_empty() {
                touched.push(counter);
            }
            asked.push(ask);
        }
        touched.sort_unstable();
        let mut again = Vec::new();
        for counter in touched {
            self.choose(counter as usize, &mut again);
        }
        again
    }

    /// One preschool chooses among those whom it keeps and those who asked in this round.
    fn choose(&mut self, counter: usize, again: &mut Vec<u32>) {
        let mut candidates = std::mem::take(&mut self.asked[counter]);
        candidates.append(&mut self.held[counter]);
        let market = self.market;
        candidates.sort_unstable_by_key(|ask| market.asks[*ask as usize].order);
        let (kept, rest) = self.first_of(counter, &candidates, |_, _| {});
        self.held[counter] = kept.into_iter().map(|kept| kept.ask).collect();
        again.extend(rest.into_iter().map(|ask| market.asks[ask as usize].asker));
    }

    /// The classes of a preschool one after another, each with the first of its list of those who
    /// were not kept before it (D-40). `listed` is shown each list whole.
    fn first_of(
        &self,
        counter: usize,
        candidates: &[u32],
        mut listed: impl FnMut(usize, &[(u32, Rank)]),
    ) -> (Vec<Kept>, Vec<u32>) {
        let mut kept: Vec<Kept> = Vec::new();
        let mut rest: Vec<u32> = candidates.to_vec();
        for (at, shelf) in self.market.counters[counter].shelves.iter().enumerate() {
            let asks: Vec<&Ask> = rest
                .iter()
                .map(|ask| &self.market.asks[*ask as usize])
                .collect();
            let position = |ask: &Ask| {
                rest.partition_point(|other| self.market.asks[*other as usize].order < ask.order)
            };
            let list: Vec<(u32, Rank)> = list_of_class(self.market, (at, shelf), &asks, self.rules)
                .map(|(ask, rank)| (rest[position(ask)], rank))
                .collect();
            listed(at, &list);
            let mut taken = vec![false; rest.len()];
            for ((ask, rank), number) in list.into_iter().zip(1..=shelf.seats) {
                taken[position(&self.market.asks[ask as usize])] = true;
                kept.push(Kept {
                    ask,
                    shelf: count(at),
                    number,
                    owed: rank == Rank::Owed,
                    after_refusal: rank == Rank::Refused,
                });
            }
            let mut taken = taken.into_iter();
            rest.retain(|_| taken.next() != Some(true));
        }
        (kept, rest)
    }

    /// Once nobody asks any more: each preschool chooses among *all* who asked it, which gives
    /// what it keeps and shows to everybody else the number that was not enough.
    fn conclude(self) -> Settlement {
        let market = self.market;
        let mut asked = vec![Vec::new(); market.counters.len()];
        for (asker, next) in market.askers.iter().zip(&self.next) {
            for ask in asker.from..*next {
                asked[market.asks[ask as usize].counter as usize].push(ask);
            }
        }
        let mut settlement = Settlement {
            made: market
                .askers
                .iter()
                .zip(&self.next)
                .map(|(a, next)| next - a.from)
                .collect(),
            ..Settlement::default()
        };
        for (counter, mut candidates) in asked.into_iter().enumerate() {
            candidates.sort_unstable_by_key(|ask| market.asks[*ask as usize].order);
            let mut number_of: Vec<(u32, u32, u32)> = Vec::new();
            let (kept, rest) = self.first_of(counter, &candidates, |shelf, list| {
                let seats = market.counters[counter].shelves[shelf].seats;
                for ((ask, _), number) in list.iter().zip(1u32..).skip(seats as usize) {
                    number_of.push((*ask, count(shelf), number));
                }
            });
            number_of.sort_unstable();
            for ask in rest {
                let first = number_of.partition_point(|(other, _, _)| *other < ask);
                if let Some((_, shelf, number)) = number_of
                    .get(first)
                    .copied()
                    .filter(|(other, _, _)| *other == ask)
                {
                    settlement.outranked.push(Outranked { ask, shelf, number });
                }
            }
            settlement.kept.extend(kept);
        }
        settlement
    }
}

fn count(things: usize) -> u32 {
    u32::try_from(things).unwrap_or(u32::MAX)
}
