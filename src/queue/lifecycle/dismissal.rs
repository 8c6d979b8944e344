//! Dismissal: how a child leaves a preschool (отчисление).
//!
//! Law:   004 pt.31, 32, 1_8 No. 16–19, 1_10 No. 21; decisions D-21, D-26, D-48, D-110 to D-113.
//! Never: dismisses on the silence of the parent who owns the contract (D-111).
//! Start: [`step`].

use crate::queue::coded::coded;
use crate::queue::lifecycle::dismissal::Event::{
    AwayForATime, CancelledByFamily, ChildDied, FiledByOther, FiledByOwner, Graduated,
    GroundRefused, GroundRegistered, IgnoredTermEnded, OrderRegistered, OwnerAgreed, OwnerDeclined,
    OwnerReplyEnded, Transferred,
};
use crate::queue::lifecycle::{Cause, Countdown, Refused as No, Step, contract, machine, seat, to};
use crate::queue::notice::NoticeKind as N;
use crate::queue::rules::{OwnerSilence, RuleSet};

coded! {
    /// Where a dismissal stands.
    State {
        /// The child is enrolled, and nobody asked for anything.
        None = "NONE",
        /// It is filed by the owner of the contract, and the preschool's ten days run.
        Filed = "FILED",
        /// It is filed by somebody else, and the owner is asked.
        AwaitingOwner = "AWAITING_OWNER",
        /// The owner said nothing: the department looks for a ground.
        WithDepartment = "WITH_DEPARTMENT",
        /// The department has registered a ground, and the order of the preschool is awaited.
        Grounded = "GROUNDED",
        /// The child is dismissed by order.
        Done = "DONE",
        /// The child is dismissed because the preschool ignored it.
        DoneByTerm = "DONE_BY_TERM",
        /// The family took it back.
        Cancelled = "CANCELLED",
        /// The owner or the department declined it.
        Declined = "DECLINED",
    }
}

coded! {
    /// What can happen to a dismissal.
    Event {
        /// The owner of the contract files, or the holder of a notarised right.
        FiledByOwner = "FILED_BY_OWNER",
        /// Another representative or the preschool asks for it (D-111).
        FiledByOther = "FILED_BY_OTHER",
        /// The owner agrees.
        OwnerAgreed = "OWNER_AGREED",
        /// The owner does not.
        OwnerDeclined = "OWNER_DECLINED",
        /// The owner said nothing in the term.
        OwnerReplyEnded = "OWNER_REPLY_ENDED",
        /// The department registers a ground for a dismissal by the preschool.
        GroundRegistered = "GROUND_REGISTERED",
        /// The department finds none.
        GroundRefused = "GROUND_REFUSED",
        /// The extract of the order is registered.
        OrderRegistered = "ORDER_REGISTERED",
        /// The preschool did nothing for ten calendar days.
        IgnoredTermEnded = "IGNORED_TERM_ENDED",
        /// The family takes it back before there is an order.
        CancelledByFamily = "CANCELLED_BY_FAMILY",
        /// The child is enrolled elsewhere on the same day (D-21).
        Transferred = "TRANSFERRED",
        /// It is enrolled in a sanatorium or special preschool for a treatment (pt.32).
        AwayForATime = "AWAY_FOR_A_TIME",
        /// The child leaves for school: the list of August (D-113).
        Graduated = "GRADUATED",
        /// The child has died.
        ChildDied = "CHILD_DIED",
    }
}

machine!("dismissal", None);

/// «освободившееся место … помечает, как свободное для зачисления»; and where the child waits for
/// another place, it is no longer a child that moves (D-21).
const SEAT_FREE: &[Cause] = &[
    Cause::Contract(contract::Event::Dismissed),
    Cause::Seat(seat::Event::ChildDismissed),
    Cause::Tier,
];

/// By order of the preschool.
const DONE: Step<State> = to(State::Done, "004 pt.31; D-112")
    .tells(&[N::Dismissed])
    .brings(SEAT_FREE);

/// Without an application of anybody: the child goes on elsewhere, or to school.
const MOVED: Step<State> = to(State::Done, "004 pt.32; D-21, D-113")
    .tells(&[N::Dismissed])
    .brings(SEAT_FREE);

/// Nobody is told (D-26).
const DIED: Step<State> = to(State::Done, "004 pt.22; D-26").brings(SEAT_FREE);

/// The ten days of the preschool (D-110: kept here where the region's system does not).
const FILED: Step<State> = to(State::Filed, "004 pt.31; D-110").starts(&[Countdown::Dismissal]);

/// 004 pt.32 «с сохранением места за ребенком … как временно свободного».
const fn away(state: State) -> Step<State> {
    to(state, "004 pt.32; D-48").brings(&[Cause::Seat(seat::Event::ChildAway)])
}

/// A dismissal by the preschool, on a registered ground (D-111).
const GROUNDED: Step<State> = to(State::Grounded, "004 pt.31; D-111");

/// What follows from an event.
pub fn step(state: State, event: Event, rules: &RuleSet) -> Outcome {
    match state {
        State::None => none(event),
        State::Filed => filed(event),
        State::AwaitingOwner => awaiting_owner(event, rules),
        State::WithDepartment => with_department(event),
        State::Grounded => grounded(event),
        State::Done | State::DoneByTerm | State::Cancelled | State::Declined => Err(No::Ended),
    }
}

fn none(event: Event) -> Outcome {
    Ok(match event {
        FiledByOwner => FILED.tells(&[N::DismissalFiled]),
        FiledByOther => to(State::AwaitingOwner, "004 1_8 No. 17; D-111")
            .starts(&[Countdown::OwnerReply])
            .tells(&[N::DismissalFiled, N::DismissalAsked]),
        Transferred | Graduated => MOVED,
        AwayForATime => away(State::None),
        ChildDied => DIED,
        // An order of the preschool needs a registered ground first (D-111).
        GroundRegistered => GROUNDED,
        OrderRegistered => return Err(No::OwnerNotAgreed),
        OwnerAgreed | OwnerDeclined | GroundRefused | CancelledByFamily => {
            return Err(No::NotFiled);
        }
        OwnerReplyEnded | IgnoredTermEnded => return Err(No::NoSuchTerm),
    })
}

fn filed(event: Event) -> Outcome {
    Ok(match event {
        OrderRegistered => DONE,
        IgnoredTermEnded => to(State::DoneByTerm, "004 pt.31")
            .tells(&[N::Dismissed])
            .brings(SEAT_FREE),
        // «законный представитель может подать заявление на отказ от отчисления».
        CancelledByFamily => to(State::Cancelled, "004 pt.31").tells(&[N::DismissalCancelled]),
        Transferred | Graduated => MOVED,
        AwayForATime => away(State::Filed),
        ChildDied => DIED,
        OwnerAgreed | FiledByOwner | FiledByOther => return Err(No::AlreadySo),
        OwnerDeclined => return Err(No::AnsweredAlready),
        GroundRegistered | GroundRefused => return Err(No::AlreadySo),
        OwnerReplyEnded => return Err(No::NoSuchTerm),
    })
}

fn awaiting_owner(event: Event, rules: &RuleSet) -> Outcome {
    Ok(match event {
        OwnerAgreed | FiledByOwner => FILED,
        OwnerDeclined => to(State::Declined, "004 1_8 No. 17").tells(&[N::DismissalCancelled]),
        OwnerReplyEnded => match rules.dismissal.owner_silence {
            OwnerSilence::NotAgreed => to(State::WithDepartment, "004 1_8 No. 17; D-111"),
            OwnerSilence::Agreed => FILED,
        },
        CancelledByFamily => to(State::Cancelled, "004 pt.31").tells(&[N::DismissalCancelled]),
        Transferred | Graduated => MOVED,
        AwayForATime => away(State::AwaitingOwner),
        ChildDied => DIED,
        GroundRegistered => GROUNDED,
        OrderRegistered => return Err(No::OwnerNotAgreed),
        GroundRefused | FiledByOther => return Err(No::AlreadySo),
        IgnoredTermEnded => return Err(No::NoSuchTerm),
    })
}

/// No term runs against the family: who is silent has not agreed.
fn with_department(event: Event) -> Outcome {
    Ok(match event {
        GroundRegistered => GROUNDED,
        OwnerAgreed | FiledByOwner => FILED,
        OwnerDeclined | GroundRefused => {
            to(State::Declined, "004 pt.31; D-111").tells(&[N::DismissalCancelled])
        }
        CancelledByFamily => to(State::Cancelled, "004 pt.31").tells(&[N::DismissalCancelled]),
        Transferred | Graduated => MOVED,
        AwayForATime => away(State::WithDepartment),
        ChildDied => DIED,
        OrderRegistered => return Err(No::OwnerNotAgreed),
        FiledByOther => return Err(No::AlreadySo),
        OwnerReplyEnded | IgnoredTermEnded => return Err(No::NoSuchTerm),
    })
}

/// «по решению администрации ДО … формируется приказ»: it is no application of the family, and so
/// not the family's to take back.
fn grounded(event: Event) -> Outcome {
    Ok(match event {
        OrderRegistered => DONE,
        OwnerAgreed | FiledByOwner => FILED,
        Transferred | Graduated => MOVED,
        AwayForATime => away(State::Grounded),
        ChildDied => DIED,
        OwnerDeclined | CancelledByFamily | GroundRefused => return Err(No::AnsweredAlready),
        GroundRegistered | FiledByOther => return Err(No::AlreadySo),
        OwnerReplyEnded | IgnoredTermEnded => return Err(No::NoSuchTerm),
    })
}

fn ended(state: State) -> bool {
    match state {
        State::None
        | State::Filed
        | State::AwaitingOwner
        | State::WithDepartment
        | State::Grounded => false,
        State::Done | State::DoneByTerm | State::Cancelled | State::Declined => true,
    }
}

fn lapse(ended: Countdown) -> Option<Event> {
    match ended {
        Countdown::Dismissal => Some(IgnoredTermEnded),
        Countdown::OwnerReply => Some(OwnerReplyEnded),
        Countdown::Answer
        | Countdown::Contract
        | Countdown::RefusalReview
        | Countdown::Grace
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
        | Countdown::SourceDown
        | Countdown::FreeAccess => None,
    }
}
