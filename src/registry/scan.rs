//! Scans of an application: which papers there are, and under which names their contents are kept.
//!
//! Law:   004 1_1 p.4, p.6, p.8, 1_9. The octets lie in the store of scans, not here.

use super::{Transaction, Trouble};

/// A scan as it is to be kept.
#[derive(Debug, Clone, Copy)]
pub struct KeptScan<'a> {
    /// Code of the paper.
    pub paper: &'a str,
    /// Its media type.
    pub media: &'a str,
    /// SHA-256 of its content: the name under which the octets are kept.
    pub content: &'a [u8; 32],
}

/// The same paper may have several pages, each a scan; the same page counts once.
const KEEP: &str = "\
INSERT INTO scan (application, paper, media, content)
SELECT $1, paper, media, content
FROM unnest($2::text[], $3::text[], $4::bytea[]) AS given (paper, media, content)
ON CONFLICT DO NOTHING";

const SCANS_OF: &str = "\
SELECT paper, content FROM scan WHERE application = $1 ORDER BY paper, content";

impl Transaction {
    /// Notes the scans of an application; one statement, and none where there are no scans.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn keep_scans(
        &self,
        application: i64,
        scans: &[KeptScan<'_>],
    ) -> Result<(), Trouble> {
        if scans.is_empty() {
            return Ok(());
        }
        let papers: Vec<&str> = scans.iter().map(|scan| scan.paper).collect();
        let media: Vec<&str> = scans.iter().map(|scan| scan.media).collect();
        let contents: Vec<&[u8]> = scans.iter().map(|scan| &scan.content[..]).collect();
        let statement = self.prepare(KEEP).await?;
        self.client()
            .execute(&statement, &[&application, &papers, &media, &contents])
            .await?;
        Ok(())
    }

    /// The papers of an application with the names of their contents, in that order.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn scans_of(&self, application: i64) -> Result<Vec<(String, Vec<u8>)>, Trouble> {
        let rows = self.rows(SCANS_OF, &[&application]).await?;
        let pair = |row: &tokio_postgres::Row| (row.get("paper"), row.get("content"));
        Ok(rows.iter().map(pair).collect())
    }
}
