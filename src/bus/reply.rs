//! Replies: one lane per gateway, on which its answers come back.
//!
//! The lane is exclusive and goes with the connection; after a reconnect there is a new one, and
//! those who waited on the old one are told at once. An answer that nobody waits for is dropped and
//! counted: the stored answer is what counts.

use std::collections::HashMap;
use std::error::Error;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::StreamExt;
use lapin::options::{BasicConsumeOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::{Connection, Consumer};
use tokio::sync::{oneshot, watch};
use tokio::time::{sleep, timeout};

use super::mail::short;
use super::{Link, Topology, Trouble};

/// How long the broker may take to make the lane.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// Where an answer is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyAddress {
    /// Name of the reply lane on the broker.
    pub lane: String,
    /// 128 random bits in hexadecimal.
    pub correlation: String,
}

/// Why no answer will come to this gateway. The message may have been answered nevertheless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// The connection was lost, and with it the reply lane.
    #[error("the reply lane was lost")]
    Disconnected,
}

type Waiting = Arc<Mutex<HashMap<String, oneshot::Sender<Vec<u8>>>>>;

/// The answers that this gateway waits for.
#[derive(Clone)]
pub struct Replies {
    waiting: Waiting,
    lane: watch::Receiver<Option<String>>,
    _listener: Arc<Listener>,
}

struct Listener(tokio::task::JoinHandle<()>);

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// An answer that is waited for; dropping it ends the waiting.
pub struct Expected {
    /// Where the answer is to be sent.
    pub address: ReplyAddress,
    answer: oneshot::Receiver<Vec<u8>>,
    waiting: Waiting,
}

impl Replies {
    /// Begins to listen, now and after each reconnect.
    pub fn listen(link: Link, topology: Topology) -> Self {
        let waiting = Waiting::default();
        let (to, lane) = watch::channel(None);
        let listener = tokio::spawn(listen(link, topology, Arc::clone(&waiting), to));
        Self {
            waiting,
            lane,
            _listener: Arc::new(Listener(listener)),
        }
    }

    /// Is there a reply lane now?
    pub fn is_ready(&self) -> bool {
        self.lane.borrow().is_some()
    }

    /// Waits until there is a reply lane, up to this limit.
    pub async fn ready(&self, limit: Duration) -> bool {
        let mut lane = self.lane.clone();
        let found = timeout(limit, lane.wait_for(Option::is_some)).await;
        found.is_ok_and(|found| found.is_ok())
    }

    /// Announces an answer: the address goes with the parcel, the rest is awaited.
    pub fn expect(&self) -> Result<Expected, Trouble> {
        let correlation = random().ok_or(Trouble::Disconnected { source: None })?;
        let (to, answer) = oneshot::channel();
        // In this order: a lane that is lost in between takes the entry with it.
        lock(&self.waiting).insert(correlation.clone(), to);
        let lane = self.lane.borrow().clone();
        let expected = Expected {
            address: ReplyAddress {
                lane: lane.clone().unwrap_or_default(),
                correlation,
            },
            answer,
            waiting: Arc::clone(&self.waiting),
        };
        if lane.is_none() {
            return Err(Trouble::Disconnected { source: None });
        }
        Ok(expected)
    }

    /// How many answers are waited for.
    pub fn waiting(&self) -> usize {
        lock(&self.waiting).len()
    }
}

impl Future for Expected {
    type Output = Result<Vec<u8>, Lost>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.answer)
            .poll(context)
            .map_err(|_| Lost::Disconnected)
    }
}

impl Drop for Expected {
    fn drop(&mut self) {
        lock(&self.waiting).remove(&self.address.correlation);
    }
}

async fn listen(
    link: Link,
    topology: Topology,
    waiting: Waiting,
    lane: watch::Sender<Option<String>>,
) {
    loop {
        let connection = link.connected().await;
        match timeout(ANSWER_MAX, open(&connection, &topology)).await {
            Ok(Ok((name, consumer))) => {
                lane.send_replace(Some(name));
                tokio::select! {
                    () = hand_out(consumer, &waiting) => {}
                    () = link.lost(&connection) => {}
                }
                lane.send_replace(None);
                // Dropping the senders tells everybody who waits.
                lock(&waiting).clear();
            }
            Ok(Err(error)) => {
                tracing::warn!(
                    error = &error as &dyn Error,
                    "the reply lane cannot be opened"
                );
            }
            Err(_) => tracing::warn!("the reply lane is not opened in time"),
        }
        // Also the pause after a lane that the broker has taken away.
        sleep(Duration::from_millis(100)).await;
    }
}

async fn open(connection: &Connection, topology: &Topology) -> Result<(String, Consumer), Trouble> {
    let name = topology.prefixed(&format!("reply.{}", uuid::Uuid::new_v4().simple()));
    let lane = short(&name, "the name of a reply lane")?;
    let channel = connection.create_channel().await?;
    let options = QueueDeclareOptions::exclusive().auto_delete();
    channel
        .queue_declare(lane.clone(), options, FieldTable::default())
        .await?;
    let options = BasicConsumeOptions {
        no_ack: true,
        ..BasicConsumeOptions::default()
    };
    let consumer = channel
        .basic_consume(lane, "".into(), options, FieldTable::default())
        .await?;
    Ok((name, consumer))
}

async fn hand_out(mut consumer: Consumer, waiting: &Waiting) {
    while let Some(Ok(delivery)) = consumer.next().await {
        let known = delivery
            .properties
            .correlation_id()
            .as_ref()
            .and_then(|correlation| lock(waiting).remove(correlation.as_str()));
        let taken = known.is_some_and(|to| to.send(delivery.data).is_ok());
        let outcome = if taken { "taken" } else { "unclaimed" };
        metrics::counter!("kezek_bus_replies_total", "outcome" => outcome).increment(1);
    }
}

fn lock(waiting: &Waiting) -> std::sync::MutexGuard<'_, HashMap<String, oneshot::Sender<Vec<u8>>>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

fn random() -> Option<String> {
    let mut bits = [0u8; 16];
    aws_lc_rs::rand::fill(&mut bits).ok()?;
    Some(format!("{:032x}", u128::from_be_bytes(bits)))
}
