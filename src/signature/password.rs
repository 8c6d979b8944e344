//! Passwords of participants: `pbkdf2-sha256$iterations$salt$hash`, slow on purpose.
//!
//! The slow hash is computed once for a right password. What it costs is bounded for wrong ones,
//! too: the last of each participant is remembered, and others are looked at a few at a time.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aws_lc_rs::{constant_time, digest, hmac, pbkdf2, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Distrust;

const PASSWORD_ITERATIONS: NonZeroU32 = NonZeroU32::new(210_000).expect("not zero");
/// Slow hashes that may be computed for a participant in a row.
const TRIES_MAX: u32 = 5;
/// After so long, one more may be computed.
const TRY_INTERVAL: Duration = Duration::from_secs(2);

/// What was found out about passwords, as HMACs under a key of this process.
pub(super) struct Passwords {
    key: hmac::Key,
    /// By participant, so there are never more than these.
    known: Mutex<HashMap<String, Known>>,
}

#[derive(Default)]
struct Known {
    right: Option<hmac::Tag>,
    wrong: Option<hmac::Tag>,
    tries: u32,
    since: Option<Instant>,
}

impl Known {
    /// Whether the slow hash may be computed now; if so, it is counted.
    fn may_try(&mut self, now: Instant) -> bool {
        let since = *self.since.get_or_insert(now);
        let gone = now.duration_since(since).as_millis() / TRY_INTERVAL.as_millis();
        let forgiven = u32::try_from(gone).unwrap_or(u32::MAX);
        if forgiven > 0 {
            self.tries = self.tries.saturating_sub(forgiven);
            self.since = Some(now);
        }
        let may = self.tries < TRIES_MAX;
        self.tries += u32::from(may);
        may
    }
}

impl Default for Passwords {
    fn default() -> Self {
        let mut secret = [0; 32];
        rand::fill(&mut secret).expect("the system's random numbers are there");
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, &secret),
            known: Mutex::default(),
        }
    }
}

impl Passwords {
    /// Whether the password of this participant is the one of which `stored` is the hash.
    ///
    /// # Errors
    /// [`Distrust::Password`]; [`Distrust::PasswordUnchecked`], where too many others were tried.
    pub(super) fn check(&self, who: &str, stored: &str, password: &str) -> Result<(), Distrust> {
        let tag = hmac::sign(&self.key, format!("{who}\0{password}").as_bytes());
        let same = |known: &Option<hmac::Tag>| {
            known.as_ref().is_some_and(|known| {
                constant_time::verify_slices_are_equal(known.as_ref(), tag.as_ref()).is_ok()
            })
        };
        {
            let mut all = self.lock();
            let known = all.entry(who.to_owned()).or_default();
            if same(&known.right) {
                return Ok(());
            }
            if same(&known.wrong) {
                return Err(Distrust::Password);
            }
            if !known.may_try(Instant::now()) {
                return Err(Distrust::PasswordUnchecked);
            }
        }
        let stored = StoredPassword::parse(stored).ok_or(Distrust::Password)?;
        let fits = stored.fits(password);
        let mut all = self.lock();
        let known = all.entry(who.to_owned()).or_default();
        if fits {
            known.right = Some(tag);
            known.tries = 0;
            Ok(())
        } else {
            known.wrong = Some(tag);
            Err(Distrust::Password)
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_passwords_cost_a_few_slow_hashes_and_the_right_one_gets_through() {
        let passwords = Passwords::default();
        let stored = hash_password("right");
        assert_eq!(passwords.check("a", &stored, "right"), Ok(()));
        for guess in 0..TRIES_MAX {
            let told = passwords.check("a", &stored, &guess.to_string());
            assert_eq!(told, Err(Distrust::Password));
        }
        let many = |guess: u32| passwords.check("a", &stored, &format!("more {guess}"));
        assert!(
            (0..1_000)
                .map(many)
                .any(|told| told == Err(Distrust::PasswordUnchecked))
        );
        // Known by its mark, whatever others try; so is the last wrong one.
        assert_eq!(passwords.check("a", &stored, "right"), Ok(()));
        assert_eq!(
            passwords.check("b", &stored, "right"),
            Ok(()),
            "another's budget"
        );
    }

    #[test]
    fn tries_are_forgiven_with_time() {
        let mut known = Known::default();
        let begun = Instant::now();
        assert!((0..TRIES_MAX).all(|_| known.may_try(begun)));
        assert!(!known.may_try(begun));
        assert!(known.may_try(begun + TRY_INTERVAL));
        assert!(!known.may_try(begun + TRY_INTERVAL));
        let later = begun + TRY_INTERVAL * 100;
        assert!((0..TRIES_MAX).all(|_| known.may_try(later)));
        assert!(!known.may_try(later));
    }
}
