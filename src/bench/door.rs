//! The door without servers: parse, verify, validate, on one thread.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::clock;
use crate::envelope::Envelope;
use crate::sandbox::Draft;
use crate::services::CATALOGUE;
use crate::signature::{Signer, Store, believe_payload, verify};

use super::cpu_nanos_of_this_thread;

const TIMESTAMP_MS: i64 = 7 * 86_400_000;

/// One round.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// Messages that were parsed, verified and validated.
    pub messages: u64,
    /// Messages per second of CPU time.
    pub per_cpu_second: f64,
    /// The median of one message, in microseconds of wall time.
    pub micros_median: f64,
    /// The 99th percentile of one message.
    pub micros_p99: f64,
}

/// A registration with two references: Body and Timestamp.
pub fn message(signer: &Signer) -> String {
    let mut draft = Draft::registration();
    let now = clock::now();
    draft.freshen(now);
    signer.sign(draft.content(), Some((now, TIMESTAMP_MS)))
}

/// Lets one message through the door: everything that the gateway does before the bus.
///
/// # Panics
/// Where the message is not accepted: then there is nothing to measure.
pub fn pass(message: &[u8], store: &Store) -> Vec<u8> {
    let now = clock::now();
    let envelope = Envelope::read(message).expect("the message is an envelope");
    let trusted = verify(envelope, store, now).expect("the message is signed");
    let request = trusted.request().expect("the Body holds a request");
    let service = CATALOGUE
        .iter()
        .find(|service| service.number == request.service_id);
    let payload = request.payload().expect("data holds a payload");
    let believed = believe_payload(payload, store, now);
    let (content, _) = believed.expect("no signature in the payload is wrong");
    let service = service.expect("the service is known");
    (service.check)(content.element(), now).expect("the payload is in order");
    drop(content);
    drop(request);
    trusted.into_octets()
}

/// Runs for so long.
pub fn round(message: &[u8], store: &Store, time: Duration) -> Round {
    let mut micros = Vec::with_capacity(1 << 18);
    let cpu_before = cpu_nanos_of_this_thread().unwrap_or(0);
    let begun = Instant::now();
    let mut last = begun;
    while last.duration_since(begun) < time {
        black_box(pass(black_box(message), store));
        let now = Instant::now();
        micros.push(now.duration_since(last).as_secs_f64() * 1e6);
        last = now;
    }
    let cpu = cpu_nanos_of_this_thread()
        .unwrap_or(0)
        .saturating_sub(cpu_before);
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts and times are far below 2^52"
    )]
    let per_cpu_second = micros.len() as f64 / (cpu as f64 / 1e9);
    Round {
        messages: micros.len() as u64,
        per_cpu_second,
        micros_median: super::median(&mut micros),
        micros_p99: super::percentile(&mut micros, 99.0),
    }
}
