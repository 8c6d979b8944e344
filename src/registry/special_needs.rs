//! Special needs: conclusions about children, as their source tells them.
//!
//! Law:   004 1_9 p.8, pt.21.
//! Start: [`Transaction::special_needs`].

use chrono::NaiveDate;

use super::application::name_from;
use super::{Transaction, Trouble};
use crate::terms::{Day, Iin, PersonName};

/// A conclusion that a child has special educational needs (заключение ПМПК).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialNeeds {
    /// The child's name, as the conclusion has it.
    pub child: PersonName,
    /// The first day on which it counts.
    pub concluded_on: Day,
    /// The last day on which it counts.
    pub valid_until: Day,
    /// The day from which it counts no more, if it was withdrawn.
    pub withdrawn_on: Option<Day>,
}

const OF_CHILD: &str = "
    SELECT child_surname, child_given, child_patronymic, concluded_on, valid_until, withdrawn_on
    FROM special_needs
    WHERE child_iin = $1
    ORDER BY concluded_on DESC, id DESC
    LIMIT 32";

impl Transaction {
    /// The conclusions about a child, the last first.
    pub async fn special_needs(&self, child: &Iin) -> Result<Vec<SpecialNeeds>, Trouble> {
        let rows = self.rows(OF_CHILD, &[&child.as_str()]).await?;
        rows.iter()
            .map(|row| {
                let day = |column| Day::from(row.get::<_, NaiveDate>(column));
                Ok(SpecialNeeds {
                    child: name_from(row, "child")?,
                    concluded_on: day("concluded_on"),
                    valid_until: day("valid_until"),
                    withdrawn_on: row
                        .get::<_, Option<NaiveDate>>("withdrawn_on")
                        .map(Day::from),
                })
            })
            .collect()
    }
}
