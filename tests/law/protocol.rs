//! 004 pt.25: from the protocol of a night anyone recomputes who was offered what.

use kezek::queue::allocation::{Plan, plan};
use kezek::queue::protocol::{Disagreement, Protocol};
use kezek::queue::roll::Roll;
use kezek::queue::rules::{self, RuleSet};
use kezek::queue::snapshot::Snapshot;
use kezek::terms::Moment;
use proptest::prelude::*;

use crate::allocation::{any_town, config};
use crate::one_queue::town_under;
use crate::table::golden;
use crate::town::town;

/// The protocol of a town's night; a family is called by a scramble of its number.
fn protocol(snapshot: &Snapshot, rules: &RuleSet) -> (Plan, Protocol) {
    let sound = snapshot.check(rules).expect("towns contradict nothing");
    let plan = plan(&sound, &Roll::of(&sound, rules), rules);
    let pseudonym = |id: i64| format!("f{:04x}", (id * 40_503) & 0xFFFF);
    let protocol = Protocol::of(&sound, &plan, rules, pseudonym);
    (plan, protocol)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn protocol_reads_as_it_was_written_and_gives_the_same_offers(
        (rules, seed, families) in any_town(),
    ) {
        let (plan, written) = protocol(&town_under(&rules, seed, families), &rules);
        let text = written.write();
        let read = Protocol::read(&text).expect("it was written by us");
        prop_assert_eq!(read.write(), text);
        prop_assert_eq!(read.offers.len(), plan.lines.len());
        prop_assert_eq!(read.recompute(), Ok(()));
    }

    // Whoever changes an offer, an order or a seat is found out, or changed nothing that counts.
    #[test]
    fn changed_protocol_is_found_out_or_refused(
        (rules, seed, families) in any_town(),
        at in any::<usize>(),
    ) {
        let (_, written) = protocol(&town_under(&rules, seed, families), &rules);
        let text = written.write();
        let mut lines: Vec<&str> = text.lines().collect();
        let offers: Vec<usize> =
            (0..lines.len()).filter(|at| lines[*at].starts_with("offer ")).collect();
        if offers.is_empty() {
            return Ok(());
        }
        let taken = offers[at % offers.len()];
        lines.remove(taken);
        let changed = Protocol::read(&(lines.join("\n") + "\n")).expect("still a protocol");
        let found = changed.recompute().expect_err("an offer is missing");
        prop_assert!(matches!(found[..], [Disagreement::Withheld(_)]), "{:?}", found);
    }

    // Any text is read or refused by its line; nothing panics.
    #[test]
    fn spoiled_protocol_is_refused_by_its_line_or_recomputed(
        seed in any::<u64>(),
        spoils in prop::collection::vec((any::<usize>(), any::<usize>()), 1..4),
    ) {
        let text = protocol(&town(seed, 12), rules::current()).1.write();
        let mut words: Vec<String> =
            text.split_inclusive([' ', '\n']).map(str::to_owned).collect();
        for (to, from) in spoils {
            let word = words[from % words.len()].clone();
            let at = to % words.len();
            words[at] = word;
        }
        match Protocol::read(&words.concat()) {
            Ok(read) => drop(read.recompute()),
            Err(misread) => prop_assert!(misread.line <= text.lines().count() + 4),
        }
    }
}

// How a protocol looks.
#[test]
fn protocol_of_a_small_town_is_the_one_in_the_fixture() {
    let seed = (0..)
        .find(|seed| {
            let (plan, protocol) = protocol(&town(*seed, 10), rules::current());
            plan.lines.len() > 4 && protocol.rounds.len() > 1
        })
        .expect("such a town exists");
    let (_, written) = protocol(&town(seed, 10), rules::current());
    let text = written.write();
    golden("allocation/small-town.txt", &text);
    let read = Protocol::read(&text).expect("a protocol");
    assert_eq!(read.recompute(), Ok(()));
    let night = Moment::parse("2026-11-27T00:00:00+05:00").expect("a moment");
    assert_eq!(read.taken_at, night);
}
