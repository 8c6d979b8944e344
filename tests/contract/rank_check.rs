//! S-12: its fixtures, its answers, its mutants.

use kezek::queue::application;
use kezek::queue::benefit::Benefit;
use kezek::queue::rank::{Census, Share, Tier};
use kezek::queue::refusal::Refusal;
use kezek::queue::rules;
use kezek::registry::Part;
use kezek::services::place::QueuePlace;
use kezek::services::rank_check::{Answer, Extract, read, write};
use kezek::services::{Service, answer, by_number};
use kezek::terms::{Day, PersonName, PreschoolId};

use crate::fixture::{self, payload, received};
use crate::{mutants, validator};

const FOLDER: &str = "rank-check";

fn service() -> &'static Service {
    by_number("S-12").expect("the catalogue has it")
}

fn extract(benefit: Option<Benefit>, patronymic: Option<&str>) -> Extract {
    let id = |text| PreschoolId::parse(text).expect("its form");
    let census = Census {
        general: Share {
            before: 2,
            total: 5,
        },
        ..Census::default()
    };
    let place = census.place(Tier::General, rules::current());
    let name = |given| PersonName::new("Үлгібаев", given, patronymic).expect("a name");
    let names = ("«Ақ қайың» балабақшасы", "Ясли-сад «Ақ қайың»");
    Extract {
        number: 1,
        on_document_check: benefit.is_some(),
        filed_at: received(),
        valid_until: Day::from_parts(2027, 11, 23).expect("a day"),
        kind: "GENERAL".into(),
        places: vec![QueuePlace::named(
            id("710000000-0001"),
            names,
            &Part::BirthYear(2022),
            place,
        )],
        applicant_name: name("Сынақ"),
        child_name: name("Мысал"),
        benefit,
        care: None,
        preferred: vec![id("710000000-0002"), id("710000000-0001")],
    }
}

#[test]
fn every_fixture_is_answered_as_its_name_says() {
    fixture::check(service(), FOLDER, |request| {
        match read(payload(&request.document)) {
            Err(findings) => answer::findings(&findings),
            Ok(_) => {
                // The register would show one application, or none where the name says so.
                let none = request.case == "refused-not-in-queue";
                let shown = if none {
                    Vec::new()
                } else {
                    vec![extract(None, None)]
                };
                let named = request.case != "refused-name-differs";
                match application::extract(shown, named) {
                    Ok(extracts) => write(&Answer {
                        as_of: received(),
                        extracts,
                    }),
                    Err(Refusal::NameDiffers) => {
                        answer::refusal_at(Refusal::NameDiffers, &["/rankCheck/child/name"])
                    }
                    Err(refusal) => answer::refusal(refusal),
                }
            }
        }
    });
}

// 1_4 p.3 «ФИО (при наличии)»: registers spell a name in more than one way.
#[test]
fn spellings_of_one_name_agree_and_other_names_do_not() {
    let name =
        |surname, given, patronymic| PersonName::new(surname, given, patronymic).expect("a name");
    let kept = name("Королёва-Үлгі", "Андрей", Some("Сынақұлы"));
    for (surname, given, patronymic) in [
        ("КОРОЛЕВА-ҮЛГІ", "АНДРЕЙ", Some("СЫНАҚҰЛЫ")),
        ("Короле\u{308}ва-Үлгі", "Андреи\u{306}", None),
        ("королева-үлгі", "андрей", Some("сынақұлы")),
    ] {
        assert!(kept.agrees(&name(surname, given, patronymic)), "{surname}");
    }
    for (surname, given, patronymic) in [
        ("Королева", "Андрей", None),
        ("Королёва-Үлгі", "Андреи", None),
        ("Королёва-Үлгі", "Андрей", Some("Басқаұлы")),
    ] {
        assert!(!kept.agrees(&name(surname, given, patronymic)), "{given}");
    }
}

#[test]
fn every_answer_that_can_be_written_fits_the_schema() {
    let mut extracts: Vec<Extract> = Benefit::ALL
        .into_iter()
        .map(|it| extract(Some(it), Some("Сынақұлы")))
        .collect();
    extracts.truncate(8);
    let answers = [Vec::new(), extracts].map(|extracts| {
        write(&Answer {
            as_of: received(),
            extracts,
        })
    });
    let schema = validator::schema(service().schema);
    for verdict in validator::validate(&schema, &answers) {
        assert!(verdict.valid, "{:?}", verdict.said);
    }
}

#[test]
fn schema_rules_and_reading_agree_about_mutants() {
    mutants::check(service(), FOLDER);
}
