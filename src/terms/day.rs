//! A calendar day, without a clock and without a zone; business days belong to `queue::calendar`.

use std::fmt;

use chrono::{Datelike, NaiveDate};

/// A text that is no calendar day of the form `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a calendar day of the form YYYY-MM-DD")]
pub struct NotADay;

/// A day of the Gregorian calendar, 1800 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NaiveDate);

impl Day {
    /// The day of these parts, if there is one.
    pub fn from_parts(year: i32, month: u32, day: u32) -> Option<Self> {
        if !(1800..=9999).contains(&year) {
            return None;
        }
        NaiveDate::from_ymd_opt(year, month, day).map(Self)
    }

    /// Reads `YYYY-MM-DD` and nothing else.
    pub fn parse(text: &str) -> Result<Self, NotADay> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(NotADay);
        }
        let number = |range: std::ops::Range<usize>| -> Result<u32, NotADay> {
            let part = text.get(range).ok_or(NotADay)?;
            if !part.bytes().all(|b| b.is_ascii_digit()) {
                return Err(NotADay);
            }
            part.parse().map_err(|_| NotADay)
        };
        let year = i32::try_from(number(0..4)?).map_err(|_| NotADay)?;
        Self::from_parts(year, number(5..7)?, number(8..10)?).ok_or(NotADay)
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// The same day for a library that speaks chrono.
    pub fn to_date(self) -> NaiveDate {
        self.0
    }
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Self(date)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_real_day_is_read() {
        assert_eq!(
            Day::parse("2024-02-29").map(|d| d.to_string()),
            Ok("2024-02-29".into())
        );
        for wrong in [
            "2023-02-29",
            "2024-2-29",
            "+024-02-29",
            "2024-02-29Z",
            "20240229",
            "",
        ] {
            assert_eq!(Day::parse(wrong), Err(NotADay), "{wrong}");
        }
    }
}
