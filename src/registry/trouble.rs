//! Trouble: what went wrong in the cellar, told apart by what the worker does next.

use std::error::Error;
use std::fmt;

use deadpool_postgres::PoolError;
use tokio_postgres::error::SqlState;

/// Ours, not the sender's. The source is attached, never repeated in the message.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Postgres is away, starting, shutting down or full: this says nothing of the message.
    #[error("the database is away")]
    Away {
        /// What the driver said, where it said anything.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// The schema lacks migrations that this program needs.
    #[error("the schema lacks {missing} migration(s), the first of them {first}")]
    Behind {
        /// The first migration that is missing.
        first: String,
        /// How many are missing.
        missing: usize,
    },
    /// Another transaction was in the way (deadlock, serialization, a lock not granted or a
    /// statement not finished in time).
    #[error("another transaction was in the way")]
    Contended {
        /// What was said.
        #[source]
        source: Said,
    },
    /// A unique rule of the schema refused a second row.
    #[error("the schema allows one row only: {constraint}")]
    Duplicate {
        /// The constraint or unique index that refused.
        constraint: String,
        /// What was said.
        #[source]
        source: Said,
    },
    /// An applied migration is not the one that this program carries.
    #[error("migration {name} was applied with another text")]
    Rewritten {
        /// The migration's file name.
        name: String,
    },
    /// A statement failed for another reason.
    #[error("a statement failed")]
    Statement {
        /// What was said.
        #[source]
        source: Said,
    },
    /// A row or a count is not what the schema promises.
    #[error("the registry holds what it should not: {0}")]
    Unexpected(&'static str),
    /// Postgres answers and cannot work: no space or memory, a fault of its own, a table or a right
    /// that is missing. This says nothing of the message either.
    #[error("the database answers but cannot work")]
    Unfit {
        /// What was said.
        #[source]
        source: Said,
    },
    /// The address of the database cannot be read.
    #[error("the address of the database cannot be read")]
    Url {
        /// What was said.
        #[source]
        source: Said,
    },
}

impl Trouble {
    /// Is it Postgres, whatever the message? Then the worker stops pulling and keeps what it holds.
    pub fn is_outage(&self) -> bool {
        matches!(self, Self::Away { .. } | Self::Unfit { .. })
    }

    /// Does Postgres answer and yet cannot work? It will not mend itself: somebody must look.
    pub fn is_unfit(&self) -> bool {
        matches!(self, Self::Unfit { .. })
    }

    /// May the same transaction succeed if it is simply run again?
    pub fn is_contention(&self) -> bool {
        matches!(self, Self::Contended { .. })
    }

    /// The unique rule that refused, if that is what happened.
    pub fn duplicate_of(&self) -> Option<&str> {
        if let Self::Duplicate { constraint, .. } = self {
            Some(constraint)
        } else {
            None
        }
    }

    /// The driver could not read the address.
    pub(super) fn url(source: tokio_postgres::Error) -> Self {
        Self::Url {
            source: Said::of(source),
        }
    }

    /// An outage that the driver did not report itself.
    pub(super) fn away(source: impl Error + Send + Sync + 'static) -> Self {
        Self::Away {
            source: Some(Box::new(source)),
        }
    }
}

/// States by which Postgres says "not me, not now": class 08, 57P01–57P03, 53300, 25006 (a
/// standby that was promoted away), and the shutdown of a backend.
fn says_away(state: &SqlState) -> bool {
    const AWAY: [SqlState; 5] = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::READ_ONLY_SQL_TRANSACTION,
    ];
    state.code().starts_with("08") || AWAY.contains(state)
}

fn says_contended(state: &SqlState) -> bool {
    const CONTENDED: [SqlState; 5] = [
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::LOCK_NOT_AVAILABLE,
        SqlState::QUERY_CANCELED,
    ];
    CONTENDED.contains(state)
}

/// Classes by which Postgres says "not any message, now": of rights (28), names that are missing
/// (3D, 3F, 42), resources (53), an operator (57), its system (58), its configuration (F0) and its
/// own faults (XX). What a statement says of its own values is of other classes: 21, 22, 23, 54.
fn says_unfit(state: &SqlState) -> bool {
    const CLASSES: [&str; 9] = ["28", "3D", "3F", "42", "53", "57", "58", "F0", "XX"];
    CLASSES.iter().any(|class| state.code().starts_with(class))
}

/// What the server or the driver said, without what a row holds: details, and the texts of wrong
/// values, name the numbers and names of people, and an error ends in a log.
#[derive(Debug)]
pub struct Said {
    text: String,
    cause: Option<tokio_postgres::Error>,
}

impl Said {
    fn of(source: tokio_postgres::Error) -> Self {
        let Some(told) = source.as_db_error() else {
            return Self {
                text: "the driver failed".to_owned(),
                cause: Some(source),
            };
        };
        let code = told.code().code();
        // Class 22 quotes the value that was wrong.
        let message = if code.starts_with("22") {
            "a value was wrong"
        } else {
            told.message()
        };
        let place = |name, what: Option<&str>| what.map(|what| format!(", {name} {what}"));
        let constraint = place("constraint", told.constraint()).unwrap_or_default();
        let table = place("table", told.table()).unwrap_or_default();
        Self {
            text: format!("{code}: {message}{table}{constraint}"),
            cause: None,
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Said {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as _)
    }
}

impl From<tokio_postgres::Error> for Trouble {
    fn from(source: tokio_postgres::Error) -> Self {
        let Some(told) = source.as_db_error() else {
            // Without a word from the server it is the connection that failed, unless a value of
            // ours could not be written or read.
            let ours = source
                .source()
                .is_some_and(|cause| cause.downcast_ref::<std::io::Error>().is_none());
            return if source.is_closed() || !ours {
                Self::away(Said::of(source))
            } else {
                Self::Statement {
                    source: Said::of(source),
                }
            };
        };
        let state = told.code().clone();
        let constraint = told.constraint().unwrap_or("unnamed").to_owned();
        let source = Said::of(source);
        if says_away(&state) {
            Self::away(source)
        } else if says_contended(&state) {
            Self::Contended { source }
        } else if state == SqlState::UNIQUE_VIOLATION {
            Self::Duplicate { constraint, source }
        } else if says_unfit(&state) {
            Self::Unfit { source }
        } else {
            Self::Statement { source }
        }
    }
}

impl From<PoolError> for Trouble {
    fn from(source: PoolError) -> Self {
        match source {
            // A wrong password or a missing database at connect is no outage, but nobody can work
            // without it either: waiting is what an administrator can end.
            PoolError::Backend(cause) => Self::away(Said::of(cause)),
            PoolError::Timeout(_)
            | PoolError::Closed
            | PoolError::NoRuntimeSpecified
            | PoolError::PostCreateHook(_) => Self::away(source),
        }
    }
}
