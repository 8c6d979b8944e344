//! The policy: what counts when authorities say different things, old things, or nothing.
//!
//! 1. What was revoked for another reason than a hold stays revoked, however old the word.
//! 2. Else the latest word that is current decides. A list is current until its nextUpdate, an
//!    answer until its own, or for [`Policy::answer_fresh_ms`] if it has none (the authority's has
//!    none).
//! 3. If no word is current, the responder or the lists cannot be reached: the latest old word
//!    still counts for [`Policy::grace_ms`] after its end (grace), and somebody is called.
//! 4. Beyond that nobody knows, and the message is refused (fail-stop). So it is where nothing was
//!    ever said: silence is never "not revoked".

use std::cmp::Reverse;

use crate::terms::Moment;

use super::{Reason, Told};

/// The numbers of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How long an answer of OCSP without nextUpdate is of now, in milliseconds.
    pub answer_fresh_ms: i64,
    /// How long the last good word counts after its end, in milliseconds.
    pub grace_ms: i64,
}

impl Policy {
    /// The version that verdicts name; any change of rule or number makes a new one.
    pub const VERSION: &str = "revocation-1";
}

impl Default for Policy {
    /// Five minutes, as clients of the authority take an answer for fresh; a day of grace, in
    /// which a responder's outage over a night is mended.
    fn default() -> Self {
        Self {
            answer_fresh_ms: 300_000,
            grace_ms: 86_400_000,
        }
    }
}

/// What one source says of a certificate, verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opinion {
    pub(super) by: &'static str,
    pub(super) told: Told,
    pub(super) this_update: Moment,
    /// Until when it is current.
    pub(super) until: Moment,
    /// The SHA-256 of what it rests on.
    pub(super) objects: Vec<[u8; 32]>,
}

/// What a good verdict rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// `ocsp`, `crl` or `crl and delta`.
    pub by: &'static str,
    /// The SHA-256 of each list or answer.
    pub objects: Vec<[u8; 32]>,
    /// Until when it holds.
    pub until: Moment,
    /// Whether it was old, and taken in grace.
    pub grace: bool,
}

/// Whether a certificate stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Good(Basis),
    /// Its authority never issued it.
    NeverIssued,
    /// It was revoked.
    Revoked(Moment, Reason),
    /// Nobody who may say so said so lately enough.
    Unknown,
}

impl Policy {
    /// The longest grace that may be configured: three days.
    pub const GRACE_MS_MAX: i64 = 3 * 86_400_000;

    pub(super) fn decide(&self, mut opinions: Vec<Opinion>, now: Moment) -> Standing {
        // The latest first; of two at one moment the one that says less good, then the one that
        // rests on more.
        opinions.sort_by_key(|opinion| {
            let good = opinion.told == Told::Good;
            let parts = Reverse(opinion.objects.len());
            (Reverse(opinion.this_update), good, parts)
        });
        let for_good = |opinion: &Opinion| match opinion.told {
            Told::Revoked(_, Reason::CertificateHold) => None,
            Told::Revoked(at, reason) => Some(Standing::Revoked(at, reason)),
            Told::Good | Told::NeverIssued | Told::Unknown => None,
        };
        if let Some(revoked) = opinions.iter().find_map(for_good) {
            return revoked;
        }
        if let Some(current) = opinions.iter().find(|opinion| now <= opinion.until) {
            return standing(current, current.until, false);
        }
        let lasts = |opinion: &Opinion| opinion.until.plus_millis(self.grace_ms);
        match opinions.first() {
            Some(last) if last.told != Told::Good || now <= lasts(last) => {
                standing(last, lasts(last), true)
            }
            Some(_) | None => Standing::Unknown,
        }
    }
}

fn standing(opinion: &Opinion, until: Moment, grace: bool) -> Standing {
    match opinion.told {
        Told::Good => Standing::Good(Basis {
            by: opinion.by,
            objects: opinion.objects.clone(),
            until,
            grace,
        }),
        Told::NeverIssued => Standing::NeverIssued,
        Told::Revoked(at, reason) => Standing::Revoked(at, reason),
        Told::Unknown => Standing::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_000_000_000;
    const HOLD: Reason = Reason::CertificateHold;
    const LOST: Reason = Reason::KeyCompromise;

    fn at(millis: i64) -> Moment {
        Moment::from_millis(NOW + millis).expect("a moment")
    }

    fn says(told: Told, from: i64, until: i64) -> Opinion {
        Opinion {
            by: "crl",
            told,
            this_update: at(from),
            until: at(until),
            objects: Vec::new(),
        }
    }

    #[test]
    fn table_of_what_counts() {
        let held = revoked(HOLD);
        let rows = [
            ("silence", vec![], Standing::Unknown),
            ("current", vec![says(Told::Good, -5, 5)], good(5, false)),
            (
                "its last moment",
                vec![says(Told::Good, -5, 0)],
                good(0, false),
            ),
            ("in grace", vec![says(Told::Good, -9, -1)], good(99, true)),
            (
                "end of grace",
                vec![says(Told::Good, -200, -100)],
                good(0, true),
            ),
            (
                "beyond grace",
                vec![says(Told::Good, -200, -101)],
                Standing::Unknown,
            ),
            (
                "held",
                vec![says(Told::Revoked(at(-500), HOLD), -5, 5)],
                held.clone(),
            ),
            (
                "held, then released",
                vec![
                    says(Told::Revoked(at(-500), HOLD), -5, 5),
                    says(Told::Good, -4, 4),
                ],
                good(4, false),
            ),
            (
                "released, then held",
                vec![
                    says(Told::Good, -5, 5),
                    says(Told::Revoked(at(-500), HOLD), -4, 4),
                ],
                held.clone(),
            ),
            (
                "both at one moment",
                vec![
                    says(Told::Good, -5, 5),
                    says(Told::Revoked(at(-500), HOLD), -5, 4),
                ],
                held.clone(),
            ),
        ];
        check(&rows);
    }

    #[test]
    fn table_of_what_counts_when_it_is_old_or_final() {
        let (held, lost) = (revoked(HOLD), revoked(LOST));
        let rows = [
            (
                "released by an old word, held by a current one",
                vec![
                    says(Told::Revoked(at(-500), HOLD), -50, 5),
                    says(Told::Good, -40, -1),
                ],
                held.clone(),
            ),
            (
                "held long ago, nothing since",
                vec![says(Told::Revoked(at(-500), HOLD), -900, -800)],
                held,
            ),
            (
                "lost long ago, good since",
                vec![
                    says(Told::Revoked(at(-500), LOST), -900, -800),
                    says(Told::Good, -5, 5),
                ],
                lost,
            ),
            (
                "never issued",
                vec![says(Told::NeverIssued, -5, 5)],
                Standing::NeverIssued,
            ),
            (
                "never issued, then issued",
                vec![says(Told::NeverIssued, -5, 5), says(Told::Good, -4, 4)],
                good(4, false),
            ),
        ];
        check(&rows);
    }

    fn check(rows: &[(&str, Vec<Opinion>, Standing)]) {
        let policy = Policy {
            answer_fresh_ms: 10,
            grace_ms: 100,
        };
        for (name, opinions, expected) in rows {
            assert_eq!(policy.decide(opinions.clone(), at(0)), *expected, "{name}");
        }
    }

    fn revoked(reason: Reason) -> Standing {
        Standing::Revoked(at(-500), reason)
    }

    fn good(until: i64, grace: bool) -> Standing {
        Standing::Good(Basis {
            by: "crl",
            objects: Vec::new(),
            until: at(until),
            grace,
        })
    }
}
