//! Personal and business numbers: twelve digits with a check digit.
//!
//! Law:   Act No. 223 of 12.01.2007 on national registers of identification numbers.
//! In:    text. Out: a number whose check digit holds. `Debug` is masked.

use std::fmt;

use super::{Day, Sex};

/// Why a text is not a personal or business number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotANumber {
    /// The twelfth digit does not follow from the eleven before it.
    #[error("the check digit does not fit")]
    CheckDigit,
    /// The first digits are no calendar date, or the seventh names no century.
    #[error("the digits of the date are no date")]
    Date,
    /// Not exactly twelve ASCII digits.
    #[error("not twelve digits")]
    Shape,
}

/// ИИН: the individual identification number, `YYMMDD`, century and sex, serial, check digit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Iin([u8; 12]);

impl Iin {
    /// Reads twelve digits; the date and the check digit must hold.
    ///
    /// The seventh digit is 1–6 (19th to 21st century, odd for male); 0 stands in old numbers that
    /// carry neither, so then only month and day are checked.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        let digits = checked_digits(text)?;
        let iin = Self(digits);
        if digits[6] == b'0' {
            // 2000 was a leap year, so this accepts any day that some century could hold.
            iin.day_in_century(2000).ok_or(NotANumber::Date)?;
        } else {
            iin.birth_date().ok_or(NotANumber::Date)?;
        }
        Ok(iin)
    }

    /// The twelve digits. Not for logs.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("only ASCII digits are ever stored")
    }

    /// The date of birth, where the seventh digit tells the century.
    pub fn birth_date(&self) -> Option<Day> {
        let century = match self.0[6] {
            b'1' | b'2' => 1800,
            b'3' | b'4' => 1900,
            b'5' | b'6' => 2000,
            _ => return None,
        };
        self.day_in_century(century)
    }

    /// The sex, where the seventh digit tells it.
    pub fn sex(&self) -> Option<Sex> {
        match self.0[6] {
            b'1' | b'3' | b'5' => Some(Sex::Male),
            b'2' | b'4' | b'6' => Some(Sex::Female),
            _ => None,
        }
    }

    fn day_in_century(&self, century: i32) -> Option<Day> {
        let two = |at: usize| u32::from(self.0[at] - b'0') * 10 + u32::from(self.0[at + 1] - b'0');
        let year = century + i32::try_from(two(0)).ok()?;
        Day::from_parts(year, two(2), two(4))
    }
}

impl fmt::Debug for Iin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Iin(masked)")
    }
}

/// БИН: the business identification number of an organisation. It is public.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bin([u8; 12]);

impl Bin {
    /// Reads twelve digits whose check digit holds and whose first four are a year and a month.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        let digits = checked_digits(text)?;
        let month = (digits[2] - b'0') * 10 + (digits[3] - b'0');
        if !(1..=12).contains(&month) || !matches!(digits[4], b'4'..=b'6') {
            return Err(NotANumber::Date);
        }
        Ok(Self(digits))
    }

    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("only ASCII digits are ever stored")
    }
}

impl fmt::Debug for Bin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bin({})", self.as_str())
    }
}

/// БИН или ИИН of whoever runs a preschool (004 1_5 p.3). It may be a person's, so it is masked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnerNumber([u8; 12]);

impl OwnerNumber {
    /// Reads twelve digits whose check digit holds, as both kinds of number have it.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        checked_digits(text).map(Self)
    }

    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("only ASCII digits are ever stored")
    }
}

impl fmt::Debug for OwnerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnerNumber(masked)")
    }
}

fn checked_digits(text: &str) -> Result<[u8; 12], NotANumber> {
    let digits: [u8; 12] = text.as_bytes().try_into().map_err(|_| NotANumber::Shape)?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(NotANumber::Shape);
    }
    let sum = |weights: [u32; 11]| {
        let weighted = digits
            .iter()
            .zip(weights)
            .map(|(d, w)| u32::from(d - b'0') * w);
        weighted.sum::<u32>() % 11
    };
    let mut check = sum([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    if check == 10 {
        check = sum([3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]);
    }
    // A second ten means that no such number is ever issued.
    if check == u32::from(digits[11] - b'0') {
        Ok(digits)
    } else {
        Err(NotANumber::CheckDigit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_check_digit(eleven: &str) -> Option<String> {
        (0..10)
            .map(|d| format!("{eleven}{d}"))
            .find(|text| checked_digits(text).is_ok())
    }

    #[test]
    fn number_with_a_wrong_check_digit_is_refused() {
        let good = with_check_digit("21031550012").expect("some digit fits");
        let last = good.as_bytes()[11] - b'0';
        let bad = format!("{}{}", &good[..11], (last + 1) % 10);
        assert!(Iin::parse(&good).is_ok());
        assert_eq!(Iin::parse(&bad), Err(NotANumber::CheckDigit));
    }

    #[test]
    fn sample_number_of_the_test_authority_fails_the_checksum() {
        assert_eq!(Iin::parse("123456789011"), Err(NotANumber::CheckDigit));
        assert_eq!(Iin::parse("12345678901"), Err(NotANumber::Shape));
        assert_eq!(Iin::parse("12345678901x"), Err(NotANumber::Shape));
    }

    #[test]
    fn birth_date_and_sex_follow_from_the_first_seven_digits() {
        let girl = Iin::parse(&with_check_digit("21031560012").expect("fits")).expect("valid");
        assert_eq!(girl.birth_date(), Day::from_parts(2021, 3, 15));
        assert_eq!(girl.sex(), Some(Sex::Female));
        let old = Iin::parse(&with_check_digit("85022900012").expect("fits"));
        assert_eq!(old, Err(NotANumber::Date));
    }

    #[test]
    fn number_without_a_century_is_read_with_neither_year_nor_sex() {
        let number = with_check_digit("85022800012").expect("some digit fits");
        let iin = Iin::parse(&number).expect("month and day are a date");
        assert_eq!((iin.birth_date(), iin.sex()), (None, None));
    }

    #[test]
    fn personal_number_is_masked_in_debug() {
        let number = with_check_digit("21031550012").expect("some digit fits");
        let shown = format!("{:?}", Iin::parse(&number).expect("valid"));
        assert!(!shown.chars().any(|c| c.is_ascii_digit()));
    }
}
