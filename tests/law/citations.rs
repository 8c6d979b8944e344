//! Is every paragraph that the core cites in its README, and every listed one cited and tested?

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::table::root;

#[test]
fn law_to_code_lists_exactly_the_cited_paragraphs() {
    let cited: BTreeSet<String> = paragraphs(&sources(&root().join("src/queue")));
    let listed: BTreeSet<String> = rows().iter().flat_map(|row| paragraphs(&row[0])).collect();
    let missing: Vec<_> = cited.difference(&listed).collect();
    let idle: Vec<_> = listed.difference(&cited).collect();
    assert!(
        missing.is_empty(),
        "cited in src/queue, not in its README: {missing:?}"
    );
    assert!(
        idle.is_empty(),
        "in the README of src/queue, cited nowhere: {idle:?}"
    );
}

// What the core carries whole: pt.15–34 and 42 of the order, and its annexes 1_1–1_9.
#[test]
fn every_point_of_the_order_has_a_row() {
    let listed: BTreeSet<String> = rows().iter().flat_map(|row| paragraphs(&row[0])).collect();
    for point in (15..=34).chain([42]) {
        assert!(
            listed.contains(&format!("pt.{point}")),
            "no row for pt.{point}"
        );
    }
    for annex in 1..=9 {
        let of_annex = |paragraph: &String| paragraph.starts_with(&format!("1_{annex} "));
        assert!(listed.iter().any(of_annex), "no row for annex 1_{annex}");
    }
}

#[test]
fn law_to_code_names_tests_that_exist() {
    let tests = sources(&root().join("tests/law"));
    for row in rows() {
        let name = row[3].trim_matches('`').to_owned();
        assert!(
            tests.contains(&format!("fn {name}(")),
            "no test `{name}` for {}",
            row[0]
        );
    }
}

/// The cells of the first table.
fn rows() -> Vec<Vec<String>> {
    let readme = fs::read_to_string(root().join("src/queue/README.md")).expect("the README");
    let table = readme
        .split("## ")
        .find(|part| part.starts_with("Law to code"))
        .expect("it");
    let rows = table.lines().filter(|line| line.starts_with("| 004 "));
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect()
    };
    let rows: Vec<_> = rows.map(cells).collect();
    assert!(rows.iter().all(|row| row.len() == 4), "four cells a row");
    assert!(!rows.is_empty());
    rows
}

fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            text.push_str(&sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(&path).expect("a source"));
        }
    }
    text
}

/// Points of Annex 1 (`pt.17`), and of its sub-annexes (`1_9 p.7`, `1_1 st.6`, `1_8 No. 1`).
fn paragraphs(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let words: Vec<&str> = text.split_whitespace().collect();
    for (at, word) in words.iter().enumerate() {
        if let Some((_, number)) = word.split_once("pt.") {
            found.extend(leading_number(number).map(|number| format!("pt.{number}")));
        }
        let Some(annex) = word.find("1_").map(|start| &word[start..]) else {
            continue;
        };
        let next = words.get(at + 1).copied().unwrap_or_default();
        let after = words.get(at + 2).copied().unwrap_or_default();
        let number = match (next.strip_prefix("p."), next.strip_prefix("st."), next) {
            (Some(number), _, _) => leading_number(number).map(|n| format!("p.{n}")),
            (_, Some(number), _) => leading_number(number).map(|n| format!("st.{n}")),
            (_, _, "No.") => leading_number(after).map(|n| format!("No. {n}")),
            _ => None,
        };
        found.extend(number.map(|number| format!("{annex} {number}")));
    }
    found
}

fn leading_number(text: &str) -> Option<&str> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    (end > 0).then(|| &text[..end])
}
