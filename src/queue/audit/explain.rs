//! The reasons that the plan gives to those whom it passed over.

use crate::queue::allocation::{Plan, Why};
use crate::queue::rank::Presence;
use crate::queue::seat::{Fit, Misfit};
use crate::queue::snapshot::{ChoiceState, OfferKind};

use super::breach::Breach;
use super::counters::Order;
use super::facts::{Barred, Facts};

/// Is every entry explained, and truly?
pub(super) fn those_passed_over(
    facts: &Facts,
    plan: &Plan,
    order: &Order,
    breaches: &mut Vec<Breach>,
) {
    let mut expected = standing_reasons(facts);
    for temporary in [0, 1] {
        // What the lasting seats said of an entry is not hidden by the temporary ones.
        let speaks = |why: &Why| temporary == 0 || *why == Why::NoSeatTonight;
        for (entry, number, seats) in &order.outranked[temporary] {
            if speaks(&expected[*entry]) {
                expected[*entry] = Why::Outranked {
                    number: *number,
                    seats: *seats,
                };
            }
        }
        for entry in &order.not_needed[temporary] {
            if speaks(&expected[*entry]) {
                expected[*entry] = Why::OfferedBetter;
            }
        }
    }
    for line in plan
        .lines
        .iter()
        .filter(|line| line.kind != OfferKind::FreeAccess)
    {
        let Some(at) = facts.application(line.application) else {
            continue;
        };
        let mut choices = facts.rows.applications[at].choices.iter();
        let chosen =
            choices.position(|choice| facts.one_queue(choice.preschool, line.class.preschool));
        if let Some(choice) = chosen {
            expected[facts.entry(at, choice)] = Why::Offered;
        }
    }
    for (at, application) in facts.rows.applications.iter().enumerate() {
        for (choice, position) in (0..application.choices.len()).zip(0u8..) {
            let entry = facts.entry(at, choice);
            if plan.passed[entry] != expected[entry] {
                let application = application.id;
                breaches.push(Breach::WhyWrong {
                    application,
                    choice: position,
                });
            }
        }
    }
}

/// What stands against an entry by itself, or that its preschool has no seat that fits.
fn standing_reasons(facts: &Facts) -> Vec<Why> {
    let mut open: Vec<(u32, Vec<Fit>)> = Vec::new();
    let mut seats: Vec<(u32, Fit)> = facts
        .rows
        .seats
        .iter()
        .filter(|seat| !seat.temporary && facts.for_distribution(seat))
        .filter_map(|seat| facts.class_of(seat))
        .filter_map(|class| Some((facts.desk(class.preschool)?, class.fit)))
        .collect();
    seats.sort_unstable();
    seats.dedup();
    for of_desk in seats.chunk_by(|one, other| one.0 == other.0) {
        let fits = of_desk.iter().map(|(_, fit)| *fit).collect();
        open.push((of_desk[0].0, fits));
    }
    let mut reasons = Vec::with_capacity(facts.entries());
    for (at, application) in facts.rows.applications.iter().enumerate() {
        for choice in 0..application.choices.len() {
            let desk = facts.desk_of_entry(facts.entry(at, choice));
            let fits = open.binary_search_by_key(&desk, |(other, _)| Some(*other));
            let fits = fits
                .map(|found| open[found].1.as_slice())
                .unwrap_or_default();
            reasons.push(reason(facts, at, choice, fits));
        }
    }
    reasons
}

fn reason(facts: &Facts, at: usize, choice: usize, fits: &[Fit]) -> Why {
    let application = &facts.rows.applications[at];
    let chosen = &application.choices[choice];
    let preschool = &facts.rows.preschools[facts.chosen[facts.entry(at, choice)] as usize];
    let holds_as_good =
        facts.pending[at].is_some_and(|offer| !facts.betters(application, choice, offer));
    if !facts.stands(application) {
        Why::NoLongerStands
    } else if chosen.state == ChoiceState::Closed {
        Why::ChoiceClosed
    } else if chosen.state == ChoiceState::Parked {
        Why::NotOfferable(Presence::Parked)
    } else if !facts.offerable(application) {
        Why::NotOfferable(application.presence)
    } else if holds_as_good {
        Why::HoldsAsGood
    } else if facts.has_its_place(application, chosen.preschool) {
        Why::AlreadyThere
    } else if let Some(barred) = facts.barred(preschool) {
        match barred {
            Barred::Closed => Why::PreschoolClosed,
            Barred::Suspended => Why::PreschoolSuspended,
        }
    } else if fits.is_empty() {
        Why::NoSeatTonight
    } else if !facts.old_enough(application) {
        Why::NoSeatFits(Misfit::Age)
    } else if fits.iter().any(|fit| facts.fits(application, fit)) {
        // It asked, or did not need to: the lists say what came of it.
        Why::Offered
    } else {
        let same_care = || fits.iter().filter(|fit| fit.care == application.care);
        Why::NoSeatFits(if same_care().any(|fit| facts.age_fits(application, fit)) {
            Misfit::Language
        } else if same_care().count() > 0 {
            Misfit::Age
        } else {
            Misfit::Care
        })
    }
}
