//! Term: when a term ends, when its end is warned of, when a stop-list is left.
//!
//! Law:   004 pt.28–31, 33–34, 1_8 No. 10; decisions D-44, D-60, D-90, D-92, D-124.
//! In:    when a term begins, and its length. Out: a moment, or the year that is missing.
//! Never: counts the day on which a term begins.
//! Start: [`Calendar::deadline`].

use crate::queue::calendar::months_after;
use crate::queue::calendar::table::{Calendar, MissingYear};
use crate::terms::{Day, Moment};

/// Срок: the length of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Term {
    /// To the end of the nth day after that of the beginning.
    CalendarDays(u32),
    /// The same; ending on a day off, to the end of the next working day (D-60).
    CalendarDaysToWorking(u32),
    /// So many hours, to the millisecond.
    Hours(u32),
    /// To the end of the same date so many months later, or of that month's last day.
    Months(u32),
    /// To the end of the nth working day after the day of the beginning.
    WorkingDays(u32),
}

impl Term {
    /// How many of its unit.
    pub fn count(self) -> u32 {
        match self {
            Self::CalendarDays(count)
            | Self::CalendarDaysToWorking(count)
            | Self::Hours(count)
            | Self::Months(count)
            | Self::WorkingDays(count) => count,
        }
    }
}

/// When a short message may be sent, in hours of Astana (D-44, D-124).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendingHours {
    /// The first hour of sending.
    pub from: u32,
    /// The hour at which sending ends.
    pub until: u32,
    /// The hour of a warning whose own hour would be at night or on a day off.
    pub warning: u32,
}

/// Milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;

impl Calendar {
    /// The last millisecond of a term.
    pub fn deadline(&self, begun: Moment, term: Term) -> Result<Moment, MissingYear> {
        let day = begun.day();
        match term {
            Term::WorkingDays(count) => self.working_days_after(day, count),
            Term::CalendarDays(count) => Ok(calendar_days_after(day, count)),
            Term::CalendarDaysToWorking(count) => {
                let last = calendar_days_after(day, count).day();
                Ok(Moment::end_of(self.this_or_next_working(last)?))
            }
            Term::Hours(count) => Ok(begun.plus_millis(i64::from(count) * HOUR_MS)),
            Term::Months(count) => Ok(Moment::end_of(months_after(day, count))),
        }
    }

    /// The end of the `count`th working day after `day`; of `day` itself for none.
    pub fn working_days_after(&self, day: Day, count: u32) -> Result<Moment, MissingYear> {
        let (mut last, mut left) = (day, count);
        while left > 0 {
            last = next(last)?;
            if self.is_working(last)? {
                left -= 1;
            }
        }
        Ok(Moment::end_of(last))
    }

    /// This day, if it is worked, or the next one that is (D-60, D-133).
    pub fn this_or_next_working(&self, mut day: Day) -> Result<Day, MissingYear> {
        while !self.is_working(day)? {
            day = next(day)?;
        }
        Ok(day)
    }

    /// When a family is told that a term is about to end: 1_8 «направляется за 24 часа до истечения
    /// срока», never later (D-124).
    ///
    /// Where that hour is at night or on a day off: the warning hour of the last working day before
    /// it. Where the term had not begun then: at its beginning.
    pub fn warning(
        &self,
        begun: Moment,
        end: Moment,
        lead_hours: u32,
        hours: SendingHours,
    ) -> Result<Moment, MissingYear> {
        let latest = end.plus_millis(-i64::from(lead_hours) * HOUR_MS);
        let mut day = latest.day();
        let open = Moment::at(day, hours.from)..Moment::at(day, hours.until);
        if self.is_working(day)? && open.contains(&latest) {
            return Ok(latest.max(begun));
        }
        while !self.is_working(day)? || Moment::at(day, hours.warning) > latest {
            day = previous(day)?;
        }
        Ok(Moment::at(day, hours.warning).max(begun))
    }

    /// When an application leaves the stop-list by itself (004 pt.30, pt.34, D-90).
    ///
    /// A stay in days ends at 00:00 after its last day, before the protocol of that night; one in
    /// hours to the millisecond.
    pub fn stop_list_exit(&self, placed: Moment, stay: Term) -> Result<Moment, MissingYear> {
        let last = self.deadline(placed, stay)?;
        Ok(match stay {
            Term::Hours(_) => last,
            Term::CalendarDays(_)
            | Term::CalendarDaysToWorking(_)
            | Term::Months(_)
            | Term::WorkingDays(_) => last.plus_millis(1),
        })
    }
}

/// The end of the `count`th day after `day`; of the calendar's last day if it ends before.
pub fn calendar_days_after(day: Day, count: u32) -> Moment {
    let later = day
        .to_date()
        .checked_add_days(chrono::Days::new(u64::from(count)));
    Moment::end_of(later.map_or(day, Day::from))
}

/// 004 pt.34 «Срок действия заявления автоматически продлевается на время нахождения в
/// стоп-листе»: by the actual stay, to the millisecond, also where the placement was annulled
/// (D-92).
pub fn prolonged(expires: Moment, placed: Moment, left: Moment) -> Moment {
    expires.plus_millis(left.millis_since(placed).max(0))
}

fn next(day: Day) -> Result<Day, MissingYear> {
    let later = day.to_date().succ_opt().map(Day::from);
    later.ok_or(MissingYear { year: day.year() })
}

fn previous(day: Day) -> Result<Day, MissingYear> {
    let earlier = day.to_date().pred_opt().map(Day::from);
    earlier.ok_or(MissingYear { year: day.year() })
}
