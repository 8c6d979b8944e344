//! Need of a settlement: each child once, where the law counts it.
//!
//! Law:   004 pt.16, pt.17, pt.41(7); decisions D-17, D-37, D-143.
//! In:    rows of the queues. Out: who asks, by preschool.
//! Never: computes a rank: the lists are [`rank::published`]'s.

use std::collections::{BTreeMap, HashMap};

use crate::queue::deficit::{Asking, Balance, Choice};
use crate::queue::rank::{self, Fate, Member, Offer, Phase, Presence, Standing, Tier};
use crate::queue::rules::RuleSet;
use crate::registry::{Asker, QueueOffer, Trouble};
use crate::terms::PreschoolId;

/// The key of a queue (004 pt.16).
type Queue = (PreschoolId, i32);

/// Who asks at each preschool in this calendar year.
pub(super) fn by_preschool(
    askers: &[Asker],
    offers: &[QueueOffer],
    year: i32,
    rules: &RuleSet,
) -> Result<BTreeMap<PreschoolId, Balance>, Trouble> {
    let numbers = numbers(askers, offers, rules)?;
    let mut need: BTreeMap<PreschoolId, Balance> = BTreeMap::new();
    for rows in askers.chunk_by(|one, next| one.application == next.application) {
        let choices = rows.iter().filter_map(|row| {
            Some(Choice {
                preschool: row.preschool,
                preference: row.preference,
                number: *numbers.get(&(row.preschool, row.application))?,
            })
        });
        let asking = Asking {
            birth_year: rows[0].birth_year,
            enrolled: rows[0].enrolled,
            choices: choices.collect(),
        };
        if let Some(at) = asking.counted_at() {
            need.entry(at).or_default().count(asking.need(year));
        }
    }
    Ok(need)
}

/// The number of each application in each queue in which it stands.
fn numbers(
    askers: &[Asker],
    offers: &[QueueOffer],
    rules: &RuleSet,
) -> Result<HashMap<(PreschoolId, i64), u32>, Trouble> {
    let mut made: BTreeMap<Queue, Vec<Offer>> = BTreeMap::new();
    let mut turns: HashMap<(PreschoolId, i64), u32> = HashMap::new();
    for offer in offers {
        let counted = made.entry((offer.preschool, offer.birth_year)).or_default();
        let turn = u32::try_from(counted.len()).unwrap_or(u32::MAX);
        let fate = match offer.pending {
            Some(application) => {
                turns.insert((offer.preschool, application), turn);
                Fate::Pending
            }
            None => Fate::Accepted,
        };
        let tier = tier(&offer.tier)?;
        counted.push(Offer { tier, fate });
    }
    let mut queues: BTreeMap<Queue, Vec<Member>> = BTreeMap::new();
    for row in askers {
        // Whoever holds an offer of this queue stands at its head; why somebody else cannot be
        // offered a seat now moves no number (D-37).
        let turn = turns.get(&(row.preschool, row.application)).copied();
        let presence = turn.map_or(Presence::Waiting, |turn| Presence::OfferedHere { turn });
        let standing = Standing {
            tier: tier(&row.tier)?,
            time: row.filed_at,
            sequence: row.application,
        };
        let queue = queues.entry((row.preschool, row.birth_year)).or_default();
        queue.push(Member { standing, presence });
    }
    let mut numbers = HashMap::with_capacity(askers.len());
    for (queue, members) in &queues {
        let offers = made.get(queue).map_or(&[][..], Vec::as_slice);
        let phase = Phase::after(offers, rules);
        for (standing, number) in rank::published(members, phase, rules).iter().zip(1..) {
            numbers.insert((queue.0, standing.sequence), number);
        }
    }
    Ok(numbers)
}

fn tier(code: &str) -> Result<Tier, Trouble> {
    Tier::from_code(code).ok_or(Trouble::Unexpected("a tier that the law does not know"))
}
