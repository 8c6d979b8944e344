//! Line: one line of a table of working days, read strictly.
//!
//! In:    a text. Out: rows with their sources, or the number of the line at fault.
//! Never: computes a day.

use std::fmt;

use crate::queue::calendar::DayOfYear;
use crate::queue::calendar::table::Certainty;
use crate::terms::Day;

/// A line and where its knowledge is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    number: usize,
    pub(super) row: Row,
    pub(super) source: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    Holiday { day: DayOfYear, years: Years },
    DayOff { day: DayOfYear, years: Years },
    KurbanAit { day: Day, announced: bool },
    Moved { from: Day, to: Day },
    Year { year: i32, certainty: Certainty },
}

impl Row {
    /// Is the other one no longer true, now that this one is known?
    pub(super) fn replaces(&self, old: &Self) -> bool {
        match (self, old) {
            (Self::Year { year, .. }, Self::Year { year: other, .. }) => year == other,
            (Self::KurbanAit { day, .. }, Self::KurbanAit { day: other, .. }) => {
                day.year() == other.year()
            }
            (Self::Holiday { day, .. }, Self::Holiday { day: other, .. })
            | (Self::DayOff { day, .. }, Self::DayOff { day: other, .. }) => day == other,
            (
                Self::Holiday { .. }
                | Self::DayOff { .. }
                | Self::KurbanAit { .. }
                | Self::Moved { .. }
                | Self::Year { .. },
                _,
            ) => false,
        }
    }

    pub(super) fn is_year(&self, wanted: i32) -> bool {
        matches!(self, Self::Year { year, .. } if *year == wanted)
    }
}

/// The years in which a day is a holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Years {
    first: i32,
    last: Option<i32>,
}

impl Years {
    pub(super) fn contains(self, year: i32) -> bool {
        self.first <= year && self.last.is_none_or(|last| year <= last)
    }
}

/// A text that is no table of working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct NotACalendar {
    /// The line of the text, counted from one; zero for the text as a whole.
    pub line: usize,
    /// What is wrong with it.
    pub fault: Fault,
}

impl NotACalendar {
    pub(super) fn empty() -> Self {
        Self {
            line: 0,
            fault: Fault::NoYear,
        }
    }
}

/// The closed list of what can be wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Not four columns.
    Columns,
    /// A date of Kurban Ait that is only expected, in a year of which everything is known.
    ExpectedInAKnownYear,
    /// A holiday is not a day of rest that an act may move.
    HolidayMoved,
    /// No first day of Kurban Ait in the year.
    KurbanAitMissing,
    /// The day that is to be worked is worked anyway.
    MovedFromAWorkingDay,
    /// The day that is to be off is off anyway.
    MovedToADayOff,
    /// The table has no year.
    NoYear,
    /// The first column names no kind of line.
    UnknownKind,
    /// The second or the third column cannot be read.
    Value,
    /// The day lies in a year without a line.
    YearUnknown,
    /// The year stands twice.
    YearTwice,
    /// A year before this one is missing.
    YearsWithAGap,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Columns => "not four columns",
            Self::ExpectedInAKnownYear => "a known year has a day that is only expected",
            Self::HolidayMoved => "a holiday cannot be worked instead of another day",
            Self::KurbanAitMissing => "the year has no first day of Kurban Ait",
            Self::MovedFromAWorkingDay => "the day to be worked is worked anyway",
            Self::MovedToADayOff => "the day to be off is off anyway",
            Self::NoYear => "the table has no year",
            Self::UnknownKind => "no such kind of line",
            Self::Value => "a day, a year or a word cannot be read",
            Self::YearUnknown => "the day lies in a year without a line",
            Self::YearTwice => "the year stands twice",
            Self::YearsWithAGap => "the year before is missing",
        })
    }
}

impl Line {
    pub(super) fn fault(&self, fault: Fault) -> NotACalendar {
        NotACalendar {
            line: self.number,
            fault,
        }
    }
}

pub(super) fn read(text: &str) -> Result<Vec<Line>, NotACalendar> {
    let said = |line: &str| !line.trim().is_empty() && !line.starts_with('#');
    let lines = text.lines().zip(1..).filter(|(line, _)| said(line));
    lines
        .map(|(line, number)| read_line(line, number))
        .collect()
}

fn read_line(line: &str, number: usize) -> Result<Line, NotACalendar> {
    let fault = |fault| NotACalendar {
        line: number,
        fault,
    };
    let columns: Vec<&str> = line
        .split("  ")
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .collect();
    let [kind, first, second, source] = columns[..] else {
        return Err(fault(Fault::Columns));
    };
    let reader = word(&KINDS, kind).ok_or(fault(Fault::UnknownKind))?;
    let row = reader(first, second);
    let row = row.ok_or(fault(Fault::Value))?;
    Ok(Line {
        number,
        row,
        source: source.to_owned(),
    })
}

/// The kinds of line, each with the reader of its second and third column.
const KINDS: [(&str, Reader); 5] = [
    ("day_off", |day, years| {
        read_yearly(day, years).map(|(day, years)| Row::DayOff { day, years })
    }),
    ("holiday", |day, years| {
        read_yearly(day, years).map(|(day, years)| Row::Holiday { day, years })
    }),
    ("kurban_ait", read_feast),
    ("moved", read_moved),
    ("year", read_year),
];

type Reader = fn(&str, &str) -> Option<Row>;

/// What a word of a closed list means.
fn word<T: Copy>(list: &[(&str, T)], text: &str) -> Option<T> {
    let found = list.iter().find(|(word, _)| *word == text);
    found.map(|(_, meaning)| *meaning)
}

fn read_yearly(day: &str, years: &str) -> Option<(DayOfYear, Years)> {
    let (month, day) = day.split_once('-')?;
    let day = DayOfYear::new(number(month, 2)?, number(day, 2)?)?;
    let (first, last) = years.split_once("..")?;
    let first = year(first)?;
    let last = if last.is_empty() {
        None
    } else {
        Some(year(last)?)
    };
    last.is_none_or(|last| first <= last)
        .then_some((day, Years { first, last }))
}

fn read_feast(day: &str, said: &str) -> Option<Row> {
    let day = Day::parse(day).ok()?;
    let announced = word(&[("announced", true), ("expected", false)], said)?;
    Some(Row::KurbanAit { day, announced })
}

fn read_moved(from: &str, to: &str) -> Option<Row> {
    let (from, to) = (Day::parse(from).ok()?, Day::parse(to).ok()?);
    Some(Row::Moved { from, to })
}

fn read_year(text: &str, said: &str) -> Option<Row> {
    let words = [
        ("known", Certainty::Known),
        ("provisional", Certainty::Provisional),
    ];
    let certainty = word(&words, said)?;
    Some(Row::Year {
        year: year(text)?,
        certainty,
    })
}

fn year(text: &str) -> Option<i32> {
    i32::try_from(number(text, 4)?).ok()
}

/// So many digits and nothing else.
fn number(text: &str, digits: usize) -> Option<u32> {
    let exact = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    exact.then(|| text.parse().ok()).flatten()
}
