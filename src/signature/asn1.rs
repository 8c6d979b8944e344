//! DER, element by element: for lists of revocation, answers of OCSP and time-stamps.
//!
//! Spec:  X.690 §8, §10. A list of revocation has hundreds of thousands of entries, and of the rest
//! we need a few fields each, so they are read in place instead of into trees. The primitives and
//! their strictness are those of the library that reads certificates.

use x509_cert::der::asn1::{AnyRef, ObjectIdentifier, UintRef};
use x509_cert::der::{Decode, Reader, SliceReader, Tag, TagNumber};
use x509_cert::time::Time;

use crate::terms::Moment;

/// Not DER, or not of the syntax that was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotDer;

impl From<x509_cert::der::Error> for NotDer {
    fn from(_: x509_cert::der::Error) -> Self {
        Self
    }
}

pub(super) type Read<T> = Result<T, NotDer>;

/// A context-specific tag that wraps other elements.
pub(super) fn explicit(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(number),
    }
}

/// A context-specific tag of a primitive value.
pub(super) fn implicit(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: false,
        number: TagNumber(number),
    }
}

/// Reads elements that follow one another.
pub(super) struct Cursor<'a>(SliceReader<'a>);

impl<'a> Cursor<'a> {
    /// Begins at the first element of these octets.
    pub(super) fn new(octets: &'a [u8]) -> Read<Self> {
        Ok(Self(SliceReader::new(octets)?))
    }

    /// The elements inside the one SEQUENCE that these octets are.
    pub(super) fn of_sequence(octets: &'a [u8]) -> Read<Self> {
        let mut outer = Self::new(octets)?;
        let inside = outer.inside(Tag::Sequence)?;
        outer.end()?;
        Ok(inside)
    }

    /// Whether nothing follows.
    pub(super) fn is_at_end(&self) -> bool {
        self.0.is_finished()
    }

    /// Requires that nothing follows.
    pub(super) fn end(self) -> Read<()> {
        if self.is_at_end() {
            Ok(())
        } else {
            Err(NotDer)
        }
    }

    /// The tag of the next element.
    pub(super) fn peek(&self) -> Option<Tag> {
        Tag::peek(&self.0).ok()
    }

    /// The next element, whatever it is.
    pub(super) fn any(&mut self) -> Read<AnyRef<'a>> {
        Ok(AnyRef::decode(&mut self.0)?)
    }

    /// All octets of the next element.
    pub(super) fn whole(&mut self) -> Read<&'a [u8]> {
        Ok(self.0.tlv_bytes()?)
    }

    /// The content of the next element, which must have this tag.
    pub(super) fn take(&mut self, tag: Tag) -> Read<&'a [u8]> {
        if self.peek() == Some(tag) {
            Ok(self.any()?.value())
        } else {
            Err(NotDer)
        }
    }

    /// The same, where it may be missing.
    pub(super) fn optional(&mut self, tag: Tag) -> Read<Option<&'a [u8]>> {
        if self.peek() == Some(tag) {
            self.take(tag).map(Some)
        } else {
            Ok(None)
        }
    }

    /// The elements inside the next element.
    pub(super) fn inside(&mut self, tag: Tag) -> Read<Self> {
        Self::new(self.take(tag)?)
    }

    /// The same, where it may be missing.
    pub(super) fn optional_inside(&mut self, tag: Tag) -> Read<Option<Self>> {
        self.optional(tag)?.map(Self::new).transpose()
    }

    /// An OBJECT IDENTIFIER.
    pub(super) fn oid(&mut self) -> Read<ObjectIdentifier> {
        Ok(ObjectIdentifier::decode(&mut self.0)?)
    }

    /// The OID of an AlgorithmIdentifier, whose parameters are absent or NULL.
    pub(super) fn algorithm(&mut self) -> Read<ObjectIdentifier> {
        let mut inside = self.inside(Tag::Sequence)?;
        let oid = inside.oid()?;
        if let Some(parameters) = inside.optional(Tag::Null)?
            && !parameters.is_empty()
        {
            return Err(NotDer);
        }
        inside.end()?;
        Ok(oid)
    }

    /// An INTEGER that is not negative, without a leading zero.
    pub(super) fn unsigned(&mut self) -> Read<&'a [u8]> {
        let number = UintRef::decode(&mut self.0)?.as_bytes();
        let zeros = number.iter().take_while(|octet| **octet == 0).count();
        Ok(&number[zeros..])
    }

    /// A number of one octet at most.
    pub(super) fn small(&mut self, tag: Tag) -> Read<u8> {
        match self.take(tag)? {
            [value] if *value < 0x80 => Ok(*value),
            _ => Err(NotDer),
        }
    }

    /// A UTCTime or GeneralizedTime, in whole seconds.
    pub(super) fn time(&mut self) -> Read<Moment> {
        let time = Time::decode(&mut self.0)?;
        let millis = i64::try_from(time.to_unix_duration().as_millis()).map_err(|_| NotDer)?;
        Moment::from_millis(millis).ok_or(NotDer)
    }

    /// The octets of a BIT STRING of whole octets.
    pub(super) fn bits(&mut self) -> Read<&'a [u8]> {
        match self.take(Tag::BitString)? {
            [0, octets @ ..] if !octets.is_empty() => Ok(octets),
            _ => Err(NotDer),
        }
    }
}

/// An element with its signature: `SEQUENCE { what was signed, AlgorithmIdentifier, BIT STRING, …
/// }`.
pub(super) struct Signed<'a> {
    /// What was signed, as a whole element.
    pub(super) content: &'a [u8],
    pub(super) algorithm: ObjectIdentifier,
    pub(super) value: &'a [u8],
    /// What follows the signature.
    pub(super) rest: Cursor<'a>,
}

impl<'a> Signed<'a> {
    pub(super) fn read(octets: &'a [u8]) -> Read<Self> {
        let mut rest = Cursor::of_sequence(octets)?;
        Ok(Self {
            content: rest.whole()?,
            algorithm: rest.algorithm()?,
            value: rest.bits()?,
            rest,
        })
    }
}

/// One extension: its OID, whether it is critical, and the octets of its value.
pub(super) type Extension<'a> = (ObjectIdentifier, bool, &'a [u8]);

/// The extensions in a SEQUENCE OF Extension (RFC 5280 §4.1).
pub(super) fn extensions<'a>(list: &mut Cursor<'a>) -> Read<Vec<Extension<'a>>> {
    const EXTENSIONS_MAX: usize = 32;
    let mut found: Vec<Extension<'a>> = Vec::new();
    let mut all = list.inside(Tag::Sequence)?;
    while !all.is_at_end() {
        let mut one = all.inside(Tag::Sequence)?;
        let id = one.oid()?;
        let critical = one
            .optional(Tag::Boolean)?
            .is_some_and(|value| value != [0]);
        let value = one.take(Tag::OctetString)?;
        one.end()?;
        if found.len() >= EXTENSIONS_MAX || found.iter().any(|(known, _, _)| *known == id) {
            return Err(NotDer);
        }
        found.push((id, critical, value));
    }
    Ok(found)
}

/// Tags of universal types, for writing.
pub mod tag {
    /// BIT STRING
    pub const BIT_STRING: u8 = 0x03;
    /// BOOLEAN
    pub const BOOLEAN: u8 = 0x01;
    /// ENUMERATED
    pub const ENUMERATED: u8 = 0x0A;
    /// GeneralizedTime
    pub const GENERALIZED_TIME: u8 = 0x18;
    /// INTEGER
    pub const INTEGER: u8 = 0x02;
    /// NULL
    pub const NULL: u8 = 0x05;
    /// OBJECT IDENTIFIER
    pub const OBJECT: u8 = 0x06;
    /// OCTET STRING
    pub const OCTET_STRING: u8 = 0x04;
    /// SEQUENCE
    pub const SEQUENCE: u8 = 0x30;
    /// SET
    pub const SET: u8 = 0x31;
}

/// Writes one element.
pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let significant: Vec<u8> = length.into_iter().skip_while(|octet| *octet == 0).collect();
    let mut out = vec![tag];
    match significant[..] {
        [] => out.push(0),
        [short] if short < 0x80 => out.push(short),
        _ => {
            out.push(0x80 | u8::try_from(significant.len()).expect("a length has few octets"));
            out.extend_from_slice(&significant);
        }
    }
    out.extend_from_slice(content);
    out
}

/// Writes a SEQUENCE of elements.
pub fn sequence(elements: &[Vec<u8>]) -> Vec<u8> {
    tlv(tag::SEQUENCE, &elements.concat())
}

/// Writes an INTEGER that is not negative.
pub fn integer(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    let mut octets = number[zeros..].to_vec();
    if octets.first().is_none_or(|first| *first >= 0x80) {
        octets.insert(0, 0);
    }
    tlv(tag::INTEGER, &octets)
}

/// Writes the OID whose dotted form this is; what is no number ends it.
pub fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u64> = dotted
        .split('.')
        .map_while(|arc| arc.parse().ok())
        .collect();
    let mut octets = Vec::new();
    let mut push = |arc: u64| {
        let groups = (1..10).find(|n| arc >> (7 * n) == 0).unwrap_or(10);
        for group in (0..groups).rev() {
            let seven = u8::try_from(arc >> (7 * group) & 0x7F).expect("seven bits fit");
            octets.push(if group > 0 { seven | 0x80 } else { seven });
        }
    };
    if let [first, second, rest @ ..] = arcs.as_slice() {
        push(first * 40 + second);
        rest.iter().copied().for_each(&mut push);
    }
    tlv(tag::OBJECT, &octets)
}
