//! Fixtures: each has a name that says its case, and somebody who reads it.

use std::collections::BTreeSet;

use super::source::{Source, files, named, read, root};
use super::{READ_AS_A_WHOLE, check, ours, verdict};

#[test]
fn every_fixture_has_a_name_that_says_its_case_and_somebody_who_reads_it() {
    let readers: Vec<Source> = ours();
    let mut breaches = Vec::new();
    for (folder, reader, says) in READ_AS_A_WHOLE {
        let text = read(&root().join(reader));
        if !text.contains(says) || files(folder).is_empty() {
            breaches.push(format!("{reader} does not read {folder}"));
        }
    }
    for path in files("fixtures") {
        let path = named(&path);
        breaches.extend(check::fixture_name(&path));
        let whole = READ_AS_A_WHOLE
            .iter()
            .any(|(folder, ..)| path.starts_with(folder));
        let by_name = || {
            readers.iter().any(|source| {
                source
                    .literals
                    .iter()
                    .any(|it| it.ends_with(&path) || it.ends_with(&format!("/{path}")))
            })
        };
        if !whole && path != "fixtures/README.md" && !by_name() {
            breaches.push(format!("{path}: nobody reads it"));
        }
    }
    verdict(breaches);
}

#[test]
fn refused_fixture_is_named_by_the_code_that_it_gets() {
    let codes: BTreeSet<String> = ["src/queue/refusal.rs", "src/services/finding/code.rs"]
        .iter()
        .flat_map(|path| Source::new(path, &read(&root().join(path))).literals)
        .collect();
    let mut breaches = Vec::new();
    for path in files("fixtures/services") {
        let path = named(&path);
        let name = path.rsplit('/').next().unwrap_or(&path);
        let why = name
            .split('.')
            .next()
            .and_then(|stem| stem.strip_prefix("refused-"));
        // More than one code at once.
        let Some(why) = why.filter(|why| *why != "many-findings") else {
            continue;
        };
        if !codes.contains(&why.replace('-', "_")) {
            breaches.push(format!("{path}: no code of this name"));
        }
    }
    verdict(breaches);
}
