//! What a scan is: its name by its content, and its kind by its first octets.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};

/// The name of a content: its SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContentId([u8; 32]);

impl ContentId {
    /// The name of these octets.
    pub fn of(octets: &[u8]) -> Self {
        let digest = digest(&SHA256, octets);
        Self(digest.as_ref().try_into().expect("SHA-256 has 32 octets"))
    }

    /// A name that was computed before.
    pub fn new(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The name in 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let mut octets = [0; 32];
        for (octet, pair) in octets.iter_mut().zip(text.as_bytes().chunks(2)) {
            *octet = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(octets))
    }

    /// Its octets.
    pub fn octets(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

/// What a scan may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// JPEG.
    Jpeg,
    /// PDF.
    Pdf,
    /// PNG.
    Png,
}

impl Media {
    /// Octets from the beginning that are enough to tell.
    pub const SNIFF_OCTETS: usize = 1_024;

    /// All of them.
    pub const ALL: [Self; 3] = [Self::Jpeg, Self::Pdf, Self::Png];

    /// What begins so, whatever its sender says of it.
    pub fn sniff(beginning: &[u8]) -> Option<Self> {
        let near = &beginning[..beginning.len().min(Self::SNIFF_OCTETS)];
        if near.starts_with(&[0xFF, 0xD8, 0xFF]) {
            return Some(Self::Jpeg);
        }
        if near.starts_with(b"\x89PNG\r\n\x1A\n") {
            return Some(Self::Png);
        }
        // ISO 32000-1 annex H, note 13: readers accept the header within the first 1024 octets.
        near.windows(5)
            .any(|five| five == b"%PDF-")
            .then_some(Self::Pdf)
    }

    /// Its name among media types.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
        }
    }

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|media| media.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_octets_decide_and_not_what_is_said() {
        for (beginning, media) in [
            (b"%PDF-1.7\n".as_slice(), Some(Media::Pdf)),
            (b"\n\n%PDF-1.4", Some(Media::Pdf)),
            (b"\xFF\xD8\xFF\xE0\0\x10JFIF", Some(Media::Jpeg)),
            (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", Some(Media::Png)),
            (b"\x89PNG\n\x1A\n", None),
            (b"MZ\x90\0", None),
            (b"<svg onload='x'/>", None),
            (b"", None),
        ] {
            assert_eq!(Media::sniff(beginning), media, "{beginning:?}");
        }
        let far = [vec![b' '; Media::SNIFF_OCTETS], b"%PDF-1.7".to_vec()].concat();
        assert_eq!(Media::sniff(&far), None, "a header so far behind is none");
        assert!(
            Media::ALL
                .into_iter()
                .all(|media| Media::from_name(media.name()) == Some(media))
        );
    }

    #[test]
    fn name_is_read_as_it_is_written() {
        let name = ContentId::of(b"scan");
        assert_eq!(ContentId::parse(&name.to_string()), Some(name));
        assert_eq!(
            ContentId::parse(&name.to_string().to_uppercase()),
            Some(name)
        );
        assert_eq!(ContentId::parse(&name.to_string()[1..]), None);
        assert_eq!(
            ContentId::parse(&format!("+{}", &name.to_string()[1..])),
            None
        );
    }
}
