//! Audit: an independent reading of a plan. It names every breach of the law that it finds.
//!
//! Law:   004 pt.16–27, 1_5 p.3, 1_6 st.1–3; decisions D-13, D-17, D-32, D-33, D-37, D-40, D-47 to
//!        D-50, as the planner; read again from the text.
//! In:    the rows of a snapshot and a plan. Out: [`Breach`]es; a plan with one is not executed.
//! Never: uses a function of `rank`, `roll`, `seat`, `snapshot` or `allocation`: a mistake in one
//!        of them would be made twice. It shares their types alone (`tests/house.rs` reads that).
//! Start: [`audit`].

mod breach;
mod counters;
mod explain;
mod facts;
mod free_access;
mod lines;
mod numbers;

pub use breach::Breach;

use crate::queue::allocation::Plan;
use crate::queue::rules::RuleSet;
use crate::queue::snapshot::Snapshot;

use facts::Facts;

/// Every breach of the law in the plan, in the order of [`Breach`].
///
/// The snapshot must be one that `Snapshot::check` accepts.
pub fn audit(rows: &Snapshot, plan: &Plan, rules: &RuleSet) -> Vec<Breach> {
    let facts = Facts::of(rows, rules);
    let mut breaches = Vec::new();
    if plan.rules != rules.id || plan.taken_at != rows.taken_at {
        breaches.push(Breach::AnotherNight);
    }
    if plan.passed.len() != facts.entries() {
        breaches.push(Breach::EntriesMissing);
        return breaches;
    }
    lines::each_alone(&facts, plan, &mut breaches);
    let order = counters::first_of_those_who_asked(&facts, plan, &mut breaches);
    explain::those_passed_over(&facts, plan, &order, &mut breaches);
    free_access::seats_left(&facts, plan, &mut breaches);
    breaches.sort_unstable();
    breaches.dedup();
    breaches
}
