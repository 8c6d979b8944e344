//! The law over a whole country: ranks, a night's plan, its audit, one child's number.
//!
//! In:    how many applications and free seats, a seed. Out: CPU time of each step on one core.
//! Never: needs a server; the country is invented, and the same for the same seed.

use std::time::{Duration, Instant};

use crate::queue::allocation::{Plan, plan};
use crate::queue::application::{PreschoolKind, PreschoolStatus};
use crate::queue::audit::audit;
use crate::queue::rank::{
    Fate, Happening, Joining, Leaving, Member, Offer, Presence, Queue, Standing, Tier, decompose,
};
use crate::queue::roll::Roll;
use crate::queue::rules::RuleSet;
use crate::queue::seat::{Ages, Care, Class, Fit};
use crate::queue::snapshot::{
    Applying, Choice, ChoiceState, FreeSeat, Group, LanguageWish, MadeOffer, OfferKind, Preschool,
    Snapshot,
};
use crate::simulate::Dice;
use crate::terms::{Day, Moment, PreschoolId, Settlement, TeachingLanguage};

use super::machine::cpu_nanos_of_this_thread;

/// Preschools of one settlement.
const OF_SETTLEMENT: usize = 50;
/// Groups of one preschool: one for each year from two to five, one mixed.
const GROUPS: usize = 5;

/// What the steps cost.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    /// Looking for contradictions.
    pub check: Duration,
    /// Every number of every queue.
    pub ranks: Duration,
    /// The plan, given the numbers.
    pub plan: Duration,
    /// The independent reading, its own numbers included.
    pub audit: Duration,
    /// How many offers the plan makes.
    pub lines: usize,
    /// How many queues there are.
    pub queues: usize,
}

/// A country of so many applications, each for four preschools or as many as the rules allow, and
/// so many free seats.
///
/// # Panics
/// Never for fewer than a hundred million applications: the numbers fit their identifiers.
pub fn country(applications: usize, seats: usize, seed: u64, rules: &RuleSet) -> Snapshot {
    let mut dice = Dice::new(seed);
    let night = Moment::parse("2026-11-27T00:00:00+05:00").expect("a moment");
    let preschools = (applications / 100).max(OF_SETTLEMENT) / OF_SETTLEMENT * OF_SETTLEMENT;
    let id = |at: usize| {
        let (settlement, own) = (at / OF_SETTLEMENT, at % OF_SETTLEMENT);
        let text = format!("{:09}-{own:04}", 100_000_000 + settlement);
        PreschoolId::parse(&text).expect("nine digits and four")
    };
    let ids: Vec<PreschoolId> = (0..preschools).map(id).collect();
    let mut snapshot = Snapshot {
        taken_at: night,
        preschools: ids.iter().map(|id| preschool(*id)).collect(),
        groups: Vec::with_capacity(preschools * GROUPS),
        seats: Vec::with_capacity(seats),
        applications: Vec::with_capacity(applications),
        offers: Vec::new(),
        refused: Vec::new(),
        claims: Vec::new(),
    };
    for at in 0..preschools * GROUPS {
        snapshot.groups.push(group(at, ids[at / GROUPS]));
    }
    for at in 0..seats {
        snapshot.seats.push(FreeSeat {
            id: number(at),
            group: number(dice.below(preschools * GROUPS)),
            temporary: false,
            state_funded: true,
            free_access_since: None,
        });
    }
    for at in 0..applications {
        let settlement = dice.below(preschools / OF_SETTLEMENT);
        let of_settlement = &ids[settlement * OF_SETTLEMENT..(settlement + 1) * OF_SETTLEMENT];
        snapshot
            .applications
            .push(application(at, of_settlement, night, &mut dice));
    }
    for application in &mut snapshot.applications {
        application.choices.truncate(rules.choices_max);
    }
    // A history of three offers for each class, so that no queue begins at its start.
    for at in 0..preschools * GROUPS * 3 {
        snapshot
            .offers
            .push(offer(at, &snapshot.groups[at / 3], night, &mut dice));
    }
    snapshot
}

/// What the steps of one night cost, on this thread.
pub fn night(snapshot: &Snapshot, rules: &RuleSet) -> Result<(Cost, Plan), String> {
    let mut cost = Cost::default();
    let sound = timed(&mut cost.check, || snapshot.check(rules));
    let sound = sound.map_err(|wrong| format!("{} contradictions: {:?}", wrong.len(), wrong[0]))?;
    let roll = timed(&mut cost.ranks, || Roll::of(&sound, rules));
    let planned = timed(&mut cost.plan, || plan(&sound, &roll, rules));
    (cost.lines, cost.queues) = (planned.lines.len(), roll.queues());
    drop((roll, sound));
    let breaches = timed(&mut cost.audit, || audit(snapshot, &planned, rules));
    if let Some(breach) = breaches.first() {
        return Err(format!("{} breaches: {breach}", breaches.len()));
    }
    Ok((cost, planned))
}

/// One queue of everybody who waits in the country, loaded; and who stands in it.
pub fn one_queue(snapshot: &Snapshot) -> (Queue, Vec<Standing>) {
    let members = snapshot.applications.iter().map(|row| Member {
        standing: row.standing,
        presence: row.presence,
    });
    let offers = (0u32..).zip(&snapshot.offers);
    let offers = offers.map(|(turn, offer)| {
        (
            turn,
            Offer {
                tier: offer.tier,
                fate: offer.fate,
            },
        )
    });
    // As many as the phase needs, and many more.
    let latest: Vec<(u32, Offer)> = offers.take(100).collect();
    let standings = snapshot
        .applications
        .iter()
        .map(|row| row.standing)
        .collect();
    (Queue::new(members, latest), standings)
}

/// How long it takes to tell each of these families its place, and why it changed since a day on
/// which all of these things happened.
pub fn places(
    queue: &Queue,
    asked: &[Standing],
    happenings: &[Happening],
    rules: &RuleSet,
) -> Vec<Duration> {
    let mut took = Vec::with_capacity(asked.len());
    for entry in asked {
        let from = Instant::now();
        let place = queue.place(entry, rules);
        let why = decompose(queue, entry, happenings, rules);
        let until = from.elapsed();
        if std::hint::black_box((place, why)).0.is_some() {
            took.push(until);
        }
    }
    took
}

/// So many things that happened in the queue of these: applications, withdrawals, consents.
pub fn day(listed: &[Standing], things: usize) -> Vec<Happening> {
    let mut happened = Vec::new();
    for (at, of) in listed
        .iter()
        .step_by((listed.len() / things.max(1)).max(1))
        .enumerate()
    {
        happened.push(match at % 3 {
            0 => Happening::Left(*of, Leaving::Withdrawn),
            1 => Happening::Left(*of, Leaving::StopListed),
            _ => Happening::Joined(
                Standing {
                    sequence: of.sequence + 100_000_000,
                    ..*of
                },
                Joining::New,
            ),
        });
    }
    happened
}

fn timed<T>(cost: &mut Duration, step: impl FnOnce() -> T) -> T {
    let from = cpu_nanos_of_this_thread().unwrap_or_default();
    let made = step();
    let to = cpu_nanos_of_this_thread().unwrap_or_default();
    *cost = Duration::from_nanos(to.saturating_sub(from));
    made
}

fn number(at: usize) -> i64 {
    i64::try_from(at).unwrap_or(i64::MAX)
}

fn preschool(id: PreschoolId) -> Preschool {
    Preschool {
        id,
        kind: PreschoolKind::General,
        status: PreschoolStatus::Active,
        suspended: false,
    }
}

fn group(at: usize, preschool: PreschoolId) -> Group {
    let of_preschool = at % GROUPS;
    let age = u8::try_from(2 + of_preschool).unwrap_or(2);
    let ages = if of_preschool + 1 == GROUPS {
        Ages::Band { from: 3, to: 5 }
    } else {
        Ages::Band { from: age, to: age }
    };
    let language = if (at / GROUPS).is_multiple_of(3) {
        TeachingLanguage::Russian
    } else {
        TeachingLanguage::Kazakh
    };
    Group {
        id: number(at),
        preschool,
        fit: Fit {
            ages,
            language,
            care: Care::Ordinary,
        },
        seats: 1_000_000,
        enrolled: 20,
        blocked: 1,
    }
}

fn application(at: usize, ids: &[PreschoolId], night: Moment, dice: &mut Dice) -> Applying {
    let tier = match dice.below(20) {
        0 => Tier::OutOfTurn,
        1..=4 => Tier::Priority,
        _ => Tier::General,
    };
    let presence = match dice.below(20) {
        0 => Presence::BenefitCheck,
        1 => Presence::StopListed,
        _ => Presence::Waiting,
    };
    let first = dice.below(ids.len());
    let choices = (0..4).map(|n| Choice {
        preschool: ids[(first + n * 7) % ids.len()],
        preference: None,
        filed_at: None,
        // 004 pt.21: who is out of turn stands in one queue (D-18).
        state: if tier == Tier::OutOfTurn && n > 0 {
            ChoiceState::Parked
        } else {
            ChoiceState::Standing
        },
        owed: false,
    });
    let born = i32::try_from(2021 + dice.below(4)).unwrap_or(2021);
    let day = Day::from_parts(born, 5, 17).expect("May has thirty-one days");
    let earlier = number(dice.below(300 * 24 * 60 * 60 * 1000));
    Applying {
        id: number(at),
        child: number(at),
        kind: PreschoolKind::General,
        settlement: Settlement::parse(&ids[0].as_str()[..9]).expect("nine digits"),
        birth_date: day,
        standing: Standing {
            tier,
            time: night.plus_millis(-earlier - 1),
            sequence: number(at),
        },
        presence,
        care: Care::Ordinary,
        language: (dice.below(4) == 0).then_some(LanguageWish {
            language: TeachingLanguage::Russian,
            only: true,
        }),
        last_day: Day::from_parts(2027, 8, 31).expect("August has thirty-one days"),
        enrolled_in: None,
        twins: None,
        temporary_too: false,
        choices: choices.collect(),
    }
}

fn offer(at: usize, group: &Group, night: Moment, dice: &mut Dice) -> MadeOffer {
    MadeOffer {
        id: number(at),
        application: 0,
        seat: 1_000_000_000 + number(at),
        class: Class {
            preschool: group.preschool,
            temporary: false,
            fit: group.fit,
        },
        birth_year: i32::try_from(2021 + dice.below(4)).unwrap_or(2021),
        tier: if dice.below(4) == 0 {
            Tier::Priority
        } else {
            Tier::General
        },
        kind: OfferKind::Queue,
        fate: Fate::Accepted,
        made_at: night.plus_millis(number(at) - 1_000_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue::rules::{ALL_IDS, by_id};

    // A bench that measures an impossible country measures nothing.
    #[test]
    fn country_contradicts_nothing_and_no_night_of_it_breaks_the_law() {
        for id in ALL_IDS {
            let rules = by_id(id).expect("it is listed");
            let (cost, _) = night(&country(2_000, 100, 1, rules), rules).expect(id);
            assert!(cost.lines > 50, "{id}: {} offers", cost.lines);
        }
    }
}
