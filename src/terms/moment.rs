//! A moment: an instant to the millisecond, shown in the time of Astana.
//!
//! Law:   004 pt.17 «с точностью до миллисекунд»; pt.25 «по времени города Астана»; D-130.

use std::fmt;

use chrono::{
    DateTime, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, TimeZone, Timelike, Utc,
};
use chrono_tz::{Asia::Almaty, Tz};

use super::Day;

/// The zone of Astana: +06 until the end of February 2024, +05 since (D-130).
const ASTANA: Tz = Almaty;

/// A text that is no `xs:dateTime` of the years 1900 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date and time of the form YYYY-MM-DDThh:mm:ss.sss+05:00")]
pub struct NotAMoment;

/// An instant in UTC, in whole milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(DateTime<Utc>);

impl Moment {
    /// From an instant of any precision; what is finer than a millisecond is cut off.
    pub fn from_utc(instant: DateTime<Utc>) -> Self {
        let whole = instant.nanosecond() / 1_000_000 * 1_000_000;
        Self(instant.with_nanosecond(whole).unwrap_or(instant))
    }

    /// From milliseconds since 1970, if the year fits.
    pub fn from_millis(millis: i64) -> Option<Self> {
        DateTime::from_timestamp_millis(millis).map(Self)
    }

    /// Reads an `xs:dateTime`: at most nine digits of a second, of which three count.
    ///
    /// A text without a zone is in the time of Astana; of an hour that occurred twice, the first
    /// one counts (D-130).
    pub fn parse(text: &str) -> Result<Self, NotAMoment> {
        if text.len() > 35 || !text.is_ascii() {
            return Err(NotAMoment);
        }
        let (date, rest) = text.split_once('T').ok_or(NotAMoment)?;
        let date = Day::parse(date).map_err(|_| NotAMoment)?;
        let zone_at = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
        let (clock, zone) = rest.split_at(zone_at);
        let local = local_time(date.to_date(), clock)?;
        match zone {
            "" => match ASTANA.from_local_datetime(&local) {
                LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Ok(Self(at.to_utc())),
                LocalResult::None => Err(NotAMoment),
            },
            "Z" => Ok(Self(local.and_utc())),
            offset => {
                let at = fixed_offset(offset)?.from_local_datetime(&local);
                at.single().map(|at| Self(at.to_utc())).ok_or(NotAMoment)
            }
        }
    }

    /// The first instant of a day in Astana.
    pub fn start_of(day: Day) -> Self {
        Self::at(day, 0)
    }

    /// The last millisecond of a day in Astana; where the clock went back over midnight, the second
    /// 23:59:59.999 (D-60, D-130).
    pub fn end_of(day: Day) -> Self {
        let next = day.to_date().succ_opt().map(Day::from);
        next.map_or(Self(DateTime::<Utc>::MAX_UTC), Self::start_of)
            .plus_millis(-1)
    }

    /// This full hour of a day in Astana, the first one if it occurred twice; where the clock went
    /// forward over it, or it is beyond the twenty-third, the next one that exists.
    pub fn at(day: Day, hour: u32) -> Self {
        let midnight = day.to_date().and_time(chrono::NaiveTime::MIN);
        // No change of the clock was ever longer than a day.
        let existing = (hour..=hour.saturating_add(24)).find_map(|hour| {
            let local = midnight.checked_add_signed(chrono::TimeDelta::try_hours(hour.into())?)?;
            ASTANA.from_local_datetime(&local).earliest()
        });
        Self(existing.map_or(DateTime::<Utc>::MAX_UTC, |at| at.to_utc()))
    }

    /// Milliseconds since 1970.
    pub fn millis(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// The same instant for a library that speaks chrono.
    pub fn to_utc(self) -> DateTime<Utc> {
        self.0
    }

    /// The moment so many milliseconds later (earlier if negative), within what chrono can hold.
    pub fn plus_millis(self, millis: i64) -> Self {
        let later = chrono::TimeDelta::try_milliseconds(millis)
            .and_then(|delta| self.0.checked_add_signed(delta));
        Self(later.unwrap_or(if millis < 0 {
            DateTime::<Utc>::MIN_UTC
        } else {
            DateTime::<Utc>::MAX_UTC
        }))
    }

    /// Milliseconds from `earlier` to this moment; negative if `earlier` is later.
    pub fn millis_since(self, earlier: Self) -> i64 {
        self.millis().saturating_sub(earlier.millis())
    }

    /// The calendar day in Astana.
    pub fn day(self) -> Day {
        Day::from(self.0.with_timezone(&ASTANA).date_naive())
    }
}

/// `YYYY-MM-DDThh:mm:ss.sss+05:00`, in the time of Astana.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.0.with_timezone(&ASTANA);
        write!(f, "{}", local.format("%Y-%m-%dT%H:%M:%S%.3f%:z"))
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn local_time(date: NaiveDate, clock: &str) -> Result<NaiveDateTime, NotAMoment> {
    let (whole, fraction) = clock
        .split_once('.')
        .map_or((clock, None), |(w, f)| (w, Some(f)));
    let bytes = whole.as_bytes();
    if bytes.len() != 8 || bytes[2] != b':' || bytes[5] != b':' {
        return Err(NotAMoment);
    }
    let part = |at: usize| number(&bytes[at..at + 2]);
    let millis = match fraction {
        None => 0,
        Some(digits) if (1..=9).contains(&digits.len()) => {
            let mut three = [b'0'; 3];
            for (to, from) in three.iter_mut().zip(digits.bytes()) {
                *to = from;
            }
            number(digits.as_bytes())?;
            number(&three)?
        }
        Some(_) => return Err(NotAMoment),
    };
    date.and_hms_milli_opt(part(0)?, part(3)?, part(6)?, millis)
        .ok_or(NotAMoment)
}

fn fixed_offset(text: &str) -> Result<FixedOffset, NotAMoment> {
    let bytes = text.as_bytes();
    if bytes.len() != 6 || bytes[3] != b':' {
        return Err(NotAMoment);
    }
    let (hours, minutes) = (number(&bytes[1..3])?, number(&bytes[4..6])?);
    if hours > 14 || minutes > 59 || (hours == 14 && minutes > 0) {
        return Err(NotAMoment);
    }
    let seconds = i32::try_from(hours * 3600 + minutes * 60).map_err(|_| NotAMoment)?;
    let signed = if bytes[0] == b'-' { -seconds } else { seconds };
    FixedOffset::east_opt(signed).ok_or(NotAMoment)
}

fn number(digits: &[u8]) -> Result<u32, NotAMoment> {
    digits.iter().try_fold(0u32, |sum, d| match d {
        b'0'..=b'9' => Ok(sum * 10 + u32::from(d - b'0')),
        _ => Err(NotAMoment),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> String {
        Moment::parse(text).expect("a moment").to_utc().to_rfc3339()
    }

    #[test]
    fn zone_of_astana_changed_at_the_end_of_february_2024() {
        assert_eq!(utc("2024-02-28T12:00:00"), "2024-02-28T06:00:00+00:00");
        assert_eq!(utc("2024-03-02T12:00:00"), "2024-03-02T07:00:00+00:00");
    }

    #[test]
    fn first_of_the_two_hours_counts_when_the_clock_went_back() {
        assert_eq!(utc("2024-02-29T23:30:00"), "2024-02-29T17:30:00+00:00");
    }

    #[test]
    fn day_ends_at_its_second_midnight_hour_where_the_clock_went_back() {
        let end = |text: &str| {
            let day = Day::parse(text).expect("a day");
            let (start, end) = (Moment::start_of(day), Moment::end_of(day));
            assert_eq!((start.day(), end.day()), (day, day));
            end.to_utc().to_rfc3339()
        };
        assert_eq!(end("2024-02-28"), "2024-02-28T17:59:59.999+00:00");
        assert_eq!(end("2024-02-29"), "2024-02-29T18:59:59.999+00:00");
        assert_eq!(end("2024-03-01"), "2024-03-01T18:59:59.999+00:00");
        assert_eq!(end("1981-03-31"), "1981-03-31T17:59:59.999+00:00");
    }

    #[test]
    fn every_form_that_senders_write_is_read() {
        for text in [
            "2026-11-23T10:00:00.123+05:00",
            "2026-11-23T11:00:00.123+06:00",
            "2026-11-23T05:00:00.123Z",
            "2026-11-23T10:00:00.123",
            "2026-11-23T05:00:00.123456789Z",
        ] {
            let moment = Moment::parse(text).expect(text);
            assert_eq!(moment.to_string(), "2026-11-23T10:00:00.123+05:00");
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for wrong in [
            "",
            "2026-11-23",
            "2026-11-23T25:00:00Z",
            "2026-11-23T10:00Z",
            "2026-02-30T10:00:00Z",
            "2026-11-23T10:00:00.Z",
            "2026-11-23T10:00:00+15:00",
            "2026-11-23 10:00:00Z",
            "2026-11-23T10:00:00.1234567890Z",
            "2026-11-23T10:00:0xZ",
            "2026-11-23T10:00:00.1x",
        ] {
            assert_eq!(Moment::parse(wrong), Err(NotAMoment), "{wrong}");
        }
    }
}
