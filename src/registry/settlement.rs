//! Settlements: pages of what was loaded.
//!
//! Law:   004 1_1 p.4(4). Start: [`Transaction::settlements`].

use super::preschool::status_from;
use super::{PreschoolStatus, Transaction, Trouble};
use crate::terms::Settlement;

/// A settlement as the registry knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSettlement {
    /// Its code.
    pub code: Settlement,
    /// Name in Kazakh.
    pub name_kk: String,
    /// Name in Russian.
    pub name_ru: String,
    /// Whether the last set had it.
    pub status: PreschoolStatus,
}

const PAGE: &str = "
    SELECT code, name_kk, name_ru, status
    FROM settlement
    WHERE code > $1
    ORDER BY code
    LIMIT $2";

const HAS: &str = "SELECT EXISTS (SELECT FROM settlement WHERE code = $1) AS known";

impl Transaction {
    /// Whether a set that was loaded had this settlement, even if it is closed now.
    pub async fn has_settlement(&self, code: Settlement) -> Result<bool, Trouble> {
        let rows = self.rows(HAS, &[&code.as_str()]).await?;
        Ok(rows.first().is_some_and(|row| row.get("known")))
    }

    /// The settlements after this one, so many at most, in the order of their codes.
    pub async fn settlements(
        &self,
        after: Option<Settlement>,
        most: usize,
    ) -> Result<Vec<KnownSettlement>, Trouble> {
        // No code is less than an empty text.
        let after = after.as_ref().map_or("", Settlement::as_str);
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = self.rows(PAGE, &[&after, &most]).await?;
        rows.iter()
            .map(|row| {
                Ok(KnownSettlement {
                    code: Settlement::parse(row.get("code"))
                        .map_err(|_| Trouble::Unexpected("a code that is no settlement's"))?,
                    name_kk: row.get("name_kk"),
                    name_ru: row.get("name_ru"),
                    status: status_from(row.get("status"))?,
                })
            })
            .collect()
    }
}
