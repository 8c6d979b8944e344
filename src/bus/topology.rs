//! Topology: every exchange, lane and binding, as one constant table.
//!
//! Spec:  RabbitMQ quorum queues, at-least-once dead-lettering; what 3.10 and 4.x share.
//! Lanes: each has a dead lane, to which the broker moves what was delivered too often and a
//!        consumer what it buries. Nothing is ever dropped: a lane that is full refuses.
//! Retry: three rungs for all lanes. A message waits on a rung and is dead-lettered back, by the
//!        routing key that it came with, to its lane.

use std::time::Duration;

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
pub(super) struct Row {
    pub(super) lane: Lane,
    pub(super) name: &'static str,
    /// Beyond this the lane refuses, and the publisher is told.
    pub(super) messages_max: i64,
    /// The same in octets.
    pub(super) octets_max: i64,
}

const GIBI: i64 = 1 << 30;

/// The lanes.
pub(super) const LANES: [Row; 4] = [
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
