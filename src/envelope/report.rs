//! Reports: what a peer says later of a message of ours.
//!
//! Spec:  `wsdl/async-channel.wsdl`: `sendDeliveryNotification`, by which a peer accepts a message
//!        or does not; `changeMassageStatusNotification`, by which ШЭП says where one is. The
//!        misspelt words are those of the wire.
//! In:    the signed Body. Out: which message, and its fate.

use std::borrow::Cow;

use crate::terms::Moment;
use crate::xml::{Element, Writer};

use super::fields::{at_most_one, guid, identifier, moment, the_only, value};
use super::shep::Claim;
use super::{Malformed, Operation};

/// What becomes of a message of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Whom it is for has it.
    Accepted,
    /// It is wanted once more.
    Again,
    /// It could not be delivered behind its peer.
    NotDelivered,
    /// Nothing new: it is on its way.
    OnItsWay,
    /// It is not wanted.
    Stopped,
}

/// A report on one message.
pub struct Report<'d> {
    /// By which operation.
    pub operation: Operation,
    /// Of which message.
    pub message_id: Cow<'d, str>,
    /// What becomes of it.
    pub fate: Fate,
    /// Echoed in the answer.
    pub session_id: Option<String>,
    sender_id: Option<Cow<'d, str>>,
    password: Option<Cow<'d, str>>,
}

impl<'d> Report<'d> {
    /// Reads what stands in a Body.
    ///
    /// # Errors
    /// [`Malformed`], where it is no such report.
    pub fn read(body: Element<'d>) -> Result<Self, Malformed> {
        let (operation, element) = Operation::of(body)?;
        let request = the_only(element, "request")?;
        let notification = the_only(request, "notification")?;
        let fate = match operation {
            Operation::ChangeStatus => {
                moment(notification, "notificationDate")?;
                changed(notification)?
            }
            Operation::DeliveryNotification => received(notification)?,
            Operation::CallbackMessage
            | Operation::MessageStatus
            | Operation::SendMessage
            | Operation::SyncMessage => return Err(Malformed::Operation),
        };
        moment(request, "requestDate")?;
        let id = identifier(notification, "messageId")?;
        let sender = at_most_one(request, "sender")?;
        let named = |s| identifier(s, "senderId");
        Ok(Self {
            operation,
            message_id: id.ok_or(Malformed::Missing("messageId"))?,
            fate,
            session_id: identifier(request, "sessionId")?.and_then(|text| guid(&text)),
            sender_id: sender.map(named).transpose()?.flatten(),
            password: sender.map(|s| value(s, "password")).transpose()?.flatten(),
        })
    }

    /// The content of the SOAP Body that answers it.
    pub fn answer(&self, now: Moment) -> String {
        let names = self.operation.names();
        let mut writer = Writer::new();
        writer
            .open(names.response, &[("xmlns:t", names.namespace)])
            .open("response", &[])
            .leaf("responseDate", &now.to_string())
            .optional("sessionId", self.session_id.as_deref())
            .close()
            .close();
        writer.finish()
    }
}

impl<'a> From<&'a Report<'_>> for Claim<'a> {
    fn from(report: &'a Report<'_>) -> Self {
        Self {
            sender_id: report.sender_id.as_deref(),
            password: report.password.as_deref(),
        }
    }
}

/// `messageState` of ШЭП.
fn changed(notification: Element<'_>) -> Result<Fate, Malformed> {
    let state = value(notification, "messageState")?;
    match state.as_deref().ok_or(Malformed::Missing("messageState"))? {
        "DELIVERED" => Ok(Fate::Accepted),
        "DELIVERY_STOPPED" => Ok(Fate::Stopped),
        "NOT_DELIVERED" => Ok(Fate::NotDelivered),
        "ON_DELIVERY" => Ok(Fate::OnItsWay),
        _ => Err(Malformed::InfoValue("messageState")),
    }
}

/// `DeliveryStatusInfo` of a peer.
fn received(notification: Element<'_>) -> Result<Fate, Malformed> {
    let status = the_only(notification, "deliveryStatus")?;
    moment(status, "statusDate")?;
    let word = |name| value(status, name)?.ok_or(Malformed::Missing(name));
    let again = match word("resendMessage")?.as_ref() {
        "RESEND" => true,
        "NOT_RESEND" => false,
        _ => return Err(Malformed::InfoValue("resendMessage")),
    };
    match (word("receiveStatus")?.as_ref(), again) {
        ("MESSAGE_ACCEPTED", _) => Ok(Fate::Accepted),
        ("MESSAGE_NOT_ACCTEPTED", true) => Ok(Fate::Again),
        ("MESSAGE_NOT_ACCTEPTED", false) => Ok(Fate::Stopped),
        _ => Err(Malformed::InfoValue("receiveStatus")),
    }
}
