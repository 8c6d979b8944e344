//! Filling: invented applications by the million, for measurements only.
//!
//! Every person here is computed from a running number; their numbers have a right check digit.

use deadpool_postgres::Object;

use super::{Registry, Trouble};
use crate::terms::Moment;

/// Rows written by one statement.
const CHUNK: i64 = 50_000;

const PRESCHOOLS: &str = include_str!("fill/preschools.sql");
const PEOPLE: &str = include_str!("fill/people.sql");
const APPLICATIONS: &str = include_str!("fill/applications.sql");

impl Registry {
    /// Adds this many invented applications to the general queues of invented preschools, one
    /// preschool per hundred applications (at least twelve), and refreshes the statistics. Running
    /// it again adds only what is missing to this number.
    pub async fn bench_fill(&self, applications: u32, now: Moment) -> Result<(), Trouble> {
        let client = Object::take(self.client().await?);
        client
            .batch_execute("SET statement_timeout = 0; SET synchronous_commit = off")
            .await?;
        let preschools = (i64::from(applications) / 100).max(12);
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
            .batch_execute("VACUUM (ANALYZE) preschool, application, entry")
            .await?;
        Ok(())
    }
}
