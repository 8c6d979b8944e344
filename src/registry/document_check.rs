//! Checks of documents: what an official found of each paper, with the message that says so.
//!
//! Law:   004 1_1 p.10, 1_3 p.5, 1_9 p.10.
//! Locks: the child, by whoever found the application.

use super::{Transaction, Trouble};
use crate::terms::{Iin, Moment};

/// The findings of one message as they are to be kept.
#[derive(Debug, Clone, Copy)]
pub struct DocumentCheck<'a> {
    /// Our number of the application.
    pub application: i64,
    /// What was found of each paper.
    pub found: &'a [FoundPaper<'a>],
    /// The official's number (7).
    pub official_iin: &'a Iin,
    /// Where the official works (8).
    pub workplace: &'a str,
    /// As what (8).
    pub post: &'a str,
    /// The verified sender.
    pub sender: &'a str,
    /// When it reached us.
    pub received_at: Moment,
    /// SHA-256 of the message.
    pub digest: &'a [u8; 32],
}

/// What was found of one paper.
#[derive(Debug, Clone, Copy)]
pub struct FoundPaper<'a> {
    /// Code of the paper (9).
    pub paper: &'a str,
    /// Code of the benefit that it was to show, if it is a certificate from work.
    pub benefit: Option<&'a str>,
    /// Code of why it shows nothing (11); none: it was confirmed (10).
    pub ground: Option<&'a str>,
    /// The same in the official's words.
    pub explanation: Option<&'a str>,
}

const KEEP: &str = "
    INSERT INTO document_check (application, paper, benefit, ground, explanation, official_iin,
                                workplace, post, sender, received_at, content_digest)
    SELECT $1, paper, benefit, ground, explanation, $6, $7, $8, $9, $10, $11
      FROM unnest($2::text[], $3::text[], $4::text[], $5::text[])
           AS found (paper, benefit, ground, explanation)
    RETURNING id";

/// The papers that were confirmed; that of a benefit counts for the one that is claimed now.
const CONFIRMED: &str = "
    SELECT DISTINCT d.paper
      FROM document_check d JOIN application a ON a.id = d.application
     WHERE d.application = $1 AND d.ground IS NULL
       AND (d.benefit IS NULL OR d.benefit = a.benefit)";

impl Transaction {
    /// Keeps the findings; gives the number of the first.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn keep_check(&self, check: &DocumentCheck<'_>) -> Result<i64, Trouble> {
        let column = |of: fn(&FoundPaper<'_>) -> Option<String>| -> Vec<Option<String>> {
            check.found.iter().map(of).collect()
        };
        let received_at = check.received_at.to_utc();
        let rows = self
            .rows(
                KEEP,
                &[
                    &check.application,
                    &column(|it| Some(it.paper.to_owned())),
                    &column(|it| it.benefit.map(str::to_owned)),
                    &column(|it| it.ground.map(str::to_owned)),
                    &column(|it| it.explanation.map(str::to_owned)),
                    &check.official_iin.as_str(),
                    &check.workplace,
                    &check.post,
                    &check.sender,
                    &received_at,
                    &check.digest.as_slice(),
                ],
            )
            .await?;
        let numbers = rows.iter().map(|row| row.get::<_, i64>("id"));
        numbers
            .min()
            .ok_or(Trouble::Unexpected("a check that found nothing"))
    }

    /// The codes of the papers of an application that earlier checks confirmed.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn confirmed_papers(&self, application: i64) -> Result<Vec<String>, Trouble> {
        let rows = self.rows(CONFIRMED, &[&application]).await?;
        Ok(rows.iter().map(|row| row.get("paper")).collect())
    }
}
