//! Private keys of ours, and signing with them.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
};

use super::algorithm::Algorithm;
use super::gost;

const RSA_OCTETS_MIN: usize = 256;
/// Fresh random octets that go into the nonce of a GOST signature.
const HEDGE_OCTETS: usize = 32;

/// A private key.
pub(super) enum PrivateKey {
    Gost2015(Box<gost::PrivateKey>),
    P256(Box<EcdsaKeyPair>),
    P384(Box<EcdsaKeyPair>),
    Rsa(Box<RsaKeyPair>),
}

impl PrivateKey {
    /// Reads PKCS#8 (RFC 5208); nothing where it is no key of an algorithm that may sign.
    pub(super) fn from_pkcs8(pkcs8: &[u8]) -> Option<Self> {
        if let Ok(key) = RsaKeyPair::from_pkcs8(pkcs8) {
            return (key.public_modulus_len() >= RSA_OCTETS_MIN).then(|| Self::Rsa(Box::new(key)));
        }
        if let Ok(key) = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8) {
            return Some(Self::P256(Box::new(key)));
        }
        if let Ok(key) = EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, pkcs8) {
            return Some(Self::P384(Box::new(key)));
        }
        let key = gost::PrivateKey::from_pkcs8(pkcs8)?;
        Some(Self::Gost2015(Box::new(key)))
    }

    /// The value over octets, as XML writes it, by the algorithm of its certificate.
    pub(super) fn sign(&self, algorithm: Algorithm, octets: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let padding = match algorithm {
                    Algorithm::RsaSha384 => &RSA_PKCS1_SHA384,
                    Algorithm::RsaSha512 => &RSA_PKCS1_SHA512,
                    Algorithm::EcdsaSha256
                    | Algorithm::EcdsaSha384
                    | Algorithm::Gost2004
                    | Algorithm::Gost2015
                    | Algorithm::RsaSha1
                    | Algorithm::RsaSha256 => &RSA_PKCS1_SHA256,
                };
                let mut value = vec![0; key.public_modulus_len()];
                key.sign(padding, &random, octets, &mut value)
                    .expect("an RSA key that was loaded can sign");
                value
            }
            Self::P256(key) | Self::P384(key) => {
                let value = key.sign(&random, octets);
                let value = value.expect("an ECDSA key that was loaded can sign");
                value.as_ref().to_vec()
            }
            Self::Gost2015(key) => {
                let mut hedge = [0; HEDGE_OCTETS];
                // Without it the nonce is still safe: see `gost`.
                random.fill(&mut hedge).ok();
                key.sign(octets, &hedge).to_vec()
            }
        }
    }
}
