//! Referral: from consent to the enrolment application (направление на зачисление).
//!
//! Law:   004 pt.23, 24, 28–30, 1_6 st.5–11, 1_10 No. 15, No. 18, No. 19;
//!        decisions D-47, D-63, D-65, D-66, D-70 to D-73.
//! Never: lets the delay of the staff cost a family its place (D-72).
//! Start: [`step`].

use crate::queue::coded::coded;
use crate::queue::lifecycle::referral::Event::{
    BenefitNotConfirmed, ChildLeft, EnrolmentRegistered, Extended, Issued, IssuedOnScan,
    OriginalsConfirmed, OriginalsEnded, OriginalsRefused, RecallForced, RefusalTakenBack,
    RefusedByFamily, StaffLate, StaffReady, TermEnded, UndoEnded,
};
use crate::queue::lifecycle::{
    Cause, Countdown, Refused as No, Step, application, documents, enrolment, machine, offer, seat,
    to,
};
use crate::queue::notice::NoticeKind as N;
use crate::queue::rules::RuleSet;

coded! {
    /// Where a referral stands.
    State {
        /// The family has consented, and it is being written.
        Granted = "GRANTED",
        /// «на проверке документов»: the originals of the benefit are awaited.
        Verifying = "VERIFYING",
        /// The family has come, and the staff is late: no term runs (D-72).
        StaffLate = "STAFF_LATE",
        /// It can be used.
        Valid = "VALID",
        /// It can be used, and was extended.
        ValidExtended = "VALID_EXTENDED",
        /// Refused by the family before the originals were compared; it may take that back (D-63).
        RefusingUnverified = "REFUSING_UNVERIFIED",
        /// The same, while the staff was late: no term runs when it is taken back (D-63, D-72).
        RefusingStaffLate = "REFUSING_STAFF_LATE",
        /// Refused by the family, which may take that back for a while (D-63).
        Refusing = "REFUSING",
        /// The same, after an extension.
        RefusingExtended = "REFUSING_EXTENDED",
        /// The enrolment application is registered.
        Used = "USED",
        /// Its term or that of the originals ran out.
        AnnulledByTerm = "ANNULLED_BY_TERM",
        /// The benefit was not confirmed.
        AnnulledByBenefit = "ANNULLED_BY_BENEFIT",
        /// The family refused it.
        Cancelled = "CANCELLED",
        /// The seat was recalled.
        Recalled = "RECALLED",
        /// The application ended.
        Ended = "ENDED",
    }
}

coded! {
    /// What can happen to a referral.
    Event {
        /// It is written; its benefit was looked up, or it has none.
        Issued = "ISSUED",
        /// It is written on a benefit that was shown by a scan (1_6 st.6).
        IssuedOnScan = "ISSUED_ON_SCAN",
        /// The register does not confirm the benefit by which the seat was offered (1_6 st.4).
        BenefitNotConfirmed = "BENEFIT_NOT_CONFIRMED",
        /// The originals agree.
        OriginalsConfirmed = "ORIGINALS_CONFIRMED",
        /// The originals do not agree.
        OriginalsRefused = "ORIGINALS_REFUSED",
        /// The term to show the originals ends.
        OriginalsEnded = "ORIGINALS_ENDED",
        /// The family has come, and nobody can compare.
        StaffLate = "STAFF_LATE",
        /// The staff can compare.
        StaffReady = "STAFF_READY",
        /// The family asks for more time, with a reason (1_10 No. 19, D-66).
        Extended = "EXTENDED",
        /// Its term ends.
        TermEnded = "TERM_ENDED",
        /// The enrolment application is registered.
        EnrolmentRegistered = "ENROLMENT_REGISTERED",
        /// The family refuses, or takes its consent back (D-65).
        RefusedByFamily = "REFUSED_BY_FAMILY",
        /// The family takes the refusal back, by a second factor.
        RefusalTakenBack = "REFUSAL_TAKEN_BACK",
        /// The time to take the refusal back ends.
        UndoEnded = "UNDO_ENDED",
        /// The department recalls the seat, on a registered ground.
        RecallForced = "RECALL_FORCED",
        /// The application ends: the child is too old or has died.
        ChildLeft = "CHILD_LEFT",
    }
}

machine!("referral", Granted);

/// What follows from an event.
pub fn step(state: State, event: Event, rules: &RuleSet) -> Outcome {
    match state {
        State::Granted => granted(event),
        State::Verifying => verifying(event, rules),
        State::StaffLate => staff_late(event),
        State::Valid => valid(event, rules),
        State::ValidExtended => valid_extended(event),
        State::RefusingUnverified => refusing(event, VERIFIED_AGAIN),
        State::RefusingStaffLate => refusing(event, LATE_AGAIN),
        State::Refusing => refusing(event, VALID_AGAIN),
        State::RefusingExtended => refusing(event, EXTENDED_AGAIN),
        State::Used
        | State::AnnulledByTerm
        | State::AnnulledByBenefit
        | State::Cancelled
        | State::Recalled
        | State::Ended => Err(No::Ended),
    }
}

/// 004 pt.28 «направление будет автоматически аннулировано, а заявление … помещено в стоп-лист».
const LAPSED: Step<State> = to(State::AnnulledByTerm, "004 pt.28")
    .tells(&[N::ReferralAnnulled])
    .brings(&[
        Cause::Application(application::Event::ReferralLapsed),
        Cause::Documents(documents::Event::ReferralEnded),
        Cause::Enrolment(enrolment::Event::ReferralEnded),
        Cause::Offer(offer::Event::ReferralAnnulled),
        Cause::Seat(seat::Event::ReferralFailed),
    ]);

/// The seat is not offered to anyone else until the refusal can be taken back no longer (D-63):
/// 24 hours in all, so that taking it back and refusing again holds the seat no longer.
const fn refusing_as(state: State) -> Step<State> {
    to(state, "004 pt.30; D-63").resumes(&[Countdown::Undo])
}

/// A refusal that is taken back leaves the referral as it was: unverified, valid or extended.
const VERIFIED_AGAIN: Step<State> =
    to(State::Verifying, "004 pt.29; D-63").resumes(&[Countdown::Referral, Countdown::Originals]);
const LATE_AGAIN: Step<State> = to(State::StaffLate, "004 pt.29; D-63");
const VALID_AGAIN: Step<State> =
    to(State::Valid, "004 pt.30; D-63").resumes(&[Countdown::Referral]);
const EXTENDED_AGAIN: Step<State> =
    to(State::ValidExtended, "004 pt.30; D-63").resumes(&[Countdown::ExtendedReferral]);

/// 004 pt.30 «приводит к списанию направления … в архив».
const USED: Step<State> = to(State::Used, "004 pt.30; D-71").brings(&[
    Cause::Application(application::Event::EnrolmentRegistered),
    Cause::Seat(seat::Event::EnrolmentRegistered),
]);

/// The next seat of this preschool is the child's; no stop-list follows (D-47).
const RECALLED: Step<State> = to(State::Recalled, "004 1_10 No. 15; D-47")
    .tells(&[N::SeatRecalled])
    .brings(&[
        Cause::Application(application::Event::SeatRecalled),
        Cause::Documents(documents::Event::ReferralEnded),
        Cause::Enrolment(enrolment::Event::ReferralEnded),
        Cause::Offer(offer::Event::RecallForced),
    ]);

/// The application has ended already.
const ENDED: Step<State> = to(State::Ended, "004 pt.28").brings(&[
    Cause::Documents(documents::Event::ReferralEnded),
    Cause::Enrolment(enrolment::Event::ReferralEnded),
    Cause::Offer(offer::Event::ChildLeft),
    Cause::Seat(seat::Event::ReferralFailed),
]);

/// The enrolment application may be registered now.
const VERIFIED: &[Cause] = &[Cause::Enrolment(enrolment::Event::OriginalsConfirmed)];

fn granted(event: Event) -> Outcome {
    Ok(match event {
        Issued => to(State::Valid, "004 1_6 st.9, st.10")
            .starts(&[Countdown::Referral])
            .tells(&[N::ReferralIssued])
            .brings(&[Cause::Enrolment(enrolment::Event::Formed)]),
        // Both terms begin together (D-72).
        IssuedOnScan => to(State::Verifying, "004 1_6 st.6; D-72")
            .starts(&[Countdown::Referral, Countdown::Originals])
            .tells(&[N::ReferralIssued, N::OriginalsOfReferral])
            .brings(&[
                Cause::Documents(documents::Event::OriginalsAsked),
                Cause::Enrolment(enrolment::Event::FormedUnverified),
            ]),
        // pt.29 «проверяются и подтверждаются автоматически», before anything is formed from it.
        BenefitNotConfirmed => to(State::AnnulledByBenefit, "004 pt.29; D-73")
            .tells(&[N::ReferralAnnulled])
            .brings(&[
                Cause::Application(application::Event::ReferralBenefitRefused),
                Cause::Offer(offer::Event::ReferralAnnulled),
                Cause::Seat(seat::Event::ReferralFailed),
            ]),
        ChildLeft => ENDED,
        OriginalsConfirmed | OriginalsRefused | OriginalsEnded | StaffLate | StaffReady => {
            return Err(No::NotOnCheck);
        }
        Extended | TermEnded | UndoEnded | RefusalTakenBack => return Err(No::NoSuchTerm),
        EnrolmentRegistered | RefusedByFamily | RecallForced => return Err(No::NoReferral),
    })
}

fn verifying(event: Event, rules: &RuleSet) -> Outcome {
    Ok(match event {
        // The term of the referral goes on from its issue.
        OriginalsConfirmed => to(State::Valid, "004 1_6 st.11")
            .resumes(&[Countdown::Referral])
            .brings(VERIFIED),
        OriginalsRefused => to(State::AnnulledByBenefit, "004 pt.23; D-73")
            .tells(&[N::ReferralAnnulled])
            .brings(&[
                Cause::Application(application::Event::ReferralBenefitRefused),
                Cause::Enrolment(enrolment::Event::ReferralEnded),
                Cause::Offer(offer::Event::ReferralAnnulled),
                Cause::Seat(seat::Event::ReferralFailed),
            ]),
        OriginalsEnded => to(State::AnnulledByTerm, "004 pt.29")
            .tells(&[N::ReferralAnnulled])
            .brings(&[
                Cause::Application(application::Event::OriginalsLapsed),
                Cause::Documents(documents::Event::TermEnded),
                Cause::Enrolment(enrolment::Event::ReferralEnded),
                Cause::Offer(offer::Event::ReferralAnnulled),
                Cause::Seat(seat::Event::ReferralFailed),
            ]),
        TermEnded => LAPSED,
        StaffLate if rules.referrals.staff_delay_pauses => to(State::StaffLate, "004 pt.29; D-72"),
        StaffLate => return Err(No::NotInTheseRules),
        RefusedByFamily => refusing_as(State::RefusingUnverified),
        RecallForced => RECALLED,
        ChildLeft => ENDED,
        // «с подтвержденной льготой»: nobody is enrolled before (pt.30).
        EnrolmentRegistered | Extended => return Err(No::OriginalsMissing),
        StaffReady | RefusalTakenBack | UndoEnded => return Err(No::NoSuchTerm),
        Issued | IssuedOnScan | BenefitNotConfirmed => return Err(No::AlreadySo),
    })
}

fn staff_late(event: Event) -> Outcome {
    Ok(match event {
        // Both terms go on with what was left of them.
        StaffReady => to(State::Verifying, "004 pt.29; D-72")
            .resumes(&[Countdown::Referral, Countdown::Originals]),
        OriginalsConfirmed => to(State::Valid, "004 1_6 st.11; D-72")
            .resumes(&[Countdown::Referral])
            .brings(VERIFIED),
        OriginalsRefused => to(State::AnnulledByBenefit, "004 pt.23; D-73")
            .tells(&[N::ReferralAnnulled])
            .brings(&[
                Cause::Application(application::Event::ReferralBenefitRefused),
                Cause::Enrolment(enrolment::Event::ReferralEnded),
                Cause::Offer(offer::Event::ReferralAnnulled),
                Cause::Seat(seat::Event::ReferralFailed),
            ]),
        RefusedByFamily => refusing_as(State::RefusingStaffLate),
        RecallForced => RECALLED,
        ChildLeft => ENDED,
        EnrolmentRegistered | Extended => return Err(No::OriginalsMissing),
        // No term runs while the staff is late.
        OriginalsEnded | TermEnded | RefusalTakenBack | UndoEnded => return Err(No::NoSuchTerm),
        Issued | IssuedOnScan | BenefitNotConfirmed | StaffLate => return Err(No::AlreadySo),
    })
}

fn valid(event: Event, rules: &RuleSet) -> Outcome {
    Ok(match event {
        EnrolmentRegistered => USED,
        TermEnded => LAPSED,
        // Once; the new end is public (D-66).
        Extended if rules.referrals.extensions_max > 0 => {
            to(State::ValidExtended, "004 1_10 No. 19; D-66").starts(&[Countdown::ExtendedReferral])
        }
        Extended => return Err(No::NotInTheseRules),
        RefusedByFamily => refusing_as(State::Refusing),
        RecallForced => RECALLED,
        ChildLeft => ENDED,
        OriginalsConfirmed | OriginalsRefused | OriginalsEnded | StaffLate | StaffReady => {
            return Err(No::NotOnCheck);
        }
        RefusalTakenBack | UndoEnded => return Err(No::NoSuchTerm),
        Issued | IssuedOnScan | BenefitNotConfirmed => return Err(No::AlreadySo),
    })
}

fn valid_extended(event: Event) -> Outcome {
    Ok(match event {
        EnrolmentRegistered => USED,
        TermEnded => LAPSED,
        RefusedByFamily => refusing_as(State::RefusingExtended),
        RecallForced => RECALLED,
        ChildLeft => ENDED,
        Extended => return Err(No::ExtensionSpent),
        OriginalsConfirmed | OriginalsRefused | OriginalsEnded | StaffLate | StaffReady => {
            return Err(No::NotOnCheck);
        }
        RefusalTakenBack | UndoEnded => return Err(No::NoSuchTerm),
        Issued | IssuedOnScan | BenefitNotConfirmed => return Err(No::AlreadySo),
    })
}

fn refusing(event: Event, as_it_was: Step<State>) -> Outcome {
    Ok(match event {
        RefusalTakenBack => as_it_was,
        UndoEnded => to(State::Cancelled, "004 pt.30; D-63").brings(&[
            Cause::Application(application::Event::RefusedAfterConsent),
            Cause::Documents(documents::Event::ReferralEnded),
            Cause::Enrolment(enrolment::Event::ReferralEnded),
            Cause::Offer(offer::Event::ReferralCancelled),
            Cause::Seat(seat::Event::ReferralFailed),
        ]),
        RecallForced => RECALLED,
        ChildLeft => ENDED,
        // The refusal stands until it is taken back: the terms of the referral run no longer.
        Extended | TermEnded | OriginalsEnded | EnrolmentRegistered => {
            return Err(No::AnsweredAlready);
        }
        OriginalsConfirmed | OriginalsRefused | StaffLate | StaffReady => {
            return Err(No::NotOnCheck);
        }
        Issued | IssuedOnScan | BenefitNotConfirmed | RefusedByFamily => return Err(No::AlreadySo),
    })
}

fn ended(state: State) -> bool {
    match state {
        State::Granted
        | State::Verifying
        | State::StaffLate
        | State::Valid
        | State::ValidExtended
        | State::RefusingUnverified
        | State::RefusingStaffLate
        | State::Refusing
        | State::RefusingExtended => false,
        State::Used
        | State::AnnulledByTerm
        | State::AnnulledByBenefit
        | State::Cancelled
        | State::Recalled
        | State::Ended => true,
    }
}

fn lapse(ended: Countdown) -> Option<Event> {
    match ended {
        Countdown::Referral | Countdown::ExtendedReferral => Some(TermEnded),
        Countdown::Originals => Some(OriginalsEnded),
        Countdown::Undo => Some(UndoEnded),
        Countdown::Answer
        | Countdown::Contract
        | Countdown::RefusalReview
        | Countdown::Grace
        | Countdown::Dismissal
        | Countdown::OwnerReply
        | Countdown::Pause
        | Countdown::StopListReferral
        | Countdown::StopListOriginals
        | Countdown::StopListEnrolment
        | Countdown::StopListSilence
        | Countdown::StopListRefusal
        | Countdown::SourceDown
        | Countdown::FreeAccess => None,
    }
}
