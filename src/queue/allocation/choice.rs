//! How one preschool chooses among those who ask it.

use super::market::{Ask, Market, Shelf};
use crate::queue::rank::{Phase, Tier, turns};
use crate::queue::rules::RuleSet;

/// Why a family stands where it stands in the list of those who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    /// Before all: it is owed the next seat here (D-47, D-91).
    Owed,
    /// By tier, time and phase (004 pt.17).
    Listed,
    /// After all: it refused a seat of this class that is on offer (D-40, D-62).
    Refused,
}

/// The list of those who asked for one class: positions in `candidates`, the first first.
///
/// `candidates` stand in the order of their standing.
pub(super) fn list_of_class<'a>(
    market: &Market,
    (shelf_at, shelf): (usize, &Shelf),
    candidates: &'a [&'a Ask],
    rules: &RuleSet,
) -> impl Iterator<Item = (&'a Ask, Rank)> + use<'a> {
    let mut owed: Vec<&Ask> = Vec::new();
    let mut refused: Vec<&Ask> = Vec::new();
    let mut tiers: [Vec<&Ask>; 3] = Default::default();
    let mut phase: Phase = shelf.phase;
    for ask in candidates {
        if !market.fits(ask, shelf, rules) {
            continue;
        }
        let tier: Tier = market.askers[ask.asker as usize].tier;
        if ask.owed {
            owed.push(ask);
            phase = phase.served(tier, rules);
        } else if market.has_refused(ask, shelf_at) {
            refused.push(ask);
        } else {
            tiers[tier as usize].push(ask);
        }
    }
    let counts = [0, 1, 2].map(|tier: usize| tiers[tier].len());
    let in_turn: Vec<&Ask> = turns(counts, phase, rules)
        .map(|(tier, at)| tiers[tier as usize][at])
        .collect();
    let owed = owed.into_iter().map(|ask| (ask, Rank::Owed));
    let listed = in_turn.into_iter().map(|ask| (ask, Rank::Listed));
    let refused = refused.into_iter().map(|ask| (ask, Rank::Refused));
    owed.chain(listed).chain(refused)
}
