//! Life cycles: every pair of state and event is decided, and all are sound.

use std::collections::{BTreeMap, BTreeSet};

use kezek::queue::lifecycle::{
    Cause, Countdown, Machine, Refused, applicant, application, contract, dismissal, documents,
    enrolment, entry, offer, referral, seat, stop_list, temporary,
};
use kezek::queue::notice::NoticeKind;
use kezek::queue::rank::Tier;
use kezek::queue::rules::RuleSet;

use crate::machines::of_each_machine;
use crate::policies::rule_sets;

/// States that can be reached from `start` under any of the rule sets.
fn reachable<M: Machine>(start: M) -> BTreeSet<M> {
    let sets = rule_sets();
    let mut found = BTreeSet::from([start]);
    let mut fresh = vec![start];
    while let Some(state) = fresh.pop() {
        for (event, rules) in M::EVENTS
            .iter()
            .flat_map(|e| sets.iter().map(move |r| (*e, r)))
        {
            if let Ok(step) = state.step(event, rules)
                && found.insert(step.next)
            {
                fresh.push(step.next);
            }
        }
    }
    found
}

#[test]
fn every_state_is_reached_and_leads_to_an_end() {
    fn test<M: Machine>() {
        let from_start = reachable(M::START);
        for &state in M::STATES {
            assert!(
                from_start.contains(&state),
                "{}.{}",
                M::NAME,
                state.state_code()
            );
            let ends = reachable(state).into_iter().any(Machine::ended);
            assert!(ends, "{}.{} never ends", M::NAME, state.state_code());
        }
    }
    of_each_machine!(test);
}

// 1_1 p.10, 1_3 p.5, 1_6 p.4; D-74: nothing that has ended is undone.
#[test]
fn what_has_ended_refuses_everything() {
    fn test<M: Machine>() {
        for rules in rule_sets() {
            for &state in M::STATES {
                let steps = M::EVENTS.iter().map(|event| state.step(*event, &rules));
                let leaves = steps.clone().flatten().any(|step| step.next != state);
                assert_eq!(leaves, !state.ended(), "{}.{}", M::NAME, state.state_code());
                if state.ended() {
                    assert!(steps.into_iter().all(|step| step == Err(Refused::Ended)));
                }
            }
        }
    }
    of_each_machine!(test);
}

// Each term that begins has a length, and its end is an event that the next state takes.
#[test]
fn every_clock_has_a_term_and_a_lapse() {
    fn test<M: Machine>() {
        for rules in rule_sets() {
            for (&state, &event) in M::STATES
                .iter()
                .flat_map(|s| M::EVENTS.iter().map(move |e| (s, e)))
            {
                let Ok(step) = state.step(event, &rules) else {
                    continue;
                };
                for &clock in step.countdowns.iter().chain(step.resumed) {
                    let place = format!("{}.{}", M::NAME, M::event_code(event));
                    assert!(
                        clock.term(&rules).is_some(),
                        "{place}: no term of {clock:?}"
                    );
                    let lapse = M::lapse(clock).unwrap_or_else(|| panic!("{place}: {clock:?}"));
                    let then = step.next.step(lapse, &rules);
                    assert!(then.is_ok(), "{place}: {clock:?} ends and {then:?}");
                }
            }
        }
    }
    of_each_machine!(test);
}

/// The terms that can be running in each state that is reached under these rules.
fn running<M: Machine>(rules: &RuleSet) -> BTreeMap<M, BTreeSet<Countdown>> {
    let mut running = BTreeMap::from([(M::START, BTreeSet::new())]);
    loop {
        let before = running.clone();
        for (&state, terms) in &before {
            for step in M::EVENTS.iter().flat_map(|event| state.step(*event, rules)) {
                let of_next: &mut BTreeSet<Countdown> = running.entry(step.next).or_default();
                of_next.extend(step.countdowns);
                of_next.extend(step.resumed);
                if step.next == state {
                    of_next.extend(terms);
                }
            }
        }
        if running == before {
            return running;
        }
    }
}

// A term that runs can end, and only a term that runs can.
#[test]
fn time_ends_exactly_the_terms_that_run() {
    fn test<M: Machine>() {
        for rules in rule_sets() {
            for (state, terms) in running::<M>(&rules) {
                for &countdown in Countdown::ALL {
                    let Some(lapse) = M::lapse(countdown) else {
                        continue;
                    };
                    let runs = terms.iter().any(|term| M::lapse(*term) == Some(lapse));
                    let ends = state.step(lapse, &rules).is_ok();
                    assert_eq!(
                        runs,
                        ends,
                        "{}.{} {countdown:?}",
                        M::NAME,
                        state.state_code()
                    );
                }
            }
        }
    }
    of_each_machine!(test);
}

// What goes on must have been begun: no term is only ever resumed, but those that are counted over
// all their parts from the first one on (D-63, D-75).
#[test]
fn only_terms_counted_in_all_begin_by_going_on() {
    fn test<M: Machine>(in_all: &mut BTreeSet<Countdown>) {
        let sets = rule_sets();
        let pairs = M::STATES
            .iter()
            .flat_map(|state| M::EVENTS.iter().map(move |event| (*state, *event)));
        let steps = pairs.flat_map(|(state, event)| sets.iter().map(move |r| state.step(event, r)));
        let (mut begun, mut resumed) = (BTreeSet::new(), BTreeSet::new());
        for step in steps.flatten() {
            begun.extend(step.countdowns);
            resumed.extend(step.resumed);
        }
        in_all.extend(resumed.difference(&begun));
    }
    let mut in_all = BTreeSet::new();
    of_each_machine!(test, &mut in_all);
    let expected = [Countdown::Undo, Countdown::SourceDown];
    assert_eq!(in_all, BTreeSet::from(expected));
}

#[test]
fn every_event_changes_something_somewhere_and_every_code_is_its_own() {
    fn test<M: Machine>() {
        let sets = rule_sets();
        for &event in M::EVENTS {
            let taken = M::STATES
                .iter()
                .any(|s| sets.iter().any(|r| s.step(event, r).is_ok()));
            // 004 pt.34 «Досрочный выход … не производится»: asked for, and always refused.
            let refused_by_law = M::event_code(event) == stop_list::Event::ExitAsked.code();
            assert_ne!(
                taken,
                refused_by_law,
                "{}.{}",
                M::NAME,
                M::event_code(event)
            );
        }
        let states: BTreeSet<_> = M::STATES.iter().map(|s| s.state_code()).collect();
        let events: BTreeSet<_> = M::EVENTS.iter().map(|e| M::event_code(*e)).collect();
        assert_eq!(
            (states.len(), events.len()),
            (M::STATES.len(), M::EVENTS.len())
        );
    }
    of_each_machine!(test);
}

fn taken_somewhere<M: Machine>(event: M::Event) -> bool {
    let sets = rule_sets();
    M::STATES
        .iter()
        .any(|state| sets.iter().any(|rules| state.step(event, rules).is_ok()))
}

#[test]
fn what_a_step_brings_is_taken_by_the_other_machine() {
    fn test<M: Machine>() {
        let sets = rule_sets();
        let steps = M::STATES
            .iter()
            .flat_map(|s| M::EVENTS.iter().map(move |e| (*s, *e)));
        for cause in steps
            .flat_map(|(state, event)| sets.iter().map(move |rules| state.step(event, rules)))
            .flatten()
            .flat_map(|step| step.causes)
        {
            let taken = match *cause {
                Cause::Applicant(event) => taken_somewhere::<applicant::State>(event),
                Cause::Application(event) => taken_somewhere::<application::State>(event),
                Cause::Contract(event) => taken_somewhere::<contract::State>(event),
                Cause::Dismissal(event) => taken_somewhere::<dismissal::State>(event),
                Cause::Documents(event) => taken_somewhere::<documents::State>(event),
                Cause::Enrolment(event) => taken_somewhere::<enrolment::State>(event),
                Cause::Entry(event) => taken_somewhere::<entry::State>(event),
                Cause::Offer(event) => taken_somewhere::<offer::State>(event),
                Cause::Referral(event) => taken_somewhere::<referral::State>(event),
                Cause::Seat(event) => taken_somewhere::<seat::State>(event),
                Cause::StopList(event) => taken_somewhere::<stop_list::State>(event),
                Cause::Temporary(event) => taken_somewhere::<temporary::State>(event),
                Cause::Tier => Tier::ALL.into_iter().all(|tier| {
                    [true, false]
                        .into_iter()
                        .all(|served| taken_somewhere::<entry::State>(entry::by_tier(tier, served)))
                }),
            };
            assert!(taken, "{} brings {}", M::NAME, cause.text());
        }
    }
    of_each_machine!(test);
}

// 1_8 No. 5, D-26, D-126: of a child that has died nobody is told anything.
#[test]
fn death_is_told_to_nobody() {
    for rules in rule_sets() {
        for &state in application::State::ALL {
            if let Ok(step) = application::step(state, application::Event::ChildDied, &rules) {
                assert_eq!(
                    (step.next, step.notices),
                    (application::State::Died, &[][..])
                );
            }
        }
        for &state in dismissal::State::ALL {
            if let Ok(step) = dismissal::step(state, dismissal::Event::ChildDied, &rules) {
                assert_eq!(step.notices, []);
            }
        }
        for &state in offer::State::ALL {
            let left = offer::step(state, offer::Event::ChildLeft, &rules);
            assert!(left.is_err() || left.is_ok_and(|step| step.notices.is_empty()));
        }
    }
    assert!(NoticeKind::ALL.iter().all(|kind| !kind.sent_after_death()));
}

// D-66 «once» and D-72 are choices: a set that does not make them refuses, and says that it is the
// set and not the state.
#[test]
fn what_a_rule_set_does_not_know_it_refuses_by_that_name() {
    let mut without = kezek::queue::rules::current().clone();
    let asked = [
        (referral::State::Valid, referral::Event::Extended),
        (referral::State::Verifying, referral::Event::StaffLate),
    ];
    for (state, event) in asked {
        assert!(state.step(event, &without).is_ok(), "{event:?}");
    }
    without.referrals.extensions_max = 0;
    without.referrals.staff_delay_pauses = false;
    for (state, event) in asked {
        let refused = state.step(event, &without).err();
        assert_eq!(refused, Some(Refused::NotInTheseRules), "{event:?}");
    }
}
