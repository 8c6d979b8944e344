//! Segments: how many short messages carry a text.
//!
//! Spec:  3GPP TS 23.038 §6.2 (the 7-bit alphabet, UCS-2), TS 23.040 §9.2.3.24.1 (concatenation).
//! Why:   Kazakh and Russian are UCS-2: 70 units alone, 67 in each of several.

/// What one segment holds, alone and as one of several.
struct Capacity {
    alone: u32,
    joined: u32,
}

const SEVEN_BIT: Capacity = Capacity {
    alone: 160,
    joined: 153,
};
const UCS2: Capacity = Capacity {
    alone: 70,
    joined: 67,
};

/// The default alphabet beyond the ASCII letters, digits and blanks that it shares.
const SEVEN_BIT_SINGLE: &str =
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
/// Its extension: two septets each.
const SEVEN_BIT_DOUBLE: &str = "\u{c}^{}\\[~]|€";

/// The number of segments; an empty text is one message all the same.
pub fn segments(text: &str) -> u32 {
    let septets: Option<Vec<u32>> = text.chars().map(septets).collect();
    match septets {
        Some(widths) => count(&widths, &SEVEN_BIT),
        None => {
            let units: Vec<u32> = text
                .chars()
                .map(|c| if c.len_utf16() == 1 { 1 } else { 2 })
                .collect();
            count(&units, &UCS2)
        }
    }
}

fn septets(c: char) -> Option<u32> {
    if c.is_ascii_alphanumeric() || SEVEN_BIT_SINGLE.contains(c) {
        Some(1)
    } else if SEVEN_BIT_DOUBLE.contains(c) {
        Some(2)
    } else {
        None
    }
}

/// A character of two units is never cut in two, so a segment may end one unit early.
fn count(widths: &[u32], capacity: &Capacity) -> u32 {
    if widths.iter().sum::<u32>() <= capacity.alone {
        return 1;
    }
    let mut segments = 1;
    let mut filled = 0;
    for width in widths {
        if filled + width > capacity.joined {
            segments += 1;
            filled = 0;
        }
        filled += width;
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::segments;

    #[test]
    fn cyrillic_is_seventy_alone_and_sixty_seven_in_several() {
        for (length, expected) in [
            (0, 1),
            (1, 1),
            (70, 1),
            (71, 2),
            (134, 2),
            (135, 3),
            (201, 3),
        ] {
            assert_eq!(segments(&"ә".repeat(length)), expected, "{length}");
        }
    }

    #[test]
    fn seven_bit_text_is_a_hundred_and_sixty_alone() {
        for (length, expected) in [(160, 1), (161, 2), (306, 2), (307, 3)] {
            assert_eq!(segments(&"R".repeat(length)), expected, "{length}");
        }
        assert_eq!(segments(&"€".repeat(80)), 1);
        assert_eq!(segments(&"€".repeat(81)), 2);
        // The sign of a number is in no 7-bit alphabet: one of it makes the whole UCS-2.
        assert_eq!(segments(&format!("{}№", "R".repeat(70))), 2);
    }

    #[test]
    fn character_of_two_units_is_not_cut_in_two() {
        assert_eq!(
            segments(&format!("{}😀{}", "ә".repeat(66), "ә".repeat(66))),
            3
        );
        assert_eq!(
            segments(&format!("{}{}", "😀".repeat(33), "ә".repeat(68))),
            2
        );
    }
}
