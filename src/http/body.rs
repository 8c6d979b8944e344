//! Bodies, frame by frame, under caps on one and on all of them together.
//!
//! A body is held as it arrives: who announces much and sends little costs nothing. The budget of
//! all bodies keeps the gateway's memory bounded whatever the number of slow senders.

use std::net::IpAddr;
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::Request;
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONTENT_ENCODING, HeaderMap};
use tokio::time::{Instant, timeout_at};

use crate::envelope::OCTETS_MAX;

use super::intake::{Form, Held, Intake, ScanDesk};
use super::multipart::Related;
use super::share::Shares;

/// How long a body may take that has no scans.
const BODY_TIME_MAX: Duration = Duration::from_secs(10);
/// How long each further stretch of a body may take: whoever is slower holds a place for nothing.
const STRETCH_TIME_MAX: Duration = Duration::from_secs(1);
const STRETCH_OCTETS: u32 = 128 << 10;
/// Octets of all bodies that are held at one time.
const BUDGET_OCTETS: usize = 16 << 20;
/// Octets of a body, at most: all scans that a message may have, in base64, and the rest of it.
pub const WIRE_OCTETS_MAX: u64 = 48 << 20;

/// Why a body was not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// The sender went away, or spoke no HTTP.
    Broken,
    /// All bodies together, or those of this peer, are too much now.
    Busy,
    /// It has a character that XML forbids.
    Character,
    /// It says that it has attachments, and is not put together so.
    NotParts(&'static str),
    /// A text that is too long to stay, and no base64 in lines of one length.
    ScanLayout,
    /// A scan, or all of them, are larger than they may be.
    ScanTooLarge,
    /// Larger than one body may be.
    TooLarge,
    /// Slower than one body may be.
    TooSlow,
}

/// What all bodies together may hold.
pub(super) fn budget() -> Shares {
    Shares::of(BUDGET_OCTETS)
}

/// Whether a body says of itself that it is compressed (RFC 9110 §8.4).
pub(super) fn is_packed(headers: &HeaderMap) -> bool {
    let mut encodings = headers.get_all(CONTENT_ENCODING).iter();
    encodings.any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// Reads a body to its end. One that is packed stays as it is: no scan can be found in it.
pub(super) async fn read(
    request: Request<Incoming>,
    desk: &ScanDesk,
    budget: &Shares,
    peer: IpAddr,
) -> Result<Held, Cut> {
    let packed = is_packed(request.headers());
    let (form, octets_max) = if packed {
        (Form::Packed, OCTETS_MAX as u64)
    } else {
        match Related::of(request.headers())? {
            Some(related) => (Form::Related(related), WIRE_OCTETS_MAX),
            None => (Form::Message, WIRE_OCTETS_MAX),
        }
    };
    let mut body = request.into_body();
    let announced = body.size_hint().exact();
    if announced.is_some_and(|length| length > octets_max) {
        return Err(Cut::TooLarge);
    }
    let room = announced.map_or(0, |n| usize::try_from(n).unwrap_or(0).min(16 << 10));
    let mut intake = Intake::new(desk, budget.part(peer), peer, form, room);
    let began = Instant::now();
    let mut octets = 0u64;
    loop {
        let stretches = u32::try_from(octets / u64::from(STRETCH_OCTETS)).unwrap_or(u32::MAX);
        let until = began + BODY_TIME_MAX + STRETCH_TIME_MAX * stretches;
        let frame = timeout_at(until, body.frame()).await;
        let Some(frame) = frame.map_err(|_| Cut::TooSlow)? else {
            return intake.finish(octets);
        };
        let frame = frame.map_err(|_| Cut::Broken)?;
        let Some(data) = frame.data_ref() else {
            continue;
        };
        octets += data.len() as u64;
        if octets > octets_max {
            return Err(Cut::TooLarge);
        }
        intake.push(data)?;
    }
}
