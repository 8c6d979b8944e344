//! Every preschool once more: the first of those who asked, by its own walk (D-40).

use std::collections::BTreeMap;

use crate::queue::allocation::{Because, Line, Plan};
use crate::queue::rank::Tier;
use crate::queue::rules::TempSeat;
use crate::queue::seat::{Ages, Fit};
use crate::queue::snapshot::OfferKind;
use crate::terms::PreschoolId;

use super::breach::Breach;
use super::facts::{ClassOfDesk, Facts, narrow};
use super::numbers::since_priority;

/// What the lists of those who asked say of entries that got nothing.
#[derive(Default)]
pub(super) struct Order {
    /// Entry, number, seats; of the lasting seats first, then of the temporary ones.
    pub(super) outranked: [Vec<(usize, u32, u32)>; 2],
    /// Entries that were not asked, because a preferred preschool offered a seat.
    pub(super) not_needed: [Vec<usize>; 2],
}

/// One who asked: tier, time and sequence; application, choice, entry.
type Asked = ((u8, i64, i64), u32, u8, u32);

/// One class of a desk: its seats in order.
struct Shelf {
    class: ClassOfDesk,
    seats: Vec<(PreschoolId, i64)>,
    families: u32,
}

impl Shelf {
    fn fit(&self) -> &Fit {
        &self.class.2
    }
}

pub(super) fn first_of_those_who_asked(
    facts: &Facts,
    plan: &Plan,
    breaches: &mut Vec<Breach>,
) -> Order {
    let mut order = Order::default();
    let mut lines: Vec<(ClassOfDesk, i64, &Line)> = plan
        .lines
        .iter()
        .filter(|line| line.kind != OfferKind::FreeAccess)
        .filter_map(|line| Some((facts.of_desk(&line.class)?, line.seat, line)))
        .collect();
    lines.sort_unstable_by_key(|(class, seat, _)| (*class, *seat));
    for temporary in [false, true] {
        let shelves = shelves(facts, temporary);
        let mut asked = asked(facts, plan, &shelves, temporary, &mut order);
        asked.sort_unstable();
        for (desk, shelves) in &shelves {
            let from = asked.partition_point(|(other, _)| other < desk);
            let to = asked.partition_point(|(other, _)| other <= desk);
            let asked: Vec<Asked> = asked[from..to].iter().map(|(_, asked)| *asked).collect();
            desk_alone(
                facts,
                (shelves, temporary),
                asked,
                &lines,
                &mut order,
                breaches,
            );
        }
    }
    order
}

/// The classes of each desk with seats, in the order of filling: fewest years first, then fewest
/// families whom they fit (D-40).
fn shelves(facts: &Facts, temporary: bool) -> Vec<(u32, Vec<Shelf>)> {
    let seats = facts.rows.seats.iter();
    let distributed = seats
        .filter(|seat| seat.temporary == temporary && facts.for_distribution(seat))
        .filter(|seat| !seat.temporary || facts.rules.offers.temp_seat == TempSeat::OptIn);
    let mut seats: Vec<(ClassOfDesk, (PreschoolId, i64))> = distributed
        .filter_map(|seat| {
            let class = facts.class_of(seat)?;
            Some((facts.of_desk(&class)?, (class.preschool, seat.id)))
        })
        .collect();
    seats.sort_unstable();
    let mut all = Vec::new();
    for of_desk in seats.chunk_by(|one, other| one.0.0 == other.0.0) {
        let desk = of_desk[0].0.0;
        let classes = of_desk.chunk_by(|one, other| one.0 == other.0);
        let mut shelves: Vec<Shelf> = classes
            .map(|seats| Shelf {
                class: seats[0].0,
                seats: seats.iter().map(|(_, seat)| *seat).collect(),
                families: families(facts, desk, &seats[0].0.2),
            })
            .collect();
        shelves.sort_by_key(|shelf| (years(shelf.fit()), shelf.families, *shelf.fit()));
        all.push((desk, shelves));
    }
    all
}

fn years(fit: &Fit) -> i64 {
    match fit.ages {
        Ages::BirthYear(_) => 1,
        Ages::Band { from, to } => i64::from(to) - i64::from(from) + 1,
    }
}

fn families(facts: &Facts, desk: u32, fit: &Fit) -> u32 {
    let entries = &facts.entries_of;
    let from = entries.partition_point(|(other, _, _)| *other < desk);
    let own = entries[from..]
        .iter()
        .take_while(|(other, _, _)| *other == desk);
    let fitting = own.filter(|(_, entry, at)| {
        let application = &facts.rows.applications[*at as usize];
        facts.numbers[*entry as usize] != 0 && facts.fits(application, fit)
    });
    u32::try_from(fitting.count()).unwrap_or(u32::MAX)
}

/// Who asked which desk: each family its preferred ones, down to the one that offers a seat.
fn asked(
    facts: &Facts,
    plan: &Plan,
    shelves: &[(u32, Vec<Shelf>)],
    temporary: bool,
    order: &mut Order,
) -> Vec<(u32, Asked)> {
    let mut by_application: Vec<(i64, OfferKind, PreschoolId)> = plan
        .lines
        .iter()
        .map(|line| (line.application, line.kind, line.class.preschool))
        .collect();
    by_application.sort_unstable();
    let kind = if temporary {
        OfferKind::Temporary
    } else {
        OfferKind::Queue
    };
    let mut asked = Vec::new();
    for (at, application) in facts.rows.applications.iter().enumerate() {
        let from = by_application.partition_point(|(id, _, _)| *id < application.id);
        let own = by_application[from..]
            .iter()
            .take_while(|(id, _, _)| *id == application.id);
        let offered = |wanted| own.clone().find(move |(_, kind, _)| *kind == wanted);
        let lasting = offered(OfferKind::Queue).is_some();
        if temporary && (!application.temporary_too || lasting || facts.pending[at].is_some()) {
            continue;
        }
        let offer = offered(kind).map(|(_, _, preschool)| *preschool);
        let mut reached = false;
        for choice in facts.preferred(at) {
            let entry = facts.entry(at, choice);
            let preschool = application.choices[choice].preschool;
            let Some(desk) = facts.desk_of_entry(entry) else {
                continue;
            };
            let Ok(found) = shelves.binary_search_by_key(&desk, |(other, _)| *other) else {
                continue;
            };
            let mut classes = shelves[found].1.iter();
            if !facts.may_ask(at, choice, temporary)
                || !classes.any(|shelf| facts.fits(application, shelf.fit()))
            {
                continue;
            }
            if reached {
                order.not_needed[usize::from(temporary)].push(entry);
                continue;
            }
            reached = offer.is_some_and(|there| facts.one_queue(there, preschool));
            let tier = match application.standing.tier {
                Tier::OutOfTurn => 0,
                Tier::Priority => 1,
                Tier::General => 2,
            };
            let time = application.choices[choice]
                .filed_at
                .unwrap_or(application.standing.time);
            let standing = (tier, time.millis(), application.standing.sequence);
            let choice = u8::try_from(choice).unwrap_or(u8::MAX);
            asked.push((desk, (standing, narrow(at), choice, narrow(entry))));
        }
    }
    asked
}

/// One desk: class after class, the first of those who asked and are not yet served.
fn desk_alone(
    facts: &Facts,
    (shelves, temporary): (&[Shelf], bool),
    asked: Vec<Asked>,
    lines: &[(ClassOfDesk, i64, &Line)],
    order: &mut Order,
    breaches: &mut Vec<Breach>,
) {
    let mut left = asked;
    let mut unserved: Vec<(usize, u32, u32)> = Vec::new();
    for shelf in shelves {
        let from = lines.partition_point(|(class, _, _)| *class < shelf.class);
        let actual: Vec<&Line> = lines[from..]
            .iter()
            .take_while(|(class, _, _)| *class == shelf.class)
            .map(|(_, _, line)| *line)
            .collect();
        let list = list(facts, shelf, &left);
        let seats = shelf.seats.len();
        let (first, rest) = list.split_at(list.len().min(seats));
        compare(facts, shelf, first, &actual, breaches);
        if first.len() == actual.len() {
            each_its_preschool(facts, shelf, first, &actual, breaches);
        }
        let seats = u32::try_from(seats).unwrap_or(u32::MAX);
        let numbers = rest.iter().zip(seats + 1..);
        unserved.extend(numbers.map(|((asked, _), number)| (asked.3 as usize, number, seats)));
        let mut served: Vec<u32> = first.iter().map(|(asked, _)| asked.3).collect();
        served.sort_unstable();
        left.retain(|asked| served.binary_search(&asked.3).is_err());
    }
    // The first class that fits tells the number; the order of `unserved` is that of filling.
    unserved.sort_by_key(|(entry, _, _)| *entry);
    for asked in left {
        let first = unserved.partition_point(|(entry, _, _)| *entry < asked.3 as usize);
        order.outranked[usize::from(temporary)].extend(unserved.get(first).copied());
    }
}

/// The list of a class, and why each stands where it stands. The nearest seat goes to a family to
/// which it is owed, then by tier and phase, at last to those who refused such a seat.
fn list(facts: &Facts, shelf: &Shelf, asked: &[Asked]) -> Vec<(Asked, Because)> {
    let row = facts.rules.general_per_priority.get() as usize;
    let mut since = since_priority(facts.made_of(shelf.class), facts.rules);
    let mut list = Vec::new();
    let mut by_tier: [Vec<Asked>; 3] = Default::default();
    let mut last = Vec::new();
    for asked in asked {
        let application = &facts.rows.applications[asked.1 as usize];
        if !facts.fits(application, shelf.fit()) {
            continue;
        }
        if application.choices[usize::from(asked.2)].owed {
            list.push((*asked, Because::Owed));
            since = since_priority_from(since, application.standing.tier, row);
        } else if facts.has_refused() && facts.refused_one_of(application.id, &shelf.seats) {
            last.push((*asked, Because::AfterRefusal));
        } else {
            by_tier[usize::from(asked.0.0)].push(*asked);
        }
    }
    let [extra, priority, general] = by_tier;
    list.extend(extra.into_iter().map(|asked| (asked, Because::First)));
    let (mut priority, mut general) = (priority.into_iter(), general.into_iter());
    loop {
        let none_general = general.len() == 0;
        let next = if priority.len() > 0 && (since >= row || none_general) {
            since = 0;
            priority.next()
        } else {
            since = row.min(since + 1);
            general.next()
        };
        match next {
            Some(asked) => list.push((asked, Because::First)),
            None => break,
        }
    }
    list.extend(last);
    list
}

fn since_priority_from(since: usize, tier: Tier, row: usize) -> usize {
    match tier {
        Tier::OutOfTurn => since,
        Tier::Priority => 0,
        Tier::General => row.min(since + 1),
    }
}

/// D-00: where a class lies in several preschools, each family in its turn is offered a seat of the
/// one that it named while there is one, else of the first that has one.
fn each_its_preschool(
    facts: &Facts,
    shelf: &Shelf,
    first: &[(Asked, Because)],
    actual: &[&Line],
    breaches: &mut Vec<Breach>,
) {
    let mut there: BTreeMap<PreschoolId, usize> = BTreeMap::new();
    for (preschool, _) in &shelf.seats {
        *there.entry(*preschool).or_default() += 1;
    }
    for (asked, _) in first {
        let family = &facts.rows.applications[asked.1 as usize];
        let named = family.choices[usize::from(asked.2)].preschool;
        let any = there.keys().next().copied();
        let Some(preschool) = there.contains_key(&named).then_some(named).or(any) else {
            return;
        };
        let left = there.entry(preschool).or_default();
        *left -= 1;
        if *left == 0 {
            there.remove(&preschool);
        }
        let application = family.id;
        let given = actual.iter().find(|line| line.application == application);
        if given.is_some_and(|line| line.class.preschool != preschool) {
            breaches.push(Breach::SeatNotAsked {
                application,
                preschool,
            });
        }
    }
}

/// The lines of a class against the first of its list.
fn compare(
    facts: &Facts,
    shelf: &Shelf,
    first: &[(Asked, Because)],
    actual: &[&Line],
    breaches: &mut Vec<Breach>,
) {
    let preschool = shelf.seats[0].0;
    let id = |asked: &Asked| facts.rows.applications[asked.1 as usize].id;
    for ((asked, because), number) in first.iter().zip(1u32..) {
        let application = id(asked);
        if let Some(line) = actual.iter().find(|line| line.application == application) {
            if line.number != number {
                breaches.push(Breach::NumberWrong {
                    seat: line.seat,
                    expected: number,
                });
            }
            if line.because != *because {
                breaches.push(Breach::WrongReason { seat: line.seat });
            }
            continue;
        }
        // It asked, and should have been served.
        let instead: Vec<&&Line> = actual
            .iter()
            .filter(|line| !first.iter().any(|(asked, _)| id(asked) == line.application))
            .collect();
        let own_tier = facts.rows.applications[asked.1 as usize].standing.tier;
        breaches.push(if instead.is_empty() {
            Breach::IdleSeat {
                preschool,
                application,
            }
        } else if *because == Because::Owed {
            Breach::OwedPassedOver {
                application,
                preschool,
            }
        } else if let Some(refuser) = instead
            .iter()
            .find(|line| facts.refused_one_of(line.application, &shelf.seats))
        {
            Breach::RefuserFirst {
                application: refuser.application,
            }
        } else if instead.iter().any(|line| line.tier == own_tier) {
            Breach::PassedOver {
                application,
                preschool,
            }
        } else {
            Breach::RatioBroken {
                preschool,
                application,
            }
        });
    }
}
