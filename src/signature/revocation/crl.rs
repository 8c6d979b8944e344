//! Lists of revocation, complete and delta.
//!
//! Spec:  RFC 5280 §5. In: DER. Out: an index by serial number.
//! Only lists that cover every certificate of their issuer are taken: one that is partitioned, of
//! some reasons, or of another's certificates has a critical extension that is not obeyed here,
//! and is refused whole.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use x509_cert::der::Tag;
use x509_cert::der::asn1::ObjectIdentifier;

use crate::signature::asn1::{Cursor, NotDer, Read, Signed, explicit, extensions};
use crate::signature::{Certificate, sha256};
use crate::terms::Moment;

use super::{Reason, Untold};

const OCTETS_MAX: usize = 64 << 20;
const ENTRIES_MAX: usize = 2_000_000;
/// RFC 5280 §4.1.2.2 and §5.2.3.
const NUMBER_OCTETS_MAX: usize = 20;

const CRL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.20");
const DELTA_INDICATOR: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.27");
const AUTHORITY_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
const REASON: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.21");
/// Of entries: reason, instruction for a hold, date of invalidity; none of them changes whose the
/// entry is.
const ENTRY_MAY_BE_CRITICAL: [ObjectIdentifier; 3] = [
    REASON,
    ObjectIdentifier::new_unwrap("2.5.29.23"),
    ObjectIdentifier::new_unwrap("2.5.29.24"),
];

/// A number of up to twenty octets, as an octet string that sorts like the number.
type Number = [u8; NUMBER_OCTETS_MAX];

#[derive(Debug, Clone, Copy)]
struct Entry {
    serial: Number,
    at: Moment,
    reason: Reason,
}

/// A list of revocation. That it parses says nothing about trust.
pub struct Crl {
    sha256: [u8; 32],
    issuer: Vec<u8>,
    issuer_key: Option<Vec<u8>>,
    this_update: Moment,
    next_update: Moment,
    number: Option<Number>,
    /// Of a delta: the number of the complete list that it goes with.
    base: Option<Number>,
    entries: Vec<Entry>,
    content: Vec<u8>,
    algorithm: ObjectIdentifier,
    value: Vec<u8>,
    /// Fingerprints of issuers, and whether their key signed it: a large list takes long to digest.
    checked: Mutex<Vec<([u8; 32], bool)>>,
}

impl Crl {
    /// Reads DER.
    ///
    /// # Errors
    /// [`Untold::Malformed`], where it is no list that can be used.
    pub fn parse(der: &[u8]) -> Result<Self, Untold> {
        if der.len() > OCTETS_MAX {
            return Err(Untold::TooLarge);
        }
        read(der).map_err(|NotDer| Untold::Malformed)
    }

    /// The SHA-256 of its DER.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.sha256
    }

    /// When it was made.
    pub fn this_update(&self) -> Moment {
        self.this_update
    }

    /// When the next one comes at the latest.
    pub fn next_update(&self) -> Moment {
        self.next_update
    }

    /// Whether it says only what changed since a complete one.
    pub fn is_delta(&self) -> bool {
        self.base.is_some()
    }

    /// Whether both are complete lists, or both deltas, of one authority's name and key.
    pub fn is_same_series(&self, other: &Self) -> bool {
        self.issuer == other.issuer
            && self.issuer_key == other.issuer_key
            && self.is_delta() == other.is_delta()
    }

    /// How many certificates it lists.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it lists none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether this delta may be laid over that complete list: over the one that it was made for,
    /// or a later one (RFC 5280 §5.2.4). The authority numbers both in rows of their own, so the
    /// delta's own number says nothing here.
    pub fn goes_with(&self, complete: &Self) -> bool {
        match (&self.base, &complete.number) {
            (Some(base), Some(number)) => {
                complete.base.is_none() && number >= base && self.issuer == complete.issuer
            }
            _ => false,
        }
    }

    /// Whether the authority's key signed it.
    ///
    /// # Errors
    /// [`Untold::Issuer`], where it is another's, or one that may not sign lists;
    /// [`Untold::Signature`].
    pub fn check(&self, issuer: &Certificate) -> Result<(), Untold> {
        if !issuer.is_named(&self.issuer)
            || !issuer.may_sign_lists()
            || !issuer.has_key_identifier(self.issuer_key.as_deref())
        {
            return Err(Untold::Issuer);
        }
        let fingerprint = issuer.fingerprint();
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        let known = checked.iter().find(|(issuer, _)| *issuer == fingerprint);
        let signed = if let Some((_, signed)) = known {
            *signed
        } else {
            let signed =
                issuer.has_signed_at(self.this_update, self.algorithm, &self.content, &self.value);
            checked.push((fingerprint, signed));
            signed
        };
        signed.then_some(()).ok_or(Untold::Signature)
    }

    /// Since when and why a certificate is listed.
    pub fn find(&self, serial: &[u8]) -> Option<(Moment, Reason)> {
        let serial = number(serial)?;
        let from = self.entries.partition_point(|entry| entry.serial < serial);
        let entry = self.entries.get(from)?;
        (entry.serial == serial).then_some((entry.at, entry.reason))
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_delta() { "delta" } else { "complete" };
        write!(f, "Crl({kind}, {} entries)", self.entries.len())
    }
}

/// Right-aligned, so that octets compare as numbers.
fn number(octets: &[u8]) -> Option<Number> {
    let mut number = [0; NUMBER_OCTETS_MAX];
    let from = NUMBER_OCTETS_MAX.checked_sub(octets.len())?;
    number[from..].copy_from_slice(octets);
    Some(number)
}

fn read(der: &[u8]) -> Read<Crl> {
    let signed = Signed::read(der)?;
    signed.rest.end()?;
    let mut list = Cursor::of_sequence(signed.content)?;
    // Version 2, which has extensions: without a number no delta fits.
    if list.small(Tag::Integer)? != 1 || list.algorithm()? != signed.algorithm {
        return Err(NotDer);
    }
    let issuer = list.whole()?.to_vec();
    let (this_update, next_update) = (list.time()?, list.time()?);
    let mut entries = Vec::new();
    if let Some(mut listed) = list.optional_inside(Tag::Sequence)? {
        while !listed.is_at_end() {
            if entries.len() >= ENTRIES_MAX {
                return Err(NotDer);
            }
            entries.push(entry(&mut listed)?);
        }
    }
    // Of two entries the one that revokes comes first, and is found.
    entries.sort_by_key(|entry: &Entry| (entry.serial, entry.reason == Reason::RemoveFromCrl));
    let (mut own, mut base, mut issuer_key) = (None, None, None);
    if let Some(mut wrapped) = list.optional_inside(explicit(0))? {
        for (id, critical, value) in extensions(&mut wrapped)? {
            match id {
                CRL_NUMBER => own = Some(numbered(value)?),
                DELTA_INDICATOR => base = Some(numbered(value)?),
                AUTHORITY_KEY => issuer_key = key_identifier(value)?,
                _ if critical => return Err(NotDer),
                _ => {}
            }
        }
        wrapped.end()?;
    }
    list.end()?;
    let removes = |entry: &Entry| entry.reason == Reason::RemoveFromCrl;
    if next_update < this_update || (base.is_none() && entries.iter().any(removes)) {
        return Err(NotDer);
    }
    Ok(Crl {
        sha256: sha256(der),
        issuer,
        issuer_key,
        this_update,
        next_update,
        number: own,
        base,
        entries,
        content: signed.content.to_vec(),
        algorithm: signed.algorithm,
        value: signed.value.to_vec(),
        checked: Mutex::default(),
    })
}

fn entry(listed: &mut Cursor<'_>) -> Read<Entry> {
    let mut one = listed.inside(Tag::Sequence)?;
    let serial = number(one.unsigned()?).ok_or(NotDer)?;
    let at = one.time()?;
    let mut reason = Reason::Unspecified;
    if !one.is_at_end() {
        for (id, critical, value) in extensions(&mut one)? {
            if id == REASON {
                let mut value = Cursor::new(value)?;
                reason = Reason::of(value.small(Tag::Enumerated)?).ok_or(NotDer)?;
                value.end()?;
            } else if critical && !ENTRY_MAY_BE_CRITICAL.contains(&id) {
                return Err(NotDer);
            }
        }
        one.end()?;
    }
    Ok(Entry { serial, at, reason })
}

fn numbered(value: &[u8]) -> Read<Number> {
    let mut value = Cursor::new(value)?;
    let read = number(value.unsigned()?).ok_or(NotDer)?;
    value.end()?;
    Ok(read)
}

/// The keyIdentifier of an AuthorityKeyIdentifier, where it has one.
fn key_identifier(value: &[u8]) -> Read<Option<Vec<u8>>> {
    let mut inside = Cursor::of_sequence(value)?;
    let found = inside.optional(crate::signature::asn1::implicit(0))?;
    Ok(found.map(<[u8]>::to_vec))
}
