//! The number of every entry, by the arithmetic of positions: no list is walked.

use crate::queue::application::PreschoolKind;
use crate::queue::rank::{Fate, Presence, Tier};
use crate::queue::rules::{PatternStart, RuleSet};
use crate::queue::seat::{Ages, Care};
use crate::queue::snapshot::{ChoiceState, OfferKind};

use super::facts::Facts;

/// Birth year, care, band; inside it tier, time in milliseconds, sequence; the entry.
type Row = (Key, (u8, i64, i64), usize);
type Key = (i32, Care, Option<Ages>);

/// By entry: its number in its queue (004 pt.2(17), pt.16, pt.17), 0 where it is not counted.
pub(super) fn of_all(facts: &Facts) -> Vec<u32> {
    let mut numbers = vec![0; facts.entries()];
    let mut history = history(facts);
    history.sort_unstable();
    for of_desk in facts.entries_of.chunk_by(|one, other| one.0 == other.0) {
        let desk = of_desk[0].0;
        let from = history.partition_point(|(other, _, _, _)| *other < desk);
        let to = history.partition_point(|(other, _, _, _)| *other <= desk);
        number(facts, of_desk, &history[from..to], &mut numbers);
    }
    numbers
}

/// Numbers the queues of one desk.
fn number(facts: &Facts, entries: &[(u32, u32, u32)], history: &[Made], numbers: &mut [u32]) {
    let rows = facts.rows;
    let mut standing: Vec<Row> = Vec::with_capacity(entries.len());
    let mut offered: Vec<(Key, usize, usize)> = Vec::new();
    for (desk, entry, at) in entries {
        let (entry, at) = (*entry as usize, *at as usize);
        let application = &rows.applications[at];
        let chosen = &application.choices[entry - facts.entry(at, 0)];
        // D-37: who consented, is parked or stop-listed has no number.
        let uncounted = matches!(
            application.presence,
            Presence::Consented | Presence::StopListed | Presence::Parked
        );
        if uncounted || chosen.state != ChoiceState::Standing {
            continue;
        }
        let key = key(facts, at, *desk);
        let here = facts.pending[at]
            .map(|offer| &rows.offers[offer])
            .filter(|offer| {
                offer.kind == OfferKind::Queue
                    && facts.one_queue(offer.class.preschool, chosen.preschool)
            });
        if here.is_some() {
            offered.push((key, facts.pending[at].unwrap_or_default(), entry));
            continue;
        }
        let tier = match application.standing.tier {
            Tier::OutOfTurn => 0,
            Tier::Priority => 1,
            Tier::General => 2,
        };
        let time = chosen.filed_at.unwrap_or(application.standing.time);
        let place = (tier, time.millis(), application.standing.sequence);
        standing.push((key, place, entry));
    }
    offered.sort_unstable();
    for queue in offered.chunk_by(|one, other| one.0 == other.0) {
        for ((_, _, entry), number) in queue.iter().zip(1..) {
            numbers[*entry] = number;
        }
    }
    standing.sort_unstable();
    for queue in standing.chunk_by(|one, other| one.0 == other.0) {
        let key = queue[0].0;
        let head = offered.iter().filter(|(other, _, _)| *other == key).count();
        let made = history.iter().filter(|(_, born, _, _)| *born == key.0);
        let since = since_priority(made.map(|(_, _, _, tier)| *tier), facts.rules);
        let count = |tier| {
            queue
                .iter()
                .filter(|(_, (other, _, _), _)| *other == tier)
                .count()
        };
        let tiers = [count(0), count(1), count(2)];
        let mut seen = [0usize; 3];
        for (_, (tier, _, _), entry) in queue {
            let at = seen[usize::from(*tier)];
            seen[usize::from(*tier)] += 1;
            let number = head + position(*tier, at, tiers, since, facts.rules);
            numbers[*entry] = u32::try_from(number).unwrap_or(u32::MAX);
        }
    }
}

/// The number, among those who hold no offer here, of the `at`-th of its tier.
///
/// D-32: the row of N general families is short by `since`; each P stands after a full row, and
/// where one tier ends the other follows without gaps.
fn position(tier: u8, at: usize, tiers: [usize; 3], since: usize, rules: &RuleSet) -> usize {
    let row = rules.general_per_priority.get() as usize;
    let missing = row - since.min(row);
    let [first, priority, general] = tiers;
    match tier {
        0 => at + 1,
        1 => first + at + (missing + row * at).min(general) + 1,
        2.. => {
            let rows_before = if at < missing {
                0
            } else {
                (at - missing) / row + 1
            };
            first + at + rows_before.min(priority) + 1
        }
    }
}

/// General families since the last one of the priority tier, over the offers that count (D-33).
pub(super) fn since_priority(tiers: impl Iterator<Item = Tier>, rules: &RuleSet) -> usize {
    let row = rules.general_per_priority.get() as usize;
    let mut since = match rules.pattern_start {
        PatternStart::General => 0,
        PatternStart::Priority => row,
    };
    for tier in tiers {
        since = match tier {
            Tier::OutOfTurn => since,
            Tier::Priority => 0,
            Tier::General => row.min(since + 1),
        };
    }
    since
}

/// An offer that counts: desk, birth year, position, tier.
type Made = (u32, i32, usize, Tier);

fn history(facts: &Facts) -> Vec<Made> {
    let counting = facts.rows.offers.iter().enumerate();
    let counting =
        counting.filter(|(_, offer)| offer.kind == OfferKind::Queue && counts(offer.fate));
    counting
        .filter_map(|(at, offer)| {
            let desk = facts.desk(offer.class.preschool)?;
            Some((desk, offer.birth_year, at, offer.tier))
        })
        .collect()
}

/// D-33: pending and accepted ones.
pub(super) fn counts(fate: Fate) -> bool {
    matches!(fate, Fate::Accepted | Fate::Pending)
}

/// 004 pt.16, pt.26: which queue of the desk.
fn key(facts: &Facts, at: usize, desk: u32) -> Key {
    let application = &facts.rows.applications[at];
    match application.kind {
        PreschoolKind::General => (application.birth_date.year(), Care::Ordinary, None),
        PreschoolKind::Sanatorium if facts.rules.queues.sanatorium_by_rehab => {
            (0, application.care, None)
        }
        PreschoolKind::Sanatorium => (0, Care::Ordinary, None),
        PreschoolKind::Special => {
            let bands = facts.groups_of(desk).filter(|group| {
                group.fit.care == application.care && facts.age_fits(application, &group.fit)
            });
            let care = if facts.rules.queues.special_by_disorder {
                application.care
            } else {
                Care::Ordinary
            };
            (0, care, bands.map(|group| group.fit.ages).min())
        }
    }
}
