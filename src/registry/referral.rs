//! Referrals: what was issued to whom, and whether it can still be used.
//!
//! Law:   004 pt.8(4), pt.28, 1_6 p.3 (the eleven fields).
//! Start: [`Transaction::referrals`].

use tokio_postgres::Row;

use super::application::iin_from;
use super::{Transaction, Trouble};
use crate::terms::{Iin, Moment, PreschoolId};

/// A referral as it was issued: 004 1_6 p.3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referral {
    /// Номер направления (1).
    pub number: i64,
    /// Our number of the application that it follows from.
    pub application: i64,
    /// Code of the state of its life cycle.
    pub state: String,
    /// Дата и время формирования (2).
    pub issued_at: Moment,
    /// Срок действия (3): its last moment.
    pub valid_until: Moment,
    /// Вид направления (4): `LASTING` or `TEMPORARY`.
    pub kind: String,
    /// Необходимость подтверждения льготы (5).
    pub benefit_to_confirm: bool,
    /// The place (6–9).
    pub place: PlaceGiven,
    /// ИИН законного представителя (10).
    pub representative: Iin,
    /// ИИН ребёнка (11).
    pub child: Iin,
}

/// Where a place is given, and of what kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceGiven {
    /// The preschool.
    pub preschool: PreschoolId,
    /// Its names (6), Kazakh and Russian.
    pub names: [String; 2],
    /// Its address (7), Kazakh and Russian, where requisites were loaded.
    pub address: [Option<String>; 2],
    /// Возрастная категория (8): a code of the list.
    pub age_category: String,
    /// Язык обучения (9): a code of the list.
    pub language: String,
}

/// What a [`PlaceGiven`] is read from: the referral `r`, its preschool, what is known of it.
macro_rules! place_given {
    () => {
        "r.preschool, r.age_category, r.language, p.name_kk, p.name_ru, q.address_kk, q.address_ru"
    };
}
/// Where those columns stand.
macro_rules! from_place_given {
    () => {
        "JOIN preschool p ON p.id = r.preschool LEFT JOIN requisites q ON q.preschool = r.preschool"
    };
}
pub(super) use {from_place_given, place_given};

/// What is asked is what is in force; a child has few, and an answer has a bound.
const REFERRALS: &str = concat!(
    "SELECT r.id, r.application, r.state, r.issued_at, r.valid_until, r.kind,
            r.benefit_to_confirm, r.representative_iin, r.child_iin, ",
    place_given!(),
    " FROM referral r ",
    from_place_given!(),
    " WHERE r.application = ANY($1) AND r.state = ANY($2) ORDER BY r.id LIMIT 32"
);

impl Transaction {
    /// The referrals of these applications that stand in one of these states.
    pub async fn referrals(
        &self,
        applications: &[i64],
        states: &[&str],
    ) -> Result<Vec<Referral>, Trouble> {
        let rows = self.rows(REFERRALS, &[&applications, &states]).await?;
        rows.iter()
            .map(|row| {
                Ok(Referral {
                    number: row.get("id"),
                    application: row.get("application"),
                    state: row.get("state"),
                    issued_at: Moment::from_utc(row.get("issued_at")),
                    valid_until: Moment::from_utc(row.get("valid_until")),
                    kind: row.get("kind"),
                    benefit_to_confirm: row.get("benefit_to_confirm"),
                    place: place_from(row)?,
                    representative: iin_from(row, "representative_iin")?,
                    child: iin_from(row, "child_iin")?,
                })
            })
            .collect()
    }
}

pub(super) fn place_from(row: &Row) -> Result<PlaceGiven, Trouble> {
    Ok(PlaceGiven {
        preschool: PreschoolId::parse(row.get("preschool"))
            .map_err(|_| Trouble::Unexpected("an identifier that is no preschool's"))?,
        names: [row.get("name_kk"), row.get("name_ru")],
        address: [row.get("address_kk"), row.get("address_ru")],
        age_category: row.get("age_category"),
        language: row.get("language"),
    })
}
