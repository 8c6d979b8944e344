//! Market: who asks where, without names and rows; from a snapshot or from a protocol.

use crate::queue::desk::Desk;
use crate::queue::rank::{Phase, Tier};
use crate::queue::seat::{Fit, Needs};

/// Everything that [`super::settle`] looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Market {
    /// The year of the distribution (004 pt.27).
    pub year: i32,
    /// The desks that have seats tonight.
    pub counters: Vec<Counter>,
    /// The families that may ask, in any order that is kept.
    pub askers: Vec<Asker>,
    /// What they ask, each family's in one piece and in its order of preference.
    pub asks: Vec<Ask>,
    /// Who refused a seat on offer: asker, counter, shelf; in order.
    pub refused: Vec<(u32, u32, u32)>,
}

/// A desk with free seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    /// Which one.
    pub desk: Desk,
    /// Its classes in the order in which it fills them (D-40).
    pub shelves: Vec<Shelf>,
}

/// One class of seats tonight: those of the desk with one fit (D-13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shelf {
    /// Are they free for a time only (D-48)?
    pub temporary: bool,
    /// Whom they fit.
    pub fit: Fit,
    /// How many seats.
    pub seats: u32,
    /// From where its tiers are interleaved: the offers of the class (D-13, D-33).
    pub phase: Phase,
    /// How many families of the desk it fits, by which the order of filling is made.
    pub families: u32,
}

/// A family that may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    /// Position of the application in the snapshot, or of the line in a protocol.
    pub application: u32,
    /// Its tier.
    pub tier: Tier,
    /// What it asks of a seat.
    pub needs: Needs,
    /// Where its asks begin.
    pub from: u32,
    /// Where they end.
    pub to: u32,
}

/// One desk that a family asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// Whom.
    pub counter: u32,
    /// Of which family.
    pub asker: u32,
    /// Position of the choice in the application.
    pub choice: u8,
    /// Is the first next seat owed to it here (D-47, D-91)?
    pub owed: bool,
    /// Did it refuse a seat that is on offer here?
    pub refused: bool,
    /// The place of its standing among all; no two are equal. Tiers first, then time (004 pt.17).
    pub order: u32,
}

impl Market {
    /// Does the shelf hold a seat that this family refused (D-40)?
    pub fn has_refused(&self, ask: &Ask, shelf: usize) -> bool {
        let shelf = u32::try_from(shelf).unwrap_or(u32::MAX);
        let row = (ask.asker, ask.counter, shelf);
        ask.refused && self.refused.binary_search(&row).is_ok()
    }

    /// Does a seat of the shelf fit the family?
    pub fn fits(&self, ask: &Ask, shelf: &Shelf, rules: &crate::queue::rules::RuleSet) -> bool {
        let needs = &self.askers[ask.asker as usize].needs;
        shelf.fit.takes(needs, self.year, rules).is_ok()
    }
}
