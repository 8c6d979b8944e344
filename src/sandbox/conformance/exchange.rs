//! Exchange: a message goes out, and what comes back is looked at as an integrator would.
//!
//! In:    the content of a message of the synchronous channel.
//! Out:   what was told of it: at once, or by the letter that answers it.
//! Never: takes a receipt for an answer: an accepted message was answered when its letter came.

use std::sync::Arc;
use std::time::Duration;

use hyper::Uri;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::ConformanceFault;
use crate::clock;
use crate::envelope::Envelope;
use crate::envelope::shep::MessageType;
use crate::sandbox::{Answer, Client, Draft, Peer, PostFault, Taken};
use crate::signature::{Signer, Store, verify};

/// How often a message is sent again that was not answered yet, and how long is waited between.
const REPEATS_MAX: usize = 20;
const PAUSE: Duration = Duration::from_millis(250);
/// How long the letter that answers an accepted message may take.
pub(super) const LETTER_TIME_MAX: Duration = Duration::from_secs(30);

/// By which channel an endpoint is tried.
pub enum Channel {
    /// The answer comes back at once.
    Sync,
    /// A receipt comes back; the answer is a letter to this peer of ours.
    Async(Arc<Peer>),
}

/// The endpoint, and by whom its answers must be signed.
pub(super) struct Door<'c> {
    client: Client,
    endpoint: &'c str,
    signer: &'c Signer,
    store: &'c Store,
    channel: &'c Channel,
}

/// What came back.
pub(super) struct Told {
    answer: Option<Answer>,
    text: String,
    /// Whether a root vouches for who signed it.
    pub(super) believed: bool,
    /// That of the status, then those of what was found.
    codes: Vec<String>,
    faults: Vec<String>,
    /// messageId and correlationId of what was accepted, on the asynchronous channel.
    receipt: Option<(String, String)>,
}

impl<'c> Door<'c> {
    pub(super) fn to(
        endpoint: &'c str,
        signer: &'c Signer,
        store: &'c Store,
        channel: &'c Channel,
    ) -> Result<Self, PostFault> {
        Ok(Self {
            client: Client::new(endpoint)?,
            endpoint,
            signer,
            store,
            channel,
        })
    }

    /// The message of this content, as its channel has it.
    pub(super) fn sign(&self, content: &str) -> String {
        match self.channel {
            Channel::Sync => self.signer.sign(content, None),
            Channel::Async(_) => {
                let other = Draft::of_content(content).by_async_channel(false);
                self.signer.sign(other.content(), None)
            }
        }
    }

    pub(super) async fn send(&mut self, content: &str) -> Result<Told, ConformanceFault> {
        let message = self.sign(content);
        self.post_until_answered(&message).await
    }

    pub(super) async fn post(&mut self, message: String) -> Result<Told, ConformanceFault> {
        let reply = self.client.post(message.into()).await?;
        let envelope = Envelope::read(&reply.body).ok();
        let verified = envelope.map(|envelope| verify(envelope, self.store, clock::now()));
        let believed = verified.is_some_and(|verified| verified.is_ok());
        let told = Told::read(&reply.body, believed);
        match self.channel {
            Channel::Sync => Ok(told),
            Channel::Async(peer) => answered(peer, told).await,
        }
    }

    /// Repeats a message as long as the endpoint asks for it.
    pub(super) async fn post_until_answered(
        &mut self,
        message: &str,
    ) -> Result<Told, ConformanceFault> {
        let mut told = self.post(message.to_owned()).await?;
        for _ in 0..REPEATS_MAX {
            if told.fault() != Some("try_again") {
                break;
            }
            tokio::time::sleep(PAUSE).await;
            told = self.post(message.to_owned()).await?;
        }
        Ok(told)
    }

    /// Sends a message and goes away without an answer, as a sender that waited too long.
    pub(super) async fn hang_up(&self, message: &str) -> Result<(), PostFault> {
        let address = || PostFault::Address(self.endpoint.to_owned());
        let uri: Uri = self.endpoint.parse().map_err(|_| address())?;
        let authority = uri.authority().ok_or_else(address)?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {authority}\r\nContent-Type: text/xml; charset=utf-8\r\n\
             Content-Length: {}\r\n\r\n",
            message.len()
        );
        let broken =
            |error: std::io::Error| PostFault::Connection(authority.to_string(), Box::new(error));
        let host = format!(
            "{}:{}",
            authority.host(),
            authority.port_u16().unwrap_or(80)
        );
        let mut stream = TcpStream::connect(host).await.map_err(broken)?;
        stream.write_all(head.as_bytes()).await.map_err(broken)?;
        stream.write_all(message.as_bytes()).await.map_err(broken)?;
        stream.shutdown().await.map_err(broken)
    }
}

/// What the letter says that answers an accepted message; a fault is told at once.
async fn answered(peer: &Peer, told: Told) -> Result<Told, ConformanceFault> {
    let (Some(message_id), Some(chain)) = (told.text("messageId"), told.text("correlationId"))
    else {
        return Ok(told);
    };
    let receipt = Some((message_id.clone(), chain));
    let letters = || {
        peer.taken()
            .into_iter()
            .filter(|it| answers(it, &message_id))
    };
    let wait = async {
        loop {
            let seen = peer.taken().len();
            if let Some(letter) = letters().next() {
                return letter;
            }
            peer.takes_more_than(seen).await;
        }
    };
    let Ok(letter) = tokio::time::timeout(LETTER_TIME_MAX, wait).await else {
        // A peer that nobody ever wrote to is no failure of a service.
        if peer.taken().is_empty() {
            return Err(ConformanceFault::NoLetters);
        }
        return Ok(Told { receipt, ..told });
    };
    let mut other = Told::read(letter.message.as_bytes(), told.believed);
    let status = letter
        .properties
        .into_iter()
        .find(|(key, _)| key == "status");
    other.codes.splice(0..0, status.map(|(_, code)| code));
    // It was brought again, or it was made again: the second is an answer too many.
    let others = letters().filter(|it| it.message_id != letter.message_id);
    Ok(Told {
        believed: other.believed && others.count() == 0,
        receipt,
        ..other
    })
}

/// Whether this letter is the answer to that message.
fn answers(letter: &Taken, message_id: &str) -> bool {
    let named = ("inReplyTo".to_owned(), message_id.to_owned());
    letter.message_type == MessageType::Response && letter.properties.contains(&named)
}

impl Told {
    fn read(octets: &[u8], believed: bool) -> Self {
        let answer = Answer::read(octets);
        let texts = |name: &str| answer.as_ref().map(|it| it.texts(name)).unwrap_or_default();
        Self {
            codes: texts("code"),
            faults: texts("errorCode"),
            text: String::from_utf8_lossy(octets).into_owned(),
            believed,
            answer,
            receipt: None,
        }
    }

    /// Whether the same was told twice: one answer, and one receipt where there are receipts.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        self.data().is_some() && self.data() == other.data() && self.receipt == other.receipt
    }

    /// The code of the status, where it is no fault.
    pub(super) fn status(&self) -> Option<&str> {
        self.codes.first().map(String::as_str)
    }

    /// The codes of what was found, or of the refusal.
    pub(super) fn findings(&self) -> Vec<&str> {
        self.codes.iter().skip(1).map(String::as_str).collect()
    }

    /// Our code of the fault, where it is one.
    pub(super) fn fault(&self) -> Option<&str> {
        self.faults.get(1).map(String::as_str)
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.answer.as_ref()?.text(name)
    }

    /// Whether an element of this name stands in it.
    pub(super) fn has(&self, name: &str) -> bool {
        let text = |answer: &Answer| answer.text(name).is_some();
        self.answer.as_ref().is_some_and(text)
    }

    /// What stands in `data`, to the octet.
    fn data(&self) -> Option<&str> {
        let (_, data) = self.text.split_once("<data>")?;
        Some(data.split_once("</data>")?.0)
    }

    /// What was said, for a line of the report: codes alone.
    pub(super) fn in_short(&self) -> String {
        match (self.fault(), self.status()) {
            (Some(fault), _) => format!("fault {fault}"),
            (None, Some(status)) => {
                let mut all = vec![status];
                all.extend(self.findings());
                all.join(" ")
            }
            (None, None) if self.receipt.is_some() => "accepted, and no letter came".to_owned(),
            (None, None) => "no answer of the contract".to_owned(),
        }
    }
}
