//! Stop-list: a stay during which an application is offered nothing (стоп-лист).
//!
//! Law:   004 pt.28–30, 33, 34, 38, 1_8 No. 20, No. 21; decisions D-61, D-62, D-90 to D-94.
//! Never: ends early, but where the placement itself was wrong (D-91).
//! Start: [`step`].

use crate::queue::coded::coded;
use crate::queue::lifecycle::stop_list::Event::{
    AnnulledByAppeal, ApplicationEnded, ExitAsked, PlacedForEnrolment, PlacedForOriginals,
    PlacedForReferral, PlacedForRefusal, PlacedForSilence, StayEnded,
};
use crate::queue::lifecycle::{Cause, Countdown, Refused as No, application, machine, to};
use crate::queue::notice::NoticeKind as N;
use crate::queue::rules::RuleSet;

coded! {
    /// Where a record of the stop-list stands.
    State {
        /// It is to be placed.
        New = "NEW",
        /// It is there.
        Placed = "PLACED",
        /// It went back to the queue, with the validity prolonged by the stay (D-92).
        Returned = "RETURNED",
        /// The placement was wrong: as if it had never been, the validity prolonged all the same.
        Annulled = "ANNULLED",
        /// A return was impossible, or the application ended meanwhile (D-93).
        Archived = "ARCHIVED",
    }
}

coded! {
    /// What can happen to a record of the stop-list.
    Event {
        /// The referral lapsed (pt.33(1)).
        PlacedForReferral = "PLACED_FOR_REFERRAL",
        /// The originals were not shown in time (pt.33(1)).
        PlacedForOriginals = "PLACED_FOR_ORIGINALS",
        /// The family let the enrolment lapse (pt.33(2)).
        PlacedForEnrolment = "PLACED_FOR_ENROLMENT",
        /// An offer was not answered, under rules that know the ground (D-61).
        PlacedForSilence = "PLACED_FOR_SILENCE",
        /// An offer was refused, under rules that know the ground (D-62).
        PlacedForRefusal = "PLACED_FOR_REFUSAL",
        /// The stay ends, and no requirement of the queue is lost; else the application ends
        /// (D-93).
        StayEnded = "STAY_ENDED",
        /// Two persons annul the placement, with a public reason.
        AnnulledByAppeal = "ANNULLED_BY_APPEAL",
        /// Somebody asks to leave early.
        ExitAsked = "EXIT_ASKED",
        /// The application ends: withdrawn, too old, a duplicate, a requirement is lost, or the
        /// child has died.
        ApplicationEnded = "APPLICATION_ENDED",
    }
}

machine!("stop_list", New);

/// What follows from an event.
pub fn step(state: State, event: Event, rules: &RuleSet) -> Outcome {
    match state {
        State::New => new(event, rules),
        State::Placed => placed(event),
        State::Returned | State::Annulled | State::Archived => Err(No::Ended),
    }
}

fn new(event: Event, rules: &RuleSet) -> Outcome {
    const TOLD: &[N] = &[N::StopListed];
    Ok(match event {
        PlacedForReferral => to(State::Placed, "004 pt.33; D-90")
            .starts(&[Countdown::StopListReferral])
            .tells(TOLD),
        PlacedForOriginals => to(State::Placed, "004 pt.33; D-90")
            .starts(&[Countdown::StopListOriginals])
            .tells(TOLD),
        PlacedForEnrolment => to(State::Placed, "004 pt.30; D-90")
            .starts(&[Countdown::StopListEnrolment])
            .tells(TOLD),
        PlacedForSilence if rules.stop_list.silence.is_some() => {
            to(State::Placed, "004 pt.33; D-61")
                .starts(&[Countdown::StopListSilence])
                .tells(TOLD)
        }
        PlacedForRefusal if rules.stop_list.refusal.is_some() => {
            to(State::Placed, "004 pt.33; D-62")
                .starts(&[Countdown::StopListRefusal])
                .tells(TOLD)
        }
        // pt.33 is a closed list.
        PlacedForSilence | PlacedForRefusal => return Err(No::NotInTheseRules),
        StayEnded | AnnulledByAppeal | ExitAsked | ApplicationEnded => {
            return Err(No::NotInStopList);
        }
    })
}

fn placed(event: Event) -> Outcome {
    Ok(match event {
        StayEnded => to(State::Returned, "004 pt.34; D-90, D-92")
            .tells(&[N::StopListLeft])
            .brings(&[Cause::Application(application::Event::StopListEnded)]),
        AnnulledByAppeal => to(State::Annulled, "004 pt.34; D-91")
            .tells(&[N::StopListLeft])
            .brings(&[Cause::Application(application::Event::PlacementAnnulled)]),
        ApplicationEnded => to(State::Archived, "004 pt.34; D-93"),
        ExitAsked => return Err(No::InStopList),
        PlacedForReferral | PlacedForOriginals | PlacedForEnrolment | PlacedForSilence
        | PlacedForRefusal => return Err(No::AlreadySo),
    })
}

fn ended(state: State) -> bool {
    match state {
        State::New | State::Placed => false,
        State::Returned | State::Annulled | State::Archived => true,
    }
}

fn lapse(ended: Countdown) -> Option<Event> {
    match ended {
        Countdown::StopListReferral
        | Countdown::StopListOriginals
        | Countdown::StopListEnrolment
        | Countdown::StopListSilence
        | Countdown::StopListRefusal => Some(StayEnded),
        Countdown::Answer
        | Countdown::Contract
        | Countdown::RefusalReview
        | Countdown::Grace
        | Countdown::Dismissal
        | Countdown::OwnerReply
        | Countdown::Originals
        | Countdown::Pause
        | Countdown::Referral
        | Countdown::ExtendedReferral
        | Countdown::Undo
        | Countdown::SourceDown
        | Countdown::FreeAccess => None,
    }
}
