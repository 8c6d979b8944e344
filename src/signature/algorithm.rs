//! Algorithms and their identifiers: the allow-list, with dates.
//!
//! Spec:  XMLDSig §6; RFC 9231 §2 (RSA, ECDSA and their plain values); RFC 5754 and RFC 5758 for
//! the OIDs; the Kazakh URIs and OIDs as the national authority's own signatures carry them.
//! The list is short on purpose: what is not here is refused, whatever a message claims. Each has
//! a time: what is signed outside of it is refused, and what was signed in it can still be read.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use aws_lc_rs::digest;
use x509_cert::der::asn1::ObjectIdentifier;

use crate::terms::Moment;
use crate::xml::Texts;
use crate::xml::elsewhere::{Lines, spell};

use super::gost;

/// Exclusive C14N 1.0 without comments: the only canonicalisation of transport signatures.
pub(super) const EXCLUSIVE_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// A digest algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digest {
    /// GOST R 34.11-94 with the S-boxes of its test.
    Gost94,
    /// For archives alone.
    Sha1,
    Sha256,
    Sha384,
    Sha512,
    /// Streebog of 512 bits.
    Streebog512,
}

/// A signature algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// ECDSA on P-256 with SHA-256; in XML the value is r and s, 32 octets each.
    EcdsaSha256,
    /// ECDSA on P-384 with SHA-384; in XML the value is r and s, 48 octets each.
    EcdsaSha384,
    /// GOST 34.310-2004 with GOST 34.311-95: archives and time-stamps.
    Gost2004,
    /// GOST R 34.10-2015 of 512 bits with Streebog.
    Gost2015,
    /// RSASSA-PKCS1-v1_5 with SHA-1: archives.
    RsaSha1,
    /// RSASSA-PKCS1-v1_5 with SHA-256, keys of 2048 bits or more, as those below.
    RsaSha256,
    RsaSha384,
    RsaSha512,
}

/// How something is identified: the URI that we write and others that mean the same, and the OID;
/// and when it may sign.
struct Row<T> {
    what: T,
    uris: &'static [&'static str],
    oid: ObjectIdentifier,
    window: Range<i64>,
}

const fn row<T: Copy>(
    what: T,
    uris: &'static [&'static str],
    oid: &str,
    window: Range<i64>,
) -> Row<T> {
    Row {
        what,
        uris,
        oid: ObjectIdentifier::new_unwrap(oid),
        window,
    }
}

/// Milliseconds since 1970 in which something may sign.
const ALWAYS: Range<i64> = i64::MIN..i64::MAX;
/// SHA-1 makes no new signatures after 2013 (NIST SP 800-131A).
const SHA1: Range<i64> = i64::MIN..day(2014, 1, 1);
/// The last authority for people and organisations that issued by GOST 34.310-2004 ended on the
/// day before. Authorities of government bodies have certificates signed by it for longer; what is
/// dated here is what somebody signs with a key of it.
const GOST_2004: Range<i64> = i64::MIN..day(2025, 6, 26);
/// The first root of GOST R 34.10-2015 began on that day.
const GOST_2015: Range<i64> = day(2022, 6, 15)..i64::MAX;

/// The more usual ones first.
static DIGESTS: [Row<Digest>; 6] = [
    row(
        Digest::Sha256,
        &["http://www.w3.org/2001/04/xmlenc#sha256"],
        "2.16.840.1.101.3.4.2.1",
        ALWAYS,
    ),
    row(
        Digest::Streebog512,
        &["urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34112015-512"],
        "1.2.398.3.10.1.3.3",
        GOST_2015,
    ),
    row(
        Digest::Sha512,
        &["http://www.w3.org/2001/04/xmlenc#sha512"],
        "2.16.840.1.101.3.4.2.3",
        ALWAYS,
    ),
    row(
        Digest::Sha384,
        &["http://www.w3.org/2001/04/xmldsig-more#sha384"],
        "2.16.840.1.101.3.4.2.2",
        ALWAYS,
    ),
    row(
        Digest::Gost94,
        &["http://www.w3.org/2001/04/xmldsig-more#gost34311"],
        "1.2.398.3.10.1.3.1",
        GOST_2004,
    ),
    row(
        Digest::Sha1,
        // The second is no standard's, but what the national library wrote.
        &[
            "http://www.w3.org/2000/09/xmldsig#sha1",
            "http://www.w3.org/2001/04/xmldsig-more#sha1",
        ],
        "1.3.14.3.2.26",
        SHA1,
    ),
];

impl Digest {
    fn row(self) -> &'static Row<Self> {
        let mut rows = DIGESTS.iter();
        rows.find(|row| row.what == self).expect("each has its row")
    }

    pub(super) fn uri(self) -> &'static str {
        self.row().uris[0]
    }

    pub(super) fn from_uri(uri: &str) -> Option<Self> {
        let row = DIGESTS.iter().find(|row| row.uris.contains(&uri));
        row.map(|row| row.what)
    }

    pub(super) fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        let row = DIGESTS.iter().find(|row| row.oid == oid);
        row.map(|row| row.what)
    }

    /// Whether what was made at that moment may rest on it.
    pub(super) fn is_allowed_at(self, moment: Moment) -> bool {
        self.row().window.contains(&moment.millis())
    }

    /// The digest of octets.
    pub(super) fn of(self, octets: &[u8]) -> Vec<u8> {
        let usual = |algorithm| digest::digest(algorithm, octets).as_ref().to_vec();
        match self {
            Self::Gost94 => gost::gost94(octets).to_vec(),
            Self::Sha1 => usual(&digest::SHA1_FOR_LEGACY_USE_ONLY),
            Self::Sha256 => usual(&digest::SHA256),
            Self::Sha384 => usual(&digest::SHA384),
            Self::Sha512 => usual(&digest::SHA512),
            Self::Streebog512 => gost::streebog512(octets).to_vec(),
        }
    }

    /// The digest of a canonical form whose marks stand for texts that are found elsewhere.
    ///
    /// # Errors
    /// Where one of them cannot be read.
    pub(super) fn of_form(
        self,
        octets: &[u8],
        texts: Option<&Arc<dyn Texts>>,
    ) -> io::Result<Vec<u8>> {
        let Some(texts) = texts.map(Arc::as_ref) else {
            return Ok(self.of(octets));
        };
        let pieces = |to: &mut dyn FnMut(&[u8])| spell(octets, texts, Lines::Canonical, to);
        let usual = |algorithm| {
            let mut context = digest::Context::new(algorithm);
            pieces(&mut |piece| context.update(piece))?;
            Ok(context.finish().as_ref().to_vec())
        };
        match self {
            Self::Gost94 => Ok(gost::gost94_in_pieces(pieces)?.to_vec()),
            Self::Sha1 => usual(&digest::SHA1_FOR_LEGACY_USE_ONLY),
            Self::Sha256 => usual(&digest::SHA256),
            Self::Sha384 => usual(&digest::SHA384),
            Self::Sha512 => usual(&digest::SHA512),
            Self::Streebog512 => Ok(gost::streebog512_in_pieces(pieces)?.to_vec()),
        }
    }
}

/// The more usual ones first.
static ALGORITHMS: [Row<Algorithm>; 8] = [
    row(
        Algorithm::RsaSha256,
        &["http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"],
        "1.2.840.113549.1.1.11",
        ALWAYS,
    ),
    row(
        Algorithm::Gost2015,
        &["urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:\
                   gostr34102015-gostr34112015-512"],
        "1.2.398.3.10.1.1.2.3.2",
        GOST_2015,
    ),
    row(
        Algorithm::EcdsaSha256,
        &["http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"],
        "1.2.840.10045.4.3.2",
        ALWAYS,
    ),
    row(
        Algorithm::EcdsaSha384,
        &["http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"],
        "1.2.840.10045.4.3.3",
        ALWAYS,
    ),
    row(
        Algorithm::RsaSha384,
        &["http://www.w3.org/2001/04/xmldsig-more#rsa-sha384"],
        "1.2.840.113549.1.1.12",
        ALWAYS,
    ),
    row(
        Algorithm::RsaSha512,
        &["http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"],
        "1.2.840.113549.1.1.13",
        ALWAYS,
    ),
    row(
        Algorithm::Gost2004,
        &["http://www.w3.org/2001/04/xmldsig-more#gost34310-gost34311"],
        "1.2.398.3.10.1.1.1.2",
        GOST_2004,
    ),
    row(
        Algorithm::RsaSha1,
        &[
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha1",
        ],
        "1.2.840.113549.1.1.5",
        SHA1,
    ),
];

impl Algorithm {
    fn row(self) -> &'static Row<Self> {
        let mut rows = ALGORITHMS.iter();
        rows.find(|row| row.what == self).expect("each has its row")
    }

    pub(super) fn uri(self) -> &'static str {
        self.row().uris[0]
    }

    pub(super) fn from_uri(uri: &str) -> Option<Self> {
        let row = ALGORITHMS.iter().find(|row| row.uris.contains(&uri));
        row.map(|row| row.what)
    }

    pub(super) fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        let row = ALGORITHMS.iter().find(|row| row.oid == oid);
        row.map(|row| row.what)
    }

    /// RSA with a digest that is named apart from it.
    pub(super) fn rsa_with(digest: Digest) -> Option<Self> {
        match digest {
            Digest::Sha1 => Some(Self::RsaSha1),
            Digest::Sha256 => Some(Self::RsaSha256),
            Digest::Sha384 => Some(Self::RsaSha384),
            Digest::Sha512 => Some(Self::RsaSha512),
            Digest::Gost94 | Digest::Streebog512 => None,
        }
    }

    /// Whether what was signed at that moment may rest on it.
    pub(super) fn is_allowed_at(self, moment: Moment) -> bool {
        self.row().window.contains(&moment.millis())
    }

    /// The digest that belongs to it: of what it signs, and of what we refer to when we sign.
    pub(super) fn digest(self) -> Digest {
        match self {
            Self::EcdsaSha256 | Self::RsaSha256 => Digest::Sha256,
            Self::EcdsaSha384 | Self::RsaSha384 => Digest::Sha384,
            Self::Gost2004 => Digest::Gost94,
            Self::Gost2015 => Digest::Streebog512,
            Self::RsaSha1 => Digest::Sha1,
            Self::RsaSha512 => Digest::Sha512,
        }
    }
}

/// The first millisecond of a day of UTC.
const fn day(year: i64, month: i64, day: i64) -> i64 {
    // Days since 1970 in the Gregorian calendar, years counted from March.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leaps = year / 4 - year / 100 + year / 400;
    let days = 365 * year + leaps + (153 * month + 2) / 5 + day - 1 - 719_468;
    days * 86_400_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_identifiers_and_its_end() {
        for row in &ALGORITHMS {
            assert_eq!(Algorithm::from_oid(row.oid), Some(row.what));
            assert_eq!(row.what.uri(), row.uris[0]);
            for uri in row.uris {
                assert_eq!(Algorithm::from_uri(uri), Some(row.what));
            }
        }
        for row in &DIGESTS {
            assert_eq!(Digest::from_oid(row.oid), Some(row.what));
            assert_eq!(Digest::from_uri(row.what.uri()), Some(row.what));
        }
        let at = |text| Moment::parse(text).expect("a moment");
        let (last, first) = (at("2013-12-31T23:59:59.999Z"), at("2014-01-01T00:00:00Z"));
        assert!(Algorithm::RsaSha1.is_allowed_at(last) && Digest::Sha1.is_allowed_at(last));
        assert!(!Algorithm::RsaSha1.is_allowed_at(first) && !Digest::Sha1.is_allowed_at(first));
        assert!(Algorithm::Gost2004.is_allowed_at(at("2025-06-25T23:59:59Z")));
        assert!(!Algorithm::Gost2004.is_allowed_at(at("2025-06-26T00:00:00Z")));
        assert!(Algorithm::Gost2015.is_allowed_at(at("2022-06-15T00:00:00Z")));
        assert!(!Digest::Streebog512.is_allowed_at(at("2022-06-14T23:59:59Z")));
        assert!(Algorithm::RsaSha256.is_allowed_at(at("2005-01-01T00:00:00Z")));
    }
}
