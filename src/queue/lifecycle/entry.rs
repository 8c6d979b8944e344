//! Entry: an application in the queue of one preschool, and how it is counted there (D-10).
//!
//! Law:   004 pt.16, 17, 21, 28, 30, 34, 1_5 p.3, 1_6 st.8, 1_9 p.9; decisions D-16 to D-18, D-36,
//!        D-37, D-51, D-61, D-62, D-64, D-70.
//! Never: changes its time: a place is kept by tier and time, not by number (D-36).
//! Start: [`step`]; [`State::presence`] says how the queue counts it.

use crate::queue::coded::coded;
use crate::queue::lifecycle::entry::Event::{
    ApplicationEnded, Chosen, Consented, Dropped, FellBack, OfferGone, OfferedElsewhere,
    OfferedHere, OutOfTurnElsewhere, OutOfTurnHere, OutOfTurnLost, Paused, PreschoolClosed,
    PreschoolMerged, RefusedHere, RefusedTooOften, Resumed, StopListLeft, StopListed,
};
use crate::queue::lifecycle::{Cause, Countdown, Refused as No, Step, machine, to};
use crate::queue::notice::NoticeKind as N;
use crate::queue::rank::{Presence, Tier};
use crate::queue::rules::{RefusalPolicy, RuleSet};

coded! {
    /// How an entry stands in its queue.
    State {
        /// Not yet chosen.
        New = "NEW",
        /// It is counted and can be offered a seat.
        Counted = "COUNTED",
        /// Another choice is served out of turn (D-18).
        Parked = "PARKED",
        /// Parked, while the family holds an offer of another queue.
        ParkedOffered = "PARKED_OFFERED",
        /// Parked, while the application is paused.
        ParkedPaused = "PARKED_PAUSED",
        /// Parked, while the family holds a referral.
        ParkedConsented = "PARKED_CONSENTED",
        /// Parked, while the application is in the stop-list.
        ParkedStopListed = "PARKED_STOP_LISTED",
        /// This queue has made the family an offer.
        OfferedHere = "OFFERED_HERE",
        /// The same, and it is parked once that has ended (D-18).
        OfferedHereThenParked = "OFFERED_HERE_THEN_PARKED",
        /// Another queue has.
        OfferedElsewhere = "OFFERED_ELSEWHERE",
        /// Silence paused the application: counted, not offerable (D-61).
        Paused = "PAUSED",
        /// The family consented, here or elsewhere (D-64).
        Consented = "CONSENTED",
        /// The application is in the stop-list.
        StopListed = "STOP_LISTED",
        /// The family chose another preschool instead.
        Dropped = "DROPPED",
        /// The family refused its seats too often (D-62).
        ClosedByRefusals = "CLOSED_BY_REFUSALS",
        /// The preschool takes children no longer (D-51).
        ClosedWithPreschool = "CLOSED_WITH_PRESCHOOL",
        /// The application has ended.
        Ended = "ENDED",
    }
}

coded! {
    /// What can happen to an entry.
    Event {
        /// The preschool is chosen.
        Chosen = "CHOSEN",
        /// This queue makes the family an offer.
        OfferedHere = "OFFERED_HERE",
        /// Another queue does.
        OfferedElsewhere = "OFFERED_ELSEWHERE",
        /// The offer of this queue is refused.
        RefusedHere = "REFUSED_HERE",
        /// It is refused once more than the rules forgive.
        RefusedTooOften = "REFUSED_TOO_OFTEN",
        /// An offer ended otherwise, here or elsewhere, and the family keeps its place.
        OfferGone = "OFFER_GONE",
        /// Silence pauses the application.
        Paused = "PAUSED",
        /// The pause ends.
        Resumed = "RESUMED",
        /// The family consents, here or elsewhere.
        Consented = "CONSENTED",
        /// A referral or an enrolment ended, and the family keeps its place.
        FellBack = "FELL_BACK",
        /// The application is placed in the stop-list.
        StopListed = "STOP_LISTED",
        /// It leaves the stop-list.
        StopListLeft = "STOP_LIST_LEFT",
        /// A benefit out of turn is confirmed, and this is the preschool where it counts.
        OutOfTurnHere = "OUT_OF_TURN_HERE",
        /// It is confirmed for another one.
        OutOfTurnElsewhere = "OUT_OF_TURN_ELSEWHERE",
        /// It counts no longer.
        OutOfTurnLost = "OUT_OF_TURN_LOST",
        /// The family chooses another preschool instead.
        Dropped = "DROPPED",
        /// The preschool takes children no longer.
        PreschoolClosed = "PRESCHOOL_CLOSED",
        /// The preschool is merged into another one: the queues are merged by time.
        PreschoolMerged = "PRESCHOOL_MERGED",
        /// The application has ended.
        ApplicationEnded = "APPLICATION_ENDED",
    }
}

machine!("entry", New);

impl State {
    /// How the queue counts it; `turn` orders pending offers. None where it is no part of it.
    pub fn presence(self, turn: u32) -> Option<Presence> {
        match self {
            Self::Counted => Some(Presence::Waiting),
            Self::Parked
            | Self::ParkedOffered
            | Self::ParkedPaused
            | Self::ParkedConsented
            | Self::ParkedStopListed => Some(Presence::Parked),
            Self::OfferedHere | Self::OfferedHereThenParked => Some(Presence::OfferedHere { turn }),
            Self::OfferedElsewhere => Some(Presence::OfferedElsewhere),
            Self::Paused => Some(Presence::Paused),
            Self::Consented => Some(Presence::Consented),
            Self::StopListed => Some(Presence::StopListed),
            Self::New
            | Self::Dropped
            | Self::ClosedByRefusals
            | Self::ClosedWithPreschool
            | Self::Ended => None,
        }
    }

    /// The same, with another choice served out of turn.
    fn parked(self) -> Self {
        match self {
            Self::Counted => Self::Parked,
            Self::OfferedElsewhere => Self::ParkedOffered,
            Self::Paused => Self::ParkedPaused,
            Self::Consented => Self::ParkedConsented,
            Self::StopListed => Self::ParkedStopListed,
            Self::OfferedHere => Self::OfferedHereThenParked,
            Self::New
            | Self::Parked
            | Self::ParkedOffered
            | Self::ParkedPaused
            | Self::ParkedConsented
            | Self::ParkedStopListed
            | Self::OfferedHereThenParked
            | Self::Dropped
            | Self::ClosedByRefusals
            | Self::ClosedWithPreschool
            | Self::Ended => self,
        }
    }
}

/// The event that the tier of the application is for one of its entries; `served` is the one that
/// [`served`] names. 004 pt.21 «состоит в очереди только в одну общеобразовательную ДО» (D-18).
pub fn by_tier(tier: Tier, served: bool) -> Event {
    match (tier, served) {
        (Tier::OutOfTurn, true) => OutOfTurnHere,
        (Tier::OutOfTurn, false) => OutOfTurnElsewhere,
        (Tier::Priority | Tier::General, _) => OutOfTurnLost,
    }
}

/// Which entry a benefit out of turn serves: the one that the family picked, and once that is
/// closed the first open one in the family's order, so that no preschool's end leaves it without a
/// queue (D-17, D-51).
pub fn served(picked: usize, in_order: &[State]) -> Option<usize> {
    let open = |state: &State| *state != State::New && !ended(*state);
    if in_order.get(picked).is_some_and(open) {
        return Some(picked);
    }
    in_order.iter().position(open)
}

/// The event that a refusal is, after so many refusals of this queue's seats within the months that
/// the rules count (D-62).
pub fn refusal(refused_before: u32, rules: &RuleSet) -> Event {
    match rules.offers.refusal {
        RefusalPolicy::Keep { times, .. } if refused_before < times => RefusedHere,
        RefusalPolicy::Keep { .. } | RefusalPolicy::DropChoice => RefusedTooOften,
        RefusalPolicy::ArchiveAll | RefusalPolicy::StopList => RefusedHere,
    }
}

/// What follows from an event.
pub fn step(state: State, event: Event, rules: &RuleSet) -> Outcome {
    match state {
        State::New => new(event),
        State::Counted => counted(event),
        State::Parked => parked(event, State::Counted, rules),
        State::ParkedOffered => parked(event, State::OfferedElsewhere, rules),
        State::ParkedPaused => parked(event, State::Paused, rules),
        State::ParkedConsented => parked(event, State::Consented, rules),
        State::ParkedStopListed => parked(event, State::StopListed, rules),
        State::OfferedHere => offered_here(event),
        State::OfferedHereThenParked => parked(event, State::OfferedHere, rules),
        State::OfferedElsewhere => offered_elsewhere(event),
        State::Paused => paused(event),
        State::Consented => consented(event),
        State::StopListed => stop_listed(event),
        State::Dropped | State::ClosedByRefusals | State::ClosedWithPreschool | State::Ended => {
            Err(No::Ended)
        }
    }
}

/// Another preschool may be chosen; a benefit out of turn serves the next choice meanwhile.
const CLOSED: Step<State> = to(State::ClosedWithPreschool, "004 1_9 p.9; D-51")
    .tells(&[N::PreschoolClosed])
    .brings(&[Cause::Tier]);

fn new(event: Event) -> Outcome {
    Ok(match event {
        // With the time of the application (004 pt.17, D-16).
        Chosen => to(State::Counted, "004 pt.16; D-16"),
        ApplicationEnded => to(State::Ended, "004 1_1 st.6"),
        OfferedHere | OfferedElsewhere | RefusedHere | RefusedTooOften | OfferGone | Paused
        | Resumed | Consented | FellBack | StopListed | StopListLeft | OutOfTurnHere
        | OutOfTurnElsewhere | OutOfTurnLost | Dropped | PreschoolClosed | PreschoolMerged => {
            return Err(No::NoChoice);
        }
    })
}

fn counted(event: Event) -> Outcome {
    Ok(match event {
        OfferedHere => to(State::OfferedHere, "004 1_5 st.4; D-37"),
        OfferedElsewhere => to(State::OfferedElsewhere, "004 1_5 st.4; D-37"),
        StopListed => to(State::StopListed, "004 pt.33; D-94"),
        OutOfTurnHere | OutOfTurnLost => to(State::Counted, "004 pt.17"),
        OutOfTurnElsewhere => to(State::Parked, "004 pt.21; D-18"),
        Dropped => to(State::Dropped, "004 1_3 p.3; D-16"),
        PreschoolClosed => CLOSED,
        PreschoolMerged => to(State::Counted, "004 pt.17; D-51").tells(&[N::PreschoolClosed]),
        ApplicationEnded => to(State::Ended, "004 pt.17"),
        Chosen | Resumed | FellBack | StopListLeft => return Err(No::AlreadySo),
        RefusedHere | RefusedTooOften | OfferGone | Paused | Consented => {
            return Err(No::NoOffer);
        }
    })
}

/// Its time goes on. What happens to the application happens to it, too, so that it knows where it
/// stands on the day when the benefit counts no longer, or the family moves it here (D-18).
fn parked(event: Event, unparked: State, rules: &RuleSet) -> Outcome {
    match event {
        OutOfTurnHere | OutOfTurnLost => Ok(to(unparked, "004 pt.21; D-18")),
        OutOfTurnElsewhere => Err(No::AlreadySo),
        // Its queue makes it no offer.
        OfferedHere => Err(No::NoOffer),
        Chosen | OfferedElsewhere | RefusedHere | RefusedTooOften | OfferGone | Paused
        | Resumed | Consented | FellBack | StopListed | StopListLeft | Dropped
        | PreschoolClosed | PreschoolMerged | ApplicationEnded => {
            let mut step = step(unparked, event, rules)?;
            step.next = step.next.parked();
            Ok(step)
        }
    }
}

fn offered_here(event: Event) -> Outcome {
    Ok(match event {
        RefusedHere | OfferGone => to(State::Counted, "004 1_5 p.3; D-62"),
        RefusedTooOften => to(State::ClosedByRefusals, "004 1_5 p.3; D-62")
            .tells(&[N::Updated])
            .brings(&[Cause::Tier]),
        Paused => to(State::Paused, "004 pt.28; D-61"),
        Consented => to(State::Consented, "004 1_6 st.8; D-64"),
        StopListed => to(State::StopListed, "004 pt.33; D-94"),
        // A better offer of another queue replaces this one (D-41).
        OfferedElsewhere => to(State::OfferedElsewhere, "004 pt.24; D-41"),
        // The tier changes; the offer stands by that in which it was made.
        OutOfTurnHere | OutOfTurnLost => to(State::OfferedHere, "004 pt.17"),
        OutOfTurnElsewhere => to(State::OfferedHereThenParked, "004 pt.21; D-18"),
        ApplicationEnded => to(State::Ended, "004 pt.17"),
        // The seat is of a preschool that closes: its recall comes first (D-47).
        PreschoolClosed | PreschoolMerged | Dropped => return Err(No::OfferWaits),
        Chosen | OfferedHere | Resumed | FellBack | StopListLeft => return Err(No::AlreadySo),
    })
}

fn offered_elsewhere(event: Event) -> Outcome {
    Ok(match event {
        OfferGone => to(State::Counted, "004 1_5 p.3; D-37"),
        Paused => to(State::Paused, "004 pt.28; D-61"),
        Consented => to(State::Consented, "004 1_6 st.8; D-64"),
        StopListed => to(State::StopListed, "004 pt.33; D-94"),
        OfferedHere => to(State::OfferedHere, "004 pt.24; D-41"),
        OutOfTurnHere | OutOfTurnLost => to(State::OfferedElsewhere, "004 pt.17"),
        OutOfTurnElsewhere => to(State::ParkedOffered, "004 pt.21; D-18"),
        PreschoolClosed => CLOSED,
        PreschoolMerged => {
            to(State::OfferedElsewhere, "004 pt.17; D-51").tells(&[N::PreschoolClosed])
        }
        ApplicationEnded => to(State::Ended, "004 pt.17"),
        Dropped => return Err(No::OfferWaits),
        RefusedHere | RefusedTooOften => return Err(No::NoOffer),
        Chosen | OfferedElsewhere | Resumed | FellBack | StopListLeft => {
            return Err(No::AlreadySo);
        }
    })
}

fn paused(event: Event) -> Outcome {
    Ok(match event {
        Resumed => to(State::Counted, "004 pt.28; D-61"),
        OutOfTurnHere | OutOfTurnLost => to(State::Paused, "004 pt.17"),
        OutOfTurnElsewhere => to(State::ParkedPaused, "004 pt.21; D-18"),
        Dropped => to(State::Dropped, "004 1_3 p.3; D-16"),
        PreschoolClosed => CLOSED,
        PreschoolMerged => to(State::Paused, "004 pt.17; D-51").tells(&[N::PreschoolClosed]),
        ApplicationEnded => to(State::Ended, "004 pt.17"),
        OfferedHere | OfferedElsewhere => return Err(No::Paused),
        RefusedHere | RefusedTooOften | OfferGone | Consented => return Err(No::NoOffer),
        StopListed | Chosen | Paused | FellBack | StopListLeft => return Err(No::AlreadySo),
    })
}

fn consented(event: Event) -> Outcome {
    Ok(match event {
        // «прежняя позиция»: the same tier and time, not the same number (D-36).
        FellBack => to(State::Counted, "004 pt.23; D-36"),
        StopListed => to(State::StopListed, "004 pt.33; D-94"),
        PreschoolClosed => CLOSED,
        PreschoolMerged => to(State::Consented, "004 pt.17; D-51").tells(&[N::PreschoolClosed]),
        OutOfTurnHere | OutOfTurnLost => to(State::Consented, "004 pt.17"),
        OutOfTurnElsewhere => to(State::ParkedConsented, "004 pt.21; D-18"),
        ApplicationEnded => to(State::Ended, "004 pt.17"),
        Dropped | OfferedHere | OfferedElsewhere => return Err(No::OfferWaits),
        RefusedHere | RefusedTooOften | OfferGone => return Err(No::AnsweredAlready),
        Chosen | Consented | Paused | Resumed | StopListLeft => return Err(No::AlreadySo),
    })
}

fn stop_listed(event: Event) -> Outcome {
    Ok(match event {
        StopListLeft => to(State::Counted, "004 pt.34; D-36"),
        PreschoolClosed => CLOSED,
        PreschoolMerged => to(State::StopListed, "004 pt.17; D-51").tells(&[N::PreschoolClosed]),
        OutOfTurnHere | OutOfTurnLost => to(State::StopListed, "004 pt.17"),
        OutOfTurnElsewhere => to(State::ParkedStopListed, "004 pt.21; D-18"),
        ApplicationEnded => to(State::Ended, "004 pt.17"),
        OfferedHere | OfferedElsewhere | Dropped | FellBack => return Err(No::InStopList),
        RefusedHere | RefusedTooOften | OfferGone | Consented => return Err(No::NoOffer),
        Chosen | Paused | Resumed | StopListed => return Err(No::AlreadySo),
    })
}

fn ended(state: State) -> bool {
    match state {
        State::Dropped | State::ClosedByRefusals | State::ClosedWithPreschool | State::Ended => {
            true
        }
        State::New
        | State::Counted
        | State::Parked
        | State::ParkedOffered
        | State::ParkedPaused
        | State::ParkedConsented
        | State::ParkedStopListed
        | State::OfferedHere
        | State::OfferedHereThenParked
        | State::OfferedElsewhere
        | State::Paused
        | State::Consented
        | State::StopListed => false,
    }
}

/// The terms of an entry are those of its application.
fn lapse(_ended: Countdown) -> Option<Event> {
    None
}
