//! Random walks of one child through all its machines, under all rules.

use std::collections::BTreeSet;

use kezek::queue::lifecycle::{Machine, application as a, entry, seat, temporary};
use proptest::prelude::*;

use crate::household::Household;
use crate::outside::FROM_OUTSIDE;
use crate::policies::rule_sets;

/// A seat that was recalled is another one's: the night offers the next.
fn next_seat(child: &mut Household) {
    if child.seat.ended() {
        child.seat = seat::State::Free;
    }
}

/// A child under one of the rule sets, with two choices, whatever the set allows, and two refusals
/// in each queue.
fn child(set: usize) -> Household {
    let mut rules = rule_sets().swap_remove(set);
    rules.choices_max = rules.choices_max.max(2);
    let mut child = Household::new(rules);
    // Its next refusal is one too many, where they are counted.
    child.queues.refused = [2; 2];
    child
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    // 2.12: whatever happens to a child, under any rules, all that it sets in motion says the same.
    #[test]
    fn machines_of_one_child_never_contradict_each_other(
        rules in 0usize..4, events in prop::collection::vec(any::<usize>(), 1..80),
    ) {
        let mut child = child(rules);
        for (number, event) in events.into_iter().enumerate() {
            child.happen(FROM_OUTSIDE, event);
            next_seat(&mut child);
            prop_assert_eq!(child.check(), Ok(()), "after {} events", number + 1);
        }
    }
}

// The walks above go everywhere: each state of application and entry is met in some of them.
#[test]
fn walks_of_a_household_meet_every_state_of_application_and_entry() {
    let mut met = BTreeSet::new();
    let mut stood = BTreeSet::new();
    let mut for_a_time = BTreeSet::new();
    let mut moved = 0;
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    for walk in 0..40_000 {
        let mut child = child(walk % 4);
        for _ in 0..80 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let before = child.places.clone();
            child.happen(
                FROM_OUTSIDE,
                usize::try_from(random >> 33).expect("31 bits"),
            );
            next_seat(&mut child);
            met.insert(child.application);
            stood.extend(child.queues.entries);
            for_a_time.insert(child.temporary);
            let went_on = !before.is_empty() && !child.places.is_empty();
            moved += usize::from(went_on && child.places != before);
        }
    }
    let missed: Vec<_> = a::State::ALL
        .iter()
        .filter(|state| !met.contains(state))
        .collect();
    assert!(missed.is_empty(), "{missed:?}");
    assert_eq!(stood.len(), entry::State::ALL.len(), "{stood:?}");
    assert_eq!(
        for_a_time.len(),
        temporary::State::ALL.len(),
        "{for_a_time:?}"
    );
    assert!(moved > 0, "nobody moved");
}
