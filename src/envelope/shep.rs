//! A message to a service, by either channel, read; the answer of the synchronous one written.
//!
//! Spec:  `wsdl/sync-channel.wsdl`, `wsdl/async-channel.wsdl`; the shapes of `data` that working
//!        clients send.
//! `xsi:type` is never interpreted: exclusive canonicalisation drops the declaration of its prefix,
//! so it is not covered by the signature in the way it looks.

use std::borrow::Cow;

use crate::terms::Moment;
use crate::xml::{Document, Element, Limits, Writer};

use super::fields::{Property, at_most_one, guid, identifier, moment, properties, the_only, value};
use super::{Channel, Malformed, Operation};

/// The namespace of `SendMessage` and `SendMessageResponse`.
pub const TYPES_NAMESPACE: &str = "http://bip.bee.kz/SyncChannel/v10/Types";
/// What a message is in its chain: `messageType` of AsyncChannel v10. The synchronous channel knows
/// requests alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageType {
    /// It tells something and asks for nothing.
    Notification,
    /// It asks a service.
    Request,
    /// It answers a request.
    Response,
    /// It adds to what was asked before.
    Update,
}

impl MessageType {
    /// Every type.
    pub const ALL: [Self; 4] = [
        Self::Notification,
        Self::Request,
        Self::Response,
        Self::Update,
    ];

    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Notification => "NOTIFICATION",
            Self::Request => "REQUEST",
            Self::Response => "RESPONSE",
            Self::Update => "UPDATE",
        }
    }
}

/// A message as it was sent. The texts borrow from the signed content.
#[derive(Clone)]
pub struct Request<'d> {
    /// By which operation it came.
    pub operation: Operation,
    /// What it is in its chain.
    pub message_type: MessageType,
    /// The chain that it belongs to, where it names one.
    pub correlation_id: Option<Cow<'d, str>>,
    /// The sender's identifier of the message; absent or empty counts as absent.
    pub message_id: Option<Cow<'d, str>>,
    /// The key of the service in the gateway's register.
    pub service_id: Cow<'d, str>,
    /// When the sender made the message.
    pub message_date: Moment,
    /// On whose behalf.
    pub sender_id: Option<Cow<'d, str>>,
    /// A password, never enough by itself.
    pub password: Option<Cow<'d, str>>,
    /// Key and value pairs.
    pub properties: Vec<Property<'d>>,
    /// Echoed in the answer: a UUID in braces, as the contract's `guid` wants it.
    pub session_id: Option<String>,
    data: Element<'d>,
}

/// Who says that a message is theirs; nothing of it is believed before its certificate is.
#[derive(Clone, Copy)]
pub struct Claim<'a> {
    /// On whose behalf.
    pub sender_id: Option<&'a str>,
    /// A password, never enough by itself.
    pub password: Option<&'a str>,
}

impl<'a> From<&'a Request<'_>> for Claim<'a> {
    fn from(request: &'a Request<'_>) -> Self {
        Self {
            sender_id: request.sender_id.as_deref(),
            password: request.password.as_deref(),
        }
    }
}

/// The business payload: where it stands, or parsed once more where it was given as text.
pub enum Payload<'d> {
    /// The one element inside `data`, or `data` itself where a client wrote the fields directly
    /// into it, as it does for `xsi:type` on an open `data`. Which type it named is not looked at:
    /// the service follows from serviceId, and its fields have names of their own.
    Inside(Element<'d>),
    /// The text of `data`, parsed.
    Text(Box<Document>),
}

impl Payload<'_> {
    /// The root element of the payload.
    pub fn element(&self) -> Element<'_> {
        match self {
            Self::Inside(element) => *element,
            Self::Text(document) => document.root(),
        }
    }
}

impl<'d> Request<'d> {
    /// Reads what stands in a Body.
    ///
    /// # Errors
    /// [`Malformed`], where it is no message with its request.
    pub fn read(body: Element<'d>) -> Result<Self, Malformed> {
        let (operation, element) = Operation::of(body)?;
        let (info, data) = match operation {
            Operation::CallbackMessage | Operation::SendMessage => ("messageInfo", "messageData"),
            Operation::SyncMessage => ("requestInfo", "requestData"),
            Operation::ChangeStatus
            | Operation::DeliveryNotification
            | Operation::MessageStatus => return Err(Malformed::Operation),
        };
        let request = the_only(element, "request")?;
        let info = the_only(request, info)?;
        let data = the_only(the_only(request, data)?, "data")?;
        let sender = at_most_one(info, "sender")?;
        Ok(Self {
            operation,
            message_type: match operation.channel() {
                Channel::Synchronous => MessageType::Request,
                Channel::Asynchronous => message_type(info)?,
            },
            message_id: identifier(info, "messageId")?,
            correlation_id: identifier(info, "correlationId")?,
            service_id: identifier(info, "serviceId")?.ok_or(Malformed::Missing("serviceId"))?,
            message_date: moment(info, "messageDate")?,
            sender_id: sender
                .map(|s| identifier(s, "senderId"))
                .transpose()?
                .flatten(),
            password: sender.map(|s| value(s, "password")).transpose()?.flatten(),
            properties: properties(info)?,
            session_id: identifier(info, "sessionId")?.and_then(|text| guid(&text)),
            data,
        })
    }

    /// The value of a property.
    pub fn property(&self, key: &str) -> Option<&str> {
        self.properties
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, value)| value.as_ref())
    }

    /// The element `data`, for a digest of the content that is the same in every repeat.
    pub fn data(&self) -> Element<'d> {
        self.data
    }

    /// The payload. What is given as text or CDATA is parsed here, once, under the same limits.
    ///
    /// # Errors
    /// [`Malformed`], where `data` holds neither one element nor the text of one.
    pub fn payload(&self) -> Result<Payload<'d>, Malformed> {
        let mut elements = self.data.children();
        match (elements.next(), elements.next(), self.data.has_text()) {
            (Some(element), None, false) => Ok(Payload::Inside(element)),
            (Some(_), Some(_), false) => Ok(Payload::Inside(self.data)),
            (None, None, true) => {
                let text = self.data.text();
                let texts = self.data.document().texts().cloned();
                let octets = text.trim().as_bytes();
                let document = Document::parse_marked(octets, &Limits::MESSAGE, texts)
                    .map_err(Malformed::DataText)?;
                if document.has_instructions() {
                    return Err(Malformed::ProcessingInstruction);
                }
                Ok(Payload::Text(Box::new(document)))
            }
            _ => Err(Malformed::DataContent),
        }
    }
}

/// What an answer says of itself.
#[derive(Debug)]
pub struct ResponseInfo<'a> {
    /// Our identifier of the answer.
    pub message_id: &'a str,
    /// The request's messageId.
    pub correlation_id: Option<&'a str>,
    /// When the answer was decided.
    pub response_date: Moment,
    /// `SCSS001`, `SCSE002`, …
    pub status_code: &'a str,
    /// The status in words.
    pub status_message: &'a str,
    /// The request's sessionId.
    pub session_id: Option<&'a str>,
}

/// Writes `SendMessageResponse` around an answer that a service wrote.
pub fn write_response(info: &ResponseInfo<'_>, payload: &str) -> String {
    let names = Operation::SyncMessage.names();
    let mut writer = Writer::new();
    writer
        .open(names.response, &[("xmlns:t", names.namespace)])
        .open("response", &[])
        .open("responseInfo", &[])
        .leaf("messageId", info.message_id)
        .optional("correlationId", info.correlation_id)
        .leaf("responseDate", &info.response_date.to_string())
        .open("status", &[])
        .leaf("code", info.status_code)
        .leaf("message", info.status_message)
        .close()
        .optional("sessionId", info.session_id)
        .close()
        .open("responseData", &[])
        .open("data", &[])
        .fragment(payload)
        .close()
        .close()
        .close()
        .close();
    writer.finish()
}

fn message_type(info: Element<'_>) -> Result<MessageType, Malformed> {
    let word = value(info, "messageType")?.ok_or(Malformed::Missing("messageType"))?;
    let mut types = MessageType::ALL.into_iter();
    let meant = types.find(|kind| kind.word() == word);
    meant.ok_or(Malformed::InfoValue("messageType"))
}
