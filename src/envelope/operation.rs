//! Operations: what a Body may ask for, by which channel, and under which names it is answered.
//!
//! Spec:  SyncChannel v10, `wsdl/sync-channel.wsdl`; AsyncChannel v10 with the interface that each
//!        participant offers to be called back, `wsdl/async-channel.wsdl`.
//! Names of the asynchronous channel begin with small letters. A callback differs from what ШЭП
//! itself offers by its namespace alone, so who calls us back and who sends to us is read alike.

use crate::xml::Element;

use super::Malformed;

/// Which way an answer takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Later, as a message of its own; at once only that the message was accepted.
    Asynchronous,
    /// At once.
    Synchronous,
}

/// An operation of one of the channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// ШЭП hands a message to whom it is for.
    CallbackMessage,
    /// ШЭП says where a message of ours is.
    ChangeStatus,
    /// A peer says whether it accepts a message of ours.
    DeliveryNotification,
    /// What became of a message that was sent?
    MessageStatus,
    /// A message, to be answered later.
    SendMessage,
    /// A message, to be answered at once.
    SyncMessage,
}

/// How an operation is written.
pub(super) struct Names {
    pub(super) namespace: &'static str,
    local: &'static str,
    pub(super) request: &'static str,
    pub(super) response: &'static str,
    pub(super) fault: &'static str,
}

const SYNC_TYPES: &str = super::shep::TYPES_NAMESPACE;
/// The namespace of what ШЭП offers to senders.
const ASYNC_TYPES: &str = "http://bip.bee.kz/AsyncChannel/v10/Types";
/// The namespace of what a participant offers to ШЭП.
const CALLBACK_TYPES: &str = "http://bip.bee.kz/AsyncChannel/v10/Types/Client";

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 6] = [
        Self::CallbackMessage,
        Self::ChangeStatus,
        Self::DeliveryNotification,
        Self::MessageStatus,
        Self::SendMessage,
        Self::SyncMessage,
    ];

    /// The operation that a Body asks for, with its element.
    ///
    /// # Errors
    /// [`Malformed`], where it holds none of them, or something beside.
    pub fn of(body: Element<'_>) -> Result<(Self, Element<'_>), Malformed> {
        let mut inside = body.children();
        let element = inside.next().ok_or(Malformed::Operation)?;
        let meant = |operation: &Self| {
            let names = operation.names();
            element.is(names.namespace, names.local)
        };
        let operation = Self::ALL.into_iter().find(meant);
        let operation = operation.ok_or(Malformed::Operation)?;
        if inside.next().is_some() {
            return Err(Malformed::Operation);
        }
        if body.has_text() || element.has_text() {
            return Err(Malformed::NotAnEnvelope("text stands in Body"));
        }
        Ok((operation, element))
    }

    /// By which channel it comes.
    pub fn channel(self) -> Channel {
        match self {
            Self::SyncMessage => Channel::Synchronous,
            Self::CallbackMessage
            | Self::ChangeStatus
            | Self::DeliveryNotification
            | Self::MessageStatus
            | Self::SendMessage => Channel::Asynchronous,
        }
    }

    /// Whether an answer that was written is one to this operation.
    pub fn is_answered_by(self, content: &[u8]) -> bool {
        let Names {
            response,
            namespace,
            ..
        } = self.names();
        let begin = format!("<{response} xmlns:t=\"{namespace}\">");
        content.starts_with(begin.as_bytes())
    }

    /// Whether an element is the answer to this operation.
    pub(super) fn is_answer(self, element: Element<'_>) -> bool {
        let names = self.names();
        let local = names.response.trim_start_matches("t:");
        element.is(names.namespace, local)
    }

    pub(super) fn names(self) -> Names {
        match self {
            Self::CallbackMessage => Names {
                namespace: CALLBACK_TYPES,
                local: "sendMessage",
                request: "t:sendMessage",
                response: "t:sendMessageResponse",
                fault: "t:sendMessageFault1_sendMessageFault",
            },
            // The word is so misspelt on the wire.
            Self::ChangeStatus => Names {
                namespace: CALLBACK_TYPES,
                local: "changeMassageStatusNotification",
                request: "t:changeMassageStatusNotification",
                response: "t:changeMassageStatusNotificationResponse",
                fault: concat!(
                    "t:changeMassageStatusNotificationFault1_",
                    "changeMassageStatusNotificationFault"
                ),
            },
            Self::DeliveryNotification => Names {
                namespace: ASYNC_TYPES,
                local: "sendDeliveryNotification",
                request: "t:sendDeliveryNotification",
                response: "t:sendDeliveryNotificationResponse",
                fault: "t:sendDeliveryNotificationFault1_sendDeliveryNotificationFault",
            },
            Self::MessageStatus => Names {
                namespace: ASYNC_TYPES,
                local: "getMessageStatus",
                request: "t:getMessageStatus",
                response: "t:getMessageStatusResponse",
                fault: "t:getMessageStatusFault1_getMessageStatusFault",
            },
            Self::SendMessage => Names {
                namespace: ASYNC_TYPES,
                ..Self::CallbackMessage.names()
            },
            Self::SyncMessage => Names {
                namespace: SYNC_TYPES,
                local: "SendMessage",
                request: "t:SendMessage",
                response: "t:SendMessageResponse",
                fault: "t:SendMessageFault1_SendMessageFault",
            },
        }
    }
}

impl Channel {
    /// Under whose names a fault is told before it is known what was asked for.
    pub fn usual(self) -> Operation {
        match self {
            Self::Asynchronous => Operation::SendMessage,
            Self::Synchronous => Operation::SyncMessage,
        }
    }
}
