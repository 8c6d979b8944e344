//! Public keys that are on the allow-list, parsed once, and what they signed.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_ASN1,
    ECDSA_P384_SHA384_FIXED, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RsaParameters, UnparsedPublicKey, VerificationAlgorithm,
};
use x509_cert::der::asn1::{ObjectIdentifier, UintRef};
use x509_cert::der::{Decode, Encode, Header, SliceReader};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::algorithm::Algorithm;
use super::gost;

const RSA_BITS_MIN: usize = 2048;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

/// How the two numbers of an ECDSA value are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// r ‖ s of one width: XML (RFC 9231 §2.3.6).
    Plain,
    /// A SEQUENCE: certificates, CMS (RFC 3279 §2.2.3).
    Der,
}

/// A public key.
pub(super) enum PublicKey {
    Gost2004(gost::OldPublicKey),
    Gost2015(Box<gost::PublicKey>),
    P256(Elliptic),
    P384(Elliptic),
    Rsa {
        /// For the digest of nearly all.
        sha256: ParsedPublicKey,
        octets: Vec<u8>,
    },
}

/// The same key for both encodings of a value.
pub(super) struct Elliptic {
    plain: ParsedPublicKey,
    der: ParsedPublicKey,
}

impl Elliptic {
    fn new<A: VerificationAlgorithm>(
        plain: &'static A,
        der: &'static A,
        octets: &[u8],
    ) -> Option<Self> {
        Some(Self {
            plain: ParsedPublicKey::new(plain, octets).ok()?,
            der: ParsedPublicKey::new(der, octets).ok()?,
        })
    }

    fn verify(&self, encoding: Encoding, signed: &[u8], value: &[u8]) -> bool {
        let key = match encoding {
            Encoding::Plain => &self.plain,
            Encoding::Der => &self.der,
        };
        key.verify_sig(signed, value).is_ok()
    }
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo; nothing where it is of a kind that is not allowed, too short,
    /// or no point of its curve.
    pub(super) fn read(info: &SubjectPublicKeyInfoOwned) -> Option<Self> {
        let octets = info.subject_public_key.as_bytes()?;
        match info.algorithm.oid {
            RSA => {
                // The library would look at the size only when the key is used.
                if rsa_bits(octets).ok()? < RSA_BITS_MIN {
                    return None;
                }
                let sha256 = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, octets).ok()?;
                let octets = octets.to_vec();
                Some(Self::Rsa { sha256, octets })
            }
            EC => {
                let curve = info.algorithm.parameters.as_ref()?;
                match curve.decode_as::<ObjectIdentifier>().ok()? {
                    P256 => {
                        let (plain, der) = (&ECDSA_P256_SHA256_FIXED, &ECDSA_P256_SHA256_ASN1);
                        Elliptic::new(plain, der, octets).map(Self::P256)
                    }
                    P384 => {
                        let (plain, der) = (&ECDSA_P384_SHA384_FIXED, &ECDSA_P384_SHA384_ASN1);
                        Elliptic::new(plain, der, octets).map(Self::P384)
                    }
                    _ => None,
                }
            }
            _ => {
                let spki = info.to_der().ok()?;
                let present = gost::PublicKey::from_spki(&spki);
                let present = present.map(|key| Self::Gost2015(Box::new(key)));
                present.or_else(|| gost::OldPublicKey::from_spki(&spki).map(Self::Gost2004))
            }
        }
    }

    /// The algorithm by which its owner signs messages, with a certificate that was signed by
    /// another one: RSA takes the digest of its authority, as the gateway's clients do.
    pub(super) fn signs_by(&self, authority: Option<Algorithm>) -> Option<Algorithm> {
        match (self, authority) {
            (Self::Rsa { .. }, Some(Algorithm::RsaSha384)) => Some(Algorithm::RsaSha384),
            (Self::Rsa { .. }, Some(Algorithm::RsaSha512)) => Some(Algorithm::RsaSha512),
            (Self::Rsa { .. }, _) => Some(Algorithm::RsaSha256),
            (Self::P256(_), _) => Some(Algorithm::EcdsaSha256),
            (Self::P384(_), _) => Some(Algorithm::EcdsaSha384),
            (Self::Gost2015(_), _) => Some(Algorithm::Gost2015),
            (Self::Gost2004(_), _) => None,
        }
    }

    /// Whether it made a value over octets by an algorithm; never by one of another kind of key.
    pub(super) fn verify(
        &self,
        algorithm: Algorithm,
        encoding: Encoding,
        signed: &[u8],
        value: &[u8],
    ) -> bool {
        match (self, algorithm) {
            (Self::Rsa { sha256, .. }, Algorithm::RsaSha256) => {
                sha256.verify_sig(signed, value).is_ok()
            }
            (Self::Rsa { octets, .. }, algorithm) => rsa_parameters(algorithm).is_some_and(|by| {
                UnparsedPublicKey::new(by, octets)
                    .verify(signed, value)
                    .is_ok()
            }),
            (Self::P256(key), Algorithm::EcdsaSha256)
            | (Self::P384(key), Algorithm::EcdsaSha384) => key.verify(encoding, signed, value),
            (Self::Gost2015(key), Algorithm::Gost2015) => key.verify(signed, value),
            (Self::Gost2004(key), Algorithm::Gost2004) => key.verify(signed, value),
            (Self::P256(_) | Self::P384(_) | Self::Gost2015(_) | Self::Gost2004(_), _) => false,
        }
    }
}

fn rsa_parameters(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    match algorithm {
        Algorithm::RsaSha1 => Some(&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY),
        Algorithm::RsaSha256 => Some(&RSA_PKCS1_2048_8192_SHA256),
        Algorithm::RsaSha384 => Some(&RSA_PKCS1_2048_8192_SHA384),
        Algorithm::RsaSha512 => Some(&RSA_PKCS1_2048_8192_SHA512),
        Algorithm::EcdsaSha256
        | Algorithm::EcdsaSha384
        | Algorithm::Gost2004
        | Algorithm::Gost2015 => None,
    }
}

/// The bits of the modulus of an RSAPublicKey (RFC 8017 §A.1.1).
fn rsa_bits(key: &[u8]) -> x509_cert::der::Result<usize> {
    let mut reader = SliceReader::new(key)?;
    Header::decode(&mut reader)?;
    let modulus = UintRef::decode(&mut reader)?;
    let zeros = modulus
        .as_bytes()
        .first()
        .map_or(0, |first| first.leading_zeros());
    Ok(modulus.as_bytes().len() * 8 - usize::try_from(zeros).unwrap_or_default())
}
