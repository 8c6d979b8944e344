//! Value: the text of a leaf, read as its simple type in `schemas/common.xsd` says.

use crate::registry::PreschoolKind;
use crate::services::finding::Code;
use crate::terms::{
    Citizenship, Day, Email, Iin, Moment, NotANumber, OwnerNumber, PersonName, Phone, PreschoolId,
    Settlement,
};

/// `xs:boolean`.
pub(in crate::services) fn boolean(text: &str) -> Result<bool, Code> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Code::ValueWrongForm),
    }
}

/// `k:Iin`, and beyond the XSD its date and its check digit.
pub(in crate::services) fn iin(text: &str) -> Result<Iin, Code> {
    Iin::parse(text).map_err(|wrong| match wrong {
        NotANumber::CheckDigit => Code::IinCheckDigit,
        NotANumber::Date => Code::IinDate,
        NotANumber::Shape => Code::ValueWrongForm,
    })
}

/// `k:NamePart`.
pub(in crate::services) fn name_part(text: &str) -> Result<String, Code> {
    PersonName::part(text)
        .map(str::to_owned)
        .map_err(|_| Code::ValueWrongForm)
}

/// `k:Line`.
pub(in crate::services) fn line(text: &str) -> Result<String, Code> {
    let fits = (1..=300).contains(&text.chars().count());
    let clean = !text.chars().any(char::is_control) && text.trim() == text;
    let line = (fits && clean).then(|| text.to_owned());
    line.ok_or(Code::ValueWrongForm)
}

/// `k:ApplicationNumber`.
pub(in crate::services) fn application_number(text: &str) -> Result<i64, Code> {
    let fits = (1..=18).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let number = text.parse().ok().filter(|_| fits);
    number.ok_or(Code::ValueWrongForm)
}

/// The most rows of an answer, so that it stays well within what a sender takes.
pub(in crate::services) const PAGE_MAX: usize = 200;

/// `k:PageSize`.
pub(in crate::services) fn page_size(text: &str) -> Result<usize, Code> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    let size = text.parse().ok().filter(|_| plain);
    size.filter(|size| (1..=PAGE_MAX).contains(size))
        .ok_or(Code::ValueWrongForm)
}

/// `k:OwnerNumber`, and beyond the XSD its check digit.
pub(in crate::services) fn owner_number(text: &str) -> Result<OwnerNumber, Code> {
    OwnerNumber::parse(text).map_err(|wrong| match wrong {
        NotANumber::CheckDigit => Code::OwnerCheckDigit,
        NotANumber::Date | NotANumber::Shape => Code::ValueWrongForm,
    })
}

/// `k:GroupName`.
pub(in crate::services) fn group_name(text: &str) -> Result<String, Code> {
    let shown = |c: char| !('\u{7F}'..='\u{9F}').contains(&c);
    let fits = (1..=300).contains(&text.chars().count()) && text.chars().all(shown);
    fits.then(|| text.to_owned()).ok_or(Code::ValueWrongForm)
}

/// `k:SeatCount`.
pub(in crate::services) fn seat_count(text: &str) -> Result<u32, Code> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    let count = text.parse().ok().filter(|_| plain);
    count
        .filter(|count| (0..=SEATS_MAX).contains(count))
        .ok_or(Code::ValueWrongForm)
}

/// `k:SomeSeats`.
pub(in crate::services) fn seats_some(text: &str) -> Result<u32, Code> {
    let count = seat_count(text)?;
    (count > 0).then_some(count).ok_or(Code::ValueWrongForm)
}

/// No group has more seats.
const SEATS_MAX: u32 = 200;

/// `k:BirthYear`.
pub(in crate::services) fn birth_year(text: &str) -> Result<i32, Code> {
    let plain = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    let year = text.parse().ok().filter(|_| plain);
    year.filter(|year| (FIRST_YEAR..=2_099).contains(year))
        .ok_or(Code::ValueWrongForm)
}

/// `k:Phone`.
pub(in crate::services) fn phone(text: &str) -> Result<Phone, Code> {
    Phone::parse(text).ok_or(Code::ValueWrongForm)
}

/// `k:Email`.
pub(in crate::services) fn email(text: &str) -> Result<Email, Code> {
    Email::parse(text).ok_or(Code::ValueWrongForm)
}

/// `k:Settlement`.
pub(in crate::services) fn settlement(text: &str) -> Result<Settlement, Code> {
    Settlement::parse(text).map_err(|_| Code::ValueWrongForm)
}

/// `k:PreschoolId`.
pub(in crate::services) fn preschool(text: &str) -> Result<PreschoolId, Code> {
    PreschoolId::parse(text).map_err(|_| Code::ValueWrongForm)
}

/// `k:Kind`.
pub(in crate::services) fn kind(text: &str) -> Result<PreschoolKind, Code> {
    listed(PreschoolKind::from_code(text))
}

/// `k:Code`.
pub(in crate::services) fn code(text: &str) -> Result<String, Code> {
    let fits = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let fits = fits && (1..=40).contains(&text.len());
    fits.then(|| text.to_owned()).ok_or(Code::ValueWrongForm)
}

/// `k:Citizenship`.
pub(in crate::services) fn citizenship(text: &str) -> Result<Citizenship, Code> {
    Citizenship::parse(text).ok_or(Code::ValueWrongForm)
}

/// `k:ApplicationId`.
pub(in crate::services) fn application_id(text: &str) -> Result<String, Code> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._:/-".contains(&b);
    let fits = (1..=64).contains(&text.len()) && text.bytes().all(allowed);
    if fits {
        Ok(text.to_owned())
    } else {
        Err(Code::ValueWrongForm)
    }
}

/// `k:BirthDate`.
pub(in crate::services) fn day(text: &str) -> Result<Day, Code> {
    let since_1900 = |day: &Day| day.year() >= FIRST_YEAR;
    Day::parse(text)
        .ok()
        .filter(since_1900)
        .ok_or(Code::ValueWrongForm)
}

/// `k:StatedTime`, and beyond the XSD that a time of Astana existed.
pub(in crate::services) fn stated_time(text: &str) -> Result<Moment, Code> {
    let since_1900 = text.get(..4).is_some_and(|year| year >= "1900");
    match Moment::parse(text) {
        _ if !since_1900 => Err(Code::ValueWrongForm),
        Ok(moment) => Ok(moment),
        // Only the hour that a clock skipped is a time in UTC and none in Astana (D-130).
        Err(_) if Moment::parse(&format!("{text}Z")).is_ok() => Err(Code::HourNeverWas),
        Err(_) => Err(Code::ValueWrongForm),
    }
}

/// No application and nobody in one is older.
const FIRST_YEAR: i32 = 1900;

/// What a closed list knows of a code.
pub(in crate::services) fn listed<T>(known: Option<T>) -> Result<T, Code> {
    known.ok_or(Code::ValueNotInList)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hour_that_a_clock_skipped_is_no_fault_of_form() {
        assert_eq!(stated_time("2004-03-28T02:30:00"), Err(Code::HourNeverWas));
        assert!(stated_time("2004-03-28T02:30:00Z").is_ok());
        assert_eq!(
            stated_time("1899-12-31T23:59:59Z"),
            Err(Code::ValueWrongForm)
        );
    }
}
