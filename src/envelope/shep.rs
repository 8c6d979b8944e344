//! SyncChannel v10: `SendMessage` read, `SendMessageResponse` written.
//!
//! Spec:  `wsdl/sync-channel.wsdl`; the shapes of `data` that working clients send.
//! The children of SendMessage are unqualified on the wire; some clients qualify them in one
//! of the gateway all the same, so they are found by local name within its namespaces. `xsi:type`
//! is never interpreted: exclusive canonicalisation drops the declaration of its prefix, so it is
//! not covered by the signature in the way it looks.

use std::borrow::Cow;

use crate::terms::Moment;
use crate::xml::{Document, Element, Limits, MARK, Node, Writer};

use super::Malformed;

/// The namespace of `SendMessage` and `SendMessageResponse`.
pub const TYPES_NAMESPACE: &str = "http://bip.bee.kz/SyncChannel/v10/Types";
/// What every namespace of the gateway's own types begins with.
const GATEWAY_NAMESPACES: &str = "http://bip.bee.kz/";

const ID_CHARS_MAX: usize = 100;
const PROPERTIES_MAX: usize = 32;
const PROPERTY_KEY_CHARS_MAX: usize = 30;
const PROPERTY_VALUE_CHARS_MAX: usize = 500;

/// Key and value of one of `properties`.
pub type Property<'d> = (Cow<'d, str>, Cow<'d, str>);

/// A `SendMessage` as it was sent. The texts borrow from the signed content.
#[derive(Clone)]
pub struct Request<'d> {
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
    /// [`Malformed`], where it is not `SendMessage` with its request.
    pub fn read(body: Element<'d>) -> Result<Self, Malformed> {
        let mut inside = body.children();
        let operation = inside.next().ok_or(Malformed::Operation)?;
        if !operation.is(TYPES_NAMESPACE, "SendMessage") || inside.next().is_some() {
            return Err(Malformed::Operation);
        }
        if body.has_text() || operation.has_text() {
            return Err(Malformed::NotAnEnvelope("text stands in Body"));
        }
        let request = the_only(operation, "request")?;
        let info = the_only(request, "requestInfo")?;
        let request_data = the_only(request, "requestData")?;
        let data = the_only(request_data, "data")?;
        let sender = at_most_one(info, "sender")?;
        let date = value(info, "messageDate")?.ok_or(Malformed::Missing("messageDate"))?;
        Ok(Self {
            message_id: identifier(info, "messageId")?,
            service_id: identifier(info, "serviceId")?.ok_or(Malformed::Missing("serviceId"))?,
            message_date: Moment::parse(&date).map_err(|_| Malformed::InfoValue("messageDate"))?,
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
    let mut writer = Writer::new();
    writer
        .open("t:SendMessageResponse", &[("xmlns:t", TYPES_NAMESPACE)])
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

fn in_gateway(element: Element<'_>) -> bool {
    element.namespace().is_empty() || element.namespace().starts_with(GATEWAY_NAMESPACES)
}

fn at_most_one<'d>(
    parent: Element<'d>,
    name: &'static str,
) -> Result<Option<Element<'d>>, Malformed> {
    let mut found = parent
        .children()
        .filter(|child| child.local() == name && in_gateway(*child));
    let first = found.next();
    if found.next().is_some() {
        Err(Malformed::Repeated(name))
    } else {
        Ok(first)
    }
}

fn the_only<'d>(parent: Element<'d>, name: &'static str) -> Result<Element<'d>, Malformed> {
    at_most_one(parent, name)?.ok_or(Malformed::Missing(name))
}

/// The trimmed text of an element; empty counts as absent, because senders write empty elements
/// for what they do not have.
fn value<'d>(parent: Element<'d>, name: &'static str) -> Result<Option<Cow<'d, str>>, Malformed> {
    let Some(element) = at_most_one(parent, name)? else {
        return Ok(None);
    };
    if element.nodes().any(|node| matches!(node, Node::Element(_))) {
        return Err(Malformed::InfoValue(name));
    }
    let text = trimmed(element.text());
    // A text that stands elsewhere is too long for any of these.
    if text.contains(MARK) {
        return Err(Malformed::InfoValue(name));
    }
    Ok(if text.is_empty() { None } else { Some(text) })
}

fn identifier<'d>(
    parent: Element<'d>,
    name: &'static str,
) -> Result<Option<Cow<'d, str>>, Malformed> {
    match value(parent, name)? {
        Some(text) if text.chars().count() > ID_CHARS_MAX || text.chars().any(char::is_control) => {
            Err(Malformed::InfoValue(name))
        }
        text => Ok(text),
    }
}

/// The `guid` of the contract. Senders leave the braces out, or write something else: a strict
/// client would refuse an answer that repeats it, so what is no UUID is not echoed.
fn guid(text: &str) -> Option<String> {
    let bare = text.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
    let bare = bare.unwrap_or(text);
    let groups = bare.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    let digits = bare.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit());
    (groups && digits).then(|| format!("{{{bare}}}"))
}

fn properties<'d>(info: Element<'d>) -> Result<Vec<Property<'d>>, Malformed> {
    let mut pairs: Vec<Property<'d>> = Vec::new();
    let listed = info
        .children()
        .filter(|child| child.local() == "properties" && in_gateway(*child));
    for property in listed {
        let key = value(property, "key")?.ok_or(Malformed::Missing("properties/key"))?;
        let value = value(property, "value")?.unwrap_or_default();
        let fits = key.chars().count() <= PROPERTY_KEY_CHARS_MAX
            && value.chars().count() <= PROPERTY_VALUE_CHARS_MAX
            && pairs.len() < PROPERTIES_MAX;
        if !fits {
            return Err(Malformed::InfoValue("properties"));
        }
        if pairs.iter().any(|(known, _)| *known == key) {
            return Err(Malformed::Repeated("properties/key"));
        }
        pairs.push((key, value));
    }
    Ok(pairs)
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::guid;

    #[test]
    fn session_is_echoed_as_the_contract_writes_it_or_not_at_all() {
        let plain = "0e6c1c1e-2311-4000-8000-00000000003F";
        let braced = format!("{{{plain}}}");
        assert_eq!(guid(plain).as_ref(), Some(&braced));
        assert_eq!(guid(&braced).as_ref(), Some(&braced));
        for other in [
            "{",
            "{}",
            "session-1",
            &plain[1..],
            &plain.replace('F', "G"),
        ] {
            assert_eq!(guid(other), None, "{other}");
        }
    }
}
