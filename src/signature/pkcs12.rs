//! PKCS#12: a private key and its certificate in one file under a password, as the national
//! authority hands them out.
//!
//! Spec:  RFC 7292; PBES2 of RFC 8018 with AES, and pbeWithSHAAnd3-KeyTripleDES-CBC, with which the
//! authority still writes. Older ciphers (RC2) are not read.
//! The code of the whole is checked before anything in it is decrypted.

use aws_lc_rs::cipher::{
    AES_128, AES_256, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey,
};
use aws_lc_rs::{digest, hmac, iv::FixedLength, pbkdf2};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, KeyIvInit as _};
use x509_cert::der::Tag;
use x509_cert::der::asn1::ObjectIdentifier;
use zeroize::Zeroizing;

use super::asn1::{Cursor, NotDer, Read, explicit, implicit};

const ITERATIONS_MAX: u32 = 2_000_000;
const BAGS_MAX: usize = 64;
/// Safes within safes.
const DEPTH_MAX: usize = 4;

const fn id(oid: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(oid)
}

const DATA: ObjectIdentifier = id("1.2.840.113549.1.7.1");
const ENCRYPTED_DATA: ObjectIdentifier = id("1.2.840.113549.1.7.6");
const KEY_BAG: ObjectIdentifier = id("1.2.840.113549.1.12.10.1.1");
const SHROUDED_KEY_BAG: ObjectIdentifier = id("1.2.840.113549.1.12.10.1.2");
const CERTIFICATE_BAG: ObjectIdentifier = id("1.2.840.113549.1.12.10.1.3");
const SAFE_BAG: ObjectIdentifier = id("1.2.840.113549.1.12.10.1.6");
const X509: ObjectIdentifier = id("1.2.840.113549.1.9.22.1");
const PBE_SHA1_3DES: ObjectIdentifier = id("1.2.840.113549.1.12.1.3");
const PBES2: ObjectIdentifier = id("1.2.840.113549.1.5.13");
const PBKDF2: ObjectIdentifier = id("1.2.840.113549.1.5.12");
const HMAC_SHA1: ObjectIdentifier = id("1.2.840.113549.2.7");
const HMAC_SHA256: ObjectIdentifier = id("1.2.840.113549.2.9");
const AES128_CBC: ObjectIdentifier = id("2.16.840.1.101.3.4.1.2");
const AES256_CBC: ObjectIdentifier = id("2.16.840.1.101.3.4.1.42");
const SHA1: ObjectIdentifier = id("1.3.14.3.2.26");
const SHA256: ObjectIdentifier = id("2.16.840.1.101.3.4.2.1");

/// What a file holds.
#[derive(Default)]
pub(super) struct Contents {
    /// PKCS#8.
    pub(super) keys: Vec<Zeroizing<Vec<u8>>>,
    /// DER.
    pub(super) certificates: Vec<Vec<u8>>,
}

/// Why a file gives no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Pkcs12Fault {
    /// It is not PKCS#12, or encrypted by a cipher that is not read.
    #[error("not PKCS#12 with AES or triple DES")]
    Malformed,
    /// The password is another one.
    #[error("the password does not fit")]
    Password,
}

impl From<NotDer> for Pkcs12Fault {
    fn from(_: NotDer) -> Self {
        Self::Malformed
    }
}

/// Opens a file with its password.
pub(super) fn open(der: &[u8], password: &str) -> Result<Contents, Pkcs12Fault> {
    let mut whole = Cursor::of_sequence(der)?;
    if whole.small(Tag::Integer)? != 3 {
        return Err(Pkcs12Fault::Malformed);
    }
    let mut info = whole.inside(Tag::Sequence)?;
    if info.oid()? != DATA {
        return Err(Pkcs12Fault::Malformed);
    }
    let safes = info.inside(explicit(0))?.take(Tag::OctetString)?;
    check_code(&mut whole, safes, password)?;
    let mut contents = Contents::default();
    let mut safes = Cursor::of_sequence(safes)?;
    while !safes.is_at_end() {
        let mut info = safes.inside(Tag::Sequence)?;
        match info.oid()? {
            DATA => {
                let bags = info.inside(explicit(0))?.take(Tag::OctetString)?;
                contents.read(bags, password, 0)?;
            }
            ENCRYPTED_DATA => {
                let mut data = info.inside(explicit(0))?.inside(Tag::Sequence)?;
                data.small(Tag::Integer)?;
                let mut content = data.inside(Tag::Sequence)?;
                content.oid()?;
                let algorithm = content.whole()?;
                let octets = content.take(implicit(0))?;
                let bags = decrypt(algorithm, octets, password)?;
                contents.read(&bags, password, 0)?;
            }
            _ => return Err(Pkcs12Fault::Malformed),
        }
    }
    Ok(contents)
}

impl Contents {
    fn read(&mut self, bags: &[u8], password: &str, depth: usize) -> Result<(), Pkcs12Fault> {
        let mut bags = Cursor::of_sequence(bags)?;
        while !bags.is_at_end() {
            let mut bag = bags.inside(Tag::Sequence)?;
            let kind = bag.oid()?;
            let mut value = bag.inside(explicit(0))?;
            if self.keys.len() + self.certificates.len() >= BAGS_MAX || depth > DEPTH_MAX {
                return Err(Pkcs12Fault::Malformed);
            }
            match kind {
                KEY_BAG => self.keys.push(Zeroizing::new(value.whole()?.to_vec())),
                SHROUDED_KEY_BAG => {
                    let mut shrouded = value.inside(Tag::Sequence)?;
                    let algorithm = shrouded.whole()?;
                    let octets = shrouded.take(Tag::OctetString)?;
                    self.keys.push(decrypt(algorithm, octets, password)?);
                }
                CERTIFICATE_BAG => {
                    let mut certificate = value.inside(Tag::Sequence)?;
                    if certificate.oid()? == X509 {
                        let der = certificate.inside(explicit(0))?.take(Tag::OctetString)?;
                        self.certificates.push(der.to_vec());
                    }
                }
                SAFE_BAG => self.read(value.whole()?, password, depth + 1)?,
                // Lists and secrets of others are not asked for.
                _ => {}
            }
        }
        Ok(())
    }
}

/// RFC 7292 §4: MacData, an HMAC under a key of the password.
fn check_code(whole: &mut Cursor<'_>, safes: &[u8], password: &str) -> Result<(), Pkcs12Fault> {
    let mut data = whole.inside(Tag::Sequence)?;
    let mut told = data.inside(Tag::Sequence)?;
    let (digest, code) = match told.algorithm()? {
        SHA1 => (
            &digest::SHA1_FOR_LEGACY_USE_ONLY,
            hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        ),
        SHA256 => (&digest::SHA256, hmac::HMAC_SHA256),
        _ => return Err(Pkcs12Fault::Malformed),
    };
    let expected = told.take(Tag::OctetString)?;
    let salt = data.take(Tag::OctetString)?;
    let iterations = if data.is_at_end() {
        1
    } else {
        iterations(data.unsigned()?)?
    };
    let key = derive(digest, 3, password, salt, iterations, digest.output_len());
    let key = hmac::Key::new(code, &key);
    hmac::verify(&key, safes, expected).map_err(|_| Pkcs12Fault::Password)
}

fn iterations(number: &[u8]) -> Read<u32> {
    let mut value = [0; 4];
    let from = value.len().checked_sub(number.len()).ok_or(NotDer)?;
    value[from..].copy_from_slice(number);
    let value = u32::from_be_bytes(value);
    let bounded = (1..=ITERATIONS_MAX).contains(&value);
    bounded.then_some(value).ok_or(NotDer)
}

fn decrypt(
    algorithm: &[u8],
    octets: &[u8],
    password: &str,
) -> Result<Zeroizing<Vec<u8>>, Pkcs12Fault> {
    let mut algorithm = Cursor::of_sequence(algorithm)?;
    let id = algorithm.oid()?;
    let mut parameters = algorithm.inside(Tag::Sequence)?;
    match id {
        PBE_SHA1_3DES => {
            let salt = parameters.take(Tag::OctetString)?;
            let rounds = iterations(parameters.unsigned()?)?;
            let sha1 = &digest::SHA1_FOR_LEGACY_USE_ONLY;
            let key = derive(sha1, 1, password, salt, rounds, 24);
            let iv = derive(sha1, 2, password, salt, rounds, 8);
            let cipher = cbc::Decryptor::<des::TdesEde3>::new_from_slices(&key, &iv);
            let cipher = cipher.map_err(|_| Pkcs12Fault::Malformed)?;
            let mut plain = Zeroizing::new(octets.to_vec());
            let length = cipher.decrypt_padded::<Pkcs7>(&mut plain);
            let length = length.map_err(|_| Pkcs12Fault::Password)?.len();
            plain.truncate(length);
            Ok(plain)
        }
        PBES2 => pbes2(&mut parameters, octets, password),
        _ => Err(Pkcs12Fault::Malformed),
    }
}

fn pbes2(
    parameters: &mut Cursor<'_>,
    octets: &[u8],
    password: &str,
) -> Result<Zeroizing<Vec<u8>>, Pkcs12Fault> {
    let mut function = parameters.inside(Tag::Sequence)?;
    if function.oid()? != PBKDF2 {
        return Err(Pkcs12Fault::Malformed);
    }
    let mut told = function.inside(Tag::Sequence)?;
    let salt = told.take(Tag::OctetString)?;
    let rounds = iterations(told.unsigned()?)?;
    told.optional(Tag::Integer)?;
    let code = if told.is_at_end() {
        HMAC_SHA1
    } else {
        told.algorithm()?
    };
    let code = match code {
        HMAC_SHA1 => pbkdf2::PBKDF2_HMAC_SHA1,
        HMAC_SHA256 => pbkdf2::PBKDF2_HMAC_SHA256,
        _ => return Err(Pkcs12Fault::Malformed),
    };
    let mut scheme = parameters.inside(Tag::Sequence)?;
    let cipher = match scheme.oid()? {
        AES128_CBC => (&AES_128, 16),
        AES256_CBC => (&AES_256, 32),
        _ => return Err(Pkcs12Fault::Malformed),
    };
    let iv: [u8; 16] = scheme
        .take(Tag::OctetString)?
        .try_into()
        .map_err(|_| Pkcs12Fault::Malformed)?;
    let mut key = Zeroizing::new(vec![0; cipher.1]);
    let rounds = std::num::NonZeroU32::new(rounds).ok_or(NotDer)?;
    pbkdf2::derive(code, rounds, salt, password.as_bytes(), &mut key);
    let malformed = |_| Pkcs12Fault::Malformed;
    let key = UnboundCipherKey::new(cipher.0, &key).map_err(malformed)?;
    let key = PaddedBlockDecryptingKey::cbc_pkcs7(key).map_err(malformed)?;
    let mut plain = Zeroizing::new(octets.to_vec());
    let context = DecryptionContext::Iv128(FixedLength::from(iv));
    let length = key.decrypt(&mut plain, context);
    let length = length.map_err(|_| Pkcs12Fault::Password)?.len();
    plain.truncate(length);
    Ok(plain)
}

/// RFC 7292 §B.2: octets of a purpose (1 key, 2 IV, 3 code) from a password.
fn derive(
    algorithm: &'static digest::Algorithm,
    purpose: u8,
    password: &str,
    salt: &[u8],
    iterations: u32,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let block = algorithm.block_len();
    let fill = |octets: &[u8]| {
        let whole = octets.len().div_ceil(block) * block;
        octets
            .iter()
            .copied()
            .cycle()
            .take(whole)
            .collect::<Vec<u8>>()
    };
    let mut text: Vec<u8> = password.encode_utf16().flat_map(u16::to_be_bytes).collect();
    text.extend([0, 0]);
    let text = Zeroizing::new(text);
    let mut input = Zeroizing::new([fill(salt), fill(&text)].concat());
    let mut out = Zeroizing::new(Vec::with_capacity(length + algorithm.output_len()));
    while out.len() < length {
        let first = [vec![purpose; block], input.to_vec()].concat();
        let mut hash = digest::digest(algorithm, &first).as_ref().to_vec();
        for _ in 1..iterations {
            hash = digest::digest(algorithm, &hash).as_ref().to_vec();
        }
        out.extend_from_slice(&hash);
        let adjust = fill(&hash);
        for part in input.chunks_exact_mut(block) {
            // part + adjust + 1, modulo two to the power of its bits.
            let mut carry = 1u16;
            for (octet, more) in part.iter_mut().zip(&adjust[..block]).rev() {
                let [high, low] = (u16::from(*octet) + u16::from(*more) + carry).to_be_bytes();
                *octet = low;
                carry = u16::from(high);
            }
        }
    }
    out.truncate(length);
    out
}
