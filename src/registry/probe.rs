//! Probe: can the database work, and not only answer?
//!
//! A full disk, a missing table or a right that was taken away let `SELECT 1` pass and refuse every
//! message. Whoever waits for such a database asks by writing.

use super::application::LODGE;
use super::{Registry, Trouble};

const WRITE: &str = include_str!("probe/write.sql");

impl Registry {
    /// Writes as a message would, and commits what is durable; nothing of it is a message.
    ///
    /// # Errors
    /// What a message would meet now.
    pub async fn try_to_write(&self) -> Result<(), Trouble> {
        let mut lent = self.open().await?;
        // Not from the cache: tables may be others than when it was first prepared.
        lent.client().prepare(LODGE).await?;
        lent.client().batch_execute(WRITE).await?;
        lent.finish();
        Ok(())
    }
}
