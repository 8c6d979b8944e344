//! Post: messages as senders make them, and what comes back.

use hyper::StatusCode;
use kezek::clock;
use kezek::envelope::Envelope;
use kezek::sandbox::{Answer, Client, Draft, PostFault, Reply};
use kezek::signature::{Signer, verify};
use kezek::terms::Moment;
use uuid::Uuid;

use crate::house::authority;

const RANK_CHECK: &[u8] = include_bytes!("../../fixtures/services/rank-check/accepted.request.xml");

/// A registration of the invented child of this serial number, filed now.
pub fn registration(serial: u64) -> Draft {
    registration_at(serial, clock::now())
}

/// The same, filed at this time.
pub fn registration_at(serial: u64, at: Moment) -> Draft {
    let mut draft = Draft::registration();
    draft.freshen(at).of_people(serial);
    draft
}

/// The question after the number of that child.
pub fn rank_check(serial: u64) -> Draft {
    let mut draft = Draft::of_fixture(RANK_CHECK).expect("the fixture is an envelope");
    let child = kezek::sandbox::child(serial);
    let parent = kezek::sandbox::parent(serial);
    draft
        .freshen(clock::now())
        .set(&["applicant", "iin"], parent.as_str())
        // The same person as in the registration, so of the same name.
        .set(&["applicant", "name", "surname"], "Үлгібаева")
        .set(&["applicant", "name", "given"], "Сынақгүл")
        .set(&["child", "iin"], child.iin.as_str());
    draft
}

/// A messageId of one's own.
pub fn message_id() -> String {
    Uuid::new_v4().to_string()
}

/// The content with a property, as a repeat carries its receipt.
pub fn with_property(content: &str, key: &str, value: &str) -> String {
    let property =
        format!("</sender><properties><key>{key}</key><value>{value}</value></properties>");
    replaced(content, "</sender>", &property)
}

/// The content with one place changed; that place must be there once.
pub fn replaced(content: &str, from: &str, to: &str) -> String {
    assert_eq!(content.matches(from).count(), 1, "{from} in {content}");
    content.replacen(from, to, 1)
}

/// The content with something else in the place of `data`.
pub fn with_data(content: &str, data: &str) -> String {
    let (before, rest) = content.split_once("<data>").expect("data begins");
    let (_, after) = rest.split_once("</data>").expect("data ends");
    format!("{before}{data}{after}")
}

/// What came back.
#[derive(Debug)]
pub struct Told {
    pub status: StatusCode,
    pub text: String,
    answer: Answer,
}

impl Told {
    /// Reads a reply.
    pub fn read(reply: &Reply) -> Self {
        let text = String::from_utf8(reply.body.to_vec()).expect("UTF-8");
        let answer = Answer::read(&reply.body);
        Self {
            status: reply.status,
            answer: answer.unwrap_or_else(|| panic!("no XML: {text}")),
            text,
        }
    }

    /// The texts of all elements of this name.
    pub fn texts(&self, name: &str) -> Vec<String> {
        self.answer.texts(name)
    }

    /// The text of the first element of this name.
    pub fn text_of(&self, name: &str) -> String {
        let found = self.answer.text(name);
        found.unwrap_or_else(|| panic!("no {name} in {}", self.text))
    }

    /// The number in each preschool, in the order of the choices.
    pub fn numbers(&self) -> Vec<(String, u32)> {
        let numbers = self.texts("number");
        let numbers = numbers.iter().map(|n| n.parse().expect("a number"));
        self.texts("preschool").into_iter().zip(numbers).collect()
    }

    /// ShEP's code and ours, if it is a fault.
    pub fn fault(&self) -> Option<(String, String)> {
        let codes = self.texts("errorCode");
        match &codes[..] {
            [] => None,
            [shep, ours] => Some((shep.clone(), ours.clone())),
            other => panic!("a fault with the codes {other:?}"),
        }
    }

    /// Whether the sender is asked to repeat.
    pub fn is_try_again(&self) -> bool {
        self.fault().is_some_and(|(_, ours)| ours == "try_again")
    }

    /// The receipt in a "try again".
    pub fn receipt(&self) -> String {
        self.text_of("errorData")
    }

    /// Whether a configured root vouches for who signed it, and the signature holds.
    pub fn is_believed(&self) -> bool {
        let envelope = Envelope::read(self.text.as_bytes());
        envelope.is_ok_and(|envelope| verify(envelope, &authority().store, clock::now()).is_ok())
    }

    /// What stands in the Body, to the octet; not the Body's own Id.
    pub fn content(&self) -> &str {
        let (_, from) = self.text.split_once("<soap:Body").expect("a Body");
        let (_, from) = from.split_once('>').expect("its tag ends");
        let (content, _) = from.split_once("</soap:Body>").expect("it ends");
        content
    }

    /// An answer of success whose signature was verified.
    pub fn expect_success(self) -> Self {
        assert_eq!(self.status, 200, "{}", self.text);
        assert_eq!(self.text_of("code"), "SCSS001", "{}", self.text);
        assert!(self.is_believed(), "{}", self.text);
        self
    }
}

/// Posts octets as they are.
pub async fn post(door: &str, message: impl Into<hyper::body::Bytes>) -> Told {
    let reply = try_post(door, message).await;
    reply.unwrap_or_else(|fault| panic!("{fault:?}"))
}

/// Posts octets; tells why no reply came.
pub async fn try_post(
    door: &str,
    message: impl Into<hyper::body::Bytes>,
) -> Result<Told, PostFault> {
    let mut client = Client::new(door).expect("an address");
    let reply = client.post(message.into()).await?;
    Ok(Told::read(&reply))
}

/// Signs with the key of the participant and posts.
pub async fn send(door: &str, draft: &Draft) -> Told {
    post(door, participant().sign(draft.content(), None)).await
}

/// A sender on one connection, which is made anew when it breaks.
pub struct Sender(Client);

impl Sender {
    /// Not yet connected.
    pub fn to(door: &str) -> Self {
        Self(Client::new(door).expect("an address"))
    }

    /// Posts and waits.
    pub async fn post(&mut self, message: hyper::body::Bytes) -> Result<Told, PostFault> {
        let reply = self.0.post(message).await?;
        Ok(Told::read(&reply))
    }
}

/// The participant's cheap key.
pub fn participant() -> Signer {
    authority().signer("participant-p256")
}
