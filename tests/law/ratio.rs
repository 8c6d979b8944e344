//! 004 pt.17 «через каждые три заявления»: the ratio holds over time, not only on paper.

use kezek::queue::rank::{self, Fate, Offer, Phase, Standing, Tier};
use kezek::queue::rules::{self, RuleSet};
use kezek::terms::Moment;
use proptest::prelude::*;

use crate::simulation::any_rules;

fn families(tier: Tier, count: i64) -> Vec<Standing> {
    let first = if tier == Tier::Priority { 1_000 } else { 0 };
    let time = |at| Moment::from_millis(at).expect("a small number");
    (first..first + count)
        .map(|at| Standing {
            tier,
            time: time(at),
            sequence: at,
        })
        .collect()
}

// D-32: 10 priority and 60 general families, 40 seats. The phase is why the ten are served.
#[test]
fn priority_families_are_served_although_the_list_is_built_anew_for_each_seat() {
    let rules = rules::current();
    let served_in_40_seats = |kept: bool| {
        let mut waiting = families(Tier::Priority, 10);
        waiting.extend(families(Tier::General, 60));
        let (mut phase, mut seats_of_priority) = (Phase::start(rules), Vec::new());
        for seat in 1..=40 {
            let next = rank::next(&waiting, phase, rules).expect("seventy families wait");
            waiting.retain(|standing| *standing != next);
            if kept {
                phase = phase.served(next.tier, rules);
            }
            if next.tier == Tier::Priority {
                seats_of_priority.push(seat);
            }
        }
        seats_of_priority
    };
    assert_eq!(
        served_in_40_seats(true),
        [4, 8, 12, 16, 20, 24, 28, 32, 36, 40]
    );
    assert!(
        served_in_40_seats(false).is_empty(),
        "the list that begins anew serves none of them"
    );
}

// D-33: where tiers refuse equally often, the ratio holds; answers come late and out of order.
#[test]
fn ratio_holds_when_families_of_both_tiers_refuse_equally_often() {
    let rules = rules::current();
    let (mut priority, mut general) = (0u32, 0u32);
    for seed in 1..=8u64 {
        for offer in answered_in_any_order(&mut Random(seed), rules) {
            match (offer.fate == Fate::Accepted, offer.tier) {
                (true, Tier::Priority) => priority += 1,
                (true, _) => general += 1,
                (false, _) => {}
            }
        }
    }
    let share = f64::from(priority) / f64::from(priority + general);
    assert!(
        (0.24..=0.26).contains(&share),
        "the share of P is {share:.3}"
    );
}

/// 3 000 offers to a queue in which both tiers always ask; two of five are refused.
fn answered_in_any_order(random: &mut Random, rules: &RuleSet) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    let mut pending: Vec<usize> = Vec::new();
    while offers.len() < 3_000 {
        let full = Phase::after(&offers, rules).is_full(rules);
        let tier = if full { Tier::Priority } else { Tier::General };
        pending.push(offers.len());
        offers.push(Offer {
            tier,
            fate: Fate::Pending,
        });
        while pending.len() > random.below(12) {
            let answered = pending.swap_remove(random.below(pending.len()));
            let refused = random.below(5) < 2;
            offers[answered].fate = if refused {
                Fate::Refused
            } else {
                Fate::Accepted
            };
        }
    }
    offers
}

/// A small generator, so that the run is the same everywhere (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 10_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    // pt.17: wherever both tiers still wait, each N+1 neighbours of the list hold one P.
    #[test]
    fn each_row_of_the_list_holds_one_priority_application(
        rules in any_rules(),
        general_served in 0u32..6,
        priority in 1i64..12,
        general in 1i64..40,
    ) {
        let mut waiting = families(Tier::Priority, priority);
        waiting.extend(families(Tier::General, general));
        let listed = rank::list(&waiting, Phase::of(general_served, &rules), &rules);
        let last = |tier| listed.iter().rposition(|s| s.tier == tier).expect("one at least");
        let both = &listed[..=last(Tier::Priority).min(last(Tier::General))];
        let row = 1 + rules.general_per_priority.get() as usize;
        for neighbours in both.windows(row) {
            let priority = neighbours.iter().filter(|s| s.tier == Tier::Priority).count();
            prop_assert_eq!(priority, 1);
        }
    }
}
