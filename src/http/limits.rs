//! Limits: what one sender has of this gateway, charged once its certificate said who it is.
//!
//! In:    a participant, its limits, and the present.
//! Out:   leave, or how long to wait.
//! Never: charges whoever is merely named: a senderId is not believed before the signature is, and
//!        until then bodies and connections are counted by the address of the peer.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::envelope::Code;

/// As many messages at once as it has for this long.
const BURST: Duration = Duration::from_secs(1);
/// Beyond so many senders, those who have nothing to wait for are forgotten.
const SENDERS_KEPT: usize = 1024;

/// What senders spent lately: for each, when all of it is earned again.
#[derive(Debug, Default)]
pub(super) struct Rates(Mutex<HashMap<String, Instant>>);

impl Rates {
    /// Charges one message, or says how long it is until the next one.
    pub(super) fn charge(
        &self,
        sender: &str,
        per_second: u32,
        now: Instant,
    ) -> Result<(), Duration> {
        let step = BURST / per_second.max(1);
        let mut earned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = earned.get(sender).copied().unwrap_or(now).max(now);
        let wait = (due - now + step).saturating_sub(BURST);
        if !wait.is_zero() {
            return Err(wait);
        }
        if earned.len() >= SENDERS_KEPT {
            earned.retain(|_, due| *due > now);
        }
        earned.insert(sender.to_owned(), due + step);
        Ok(())
    }
}

/// A sender has had what it may have, and is told when to come again.
#[derive(Debug)]
pub(super) struct Over {
    which: Which,
    /// Of that which may be had.
    most: u64,
    /// When to come again, in whole seconds.
    pub(super) seconds: u64,
    /// What keeps the time at which the message came (D-35).
    pub(super) receipt: Option<String>,
}

#[derive(Debug, Clone, Copy)]
enum Which {
    Parallel,
    Rate,
}

impl Over {
    /// Too many messages a second.
    pub(super) fn rate(per_second: u32, wait: Duration, receipt: Option<String>) -> Self {
        count("rate");
        Self {
            which: Which::Rate,
            most: u64::from(per_second),
            seconds: seconds(wait),
            receipt,
        }
    }

    /// Too many that wait for an answer at one time. When one of them ends nobody knows.
    pub(super) fn parallel(most: usize, receipt: Option<String>) -> Self {
        count("parallel");
        Self {
            which: Which::Parallel,
            most: most as u64,
            seconds: 1,
            receipt,
        }
    }

    /// The code under which the sender is told.
    pub(super) fn code(&self) -> Code {
        match self.which {
            Which::Parallel => Code::ParallelExceeded,
            Which::Rate => Code::RateExceeded,
        }
    }
}

impl fmt::Display for Over {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.which {
            Which::Parallel => "that wait for an answer",
            Which::Rate => "a second",
        };
        write!(
            f,
            "at most {} {unit}; again in {} s",
            self.most, self.seconds
        )
    }
}

/// Counts a message that a limit held up.
pub(super) fn count(limit: &'static str) {
    metrics::counter!("kezek_door_limited_total", "limit" => limit).increment(1);
}

/// A wait in whole seconds, one at least.
fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sender_has_its_rate_and_a_second_of_it_at_once() {
        let (rates, now) = (Rates::default(), Instant::now());
        let charge = |sender, at| rates.charge(sender, 4, at);
        for _ in 0..4 {
            assert_eq!(charge("one", now), Ok(()));
        }
        let quarter = Duration::from_millis(250);
        assert_eq!(charge("one", now), Err(quarter));
        assert_eq!(charge("one", now), Err(quarter), "a refusal costs nothing");
        assert_eq!(charge("other", now), Ok(()), "each has its own");
        assert_eq!(charge("one", now + quarter), Ok(()));
        assert_eq!(charge("one", now + quarter), Err(quarter));
        // Whoever was silent has a second's worth, and no more.
        let later = now + Duration::from_secs(60);
        assert!((0..4).all(|_| charge("one", later).is_ok()));
        assert!(charge("one", later).is_err());
    }

    #[test]
    fn those_who_wait_for_nothing_are_forgotten() {
        let (rates, now) = (Rates::default(), Instant::now());
        for n in 0..SENDERS_KEPT {
            assert_eq!(rates.charge(&n.to_string(), 1, now), Ok(()));
        }
        let later = now + BURST * 2;
        assert_eq!(rates.charge("one more", 1, later), Ok(()));
        assert_eq!(rates.0.lock().expect("no panic").len(), 1);
        assert_eq!(seconds(Duration::from_millis(1)), 1);
        assert_eq!(seconds(BURST), 1);
    }
}
