//! The history of a number (S-13) and the number itself (S-12): they must agree after anything that
//! services do to a queue.

use kezek::services::{Outcome, Regions, Status};

use crate::services::{Counter, texts, with_check_digit};

/// A fixture with another child, filed at another time, and other values.
fn of(service: &str, child: &str, changes: &[(&str, &str)]) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/services/");
    let path = format!("{folder}{service}/accepted.request.xml");
    let text = std::fs::read_to_string(path).expect("the fixture is there");
    let mut text = text.replace("220514500131", child);
    for (from, to) in changes {
        assert!(text.contains(from), "{service} has no {from}");
        text = text.replace(from, to);
    }
    text
}

fn numbers(outcome: &Outcome, local: &str) -> Vec<i64> {
    let all = texts(outcome, local).into_iter();
    all.map(|text| text.parse().expect("a number")).collect()
}

struct Family {
    child: String,
    application: String,
}

/// Twelve families of one queue, each filing before the one before it, two in three with priority.
async fn twelve(counter: &Counter) -> Vec<Family> {
    let mut families = Vec::new();
    // Not every serial number has a check digit.
    let numbers = (20..99).filter_map(|serial| with_check_digit(&format!("220514500{serial}")));
    for (at, child) in numbers.take(12).enumerate() {
        let filed = format!("2026-11-23T10:00:00.{:03}+05:00", 900 - at * 50);
        let benefit = if at % 3 == 0 {
            "<k:held>false</k:held>"
        } else {
            "<k:held>true</k:held><k:kind>LARGE_FAMILY</k:kind>"
        };
        let text = of(
            "queue-registration",
            &child,
            &[
                ("PORTAL-2026-000001", &format!("PORTAL-{at}")),
                (
                    "2026-11-23T10:00:00.000+05:00</k:filedAt>",
                    &format!("{filed}</k:filedAt>"),
                ),
                ("<k:held>false</k:held>", benefit),
            ],
        );
        let registered = counter.hand_in("egov", Regions::All, &text, 0).await;
        assert_eq!(registered.status, Status::Success, "{}", registered.payload);
        let application = texts(&registered, "applicationNumber").remove(0);
        families.push(Family { child, application });
    }
    families
}

// 004 pt.2(9), 1_10 No. 13; D-39: what the log tells is what is counted, and it adds up.
#[tokio::test]
async fn history_ends_with_the_number_that_is_counted_and_adds_up_to_it() {
    let counter = Counter::open().await;
    let mut families = twelve(&counter).await;
    for at in [9, 4, 2] {
        let Family { child, application } = families.remove(at);
        let number = format!(">{application}</k:applicationNumber");
        let text = of(
            "withdrawal",
            &child,
            &[(">1</k:applicationNumber", &number)],
        );
        let withdrawn = counter.hand_in("egov", Regions::All, &text, 0).await;
        assert_eq!(withdrawn.status, Status::Success, "{}", withdrawn.payload);
    }
    let mut changes = 0;
    for Family { child, application } in &families {
        let asked = of("rank-check", child, &[]);
        let counted = counter.hand_in("egov", Regions::All, &asked, 0).await;
        let number = format!(">{application}</k:applicationNumber");
        let asked = of(
            "rank-history",
            child,
            &[(">1</k:applicationNumber", &number)],
        );
        let told = counter.hand_in("egov", Regions::All, &asked, 0).await;
        assert_eq!(told.status, Status::Success, "{}", told.payload);
        assert_eq!(texts(&told, "preschool").len(), 2);
        assert_eq!(
            numbers(&told, "closing"),
            numbers(&counted, "number"),
            "{}",
            told.payload
        );
        let sum = |local| numbers(&told, local).iter().sum::<i64>();
        assert_eq!(
            sum("opening") + sum("places"),
            sum("closing"),
            "{}",
            told.payload
        );
        changes += numbers(&told, "places").len();
    }
    assert!(changes > 40, "the queue moved: {changes}");
}
