//! Publishing: a message counts as given only when the broker has confirmed it.
//!
//! Spec:  RabbitMQ confirms: of an unroutable message the return comes before the confirm.
//! Shape: one publication per channel at a time, many channels side by side. The driver gives a
//!        return to whichever publication of the channel is confirmed next; with one in flight
//!        that is always the right one, so no message is ever thought delivered that was returned.
//!        A channel whose publication did not end in time is thrown away with it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Channel, Confirmation};
use tokio::sync::{Mutex as Turn, Semaphore};
use tokio::time::timeout;

use super::mail::short;
use super::{Link, Mail, Place, ReplyAddress, Topology, Trouble};

const PERSISTENT: u8 = 2;
const TRANSIENT: u8 = 1;

/// Publishes through one link.
#[derive(Clone)]
pub struct Publisher(Arc<Inner>);

struct Inner {
    link: Link,
    topology: Topology,
    in_flight: Semaphore,
    idle: Mutex<Vec<Channel>>,
    answers: Turn<Option<Channel>>,
    limit: Duration,
}

impl Publisher {
    /// A publisher with at most so many publications in flight, each of which ends within `limit`.
    pub fn new(link: Link, topology: Topology, in_flight_max: usize, limit: Duration) -> Self {
        Self(Arc::new(Inner {
            link,
            topology,
            in_flight: Semaphore::new(in_flight_max.max(1)),
            idle: Mutex::new(Vec::new()),
            answers: Turn::new(None),
            limit,
        }))
    }

    /// The names on the broker.
    pub fn topology(&self) -> &Topology {
        &self.0.topology
    }

    /// Can a publication be expected to succeed now?
    pub fn is_ready(&self) -> bool {
        self.0.link.is_ready()
    }

    /// Puts a message where it belongs; `Ok` only if the broker has confirmed that a lane has it.
    pub async fn publish(&self, place: Place, mail: &Mail) -> Result<(), Trouble> {
        let begun = Instant::now();
        let (exchange, key) = self.0.topology.route(place);
        let told = self.0.published(&exchange, &key, mail).await;
        let outcome = told.as_ref().map_or_else(word, |()| "confirmed");
        let lane = match place {
            Place::Dead(lane) | Place::Lane(lane) | Place::Later(lane, _) => lane.name(),
        };
        metrics::counter!("kezek_bus_published_total", "lane" => lane, "outcome" => outcome)
            .increment(1);
        metrics::histogram!("kezek_bus_publish_seconds").record(begun.elapsed().as_secs_f64());
        told
    }

    /// Sends an answer to a waiting gateway: at most once, gone after `ttl`, to nobody if the
    /// gateway is. The stored answer is what counts.
    pub async fn answer(
        &self,
        to: &ReplyAddress,
        answer: &[u8],
        ttl: Duration,
    ) -> Result<(), Trouble> {
        let properties = BasicProperties::default()
            .with_delivery_mode(TRANSIENT)
            .with_correlation_id(short(&to.correlation, "a correlation")?)
            .with_expiration(short(&ttl.as_millis().to_string(), "a time to live")?);
        let lane = short(&to.lane, "the name of a reply lane")?;
        let sent = async {
            let channel = self.0.answering().await?;
            let options = BasicPublishOptions::default();
            channel
                .basic_publish("".into(), lane, options, answer, properties)
                .await?;
            Ok(())
        };
        let told = timeout(self.0.limit, sent)
            .await
            .unwrap_or(Err(Trouble::Timeout));
        let outcome = told.as_ref().map_or_else(word, |()| "sent");
        metrics::counter!("kezek_bus_answers_total", "outcome" => outcome).increment(1);
        told
    }
}

impl Inner {
    async fn published(&self, exchange: &str, key: &str, mail: &Mail) -> Result<(), Trouble> {
        let properties = mail.properties()?.with_delivery_mode(PERSISTENT);
        let (exchange, key) = (
            short(exchange, "an exchange")?,
            short(key, "a routing key")?,
        );
        let deadline = tokio::time::Instant::now() + self.limit;
        let permit = tokio::time::timeout_at(deadline, self.in_flight.acquire()).await;
        let _permit = permit
            .map_err(|_| Trouble::Crowded)?
            .expect("nobody closes the semaphore");
        let channel = tokio::time::timeout_at(deadline, self.channel())
            .await
            .map_err(|_| Trouble::Disconnected { source: None })??;
        let options = BasicPublishOptions {
            mandatory: true,
            immediate: false,
        };
        let sent = async {
            let publication = channel
                .basic_publish(exchange, key, options, &mail.body, properties)
                .await?;
            publication.await
        };
        let told = match tokio::time::timeout_at(deadline, sent).await {
            Ok(Ok(told)) => told,
            Ok(Err(source)) => return Err(source.into()),
            Err(_) if !self.link.is_ready() => return Err(Trouble::Blocked),
            Err(_) => return Err(Trouble::Timeout),
        };
        // Only a channel that owes nothing is used again.
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(channel);
        match told {
            Confirmation::Ack(None) => Ok(()),
            Confirmation::Ack(Some(returned)) | Confirmation::Nack(Some(returned)) => {
                Err(Trouble::Returned {
                    code: returned.reply_code,
                })
            }
            Confirmation::Nack(None) => Err(Trouble::Refused),
            // Confirms are always asked for; without one nothing is known.
            Confirmation::NotRequested => Err(Trouble::Timeout),
        }
    }

    /// A channel in confirm mode on which nothing is in flight.
    async fn channel(&self) -> Result<Channel, Trouble> {
        let connection = self.link.connection(self.limit).await?;
        if connection.status().blocked() {
            return Err(Trouble::Blocked);
        }
        loop {
            let idle = self
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop();
            match idle {
                Some(channel) if channel.status().connected() => return Ok(channel),
                Some(_) => {}
                None => break,
            }
        }
        let channel = connection.create_channel().await?;
        channel
            .confirm_select(ConfirmSelectOptions::default())
            .await?;
        Ok(channel)
    }

    /// The channel for answers, which asks for no confirms.
    async fn answering(&self) -> Result<Channel, Trouble> {
        let mut held = self.answers.lock().await;
        if let Some(channel) = held.as_ref().filter(|channel| channel.status().connected()) {
            return Ok(channel.clone());
        }
        let channel = self
            .link
            .connection(self.limit)
            .await?
            .create_channel()
            .await?;
        *held = Some(channel.clone());
        Ok(channel)
    }
}

/// One word for the metric.
fn word(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Blocked => "blocked",
        Trouble::Crowded => "crowded",
        Trouble::Declared { .. } => "declared",
        Trouble::Disconnected { .. } => "disconnected",
        Trouble::Missing { .. } => "missing",
        Trouble::Refused => "refused",
        Trouble::Returned { .. } => "returned",
        Trouble::Timeout => "timeout",
        Trouble::TooLong(_) => "too_long",
        Trouble::Url(_) => "url",
    }
}
