//! Time-stamps: that some octets were there at a time, as an authority for it says.
//!
//! Spec:  RFC 3161. In: octets and a token. Out: the time, or why the token proves nothing.
//! What is checked: the imprint, the policy, the signature and its attributes, the certificate
//! (whose only purpose is time-stamping, critical, as §2.3 wants it), its path to a configured
//! root as of the time that the token states. A token that states a time outside its certificate's
//! is backdated.

use x509_cert::der::Tag;
use x509_cert::der::asn1::ObjectIdentifier;

use crate::terms::Moment;

use super::algorithm::Digest;
use super::asn1::{self, Cursor, NotDer, Read, explicit, integer, oid, sequence, tlv};
use super::cms::SignedData;
use super::{Certificate, Store, sha256};

const TOKEN_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
/// RFC 5035 §5.4 (SHA-1) and §3 (SHA-256 unless it says otherwise).
const SIGNING_CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const SHA256: &str = "2.16.840.1.101.3.4.2.1";
const OCTETS_MAX: usize = 64 << 10;
const NONCE_OCTETS: usize = 16;
/// How far the authority's clock may differ from ours, for a stamp that was just asked for.
const CLOCK_SKEW_MS_MAX: i64 = 300_000;

/// Why a token proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StampFault {
    /// An imprint by an algorithm that is not allowed at its time.
    #[error("its imprint is made by an algorithm that is not allowed")]
    Algorithm,
    /// It is about other octets.
    #[error("it is about something else")]
    Imprint,
    /// Not DER, or not of the syntax of a token.
    #[error("it cannot be read")]
    Malformed,
    /// It does not return the nonce of the question.
    #[error("it has not the nonce of the question")]
    Nonce,
    /// It was made under another policy.
    #[error("it was made under another policy")]
    Policy,
    /// The authority refuses to stamp.
    #[error("the authority refuses, with status {0}")]
    Refused(u8),
    /// It does not fit the key of the certificate that it names.
    #[error("its signature does not fit")]
    Signature,
    /// Who signed it is no authority for time.
    #[error("who signed it may not stamp")]
    Signer,
    /// A fresh stamp with a time that is not now.
    #[error("its time is not now")]
    Time,
    /// No configured root vouches for its authority as of its time.
    #[error("no configured root vouches for its authority at its time")]
    Untrusted,
}

/// A question for a stamp.
pub struct StampQuestion {
    der: Vec<u8>,
    nonce: Vec<u8>,
}

impl StampQuestion {
    /// Asks for a stamp over octets, by their SHA-256, with a nonce and the authority's
    /// certificate.
    pub fn about(octets: &[u8]) -> Self {
        let mut nonce = [0; NONCE_OCTETS];
        aws_lc_rs::rand::fill(&mut nonce).expect("the system's random numbers are there");
        // A number without leading zeros, so that it comes back as it went.
        nonce[0] |= 0x40;
        let digest = Digest::Sha256.of(octets);
        let algorithm = sequence(&[oid(SHA256), tlv(asn1::tag::NULL, &[])]);
        let imprint = sequence(&[algorithm, tlv(asn1::tag::OCTET_STRING, &digest)]);
        let der = sequence(&[
            integer(&[1]),
            imprint,
            integer(&nonce),
            tlv(asn1::tag::BOOLEAN, &[0xFF]),
        ]);
        Self {
            der,
            nonce: nonce.to_vec(),
        }
    }

    /// The TimeStampReq, to be posted as `application/timestamp-query`.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The token of a response, where it answers this question just now; of its signature that says
    /// nothing.
    ///
    /// # Errors
    /// [`StampFault`].
    pub fn accept(&self, response: &[u8], now: Moment) -> Result<Token, StampFault> {
        let token = Token::of_response(response)?;
        if token.nonce.as_ref() != Some(&self.nonce) {
            return Err(StampFault::Nonce);
        }
        if token.at.millis_since(now).abs() > CLOCK_SKEW_MS_MAX {
            return Err(StampFault::Time);
        }
        Ok(token)
    }

    /// What a question asks, as an authority reads it: the MessageImprint, and the nonce.
    pub fn read(der: &[u8]) -> Option<(Vec<u8>, Option<Vec<u8>>)> {
        asked(der).ok()
    }
}

fn asked(der: &[u8]) -> Read<(Vec<u8>, Option<Vec<u8>>)> {
    let mut request = Cursor::of_sequence(der)?;
    if request.small(Tag::Integer)? != 1 {
        return Err(NotDer);
    }
    let imprint = request.whole()?.to_vec();
    request.optional(Tag::ObjectIdentifier)?;
    let nonce = match request.peek() {
        Some(Tag::Integer) => Some(request.unsigned()?.to_vec()),
        Some(_) | None => None,
    };
    Ok((imprint, nonce))
}

/// A TimeStampToken. That it parses says nothing about trust.
#[derive(Debug)]
pub struct Token {
    der: Vec<u8>,
    info: Vec<u8>,
    policy: String,
    imprint: (Digest, Vec<u8>),
    at: Moment,
    nonce: Option<Vec<u8>>,
}

/// What a token proves, once it is verified.
#[derive(Debug)]
pub struct Stamp {
    /// The time.
    pub at: Moment,
    /// The OID of the policy under which it was made.
    pub policy: String,
    /// The authority's certificate and those that vouch for it, the root last.
    pub path: Vec<[u8; 32]>,
    imprint: (Digest, Vec<u8>),
}

impl Token {
    /// Reads the token of a TimeStampResp.
    ///
    /// # Errors
    /// [`StampFault::Refused`], where there is none; [`StampFault::Malformed`].
    pub fn of_response(der: &[u8]) -> Result<Self, StampFault> {
        if der.len() > OCTETS_MAX {
            return Err(StampFault::Malformed);
        }
        let token = response(der).map_err(|NotDer| StampFault::Malformed)??;
        Self::parse(token)
    }

    /// Reads a token.
    ///
    /// # Errors
    /// [`StampFault::Malformed`].
    pub fn parse(der: &[u8]) -> Result<Self, StampFault> {
        if der.len() > OCTETS_MAX {
            return Err(StampFault::Malformed);
        }
        read(der).map_err(|NotDer| StampFault::Malformed)
    }

    /// Its DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Verifies it as of its own time. `policies` are those that are accepted, all if there is
    /// none.
    ///
    /// # Errors
    /// [`StampFault`].
    pub fn verify(&self, store: &Store, policies: &[&str]) -> Result<Stamp, StampFault> {
        let data = SignedData::read(&self.der).map_err(|NotDer| StampFault::Malformed)?;
        if !policies.is_empty() && !policies.contains(&self.policy.as_str()) {
            return Err(StampFault::Policy);
        }
        // RFC 3161 §2.4.2: signed by the authority alone.
        let [signature] = &data.signers[..] else {
            return Err(StampFault::Malformed);
        };
        let given = data.certificates.iter();
        let mut given = given.filter_map(|der| Certificate::parse(der).ok());
        let signer = given.find(|certificate| signature.is_of(certificate));
        let signer = signer.ok_or(StampFault::Signer)?;
        let names = [SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2].into_iter();
        let mut named = names.filter_map(|id| Some((id, signature.signed_attribute(id)?)));
        let is_named = |(id, value)| is_named(id, value, &signer) == Ok(true);
        let checked = signature.check(&signer, TOKEN_INFO, &self.info, self.at);
        if checked.is_err() || !named.all(is_named) {
            return Err(StampFault::Signature);
        }
        if !signer.may_stamp() {
            return Err(StampFault::Signer);
        }
        let path = store.path_of_stamper(&signer, self.at);
        Ok(Stamp {
            at: self.at,
            policy: self.policy.clone(),
            path: path.ok_or(StampFault::Untrusted)?,
            imprint: self.imprint.clone(),
        })
    }
}

impl Stamp {
    /// Whether it is about these octets.
    ///
    /// # Errors
    /// [`StampFault::Imprint`]; [`StampFault::Algorithm`], where a digest proved nothing any more
    /// at its time, as SHA-1.
    pub fn covers(&self, octets: &[u8]) -> Result<(), StampFault> {
        let (digest, value) = &self.imprint;
        if !digest.is_allowed_at(self.at) {
            return Err(StampFault::Algorithm);
        }
        let same = digest.of(octets) == *value;
        same.then_some(()).ok_or(StampFault::Imprint)
    }
}

/// Whether the first ESSCertID of an attribute names the certificate (RFC 3161 §2.4.2, RFC 5035).
fn is_named(id: ObjectIdentifier, value: &[u8], certificate: &Certificate) -> Read<bool> {
    let mut list = Cursor::of_sequence(value)?.inside(Tag::Sequence)?;
    let mut first = list.inside(Tag::Sequence)?;
    let digest = if id == SIGNING_CERTIFICATE {
        // No trust rests on it: the signature names the certificate by its number as well.
        Digest::Sha1.of(certificate.der())
    } else if first.peek() == Some(Tag::Sequence) {
        let digest = Digest::from_oid(first.algorithm()?).ok_or(NotDer)?;
        digest.of(certificate.der())
    } else {
        sha256(certificate.der()).to_vec()
    };
    Ok(first.take(Tag::OctetString)? == digest)
}

/// The token of a TimeStampResp that grants one.
fn response(der: &[u8]) -> Read<Result<&[u8], StampFault>> {
    let mut response = Cursor::of_sequence(der)?;
    let mut status = response.inside(Tag::Sequence)?;
    let code = status.small(Tag::Integer)?;
    // granted, grantedWithMods
    if code > 1 {
        return Ok(Err(StampFault::Refused(code)));
    }
    let token = response.whole()?;
    response.end()?;
    Ok(Ok(token))
}

fn read(der: &[u8]) -> Read<Token> {
    let data = SignedData::read(der)?;
    if data.content_type != TOKEN_INFO {
        return Err(NotDer);
    }
    let content = data.content.ok_or(NotDer)?;
    let mut info = Cursor::of_sequence(content)?;
    if info.small(Tag::Integer)? != 1 {
        return Err(NotDer);
    }
    let policy = info.oid()?.to_string();
    let mut imprint = info.inside(Tag::Sequence)?;
    let digest = Digest::from_oid(imprint.algorithm()?).ok_or(NotDer)?;
    let value = imprint.take(Tag::OctetString)?.to_vec();
    imprint.end()?;
    info.unsigned()?;
    let at = generalized(info.take(Tag::GeneralizedTime)?)?;
    // Accuracy and ordering narrow nothing that is asked here.
    info.optional(Tag::Sequence)?;
    info.optional(Tag::Boolean)?;
    let nonce = match info.peek() {
        Some(Tag::Integer) => Some(info.unsigned()?.to_vec()),
        Some(_) | None => None,
    };
    info.optional(explicit(0))?;
    if let Some(mut list) = info.optional_inside(explicit(1))? {
        // A critical extension that nobody here knows.
        while !list.is_at_end() {
            let mut one = list.inside(Tag::Sequence)?;
            one.oid()?;
            if one.optional(Tag::Boolean)?.is_some() {
                return Err(NotDer);
            }
        }
    }
    info.end()?;
    Ok(Token {
        der: der.to_vec(),
        info: content.to_vec(),
        policy,
        imprint: (digest, value),
        at,
        nonce,
    })
}

/// GeneralizedTime in UTC, whose seconds may have a fraction (RFC 3161 §2.4.2).
fn generalized(value: &[u8]) -> Read<Moment> {
    let text = std::str::from_utf8(value).map_err(|_| NotDer)?;
    let text = text.strip_suffix('Z').ok_or(NotDer)?;
    let (whole, fraction) = text.split_once('.').map_or((text, "0"), |parts| parts);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if whole.len() != 14 || !digits(whole) || !digits(fraction) || fraction.len() > 9 {
        return Err(NotDer);
    }
    let part = |from: usize, to: usize| &whole[from..to];
    let text = format!(
        "{}-{}-{}T{}:{}:{}.{:0<3.3}Z",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(8, 10),
        part(10, 12),
        part(12, 14),
        fraction
    );
    Moment::parse(&text).map_err(|_| NotDer)
}
