//! How queues are written in tables: `O1 P1 G1@5 G2:paused`, first filed first.
//!
//! The letter is the tier, the number only a name; `@5` sets the millisecond of filing, which is
//! else the place in the text; `:` sets the presence, which is else `waiting`.

use kezek::queue::rank::{Fate, Member, Offer, Presence, Standing, Tier};
use kezek::queue::rules::{self, PatternStart, RuleSet};
use kezek::terms::Moment;

/// A member of a queue and its name in the table.
#[derive(Debug, Clone)]
pub struct Named {
    pub name: String,
    pub member: Member,
}

/// Reads a queue; `-` is an empty one.
pub fn queue(text: &str) -> Option<Vec<Named>> {
    words(text)
        .zip(1..)
        .map(|(word, sequence)| named(word, sequence))
        .collect()
}

fn named(word: &str, sequence: i64) -> Option<Named> {
    let (word, presence) = word.split_once(':').unwrap_or((word, "waiting"));
    let (name, millis) = match word.split_once('@') {
        Some((name, millis)) => (name, millis.parse().ok()?),
        None => (word, sequence),
    };
    let standing = Standing {
        tier: tier(name)?,
        time: Moment::from_millis(millis)?,
        sequence,
    };
    Some(Named {
        name: name.to_owned(),
        member: Member {
            standing,
            presence: self::presence(presence)?,
        },
    })
}

/// The names of these standings.
pub fn names(queue: &[Named], listed: &[Standing]) -> String {
    let name = |standing: &Standing| {
        let found = queue
            .iter()
            .find(|named| named.member.standing == *standing);
        found
            .expect("nobody is listed who does not stand in the queue")
            .name
            .as_str()
    };
    if listed.is_empty() {
        return "-".to_owned();
    }
    listed.iter().map(name).collect::<Vec<_>>().join(" ")
}

/// Reads offers in their order: `G G:refused P`; without a fate they were accepted.
pub fn offers(text: &str) -> Option<Vec<Offer>> {
    let offer = |word: &str| {
        let (name, fate) = word.split_once(':').unwrap_or((word, "accepted"));
        Some(Offer {
            tier: tier(name)?,
            fate: Fate::from_code(&fate.to_uppercase())?,
        })
    };
    words(text).map(offer).collect()
}

/// Reads a presence; `here1` is the first pending offer of this queue.
pub fn presence(text: &str) -> Option<Presence> {
    Some(match text {
        "benefit_check" => Presence::BenefitCheck,
        "consented" => Presence::Consented,
        "elsewhere" => Presence::OfferedElsewhere,
        "identity_check" => Presence::IdentityCheck,
        "parked" => Presence::Parked,
        "paused" => Presence::Paused,
        "stop_listed" => Presence::StopListed,
        "waiting" => Presence::Waiting,
        here => {
            let turn: u32 = here.strip_prefix("here")?.parse().ok()?;
            Presence::OfferedHere {
                turn: turn.checked_sub(1)?,
            }
        }
    })
}

/// The rules in force with another ratio.
pub fn rules(general_per_priority: &str) -> Option<RuleSet> {
    let general_per_priority = general_per_priority.parse().ok()?;
    Some(RuleSet {
        general_per_priority,
        ..rules::current().clone()
    })
}

/// Reads what an untouched queue begins with.
pub fn pattern_start(text: &str) -> Option<PatternStart> {
    match text {
        "general" => Some(PatternStart::General),
        "priority" => Some(PatternStart::Priority),
        _ => None,
    }
}

fn tier(name: &str) -> Option<Tier> {
    match name.as_bytes().first()? {
        b'O' => Some(Tier::OutOfTurn),
        b'P' => Some(Tier::Priority),
        b'G' => Some(Tier::General),
        _ => None,
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').filter(|word| *word != "-")
}
