//! Entries and offers as the queue counts them; and how long the terms of the law are.

use std::fmt::Write as _;

use kezek::queue::application as registered;
use kezek::queue::calendar::Calendar;
use kezek::queue::lifecycle::{Countdown, Machine, application, entry, offer};
use kezek::queue::notice::NoticeKind;
use kezek::queue::rank::{Fate, Presence};
use kezek::queue::rules::{Offers, RefusalPolicy, RuleSet, by_id};
use kezek::terms::Moment;

use crate::policies::rule_sets;
use crate::table::golden;

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
        offers: Offers {
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

// 1_1 st.6, st.7, pt.15: what is registered begins its life in the state of the same name.
#[test]
fn registered_application_begins_its_life_cycle_where_it_stands() {
    for state in registered::State::ALL {
        let same = application::State::from_code(state.code()).expect("a state of this code");
        assert_eq!(same.registered(), Some(state));
    }
    let mapped = application::State::ALL
        .iter()
        .filter_map(|state| state.registered());
    assert_eq!(mapped.count(), registered::State::ALL.len());
    let rules = by_id("kz-2023-351-591").expect("a set");
    for (event, state) in [
        (application::Event::Filed, registered::State::Waiting),
        (
            application::Event::FiledWithScan,
            registered::State::BenefitCheck,
        ),
        (
            application::Event::FiledForeign,
            registered::State::IdentityCheck,
        ),
    ] {
        let step = application::State::START
            .step(event, rules)
            .expect("it is filed");
        assert_eq!(step.next.registered(), Some(state));
    }
}

// 1_10 No. 19, D-66: thirty days from the issue, whenever it is extended.
#[test]
fn only_an_extended_referral_is_counted_from_its_issue() {
    let from_issue: Vec<_> = Countdown::ALL
        .iter()
        .filter(|term| term.runs_from_issue())
        .collect();
    assert_eq!(from_issue, [&Countdown::ExtendedReferral]);
}
