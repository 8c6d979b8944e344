//! Reports: what a peer said of a letter after it was handed over, or instead of answering.
//!
//! Each may come twice: what is so already stays so. A letter of another peer is not there.

use super::LetterState;
use crate::registry::{Registry, Trouble};
use crate::terms::Moment;
use uuid::Uuid;

/// Of which letter, by whom, and when.
#[derive(Debug, Clone, Copy)]
pub struct Reported<'a> {
    /// Who says it.
    pub peer: &'a str,
    /// The messageId that it names.
    pub message_id: &'a str,
    /// Now.
    pub now: Moment,
}

/// Tells whether there is such a letter, changed or not.
const BECOME: &str = "
    WITH changed AS (
        UPDATE letter
        SET state = $3, ended_at = $4, leased_until = NULL, trouble = $5
        WHERE peer = $1 AND message_id = $2 AND state = ANY($6)
    )
    SELECT FROM letter WHERE peer = $1 AND message_id = $2";

const AGAIN: &str = "
    WITH changed AS (
        UPDATE letter
        SET state = 'WAITING', ended_at = NULL, leased_until = NULL, due_at = $3,
            trouble = 'wanted_again'
        WHERE peer = $1 AND message_id = $2 AND state = 'DELIVERED' AND expires_at > $4
    )
    SELECT FROM letter WHERE peer = $1 AND message_id = $2";

const THERE: &str = "SELECT FROM letter WHERE peer = $1 AND message_id = $2";

impl Registry {
    /// Whom it is for has it.
    pub async fn letter_is_accepted(&self, of: &Reported<'_>) -> Result<bool, Trouble> {
        let from = [LetterState::Waiting];
        self.becomes(of, LetterState::Delivered, None, &from).await
    }

    /// Its peer had it, and wants it once more; not before then, and within its term.
    pub async fn letter_is_wanted_again(
        &self,
        of: &Reported<'_>,
        due_at: Moment,
    ) -> Result<bool, Trouble> {
        let Ok(id) = Uuid::parse_str(of.message_id) else {
            return Ok(false);
        };
        let (due_at, now) = (due_at.to_utc(), of.now.to_utc());
        let there = self.all(AGAIN, &[&of.peer, &id, &due_at, &now]).await?;
        Ok(!there.is_empty())
    }

    /// It went no further than its peer.
    pub async fn letter_was_not_delivered(&self, of: &Reported<'_>) -> Result<bool, Trouble> {
        let from = [LetterState::Delivered, LetterState::Waiting];
        let why = Some("not_delivered");
        self.becomes(of, LetterState::Expired, why, &from).await
    }

    /// Whom it is for does not want it.
    pub async fn letter_is_not_wanted(&self, of: &Reported<'_>) -> Result<bool, Trouble> {
        let from = [LetterState::Delivered, LetterState::Waiting];
        let why = Some("not_wanted");
        self.becomes(of, LetterState::Refused, why, &from).await
    }

    /// Whether there is such a letter.
    pub async fn has_letter(&self, of: &Reported<'_>) -> Result<bool, Trouble> {
        let Ok(id) = Uuid::parse_str(of.message_id) else {
            return Ok(false);
        };
        Ok(!self.all(THERE, &[&of.peer, &id]).await?.is_empty())
    }

    async fn becomes(
        &self,
        of: &Reported<'_>,
        state: LetterState,
        why: Option<&str>,
        from: &[LetterState],
    ) -> Result<bool, Trouble> {
        let Ok(id) = Uuid::parse_str(of.message_id) else {
            return Ok(false);
        };
        let from: Vec<&str> = from.iter().map(|state| state.code()).collect();
        let (state, now) = (state.code(), of.now.to_utc());
        let there = self
            .all(BECOME, &[&of.peer, &id, &state, &now, &why, &from])
            .await?;
        Ok(!there.is_empty())
    }
}
