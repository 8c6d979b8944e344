//! Place: from the counts of the register to `k:QueuePlace`, the same in every answer.
//!
//! Law:   004 pt.15, pt.16, pt.26 (the name of a queue), 1_4 p.4(3), (7); D-11, D-37, D-38.
//! Never: computes a rank: the figures are [`Census::place`]'s.

use crate::queue::rank::{Census, Fate, Held, Offer, Place, Share, Tier};
use crate::queue::rules::{self, RuleSet};
use crate::registry::{self, Part, Trouble};
use crate::terms::PreschoolId;
use crate::xml::Writer;

/// One place of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuePlace {
    /// The preschool.
    pub preschool: PreschoolId,
    /// The name of its queue in Kazakh: its name and which of its queues it is.
    pub queue_kk: String,
    /// The same in Russian.
    pub queue_ru: String,
    /// The figures.
    pub place: Place,
}

impl QueuePlace {
    /// The place that follows from what the register counted, and what it followed from.
    fn of(row: &registry::Place, rules: &RuleSet) -> Result<(Self, serde_json::Value), Trouble> {
        let census = census(row)?;
        let tier = tier(&row.tier)?;
        let place = census.place(tier, rules);
        let (name_kk, name_ru) = &row.names;
        let evidence = serde_json::json!({
            "preschool": row.preschool.as_str(),
            "queue": queue_part(&row.part).1,
            "tier": tier.code(),
            "phase": census.phase(rules).general_served(),
            "offers": census.offers.len(),
            "out_of_turn": [census.out_of_turn.before, census.out_of_turn.total],
            "priority": [census.priority.before, census.priority.total],
            "general": [census.general.before, census.general.total],
            "held": census.held.len(),
            "number": place.number,
            "effective_number": place.effective_number,
        });
        Ok((
            Self::named(row.preschool, (name_kk, name_ru), &row.part, place),
            evidence,
        ))
    }

    /// A place in the queue that the preschool's names and its part name (004 pt.16, pt.26).
    pub fn named(preschool: PreschoolId, names: (&str, &str), part: &Part, place: Place) -> Self {
        let (queue_kk, queue_ru) = queue_name(names, part);
        Self {
            preschool,
            queue_kk,
            queue_ru,
            place,
        }
    }

    /// The places of one application that are counted, and what they followed from.
    pub(super) fn all(
        rows: &[registry::Place],
    ) -> Result<(Vec<Self>, Vec<serde_json::Value>), Trouble> {
        // A parked entry (D-18) and one that was left have no number.
        let counted = rows
            .iter()
            .filter(|row| ["WAITING", "OFFERED"].contains(&row.state.as_str()));
        let each: Result<Vec<_>, Trouble> =
            counted.map(|row| Self::of(row, rules::current())).collect();
        Ok(each?.into_iter().unzip())
    }

    /// Writes `k:entry`.
    pub(super) fn write(&self, writer: &mut Writer) {
        let place = &self.place;
        writer
            .open("k:entry", &[])
            .leaf("k:preschool", self.preschool.as_str())
            .open("k:queue", &[])
            .leaf("k:kk", &self.queue_kk)
            .leaf("k:ru", &self.queue_ru)
            .close()
            .leaf("k:number", &place.number.to_string())
            .leaf("k:effectiveNumber", &place.effective_number.to_string())
            .leaf("k:tier", place.tier.code())
            .leaf("k:tierNumber", &place.tier_number.to_string())
            .leaf("k:ahead", &place.ahead.to_string())
            .leaf("k:aheadWithOffer", &place.ahead_with_offer.to_string())
            .leaf("k:aheadUnavailable", &place.ahead_unavailable.to_string())
            .close();
    }
}

/// The name of a queue, by the names of its preschool, in Kazakh and in Russian.
pub(super) fn queue_name(names: (&str, &str), part: &Part) -> (String, String) {
    let (kk, ru) = queue_part(part);
    (format!("{}, {kk}", names.0), format!("{}, {ru}", names.1))
}

/// What parts the queues of one preschool: the year of birth, or what the groups are for and the
/// ages of them.
fn queue_part(part: &Part) -> (String, String) {
    match part {
        Part::BirthYear(year) => (
            format!("{year} жылы туғандар"),
            format!("{year} год рождения"),
        ),
        Part::Care { care, band: None } => (care[0].clone(), care[1].clone()),
        Part::Care {
            care,
            band: Some(band),
        } => (
            format!("{}, {}", care[0], band[0]),
            format!("{}, {}", care[1], band[1]),
        ),
    }
}

fn census(row: &registry::Place) -> Result<Census, Trouble> {
    let offers: Result<Vec<Offer>, Trouble> = row
        .offers
        .iter()
        .map(|made| {
            let fate = if made.pending {
                Fate::Pending
            } else {
                Fate::Accepted
            };
            Ok(Offer {
                tier: tier(&made.tier)?,
                fate,
            })
        })
        .collect();
    // Whoever holds an offer of this queue stands at its head, in the order of the offers (D-37).
    let pending = row.offers.iter().filter(|made| made.pending);
    let turn = pending
        .zip(0..)
        .find_map(|(made, at)| made.own.then_some(at));
    let queue = &row.queue;
    let share = |tally: &registry::Tally| Share {
        before: tally.before,
        total: tally.total,
    };
    let held = |tier: Tier, tally: &registry::Tally| -> Vec<Held> {
        let each = tally.held.iter();
        each.map(|held| Held {
            tier,
            at: held.at,
            by_offer: held.by_offer,
        })
        .collect()
    };
    Ok(Census {
        offers: offers?,
        turn,
        out_of_turn: share(&queue.out_of_turn),
        priority: share(&queue.priority),
        general: share(&queue.general),
        held: [
            held(Tier::OutOfTurn, &queue.out_of_turn),
            held(Tier::Priority, &queue.priority),
            held(Tier::General, &queue.general),
        ]
        .concat(),
    })
}

fn tier(code: &str) -> Result<Tier, Trouble> {
    Tier::from_code(code).ok_or(Trouble::Unexpected("a tier that the law does not know"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{OfferMade, Tallies, Tally};
    use crate::terms::Moment;

    fn row(offers: Vec<OfferMade>) -> registry::Place {
        let general = Tally {
            before: 4,
            total: 9,
            held: Vec::new(),
        };
        registry::Place {
            application: 5,
            preschool: PreschoolId::parse("710000000-0001").expect("its form"),
            names: ("а".into(), "б".into()),
            part: Part::BirthYear(2022),
            tier: "GENERAL".into(),
            filed_at: Moment::from_millis(0).expect("a moment"),
            sequence: 5,
            position: 1,
            preference: None,
            state: "WAITING".into(),
            held_by: None,
            queue: Tallies {
                general,
                ..Tallies::default()
            },
            offers,
        }
    }

    fn made(pending: bool, own: bool) -> OfferMade {
        OfferMade {
            tier: "GENERAL".into(),
            pending,
            own,
        }
    }

    fn number(row: registry::Place) -> u32 {
        let (places, _) = QueuePlace::all(&[row]).expect("codes that the law knows");
        places[0].place.number
    }

    #[test]
    fn pending_offers_stand_before_whoever_holds_none() {
        assert_eq!(number(row(Vec::new())), 5);
        assert_eq!(number(row(vec![made(true, false), made(false, false)])), 6);
    }

    // D-37: at the head of the list that gave it, in the order of the offers.
    #[test]
    fn own_offer_puts_an_entry_at_the_head_behind_earlier_ones() {
        let offers = vec![made(false, false), made(true, false), made(true, true)];
        assert_eq!(
            number(registry::Place {
                state: "OFFERED".into(),
                ..row(offers)
            }),
            2
        );
    }

    #[test]
    fn entry_that_was_left_has_no_number() {
        for state in ["PARKED", "LEFT"] {
            let row = registry::Place {
                state: state.into(),
                ..row(Vec::new())
            };
            assert_eq!(QueuePlace::all(&[row]).expect("nothing to read").0, []);
        }
    }

    #[test]
    fn tier_that_the_law_does_not_know_is_trouble() {
        let row = registry::Place {
            tier: "FIRST".into(),
            ..row(Vec::new())
        };
        assert!(QueuePlace::all(&[row]).is_err());
    }
}
