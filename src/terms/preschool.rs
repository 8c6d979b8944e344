//! Where a queue stands: the settlement and the preschool.

use std::fmt;

/// A text that is no identifier of a preschool or a settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier of this kind")]
pub struct NotAPreschool;

/// Населённый пункт: its nine-digit code of the КАТО classifier.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Settlement([u8; 9]);

impl Settlement {
    /// Reads nine digits.
    pub fn parse(text: &str) -> Result<Self, NotAPreschool> {
        let digits: [u8; 9] = text.as_bytes().try_into().map_err(|_| NotAPreschool)?;
        if digits.iter().all(u8::is_ascii_digit) {
            Ok(Self(digits))
        } else {
            Err(NotAPreschool)
        }
    }

    /// The nine digits; the first two name the region.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("only ASCII digits are ever stored")
    }
}

impl fmt::Debug for Settlement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Settlement({})", self.as_str())
    }
}

/// Дошкольная организация (ДО): the code of its settlement, a hyphen, four digits.
///
/// The settlement is part of the identity, so that "of one settlement" (004 pt.16) can be checked
/// at the door, where no register is at hand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PreschoolId([u8; 14]);

impl PreschoolId {
    /// Reads `NNNNNNNNN-NNNN`.
    pub fn parse(text: &str) -> Result<Self, NotAPreschool> {
        let bytes: [u8; 14] = text.as_bytes().try_into().map_err(|_| NotAPreschool)?;
        let digits = bytes[..9]
            .iter()
            .chain(&bytes[10..])
            .all(u8::is_ascii_digit);
        if digits && bytes[9] == b'-' {
            Ok(Self(bytes))
        } else {
            Err(NotAPreschool)
        }
    }

    /// The identifier as it is written.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("only ASCII is ever stored")
    }

    /// The settlement that it belongs to.
    pub fn settlement(&self) -> Settlement {
        Settlement::parse(&self.as_str()[..9]).expect("the first nine characters are digits")
    }
}

impl fmt::Debug for PreschoolId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PreschoolId({})", self.as_str())
    }
}
