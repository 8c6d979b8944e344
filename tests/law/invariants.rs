//! The invariants I1 to I5 of D-32, over random runs of a living queue.

use kezek::queue::rank::{Standing, Tier};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::simulation::{Event, Queue, Step, run};

const CASES: u32 = 10_000;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn each_step(
    (rules, events): (kezek::queue::rules::RuleSet, Vec<Event>),
    mut check: impl FnMut(&Step) -> TestCaseResult,
) -> TestCaseResult {
    let mut queue = Queue::new(rules);
    for event in events {
        if let Some(step) = queue.happen(event) {
            check(&step)?;
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    // I1: `list(t).tail == list(t+1)` when only the head leaves by being served. While an offer
    // to the first of the others is pending, the list does not change at all.
    #[test]
    fn list_loses_its_head_and_nothing_else_when_the_head_is_served(run in run()) {
        each_step(run, |step| {
            let (before, after) = (step.before.published(), step.after.published());
            if step.event == Event::Offer && !step.passed {
                prop_assert_eq!(&before, &after);
            }
            if matches!(step.event, Event::Consent(_)) {
                let others: Vec<Standing> =
                    before.iter().filter(|s| s.sequence != step.family).copied().collect();
                prop_assert_eq!(&others, &after);
                if before[0].sequence == step.family {
                    prop_assert_eq!(&before[1..], after.as_slice());
                }
            }
            Ok(())
        })?;
    }

    // I2: of any N+1 places offered one after another, none having failed since, while P and G
    // both ask, exactly one goes to P; out-of-turn offers stand outside (D-34).
    #[test]
    fn of_each_row_of_offers_exactly_one_goes_to_the_priority_tier(run in run()) {
        // The latest offers while both asked, oldest first: the family and its tier.
        let mut row: Vec<(usize, Tier)> = Vec::new();
        let width = 1 + run.0.general_per_priority.get() as usize;
        each_step(run, |step| {
            if step.event != Event::Offer {
                return Ok(());
            }
            let asking = step.before.offerable();
            let asks = |tier| asking.iter().any(|standing| standing.tier == tier);
            if step.tier == Tier::OutOfTurn {
                return Ok(());
            }
            if !(asks(Tier::Priority) && asks(Tier::General)) {
                row.clear();
                return Ok(());
            }
            row.push((step.after.offers.len() - 1, step.tier));
            let stands = |(at, _): &(usize, Tier)| step.after.offers[*at].0.fate.counts();
            if let Some(failed) = row.iter().rposition(|offer| !stands(offer)) {
                row.drain(..=failed);
            }
            if row.len() >= width {
                let latest = &row[row.len() - width..];
                let priority = latest.iter().filter(|(_, tier)| *tier == Tier::Priority).count();
                prop_assert_eq!(priority, 1, "{:?}", latest);
            }
            Ok(())
        })?;
    }

    // I3: inside a tier the order is that of time and sequence; those with a pending offer of
    // this queue stand before it in the order of their offers (D-37).
    #[test]
    fn inside_a_tier_who_filed_first_stands_first(run in run()) {
        each_step(run, |step| {
            let head = step.after.members.iter().filter(|m| m.presence.turn().is_some());
            let others = &step.after.published()[head.count()..];
            for tier in Tier::ALL {
                prop_assert!(others.iter().filter(|standing| standing.tier == tier).is_sorted());
            }
            Ok(())
        })?;
    }

    // I4: nobody's withdrawal worsens anyone else's number. Those of another tier move up by 0
    // or 1; inside a tier each takes the place of the one before, which is 1 or 2 up in the
    // general tier and up to N+1 in the priority one (see "Where the law is silent").
    #[test]
    fn withdrawal_worsens_nobodys_number(run in run()) {
        each_step(run, |step| {
            if !matches!(step.event, Event::Leave(_)) {
                return Ok(());
            }
            let (before, after) = (step.before.numbers(), step.after.numbers());
            let row = step.before.rules.general_per_priority.get() as usize;
            let held_offer = step.before.offers.len() != step.after.offers.len()
                || step.before.offers != step.after.offers;
            for standing in step.after.published() {
                let (was, is) = (before[&standing.sequence], after[&standing.sequence]);
                prop_assert!(is <= was, "{} was {was}, is {is}", standing.sequence);
                let up_max = match (step.tier, standing.tier) {
                    (Tier::Priority, Tier::Priority) => row + 1,
                    (Tier::General, Tier::General) => 2,
                    _ => 1,
                };
                prop_assert!(held_offer || was - is <= up_max, "{was} to {is}: {standing:?}");
            }
            Ok(())
        })?;
    }

    // I5: no other event than those listed increases anyone else's number.
    #[test]
    fn number_grows_only_by_the_listed_events(run in run()) {
        each_step(run, |step| {
            let may_grow = match step.event {
                Event::New(..)
                | Event::Return(_)
                | Event::Benefit(..)
                | Event::Recall(_)
                | Event::FailAndStay(_)
                // Not in D-32's list, but meant by D-33: an accepted offer that fails later.
                | Event::LoseReferral(_) => true,
                Event::Offer => step.passed,
                Event::Consent(_)
                | Event::FailAndLeave(_)
                | Event::Leave(_)
                | Event::Hinder(..) => false,
            };
            let before = step.before.numbers();
            for (family, is) in step.after.numbers() {
                let was = before.get(&family).copied().unwrap_or(is);
                if matches!(step.event, Event::LoseReferral(_)) {
                    prop_assert!(is <= was + 1, "a lost referral moves others back by one at most");
                }
                prop_assert!(may_grow || is <= was, "{family}: {was} to {is}: {:?}", step.event);
            }
            Ok(())
        })?;
    }

    // D-33: the next family is always number 1 among those that can be offered the seat.
    #[test]
    fn who_is_offered_the_seat_is_number_one_of_those_who_can_be(run in run()) {
        each_step(run, |step| {
            if step.event == Event::Offer {
                let entry = step.before.offerable()[0];
                let (members, offers) = (&step.before.members, step.before.made());
                let census = kezek::queue::rank::Census::of(members, &offers, &entry);
                let place = census.expect("it is counted").place(entry.tier, &step.before.rules);
                prop_assert_eq!((entry.sequence, place.effective_number), (step.family, 1));
            }
            Ok(())
        })?;
    }
}
