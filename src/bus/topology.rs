//! Topology: every exchange, lane and binding, as one constant table.
//!
//! Spec:  RabbitMQ quorum queues, at-least-once dead-lettering; what 3.10 and 4.x share.
//! Lanes: each has a dead lane, to which the broker moves what was delivered too often and a
//!        consumer what it buries. Nothing is ever dropped: a lane that is full refuses.
//! Retry: three rungs for all lanes. A message waits on a rung and is dead-lettered back, by the
//!        routing key that it came with, to its lane.

use std::time::Duration;

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::protocol::AMQPSoftError;
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, ExchangeKind};
use tokio::time::timeout;

use super::mail::short;
use super::trouble::soft;
use super::{Link, Trouble};

/// A lane: a queue of the broker with one class of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// What the door rejected, for the journal.
    Evidence,
    /// Requests that only read.
    RequestsRead,
    /// Requests that change something.
    RequestsWrite,
    /// Messages for the number 1414.
    Sms,
}

/// A rung of the retry ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rung {
    /// One second.
    Second,
    /// Ten seconds.
    TenSeconds,
    /// One minute.
    Minute,
}

/// Where a message can be put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On the dead lane of this lane.
    Dead(Lane),
    /// On this lane.
    Lane(Lane),
    /// On a rung, from which it returns to this lane.
    Later(Lane, Rung),
}

/// One row of the table of lanes.
struct Row {
    lane: Lane,
    name: &'static str,
    /// Beyond this the lane refuses, and the publisher is told.
    messages_max: i64,
    /// The same in octets.
    octets_max: i64,
}

const GIBI: i64 = 1 << 30;

/// The lanes.
const LANES: [Row; 4] = [
    Row {
        lane: Lane::Evidence,
        name: "evidence",
        messages_max: 50_000,
        octets_max: GIBI,
    },
    Row {
        lane: Lane::RequestsRead,
        name: "requests.read",
        messages_max: 100_000,
        octets_max: GIBI,
    },
    Row {
        lane: Lane::RequestsWrite,
        name: "requests.write",
        messages_max: 200_000,
        octets_max: 4 * GIBI,
    },
    Row {
        lane: Lane::Sms,
        name: "sms.1414",
        messages_max: 1_000_000,
        octets_max: GIBI,
    },
];

/// How often the broker delivers a message before it moves it to the dead lane. Our own guard acts
/// long before; this one is for a message that kills the whole process.
const DELIVERIES_MAX: i64 = 20;
/// A dead lane has no lane behind it: whoever inspects it may put back as often as he likes.
const INSPECTIONS_MAX: i64 = 1_000_000;
/// What a dead lane and a rung may hold.
const ASIDE_MAX: i64 = 1_000_000;

/// How long one question to the broker may take.
const ANSWER_MAX: Duration = Duration::from_secs(10);

impl Lane {
    /// Every lane.
    pub const ALL: [Self; 4] = [
        Self::Evidence,
        Self::RequestsRead,
        Self::RequestsWrite,
        Self::Sms,
    ];

    /// The name, without a prefix.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The lane of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        LANES
            .iter()
            .find(|row| row.name == name)
            .map(|row| row.lane)
    }

    fn row(self) -> &'static Row {
        LANES
            .iter()
            .find(|row| row.lane == self)
            .expect("a test finds every lane in the table")
    }
}

impl Rung {
    /// Every rung, the shortest first.
    pub const ALL: [Self; 3] = [Self::Second, Self::TenSeconds, Self::Minute];

    /// How long a message waits here.
    pub fn wait(self) -> Duration {
        match self {
            Self::Second => Duration::from_secs(1),
            Self::TenSeconds => Duration::from_secs(10),
            Self::Minute => Duration::from_secs(60),
        }
    }

    /// The rung after so many attempts: short ones first, then a minute each.
    pub fn after(attempts: u32) -> Self {
        match attempts {
            0 => Self::Second,
            1 => Self::TenSeconds,
            _ => Self::Minute,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Second => "retry.1s",
            Self::TenSeconds => "retry.10s",
            Self::Minute => "retry.60s",
        }
    }
}

/// The names of everything on the broker. A prefix keeps several installations apart in one virtual
/// host; without one, the names are those of the table.
#[derive(Debug, Clone, Default)]
pub struct Topology {
    prefix: String,
}

impl Topology {
    /// Names that begin with this.
    pub fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
        }
    }

    /// Name of a lane on the broker.
    pub fn lane(&self, lane: Lane) -> String {
        self.prefixed(lane.name())
    }

    /// Name of its dead lane on the broker.
    pub fn dead(&self, lane: Lane) -> String {
        self.prefixed(&format!("dead.{}", lane.name()))
    }

    /// Name of a rung, which is also that of its exchange.
    pub fn rung(&self, rung: Rung) -> String {
        self.prefixed(rung.name())
    }

    /// Name of the exchange through which the broker buries.
    pub fn burial(&self) -> String {
        self.prefixed("dead")
    }

    /// A name of ours.
    pub(super) fn prefixed(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// Exchange and routing key by which a place is reached.
    pub(super) fn route(&self, place: Place) -> (String, String) {
        match place {
            Place::Dead(lane) => (String::new(), self.dead(lane)),
            Place::Lane(lane) => (String::new(), self.lane(lane)),
            Place::Later(lane, rung) => (self.rung(rung), self.lane(lane)),
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lane_stands_in_the_table_once() {
        for lane in Lane::ALL {
            assert_eq!(
                LANES.iter().filter(|row| row.lane == lane).count(),
                1,
                "{lane:?}"
            );
            assert_eq!(Lane::from_name(lane.name()), Some(lane));
        }
        assert_eq!(LANES.len(), Lane::ALL.len());
    }

    #[test]
    fn message_waits_on_a_rung_under_the_name_of_its_lane() {
        let topology = Topology::new("test.");
        let (exchange, key) = topology.route(Place::Later(Lane::Sms, Rung::Second));
        assert_eq!(
            (exchange.as_str(), key.as_str()),
            ("test.retry.1s", "test.sms.1414")
        );
        let (exchange, key) = topology.route(Place::Dead(Lane::Sms));
        assert_eq!(
            (exchange.as_str(), key.as_str()),
            ("", "test.dead.sms.1414")
        );
    }

    #[test]
    fn later_attempts_wait_longer() {
        let waits: Vec<u64> = (0..4).map(|n| Rung::after(n).wait().as_secs()).collect();
        assert_eq!(waits, [1, 10, 60, 60]);
    }
}
