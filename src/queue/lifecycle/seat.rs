//! Seat: one place of a group, and who holds it (место).
//!
//! Law:   004 pt.25, 26, 31, 32, 40, 1_5, 1_10 No. 14, No. 15; decisions D-43, D-46 to D-50, D-63,
//!        D-112.
//! Never: is taken from a family that holds it, but by a department on a registered ground (D-47).
//! Start: [`step`]. A paid seat is shown and never offered: a flag, not a state (D-50).

use crate::queue::coded::coded;
use crate::queue::lifecycle::seat::Event::{
    ChildAway, ChildBack, ChildDismissed, ChildEnrolled, Consented, EnrolmentFailed,
    EnrolmentRegistered, GroupClosed, NobodyLeft, OfferFailed, Offered, RecallForced, Recalled,
    ReferralFailed, Registered, RequestsEnded, TempOffered, TempRefused, TempTaken,
};
use crate::queue::lifecycle::{
    Cause, Countdown, Refused as No, Step, enrolment, machine, offer, referral, temporary, to,
};
use crate::queue::rules::{FreeAccess, RuleSet, TempSeat};

coded! {
    /// Who holds a seat.
    State {
        /// Nobody has registered it yet.
        New = "NEW",
        /// It is free, and comes to the next protocol.
        Free = "FREE",
        /// An offer holds it.
        HeldByOffer = "HELD_BY_OFFER",
        /// A referral holds it.
        HeldByReferral = "HELD_BY_REFERRAL",
        /// An enrolment application holds it.
        HeldByEnrolment = "HELD_BY_ENROLMENT",
        /// Nobody of the queue is left: requests of other families are collected (D-49).
        FreeAccess = "FREE_ACCESS",
        /// A child has it.
        Occupied = "OCCUPIED",
        /// Its child is away for a treatment (pt.32).
        TempFree = "TEMP_FREE",
        /// The same, and it is held for a family that may have it for that time (D-48).
        TempHeld = "TEMP_HELD",
        /// The same, and another child has it for that time (D-48).
        TempTaken = "TEMP_TAKEN",
        /// The preschool took it back.
        Recalled = "RECALLED",
        /// Its group was closed.
        Closed = "CLOSED",
    }
}

coded! {
    /// What can happen to a seat.
    Event {
        /// It is registered with its group (1_10 No. 14).
        Registered = "REGISTERED",
        /// The protocol or a round offers it, or a request for it in free access is served.
        Offered = "OFFERED",
        /// The offer failed: refused, lapsed, superseded, dropped.
        OfferFailed = "OFFER_FAILED",
        /// The family consented.
        Consented = "CONSENTED",
        /// The referral failed.
        ReferralFailed = "REFERRAL_FAILED",
        /// The enrolment application is registered.
        EnrolmentRegistered = "ENROLMENT_REGISTERED",
        /// The enrolment failed.
        EnrolmentFailed = "ENROLMENT_FAILED",
        /// The child is enrolled.
        ChildEnrolled = "CHILD_ENROLLED",
        /// The child is dismissed.
        ChildDismissed = "CHILD_DISMISSED",
        /// The child is away for a treatment.
        ChildAway = "CHILD_AWAY",
        /// The child is back.
        ChildBack = "CHILD_BACK",
        /// It is offered for the time of the absence.
        TempOffered = "TEMP_OFFERED",
        /// Another child comes for that time.
        TempTaken = "TEMP_TAKEN",
        /// The family does not take it for that time, or its child leaves.
        TempRefused = "TEMP_REFUSED",
        /// Nobody who fits it is left in the queue.
        NobodyLeft = "NOBODY_LEFT",
        /// The time to collect requests ended, and there was none.
        RequestsEnded = "REQUESTS_ENDED",
        /// The preschool recalls it.
        Recalled = "RECALLED",
        /// The department recalls it, on a registered ground.
        RecallForced = "RECALL_FORCED",
        /// Its group is closed.
        GroupClosed = "GROUP_CLOSED",
    }
}

machine!("seat", New);

/// What follows from an event.
pub fn step(state: State, event: Event, rules: &RuleSet) -> Outcome {
    match state {
        State::New => new(event),
        State::Free => free(event, rules),
        State::HeldByOffer => held_by_offer(event, rules),
        State::HeldByReferral => held_by_referral(event, rules),
        State::HeldByEnrolment => held_by_enrolment(event, rules),
        State::FreeAccess => free_access(event, rules),
        State::Occupied => occupied(event),
        State::TempFree => temp_free(event, rules),
        State::TempHeld => temp_held(event),
        State::TempTaken => temp_taken(event),
        State::Recalled | State::Closed => Err(No::Ended),
    }
}

/// 1_5 p.3 «место становится снова доступным»: at once by rounds, or with the next protocol (D-43).
const FREE_AGAIN: Step<State> = to(State::Free, "004 1_5 p.3; D-43");

fn new(event: Event) -> Outcome {
    Ok(match event {
        Registered => to(State::Free, "004 1_10 No. 14"),
        GroupClosed => to(State::Closed, "004 1_5 p.2"),
        Offered | OfferFailed | Consented | ReferralFailed | EnrolmentRegistered
        | EnrolmentFailed | ChildEnrolled | ChildDismissed | ChildAway | ChildBack
        | TempOffered | TempTaken | TempRefused | NobodyLeft | RequestsEnded | Recalled
        | RecallForced => {
            return Err(No::NotFiled);
        }
    })
}

fn free(event: Event, rules: &RuleSet) -> Outcome {
    Ok(match event {
        // «Протокол блокирует такие места в ДО для зачисления».
        Offered => to(State::HeldByOffer, "004 pt.25"),
        NobodyLeft => match rules.offers.free_access {
            FreeAccess::Collect { .. } => {
                to(State::FreeAccess, "004 pt.40; D-49").starts(&[Countdown::FreeAccess])
            }
            FreeAccess::FirstCome => to(State::FreeAccess, "004 pt.40; D-49"),
            FreeAccess::Off => to(State::Free, "004 pt.40; D-49"),
        },
        Recalled | RecallForced => to(State::Recalled, "004 1_10 No. 15"),
        GroupClosed => to(State::Closed, "004 1_5 p.2"),
        OfferFailed | Consented | ReferralFailed | EnrolmentRegistered | EnrolmentFailed
        | ChildEnrolled => return Err(No::NobodyHolds),
        ChildDismissed | ChildAway | ChildBack | TempOffered | TempTaken | TempRefused => {
            return Err(No::NobodyHolds);
        }
        RequestsEnded => return Err(No::NoSuchTerm),
        Registered => return Err(No::AlreadySo),
    })
}

fn held_by_offer(event: Event, rules: &RuleSet) -> Outcome {
    Ok(match event {
        Consented => to(State::HeldByReferral, "004 1_6 st.5"),
        OfferFailed => FREE_AGAIN,
        RecallForced if rules.offers.forced_recall => to(State::Recalled, "004 1_10 No. 15; D-47")
            .brings(&[Cause::Offer(offer::Event::RecallForced)]),
        Recalled | RecallForced | GroupClosed => return Err(No::Held),
        Offered | NobodyLeft | RequestsEnded => return Err(No::Held),
        ReferralFailed | EnrolmentRegistered | EnrolmentFailed | ChildEnrolled => {
            return Err(No::NoReferral);
        }
        ChildDismissed | ChildAway | ChildBack | TempOffered | TempTaken | TempRefused => {
            return Err(No::Held);
        }
        Registered => return Err(No::AlreadySo),
    })
}

fn held_by_referral(event: Event, rules: &RuleSet) -> Outcome {
    Ok(match event {
        EnrolmentRegistered => to(State::HeldByEnrolment, "004 pt.30"),
        ReferralFailed => FREE_AGAIN,
        RecallForced if rules.offers.forced_recall => to(State::Recalled, "004 1_10 No. 15; D-47")
            .brings(&[Cause::Referral(referral::Event::RecallForced)]),
        Recalled | RecallForced | GroupClosed => return Err(No::Held),
        Offered | NobodyLeft | RequestsEnded => return Err(No::Held),
        OfferFailed | Consented => return Err(No::AnsweredAlready),
        EnrolmentFailed | ChildEnrolled => return Err(No::NoEnrolment),
        ChildDismissed | ChildAway | ChildBack | TempOffered | TempTaken | TempRefused => {
            return Err(No::Held);
        }
        Registered => return Err(No::AlreadySo),
    })
}

fn held_by_enrolment(event: Event, rules: &RuleSet) -> Outcome {
    Ok(match event {
        // «место принимает статус занятого контингентом».
        ChildEnrolled => to(State::Occupied, "004 1_5 p.3"),
        EnrolmentFailed => FREE_AGAIN,
        RecallForced if rules.offers.forced_recall => to(State::Recalled, "004 1_10 No. 15; D-47")
            .brings(&[Cause::Enrolment(enrolment::Event::RecallForced)]),
        Recalled | RecallForced | GroupClosed => return Err(No::Held),
        Offered | NobodyLeft | RequestsEnded => return Err(No::Held),
        OfferFailed | Consented | ReferralFailed => return Err(No::AnsweredAlready),
        ChildDismissed | ChildAway | ChildBack | TempOffered | TempTaken | TempRefused => {
            return Err(No::Held);
        }
        EnrolmentRegistered | Registered => return Err(No::AlreadySo),
    })
}

fn free_access(event: Event, rules: &RuleSet) -> Outcome {
    Ok(match event {
        RequestsEnded => match rules.offers.free_access {
            FreeAccess::Collect { .. } => to(State::Free, "004 pt.40; D-49"),
            FreeAccess::FirstCome | FreeAccess::Off => return Err(No::NoSuchTerm),
        },
        // To a family that has joined the queue meanwhile, or to one of those that asked for it,
        // by tier and time where requests are collected: no race of clicks.
        Offered => to(State::HeldByOffer, "004 pt.40; D-49"),
        Recalled | RecallForced => to(State::Recalled, "004 1_10 No. 15"),
        GroupClosed => to(State::Closed, "004 1_5 p.2"),
        OfferFailed | Consented | ReferralFailed | EnrolmentRegistered | EnrolmentFailed
        | ChildEnrolled | ChildDismissed | ChildAway | ChildBack | TempOffered | TempTaken
        | TempRefused => {
            return Err(No::NobodyHolds);
        }
        NobodyLeft | Registered => return Err(No::AlreadySo),
    })
}

fn occupied(event: Event) -> Outcome {
    Ok(match event {
        // Free with the registration of the order: for the next protocol (D-112).
        ChildDismissed => to(State::Free, "004 pt.31; D-112"),
        // «с сохранением места за ребенком в общеобразовательной ДО».
        ChildAway => to(State::TempFree, "004 pt.32; D-48"),
        // A group is closed only when its children have places elsewhere.
        GroupClosed | Recalled | RecallForced => return Err(No::Occupied),
        Offered | OfferFailed | Consented | ReferralFailed | EnrolmentRegistered
        | EnrolmentFailed | NobodyLeft | RequestsEnded | TempOffered | TempTaken | TempRefused => {
            return Err(No::Occupied);
        }
        ChildEnrolled | ChildBack | Registered => return Err(No::AlreadySo),
    })
}

fn temp_free(event: Event, rules: &RuleSet) -> Outcome {
    Ok(match event {
        ChildBack => to(State::Occupied, "004 pt.32"),
        ChildDismissed => to(State::Free, "004 pt.31; D-112"),
        TempOffered => match rules.offers.temp_seat {
            TempSeat::OptIn => to(State::TempHeld, "004 pt.32; D-48"),
            TempSeat::Off => return Err(No::NotInTheseRules),
        },
        // It is not distributed in the queue: it is somebody's (D-48).
        Offered | NobodyLeft | RequestsEnded | Recalled | RecallForced | GroupClosed => {
            return Err(No::Occupied);
        }
        OfferFailed | Consented | ReferralFailed | EnrolmentRegistered | EnrolmentFailed
        | ChildEnrolled => return Err(No::Occupied),
        // Registered as such before the order of the other preschool came.
        ChildAway => to(State::TempFree, "004 pt.32"),
        TempTaken => return Err(No::NoReferral),
        TempRefused | Registered => return Err(No::AlreadySo),
    })
}

fn temp_held(event: Event) -> Outcome {
    Ok(match event {
        // Whoever was offered it is told, with the place in the queue kept all along (D-48).
        ChildBack => to(State::Occupied, "004 pt.32; D-48")
            .brings(&[Cause::Temporary(temporary::Event::OwnerBack)]),
        // Its child will not come back: it comes to the queue, and to nobody for a time.
        ChildDismissed => to(State::Free, "004 pt.31; D-112")
            .brings(&[Cause::Temporary(temporary::Event::OwnerLeft)]),
        TempRefused => to(State::TempFree, "004 pt.32; D-48"),
        ChildAway => to(State::TempHeld, "004 pt.32"),
        TempTaken => to(State::TempTaken, "004 pt.32; D-48"),
        TempOffered | Registered => return Err(No::AlreadySo),
        Offered | NobodyLeft | RequestsEnded | Recalled | RecallForced | GroupClosed => {
            return Err(No::Occupied);
        }
        OfferFailed | Consented | ReferralFailed | EnrolmentRegistered | EnrolmentFailed
        | ChildEnrolled => return Err(No::Occupied),
    })
}

fn temp_taken(event: Event) -> Outcome {
    Ok(match event {
        // Whoever had it for the time leaves, with the place in the queue kept all along (D-48).
        ChildBack => to(State::Occupied, "004 pt.32; D-48")
            .brings(&[Cause::Temporary(temporary::Event::OwnerBack)]),
        // Its child will not come back: it comes to the queue, and to nobody for a time.
        ChildDismissed => to(State::Free, "004 pt.31; D-112")
            .brings(&[Cause::Temporary(temporary::Event::OwnerLeft)]),
        TempRefused => to(State::TempFree, "004 pt.32; D-48"),
        ChildAway => to(State::TempTaken, "004 pt.32"),
        TempOffered | TempTaken | Registered => return Err(No::AlreadySo),
        Offered | NobodyLeft | RequestsEnded | Recalled | RecallForced | GroupClosed => {
            return Err(No::Occupied);
        }
        OfferFailed | Consented | ReferralFailed | EnrolmentRegistered | EnrolmentFailed
        | ChildEnrolled => return Err(No::Occupied),
    })
}

fn ended(state: State) -> bool {
    match state {
        State::New
        | State::Free
        | State::HeldByOffer
        | State::HeldByReferral
        | State::HeldByEnrolment
        | State::FreeAccess
        | State::Occupied
        | State::TempFree
        | State::TempHeld
        | State::TempTaken => false,
        State::Recalled | State::Closed => true,
    }
}

fn lapse(ended: Countdown) -> Option<Event> {
    match ended {
        Countdown::FreeAccess => Some(RequestsEnded),
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
        | Countdown::StopListReferral
        | Countdown::StopListOriginals
        | Countdown::StopListEnrolment
        | Countdown::StopListSilence
        | Countdown::StopListRefusal
        | Countdown::Undo
        | Countdown::SourceDown => None,
    }
}
