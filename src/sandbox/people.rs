//! Invented people: numbers with valid check digits, made from a serial number.

use crate::terms::{Day, Iin, Sex};

/// An invented child.
#[derive(Debug, Clone, Copy)]
pub struct Child {
    /// The personal number.
    pub iin: Iin,
    /// The day of birth in it.
    pub birth: Day,
    /// The sex in it.
    pub sex: Sex,
}

/// Children that can be told apart by their serial number.
pub const CHILDREN: u64 = 4 * 336 * 10_000 * 2;

/// The child of this serial number, born 2022–2025; beyond [`CHILDREN`] they repeat.
///
/// A serial number for which no check digit exists (one in 121) stands for a child of the
/// neighbouring series, which no other serial number means.
pub fn child(serial: u64) -> Child {
    let serial = serial % CHILDREN;
    let (sex, rest) = (serial % 2, serial / 2);
    let (number, rest) = (rest % 10_000, rest / 10_000);
    let (day, year) = (rest % 336, 2022 + rest / 336);
    let (month, day) = (day / 28 + 1, day % 28 + 1);
    let (sex, century) = if sex == 0 {
        (Sex::Male, 5)
    } else {
        (Sex::Female, 6)
    };
    let year_digits = year % 100;
    let iin = [0, 28]
        .into_iter()
        .find_map(|shift| {
            // Days 29 and 30 are used by no serial number, so the neighbour is free.
            let day = if shift == 0 { day } else { 29 + day % 2 };
            let month = if shift == 0 || month != 2 { month } else { 3 };
            let eleven = format!("{year_digits:02}{month:02}{day:02}{century}{number:04}");
            with_check_digit(&eleven)
        })
        .expect("one of two neighbouring numbers has a check digit");
    let birth = iin
        .birth_date()
        .expect("the seventh digit names the century");
    Child { iin, birth, sex }
}

/// An invented grown-up.
pub fn parent(serial: u64) -> Iin {
    let (number, rest) = (serial % 10_000, serial / 10_000);
    let (day, rest) = (rest % 28 + 1, rest / 28);
    let (month, rest) = (rest % 12 + 1, rest / 12);
    let year = 80 + rest % 20;
    (0..10)
        .find_map(|shift| {
            let number = (number + shift) % 10_000;
            with_check_digit(&format!("{year:02}{month:02}{day:02}4{number:04}"))
        })
        .expect("of ten neighbouring numbers most have a check digit")
}

/// A person of this birth date, century and sex, as seven digits of a number say them.
pub(super) fn of_the_same_day(seven: &str, number: u16) -> Iin {
    (0..10)
        .find_map(|shift| {
            let number = (u32::from(number) + shift) % 10_000;
            with_check_digit(&format!("{seven}{number:04}"))
        })
        .expect("of ten neighbouring numbers most have a check digit")
}

fn with_check_digit(eleven: &str) -> Option<Iin> {
    (0..10).find_map(|digit| Iin::parse(&format!("{eleven}{digit}")).ok())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_serial_number_has_a_child_of_its_own() {
        let numbers: HashSet<Iin> = (0..200_000).map(|serial| child(serial).iin).collect();
        assert_eq!(numbers.len(), 200_000);
    }

    #[test]
    fn number_tells_birth_and_sex() {
        for serial in [0, 1, 77_777, CHILDREN - 1] {
            let child = child(serial);
            assert_eq!(child.iin.sex(), Some(child.sex));
            assert_eq!(child.iin.birth_date(), Some(child.birth));
        }
        assert_eq!(parent(12_345).as_str().len(), 12);
    }
}
