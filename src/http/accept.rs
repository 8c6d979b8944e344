//! Accepting: whether a message may travel, and as what.
//!
//! In:    octets that were read to their end.
//! Out:   a parcel for its lane, or why the message goes no further.
//! Never: waits, but for a slow hash of a password.
//! Start: [`accept`].

use tokio::time::Instant;

use crate::bus::{Found, Lane, Parcel};
use crate::envelope::correspondence::Question;
use crate::envelope::report::Report;
use crate::envelope::shep::{self, Claim, MessageType};
use crate::envelope::{Channel, Code, Envelope, Malformed, Operation, reconstitute};
use crate::services::scan::Scan;
use crate::services::{self, Checked, PLANNED, Service};
use crate::signature::{
    Closed, Content, Distrust, Receipted, Signatory, Speaker, Store, Trusted, Verified,
    believe_payload, content_digest, hex, identity, sha256, verdict, verify,
};
use crate::terms::Moment;

use super::gate::Gate;
use super::intake::Held;
use super::limits::{self, Over};
use super::stop::{Known, Stop};

/// A property under which a receipt is returned.
const RECEIPT_KEY: &str = "receipt";
/// A receipt is for a repeat after an outage, not for a place in the queue a year later: thirty
/// days.
const RECEIPT_MS_MAX: i64 = 30 * 86_400_000;
/// Another gateway's clock may be ahead of ours by so much.
const CLOCK_SKEW_MS: i64 = 2_000;

/// A message that may travel: everything but the raw octets and the reply address.
pub(super) struct Accepted {
    pub(super) parcel: Parcel,
    pub(super) lane: Lane,
    /// The service that answers at once, for what the door does with its answer.
    pub(super) service: Option<&'static Service>,
    pub(super) receipt: Option<String>,
    pub(super) scans: Vec<Scan>,
    /// How many such its sender may have.
    pub(super) parallel: usize,
}

/// Reads, believes and validates; nothing here waits.
pub(super) fn accept(
    gate: &Gate,
    received_at: Moment,
    held: &mut Held,
    known: &mut Known,
) -> Result<Accepted, Stop> {
    let store = gate.store();
    let trusted = believe(held, &store, received_at, known)?;
    let (operation, _) = Operation::of(trusted.body())?;
    if operation.channel() != known.operation.channel() {
        return Err(Malformed::Operation.into());
    }
    known.operation = operation;
    match operation {
        Operation::MessageStatus => ask(gate, received_at, held, known, trusted),
        Operation::ChangeStatus | Operation::DeliveryNotification => {
            report(gate, received_at, held, known, trusted)
        }
        Operation::CallbackMessage | Operation::SendMessage | Operation::SyncMessage => {
            send(gate, received_at, held, known, &store, trusted)
        }
    }
}

/// A message to a service.
fn send(
    gate: &Gate,
    received_at: Moment,
    held: &Held,
    known: &mut Known,
    store: &Store,
    trusted: Trusted,
) -> Result<Accepted, Stop> {
    let request = trusted.request()?;
    known.believed = true;
    known.message_id = request.message_id.as_deref().map(str::to_owned);
    known.session_id = request.session_id.clone();
    match (request.message_type, &request.correlation_id) {
        (MessageType::Request, _) | (MessageType::Update, Some(_)) => {}
        (MessageType::Update, None) => return Err(Malformed::Missing("correlationId").into()),
        (MessageType::Notification | MessageType::Response, _) => {
            return Err(Malformed::MessageType("we ask nothing by this channel").into());
        }
    }
    let speaker = speaker(gate, &trusted, (&request).into())?;
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
    let (content, signatories) = believe_payload(request.payload()?, store, received_at)?;
    let (Checked { settlement, scans }, found) = match validate(service, &content, received_at) {
        // Of what is answered later, what is wrong with it is an answer as well: a letter. What was
        // found travels with it, so no worker takes it for a request, whatever it can see itself.
        Err(Stop::Findings { codes, payload })
            if known.operation.channel() == Channel::Asynchronous =>
        {
            let codes = codes.split(' ').map(str::to_owned).collect();
            (Checked::default(), Some(Found { codes, payload }))
        }
        told => (told?, None),
    };
    if settlement.is_some_and(|settlement| !Speaker::reaches(&regions, &settlement)) {
        return Err(Distrust::RegionNotAllowed.into());
    }
    let openings = gate.openings();
    openings.admit(service.number, settlement.as_ref(), received_at)?;
    let parcel = Parcel {
        message_key: message_key(service, &request, &digest, &trusted),
        message_id: known.message_id.clone(),
        service: service.number.to_owned(),
        settlement,
        regions,
        receipt_at,
        verdict: verdict(gate, &trusted, &speaker, &signatories, received_at),
        chain: verdict::chain(&trusted, &signatories),
        found,
        ..parcel(gate, &speaker, received_at)
    };
    let lane = match service.lane {
        services::Lane::Read => Lane::RequestsRead,
        services::Lane::Write => Lane::RequestsWrite,
    };
    drop(content);
    drop(request);
    Ok(Accepted {
        parcel: Parcel {
            octets: trusted.into_octets(),
            ..parcel
        },
        lane,
        service: (known.operation.channel() == Channel::Synchronous).then_some(service),
        receipt,
        scans,
        parallel: speaker.participant.limits.parallel,
    })
}

/// A question about a message of the sender's own: no service is asked, so no right is needed.
fn ask(
    gate: &Gate,
    received_at: Moment,
    held: &Held,
    known: &mut Known,
    trusted: Trusted,
) -> Result<Accepted, Stop> {
    let question = Question::read(trusted.body())?;
    known.believed = true;
    known.message_id = Some(question.message_id.clone().into_owned());
    known.session_id.clone_from(&question.session_id);
    let speaker = speaker(gate, &trusted, (&question).into())?;
    known.sender = Some(speaker.participant.id.clone());
    within_limits(gate, &speaker, held, None)?;
    drop(question);
    Ok(without_service(
        gate,
        &speaker,
        received_at,
        known,
        trusted,
        Lane::RequestsRead,
    ))
}

/// What a peer says of a message of ours: no right is needed to say it of one that it was handed.
fn report(
    gate: &Gate,
    received_at: Moment,
    held: &Held,
    known: &mut Known,
    trusted: Trusted,
) -> Result<Accepted, Stop> {
    let report = Report::read(trusted.body())?;
    known.believed = true;
    known.message_id = Some(report.message_id.clone().into_owned());
    known.session_id.clone_from(&report.session_id);
    let directory = gate.directory();
    let peer = directory.peer(trusted.verified().certificate(), &report)?;
    known.sender = Some(peer.participant.id.clone());
    within_limits(gate, &peer, held, None)?;
    drop(report);
    Ok(without_service(
        gate,
        &peer,
        received_at,
        known,
        trusted,
        Lane::RequestsWrite,
    ))
}

/// A message about a message, for the worker to read.
fn without_service(
    gate: &Gate,
    speaker: &Speaker,
    received_at: Moment,
    known: &Known,
    trusted: Trusted,
    lane: Lane,
) -> Accepted {
    Accepted {
        parcel: Parcel {
            message_key: known.message_id.clone().unwrap_or_default(),
            message_id: known.message_id.clone(),
            octets: trusted.into_octets(),
            ..parcel(gate, speaker, received_at)
        },
        lane,
        service: None,
        receipt: None,
        scans: Vec::new(),
        parallel: speaker.participant.limits.parallel,
    }
}

/// A parcel of this sender, with nothing in it yet.
fn parcel(gate: &Gate, speaker: &Speaker, received_at: Moment) -> Parcel {
    let answer_millis = i64::try_from(gate.settings.answer_time.as_millis()).unwrap_or(i64::MAX);
    Parcel {
        message_key: String::new(),
        message_id: None,
        sender: speaker.participant.id.clone(),
        gateway: speaker.gateway.clone(),
        service: String::new(),
        settlement: None,
        regions: Vec::new(),
        received_at,
        receipt_at: None,
        deadline: received_at.plus_millis(answer_millis),
        attempt: 0,
        trace: uuid::Uuid::new_v4().to_string(),
        reply: None,
        verdict: serde_json::Value::Null,
        chain: Vec::new(),
        found: None,
        octets: Vec::new(),
        raw: Vec::new(),
    }
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
fn speaker(gate: &Gate, trusted: &Trusted, claim: Claim<'_>) -> Result<Speaker, Distrust> {
    let (directory, certificate) = (gate.directory(), trusted.verified().certificate());
    if claim.password.is_some() {
        // A password that is new to this process costs a slow hash.
        tokio::task::block_in_place(|| directory.speaker(certificate, claim))
    } else {
        directory.speaker(certificate, claim)
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
/// holds the date of the message. By the asynchronous channel we name what has no name, always
/// alike, and the key is that name: its sender will ask by it.
fn message_key(
    service: &Service,
    request: &shep::Request<'_>,
    digest: &[u8; 32],
    trusted: &Trusted,
) -> String {
    if let Some(id) = request.message_id.as_deref() {
        return id.to_owned();
    }
    let body = || sha256(trusted.octets());
    match (request.operation.channel(), service.lane) {
        (Channel::Asynchronous, _) => identity(&body()).to_string(),
        (Channel::Synchronous, services::Lane::Write) => format!("content:{}", hex(digest)),
        (Channel::Synchronous, services::Lane::Read) => format!("body:{}", hex(&body())),
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
