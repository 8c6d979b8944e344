//! Stamps: which lines of the journal no stamp covers yet, and the batches that were stamped.
//!
//! A line gets its number before its transaction is over, so a lower number can be committed after
//! a higher one. [`Registry::horizon`] finds a number up to which that cannot happen any more, and
//! no writer ever waits for it: each takes its lock on the journal before its number, so whoever
//! could still commit a number up to the last one given holds that lock now. When those
//! transactions are over, nothing at or below that number will appear. Identifiers of transactions
//! would not do: the first insert of a transaction takes its number before it has one, and after a
//! restore from a dump they begin anew.

use tokio_postgres::Row;

use super::{Registry, Trouble};
use crate::terms::Moment;

/// A line as it is digested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalOctets {
    /// Its number.
    pub id: i64,
    /// All of it, in one form; in the place of the message its SHA-256.
    pub octets: Vec<u8>,
}

/// A batch under its time-stamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped {
    /// From 1, without a gap.
    pub number: i64,
    /// SHA-256 of the statement of the batch before.
    pub previous: Vec<u8>,
    /// Where the batch before ended.
    pub after: i64,
    /// Where this one ends.
    pub through: i64,
    /// The numbers of its lines, in order.
    pub lines: Vec<i64>,
    /// SHA-256 of each line, one behind the other.
    pub digests: Vec<u8>,
    /// The TimeStampToken.
    pub token: Vec<u8>,
    /// The time that it states.
    pub at: Moment,
}

/// The last number that was given, and the transactions that may still commit one up to it.
#[derive(Debug, Clone)]
pub struct Horizon {
    /// The number.
    pub id: i64,
    /// Virtual identifiers, which no two transactions share.
    writers: Vec<String>,
}

const LAST_GIVEN: &str = "
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS id FROM journal_id_seq";

/// All modes in which one may write; a prepared transaction is among them.
const WRITERS: &str = "
    SELECT virtualtransaction
    FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'journal'::regclass AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock',
                   'AccessExclusiveLock')";

/// Counted up to what fills a batch: more would read the whole of a long backlog at every look.
const WAITING: &str = "
    SELECT count(*) AS lines, min(at) AS oldest
    FROM (SELECT at FROM journal WHERE id > $1 ORDER BY id LIMIT $2) AS next";

/// jsonb prints its keys in an order of its own, without regard to how they came.
const OCTETS: &str = "
    SELECT id, at, kind, origin, sender, message_key, service, sha256(raw) AS raw_sha256,
           verdict::text AS verdict, decision::text AS decision, chain
    FROM journal
    WHERE id > $1 AND id <= $2
    ORDER BY id
    LIMIT $3";

const KEEP: &str = "
    INSERT INTO journal_stamp (number, previous, after, through, lines, digests, token, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT DO NOTHING";

const LAST: &str = "SELECT * FROM journal_stamp ORDER BY number DESC LIMIT 1";
const NUMBERED: &str = "SELECT * FROM journal_stamp WHERE number = $1";
const COVERING: &str = "SELECT * FROM journal_stamp WHERE through >= $1 ORDER BY through LIMIT 1";

impl Registry {
    /// The last number that was given to a line, and who may still commit one up to it.
    pub async fn horizon(&self) -> Result<Horizon, Trouble> {
        let client = self.client().await?;
        // In this order: whoever takes its lock later gets a higher number.
        let id = client.query_one(LAST_GIVEN, &[]).await?.get("id");
        let rows = client.query(WRITERS, &[]).await?;
        let writers = rows.iter().map(|row| row.get("virtualtransaction"));
        Ok(Horizon {
            id,
            writers: writers.collect(),
        })
    }

    /// Whether all of those transactions are over.
    pub async fn is_settled(&self, horizon: &Horizon) -> Result<bool, Trouble> {
        if horizon.writers.is_empty() {
            return Ok(true);
        }
        let rows = self.client().await?.query(WRITERS, &[]).await?;
        let mut writers = rows.iter().map(|row| row.get("virtualtransaction"));
        Ok(!writers.any(|writer: String| horizon.writers.contains(&writer)))
    }

    /// How many lines above a number there are, up to `lines_max`, and since when the first waits.
    pub async fn journal_waiting(
        &self,
        after: i64,
        lines_max: i64,
    ) -> Result<(i64, Option<Moment>), Trouble> {
        let client = self.client().await?;
        let row = client.query_one(WAITING, &[&after, &lines_max]).await?;
        let oldest: Option<_> = row.get("oldest");
        Ok((row.get("lines"), oldest.map(Moment::from_utc)))
    }

    /// The first lines above one number, up to and with another, as they are digested.
    pub async fn journal_octets(
        &self,
        after: i64,
        through: i64,
        lines_max: i64,
    ) -> Result<Vec<JournalOctets>, Trouble> {
        let client = self.client().await?;
        let rows = client
            .query(OCTETS, &[&after, &through, &lines_max])
            .await?;
        Ok(rows.iter().map(octets_of).collect())
    }

    /// Keeps a batch under its stamp; false where that place was taken by another.
    pub async fn keep_stamp(&self, stamped: &Stamped) -> Result<bool, Trouble> {
        let client = self.client().await?;
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 8] = [
            &stamped.number,
            &stamped.previous,
            &stamped.after,
            &stamped.through,
            &stamped.lines,
            &stamped.digests,
            &stamped.token,
            &stamped.at.to_utc(),
        ];
        Ok(client.execute(KEEP, &values).await? == 1)
    }

    /// The last batch that was stamped.
    pub async fn last_stamp(&self) -> Result<Option<Stamped>, Trouble> {
        let row = self.client().await?.query_opt(LAST, &[]).await?;
        Ok(row.as_ref().map(stamped))
    }

    /// The batch of this number.
    pub async fn stamp_numbered(&self, number: i64) -> Result<Option<Stamped>, Trouble> {
        let row = self.client().await?.query_opt(NUMBERED, &[&number]).await?;
        Ok(row.as_ref().map(stamped))
    }

    /// The first batch that ends at this line or behind it.
    pub async fn stamp_over(&self, line: i64) -> Result<Option<Stamped>, Trouble> {
        let row = self.client().await?.query_opt(COVERING, &[&line]).await?;
        Ok(row.as_ref().map(stamped))
    }
}

fn stamped(row: &Row) -> Stamped {
    Stamped {
        number: row.get("number"),
        previous: row.get("previous"),
        after: row.get("after"),
        through: row.get("through"),
        lines: row.get("lines"),
        digests: row.get("digests"),
        token: row.get("token"),
        at: Moment::from_utc(row.get("at")),
    }
}

/// Each value with its length in front of it, so that no two lines have the same octets.
fn octets_of(row: &Row) -> JournalOctets {
    let id: i64 = row.get("id");
    let at = Moment::from_utc(row.get("at")).millis();
    let origin: Option<uuid::Uuid> = row.get("origin");
    let mut octets = Vec::new();
    put(&mut octets, Some(&id.to_be_bytes()));
    put(&mut octets, Some(&at.to_be_bytes()));
    put(&mut octets, text(row, "kind"));
    put(
        &mut octets,
        origin.as_ref().map(|origin| &origin.as_bytes()[..]),
    );
    for name in ["sender", "message_key", "service"] {
        put(&mut octets, text(row, name));
    }
    put(&mut octets, row.get("raw_sha256"));
    put(&mut octets, text(row, "verdict"));
    put(&mut octets, text(row, "decision"));
    for certificate in row.get::<_, Vec<&[u8]>>("chain") {
        put(&mut octets, Some(certificate));
    }
    JournalOctets { id, octets }
}

fn text<'r>(row: &'r Row, name: &str) -> Option<&'r [u8]> {
    row.get::<_, Option<&str>>(name).map(str::as_bytes)
}

fn put(octets: &mut Vec<u8>, value: Option<&[u8]>) {
    let Some(value) = value else {
        octets.push(0);
        return;
    };
    octets.push(1);
    octets.extend_from_slice(&(value.len() as u64).to_be_bytes());
    octets.extend_from_slice(value);
}
