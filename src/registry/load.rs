//! Loading: registers of an administrator made true, all of them or nothing.
//!
//! Law:   004 pt.8(1), pt.35(1). In: [`Registers`]. Out: [`Loaded`], how much was new.
//! Never: deletes: what a set leaves out is closed, for applications refer to it.
//! Start: [`Registry::load`].

use serde_json::json;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::journal::{Kind, Record};
use super::{NamedCode, NamedSettlement, Preschool, Registers, Registry, Requisites};
use super::{Transaction, Trouble};
use crate::terms::Moment;

/// What a load did, or would do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Rows that were new or said something else.
    pub changed: i64,
    /// Rows that the set leaves out and that were open.
    pub closed: i64,
    /// The version that the load made; none if all was known already.
    pub version: Option<i64>,
}

/// Two loads follow each other.
const LOCK: &str = "LOCK TABLE registers_version IN SHARE ROW EXCLUSIVE MODE";

const SETTLEMENTS: &str = "
    WITH listed AS (
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS l (code, name_kk, name_ru)
    ), put AS (
        INSERT INTO settlement AS known (code, name_kk, name_ru, status)
        SELECT code, name_kk, name_ru, 'ACTIVE' FROM listed ORDER BY code
        ON CONFLICT (code) DO UPDATE
           SET name_kk = excluded.name_kk, name_ru = excluded.name_ru, status = excluded.status
         WHERE known IS DISTINCT FROM excluded
        RETURNING 1
    ), closed AS (
        UPDATE settlement AS s SET status = 'CLOSED'
        WHERE status = 'ACTIVE' AND NOT EXISTS (SELECT FROM listed AS l WHERE l.code = s.code)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM put) AS changed, (SELECT count(*) FROM closed) AS closed";

const CODES: &str = "
    WITH listed AS (
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::smallint[],
                             $6::smallint[])
             AS l (list, code, name_kk, name_ru, age_from, age_to)
    ), put AS (
        INSERT INTO code AS known (list, code, name_kk, name_ru, status, age_from, age_to)
        SELECT list, code, name_kk, name_ru, 'ACTIVE', age_from, age_to
        FROM listed ORDER BY list, code
        ON CONFLICT (list, code) DO UPDATE
           SET name_kk = excluded.name_kk, name_ru = excluded.name_ru, status = excluded.status,
               age_from = excluded.age_from, age_to = excluded.age_to
         WHERE known IS DISTINCT FROM excluded
        RETURNING 1
    ), closed AS (
        UPDATE code AS c SET status = 'CLOSED'
        WHERE status = 'ACTIVE'
          AND NOT EXISTS (SELECT FROM listed AS l WHERE l.list = c.list AND l.code = c.code)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM put) AS changed, (SELECT count(*) FROM closed) AS closed";

const PRESCHOOLS: &str = "
    WITH listed AS (
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],
                             $6::text[], $7::text[])
             AS l (id, kind, status, name_kk, name_ru, short_kk, short_ru)
    ), put AS (
        INSERT INTO preschool AS known
               (id, settlement, kind, status, name_kk, name_ru, short_name_kk, short_name_ru)
        SELECT id, left(id, 9), kind, status, name_kk, name_ru, short_kk, short_ru
        FROM listed
        ORDER BY id
        ON CONFLICT (id) DO UPDATE
           SET kind = excluded.kind, status = excluded.status,
               name_kk = excluded.name_kk, name_ru = excluded.name_ru,
               short_name_kk = excluded.short_name_kk, short_name_ru = excluded.short_name_ru
         WHERE known IS DISTINCT FROM excluded
        RETURNING 1
    ), closed AS (
        UPDATE preschool AS p SET status = 'CLOSED'
        WHERE status = 'ACTIVE' AND NOT EXISTS (SELECT FROM listed AS l WHERE l.id = p.id)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM put) AS changed, (SELECT count(*) FROM closed) AS closed";

/// One row at a time: a list within a list has no array of PostgreSQL.
const REQUISITES: &str = "
    INSERT INTO requisites AS known
           (preschool, ownership, district_kk, district_ru, address_kk, address_ru, latitude_e6,
            longitude_e6, phone, languages, ages, capacity, fee_tenge, meals_tenge)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    ON CONFLICT (preschool) DO UPDATE
       SET ownership = excluded.ownership,
           district_kk = excluded.district_kk, district_ru = excluded.district_ru,
           address_kk = excluded.address_kk, address_ru = excluded.address_ru,
           latitude_e6 = excluded.latitude_e6, longitude_e6 = excluded.longitude_e6,
           phone = excluded.phone, languages = excluded.languages, ages = excluded.ages,
           capacity = excluded.capacity, fee_tenge = excluded.fee_tenge,
           meals_tenge = excluded.meals_tenge
     WHERE known IS DISTINCT FROM excluded";

/// A version is made where the files or the rows differ from what was there.
const VERSION: &str = "
    INSERT INTO registers_version (loaded_at, digest, changed, closed)
    SELECT $1, sha256($2::bytea), $3::bigint, $4::bigint
    WHERE $3::bigint + $4::bigint > 0 OR sha256($2::bytea) IS DISTINCT FROM
          (SELECT digest FROM registers_version ORDER BY version DESC LIMIT 1)
    RETURNING version, encode(digest, 'hex') AS digest";

impl Registry {
    /// Makes the register know this set, in one transaction, with a line in the journal; `dry` only
    /// finds what would change.
    pub async fn load(&self, set: &Registers, now: Moment, dry: bool) -> Result<Loaded, Trouble> {
        let transaction = self.begin().await?;
        transaction.client().batch_execute(LOCK).await?;
        let mut loaded = Loaded::default();
        loaded.add(transaction.put_settlements(&set.settlements).await?);
        loaded.add(transaction.put_codes(&set.codes).await?);
        loaded.add(transaction.put_preschools(&set.preschools).await?);
        for (preschool, requisites) in &set.preschools {
            loaded.changed += transaction.put_requisites(preschool, requisites).await?;
        }
        transaction.version(set, now, &mut loaded).await?;
        if dry {
            transaction.rollback().await?;
        } else {
            transaction.commit().await?;
        }
        Ok(loaded)
    }
}

impl Loaded {
    fn add(&mut self, (changed, closed): (i64, i64)) {
        self.changed += changed;
        self.closed += closed;
    }
}

impl Transaction {
    async fn put_settlements(&self, list: &[NamedSettlement]) -> Result<(i64, i64), Trouble> {
        let codes: Vec<&str> = list.iter().map(|it| it.code.as_str()).collect();
        let kazakh: Vec<&str> = list.iter().map(|it| &*it.name_kk).collect();
        let russian: Vec<&str> = list.iter().map(|it| &*it.name_ru).collect();
        counts(&self.rows(SETTLEMENTS, &[&codes, &kazakh, &russian]).await?)
    }

    async fn put_codes(&self, list: &[NamedCode]) -> Result<(i64, i64), Trouble> {
        let lists: Vec<&str> = list.iter().map(|it| it.list.code()).collect();
        let codes: Vec<&str> = list.iter().map(|it| &*it.code).collect();
        let kazakh: Vec<&str> = list.iter().map(|it| &*it.name_kk).collect();
        let russian: Vec<&str> = list.iter().map(|it| &*it.name_ru).collect();
        let age = |at: usize| -> Vec<Option<i16>> {
            list.iter().map(|it| it.ages.map(|ages| ages[at])).collect()
        };
        let values: [&(dyn ToSql + Sync); 6] =
            [&lists, &codes, &kazakh, &russian, &age(0), &age(1)];
        counts(&self.rows(CODES, &values).await?)
    }

    async fn put_preschools(
        &self,
        list: &[(Preschool, Requisites)],
    ) -> Result<(i64, i64), Trouble> {
        let column = |of: fn(&Preschool) -> &str| -> Vec<&str> {
            list.iter().map(|(preschool, _)| of(preschool)).collect()
        };
        let rows = self
            .rows(
                PRESCHOOLS,
                &[
                    &column(|it| it.id.as_str()),
                    &column(|it| it.kind.code()),
                    &column(|it| it.status.code()),
                    &column(|it| &it.name_kk),
                    &column(|it| &it.name_ru),
                    &column(|it| &it.short_name_kk),
                    &column(|it| &it.short_name_ru),
                ],
            )
            .await?;
        counts(&rows)
    }

    async fn put_requisites(&self, of: &Preschool, has: &Requisites) -> Result<i64, Trouble> {
        let statement = self.prepare(REQUISITES).await?;
        let [district_kk, district_ru] = &has.district;
        let [address_kk, address_ru] = &has.address;
        let changed = self
            .client()
            .execute(
                &statement,
                &[
                    &of.id.as_str(),
                    &has.ownership,
                    district_kk,
                    district_ru,
                    address_kk,
                    address_ru,
                    &has.latitude_e6,
                    &has.longitude_e6,
                    &has.phone.as_str(),
                    &has.languages,
                    &has.ages,
                    &has.capacity,
                    &has.fee_tenge,
                    &has.meals_tenge,
                ],
            )
            .await?;
        Ok(i64::from(changed > 0))
    }

    async fn version(
        &self,
        set: &Registers,
        now: Moment,
        loaded: &mut Loaded,
    ) -> Result<(), Trouble> {
        let text = set.text.as_bytes();
        let at = now.to_utc();
        let rows = self
            .rows(VERSION, &[&at, &text, &loaded.changed, &loaded.closed])
            .await?;
        let Some(row) = rows.first() else {
            return Ok(());
        };
        let version: i64 = row.get("version");
        loaded.version = Some(version);
        let verdict = json!({
            "version": version,
            "sha256": row.get::<_, &str>("digest"),
            "changed": loaded.changed,
            "closed": loaded.closed,
        });
        let record = Record {
            at: now,
            kind: Kind::Registers,
            origin: Uuid::new_v4(),
            sender: None,
            message_key: None,
            service: None,
            raw: None,
            verdict: &verdict,
            chain: &[],
        };
        self.journal(&record).await?;
        Ok(())
    }
}

fn counts(rows: &[tokio_postgres::Row]) -> Result<(i64, i64), Trouble> {
    let row = rows.first();
    let row = row.ok_or(Trouble::Unexpected("a count without a row"))?;
    Ok((row.get("changed"), row.get("closed")))
}
