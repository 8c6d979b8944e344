//! Regions: what a code of the КАТО classifier begins with.

/// Области, города республиканского значения и столица, by the first two digits of their codes:
/// the twenty that the plan of 004 annex 2 names.
const REGIONS: [&str; 20] = [
    "10", "11", "15", "19", "23", "27", "31", "33", "35", "39", "43", "47", "55", "59", "61", "62",
    "63", "71", "75", "79",
];

/// Whether these are the first digits of codes in some region, the region's two at least.
pub fn begins_in_a_region(digits: &str) -> bool {
    (2..=9).contains(&digits.len())
        && digits.bytes().all(|digit| digit.is_ascii_digit())
        && REGIONS.iter().any(|region| digits.starts_with(region))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_is_two_digits_that_the_classifier_has_and_perhaps_more() {
        for (digits, expected) in [
            ("71", true),
            ("3528", true),
            ("710000000", true),
            ("7", false),
            ("", false),
            ("70", false),
            ("7100000000", false),
            ("71x", false),
            ("*", false),
        ] {
            assert_eq!(begins_in_a_region(digits), expected, "{digits}");
        }
    }
}
