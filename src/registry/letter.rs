//! Letters: messages of ours to systems that asked by the asynchronous channel.
//!
//! A letter is written by [`Transaction::enclose`] in the transaction that answers its question, so
//! there is one for each question that was accepted, and none for one that was not. How it gets to
//! its peer stands in `delivery`.

mod delivery;
mod report;

use tokio_postgres::Row;
use uuid::Uuid;

use super::{Registry, Transaction, Trouble};
use crate::terms::Moment;

pub use delivery::{Claim, Claimant, LaneLine, LetterLine, Waiting};
pub use report::Reported;

/// Where a letter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterState {
    /// Its peer has it.
    Delivered,
    /// Its term ended first.
    Expired,
    /// Its peer does not want it.
    Refused,
    /// It waits for its turn, or for its peer.
    Waiting,
}

impl LetterState {
    const ALL: [Self; 4] = [Self::Delivered, Self::Expired, Self::Refused, Self::Waiting];

    /// The code in rows.
    pub fn code(self) -> &'static str {
        match self {
            Self::Delivered => "DELIVERED",
            Self::Expired => "EXPIRED",
            Self::Refused => "REFUSED",
            Self::Waiting => "WAITING",
        }
    }

    fn of(code: &str) -> Result<Self, Trouble> {
        let mut all = Self::ALL.into_iter();
        let known = all.find(|state| state.code() == code);
        known.ok_or(Trouble::Unexpected("a state of letters that is not known"))
    }
}

/// A letter that is written.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// Its identity, the same each time it is sent.
    pub message_id: Uuid,
    /// To whom it is handed.
    pub peer: &'a str,
    /// For whom it is.
    pub sender: &'a str,
    /// The chain that it belongs to.
    pub correlation_id: &'a str,
    /// Key of the message that it answers.
    pub answers: &'a str,
    /// The service.
    pub service: &'a str,
    /// What it is in its chain.
    pub kind: &'static str,
    /// Outcome of the service.
    pub status: &'a str,
    /// The element in `data`.
    pub payload: &'a [u8],
    /// Our number of the application that it tells of.
    pub application: Option<i64>,
    /// When it was decided.
    pub created_at: Moment,
    /// Until when it is tried.
    pub expires_at: Moment,
}

/// What happened to an application, for the chains that tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Our number of the application.
    pub application: i64,
    /// The element in `data`.
    pub payload: String,
}

/// What became of a message of a sender, or of ours to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whereabouts {
    /// Where it is, if it is a letter of ours.
    pub letter: Option<LetterState>,
    /// Outcome of the service.
    pub status: String,
    /// Since when it is so.
    pub since: Moment,
    /// The letter that answers it, and where that is.
    pub answer: Option<(Uuid, LetterState)>,
}

const ENCLOSE: &str = "
    INSERT INTO letter (message_id, peer, sender, correlation_id, answers, service, kind, status,
                        payload, application, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

const KNOWS_CHAIN: &str = "
    SELECT FROM letter
    WHERE sender = $1 AND correlation_id = $2
    LIMIT 1";

const WHEREABOUTS: &str = "
    SELECT l.state, l.status, coalesce(l.ended_at, l.created_at) AS since,
           NULL::uuid AS answer, NULL::text AS answer_state
    FROM letter AS l
    WHERE l.sender = $1 AND l.message_id = $3
    UNION ALL
    SELECT NULL, i.status, i.answered_at, a.message_id, a.state
    FROM inbox AS i
    LEFT JOIN letter AS a
           ON a.sender = i.sender AND a.answers = i.message_key AND a.kind = 'RESPONSE'
    WHERE i.sender = $1 AND i.message_key = $2
    LIMIT 1";

impl Transaction {
    /// Writes a letter.
    pub async fn enclose(&self, letter: &Letter<'_>) -> Result<(), Trouble> {
        let statement = self.prepare(ENCLOSE).await?;
        self.client()
            .execute(
                &statement,
                &[
                    &letter.message_id,
                    &letter.peer,
                    &letter.sender,
                    &letter.correlation_id,
                    &letter.answers,
                    &letter.service,
                    &letter.kind,
                    &letter.status,
                    &letter.payload,
                    &letter.application,
                    &letter.created_at.to_utc(),
                    &letter.expires_at.to_utc(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Whether this sender has begun a chain of this name.
    pub async fn knows_chain(&self, sender: &str, chain: &str) -> Result<bool, Trouble> {
        let found = self.rows(KNOWS_CHAIN, &[&sender, &chain]).await?;
        Ok(!found.is_empty())
    }
}

impl Registry {
    /// What became of a message that this sender sent, or that we wrote to it; nothing, if there
    /// is none of this identity.
    pub async fn whereabouts(
        &self,
        sender: &str,
        message_id: &str,
    ) -> Result<Option<Whereabouts>, Trouble> {
        let identity = Uuid::parse_str(message_id).ok();
        let mut lent = self.open().await?;
        let statement = lent.prepare(WHEREABOUTS).await?;
        let found = lent
            .client()
            .query_opt(&statement, &[&sender, &message_id, &identity])
            .await?;
        lent.finish();
        found.as_ref().map(whereabouts).transpose()
    }
}

fn whereabouts(row: &Row) -> Result<Whereabouts, Trouble> {
    let state = |name: &str| {
        let code: Option<String> = row.get(name);
        code.map(|code| LetterState::of(&code)).transpose()
    };
    let answer: Option<Uuid> = row.get("answer");
    Ok(Whereabouts {
        letter: state("state")?,
        status: row.get("status"),
        since: Moment::from_utc(row.get("since")),
        answer: answer.zip(state("answer_state")?),
    })
}
