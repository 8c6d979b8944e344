//! Applications by number: looked at, or locked and withdrawn.
//!
//! Law:   004 pt.2(9) (the reason of a change), 1_8 No. 3.
//! Locks: the child, by the number that the message names, before an application is read that is to
//!        change: whatever else happens to an application of that child waits.

use futures_util::future;
use tokio_postgres::types::ToSql;

use super::LOCK_CHILD;
use super::filed::{FIND_NUMBER, Filed, filed_from};
use crate::registry::{Transaction, Trouble};
use crate::terms::{Iin, Moment};

/// Who leaves, and why: for the row, and for the log of each queue that it leaves.
#[derive(Debug, Clone, Copy)]
pub struct Leave<'a> {
    /// Our number of the application.
    pub application: i64,
    /// When.
    pub at: Moment,
    /// Code of the state in which it ends.
    pub because: &'a str,
    /// Code of the reason in the log.
    pub why: &'a str,
    /// The paragraph.
    pub law: &'a str,
}

/// The entries that were counted leave their queues in the same statement, each with a line in the
/// log; the clock of the register may step back, and nobody leaves before joining.
const LEAVE: &str = "
    WITH closed AS (
        UPDATE application
           SET state = 'CLOSED', closed_at = $2, closed_because = $3
         WHERE id = $1 AND state <> 'CLOSED'
        RETURNING id
    ), counted AS (
        SELECT e.application, e.preschool, e.tier, e.joined_at, e.filed_at
          FROM entry e JOIN closed ON closed.id = e.application
         WHERE e.state IN ('OFFERED', 'WAITING')
    ), logged AS (
        INSERT INTO happening (at, application, preschool, what, why, tier, law, filed_at)
        SELECT greatest(clock_timestamp(), joined_at), application, preschool, 'LEFT', $4, tier, $5,
               filed_at
          FROM counted
    )
    UPDATE entry e SET state = 'LEFT', held_by = NULL
      FROM closed
     WHERE e.application = closed.id AND e.state <> 'LEFT'";

impl Transaction {
    /// The application of this number, in any state.
    pub async fn application(&self, number: i64) -> Result<Option<Filed>, Trouble> {
        let found = self.rows(FIND_NUMBER, &[&number]).await?;
        found.first().map(filed_from).transpose()
    }

    /// The same, with the child locked.
    pub async fn application_to_change(
        &self,
        number: i64,
        child: &Iin,
    ) -> Result<Option<Filed>, Trouble> {
        let lock = self.prepare(LOCK_CHILD).await?;
        let find = self.prepare(FIND_NUMBER).await?;
        let client = self.client();
        let child = child.as_str();
        let (_, found) = future::try_join(
            client.execute(&lock, &[&child]),
            client.query_opt(&find, &[&number]),
        )
        .await?;
        found.as_ref().map(filed_from).transpose()
    }

    /// The application leaves all its queues.
    pub async fn leave_queues(&self, leave: Leave<'_>) -> Result<(), Trouble> {
        let Leave {
            application,
            at,
            because,
            why,
            law,
        } = leave;
        let statement = self.prepare(LEAVE).await?;
        let at = at.to_utc();
        let values: [&(dyn ToSql + Sync); 5] = [&application, &at, &because, &why, &law];
        // The child is locked and the row was read: if nothing changes, somebody went around that.
        if self.client().execute(&statement, &values).await? == 0 {
            return Err(Trouble::Unexpected(
                "an application that changed under its lock",
            ));
        }
        Ok(())
    }
}
