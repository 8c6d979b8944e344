//! The start set: its codes are those of the schemas, its words those of the answers.

use std::collections::BTreeSet;

use kezek::queue::rank::Reason;
use kezek::registry::{CodeList, PreschoolKind, Registers};
use kezek::services::answer;
use kezek::terms::Language;

const START: [&str; 3] = [
    include_str!("../../fixtures/registry/start/settlements.toml"),
    include_str!("../../fixtures/registry/start/codes.toml"),
    include_str!("../../fixtures/registry/start/preschools.toml"),
];

/// The start set.
pub fn start() -> Registers {
    Registers::read(START).expect("the start set is right")
}

/// The values of an enumerated type of a schema.
pub fn enumerated(schema: &str, simple_type: &str) -> BTreeSet<String> {
    let open = format!("<xs:simpleType name=\"{simple_type}\">");
    let (_, rest) = schema.split_once(&open).expect("the type is declared");
    let (body, _) = rest.split_once("</xs:simpleType>").expect("it ends");
    let values = body.split("<xs:enumeration value=\"").skip(1);
    values
        .map(|value| value.split('"').next().unwrap_or_default().to_owned())
        .collect()
}

// What can be loaded can be asked for by its name.
#[test]
fn every_list_has_its_name_in_the_schema_of_lists() {
    let schema = include_str!("../../schemas/code-list.xsd");
    let names: BTreeSet<String> = CodeList::ALL.map(|list| list.code().to_owned()).into();
    assert_eq!(enumerated(schema, "CodeListName"), names);
}

#[test]
fn lists_have_the_codes_of_the_schemas() {
    let common = include_str!("../../schemas/common.xsd");
    let registration = include_str!("../../schemas/queue-registration.xsd");
    let history = include_str!("../../schemas/rank-history.xsd");
    let set = start();
    for (list, schema, simple_type) in [
        (CodeList::ApplicantType, registration, "ApplicantType"),
        (CodeList::ApplicationStatus, common, "Status"),
        (CodeList::Benefit, common, "BenefitKind"),
        (CodeList::Kind, common, "Kind"),
        (CodeList::RankReason, history, "RankReason"),
        (CodeList::TeachingLanguage, common, "TeachingLanguage"),
    ] {
        let loaded: BTreeSet<String> = set
            .codes
            .iter()
            .filter(|it| it.list == list)
            .map(|it| it.code.clone())
            .collect();
        assert_eq!(loaded, enumerated(schema, simple_type), "{list:?}");
    }
}

// An administrator may reword the list; what we hand out says what our answers say.
#[test]
fn reasons_of_the_start_set_have_the_words_of_answers() {
    let rows = start().codes.into_iter();
    for row in rows.filter(|it| it.list == CodeList::RankReason) {
        let reason = Reason::from_code(&row.code).expect("the core knows it");
        let words = Language::BOTH.map(|language| answer::words_of_reason(reason, language));
        assert_eq!([row.name_kk.as_str(), &row.name_ru], words, "{}", row.code);
    }
}

// 004 annex 2 names twenty regions; each has a settlement in the start set.
#[test]
fn start_set_has_a_settlement_of_every_region_and_a_code_of_every_list() {
    let set = start();
    let codes = set.settlements.iter().map(|it| it.code.as_str());
    let regions: BTreeSet<&str> = codes.map(|code| &code[..2]).collect();
    assert_eq!(regions.len(), 20);
    for list in CodeList::ALL {
        assert!(set.codes.iter().any(|it| it.list == list), "{list:?}");
    }
    let kinds = set.preschools.iter().map(|(preschool, _)| preschool.kind);
    let kinds: BTreeSet<&str> = kinds.map(PreschoolKind::code).collect();
    assert_eq!(kinds.len(), PreschoolKind::ALL.len());
}

/// In which file, what is changed to what, and how what is said begins.
const WRONG: [(usize, &str, &str, &str); 14] = [
    (
        0,
        "\"790000000\"",
        "\"990000000\"",
        "settlements.toml: 990000000: not nine digits",
    ),
    (
        0,
        "\"790000000\"",
        "\"101010000\"",
        "settlements.toml: 101010000: the key stands twice",
    ),
    (
        0,
        "\"Город Шымкент\"",
        "\" \"",
        "settlements.toml: 790000000: a name is empty",
    ),
    (
        1,
        "\"ORPHAN\"",
        "\"ORPHANS\"",
        "codes.toml: BENEFIT ORPHANS: the law is applied by",
    ),
    (
        1,
        "\"ORPHAN\"",
        "\"ORPHANS\"",
        "codes.toml: BENEFIT ORPHAN: the list lacks this code",
    ),
    (
        1,
        "\"DISORDER\"",
        "\"DISORDERS\"",
        "codes.toml: DISORDERS HEARING: there is no such list",
    ),
    (
        1,
        "\"HEARING\"",
        "\"HE-RING\"",
        "codes.toml: DISORDER HE-RING: the code has other",
    ),
    (
        2,
        "\"STATE\"",
        "\"STATES\"",
        "preschools.toml: 710000000-0001: `STATES` is not in the list",
    ),
    (
        2,
        "\"710000000-0001\"",
        "\"720000000-0001\"",
        "preschools.toml: 720000000-0001: its settlement",
    ),
    (
        2,
        "\"710000000-0001\"",
        "\"7100-0001\"",
        "preschools.toml: 7100-0001: the identifier",
    ),
    (
        2,
        "\"+77000000001\"",
        "\"87000000001\"",
        "preschools.toml: 710000000-0001: the phone",
    ),
    (
        2,
        "[\"kk\"]",
        "[\"kk\", \"kk\"]",
        "preschools.toml: 710000000-0001: `languages`",
    ),
    (
        2,
        "capacity = 60",
        "capacity = 0",
        "preschools.toml: 710000000-0001: a number",
    ),
    (
        2,
        "capacity = 60",
        "colour = 60",
        "preschools.toml: file: not of the form",
    ),
];

#[test]
fn each_wrong_row_is_named_by_file_and_key() {
    for (file, from, to, expected) in WRONG {
        let changed = START[file].replacen(from, to, 1);
        assert_ne!(changed, START[file], "{from} is there");
        let mut texts = START;
        texts[file] = &changed;
        let wrong = Registers::read(texts).expect_err(expected);
        let said: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        assert!(
            said.iter().any(|it| it.starts_with(expected)),
            "{expected}: {said:#?}"
        );
    }
}
