//! Offer: a seat that is held for a family until it answers (уведомление о свободном месте).
//!
//! Law:   004 pt.24, 28, 1_5 p.3, st.4, 1_6 st.4, st.5, 1_10 No. 15, No. 18;
//!        decisions D-33, D-40 to D-44, D-47, D-60 to D-62, D-67, D-75.
//! Never: issues a referral without consent, unless the rules say so (D-42).
//! Start: [`step`]; [`State::fate`] is what the phase of the queue counts.

use crate::queue::coded::coded;
use crate::queue::lifecycle::offer::Event::{
    Accepted, ApplicantLost, BenefitLost, BetterSeat, ChildLeft, Enrolled, RecallForced,
    ReferralAnnulled, ReferralCancelled, Refused, SentOut, SourceBack, SourceDown, SourceDownEnded,
    TermEnded,
};
use crate::queue::lifecycle::{
    Cause, Countdown, Refused as No, Step, application, entry, machine, referral, seat, to,
};
use crate::queue::notice::NoticeKind as N;
use crate::queue::rank::Fate;
use crate::queue::rules::RuleSet;

coded! {
    /// Where an offer stands.
    State {
        /// The night has assigned the seat; the message is not sent yet (D-44).
        Held = "HELD",
        /// The same, while the register of the benefit is silent (D-75).
        HeldUnsure = "HELD_UNSURE",
        /// The family was asked, and its term runs.
        Sent = "SENT",
        /// The family consented.
        Accepted = "ACCEPTED",
        /// The child was enrolled on it.
        Fulfilled = "FULFILLED",
        /// It was dropped before it was sent: the benefit behind it did not hold (D-75).
        Dropped = "DROPPED",
        /// The family refused.
        Refused = "REFUSED",
        /// The term ran out.
        Lapsed = "LAPSED",
        /// A better offer took its place (D-41).
        Superseded = "SUPERSEDED",
        /// The seat was recalled (D-47).
        Recalled = "RECALLED",
        /// Its referral was annulled.
        Annulled = "ANNULLED",
        /// Its referral was cancelled by the family.
        Cancelled = "CANCELLED",
        /// The application ended.
        Ended = "ENDED",
    }
}

coded! {
    /// What can happen to an offer.
    Event {
        /// The message is sent, from eight o'clock on (D-44).
        SentOut = "SENT_OUT",
        /// The family consents; the first valid answer of any channel counts (D-67).
        Accepted = "ACCEPTED",
        /// The family refuses.
        Refused = "REFUSED",
        /// The term to answer ends.
        TermEnded = "TERM_ENDED",
        /// A seat in a more preferred preschool is the child's (D-41).
        BetterSeat = "BETTER_SEAT",
        /// The department recalls the seat, on a registered ground; a preschool cannot (D-47).
        RecallForced = "RECALL_FORCED",
        /// The benefit in whose tier it was made does not hold (1_6 st.4).
        BenefitLost = "BENEFIT_LOST",
        /// The register of the benefit is silent, and its last "yes" is too old (D-75).
        SourceDown = "SOURCE_DOWN",
        /// The register answers: the benefit holds.
        SourceBack = "SOURCE_BACK",
        /// The time for which the seat is held without its answer ends.
        SourceDownEnded = "SOURCE_DOWN_ENDED",
        /// The referral is annulled.
        ReferralAnnulled = "REFERRAL_ANNULLED",
        /// The family's refusal of the referral stands.
        ReferralCancelled = "REFERRAL_CANCELLED",
        /// The child is enrolled.
        Enrolled = "ENROLLED",
        /// The applicant has died or lost the right to represent the child (D-26).
        ApplicantLost = "APPLICANT_LOST",
        /// The application ends: the family left, the child is too old or has died.
        ChildLeft = "CHILD_LEFT",
    }
}

machine!("offer", Held);

impl State {
    /// What the phase of the queue counts (D-33).
    pub fn fate(self) -> Fate {
        match self {
            Self::Held | Self::HeldUnsure | Self::Sent => Fate::Pending,
            Self::Accepted | Self::Fulfilled => Fate::Accepted,
            Self::Dropped | Self::Recalled => Fate::Recalled,
            Self::Refused => Fate::Refused,
            Self::Lapsed => Fate::Lapsed,
            Self::Superseded => Fate::Superseded,
            Self::Annulled => Fate::Annulled,
            Self::Cancelled | Self::Ended => Fate::Cancelled,
        }
    }
}

/// The seat goes on to the next family (1_5 p.3).
const SEAT_GOES_ON: Cause = Cause::Seat(seat::Event::OfferFailed);

/// The family keeps its place.
const FAMILY_WAITS: Cause = Cause::Application(application::Event::OfferGone);

/// The benefit behind it does not hold. The family never heard of the seat, and is told why its
/// tier changed.
const DROPPED: Step<State> = to(State::Dropped, "004 1_6 st.4; D-75").brings(&[
    Cause::Application(application::Event::OfferGone),
    Cause::Application(application::Event::BenefitLost),
    SEAT_GOES_ON,
]);

/// 1_6 st.5 «при получении согласия … формирует направление … и снимает место с распределения».
const CONSENTED: &[Cause] = &[
    Cause::Application(application::Event::Consented),
    Cause::Seat(seat::Event::Consented),
    Cause::Referral(referral::Event::Issued),
];

/// What follows from an event.
pub fn step(state: State, event: Event, rules: &RuleSet) -> Outcome {
    match state {
        State::Held => held(event, rules),
        State::HeldUnsure => held_unsure(event, rules),
        State::Sent => sent(event, rules),
        State::Accepted => accepted(event),
        State::Fulfilled
        | State::Dropped
        | State::Refused
        | State::Lapsed
        | State::Superseded
        | State::Recalled
        | State::Annulled
        | State::Cancelled
        | State::Ended => Err(No::Ended),
    }
}

fn held(event: Event, rules: &RuleSet) -> Outcome {
    Ok(match event {
        // pt.26 «автоматически выписываются», under rules that read it so (D-42).
        SentOut if rules.offers.auto_issue => {
            to(State::Accepted, "004 pt.26; D-42").brings(CONSENTED)
        }
        // The term begins on the day of sending (D-44, D-60).
        SentOut => to(State::Sent, "004 pt.24; D-44")
            .starts(&[Countdown::Answer])
            .tells(&[N::SeatOffered]),
        BetterSeat if rules.offers.upgrade => {
            to(State::Superseded, "004 pt.24; D-41").brings(&[SEAT_GOES_ON])
        }
        BetterSeat => return Err(No::NotInTheseRules),
        RecallForced if rules.offers.forced_recall => to(State::Recalled, "004 1_10 No. 15; D-47")
            .tells(&[N::SeatRecalled])
            .brings(&[FAMILY_WAITS]),
        BenefitLost => DROPPED,
        // 24 hours in all, however often the register comes back.
        SourceDown => to(State::HeldUnsure, "004 1_6 st.4; D-75").resumes(&[Countdown::SourceDown]),
        // The message goes to whoever takes the application over.
        ApplicantLost => to(State::Held, "004 pt.24; D-26"),
        ChildLeft => to(State::Ended, "004 pt.17").brings(&[SEAT_GOES_ON]),
        RecallForced => return Err(No::Held),
        // Nobody was asked yet.
        Accepted | Refused | TermEnded => return Err(No::NoOffer),
        SourceBack | SourceDownEnded => return Err(No::NoSuchTerm),
        ReferralAnnulled | ReferralCancelled => return Err(No::NoReferral),
        Enrolled => return Err(No::NoEnrolment),
    })
}

/// Nothing is sent before the register answers, or the seat goes on (D-75).
fn held_unsure(event: Event, rules: &RuleSet) -> Outcome {
    Ok(match event {
        SourceBack => to(State::Held, "004 1_6 st.4; D-75"),
        BenefitLost | SourceDownEnded => DROPPED,
        BetterSeat if rules.offers.upgrade => {
            to(State::Superseded, "004 pt.24; D-41").brings(&[SEAT_GOES_ON])
        }
        BetterSeat => return Err(No::NotInTheseRules),
        RecallForced if rules.offers.forced_recall => to(State::Recalled, "004 1_10 No. 15; D-47")
            .tells(&[N::SeatRecalled])
            .brings(&[FAMILY_WAITS]),
        ApplicantLost => to(State::HeldUnsure, "004 pt.24; D-26"),
        ChildLeft => to(State::Ended, "004 pt.17").brings(&[SEAT_GOES_ON]),
        RecallForced => return Err(No::Held),
        SentOut => return Err(No::OfferWaits),
        SourceDown => return Err(No::AlreadySo),
        Accepted | Refused | TermEnded => return Err(No::NoOffer),
        ReferralAnnulled | ReferralCancelled => return Err(No::NoReferral),
        Enrolled => return Err(No::NoEnrolment),
    })
}

fn sent(event: Event, rules: &RuleSet) -> Outcome {
    Ok(match event {
        Accepted => to(State::Accepted, "004 1_5 st.5").brings(CONSENTED),
        Refused => to(State::Refused, "004 1_5 p.3; D-62").brings(&[
            Cause::Entry(entry::Event::RefusedHere),
            Cause::Application(application::Event::OfferRefused),
            SEAT_GOES_ON,
        ]),
        TermEnded => to(State::Lapsed, "004 pt.28; D-61")
            .tells(&[N::OfferEnded])
            .brings(&[
                Cause::Application(application::Event::OfferLapsed),
                SEAT_GOES_ON,
            ]),
        BetterSeat if rules.offers.upgrade => to(State::Superseded, "004 pt.24; D-41")
            .tells(&[N::OfferEnded])
            .brings(&[SEAT_GOES_ON]),
        BetterSeat => return Err(No::NotInTheseRules),
        RecallForced if rules.offers.forced_recall => to(State::Recalled, "004 1_10 No. 15; D-47")
            .tells(&[N::SeatRecalled])
            .brings(&[FAMILY_WAITS]),
        // It is sent anew to whoever takes the application over, with a new term (D-26).
        ApplicantLost => to(State::Held, "004 pt.24; D-26"),
        ChildLeft => to(State::Ended, "004 pt.17").brings(&[SEAT_GOES_ON]),
        RecallForced => return Err(No::Held),
        // What was true on the night of distribution stands until the referral is checked (pt.29).
        BenefitLost | SourceDown | SourceBack | SourceDownEnded => return Err(No::OfferWaits),
        SentOut => return Err(No::AlreadySo),
        ReferralAnnulled | ReferralCancelled => return Err(No::NoReferral),
        Enrolled => return Err(No::NoEnrolment),
    })
}

/// The referral carries it on; its seat and its family are moved by that (D-70).
fn accepted(event: Event) -> Outcome {
    Ok(match event {
        Enrolled => to(State::Fulfilled, "004 pt.30"),
        ReferralAnnulled => to(State::Annulled, "004 pt.28; D-33"),
        ReferralCancelled => to(State::Cancelled, "004 1_10 No. 18; D-63"),
        RecallForced => to(State::Recalled, "004 1_10 No. 15; D-47"),
        ChildLeft => to(State::Ended, "004 pt.17"),
        // Who takes the application over takes the referral over (D-27).
        ApplicantLost => to(State::Accepted, "004 pt.30; D-27"),
        // After consent no better seat takes its place (D-41).
        Accepted | Refused | TermEnded | BetterSeat => return Err(No::AnsweredAlready),
        SentOut => return Err(No::AlreadySo),
        BenefitLost | SourceDown | SourceBack | SourceDownEnded => return Err(No::OfferWaits),
    })
}

fn ended(state: State) -> bool {
    match state {
        State::Held | State::HeldUnsure | State::Sent | State::Accepted => false,
        State::Fulfilled
        | State::Dropped
        | State::Refused
        | State::Lapsed
        | State::Superseded
        | State::Recalled
        | State::Annulled
        | State::Cancelled
        | State::Ended => true,
    }
}

fn lapse(ended: Countdown) -> Option<Event> {
    match ended {
        Countdown::Answer => Some(TermEnded),
        Countdown::SourceDown => Some(SourceDownEnded),
        Countdown::Contract
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
        | Countdown::FreeAccess => None,
    }
}
