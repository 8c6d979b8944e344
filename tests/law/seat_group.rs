//! 004 1_5, 1_10 No. 14, No. 15: what a report and a recall do to the seats of a group.

use std::collections::BTreeMap;

use kezek::queue::application::{PreschoolFacts, PreschoolKind, PreschoolStatus};
use kezek::queue::group::{Change, Known, Report, Seat, recall, register};
use kezek::queue::lifecycle::seat::State;
use kezek::queue::refusal::Refusal;
use kezek::queue::rules;
use kezek::queue::seat::Ages;
use kezek::terms::{Day, Moment, PreschoolId};
use proptest::prelude::*;

use crate::table::{Row, check};

const AWAY_UNTIL: &str = "2026-12-31";

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn moment(text: &str) -> Moment {
    Moment::parse(text).expect("a moment")
}

/// Words of the tables, and where such a seat stands.
const WORDS: [(&str, State); 8] = [
    ("free", State::Free),
    ("paid", State::Free),
    ("offered", State::HeldByOffer),
    ("referred", State::HeldByReferral),
    ("enrolling", State::HeldByEnrolment),
    ("taken", State::Occupied),
    ("away", State::TempFree),
    ("lent", State::TempTaken),
];

fn seats(text: &str) -> Vec<Seat> {
    let mut seats = Vec::new();
    for word in text.split(' ').filter(|word| *word != "-") {
        let (word, count) = word.split_once('=').expect("word=count");
        let known = WORDS.iter().find(|(known, _)| *known == word);
        let (_, state) = *known.unwrap_or_else(|| panic!("no word `{word}`"));
        for _ in 0..count.parse::<u32>().expect("a count") {
            let id = i64::try_from(seats.len()).expect("few") + 1;
            seats.push(Seat {
                id,
                state,
                state_funded: word != "paid",
                away_until: ["away", "lent"].contains(&word).then(|| day(AWAY_UNTIL)),
            });
        }
    }
    seats
}

/// `3–4`: the years of an age category as the register has it.
fn ages(text: &str) -> Option<Ages> {
    let (from, to) = text.split_once('–')?;
    let year = |text: &str| text.parse().expect("a year");
    Some(Ages::Band {
        from: year(from),
        to: year(to),
    })
}

fn report(row: &Row) -> Report {
    let number = |column: &str| row.read(column, |cell| cell.parse::<u32>().ok());
    Report {
        kind: row.read("type", PreschoolKind::from_code),
        ages: ages(row.get("ages")),
        birth_year: row.get("born").parse().ok(),
        seats: number("seats"),
        free: number("free"),
        paid: number("paid"),
        temporary: row
            .get("away")
            .split(' ')
            .filter(|it| *it != "-")
            .map(day)
            .collect(),
        sent_at: moment("2026-11-23T10:00:00"),
    }
}

fn known(row: &Row) -> Known {
    let number = |column: &str| row.read(column, |cell| cell.parse::<u32>().ok());
    let said = row.get("said");
    let special = ["special", "unknown-care"].contains(&said);
    Known {
        preschool: PreschoolFacts {
            id: PreschoolId::parse("710000000-0001").expect("its form"),
            status: match said {
                "closed" => PreschoolStatus::Closed,
                _ => PreschoolStatus::Active,
            },
            kind: match special {
                true => PreschoolKind::Special,
                false => PreschoolKind::General,
            },
        },
        capacity: (said != "no-capacity").then_some(60),
        elsewhere: number("elsewhere"),
        purpose_known: said != "unknown-care",
        seats_before: number("group"),
        reported_at: (said == "late").then(|| moment("2026-11-23T10:00:00.001")),
        seats: seats(row.get("before")),
    }
}

/// Seats that go the same way are counted together, in the order of their ways.
fn told(decided: Result<Vec<Change>, Refusal>) -> Vec<String> {
    let changes = match decided {
        Err(refusal) => return vec![refusal.code().to_owned(), refusal.paragraph().to_owned()],
        Ok(changes) => changes,
    };
    let mut ways: BTreeMap<String, usize> = BTreeMap::new();
    for change in &changes {
        let from = change.path.first().map_or("-", |moved| moved.from.code());
        let steps = change.path.iter().map(|moved| moved.to.code());
        let way: Vec<&str> = std::iter::once(from).chain(steps).collect();
        let paid = if change.state_funded { "" } else { " paid" };
        *ways.entry(format!("{}{paid}", way.join(">"))).or_default() += 1;
    }
    let ways: Vec<String> = ways.iter().map(|(way, n)| format!("{n} {way}")).collect();
    let ways = match ways.is_empty() {
        true => "-".to_owned(),
        false => ways.join(", "),
    };
    vec!["registered".to_owned(), ways]
}

#[test]
fn report_is_checked_against_what_the_preschool_may_have() {
    check("seat_group/reports.txt", |row| {
        told(register(&report(row), &known(row), rules::current()))
    });
}

#[test]
fn recall_takes_free_seats_and_no_others() {
    check("seat_group/recalls.txt", |row| {
        let count = row.read("count", |cell| cell.parse().ok());
        told(recall(count, &seats(row.get("before")), rules::current()))
    });
}

/// The seats after these changes.
fn after(seats: &[Seat], changes: &[Change]) -> Vec<Seat> {
    let mut seats = seats.to_vec();
    for change in changes {
        let mut state = change.path[0].from;
        for moved in &change.path {
            assert_eq!(moved.from, state, "a path is one way");
            state = moved.to;
        }
        let known = change
            .seat
            .map(|id| seats.iter().position(|seat| seat.id == id));
        let at = known.map(|at| at.expect("it is one of them"));
        let at = at.unwrap_or_else(|| {
            let id = i64::try_from(seats.len()).expect("few") + 1;
            let state = change.path[0].from;
            seats.push(Seat {
                id,
                state,
                state_funded: change.state_funded,
                away_until: None,
            });
            seats.len() - 1
        });
        assert_eq!(seats[at].state, change.path[0].from, "from where it stands");
        seats[at].state = state;
        seats[at].away_until = change.away_until;
    }
    seats
}

fn any_seats() -> impl Strategy<Value = Vec<Seat>> {
    prop::collection::vec(0..WORDS.len(), 0..20).prop_map(|words| {
        let text: Vec<String> = words
            .iter()
            .map(|at| format!("{}=1", WORDS[*at].0))
            .collect();
        match text.is_empty() {
            true => Vec::new(),
            false => seats(&text.join(" ")),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    // p.3, D-46, D-47: whatever is reported, the seats are as many afterwards as was said, and
    // nothing that a family holds has moved.
    #[test]
    fn seats_are_as_many_as_was_reported_and_none_is_taken_from_a_family(
        before in any_seats(),
        seats in 0u32..26,
        shares in (0u32..26, 0u32..4, 0usize..3),
    ) {
        let free = shares.0 % (seats + 1);
        let paid = shares.1 % (free + 1);
        let away = shares.2 % ((seats - free) as usize + 1);
        let report = Report {
            kind: PreschoolKind::General,
            ages: ages("3–3"),
            birth_year: None,
            seats,
            free,
            paid,
            temporary: vec![day(AWAY_UNTIL); away],
            sent_at: moment("2026-11-23T10:00:00"),
        };
        let known = Known {
            preschool: PreschoolFacts {
                id: PreschoolId::parse("710000000-0001").expect("its form"),
                status: PreschoolStatus::Active,
                kind: PreschoolKind::General,
            },
            capacity: Some(60),
            elsewhere: 0,
            purpose_known: true,
            seats_before: 25,
            reported_at: None,
            seats: before.clone(),
        };
        let held = |seats: &[Seat]| {
            let held = seats.iter().filter(|seat| seat.is_blocked());
            held.map(|seat| (seat.id, seat.state)).collect::<Vec<_>>()
        };
        match register(&report, &known, rules::current()) {
            Err(refusal) => {
                let of_seats = [Refusal::FreeSeatsFewer, Refusal::SeatsHeld];
                prop_assert!(of_seats.contains(&refusal), "{refusal:?}");
            }
            Ok(changes) => {
                let after = after(&before, &changes);
                prop_assert_eq!(held(&before), held(&after));
                let count = |paid: bool| {
                    let lasting = [
                        State::Free,
                        State::HeldByOffer,
                        State::HeldByReferral,
                        State::HeldByEnrolment,
                    ];
                    let those = after.iter().filter(|seat| lasting.contains(&seat.state));
                    those.filter(|seat| seat.state_funded != paid).count()
                };
                prop_assert_eq!(count(true) + count(false), free as usize);
                prop_assert_eq!(count(true), paid as usize);
                let known_taken = after.iter().filter(|seat| seat.state == State::Occupied);
                let aside = after.iter().filter(|seat| seat.away_until.is_some());
                prop_assert_eq!(aside.count(), away);
                prop_assert!(known_taken.count() + away <= (seats - free) as usize);
            }
        }
    }
}
