//! Signatures alone, by algorithm: what a core verifies and makes in a second.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::signature::{Signer, gost};

use super::cpu_nanos_of_this_thread;

/// Both directions of one algorithm, over one message.
pub struct Pair {
    /// What it is called.
    pub name: &'static str,
    /// Verifies once.
    pub verify: Box<dyn Fn() -> bool>,
    /// Signs once.
    pub sign: Box<dyn Fn() -> Vec<u8>>,
}

/// A GOST key with what it signed, for a peer to be asked about.
pub struct Gost {
    /// The private key.
    pub private: gost::PrivateKey,
    /// What was signed.
    pub message: Vec<u8>,
    /// The signature.
    pub value: [u8; gost::VALUE_OCTETS],
}

impl Gost {
    /// A key for this run alone.
    ///
    /// # Panics
    /// Never: the number is below q.
    pub fn new(seed: u64) -> Self {
        let mut octets = gost::streebog512(&seed.to_le_bytes());
        octets[63] &= 0x7f;
        let private = gost::PrivateKey::from_octets(&octets).expect("below q");
        let message = b"the digest is made beforehand".to_vec();
        let value = private.sign(&message, &octets);
        Self {
            private,
            message,
            value,
        }
    }

    /// Its two directions without the digest: for a key that is seen again, and a new one.
    pub fn pairs(&self) -> [Pair; 2] {
        let digest = gost::streebog512(&self.message);
        let value = self.value;
        let again = self.private.public_key();
        let octets = again.to_octets();
        let sign = || {
            let key = gost::PrivateKey::from_octets(&self.private.to_octets()[..]);
            let key = key.expect("it was one");
            Box::new(move || key.sign_digest(black_box(&digest), &[7; 32]).to_vec())
        };
        let once = move || {
            let key = gost::PublicKey::from_octets(black_box(&octets)).expect("a point");
            key.verify_digest(&digest, &value)
        };
        [
            Pair {
                name: "GOST-512",
                verify: Box::new(move || again.verify_digest(black_box(&digest), &value)),
                sign: sign(),
            },
            Pair {
                name: "GOST-512, each key once",
                verify: Box::new(once),
                sign: sign(),
            },
        ]
    }
}

/// Both directions of a key of RSA or ECDSA, the digest of a short message included.
pub fn pair(name: &'static str, signer: Signer) -> Pair {
    let message = b"a short message";
    let value = signer.value(message);
    let signer = std::rc::Rc::new(signer);
    let verifier = std::rc::Rc::clone(&signer);
    Pair {
        name,
        verify: Box::new(move || verifier.has_signed(black_box(message), &value)),
        sign: Box::new(move || signer.value(black_box(message))),
    }
}

/// How often something is done in a second of CPU time, over so long.
pub fn rate<T>(once: impl Fn() -> T, time: Duration) -> f64 {
    let cpu_before = cpu_nanos_of_this_thread().unwrap_or(0);
    let begun = Instant::now();
    let mut count = 0u32;
    while begun.elapsed() < time {
        black_box(once());
        count += 1;
    }
    let cpu = cpu_nanos_of_this_thread()
        .unwrap_or(0)
        .saturating_sub(cpu_before);
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let seconds = cpu as f64 / 1e9;
    f64::from(count) / seconds
}
