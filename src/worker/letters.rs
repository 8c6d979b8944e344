//! Letters: what is answered later, and what is told of it.
//!
//! In:    a message of the asynchronous channel, decided as any other, in the same transaction.
//! Out:   its answer as a letter, for the courier; the receipt, which says so; what became of a
//!        message, when its sender asks.
//! Never: another way of deciding: the service has not been told by which channel it was asked.

use uuid::Uuid;

use crate::bus::{Parcel, Step};
use crate::clock;
use crate::envelope::correspondence::{MessageState, Question, Receipt, Status};
use crate::envelope::report::{Fate, Report};
use crate::envelope::shep::{self, MessageType};
use crate::envelope::{Channel, Code, Fault, Operation};
use crate::registry::{Letter, LetterState, Notice, Reported, Transaction, Trouble, Whereabouts};
use crate::services::{self, Outcome, answer};
use crate::signature::{identity, sha256};
use crate::terms::Moment;

use super::inbox::reply;
use super::{Hands, step_after};

/// How long a letter is tried: whoever is down over a long weekend finds it all the same.
pub const LETTER_TERM_MS: i64 = 4 * 86_400_000;

/// How long a letter waits that its peer wants once more.
const AGAIN_MS: i64 = 60_000;

/// Writes the answer as a letter; the receipt is what its sender gets at once, and again whenever
/// the message is repeated.
pub(super) async fn enclose(
    transaction: &Transaction,
    parcel: &Parcel,
    request: &shep::Request<'_>,
    outcome: &Outcome,
    now: Moment,
) -> Result<String, Trouble> {
    let correlation_id = chain(parcel, request).unwrap_or_default();
    transaction
        .enclose(&Letter {
            message_id: Uuid::new_v4(),
            peer: parcel.gateway.as_deref().unwrap_or(&parcel.sender),
            sender: &parcel.sender,
            correlation_id: &correlation_id,
            answers: &parcel.message_key,
            service: &parcel.service,
            kind: MessageType::Response.word(),
            status: outcome.status.code(),
            payload: outcome.payload.as_bytes(),
            application: outcome.told.first().map(|told| told.notice.application()),
            created_at: now,
            expires_at: now.plus_millis(LETTER_TERM_MS),
        })
        .await?;
    let receipt = Receipt {
        operation: request.operation,
        message_id: &parcel.message_key,
        correlation_id: &correlation_id,
        response_date: now,
        session_id: request.session_id.as_deref(),
    };
    Ok(receipt.write())
}

/// The chain of a message: the one that it names, or one that it begins. Made of the message, so
/// that whoever runs it names the same. The synchronous channel knows none.
pub(super) fn chain(parcel: &Parcel, request: &shep::Request<'_>) -> Option<String> {
    match (
        request.operation.channel(),
        request.correlation_id.as_deref(),
    ) {
        (Channel::Synchronous, _) => None,
        (Channel::Asynchronous, Some(named)) => Some(named.to_owned()),
        (Channel::Asynchronous, None) => {
            let begun = ["chain", &parcel.sender, &parcel.message_key].join("\0");
            Some(identity(&sha256(begun.as_bytes())).to_string())
        }
    }
}

/// Whether a message has its place: an UPDATE adds to a chain that its sender has begun.
pub(super) async fn belongs(
    transaction: &Transaction,
    parcel: &Parcel,
    request: &shep::Request<'_>,
) -> Result<bool, Trouble> {
    match (request.message_type, request.correlation_id.as_deref()) {
        (MessageType::Update, Some(chain)) => transaction.knows_chain(&parcel.sender, chain).await,
        _ => Ok(true),
    }
}

/// What the family is told is a notification for whoever asked about the application before, by a
/// chain of its own: a portal learns that an application was withdrawn elsewhere.
pub(super) fn notices(outcome: &Outcome, now: Moment) -> Vec<Notice> {
    let told = outcome.told.iter();
    told.map(|told| Notice {
        application: told.notice.application(),
        payload: answer::notice(told, now),
    })
    .collect()
}

/// Tells what became of a message.
pub(super) async fn tell(
    hands: &Hands,
    parcel: &Parcel,
    question: &Question<'_>,
) -> (&'static str, Step) {
    let asked = hands
        .registry
        .whereabouts(&parcel.sender, &question.message_id);
    let (outcome, content) = match hands.registry.bounded(asked).await {
        Ok(Some(found)) => ("answered", status(&found, question)),
        Ok(None) => {
            let (operation, session) = (Operation::MessageStatus, question.session_id.clone());
            ("unknown_message", unknown(operation, session))
        }
        Err(trouble) => return ("trouble", step_after(&trouble, hands, parcel.attempt)),
    };
    reply(hands, parcel, content.as_bytes()).await;
    (outcome, Step::Done)
}

fn status(found: &Whereabouts, question: &Question<'_>) -> String {
    let state = |letter: LetterState| match letter {
        LetterState::Delivered => MessageState::Delivered,
        LetterState::Expired => MessageState::NotDelivered,
        LetterState::Refused => MessageState::DeliveryStopped,
        LetterState::Waiting => MessageState::OnDelivery,
    };
    let success = services::Status::Success;
    let ended = if found.status == success.code() {
        success
    } else {
        services::Status::Rejected
    };
    let answer = found.answer.map(|(id, at)| (id.to_string(), state(at)));
    let status = Status {
        // A message of the sender's that is known here was taken.
        state: found.letter.map_or(MessageState::Delivered, state),
        outcome: (ended.code(), ended.message()),
        since: found.since,
        answer: answer.as_ref().map(|(id, state)| (id.as_str(), *state)),
        response_date: clock::now(),
        session_id: question.session_id.as_deref(),
    };
    status.write()
}

/// Notes what a peer says of a letter that it was handed.
pub(super) async fn note(
    hands: &Hands,
    parcel: &Parcel,
    report: &Report<'_>,
) -> (&'static str, Step) {
    let now = clock::now();
    let registry = &hands.registry;
    let reported = Reported {
        peer: &parcel.sender,
        message_id: &report.message_id,
        now,
    };
    let noting = async {
        match report.fate {
            Fate::Accepted => registry.letter_is_accepted(&reported).await,
            Fate::Again => {
                let due_at = now.plus_millis(AGAIN_MS);
                registry.letter_is_wanted_again(&reported, due_at).await
            }
            Fate::NotDelivered => registry.letter_was_not_delivered(&reported).await,
            Fate::OnItsWay => registry.has_letter(&reported).await,
            Fate::Stopped => registry.letter_is_not_wanted(&reported).await,
        }
    };
    let (outcome, content) = match registry.bounded(noting).await {
        Ok(true) => ("answered", report.answer(now)),
        Ok(false) => {
            let session_id = report.session_id.clone();
            ("unknown_message", unknown(report.operation, session_id))
        }
        Err(trouble) => return ("trouble", step_after(&trouble, hands, parcel.attempt)),
    };
    tracing::info!(
        message_id = parcel.message_key,
        peer = parcel.sender,
        fate = ?report.fate,
        outcome,
        "a peer says of a letter"
    );
    reply(hands, parcel, content.as_bytes()).await;
    (outcome, Step::Done)
}

fn unknown(operation: Operation, session_id: Option<String>) -> String {
    let fault = Fault {
        session_id,
        ..Fault::new(operation, Code::MessageUnknown, clock::now())
    };
    fault.write()
}
