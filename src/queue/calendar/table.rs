//! Table: the working days of a country, computed from holidays, moves and days off (D-132).
//!
//! Law:   004 pt.28 «рабочих дней»; decisions D-131, D-132.
//! In:    a text of lines, each with its source. Out: which days are worked, and of which years
//!        that is known.
//! Never: guesses: a day of a year without a line is a [`MissingYear`].
//! Start: [`Calendar::republic`], [`Calendar::is_working`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use chrono::{Datelike, Days, Weekday};

use crate::queue::calendar::line::{Fault, Line, NotACalendar, Row, Years, read};
use crate::terms::Day;

/// Календарь рабочих дней: days that are worked in a week of five days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    lines: Vec<Line>,
    years: BTreeMap<i32, Certainty>,
    /// Weekdays that are not worked.
    off: BTreeSet<Day>,
    /// Saturdays and Sundays that are worked.
    worked: BTreeSet<Day>,
}

/// Is everything known that decides which days of a year are worked?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// Every act of the year is in the table.
    Known,
    /// An act or a day is still to come, so that a term may end otherwise than computed.
    Provisional,
}

/// The working days of a year are needed and not in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the working days of {year} are not in the calendar: load them")]
pub struct MissingYear {
    /// The year.
    pub year: i32,
}

impl MissingYear {
    /// The code in the journal and in alarms.
    pub const CODE: &'static str = "calendar_year_missing";
}

/// What an administrator must do before a term reaches days that nobody knows (D-132).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alarm {
    /// The year must be loaded.
    YearMissing(i32),
    /// Acts and days of the year must be looked for.
    YearProvisional(i32),
}

impl Alarm {
    /// The code in the journal and in alarms.
    pub fn code(self) -> &'static str {
        match self {
            Self::YearMissing(_) => MissingYear::CODE,
            Self::YearProvisional(_) => "calendar_year_provisional",
        }
    }
}

static REPUBLIC: LazyLock<Calendar> = LazyLock::new(|| {
    Calendar::parse(include_str!("kazakhstan.txt")).expect("tests/law/calendar.rs reads the table")
});

impl Calendar {
    /// That of Kazakhstan, as it was known when this program was built.
    pub fn republic() -> &'static Self {
        &REPUBLIC
    }

    /// Reads a table; its format is said at the head of `kazakhstan.txt`.
    pub fn parse(text: &str) -> Result<Self, NotACalendar> {
        Self::of(read(text)?)
    }

    /// This calendar with the lines of another table: how an administrator loads a year or an act.
    ///
    /// A year or a first day of Kurban Ait that stands in both is taken from the new one.
    pub fn with(&self, text: &str) -> Result<Self, NotACalendar> {
        let new = read(text)?;
        let replaced = |old: &Line| new.iter().any(|line| line.row.replaces(&old.row));
        let mut lines: Vec<Line> = self
            .lines
            .iter()
            .filter(|old| !replaced(old))
            .cloned()
            .collect();
        lines.extend(new);
        Self::of(lines)
    }

    /// Is this day worked?
    pub fn is_working(&self, day: Day) -> Result<bool, MissingYear> {
        let year = day.year();
        if !self.years.contains_key(&year) {
            return Err(MissingYear { year });
        }
        Ok(self.worked(day))
    }

    /// How much is known of a year; none if it is not in the table.
    pub fn certainty(&self, year: i32) -> Option<Certainty> {
        self.years.get(&year).copied()
    }

    /// The years of the table, the earliest first.
    pub fn years(&self) -> impl Iterator<Item = i32> {
        self.years.keys().copied()
    }

    /// The weekdays of a year that are not worked, then its Saturdays and Sundays that are.
    pub fn exceptions(&self, year: i32) -> (Vec<Day>, Vec<Day>) {
        let of = |days: &BTreeSet<Day>| days.iter().filter(|d| d.year() == year).copied().collect();
        (of(&self.off), of(&self.worked))
    }

    /// The source of each line, in the order of the table.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|line| line.source.as_str())
    }

    /// What must be loaded or looked for, so that every term that begins today can be computed.
    pub fn alarms(&self, today: Day) -> Vec<Alarm> {
        /// Days that no term in working days reaches beyond.
        const REACH: Days = Days::new(92);
        let last = today
            .to_date()
            .checked_add_days(REACH)
            .map_or(today, Day::from);
        let alarm = |year| match self.certainty(year) {
            None => Some(Alarm::YearMissing(year)),
            Some(Certainty::Provisional) => Some(Alarm::YearProvisional(year)),
            Some(Certainty::Known) => None,
        };
        (today.year()..=last.year()).filter_map(alarm).collect()
    }

    fn of(lines: Vec<Line>) -> Result<Self, NotACalendar> {
        let mut calendar = Self {
            years: years(&lines)?,
            lines,
            off: BTreeSet::new(),
            worked: BTreeSet::new(),
        };
        let holidays = calendar.mark_days_off()?;
        calendar.mark_substitutes(&holidays);
        calendar.move_days(&holidays)?;
        Ok(calendar)
    }

    fn worked(&self, day: Day) -> bool {
        if is_weekend(day) {
            self.worked.contains(&day)
        } else {
            !self.off.contains(&day)
        }
    }

    /// Marks holidays and days off; answers the holidays whose days of rest are moved.
    fn mark_days_off(&mut self) -> Result<BTreeSet<Day>, NotACalendar> {
        let known: Vec<i32> = self.years.keys().copied().collect();
        let (mut holidays, mut off) = (BTreeSet::new(), BTreeSet::new());
        for line in &self.lines {
            match line.row {
                Row::Holiday { day, years } => holidays.extend(each(day, years, &known)),
                Row::DayOff { day, years } => off.extend(each(day, years, &known)),
                Row::KurbanAit { day, announced } => {
                    match self.years.get(&day.year()) {
                        None => return Err(line.fault(Fault::YearUnknown)),
                        Some(Certainty::Known) if !announced => {
                            return Err(line.fault(Fault::ExpectedInAKnownYear));
                        }
                        Some(Certainty::Known | Certainty::Provisional) => {}
                    }
                    off.insert(day);
                }
                Row::Moved { .. } | Row::Year { .. } => {}
            }
        }
        self.off = holidays
            .union(&off)
            .copied()
            .filter(|day| !is_weekend(*day))
            .collect();
        Ok(holidays)
    }

    /// Law on holidays, art. 5: a holiday on a day of rest makes the next working day one.
    fn mark_substitutes(&mut self, holidays: &BTreeSet<Day>) {
        for &holiday in holidays.iter().filter(|day| is_weekend(**day)) {
            let mut next = after(holiday);
            while next.is_some_and(|day| !self.worked(day)) {
                next = next.and_then(after);
            }
            self.off.extend(next);
        }
    }

    /// Labour Code, art. 85 p.3: a day of rest is moved to another day by an act.
    fn move_days(&mut self, holidays: &BTreeSet<Day>) -> Result<(), NotACalendar> {
        for line in &self.lines.clone() {
            let Row::Moved { from, to } = line.row else {
                continue;
            };
            let known = |day: Day| self.years.contains_key(&day.year());
            if !known(from) || !known(to) {
                return Err(line.fault(Fault::YearUnknown));
            }
            if holidays.contains(&from) {
                return Err(line.fault(Fault::HolidayMoved));
            }
            if self.worked(from) {
                return Err(line.fault(Fault::MovedFromAWorkingDay));
            }
            if !self.worked(to) {
                return Err(line.fault(Fault::MovedToADayOff));
            }
            if is_weekend(from) {
                self.worked.insert(from);
            } else {
                self.off.remove(&from);
            }
            if is_weekend(to) {
                self.worked.remove(&to);
            } else {
                self.off.insert(to);
            }
        }
        Ok(())
    }
}

/// The years of the table: one line each, without a gap, each with its Kurban Ait.
fn years(lines: &[Line]) -> Result<BTreeMap<i32, Certainty>, NotACalendar> {
    let mut years = BTreeMap::new();
    let mut feasts = BTreeSet::new();
    for line in lines {
        match line.row {
            Row::Year { year, certainty } => {
                if years.insert(year, certainty).is_some() {
                    return Err(line.fault(Fault::YearTwice));
                }
            }
            Row::KurbanAit { day, .. } => {
                // The lunar year is shorter: one year in thirty-three or so holds the day twice.
                feasts.insert(day.year());
            }
            Row::Holiday { .. } | Row::DayOff { .. } | Row::Moved { .. } => {}
        }
    }
    let of_year = |year: i32| lines.iter().find(|line| line.row.is_year(year));
    for &year in years.keys() {
        let gap = !years.contains_key(&(year - 1)) && years.keys().any(|other| *other < year);
        let fault = if gap {
            Fault::YearsWithAGap
        } else if feasts.contains(&year) {
            continue;
        } else {
            Fault::KurbanAitMissing
        };
        return Err(of_year(year).map_or_else(NotACalendar::empty, |line| line.fault(fault)));
    }
    if years.is_empty() {
        return Err(NotACalendar::empty());
    }
    Ok(years)
}

fn each(
    day: crate::queue::calendar::DayOfYear,
    years: Years,
    known: &[i32],
) -> impl Iterator<Item = Day> {
    let of = known
        .iter()
        .copied()
        .filter(move |year| years.contains(*year));
    of.filter_map(move |year| day.of(year))
}

/// A Saturday or a Sunday.
fn is_weekend(day: Day) -> bool {
    match day.to_date().weekday() {
        Weekday::Sat | Weekday::Sun => true,
        Weekday::Mon | Weekday::Tue | Weekday::Wed | Weekday::Thu | Weekday::Fri => false,
    }
}

/// The next day.
fn after(day: Day) -> Option<Day> {
    day.to_date().succ_opt().map(Day::from)
}
