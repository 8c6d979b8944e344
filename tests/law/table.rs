//! Tables of text: one case per line, and the expected answer on the same line.
//!
//! Columns are separated by two or more spaces; those after `→` are the answer, but for
//! `because`, which says why. Lines that begin with `#` are prose.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// One line: what is given, by the name of its column.
pub struct Row<'t> {
    names: &'t [String],
    cells: &'t [String],
    place: String,
}

impl Row<'_> {
    /// The cell of this column.
    pub fn get(&self, column: &str) -> &str {
        let at = self.names.iter().position(|name| name == column);
        &self.cells[at.unwrap_or_else(|| panic!("{}: no column `{column}`", self.place))]
    }

    /// The cell of this column, read by `read`.
    pub fn read<T>(&self, column: &str, read: impl Fn(&str) -> Option<T>) -> T {
        let cell = self.get(column);
        read(cell).unwrap_or_else(|| panic!("{}: `{column}` cannot be `{cell}`", self.place))
    }
}

/// Compares each line of a table with what the code answers, cell by cell.
pub fn check(fixture: &str, answer: impl Fn(&Row) -> Vec<String>) {
    let path = root().join("fixtures/law").join(fixture);
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut table = Table::read(fixture, &text);
    let mut wrong = String::new();
    for (line, cells) in &mut table.lines {
        let place = format!("fixtures/law/{fixture}:{line}");
        let row = Row {
            names: &table.given,
            cells: &cells[..table.given.len()],
            place,
        };
        let answers = answer(&row);
        assert_eq!(
            answers.len(),
            table.answers,
            "{}: as many answers as columns",
            row.place
        );
        let expected = &cells[table.given.len()..][..table.answers];
        if answers != expected {
            writeln!(
                wrong,
                "{}: expected {expected:?}, answered {answers:?}",
                row.place
            )
            .expect("a string can be written to");
        }
        cells.splice(
            table.given.len()..table.given.len() + table.answers,
            answers,
        );
    }
    if update() {
        fs::write(&path, table.write()).expect("the fixture can be written");
    } else {
        assert!(wrong.is_empty(), "\n{wrong}");
    }
}

/// Compares a whole text with what the code prints.
pub fn golden(fixture: &str, printed: &str) {
    let path = root().join("fixtures/law").join(fixture);
    if update() {
        let folder = path.parent().expect("a chapter");
        fs::create_dir_all(folder).expect("the chapter can be made");
        fs::write(&path, printed).expect("the fixture can be written");
        return;
    }
    let kept = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let differs = kept.lines().zip(printed.lines()).zip(1..);
    for ((kept, printed), line) in differs {
        assert_eq!(kept, printed, "fixtures/law/{fixture}:{line}");
    }
    assert_eq!(kept, printed, "fixtures/law/{fixture}: another length");
}

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a switch of the person at the keyboard"
)]
fn update() -> bool {
    std::env::var_os("UPDATE").is_some()
}

struct Table {
    prose: Vec<String>,
    given: Vec<String>,
    names: Vec<String>,
    answers: usize,
    lines: Vec<(usize, Vec<String>)>,
}

impl Table {
    fn read(fixture: &str, text: &str) -> Self {
        let (prose, rows): (Vec<_>, Vec<_>) = text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
            .partition(|(_, line)| line.starts_with('#'));
        let (given, answered) = rows[0].1.split_once('→').expect("the header has an arrow");
        let (given, answered) = (cells(given), cells(answered));
        let names: Vec<String> = given.iter().chain(&answered).cloned().collect();
        let answers = answered.iter().filter(|name| *name != "because").count();
        let lines: Vec<_> = rows[1..]
            .iter()
            .map(|(at, line)| (at + 1, cells(&line.replacen('→', "  ", 1))))
            .collect();
        for (line, row) in &lines {
            assert_eq!(
                row.len(),
                names.len(),
                "{fixture}:{line}: a cell for each column"
            );
        }
        assert!(
            !lines.is_empty(),
            "{fixture}: a table without a case proves nothing"
        );
        let prose = prose.into_iter().map(|(_, line)| line.to_owned()).collect();
        Self {
            prose,
            given,
            names,
            answers,
            lines,
        }
    }

    fn write(&self) -> String {
        let rows = || std::iter::once(&self.names).chain(self.lines.iter().map(|(_, row)| row));
        let width = |at: usize| rows().map(|row| row[at].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.names.len()).map(width).collect();
        let mut text: String = self.prose.iter().map(|line| format!("{line}\n")).collect();
        for row in rows() {
            let mut line = String::new();
            for (at, cell) in row.iter().enumerate() {
                let gap = if at == 0 { "" } else { "  " };
                let arrow = if at == self.given.len() { "→ " } else { "" };
                write!(line, "{gap}{arrow}{cell:0$}", widths[at]).expect("a string");
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

fn cells(line: &str) -> Vec<String> {
    line.split("  ")
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_fixture_is_read_by_a_test() {
    let read = |folder: &Path| -> Vec<PathBuf> {
        fs::read_dir(folder)
            .expect("a folder")
            .map(|e| e.expect("an entry").path())
            .collect()
    };
    let sources: String = read(&root().join("tests/law"))
        .iter()
        .map(|path| fs::read_to_string(path).expect("a source"))
        .collect();
    let chapters = read(&root().join("fixtures/law"));
    let fixtures: Vec<PathBuf> = chapters.iter().flat_map(|chapter| read(chapter)).collect();
    assert!(!fixtures.is_empty());
    for fixture in fixtures {
        let name = fixture
            .strip_prefix(root().join("fixtures/law"))
            .expect("inside");
        let quoted = format!("\"{}\"", name.display());
        assert!(
            sources.contains(&quoted),
            "no test reads fixtures/law/{}",
            name.display()
        );
    }
}
