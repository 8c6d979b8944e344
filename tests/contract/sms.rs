//! The message object fits its schema, and the words are the golden ones.

use std::collections::BTreeSet;

use kezek::notify::{self, Message, ShortName, Text};
use kezek::queue::application::check::Ground;
use kezek::queue::notice::{Enqueued, Notice};
use kezek::queue::rank::{Place, Tier};
use kezek::terms::{Day, Language, Moment, Phone, PreschoolId};
use serde_json::Value;

use crate::fixture;
use crate::json_schema::fits;

fn enqueued(provisional: bool) -> (Notice, Vec<ShortName>) {
    let place = |number: u32| Place {
        number,
        effective_number: number,
        tier: Tier::General,
        tier_number: number,
        ahead: number - 1,
        ahead_with_offer: 0,
        ahead_unavailable: 0,
    };
    let id = |text| PreschoolId::parse(text).expect("its form");
    let (first, second) = (id("710000000-0001"), id("710000000-0002"));
    let notice = Notice::Enqueued(Enqueued {
        application: 1,
        places: vec![(first, place(14)), (second, place(3))],
        provisional,
        valid_until: Day::from_parts(2027, 11, 23).expect("a day"),
    });
    let names = vec![
        (first, "Ақ қайың".to_owned(), "Ак кайын".to_owned()),
        (
            second,
            "Жұлдызды аспан".to_owned(),
            "Звёздное небо".to_owned(),
        ),
    ];
    (notice, names)
}

fn extended() -> Notice {
    Notice::Extended {
        application: 1024,
        valid_until: Day::from_parts(2027, 11, 23).expect("a day"),
    }
}

fn checked(provisional: bool) -> Notice {
    let Notice::Enqueued(facts) = enqueued(provisional).0 else {
        unreachable!("it was made above");
    };
    Notice::Checked(facts)
}

fn updated(provisional: bool) -> Notice {
    let Notice::Enqueued(facts) = enqueued(provisional).0 else {
        unreachable!("it was made above");
    };
    Notice::Updated(facts)
}

fn messages() -> Vec<Message> {
    let (notice, names) = enqueued(false);
    let phones = ["+77010000001", "+77010000002"].map(|text| Phone::parse(text).expect("a phone"));
    let at = Moment::parse("2026-11-23T10:00:00+05:00").expect("a moment");
    notify::messages(&notice, &names, &phones, at)
}

#[test]
fn words_are_the_golden_ones_in_both_languages_and_no_other_fixture_lies_there() {
    let mut used = BTreeSet::new();
    let ((first, names), (on_check, _)) = (enqueued(false), enqueued(true));
    let notices = [
        (
            "benefit-refused",
            Notice::BenefitRefused {
                application: 1024,
                ground: Ground::OutOfDate,
            },
        ),
        ("checked", checked(false)),
        ("checked-in-part", checked(true)),
        ("enqueued", first),
        ("enqueued-on-check", on_check),
        ("extended", extended()),
        (
            "rejected",
            Notice::Rejected {
                application: 1024,
                ground: Ground::AnotherPerson,
            },
        ),
        ("updated", updated(false)),
        ("updated-on-check", updated(true)),
        ("withdrawn", Notice::Withdrawn { application: 1024 }),
    ];
    let both = notices
        .iter()
        .flat_map(|notice| Language::BOTH.map(|language| (notice, language)));
    for ((said, notice), language) in both {
        let name = format!("{said}.{}.txt", language.code());
        let Text { text, segments } = notify::sms(notice, &names, language);
        fixture::compare(&fixture::folder("sms").join(&name), &format!("{text}\n"));
        // What says why it refuses may take two.
        let most = if notice.ground().is_some() { 2 } else { 1 };
        assert!(segments <= most, "{name}");
        used.insert(name);
    }
    let there = std::fs::read_dir(fixture::folder("sms")).expect("the folder is there");
    let there: BTreeSet<String> = there
        .map(|entry| {
            entry
                .expect("it can be read")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert_eq!(there, used);
}

#[test]
fn message_object_is_what_the_schema_describes() {
    let schema: Value =
        serde_json::from_str(include_str!("../../schemas/sms.schema.json")).expect("JSON");
    for message in messages() {
        let object = serde_json::to_value(&message).expect("it serialises");
        fits(&schema, &schema, &object, "$");
        let back: Message = serde_json::from_value(object).expect("what is written can be read");
        assert_eq!(back, message);
    }
}

#[test]
fn object_with_a_field_too_many_or_too_few_does_not_fit() {
    let message = messages().remove(0);
    let object = serde_json::to_value(&message).expect("it serialises");
    let fields: Vec<String> = object
        .as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect();
    assert_eq!(fields.len(), 7);
    for field in &fields {
        let mut less = object.clone();
        less.as_object_mut().expect("an object").remove(field);
        assert!(
            serde_json::from_value::<Message>(less).is_err(),
            "without {field}"
        );
    }
    let mut more = object;
    more["extra"] = Value::from(1);
    assert!(serde_json::from_value::<Message>(more).is_err());
}
