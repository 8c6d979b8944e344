//! Asking: in which order a family asks, and what it holds already (D-17, D-40, D-41).

use crate::queue::roll::Roll;
use crate::queue::seat::Misfit;
use crate::queue::snapshot::{Applying, Sound};
use crate::terms::PreschoolId;

use super::line::{Plan, Why};

/// Which misfit is closer to a fit: the seat that lacks only the language is the closest.
pub(super) trait Closest {
    fn max_by_closeness(self, other: Misfit) -> Self;
}

impl Closest for Option<Misfit> {
    fn max_by_closeness(self, other: Misfit) -> Self {
        let closeness = |misfit: Misfit| match misfit {
            Misfit::Care => 0,
            Misfit::Age => 1,
            Misfit::Language => 2,
        };
        Some(match self {
            Some(own) if closeness(own) >= closeness(other) => own,
            Some(_) | None => other,
        })
    }
}

/// The choices of an application, the most preferred first (D-17): as the family named them, or
/// else where its number is smallest, ties in the order sent.
pub(super) fn order_of_preference(sound: &Sound, roll: &Roll, at: usize) -> Vec<usize> {
    let application = &sound.rows().applications[at];
    let mut order: Vec<usize> = (0..application.choices.len()).collect();
    order.sort_by_key(|choice| match application.choices[*choice].preference {
        Some(preference) => u32::from(preference),
        None => roll.number_of(sound, at, *choice).unwrap_or(u32::MAX),
    });
    order
}

/// Did the family name the choice before the preschool whose offer it holds (D-41)?
pub(super) fn prefers(application: &Applying, choice: usize, held: PreschoolId) -> bool {
    let of_held = application
        .choices
        .iter()
        .find(|choice| choice.preschool == held);
    match (
        application.choices[choice].preference,
        of_held.and_then(|held| held.preference),
    ) {
        (Some(own), Some(held)) => own < held,
        (Some(_) | None, None) | (None, Some(_)) => false,
    }
}

/// Has the application an offer of tonight, or one that is pending?
pub(super) fn served(plan: &Plan, sound: &Sound, at: usize) -> bool {
    let choices = sound.rows().applications[at].choices.len();
    let tonight = (0..choices).any(|choice| plan.why(sound, at, choice) == Why::Offered);
    tonight || sound.pending_of(at).is_some()
}
