//! Updates: what an application has chosen, and how it stands from then on.
//!
//! Law:   004 1_1 p.10, 1_3 p.3, p.4; pt.2(9) (the reason of a change); D-16, D-18.
//! Locks: the child, by whoever found the application.

use chrono::{DateTime, Utc};
use tokio_postgres::types::ToSql;

use crate::registry::{Transaction, Trouble};
use crate::terms::{Moment, PreschoolId};

/// A preschool that an application has among its choices, or once had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryRow {
    /// Which one.
    pub preschool: PreschoolId,
    /// Its preference, if the family named one.
    pub preference: Option<u8>,
    /// The time that counts there.
    pub filed_at: Moment,
    /// Is it among the choices?
    pub live: bool,
    /// When an update last added or dropped it.
    pub changed_at: Option<Moment>,
    /// Did the family refuse a seat that its queue had offered?
    pub refused: bool,
}

/// What an update needs to know of an application beside its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entries {
    /// In the order of the choices; those that are choices no longer at the end.
    pub rows: Vec<EntryRow>,
    /// Does an offer wait for the family's consent?
    pub offered: bool,
}

/// A choice from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewChoice {
    /// Which preschool.
    pub preschool: PreschoolId,
    /// Its preference, if the family named one.
    pub preference: Option<u8>,
    /// The time that counts there.
    pub filed_at: Moment,
    /// Is another one served out of turn (D-18)?
    pub parked: bool,
}

/// How an application stands from now on.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// Our number of the application.
    pub application: i64,
    /// Code of the state from now on.
    pub state: &'a str,
    /// Code of the benefit that was claimed before.
    pub benefit_before: Option<&'a str>,
    /// Code of the benefit that is claimed from now on.
    pub benefit: Option<&'a str>,
    /// Code of the tier from now on.
    pub tier: &'a str,
    /// Code of the reason for which the tier changed, if it did.
    pub moved_because: Option<&'a str>,
    /// The choices from now on, in their order.
    pub choices: &'a [NewChoice],
    /// Why no seat can be offered yet, if so: `IDENTITY` (D-25).
    pub held_by: Option<&'a str>,
    /// When what asked for it reached us.
    pub received_at: Moment,
    /// The paragraph.
    pub law: &'a str,
}

/// An update as it is to be kept.
#[derive(Debug, Clone, Copy)]
pub struct Amendment<'a> {
    /// How the application stands from now on.
    pub standing: Standing<'a>,
    /// The verified sender.
    pub sender: &'a str,
    /// When the sender says that it was sent.
    pub sent_at: Moment,
    /// SHA-256 of the message that asked.
    pub digest: &'a [u8; 32],
}

const ENTRIES: &str = "
    SELECT e.preschool, e.preference, e.filed_at, e.changed_at,
           e.position IS NOT NULL AND e.state <> 'LEFT' AS live,
           EXISTS (SELECT FROM offer o
                    WHERE o.application = e.application AND o.preschool = e.preschool
                      AND o.state = 'REFUSED') AS refused,
           EXISTS (SELECT FROM offer o
                    WHERE o.application = e.application AND o.state = 'PENDING') AS offered
      FROM entry e
     WHERE e.application = $1
     ORDER BY e.position NULLS LAST, e.preschool";

const STAND: &str = concat!(include_str!("standing.sql"), "SELECT u.id FROM updated u");

const UPDATE: &str = concat!(
    include_str!("standing.sql"),
    "INSERT INTO application_update (application, sender, sent_at, received_at, benefit_before,
                                     benefit, choices_before, choices, content_digest)
     SELECT u.id, $14, $15, $11, $5, $3,
            (SELECT array_agg(preschool ORDER BY position) FROM before WHERE position IS NOT NULL),
            $6, $16
       FROM updated u
     RETURNING id"
);

impl Transaction {
    /// What an application has chosen.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn entries(&self, application: i64) -> Result<Entries, Trouble> {
        let found = self.rows(ENTRIES, &[&application]).await?;
        let row = |row: &tokio_postgres::Row| {
            let changed_at: Option<DateTime<Utc>> = row.get("changed_at");
            let preference: Option<i16> = row.get("preference");
            Ok(EntryRow {
                preschool: PreschoolId::parse(row.get("preschool"))
                    .map_err(|_| Trouble::Unexpected("an identifier that is no preschool's"))?,
                preference: preference.map(crate::registry::place::small).transpose()?,
                filed_at: Moment::from_utc(row.get("filed_at")),
                live: row.get("live"),
                changed_at: changed_at.map(Moment::from_utc),
                refused: row.get("refused"),
            })
        };
        Ok(Entries {
            rows: found.iter().map(row).collect::<Result<_, Trouble>>()?,
            offered: found.first().is_some_and(|row| row.get("offered")),
        })
    }

    /// Updates an application with its entries and the logs of their queues; gives the number of
    /// the update.
    ///
    /// # Errors
    /// [`Trouble`], also where the application is not as it was read.
    pub async fn update(&self, amendment: &Amendment<'_>) -> Result<i64, Trouble> {
        let (sent_at, digest) = (amendment.sent_at.to_utc(), amendment.digest.as_slice());
        let asked: [&(dyn ToSql + Sync); 3] = [&amendment.sender, &sent_at, &digest];
        self.stand(UPDATE, &amendment.standing, &asked).await
    }

    /// Makes an application stand so, with its entries and the logs of their queues.
    ///
    /// # Errors
    /// [`Trouble`], also where the application is not as it was read.
    pub async fn stand_so(&self, standing: &Standing<'_>) -> Result<(), Trouble> {
        self.stand(STAND, standing, &[]).await.map(|_| ())
    }

    async fn stand(
        &self,
        statement: &'static str,
        standing: &Standing<'_>,
        asked: &[&(dyn ToSql + Sync)],
    ) -> Result<i64, Trouble> {
        let choices = standing.choices.iter();
        let preschools: Vec<&str> = choices.clone().map(|it| it.preschool.as_str()).collect();
        let preferences: Vec<Option<i16>> = choices
            .clone()
            .map(|it| it.preference.map(i16::from))
            .collect();
        let times: Vec<DateTime<Utc>> = choices.clone().map(|it| it.filed_at.to_utc()).collect();
        let parked: Vec<bool> = choices.map(|it| it.parked).collect();
        let received_at = standing.received_at.to_utc();
        let own: [&(dyn ToSql + Sync); 13] = [
            &standing.application,
            &standing.state,
            &standing.benefit,
            &standing.tier,
            &standing.benefit_before,
            &preschools,
            &preferences,
            &times,
            &parked,
            &standing.held_by,
            &received_at,
            &standing.law,
            &standing.moved_because,
        ];
        let values = [&own[..], asked].concat();
        let statement = self.prepare(statement).await?;
        let row = self.client().query_opt(&statement, &values).await?;
        // The child is locked and the row was read: if nothing changes, somebody went around that.
        let row = row.ok_or(Trouble::Unexpected(
            "an application that changed under its lock",
        ))?;
        Ok(row.get(0))
    }
}
