//! Consents: what an application has now, and each change of it with its evidence.
//!
//! Law:   004 pt.12, pt.14, pt.35(3). What was said at filing stands in the application itself,
//!        with the digest of the message that said it.
//! Locks: the child, by whoever found the application.

use super::{Transaction, Trouble};

/// A change of a consent.
#[derive(Debug, Clone, Copy)]
pub struct ConsentChange<'a> {
    /// Our number of the application.
    pub application: i64,
    /// Code of the change.
    pub what: &'a str,
    /// The verified sender.
    pub sender: &'a str,
    /// SHA-256 of the message that says it.
    pub digest: &'a [u8; 32],
}

/// Consent to processing is withdrawn once, with the application; the other one as often as the
/// family likes, and what it has already is no change.
const CHANGE: &str = "
    WITH changed AS (
        UPDATE application
           SET publication_consent_at = CASE WHEN $2 = 'PUBLICATION_GIVEN' THEN now() END
         WHERE id = $1
           AND ($2 = 'PROCESSING_WITHDRAWN'
                OR (publication_consent_at IS NOT NULL) <> ($2 = 'PUBLICATION_GIVEN'))
        RETURNING id
    )
    INSERT INTO consent_change (application, what, sender, content_digest)
    SELECT id, $2, $3, $4 FROM changed";

impl Transaction {
    /// Changes a consent and notes the evidence; false where nothing was otherwise.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn change_consent(&self, change: &ConsentChange<'_>) -> Result<bool, Trouble> {
        let ConsentChange {
            application,
            what,
            sender,
            digest,
        } = change;
        let statement = self.prepare(CHANGE).await?;
        let changed = self
            .client()
            .execute(&statement, &[application, what, sender, &&digest[..]])
            .await?;
        Ok(changed > 0)
    }
}
