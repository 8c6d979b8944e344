//! 004 pt.2(9): why a number changed, to the last place (D-39).

use std::collections::BTreeMap;

use kezek::queue::rank::{
    Fate, Happening, Joining, Leaving, Member, Offer, Presence, Queue as Loaded, Reason, Standing,
    Tier, decompose,
};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::allocation::config;
use crate::simulation::{Event, Queue, Step, run};

/// What a step of the simulation was for the queue.
pub fn happening(step: &Step) -> Option<Happening> {
    let standing = |queue: &Queue| {
        let mut members = queue.members.iter();
        members
            .find(|m| m.standing.sequence == step.family)
            .map(|member| member.standing)
    };
    let of = standing(&step.before).or_else(|| standing(&step.after))?;
    let turn_of = |queue: &Queue, fate: Fate| {
        let made = queue.offers.iter().enumerate();
        let mut own = made.filter(|(_, (offer, to))| *to == step.family && offer.fate == fate);
        own.next_back()
            .map(|(at, _)| u32::try_from(at).expect("few"))
    };
    let ended = |fate, stays| {
        let turn = turn_of(&step.before, Fate::Pending).expect("it was pending");
        Happening::Ended {
            of,
            turn,
            fate,
            stays,
        }
    };
    Some(match step.event {
        Event::New(..) => Happening::Joined(of, Joining::New),
        Event::Offer => {
            let turn = turn_of(&step.after, Fate::Pending).expect("it was made");
            Happening::Offered(of, turn)
        }
        Event::Consent(_) => ended(Fate::Accepted, false),
        Event::FailAndStay(_) => ended(Fate::Refused, true),
        Event::FailAndLeave(_) => ended(Fate::Refused, false),
        Event::Recall(_) => ended(Fate::Recalled, true),
        Event::Leave(_) => Happening::Left(of, Leaving::StopListed),
        Event::Return(_) => Happening::Joined(of, Joining::Returned),
        Event::LoseReferral(_) => {
            let turn = turn_of(&step.before, Fate::Accepted).expect("it was accepted");
            Happening::ReferralLost {
                turn,
                fate: Fate::Annulled,
            }
        }
        // A hindrance changes who can be offered a seat, and no number.
        Event::Hinder(..) => return None,
        Event::Benefit(_, tier) => Happening::Moved(of, tier),
    })
}

fn loaded(queue: &Queue) -> Loaded {
    let offers: Vec<(u32, Offer)> = (0u32..).zip(queue.made()).collect();
    // The simulation numbers pending offers by their turn at the head; the log by their place.
    let members = queue.members.iter().map(|member| {
        let mut member = *member;
        if member.presence.turn().is_some() {
            let made = queue.offers.iter().enumerate();
            let mut own = made.filter(|(_, (offer, to))| {
                *to == member.standing.sequence && offer.fate == Fate::Pending
            });
            let (turn, _) = own.next_back().expect("it holds a pending offer");
            let turn = u32::try_from(turn).expect("few");
            member.presence = Presence::OfferedHere { turn };
        }
        member
    });
    Loaded::new(members, offers)
}

proptest! {
    #![proptest_config(config())]

    // Between any two moments the reasons add up to the change, for everybody who is counted at
    // both; who is not has no number to explain.
    #[test]
    fn reasons_add_up_to_the_change((rules, events) in run(), cut in 0usize..20) {
        let mut queue = Queue::new(rules.clone());
        let steps: Vec<Step> =
            events.into_iter().filter_map(|event| queue.happen(event)).collect();
        let cut = cut % steps.len().max(1);
        let Some(first) = steps.get(cut) else { return Ok(()) };
        let happened: Vec<Happening> = steps[cut..].iter().filter_map(happening).collect();
        let (before, after) = (first.before.numbers(), queue.numbers());
        let start = loaded(&first.before);
        for member in &first.before.members {
            let sequence = member.standing.sequence;
            let told = decompose(&start, &member.standing, &happened, &rules);
            let (from, to) = (before.get(&sequence), after.get(&sequence));
            let Some((from, to)) = from.zip(to) else {
                prop_assert_eq!(told, None);
                continue;
            };
            let told = told.expect("counted at both ends");
            prop_assert_eq!((told.from as usize, told.to as usize), (*from, *to));
            let sum: i64 = told.parts.values().sum();
            prop_assert_eq!(sum, i64::from(told.to) - i64::from(told.from), "{:?}", told);
            prop_assert!(told.parts.values().all(|part| *part != 0));
        }
    }
}

/// What one happening does to the number of a family that it does not concern itself, by the
/// definitions of D-39 and not by the code: a reason with its own part, and whether all of the
/// change is its part; what is left is the work of the interleaving (D-32, I4).
fn by_definition(step: &Step, happened: &Happening, mine: &Member) -> (Reason, Option<i64>) {
    let turn = |of: &Standing| {
        let mut members = step.before.members.iter();
        let holder = members.find(|member| member.standing.sequence == of.sequence);
        holder.and_then(|holder| holder.presence.turn())
    };
    // At the head the earlier offer stands first, and everybody else behind all of them.
    let holder_is_ahead = |of: &Standing| match (turn(of), mine.presence.turn()) {
        (Some(theirs), Some(own)) => theirs < own,
        (Some(_), None) => true,
        (None, _) => false,
    };
    let own_row = |of: &Standing, one: i64| {
        let before = (of.time, of.sequence) < (mine.standing.time, mine.standing.sequence);
        let alike = of.tier == mine.standing.tier && mine.presence.turn().is_none();
        alike.then_some(if before { one } else { 0 })
    };
    match happened {
        Happening::Joined(of, Joining::Returned) => (Reason::Returned, own_row(of, 1)),
        Happening::Joined(of, _) => {
            let reason = match of.tier {
                Tier::OutOfTurn => Reason::NewOutOfTurn,
                Tier::Priority => Reason::NewPriority,
                Tier::General => Reason::NewGeneral,
            };
            (reason, own_row(of, 1))
        }
        Happening::Left(of, _) if turn(of).is_some() => {
            (Reason::StopListed, Some(-i64::from(holder_is_ahead(of))))
        }
        Happening::Left(of, _) => (Reason::StopListed, own_row(of, -1)),
        Happening::Offered(..) => (Reason::OfferedPast, None),
        Happening::Ended {
            stays: true, fate, ..
        } => {
            let recalled = *fate == Fate::Recalled;
            (
                if recalled {
                    Reason::SeatRecalled
                } else {
                    Reason::OfferFailed
                },
                None,
            )
        }
        Happening::Ended { of, fate, .. } => {
            let served = *fate == Fate::Accepted;
            let reason = if served {
                Reason::Served
            } else {
                Reason::Withdrawn
            };
            (reason, Some(-i64::from(holder_is_ahead(of))))
        }
        Happening::ReferralLost { .. } => (Reason::Interleaved, None),
        Happening::Moved(of, tier) => {
            let gained = tier < &of.tier;
            (
                if gained {
                    Reason::BenefitGained
                } else {
                    Reason::BenefitLost
                },
                None,
            )
        }
        Happening::Ruled(_) => (Reason::RulesChanged, None),
    }
}

proptest! {
    #![proptest_config(config())]

    // Each reason has exactly the part that is its own.
    #[test]
    fn each_reason_has_the_part_that_its_definition_gives_it((rules, events) in run()) {
        let mut queue = Queue::new(rules.clone());
        for step in events.into_iter().filter_map(|event| queue.happen(event)) {
            let Some(happened) = happening(&step) else { continue };
            let (before, after) = (step.before.numbers(), step.after.numbers());
            let start = loaded(&step.before);
            for mine in &step.before.members {
                let sequence = mine.standing.sequence;
                let both = before.get(&sequence).zip(after.get(&sequence));
                let Some((from, to)) = both.filter(|_| sequence != step.family) else { continue };
                let change = i64::try_from(*to).expect("few") - i64::try_from(*from).expect("few");
                let (reason, part) = by_definition(&step, &happened, mine);
                let mut expected: BTreeMap<Reason, i64> = BTreeMap::new();
                *expected.entry(reason).or_default() += part.unwrap_or(change);
                *expected.entry(Reason::Interleaved).or_default() +=
                    change - part.unwrap_or(change);
                expected.retain(|_, part| *part != 0);
                let one = std::slice::from_ref(&happened);
                let told = decompose(&start, &mine.standing, one, &rules).expect("both ends");
                prop_assert_eq!(told.parts, expected, "{:?} for {:?}", &happened, mine);
            }
        }
    }
}

/// Reasons that only move others back.
const COMING: [Reason; 4] = [
    Reason::NewGeneral,
    Reason::NewOutOfTurn,
    Reason::NewPriority,
    Reason::Returned,
];

/// One step, and what it did to a family that stands behind.
fn reasons_met() -> BTreeMap<Reason, u32> {
    let mut met: BTreeMap<Reason, u32> = BTreeMap::new();
    let mut runner = TestRunner::deterministic();
    for _ in 0..2_000 {
        let tree = run().new_tree(&mut runner).expect("a run");
        let (rules, events) = proptest::strategy::ValueTree::current(&tree);
        let mut queue = Queue::new(rules.clone());
        for step in events.into_iter().filter_map(|event| queue.happen(event)) {
            let Some(happened) = happening(&step) else {
                continue;
            };
            let start = loaded(&step.before);
            for member in &step.before.members {
                let one = std::slice::from_ref(&happened);
                let told = decompose(&start, &member.standing, one, &rules);
                for (reason, part) in told.into_iter().flat_map(|told| told.parts) {
                    *met.entry(reason).or_default() += 1;
                    // Who leaves moves nobody back, who comes moves nobody forward (I4, I5).
                    if matches!(reason, Reason::Served | Reason::StopListed) {
                        assert!(part < 0, "{reason:?} {part}");
                    }
                    if COMING.contains(&reason) {
                        assert!(part > 0, "{reason:?} {part}");
                    }
                }
            }
        }
    }
    met
}

#[test]
fn each_reason_is_met_with_its_own_sign() {
    let met = reasons_met();
    for expected in [
        Reason::BenefitGained,
        Reason::BenefitLost,
        Reason::Interleaved,
        Reason::NewGeneral,
        Reason::NewOutOfTurn,
        Reason::NewPriority,
        Reason::OfferFailed,
        Reason::OfferedPast,
        Reason::OwnOffer,
        Reason::OwnTier,
        Reason::Returned,
        Reason::SeatRecalled,
        Reason::Served,
        Reason::StopListed,
        Reason::Withdrawn,
    ] {
        assert!(
            met.get(&expected).is_some_and(|times| *times >= 5),
            "{expected:?}: {met:?}"
        );
    }
}
