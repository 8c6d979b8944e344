//! Does every row of `attacks.md` stand there, with fixtures and tests that exist?

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Every row that there must be: so many of each letter.
const ROWS: &[(char, usize)] = &[('A', 12), ('B', 13), ('C', 7), ('D', 10)];

#[test]
fn every_attack_has_its_row_and_every_row_its_test() {
    let table = std::fs::read_to_string(root().join("tests/trust/attacks.md")).expect("the table");
    let told = check(&table);
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn row_that_is_missing_or_names_nothing_is_found() {
    let table = std::fs::read_to_string(root().join("tests/trust/attacks.md")).expect("the table");
    for (from, to, expected) in [
        ("| B7 |", "| B77 |", "B7: no row, or several"),
        ("| C1 |", "| C2 |", "C1: no row, or several"),
        (
            "`dtd-external-file`",
            "`dtd-external-fill`",
            "A1: no fixture dtd-external-fill",
        ),
        (
            "`wrapping::wrapped",
            "`wrapping::rapped",
            "B1: no test wrapping::rapped",
        ),
        (
            "`stamps::stamp_of",
            "`standing::stamp_of",
            "C7: no test standing::stamp_of",
        ),
    ] {
        let changed = table.replacen(from, to, 1);
        assert_ne!(changed, table, "{from}");
        let told = check(&changed);
        assert!(
            told.iter().any(|it| it.starts_with(expected)),
            "{expected}: {told:?}"
        );
    }
}

/// What is wrong with the table, a sentence each.
fn check(table: &str) -> Vec<String> {
    let tests: BTreeSet<String> = ["tests", "src"]
        .iter()
        .flat_map(|it| tests(&root().join(it)))
        .collect();
    let rows: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| row "))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let mut told = Vec::new();
    for (letter, count) in ROWS {
        for id in (1..=*count).map(|n| format!("{letter}{n}")) {
            if rows.iter().filter(|row| row[0] == id).count() != 1 {
                told.push(format!("{id}: no row, or several"));
            }
        }
    }
    for row in &rows {
        let [id, _, fixtures, named, gets] = row[..] else {
            told.push(format!("{}: not five cells", row[0]));
            continue;
        };
        for fixture in words(fixtures) {
            if !root()
                .join(format!("fixtures/hostile/{fixture}.xml"))
                .is_file()
            {
                told.push(format!("{id}: no fixture {fixture}"));
            }
        }
        if words(named).next().is_none() || gets.is_empty() {
            told.push(format!("{id}: no test, or nothing that the attack gets"));
        }
        let unknown = words(named).filter(|it| !tests.contains(*it));
        told.extend(unknown.map(|it| format!("{id}: no test {it}")));
    }
    told
}

fn words(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// Every test below a folder, as `module::name`.
fn tests(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(tests(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source");
            let module = module(&path);
            let mut marked = false;
            let names = text.lines().map(str::trim).filter_map(|line| {
                marked |= line == "#[test]" || line.starts_with("#[tokio::test");
                let (_, name) = line.split_once("fn ").filter(|_| marked)?;
                marked = false;
                name.split('(').next()
            });
            found.extend(names.map(|name| format!("{module}::{name}")));
        }
    }
    found
}

fn module(path: &Path) -> String {
    let stem = |path: &Path| {
        path.file_stem()
            .and_then(|it| it.to_str())
            .map(str::to_owned)
    };
    match stem(path).as_deref() {
        Some("mod") => path.parent().and_then(stem).unwrap_or_default(),
        other => other.unwrap_or_default().to_owned(),
    }
}

fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}
