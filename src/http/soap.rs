//! POST /shep/sync: read, verify, validate, publish, await, reply.
//!
//! Spec:  SOAP 1.1 §6; SyncChannel v10; D-35.
//! Messages are read and verified on the task that received them: their size is bounded, so it
//! takes a fraction of a millisecond, less than handing them to another thread would save.

use std::net::IpAddr;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use tokio::time::Instant;

use crate::bus::{Lane, Parcel, Place};
use crate::clock;
use crate::envelope::{Code, Envelope, Malformed, reconstitute, shep};
use crate::services::scan::Scan;
use crate::services::{self, Checked, PLANNED, Service};
use crate::signature::{
    Closed, Content, Distrust, Receipted, Signatory, Speaker, Store, Trusted, Verified,
    believe_payload, content_digest, hex, sha256, verdict, verify,
};
use crate::terms::Moment;

use super::Reply;
use super::body;
use super::gate::Gate;
use super::intake::Held;
use super::limits::{self, Over};
use super::notice;
use super::share::Full;
use super::stop::{Known, Stop, answer, note, refuse, refuse_unread};

/// A property under which a receipt is returned.
const RECEIPT_KEY: &str = "receipt";
/// A receipt is for a repeat after an outage, not for a place in the queue a year later: thirty
/// days.
const RECEIPT_MS_MAX: i64 = 30 * 86_400_000;
/// Another gateway's clock may be ahead of ours by so much.
const CLOCK_SKEW_MS: i64 = 2_000;
/// Receives one message and answers it.
pub(super) async fn post(gate: &Gate, peer: IpAddr, request: Request<Incoming>) -> Reply {
    let received_at = clock::now();
    let packed = body::is_packed(request.headers());
    let held = match body::read(request, &gate.scans, &gate.budget, peer).await {
        Ok(held) => held,
        Err(cut) => return refuse_unread(gate, peer, received_at, cut).await,
    };
    let mut known = Known::default();
    let octets = held.octets().len();
    let ended = if packed {
        // Its octets are evidence; what they would unpack to is nobody's business.
        let stop = Stop::Malformed(Malformed::ContentEncoding);
        note(gate, peer, received_at, held.octets(), &known, &stop);
        drop(held);
        Err(stop)
    } else {
        converse(gate, received_at, held, &mut known, peer).await
    };
    let (outcome, reply) = match ended {
        Ok(content) => answer(gate, received_at, "answered", &content).await,
        Err(stop) => refuse(gate, received_at, &known, stop).await,
    };
    let millis = clock::now().millis_since(received_at);
    metrics::counter!("kezek_door_messages_total", "outcome" => outcome.to_owned()).increment(1);
    metrics::histogram!("kezek_door_seconds").record(seconds(millis));
    tracing::info!(
        message_id = known.message_id,
        sender = known.sender,
        service = known.service,
        outcome,
        octets,
        millis,
        "message"
    );
    reply
}

/// The six steps.
async fn converse(
    gate: &Gate,
    received_at: Moment,
    mut held: Held,
    known: &mut Known,
    peer: IpAddr,
) -> Result<String, Stop> {
    let result = if held.scans.is_none() {
        accept(gate, received_at, &mut held, known)
    } else {
        // Its scans are read and digested: others may take the place of this thread.
        tokio::task::block_in_place(|| accept(gate, received_at, &mut held, known))
    };
    let accepted = match result {
        Ok(accepted) => accepted,
        Err(stop) => {
            note(gate, peer, received_at, held.octets(), known, &stop);
            return Err(stop);
        }
    };
    let Accepted {
        mut parcel,
        service,
        receipt,
        scans,
        parallel,
    } = accepted;
    parcel.raw = held.take();
    let again = || Stop::TryAgain {
        receipt: receipt.clone(),
    };
    // What an official will look at is there before anybody hears that it was sent.
    let kept = gate.scans.keep(&scans, held.scans.as_deref()).await;
    kept.map_err(|trouble| {
        let error = &trouble as &(dyn std::error::Error + 'static);
        tracing::error!(error, "ALARM: a scan cannot be kept");
        again()
    })?;
    let mut place = gate.places.part_of(parcel.sender.clone());
    place.grow_within(1, parallel).map_err(|full| match full {
        Full::All => again(),
        Full::Own(most) => {
            let over = Over::parallel(most, receipt.clone());
            gate.evidence.count(peer, over.code());
            over.into()
        }
    })?;
    let expected = gate.replies.expect().map_err(|trouble| {
        tracing::warn!(%trouble, "no reply lane");
        again()
    })?;
    parcel.reply = Some(expected.address.clone());
    let lane = match service.lane {
        services::Lane::Read => Lane::RequestsRead,
        services::Lane::Write => Lane::RequestsWrite,
    };
    gate.publisher
        .publish(Place::Lane(lane), &parcel.to_mail())
        .await
        .map_err(|trouble| {
            tracing::warn!(message_id = known.message_id, %trouble, "not confirmed by the bus");
            again()
        })?;
    let deadline = parcel.deadline;
    // Until here its octets were held, and counted.
    drop((parcel, held));
    let left = u64::try_from(deadline.millis_since(clock::now())).unwrap_or(0);
    let content = match tokio::time::timeout(Duration::from_millis(left), expected).await {
        Ok(Ok(content)) => String::from_utf8(content).map_err(|_| Stop::Code(Code::Internal))?,
        Ok(Err(_)) | Err(_) => return Err(again()),
    };
    notice::sealed(gate, service, content)
        .await
        .ok_or_else(again)
}

/// A message that may travel: everything but the raw octets and the reply address.
struct Accepted {
    parcel: Parcel,
    service: &'static Service,
    receipt: Option<String>,
    scans: Vec<Scan>,
    /// How many such its sender may have.
    parallel: usize,
}

/// Reads, believes and validates; nothing here waits.
fn accept(
    gate: &Gate,
    received_at: Moment,
    held: &mut Held,
    known: &mut Known,
) -> Result<Accepted, Stop> {
    let store = gate.store();
    let trusted = believe(held, &store, received_at, known)?;
    let request = trusted.request()?;
    known.believed = true;
    known.message_id = request.message_id.as_deref().map(str::to_owned);
    known.session_id = request.session_id.clone();
    let speaker = speaker(gate, &trusted, &request)?;
    known.sender = Some(speaker.participant.id.clone());
    let digest = content_digest(&request);
    let of = Receipted {
        sender: &speaker.participant.id,
        message_id: request.message_id.as_deref().unwrap_or_default(),
        digest: &digest,
    };
    let receipt_at = receipt_time(gate, &request, &of, received_at)?;
    let receipt = Some(gate.receipts().give(&of, receipt_at.unwrap_or(received_at)));
    within_limits(gate, &speaker, held, receipt.as_deref())?;
    let service = served(&request.service_id)?;
    known.service = Some(service.number);
    let regions = speaker.regions(service.number)?;
    let (content, signatories) = believe_payload(request.payload()?, &store, received_at)?;
    let Checked { settlement, scans } = validate(service, &content, received_at)?;
    if settlement.is_some_and(|settlement| !Speaker::reaches(&regions, &settlement)) {
        return Err(Distrust::RegionNotAllowed.into());
    }
    let openings = gate.openings();
    openings.admit(service.number, settlement.as_ref(), received_at)?;
    let answer_millis = i64::try_from(gate.settings.answer_time.as_millis()).unwrap_or(i64::MAX);
    let parcel = Parcel {
        message_key: message_key(service, request.message_id.as_deref(), &digest, &trusted),
        message_id: known.message_id.clone(),
        sender: speaker.participant.id.clone(),
        service: service.number.to_owned(),
        settlement,
        regions,
        received_at,
        receipt_at,
        deadline: received_at.plus_millis(answer_millis),
        attempt: 0,
        trace: uuid::Uuid::new_v4().to_string(),
        reply: None,
        verdict: verdict(gate, &trusted, &speaker, &signatories, received_at),
        chain: verdict::chain(&trusted, &signatories),
        octets: Vec::new(),
        raw: Vec::new(),
    };
    drop(content);
    drop(request);
    Ok(Accepted {
        parcel: Parcel {
            octets: trusted.into_octets(),
            ..parcel
        },
        service,
        receipt,
        scans,
        parallel: speaker.participant.limits.parallel,
    })
}

/// Checks the signature of a message. Where its parts came beside it, some clients sign what they
/// send and some what it stands for (XOP 1.0 §3).
fn believe(
    held: &mut Held,
    store: &Store,
    received_at: Moment,
    known: &mut Known,
) -> Result<Trusted, Stop> {
    let texts = held.texts();
    let envelope = Envelope::read_marked(held.octets(), texts.clone())?;
    let claimed = envelope.claimed_message_id();
    let meant = texts.and_then(|texts| {
        let octets = reconstitute(envelope.document(), texts.as_ref())?;
        Some((octets, texts))
    });
    let mut told = verify(envelope, store, received_at);
    if let (Err(Distrust::DigestMismatch), Some((octets, texts))) = (&told, meant) {
        let envelope = Envelope::read_marked(&octets, Some(texts))?;
        told = verify(envelope, store, received_at);
        if told.is_ok() {
            held.replace(octets);
        }
    }
    told.map_err(|distrust| {
        known.message_id = claimed;
        distrust.into()
    })
}

/// On whose behalf the message speaks.
fn speaker(
    gate: &Gate,
    trusted: &Trusted,
    request: &shep::Request<'_>,
) -> Result<Speaker, Distrust> {
    let (directory, certificate) = (gate.directory(), trusted.verified().certificate());
    if request.password.is_some() {
        // A password that is new to this process costs a slow hash.
        tokio::task::block_in_place(|| directory.speaker(certificate, request))
    } else {
        directory.speaker(certificate, request)
    }
}

/// Charges the message to its sender. What was held up keeps its time: it gets a receipt (D-35).
fn within_limits(
    gate: &Gate,
    speaker: &Speaker,
    held: &Held,
    receipt: Option<&str>,
) -> Result<(), Stop> {
    let (id, limits) = (&speaker.participant.id, &speaker.participant.limits);
    if held.wire > limits.octets {
        limits::count("octets");
        return Err(
            Malformed::TooLarge(usize::try_from(limits.octets).unwrap_or(usize::MAX)).into(),
        );
    }
    let charged = gate.rates.charge(id, limits.per_second, Instant::now());
    charged.map_err(|wait| Over::rate(limits.per_second, wait, receipt.map(str::to_owned)).into())
}

/// The service of this number, if it is served.
fn served(number: &str) -> Result<&'static Service, Stop> {
    if PLANNED.contains(&number) {
        return Err(Closed::Everywhere(None).into());
    }
    services::by_number(number).ok_or(Stop::Code(Code::ServiceUnknown))
}

/// The time that a returned receipt proves (D-35).
fn receipt_time(
    gate: &Gate,
    request: &shep::Request<'_>,
    of: &Receipted<'_>,
    received_at: Moment,
) -> Result<Option<Moment>, Malformed> {
    let Some(receipt) = request.property(RECEIPT_KEY) else {
        return Ok(None);
    };
    let at = gate.receipts().read(receipt, of);
    let at =
        at.filter(|at| (-CLOCK_SKEW_MS..=RECEIPT_MS_MAX).contains(&received_at.millis_since(*at)));
    at.map(Some).ok_or(Malformed::Receipt)
}

/// The key of the inbox: the messageId, or, without one, what was sent.
///
/// A registration says the same whenever it is repeated, so its content is its key. A question does
/// not: the same one tomorrow wants tomorrow's answer, so its key is the whole signed Body, which
/// holds the date of the message.
fn message_key(
    service: &Service,
    message_id: Option<&str>,
    digest: &[u8; 32],
    trusted: &Trusted,
) -> String {
    match (message_id, service.lane) {
        (Some(id), _) => id.to_owned(),
        (None, services::Lane::Write) => format!("content:{}", hex(digest)),
        (None, services::Lane::Read) => format!("body:{}", hex(&sha256(trusted.octets()))),
    }
}

fn validate(
    service: &'static Service,
    content: &Content<'_>,
    received_at: Moment,
) -> Result<Checked, Stop> {
    match (service.check)(content.element(), received_at) {
        Ok(checked) => Ok(checked),
        Err(findings) => Err(Stop::Findings {
            codes: findings
                .iter()
                .map(|f| f.code.name())
                .collect::<Vec<_>>()
                .join(" "),
            payload: services::answer::findings(&findings),
        }),
    }
}

/// What the signature said, for the journal: enough to compute it again.
fn verdict(
    gate: &Gate,
    trusted: &Trusted,
    speaker: &Speaker,
    signatories: &[Signatory],
    at: Moment,
) -> serde_json::Value {
    let payload = signatories.iter().map(Signatory::verified);
    let mut standing = std::iter::once(trusted.verified())
        .chain(payload)
        .flat_map(Verified::standing);
    if standing.any(|basis| basis.grace) {
        metrics::counter!("kezek_door_revocation_grace_total").increment(1);
    }
    verdict::record(trusted, speaker, signatories, at, gate.policy())
}

fn seconds(millis: i64) -> f64 {
    Duration::from_millis(u64::try_from(millis).unwrap_or(0)).as_secs_f64()
}
