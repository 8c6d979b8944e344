//! Certificates of a test authority, good and odd, written as DER (X.690; RFC 5280 §4.1).

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256,
};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::signature::asn1::tag::{
    BIT_STRING, GENERALIZED_TIME, INTEGER, NULL, OCTET_STRING, SEQUENCE, SET,
};
use crate::signature::asn1::{oid, tlv};
use crate::signature::{Role, gost, sha256};
use crate::terms::Moment;

const UTF8_STRING: u8 = 0x0C;
const PRINTABLE_STRING: u8 = 0x13;
const UTC_TIME: u8 = 0x17;
const EMAIL_PROTECTION: &str = "1.3.6.1.5.5.7.3.4";
const BOOLEAN_TRUE: [u8; 3] = [0x01, 0x01, 0xFF];

/// A new private key.
pub enum Key {
    /// RSA of 2048 bits.
    Rsa(Box<RsaKeyPair>),
    /// P-256.
    P256(Box<EcdsaKeyPair>),
    /// GOST R 34.10-2015 of 512 bits, with the identifiers of the national authority.
    Gost(Box<gost::PrivateKey>),
}

impl Key {
    /// A new one of RSA-2048.
    pub fn rsa() -> Self {
        let key = RsaKeyPair::generate(KeySize::Rsa2048);
        Self::Rsa(Box::new(
            key.expect("the system's random numbers are there"),
        ))
    }

    /// A new one of P-256.
    pub fn p256() -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING);
        Self::P256(Box::new(
            key.expect("the system's random numbers are there"),
        ))
    }

    /// A new one of GOST R 34.10-2015.
    pub fn gost() -> Self {
        loop {
            let mut octets = [0; gost::PrivateKey::OCTETS];
            rand::fill(&mut octets).expect("the system's random numbers are there");
            // Out of range once in 2^256 times.
            if let Some(key) = gost::PrivateKey::from_octets(&octets) {
                return Self::Gost(Box::new(key));
            }
        }
    }

    /// One of a PKCS#8 that [`Key::pkcs8`] gave.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Option<Self> {
        if let Ok(key) = RsaKeyPair::from_pkcs8(pkcs8) {
            return Some(Self::Rsa(Box::new(key)));
        }
        if let Ok(key) = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8) {
            return Some(Self::P256(Box::new(key)));
        }
        let key = gost::PrivateKey::from_pkcs8(pkcs8)?;
        Some(Self::Gost(Box::new(key)))
    }

    /// Its PKCS#8.
    pub fn pkcs8(&self) -> Vec<u8> {
        match self {
            Self::Rsa(key) => {
                let der: Pkcs8V1Der<'static> = key.as_der().expect("a generated key has a form");
                der.as_ref().to_vec()
            }
            Self::P256(key) => {
                let der = key.to_pkcs8v1().expect("a generated key has a form");
                der.as_ref().to_vec()
            }
            Self::Gost(key) => key.to_pkcs8().to_vec(),
        }
    }

    /// The SubjectPublicKeyInfo.
    pub fn public(&self) -> Vec<u8> {
        let der: PublicKeyX509Der<'static> = match self {
            Self::Rsa(key) => key.public_key().as_der(),
            Self::P256(key) => key.public_key().as_der(),
            Self::Gost(key) => return key.public_key().to_spki(),
        }
        .expect("a generated key has a public form");
        der.as_ref().to_vec()
    }

    pub(super) fn algorithm(&self) -> Vec<u8> {
        match self {
            // sha256WithRSAEncryption has NULL parameters, ecdsa-with-SHA256 none.
            Self::Rsa(_) => {
                let oid = oid("1.2.840.113549.1.1.11");
                tlv(SEQUENCE, &[oid, tlv(NULL, &[])].concat())
            }
            Self::P256(_) => tlv(SEQUENCE, &oid("1.2.840.10045.4.3.2")),
            Self::Gost(_) => {
                let oid = oid("1.2.398.3.10.1.1.2.3.2");
                tlv(SEQUENCE, &[oid, tlv(NULL, &[])].concat())
            }
        }
    }

    /// The digest that goes with its signatures: its OID and its value over octets.
    pub(super) fn digest(&self, octets: &[u8]) -> (&'static str, Vec<u8>) {
        match self {
            Self::Rsa(_) | Self::P256(_) => ("2.16.840.1.101.3.4.2.1", sha256(octets).to_vec()),
            Self::Gost(_) => ("1.2.398.3.10.1.3.3", gost::streebog512(octets).to_vec()),
        }
    }

    pub(super) fn sign(&self, octets: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let mut value = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, octets, &mut value)
                    .expect("a generated key can sign");
                value
            }
            Self::P256(key) => {
                let value = key.sign(&random, octets);
                value.expect("a generated key can sign").as_ref().to_vec()
            }
            Self::Gost(key) => {
                let mut hedge = [0; 32];
                rand::fill(&mut hedge).expect("the system's random numbers are there");
                key.sign(octets, &hedge).to_vec()
            }
        }
    }
}

/// Whom a certificate is for.
#[derive(Clone, Copy, Default)]
pub struct Subject<'a> {
    /// CN.
    pub common_name: &'a str,
    /// O, where it has one.
    pub organisation: Option<&'a str>,
    /// Twelve digits: `OU=BIN…`.
    pub bin: Option<&'a str>,
    /// Twelve digits: `serialNumber=IIN…`.
    pub iin: Option<&'a str>,
}

/// What a certificate may do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Sign certificates.
    Authority,
    /// Sign certificates of so many authorities below one another, and of others.
    AuthorityAbove(u8),
    /// Sign certificates of owners with some names alone; whether that is critical.
    AuthorityOfNames(bool),
    /// Sign messages, yet call itself an authority, which none may.
    AuthorityThatSigns,
    /// Answer for the authority whether certificates are revoked.
    Responding,
    /// Sign messages as the information system of a legal entity: digitalSignature and
    /// nonRepudiation.
    Signing,
    /// Sign messages in another role.
    SigningAs(Role),
    /// Sign in: digitalSignature and keyEncipherment.
    SigningIn,
    /// Say at what time something was there.
    Stamping,
}

/// A certificate for `key`, signed with `issuer`'s key.
pub fn certificate(
    subject: &Subject<'_>,
    key: &Key,
    issuer: &Subject<'_>,
    issuer_key: &Key,
    usage: Use,
    validity: (Moment, Moment),
) -> Vec<u8> {
    certificate_of(subject, &key.public(), issuer, issuer_key, usage, validity)
}

/// A certificate for a public key whose private one need not be at hand.
pub fn certificate_of(
    subject: &Subject<'_>,
    public: &[u8],
    issuer: &Subject<'_>,
    issuer_key: &Key,
    usage: Use,
    (from, until): (Moment, Moment),
) -> Vec<u8> {
    let serial = uuid::Uuid::new_v4().into_bytes();
    // A serial number is positive and has no leading zero.
    let mut positive = serial.to_vec();
    positive[0] = positive[0] & 0x3F | 0x40;
    let body = [
        tlv(0xA0, &tlv(INTEGER, &[2])),
        tlv(INTEGER, &positive),
        issuer_key.algorithm(),
        name(issuer),
        tlv(SEQUENCE, &[time(from), time(until)].concat()),
        name(subject),
        public.to_vec(),
        tlv(
            0xA3,
            &tlv(SEQUENCE, &extensions(usage, public, &issuer_key.public())),
        ),
    ];
    let tbs = tlv(SEQUENCE, &body.concat());
    let signature = issuer_key.sign(&tbs);
    tlv(
        SEQUENCE,
        &[tbs, issuer_key.algorithm(), bits(0, &signature)].concat(),
    )
}

/// A PEM block.
pub fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut out = format!("-----BEGIN {label}-----\n");
    for line in text.as_bytes().chunks(64) {
        out.push_str(std::str::from_utf8(line).expect("base64 is ASCII"));
        out.push('\n');
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}

fn extensions(usage: Use, public: &[u8], issuer_public: &[u8]) -> Vec<u8> {
    let identifier = |public: &[u8]| sha256(public)[..20].to_vec();
    let (key_usage, constraints) = match usage {
        Use::Authority | Use::AuthorityOfNames(_) => {
            (bits(1, &[0b0000_0110]), tlv(SEQUENCE, &BOOLEAN_TRUE))
        }
        Use::AuthorityAbove(depth) => {
            let depth = tlv(INTEGER, &[depth]);
            let constraints = [&BOOLEAN_TRUE[..], &depth].concat();
            (bits(1, &[0b0000_0110]), tlv(SEQUENCE, &constraints))
        }
        Use::AuthorityThatSigns => (bits(1, &[0b1100_0110]), tlv(SEQUENCE, &BOOLEAN_TRUE)),
        Use::Signing | Use::SigningAs(_) | Use::Responding | Use::Stamping => {
            (bits(6, &[0b1100_0000]), tlv(SEQUENCE, &[]))
        }
        Use::SigningIn => (bits(5, &[0b1010_0000]), tlv(SEQUENCE, &[])),
    };
    let mut all = vec![
        extension("2.5.29.19", true, &constraints),
        extension("2.5.29.15", true, &key_usage),
        extension("2.5.29.14", false, &tlv(OCTET_STRING, &identifier(public))),
        extension(
            "2.5.29.35",
            false,
            &tlv(SEQUENCE, &tlv(0x80, &identifier(issuer_public))),
        ),
    ];
    if let Use::AuthorityOfNames(critical) = usage {
        // permittedSubtrees: host names below one that nobody here has.
        let subtree = tlv(SEQUENCE, &tlv(0x82, b"invented.example"));
        let constraints = tlv(SEQUENCE, &tlv(0xA0, &subtree));
        all.push(extension("2.5.29.30", critical, &constraints));
    }
    if let Some((critical, purposes)) = purposes(usage) {
        let purposes: Vec<Vec<u8>> = purposes.iter().map(|purpose| oid(purpose)).collect();
        let purposes = tlv(SEQUENCE, &purposes.concat());
        all.push(extension("2.5.29.37", critical, &purposes));
    }
    all.concat()
}

/// The OIDs of ExtendedKeyUsage, and whether it is critical (RFC 3161 §2.3 wants it so).
fn purposes(usage: Use) -> Option<(bool, Vec<&'static str>)> {
    let system = Role::InformationSystem.oid();
    match usage {
        Use::Authority | Use::AuthorityAbove(_) | Use::AuthorityOfNames(_) => None,
        Use::Responding => Some((false, vec!["1.3.6.1.5.5.7.3.9"])),
        Use::Signing | Use::AuthorityThatSigns => Some((false, vec![EMAIL_PROTECTION, system])),
        Use::SigningAs(role) => Some((false, vec![EMAIL_PROTECTION, role.oid()])),
        Use::SigningIn => Some((false, vec!["1.3.6.1.5.5.7.3.2", system])),
        Use::Stamping => Some((true, vec!["1.3.6.1.5.5.7.3.8"])),
    }
}

fn extension(id: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical {
        BOOLEAN_TRUE.to_vec()
    } else {
        Vec::new()
    };
    tlv(
        SEQUENCE,
        &[oid(id), critical, tlv(OCTET_STRING, value)].concat(),
    )
}

fn name(subject: &Subject<'_>) -> Vec<u8> {
    let part = |id: &str, tag: u8, text: &str| {
        tlv(
            SET,
            &tlv(SEQUENCE, &[oid(id), tlv(tag, text.as_bytes())].concat()),
        )
    };
    let mut parts = vec![
        part("2.5.4.3", UTF8_STRING, subject.common_name),
        part("2.5.4.6", PRINTABLE_STRING, "KZ"),
    ];
    if let Some(organisation) = subject.organisation {
        parts.push(part("2.5.4.10", UTF8_STRING, organisation));
    }
    if let Some(bin) = subject.bin {
        parts.push(part("2.5.4.11", UTF8_STRING, &format!("BIN{bin}")));
    }
    if let Some(iin) = subject.iin {
        parts.push(part("2.5.4.5", PRINTABLE_STRING, &format!("IIN{iin}")));
    }
    tlv(SEQUENCE, &parts.concat())
}

/// UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280 §4.1.2.5).
pub(super) fn time(moment: Moment) -> Vec<u8> {
    let at = moment.to_utc();
    if moment.day().year() < 2050 {
        tlv(UTC_TIME, at.format("%y%m%d%H%M%SZ").to_string().as_bytes())
    } else {
        generalized_time(moment)
    }
}

/// GeneralizedTime in whole seconds.
pub(super) fn generalized_time(moment: Moment) -> Vec<u8> {
    let at = moment.to_utc().format("%Y%m%d%H%M%SZ").to_string();
    tlv(GENERALIZED_TIME, at.as_bytes())
}

pub(super) fn bits(unused: u8, octets: &[u8]) -> Vec<u8> {
    tlv(BIT_STRING, &[&[unused], octets].concat())
}
