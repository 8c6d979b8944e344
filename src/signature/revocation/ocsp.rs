//! OCSP: what an authority answers about one certificate.
//!
//! Spec:  RFC 6960 §4; RFC 8954 for the nonce. The authority answers by a responder that it names
//! itself (id-kp-OCSPSigning), with a nonce, without nextUpdate, and tells of a certificate that it
//! never issued as revoked in 1970 (§2.2, "extended revoked").

use x509_cert::der::Tag;
use x509_cert::der::asn1::ObjectIdentifier;

use crate::signature::asn1::{Cursor, NotDer, Read, Signed, explicit, extensions, implicit};
use crate::signature::certificate::OCSP_SIGNING;
use crate::signature::{Certificate, sha256};
use crate::terms::Moment;

use super::question::{NONCE, Question, certificate_id};
use super::{Reason, Untold};

const OCTETS_MAX: usize = 64 * 1024;
const CERTIFICATES_MAX: usize = 4;

const BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");

/// What is told of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Not revoked.
    Good,
    /// The authority never issued it (RFC 6960 §2.2).
    NeverIssued,
    /// Revoked.
    Revoked(Moment, Reason),
    /// The responder does not know it; that is no answer.
    Unknown,
}

/// One SingleResponse.
#[derive(Debug)]
struct Single {
    issuer_name: Vec<u8>,
    issuer_key: Vec<u8>,
    serial: Vec<u8>,
    told: Told,
    this_update: Moment,
    next_update: Option<Moment>,
}

/// A successful answer. That it parses says nothing about trust.
#[derive(Debug)]
pub struct Answer {
    sha256: [u8; 32],
    content: Vec<u8>,
    algorithm: ObjectIdentifier,
    value: Vec<u8>,
    responder: Responder,
    produced_at: Moment,
    single: Single,
    nonce: Option<Vec<u8>>,
    certificates: Vec<Vec<u8>>,
}

#[derive(Debug)]
enum Responder {
    Name(Vec<u8>),
    /// SHA-1 of its public key.
    Key(Vec<u8>),
}

impl Answer {
    /// Reads an OCSPResponse about one certificate.
    ///
    /// # Errors
    /// [`Untold::Unanswered`], where it says that there is no answer; [`Untold::Malformed`].
    pub fn parse(der: &[u8]) -> Result<Self, Untold> {
        if der.len() > OCTETS_MAX {
            return Err(Untold::TooLarge);
        }
        read(der).map_err(|NotDer| Untold::Malformed)?
    }

    /// The SHA-256 of its DER.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.sha256
    }

    /// As of when it speaks.
    pub fn this_update(&self) -> Moment {
        self.single.this_update
    }

    /// Until when it speaks, where it says so.
    pub fn next_update(&self) -> Option<Moment> {
        self.single.next_update
    }

    /// Whether it returns the nonce of a question.
    ///
    /// # Errors
    /// [`Untold::Nonce`], where it returns none or another: a replay.
    pub fn answers(&self, question: &Question) -> Result<(), Untold> {
        if self.nonce.as_deref() == Some(question.nonce()) {
            Ok(())
        } else {
            Err(Untold::Nonce)
        }
    }

    /// The serial number of the certificate of which it speaks.
    pub fn serial(&self) -> &[u8] {
        &self.single.serial
    }

    /// Whether it speaks of this certificate; of its signature that says nothing.
    fn is_about(&self, serial: &[u8], issuer: &Certificate) -> bool {
        self.single.serial == serial
            && self.single.issuer_name == sha256(issuer.subject())
            && self.single.issuer_key == sha256(issuer.public_key())
    }

    /// What it tells of a certificate, and the serial number of the responder to whom the issuer
    /// gave the right to tell it, where it does not tell it itself.
    ///
    /// # Errors
    /// [`Untold`], where it is of others, or who signed it may not answer.
    pub fn about(
        &self,
        serial: &[u8],
        issuer: &Certificate,
    ) -> Result<(Told, Option<Vec<u8>>), Untold> {
        if !self.is_about(serial, issuer) {
            return Err(Untold::OtherCertificate);
        }
        let responder = self.signer(issuer)?;
        let signer = responder.as_ref().unwrap_or(issuer);
        if !signer.has_signed_at(self.produced_at, self.algorithm, &self.content, &self.value) {
            return Err(Untold::Signature);
        }
        // RFC 6960 §4.2.2.1: made when it says; of what was known then.
        if self.single.this_update > self.produced_at {
            return Err(Untold::Malformed);
        }
        Ok((self.single.told, responder.map(|r| r.serial().to_vec())))
    }

    /// Who signs: the issuer itself (none), or a responder that the issuer itself certified.
    fn signer(&self, issuer: &Certificate) -> Result<Option<Certificate>, Untold> {
        let is_responder = |certificate: &Certificate| match &self.responder {
            Responder::Name(name) => certificate.is_named(name),
            Responder::Key(key) => *key == sha1(certificate.public_key()),
        };
        let parsed = self.certificates.iter();
        let mut parsed = parsed.filter_map(|der| Certificate::parse(der).ok());
        let Some(delegate) = parsed.find(is_responder) else {
            let itself = is_responder(issuer).then_some(None);
            return itself.ok_or(Untold::Responder);
        };
        if delegate.fingerprint() == issuer.fingerprint() {
            return Ok(None);
        }
        let (from, until) = delegate.validity();
        let given = delegate.names_issuer(issuer)
            && delegate.has_purpose(&OCSP_SIGNING)
            && delegate.may_sign()
            && (from..=until).contains(&self.produced_at)
            && delegate.is_signed_by(issuer);
        given.then_some(Some(delegate)).ok_or(Untold::Responder)
    }
}

fn sha1(octets: &[u8]) -> Vec<u8> {
    // The name of a key in RFC 6960 §4.2.1, on which no trust rests.
    let sha1 = &aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY;
    aws_lc_rs::digest::digest(sha1, octets).as_ref().to_vec()
}

fn read(der: &[u8]) -> Read<Result<Answer, Untold>> {
    let mut response = Cursor::of_sequence(der)?;
    let status = match response.small(Tag::Enumerated)? {
        0 => None,
        1 => Some("malformedRequest"),
        2 => Some("internalError"),
        3 => Some("tryLater"),
        5 => Some("sigRequired"),
        6 => Some("unauthorized"),
        _ => return Err(NotDer),
    };
    if let Some(status) = status {
        return Ok(Err(Untold::Unanswered(status)));
    }
    let basic = basic(response)?;
    let mut signed = Signed::read(basic)?;
    let mut certificates = Vec::new();
    if let Some(mut wrapped) = signed.rest.optional_inside(explicit(0))? {
        let mut list = wrapped.inside(Tag::Sequence)?;
        wrapped.end()?;
        while !list.is_at_end() {
            if certificates.len() >= CERTIFICATES_MAX {
                return Err(NotDer);
            }
            certificates.push(list.whole()?.to_vec());
        }
    }
    signed.rest.end()?;
    let mut data = Cursor::of_sequence(signed.content)?;
    if let Some(mut version) = data.optional_inside(explicit(0))?
        && version.small(Tag::Integer)? != 0
    {
        return Err(NotDer);
    }
    let responder = if let Some(name) = data.optional(explicit(1))? {
        Responder::Name(name.to_vec())
    } else {
        let mut key = data.inside(explicit(2))?;
        Responder::Key(key.take(Tag::OctetString)?.to_vec())
    };
    let produced_at = data.time()?;
    let mut list = data.inside(Tag::Sequence)?;
    let single = single(&mut list)?;
    list.end()?;
    let mut nonce = None;
    if let Some(mut wrapped) = data.optional_inside(explicit(1))? {
        for (id, critical, value) in extensions(&mut wrapped)? {
            if id == NONCE {
                nonce = Some(value.to_vec());
            } else if critical {
                return Err(NotDer);
            }
        }
        wrapped.end()?;
    }
    data.end()?;
    Ok(Ok(Answer {
        sha256: sha256(der),
        content: signed.content.to_vec(),
        algorithm: signed.algorithm,
        value: signed.value.to_vec(),
        responder,
        produced_at,
        single,
        nonce,
        certificates,
    }))
}

/// The octets of the BasicOCSPResponse, the one type that there is.
fn basic(mut response: Cursor<'_>) -> Read<&[u8]> {
    let mut wrapped = response.inside(explicit(0))?;
    response.end()?;
    let mut typed = wrapped.inside(Tag::Sequence)?;
    wrapped.end()?;
    if typed.oid()? != BASIC {
        return Err(NotDer);
    }
    let basic = typed.take(Tag::OctetString)?;
    typed.end()?;
    Ok(basic)
}

fn single(list: &mut Cursor<'_>) -> Read<Single> {
    let mut one = list.inside(Tag::Sequence)?;
    let (issuer_name, issuer_key, serial) = certificate_id(&mut one)?;
    let told = told(&mut one)?;
    let this_update = one.time()?;
    let next_update = match one.optional_inside(explicit(0))? {
        Some(mut wrapped) => Some(wrapped.time()?),
        None => None,
    };
    if let Some(mut wrapped) = one.optional_inside(explicit(1))?
        && extensions(&mut wrapped)?
            .iter()
            .any(|(_, critical, _)| *critical)
    {
        return Err(NotDer);
    }
    one.end()?;
    Ok(Single {
        issuer_name,
        issuer_key,
        serial,
        told,
        this_update,
        next_update,
    })
}

fn told(one: &mut Cursor<'_>) -> Read<Told> {
    if one.optional(implicit(0))?.is_some() {
        return Ok(Told::Good);
    }
    if one.optional(implicit(2))?.is_some() {
        return Ok(Told::Unknown);
    }
    let mut revoked = one.inside(explicit(1))?;
    let at = revoked.time()?;
    let reason = match revoked.optional_inside(explicit(0))? {
        Some(mut wrapped) => Reason::of(wrapped.small(Tag::Enumerated)?).ok_or(NotDer)?,
        None => Reason::Unspecified,
    };
    revoked.end()?;
    if at.millis() == 0 && reason == Reason::CertificateHold {
        Ok(Told::NeverIssued)
    } else {
        Ok(Told::Revoked(at, reason))
    }
}
