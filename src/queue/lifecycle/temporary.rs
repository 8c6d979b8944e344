//! Temporary: a seat for the time in which its own child is away (временное направление).
//!
//! Law:   004 pt.24, 28, 32, 39(14), 1_6 st.2, st.9; decisions D-26, D-33, D-44, D-48.
//! In:    what happens to it, to its own child, and to the application of the child that takes it.
//! Never: moves the application in its queues: whatever becomes of it, the place there is kept.
//! Start: [`step`]; [`State::fate`] is what the phase of such seats counts.

use crate::queue::coded::coded;
use crate::queue::lifecycle::temporary::Event::{
    Accepted, ApplicantLost, ApplicationEnded, Arrived, ChildDied, Enrolled, LastingConsented,
    LastingOffered, Left, OwnerBack, OwnerLeft, QueueLeft, Refused, SentOut, TermEnded,
};
use crate::queue::lifecycle::{Cause, Countdown, Refused as No, Step, machine, seat, to};
use crate::queue::notice::NoticeKind as N;
use crate::queue::rank::Fate;
use crate::queue::rules::RuleSet;

coded! {
    /// Where a seat for a time stands with the family to which it was offered.
    State {
        /// The night has assigned it; the message is not sent yet (D-44).
        Held = "HELD",
        /// The family was asked, and its term runs.
        Sent = "SENT",
        /// It consented, and holds a referral for a time.
        Granted = "GRANTED",
        /// The child is there.
        Staying = "STAYING",
        /// The family refused, before or after consent.
        Refused = "REFUSED",
        /// The term to answer ran out.
        Lapsed = "LAPSED",
        /// A lasting seat took its place.
        Superseded = "SUPERSEDED",
        /// Its own child is back, or will not come back.
        Recalled = "RECALLED",
        /// The child did not come within the term of the referral.
        Expired = "EXPIRED",
        /// The stay is over.
        Over = "OVER",
        /// The application ended or left its queues.
        Ended = "ENDED",
    }
}

coded! {
    /// What can happen to it.
    Event {
        /// The message is sent, from eight o'clock on (D-44).
        SentOut = "SENT_OUT",
        /// The family consents.
        Accepted = "ACCEPTED",
        /// The family refuses, or gives the referral back.
        Refused = "REFUSED",
        /// The term to answer, or to come, ends.
        TermEnded = "TERM_ENDED",
        /// The order for that time is registered: the child is there.
        Arrived = "ARRIVED",
        /// The child leaves before its time.
        Left = "LEFT",
        /// The child whose place it is comes back (pt.32).
        OwnerBack = "OWNER_BACK",
        /// The child whose place it is was dismissed: the seat is the queue's (pt.31).
        OwnerLeft = "OWNER_LEFT",
        /// A lasting seat is offered to the family.
        LastingOffered = "LASTING_OFFERED",
        /// The family consents to a lasting seat.
        LastingConsented = "LASTING_CONSENTED",
        /// The child is enrolled in a place, lasting or of a treatment.
        Enrolled = "ENROLLED",
        /// The application stands in no queue: it is inactive, or no preschool is chosen.
        QueueLeft = "QUEUE_LEFT",
        /// The application ends.
        ApplicationEnded = "APPLICATION_ENDED",
        /// The applicant has died or lost the right to represent the child (D-26).
        ApplicantLost = "APPLICANT_LOST",
        /// The child has died.
        ChildDied = "CHILD_DIED",
    }
}

machine!("temporary", Held);

impl State {
    /// What the phase of its class counts (D-33); the queue's own phase knows nothing of it.
    pub fn fate(self) -> Fate {
        match self {
            Self::Held | Self::Sent => Fate::Pending,
            Self::Granted | Self::Staying | Self::Over => Fate::Accepted,
            Self::Refused => Fate::Refused,
            Self::Lapsed => Fate::Lapsed,
            Self::Superseded => Fate::Superseded,
            Self::Recalled => Fate::Recalled,
            Self::Expired => Fate::Annulled,
            Self::Ended => Fate::Cancelled,
        }
    }
}

/// It waits for its own child again, and may be offered to another family meanwhile.
const FREE_FOR_A_TIME: &[Cause] = &[Cause::Seat(seat::Event::TempRefused)];

const fn without_it(state: State, law: &'static str) -> Step<State> {
    to(state, law).brings(FREE_FOR_A_TIME)
}

/// What follows from an event.
pub fn step(state: State, event: Event, _rules: &RuleSet) -> Outcome {
    match state {
        State::Held => held(event),
        State::Sent => sent(event),
        State::Granted => granted(event),
        State::Staying => staying(event),
        State::Refused
        | State::Lapsed
        | State::Superseded
        | State::Recalled
        | State::Expired
        | State::Over
        | State::Ended => Err(No::Ended),
    }
}

fn held(event: Event) -> Outcome {
    Ok(match event {
        SentOut => to(State::Sent, "004 pt.24; D-44")
            .starts(&[Countdown::Answer])
            .tells(&[N::SeatOffered]),
        LastingOffered => without_it(State::Superseded, "004 1_6 st.2; D-48"),
        QueueLeft | ApplicationEnded | ChildDied => without_it(State::Ended, "004 pt.17"),
        // The family never heard of it.
        OwnerBack => to(State::Recalled, "004 pt.32"),
        OwnerLeft => to(State::Recalled, "004 pt.31; D-48"),
        // The message goes to whoever takes the application over.
        ApplicantLost => to(State::Held, "004 pt.24; D-26"),
        Accepted | Refused | TermEnded => return Err(No::NoOffer),
        LastingConsented => return Err(No::OfferWaits),
        Arrived | Left => return Err(No::NoReferral),
        Enrolled => return Err(No::NoEnrolment),
    })
}

fn sent(event: Event) -> Outcome {
    Ok(match event {
        Accepted => to(State::Granted, "004 pt.32; D-48")
            .starts(&[Countdown::Referral])
            .tells(&[N::ReferralIssued]),
        // Neither counts as a refusal or as silence in a queue: it was no seat of the queue's.
        Refused => without_it(State::Refused, "004 pt.32; D-48"),
        TermEnded => without_it(State::Lapsed, "004 pt.28; D-48").tells(&[N::OfferEnded]),
        LastingOffered => {
            without_it(State::Superseded, "004 1_6 st.2; D-48").tells(&[N::OfferEnded])
        }
        QueueLeft | ApplicationEnded | ChildDied => without_it(State::Ended, "004 pt.17"),
        OwnerBack => to(State::Recalled, "004 pt.32").tells(&[N::OfferEnded]),
        OwnerLeft => to(State::Recalled, "004 pt.31; D-48").tells(&[N::OfferEnded]),
        // It is sent anew to whoever takes the application over, with a new term (D-26).
        ApplicantLost => to(State::Held, "004 pt.24; D-26"),
        SentOut => return Err(No::AlreadySo),
        LastingConsented => return Err(No::OfferWaits),
        Arrived | Left => return Err(No::NoReferral),
        Enrolled => return Err(No::NoEnrolment),
    })
}

/// A lapse places nobody in the stop-list: the application is not referred, it waits (pt.33).
fn granted(event: Event) -> Outcome {
    Ok(match event {
        Arrived => to(State::Staying, "004 pt.32; D-48")
            .tells(&[N::Enrolled])
            .brings(&[Cause::Seat(seat::Event::TempTaken)]),
        Refused => without_it(State::Refused, "004 pt.32; D-48"),
        TermEnded => without_it(State::Expired, "004 pt.28; D-48").tells(&[N::ReferralAnnulled]),
        // One referral at a time; a lasting offer may still be refused.
        LastingConsented => {
            without_it(State::Superseded, "004 1_6 st.2; D-48").tells(&[N::ReferralAnnulled])
        }
        ApplicationEnded | ChildDied => without_it(State::Ended, "004 1_6 st.1"),
        OwnerBack => to(State::Recalled, "004 pt.32").tells(&[N::ReferralAnnulled]),
        OwnerLeft => to(State::Recalled, "004 pt.31; D-48").tells(&[N::ReferralAnnulled]),
        LastingOffered | QueueLeft => to(State::Granted, "004 pt.32; D-48"),
        ApplicantLost => to(State::Granted, "004 pt.30; D-26"),
        SentOut | Accepted => return Err(No::AnsweredAlready),
        Left => return Err(No::NoEnrolment),
        Enrolled => return Err(No::OfferWaits),
    })
}

/// Whatever becomes of the application, the child stays until its own place, or its time, ends it.
fn staying(event: Event) -> Outcome {
    Ok(match event {
        Left => without_it(State::Over, "004 pt.31; D-48").tells(&[N::Dismissed]),
        OwnerBack => to(State::Over, "004 pt.32; D-48").tells(&[N::Dismissed]),
        OwnerLeft => to(State::Over, "004 pt.31; D-48").tells(&[N::Dismissed]),
        // «не более, чем в одну ДО одновременно».
        Enrolled => without_it(State::Over, "004 pt.32; D-48").tells(&[N::Dismissed]),
        ChildDied => without_it(State::Over, "004 pt.22; D-26"),
        LastingOffered | LastingConsented | QueueLeft | ApplicationEnded => {
            to(State::Staying, "004 pt.32; D-48")
        }
        ApplicantLost => to(State::Staying, "004 pt.30; D-26"),
        SentOut | Accepted | Refused => return Err(No::AnsweredAlready),
        Arrived => return Err(No::AlreadySo),
        TermEnded => return Err(No::NoSuchTerm),
    })
}

fn ended(state: State) -> bool {
    match state {
        State::Held | State::Sent | State::Granted | State::Staying => false,
        State::Refused
        | State::Lapsed
        | State::Superseded
        | State::Recalled
        | State::Expired
        | State::Over
        | State::Ended => true,
    }
}

fn lapse(ended: Countdown) -> Option<Event> {
    match ended {
        Countdown::Answer | Countdown::Referral => Some(TermEnded),
        Countdown::Contract
        | Countdown::RefusalReview
        | Countdown::Grace
        | Countdown::Dismissal
        | Countdown::OwnerReply
        | Countdown::Originals
        | Countdown::Pause
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
