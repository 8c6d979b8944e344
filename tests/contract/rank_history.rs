//! S-13: its fixtures and its mutants.

use kezek::queue::rank::{Change, History, Reason};
use kezek::services::rank_history::{Answer, CHANGES_MAX, QueueHistory, write};
use kezek::services::{Service, by_number};
use kezek::terms::PreschoolId;

use crate::{fixture, mutants, validator};

const FOLDER: &str = "rank-history";

fn service() -> &'static Service {
    by_number("S-13").expect("the catalogue has it")
}

#[test]
fn every_fixture_is_answered_as_its_name_says() {
    fixture::check_form(service(), FOLDER);
}

// Every reason has its code and its words in the schema, and the longest answer is within it.
#[test]
fn every_answer_that_can_be_written_fits_the_schema() {
    let change = |reason: Reason| Change {
        at: fixture::received(),
        reason,
        places: -1,
        number: Some(u32::MAX),
    };
    let mut each: Vec<Change> = Reason::ALL.iter().copied().map(change).collect();
    each.push(Change {
        number: None,
        ..change(Reason::Withdrawn)
    });
    let queue = |changes, closing| QueueHistory {
        preschool: PreschoolId::parse("710000000-0001").expect("its form"),
        queue: ("а".into(), "б".into()),
        history: History {
            opening: Some(1),
            changes,
            closing,
        },
        truncated: true,
    };
    let answer = |queues| {
        write(&Answer {
            number: 1,
            from: fixture::received(),
            until: fixture::received(),
            as_of: fixture::received(),
            queues,
        })
    };
    let most = queue(vec![change(Reason::Interleaved); CHANGES_MAX], None);
    let answers = [
        answer(Vec::new()),
        answer(vec![queue(each, Some(2))]),
        answer(vec![most; 4]),
    ];
    // What is signed is parsed once more, and has to be well below 4 MiB.
    assert!(answers[2].len() < 3 << 20, "{}", answers[2].len());
    let schema = validator::schema(service().schema);
    for verdict in validator::validate(&schema, &answers) {
        assert!(verdict.valid, "{:?}", verdict.said);
    }
}

#[test]
fn schema_rules_and_reading_agree_about_mutants() {
    mutants::check(service(), FOLDER);
}
