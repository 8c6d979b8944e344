//! 004 pt.28–34: terms in working and calendar days, by the table of working days (D-130 to D-132).

use std::collections::BTreeSet;
use std::fs;

use kezek::queue::calendar::{
    self, Alarm, Calendar, Certainty, Fault, MissingYear, SendingHours, Term,
};
use kezek::queue::rules;
use kezek::terms::{Day, Moment};
use proptest::prelude::*;

use crate::table::{check, root};

fn day(text: &str) -> Option<Day> {
    Day::parse(text).ok()
}

/// A moment, or ten o'clock of a day.
fn moment(text: &str) -> Option<Moment> {
    let at_ten = day(text).map(|day| Moment::at(day, 10));
    at_ten.or_else(|| Moment::parse(text).ok())
}

fn term(text: &str) -> Option<Term> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = text.split_at(digits);
    let count = count.parse().ok()?;
    match unit {
        "cd" => Some(Term::CalendarDays(count)),
        "cdw" => Some(Term::CalendarDaysToWorking(count)),
        "h" => Some(Term::Hours(count)),
        "m" => Some(Term::Months(count)),
        "wd" => Some(Term::WorkingDays(count)),
        _ => None,
    }
}

fn missing(error: MissingYear) -> String {
    format!("{}:{}", MissingYear::CODE, error.year)
}

// pt.28–30; D-60, D-130, D-132.
#[test]
fn term_ends_with_the_last_millisecond_of_its_last_day() {
    check("calendar/working_days.txt", |row| {
        let begun = row.read("from", moment);
        let ends = Calendar::republic().deadline(begun, row.read("term", term));
        let utc = |end: &Moment| end.to_utc().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        vec![
            ends.map_or_else(missing, |end| end.to_string()),
            ends.as_ref().map_or_else(|_| "-".to_owned(), utc),
        ]
    });
}

// 1_8 No. 10, 11, 13; D-124.
#[test]
fn family_is_warned_a_day_before_and_not_at_night() {
    let hours = SendingHours {
        from: 8,
        until: 20,
        warning: 9,
    };
    check("calendar/warnings.txt", |row| {
        let (begun, end) = (row.read("begun", moment), row.read("end", moment));
        let warned = Calendar::republic().warning(begun, end, 24, hours);
        vec![warned.map_or_else(missing, |at| at.to_string())]
    });
}

// pt.30, 33, 34; D-90, D-92.
#[test]
fn stop_list_is_left_before_the_protocol_and_prolongs_the_validity() {
    let expires = Moment::end_of(day("2027-06-01").expect("a day"));
    check("calendar/stop_list.txt", |row| {
        let placed = row.read("placed", moment);
        let exit = Calendar::republic()
            .stop_list_exit(placed, row.read("stay", term))
            .expect("the years are known");
        let expires = calendar::prolonged(expires, placed, exit);
        vec![exit.to_string(), expires.to_string()]
    });
}

// 1_2 p.3; D-101.
#[test]
fn extension_never_shortens_and_never_exceeds_a_year_from_its_day() {
    check("calendar/extension.txt", |row| {
        let until = calendar::extended_until(
            row.read("valid_until", day),
            row.read("extended_on", day),
            rules::current(),
        );
        vec![until.to_string()]
    });
}

// D-132.
#[test]
fn table_gives_the_exceptions_of_each_year() {
    let calendar = Calendar::republic();
    let short = |days: &[Day]| match days {
        [] => "-".to_owned(),
        days => days
            .iter()
            .map(|day| day.to_string()[5..].to_owned())
            .collect::<Vec<_>>()
            .join(" "),
    };
    check("calendar/exceptions.txt", |row| {
        let year = row.read("year", |cell| cell.parse().ok());
        let certainty = match calendar.certainty(year).expect("a year of the table") {
            Certainty::Known => "known",
            Certainty::Provisional => "provisional",
        };
        let (off, worked) = calendar.exceptions(year);
        let days = days_of(year).filter(|day| calendar.is_working(*day) == Ok(true));
        vec![
            certainty.to_owned(),
            days.count().to_string(),
            short(&off),
            short(&worked),
        ]
    });
    let years: Vec<i32> = calendar.years().collect();
    assert_eq!(years, (2017..=2027).collect::<Vec<_>>());
    assert!(calendar.sources().all(|source| source.len() > 5));
    assert!(calendar.sources().count() > 50);
}

#[test]
fn months_have_as_many_days_of_rest_as_was_announced() {
    check("calendar/months.txt", |row| {
        let month = row.get("month").to_owned();
        let year = row.read("month", |cell| cell[..4].parse().ok());
        let rest = days_of(year).filter(|day| {
            day.to_string().starts_with(&month)
                && Calendar::republic().is_working(*day) == Ok(false)
        });
        vec![rest.count().to_string()]
    });
}

fn days_of(year: i32) -> impl Iterator<Item = Day> {
    let months = (1..=12).flat_map(|month| (1..=31).map(move |day| (month, day)));
    months.filter_map(move |(month, day)| Day::from_parts(year, month, day))
}

// D-132 «missing year → alarm, not crash».
#[test]
fn year_that_is_not_known_raises_an_alarm_and_gives_no_answer() {
    let calendar = Calendar::republic();
    let at = |text: &str| calendar.alarms(day(text).expect("a day"));
    assert_eq!(at("2025-06-01"), []);
    assert_eq!(at("2025-11-01"), [Alarm::YearProvisional(2026)]);
    assert_eq!(at("2027-02-01"), [Alarm::YearProvisional(2027)]);
    let both = [Alarm::YearProvisional(2027), Alarm::YearMissing(2028)];
    assert_eq!(at("2027-11-01"), both);
    assert_eq!(
        both.map(Alarm::code),
        ["calendar_year_provisional", "calendar_year_missing"]
    );
    let unknown = day("2028-01-05").expect("a day");
    assert_eq!(
        calendar.is_working(unknown),
        Err(MissingYear { year: 2028 })
    );
}

// D-132 «Admin can load next year».
#[test]
fn administrator_loads_a_year_or_an_act() {
    let year = "year  2028  known  an act\nkurban_ait  2028-05-05  announced  the Muftiate\n";
    let loaded = Calendar::republic().with(year).expect("a year");
    let friday = day("2028-05-05").expect("a day");
    assert_eq!(loaded.is_working(friday), Ok(false));
    assert_eq!(loaded.certainty(2028), Some(Certainty::Known));
    assert_eq!(loaded.alarms(day("2028-02-01").expect("a day")), []);

    let act = "moved  2027-05-08  2027-05-06  an act\n\
               kurban_ait  2027-05-17  announced  the Muftiate\n\
               year  2027  known  both\n";
    let loaded = Calendar::republic().with(act).expect("an act");
    let is = |text: &str| loaded.is_working(day(text).expect("a day")) == Ok(true);
    assert!(is("2027-05-08") && !is("2027-05-06") && !is("2027-05-17"));
    assert_eq!(loaded.certainty(2027), Some(Certainty::Known));
    // Nothing else was replaced: other holidays, other years, other days of other kinds.
    assert!(!is("2027-03-08") && !is("2027-01-07") && loaded.certainty(2026).is_some());
    let sources = |calendar: &Calendar| calendar.sources().count();
    assert_eq!(sources(&loaded), sources(Calendar::republic()) + 1);
}

// A later act moves a holiday by the same day of the year, and no other one.
#[test]
fn act_about_a_holiday_replaces_that_day_alone() {
    let act = "holiday  12-16  2017..2026  an act\nday_off  01-07  2017..2025  an act\n";
    let loaded = Calendar::republic().with(act).expect("an act");
    let is = |text: &str| loaded.is_working(day(text).expect("a day")) == Ok(true);
    // Thursdays both: the holiday and the day off no longer are.
    assert!(is("2027-12-16") && is("2027-01-07"));
    assert!(!is("2026-12-16") && !is("2027-03-08") && !is("2027-05-07"));
    let sources = |calendar: &Calendar| calendar.sources().count();
    assert_eq!(sources(&loaded), sources(Calendar::republic()));
}

#[test]
fn table_that_contradicts_itself_does_not_load() {
    let base = "year  2026  known  s\nkurban_ait  2026-05-27  announced  s\n\
                holiday  03-08  2026..  s\n";
    let fault = |line: &str| {
        let text = format!("{base}{line}\n");
        Calendar::parse(&text).map_err(|error| (error.line, error.fault))
    };
    assert!(fault("# prose").is_ok());
    for (line, at, expected) in [
        ("year  2026  known", 4, Fault::Columns),
        ("holyday  03-09  2026..  s", 4, Fault::UnknownKind),
        ("holiday  02-29  2026..  s", 4, Fault::Value),
        ("holiday  3-9  2026..  s", 4, Fault::Value),
        ("holiday  03-09  2027..2026  s", 4, Fault::Value),
        ("year  2027  certain  s", 4, Fault::Value),
        ("moved  2026-03-07  2026-02-30  s", 4, Fault::Value),
        ("kurban_ait  2026-05-27  perhaps  s", 4, Fault::Value),
        ("year  2026  known  s", 4, Fault::YearTwice),
        ("year  2028  known  s", 4, Fault::YearsWithAGap),
        ("year  2027  known  s", 4, Fault::KurbanAitMissing),
        (
            "kurban_ait  2028-05-05  announced  s",
            4,
            Fault::YearUnknown,
        ),
        (
            "kurban_ait  2026-05-28  expected  s",
            4,
            Fault::ExpectedInAKnownYear,
        ),
        ("moved  2026-12-26  2027-01-04  s", 4, Fault::YearUnknown),
        (
            "moved  2026-03-10  2026-03-11  s",
            4,
            Fault::MovedFromAWorkingDay,
        ),
        ("moved  2026-03-07  2026-03-09  s", 4, Fault::MovedToADayOff),
        ("moved  2026-03-08  2026-03-10  s", 4, Fault::HolidayMoved),
    ] {
        assert_eq!(fault(line), Err((at, expected)), "{line}");
        assert!(!expected.to_string().is_empty());
    }
    let empty = Calendar::parse("# nothing").map_err(|error| (error.line, error.fault));
    assert_eq!(empty, Err((0, Fault::NoYear)));
}

/// Working days as an array, counted without chrono: by day numbers, Sakamoto's weekdays and the
/// days that `exceptions.txt` names.
struct Naive {
    exceptions: BTreeSet<(i32, u32, u32)>,
}

impl Naive {
    fn read() -> Self {
        let text = fs::read_to_string(root().join("fixtures/law/calendar/exceptions.txt"));
        let mut exceptions = BTreeSet::new();
        for line in text
            .expect("the table")
            .lines()
            .filter(|l| l.starts_with("20"))
        {
            let year: i32 = line[..4].parse().expect("a year");
            let dates = line.split_whitespace().skip(4);
            for (month, day) in dates.filter_map(|word| word.split_once('-')) {
                if let (Ok(month), Ok(day)) = (month.parse(), day.parse()) {
                    exceptions.insert((year, month, day));
                }
            }
        }
        Self { exceptions }
    }

    fn is_working(&self, (year, month, day): (i32, u32, u32)) -> bool {
        const SHIFT: [i32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
        let y = if month < 3 { year - 1 } else { year };
        let shift = SHIFT[month as usize - 1];
        let weekday = (y + y / 4 - y / 100 + y / 400 + shift + day as i32) % 7;
        let weekday_is_worked = weekday != 0 && weekday != 6;
        weekday_is_worked != self.exceptions.contains(&(year, month, day))
    }

    fn after(&self, mut date: (i32, u32, u32), count: u32) -> (i32, u32, u32) {
        let mut left = count;
        while left > 0 {
            date = tomorrow(date);
            left -= u32::from(self.is_working(date));
        }
        date
    }
}

fn tomorrow((year, month, day): (i32, u32, u32)) -> (i32, u32, u32) {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    match (month, day) {
        (12, 31) => (year + 1, 1, 1),
        (_, day) if day == length => (year, month + 1, 1),
        _ => (year, month, day + 1),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    // D-132: the table, and a count that shares nothing with it but the named exceptions.
    #[test]
    fn working_days_agree_with_a_naive_count(
        year in 2017i32..2027, month in 1u32..=12, day in 1u32..=28, count in 0u32..60,
    ) {
        let naive = Naive::read();
        let from = Day::from_parts(year, month, day).expect("every month has 28 days");
        let (y, m, d) = naive.after((year, month, day), count);
        let expected = Day::from_parts(y, m, d).expect("a day");
        let end = Calendar::republic().working_days_after(from, count).expect("known years");
        prop_assert_eq!(end, Moment::end_of(expected));
        prop_assert_eq!(end.plus_millis(1), Moment::start_of(end.plus_millis(1).day()));
        prop_assert_eq!(
            Calendar::republic().is_working(from),
            Ok(naive.is_working((year, month, day)))
        );
    }

    // D-60, D-124: a longer term never ends earlier, and a warning stands inside its term.
    #[test]
    fn longer_terms_end_later_and_warnings_lie_inside(
        hours in 0i64..80_000, count in 1u32..30,
    ) {
        let calendar = Calendar::republic();
        let first = Moment::parse("2017-01-10T00:00:00Z").expect("a moment");
        let begun = first.plus_millis(hours * 3_600_000);
        for (shorter, longer) in [
            (Term::WorkingDays(count), Term::WorkingDays(count + 1)),
            (Term::CalendarDays(count), Term::CalendarDays(count + 1)),
            (Term::CalendarDays(count), Term::CalendarDaysToWorking(count)),
            (Term::CalendarDays(count), Term::WorkingDays(count)),
            (Term::Hours(count), Term::CalendarDays(count)),
        ] {
            let ends = [shorter, longer].map(|t| calendar.deadline(begun, t).expect("known"));
            prop_assert!(ends[0] <= ends[1], "{:?} {:?}", shorter, longer);
        }
        let end = calendar.deadline(begun, Term::WorkingDays(count)).expect("known");
        let quiet = SendingHours { from: 8, until: 20, warning: 9 };
        let warned = calendar.warning(begun, end, 24, quiet).expect("known");
        prop_assert!(begun <= warned && warned <= end);
        prop_assert!(warned == begun || end.millis_since(warned) >= 24 * 3_600_000);
    }
}
