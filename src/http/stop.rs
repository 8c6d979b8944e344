//! Stop: why a message goes no further, and how its sender and the journal are told.
//!
//! Spec:  SOAP 1.1 §4.4, §6.2; SyncChannel v10, AsyncChannel v10; D-35.
//! In:    what was found out about a message so far. Out: a fault, or an answer with findings.
//! Never: words of its own; they stand in `envelope` and `services`.

use std::net::IpAddr;

use hyper::StatusCode;

use crate::envelope::{Channel, Code, Fault, Malformed, OCTETS_MAX, Operation, shep};
use crate::scans::{SCAN_OCTETS_MAX, SCANS_OCTETS_MAX};
use crate::services;
use crate::signature::{Closed, Distrust, PayloadDistrust, unsigned};
use crate::terms::Moment;

use super::body::Cut;
use super::evidence::Rejected;
use super::gate::Gate;
use super::limits::Over;
use super::{Reply, typed};

const SOAP_TYPE: &str = "text/xml; charset=utf-8";
const RETRY_AFTER_SECONDS: u64 = 5;

/// What was found out about a message, as far as it was read: for evidence and for the fault.
pub(super) struct Known {
    /// What was asked for; before that is read, what is usual at this address.
    pub(super) operation: Operation,
    pub(super) message_id: Option<String>,
    pub(super) session_id: Option<String>,
    pub(super) sender: Option<String>,
    pub(super) service: Option<&'static str>,
    pub(super) believed: bool,
}

impl Known {
    /// Nothing, but at which channel it arrived.
    pub(super) fn at(channel: Channel) -> Self {
        Self {
            operation: channel.usual(),
            message_id: None,
            session_id: None,
            sender: None,
            service: None,
            believed: false,
        }
    }
}

/// Why a message goes no further.
pub(super) enum Stop {
    /// The service, or the region, is not open.
    Closed(Closed),
    Malformed(Malformed),
    Distrust(Distrust),
    /// The sender has had what it may have.
    Over(Over),
    /// Of a signature inside `data`.
    Payload(PayloadDistrust),
    /// Of the service, not of the signature.
    Code(Code),
    /// The payload is not in order: the answer that says so.
    Findings {
        payload: String,
        codes: String,
    },
    /// Neither accepted nor rejected, or accepted and not yet answered.
    TryAgain {
        receipt: Option<String>,
    },
}

impl From<Closed> for Stop {
    fn from(closed: Closed) -> Self {
        Self::Closed(closed)
    }
}

impl From<Over> for Stop {
    fn from(over: Over) -> Self {
        Self::Over(over)
    }
}

impl From<Malformed> for Stop {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl From<PayloadDistrust> for Stop {
    fn from(distrust: PayloadDistrust) -> Self {
        Self::Payload(distrust)
    }
}

impl From<Distrust> for Stop {
    fn from(distrust: Distrust) -> Self {
        Self::Distrust(distrust)
    }
}

/// Leaves evidence of a message that went no further.
pub(super) fn note(
    gate: &Gate,
    peer: IpAddr,
    at: Moment,
    octets: &[u8],
    known: &Known,
    stop: &Stop,
) {
    let (code, detail) = match stop {
        Stop::Closed(closed) => (closed.code().as_str(), Some(closed.to_string())),
        Stop::Malformed(malformed) => (malformed.code().as_str(), Some(malformed.to_string())),
        Stop::Distrust(distrust) => (distrust.code().as_str(), Some(distrust.to_string())),
        Stop::Payload(distrust) => (distrust.code().as_str(), Some(distrust.to_string())),
        Stop::Code(code) => (code.as_str(), None),
        Stop::Findings { codes, .. } => ("findings", Some(codes.clone())),
        // A crowd leaves a count, and not the octets of each.
        Stop::Over(over) => return gate.evidence.count(peer, over.code()),
        Stop::TryAgain { .. } => return,
    };
    gate.evidence.note(&Rejected {
        at,
        peer,
        code,
        detail: detail.as_deref(),
        message_id: known.message_id.as_deref(),
        sender: known.sender.as_deref(),
        service: known.service,
        octets,
    });
}

/// Signs an answer or a fault that a worker made. Where a token fails, the sender tries again: the
/// answer waits in the inbox.
pub(super) async fn answer(
    gate: &Gate,
    known: &Known,
    at: Moment,
    outcome: &'static str,
    content: &str,
) -> (&'static str, Reply) {
    let Some(message) = gate.pen.sign(content).await else {
        let again = Fault::new(known.operation, Code::TryAgain, at);
        let reply = fault_reply(again.code, unsigned(&again.write()), RETRY_AFTER_SECONDS);
        return ("not_sealed", reply);
    };
    // SOAP 1.1 §6.2: a Fault travels with status 500.
    let fault = content.starts_with("<soap:Fault");
    let status = if fault {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        StatusCode::OK
    };
    (outcome, typed(status, SOAP_TYPE, message))
}

/// Tells why a message goes no further.
pub(super) async fn refuse(
    gate: &Gate,
    at: Moment,
    known: &Known,
    stop: Stop,
) -> (&'static str, Reply) {
    let mut retry = RETRY_AFTER_SECONDS;
    let mut believed = known.believed;
    let (code, detail, receipt) = match stop {
        Stop::Closed(closed) => (closed.code(), Some(closed.to_string()), None),
        Stop::Malformed(malformed) => (malformed.code(), Some(malformed.to_string()), None),
        Stop::Distrust(distrust) => (distrust.code(), Some(distrust.to_string()), None),
        Stop::Payload(distrust) => (distrust.code(), Some(distrust.to_string()), None),
        Stop::Code(code) => (code, None, None),
        Stop::Over(over) => {
            retry = over.seconds;
            // A signature costs us more than the message did: a crowd gets as many as strangers.
            believed = false;
            (over.code(), Some(over.to_string()), over.receipt)
        }
        Stop::TryAgain { receipt } => (Code::TryAgain, None, receipt),
        Stop::Findings { payload, .. } => {
            let content = shep::write_response(
                &shep::ResponseInfo {
                    message_id: &uuid::Uuid::new_v4().to_string(),
                    correlation_id: known.message_id.as_deref(),
                    response_date: at,
                    status_code: services::Status::Rejected.code(),
                    status_message: services::Status::Rejected.message(),
                    session_id: known.session_id.as_deref(),
                },
                &payload,
            );
            return answer(gate, known, at, "findings", &content).await;
        }
    };
    let session_id = known.session_id.clone();
    let content = Fault {
        operation: known.operation,
        code,
        detail,
        receipt,
        at,
        session_id,
    }
    .write();
    let message = write_fault(gate, at, believed, &content).await;
    (code.as_str(), fault_reply(code, message, retry))
}

/// Signs a fault for whoever was believed, and for others as long as that costs us little.
async fn write_fault(gate: &Gate, at: Moment, believed: bool, content: &str) -> String {
    let signed = if believed {
        gate.pen.sign(content).await
    } else if gate.may_sign_for_a_stranger(at) {
        gate.pen.sign_for_a_stranger(content).await
    } else {
        None
    };
    signed.unwrap_or_else(|| unsigned(content))
}

fn fault_reply(code: Code, message: String, retry: u64) -> Reply {
    let mut reply = typed(StatusCode::INTERNAL_SERVER_ERROR, SOAP_TYPE, message);
    if code.may_succeed_later() {
        let seconds = hyper::header::HeaderValue::from(retry);
        reply
            .headers_mut()
            .insert(hyper::header::RETRY_AFTER, seconds);
    }
    reply
}

/// A body that was not read to its end: the connection cannot be used further.
pub(super) async fn refuse_unread(
    gate: &Gate,
    channel: Channel,
    peer: IpAddr,
    at: Moment,
    cut: Cut,
) -> Reply {
    let (code, detail) = match cut {
        Cut::TooLarge => (
            Code::TooLarge,
            Some(Malformed::TooLarge(OCTETS_MAX).to_string()),
        ),
        Cut::Character => (Code::NotXml, Some(Malformed::Mark.to_string())),
        Cut::NotParts(why) => (Code::Multipart, Some(Malformed::Multipart(why).to_string())),
        Cut::ScanLayout => (Code::ScanLayout, Some(Malformed::ScanLayout.to_string())),
        Cut::ScanTooLarge => (
            Code::ScanTooLarge,
            Some(Malformed::ScanTooLarge(SCAN_OCTETS_MAX, SCANS_OCTETS_MAX).to_string()),
        ),
        Cut::TooSlow => (Code::TooSlow, Some(Malformed::TooSlow.to_string())),
        Cut::Busy => (Code::TryAgain, None),
        Cut::Broken => (Code::NotXml, Some("the body broke off".to_owned())),
    };
    gate.evidence.count(peer, code);
    let outcome = code.as_str();
    metrics::counter!("kezek_door_messages_total", "outcome" => outcome).increment(1);
    tracing::info!(outcome, "body not read");
    let fault = Fault {
        detail,
        ..Fault::new(channel.usual(), code, at)
    };
    let message = write_fault(gate, at, false, &fault.write()).await;
    let mut reply = fault_reply(code, message, RETRY_AFTER_SECONDS);
    let close = hyper::header::HeaderValue::from_static("close");
    reply.headers_mut().insert(hyper::header::CONNECTION, close);
    reply
}
