//! HTTP: the only room that listens, and that asks others.
//!
//! The whole route table stands in `route`. Spec: HTTP/1.1 (RFC 9112); SOAP 1.1 §6.
//! In:    connections, under caps on their number, headers, bodies and time.
//! Out:   replies; what was accepted is finished before a shutdown ends.
//! Never: a rule of law; SQL; a path of a request that touches the file system.
//! Start: `route`, then `soap::post`.

mod accept;
mod beliefs;
mod body;
pub mod contract;
mod evidence;
mod fetch;
mod gate;
mod health;
mod intake;
mod limits;
mod multipart;
mod notice;
mod patient;
mod pen;
mod postman;
mod refresh;
mod rights;
mod seal;
mod share;
mod soap;
mod stop;
mod watched;

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderValue, TRANSFER_ENCODING};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::envelope::Channel;

pub use body::WIRE_OCTETS_MAX;
pub use fetch::{FetchFault, ask_stamper};
pub use gate::{Gate, GateFault, Settings, Sources};
pub use health::{Check, Vitals};
pub use postman::{Postbag, Postman};
pub use refresh::{RefreshFault, Refresher, Round};
pub use seal::SigningKey;

use patient::Patient;
use share::Shares;

/// A reply whose body is whole.
type Reply = Response<Full<Bytes>>;

/// The path of the synchronous channel.
pub const SYNC_PATH: &str = "/shep/sync";
/// The path of the asynchronous channel: of what senders call, and of what ШЭП calls back.
pub const ASYNC_PATH: &str = "/shep/async";

const CONNECTIONS_MAX: usize = 1024;
const HEADER_TIME_MAX: Duration = Duration::from_secs(10);
const HEADER_OCTETS_MAX: usize = 16 << 10;
const HEADERS_MAX: usize = 64;
/// How long a peer may take nothing of a reply.
const TAKE_TIME_MAX: Duration = Duration::from_secs(10);
/// How long a shutdown waits for what was accepted.
const FINISH_TIME_MAX: Duration = Duration::from_secs(28);

/// What a listening role offers.
pub struct House {
    /// The door, where this role has one.
    pub gate: Option<Arc<Gate>>,
    /// Its health and metrics, unless they have a listener of their own.
    pub vitals: Option<Vitals>,
}

/// Every route.
async fn route(house: &House, peer: IpAddr, request: Request<Incoming>) -> Reply {
    let path = request.uri().path();
    let vitals = house.vitals.as_ref();
    if let Some(reply) = vitals.and_then(|vitals| vitals.respond(path)) {
        return reply;
    }
    let channel = match path {
        SYNC_PATH => Channel::Synchronous,
        ASYNC_PATH => Channel::Asynchronous,
        _ => return nothing_here(),
    };
    match (&house.gate, request.method()) {
        (Some(gate), &Method::POST) => soap::post(gate, channel, peer, request).await,
        (Some(gate), &Method::GET) => {
            let query = request.uri().query().unwrap_or_default();
            match contract::respond(channel, query, &gate.public_url(channel)) {
                Some(document) => typed(StatusCode::OK, document.content_type, document.body),
                None => text(
                    StatusCode::NOT_FOUND,
                    "GET ?wsdl, ?wsdl&service=S-08 or ?xsd=<file of the WSDL>; POST messages.\n"
                        .into(),
                ),
            }
        }
        (Some(_), _) => {
            let mut reply = text(
                StatusCode::METHOD_NOT_ALLOWED,
                "POST or GET ?wsdl.\n".into(),
            );
            reply
                .headers_mut()
                .insert("allow", HeaderValue::from_static("GET, POST"));
            reply
        }
        (None, _) => nothing_here(),
    }
}

fn nothing_here() -> Reply {
    text(
        StatusCode::NOT_FOUND,
        "Here are /shep/sync and /shep/async, each with ?wsdl, /health/live, /health/ready and \
         /metrics.\n"
            .into(),
    )
}

/// Serves until `stop` turns true, then finishes what was accepted.
pub async fn serve(listener: TcpListener, house: Arc<House>, mut stop: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let shares = Shares::of(CONNECTIONS_MAX);
    let mut open = JoinSet::new();
    loop {
        let place = tokio::select! {
            biased;
            () = stopped(&mut stop) => break,
            // Connections beyond the cap wait in the kernel's queue.
            place = Arc::clone(&places).acquire_owned() => {
                place.expect("the semaphore is never closed")
            }
        };
        tokio::select! {
            biased;
            () = stopped(&mut stop) => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let mut share = shares.part(peer.ip());
                    if !share.grow(1) {
                        // Closed at once, so that one peer leaves places for the others.
                        metrics::counter!("kezek_door_connections_refused_total").increment(1);
                        continue;
                    }
                    let (house, stop) = (Arc::clone(&house), stop.clone());
                    open.spawn(async move {
                        connection(stream, peer, house, stop).await;
                        drop((place, share));
                    });
                }
                Err(error) => {
                    // Out of descriptors, or a connection that ended at once; neither ends us.
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            Some(_) = open.join_next() => {}
        }
        while open.try_join_next().is_some() {}
    }
    drop(listener);
    let finished = async { while open.join_next().await.is_some() {} };
    if tokio::time::timeout(FINISH_TIME_MAX, finished)
        .await
        .is_err()
    {
        tracing::warn!(
            connections = open.len(),
            "connections did not finish in time"
        );
    }
}

/// Waits until a shutdown was asked for, or nobody is left who could ask.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    stop.wait_for(|stop| *stop).await.ok();
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    house: Arc<House>,
    mut stop: watch::Receiver<bool>,
) {
    // Small replies must not wait for more to send; failing to say so costs only time.
    stream.set_nodelay(true).ok();
    let service = service_fn(|request| {
        let house = Arc::clone(&house);
        async move {
            // A request with a Content-Length as well may end elsewhere for whoever passed it on,
            // and which there was is not told us: nothing behind chunks is read (RFC 9112 §6.1).
            let in_chunks = request.headers().contains_key(TRANSFER_ENCODING);
            let mut reply = route(&house, peer.ip(), request).await;
            if in_chunks {
                let close = HeaderValue::from_static("close");
                reply.headers_mut().insert(CONNECTION, close);
            }
            Ok::<_, Infallible>(reply)
        }
    });
    let serving = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME_MAX)
        .max_buf_size(HEADER_OCTETS_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(Patient::new(stream, TAKE_TIME_MAX)), service);
    tokio::pin!(serving);
    tokio::select! {
        ended = serving.as_mut() => {
            if let Err(error) = ended {
                if error.is_parse() {
                    metrics::counter!("kezek_door_not_http_total").increment(1);
                }
                tracing::debug!(%error, "a connection ended early");
            }
        }
        () = stopped(&mut stop) => {
            serving.as_mut().graceful_shutdown();
            serving.await.ok();
        }
    }
}

fn text(status: StatusCode, text: String) -> Reply {
    typed(status, "text/plain; charset=utf-8", text)
}

fn typed(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(Full::new(body.into()));
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(
        "x-content-type-options",
        HeaderValue::from_static("nosniff"),
    );
    reply
}
