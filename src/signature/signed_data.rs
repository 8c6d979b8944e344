//! CMS SignedData: a content, who signed it, and the attributes that were signed with it.
//!
//! Spec:  RFC 5652 §5. In: DER. Out: each signer's value, checked against a certificate. Trust in
//! the certificate is another matter.

use x509_cert::der::Tag;
use x509_cert::der::asn1::ObjectIdentifier;

use crate::terms::Moment;

use super::algorithm::Digest;
use super::asn1::{Cursor, NotDer, Read, explicit, tag, tlv};
use super::{Certificate, sha256};

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
/// RFC 5035 §5.4 (SHA-1) and §3 (SHA-256 unless it says otherwise).
const SIGNING_CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

const CERTIFICATES_MAX: usize = 8;
const SIGNERS_MAX: usize = 8;
const ATTRIBUTES_MAX: usize = 16;

/// A ContentInfo with SignedData.
#[derive(Debug)]
pub(super) struct SignedData<'a> {
    pub(super) content_type: ObjectIdentifier,
    /// Nothing where it is detached.
    pub(super) content: Option<&'a [u8]>,
    pub(super) certificates: Vec<&'a [u8]>,
    pub(super) signers: Vec<Signature<'a>>,
}

/// One SignerInfo that names its certificate by issuer and serial number.
#[derive(Debug)]
pub(super) struct Signature<'a> {
    issuer: &'a [u8],
    serial: &'a [u8],
    digest: ObjectIdentifier,
    /// The content of signedAttrs.
    attributes: &'a [u8],
    algorithm: ObjectIdentifier,
    value: &'a [u8],
}

impl<'a> SignedData<'a> {
    pub(super) fn read(octets: &'a [u8]) -> Read<Self> {
        let mut info = Cursor::of_sequence(octets)?;
        if info.oid()? != SIGNED_DATA {
            return Err(NotDer);
        }
        let mut wrapped = info.inside(explicit(0))?;
        info.end()?;
        let mut data = wrapped.inside(Tag::Sequence)?;
        wrapped.end()?;
        let version = data.small(Tag::Integer)?;
        let mut digests = data.inside(Tag::Set)?;
        let mut listed = Vec::new();
        while !digests.is_at_end() {
            if listed.len() >= SIGNERS_MAX {
                return Err(NotDer);
            }
            listed.push(digests.algorithm()?);
        }
        let mut encapsulated = data.inside(Tag::Sequence)?;
        let content_type = encapsulated.oid()?;
        let content = match encapsulated.optional_inside(explicit(0))? {
            Some(mut wrapped) => Some(wrapped.take(Tag::OctetString)?),
            None => None,
        };
        encapsulated.end()?;
        // RFC 5652 §5.1, of those whose signers are named by issuer and serial number.
        if version != if content_type == DATA { 1 } else { 3 } {
            return Err(NotDer);
        }
        let mut certificates = Vec::new();
        if let Some(mut list) = data.optional_inside(explicit(0))? {
            while !list.is_at_end() {
                if certificates.len() >= CERTIFICATES_MAX {
                    return Err(NotDer);
                }
                certificates.push(list.whole()?);
            }
        }
        data.optional(explicit(1))?;
        let mut list = data.inside(Tag::Set)?;
        data.end()?;
        let mut signers = Vec::new();
        while !list.is_at_end() {
            if signers.len() >= SIGNERS_MAX {
                return Err(NotDer);
            }
            let signer = Signature::read(&mut list)?;
            if !listed.contains(&signer.digest) {
                return Err(NotDer);
            }
            signers.push(signer);
        }
        Ok(Self {
            content_type,
            content,
            certificates,
            signers,
        })
    }
}

impl<'a> Signature<'a> {
    fn read(list: &mut Cursor<'a>) -> Read<Self> {
        let mut one = list.inside(Tag::Sequence)?;
        if one.small(Tag::Integer)? != 1 {
            return Err(NotDer);
        }
        let mut id = one.inside(Tag::Sequence)?;
        let (issuer, serial) = (id.whole()?, id.unsigned()?);
        id.end()?;
        let digest = one.algorithm()?;
        let attributes = one.take(explicit(0))?;
        let algorithm = one.algorithm()?;
        let value = one.take(Tag::OctetString)?;
        one.optional(explicit(1))?;
        one.end()?;
        Ok(Self {
            issuer,
            serial,
            digest,
            attributes,
            algorithm,
            value,
        })
    }

    /// Whether it names this certificate.
    pub(super) fn names(&self, certificate: &Certificate) -> bool {
        certificate.serial() == self.serial && certificate.is_issued_by_name(self.issuer)
    }

    /// Whether the certificate's key signed a content of a type, by algorithms that were allowed
    /// then.
    pub(super) fn fits(
        &self,
        certificate: &Certificate,
        content_type: ObjectIdentifier,
        content: &[u8],
        at: Moment,
    ) -> bool {
        let read = self.attributes_fit(certificate, content_type, content, at);
        // RFC 5652 §5.4: what is signed is the SET, not the tag under which it travels.
        let signed = tlv(tag::SET, self.attributes);
        read == Ok(true) && certificate.has_signed_at(at, self.algorithm, &signed, self.value)
    }

    fn attributes_fit(
        &self,
        certificate: &Certificate,
        content_type: ObjectIdentifier,
        content: &[u8],
        at: Moment,
    ) -> Read<bool> {
        let digest = Digest::from_oid(self.digest).ok_or(NotDer)?;
        if !digest.is_allowed_at(at) {
            return Ok(false);
        }
        let mut all = Cursor::new(self.attributes)?;
        let mut seen = Vec::new();
        let (mut of_type, mut of_content, mut of_certificate) = (false, false, true);
        while !all.is_at_end() {
            let mut one = all.inside(Tag::Sequence)?;
            let id = one.oid()?;
            let mut values = one.inside(Tag::Set)?;
            one.end()?;
            if seen.contains(&id) || seen.len() >= ATTRIBUTES_MAX {
                return Err(NotDer);
            }
            seen.push(id);
            match id {
                CONTENT_TYPE => of_type = values.oid()? == content_type,
                MESSAGE_DIGEST => {
                    of_content = values.take(Tag::OctetString)? == digest.of(content);
                }
                SIGNING_CERTIFICATE | SIGNING_CERTIFICATE_V2 => {
                    of_certificate &= certificate_fits(&mut values, id, certificate)?;
                }
                _ => {}
            }
        }
        Ok(of_type && of_content && of_certificate)
    }
}

/// Whether the first ESSCertID names the certificate.
fn certificate_fits(
    values: &mut Cursor<'_>,
    id: ObjectIdentifier,
    certificate: &Certificate,
) -> Read<bool> {
    let mut outer = values.inside(Tag::Sequence)?;
    let mut list = outer.inside(Tag::Sequence)?;
    let mut first = list.inside(Tag::Sequence)?;
    if id == SIGNING_CERTIFICATE {
        return Ok(first.take(Tag::OctetString)? == Digest::Sha1.of(certificate.der()));
    }
    if first.peek() == Some(Tag::Sequence) {
        let digest = Digest::from_oid(first.algorithm()?).ok_or(NotDer)?;
        return Ok(first.take(Tag::OctetString)? == digest.of(certificate.der()));
    }
    Ok(first.take(Tag::OctetString)? == sha256(certificate.der()))
}
