//! Seats: groups as preschools report them, and each of their seats with its history.
//!
//! Law:   004 pt.25, 1_5 p.2 to p.4, 1_10 No. 14, No. 15; D-46, D-50.
//! Locks: the preschool, for the length of the transaction: two reports cannot together exceed what
//!        it is designed for.
//! Start: [`Transaction::group_seats`], then [`Transaction::keep_report`].

use chrono::NaiveDate;
use futures_util::future;

use super::{Transaction, Trouble};
use crate::queue::group::Change;
use crate::terms::{Day, Moment, PreschoolId, TeachingLanguage};

/// A group as it is reported: the first seven fields of 1_5 p.3, and what pt.26 and D-12 add.
#[derive(Debug, Clone, Copy)]
pub struct Group<'a> {
    /// БИН или ИИН ДО.
    pub owner: &'a str,
    /// Наименование группы.
    pub name: &'a str,
    /// Code of the kind: тип группы.
    pub kind: &'a str,
    /// Code of the возрастная категория.
    pub age_category: &'a str,
    /// The year of birth that the preschool has fixed.
    pub birth_year: Option<i32>,
    /// Язык обучения.
    pub language: TeachingLanguage,
    /// Code of the disorder or the rehabilitation.
    pub purpose: Option<&'a str>,
}

/// What is known of a group and around it.
#[derive(Debug, Clone)]
pub struct GroupSeats {
    /// The group, where it was reported before.
    pub group: Option<GroupNow>,
    /// Its seats that have not ended, in the order of their numbers.
    pub seats: Vec<SeatNow>,
    /// The seats of the other groups of the preschool.
    pub elsewhere: u32,
    /// Проектная мощность of the preschool, where an administrator has loaded it.
    pub capacity: Option<u32>,
}

/// A group as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupNow {
    /// Its number.
    pub id: i64,
    /// Its seats.
    pub seats: u32,
    /// The free ones.
    pub free: u32,
    /// When the last report was sent; none where no report is kept.
    pub sent_at: Option<Moment>,
}

/// A seat as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatNow {
    /// Its number.
    pub id: i64,
    /// Code of its state.
    pub state: String,
    /// Is it paid for by the state?
    pub state_funded: bool,
    /// The last day on which its child is away.
    pub away_until: Option<Day>,
}

/// A report or a recall as it is to be kept.
#[derive(Debug, Clone, Copy)]
pub struct SeatReport<'a> {
    /// Number of the group.
    pub group: i64,
    /// The verified sender.
    pub sender: &'a str,
    /// When the sender says that it was sent.
    pub sent_at: Moment,
    /// When it reached us.
    pub received_at: Moment,
    /// Seats and free ones before.
    pub before: (u32, u32),
    /// Seats and free ones since.
    pub after: (u32, u32),
    /// Code of the ground of a recall; none of a report.
    pub ground: Option<&'a str>,
    /// SHA-256 of the message.
    pub digest: &'a [u8; 32],
}

/// A referral that blocks a seat (1_5 p.2(5)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocking {
    /// Номер направления.
    pub referral: i64,
    /// Its last moment.
    pub valid_until: Moment,
}

const LOCK_PRESCHOOL: &str =
    "SELECT pg_advisory_xact_lock(hashtextextended('preschool ' || $1::text, 0))";

const AROUND: &str = "
    SELECT (SELECT capacity FROM requisites WHERE preschool = $1) AS capacity,
           (SELECT coalesce(sum(seats), 0)
            FROM seat_group
            WHERE preschool = $1 AND group_id <> $2) AS elsewhere";

const GROUP: &str = "
    SELECT id, seats, free,
           (SELECT max(sent_at) FROM seat_report r WHERE r.seat_group = g.id) AS sent_at
    FROM seat_group g
    WHERE preschool = $1 AND group_id = $2";

const SEATS: &str = "
    SELECT s.id, s.state, s.state_funded, s.away_until
    FROM seat s
    JOIN seat_group g ON g.id = s.seat_group
    WHERE g.preschool = $1 AND g.group_id = $2 AND s.state NOT IN ('RECALLED', 'CLOSED')
    ORDER BY s.id";

const KEEP_GROUP: &str = "
    INSERT INTO seat_group (preschool, group_id, owner_number, name, group_type, age_category,
                            birth_year, language, purpose, seats, free, reported_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10)
    ON CONFLICT (preschool, group_id) DO UPDATE
    SET owner_number = excluded.owner_number, name = excluded.name,
        group_type = excluded.group_type, age_category = excluded.age_category,
        birth_year = excluded.birth_year, language = excluded.language,
        purpose = excluded.purpose
    RETURNING id";

const KEEP_REPORT: &str = "
    WITH counted AS (
        UPDATE seat_group SET seats = $7, free = $8, reported_at = $4 WHERE id = $1
        RETURNING id
    )
    INSERT INTO seat_report (seat_group, what, sender, sent_at, received_at, seats_before,
                             free_before, seats, free, ground, content_digest)
    SELECT id, CASE WHEN $9::text IS NULL THEN 'REGISTERED' ELSE 'RECALLED' END, $2, $3, $4, $5,
           $6, $7, $8, $9, $10
    FROM counted
    RETURNING id";

/// A seat that is new here, or one that still stands where it was read; and what happened to it.
const CHANGE: &str = "
    WITH made AS (
        INSERT INTO seat (seat_group, state, state_funded, away_until, changed_at)
        SELECT $2, $3, $4, $5, $6 WHERE $1::bigint IS NULL
        RETURNING id
    ), moved AS (
        UPDATE seat SET state = $3, away_until = $5, changed_at = $6
        WHERE id = $1 AND seat_group = $2 AND state = ($8::text[])[1]
        RETURNING id
    ), changed AS (
        SELECT id FROM made UNION ALL SELECT id FROM moved
    )
    INSERT INTO seat_event (seat, at, report, event, state_from, state_to, law)
    SELECT changed.id, $6, $7, step.event, step.state_from, step.state_to, step.law
    FROM changed,
         unnest($9::text[], $8::text[], $10::text[], $11::text[])
             WITH ORDINALITY AS step (event, state_from, state_to, law, place)
    ORDER BY step.place";

const BLOCKING: &str = "
    SELECT r.id, r.valid_until
    FROM referral r
    JOIN seat s ON s.id = r.seat
    WHERE s.seat_group = $1 AND r.state = ANY($2)
    ORDER BY r.id
    LIMIT 200";

impl Transaction {
    /// Locks the preschool until the end of the transaction, and looks up its group and what is
    /// around it: each statement sees what was committed before the lock was given.
    pub async fn group_seats(
        &self,
        preschool: PreschoolId,
        group_id: &str,
    ) -> Result<GroupSeats, Trouble> {
        let preschool = preschool.as_str();
        let lock = self.prepare(LOCK_PRESCHOOL).await?;
        self.client().execute(&lock, &[&preschool]).await?;
        let group = self.rows(GROUP, &[&preschool, &group_id]).await?;
        let group = group.first().map(|row| {
            let sent_at: Option<chrono::DateTime<chrono::Utc>> = row.get("sent_at");
            Ok::<_, Trouble>(GroupNow {
                id: row.get("id"),
                seats: count(row.get::<_, i16>("seats"))?,
                free: count(row.get::<_, i16>("free"))?,
                sent_at: sent_at.map(Moment::from_utc),
            })
        });
        let seats = self.rows(SEATS, &[&preschool, &group_id]).await?;
        let seats = seats.iter().map(|row| SeatNow {
            id: row.get("id"),
            state: row.get("state"),
            state_funded: row.get("state_funded"),
            away_until: row.get::<_, Option<NaiveDate>>("away_until").map(Day::from),
        });
        let around = self.rows(AROUND, &[&preschool, &group_id]).await?;
        let around = around
            .first()
            .ok_or(Trouble::Unexpected("a sum that is no row"))?;
        let capacity: Option<i32> = around.get("capacity");
        Ok(GroupSeats {
            group: group.transpose()?,
            seats: seats.collect(),
            elsewhere: count(around.get::<_, i64>("elsewhere"))?,
            capacity: capacity.map(count).transpose()?,
        })
    }

    /// Keeps what a group is; gives its number. Its seats follow with the report.
    pub async fn keep_group(
        &self,
        preschool: PreschoolId,
        group_id: &str,
        group: &Group<'_>,
        at: Moment,
    ) -> Result<i64, Trouble> {
        let birth_year = group.birth_year.map(i16::try_from).transpose();
        let birth_year =
            birth_year.map_err(|_| Trouble::Unexpected("a year of birth that no column holds"))?;
        let statement = self.prepare(KEEP_GROUP).await?;
        let row = self
            .client()
            .query_one(
                &statement,
                &[
                    &preschool.as_str(),
                    &group_id,
                    &group.owner,
                    &group.name,
                    &group.kind,
                    &group.age_category,
                    &birth_year,
                    &group.language.code(),
                    &group.purpose,
                    &at.to_utc(),
                ],
            )
            .await?;
        Ok(row.get("id"))
    }

    /// Keeps a report or a recall, and what follows from it for each seat; gives its number.
    ///
    /// # Errors
    /// [`Trouble`], also where a seat does not stand as it was read.
    pub async fn keep_report(
        &self,
        report: &SeatReport<'_>,
        changes: &[Change],
    ) -> Result<i64, Trouble> {
        let small = |n: u32| {
            i16::try_from(n).map_err(|_| Trouble::Unexpected("more seats than a column holds"))
        };
        let statement = self.prepare(KEEP_REPORT).await?;
        let row = self
            .client()
            .query_one(
                &statement,
                &[
                    &report.group,
                    &report.sender,
                    &report.sent_at.to_utc(),
                    &report.received_at.to_utc(),
                    &small(report.before.0)?,
                    &small(report.before.1)?,
                    &small(report.after.0)?,
                    &small(report.after.1)?,
                    &report.ground,
                    &&report.digest[..],
                ],
            )
            .await?;
        let number = row.get("id");
        // In one round trip: no seat stands twice among them.
        future::try_join_all(changes.iter().map(|it| self.change(report, number, it))).await?;
        Ok(number)
    }

    async fn change(
        &self,
        report: &SeatReport<'_>,
        number: i64,
        change: &Change,
    ) -> Result<(), Trouble> {
        let statement = self.prepare(CHANGE).await?;
        let of_path = |code: fn(&crate::queue::group::Moved) -> &'static str| {
            change.path.iter().map(code).collect::<Vec<_>>()
        };
        let state = change.path.last().map(|moved| moved.to.code());
        let kept = self
            .client()
            .execute(
                &statement,
                &[
                    &change.seat,
                    &report.group,
                    &state,
                    &change.state_funded,
                    &change.away_until.map(Day::to_date),
                    &report.received_at.to_utc(),
                    &number,
                    &of_path(|moved| moved.from.code()),
                    &of_path(|moved| moved.event.code()),
                    &of_path(|moved| moved.to.code()),
                    &of_path(|moved| moved.law),
                ],
            )
            .await?;
        match usize::try_from(kept) == Ok(change.path.len()) {
            true => Ok(()),
            false => Err(Trouble::Unexpected("a seat that changed under its lock")),
        }
    }

    /// The referrals in one of these states that block seats of a group.
    pub async fn blocking(&self, group: i64, states: &[&str]) -> Result<Vec<Blocking>, Trouble> {
        let rows = self.rows(BLOCKING, &[&group, &states]).await?;
        let blocking = rows.iter().map(|row| Blocking {
            referral: row.get("id"),
            valid_until: Moment::from_utc(row.get("valid_until")),
        });
        Ok(blocking.collect())
    }
}

fn count<N: TryInto<u32>>(number: N) -> Result<u32, Trouble> {
    number
        .try_into()
        .map_err(|_| Trouble::Unexpected("fewer seats than none"))
}
