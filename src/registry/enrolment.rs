//! Enrolment applications: formed from a referral, registered when the family comes.
//!
//! Law:   004 pt.2(12), pt.8(5), pt.30, 1_7; decision D-71.
//! Start: [`Transaction::enrolments`].

use super::application::iin_from;
use super::referral::{PlaceGiven, from_place_given, place_from, place_given};
use super::{Transaction, Trouble};
use crate::terms::{Iin, Moment};

/// Заявление на зачисление, with what its referral gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// Its number.
    pub number: i64,
    /// The referral from which it was formed (1_7 st.1).
    pub referral: i64,
    /// Our number of the application to the queue.
    pub application: i64,
    /// Code of the state of its life cycle.
    pub state: String,
    /// When it was formed.
    pub formed_at: Moment,
    /// When it was registered, and the last moment of its term (pt.30); none before (D-71).
    pub registered: Option<(Moment, Moment)>,
    /// The place.
    pub place: PlaceGiven,
    /// On whom the referral was written (pt.30).
    pub representative: Iin,
    /// The child.
    pub child: Iin,
}

const ENROLMENTS: &str = concat!(
    "SELECT n.id, n.referral, n.state, n.formed_at, n.registered_at, n.valid_until,
            r.application, r.representative_iin, r.child_iin, ",
    place_given!(),
    " FROM enrolment n JOIN referral r ON r.id = n.referral ",
    from_place_given!(),
    " WHERE r.application = ANY($1) AND n.state = ANY($2) ORDER BY n.id LIMIT 32"
);

impl Transaction {
    /// The enrolment applications that follow from these applications and stand in one of these
    /// states.
    pub async fn enrolments(
        &self,
        applications: &[i64],
        states: &[&str],
    ) -> Result<Vec<Enrolment>, Trouble> {
        let rows = self.rows(ENROLMENTS, &[&applications, &states]).await?;
        rows.iter()
            .map(|row| {
                let moment = |column| row.get::<_, Option<_>>(column).map(Moment::from_utc);
                Ok(Enrolment {
                    number: row.get("id"),
                    referral: row.get("referral"),
                    application: row.get("application"),
                    state: row.get("state"),
                    formed_at: Moment::from_utc(row.get("formed_at")),
                    registered: moment("registered_at").zip(moment("valid_until")),
                    place: place_from(row)?,
                    representative: iin_from(row, "representative_iin")?,
                    child: iin_from(row, "child_iin")?,
                })
            })
            .collect()
    }
}
