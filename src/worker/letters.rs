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
use crate::envelope::shep::{self, MessageType};
use crate::envelope::{Code, Fault, Operation};
use crate::registry::{Letter, LetterState, Transaction, Trouble, Whereabouts};
use crate::services::{self, Outcome};
use crate::signature::{identity, sha256};
use crate::terms::Moment;

use super::inbox::reply;
use super::{Hands, step_after};

/// How long a letter is tried: whoever is down over a long weekend finds it all the same.
pub const LETTER_TERM_MS: i64 = 4 * 86_400_000;

/// Writes the answer as a letter; the receipt is what its sender gets at once, and again whenever
/// the message is repeated.
pub(super) async fn enclose(
    transaction: &Transaction,
    parcel: &Parcel,
    request: &shep::Request<'_>,
    outcome: &Outcome,
    now: Moment,
) -> Result<String, Trouble> {
    let correlation_id = chain(parcel, request);
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
/// that whoever runs it names the same.
fn chain(parcel: &Parcel, request: &shep::Request<'_>) -> String {
    match request.correlation_id.as_deref() {
        Some(named) => named.to_owned(),
        None => {
            let begun = ["chain", &parcel.sender, &parcel.message_key].join("\0");
            identity(&sha256(begun.as_bytes())).to_string()
        }
    }
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
        Ok(None) => ("unknown_message", unknown(question)),
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

fn unknown(question: &Question<'_>) -> String {
    let fault = Fault {
        session_id: question.session_id.clone(),
        ..Fault::new(Operation::MessageStatus, Code::MessageUnknown, clock::now())
    };
    fault.write()
}
