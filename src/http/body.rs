//! Bodies, frame by frame, under caps on one and on all of them together.
//!
//! A body is held as it arrives: who announces much and sends little costs nothing. The budget of
//! all bodies keeps the gateway's memory bounded whatever the number of slow senders.

use std::net::IpAddr;
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};

use super::share::{Part, Shares};

/// How long one body may take.
const BODY_TIME_MAX: Duration = Duration::from_secs(10);
/// Octets of all bodies that are held at one time.
const BUDGET_OCTETS: usize = 16 << 20;

/// Why a body was not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// The sender went away, or spoke no HTTP.
    Broken,
    /// All bodies together, or those of this peer, are too much now.
    Busy,
    /// Larger than one body may be.
    TooLarge,
    /// Slower than one body may be.
    TooSlow,
}

/// What all bodies together may hold.
pub(super) fn budget() -> Shares {
    Shares::of(BUDGET_OCTETS)
}

/// Octets held, given back when dropped.
pub(super) struct Held {
    octets: Vec<u8>,
    part: Part,
}

impl Held {
    pub(super) fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The octets themselves. They stay counted until this is dropped.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.octets)
    }

    fn grow(&mut self, by: &[u8]) -> Result<(), Cut> {
        if !self.part.grow(by.len()) {
            return Err(Cut::Busy);
        }
        self.octets.extend_from_slice(by);
        Ok(())
    }
}

/// Reads a body of at most so many octets.
pub(super) async fn read(
    mut body: Incoming,
    octets_max: usize,
    budget: &Shares,
    peer: IpAddr,
) -> Result<Held, Cut> {
    let announced = body.size_hint().exact();
    if announced.is_some_and(|length| length > octets_max as u64) {
        return Err(Cut::TooLarge);
    }
    let octets =
        Vec::with_capacity(announced.map_or(0, |n| usize::try_from(n).unwrap_or(0).min(16 << 10)));
    let mut held = Held {
        octets,
        part: budget.part(peer),
    };
    let whole = async {
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Cut::Broken)?;
            let Some(data) = frame.data_ref() else {
                continue;
            };
            if held.octets.len() + data.len() > octets_max {
                return Err(Cut::TooLarge);
            }
            held.grow(data)?;
        }
        Ok(())
    };
    match tokio::time::timeout(BODY_TIME_MAX, whole).await {
        Ok(Ok(())) => Ok(held),
        Ok(Err(cut)) => Err(cut),
        Err(_) => Err(Cut::TooSlow),
    }
}
