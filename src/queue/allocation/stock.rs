//! Stock: which seat of a class each family that was kept is offered.
//!
//! Law:   004 pt.24; D-00, D-40: whoever stands first in the list of a class is asked first.
//! Why:   in the queue of a preschool the seats of a class are alike. In that of a settlement they
//!        lie in several preschools: the preschool that a family named decides, in the order of
//!        the list, and else the first one.
//! Start: [`hand_out`].

use std::collections::VecDeque;

use super::market::{Ask, Market};
use super::settle::Kept;
use crate::terms::PreschoolId;

/// A free seat, and of which preschool: the order in which seats of a class stand.
pub type Seat = (PreschoolId, i64);

/// What every family that was kept is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOut {
    /// By family, in the order in which they were kept.
    pub given: Vec<Seat>,
    /// The numbers of the seats that stayed, in order.
    pub left: Vec<i64>,
}

/// Gives out the seats of each class, `seats` by counter and shelf and in order; `wish` is the
/// preschool that an ask names. Nobody is kept for whom a class has no seat.
pub fn hand_out(
    market: &Market,
    kept: &[Kept],
    seats: &[Vec<Vec<Seat>>],
    wish: impl Fn(u32, &Ask) -> PreschoolId,
) -> HandedOut {
    let of_counter = |shelves: &Vec<Vec<Seat>>| shelves.iter().map(|s| Stock::of(s)).collect();
    let mut stocks: Vec<Vec<Stock>> = seats.iter().map(of_counter).collect();
    let given = kept.iter().filter_map(|kept| {
        let ask = &market.asks[kept.ask as usize];
        stocks[ask.counter as usize][kept.shelf as usize].take(wish(kept.ask, ask))
    });
    let given = given.collect();
    let mut left: Vec<i64> = stocks.into_iter().flatten().flat_map(Stock::rest).collect();
    left.sort_unstable();
    HandedOut { given, left }
}

/// The seats of one class that are still there.
struct Stock {
    by_preschool: Vec<(PreschoolId, VecDeque<i64>)>,
    /// Before this position everything is given.
    first: usize,
}

impl Stock {
    fn of(seats: &[Seat]) -> Self {
        let own = |seats: &[Seat]| (seats[0].0, seats.iter().map(|(_, seat)| *seat).collect());
        let by_preschool = seats.chunk_by(|one, other| one.0 == other.0).map(own);
        Self {
            by_preschool: by_preschool.collect(),
            first: 0,
        }
    }

    /// A seat of this preschool, or else the first one that is there.
    fn take(&mut self, wish: PreschoolId) -> Option<Seat> {
        let wished = self.by_preschool.binary_search_by_key(&wish, |(id, _)| *id);
        let wished = wished
            .ok()
            .filter(|at| !self.by_preschool[*at].1.is_empty());
        while self.by_preschool.get(self.first)?.1.is_empty() {
            self.first += 1;
        }
        let (preschool, seats) = &mut self.by_preschool[wished.unwrap_or(self.first)];
        Some((*preschool, seats.pop_front()?))
    }

    fn rest(self) -> impl Iterator<Item = i64> {
        self.by_preschool.into_iter().flat_map(|(_, seats)| seats)
    }
}
