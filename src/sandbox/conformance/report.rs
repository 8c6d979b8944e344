//! The report: a table for a terminal, a page for a browser.

use std::fmt;

use crate::clock;
use crate::services::{CATALOGUE, Service};
use crate::terms::Moment;
use crate::xml::Writer;

/// What was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trial {
    /// A fixture, by its name.
    Fixture(String),
    /// A message that is cut off.
    Malformed,
    /// A message that was changed after it was signed.
    Tampered,
    /// The same message twice.
    Duplicate,
    /// A sender without the right.
    NotAllowed,
    /// A sender that went away before the answer, and asks again.
    Timeout,
}

impl Trial {
    /// Its name in the report.
    pub fn name(&self) -> &str {
        match self {
            Self::Fixture(case) => case,
            Self::Malformed => "malformed",
            Self::Tampered => "tampered",
            Self::Duplicate => "duplicate",
            Self::NotAllowed => "not-allowed",
            Self::Timeout => "timeout",
        }
    }

    fn column(&self) -> usize {
        match self {
            Self::Fixture(case) if case.starts_with("accepted") => 0,
            Self::Fixture(_) => 1,
            Self::Malformed => 2,
            Self::Tampered => 3,
            Self::Duplicate => 4,
            Self::NotAllowed => 5,
            Self::Timeout => 6,
        }
    }
}

const COLUMNS: [&str; 7] = [
    "accepted",
    "refused",
    "malformed",
    "tampered",
    "duplicate",
    "not allowed",
    "timeout",
];

/// How a trial ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// As the contract says.
    Passed,
    /// Otherwise.
    Failed,
    /// It was not tried, for a reason that its line tells.
    NotTried,
}

impl Outcome {
    pub(super) fn of(passed: bool) -> Self {
        if passed { Self::Passed } else { Self::Failed }
    }

    /// Its mark in the report.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Passed => "ok",
            Self::Failed => "WRONG",
            Self::NotTried => "not tried",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Passed => "ok",
            Self::Failed => "wrong",
            Self::NotTried => "open",
        }
    }
}

/// How many trials ended how.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// As the contract says.
    pub passed: usize,
    /// Otherwise.
    pub failed: usize,
    /// Not tried.
    pub not_tried: usize,
}

impl Counts {
    fn of<'l>(lines: impl Iterator<Item = &'l Line>) -> Self {
        let mut counts = Self::default();
        for line in lines {
            match line.outcome {
                Outcome::Passed => counts.passed += 1,
                Outcome::Failed => counts.failed += 1,
                Outcome::NotTried => counts.not_tried += 1,
            }
        }
        counts
    }

    fn outcome(self) -> Outcome {
        match (self.failed, self.not_tried) {
            (0, 0) => Outcome::Passed,
            (0, _) => Outcome::NotTried,
            _ => Outcome::Failed,
        }
    }
}

/// A cell of the table: passed of those that were tried, and how many were not.
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.passed, self.passed + self.failed)?;
        if self.not_tried > 0 {
            write!(f, " (+{})", self.not_tried)?;
        }
        Ok(())
    }
}

/// One trial of one service.
pub struct Line {
    /// The service.
    pub service: &'static Service,
    /// What was tried.
    pub trial: Trial,
    /// The fixture that it was made from, `<folder>/<case>`.
    pub fixture: String,
    /// Whether the endpoint answered as the contract says.
    pub outcome: Outcome,
    /// What it answered: codes, nothing of the people.
    pub told: String,
}

/// All that was tried.
pub struct Report {
    endpoint: String,
    at: Moment,
    lines: Vec<Line>,
}

impl Report {
    pub(super) fn of(endpoint: &str, lines: Vec<Line>) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            at: clock::now(),
            lines,
        }
    }

    /// How many trials ended how.
    pub fn counts(&self) -> Counts {
        Counts::of(self.lines.iter())
    }

    /// What did not pass, or was not tried.
    fn exceptions(&self) -> impl Iterator<Item = &Line> {
        let passed = |line: &&Line| line.outcome != Outcome::Passed;
        self.lines.iter().filter(passed)
    }

    fn of_service(&self, service: &Service) -> impl Iterator<Item = &Line> {
        let number = service.number;
        let lines = self.lines.iter();
        lines.filter(move |line| line.service.number == number)
    }

    /// Of one service, by column.
    fn row(&self, service: &Service) -> [Counts; 7] {
        std::array::from_fn(|column| {
            let lines = self.of_service(service);
            Counts::of(lines.filter(|line| line.trial.column() == column))
        })
    }

    /// The page: the table, then every trial. It needs nothing but itself.
    pub fn html(&self) -> String {
        let mut page = Writer::new();
        page.open("html", &[("lang", "ru")])
            .open("head", &[])
            .open("meta", &[("charset", "utf-8")])
            .close()
            .open(
                "meta",
                &[
                    ("name", "viewport"),
                    ("content", "width=device-width, initial-scale=1"),
                ],
            )
            .close()
            .leaf("title", "Kezek: conformance")
            .leaf("style", STYLE)
            .close()
            .open("body", &[])
            .leaf("h1", "Kezek: conformance")
            .leaf("p", &format!("{}, {}", self.endpoint, self.at))
            .leaf("p", &self.sum());
        self.table(&mut page);
        for service in CATALOGUE {
            self.trials(service, &mut page);
        }
        page.close().close();
        format!("<!DOCTYPE html>\n{}", page.finish())
    }

    fn table(&self, page: &mut Writer) {
        page.open("div", &[("class", "wide")])
            .open("table", &[])
            .open("thead", &[])
            .open("tr", &[])
            .leaf("th", "serviceId");
        for column in COLUMNS {
            page.leaf("th", column);
        }
        page.close().close().open("tbody", &[]);
        for service in CATALOGUE {
            page.open("tr", &[]).open("th", &[("scope", "row")]);
            page.open("a", &[("href", &format!("#{}", service.number))])
                .text(service.number)
                .close()
                .close();
            for cell in self.row(service) {
                page.open("td", &[("class", cell.outcome().class())])
                    .text(&cell.to_string())
                    .close();
            }
            page.close();
        }
        page.close().close().close();
    }

    fn trials(&self, service: &'static Service, page: &mut Writer) {
        page.open("h2", &[("id", service.number)])
            .text(service.number)
            .close()
            .open("p", &[("lang", "kk")])
            .text(service.name_kk)
            .close()
            .open("p", &[])
            .text(service.name_ru)
            .close()
            .open("div", &[("class", "wide")])
            .open("table", &[])
            .open("tbody", &[]);
        for line in self.of_service(service) {
            page.open("tr", &[("class", line.outcome.class())])
                .leaf("td", line.outcome.mark())
                .leaf("td", line.trial.name())
                .leaf("td", &format!("{}.request.xml", line.fixture))
                .leaf("td", &line.told)
                .close();
        }
        page.close().close().close();
    }

    /// The last line of the report.
    fn sum(&self) -> String {
        let Counts {
            passed,
            failed,
            not_tried,
        } = self.counts();
        let open = if not_tried > 0 {
            format!(", {not_tried} not tried")
        } else {
            String::new()
        };
        format!("{passed} passed, {failed} failed{open}")
    }
}

/// Colours are told by words as well.
const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:1rem auto;max-width:70rem;\
padding:0 1rem}table{border-collapse:collapse}th,td{border:1px solid #999;padding:.25rem .6rem;\
text-align:left}.wide{overflow-x:auto}.ok{background:#e7f5e7}.wrong{background:#fbdcdc;\
font-weight:bold}.open{background:#fdf3cf}@media(prefers-color-scheme:dark){\
body{background:#111;color:#eee}a{color:#9cf}.ok{background:#143314}\
.wrong{background:#5a1a1a}.open{background:#4a3d0a}}";

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<9}", "service")?;
        for column in COLUMNS {
            write!(f, " {column:>11}")?;
        }
        writeln!(f)?;
        for service in CATALOGUE {
            write!(f, "{:<9}", service.number)?;
            for cell in self.row(service) {
                let wrong = if cell.failed > 0 { "!" } else { "" };
                write!(f, " {:>11}", format!("{wrong}{cell}"))?;
            }
            writeln!(f)?;
        }
        for line in self.exceptions() {
            let (mark, number) = (line.outcome.mark(), line.service.number);
            writeln!(f, "{mark}  {number} {}: {}", line.trial.name(), line.told)?;
        }
        f.write_str(&self.sum())
    }
}
