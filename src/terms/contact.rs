//! Ways to reach a family. None of it reaches a log.

use std::fmt;

/// A phone number of Kazakhstan's numbering zone: `+7` and ten digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// Reads `+7` and ten digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("+7")?;
        let fits = digits.len() == 10 && digits.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| Self(text.to_owned()))
    }

    /// The number. Not for logs.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(masked)")
    }
}

/// An e-mail address: one `@` between visible ASCII characters, a dot in the domain.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// The most characters of an address (RFC 5321 §4.5.3.1).
    pub const CHARS_MAX: usize = 254;

    /// Reads an address.
    pub fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.split_once('@')?;
        let visible = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic() && b != b'@')
        };
        let dotted =
            domain.split('.').count() > 1 && domain.split('.').all(|label| !label.is_empty());
        let fits = text.len() <= Self::CHARS_MAX && visible(local) && visible(domain) && dotted;
        fits.then(|| Self(text.to_owned()))
    }

    /// The address. Not for logs.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(masked)")
    }
}
