//! The question of OCSP about one certificate, as it is asked and as a responder reads it.
//!
//! Spec:  RFC 6960 §4.1; RFC 8954 for the nonce.

use x509_cert::der::Tag;
use x509_cert::der::asn1::ObjectIdentifier;

use crate::signature::asn1::{
    self, Cursor, NotDer, Read, explicit, extensions, integer, oid, sequence, tlv,
};
use crate::signature::{Certificate, sha256};

const OCTETS_MAX: usize = 64 * 1024;
const NONCE_OCTETS: usize = 32;

pub(super) const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");

/// A question about one certificate.
pub struct Question {
    der: Vec<u8>,
    /// The value of the nonce extension, as it must come back.
    nonce: Vec<u8>,
}

impl Question {
    /// Asks about the issuer's certificate of this serial number, with a nonce of 32 random octets.
    pub fn about(serial: &[u8], issuer: &Certificate) -> Self {
        let mut nonce = [0; NONCE_OCTETS];
        aws_lc_rs::rand::fill(&mut nonce).expect("the system's random numbers are there");
        let octets = asn1::tag::OCTET_STRING;
        let nonce = tlv(octets, &nonce);
        let name = &[sequence(&[
            oid(&SHA256.to_string()),
            tlv(asn1::tag::NULL, &[]),
        ])];
        let id = sequence(&[
            name.concat(),
            tlv(octets, &sha256(issuer.subject())),
            tlv(octets, &sha256(issuer.public_key())),
            integer(serial),
        ]);
        let list = sequence(&[sequence(&[id])]);
        let extension = sequence(&[oid(&NONCE.to_string()), tlv(octets, &nonce)]);
        let wrapped = tlv(0xA2, &sequence(&[extension]));
        Self {
            der: sequence(&[sequence(&[list, wrapped])]),
            nonce,
        }
    }

    /// The value of the nonce extension, as it must come back.
    pub(super) fn nonce(&self) -> &[u8] {
        &self.nonce
    }

    /// The OCSPRequest, to be posted as `application/ocsp-request`.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}

/// What a question asks, as a responder reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The SHA-256 of the issuer's subject.
    pub issuer_name: Vec<u8>,
    /// The SHA-256 of the issuer's public key.
    pub issuer_key: Vec<u8>,
    /// The serial number of the certificate.
    pub serial: Vec<u8>,
    /// The value of the nonce extension.
    pub nonce: Option<Vec<u8>>,
}

impl Question {
    /// Reads a question about one certificate; none where it is something else.
    pub fn read(der: &[u8]) -> Option<Asked> {
        if der.len() > OCTETS_MAX {
            return None;
        }
        asked(der).ok()
    }
}

fn asked(der: &[u8]) -> Read<Asked> {
    let mut request = Cursor::of_sequence(der)?;
    let mut content = request.inside(Tag::Sequence)?;
    request.end()?;
    let mut list = content.inside(Tag::Sequence)?;
    let mut one = list.inside(Tag::Sequence)?;
    list.end()?;
    let (issuer_name, issuer_key, serial) = certificate_id(&mut one)?;
    one.end()?;
    let mut nonce = None;
    if let Some(mut wrapped) = content.optional_inside(explicit(2))? {
        let all = extensions(&mut wrapped)?;
        let found = all.into_iter().find(|(id, _, _)| *id == NONCE);
        nonce = found.map(|(_, _, value)| value.to_vec());
    }
    Ok(Asked {
        issuer_name,
        issuer_key,
        serial,
        nonce,
    })
}

/// The digests of the issuer's name and key, and the serial number of a CertID.
pub(super) fn certificate_id(within: &mut Cursor<'_>) -> Read<(Vec<u8>, Vec<u8>, Vec<u8>)> {
    let mut id = within.inside(Tag::Sequence)?;
    // One hash: what we ask with, and what the authority answers with.
    if id.algorithm()? != SHA256 {
        return Err(NotDer);
    }
    let name = id.take(Tag::OctetString)?.to_vec();
    let key = id.take(Tag::OctetString)?.to_vec();
    let serial = id.unsigned()?.to_vec();
    id.end()?;
    Ok((name, key, serial))
}
