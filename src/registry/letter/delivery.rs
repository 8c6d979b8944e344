//! Delivery: which letters are due, who carries them, and what became of each.
//!
//! A courier leases its letters and commits, so that no connection is held while a peer is waited
//! for. What a letter or its peer has to wait is kept in rows: whoever comes next goes on by them.

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::LetterState;
use crate::registry::{Registry, Trouble};
use crate::terms::Moment;

/// Who asks for letters of one peer.
#[derive(Debug, Clone, Copy)]
pub struct Claimant<'a> {
    /// Of which peer.
    pub peer: &'a str,
    /// Now.
    pub now: Moment,
    /// How long it has them to itself.
    pub millis: i64,
    /// How many at most; one, where the peer could not be reached the last time.
    pub most: i64,
}

/// A letter that was leased.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Its row.
    pub id: i64,
    /// Its identity.
    pub message_id: Uuid,
    /// To whom it is handed.
    pub peer: String,
    /// For whom it is.
    pub sender: String,
    /// The chain that it belongs to.
    pub correlation_id: String,
    /// Key of the message that it answers.
    pub answers: String,
    /// The service.
    pub service: String,
    /// What it is in its chain.
    pub kind: String,
    /// Outcome of the service.
    pub status: String,
    /// The element in `data`.
    pub payload: Vec<u8>,
    /// When it was decided.
    pub created_at: Moment,
    /// How often it was taken, this time included.
    pub attempts: i32,
}

/// What a courier got.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Letters, each of another chain.
    pub letters: Vec<Waiting>,
    /// How often the peer could not be reached lately.
    pub failures: i32,
}

/// A lane as `kezek letters` shows it.
#[derive(Debug, Clone)]
pub struct LaneLine {
    /// The peer.
    pub peer: String,
    /// Letters that wait.
    pub waiting: i64,
    /// The oldest of them.
    pub oldest: Option<Moment>,
    /// How often it could not be reached, and why, and when it is tried again.
    pub away: Option<(i32, String, Moment)>,
}

/// A letter as commands show it.
#[derive(Debug, Clone)]
pub struct LetterLine {
    /// Its identity.
    pub message_id: Uuid,
    /// To whom it is handed.
    pub peer: String,
    /// What it is in its chain.
    pub kind: String,
    /// Where it is.
    pub state: LetterState,
    /// When it was decided.
    pub created_at: Moment,
    /// When it was delivered, refused or given up.
    pub ended_at: Option<Moment>,
    /// How often it was taken.
    pub attempts: i32,
    /// Why it was not taken the last time.
    pub trouble: Option<String>,
}

const DUE: &str = "
    SELECT p.peer
    FROM unnest($1::text[]) AS p (peer)
    LEFT JOIN peer_lane AS lane USING (peer)
    WHERE (lane.due_at IS NULL OR lane.due_at <= $2)
      AND EXISTS (
          SELECT FROM letter AS l
          WHERE l.peer = p.peer AND l.state = 'WAITING'
            AND (l.due_at IS NULL OR l.due_at <= $2)
            AND (l.leased_until IS NULL OR l.leased_until <= $2)
      )";

const FAILURES: &str = "
    SELECT failures, due_at <= $2 AS due
    FROM peer_lane
    WHERE peer = $1";

const CLAIM: &str = "
    UPDATE letter
    SET leased_until = $3, attempts = attempts + 1
    WHERE id IN (
        SELECT l.id
        FROM letter AS l
        WHERE l.peer = $1 AND l.state = 'WAITING'
          AND (l.due_at IS NULL OR l.due_at <= $2)
          AND (l.leased_until IS NULL OR l.leased_until <= $2)
          AND NOT EXISTS (
              SELECT FROM letter AS before
              WHERE before.sender = l.sender AND before.correlation_id = l.correlation_id
                AND before.state = 'WAITING' AND before.id < l.id
          )
        ORDER BY l.due_at NULLS FIRST, l.id
        LIMIT $4
        FOR UPDATE SKIP LOCKED
    )
    RETURNING id, message_id, peer, sender, correlation_id, answers, service, kind, status,
              payload, created_at, attempts";

const PUT_OFF: &str = "
    UPDATE letter
    SET due_at = $2, leased_until = NULL, trouble = $3
    WHERE id = $1 AND state = 'WAITING'";

const END: &str = "
    UPDATE letter
    SET state = $2, ended_at = $3, leased_until = NULL, trouble = $4
    WHERE id = $1 AND state = 'WAITING'";

const EXPIRE: &str = "
    UPDATE letter
    SET state = 'EXPIRED', ended_at = $1, leased_until = NULL
    WHERE id IN (
        SELECT id
        FROM letter
        WHERE state = 'WAITING' AND expires_at <= $1
          AND (leased_until IS NULL OR leased_until <= $1)
        ORDER BY id
        LIMIT 500
        FOR UPDATE SKIP LOCKED
    )
    RETURNING message_id, peer";

const AWAY: &str = "
    INSERT INTO peer_lane AS lane (peer, failures, since, due_at, trouble)
    VALUES ($1, 1, $2, $3, $4)
    ON CONFLICT (peer) DO UPDATE
    SET failures = lane.failures + 1, due_at = $3, trouble = $4";

const WELL: &str = "DELETE FROM peer_lane WHERE peer = $1";

const BACKLOG: &str = "
    SELECT count(*) AS letters, min(created_at) AS oldest
    FROM (SELECT created_at FROM letter WHERE state = 'WAITING' LIMIT 100000) AS b";

const LANES: &str = "
    SELECT peer, coalesce(waiting, 0) AS waiting, oldest, failures, trouble, due_at
    FROM (
        SELECT peer, count(*) AS waiting, min(created_at) AS oldest
        FROM letter
        WHERE state = 'WAITING'
        GROUP BY peer
    ) AS w
    FULL JOIN peer_lane USING (peer)
    ORDER BY peer";

const DEAD: &str = "
    SELECT message_id, peer, kind, state, created_at, ended_at, attempts, trouble
    FROM letter
    WHERE state IN ('EXPIRED', 'REFUSED')
    ORDER BY ended_at DESC, id DESC
    LIMIT 100";

const OF_MESSAGE: &str = "
    SELECT message_id, peer, kind, state, created_at, ended_at, attempts, trouble
    FROM letter
    WHERE answers = $1
    ORDER BY id
    LIMIT 100";

const REVIVE: &str = "
    UPDATE letter
    SET state = 'WAITING', ended_at = NULL, due_at = NULL, expires_at = $2
    WHERE message_id = $1 AND state IN ('EXPIRED', 'REFUSED')";

impl Registry {
    /// Of these peers, those who have a letter that may be carried now.
    pub async fn lanes_due(&self, peers: &[String], now: Moment) -> Result<Vec<String>, Trouble> {
        let rows = self.all(DUE, &[&peers, &now.to_utc()]).await?;
        Ok(rows.iter().map(|row| row.get("peer")).collect())
    }

    /// Letters of one peer, leased to the caller: none that waits for another of its chain.
    pub async fn claim_letters(&self, claimant: &Claimant<'_>) -> Result<Claim, Trouble> {
        let (peer, now) = (&claimant.peer, claimant.now.to_utc());
        let lane = self.all(FAILURES, &[peer, &now]).await?;
        let lane = lane.first();
        let failures: i32 = lane.map_or(0, |row| row.get("failures"));
        if lane.is_some_and(|row| !row.get::<_, bool>("due")) {
            let letters = Vec::new();
            return Ok(Claim { letters, failures });
        }
        let most = if failures > 0 { 1 } else { claimant.most };
        let until = claimant.now.plus_millis(claimant.millis).to_utc();
        let mut rows = self.all(CLAIM, &[peer, &now, &until, &most]).await?;
        rows.sort_by_key(|row| row.get::<_, i64>("id"));
        let letters = rows.iter().map(waiting).collect();
        Ok(Claim { letters, failures })
    }

    /// Its peer has it.
    pub async fn letter_is_delivered(&self, id: i64, now: Moment) -> Result<(), Trouble> {
        self.end_letter(id, LetterState::Delivered, now, None).await
    }

    /// Its peer does not want it.
    pub async fn letter_is_refused(&self, id: i64, now: Moment, why: &str) -> Result<(), Trouble> {
        let state = LetterState::Refused;
        self.end_letter(id, state, now, Some(why)).await
    }

    async fn end_letter(
        &self,
        id: i64,
        state: LetterState,
        now: Moment,
        why: Option<&str>,
    ) -> Result<(), Trouble> {
        let values: [&(dyn ToSql + Sync); 4] = [&id, &state.code(), &now.to_utc(), &why];
        self.all(END, &values).await.map(|_| ())
    }

    /// It is tried again, not before then.
    pub async fn put_letter_off(&self, id: i64, due_at: Moment, why: &str) -> Result<(), Trouble> {
        let values: [&(dyn ToSql + Sync); 3] = [&id, &due_at.to_utc(), &why];
        self.all(PUT_OFF, &values).await.map(|_| ())
    }

    /// Ends letters whose term is over; tells which, and of which peers.
    pub async fn expire_letters(&self, now: Moment) -> Result<Vec<(Uuid, String)>, Trouble> {
        let rows = self.all(EXPIRE, &[&now.to_utc()]).await?;
        let told = rows.iter();
        Ok(told
            .map(|row| (row.get("message_id"), row.get("peer")))
            .collect())
    }

    /// A peer could not be reached, once more.
    pub async fn lane_is_away(
        &self,
        peer: &str,
        why: &str,
        now: Moment,
        due_at: Moment,
    ) -> Result<(), Trouble> {
        let values: [&(dyn ToSql + Sync); 4] = [&peer, &now.to_utc(), &due_at.to_utc(), &why];
        self.all(AWAY, &values).await.map(|_| ())
    }

    /// A peer can be reached again.
    pub async fn lane_is_well(&self, peer: &str) -> Result<(), Trouble> {
        self.all(WELL, &[&peer]).await.map(|_| ())
    }

    /// How many letters wait (counted to 100 000), and since when the oldest does.
    pub async fn letters_waiting(&self) -> Result<(i64, Option<Moment>), Trouble> {
        let rows = self.all(BACKLOG, &[]).await?;
        let row = rows.first().ok_or(Trouble::Unexpected("no count"))?;
        let oldest: Option<_> = row.get("oldest");
        Ok((row.get("letters"), oldest.map(Moment::from_utc)))
    }

    /// Every lane that has a letter, or whose peer is away.
    pub async fn letter_lanes(&self) -> Result<Vec<LaneLine>, Trouble> {
        let rows = self.all(LANES, &[]).await?;
        let line = |row: &Row| {
            let failures: Option<i32> = row.get("failures");
            let oldest: Option<_> = row.get("oldest");
            LaneLine {
                peer: row.get("peer"),
                waiting: row.get("waiting"),
                oldest: oldest.map(Moment::from_utc),
                away: failures.map(|failures| {
                    let due = Moment::from_utc(row.get("due_at"));
                    (failures, row.get("trouble"), due)
                }),
            }
        };
        Ok(rows.iter().map(line).collect())
    }

    /// Letters that were refused or given up, the latest first.
    pub async fn dead_letters(&self) -> Result<Vec<LetterLine>, Trouble> {
        let rows = self.all(DEAD, &[]).await?;
        rows.iter().map(line).collect()
    }

    /// Letters that answer the messages of this key.
    pub async fn letters_of(&self, message_key: &str) -> Result<Vec<LetterLine>, Trouble> {
        let rows = self.all(OF_MESSAGE, &[&message_key]).await?;
        rows.iter().map(line).collect()
    }

    /// Lets a letter that was refused or given up be tried again until then; false, if there is
    /// none of this identity.
    pub async fn revive_letter(
        &self,
        message_id: Uuid,
        expires_at: Moment,
    ) -> Result<bool, Trouble> {
        let mut lent = self.open().await?;
        let statement = lent.prepare(REVIVE).await?;
        let values: [&(dyn ToSql + Sync); 2] = [&message_id, &expires_at.to_utc()];
        let revived = lent.client().execute(&statement, &values).await?;
        lent.finish();
        Ok(revived == 1)
    }

    /// Runs one statement on a connection that goes back only when it was answered.
    pub(super) async fn all(
        &self,
        sql: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Trouble> {
        let mut lent = self.open().await?;
        let rows = lent.rows(sql, values).await?;
        lent.finish();
        Ok(rows)
    }
}

fn waiting(row: &Row) -> Waiting {
    Waiting {
        id: row.get("id"),
        message_id: row.get("message_id"),
        peer: row.get("peer"),
        sender: row.get("sender"),
        correlation_id: row.get("correlation_id"),
        answers: row.get("answers"),
        service: row.get("service"),
        kind: row.get("kind"),
        status: row.get("status"),
        payload: row.get("payload"),
        created_at: Moment::from_utc(row.get("created_at")),
        attempts: row.get("attempts"),
    }
}

fn line(row: &Row) -> Result<LetterLine, Trouble> {
    let ended_at: Option<_> = row.get("ended_at");
    Ok(LetterLine {
        message_id: row.get("message_id"),
        peer: row.get("peer"),
        kind: row.get("kind"),
        state: LetterState::of(row.get("state"))?,
        created_at: Moment::from_utc(row.get("created_at")),
        ended_at: ended_at.map(Moment::from_utc),
        attempts: row.get("attempts"),
        trouble: row.get("trouble"),
    })
}
