//! Calendar: days that follow from other days, and the working days by which terms are counted.
//!
//! Law:   004 pt.21 (age), 1_4 p.4(5) (validity), 1_2 p.3 (extension); decisions D-23, D-100,
//!        D-101, D-130 to D-132.
//! In:    a day or a moment, a rule set or a term. Out: a day, or a moment.
//! Never: reads a clock; the day of a moment is the one in Astana (`terms::Moment::day`).
//! Start: [`Calendar::deadline`].

mod line;
mod table;
mod term;

use chrono::Months;

pub use line::{Fault, NotACalendar};
pub use table::{Alarm, Calendar, Certainty, MissingYear};
pub use term::{SendingHours, Term, calendar_days_after, prolonged};

use crate::queue::application::PreschoolKind;
use crate::queue::rules::RuleSet;
use crate::terms::Day;

/// A day that comes in every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DayOfYear {
    month: u32,
    day: u32,
}

impl DayOfYear {
    /// This day of this month, if every year has it.
    pub fn new(month: u32, day: u32) -> Option<Self> {
        /// Any year without a 29th of February.
        const COMMON_YEAR: i32 = 2023;
        Day::from_parts(COMMON_YEAR, month, day).map(|_| Self { month, day })
    }

    /// That day of a year; none outside 1800 to 9999.
    pub fn of(self, year: i32) -> Option<Day> {
        Day::from_parts(year, self.month, self.day)
    }

    /// The first such day that is not before `day`; none after the year 9999.
    fn on_or_after(self, day: Day) -> Option<Day> {
        let this_year = self.of(day.year())?;
        if this_year >= day {
            return Some(this_year);
        }
        self.of(day.year() + 1)
    }
}

/// The last day on which a child born on `birth` may stand in a queue of this kind.
///
/// 004 pt.21 «до исполнения полных 6 лет, пока не завершен текущий учебный год в ДО»; 000 pt.21
/// «ағымдағы МДҰ-да оқу жылы аяқталғанға дейін 6 жасқа толғанға дейін»: the end of the preschool
/// year in which the sixth birthday falls (D-23). Who turns six on the last day of a preschool
/// year has turned six in that year.
pub fn last_day_by_age(birth: Day, kind: PreschoolKind, rules: &RuleSet) -> Day {
    /// Months of a year.
    const YEAR: u32 = 12;
    let birthday = months_after(birth, YEAR * kind.leaving_age_years(rules));
    // After the year 9999, where `Day` ends, the birthday itself stands for the day.
    rules
        .school_year_end
        .on_or_after(birthday)
        .unwrap_or(birthday)
}

/// The last day of validity of an application that was enqueued on `enqueued` (D-100).
///
/// A term of months ends on the same date of its last month, or on that month's last day where
/// it has no such date.
pub fn valid_until(enqueued: Day, rules: &RuleSet) -> Day {
    months_after(enqueued, rules.validity_months)
}

/// The last day of validity of an application that is extended on `now`.
///
/// 004 1_2 p.3 «увеличивает срок его действия не более, чем до 12 месяцев»: to a year from the day
/// of the extension, and never to less than it was (D-101).
pub fn extended_until(valid_until: Day, now: Day, rules: &RuleSet) -> Day {
    valid_until.max(months_after(now, rules.validity_months))
}

/// The same date so many months later, or the last day of a month without such a date.
pub fn months_after(day: Day, months: u32) -> Day {
    let later = day.to_date().checked_add_months(Months::new(months));
    Day::from(later.expect("the calendar of chrono reaches 250 000 years beyond the last `Day`"))
}
