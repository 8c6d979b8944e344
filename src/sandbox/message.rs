//! Messages made from fixtures: fields replaced, then signed.

use crate::envelope::Envelope;
use crate::terms::Moment;
use crate::xml::{Document, canonical};

/// Octets of a fixture's content, at most.
const CONTENT_OCTETS_MAX: usize = 1 << 20;

/// The accepted registration, compiled in so that the sandbox works in any folder.
const REGISTRATION: &str =
    include_str!("../../fixtures/services/queue-registration/accepted.request.xml");

/// A fixture that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("not a SOAP envelope with one Body: {0}")]
pub struct FixtureFault(String);

/// The content of a Body, whose leaves can be replaced before it is signed.
#[derive(Debug, Clone)]
pub struct Draft(String);

impl Draft {
    /// The content of the Body of a fixture.
    ///
    /// # Errors
    /// [`FixtureFault`], where it is no envelope.
    pub fn of_fixture(octets: &[u8]) -> Result<Self, FixtureFault> {
        let envelope = Envelope::read(octets).map_err(|fault| FixtureFault(fault.to_string()))?;
        let mut content = String::new();
        for child in envelope.body().children() {
            let octets = canonical::exclusive(child, &[], CONTENT_OCTETS_MAX)
                .map_err(|fault| FixtureFault(fault.to_string()))?;
            content.push_str(std::str::from_utf8(&octets).expect("canonical XML is UTF-8"));
        }
        Ok(Self(content))
    }

    /// The content of a Body that was put together otherwise.
    pub fn of_content(content: &str) -> Self {
        Self(content.to_owned())
    }

    /// The registration that is always accepted, before any replacement.
    pub fn registration() -> Self {
        Self::of_fixture(REGISTRATION.as_bytes()).expect("the fixture is an envelope")
    }

    /// Replaces the text of the first leaf of this local name at or behind `path`, each name
    /// inside the one before; what is not there stays not there.
    pub fn set(&mut self, path: &[&str], text: &str) -> &mut Self {
        let mut from = 0;
        for name in path {
            match find_start(&self.0[from..], name) {
                Some(at) => from += at,
                None => return self,
            }
        }
        if let Some(length) = self.0[from..].find("</") {
            let mut escaped = crate::xml::Writer::new();
            escaped.text(text);
            self.0.replace_range(from..from + length, &escaped.finish());
        }
        self
    }

    /// The same message by the asynchronous channel, as a sender sends it or, where `called_back`,
    /// as ШЭП hands it on.
    pub fn by_async_channel(&self, called_back: bool) -> Self {
        let types = "http://bip.bee.kz/AsyncChannel/v10/Types";
        let client = if called_back { "/Client" } else { "" };
        let mut content = self.0.replace(
            "http://bip.bee.kz/SyncChannel/v10/Types\"",
            &format!("{types}{client}\""),
        );
        for (sync, other) in [
            (":SendMessage", ":sendMessage"),
            ("requestInfo>", "messageInfo>"),
            ("requestData>", "messageData>"),
            (
                "</serviceId>",
                "</serviceId><messageType>REQUEST</messageType>",
            ),
        ] {
            content = content.replace(sync, other);
        }
        Self(content)
    }

    /// The same message as an UPDATE of a chain.
    pub fn in_chain(&self, correlation_id: &str) -> Self {
        let chain = format!("</messageId><correlationId>{correlation_id}</correlationId>");
        let content = self.0.replacen("</messageId>", &chain, 1);
        Self(content.replacen(">REQUEST<", ">UPDATE<", 1))
    }

    /// What a peer says of a letter: whether it accepts it, and if not, whether it wants it again.
    pub fn delivery_of(message_id: &str, accepted: bool, again: bool, now: Moment) -> Self {
        let status = if accepted {
            "MESSAGE_ACCEPTED"
        } else {
            "MESSAGE_NOT_ACCTEPTED"
        };
        let resend = if again { "RESEND" } else { "NOT_RESEND" };
        Self(format!(
            "<t:sendDeliveryNotification xmlns:t=\"http://bip.bee.kz/AsyncChannel/v10/Types\">\
             <request><notification><messageId>{message_id}</messageId><deliveryStatus>\
             <receiveStatus>{status}</receiveStatus><statusDate>{now}</statusDate>\
             <resendMessage>{resend}</resendMessage></deliveryStatus></notification>\
             <requestDate>{now}</requestDate></request></t:sendDeliveryNotification>"
        ))
    }

    /// What ШЭП says of where a letter is.
    pub fn state_of(message_id: &str, state: &str, now: Moment) -> Self {
        Self(format!(
            "<t:changeMassageStatusNotification \
             xmlns:t=\"http://bip.bee.kz/AsyncChannel/v10/Types/Client\"><request><notification>\
             <notificationId>n-1</notificationId><messageId>{message_id}</messageId>\
             <notificationDate>{now}</notificationDate><messageState>{state}</messageState><status/>\
             </notification><requestDate>{now}</requestDate></request>\
             </t:changeMassageStatusNotification>"
        ))
    }

    /// The question of a sender what became of its message.
    pub fn status_of(message_id: &str, sender: &str, now: Moment) -> Self {
        Self(format!(
            "<t:getMessageStatus xmlns:t=\"http://bip.bee.kz/AsyncChannel/v10/Types\"><request>\
             <messageId>{message_id}</messageId><requestDate>{now}</requestDate>\
             <sender><senderId>{sender}</senderId></sender></request></t:getMessageStatus>"
        ))
    }

    /// Makes it a message of now: new identifiers, the present time.
    pub fn freshen(&mut self, now: Moment) -> &mut Self {
        let id = uuid::Uuid::new_v4().to_string();
        self.set(&["messageId"], &id)
            .set(&["messageDate"], &now.to_string())
            .set(&["applicationId"], &format!("sandbox-{id}"))
            .set(&["filedAt"], &now.to_string())
    }

    /// Makes its child and applicant those of a serial number.
    pub fn of_people(&mut self, serial: u64) -> &mut Self {
        let child = super::people::child(serial);
        self.set(
            &["applicant", "iin"],
            super::people::parent(serial).as_str(),
        )
        .set(&["child", "iin"], child.iin.as_str())
        .set(&["child", "birthDate"], &child.birth.to_string())
        .set(&["child", "sex"], child.sex.code())
    }

    /// The content, to be signed.
    pub fn content(&self) -> &str {
        &self.0
    }
}

/// Where the content of the first element of this local name begins.
fn find_start(markup: &str, local: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = markup[from..].find('<') {
        let start = from + at + 1;
        let end = start + markup[start..].find('>')?;
        let tag = &markup[start..end];
        let name = tag.split(' ').next().unwrap_or_default();
        let found = name.split_once(':').map_or(name, |(_, local)| local);
        if found == local && !tag.starts_with('/') {
            return Some(end + 1);
        }
        from = end;
    }
    None
}

/// An answer, told apart as its receiver would.
#[derive(Debug)]
pub struct Answer(Document);

impl Answer {
    /// Reads an answer or a fault.
    pub fn read(octets: &[u8]) -> Option<Self> {
        let limits = crate::xml::Limits::MESSAGE;
        let limits = crate::xml::Limits {
            bytes_max: 4 << 20,
            nodes_max: 100_000,
            ..limits
        };
        Document::parse(octets, &limits).ok().map(Self)
    }

    /// The text of the first element of this local name.
    pub fn text(&self, local: &str) -> Option<String> {
        self.texts(local).into_iter().next()
    }

    /// The texts of all elements of this local name.
    pub fn texts(&self, local: &str) -> Vec<String> {
        let named = self.0.elements().filter(|element| element.local() == local);
        named.map(|element| element.text().into_owned()).collect()
    }
}
