//! Inbox: one message's whole way through a worker.
//!
//! One transaction holds the inbox row, the decision, the state, the journal and what must be said.
//! After its commit the answer goes to the gateway that waits and the notices to their lanes; only
//! then is the message acknowledged. Killed at any line, it is delivered again, finds its stored
//! answer and sends that.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use uuid::Uuid;

use crate::bus::{Delivered, Lane, Mail, NotAParcel, Parcel, Place, Rung, Step};
use crate::clock;
use crate::envelope::correspondence::Question;
use crate::envelope::report::Report;
use crate::envelope::shep::{self, ResponseInfo};
use crate::envelope::{Channel, Code, Fault, Operation, SignedBody};
use crate::registry::{
    Arrival, Certificate, Claimed, Conclusion, Kind, Record, Told, Transaction, Trouble,
};
use crate::services::{self, Asked, Outcome, Regions, Service};
use crate::signature::{content_digest, identity, sha256, without_signatures};
use crate::terms::Moment;

use super::{Hands, letters, sms, step_after};

/// Runs of one transaction when others are in the way, before the message is put off.
const RUNS_MAX: usize = 4;
/// An answer is worth sending to a gateway for so long after its deadline, at least.
const ANSWER_TTL_MIN: Duration = Duration::from_secs(1);

const NO_REQUEST: &str = "the signed octets hold no request";

/// What a run of the transaction came to.
enum Ended {
    /// Answered now: the answer, and what must be said.
    Answered { content: Vec<u8>, told: Vec<Told> },
    /// Answered before: the same answer again.
    Repeated(Vec<u8>),
    /// It adds to a chain that its sender never began.
    BelongsNowhere,
    /// Its key was used for another content, or by another operation.
    Contradicts,
}

/// Handles one delivery.
pub(super) async fn handle(hands: &Hands, delivered: &Arc<Delivered>) -> Step {
    let parcel = match Parcel::from_mail(&delivered.mail) {
        Ok(parcel) => parcel,
        // A newer door wrote it during an upgrade; a newer worker will read it.
        Err(NotAParcel::Version(_)) => return Step::Retry(Rung::Minute),
        Err(fault) => {
            tracing::error!(%fault, "ALARM: a parcel cannot be read");
            return Step::Bury("not a parcel");
        }
    };
    let begun = clock::now();
    let expired = begun > parcel.deadline && delivered.lane == Lane::RequestsRead;
    if expired {
        // Nobody waits for it, and it would change nothing.
        metrics::counter!("kezek_worker_messages_total", "outcome" => "expired").increment(1);
        return Step::Done;
    }
    let (outcome, step) = attempt(hands, &parcel).await;
    let millis = clock::now().millis_since(begun);
    metrics::counter!("kezek_worker_messages_total", "outcome" => outcome).increment(1);
    tracing::info!(
        message_id = parcel.message_key,
        trace = parcel.trace,
        sender = parcel.sender,
        service = parcel.service,
        outcome,
        millis,
        redelivered = delivered.redelivered,
        "worked"
    );
    step
}

async fn attempt(hands: &Hands, parcel: &Parcel) -> (&'static str, Step) {
    let Ok(signed) = SignedBody::parse(&parcel.octets) else {
        return ("unreadable", Step::Bury("the signed octets cannot be read"));
    };
    match Operation::of(signed.body()) {
        Ok((Operation::MessageStatus, _)) => match Question::read(signed.body()) {
            Ok(question) => letters::tell(hands, parcel, &question).await,
            Err(_) => ("unreadable", Step::Bury(NO_REQUEST)),
        },
        Ok((Operation::ChangeStatus | Operation::DeliveryNotification, _)) => {
            match Report::read(signed.body()) {
                Ok(report) => letters::note(hands, parcel, &report).await,
                Err(_) => ("unreadable", Step::Bury(NO_REQUEST)),
            }
        }
        Ok((Operation::CallbackMessage | Operation::SendMessage | Operation::SyncMessage, _)) => {
            match shep::Request::read(signed.body()) {
                Ok(request) => serve(hands, parcel, &request).await,
                Err(_) => ("unreadable", Step::Bury(NO_REQUEST)),
            }
        }
        Err(_) => ("unreadable", Step::Bury(NO_REQUEST)),
    }
}

/// A message to a service, whichever way its answer takes.
async fn serve(
    hands: &Hands,
    parcel: &Parcel,
    request: &shep::Request<'_>,
) -> (&'static str, Step) {
    let Some(service) = services::by_number(&parcel.service) else {
        return ("unknown_service", Step::Retry(Rung::Minute));
    };
    let digest = content_digest(request);
    let mut ended = Err(Trouble::Unexpected("a transaction that was never run"));
    for _ in 0..RUNS_MAX {
        let working = run(hands, parcel, service, request, digest);
        ended = hands.registry.bounded(working).await;
        let again = |trouble: &Trouble| trouble.is_contention() || trouble.duplicate_of().is_some();
        if !ended.as_ref().is_err_and(again) {
            break;
        }
    }
    match ended {
        Ok(Ended::Answered { content, told }) => {
            reply(hands, parcel, &content).await;
            say(hands, &told).await;
            ("answered", Step::Done)
        }
        Ok(Ended::Repeated(content)) => {
            reply(hands, parcel, &content).await;
            ("repeated", Step::Done)
        }
        Ok(Ended::BelongsNowhere) => {
            let fault = Fault {
                detail: Some("its sender began no such chain".into()),
                session_id: request.session_id.clone(),
                ..Fault::new(request.operation, Code::MessageType, clock::now())
            };
            reply(hands, parcel, fault.write().as_bytes()).await;
            ("belongs_nowhere", Step::Done)
        }
        Ok(Ended::Contradicts) => contradict(hands, parcel, request, digest).await,
        Err(trouble) => {
            let cause = &trouble as &dyn Error;
            tracing::warn!(message_id = parcel.message_key, cause, "not done");
            let outage = trouble.is_outage();
            let outcome = if outage { "outage" } else { "trouble" };
            (outcome, step_after(&trouble, hands, parcel.attempt))
        }
    }
}

/// One transaction: whose turn, the service, the answer, the evidence, what must be said.
async fn run(
    hands: &Hands,
    parcel: &Parcel,
    service: &Service,
    request: &shep::Request<'_>,
    digest: [u8; 32],
) -> Result<Ended, Trouble> {
    let arrival = Arrival {
        sender: &parcel.sender,
        message_key: &parcel.message_key,
        body_digest: &digest,
    };
    let (transaction, claimed) = hands.registry.receive(&arrival).await?;
    match claimed {
        Claimed::Answered(stored) => {
            transaction.rollback().await?;
            if request.operation.is_answered_by(&stored.answer) {
                Ok(Ended::Repeated(stored.answer))
            } else {
                // It came another way: an answer of that one would tell its sender nothing.
                Ok(Ended::Contradicts)
            }
        }
        Claimed::Contradicts => {
            transaction.rollback().await?;
            Ok(Ended::Contradicts)
        }
        Claimed::Fresh => {
            if !letters::belongs(&transaction, parcel, request).await? {
                transaction.rollback().await?;
                return Ok(Ended::BelongsNowhere);
            }
            answer(transaction, arrival, parcel, service, request).await
        }
    }
}

async fn answer(
    transaction: Transaction,
    arrival: Arrival<'_>,
    parcel: &Parcel,
    service: &Service,
    request: &shep::Request<'_>,
) -> Result<Ended, Trouble> {
    let now = clock::now();
    let asked = Asked {
        sender: parcel.sender.clone(),
        regions: regions(&parcel.regions),
        sent_at: request.message_date,
        // D-35: a receipt keeps the time of the first reception.
        received_at: parcel.receipt_at.unwrap_or(parcel.received_at),
        now,
        digest: *arrival.body_digest,
    };
    // The door has read this payload with the same code; what it let pass is read again here.
    let content = request.payload().and_then(without_signatures);
    let content = content.map_err(|_| Trouble::Unexpected("a payload that was read"))?;
    let outcome = match &parcel.found {
        Some(found) => Outcome::found(&found.codes, &found.payload),
        None => (service.handle)(&transaction, content.element(), &asked).await?,
    };
    // Stamped when all is decided: an answer is not dated before what it says was counted.
    let answered_at = clock::now();
    let content = match request.operation.channel() {
        Channel::Synchronous => write(&outcome, request, answered_at),
        Channel::Asynchronous => {
            letters::enclose(&transaction, parcel, request, &outcome, answered_at).await?
        }
    };
    let told = sms::render(&outcome, answered_at);
    let chain: Vec<Certificate> = parcel
        .chain
        .iter()
        .map(|der| Certificate {
            sha256: sha256(der),
            der: der.clone(),
        })
        .collect();
    transaction
        .conclude(&Conclusion {
            arrival,
            service: service.number,
            received_at: parcel.received_at,
            answered_at,
            status: outcome.status.code(),
            answer: content.as_bytes(),
            raw: &parcel.raw,
            verdict: &parcel.verdict,
            decision: &outcome.decision,
            chain: &chain,
            told: &told,
            notices: &letters::notices(&outcome, answered_at),
            chain_id: letters::chain(parcel, request).as_deref(),
            notices_until: answered_at.plus_millis(letters::LETTER_TERM_MS),
        })
        .await?;
    Ok(Ended::Answered {
        content: content.into_bytes(),
        told,
    })
}

fn write(outcome: &Outcome, request: &shep::Request<'_>, now: Moment) -> String {
    let info = ResponseInfo {
        message_id: &Uuid::new_v4().to_string(),
        correlation_id: request.message_id.as_deref(),
        response_date: now,
        status_code: outcome.status.code(),
        status_message: outcome.status.message(),
        session_id: request.session_id.as_deref(),
    };
    shep::write_response(&info, &outcome.payload)
}

fn regions(listed: &[String]) -> Regions {
    if listed.iter().any(|region| region == "*") {
        Regions::All
    } else {
        Regions::Of(listed.to_vec())
    }
}

/// Sends the answer once, to a gateway that may be gone: the stored one is what counts.
pub(super) async fn reply(hands: &Hands, parcel: &Parcel, content: &[u8]) {
    let Some(address) = &parcel.reply else { return };
    let left = parcel.deadline.millis_since(clock::now());
    let ttl = Duration::from_millis(u64::try_from(left).unwrap_or(0)).max(ANSWER_TTL_MIN);
    if let Err(trouble) = hands.publisher.answer(address, content, ttl).await {
        tracing::warn!(message_id = parcel.message_key, %trouble, "the answer was not sent");
    }
}

/// The fast path: what fails here stays in the outbox for the relay.
async fn say(hands: &Hands, told: &[Told]) {
    let publishing = told.iter().map(|told| async {
        let Some(lane) = Lane::from_name(told.lane) else {
            return;
        };
        let mail = Mail::json(told.message_id.to_string(), told.lane, told.body.clone());
        match hands.publisher.publish(Place::Lane(lane), &mail).await {
            Ok(()) => hands.published.note(told.message_id),
            Err(trouble) => tracing::warn!(lane = told.lane, %trouble, "left to the relay"),
        }
    });
    join_all(publishing).await;
}

/// The same messageId with another content: a fault for the sender, an alarm for us.
async fn contradict(
    hands: &Hands,
    parcel: &Parcel,
    request: &shep::Request<'_>,
    digest: [u8; 32],
) -> (&'static str, Step) {
    let now = clock::now();
    tracing::error!(
        message_id = parcel.message_key,
        sender = parcel.sender,
        "ALARM: a messageId was used again for another content"
    );
    // One alarm for one content, however often it is delivered.
    let origin = [
        parcel.sender.as_bytes(),
        parcel.message_key.as_bytes(),
        &digest,
    ]
    .join(&0);
    let verdict = json!({ "alarm": Code::MessageIdReused.as_str(), "verdict": parcel.verdict });
    let record = Record {
        at: now,
        kind: Kind::Alarm,
        origin: identity(&sha256(&origin)),
        sender: Some(&parcel.sender),
        message_key: Some(&parcel.message_key),
        service: Some(&parcel.service),
        raw: Some(&parcel.raw),
        verdict: &verdict,
        chain: &[],
    };
    let noted = hands
        .registry
        .bounded(hands.registry.journal(&record))
        .await;
    if let Err(trouble) = noted {
        return ("trouble", step_after(&trouble, hands, parcel.attempt));
    }
    let fault = Fault {
        session_id: request.session_id.clone(),
        ..Fault::new(request.operation, Code::MessageIdReused, now)
    };
    reply(hands, parcel, fault.write().as_bytes()).await;
    ("contradicts", Step::Done)
}
