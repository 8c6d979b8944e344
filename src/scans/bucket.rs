//! A bucket: where a cluster keeps scans, behind the protocol of S3.
//!
//! Spec:  the S3 API, as `object_store` speaks it: objects, uploads in parts, signature version 4.
//! In:    a TOML file with the address and the keys. Out: the store behind it.
//! Why:   requests travel by the HTTP client that this program has anyway, without TLS, which is
//!        the network's as with RabbitMQ; a content is known by its digest again when it is read.
//! Never: follows a redirect; writes a key into an error.

use std::fmt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper_util::client::legacy::{self, connect};
use hyper_util::rt::TokioExecutor;
use object_store::aws::AmazonS3Builder;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody,
    HttpResponse, HttpResponseBody, HttpService,
};
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};
use serde::Deserialize;

/// S3 takes no part below this size, but for the last.
pub(super) const PART_OCTETS: u64 = 5 << 20;
const CONNECT_TIME_MAX: Duration = Duration::from_secs(3);
/// For one request with its answer's beginning; a part is five mebibytes.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(10);
/// A message waits for its scans: whoever sent it does so for half a minute at most.
const RETRY_TIME_MAX: Duration = Duration::from_secs(15);
const RETRIES_MAX: usize = 3;

/// Why a bucket cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BucketFault {
    /// The file cannot be read.
    #[error("cannot read {0}")]
    Unread(PathBuf, #[source] std::io::Error),
    /// Others than its owner may read the keys in it.
    #[error("{0} holds a key that others may read; do: chmod 600 {0}")]
    Open(PathBuf),
    /// It does not say what it should.
    #[error(
        "{0}, line {1}: {2}; it needs endpoint, bucket, region, access_key and secret_key, each a text"
    )]
    Form(PathBuf, usize, String),
    /// The address is no `http://host:port`.
    #[error("{0}: endpoint must be http://host:port, without a path; TLS is the network's")]
    Endpoint(PathBuf),
    /// The rest of it makes no store.
    #[error("{0} names no bucket")]
    Bucket(PathBuf, #[source] object_store::Error),
}

/// What the file says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    endpoint: String,
    bucket: String,
    region: String,
    access_key: String,
    secret_key: String,
}

/// The store that a file describes; nobody is asked yet.
pub(super) fn open(file: &Path) -> Result<Arc<dyn ObjectStore>, BucketFault> {
    let said = read(file)?;
    let retry = RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: RETRIES_MAX,
        retry_timeout: RETRY_TIME_MAX,
    };
    let store = AmazonS3Builder::new()
        .with_endpoint(said.endpoint)
        .with_allow_http(true)
        .with_virtual_hosted_style_request(false)
        .with_bucket_name(said.bucket)
        .with_region(said.region)
        .with_access_key_id(said.access_key)
        .with_secret_access_key(said.secret_key)
        .with_retry(retry)
        .with_http_connector(Connector)
        .build()
        .map_err(|fault| BucketFault::Bucket(file.to_owned(), fault))?;
    Ok(Arc::new(store))
}

fn read(file: &Path) -> Result<Description, BucketFault> {
    use std::os::unix::fs::PermissionsExt as _;
    let unread = |fault| BucketFault::Unread(file.to_owned(), fault);
    let mode = std::fs::metadata(file)
        .map_err(unread)?
        .permissions()
        .mode();
    if mode & 0o077 != 0 {
        return Err(BucketFault::Open(file.to_owned()));
    }
    let text = std::fs::read_to_string(file).map_err(unread)?;
    // The message alone: what `toml` prints of a fault shows the line, and in it may be a key.
    let said: Description = toml::from_str(&text).map_err(|fault| {
        let before = fault.span().map_or(0, |span| span.start);
        let line = text[..before.min(text.len())].matches('\n').count() + 1;
        BucketFault::Form(file.to_owned(), line, fault.message().to_owned())
    })?;
    let host = said.endpoint.strip_prefix("http://").unwrap_or_default();
    if host.is_empty() || host.contains('/') {
        return Err(BucketFault::Endpoint(file.to_owned()));
    }
    Ok(said)
}

/// Gives `object_store` our client.
#[derive(Debug)]
struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        let mut tcp = connect::HttpConnector::new();
        tcp.set_connect_timeout(Some(CONNECT_TIME_MAX));
        tcp.set_nodelay(true);
        let client = legacy::Client::builder(TokioExecutor::new()).build(tcp);
        Ok(HttpClient::new(Wire(client)))
    }
}

/// One pool of connections.
struct Wire(legacy::Client<connect::HttpConnector, HttpRequestBody>);

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl HttpService for Wire {
    // The form that the trait's macro gives to an asynchronous method.
    fn call<'life0, 'async_trait>(
        &'life0 self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            let asked = tokio::time::timeout(REQUEST_TIME_MAX, self.0.request(request));
            let response = match asked.await {
                Ok(told) => told.map_err(|fault| HttpError::new(kind_of(&fault), fault))?,
                Err(late) => return Err(HttpError::new(HttpErrorKind::Timeout, late)),
            };
            let (head, body) = response.into_parts();
            let body = body.map_err(|fault| HttpError::new(HttpErrorKind::Interrupted, fault));
            Ok(HttpResponse::from_parts(head, HttpResponseBody::new(body)))
        })
    }
}

/// What `object_store` may try again. To keep a content twice changes nothing, so nearly all.
fn kind_of(fault: &legacy::Error) -> HttpErrorKind {
    if fault.is_connect() {
        HttpErrorKind::Connect
    } else {
        HttpErrorKind::Interrupted
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn description_is_refused_without_its_keys() {
        let folder = std::env::temp_dir().join(format!("kezek-bucket-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("bucket.toml");
        let write = |text: &str, mode: u32| {
            std::fs::write(&file, text).expect("written");
            let mode = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(&file, mode).expect("set");
            open(&file)
        };
        let good = "endpoint = \"http://127.0.0.1:9000\"\nbucket = \"scans\"\nregion = \"kz\"\n\
                    access_key = \"id\"\nsecret_key = \"hush\"\n";
        assert!(write(good, 0o600).is_ok());
        for (text, mode, said) in [
            (good.to_owned(), 0o640, "chmod 600"),
            (
                good.replace("http://", "https://"),
                0o600,
                "http://host:port",
            ),
            (good.replace(":9000", ":9000/x"), 0o600, "without a path"),
            (
                good.replace("bucket", "bukcet"),
                0o600,
                "line 2: unknown field",
            ),
            (good.replace("\"hush\"", "hush"), 0o600, "line 5"),
            (
                good.replace("region = \"kz\"\n", ""),
                0o600,
                "missing field `region`",
            ),
        ] {
            let fault = write(&text, mode).expect_err("refused").to_string();
            assert!(fault.contains(said), "{fault}");
            assert!(!fault.contains("hush"), "{fault}");
        }
        std::fs::remove_dir_all(&folder).expect("removed");
        assert!(matches!(open(&file), Err(BucketFault::Unread(..))));
    }
}
