//! A peer that takes letters: ШЭП, or a participant, in a good mood or a bad one.
//!
//! In:    a folder that `forge` made, and the name of a key in it.
//! Out:   what it took, each time it did; receipts that it signs, or whatever its mood is.
//! It believes what it takes only if our signature holds, as a peer of ours does.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::clock;
use crate::envelope::correspondence::Receipt;
use crate::envelope::shep::{self, MessageType};
use crate::envelope::{Code, Envelope, Fault, Operation};
use crate::signature::{
    Distrust, Environment, KeyFault, Signer, Store, StoreFault, unsigned, verify,
};

const LETTER_OCTETS_MAX: usize = 4 << 20;
/// How late a slow answer comes: later than anyone waits.
const SLOW: Duration = Duration::from_secs(120);

/// How a peer behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// The connection is closed before anything is read.
    Down,
    /// A fault of its own, which may pass.
    Fault,
    /// Octets that are no message.
    Garbage,
    /// It will not have the letter.
    Refusing,
    /// It takes the letter, and closes the connection without a word.
    Silent,
    /// It takes the letter, and says so in two minutes.
    Slow,
    /// It takes the letter, and says so in another's name.
    Stranger,
    /// It takes the letter, and says so without a signature.
    Unsigned,
    /// It takes the letter, and says so.
    Well,
}

impl Mood {
    /// Each, by its name.
    pub const ALL: [(&str, Self); 9] = [
        ("down", Self::Down),
        ("fault", Self::Fault),
        ("garbage", Self::Garbage),
        ("refusing", Self::Refusing),
        ("silent", Self::Silent),
        ("slow", Self::Slow),
        ("stranger", Self::Stranger),
        ("unsigned", Self::Unsigned),
        ("well", Self::Well),
    ];

    /// Whether the letter is read.
    fn takes(self) -> bool {
        match self {
            Self::Down | Self::Fault | Self::Garbage | Self::Refusing => false,
            Self::Silent | Self::Slow | Self::Stranger | Self::Unsigned | Self::Well => true,
        }
    }
}

/// Why a peer cannot play.
#[derive(Debug, thiserror::Error)]
pub enum PeerFault {
    /// Its key.
    #[error(transparent)]
    Key(#[from] KeyFault),
    /// By which it would believe us.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// A letter that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its identity.
    pub message_id: String,
    /// The chain that it belongs to.
    pub correlation_id: String,
    /// The service that speaks.
    pub service: String,
    /// What it is in its chain.
    pub message_type: MessageType,
    /// By which interface it came.
    pub operation: Operation,
    /// The sender that it names.
    pub sender: Option<String>,
    /// Its properties, by key.
    pub properties: Vec<(String, String)>,
    /// The local name of the element in `data`.
    pub element: String,
    /// All of it, as it came.
    pub message: String,
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} of {} in the chain {}: {}",
            self.message_type.word(),
            self.message_id,
            self.service,
            self.correlation_id,
            self.element
        )
    }
}

/// A peer.
pub struct Peer {
    signer: Signer,
    stranger: Signer,
    store: Store,
    mood: Mutex<Mood>,
    taken: watch::Sender<Vec<Taken>>,
}

impl Peer {
    /// Loads its key, and the roots by which it believes.
    ///
    /// # Errors
    /// [`PeerFault`].
    pub fn load(folder: &Path, key: &str) -> Result<Self, PeerFault> {
        let signer = |name: &str| {
            let file = |extension: &str| folder.join(format!("keys/{name}.{extension}"));
            Signer::load(&file("key"), &file("pem"))
        };
        Ok(Self {
            signer: signer(key)?,
            stranger: signer("answers")?,
            store: Store::load(&folder.join("trust"), Environment::Test)?,
            mood: Mutex::new(Mood::Well),
            taken: watch::Sender::new(Vec::new()),
        })
    }

    /// Changes its mood, for what arrives from now on.
    pub fn be(&self, mood: Mood) {
        *self.mood.lock().unwrap_or_else(PoisonError::into_inner) = mood;
    }

    /// Every letter that it took, in the order of arrival; one that was brought twice, twice.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken.borrow().clone()
    }

    /// Waits until it has taken more than so many.
    pub async fn takes_more_than(&self, count: usize) {
        let mut taken = self.taken.subscribe();
        let more = taken.wait_for(|taken| taken.len() > count).await;
        more.expect("the sender is ours");
    }

    /// Serves until the task is dropped.
    pub async fn serve(self: Arc<Self>, listener: TcpListener) {
        loop {
            // A connection that failed before it began is its client's loss.
            let Ok((stream, _)) = listener.accept().await else {
                continue;
            };
            tokio::spawn(connection(Arc::clone(&self), stream));
        }
    }

    /// Believes and keeps a letter; tells what it answers.
    fn take(&self, octets: &[u8]) -> Result<String, Distrust> {
        let envelope = Envelope::read(octets).map_err(|_| Distrust::NotSigned)?;
        let trusted = verify(envelope, &self.store, clock::now())?;
        let request = trusted.request().map_err(|_| Distrust::NotSigned)?;
        let taken = Taken::of(&request, octets);
        let receipt = Receipt {
            operation: request.operation,
            message_id: &taken.message_id,
            correlation_id: &taken.correlation_id,
            response_date: clock::now(),
            session_id: None,
        };
        let receipt = receipt.write();
        self.taken.send_modify(|all| all.push(taken));
        Ok(receipt)
    }
}

impl Taken {
    fn of(request: &shep::Request<'_>, octets: &[u8]) -> Self {
        let element = request.payload().ok();
        let owned = |text: &Option<std::borrow::Cow<'_, str>>| {
            text.as_deref().map(str::to_owned).unwrap_or_default()
        };
        let pairs = request.properties.iter();
        Self {
            message_id: owned(&request.message_id),
            correlation_id: owned(&request.correlation_id),
            service: request.service_id.clone().into_owned(),
            message_type: request.message_type,
            operation: request.operation,
            sender: request.sender_id.as_deref().map(str::to_owned),
            properties: pairs
                .map(|(key, value)| (key.clone().into_owned(), value.clone().into_owned()))
                .collect(),
            element: element.map_or_else(String::new, |it| it.element().local().to_owned()),
            message: String::from_utf8_lossy(octets).into_owned(),
        }
    }
}

async fn connection(peer: Arc<Peer>, stream: TcpStream) {
    let service = service_fn(|request| respond(&peer, request));
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    // A mood that was asked for ends the connection; there is nobody to tell.
    served.await.ok();
}

/// An error where the connection is to be closed.
async fn respond(
    peer: &Peer,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, std::io::Error> {
    let mood = *peer.mood.lock().unwrap_or_else(PoisonError::into_inner);
    if mood == Mood::Down {
        return Err(std::io::Error::other("down, as asked"));
    }
    let body = Limited::new(request.into_body(), LETTER_OCTETS_MAX);
    let octets = body.collect().await.map_err(std::io::Error::other)?;
    let fault = |code| Fault::new(Operation::SendMessage, code, clock::now()).write();
    let told = if mood.takes() {
        peer.take(&octets.to_bytes())
    } else {
        Err(Distrust::NotSigned)
    };
    let (status, content) = match (mood, told) {
        (Mood::Refusing, _) => (500, peer.signer.sign(&fault(Code::InfoValue), None)),
        (Mood::Garbage, _) => (200, "<html>welcome</html>".to_owned()),
        (Mood::Silent, Ok(_)) => return Err(std::io::Error::other("silent, as asked")),
        (Mood::Slow, Ok(_)) => {
            tokio::time::sleep(SLOW).await;
            return Err(std::io::Error::other("slow, as asked"));
        }
        (Mood::Stranger, Ok(receipt)) => (200, peer.stranger.sign(&receipt, None)),
        (Mood::Unsigned, Ok(receipt)) => (200, unsigned(&receipt)),
        (Mood::Well, Ok(receipt)) => (200, peer.signer.sign(&receipt, None)),
        (Mood::Down | Mood::Fault, _) | (_, Err(_)) => {
            (500, peer.signer.sign(&fault(Code::Internal), None))
        }
    };
    let mut response = Response::new(Full::new(Bytes::from(content)));
    *response.status_mut() = StatusCode::from_u16(status).expect("a status of HTTP");
    let content_type = hyper::header::HeaderValue::from_static("text/xml; charset=utf-8");
    response.headers_mut().insert("content-type", content_type);
    Ok(response)
}
