//! Limits: how much of a gateway one participant may have.
//!
//! They are the sender's, whichever gateway of the state forwards its messages.

use serde::Deserialize;

/// How much one participant may have of each of our gateways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Messages a second; as many at once, if there were none the second before.
    pub per_second: u32,
    /// Messages that wait for an answer at one time.
    pub parallel: usize,
    /// Octets of one message as it arrives, its scans included.
    pub octets: u64,
}

impl Default for Limits {
    /// Beyond what one door does in a second, and beyond what it takes of anybody: who is known is
    /// not held up before somebody says so.
    fn default() -> Self {
        Self {
            per_second: 10_000,
            parallel: 10_000,
            octets: u64::MAX,
        }
    }
}

impl Limits {
    /// Whether each leaves room for one message at least; a participant who may send nothing has
    /// no rights instead.
    pub(super) fn fit(&self) -> bool {
        (1..=1_000_000).contains(&self.per_second) && self.parallel > 0 && self.octets > 0
    }
}
