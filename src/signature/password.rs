//! Passwords of participants: `pbkdf2-sha256$iterations$salt$hash`, slow on purpose.

use std::num::NonZeroU32;

use aws_lc_rs::{digest, pbkdf2, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const PASSWORD_ITERATIONS: NonZeroU32 = NonZeroU32::new(210_000).expect("not zero");

/// What a participant's file keeps of its password.
pub(super) struct StoredPassword {
    iterations: NonZeroU32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl StoredPassword {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('$');
        if parts.next() != Some("pbkdf2-sha256") {
            return None;
        }
        let iterations = parts.next()?.parse().ok()?;
        let salt = STANDARD.decode(parts.next()?).ok()?;
        let hash = STANDARD.decode(parts.next()?).ok()?;
        let whole = parts.next().is_none() && salt.len() >= 16;
        (whole && hash.len() == digest::SHA256_OUTPUT_LEN).then_some(Self {
            iterations,
            salt,
            hash,
        })
    }

    pub(super) fn fits(&self, password: &str) -> bool {
        let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
        pbkdf2::verify(
            algorithm,
            self.iterations,
            &self.salt,
            password.as_bytes(),
            &self.hash,
        )
        .is_ok()
    }
}

/// A hash of a password for a participant's file.
pub fn hash_password(password: &str) -> String {
    let mut salt = [0; 16];
    rand::fill(&mut salt).expect("the system's random numbers are there");
    let mut hash = [0; digest::SHA256_OUTPUT_LEN];
    let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
    pbkdf2::derive(
        algorithm,
        PASSWORD_ITERATIONS,
        &salt,
        password.as_bytes(),
        &mut hash,
    );
    let (salt, hash) = (STANDARD.encode(salt), STANDARD.encode(hash));
    format!("pbkdf2-sha256${PASSWORD_ITERATIONS}${salt}${hash}")
}
