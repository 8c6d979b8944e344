//! The validator that others wrote: `xmllint`, many documents per call.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// How many documents one call is given, well below the longest command line.
const DOCUMENTS_PER_CALL: usize = 400;

/// A directory that disappears with its owner.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("kezek-contract-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("the temporary directory can be written");
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn write(&self, name: &str, text: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).expect("the temporary directory can be written");
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Whether each document fits the schema, in their sequence, with what the validator said.
pub fn validate(schema: &Path, documents: &[impl AsRef<[u8]>]) -> Vec<Verdict> {
    let scratch = Scratch::new();
    let mut verdicts = Vec::with_capacity(documents.len());
    for chunk in documents.chunks(DOCUMENTS_PER_CALL) {
        let names: Vec<String> = (0..chunk.len()).map(|at| format!("{at}.xml")).collect();
        for (name, document) in names.iter().zip(chunk) {
            scratch.write(name, document.as_ref());
        }
        let said = ask(schema, scratch.path(), &names);
        verdicts.extend(names.iter().map(|name| {
            let valid = said.contains_key(&format!("{name} validates"));
            let invalid = said.contains_key(&format!("{name} fails to validate"));
            assert_ne!(
                valid, invalid,
                "xmllint said neither or both of {name}: {said:?}"
            );
            let about = |line: &&String| line.starts_with(&format!("{name}:"));
            Verdict {
                valid,
                said: said.keys().filter(about).cloned().collect(),
            }
        }));
    }
    verdicts
}

/// What the validator says of one document.
pub struct Verdict {
    pub valid: bool,
    pub said: Vec<String>,
}

fn ask(schema: &Path, folder: &Path, names: &[String]) -> BTreeMap<String, ()> {
    let output = Command::new("xmllint")
        .current_dir(folder)
        .args(["--noout", "--nonet", "--schema"])
        .arg(schema)
        .args(names)
        .output()
        .expect("xmllint is needed: install libxml2-utils (Debian) or libxml2 (elsewhere)");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !said.contains("failed to compile"),
        "the schema does not load: {said}"
    );
    said.lines().map(|line| (line.to_owned(), ())).collect()
}

/// A schema of ours.
pub fn schema(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("schemas")
        .join(name)
}

#[test]
fn every_schema_loads_in_a_validator_that_others_wrote() {
    let mut count = 0;
    for entry in fs::read_dir(schema("")).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        if path.extension().is_some_and(|extension| extension == "xsd") {
            let verdicts = validate(&path, &["<unknown/>"]);
            assert!(!verdicts[0].valid, "{} accepts anything", path.display());
            count += 1;
        }
    }
    // Those of envelope and channels, the one of common types, and one for each service.
    assert_eq!(count, 12 + kezek::services::CATALOGUE.len());
}

#[test]
fn every_element_and_type_of_our_services_is_explained_in_both_languages() {
    const XS: &str = "http://www.w3.org/2001/XMLSchema";
    const XML: &str = "http://www.w3.org/XML/1998/namespace";
    let mut explained = 0;
    for name in ["common.xsd", "queue-registration.xsd", "rank-check.xsd"] {
        let text = fs::read(schema(name)).expect("the schema is there");
        let document = crate::fixture::parse(&text);
        let named = [
            "element",
            "complexType",
            "simpleType",
            "enumeration",
            "schema",
        ];
        for element in document.elements().filter(|it| named.contains(&it.local())) {
            let notes = element
                .child(XS, "annotation")
                .map(|it| it.children().collect::<Vec<_>>());
            let notes = notes.unwrap_or_default();
            let languages: Vec<&str> = notes
                .iter()
                .filter_map(|it| it.attribute(XML, "lang"))
                .collect();
            let written = notes.iter().all(|it| !it.text().trim().is_empty());
            assert!(
                languages == ["kk", "ru"] && written,
                "{name}, {}",
                element.position()
            );
            explained += 1;
        }
    }
    assert!(explained > 150, "{explained}");
}
