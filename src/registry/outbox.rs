//! Outbox: what must be said, until the broker has confirmed it.
//!
//! Rows are written by [`Transaction::conclude`]. The fast path publishes them right after the
//! commit; the relay takes what it left behind. A relay leases its rows and commits, so that no
//! connection is held while the bus is waited for; a lease that ends is taken by another relay. A
//! connection on which somebody gave up waiting does not go back to the pool.

use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::{Registry, Trouble};
use crate::terms::Moment;

/// What a relay asks for.
#[derive(Debug, Clone, Copy)]
pub struct Lease {
    /// Now.
    pub now: Moment,
    /// Rows younger than this are left to the fast path.
    pub age_millis_min: i64,
    /// How long the relay has them to itself.
    pub millis: i64,
    /// How many at most.
    pub rows_max: i64,
}

/// A row that was leased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// Name of the lane.
    pub lane: String,
    /// The identity under which it is published, each time.
    pub message_id: Uuid,
    /// Key of the message that caused it, for the log.
    pub origin: String,
    /// The octets to publish.
    pub body: Vec<u8>,
}

/// A row as `kezek trace` shows it.
#[derive(Debug, Clone)]
pub struct OutboxLine {
    /// Name of the lane.
    pub lane: String,
    /// The identity under which it is published.
    pub message_id: Uuid,
    /// When it became true.
    pub created_at: Moment,
    /// When the broker confirmed it.
    pub published_at: Option<Moment>,
}

const LEASE: &str = "
    UPDATE outbox
    SET leased_until = $2
    WHERE id IN (
        SELECT id
        FROM outbox
        WHERE published_at IS NULL
          AND created_at <= $3
          AND (leased_until IS NULL OR leased_until <= $1)
        ORDER BY id
        LIMIT $4
        FOR UPDATE SKIP LOCKED
    )
    RETURNING id, lane, message_id, origin, body";

/// Losing a mark costs one publication more, which consumers count once by its message id; so the
/// commit of this statement alone does not wait for the disk.
const MARK: &str = "
    WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
    UPDATE outbox
    SET published_at = $2
    FROM quick
    WHERE message_id = ANY($1::uuid[]) AND published_at IS NULL";

const BACKLOG: &str = "
    SELECT count(*) AS rows, min(created_at) AS oldest
    FROM (SELECT created_at FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT 100000) AS b";

const BY_ORIGIN: &str = "
    SELECT lane, message_id, created_at, published_at
    FROM outbox
    WHERE origin = $1
    ORDER BY id
    LIMIT 100";

impl Registry {
    /// Rows that nobody has published yet, leased to the caller, oldest first.
    pub async fn lease_unpublished(&self, lease: &Lease) -> Result<Vec<Parked>, Trouble> {
        let mut lent = self.open().await?;
        let statement = lent.prepare(LEASE).await?;
        let until = lease.now.plus_millis(lease.millis).to_utc();
        let youngest = lease.now.plus_millis(-lease.age_millis_min).to_utc();
        let mut rows = lent
            .client()
            .query(
                &statement,
                &[&lease.now.to_utc(), &until, &youngest, &lease.rows_max],
            )
            .await?;
        lent.finish();
        rows.sort_by_key(|row| row.get::<_, i64>("id"));
        Ok(rows
            .iter()
            .map(|row| Parked {
                lane: row.get("lane"),
                message_id: row.get("message_id"),
                origin: row.get("origin"),
                body: row.get("body"),
            })
            .collect())
    }

    /// The broker has confirmed these; how many were not marked before.
    pub async fn mark_published(&self, ids: &[Uuid], now: Moment) -> Result<u64, Trouble> {
        if ids.is_empty() {
            return Ok(0);
        }
        let mut lent = self.open().await?;
        let statement = lent.prepare(MARK).await?;
        let values: [&(dyn ToSql + Sync); 2] = [&ids, &now.to_utc()];
        let marked = lent.client().execute(&statement, &values).await?;
        lent.finish();
        Ok(marked)
    }

    /// How many rows wait (counted to 100 000), and since when the oldest does.
    pub async fn outbox_backlog(&self) -> Result<(u64, Option<Moment>), Trouble> {
        let mut lent = self.open().await?;
        let row = lent.client().query_one(BACKLOG, &[]).await?;
        lent.finish();
        let rows = u64::try_from(row.get::<_, i64>("rows"))
            .map_err(|_| Trouble::Unexpected("a negative count"))?;
        Ok((
            rows,
            row.get::<_, Option<_>>("oldest").map(Moment::from_utc),
        ))
    }

    /// What a message caused to be said.
    pub async fn outbox_of(&self, message_key: &str) -> Result<Vec<OutboxLine>, Trouble> {
        let rows = self
            .client()
            .await?
            .query(BY_ORIGIN, &[&message_key])
            .await?;
        Ok(rows
            .iter()
            .map(|row| OutboxLine {
                lane: row.get("lane"),
                message_id: row.get("message_id"),
                created_at: Moment::from_utc(row.get("created_at")),
                published_at: row
                    .get::<_, Option<_>>("published_at")
                    .map(Moment::from_utc),
            })
            .collect())
    }
}
