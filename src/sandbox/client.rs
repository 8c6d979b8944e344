//! A plain HTTP client for messages, on one connection that is kept.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::SendRequest;
use hyper::{Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

const SOAP_TYPE: &str = "text/xml; charset=utf-8";
const REPLY_OCTETS_MAX: usize = 4 << 20;
const REPLY_TIME_MAX: Duration = Duration::from_secs(40);

/// Why a message got no reply.
#[derive(Debug, thiserror::Error)]
pub enum PostFault {
    /// The address is no `http://host:port/path`.
    #[error("{0} is no address of the form http://host:port/path")]
    Address(String),
    /// Nobody listens there, or the connection broke.
    #[error("no connection to {0}; is the gateway running?")]
    Connection(String, #[source] Box<dyn std::error::Error + Send + Sync>),
    /// No reply in time.
    #[error("no reply within {} seconds", REPLY_TIME_MAX.as_secs())]
    Late,
}

/// A reply.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: StatusCode,
    /// The body.
    pub body: Bytes,
}

/// A client of one address.
pub struct Client {
    uri: Uri,
    authority: String,
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Client {
    /// A client, not yet connected.
    ///
    /// # Errors
    /// [`PostFault::Address`].
    pub fn new(address: &str) -> Result<Self, PostFault> {
        let wrong = || PostFault::Address(address.to_owned());
        let uri: Uri = address.parse().map_err(|_| wrong())?;
        if uri.scheme_str() != Some("http") {
            return Err(wrong());
        }
        let host = uri.host().ok_or_else(wrong)?;
        let authority = format!("{host}:{}", uri.port_u16().unwrap_or(80));
        Ok(Self {
            uri,
            authority,
            sender: None,
        })
    }

    /// Posts a message and waits for its reply.
    ///
    /// # Errors
    /// [`PostFault`]; the connection is made anew for the next message.
    pub async fn post(&mut self, message: Bytes) -> Result<Reply, PostFault> {
        self.ask("POST", SOAP_TYPE, message).await
    }

    /// Posts a message of another media type, such as one with attachments.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn post_as(
        &mut self,
        content_type: &str,
        message: Bytes,
    ) -> Result<Reply, PostFault> {
        self.ask("POST", content_type, message).await
    }

    /// Gets the address.
    ///
    /// # Errors
    /// [`PostFault`].
    pub async fn get(&mut self) -> Result<Reply, PostFault> {
        self.ask("GET", SOAP_TYPE, Bytes::new()).await
    }

    async fn ask(
        &mut self,
        method: &str,
        content_type: &str,
        message: Bytes,
    ) -> Result<Reply, PostFault> {
        let exchange = self.exchange(method, content_type, message);
        match tokio::time::timeout(REPLY_TIME_MAX, exchange).await {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(source)) => {
                self.sender = None;
                Err(PostFault::Connection(self.authority.clone(), source))
            }
            Err(_) => {
                self.sender = None;
                Err(PostFault::Late)
            }
        }
    }

    async fn exchange(
        &mut self,
        method: &str,
        content_type: &str,
        message: Bytes,
    ) -> Result<Reply, Box<dyn std::error::Error + Send + Sync>> {
        let usable = self
            .sender
            .as_ref()
            .is_some_and(|sender| !sender.is_closed());
        if !usable {
            let stream = TcpStream::connect(&self.authority).await?;
            stream.set_nodelay(true)?;
            let (sender, connection) =
                hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
            // The connection's task ends with the sender; its error reaches the sender too.
            tokio::spawn(connection);
            self.sender = Some(sender);
        }
        let sender = self.sender.as_mut().expect("it was just made");
        sender.ready().await?;
        let request = Request::builder()
            .method(method)
            .uri(self.uri.path_and_query().map_or("/", |path| path.as_str()))
            .header("host", &self.authority)
            .header("content-type", content_type)
            .header("soapaction", "\"\"")
            .body(Full::new(message))?;
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = Limited::new(response.into_body(), REPLY_OCTETS_MAX)
            .collect()
            .await?;
        Ok(Reply {
            status,
            body: body.to_bytes(),
        })
    }
}
