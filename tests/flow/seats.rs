//! Seats on a real register: reports that come at once, and the history that they leave.

use futures_util::future::join_all;
use kezek::services::{Regions, Status};

use crate::services::{Counter, texts};

const REPORT: &str = include_str!("../../fixtures/services/seat-group/accepted.request.xml");

/// A report of this group, with so many free seats, of a preschool of sixty seats.
fn report(group: &str, free: u32) -> String {
    REPORT
        .replace("710000000-0003", "710000000-0001")
        .replace("G-2026-1", group)
        .replace("<k:freeSeats>3<", &format!("<k:freeSeats>{free}<"))
}

// 004 1_5 st.2: sixty seats are room for two groups of twenty-five, whoever comes first.
#[tokio::test]
async fn reports_at_once_never_exceed_what_the_preschool_is_designed_for() {
    let counter = Counter::open().await;
    let reports: Vec<String> = (0..8).map(|at| report(&format!("G-{at}"), 3)).collect();
    let asked = reports
        .iter()
        .map(|text| counter.hand_in("egov", Regions::All, text, 0));
    let outcomes = join_all(asked).await;
    let taken = outcomes.iter().filter(|it| it.status == Status::Success);
    assert_eq!(taken.count(), 2);
    for refused in outcomes.iter().filter(|it| it.status != Status::Success) {
        assert_eq!(texts(refused, "code"), ["capacity_exceeded"]);
    }
    let seats = "SELECT sum(seats) FROM seat_group WHERE preschool = '710000000-0001'";
    assert_eq!(counter.number(seats).await, 50);
    assert_eq!(counter.number("SELECT count(*) FROM seat").await, 6);
}

// 004 1_5 p.3, D-46: the count of a group is that of its seats after each report, also when recalls
// and reports of one group come at once; and each change stands in the history.
#[tokio::test]
async fn count_of_a_group_is_that_of_its_seats_whatever_comes_at_once() {
    let counter = Counter::open().await;
    let first = report("G-2026-1", 5);
    counter.hand_in("egov", Regions::All, &first, 0).await;
    let recall = include_str!("../../fixtures/services/seat-recall/accepted.request.xml");
    let recall = recall.replace("710000000-0003", "710000000-0001");
    let recalls = join_all((0..8).map(|_| counter.hand_in("egov", Regions::All, &recall, 0))).await;
    let taken = recalls.iter().filter(|it| it.status == Status::Success);
    assert_eq!(taken.count(), 5, "of five seats no sixth is taken");
    let again = counter.hand_in("egov", Regions::All, &first, 0).await;
    assert_eq!(texts(&again, "freeSeats"), ["5"]);
    for (question, answer) in [
        ("SELECT free::bigint FROM seat_group", 5),
        ("SELECT count(*) FROM seat WHERE state = 'FREE'", 5),
        ("SELECT count(*) FROM seat WHERE state = 'RECALLED'", 5),
        (
            "SELECT count(*) FROM seat_event WHERE event = 'REGISTERED'",
            10,
        ),
        (
            "SELECT count(*) FROM seat_event WHERE event = 'RECALLED'",
            5,
        ),
        (
            "SELECT count(*) FROM seat_report WHERE ground = 'MISTAKE'",
            5,
        ),
        ("SELECT count(*) FROM seat_report WHERE ground IS NULL", 2),
        (
            "SELECT count(*) FROM seat_event e JOIN seat_report r ON r.id = e.report",
            15,
        ),
    ] {
        assert_eq!(counter.number(question).await, answer, "{question}");
    }
}
