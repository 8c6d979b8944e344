//! Stop-list: who stands in it now.
//!
//! Law:   004 pt.33, pt.34, pt.38; decision D-95.
//! Start: [`Transaction::stop_listed`].

use chrono::NaiveDate;

use super::application::name_from;
use super::{Transaction, Trouble};
use crate::terms::{Day, Moment, PersonName, Settlement};

/// A stay in the stop-list: 004 pt.38(1)–(7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopListed {
    /// Номер заявления (1).
    pub application: i64,
    /// ФИО заявителя (2).
    pub applicant: PersonName,
    /// ФИО ребёнка (3).
    pub child: PersonName,
    /// Was consent to publication given, and not withdrawn (pt.35(3))?
    pub publication_consent: bool,
    /// Дата и время перемещения (4, 5).
    pub placed_at: Moment,
    /// Code of the ground (6).
    pub ground: String,
    /// Дата выхода (7).
    pub exit_on: Day,
}

const PAGE: &str = "
    SELECT s.application, s.placed_at, s.ground, s.exit_on,
           a.applicant_surname, a.applicant_given, a.applicant_patronymic,
           a.child_surname, a.child_given, a.child_patronymic,
           a.publication_consent_at IS NOT NULL AS publication_consent
    FROM stop_list s
    JOIN application a ON a.id = s.application
    WHERE s.state = 'PLACED' AND a.settlement = $1 AND s.application > $2
    ORDER BY s.application
    LIMIT $3";

impl Transaction {
    /// Who stands in the stop-list with an application of this settlement, after this one, so many
    /// at most, in the order of their numbers.
    pub async fn stop_listed(
        &self,
        settlement: Settlement,
        after: Option<i64>,
        most: usize,
    ) -> Result<Vec<StopListed>, Trouble> {
        let after = after.unwrap_or(0);
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = self
            .rows(PAGE, &[&settlement.as_str(), &after, &most])
            .await?;
        rows.iter()
            .map(|row| {
                Ok(StopListed {
                    application: row.get("application"),
                    applicant: name_from(row, "applicant")?,
                    child: name_from(row, "child")?,
                    publication_consent: row.get("publication_consent"),
                    placed_at: Moment::from_utc(row.get("placed_at")),
                    ground: row.get("ground"),
                    exit_on: Day::from(row.get::<_, NaiveDate>("exit_on")),
                })
            })
            .collect()
    }
}
