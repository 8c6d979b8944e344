//! Contracts: what a family and a preschool agreed on (договор образовательных услуг).
//!
//! Law:   004 pt.2(18), pt.30, pt.31; decision D-83.
//! Start: [`Transaction::contracts`].

use chrono::NaiveDate;

use super::application::iin_from;
use super::referral::{PlaceGiven, from_place_given, place_from, place_given};
use super::{Transaction, Trouble};
use crate::terms::{Day, Iin};

/// A contract that both have signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// Its number in the register.
    pub number: i64,
    /// The number that the preschool gave it.
    pub own_number: String,
    /// The enrolment application on which it rests (pt.30).
    pub enrolment: i64,
    /// The referral, «на основании направления» (pt.2(18)).
    pub referral: i64,
    /// When it was concluded.
    pub concluded_on: Day,
    /// `ELECTRONIC` or `PAPER` (pt.30).
    pub form: String,
    /// The place.
    pub place: PlaceGiven,
    /// «законный представитель ребенка, заключивший договор» (pt.31).
    pub owner: Iin,
    /// The child.
    pub child: Iin,
}

const CONTRACTS: &str = concat!(
    "SELECT c.id, c.own_number, c.enrolment, c.concluded_on, c.form, c.owner_iin,
            n.referral, r.child_iin, ",
    place_given!(),
    " FROM contract c JOIN enrolment n ON n.id = c.enrolment JOIN referral r ON r.id = n.referral ",
    from_place_given!(),
    " WHERE r.application = ANY($1) AND c.state = ANY($2) AND c.concluded_on IS NOT NULL
      ORDER BY c.id LIMIT 32"
);

impl Transaction {
    /// The contracts that follow from these applications, are concluded and stand in one of these
    /// states.
    pub async fn contracts(
        &self,
        applications: &[i64],
        states: &[&str],
    ) -> Result<Vec<Contract>, Trouble> {
        let rows = self.rows(CONTRACTS, &[&applications, &states]).await?;
        rows.iter()
            .map(|row| {
                Ok(Contract {
                    number: row.get("id"),
                    own_number: row.get("own_number"),
                    enrolment: row.get("enrolment"),
                    referral: row.get("referral"),
                    concluded_on: Day::from(row.get::<_, NaiveDate>("concluded_on")),
                    form: row.get("form"),
                    place: place_from(row)?,
                    owner: iin_from(row, "owner_iin")?,
                    child: iin_from(row, "child_iin")?,
                })
            })
            .collect()
    }
}
