//! Trouble: why the bus did not do it.

use lapin::protocol::{AMQPErrorKind, AMQPSoftError};

/// Ours, not the sender's. None of these tells that a message was *not* taken, except
/// [`Trouble::Returned`], [`Trouble::Refused`] and those that precede the publication.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The broker has blocked this connection: a memory or disk alarm.
    #[error("the broker has blocked the connection")]
    Blocked,
    /// There are as many publications in flight as are allowed, and none ended within the limit.
    #[error("too many publications are in flight")]
    Crowded,
    /// The lane exists, but was declared with other arguments.
    #[error("lane {lane} exists with other arguments")]
    Declared {
        /// Its name.
        lane: String,
        /// What the broker said.
        #[source]
        source: lapin::Error,
    },
    /// There is no connection, or it was lost.
    #[error("the broker is away")]
    Disconnected {
        /// What the driver said, where it said anything.
        #[source]
        source: Option<lapin::Error>,
    },
    /// A lane does not exist: the topology was not declared.
    #[error("lane {lane} does not exist")]
    Missing {
        /// Its name.
        lane: String,
    },
    /// The broker refused the message (nack): the lane is full, or a queue has failed.
    #[error("the broker refused the message")]
    Refused,
    /// No lane took the message, although one must.
    #[error("no lane took the message: {code}")]
    Returned {
        /// The broker's code.
        code: u16,
    },
    /// No confirm within the limit; whether the broker has the message is not known.
    #[error("no confirm within the limit")]
    Timeout,
    /// A text is too long for a short string of AMQP.
    #[error("{0} is longer than 255 octets")]
    TooLong(&'static str),
    /// The address of the broker cannot be read.
    #[error("the address of the broker cannot be read: {0}")]
    Url(String),
}

impl From<lapin::Error> for Trouble {
    fn from(source: lapin::Error) -> Self {
        Self::Disconnected {
            source: Some(source),
        }
    }
}

/// The kind of a channel-level error, if it is one.
pub(super) fn soft(error: &lapin::Error) -> Option<&AMQPSoftError> {
    let lapin::ErrorKind::ProtocolError(told) = error.kind() else {
        return None;
    };
    match told.kind() {
        AMQPErrorKind::Soft(soft) => Some(soft),
        AMQPErrorKind::Hard(_) => None,
    }
}
