//! Letters as they travel: a message of ours by AsyncChannel v10, and what its peer says of it.
//!
//! Spec:  `wsdl/async-channel.wsdl`, `sendMessage`. messageInfo has no place for how a service
//!        ended and for which message is answered: both are `properties`.
//! In:    the facts of a letter; the signed Body of a reply. Out: the content of a Body; a word.

use uuid::Uuid;

use crate::terms::Moment;
use crate::xml::{Element, Writer};

use super::shep::MessageType;
use super::{Operation, SOAP_NAMESPACE};

/// ShEP's code for a message that is not of the format: sent again it would be no other.
const NOT_OF_THE_FORMAT: &str = "SCE001";
const CODE_CHARS_MAX: usize = 100;

/// A letter to be carried.
#[derive(Clone)]
pub struct Errand {
    /// The participant to whom it is handed.
    pub peer: String,
    /// Its identity, the same each time.
    pub message_id: Uuid,
    /// The chain that it belongs to.
    pub correlation_id: String,
    /// The service that speaks.
    pub service: String,
    /// What it is in its chain.
    pub message_type: MessageType,
    /// When it was decided.
    pub message_date: Moment,
    /// How the service ended.
    pub status: String,
    /// The messageId that it answers.
    pub answers: String,
    /// The element in `data`.
    pub payload: String,
}

impl Errand {
    /// The content of a Body; `sender` is the name under which the peer knows us.
    pub fn write(&self, operation: Operation, sender: Option<&str>) -> String {
        let names = operation.names();
        let mut writer = Writer::new();
        writer
            .open(names.request, &[("xmlns:t", names.namespace)])
            .open("request", &[])
            .open("messageInfo", &[])
            .leaf("messageId", &self.message_id.to_string())
            .leaf("correlationId", &self.correlation_id)
            .leaf("serviceId", &self.service)
            .leaf("messageType", self.message_type.word())
            .leaf("messageDate", &self.message_date.to_string());
        if let Some(sender) = sender {
            writer.open("sender", &[]).leaf("senderId", sender).close();
        }
        for (key, value) in [("status", &self.status), ("inReplyTo", &self.answers)] {
            writer
                .open("properties", &[])
                .leaf("key", key)
                .leaf("value", value)
                .close();
        }
        writer
            .close()
            .open("messageData", &[])
            .open("data", &[])
            .fragment(&self.payload)
            .close()
            .close()
            .close()
            .close();
        writer.finish()
    }
}

/// What a peer says of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// It does not take it, and why, by ShEP's code.
    Fault(String),
    /// It has the message of this identity.
    Taken(String),
}

impl Reply {
    /// Reads what stands in a Body; nothing, where it answers another operation.
    pub fn read(body: Element<'_>, operation: Operation) -> Option<Self> {
        let told = body.children().next()?;
        if told.is(SOAP_NAMESPACE, "Fault") {
            let error = named(told, "detail")?.children().next()?;
            return Some(Self::Fault(bounded(named(error, "errorCode")?)));
        }
        if !operation.is_answer(told) {
            return None;
        }
        let response = told.children().next()?;
        Some(Self::Taken(bounded(named(response, "messageId")?)))
    }
}

/// The first child of this local name: a peer may qualify it or not.
fn named<'d>(parent: Element<'d>, local: &str) -> Option<Element<'d>> {
    parent.children().find(|it| it.local() == local)
}

fn bounded(element: Element<'_>) -> String {
    let text = element.text();
    text.trim().chars().take(CODE_CHARS_MAX).collect()
}

/// Why it is not known that a peer has a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Untaken {
    /// The peer cannot be reached: none of its letters can be delivered now.
    Away(&'static str),
    /// The peer says that it will not take this one, ever.
    Refused(String),
    /// The peer answers, and not that it has this one.
    Unwell(String),
}

impl Untaken {
    /// What a fault of this code means for the letter. Whatever somebody can mend on the other
    /// side, rights, certificates, a service that is down, is worth another attempt.
    pub fn of_fault(code: String) -> Self {
        if code == NOT_OF_THE_FORMAT {
            Self::Refused(code)
        } else {
            Self::Unwell(code)
        }
    }
}
