//! The digests: Streebog (GOST R 34.11-2012) and its predecessor, and HMAC over the first.

use gost94::Gost94Test;
use hmac::{KeyInit, Mac, SimpleHmac};
use streebog::{Digest, Streebog512};

/// Streebog of 512 bits (RFC 6986), its octets as that document prints them.
pub fn streebog512(octets: &[u8]) -> [u8; 64] {
    Streebog512::digest(octets).into()
}

/// GOST R 34.11-94 (RFC 5831) with the S-boxes of its test: those of Kazakh signatures before 2022.
pub fn gost94(octets: &[u8]) -> [u8; 32] {
    Gost94Test::digest(octets).into()
}

/// HMAC (RFC 2104) with Streebog of 512 bits, over parts one after another.
pub(super) fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 64] {
    let mac = SimpleHmac::<Streebog512>::new_from_slice(key);
    let mut mac = mac.expect("a key of HMAC has any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
