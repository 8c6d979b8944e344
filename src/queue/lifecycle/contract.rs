//! Contract: the agreement of the family and the preschool (договор образовательных услуг).
//!
//! Law:   004 pt.30, 31; decisions D-27, D-83, D-112.
//! Never: ends while the child is enrolled, but by a dismissal.
//! Start: [`step`]; its form is `rules.enrolment.form` (D-83).

use crate::queue::coded::coded;
use crate::queue::lifecycle::contract::Event::{
    Dismissed, EnrolmentEnded, OwnerReplaced, Prepared, PreschoolSigned, RepresentativeSigned,
};
use crate::queue::lifecycle::{Cause, Countdown, Refused as No, enrolment, machine, to};
use crate::queue::rules::RuleSet;

coded! {
    /// Where a contract stands.
    State {
        /// There is none yet.
        None = "NONE",
        /// It is prepared, and nobody has signed.
        Prepared = "PREPARED",
        /// The representative has signed.
        SignedByFamily = "SIGNED_BY_FAMILY",
        /// The preschool has signed.
        SignedByPreschool = "SIGNED_BY_PRESCHOOL",
        /// It is in force.
        InForce = "IN_FORCE",
        /// It was dissolved by a dismissal.
        Dissolved = "DISSOLVED",
        /// The enrolment ended before it was made, or before the child was enrolled.
        Abandoned = "ABANDONED",
    }
}

coded! {
    /// What can happen to a contract.
    Event {
        /// The enrolment application is registered.
        Prepared = "PREPARED",
        /// The representative to whom the referral was given signs.
        RepresentativeSigned = "REPRESENTATIVE_SIGNED",
        /// The preschool signs.
        PreschoolSigned = "PRESCHOOL_SIGNED",
        /// The enrolment ends without an order.
        EnrolmentEnded = "ENROLMENT_ENDED",
        /// Another representative takes its place, checked in the registers (D-27).
        OwnerReplaced = "OWNER_REPLACED",
        /// The child is dismissed.
        Dismissed = "DISMISSED",
    }
}

machine!("contract", None);

/// Both have signed.
const MADE: &[Cause] = &[Cause::Enrolment(enrolment::Event::ContractSigned)];

/// What follows from an event.
pub fn step(state: State, event: Event, _rules: &RuleSet) -> Outcome {
    Ok(match state {
        State::None => match event {
            Prepared => to(State::Prepared, "004 pt.30; D-83"),
            EnrolmentEnded => to(State::Abandoned, "004 pt.30"),
            RepresentativeSigned | PreschoolSigned | OwnerReplaced | Dismissed => {
                return Err(No::NoEnrolment);
            }
        },
        State::Prepared => match event {
            RepresentativeSigned => to(State::SignedByFamily, "004 pt.30"),
            PreschoolSigned => to(State::SignedByPreschool, "004 pt.30"),
            OwnerReplaced => to(State::Prepared, "004 pt.30; D-27"),
            EnrolmentEnded => to(State::Abandoned, "004 pt.30"),
            Prepared => return Err(No::AlreadySo),
            Dismissed => return Err(No::ContractMissing),
        },
        State::SignedByFamily => match event {
            PreschoolSigned => to(State::InForce, "004 pt.30").brings(MADE),
            // Who takes its place signs for himself.
            OwnerReplaced => to(State::Prepared, "004 pt.30; D-27"),
            EnrolmentEnded => to(State::Abandoned, "004 pt.30"),
            Prepared | RepresentativeSigned => return Err(No::AlreadySo),
            Dismissed => return Err(No::ContractMissing),
        },
        State::SignedByPreschool => match event {
            RepresentativeSigned => to(State::InForce, "004 pt.30").brings(MADE),
            OwnerReplaced => to(State::SignedByPreschool, "004 pt.30; D-27"),
            EnrolmentEnded => to(State::Abandoned, "004 pt.30"),
            Prepared | PreschoolSigned => return Err(No::AlreadySo),
            Dismissed => return Err(No::ContractMissing),
        },
        State::InForce => match event {
            Dismissed => to(State::Dissolved, "004 pt.31; D-112"),
            OwnerReplaced => to(State::InForce, "004 pt.31; D-27"),
            // Made, and no order followed: the family refused, or the child left.
            EnrolmentEnded => to(State::Abandoned, "004 pt.30; D-63"),
            Prepared | RepresentativeSigned | PreschoolSigned => return Err(No::AlreadySo),
        },
        State::Dissolved | State::Abandoned => return Err(No::Ended),
    })
}

fn ended(state: State) -> bool {
    match state {
        State::None
        | State::Prepared
        | State::SignedByFamily
        | State::SignedByPreschool
        | State::InForce => false,
        State::Dissolved | State::Abandoned => true,
    }
}

/// Its term is that of the enrolment application.
fn lapse(_ended: Countdown) -> Option<Event> {
    None
}
