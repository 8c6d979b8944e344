//! One hostile message: its name, its octets, and the very code with which it is refused.

use kezek::clock;
use kezek::envelope::{Code, Envelope};
use kezek::signature::{Trusted, verify};

use crate::authority::STORE;

/// A message that must be refused.
pub struct Attack {
    pub name: String,
    pub octets: Vec<u8>,
    pub expected: Code,
    /// A piece of the sentence, where the code alone would not say what was noticed.
    pub because: &'static str,
}

impl Attack {
    pub fn new(
        name: impl Into<String>,
        octets: impl Into<Vec<u8>>,
        expected: Code,
        because: &'static str,
    ) -> Self {
        Self {
            name: name.into(),
            octets: octets.into(),
            expected,
            because,
        }
    }
}

/// Reads and verifies as the door does: the message believed, or the code and the sentence.
pub fn judge(octets: &[u8]) -> Result<Trusted, (Code, String)> {
    let envelope =
        Envelope::read(octets).map_err(|malformed| (malformed.code(), malformed.to_string()))?;
    verify(envelope, &STORE, clock::now())
        .map_err(|distrust| (distrust.code(), distrust.to_string()))
}

/// Each is refused, with its own code and for its own reason; what is not stands in one list.
pub fn check(attacks: &[Attack]) {
    let strays: Vec<String> = attacks.iter().filter_map(stray).collect();
    assert!(
        strays.is_empty(),
        "{} of {} attacks are not refused as they should be:\n{}",
        strays.len(),
        attacks.len(),
        strays.join("\n")
    );
}

fn stray(attack: &Attack) -> Option<String> {
    let (name, expected, because) = (&attack.name, attack.expected, attack.because);
    match judge(&attack.octets) {
        Err((code, sentence)) if code == expected && sentence.contains(because) => None,
        Err((code, sentence)) => Some(format!(
            "{name}: {code:?} ({sentence}), not {expected:?} ({because})"
        )),
        Ok(_) => Some(format!("{name}: believed, not {expected:?}")),
    }
}
