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

/// An update of the family's application, so many days after the first message.
async fn update(counter: &Counter, family: &Family, what: &str, days: i64) {
    let named = "<k:preschools>
                <k:choice>
                  <k:preschool>710000000-0002</k:preschool>
                </k:choice>
                <k:choice>
                  <k:preschool>710000000-0003</k:preschool>
                </k:choice>
              </k:preschools>";
    let number = format!(">{}</k:applicationNumber", family.application);
    let changes = [(">1</k:applicationNumber", number.as_str()), (named, what)];
    let text = of("update", &family.child, &changes);
    let day = 86_400_000;
    let updated = counter
        .hand_in("egov", Regions::All, &text, days * day)
        .await;
    assert_eq!(updated.status, Status::Success, "{}", updated.payload);
}

fn choices(preschools: &[u32]) -> String {
    let choice =
        |id: &u32| format!("<k:choice><k:preschool>710000000-{id:04}</k:preschool></k:choice>");
    let all: String = preschools.iter().map(choice).collect();
    format!("<k:preschools>{all}</k:preschools>")
}

/// Benefits are gained and lost, preschools dropped, added, and chosen again a month later.
async fn updates(counter: &Counter, families: &[Family]) {
    const HELD: &str = "<k:benefit><k:held>true</k:held><k:kind>ORPHAN</k:kind></k:benefit>";
    const NONE: &str = "<k:benefit><k:held>false</k:held></k:benefit>";
    update(counter, &families[0], HELD, 0).await;
    update(counter, &families[1], NONE, 0).await;
    update(counter, &families[2], &choices(&[2, 3]), 0).await;
    update(counter, &families[3], &choices(&[3, 2, 1]), 0).await;
    update(
        counter,
        &families[4],
        &format!("{NONE}{}", choices(&[4])),
        0,
    )
    .await;
    update(counter, &families[5], HELD, 0).await;
    update(
        counter,
        &families[2],
        &format!("{HELD}{}", choices(&[1, 2])),
        31,
    )
    .await;
    update(counter, &families[4], &choices(&[1, 2, 3, 4]), 31).await;
}

// 004 pt.2(9), 1_10 No. 13, 1_3; D-39: what the log tells is what is counted, and it adds up.
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
    updates(&counter, &families).await;
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
        assert!(texts(&told, "preschool").len() >= 2);
        assert_eq!(
            numbers(&told, "closing"),
            numbers(&counted, "number"),
            "{}",
            told.payload
        );
        // What it has left has no number in the end.
        for queue in told.payload.split("<k:history>").skip(1) {
            let all = |local: &str| -> Vec<i64> {
                let open = format!("<k:{local}>");
                let parts = queue.split(open.as_str()).skip(1);
                let text = |part: &str| part.split('<').next().map(str::to_owned);
                let texts = parts.filter_map(text);
                texts.map(|text| text.parse().expect("a number")).collect()
            };
            let sum = |local| all(local).into_iter().sum::<i64>();
            if !all("closing").is_empty() {
                let from = sum("opening") + sum("places");
                assert_eq!(from, sum("closing"), "{queue}");
            }
        }
        changes += numbers(&told, "places").len();
    }
    assert!(changes > 40, "the queue moved: {changes}");
}
