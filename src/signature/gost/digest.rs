//! The digests: Streebog (GOST R 34.11-2012) and its predecessor; and HMAC, for nonces.

use aws_lc_rs::hmac;
use gost94::Gost94Test;
use streebog::{Digest, Streebog512};

/// Streebog of 512 bits (RFC 6986), its octets as that document prints them.
pub fn streebog512(octets: &[u8]) -> [u8; 64] {
    Streebog512::digest(octets).into()
}

/// The same, of what is handed over piece by piece.
///
/// # Errors
/// As `pieces`.
pub fn streebog512_in_pieces<E>(
    pieces: impl FnOnce(&mut dyn FnMut(&[u8])) -> Result<(), E>,
) -> Result<[u8; 64], E> {
    let mut digest = Streebog512::new();
    pieces(&mut |piece| digest.update(piece))?;
    Ok(digest.finalize().into())
}

/// GOST R 34.11-94 (RFC 5831) with the S-boxes of its test: those of Kazakh signatures before 2022.
pub fn gost94(octets: &[u8]) -> [u8; 32] {
    Gost94Test::digest(octets).into()
}

/// The same, of what is handed over piece by piece.
///
/// # Errors
/// As `pieces`.
pub fn gost94_in_pieces<E>(
    pieces: impl FnOnce(&mut dyn FnMut(&[u8])) -> Result<(), E>,
) -> Result<[u8; 32], E> {
    let mut digest = Gost94Test::new();
    pieces(&mut |piece| digest.update(piece))?;
    Ok(digest.finalize().into())
}

/// HMAC (RFC 2104) with SHA-512, over parts one after another.
pub(super) fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 64] {
    let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA512, key));
    for part in parts {
        mac.update(part);
    }
    let tag = mac.sign();
    tag.as_ref().try_into().expect("HMAC-SHA-512 has 64 octets")
}
