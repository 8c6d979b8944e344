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

/// One trial of one service.
pub struct Line {
    /// The service.
    pub service: &'static Service,
    /// What was tried.
    pub trial: Trial,
    /// Whether the endpoint answered as the contract says.
    pub passed: bool,
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

    /// How many trials passed, and how many did not.
    pub fn counts(&self) -> (usize, usize) {
        let passed = self.lines.iter().filter(|line| line.passed).count();
        (passed, self.lines.len() - passed)
    }

    /// What did not pass.
    pub fn failures(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| !line.passed)
    }

    /// Of one service: passed and all, by column.
    fn row(&self, service: &Service) -> [(usize, usize); 7] {
        let mut row = [(0, 0); 7];
        let of_service = |line: &&Line| line.service.number == service.number;
        for line in self.lines.iter().filter(of_service) {
            let cell = &mut row[line.trial.column()];
            cell.0 += usize::from(line.passed);
            cell.1 += 1;
        }
        row
    }

    /// The page: the table, then every trial. It needs nothing but itself.
    pub fn html(&self) -> String {
        let mut page = Writer::new();
        let (passed, failed) = self.counts();
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
            .leaf("p", &format!("{passed} passed, {failed} failed"));
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
            for (passed, all) in self.row(service) {
                page.open("td", &[("class", class(passed == all))])
                    .text(&format!("{passed}/{all}"))
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
        let of_service = |line: &&Line| line.service.number == service.number;
        for line in self.lines.iter().filter(of_service) {
            page.open("tr", &[("class", class(line.passed))])
                .leaf("td", if line.passed { "ok" } else { "WRONG" })
                .leaf("td", line.trial.name())
                .leaf("td", &line.told)
                .close();
        }
        page.close().close().close();
    }
}

fn class(passed: bool) -> &'static str {
    if passed { "ok" } else { "wrong" }
}

/// Colours are told by words as well.
const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:1rem auto;max-width:70rem;\
padding:0 1rem}table{border-collapse:collapse}th,td{border:1px solid #999;padding:.25rem .6rem;\
text-align:left}.wide{overflow-x:auto}.ok{background:#e7f5e7}.wrong{background:#fbdcdc;\
font-weight:bold}@media(prefers-color-scheme:dark){body{background:#111;color:#eee}\
a{color:#9cf}.ok{background:#143314}.wrong{background:#5a1a1a}}";

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<9}", "service")?;
        for column in COLUMNS {
            write!(f, " {column:>11}")?;
        }
        writeln!(f)?;
        for service in CATALOGUE {
            write!(f, "{:<9}", service.number)?;
            for (passed, all) in self.row(service) {
                let wrong = if passed == all { "" } else { "!" };
                write!(f, " {:>11}", format!("{wrong}{passed}/{all}"))?;
            }
            writeln!(f)?;
        }
        for line in self.failures() {
            writeln!(
                f,
                "WRONG  {} {}: {}",
                line.service.number,
                line.trial.name(),
                line.told
            )?;
        }
        let (passed, failed) = self.counts();
        write!(f, "{passed} passed, {failed} failed")
    }
}
