//! Each line by itself: does the seat exist, does it fit, may the family be offered it?

use crate::queue::allocation::{Because, Line, Plan, Twins};
use crate::queue::rules::TempSeat;
use crate::queue::snapshot::{ChoiceState, OfferKind};

use super::breach::Breach;
use super::facts::Facts;

pub(super) fn each_alone(facts: &Facts, plan: &Plan, breaches: &mut Vec<Breach>) {
    for line in &plan.lines {
        one(facts, line, breaches);
    }
    let mut seats: Vec<i64> = plan.lines.iter().map(|line| line.seat).collect();
    seats.sort_unstable();
    let twice = seats.windows(2).filter(|pair| pair[0] == pair[1]);
    breaches.extend(twice.map(|pair| Breach::SeatTwice { seat: pair[0] }));
    let mut families: Vec<i64> = plan.lines.iter().map(|line| line.application).collect();
    families.sort_unstable();
    let twice = families.windows(2).filter(|pair| pair[0] == pair[1]);
    breaches.extend(twice.map(|pair| Breach::OfferedTwice {
        application: pair[0],
    }));
    twins(facts, plan, breaches);
}

fn one(facts: &Facts, line: &Line, breaches: &mut Vec<Breach>) {
    let (seat, application) = (line.seat, line.application);
    let (Some(row), Some(at)) = (facts.seat(seat), facts.application(application)) else {
        breaches.push(Breach::UnknownRow { seat });
        return;
    };
    let family = &facts.rows.applications[at];
    let mut breach = |breach| breaches.push(breach);
    if !facts.for_distribution(row) {
        breach(Breach::SeatNotForDistribution { seat });
    }
    let class = facts.class_of(row);
    if class != Some(line.class) {
        breach(Breach::WrongClass { seat });
    }
    // What the seat is, not what the line says of it.
    let Some(class) = class else { return };
    if line.tier != family.standing.tier {
        breach(Breach::WrongTier { application });
    }
    if family.care != class.fit.care {
        breach(Breach::MisfitCare { application });
    }
    if !facts.age_fits(family, &class.fit) || !facts.old_enough(family) {
        breach(Breach::MisfitAge { application });
    }
    if !Facts::language_fits(family, &class.fit) {
        breach(Breach::MisfitLanguage { application });
    }
    if !facts.stands(family) {
        breach(Breach::NoLongerStands { application });
    }
    if !facts.offerable(family) {
        breach(Breach::NotOfferable { application });
    }
    if facts.has_its_place(family, class.preschool) && line.kind != OfferKind::FreeAccess
        || family.enrolled_in == Some(class.preschool)
    {
        breach(Breach::EnrolledThere { application });
    }
    let choice = family
        .choices
        .iter()
        .position(|choice| facts.one_queue(choice.preschool, class.preschool));
    let live = choice.filter(|at| family.choices[*at].state == ChoiceState::Standing);
    let temporary = line.kind == OfferKind::Temporary;
    if (class.temporary || temporary)
        && !(family.temporary_too
            && temporary
            && class.temporary
            && facts.rules.offers.temp_seat == TempSeat::OptIn)
    {
        breach(Breach::NotTemporary { application });
    }
    let claimed = line.kind == OfferKind::FreeAccess;
    if live.is_none() && !claimed {
        breach(Breach::NotChosen { application });
    }
    if claimed != (line.because == Because::Claimed) {
        breach(Breach::WrongReason { seat });
    }
    // 1_6 st.2 «отсутствие действующего направления»: a pending offer, unless bettered (D-41).
    let held = facts.pending[at];
    let betters = held.zip(live).is_some_and(|(offer, choice)| {
        line.kind == OfferKind::Queue
            && line.supersedes == Some(facts.rows.offers[offer].id)
            && facts.betters(family, choice, offer)
    });
    if (held.is_some() && !betters) || (held.is_none() && line.supersedes.is_some()) {
        breach(Breach::SecondOffer { application });
    }
}

/// D-28 «where one DO keeps both, their offers are sent together».
fn twins(facts: &Facts, plan: &Plan, breaches: &mut Vec<Breach>) {
    let pair_of = |line: &Line| {
        let at = facts.application(line.application)?;
        Some((facts.rows.applications[at].twins?, line.class.preschool))
    };
    let mut pairs: Vec<_> = plan.lines.iter().filter_map(pair_of).collect();
    pairs.sort_unstable();
    for line in &plan.lines {
        let expected = match pair_of(line) {
            None => Twins::None,
            Some(pair) => {
                let of_pair = pairs.partition_point(|other| *other <= pair)
                    - pairs.partition_point(|other| *other < pair);
                if of_pair > 1 {
                    Twins::Together
                } else {
                    Twins::Alone
                }
            }
        };
        if line.twins != expected {
            breaches.push(Breach::WrongTwins {
                application: line.application,
            });
        }
    }
}
