//! Journal: append-only evidence, and the certificates that it names.
//!
//! What a worker answered is written by [`Transaction::conclude`]; what the door rejected, changes
//! of rights and every alarm by [`Registry::journal`], a load of registers in its transaction. A
//! trigger refuses whatever would change a line.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use futures_util::future;
use serde_json::Value;
use uuid::Uuid;

use super::{Registry, Transaction, Trouble};
use crate::terms::Moment;

/// A certificate that spoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// SHA-256 of the DER.
    pub sha256: [u8; 32],
    /// The certificate.
    pub der: Vec<u8>,
}

/// What a line of the journal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Somebody must look.
    Alarm,
    /// A message that was answered.
    Message,
    /// Registers were loaded.
    Registers,
    /// Something that the door did not let in.
    Rejected,
    /// What participants may call was changed, or found so by a gateway that started.
    Rights,
}

impl Kind {
    /// The code in rows.
    pub fn code(self) -> &'static str {
        match self {
            Self::Alarm => "ALARM",
            Self::Message => "MESSAGE",
            Self::Registers => "REGISTERS",
            Self::Rejected => "REJECTED",
            Self::Rights => "RIGHTS",
        }
    }
}

/// A line that stands alone: a rejection, an alarm or a change of rights.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    /// When it happened.
    pub at: Moment,
    /// What it is about.
    pub kind: Kind,
    /// Its identity on the evidence lane; written once however often it is delivered.
    pub origin: Uuid,
    /// The verified sender, where there is one.
    pub sender: Option<&'a str>,
    /// The key of the message, where there is one.
    pub message_key: Option<&'a str>,
    /// The service, where it is known.
    pub service: Option<&'a str>,
    /// The message as it arrived, where it is kept.
    pub raw: Option<&'a [u8]>,
    /// What was found.
    pub verdict: &'a Value,
    /// The certificates that spoke, leaf first.
    pub chain: &'a [Certificate],
}

/// A line of the journal, without the message itself.
#[derive(Debug, Clone)]
pub struct JournalLine {
    /// Order of writing.
    pub id: i64,
    /// When it happened.
    pub at: Moment,
    /// Code of what it is about.
    pub kind: String,
    /// The verified sender.
    pub sender: Option<String>,
    /// The service.
    pub service: Option<String>,
    /// Octets of the message kept.
    pub raw_bytes: Option<i32>,
    /// What the signature said.
    pub verdict: Value,
    /// Why it was answered so.
    pub decision: Option<Value>,
}

/// A line of the journal with everything that it rests on.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// When it was decided.
    pub at: Moment,
    /// Code of what it is about.
    pub kind: String,
    /// The message as it arrived, where it was kept.
    pub raw: Option<Vec<u8>>,
    /// What the signature said.
    pub verdict: Value,
    /// The certificates in DER, leaf first.
    pub chain: Vec<Vec<u8>>,
}

/// Rows are sorted by the caller, so that two transactions with one chain never wait in a circle.
pub(super) const STORE_CERTIFICATES: &str = "
    INSERT INTO certificate (sha256, der)
    SELECT sha256(der), der FROM unnest($1::bytea[]) AS new (der)
    ON CONFLICT (sha256) DO NOTHING";

const WRITE: &str = "
    INSERT INTO journal (at, kind, origin, sender, message_key, service, raw, verdict, chain)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (origin) WHERE origin IS NOT NULL DO NOTHING";

const BY_MESSAGE: &str = "
    SELECT id, at, kind, sender, service, octet_length(raw) AS raw_bytes, verdict, decision
    FROM journal
    WHERE message_key = $1
    ORDER BY id
    LIMIT 100";

const EVIDENCE: &str = "
    SELECT at, kind, raw, verdict, ARRAY(
        SELECT c.der
        FROM unnest(chain) WITH ORDINALITY AS spoke (sha256, place)
        JOIN certificate AS c USING (sha256)
        ORDER BY place
    ) AS chain
    FROM journal
    WHERE id = $1";

/// Wherever in a verdict: of the transport, and of each who signed the payload.
const WORDS: &str = "
    SELECT DISTINCT word #>> '{}' AS word
    FROM journal, jsonb_path_query(verdict, '$.**.objects[*]') AS word";

/// Certificates that this process knows to be stored: few speak, and they speak often.
#[derive(Default)]
pub(super) struct Seen(Mutex<HashSet<[u8; 32]>>);

impl Seen {
    /// Beyond this many the memory starts afresh; storing again is harmless.
    const MAX: usize = 4_096;

    /// Those of the chain that are not known to be stored, sorted by digest.
    pub(super) fn unseen<'a>(&self, chain: &'a [Certificate]) -> Vec<&'a [u8]> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut new: Vec<&Certificate> = chain
            .iter()
            .filter(|certificate| !seen.contains(&certificate.sha256))
            .collect();
        new.sort_by_key(|certificate| certificate.sha256);
        new.into_iter()
            .map(|certificate| certificate.der.as_slice())
            .collect()
    }

    /// They are stored: the transaction was committed.
    pub(super) fn remember(&self, chain: &[Certificate]) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() + chain.len() > Self::MAX {
            seen.clear();
        }
        seen.extend(chain.iter().map(|certificate| certificate.sha256));
    }
}

pub(super) fn chain_of(chain: &[Certificate]) -> Vec<&[u8]> {
    chain
        .iter()
        .map(|certificate| certificate.sha256.as_slice())
        .collect()
}

impl Transaction {
    /// Writes a line that stands alone; false if it was there already.
    pub async fn journal(&self, record: &Record<'_>) -> Result<bool, Trouble> {
        let store = self.prepare(STORE_CERTIFICATES).await?;
        let write = self.prepare(WRITE).await?;
        let new = self.unseen(record.chain);
        let client = self.client();
        let (_, written) = future::try_join(
            client.execute(&store, &[&new]),
            client.execute(
                &write,
                &[
                    &record.at.to_utc(),
                    &record.kind.code(),
                    &record.origin,
                    &record.sender,
                    &record.message_key,
                    &record.service,
                    &record.raw,
                    record.verdict,
                    &chain_of(record.chain),
                ],
            ),
        )
        .await?;
        Ok(written == 1)
    }
}

impl Registry {
    /// Writes a line that stands alone, in a transaction of its own; false if it was there already.
    pub async fn journal(&self, record: &Record<'_>) -> Result<bool, Trouble> {
        let transaction = self.begin().await?;
        let written = transaction.journal(record).await?;
        transaction.commit().await?;
        Ok(written)
    }

    /// One line with everything that it rests on, if it is there.
    pub async fn evidence(&self, id: i64) -> Result<Option<Evidence>, Trouble> {
        let row = self.client().await?.query_opt(EVIDENCE, &[&id]).await?;
        Ok(row.map(|row| Evidence {
            at: Moment::from_utc(row.get("at")),
            kind: row.get("kind"),
            raw: row.get("raw"),
            verdict: row.get("verdict"),
            chain: row.get("chain"),
        }))
    }

    /// The words on revocation that verdicts rest on: their SHA-256 in hex. It reads the whole
    /// journal.
    pub async fn words_referred(&self) -> Result<HashSet<String>, Trouble> {
        let rows = self.client().await?.query(WORDS, &[]).await?;
        Ok(rows.iter().map(|row| row.get("word")).collect())
    }

    /// The lines about a message, in the order of writing.
    pub async fn journal_of(&self, message_key: &str) -> Result<Vec<JournalLine>, Trouble> {
        let rows = self
            .client()
            .await?
            .query(BY_MESSAGE, &[&message_key])
            .await?;
        Ok(rows
            .iter()
            .map(|row| JournalLine {
                id: row.get("id"),
                at: Moment::from_utc(row.get("at")),
                kind: row.get("kind"),
                sender: row.get("sender"),
                service: row.get("service"),
                raw_bytes: row.get("raw_bytes"),
                verdict: row.get("verdict"),
                decision: row.get("decision"),
            })
            .collect())
    }
}
