//! Allocation: which free seat is offered to which child tonight (распределение).
//!
//! Law:   004 pt.24–27, 1_5 p.3, 1_6 st.1–3; decisions D-12, D-13, D-17, D-24, D-28, D-40, D-41,
//!        D-47 to D-50.
//! In:    a [`Sound`] snapshot, its [`Roll`], a rule set. Out: a [`Plan`]: each seat's line with
//!        its reason, and for every entry without one the reason, too.
//! How:   families ask the preschool that they prefer; it keeps the first of its lists of those
//!        who asked; whoever is not kept asks the next one, until nobody asks any more: deferred
//!        acceptance, children proposing. Nobody is promised anything before that.
//! Never: reads a clock or chance: the same snapshot gives the same plan.
//! Start: [`plan`]; then `settle`, which knows neither names nor rows.

mod asking;
mod choice;
mod free_access;
mod line;
mod market;
mod open;
mod settle;
mod stock;

pub use line::{Because, Line, Plan, Twins, Why};
pub use market::{Ask, Asker, Counter, Market, Shelf};
pub use settle::{Kept, Settlement, settle};
pub use stock::{HandedOut, Seat, hand_out};

use crate::queue::roll::Roll;
use crate::queue::rules::RuleSet;
use crate::queue::snapshot::Sound;

use open::Opened;

/// Plans the offers of one night.
///
/// 004 pt.25 «блокирует такие места … и передает их на распределение в Очередь, согласно
/// регламенту для каждого из вида очередей».
pub fn plan(sound: &Sound, roll: &Roll, rules: &RuleSet) -> Plan {
    let mut plan = Plan::empty(sound, rules);
    // First the seats that are a child's for good, then those that another child will come back
    // to (D-48), then what nobody of the queues asked for (D-49).
    let lasting = Opened::of(sound, roll, rules, false);
    let market = lasting.market(sound, roll, rules, &mut plan);
    let settlement = settle(&market, rules);
    lasting.enter(sound, &market, &settlement, &mut plan);
    let passing = Opened::of(sound, roll, rules, true);
    if !passing.is_empty() {
        let market = passing.market(sound, roll, rules, &mut plan);
        let settlement = settle(&market, rules);
        passing.enter(sound, &market, &settlement, &mut plan);
    }
    free_access::serve(sound, rules, &mut plan);
    plan.join_twins(sound);
    plan
}
