//! The catalogue: a service stands in seven places, and each that was forgotten is named.

use std::collections::BTreeSet;

use super::source::{files, named, read, root, sources};
use super::verdict;

/// A row of the CATALOGUE as its source says it.
struct Served {
    number: String,
    room: String,
    schema: String,
}

fn catalogue() -> Vec<Served> {
    let text = read(&root().join("src/services/catalogue.rs"));
    let table = text.split_once("pub const CATALOGUE").expect("the table").1;
    let table = table.split_once("\n];").expect("its end").0;
    let value = |row: &str, field: &str| {
        let line = row.lines().find_map(|line| line.trim().strip_prefix(field));
        let value = line.unwrap_or_else(|| panic!("a row without {field}"));
        value.trim_matches([' ', ':', ',', '"']).to_owned()
    };
    let rows = table.split("    Service {").skip(1);
    rows.map(|row| {
        let lane = value(row, "lane:");
        assert!(
            ["Lane::Write", "Lane::Read"].contains(&lane.as_str()),
            "{lane}"
        );
        let request = value(row, "request:");
        Served {
            number: value(row, "number:"),
            room: request.trim_end_matches("::REQUEST").to_owned(),
            schema: value(row, "schema:"),
        }
    })
    .collect()
}

#[test]
fn each_service_stands_in_its_seven_places() {
    let contract = read(&root().join("src/http/contract.rs"));
    let tests = read(&root().join("tests/contract/main.rs"));
    let mut missing = Vec::new();
    let mut need = |number: &str, what: &str, there: bool| {
        if !there {
            missing.push(format!("{number}: {what}"));
        }
    };
    for Served {
        number,
        room,
        schema,
    } in catalogue()
    {
        let folder = room.replace('_', "-");
        let source = std::fs::read_to_string(root().join(format!("src/services/{room}.rs")));
        let source = source.unwrap_or_default();
        let element = |constant: &str| {
            let line = source.split_once(&format!("pub const {constant}: &str = \""));
            line.map(|(_, rest)| rest.split('"').next().unwrap_or_default().to_owned())
                .unwrap_or_default()
        };
        need(&number, "src/services/<service>.rs", !source.is_empty());
        let shape = [
            "pub struct Request",
            "pub struct Answer",
            "pub fn read(",
            "fn handle<",
            "pub fn write(",
        ];
        let at: Vec<Option<usize>> = shape.iter().map(|part| source.find(part)).collect();
        need(
            &number,
            "Request, Answer, read, handle, write, in this sequence",
            at.iter().all(Option::is_some) && at.is_sorted(),
        );
        let xsd = std::fs::read_to_string(root().join("schemas").join(&schema));
        let xsd = xsd.unwrap_or_default();
        for constant in ["REQUEST", "ANSWER"] {
            let declared = format!("<xs:element name=\"{}\"", element(constant));
            need(&number, "an element in schemas/", xsd.contains(&declared));
        }
        need(
            &number,
            "its schema among those that ?wsdl&service serves",
            contract.contains(&format!("    \"{schema}\",\n")),
        );
        let fixtures = root().join("fixtures/services").join(&folder);
        let accepted = fixtures.join("accepted.request.xml").is_file();
        let refused = fixtures.is_dir()
            && files(&format!("fixtures/services/{folder}"))
                .iter()
                .any(|path| named(path).contains("/refused-"));
        need(
            &number,
            "fixtures: one accepted, one per refusal",
            accepted && refused,
        );
        let tested = root().join(format!("tests/contract/{room}.rs")).is_file();
        let run = tests.contains(&format!("mod {room};"));
        need(&number, "tests/contract/<service>.rs", tested && run);
    }
    verdict(missing);
}

#[test]
fn nothing_is_served_beside_the_catalogue() {
    let served: BTreeSet<String> = catalogue().into_iter().map(|row| row.room).collect();
    let counters = sources("src/services").into_iter();
    let counters: BTreeSet<String> = counters
        .filter(|source| source.code.contains("pub const REQUEST"))
        .filter_map(|source| {
            Some(
                source
                    .path
                    .rsplit('/')
                    .next()?
                    .strip_suffix(".rs")?
                    .to_owned(),
            )
        })
        .collect();
    assert_eq!(counters, served);
}
