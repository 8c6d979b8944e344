//! 1_9 p.6–8: which benefit gives which tier, and on what proof.

use kezek::queue::application::PreschoolKind;
use kezek::queue::benefit::{
    Answer, Benefit, Finding, Proof, Source, Stale, Tonight, at_distribution, certificate,
    concluded, ends_soon,
};
use kezek::queue::lifecycle::application;
use kezek::queue::rank::Tier;
use kezek::queue::rules::{self, RuleSet, by_id};
use kezek::terms::{Day, Moment};

use crate::table::check;

// pt.11, pt.13, pt.15; 1_9 p.6–8; D-20.
#[test]
fn benefit_gives_the_tier_that_its_paragraph_names() {
    check("benefit/directory.txt", |row| {
        let benefit = row.read("code", Benefit::from_code);
        let special_needs_is_priority = row.read("special_needs", |cell| match cell {
            "priority" => Some(true),
            "general" => Some(false),
            _ => None,
        });
        let rules = RuleSet {
            special_needs_is_priority,
            ..rules::current().clone()
        };
        let proof = match benefit.proof() {
            Proof::Attested => "attested",
            Proof::Scan => "scan",
        };
        let tier = benefit.tier(&rules).code();
        [tier, proof, benefit.paragraph()]
            .map(str::to_owned)
            .to_vec()
    });
}

// pt.15 with 1_1 st.3: what goes out of turn is proved by a scan, and nothing else is.
#[test]
fn only_out_of_turn_benefits_are_proved_by_a_scan() {
    for benefit in Benefit::ALL {
        let out_of_turn = benefit.tier(rules::current()) == Tier::OutOfTurn;
        assert_eq!(
            out_of_turn,
            benefit.proof() == Proof::Scan,
            "{}",
            benefit.code()
        );
    }
}

#[test]
fn benefit_without_a_row_in_the_directory_is_none() {
    assert_eq!(Benefit::from_code("BLOOD_DONOR"), None);
}

// 1_9 p.1, p.6–8: who keeps the truth of it, and whose circumstance it is.
#[test]
fn benefit_is_known_to_its_register_and_rests_on_its_ground() {
    check("benefit/evidence.txt", |row| {
        let benefit = row.read("code", Benefit::from_code);
        // Only what no register knows is shown by a scan (1_1 st.3, 1_9 p.6).
        let scan = benefit.proof() == Proof::Scan;
        assert_eq!(scan, benefit.source() == Source::Workplace);
        vec![
            benefit.source().code().to_owned(),
            benefit.ground().code().to_owned(),
        ]
    });
}

// 1_9 p.6; D-76.
#[test]
fn certificate_is_good_for_ten_days_before_the_filing() {
    check("benefit/certificate.txt", |row| {
        let day = |column: &str| row.read(column, |cell| Day::parse(cell).ok());
        let rules = row.read("rules", by_id);
        let answer = match certificate(day("issued"), day("shown"), rules) {
            Ok(()) => "good",
            Err(Stale::IssuedLater) => "issued_later",
            Err(Stale::TooOld) => "too_old",
        };
        vec![answer.to_owned()]
    });
}

// pt.17–19, 21, 23, 29; D-18, D-19, D-73, D-75, D-79.
#[test]
fn finding_moves_the_child_to_its_tier_and_keeps_its_time() {
    check("benefit/consequences.txt", |row| {
        let benefit = row.read("benefit", Benefit::from_code);
        let finding = row.read("finding", Finding::from_code);
        let kind = row.read("queue", PreschoolKind::from_code);
        let follows = benefit.consequence(finding, kind, rules::current());
        let event = follows.event.map_or("-", application::Event::code);
        [
            follows.tier.code(),
            follows.choices.code(),
            event,
            follows.law,
        ]
        .map(str::to_owned)
        .to_vec()
    });
}

// pt.29, 1_6 st.4; D-75.
#[test]
fn silent_register_costs_nobody_a_seat_at_once() {
    check("benefit/distribution.txt", |row| {
        let moment = |cell: &str| Moment::parse(cell).ok();
        let answer = row.read("answer", |cell| match cell {
            "yes" => Some(Answer::Yes),
            "no" => Some(Answer::No),
            "silent" => Some(Answer::Silent { last_yes: None }),
            _ => moment(cell).map(|yes| Answer::Silent {
                last_yes: Some(yes),
            }),
        });
        let tonight = match at_distribution(answer, row.read("night", moment), rules::current()) {
            Tonight::Counts => "counts",
            Tonight::Lost => "lost",
            Tonight::Held => "held",
        };
        vec![tonight.to_owned()]
    });
}

// pt.21; D-82.
#[test]
fn family_is_told_thirty_days_before_a_conclusion_ends() {
    let day = |text: &str| Day::parse(text).expect("a day");
    let soon = |today| ends_soon(day("2026-12-31"), day(today), rules::current());
    assert_eq!(
        ["2026-11-30", "2026-12-01", "2026-12-31", "2027-01-01"].map(soon),
        [false, true, true, false]
    );
}

// 1_9 p.8, pt.21; D-82: the first day and the last one are days of it.
#[test]
fn conclusion_counts_from_its_first_day_to_its_last() {
    let day = |text: &str| Day::parse(text).expect("a day");
    let counts = |withdrawn: Option<&str>, on| {
        let (from, until) = (day("2026-09-01"), day("2027-08-31"));
        concluded(from, until, withdrawn.map(day), day(on))
    };
    assert!(!counts(None, "2026-08-31"));
    assert!(counts(None, "2026-09-01") && counts(None, "2027-08-31"));
    assert!(!counts(None, "2027-09-01"));
    assert!(counts(Some("2027-01-15"), "2027-01-14"));
    assert!(!counts(Some("2027-01-15"), "2027-01-15"));
}
