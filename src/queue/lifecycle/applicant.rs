//! Applicant: the legal representative who acts for the child (услугополучатель).
//!
//! Law:   004 pt.22, 28, 30, 1_2, 1_3, 1_5, 1_6 st.9; decisions D-26, D-27, D-92.
//! In:    besides its events, what is about to happen to the other machines of the child.
//! Never: lets a term of the family run while nobody can keep it, or asks nobody for an answer.
//! Start: [`step`]; [`State::allows`] says what waits, [`Countdown::of_the_family`] which terms
//!        stand still.

use crate::queue::coded::coded;
use crate::queue::lifecycle::applicant::Event::{ApplicationEnded, Lost, TakenOver};
use crate::queue::lifecycle::{
    Cause, Countdown, Refused as No, application, contract, enrolment, machine, offer, referral,
    temporary, to,
};
use crate::queue::rank::Presence;
use crate::queue::rules::RuleSet;

coded! {
    /// Does anybody act for the child?
    State {
        /// The one who filed the application, or took it over.
        Acting = "ACTING",
        /// Nobody does: every term of the family stands still.
        Lost = "LOST",
        /// The application has ended.
        Ended = "ENDED",
    }
}

coded! {
    /// What can happen to it.
    Event {
        /// The applicant has died, lost the right to represent the child, or hands it over.
        Lost = "LOST",
        /// Another legal representative takes the application over, checked in the registers
        /// (D-27).
        TakenOver = "TAKEN_OVER",
        /// The application ends.
        ApplicationEnded = "APPLICATION_ENDED",
    }
}

machine!("applicant", Acting);

impl State {
    /// May this happen now, from outside? While nobody acts, nothing is asked of the family, done
    /// by it, or charged to it; what registers, staff and time do besides goes on.
    ///
    /// # Errors
    /// [`Refused::NobodyActs`](No::NobodyActs), where it waits.
    pub fn allows(self, cause: Cause) -> Result<(), No> {
        if self == Self::Lost && of_the_family(cause) {
            return Err(No::NobodyActs);
        }
        Ok(())
    }

    /// How the application is present: without an applicant it is counted, and offered nothing.
    pub fn presence(self, otherwise: Presence) -> Presence {
        if self == Self::Lost && otherwise.offerable() {
            Presence::Paused
        } else {
            otherwise
        }
    }
}

/// What follows from an event.
pub fn step(state: State, event: Event, _rules: &RuleSet) -> Outcome {
    Ok(match state {
        State::Acting => match event {
            // Every term of the family stops.
            Lost => to(State::Lost, "004 pt.30; D-26")
                .brings(&[Cause::Application(application::Event::ApplicantLost)]),
            TakenOver => return Err(No::AlreadySo),
            ApplicationEnded => to(State::Ended, "004 pt.22"),
        },
        State::Lost => match event {
            // They go on with what was left, and the validity is prolonged by the time that went
            // by, as by a stay in the stop-list (D-92). What was owed to the applicant meanwhile is
            // told to whoever acts now.
            TakenOver => to(State::Acting, "004 pt.30; D-26, D-27")
                .brings(&[Cause::Application(application::Event::TakenOver)]),
            Lost => return Err(No::AlreadySo),
            ApplicationEnded => to(State::Ended, "004 pt.22"),
        },
        State::Ended => return Err(No::Ended),
    })
}

/// Is it asked of the family, done by it, or charged to it?
fn of_the_family(cause: Cause) -> bool {
    match cause {
        Cause::Application(event) => of_application(event),
        Cause::Contract(event) => [
            contract::Event::RepresentativeSigned,
            // What it would make whole is signed by one who represents the child no longer.
            contract::Event::PreschoolSigned,
        ]
        .contains(&event),
        Cause::Enrolment(event) => [
            enrolment::Event::FamilyCame,
            enrolment::Event::TermEndedByFamily,
            enrolment::Event::TermEndedByPreschool,
            enrolment::Event::PreschoolNamed,
            enrolment::Event::PreschoolRefused,
            enrolment::Event::RefusedByFamily,
            enrolment::Event::RefusalTakenBack,
            enrolment::Event::UndoEnded,
        ]
        .contains(&event),
        Cause::Offer(event) => [
            offer::Event::SentOut,
            offer::Event::Accepted,
            offer::Event::Refused,
            offer::Event::TermEnded,
        ]
        .contains(&event),
        Cause::Referral(event) => [
            referral::Event::OriginalsEnded,
            referral::Event::Extended,
            referral::Event::TermEnded,
            referral::Event::RefusedByFamily,
            referral::Event::RefusalTakenBack,
            referral::Event::UndoEnded,
        ]
        .contains(&event),
        Cause::Temporary(event) => [
            temporary::Event::SentOut,
            temporary::Event::Accepted,
            temporary::Event::Refused,
            temporary::Event::TermEnded,
            temporary::Event::Arrived,
        ]
        .contains(&event),
        // A place that the child has is a matter of the owner of the contract (004 pt.31).
        Cause::Applicant(_)
        | Cause::Dismissal(_)
        | Cause::Documents(_)
        | Cause::Entry(_)
        | Cause::Seat(_)
        | Cause::StopList(_)
        | Cause::Tier => false,
    }
}

fn of_application(event: application::Event) -> bool {
    [
        application::Event::BenefitClaimed,
        application::Event::ChoiceChanged,
        application::Event::SeatOffered,
        application::Event::TempOffered,
        application::Event::InterestAsked,
        application::Event::FamilyAnswered,
        application::Event::Extended,
        application::Event::ValidityEnded,
        application::Event::Restored,
        application::Event::GraceEnded,
        application::Event::Withdrawn,
    ]
    .contains(&event)
}

fn ended(state: State) -> bool {
    match state {
        State::Acting | State::Lost => false,
        State::Ended => true,
    }
}

/// It stops the terms of others, and has none of its own.
fn lapse(_ended: Countdown) -> Option<Event> {
    None
}
