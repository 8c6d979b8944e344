//! Life cycles: every pair of state and event is decided, printed for a lawyer, and sound.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use kezek::queue::calendar::Calendar;
use kezek::queue::lifecycle::{
    Cause, Countdown, Machine, Refused, application, contract, dismissal, documents, enrolment,
    entry, offer, referral, seat, stop_list,
};
use kezek::queue::notice::NoticeKind;
use kezek::queue::rank::{Fate, Presence};
use kezek::queue::rules::{RefusalPolicy, RuleSet, by_id, current};
use kezek::terms::Moment;

use crate::policies::rule_sets;
use crate::table::golden;

fn join<T>(items: &[T], text: impl Fn(&T) -> String) -> String {
    if items.is_empty() {
        return "-".to_owned();
    }
    items.iter().map(text).collect::<Vec<_>>().join(" ")
}

/// The whole machine under the rules in force: what changes, then what is refused, state by state.
fn print<M: Machine>(title: &str) -> String {
    let rules = current();
    let mut text = format!(
        "# {title}, under `{}`. Each event: the next state, the terms that run from then, the\n\
         # notices, what happens to other things by it, and the law. Below them what changes\n\
         # nothing, and why. `=` is the same state; a reason code is `{}.EVENT`.\n",
        rules.id,
        M::NAME
    );
    let width = M::EVENTS
        .iter()
        .map(|e| M::event_code(*e).len())
        .max()
        .unwrap_or(0);
    for &state in M::STATES {
        let mark = match (state == M::START, state.ended()) {
            (true, _) => " (begins here)",
            (false, true) => " (ends here: every event is refused)",
            (false, false) => "",
        };
        writeln!(text, "\n{}{mark}", state.state_code()).expect("a string");
        if state.ended() {
            continue;
        }
        let mut refused: Vec<(Refused, Vec<&str>)> = Vec::new();
        for &event in M::EVENTS {
            let code = M::event_code(event);
            match state.step(event, rules) {
                Ok(step) => {
                    let next = if step.next == state {
                        "="
                    } else {
                        step.next.state_code()
                    };
                    writeln!(
                        text,
                        "  {code:width$} → {next}; countdowns {}; notices {}; brings {}; {}",
                        join(step.countdowns, |clock| clock.code().to_owned()),
                        join(step.notices, |notice| notice.code().to_owned()),
                        join(step.causes, |cause| cause.text()),
                        step.law
                    )
                    .expect("a string");
                }
                Err(why) => match refused.iter_mut().find(|(known, _)| *known == why) {
                    Some((_, events)) => events.push(code),
                    None => refused.push((why, vec![code])),
                },
            }
        }
        for (why, events) in refused {
            let (why, law) = (why.code(), why.paragraph());
            writeln!(text, "  refused, {why} ({law}): {}", events.join(" ")).expect("a string");
        }
    }
    text
}

// 2.12 of the decisions: the tables that a lawyer reads.
#[test]
fn each_machine_is_printed_whole() {
    golden(
        "lifecycle/application.txt",
        &print::<application::State>("Application"),
    );
    golden(
        "lifecycle/contract.txt",
        &print::<contract::State>("Contract"),
    );
    golden(
        "lifecycle/dismissal.txt",
        &print::<dismissal::State>("Dismissal"),
    );
    golden(
        "lifecycle/documents.txt",
        &print::<documents::State>("Check of documents"),
    );
    golden(
        "lifecycle/enrolment.txt",
        &print::<enrolment::State>("Enrolment application"),
    );
    golden("lifecycle/entry.txt", &print::<entry::State>("Entry"));
    golden("lifecycle/offer.txt", &print::<offer::State>("Offer"));
    golden(
        "lifecycle/referral.txt",
        &print::<referral::State>("Referral"),
    );
    golden("lifecycle/seat.txt", &print::<seat::State>("Seat"));
    golden(
        "lifecycle/stop_list.txt",
        &print::<stop_list::State>("Stop-list"),
    );
}

/// Calls a test of one machine for each of the ten.
macro_rules! of_each_machine {
    ($test:ident) => {
        $test::<application::State>();
        $test::<contract::State>();
        $test::<dismissal::State>();
        $test::<documents::State>();
        $test::<enrolment::State>();
        $test::<entry::State>();
        $test::<offer::State>();
        $test::<referral::State>();
        $test::<seat::State>();
        $test::<stop_list::State>();
    };
}

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
                for &clock in step.countdowns {
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
                Cause::Application(event) => taken_somewhere::<application::State>(event),
                Cause::Contract(event) => taken_somewhere::<contract::State>(event),
                Cause::Documents(event) => taken_somewhere::<documents::State>(event),
                Cause::Enrolment(event) => taken_somewhere::<enrolment::State>(event),
                Cause::Entry(event) => taken_somewhere::<entry::State>(event),
                Cause::Offer(event) => taken_somewhere::<offer::State>(event),
                Cause::Referral(event) => taken_somewhere::<referral::State>(event),
                Cause::Seat(event) => taken_somewhere::<seat::State>(event),
                Cause::StopList(event) => taken_somewhere::<stop_list::State>(event),
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

// D-33, D-37: what the queue counts of an entry and of an offer.
#[test]
fn queue_counts_entries_and_offers_by_their_states() {
    let presence = |state: entry::State| state.presence(4);
    assert_eq!(presence(entry::State::Counted), Some(Presence::Waiting));
    assert_eq!(
        presence(entry::State::OfferedHere),
        Some(Presence::OfferedHere { turn: 4 })
    );
    assert_eq!(presence(entry::State::Parked), Some(Presence::Parked));
    for &state in entry::State::ALL {
        let part_of_it = !state.ended() && state != entry::State::START;
        assert_eq!(presence(state).is_some(), part_of_it, "{}", state.code());
    }
    assert_eq!(offer::State::START.fate(), Fate::Pending);
    for &state in offer::State::ALL {
        let (lives, fulfilled) = (!state.ended(), state == offer::State::Fulfilled);
        assert_eq!(
            state.fate().counts(),
            lives || fulfilled,
            "{}",
            state.code()
        );
    }
}

// D-62: the third refusal of a queue's seats within twelve months closes the entry.
#[test]
fn third_refusal_closes_the_entry() {
    let [order, _, voucher, strict] = &rule_sets()[..] else {
        panic!("four sets");
    };
    let kept = [0, 1, 2, 3].map(|before| entry::refusal(before, order));
    let (keeps, closes) = (entry::Event::RefusedHere, entry::Event::RefusedTooOften);
    assert_eq!(kept, [keeps, keeps, closes, closes]);
    assert_eq!(entry::refusal(9, voucher), keeps);
    assert_eq!(entry::refusal(9, strict), keeps);
    let drops = RuleSet {
        offers: kezek::queue::rules::Offers {
            refusal: RefusalPolicy::DropChoice,
            ..order.offers
        },
        ..order.clone()
    };
    assert_eq!(entry::refusal(0, &drops), closes);
}

// The terms by their names, from a Friday afternoon; D-60, D-90.
#[test]
fn clocks_end_as_the_rules_and_the_calendar_say() {
    let begun = Moment::parse("2026-11-27T15:00:00").expect("a moment");
    let mut text = String::from(
        "# Terms that begin on Friday 2026-11-27 at 15:00, by rule set; `-`: no such term.\n\
         # A stay in the stop-list ends with the exit, other terms with their last moment.\n",
    );
    for &clock in Countdown::ALL {
        writeln!(
            text,
            "\n{}; warned of by {}",
            clock.code(),
            clock.warning().map_or("-", NoticeKind::code)
        )
        .expect("a string");
        for id in ["kz-254-legacy", "kz-2023-351-591", "kz-voucher-2025"] {
            let rules = by_id(id).expect("a set");
            let ends = clock.deadline(begun, rules, Calendar::republic());
            let ends = ends.map_or("-".to_owned(), |end| end.expect("known years").to_string());
            writeln!(text, "  {id:15}  {ends}").expect("a string");
        }
    }
    golden("lifecycle/countdowns.txt", &text);
}
