//! Exchange: a message goes out, and what comes back is looked at as an integrator would.

use std::time::Duration;

use hyper::Uri;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::clock;
use crate::envelope::Envelope;
use crate::sandbox::{Answer, Client, PostFault};
use crate::signature::{Signer, Store, verify};

/// How often a message is sent again that was not answered yet, and how long is waited between.
const REPEATS_MAX: usize = 20;
const PAUSE: Duration = Duration::from_millis(250);

/// The endpoint, and by whom its answers must be signed.
pub(super) struct Door<'c> {
    client: Client,
    endpoint: &'c str,
    signer: &'c Signer,
    store: &'c Store,
}

/// What came back.
pub(super) struct Told {
    answer: Option<Answer>,
    text: String,
    /// Whether a root vouches for who signed it.
    pub(super) believed: bool,
    codes: Vec<String>,
    faults: Vec<String>,
}

impl<'c> Door<'c> {
    pub(super) fn to(
        endpoint: &'c str,
        signer: &'c Signer,
        store: &'c Store,
    ) -> Result<Self, PostFault> {
        Ok(Self {
            client: Client::new(endpoint)?,
            endpoint,
            signer,
            store,
        })
    }

    pub(super) fn sign(&self, content: &str) -> String {
        self.signer.sign(content, None)
    }

    pub(super) async fn send(&mut self, content: &str) -> Result<Told, PostFault> {
        self.post(self.sign(content)).await
    }

    pub(super) async fn post(&mut self, message: String) -> Result<Told, PostFault> {
        let reply = self.client.post(message.into()).await?;
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        let answer = Answer::read(&reply.body);
        let texts = |name: &str| answer.as_ref().map(|it| it.texts(name)).unwrap_or_default();
        let envelope = Envelope::read(&reply.body).ok();
        let verified = envelope.map(|envelope| verify(envelope, self.store, clock::now()));
        Ok(Told {
            codes: texts("code"),
            faults: texts("errorCode"),
            believed: verified.is_some_and(|verified| verified.is_ok()),
            answer,
            text,
        })
    }

    /// Repeats a message as long as the endpoint asks for it.
    pub(super) async fn post_until_answered(&mut self, message: &str) -> Result<Told, PostFault> {
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

impl Told {
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
    pub(super) fn data(&self) -> Option<&str> {
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
            (None, None) => "no answer of the contract".to_owned(),
        }
    }
}
