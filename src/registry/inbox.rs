//! Inbox: what has been completed, with its answer.
//!
//! A row exists if and only if the work is done: it is written by the last statement of the
//! transaction that did it. Until then an advisory lock on (sender, key) stands for it, so a second
//! worker that holds the same message waits for the first and then finds the answer. The primary
//! key says the same a second time. A claim row written first and completed later would cost a
//! dead tuple per message and could be mistaken for an answer.

use chrono::{DateTime, Utc};
use futures_util::future;
use serde_json::Value;
use uuid::Uuid;

use super::journal::{Certificate, STORE_CERTIFICATES, chain_of};
use super::{Notice, Registry, Transaction, Trouble};
use crate::terms::Moment;

/// A message as it reached a worker.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// The verified sender.
    pub sender: &'a str,
    /// `messageId`, or the digest of the content.
    pub message_key: &'a str,
    /// SHA-256 of what the message says: service, sender and `data`.
    pub body_digest: &'a [u8; 32],
}

/// Whose turn it is with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// It was answered: this answer is sent again.
    Answered(StoredAnswer),
    /// Its key was answered for another text: a fault for the sender and an alarm for us.
    Contradicts,
    /// Nobody has answered it, and until the end of this transaction nobody else will.
    Fresh,
}

/// An answer as it was first given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// The service.
    pub service: String,
    /// Outcome of the service.
    pub status: String,
    /// The octets of the answer, unsigned.
    pub answer: Vec<u8>,
    /// Its `responseDate`.
    pub answered_at: Moment,
}

/// Something to be said because of the message: a row of the outbox.
#[derive(Debug, Clone)]
pub struct Told {
    /// Name of the lane.
    pub lane: &'static str,
    /// The identity under which it is published, each time.
    pub message_id: Uuid,
    /// The octets to publish.
    pub body: Vec<u8>,
}

/// Everything that becomes true together with the answer.
#[derive(Debug, Clone, Copy)]
pub struct Conclusion<'a> {
    /// The message.
    pub arrival: Arrival<'a>,
    /// The service that answered.
    pub service: &'a str,
    /// Time of reception.
    pub received_at: Moment,
    /// Time of the answer.
    pub answered_at: Moment,
    /// Outcome of the service.
    pub status: &'a str,
    /// The octets of the answer, unsigned.
    pub answer: &'a [u8],
    /// The message as it arrived.
    pub raw: &'a [u8],
    /// What the signature said.
    pub verdict: &'a Value,
    /// Why it was answered so; no name, phone or number of a person.
    pub decision: &'a Value,
    /// The certificates that spoke, leaf first.
    pub chain: &'a [Certificate],
    /// What is to be said.
    pub told: &'a [Told],
    /// What other chains are told of the applications that they are about.
    pub notices: &'a [Notice],
    /// The chain of this message, which its own answer tells.
    pub chain_id: Option<&'a str>,
    /// Until when those are tried.
    pub notices_until: Moment,
}

const LOCK_MESSAGE: &str =
    "SELECT pg_advisory_xact_lock(hashtextextended('message ' || $1::text || ' ' || $2::text, 0))";

const FIND_ANSWER: &str = "
    SELECT body_digest, service, status, answer, answered_at
    FROM inbox
    WHERE sender = $1 AND message_key = $2";

const CONCLUDE: &str = "
    WITH journalled AS (
        INSERT INTO journal (at, kind, sender, message_key, service, raw, verdict, decision, chain)
        VALUES ($6, 'MESSAGE', $1, $2, $4, $9, $10, $11, $12)
    ), told AS (
        INSERT INTO outbox (lane, message_id, origin, body, created_at)
        SELECT t.lane, t.message_id, $2, t.body, $6
        FROM unnest($13::text[], $14::uuid[], $15::bytea[]) AS t (lane, message_id, body)
    ), noted AS (
        INSERT INTO letter (message_id, peer, sender, correlation_id, answers, service, kind,
                            status, payload, application, created_at, expires_at)
        SELECT gen_random_uuid(), c.peer, c.sender, c.correlation_id, c.answers, c.service,
               'NOTIFICATION', c.status, convert_to(n.payload, 'UTF8'), n.application, $6, $18
        FROM unnest($16::bigint[], $17::text[]) AS n (application, payload)
        CROSS JOIN LATERAL (
            SELECT DISTINCT ON (l.sender, l.correlation_id)
                   l.peer, l.sender, l.correlation_id, l.answers, l.service, l.status
            FROM letter AS l
            WHERE l.application = n.application
              AND (l.sender <> $1 OR l.correlation_id IS DISTINCT FROM $19)
            ORDER BY l.sender, l.correlation_id, l.id
        ) AS c
    )
    INSERT INTO inbox
           (sender, message_key, body_digest, service, received_at, answered_at, status, answer)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

impl Registry {
    /// Begins the transaction of a message and asks whose turn it is, in one round trip.
    ///
    /// Waits while another worker holds the same message. The caller ends the transaction: with
    /// [`Transaction::conclude`] if the message is fresh, else with [`Transaction::rollback`].
    pub async fn receive(&self, arrival: &Arrival<'_>) -> Result<(Transaction, Claimed), Trouble> {
        let transaction = self.open().await?;
        let lock = transaction.prepare(LOCK_MESSAGE).await?;
        let find = transaction.prepare(FIND_ANSWER).await?;
        let client = transaction.client();
        let (sender, key) = (&arrival.sender, &arrival.message_key);
        let (_, _, found) = future::try_join3(
            client.batch_execute("BEGIN"),
            client.execute(&lock, &[sender, key]),
            client.query_opt(&find, &[sender, key]),
        )
        .await?;
        let claimed = match found {
            None => Claimed::Fresh,
            Some(row) if row.get::<_, &[u8]>("body_digest") != arrival.body_digest.as_slice() => {
                Claimed::Contradicts
            }
            Some(row) => Claimed::Answered(StoredAnswer {
                service: row.get("service"),
                status: row.get("status"),
                answer: row.get("answer"),
                answered_at: Moment::from_utc(row.get::<_, DateTime<Utc>>("answered_at")),
            }),
        };
        Ok((transaction, claimed))
    }
}

const BY_KEY: &str = "
    SELECT sender, service, received_at, answered_at, status
    FROM inbox
    WHERE message_key = $1
    ORDER BY sender
    LIMIT 100";

/// A completed message as `kezek trace` shows it.
#[derive(Debug, Clone)]
pub struct InboxLine {
    /// The verified sender.
    pub sender: String,
    /// The service that answered.
    pub service: String,
    /// Time of reception.
    pub received_at: Moment,
    /// Time of the answer.
    pub answered_at: Moment,
    /// Outcome of the service.
    pub status: String,
}

impl Registry {
    /// What was answered under this key, by whomever it was sent.
    pub async fn inbox_of(&self, message_key: &str) -> Result<Vec<InboxLine>, Trouble> {
        let rows = self.client().await?.query(BY_KEY, &[&message_key]).await?;
        Ok(rows
            .iter()
            .map(|row| InboxLine {
                sender: row.get("sender"),
                service: row.get("service"),
                received_at: Moment::from_utc(row.get("received_at")),
                answered_at: Moment::from_utc(row.get("answered_at")),
                status: row.get("status"),
            })
            .collect())
    }
}

impl Transaction {
    /// Remembers the answer, the evidence and what must be said, and commits, in one round trip.
    ///
    /// When this fails with an outage, nobody knows whether it was committed: the message is run
    /// again, and [`Registry::receive`] tells.
    pub async fn conclude(mut self, conclusion: &Conclusion<'_>) -> Result<(), Trouble> {
        let store = self.prepare(STORE_CERTIFICATES).await?;
        let conclude = self.prepare(CONCLUDE).await?;
        let Arrival {
            sender,
            message_key,
            body_digest,
        } = conclusion.arrival;
        let digest = body_digest.as_slice();
        let chain = chain_of(conclusion.chain);
        let new = self.unseen(conclusion.chain);
        let lanes: Vec<&str> = conclusion.told.iter().map(|told| told.lane).collect();
        let ids: Vec<Uuid> = conclusion.told.iter().map(|told| told.message_id).collect();
        let bodies: Vec<&[u8]> = conclusion
            .told
            .iter()
            .map(|told| told.body.as_slice())
            .collect();
        let noted = conclusion.notices.iter();
        let (applications, notices): (Vec<i64>, Vec<&str>) = noted
            .map(|notice| (notice.application, notice.payload.as_str()))
            .unzip();
        let client = self.client();
        let certificates = async {
            // Most messages bring no certificate that was not stored before.
            if new.is_empty() {
                return Ok(0);
            }
            client.execute(&store, &[&new]).await
        };
        // A failure of an earlier statement turns the COMMIT into a ROLLBACK, and is reported.
        future::try_join3(
            certificates,
            client.execute(
                &conclude,
                &[
                    &sender,
                    &message_key,
                    &digest,
                    &conclusion.service,
                    &conclusion.received_at.to_utc(),
                    &conclusion.answered_at.to_utc(),
                    &conclusion.status,
                    &conclusion.answer,
                    &conclusion.raw,
                    conclusion.verdict,
                    conclusion.decision,
                    &chain,
                    &lanes,
                    &ids,
                    &bodies,
                    &applications,
                    &notices,
                    &conclusion.notices_until.to_utc(),
                    &conclusion.chain_id,
                ],
            ),
            client.batch_execute("COMMIT"),
        )
        .await?;
        self.remember(conclusion.chain);
        self.finish();
        Ok(())
    }
}
