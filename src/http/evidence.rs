//! Evidence about what the door rejected, on its way to the journal.
//!
//! Where the signer is known the raw octets go along; else only their hash and size. Beyond ten a
//! second from one peer only a count is kept, so that evidence never becomes the attack.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::bus::{Header, Lane, Mail, Place, Publisher};
use crate::envelope::Code;
use crate::signature::{hex, sha256};
use crate::terms::Moment;

const WAITING_MAX: usize = 256;
const PER_SECOND_MAX: u32 = 10;
const PEERS_MAX: usize = 10_000;
/// Lines of counts in one minute; beyond it peers are counted together.
const COUNTED_MAX: usize = 200;
const COUNT_INTERVAL: Duration = Duration::from_secs(60);

/// What was rejected.
pub(super) struct Rejected<'a> {
    pub(super) at: Moment,
    pub(super) peer: IpAddr,
    pub(super) code: &'a str,
    pub(super) detail: Option<&'a str>,
    /// The messageId that it claims; believed or not.
    pub(super) message_id: Option<&'a str>,
    /// The participant, where the signer is known.
    pub(super) sender: Option<&'a str>,
    pub(super) service: Option<&'a str>,
    pub(super) octets: &'a [u8],
}

enum Slip {
    Mail(Box<Mail>),
    /// One more from this peer, of this code, that was not written down in full.
    Counted(IpAddr, &'static str),
}

/// Takes evidence and publishes it apart from any request.
pub(super) struct Desk(mpsc::Sender<Slip>);

impl Desk {
    pub(super) fn open(publisher: Publisher) -> Self {
        let (to, from) = mpsc::channel(WAITING_MAX);
        tokio::spawn(work(publisher, from));
        Self(to)
    }

    /// Notes a rejection; never waits. What finds no place is counted in the metrics alone.
    pub(super) fn note(&self, rejected: &Rejected<'_>) {
        if self
            .0
            .try_send(Slip::Mail(Box::new(mail(rejected))))
            .is_err()
        {
            metrics::counter!("kezek_door_evidence_dropped_total").increment(1);
        }
    }

    /// Notes a rejection before which nothing was read.
    pub(super) fn count(&self, peer: IpAddr, code: Code) {
        if self.0.try_send(Slip::Counted(peer, code.as_str())).is_err() {
            metrics::counter!("kezek_door_evidence_dropped_total").increment(1);
        }
    }
}

fn mail(rejected: &Rejected<'_>) -> Mail {
    let mut mail = Mail {
        message_id: Some(uuid::Uuid::new_v4().to_string()),
        kind: "rejected".into(),
        content_type: "application/octet-stream".into(),
        ..Mail::default()
    };
    let hash = hex(&sha256(rejected.octets));
    let size = i64::try_from(rejected.octets.len()).unwrap_or(i64::MAX);
    let mut text = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            mail.headers.insert(name.into(), Header::Text(value.into()));
        }
    };
    text("peer", Some(&rejected.peer.to_string()));
    text("code", Some(rejected.code));
    text("detail", rejected.detail);
    text("message-id", rejected.message_id);
    text("sender", rejected.sender);
    text("service", rejected.service);
    text("sha256", Some(&hash));
    mail.headers.insert("size".into(), Header::Number(size));
    mail.headers
        .insert("at".into(), Header::Number(rejected.at.millis()));
    if rejected.sender.is_some() {
        mail.body = rejected.octets.to_vec();
    }
    mail
}

/// What one peer did lately.
struct Peer {
    since: Instant,
    this_second: u32,
}

async fn work(publisher: Publisher, mut slips: mpsc::Receiver<Slip>) {
    let mut peers: HashMap<String, Peer> = HashMap::new();
    let mut counted: HashMap<(String, String), i64> = HashMap::new();
    let mut minute = tokio::time::interval(COUNT_INTERVAL);
    loop {
        tokio::select! {
            slip = slips.recv() => match slip {
                None => break,
                Some(Slip::Counted(peer, code)) => count(&mut counted, peer.to_string(), code),
                Some(Slip::Mail(mail)) => {
                    let peer = mail.text("peer").unwrap_or_default().to_owned();
                    if within_rate(&mut peers, &peer) {
                        publish(&publisher, &mail).await;
                    } else {
                        count(&mut counted, peer, mail.text("code").unwrap_or_default());
                    }
                }
            },
            _ = minute.tick() => {
                peers.retain(|_, peer| peer.since.elapsed() < COUNT_INTERVAL);
                for ((peer, code), count) in counted.drain() {
                    publish(&publisher, &count_mail(&peer, &code, count)).await;
                }
            }
        }
    }
}

/// Counts one more, under its peer as long as there are few of them.
fn count(counted: &mut HashMap<(String, String), i64>, peer: String, code: &str) {
    let mut key = (peer, code.to_owned());
    if counted.len() >= COUNTED_MAX && !counted.contains_key(&key) {
        key.0 = "many".to_owned();
    }
    *counted.entry(key).or_default() += 1;
}

fn within_rate(peers: &mut HashMap<String, Peer>, name: &str) -> bool {
    if peers.len() >= PEERS_MAX && !peers.contains_key(name) {
        return false;
    }
    let fresh = || Peer {
        since: Instant::now(),
        this_second: 0,
    };
    let peer = peers.entry(name.to_owned()).or_insert_with(fresh);
    if peer.since.elapsed() >= Duration::from_secs(1) {
        *peer = fresh();
    }
    peer.this_second += 1;
    peer.this_second <= PER_SECOND_MAX
}

fn count_mail(peer: &str, code: &str, count: i64) -> Mail {
    let mut mail = Mail {
        message_id: Some(uuid::Uuid::new_v4().to_string()),
        kind: "rejected".into(),
        content_type: "application/octet-stream".into(),
        ..Mail::default()
    };
    mail.headers
        .insert("peer".into(), Header::Text(peer.into()));
    mail.headers
        .insert("code".into(), Header::Text(code.into()));
    mail.headers.insert("count".into(), Header::Number(count));
    mail.headers
        .insert("at".into(), Header::Number(crate::clock::now().millis()));
    mail
}

async fn publish(publisher: &Publisher, mail: &Mail) {
    if let Err(trouble) = publisher.publish(Place::Lane(Lane::Evidence), mail).await {
        metrics::counter!("kezek_door_evidence_dropped_total").increment(1);
        tracing::warn!(%trouble, "evidence was not taken by the bus");
    }
}
