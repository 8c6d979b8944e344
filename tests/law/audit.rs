//! Does the independent reading find what it is there to find? Each kind of breach is planted.

use kezek::queue::allocation::plan;
use kezek::queue::audit::audit;
use kezek::queue::roll::Roll;
use kezek::queue::rules;

use crate::planted::PLANTED;
use crate::town::{Dice, town};

#[test]
fn each_planted_breach_is_named() {
    let rules = rules::current();
    for planted in PLANTED {
        let mut times = 0;
        for seed in 0..20_000 {
            let mut snapshot = town(seed, 16);
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
                "{}, seed {seed}: found only {breaches:?}",
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
