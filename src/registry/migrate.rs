//! Migrations: the schema, as plain SQL files carried in the program.
//!
//! Any number of processes may migrate at once: one does, the others wait and find it done. An
//! applied file that has changed since is refused. What the database has beyond this program is
//! tolerated: a newer program is being rolled out beside it (expand, then contract).

use deadpool_postgres::Object;

use super::{Registry, Trouble};

/// A file of SQL, applied once.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its name; the order of names is the order of application.
    pub name: &'static str,
    sql: &'static str,
}

/// Whether a migration is in the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It is not.
    Missing,
    /// It is, with another text.
    Rewritten,
    /// It is.
    Yes,
}

macro_rules! migrations {
    ($($name:literal),+ $(,)?) => {
        &[$(Migration {
            name: $name,
            sql: include_str!(concat!("migrations/", $name, ".up.sql")),
        }),+]
    };
}

const MIGRATIONS: &[Migration] = migrations![
    "0001_register",
    "0002_delivery",
    "0003_probe",
    "0004_stamp",
    "0005_change",
    "0006_scan",
    "0007_consent",
    "0008_rights",
    "0009_extension",
    "0010_registers",
    "0011_letter",
    "0012_papers",
    "0013_stop_list",
    "0014_special_needs",
    "0015_seat_group",
    "0016_courier",
    "0017_chain",
    "0018_update",
    "0019_kinds",
    "0020_seat",
    "0021_document_check",
];

/// "kezek" in ASCII: the advisory lock of those who migrate.
const LOCK: i64 = 0x6b_657a_656b;

const PREPARE: &str = "
    CREATE TABLE IF NOT EXISTS kezek_migration (
        name        text COLLATE \"C\" PRIMARY KEY,
        checksum    bytea NOT NULL,
        applied_at  timestamptz NOT NULL DEFAULT now()
    );
    COMMENT ON TABLE kezek_migration IS 'Which migrations are in this schema';
    COMMENT ON COLUMN kezek_migration.name IS 'File name without its ending';
    COMMENT ON COLUMN kezek_migration.checksum IS 'SHA-256 of the file as it was applied';
    COMMENT ON COLUMN kezek_migration.applied_at IS 'When';";

const COMPARE: &str = "
    SELECT a.checksum = sha256(convert_to(m.sql, 'UTF8')) AS same
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS m (name, sql, place)
    LEFT JOIN kezek_migration a ON a.name = m.name
    ORDER BY m.place";

const RECORD: &str = "
    INSERT INTO kezek_migration (name, checksum)
    VALUES ($1, sha256(convert_to($2, 'UTF8')))";

impl Registry {
    /// Brings the schema up to what this program needs; the names of what was applied.
    pub async fn migrate(&self) -> Result<Vec<&'static str>, Trouble> {
        // Out of the pool: the lock and the settings end with the connection.
        let client = Object::take(self.client().await?);
        client
            .batch_execute("SET statement_timeout = 0; SET lock_timeout = 0")
            .await?;
        client
            .execute("SELECT pg_advisory_lock($1)", &[&LOCK])
            .await?;
        // A migration that waits for a lock blocks everybody behind it: better to fail and retry.
        client.batch_execute("SET lock_timeout = '30s'").await?;
        client.batch_execute(PREPARE).await?;
        let mut applied = Vec::new();
        for (migration, state) in compare(&client).await? {
            match state {
                Applied::Yes => {}
                Applied::Rewritten => {
                    return Err(Trouble::Rewritten {
                        name: migration.name.to_owned(),
                    });
                }
                Applied::Missing => {
                    client.batch_execute("BEGIN").await?;
                    client.batch_execute(migration.sql).await?;
                    client
                        .execute(RECORD, &[&migration.name, &migration.sql])
                        .await?;
                    client.batch_execute("COMMIT").await?;
                    tracing::info!(migration = migration.name, "applied");
                    applied.push(migration.name);
                }
            }
        }
        Ok(applied)
    }

    /// Every migration of this program, and whether the schema has it.
    pub async fn migrations(&self) -> Result<Vec<(Migration, Applied)>, Trouble> {
        let client = self.client().await?;
        let known: bool = client
            .query_one(
                "SELECT to_regclass('kezek_migration') IS NOT NULL AS known",
                &[],
            )
            .await?
            .get("known");
        if known {
            return compare(&client).await;
        }
        Ok(MIGRATIONS
            .iter()
            .map(|migration| (*migration, Applied::Missing))
            .collect())
    }

    /// The names of the migrations that the schema lacks.
    pub async fn pending(&self) -> Result<Vec<&'static str>, Trouble> {
        let mut missing = Vec::new();
        for (migration, state) in self.migrations().await? {
            match state {
                Applied::Yes => {}
                Applied::Missing => missing.push(migration.name),
                Applied::Rewritten => {
                    return Err(Trouble::Rewritten {
                        name: migration.name.to_owned(),
                    });
                }
            }
        }
        Ok(missing)
    }

    /// Refuses to go on with a schema that lacks something: every role asks when it starts.
    pub async fn require_migrated(&self) -> Result<(), Trouble> {
        let missing = self.pending().await?;
        match missing.first() {
            None => Ok(()),
            Some(first) => Err(Trouble::Behind {
                first: (*first).to_owned(),
                missing: missing.len(),
            }),
        }
    }
}

async fn compare(client: &tokio_postgres::Client) -> Result<Vec<(Migration, Applied)>, Trouble> {
    let names: Vec<&str> = MIGRATIONS.iter().map(|migration| migration.name).collect();
    let texts: Vec<&str> = MIGRATIONS.iter().map(|migration| migration.sql).collect();
    let rows = client.query(COMPARE, &[&names, &texts]).await?;
    let states = rows
        .iter()
        .map(|row| match row.get::<_, Option<bool>>("same") {
            None => Applied::Missing,
            Some(false) => Applied::Rewritten,
            Some(true) => Applied::Yes,
        });
    Ok(MIGRATIONS.iter().copied().zip(states).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_numbered_in_the_order_of_application() {
        for (at, migration) in MIGRATIONS.iter().enumerate() {
            let number = format!("{:04}_", at + 1);
            assert!(migration.name.starts_with(&number), "{}", migration.name);
        }
    }
}
