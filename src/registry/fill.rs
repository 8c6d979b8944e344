//! Filling: invented applications by the million, for measurements only.
//!
//! Every person here is computed from a running number; their numbers have a right check digit.

use deadpool_postgres::Object;

use super::{Registry, Trouble};
use crate::terms::Moment;

/// Rows written by one statement.
const CHUNK: i64 = 50_000;

const SETTLEMENTS: &str = include_str!("fill/settlements.sql");
const PRESCHOOLS: &str = include_str!("fill/preschools.sql");
const PEOPLE: &str = include_str!("fill/people.sql");
const APPLICATIONS: &str = include_str!("fill/applications.sql");

/// Somebody of the filled register, to be asked about.
#[derive(Debug, Clone)]
pub struct Family {
    /// Number of the application.
    pub number: i64,
    /// Code of the settlement (КАТО).
    pub settlement: String,
    /// Personal number of the applicant.
    pub applicant: String,
    /// Surname and given name.
    pub applicant_name: [String; 2],
    /// Personal number of the child.
    pub child: String,
    /// Surname and given name.
    pub child_name: [String; 2],
}

/// Spread over the register, so that no page of it stays warm because of its neighbour.
const FAMILIES: &str = "\
SELECT id, settlement, applicant_iin, applicant_surname, applicant_given, child_iin, child_surname,
       child_given
FROM application
WHERE sender = 'bench' AND state = 'WAITING'
ORDER BY content_digest LIMIT $1";

impl Registry {
    /// Some of those whom [`Registry::bench_fill`] invented and who wait in a queue.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn bench_families(&self, count: i64) -> Result<Vec<Family>, Trouble> {
        let rows = self.client().await?.query(FAMILIES, &[&count]).await?;
        let family = |row: &tokio_postgres::Row| Family {
            number: row.get("id"),
            settlement: row.get("settlement"),
            applicant: row.get("applicant_iin"),
            applicant_name: [row.get("applicant_surname"), row.get("applicant_given")],
            child: row.get("child_iin"),
            child_name: [row.get("child_surname"), row.get("child_given")],
        };
        Ok(rows.iter().map(family).collect())
    }

    /// Adds this many invented applications to the general queues of invented preschools, one
    /// preschool per hundred applications (at least twelve), and refreshes the statistics. Running
    /// it again adds only what is missing to this number.
    pub async fn bench_fill(&self, applications: u32, now: Moment) -> Result<(), Trouble> {
        let client = Object::take(self.client().await?);
        client
            .batch_execute("SET statement_timeout = 0; SET synchronous_commit = off")
            .await?;
        let preschools = (i64::from(applications) / 100).max(12);
        client.execute(SETTLEMENTS, &[&preschools]).await?;
        client.execute(PRESCHOOLS, &[&preschools]).await?;
        client.batch_execute(PEOPLE).await?;
        let filled: i64 = client
            .query_one(
                "SELECT count(*) FROM application WHERE sender = 'bench'",
                &[],
            )
            .await?
            .get(0);
        let mut from = filled;
        while from < i64::from(applications) {
            let to = (from + CHUNK).min(i64::from(applications));
            client
                .execute(APPLICATIONS, &[&from, &to, &preschools, &now.to_utc()])
                .await?;
            from = to;
        }
        client
            .batch_execute("VACUUM (ANALYZE) settlement, preschool, application, entry")
            .await?;
        Ok(())
    }
}
