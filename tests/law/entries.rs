//! Entries and offers as the queue counts them; and how long the terms of the law are.

use std::fmt::Write as _;

use kezek::queue::calendar::Calendar;
use kezek::queue::lifecycle::{Countdown, Machine, entry, offer};
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
