//! In the queue: from filing to the first offer.

use crate::queue::lifecycle::application::Event::{
    self, AgeEnded, ApplicantLost, BenefitClaimed, BenefitConfirmed, BenefitDropped, BenefitLost,
    BenefitRefused, ChildDied, ChoiceChanged, Consented, DuplicateFound, Enrolled, EnrolmentLapsed,
    EnrolmentRegistered, Extended, FamilyAnswered, Filed, FiledForeign, FiledUnlawfully,
    FiledWithScan, GraceEnded, IdentityConfirmed, IdentityRefused, InterestAsked, LastEntryClosed,
    Migrated, OfferGone, OfferLapsed, OfferRefused, OriginalsLapsed, PauseEnded, PlacementAnnulled,
    PreschoolRefused, ReferralBenefitRefused, ReferralLapsed, RefusedAfterConsent, RequirementLost,
    Restored, SeatOffered, SeatRecalled, StopListEnded, TakenOver, TempOffered, ValidityEnded,
    Withdrawn,
};
use crate::queue::lifecycle::application::{
    DIED, DUPLICATE, ENDS, Outcome, QUEUE_LEFT, REJECTED, State as S, TOO_OLD, WITHDRAWN,
    benefit_lost, expire, extended, orphaned, taken_over, tier_changed, tier_noted,
};
use crate::queue::lifecycle::{Cause, Refused as No, Step, documents, entry, seat, temporary, to};
use crate::queue::notice::NoticeKind as N;
use crate::queue::rules::RuleSet;

/// Its entries begin, or begin again, with the time of the application, in the tier that counts.
pub(super) const CHOSEN: &[Cause] = &[Cause::Entry(entry::Event::Chosen), Cause::Tier];
const CHOSEN_WITH_SCAN: &[Cause] = &[Cause::Entry(entry::Event::Chosen), Cause::Tier, DOCUMENTS];

/// A seat is held, here for one entry, and so elsewhere for the others.
const OFFERED: &[Cause] = &[
    Cause::Entry(entry::Event::OfferedHere),
    Cause::Entry(entry::Event::OfferedElsewhere),
    Cause::Seat(seat::Event::Offered),
    Cause::Temporary(temporary::Event::LastingOffered),
];

/// A seat for a time is held, and the place in the queues is kept (D-48).
const FOR_A_TIME: &[Cause] = &[Cause::Seat(seat::Event::TempOffered)];

/// Documents that are compared.
const DOCUMENTS: Cause = Cause::Documents(documents::Event::ScanSent);

/// What was claimed by a scan is no longer claimed.
const CLAIM_DROPPED: Cause = Cause::Documents(documents::Event::ClaimDropped);

/// The family takes its benefit out and stands among the general ones, by its time (D-20).
const fn dropped(state: S) -> Step<S> {
    to(state, "004 1_3 p.3; D-20")
        .tells(&[N::Updated])
        .brings(&[CLAIM_DROPPED, Cause::Tier])
}

pub(super) fn draft(event: Event) -> Outcome {
    Ok(match event {
        Filed => to(S::Waiting, "004 1_1 st.6")
            .tells(&[N::Enqueued])
            .brings(CHOSEN),
        FiledWithScan => to(S::BenefitCheck, "004 1_1 st.7; D-78")
            .tells(&[N::Enqueued, N::OriginalsOfApplication])
            .brings(CHOSEN_WITH_SCAN),
        FiledForeign => to(S::IdentityCheck, "004 pt.15; D-25")
            .tells(&[N::Enqueued, N::OriginalsOfApplication])
            .brings(CHOSEN_WITH_SCAN),
        FiledUnlawfully => to(S::Rejected, "004 1_1 st.6"),
        Migrated => to(S::NeedsChoice, "004 1_11; D-105").tells(&[N::SurveyAsked]),
        ChildDied => to(S::Died, "004 pt.22; D-26"),
        IdentityConfirmed
        | IdentityRefused
        | BenefitConfirmed
        | BenefitRefused
        | BenefitLost
        | BenefitClaimed
        | BenefitDropped
        | ChoiceChanged
        | LastEntryClosed
        | SeatOffered
        | TempOffered
        | OfferRefused
        | OfferLapsed
        | OfferGone
        | InterestAsked
        | FamilyAnswered
        | PauseEnded
        | Consented
        | ReferralLapsed
        | OriginalsLapsed
        | ReferralBenefitRefused
        | RefusedAfterConsent
        | EnrolmentRegistered
        | EnrolmentLapsed
        | PreschoolRefused
        | SeatRecalled
        | Enrolled
        | StopListEnded
        | PlacementAnnulled
        | RequirementLost
        | Extended
        | ValidityEnded
        | Restored
        | GraceEnded
        | Withdrawn
        | AgeEnded
        | DuplicateFound
        | ApplicantLost
        | TakenOver => {
            return Err(No::NotFiled);
        }
    })
}

pub(super) fn identity_check(event: Event) -> Outcome {
    Ok(match event {
        // A benefit that was found meanwhile counts from now on (D-78).
        IdentityConfirmed => tier_changed(S::Waiting, "004 pt.15; D-25"),
        // Its time is kept for a corrected filing (D-79).
        IdentityRefused => to(S::Rejected, "004 1_1 p.10; D-79")
            .tells(&[N::Removed])
            .brings(ENDS),
        // Counted only once the identity is known (D-78).
        BenefitConfirmed | BenefitRefused => to(S::IdentityCheck, "004 pt.15; D-78"),
        BenefitLost => to(S::IdentityCheck, "004 pt.29; D-75").tells(&[N::BenefitLost]),
        BenefitDropped => to(S::IdentityCheck, "004 1_3 p.3; D-20").tells(&[N::Updated]),
        ChoiceChanged => to(S::IdentityCheck, "004 1_3 p.3; D-16").tells(&[N::Updated]),
        // It keeps its check, and is asked for other preschools.
        LastEntryClosed => to(S::IdentityCheck, "004 pt.16; D-51").tells(&[N::SurveyAsked]),
        RequirementLost => REJECTED,
        Extended => extended(S::IdentityCheck),
        Withdrawn => WITHDRAWN,
        AgeEnded => TOO_OLD,
        ChildDied => DIED,
        DuplicateFound => DUPLICATE,
        ApplicantLost => orphaned(S::IdentityCheck),
        TakenOver => taken_over(S::IdentityCheck),
        // D-25: no offers until verified; a second check is not begun, and the validity does not
        // end while others take their time.
        SeatOffered | TempOffered | BenefitClaimed | ValidityEnded => {
            return Err(No::IdentityOnCheck);
        }
        Filed | FiledWithScan | FiledForeign | FiledUnlawfully | Migrated | FamilyAnswered => {
            return Err(No::AlreadySo);
        }
        OfferRefused | OfferLapsed | OfferGone | Consented => return Err(No::NoOffer),
        InterestAsked | PauseEnded | Restored | GraceEnded => return Err(No::NoSuchTerm),
        ReferralLapsed
        | OriginalsLapsed
        | ReferralBenefitRefused
        | RefusedAfterConsent
        | EnrolmentRegistered
        | SeatRecalled => return Err(No::NoReferral),
        EnrolmentLapsed | PreschoolRefused | Enrolled => return Err(No::NoEnrolment),
        StopListEnded | PlacementAnnulled => return Err(No::NotInStopList),
    })
}

pub(super) fn benefit_check(event: Event, rules: &RuleSet) -> Outcome {
    Ok(match event {
        BenefitConfirmed => tier_changed(S::Waiting, "004 1_1 st.9; D-18"),
        // «размещаются в очереди согласно дате и времени подачи заявления на общих основаниях».
        BenefitRefused => to(S::Waiting, "004 pt.23; D-79").tells(&[N::Updated]),
        BenefitLost => benefit_lost(S::BenefitCheck),
        BenefitClaimed => to(S::BenefitCheck, "004 1_3 p.3").brings(&[DOCUMENTS]),
        BenefitDropped => dropped(S::Waiting),
        ChoiceChanged => tier_changed(S::BenefitCheck, "004 1_3 p.3; D-16"),
        LastEntryClosed => to(S::NeedsChoice, "004 pt.16; D-51")
            .tells(&[N::SurveyAsked])
            .brings(&[QUEUE_LEFT]),
        // General until then, and so it may be offered what comes to the general tier (D-37).
        SeatOffered => to(S::Offered, "004 pt.24; D-37").brings(OFFERED),
        TempOffered => to(S::BenefitCheck, "004 pt.32; D-48").brings(FOR_A_TIME),
        InterestAsked => to(S::BenefitCheck, "004 1_2 st.3; D-61").tells(&[N::InterestAsked]),
        RequirementLost => REJECTED,
        Extended => extended(S::BenefitCheck),
        ValidityEnded => expire(rules),
        Withdrawn => WITHDRAWN,
        AgeEnded => TOO_OLD,
        ChildDied => DIED,
        DuplicateFound => DUPLICATE,
        ApplicantLost => orphaned(S::BenefitCheck),
        TakenOver => taken_over(S::BenefitCheck),
        Filed | FiledWithScan | FiledForeign | FiledUnlawfully | Migrated | FamilyAnswered => {
            return Err(No::AlreadySo);
        }
        IdentityConfirmed | IdentityRefused => return Err(No::NotOnCheck),
        OfferRefused | OfferLapsed | OfferGone | Consented => return Err(No::NoOffer),
        PauseEnded | Restored | GraceEnded => return Err(No::NoSuchTerm),
        ReferralLapsed
        | OriginalsLapsed
        | ReferralBenefitRefused
        | RefusedAfterConsent
        | EnrolmentRegistered
        | SeatRecalled => return Err(No::NoReferral),
        EnrolmentLapsed | PreschoolRefused | Enrolled => return Err(No::NoEnrolment),
        StopListEnded | PlacementAnnulled => return Err(No::NotInStopList),
    })
}

pub(super) fn waiting(event: Event, rules: &RuleSet) -> Outcome {
    Ok(match event {
        // Looked up in the owner's register, so nothing is to be checked (004 pt.11).
        BenefitConfirmed => tier_changed(S::Waiting, "004 pt.11; D-18"),
        BenefitRefused => to(S::Waiting, "004 pt.23").tells(&[N::Updated]),
        BenefitLost => benefit_lost(S::Waiting),
        BenefitClaimed => to(S::BenefitCheck, "004 1_3 p.3")
            .tells(&[N::OriginalsOfApplication])
            .brings(&[DOCUMENTS]),
        BenefitDropped => dropped(S::Waiting),
        // Each preschool was chosen or dropped by an event of its own entry; a benefit out of turn
        // serves the one that is picked now (D-18).
        ChoiceChanged => tier_changed(S::Waiting, "004 1_3 p.3; D-16"),
        LastEntryClosed => to(S::NeedsChoice, "004 pt.16; D-62")
            .tells(&[N::SurveyAsked])
            .brings(&[QUEUE_LEFT]),
        SeatOffered => to(S::Offered, "004 pt.24; D-40").brings(OFFERED),
        TempOffered => to(S::Waiting, "004 pt.32; D-48").brings(FOR_A_TIME),
        InterestAsked => to(S::Waiting, "004 1_2 st.3; D-61").tells(&[N::InterestAsked]),
        RequirementLost => REJECTED,
        Extended => extended(S::Waiting),
        ValidityEnded => expire(rules),
        Withdrawn => WITHDRAWN,
        AgeEnded => TOO_OLD,
        ChildDied => DIED,
        DuplicateFound => DUPLICATE,
        ApplicantLost => orphaned(S::Waiting),
        TakenOver => taken_over(S::Waiting),
        Filed | FiledWithScan | FiledForeign | FiledUnlawfully | Migrated | FamilyAnswered => {
            return Err(No::AlreadySo);
        }
        IdentityConfirmed | IdentityRefused => return Err(No::NotOnCheck),
        OfferRefused | OfferLapsed | OfferGone | Consented => return Err(No::NoOffer),
        PauseEnded | Restored | GraceEnded => return Err(No::NoSuchTerm),
        ReferralLapsed
        | OriginalsLapsed
        | ReferralBenefitRefused
        | RefusedAfterConsent
        | EnrolmentRegistered
        | SeatRecalled => return Err(No::NoReferral),
        EnrolmentLapsed | PreschoolRefused | Enrolled => return Err(No::NoEnrolment),
        StopListEnded | PlacementAnnulled => return Err(No::NotInStopList),
    })
}

pub(super) fn needs_choice(event: Event, rules: &RuleSet) -> Outcome {
    Ok(match event {
        // With the time of its filing: others see one more ahead (D-105).
        ChoiceChanged => to(S::Waiting, "004 1_3 p.3; D-105")
            .tells(&[N::Updated])
            .brings(CHOSEN),
        BenefitConfirmed => tier_noted(S::NeedsChoice, "004 1_1 st.9; D-18"),
        BenefitRefused => to(S::NeedsChoice, "004 pt.23; D-78"),
        BenefitLost => benefit_lost(S::NeedsChoice),
        BenefitDropped => {
            to(S::NeedsChoice, "004 1_3 p.3; D-20").brings(&[CLAIM_DROPPED, Cause::Tier])
        }
        InterestAsked => to(S::NeedsChoice, "004 1_11; D-105").tells(&[N::SurveyAsked]),
        RequirementLost => REJECTED,
        Extended => extended(S::NeedsChoice),
        // D-105: it never expires while the family is being asked for its preschools.
        ValidityEnded if rules.validity.migrated_waits => return Err(No::NoChoice),
        ValidityEnded => expire(rules),
        Withdrawn => WITHDRAWN,
        AgeEnded => TOO_OLD,
        ChildDied => DIED,
        DuplicateFound => DUPLICATE,
        ApplicantLost => orphaned(S::NeedsChoice),
        TakenOver => taken_over(S::NeedsChoice),
        SeatOffered | TempOffered | BenefitClaimed => return Err(No::NoChoice),
        Filed | FiledWithScan | FiledForeign | FiledUnlawfully | Migrated | LastEntryClosed
        | FamilyAnswered => return Err(No::AlreadySo),
        IdentityConfirmed | IdentityRefused => return Err(No::NotOnCheck),
        OfferRefused | OfferLapsed | OfferGone | Consented => return Err(No::NoOffer),
        PauseEnded | Restored | GraceEnded => return Err(No::NoSuchTerm),
        ReferralLapsed
        | OriginalsLapsed
        | ReferralBenefitRefused
        | RefusedAfterConsent
        | EnrolmentRegistered
        | SeatRecalled => return Err(No::NoReferral),
        EnrolmentLapsed | PreschoolRefused | Enrolled => return Err(No::NoEnrolment),
        StopListEnded | PlacementAnnulled => return Err(No::NotInStopList),
    })
}

pub(super) fn paused(event: Event, rules: &RuleSet) -> Outcome {
    const RESUMED: &[Cause] = &[Cause::Entry(entry::Event::Resumed)];
    Ok(match event {
        // Any answer ends the pause, a change of preschools too (D-61).
        FamilyAnswered | PauseEnded => to(S::Waiting, "004 pt.28; D-61").brings(RESUMED),
        ChoiceChanged => to(S::Waiting, "004 1_3 p.3; D-61")
            .tells(&[N::Updated])
            .brings(&[Cause::Entry(entry::Event::Resumed), Cause::Tier]),
        Extended => extended(S::Waiting).brings(RESUMED),
        BenefitClaimed => to(S::BenefitCheck, "004 1_3 p.3; D-61")
            .tells(&[N::OriginalsOfApplication])
            .brings(&[DOCUMENTS, Cause::Entry(entry::Event::Resumed)]),
        BenefitDropped => to(S::Waiting, "004 1_3 p.3; D-61")
            .tells(&[N::Updated])
            .brings(&[
                CLAIM_DROPPED,
                Cause::Entry(entry::Event::Resumed),
                Cause::Tier,
            ]),
        BenefitConfirmed => tier_changed(S::Paused, "004 1_1 st.9; D-18"),
        BenefitRefused => to(S::Paused, "004 pt.23").tells(&[N::Updated]),
        BenefitLost => benefit_lost(S::Paused),
        LastEntryClosed => to(S::NeedsChoice, "004 pt.16; D-51")
            .tells(&[N::SurveyAsked])
            .brings(&[QUEUE_LEFT]),
        InterestAsked => to(S::Paused, "004 1_2 st.3; D-61").tells(&[N::InterestAsked]),
        RequirementLost => REJECTED,
        ValidityEnded => expire(rules),
        Withdrawn => WITHDRAWN,
        AgeEnded => TOO_OLD,
        ChildDied => DIED,
        DuplicateFound => DUPLICATE,
        ApplicantLost => orphaned(S::Paused),
        TakenOver => taken_over(S::Paused),
        SeatOffered | TempOffered => return Err(No::Paused),
        Filed | FiledWithScan | FiledForeign | FiledUnlawfully | Migrated => {
            return Err(No::AlreadySo);
        }
        IdentityConfirmed | IdentityRefused => return Err(No::NotOnCheck),
        // A late answer does not bring the seat back (D-122).
        OfferRefused | OfferLapsed | OfferGone | Consented => return Err(No::NoOffer),
        Restored | GraceEnded => return Err(No::NoSuchTerm),
        ReferralLapsed
        | OriginalsLapsed
        | ReferralBenefitRefused
        | RefusedAfterConsent
        | EnrolmentRegistered
        | SeatRecalled => return Err(No::NoReferral),
        EnrolmentLapsed | PreschoolRefused | Enrolled => return Err(No::NoEnrolment),
        StopListEnded | PlacementAnnulled => return Err(No::NotInStopList),
    })
}
