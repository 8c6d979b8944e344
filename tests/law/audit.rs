//! Does the independent reading find what it is there to find? Each kind of breach is planted.

use kezek::queue::allocation::{Line, plan};
use kezek::queue::audit::{Breach, audit};
use kezek::queue::roll::Roll;
use kezek::queue::rules::{self, RuleSet};
use kezek::queue::snapshot::OfferKind;

use crate::one_queue::town_under;
use crate::planted::{PLANTED, Planted};
use crate::town::Dice;

/// What the practice of one queue for a settlement does not know: it has no second choice, no
/// better offer and no seat for a time.
const NOT_IN_ONE_QUEUE: [&str; 1] = ["a temporary seat for who wants none"];

#[test]
fn each_planted_breach_is_named() {
    each_is_named(rules::current(), PLANTED.iter());
    let legacy = rules::by_id("kz-254-legacy").expect("it is shipped");
    let known = |planted: &&Planted| !NOT_IN_ONE_QUEUE.contains(&planted.name);
    each_is_named(legacy, PLANTED.iter().filter(known));
}

fn each_is_named<'p>(rules: &RuleSet, all: impl Iterator<Item = &'p Planted>) {
    for planted in all {
        let mut times = 0;
        for seed in 0..20_000 {
            let mut snapshot = town_under(rules, seed, 16);
            let mut plan = {
                let sound = snapshot.check(rules).expect("towns contradict nothing");
                plan(&sound, &Roll::of(&sound, rules), rules)
            };
            let mut dice = Dice::new(seed ^ 0xABCD);
            if (planted.plant)(&mut snapshot, &mut plan, &mut dice).is_none() {
                continue;
            }
            let breaches = audit(&snapshot, &plan, rules);
            assert!(
                breaches.iter().any(planted.named),
                "{}, {}, seed {seed}: found only {breaches:?}",
                rules.id,
                planted.name
            );
            times += 1;
            if times == 30 {
                break;
            }
        }
        assert_eq!(
            times, 30,
            "{} could be planted {times} times only",
            planted.name
        );
    }
}

// D-00: in one queue of a settlement who stands before others in the list of a class is offered a
// seat of the preschool that it named, while there is one.
#[test]
fn seat_given_past_the_family_that_named_its_preschool_is_named() {
    let rules = rules::by_id("kz-254-legacy").expect("it is shipped");
    let mut found = 0;
    for seed in 0..3_000 {
        let snapshot = town_under(rules, seed, 16);
        let mut plan = {
            let sound = snapshot.check(rules).expect("towns contradict nothing");
            plan(&sound, &Roll::of(&sound, rules), rules)
        };
        let lines = &plan.lines;
        let of_one_class = |pair: &[Line]| {
            let (one, other) = (pair[0].class, pair[1].class);
            let queue = pair.iter().all(|line| line.kind == OfferKind::Queue);
            queue && one.fit == other.fit && one.preschool != other.preschool
        };
        let Some(at) = lines.windows(2).position(of_one_class) else {
            continue;
        };
        let settlement = |at: usize| plan.lines[at].class.preschool.settlement();
        if settlement(at) != settlement(at + 1) {
            continue;
        }
        let (seat, class) = (plan.lines[at].seat, plan.lines[at].class);
        (plan.lines[at].seat, plan.lines[at].class) =
            (plan.lines[at + 1].seat, plan.lines[at + 1].class);
        (plan.lines[at + 1].seat, plan.lines[at + 1].class) = (seat, class);
        let breaches = audit(&snapshot, &plan, rules);
        let named = |breach: &Breach| matches!(breach, Breach::SeatNotAsked { .. });
        assert!(breaches.iter().any(named), "seed {seed}: {breaches:?}");
        found += 1;
    }
    assert!(
        found > 100,
        "{found} towns of two preschools with one class"
    );
}
