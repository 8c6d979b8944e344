//! Asking others over HTTP: one request, one connection, bounded in octets and time.
//!
//! What comes back is believed by its signature, never by its address, so the plain protocol will
//! do; addresses come from an administrator's file. No redirect is followed.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::{Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

const STAMP_OCTETS_MAX: usize = 64 << 10;
const STAMP_TIME_MAX: Duration = Duration::from_secs(10);

/// Why nothing came.
#[derive(Debug, thiserror::Error)]
pub enum FetchFault {
    /// The address is no `http://host:port/path`.
    #[error("{0} is no address of the form http://host:port/path")]
    Address(String),
    /// Nobody listens there, the connection broke, or the answer is too large.
    #[error("no answer from {0}")]
    Connection(String, #[source] Box<dyn std::error::Error + Send + Sync>),
    /// No answer in time.
    #[error("no answer from {0} within {1} s")]
    Late(String, u64),
    /// An answer, but not of status 200.
    #[error("{0} answers with status {1}")]
    Status(String, u16),
}

/// What is asked for.
pub(super) struct Wanted<'a> {
    pub(super) address: &'a str,
    /// What is posted, with its type; nothing to get.
    pub(super) posted: Option<(&'static str, Vec<u8>)>,
    pub(super) octets_max: usize,
    pub(super) time_max: Duration,
}

/// Posts a question for a time-stamp (RFC 3161 §3.4).
///
/// # Errors
/// [`FetchFault`].
pub async fn ask_stamper(address: &str, question: Vec<u8>) -> Result<Vec<u8>, FetchFault> {
    let wanted = Wanted {
        address,
        posted: Some(("application/timestamp-query", question)),
        octets_max: STAMP_OCTETS_MAX,
        time_max: STAMP_TIME_MAX,
    };
    fetch(wanted).await
}

/// Asks once; whatever is not of status 200 is no answer.
pub(super) async fn fetch(wanted: Wanted<'_>) -> Result<Vec<u8>, FetchFault> {
    let address = wanted.address.to_owned();
    match talk(wanted).await? {
        (StatusCode::OK, octets) => Ok(octets),
        (status, _) => Err(FetchFault::Status(address, status.as_u16())),
    }
}

/// Asks once, and tells what came, of whatever status.
pub(super) async fn talk(wanted: Wanted<'_>) -> Result<(StatusCode, Vec<u8>), FetchFault> {
    let address = wanted.address.to_owned();
    let wrong = || FetchFault::Address(address.clone());
    let uri: Uri = address.parse().map_err(|_| wrong())?;
    if uri.scheme_str() != Some("http") {
        return Err(wrong());
    }
    let host = uri.host().ok_or_else(wrong)?;
    let authority = format!("{host}:{}", uri.port_u16().unwrap_or(80));
    let time_max = wanted.time_max;
    match tokio::time::timeout(time_max, exchange(&uri, &authority, wanted)).await {
        Ok(Ok(told)) => Ok(told),
        Ok(Err(source)) => Err(FetchFault::Connection(address, source)),
        Err(_) => Err(FetchFault::Late(address, time_max.as_secs())),
    }
}

async fn exchange(
    uri: &Uri,
    authority: &str,
    wanted: Wanted<'_>,
) -> Result<(StatusCode, Vec<u8>), Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(authority).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    // It ends with the sender, and its error reaches the sender too.
    tokio::spawn(connection);
    let mut request = Request::builder()
        .uri(uri.path_and_query().map_or("/", |path| path.as_str()))
        .header("host", authority);
    let body = match wanted.posted {
        Some((content_type, octets)) => {
            request = request.method("POST").header("content-type", content_type);
            if content_type.starts_with("text/xml") {
                // SOAP 1.1 §6.1.1.
                request = request.header("soapaction", "\"\"");
            }
            octets
        }
        None => Vec::new(),
    };
    let response = sender
        .send_request(request.body(Full::new(Bytes::from(body)))?)
        .await?;
    let status = response.status();
    let body = Limited::new(response.into_body(), wanted.octets_max);
    Ok((status, body.collect().await?.to_bytes().to_vec()))
}
