//! Our canonical form against that of libxml2, over random documents of
//! `tests/peers/c14n/generate.py`.

use std::path::Path;
use std::process::Command;

use kezek::envelope::WSU_NAMESPACE;
use kezek::xml::canonical::{self, Form, Namespaces};
use kezek::xml::{Document, Limits};
use serde::Deserialize;

const SEED: &str = "351";
const DOCUMENTS: usize = 2_000;
const OCTETS_MAX: usize = 16 << 20;

/// One line of the generator.
#[derive(Deserialize)]
struct Case {
    case: u32,
    document: String,
    apex: String,
    prefixes: Option<Vec<String>>,
    canonical: String,
    /// The inclusive form of the apex.
    inclusive: String,
    /// That of the whole document, with comments.
    whole: String,
}

#[test]
fn canonical_form_is_that_of_libxml2_to_the_octet() {
    let cases = generate();
    assert_eq!(cases.len(), DOCUMENTS);
    let listed = cases.iter().filter(|case| case.prefixes.is_some()).count();
    let strays: Vec<String> = cases.iter().filter_map(stray).collect();
    println!(
        "{DOCUMENTS} documents, {listed} with a PrefixList, {} strays",
        strays.len()
    );
    assert!(strays.is_empty(), "{}", strays.join("\n"));
    assert!(listed > DOCUMENTS / 4, "both kinds are there");
}

fn generate() -> Vec<Case> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/c14n/generate.py");
    let told = Command::new("python3")
        .arg(script)
        .args(["--seed", SEED, "--count", &DOCUMENTS.to_string()])
        .output()
        .expect("python3 is needed to compare with libxml2: install python3 and libxml2");
    assert!(
        told.status.success(),
        "python3 needs the shared library of libxml2: {}",
        String::from_utf8_lossy(&told.stderr)
    );
    let lines = String::from_utf8(told.stdout).expect("JSON in UTF-8");
    lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("a case in JSON"))
        .collect()
}

fn stray(case: &Case) -> Option<String> {
    let document = match Document::parse(case.document.as_bytes(), &Limits::MESSAGE) {
        Ok(document) => document,
        Err(fault) => return Some(format!("{}: {fault}\n{:?}", case.case, case.document)),
    };
    let apex = document
        .elements()
        .find(|e| e.attribute(WSU_NAMESPACE, "Id") == Some(case.apex.as_str()))
        .expect("the apex is there");
    let prefixes: Vec<&str> = case
        .prefixes
        .iter()
        .flatten()
        .map(|prefix| if prefix == "#default" { "" } else { prefix })
        .collect();
    let exclusive = canonical::exclusive(apex, &prefixes, OCTETS_MAX).expect("within 16 MiB");
    let inclusive = |apex, whole| {
        let form = Form {
            namespaces: Namespaces::Inclusive(document.root()),
            comments: whole,
            around: whole,
            omitted: &[],
        };
        form.write(apex, OCTETS_MAX).expect("within 16 MiB")
    };
    for (name, ours, theirs) in [
        ("exclusive", exclusive, &case.canonical),
        ("inclusive", inclusive(apex, false), &case.inclusive),
        ("whole", inclusive(document.root(), true), &case.whole),
    ] {
        let ours = String::from_utf8(ours).expect("UTF-8");
        if ours != *theirs {
            let (number, prefixes, document) = (case.case, &case.prefixes, &case.document);
            return Some(format!(
                "{number}, {name} with {prefixes:?}\n{document:?}\nours: {ours:?}\nlibxml2: {theirs:?}"
            ));
        }
    }
    None
}
