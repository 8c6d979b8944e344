//! CMS: signed documents and time-stamps, with their content or apart from it.
//!
//! Spec:  RFC 5652 §5, §11; the shape that the national tools write: signed attributes with
//!        contentType, messageDigest and mostly signingTime; certificates of the signers inside;
//!        a time-stamp (RFC 3161 app. A) among the unsigned attributes.
//! In:    DER. BER of indefinite length, which some tools stream, is refused: one document then
//!        has many forms, and its digest would not name it.
//! Out:   each signer's word, checked: its attributes, its digest of the content, its value, its
//!        path. signingTime is the signer's own claim; only a time-stamp proves a time.
//! Never: takes a signature without signed attributes: its value would fit the attributes of
//!        another document, offered as content.

use std::sync::Arc;

use x509_cert::der::Tag;
use x509_cert::der::asn1::ObjectIdentifier;

use crate::terms::Moment;

use super::algorithm::{Algorithm, Digest};
use super::asn1::{Cursor, NotDer, Read, explicit, implicit};
use super::trust::{Store, Verified};
use super::{Certificate, Distrust};

/// Who sign one document, at most.
const SIGNERS_MAX: usize = 16;
const CERTIFICATES_MAX: usize = 32;
const ATTRIBUTES_MAX: usize = 32;

const fn oid(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}

const DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = oid("1.2.840.113549.1.9.5");
const TIME_STAMP: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.14");
/// Some signers name the algorithm of the key alone, and the digest beside it (RFC 3370 §3.2).
const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");

/// A SignedData, read and not believed.
pub(super) struct SignedData<'a> {
    /// What kind of content it is.
    pub(super) content_type: ObjectIdentifier,
    /// The content, where it is not apart.
    pub(super) content: Option<&'a [u8]>,
    /// The certificates in it, in any order.
    pub(super) certificates: Vec<&'a [u8]>,
    pub(super) signers: Vec<SignerInfo<'a>>,
}

/// What one signer says.
pub(super) struct SignerInfo<'a> {
    who: SignerIdentifier<'a>,
    digest: ObjectIdentifier,
    /// The content of the SET, which is signed with the tag of a SET in front.
    signed_octets: &'a [u8],
    signed: Attributes<'a>,
    algorithm: ObjectIdentifier,
    value: &'a [u8],
    unsigned: Attributes<'a>,
}

enum SignerIdentifier<'a> {
    /// DER of the issuer's name, and the serial number without leading zeros.
    IssuerAndSerial(&'a [u8], &'a [u8]),
    KeyIdentifier(&'a [u8]),
}

/// The values of attributes: the content of each SET.
type Attributes<'a> = Vec<(ObjectIdentifier, &'a [u8])>;

impl<'a> SignedData<'a> {
    /// Reads a ContentInfo.
    pub(super) fn read(der: &'a [u8]) -> Read<Self> {
        let mut info = Cursor::of_sequence(der)?;
        if info.oid()? != SIGNED_DATA {
            return Err(NotDer);
        }
        let mut wrapped = info.inside(explicit(0))?;
        info.end()?;
        let mut data = wrapped.inside(Tag::Sequence)?;
        wrapped.end()?;
        let version = data.small(Tag::Integer)?;
        // The digests that signers use, in advance; each signer says it again.
        let mut digests = Vec::new();
        let mut listed = data.inside(Tag::Set)?;
        while !listed.is_at_end() {
            digests.push(listed.algorithm()?);
            if digests.len() > SIGNERS_MAX {
                return Err(NotDer);
            }
        }
        let mut encapsulated = data.inside(Tag::Sequence)?;
        let content_type = encapsulated.oid()?;
        let content = match encapsulated.optional_inside(explicit(0))? {
            Some(mut inside) => {
                let content = inside.take(Tag::OctetString)?;
                inside.end()?;
                Some(content)
            }
            None => None,
        };
        encapsulated.end()?;
        let mut certificates = Vec::new();
        if let Some(mut listed) = data.optional_inside(explicit(0))? {
            while !listed.is_at_end() {
                certificates.push(listed.whole()?);
            }
        }
        // Lists of revocation: ours are fresher.
        data.optional(explicit(1))?;
        let mut signers = Vec::new();
        let mut listed = data.inside(Tag::Set)?;
        while !listed.is_at_end() {
            signers.push(SignerInfo::read(listed.inside(Tag::Sequence)?)?);
            if signers.len() > SIGNERS_MAX {
                return Err(NotDer);
            }
        }
        data.end()?;
        if signers.is_empty() || certificates.len() > CERTIFICATES_MAX {
            return Err(NotDer);
        }
        // Nobody signs these two, but one document has one form: RFC 5652 §5.1, where every
        // certificate is of X.509.
        let plain = content_type == DATA && signers.iter().all(SignerInfo::is_by_number);
        let listed = |signer: &SignerInfo<'_>| digests.contains(&signer.digest);
        if version != if plain { 1 } else { 3 } || !signers.iter().all(listed) {
            return Err(NotDer);
        }
        Ok(Self {
            content_type,
            content,
            certificates,
            signers,
        })
    }
}

impl<'a> SignerInfo<'a> {
    fn read(mut info: Cursor<'a>) -> Read<Self> {
        let version = info.small(Tag::Integer)?;
        let who = if info.peek() == Some(implicit(0)) {
            SignerIdentifier::KeyIdentifier(info.take(implicit(0))?)
        } else {
            let mut inside = info.inside(Tag::Sequence)?;
            let issuer = inside.whole()?;
            let serial = inside.unsigned()?;
            inside.end()?;
            SignerIdentifier::IssuerAndSerial(issuer, serial)
        };
        // RFC 5652 §5.3.
        let expected = match who {
            SignerIdentifier::IssuerAndSerial(..) => 1,
            SignerIdentifier::KeyIdentifier(_) => 3,
        };
        if version != expected {
            return Err(NotDer);
        }
        let digest = info.algorithm()?;
        let signed_octets = info.take(explicit(0))?;
        let algorithm = info.algorithm()?;
        let value = info.take(Tag::OctetString)?;
        let unsigned = match info.optional(explicit(1))? {
            Some(octets) => attributes(octets)?,
            None => Vec::new(),
        };
        info.end()?;
        Ok(Self {
            who,
            digest,
            signed_octets,
            signed: attributes(signed_octets)?,
            algorithm,
            value,
            unsigned,
        })
    }

    fn is_by_number(&self) -> bool {
        matches!(self.who, SignerIdentifier::IssuerAndSerial(..))
    }

    /// Whether it names this certificate.
    pub(super) fn is_of(&self, certificate: &Certificate) -> bool {
        match self.who {
            SignerIdentifier::IssuerAndSerial(issuer, serial) => {
                certificate.is_number(serial, issuer)
            }
            SignerIdentifier::KeyIdentifier(identifier) => {
                certificate.has_exact_key_identifier(identifier)
            }
        }
    }

    /// The one value of a signed attribute.
    pub(super) fn signed_attribute(&self, id: ObjectIdentifier) -> Option<&'a [u8]> {
        find(&self.signed, id)
    }

    /// The time-stamp over the value, where there is one: not read here.
    pub(super) fn time_stamp(&self) -> Option<&'a [u8]> {
        find(&self.unsigned, TIME_STAMP)
    }

    /// The octets that a time-stamp stamps.
    pub(super) fn value(&self) -> &'a [u8] {
        self.value
    }

    /// When the signer claims to have signed.
    pub(super) fn signing_time(&self) -> Option<Moment> {
        Cursor::new(self.signed_attribute(SIGNING_TIME)?)
            .ok()?
            .time()
            .ok()
    }

    /// The algorithm that its two OIDs mean.
    fn algorithm(&self) -> Result<Algorithm, Distrust> {
        let digest = Digest::from_oid(self.digest).ok_or(Distrust::Algorithm)?;
        let algorithm = if self.algorithm == RSA {
            Algorithm::rsa_with(digest)
        } else {
            Algorithm::from_oid(self.algorithm)
        };
        let fits = algorithm.filter(|algorithm| algorithm.digest() == digest);
        fits.ok_or(Distrust::Algorithm)
    }

    /// Whether a certificate's key signed this content, at a moment when it might.
    ///
    /// # Errors
    /// [`Distrust`]: an algorithm that is not allowed then, attributes that are missing, another
    /// digest, another value.
    pub(super) fn check(
        &self,
        certificate: &Certificate,
        content_type: ObjectIdentifier,
        content: &[u8],
        at: Moment,
    ) -> Result<Algorithm, Distrust> {
        let algorithm = self.algorithm()?;
        if !algorithm.is_allowed_at(at) || !algorithm.digest().is_allowed_at(at) {
            return Err(Distrust::Algorithm);
        }
        let missing = Distrust::SignatureForm("signed attributes are missing");
        let named = self.signed_attribute(CONTENT_TYPE).ok_or(missing)?;
        let named = Cursor::new(named).and_then(|mut named| named.oid());
        let digest = self.signed_attribute(MESSAGE_DIGEST).ok_or(missing)?;
        let digest = Cursor::new(digest).and_then(|mut digest| digest.take(Tag::OctetString));
        if named != Ok(content_type) {
            return Err(Distrust::SignatureForm("another content type was signed"));
        }
        let computed = algorithm.digest().of(content);
        let same = aws_lc_rs::constant_time::verify_slices_are_equal;
        same(&computed, digest.unwrap_or_default()).map_err(|_| Distrust::DigestMismatch)?;
        // RFC 5652 §5.4: what is signed is the SET itself, not the element that carries it.
        let signed = super::asn1::tlv(super::asn1::tag::SET, self.signed_octets);
        certificate.check_der(algorithm, &signed, self.value)?;
        Ok(algorithm)
    }
}

fn attributes(octets: &[u8]) -> Read<Attributes<'_>> {
    let mut all = Cursor::new(octets)?;
    let mut found: Attributes<'_> = Vec::new();
    while !all.is_at_end() {
        let mut one = all.inside(Tag::Sequence)?;
        let id = one.oid()?;
        let values = one.take(Tag::Set)?;
        one.end()?;
        // Of two of one kind, each reader would take another.
        if found.len() >= ATTRIBUTES_MAX || found.iter().any(|(known, _)| *known == id) {
            return Err(NotDer);
        }
        found.push((id, values));
    }
    Ok(found)
}

/// The attribute, if it has one value.
fn find<'a>(attributes: &Attributes<'a>, id: ObjectIdentifier) -> Option<&'a [u8]> {
    let (_, values) = attributes.iter().find(|(known, _)| *known == id)?;
    let mut inside = Cursor::new(values).ok()?;
    let value = inside.whole().ok()?;
    inside.is_at_end().then_some(value)
}

/// One who signed a document.
#[derive(Debug)]
pub struct DocumentSignatory {
    verified: Arc<Verified>,
    algorithm: Algorithm,
    signing_time: Option<Moment>,
    time_stamp: Option<Vec<u8>>,
    value: Vec<u8>,
}

impl DocumentSignatory {
    /// The certificate and the path that vouches for it.
    pub fn verified(&self) -> &Verified {
        &self.verified
    }

    /// The certificate, which says who it is.
    pub fn certificate(&self) -> &Certificate {
        self.verified.certificate()
    }

    /// The identifier of the signature algorithm.
    pub fn algorithm(&self) -> &'static str {
        self.algorithm.uri()
    }

    /// When the signer claims to have signed: no proof.
    pub fn signing_time(&self) -> Option<Moment> {
        self.signing_time
    }

    /// The time-stamp token that came with the signature, not read, and the octets that it must
    /// have stamped.
    pub fn time_stamp(&self) -> Option<(&[u8], &[u8])> {
        Some((self.time_stamp.as_deref()?, &self.value))
    }
}

/// A document that was signed, and believed.
#[derive(Debug)]
pub struct SignedDocument<'a> {
    /// What was signed.
    pub content: &'a [u8],
    /// Who signed.
    pub signatories: Vec<DocumentSignatory>,
}

/// Checks a signed document, as of a moment: all of its signers, with certificates that came in it.
///
/// `apart` is the content of a detached signature.
///
/// # Errors
/// [`Distrust`], the first reason found. Content that is given twice, or not at all, is
/// [`Distrust::SignatureForm`].
pub fn verify_document<'a>(
    cms: &'a [u8],
    apart: Option<&'a [u8]>,
    store: &Store,
    at: Moment,
) -> Result<SignedDocument<'a>, Distrust> {
    let form = Distrust::SignatureForm;
    let data = SignedData::read(cms).map_err(|_| form("it is no SignedData in DER"))?;
    let content = match (data.content, apart) {
        (Some(content), None) | (None, Some(content)) => content,
        (Some(_), Some(_)) => return Err(form("the content is in it and apart from it")),
        (None, None) => return Err(form("the content is apart from it, and not given")),
    };
    let certificates = data.certificates.iter().map(|der| Certificate::parse(der));
    let certificates: Vec<Certificate> = certificates.collect::<Result<_, _>>()?;
    let mut signatories = Vec::with_capacity(data.signers.len());
    for signer in &data.signers {
        let certificate = certificates
            .iter()
            .find(|certificate| signer.is_of(certificate));
        let certificate = certificate.ok_or(Distrust::CertificateMalformed)?;
        let verified = store.path(certificate.der(), at)?;
        let algorithm = signer.check(verified.certificate(), data.content_type, content, at)?;
        signatories.push(DocumentSignatory {
            verified,
            algorithm,
            signing_time: signer.signing_time(),
            time_stamp: signer.time_stamp().map(<[u8]>::to_vec),
            value: signer.value().to_vec(),
        });
    }
    Ok(SignedDocument {
        content,
        signatories,
    })
}
