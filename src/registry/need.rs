//! Need: who asks for places in a settlement, and which places are free there.
//!
//! Law:   004 pt.36, pt.41(5)–(7), 1_10 No. 23; decision D-143.
//! Out:   rows as they stand; as what a child is counted, and where, is `queue`'s.
//! Start: [`Transaction::asking`], [`Transaction::located`].

use tokio_postgres::Row;

use super::preschool::{preschool_from, requisites_from};
use super::{Preschool, Requisites, Transaction, Trouble};
use crate::terms::{Moment, PreschoolId, Settlement};

/// An entry that is counted, in one queue of the settlement.
#[derive(Debug, Clone)]
pub struct Asker {
    /// The application; also the sequence that breaks ties (D-35).
    pub application: i64,
    /// The preschool chosen.
    pub preschool: PreschoolId,
    /// The year of birth: with the preschool the key of the queue (004 pt.16).
    pub birth_year: i32,
    /// Code of the tier in which it is counted.
    pub tier: String,
    /// The time by which it is ordered.
    pub filed_at: Moment,
    /// The wish of the family, if it named one (D-17).
    pub preference: Option<u8>,
    /// Has the child a lasting place by a contract in force?
    pub enrolled: bool,
}

/// An offer that counts, in the order in which they were made (D-33).
#[derive(Debug, Clone)]
pub struct QueueOffer {
    /// The preschool.
    pub preschool: PreschoolId,
    /// The year of birth of its queue.
    pub birth_year: i32,
    /// Code of the tier in which the family stood.
    pub tier: String,
    /// The application that waits to consent; none where it has.
    pub pending: Option<i64>,
}

/// A preschool, where it lies, and how many of its free places nobody holds.
#[derive(Debug, Clone)]
pub struct Located {
    /// The preschool.
    pub preschool: Preschool,
    /// Its requisites, where an administrator has loaded them.
    pub requisites: Option<Requisites>,
    /// Free places; none of a closed preschool.
    pub free: u32,
}

const ASKERS: &str = "
    SELECT e.application, e.preschool, e.birth_year, e.tier, e.filed_at, e.preference,
           EXISTS (
               SELECT FROM referral r
               JOIN enrolment n ON n.referral = r.id
               JOIN contract c ON c.enrolment = n.id
               WHERE r.child_iin = a.child_iin AND r.kind = 'LASTING' AND c.state = 'IN_FORCE'
           ) AS enrolled
    FROM (
        -- Each part by the index that has it, whatever the planner thinks of a range of texts.
        SELECT * FROM entry
        WHERE kind = 'GENERAL' AND state = 'WAITING' AND preschool > $1 AND preschool <= $2
        UNION ALL
        SELECT * FROM entry
        WHERE kind <> 'GENERAL' AND state = 'WAITING' AND preschool > $1 AND preschool <= $2
        UNION ALL
        SELECT * FROM entry
        WHERE state <> 'WAITING' AND state = 'OFFERED' AND preschool > $1 AND preschool <= $2
    ) e
    JOIN application a ON a.id = e.application
    ORDER BY e.application, e.position";

const OFFERS: &str = "
    SELECT preschool, birth_year, tier,
           CASE WHEN state = 'PENDING' THEN application END AS pending
    FROM offer
    WHERE preschool > $1 AND preschool <= $2
      AND state IN ('ACCEPTED', 'PENDING')
    ORDER BY made_at, sequence";

/// A place is held from the consent to the order: preschools report it as free meanwhile.
const LOCATED: &str = "
    SELECT p.id, p.kind, p.status, p.name_kk, p.name_ru, p.short_name_kk, p.short_name_ru,
           q.ownership, q.district_kk, q.district_ru, q.address_kk, q.address_ru, q.latitude_e6,
           q.longitude_e6, q.phone, q.languages, q.ages, q.capacity, q.fee_tenge, q.meals_tenge,
           CASE WHEN p.status = 'ACTIVE'
                THEN greatest(coalesce(g.free, 0) - coalesce(h.held, 0), 0)
                ELSE 0
           END AS free
    FROM preschool p
    LEFT JOIN requisites q ON q.preschool = p.id
    LEFT JOIN (
        SELECT preschool, sum(free) AS free
        FROM seat_group
        WHERE preschool > $1 AND preschool <= $2
        GROUP BY preschool
    ) g ON g.preschool = p.id
    LEFT JOIN (
        SELECT r.preschool, count(*) AS held
        FROM referral r
        LEFT JOIN enrolment n ON n.referral = r.id
        WHERE r.preschool > $1 AND r.preschool <= $2
          AND r.kind = 'LASTING'
          AND (r.state = ANY($3) OR n.state = ANY($4))
        GROUP BY r.preschool
    ) h ON h.preschool = p.id
    WHERE p.id > $1 AND p.id <= $2
    ORDER BY p.id";

/// The identifiers of a settlement follow each other: behind the first text, up to the second.
fn range(of: Settlement) -> [String; 2] {
    let code = of.as_str();
    [format!("{code}-"), format!("{code}-9999")]
}

impl Transaction {
    /// Everybody who is counted in a queue of the settlement, by application and choice.
    pub async fn asking(&self, settlement: Settlement) -> Result<Vec<Asker>, Trouble> {
        let [first, last] = range(settlement);
        let rows = self.rows(ASKERS, &[&first, &last]).await?;
        rows.iter()
            .map(|row| {
                let wish: Option<i16> = row.get("preference");
                Ok(Asker {
                    application: row.get("application"),
                    preschool: preschool_id(row)?,
                    birth_year: i32::from(row.get::<_, i16>("birth_year")),
                    tier: row.get("tier"),
                    filed_at: Moment::from_utc(row.get("filed_at")),
                    preference: wish.map(super::place::small).transpose()?,
                    enrolled: row.get("enrolled"),
                })
            })
            .collect()
    }

    /// The offers of the settlement's queues that count, in their order.
    pub async fn offers_of(&self, settlement: Settlement) -> Result<Vec<QueueOffer>, Trouble> {
        let [first, last] = range(settlement);
        let rows = self.rows(OFFERS, &[&first, &last]).await?;
        rows.iter()
            .map(|row| {
                Ok(QueueOffer {
                    preschool: preschool_id(row)?,
                    birth_year: i32::from(row.get::<_, i16>("birth_year")),
                    tier: row.get("tier"),
                    pending: row.get("pending"),
                })
            })
            .collect()
    }

    /// The preschools of the settlement, in the order of their identifiers; a place is held by a
    /// referral or an enrolment application in one of these states.
    pub async fn located(
        &self,
        settlement: Settlement,
        referrals: &[&str],
        enrolments: &[&str],
    ) -> Result<Vec<Located>, Trouble> {
        let [first, last] = range(settlement);
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
            [&first, &last, &referrals, &enrolments];
        let rows = self.rows(LOCATED, &values).await?;
        rows.iter()
            .map(|row| {
                let known = row.get::<_, Option<&str>>("ownership").is_some();
                Ok(Located {
                    preschool: preschool_from(row)?,
                    requisites: known.then(|| requisites_from(row)).transpose()?,
                    free: u32::try_from(row.get::<_, i64>("free"))
                        .map_err(|_| Trouble::Unexpected("fewer places than none"))?,
                })
            })
            .collect()
    }
}

fn preschool_id(row: &Row) -> Result<PreschoolId, Trouble> {
    PreschoolId::parse(row.get("preschool"))
        .map_err(|_| Trouble::Unexpected("an identifier that is no preschool's"))
}
