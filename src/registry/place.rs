//! Places: where an application stands in each queue that it chose, as counts.
//!
//! Law:   004 pt.16, pt.26 (key of a queue), pt.17–19 (tiers and order); D-11, D-32, D-37.
//! Out:   what the closed form of a number needs, and the instant at which it was counted; the
//!        number itself is `queue`'s.

use tokio_postgres::Row;

use super::{Transaction, Trouble};
use crate::terms::{Moment, PreschoolId};

/// What one statement counted, all of it at one instant.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The instant of the snapshot, by the register's clock: whatever was committed before it is
    /// counted, whatever after it is not.
    pub as_of: Moment,
    /// The places, by application and in the order of its choices.
    pub places: Vec<Place>,
}

/// One place: an application in the queue of one preschool, and what is counted there.
#[derive(Debug, Clone)]
pub struct Place {
    /// Whose place it is.
    pub application: i64,
    /// The preschool chosen.
    pub preschool: PreschoolId,
    /// Its full names, Kazakh and Russian.
    pub names: (String, String),
    /// Which of its queues: with the preschool the key (004 pt.16, pt.26).
    pub part: Part,
    /// Code of the tier in which it is counted.
    pub tier: String,
    /// The time that counts here.
    pub filed_at: Moment,
    /// What breaks a tie of one millisecond (D-35).
    pub sequence: i64,
    /// The place among the choices as they were sent, from 1.
    pub position: u8,
    /// The wish of the family, if it named one (D-17).
    pub preference: Option<u8>,
    /// `WAITING`, `OFFERED`, `PARKED` or `LEFT`.
    pub state: String,
    /// Why it cannot be offered a seat now, if so: `IDENTITY`, `OFFER` or `PAUSE`.
    pub held_by: Option<String>,
    /// Who waits in this queue, this application included.
    pub queue: Tallies,
    /// The offers of this queue that count, in the order in which they were made (D-33).
    pub offers: Vec<OfferMade>,
}

/// Which queue of a preschool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// General: of those who were born in this year.
    BirthYear(i32),
    /// Special or sanatorium: by what it is for, and by ages where the preschool parts them; names
    /// in Kazakh and in Russian.
    Care {
        /// The disorder, or the kind of rehabilitation or prevention.
        care: [String; 2],
        /// The age category.
        band: Option<[String; 2]>,
    },
}

/// The waiting of one queue by tier.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tallies {
    /// Общая.
    pub general: Tally,
    /// Внеочередная.
    pub out_of_turn: Tally,
    /// Первоочередная.
    pub priority: Tally,
}

/// One tier of one queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many stand before this entry by time and sequence.
    pub before: u32,
    /// How many there are.
    pub total: u32,
    /// Those who are counted but cannot be offered a seat now (D-37), in order.
    pub held: Vec<Held>,
}

/// Somebody who is counted but cannot be offered a seat now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Their place inside the tier, from 0.
    pub at: u32,
    /// Is it because another queue has made them an offer? Else identity or a pause.
    pub by_offer: bool,
}

/// One offer that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferMade {
    /// Code of the tier in which the family stood.
    pub tier: String,
    /// Is it waiting for consent? Then the family stands at the head of this queue (D-37).
    pub pending: bool,
    /// Is it this application's own?
    pub own: bool,
}

/// For each place of applications that stand in general queues alone, as most do: a row per tier
/// that has anybody in it. The order inside a tier is the order of the index, so the window
/// function sorts nothing.
const COUNT_GENERAL_PLACES: &str = concat!(
    include_str!("place/counts.sql"),
    "WHERE e.application = ANY($1) AND e.position IS NOT NULL
     ORDER BY application, position"
);

/// The same for applications of every kind.
const COUNT_PLACES: &str = concat!(
    include_str!("place/counts.sql"),
    "WHERE e.application = ANY($1) AND e.position IS NOT NULL AND e.kind = 'GENERAL'
     UNION ALL ",
    include_str!("place/counts_by_care.sql"),
    "WHERE e.application = ANY($1) AND e.position IS NOT NULL AND e.kind <> 'GENERAL'
     ORDER BY application, position"
);

/// The same for an application named as its sender names it, so that it can travel together with
/// the statement that gives it its number; it stands in general queues.
pub(super) const COUNT_LODGED: &str = concat!(
    include_str!("place/counts.sql"),
    "WHERE e.application = (SELECT id FROM application WHERE sender = $1 AND application_id = $2)
     ORDER BY e.position"
);

/// The same; it stands in special or sanatorium queues.
pub(super) const COUNT_LODGED_BY_CARE: &str = concat!(
    include_str!("place/counts_by_care.sql"),
    "WHERE e.application = (SELECT id FROM application WHERE sender = $1 AND application_id = $2)
     ORDER BY e.position"
);

impl Transaction {
    /// Where these applications stand, at one instant.
    pub async fn places(&self, applications: &[i64]) -> Result<Counted, Trouble> {
        counted_from(&self.rows(COUNT_PLACES, &[&applications]).await?)
    }

    /// The same of applications that stand in general queues: half of the work.
    pub async fn general_places(&self, applications: &[i64]) -> Result<Counted, Trouble> {
        counted_from(&self.rows(COUNT_GENERAL_PLACES, &[&applications]).await?)
    }
}

/// Rows come by application and position; those of one place follow each other.
pub(super) fn counted_from(rows: &[Row]) -> Result<Counted, Trouble> {
    let first = rows
        .first()
        .ok_or(Trouble::Unexpected("an application without entries"))?;
    let as_of = Moment::from_utc(first.get("as_of"));
    let mut places: Vec<Place> = Vec::with_capacity(4);
    for row in rows {
        let position = small(row.get::<_, i16>("position"))?;
        let of = (row.get::<_, i64>("application"), position);
        let same = |place: &Place| (place.application, place.position) == of;
        if !places.last().is_some_and(same) {
            places.push(place_from(row, position)?);
        }
        let place = places
            .last_mut()
            .expect("one was pushed at the latest above");
        let Some(tier) = row.get::<_, Option<&str>>("queue_tier") else {
            continue;
        };
        let tally = match tier {
            "GENERAL" => &mut place.queue.general,
            "OUT_OF_TURN" => &mut place.queue.out_of_turn,
            "PRIORITY" => &mut place.queue.priority,
            _ => return Err(Trouble::Unexpected("a tier that the schema does not allow")),
        };
        *tally = Tally {
            before: count(row.get("before"))?,
            total: count(row.get("total"))?,
            held: held_from(row)?,
        };
    }
    Ok(Counted { as_of, places })
}

fn place_from(row: &Row, position: u8) -> Result<Place, Trouble> {
    let tiers: Option<Vec<String>> = row.get("offer_tiers");
    let pending: Option<Vec<bool>> = row.get("offers_pending");
    let own: Option<Vec<bool>> = row.get("offers_own");
    let flags = pending
        .unwrap_or_default()
        .into_iter()
        .zip(own.unwrap_or_default());
    let offers = tiers.unwrap_or_default().into_iter().zip(flags);
    Ok(Place {
        application: row.get("application"),
        preschool: PreschoolId::parse(row.get("preschool"))
            .map_err(|_| Trouble::Unexpected("an identifier that is no preschool's"))?,
        names: (row.get("name_kk"), row.get("name_ru")),
        part: part_from(row),
        tier: row.get("tier"),
        filed_at: Moment::from_utc(row.get("filed_at")),
        sequence: row.get("sequence"),
        position,
        preference: row
            .get::<_, Option<i16>>("preference")
            .map(small)
            .transpose()?,
        state: row.get("state"),
        held_by: row.get("held_by"),
        queue: Tallies::default(),
        offers: offers
            .map(|(tier, (pending, own))| OfferMade { tier, pending, own })
            .collect(),
    })
}

/// The part of a preschool's queues that a row is about.
pub(super) fn part_from(row: &Row) -> Part {
    let names = |kk: &str, ru: &str| -> Option<[String; 2]> {
        let (kk, ru): (Option<String>, Option<String>) = (row.get(kk), row.get(ru));
        Some([kk?, ru?])
    };
    match names("care_kk", "care_ru") {
        None => Part::BirthYear(i32::from(row.get::<_, i16>("birth_year"))),
        Some(care) => Part::Care {
            care,
            band: names("band_kk", "band_ru"),
        },
    }
}

fn held_from(row: &Row) -> Result<Vec<Held>, Trouble> {
    let at: Option<Vec<i64>> = row.get("held_at");
    let by_offer: Option<Vec<bool>> = row.get("held_by_offer");
    let pairs = at
        .unwrap_or_default()
        .into_iter()
        .zip(by_offer.unwrap_or_default());
    pairs
        .map(|(at, by_offer)| {
            Ok(Held {
                at: count(at)?,
                by_offer,
            })
        })
        .collect()
}

pub(super) fn small(number: i16) -> Result<u8, Trouble> {
    u8::try_from(number).map_err(|_| Trouble::Unexpected("a small number that is not small"))
}

fn count(number: i64) -> Result<u32, Trouble> {
    u32::try_from(number).map_err(|_| Trouble::Unexpected("a count beyond four thousand million"))
}
