//! Book: the rule sets and overlays that are in force, one after another.
//!
//! Law:   decision D-00 (republic → region → settlement).
//! In:    sets and overlays. Out: the rules of a settlement on a day, or why they are not loaded.
//! Start: [`RuleBook::load`], [`RuleBook::in_force`].

use crate::queue::rules::{Contradiction, NotYours, Overlay, RuleSet};
use crate::terms::{Day, Settlement};

/// Rule sets that follow each other, and the decisions of regions and settlements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleBook {
    sets: Vec<RuleSet>,
    overlays: Vec<Overlay>,
}

/// The rules of one settlement on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce<'book> {
    /// The rules, amended.
    pub rules: RuleSet,
    /// The overlays that amended them, in the order in which they were applied.
    pub overlays: Vec<&'book str>,
}

/// Why a book is not loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unloadable {
    /// A set, or a set under an overlay, contradicts itself.
    #[error("{id} contradicts itself")]
    Contradicts {
        /// The set or the overlay.
        id: String,
        /// How.
        contradictions: Vec<Contradiction>,
    },
    /// Two sets are in force on one day, or bear one name.
    #[error("{first} and {second} are in force together")]
    Overlap {
        /// The earlier one.
        first: String,
        /// The later one.
        second: String,
    },
    /// An overlay decides what is not for its level.
    #[error("{id}: {why}")]
    NotYours {
        /// The overlay.
        id: String,
        /// What and why.
        why: NotYours,
    },
    /// An overlay ends before it begins, or no set is in force on any of its days.
    #[error("{id} amends nothing")]
    AmendsNothing {
        /// The overlay.
        id: String,
    },
}

impl RuleBook {
    /// A book of these sets and overlays, if nothing in it contradicts anything else.
    pub fn load(mut sets: Vec<RuleSet>, mut overlays: Vec<Overlay>) -> Result<Self, Unloadable> {
        sets.sort_by_key(|set| set.effective_from);
        // Republic before region before settlement; of one level the earlier before the later.
        overlays.sort_by_key(|overlay| (overlay.scope, overlay.effective_from));
        for set in &sets {
            sound(set.id, set)?;
        }
        for pair in sets.windows(2) {
            let (first, second) = (&pair[0], &pair[1]);
            let apart = first
                .effective_until
                .is_some_and(|last| last < second.effective_from);
            if !apart || first.id == second.id {
                let (first, second) = (first.id.to_owned(), second.id.to_owned());
                return Err(Unloadable::Overlap { first, second });
            }
        }
        let book = Self { sets, overlays };
        for overlay in &book.overlays {
            book.admit(overlay)?;
        }
        Ok(book)
    }

    /// The rules of a settlement on a day; none before the first set or after the last.
    ///
    /// The overlays of the republic are applied first, then those of its region, then its own: a
    /// lower level has the last word on what is its to decide, and on nothing else.
    pub fn in_force(&self, settlement: Settlement, day: Day) -> Option<InForce<'_>> {
        let begun = self
            .sets
            .iter()
            .rev()
            .find(|set| set.effective_from <= day)?;
        let set = begun
            .effective_until
            .is_none_or(|last| day <= last)
            .then_some(begun)?;
        let mut in_force = InForce {
            rules: set.clone(),
            overlays: Vec::new(),
        };
        let applying =
            |overlay: &&Overlay| overlay.scope.covers(settlement) && overlay.holds_on(day);
        for overlay in self.overlays.iter().filter(applying) {
            // `admit` has tried every overlay: it is for its level to decide.
            if let Ok(amended) = in_force.rules.with(overlay) {
                in_force.rules = amended;
                in_force.overlays.push(&overlay.id);
            }
        }
        Some(in_force)
    }

    /// Tries an overlay on every set that is in force on one of its days. No contradiction joins
    /// two of the fields that overlays may change, so that each is tried alone.
    fn admit(&self, overlay: &Overlay) -> Result<(), Unloadable> {
        let id = || overlay.id.clone();
        let ended = overlay
            .effective_until
            .is_some_and(|last| last < overlay.effective_from);
        let meets = |set: &&RuleSet| {
            let begins = overlay
                .effective_until
                .is_none_or(|last| set.effective_from <= last);
            let ends = set
                .effective_until
                .is_none_or(|last| overlay.effective_from <= last);
            begins && ends
        };
        let mut met = self.sets.iter().filter(meets).peekable();
        if ended || met.peek().is_none() {
            return Err(Unloadable::AmendsNothing { id: id() });
        }
        for set in met {
            let amended = set
                .with(overlay)
                .map_err(|why| Unloadable::NotYours { id: id(), why })?;
            sound(&overlay.id, &amended)?;
        }
        Ok(())
    }
}

fn sound(id: &str, set: &RuleSet) -> Result<(), Unloadable> {
    let contradictions = set.check();
    if contradictions.is_empty() {
        return Ok(());
    }
    let id = id.to_owned();
    Err(Unloadable::Contradicts { id, contradictions })
}
