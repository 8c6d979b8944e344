//! Mail: one message of the bus as octets with small things beside it; no word of AMQP outside.

use std::collections::BTreeMap;
use std::fmt;

use lapin::BasicProperties;
use lapin::message::Delivery;
use lapin::types::{AMQPValue, FieldTable, ShortString};

use super::Trouble;
use super::reply::ReplyAddress;

/// How often a handler has asked for a later attempt.
pub(super) const ATTEMPT: &str = "kezek-attempt";
/// Why a message was buried.
pub(super) const BURIED: &str = "kezek-buried";

/// The value of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Header {
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
}

/// A message of the bus.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Mail {
    /// Its identity, the same at every publication, at most 255 octets.
    pub message_id: Option<String>,
    /// What it is, such as `parcel` or `sms`.
    pub kind: String,
    /// Its media type.
    pub content_type: String,
    /// Small things beside the octets.
    pub headers: BTreeMap<String, Header>,
    /// Where an answer is expected.
    pub reply: Option<ReplyAddress>,
    /// The octets.
    pub body: Vec<u8>,
}

impl Mail {
    /// A JSON object for a lane, such as an SMS.
    pub fn json(message_id: String, kind: &str, body: Vec<u8>) -> Self {
        Self {
            message_id: Some(message_id),
            kind: kind.to_owned(),
            content_type: "application/json".to_owned(),
            body,
            ..Self::default()
        }
    }

    /// A header that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.headers.get(name) {
            Some(Header::Text(text)) => Some(text),
            Some(Header::Number(_)) | None => None,
        }
    }

    /// A header that is a number.
    pub fn number(&self, name: &str) -> Option<i64> {
        match self.headers.get(name) {
            Some(Header::Number(number)) => Some(*number),
            Some(Header::Text(_)) | None => None,
        }
    }

    /// How often a handler has asked for a later attempt; never below zero.
    pub fn attempt(&self) -> u32 {
        self.number(ATTEMPT)
            .and_then(|number| u32::try_from(number).ok())
            .unwrap_or(0)
    }

    pub(super) fn properties(&self) -> Result<BasicProperties, Trouble> {
        let mut headers = FieldTable::default();
        for (name, value) in &self.headers {
            let value = match value {
                Header::Number(number) => AMQPValue::LongLongInt(*number),
                Header::Text(text) => AMQPValue::LongString(text.as_str().into()),
            };
            headers.insert(short(name, "the name of a header")?, value);
        }
        let mut properties = BasicProperties::default()
            .with_headers(headers)
            .with_content_type(short(&self.content_type, "the media type")?)
            .with_type(short(&self.kind, "the kind of a message")?)
            .with_app_id("kezek".into());
        if let Some(id) = &self.message_id {
            properties = properties.with_message_id(short(id, "the id of a message")?);
        }
        if let Some(reply) = &self.reply {
            properties = properties
                .with_reply_to(short(&reply.lane, "the name of a reply lane")?)
                .with_correlation_id(short(&reply.correlation, "a correlation")?);
        }
        Ok(properties)
    }

    /// What a delivery carries. Headers of other types (the broker's own) are left out.
    pub(super) fn from_delivery(delivery: &mut Delivery) -> Self {
        let properties = &delivery.properties;
        let owned = |text: &Option<ShortString>| text.as_ref().map(ToString::to_string);
        let mut headers = BTreeMap::new();
        for (name, value) in properties.headers().iter().flatten() {
            let value = if let AMQPValue::LongLongInt(number) = value {
                Header::Number(*number)
            } else if let AMQPValue::LongString(text) = value {
                Header::Text(text.to_string())
            } else {
                continue;
            };
            headers.insert(name.to_string(), value);
        }
        let reply = owned(properties.reply_to()).zip(owned(properties.correlation_id()));
        Self {
            message_id: owned(properties.message_id()),
            kind: owned(properties.kind()).unwrap_or_default(),
            content_type: owned(properties.content_type()).unwrap_or_default(),
            headers,
            reply: reply.map(|(lane, correlation)| ReplyAddress { lane, correlation }),
            body: std::mem::take(&mut delivery.data),
        }
    }
}

/// Neither headers nor octets are shown: they hold what senders wrote.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("message_id", &self.message_id)
            .field("kind", &self.kind)
            .field("octets", &self.body.len())
            .finish_non_exhaustive()
    }
}

pub(super) fn short(text: &str, what: &'static str) -> Result<ShortString, Trouble> {
    ShortString::try_new(text).map_err(|_| Trouble::TooLong(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_survives_the_properties_of_the_protocol() {
        let mut mail = Mail::json("id".into(), "sms", b"{}".to_vec());
        mail.headers.insert(ATTEMPT.into(), Header::Number(2));
        mail.headers
            .insert("kezek-trace".into(), Header::Text("t".into()));
        mail.reply = Some(ReplyAddress {
            lane: "r".into(),
            correlation: "c".into(),
        });
        let mut delivery = Delivery::mock(1, "".into(), "".into(), false, mail.body.clone());
        delivery.properties = mail.properties().expect("everything is short");
        assert_eq!(Mail::from_delivery(&mut delivery), mail);
        assert_eq!(mail.attempt(), 2);
    }

    #[test]
    fn id_that_is_too_long_is_refused_and_nothing_of_it_is_shown() {
        let mail = Mail::json("x".repeat(256), "sms", Vec::new());
        assert!(matches!(mail.properties(), Err(Trouble::TooLong(_))));
        let mail = Mail {
            body: b"secret".to_vec(),
            ..Mail::default()
        };
        assert!(!format!("{mail:?}").contains("secret"));
    }
}
