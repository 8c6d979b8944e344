//! Is there somebody or something that can cause each event?

use std::collections::BTreeSet;

use kezek::queue::lifecycle::Machine;

use crate::machines::of_each_machine;
use crate::outside::{FROM_OUTSIDE, Happening};
use crate::policies::rule_sets;

/// What neither a step brings nor the walks, and who does.
const ELSEWHERE: &[(&str, &str)] = &[
    ("application.FILED_UNLAWFULLY", "a filing that is refused"),
    (
        "application.LAST_ENTRY_CLOSED",
        "whoever closes the last one",
    ),
    ("entry.DROPPED", "an update of the family (1_3)"),
    ("entry.OUT_OF_TURN_ELSEWHERE", "entry::by_tier"),
    ("entry.OUT_OF_TURN_HERE", "entry::by_tier"),
    ("entry.OUT_OF_TURN_LOST", "entry::by_tier"),
    ("entry.PRESCHOOL_CLOSED", "the register of preschools"),
    ("entry.PRESCHOOL_MERGED", "the register of preschools"),
    ("entry.REFUSED_TOO_OFTEN", "entry::refusal"),
    (
        "referral.BENEFIT_NOT_CONFIRMED",
        "the register, in place of ISSUED",
    ),
    ("referral.ISSUED_ON_SCAN", "a scan, in place of ISSUED"),
    ("seat.CHILD_BACK", "the preschool of its child"),
    ("seat.GROUP_CLOSED", "the preschool (1_5 p.2)"),
    ("seat.NOBODY_LEFT", "the plan of the night"),
    ("seat.REGISTERED", "the preschool (1_10 No. 14)"),
    ("seat.REQUESTS_ENDED", "the end of FREE_ACCESS"),
    (
        "stop_list.EXIT_ASKED",
        "a family; always refused (004 pt.34)",
    ),
];

/// What the steps of a machine bring to others.
fn brought<M: Machine>(all: &mut BTreeSet<String>) {
    for rules in rule_sets() {
        let steps = M::STATES
            .iter()
            .flat_map(|state| M::EVENTS.iter().map(|event| state.step(*event, &rules)));
        all.extend(
            steps
                .flatten()
                .flat_map(|step| step.causes)
                .map(|c| c.text()),
        );
    }
}

/// Every event of a machine.
fn events<M: Machine>(all: &mut BTreeSet<String>) {
    let name = |event: &M::Event| format!("{}.{}", M::NAME, M::event_code(*event));
    all.extend(M::EVENTS.iter().map(name));
}

// No machine has an event that nobody can cause.
#[test]
fn every_event_is_brought_by_a_step_or_comes_from_outside() {
    let (mut caused, mut all) = (BTreeSet::new(), BTreeSet::new());
    of_each_machine!(brought, &mut caused);
    of_each_machine!(events, &mut all);
    for happening in FROM_OUTSIDE {
        if let Happening::Brought(cause) | Happening::Claimed(_, cause) = happening {
            caused.insert(cause.text());
        }
    }
    caused.extend(ELSEWHERE.iter().map(|(event, _)| (*event).to_owned()));
    let by_nobody: Vec<_> = all.difference(&caused).collect();
    assert!(by_nobody.is_empty(), "{by_nobody:?}");
    let unknown: Vec<_> = caused.difference(&all).collect();
    assert_eq!(unknown, ["entry.BY_TIER"], "what stands for one of several");
}
