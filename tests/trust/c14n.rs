//! Our canonical forms against those of libxml2 and of the JDK, over random documents of
//! `tests/peers/c14n/generate.py`.
//!
//! The forms are those of Canonical XML 1.0 and Exclusive C14N 1.0. Canonical XML 1.1 is none of
//! ours: a signature that names it is refused as an algorithm.

use std::path::Path;
use std::process::Command;

use kezek::envelope::WSU_NAMESPACE;
use kezek::xml::canonical::{self, Form, Namespaces};
use kezek::xml::{Document, Element, Limits, XML_NAMESPACE};
use serde::Deserialize;

use crate::explained::Explained;
use crate::peer;
use crate::search::setting;

/// Unless `KEZEK_C14N_SEED` says otherwise.
const SEED: usize = 351;
/// Unless `KEZEK_C14N_DOCUMENTS` says otherwise.
const DOCUMENTS: usize = 2_500;
const OCTETS_MAX: usize = 16 << 20;

/// The forms that `tests/peers/jdk/Canonical.java` writes: their name, whether of the whole
/// document, exclusive, with comments, and by the PrefixList.
const JDK_FORMS: [(&str, bool, bool, bool, bool); 11] = [
    ("inclusive", false, false, false, false),
    ("inclusive with comments", false, false, true, false),
    ("exclusive", false, true, false, false),
    ("exclusive with comments", false, true, true, false),
    ("exclusive by a list", false, true, false, true),
    ("exclusive with comments by a list", false, true, true, true),
    ("whole, inclusive", true, false, false, false),
    ("whole, inclusive with comments", true, false, true, false),
    ("whole, exclusive", true, true, false, false),
    ("whole, exclusive with comments", true, true, true, false),
    ("whole, exclusive by a list", true, true, false, true),
];

/// One line of the generator.
#[derive(Deserialize)]
pub struct Case {
    case: u32,
    pub document: String,
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
    let documents = cases.len();
    let listed = cases.iter().filter(|case| case.prefixes.is_some()).count();
    let strays: Vec<String> = cases.iter().filter_map(stray).collect();
    println!(
        "{documents} documents, {listed} with a PrefixList, {} strays",
        strays.len()
    );
    assert!(strays.is_empty(), "{}", strays.join("\n"));
    assert!(listed > documents / 4, "both kinds are there");
}

#[test]
fn canonical_forms_are_those_of_the_jdk_to_the_octet() {
    let cases = generate();
    let request = |case: &Case| {
        let prefixes = case.prefixes.as_deref().unwrap_or_default().join(" ");
        [&case.document, &case.apex, &prefixes].map(|field| field.clone().into_bytes())
    };
    let requests: Vec<_> = cases.iter().map(|case| request(case).into()).collect();
    let told = peer::ask("Canonical.java", &requests, JDK_FORMS.len());
    let mut explained = Explained::under("c14n: with the JDK");
    let mut compared = 0;
    for (case, told) in cases.iter().zip(told) {
        let document = Document::parse(case.document.as_bytes(), &Limits::MESSAGE);
        let document = document.expect("the test above reads it");
        for (form, theirs) in JDK_FORMS.iter().zip(told) {
            let ours = form_of(&document, case, form);
            compared += u32::from(theirs.is_ok());
            let (name, number, text) = (form.0, case.case, &case.document);
            let more = |theirs: &str| {
                let (ours, prefixes) = (String::from_utf8_lossy(&ours), &case.prefixes);
                format!("{number} {prefixes:?}\n{text:?}\nours: {ours:?}\njdk:  {theirs:?}")
            };
            match theirs {
                Ok(theirs) if theirs == ours => {}
                Ok(theirs) => {
                    let theirs = String::from_utf8_lossy(&theirs);
                    let cut = ours.strip_prefix(theirs.as_bytes());
                    let empty = document.root().nodes().next().is_none();
                    let why = if form.1 && empty && cut.is_some_and(|cut| cut[0] == b'\n') {
                        "what follows an empty root"
                    } else if !form.1 && !form.2 && theirs == by_farthest(&document, case, &ours) {
                        "xml: of the farthest ancestor"
                    } else {
                        name
                    };
                    explained.meet(why, || more(&theirs));
                }
                Err(why) if why.contains("SAXParse") && has_name_of_fifth_edition(text) => {
                    explained.meet("a name of the fifth edition", || more(&why));
                }
                Err(why) => explained.meet(&format!("{name}: no form"), || more(&why)),
            }
        }
    }
    println!("{} documents, {compared} forms", cases.len());
    let least = cases.len() * 4 / 5 * JDK_FORMS.len();
    assert!(compared as usize > least, "most are read by both");
    explained.finish();
}

/// As far as the generator writes such.
pub fn has_name_of_fifth_edition(text: &str) -> bool {
    text.contains(['\u{10400}', '\u{10428}', '\u{FB01}'])
}

/// Our form of an apex, if each attribute of `xml:` that it inherits came from the ancestor that is
/// farthest away.
fn by_farthest(document: &Document, case: &Case, ours: &[u8]) -> String {
    let ours = String::from_utf8_lossy(ours);
    // A value may begin with ">", and none holds a quote.
    let mut ends = ours.match_indices("\">");
    let end = ends.find(|(at, _)| !ours[..*at].ends_with('='));
    let (start_tag, rest) = ours.split_at(end.map_or(ours.len(), |(at, _)| at + 1));
    let apex = apex(document, case);
    let mut start_tag = start_tag.to_owned();
    let ancestors = std::iter::successors(apex.parent(), |at| at.parent());
    let ancestors: Vec<Element<'_>> = ancestors.collect();
    for local in ["base", "id", "lang", "space"] {
        let mut values = ancestors
            .iter()
            .filter_map(|at| at.attribute(XML_NAMESPACE, local));
        if let (None, Some(near)) = (apex.attribute(XML_NAMESPACE, local), values.next()) {
            let far = values.next_back().unwrap_or(near);
            let [near, far] = [near, far].map(|value| format!(" xml:{local}=\"{value}\""));
            start_tag = start_tag.replacen(&near, &far, 1);
        }
    }
    start_tag + rest
}

fn form_of(document: &Document, case: &Case, form: &(&str, bool, bool, bool, bool)) -> Vec<u8> {
    let (_, whole, exclusive, comments, by_list) = *form;
    let prefixes = if by_list { prefixes(case) } else { Vec::new() };
    let form = Form {
        namespaces: if exclusive {
            Namespaces::Exclusive(&prefixes)
        } else {
            Namespaces::Inclusive(document.root())
        },
        comments,
        around: whole,
        omitted: &[],
    };
    let apex = if whole {
        document.root()
    } else {
        apex(document, case)
    };
    form.write(apex, OCTETS_MAX).expect("within 16 MiB")
}

fn apex<'d>(document: &'d Document, case: &Case) -> Element<'d> {
    let mut elements = document.elements();
    let apex = elements.find(|e| e.attribute(WSU_NAMESPACE, "Id") == Some(case.apex.as_str()));
    apex.expect("the apex is there")
}

fn prefixes(case: &Case) -> Vec<&str> {
    let listed = case.prefixes.iter().flatten();
    let read = |prefix| if prefix == "#default" { "" } else { prefix };
    listed.map(|prefix| read(prefix.as_str())).collect()
}

pub fn generate() -> Vec<Case> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/c14n/generate.py");
    let documents = setting("KEZEK_C14N_DOCUMENTS").unwrap_or(DOCUMENTS);
    let seed = setting("KEZEK_C14N_SEED").unwrap_or(SEED);
    let told = Command::new("python3")
        .arg(script)
        .args([
            "--seed",
            &seed.to_string(),
            "--count",
            &documents.to_string(),
        ])
        .output()
        .expect("python3 is needed to compare with libxml2: install python3 and libxml2");
    assert!(
        told.status.success(),
        "python3 needs the shared library of libxml2: {}",
        String::from_utf8_lossy(&told.stderr)
    );
    let lines = String::from_utf8(told.stdout).expect("JSON in UTF-8");
    let cases: Vec<Case> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("a case in JSON"))
        .collect();
    assert_eq!(cases.len(), documents);
    cases
}

fn stray(case: &Case) -> Option<String> {
    let document = match Document::parse(case.document.as_bytes(), &Limits::MESSAGE) {
        Ok(document) => document,
        Err(fault) => return Some(format!("{}: {fault}\n{:?}", case.case, case.document)),
    };
    let (apex, prefixes) = (apex(&document, case), prefixes(case));
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
