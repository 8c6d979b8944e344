//! 004 1_1 p.4, 1_2 p.1, p.3, 1_8 No. 3: who may decide about an application, and what follows.

use kezek::queue::application::State;
use kezek::queue::application::change::{Named, addressed, extend, withdraw};
use kezek::queue::refusal::Refusal;
use kezek::queue::rules;
use kezek::terms::Day;

use crate::table::check;

// 1_1 p.4 «Заявителем является законный представитель ребенка»; 1_2 p.1(1).
#[test]
fn only_who_filed_decides_about_an_application_that_stands_where_it_is_said() {
    check("application/addressed.txt", |row| {
        let yes = |column: &str| row.get(column) == "yes";
        let named = (row.get("number") == "known").then(|| Named {
            of_child: yes("child"),
            of_applicant: yes("applicant"),
            names_agree: yes("names"),
            of_settlement: yes("settlement"),
            ended: yes("ended"),
        });
        match addressed(named) {
            Ok(()) => vec!["may".to_owned(), "-".to_owned()],
            Err(refusal) => vec![refusal.code().to_owned(), refusal.paragraph().to_owned()],
        }
    });
}

#[test]
fn application_is_withdrawn_from_every_state_in_which_it_stands_in_a_queue() {
    for state in State::ALL {
        let withdrawn = withdraw(state, rules::current()).expect("1_8 No. 3 names no condition");
        assert_eq!(
            (withdrawn.state, withdrawn.law),
            ("WITHDRAWN", "004 1_8 No. 3")
        );
        assert_eq!(withdrawn.notice(7).application(), 7);
    }
}

// 1_2 p.3 «не более, чем до 12 месяцев … в любой момент времени»; D-101.
#[test]
fn extension_reaches_a_year_from_its_day_from_every_state() {
    let day = |text| Day::parse(text).expect("a day");
    for state in State::ALL {
        for (until, today, extended) in [
            ("2027-11-23", "2026-11-23", "2027-11-23"),
            ("2027-11-23", "2027-03-01", "2028-03-01"),
            ("2028-12-01", "2027-11-23", "2028-12-01"),
            ("2026-11-23", "2026-11-23", "2027-11-23"),
        ] {
            let rules = rules::current();
            let told = extend(state, day(until), day(today), rules).expect("at any time");
            assert_eq!(told.valid_until, day(extended), "{until} {today}");
            assert_eq!(told.law, "004 1_2 p.3; D-101");
            assert_eq!(told.notice(7).application(), 7);
        }
        // The day after its last one there is nothing to extend (1_2 p.1(1), D-103).
        let late = extend(
            state,
            day("2026-11-22"),
            day("2026-11-23"),
            rules::current(),
        );
        assert_eq!(late.err(), Some(Refusal::ApplicationEnded));
    }
}
