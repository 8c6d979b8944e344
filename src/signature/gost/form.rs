//! Keys as DER: SubjectPublicKeyInfo and PKCS#8, with the OIDs of Kazakhstan.
//!
//! Spec:  RFC 5280 §4.1.2.7, RFC 5208. A public key is an OCTET STRING in the BIT STRING. How the
//! national authority writes the number of a private key is not published; ours stands as RFC 9215
//! suggests: an OCTET STRING in the outer one, the least octet first.

use x509_cert::der::Tag;
use zeroize::Zeroizing;

use crate::signature::asn1::{Cursor, NotDer, Read, oid, sequence, tag, tlv};

use super::{OldPublicKey, PrivateKey, PublicKey};

const KEY: &str = "1.2.398.3.10.1.1.2.2";
const PARAMETERS: [&str; 2] = ["1.2.398.3.10.1.1.2.2.1", "1.2.398.3.10.1.3.3"];
const OLD_KEY: &str = "1.2.398.3.10.1.1.1.1";
const OLD_PARAMETERS: [&str; 2] = ["1.2.398.3.10.1.1.1.1.1", "1.2.398.3.10.1.3.1.1.0"];

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo; nothing where it is of another algorithm or no point.
    pub fn from_spki(spki: &[u8]) -> Option<Self> {
        Self::from_octets(point(spki, KEY, PARAMETERS).ok()?)
    }

    /// Its SubjectPublicKeyInfo.
    pub fn to_spki(&self) -> Vec<u8> {
        let point = tlv(tag::OCTET_STRING, &self.to_octets());
        let bits = [&[0], point.as_slice()].concat();
        sequence(&[algorithm(KEY, PARAMETERS), tlv(tag::BIT_STRING, &bits)])
    }
}

impl OldPublicKey {
    /// Reads a SubjectPublicKeyInfo; nothing where it is of another algorithm or no point.
    pub fn from_spki(spki: &[u8]) -> Option<Self> {
        Self::from_octets(point(spki, OLD_KEY, OLD_PARAMETERS).ok()?)
    }
}

impl PrivateKey {
    /// Reads PKCS#8; nothing where it is of another algorithm or no number below q.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Option<Self> {
        let read = || -> Read<&[u8]> {
            let mut key = Cursor::of_sequence(pkcs8)?;
            if !key.unsigned()?.is_empty() {
                return Err(NotDer);
            }
            is_algorithm(key.whole()?, KEY, PARAMETERS)?;
            // Attributes (RFC 5208) may follow, and say nothing that we ask.
            let mut outer = Cursor::new(key.take(Tag::OctetString)?)?;
            let number = outer.take(Tag::OctetString)?;
            outer.end()?;
            Ok(number)
        };
        Self::from_octets(read().ok()?)
    }

    /// Its PKCS#8.
    pub fn to_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        let number = Zeroizing::new(tlv(tag::OCTET_STRING, &self.to_octets()[..]));
        let parts = Zeroizing::new([
            tlv(tag::INTEGER, &[0]),
            algorithm(KEY, PARAMETERS),
            tlv(tag::OCTET_STRING, &number),
        ]);
        Zeroizing::new(sequence(parts.as_slice()))
    }
}

fn algorithm(key: &str, parameters: [&str; 2]) -> Vec<u8> {
    sequence(&[oid(key), sequence(&parameters.map(oid))])
}

/// Every algorithm has one form in DER.
fn is_algorithm(found: &[u8], key: &str, parameters: [&str; 2]) -> Read<()> {
    if found == algorithm(key, parameters) {
        Ok(())
    } else {
        Err(NotDer)
    }
}

fn point<'a>(spki: &'a [u8], key: &str, parameters: [&str; 2]) -> Read<&'a [u8]> {
    let mut info = Cursor::of_sequence(spki)?;
    is_algorithm(info.whole()?, key, parameters)?;
    let mut bits = Cursor::new(info.bits()?)?;
    let point = bits.take(Tag::OctetString)?;
    bits.end()?;
    info.end()?;
    Ok(point)
}
