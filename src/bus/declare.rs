//! Declaring the topology, and looking at it.
//!
//! Spec:  queue.declare is idempotent where the arguments are the same; else the broker answers
//!        PRECONDITION_FAILED and closes the channel.

use std::error::Error;
use std::time::Duration;

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::protocol::AMQPSoftError;
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, ExchangeKind};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::mail::short;
use super::topology::{LANES, Lane, Row, Rung, Topology};
use super::trouble::soft;
use super::{Link, Trouble};

/// How often the broker delivers a message before it moves it to the dead lane. Our own guard acts
/// long before; this one is for a message that kills the whole process.
const DELIVERIES_MAX: i64 = 20;
/// A dead lane has no lane behind it: whoever inspects it may put back as often as he likes.
const INSPECTIONS_MAX: i64 = 1_000_000;
/// What a dead lane and a rung may hold.
const ASIDE_MAX: i64 = 1_000_000;

/// How long one question to the broker may take.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// The pause after the lanes could not be declared.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// A lane as the broker has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneState {
    /// Its name on the broker.
    pub name: String,
    /// How many messages are ready and how many consumers there are; nothing if it does not exist.
    pub counts: Option<(u32, u32)>,
}

/// Declares everything. What exists already with the same arguments stays as it is.
pub async fn declare(link: &Link, topology: &Topology) -> Result<(), Trouble> {
    let channel = open(link).await?;
    let burial = topology.burial();
    exchange(&channel, &burial, ExchangeKind::Direct).await?;
    for row in &LANES {
        let (lane, dead) = (topology.lane(row.lane), topology.dead(row.lane));
        queue(
            &channel,
            &dead,
            aside([("x-delivery-limit", INSPECTIONS_MAX.into())]),
        )
        .await?;
        bind(&channel, &dead, &burial, &dead).await?;
        queue(&channel, &lane, arguments(row, &burial, &dead)).await?;
    }
    for rung in Rung::ALL {
        let name = topology.rung(rung);
        let wait = i64::try_from(rung.wait().as_millis()).expect("a rung is a minute at most");
        exchange(&channel, &name, ExchangeKind::Fanout).await?;
        // To the default exchange, by the routing key it came with: back to its lane.
        let back = [
            ("x-message-ttl", wait.into()),
            ("x-dead-letter-exchange", text("")),
            ("x-dead-letter-strategy", text("at-least-once")),
        ];
        queue(&channel, &name, aside(back)).await?;
        bind(&channel, &name, &name, "").await?;
    }
    // The channel was only for this; whether it closes well does not matter.
    let _ = timeout(ANSWER_MAX, channel.close(200, "declared".into())).await;
    Ok(())
}

/// Declares everything, and again after each loss of the broker: what comes back may be another
/// one that has none of it. Says so once, after the first time; does not end.
pub async fn keep_declared(link: &Link, topology: &Topology, first: oneshot::Sender<()>) {
    let mut first = Some(first);
    loop {
        let connection = link.connected().await;
        match declare(link, topology).await {
            Ok(()) => {
                if let Some(first) = first.take() {
                    first.send(()).ok();
                }
                link.lost(&connection).await;
            }
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn Error,
                    "the lanes are not declared yet"
                );
                sleep(RETRY_INTERVAL).await;
            }
        }
    }
}

/// Looks at every lane, dead lane and rung.
pub async fn inspect(link: &Link, topology: &Topology) -> Result<Vec<LaneState>, Trouble> {
    let lanes = Lane::ALL
        .iter()
        .flat_map(|lane| [topology.lane(*lane), topology.dead(*lane)]);
    let names: Vec<String> = lanes
        .chain(Rung::ALL.iter().map(|rung| topology.rung(*rung)))
        .collect();
    let mut states = Vec::with_capacity(names.len());
    let mut channel = open(link).await?;
    for name in names {
        let passive = QueueDeclareOptions::durable().passive();
        let asked = channel.queue_declare(short(&name, "a lane")?, passive, FieldTable::default());
        let counts = match bounded(asked).await? {
            Ok(found) => Some((found.message_count(), found.consumer_count())),
            Err(error) if soft(&error) == Some(&AMQPSoftError::NOTFOUND) => {
                // The broker closes the channel with this answer.
                channel = open(link).await?;
                None
            }
            Err(error) => return Err(error.into()),
        };
        states.push(LaneState { name, counts });
    }
    let _ = timeout(ANSWER_MAX, channel.close(200, "inspected".into())).await;
    Ok(states)
}

async fn open(link: &Link) -> Result<Channel, Trouble> {
    let connection = link.connection(ANSWER_MAX).await?;
    Ok(bounded(connection.create_channel()).await??)
}

async fn bounded<T>(
    question: impl Future<Output = Result<T, lapin::Error>>,
) -> Result<Result<T, lapin::Error>, Trouble> {
    timeout(ANSWER_MAX, question)
        .await
        .map_err(|_| Trouble::Timeout)
}

async fn exchange(channel: &Channel, name: &str, kind: ExchangeKind) -> Result<(), Trouble> {
    let options = ExchangeDeclareOptions {
        durable: true,
        ..ExchangeDeclareOptions::default()
    };
    let declared = channel.exchange_declare(
        short(name, "an exchange")?,
        kind,
        options,
        FieldTable::default(),
    );
    bounded(declared)
        .await?
        .map_err(|source| declared_otherwise(name, source))
}

async fn queue(channel: &Channel, name: &str, arguments: FieldTable) -> Result<(), Trouble> {
    let options = QueueDeclareOptions::durable();
    let declared = channel.queue_declare(short(name, "a lane")?, options, arguments);
    bounded(declared)
        .await?
        .map(drop)
        .map_err(|source| declared_otherwise(name, source))
}

async fn bind(channel: &Channel, queue: &str, from: &str, key: &str) -> Result<(), Trouble> {
    let bound = channel.queue_bind(
        short(queue, "a lane")?,
        short(from, "an exchange")?,
        short(key, "a routing key")?,
        QueueBindOptions::default(),
        FieldTable::default(),
    );
    Ok(bounded(bound).await??)
}

fn declared_otherwise(lane: &str, source: lapin::Error) -> Trouble {
    if soft(&source) == Some(&AMQPSoftError::PRECONDITIONFAILED) {
        Trouble::Declared {
            lane: lane.to_owned(),
            source,
        }
    } else {
        source.into()
    }
}

fn arguments(row: &Row, burial: &str, dead: &str) -> FieldTable {
    table([
        ("x-queue-type", text("quorum")),
        ("x-delivery-limit", DELIVERIES_MAX.into()),
        ("x-dead-letter-exchange", text(burial)),
        ("x-dead-letter-routing-key", text(dead)),
        // At-least-once holds only where a full lane refuses; with drop-head it falls back.
        ("x-dead-letter-strategy", text("at-least-once")),
        ("x-overflow", text("reject-publish")),
        ("x-max-length", row.messages_max.into()),
        ("x-max-length-bytes", row.octets_max.into()),
    ])
}

fn aside<const N: usize>(more: [(&'static str, AMQPValue); N]) -> FieldTable {
    let mut arguments = table([
        ("x-queue-type", text("quorum")),
        ("x-overflow", text("reject-publish")),
        ("x-max-length", ASIDE_MAX.into()),
    ]);
    for (name, value) in more {
        arguments.insert(name.into(), value);
    }
    arguments
}

fn table<const N: usize>(rows: [(&'static str, AMQPValue); N]) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, value) in rows {
        table.insert(name.into(), value);
    }
    table
}

fn text(text: &str) -> AMQPValue {
    AMQPValue::LongString(text.into())
}
