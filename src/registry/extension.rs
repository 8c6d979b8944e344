//! Extensions: each with what it changed and the message that asked for it.
//!
//! Law:   004 1_2 p.3, p.4; D-101.
//! Locks: the child, by whoever found the application.

use super::{Transaction, Trouble};
use crate::terms::{Day, Moment};

/// An extension as it is to be kept.
#[derive(Debug, Clone, Copy)]
pub struct Extension<'a> {
    /// Our number of the application.
    pub application: i64,
    /// The verified sender.
    pub sender: &'a str,
    /// When the sender says that it was sent.
    pub sent_at: Moment,
    /// When it reached us.
    pub received_at: Moment,
    /// The last day of validity before.
    pub valid_before: Day,
    /// The last day of validity from now on.
    pub valid_until: Day,
    /// SHA-256 of the message that asked.
    pub digest: &'a [u8; 32],
}

const EXTEND: &str = "
    WITH extended AS (
        UPDATE application SET valid_until = $6 WHERE id = $1 AND valid_until = $5
        RETURNING id
    )
    INSERT INTO extension (application, sender, sent_at, received_at, valid_before, valid_until,
                           content_digest)
    SELECT id, $2, $3, $4, $5, $6, $7 FROM extended
    RETURNING id";

impl Transaction {
    /// Extends an application; gives the number of the extension.
    ///
    /// # Errors
    /// [`Trouble`], also where the application is not as it was read.
    pub async fn extend(&self, extension: &Extension<'_>) -> Result<i64, Trouble> {
        let statement = self.prepare(EXTEND).await?;
        let row = self
            .client()
            .query_opt(
                &statement,
                &[
                    &extension.application,
                    &extension.sender,
                    &extension.sent_at.to_utc(),
                    &extension.received_at.to_utc(),
                    &extension.valid_before.to_date(),
                    &extension.valid_until.to_date(),
                    &&extension.digest[..],
                ],
            )
            .await?;
        let row = row.ok_or(Trouble::Unexpected(
            "an application that changed under its lock",
        ))?;
        Ok(row.get(0))
    }
}
