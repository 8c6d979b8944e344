//! Protocol: the written record of a night, from which anyone can recompute who was offered what.
//!
//! Law:   004 pt.25 «формирует протокол освободившихся мест», pt.39; D-40, D-95.
//! In:    a plan. Out: a text without names, numbers of applications or times of filing: families
//!        stand under pseudonyms of the night, in the order in which the law puts them.
//! How:   [`Protocol::of`] and [`Protocol::write`] make it; [`Protocol::read`] and
//!        [`Protocol::recompute`] are what a reader does, with nothing but the text.
//! Start: [`Protocol`], then `fixtures/law/allocation` for how it looks.

mod read;
mod recompute;
mod write;

pub use read::Misread;
pub use recompute::Disagreement;

use std::num::NonZeroU32;

use crate::queue::allocation::{Because, Market, Plan, Seat};
use crate::queue::rules::RuleSet;
use crate::queue::snapshot::{OfferKind, Sound};
use crate::terms::{Moment, PreschoolId};

/// The record of a night.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protocol {
    /// The instant of the snapshot.
    pub taken_at: Moment,
    /// The rule set.
    pub rules: String,
    /// Its ratio (D-30), so that a reader need not know the set.
    pub general_per_priority: NonZeroU32,
    /// The oldest age to which the bands of groups are compared (004 pt.27).
    pub band_age_max_years: u32,
    /// Who may ask, by pseudonym, and what: lasting seats, then temporarily free ones.
    pub rounds: Vec<Round>,
    /// The seats in free access, with their groups, and the claims to them in order (D-49).
    pub free_access: FreeAccess,
    /// The offers, in the order in which they are made.
    pub offers: Vec<Entry>,
}

/// One market with the pseudonyms of its families.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// What is settled.
    pub market: Market,
    /// By asker: its pseudonym.
    pub families: Vec<String>,
    /// By ask: the preschool that it names, which decides among the seats of a settlement.
    pub wishes: Vec<PreschoolId>,
    /// By counter and shelf: the seats, in order.
    pub seats: Vec<Vec<Vec<Seat>>>,
}

/// What is given by claims.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FreeAccess {
    /// Seat and group.
    pub seats: Vec<(i64, i64)>,
    /// Family and group: those claims that may be served, earliest first.
    pub claims: Vec<(String, i64)>,
}

/// One offer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Which seat.
    pub seat: i64,
    /// To which family.
    pub family: String,
    /// What kind of offer.
    pub kind: OfferKind,
    /// The number in the list of those who asked.
    pub number: u32,
    /// Why this family.
    pub because: Because,
}

impl Protocol {
    /// The record of a plan. `pseudonym` names an application so that its family alone knows it:
    /// a keyed digest with a key of the night (D-95).
    pub fn of(
        sound: &Sound,
        plan: &Plan,
        rules: &RuleSet,
        pseudonym: impl Fn(i64) -> String,
    ) -> Self {
        let rows = sound.rows();
        let rounds = plan
            .markets
            .iter()
            .zip(&plan.seats)
            .map(|(market, seats)| Round {
                market: numbered(market),
                families: market
                    .askers
                    .iter()
                    .map(|asker| pseudonym(rows.applications[asker.application as usize].id))
                    .collect(),
                wishes: market
                    .asks
                    .iter()
                    .map(|ask| {
                        let at = market.askers[ask.asker as usize].application as usize;
                        rows.applications[at].choices[usize::from(ask.choice)].preschool
                    })
                    .collect(),
                seats: seats.clone(),
            });
        let claims = plan
            .claims
            .iter()
            .map(|(id, group)| (pseudonym(*id), *group));
        let offers = plan.lines.iter().map(|line| Entry {
            seat: line.seat,
            family: pseudonym(line.application),
            kind: line.kind,
            number: line.number,
            because: line.because,
        });
        Self {
            taken_at: plan.taken_at,
            rules: plan.rules.to_owned(),
            general_per_priority: rules.general_per_priority,
            band_age_max_years: rules.queues.band_age_max_years,
            rounds: rounds.collect(),
            free_access: FreeAccess {
                seats: plan.open_for_claims.clone(),
                claims: claims.collect(),
            },
            offers: offers.collect(),
        }
    }
}

/// The market as a reader has it: families are numbered as they stand in the text.
fn numbered(market: &Market) -> Market {
    let mut market = market.clone();
    for (asker, at) in market.askers.iter_mut().zip(0..) {
        asker.application = at;
    }
    market
}
