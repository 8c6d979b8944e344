//! 004 pt.24–27: what the plan of a night promises, over towns at random.

use std::collections::{BTreeMap, BTreeSet};

use kezek::queue::allocation::{Ask, Market, Plan, Why, plan, settle};
use kezek::queue::audit::audit;
use kezek::queue::rank::{self, Standing, Tier};
use kezek::queue::roll::Roll;
use kezek::queue::rules::{self, Offers, RuleSet, TempSeat};
use kezek::queue::snapshot::{OfferKind, Snapshot};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::one_queue::town_under;
use crate::simulation::any_rules;
use crate::town::{Dice, town};

pub fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 10_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// The town of the seed, its plan and what it was settled from.
pub fn night(snapshot: &Snapshot, rules: &RuleSet) -> Plan {
    let sound = snapshot.check(rules).expect("towns contradict nothing");
    let roll = Roll::of(&sound, rules);
    plan(&sound, &roll, rules)
}

/// D-40 by the book: one preschool's choice among these asks, one class after another, each the
/// first of `rank::list` over those who are left. Written from the decision and not from the code.
fn chosen(market: &Market, counter: u32, asks: &[u32], rules: &RuleSet) -> Vec<(u32, u32)> {
    let mut left: Vec<u32> = asks.to_vec();
    let mut chosen = Vec::new();
    for (shelf, row) in (0u32..).zip(&market.counters[counter as usize].shelves) {
        let ask = |at: u32| -> &Ask { &market.asks[at as usize] };
        let tier = |at: u32| market.askers[ask(at).asker as usize].tier;
        let standing = |at: u32| Standing {
            tier: tier(at),
            time: kezek::terms::Moment::from_millis(0).expect("the epoch"),
            sequence: i64::from(ask(at).order),
        };
        let fits: Vec<u32> = left
            .iter()
            .copied()
            .filter(|at| {
                let needs = &market.askers[ask(*at).asker as usize].needs;
                row.fit.takes(needs, market.year, rules).is_ok()
            })
            .collect();
        let refused = |at: u32| {
            market
                .refused
                .contains(&(ask(at).asker, ask(at).counter, shelf))
        };
        let mut owed: Vec<u32> = fits.iter().copied().filter(|at| ask(*at).owed).collect();
        owed.sort_by_key(|at| ask(*at).order);
        let mut phase = row.phase;
        for at in &owed {
            phase = phase.served(tier(*at), rules);
        }
        let plain: Vec<u32> = fits
            .iter()
            .copied()
            .filter(|at| !ask(*at).owed && !refused(*at))
            .collect();
        let standings: Vec<Standing> = plain.iter().map(|at| standing(*at)).collect();
        let listed = rank::list(&standings, phase, rules);
        let mut after: Vec<u32> = fits
            .iter()
            .copied()
            .filter(|at| !ask(*at).owed && refused(*at))
            .collect();
        after.sort_by_key(|at| ask(*at).order);
        let mut order = owed;
        order.extend(listed.iter().map(|found| {
            let at = plain.iter().find(|at| standing(**at) == *found);
            *at.expect("it was listed from these")
        }));
        order.extend(after);
        for at in order.into_iter().take(row.seats as usize) {
            chosen.push((at, shelf));
            left.retain(|other| *other != at);
        }
    }
    chosen
}

/// One family asks at a time, in an order that the dice choose.
fn one_by_one(market: &Market, rules: &RuleSet, dice: &mut Dice) -> BTreeSet<(u32, u32)> {
    let mut next: Vec<u32> = market.askers.iter().map(|asker| asker.from).collect();
    let mut held: BTreeMap<u32, Vec<(u32, u32)>> = BTreeMap::new();
    let mut idle: Vec<usize> = (0..market.askers.len()).collect();
    while !idle.is_empty() {
        let asker = idle.swap_remove(dice.below(idle.len()));
        if next[asker] == market.askers[asker].to {
            continue;
        }
        let ask = next[asker];
        next[asker] += 1;
        let counter = market.asks[ask as usize].counter;
        let mut candidates: Vec<u32> = held
            .get(&counter)
            .into_iter()
            .flatten()
            .map(|(ask, _)| *ask)
            .collect();
        candidates.push(ask);
        let kept = chosen(market, counter, &candidates, rules);
        for rejected in candidates
            .iter()
            .filter(|at| !kept.iter().any(|(kept, _)| kept == *at))
        {
            idle.push(market.asks[*rejected as usize].asker as usize);
        }
        held.insert(counter, kept);
    }
    held.into_values().flatten().collect()
}

fn kept(market: &Market, rules: &RuleSet) -> BTreeSet<(u32, u32)> {
    let settlement = settle(market, rules);
    settlement
        .kept
        .iter()
        .map(|kept| (kept.ask, kept.shelf))
        .collect()
}

fn each_market(
    (rules, seed, families): (RuleSet, u64, usize),
    check: impl Fn(&Market, &RuleSet) -> TestCaseResult,
) -> TestCaseResult {
    let snapshot = town_under(&rules, seed, families);
    night(&snapshot, &rules)
        .markets
        .iter()
        .try_for_each(|market| check(market, &rules))
}

pub fn any_town() -> impl Strategy<Value = (RuleSet, u64, usize)> {
    (any_rules(), any::<u64>(), 0usize..24)
}

proptest! {
    #![proptest_config(config())]

    // An independent reading finds nothing.
    #[test]
    fn audit_finds_nothing_in_a_plan((rules, seed, families) in any_town()) {
        let snapshot = town_under(&rules, seed, families);
        let plan = night(&snapshot, &rules);
        prop_assert_eq!(audit(&snapshot, &plan, &rules), vec![]);
    }

    // D-40: the result follows from who asks, not from who asks first.
    #[test]
    fn order_of_asking_changes_nothing(town in any_town()) {
        let seed = town.1;
        each_market(town, |market, rules| {
            let mut dice = Dice::new(!seed);
            prop_assert_eq!(kept(market, rules), one_by_one(market, rules, &mut dice));
            Ok(())
        })?;
    }

    // No justified envy and no waste: no preschool would take a family that prefers it to what it
    // got, by its own list of those who asked (D-13, D-40).
    #[test]
    fn nobody_envies_with_reason(town in any_town()) {
        each_market(town, |market, rules| {
            let kept = kept(market, rules);
            for asker in &market.askers {
                for ask in asker.from..asker.to {
                    if kept.iter().any(|(kept, _)| *kept == ask) {
                        break;
                    }
                    let counter = market.asks[ask as usize].counter;
                    let mut with: Vec<u32> = kept
                        .iter()
                        .map(|(kept, _)| *kept)
                        .filter(|kept| market.asks[*kept as usize].counter == counter)
                        .collect();
                    with.push(ask);
                    let taken = chosen(market, counter, &with, rules);
                    prop_assert!(!taken.iter().any(|(taken, _)| *taken == ask));
                }
            }
            Ok(())
        })?;
    }

    // D-48: what the lasting seats said of an entry is not hidden by those for a time.
    #[test]
    fn seats_for_a_time_hide_no_reason((rules, seed, families) in any_town()) {
        let with = RuleSet {
            offers: Offers { temp_seat: TempSeat::OptIn, ..rules.offers },
            ..rules.clone()
        };
        let without = RuleSet {
            offers: Offers { temp_seat: TempSeat::Off, ..rules.offers },
            ..rules
        };
        let snapshot = town_under(&with, seed, families);
        let (with, without) = (night(&snapshot, &with), night(&snapshot, &without));
        for (said, before) in with.passed.iter().zip(&without.passed) {
            let more = *said == Why::Offered || *before == Why::NoSeatTonight;
            prop_assert!(more || said == before, "{said:?} hides {before:?}");
        }
    }

    // D-17: naming the true order never costs a place, for given chosen preschools.
    #[test]
    fn true_order_of_preference_is_the_best_one(town in any_town()) {
        let seed = town.1;
        each_market(town, |market, rules| {
            let mut dice = Dice::new(seed.wrapping_mul(31));
            if market.askers.is_empty() {
                return Ok(());
            }
            let asker = dice.below(market.askers.len());
            let (from, to) = (market.askers[asker].from, market.askers[asker].to);
            let place = |market: &Market, of: &dyn Fn(u32) -> u32| {
                let kept = kept(market, rules);
                (from..to).find(|ask| kept.iter().any(|(kept, _)| kept == ask)).map(of)
            };
            let truly = place(market, &|ask| ask);
            // The same family asks in another order, or asks fewer.
            let mut lie = market.clone();
            let mut order: Vec<u32> = (from..to).collect();
            for at in (1..order.len()).rev() {
                order.swap(at, dice.below(at + 1));
            }
            for (at, ask) in (from..to).zip(&order) {
                lie.asks[at as usize] = market.asks[*ask as usize];
            }
            let by_lie = place(&lie, &|ask| order[(ask - from) as usize]);
            prop_assert!(truly.unwrap_or(u32::MAX) <= by_lie.unwrap_or(u32::MAX));
            Ok(())
        })?;
    }

    // Of those who asked for a class, tiers are served as pt.17 says: the last N+1 of them.
    #[test]
    fn ratio_holds_among_those_who_ask((rules, seed, families) in any_town()) {
        let snapshot = town_under(&rules, seed, families);
        let plan = night(&snapshot, &rules);
        for market in &plan.markets {
            let settlement = settle(market, &rules);
            let mut by_class: BTreeMap<(u32, u32), Vec<Tier>> = BTreeMap::new();
            for kept in settlement.kept.iter().filter(|kept| !kept.owed && !kept.after_refusal) {
                let ask = &market.asks[kept.ask as usize];
                let tier = market.askers[ask.asker as usize].tier;
                by_class.entry((ask.counter, kept.shelf)).or_default().push(tier);
            }
            // Families of a tier that asked for the class and got nothing: it did not run dry.
            let waits = |class: (u32, u32), tier: Tier| settlement.outranked.iter().any(|row| {
                let ask = &market.asks[row.ask as usize];
                let family = &market.askers[ask.asker as usize];
                (ask.counter, row.shelf) == class && family.tier == tier
                    && !ask.owed && !ask.refused
            });
            for (class, tiers) in by_class {
                if !(waits(class, Tier::Priority) && waits(class, Tier::General)) {
                    continue;
                }
                let width = rules.general_per_priority.get() as usize + 1;
                let tiers: Vec<Tier> =
                    tiers.into_iter().filter(|tier| *tier != Tier::OutOfTurn).collect();
                for row in tiers.windows(width) {
                    let priority = row.iter().filter(|tier| **tier == Tier::Priority).count();
                    prop_assert_eq!(priority, 1, "{:?}", tiers);
                }
            }
        }
    }
}

// The properties prove something only if everything happens in the towns.
#[test]
fn everything_happens_in_the_towns() {
    let rules = rules::current();
    let mut happened: BTreeMap<String, u32> = BTreeMap::new();
    for seed in 0..3_000 {
        let snapshot = town(seed, 18);
        let plan = night(&snapshot, rules);
        for line in &plan.lines {
            let upgrade = if line.supersedes.is_some() {
                " better"
            } else {
                ""
            };
            let what = [
                format!("{}{upgrade}", line.kind.code()),
                line.because.code().to_owned(),
                format!("twins {:?}", line.twins),
            ];
            for what in what {
                *happened.entry(what).or_default() += 1;
            }
        }
        for why in &plan.passed {
            *happened.entry(why.code().to_owned()).or_default() += 1;
        }
        let mixed = plan
            .lines
            .iter()
            .filter(|line| line.class.fit.ages.years() > 1)
            .count();
        *happened.entry("mixed group".to_owned()).or_default() +=
            u32::try_from(mixed).expect("few");
    }
    for expected in [
        "QUEUE",
        "QUEUE better",
        "TEMPORARY",
        "FREE_ACCESS",
        "first",
        "owed",
        "after_refusal",
        "claimed",
        "twins Together",
        "twins Alone",
        "mixed group",
        "already_there",
        "choice_closed",
        "holds_as_good",
        "not_offerable",
        "no_longer_stands",
        "no_seat_fits_age",
        "no_seat_fits_care",
        "no_seat_fits_language",
        "no_seat_tonight",
        "offered_better",
        "outranked",
        "preschool_closed",
        "preschool_suspended",
    ] {
        let times = happened.get(expected).copied().unwrap_or_default();
        assert!(times >= 20, "{expected}: {times} times in {happened:?}");
    }
}

// 1_6 st.2: one child, one offer.
#[test]
fn child_in_four_queues_gets_exactly_one_offer_and_the_others_pass_on() {
    let rules = rules::current();
    for seed in 0..2_000 {
        let snapshot = town(seed, 12);
        let plan = night(&snapshot, rules);
        let mut families: Vec<i64> = plan.lines.iter().map(|line| line.application).collect();
        families.sort_unstable();
        assert!(
            families.windows(2).all(|pair| pair[0] != pair[1]),
            "seed {seed}"
        );
        let queue = plan
            .lines
            .iter()
            .filter(|line| line.kind == OfferKind::Queue)
            .count();
        let offered = plan
            .passed
            .iter()
            .filter(|why| **why == Why::Offered)
            .count();
        let temporary = plan
            .lines
            .iter()
            .filter(|l| l.kind == OfferKind::Temporary)
            .count();
        assert_eq!(queue + temporary, offered, "seed {seed}");
    }
}
