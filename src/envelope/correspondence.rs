//! AsyncChannel v10: what is said of messages, beside the messages themselves.
//!
//! Spec:  `wsdl/async-channel.wsdl`. The fields of `MessageStatusInfo` are published nowhere: those
//!        here are ours, and stand in this file and in `schemas/async-channel-types.xsd` alone.
//! In:    the signed Body of a question. Out: receipts and states, as content of a Body.

use std::borrow::Cow;

use crate::terms::Moment;
use crate::xml::{Element, Writer};

use super::fields::{at_most_one, guid, identifier, moment, the_only, value};
use super::shep::Claim;
use super::{Malformed, Operation};

/// `getMessageStatus`: what became of a message?
pub struct Question<'d> {
    /// Of which.
    pub message_id: Cow<'d, str>,
    /// On whose behalf it is asked.
    pub sender_id: Option<Cow<'d, str>>,
    /// A password, never enough by itself.
    pub password: Option<Cow<'d, str>>,
    /// Echoed in the answer.
    pub session_id: Option<String>,
}

impl<'d> Question<'d> {
    /// Reads what stands in a Body.
    ///
    /// # Errors
    /// [`Malformed`], where it is no such question.
    pub fn read(body: Element<'d>) -> Result<Self, Malformed> {
        let (operation, element) = Operation::of(body)?;
        if operation != Operation::MessageStatus {
            return Err(Malformed::Operation);
        }
        let request = the_only(element, "request")?;
        let id = identifier(request, "messageId")?;
        moment(request, "requestDate")?;
        let sender = at_most_one(request, "sender")?;
        let named = |s| identifier(s, "senderId");
        Ok(Self {
            message_id: id.ok_or(Malformed::Missing("messageId"))?,
            sender_id: sender.map(named).transpose()?.flatten(),
            password: sender.map(|s| value(s, "password")).transpose()?.flatten(),
            session_id: identifier(request, "sessionId")?.and_then(|text| guid(&text)),
        })
    }
}

impl<'a> From<&'a Question<'_>> for Claim<'a> {
    fn from(question: &'a Question<'_>) -> Self {
        Self {
            sender_id: question.sender_id.as_deref(),
            password: question.password.as_deref(),
        }
    }
}

/// What is said at once of a message that is answered later: that it was accepted.
#[derive(Debug)]
pub struct Receipt<'a> {
    /// The operation that is answered.
    pub operation: Operation,
    /// The messageId of the message; ours, where it had none.
    pub message_id: &'a str,
    /// The chain in which the answer will come.
    pub correlation_id: &'a str,
    /// When it was accepted.
    pub response_date: Moment,
    /// The message's sessionId.
    pub session_id: Option<&'a str>,
}

impl Receipt<'_> {
    /// The content of the SOAP Body.
    pub fn write(&self) -> String {
        let names = self.operation.names();
        let mut writer = Writer::new();
        writer
            .open(names.response, &[("xmlns:t", names.namespace)])
            .open("response", &[])
            .leaf("messageId", self.message_id)
            .leaf("correlationId", self.correlation_id)
            .leaf("responseDate", &self.response_date.to_string())
            .optional("sessionId", self.session_id)
            .close()
            .close();
        writer.finish()
    }
}

/// Where a message is: `messageState` of AsyncChannel v10.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageState {
    /// It was taken by whom it is for.
    Delivered,
    /// Whom it is for refused it: it is not sent again.
    DeliveryStopped,
    /// Its term ended before it was taken.
    NotDelivered,
    /// It waits for its turn, or for its peer.
    OnDelivery,
}

impl MessageState {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Delivered => "DELIVERED",
            Self::DeliveryStopped => "DELIVERY_STOPPED",
            Self::NotDelivered => "NOT_DELIVERED",
            Self::OnDelivery => "ON_DELIVERY",
        }
    }
}

/// What became of a message.
#[derive(Debug)]
pub struct Status<'a> {
    /// Where it is.
    pub state: MessageState,
    /// How the service ended that it asked, in code and words; of a message of ours: that which it
    /// answers.
    pub outcome: (&'a str, &'a str),
    /// Since when it is so.
    pub since: Moment,
    /// The message of ours that answers it, and where that is.
    pub answer: Option<(&'a str, MessageState)>,
    /// When this was found.
    pub response_date: Moment,
    /// The question's sessionId.
    pub session_id: Option<&'a str>,
}

impl Status<'_> {
    /// The content of the SOAP Body.
    pub fn write(&self) -> String {
        let names = Operation::MessageStatus.names();
        let mut writer = Writer::new();
        writer
            .open(names.response, &[("xmlns:t", names.namespace)])
            .open("response", &[])
            .leaf("messageState", self.state.word())
            .open("status", &[])
            .leaf("code", self.outcome.0)
            .leaf("message", self.outcome.1)
            .leaf("statusDate", &self.since.to_string());
        if let Some((message_id, state)) = self.answer {
            writer
                .leaf("answerId", message_id)
                .leaf("answerState", state.word());
        }
        writer
            .close()
            .leaf("responseDate", &self.response_date.to_string())
            .optional("sessionId", self.session_id)
            .close()
            .close();
        writer.finish()
    }
}
