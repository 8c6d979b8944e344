//! With a place in sight: offered, referred, enrolling; and barred from offers, or inactive.

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
    APPLICANT_ENDS, CHECKS_END, ENDS, ENTRIES_END, OFFER_ENDS, Outcome, PLACE_DIES, STAY_DIES,
    State as S, TEMPORARY_ENDS, TEMPORARY_ORPHANED, benefit_lost, extended, in_queue::CHOSEN,
    orphaned, silence, taken_over, tier_changed, tier_noted,
};
use crate::queue::lifecycle::{
    Cause, Refused as No, Step, contract, enrolment, entry, offer, referral, seat, stop_list,
    temporary, to,
};
use crate::queue::notice::NoticeKind as N;
use crate::queue::rules::{RefusalPolicy, RuleSet, UnconfirmedBenefit};

/// Back in the queue with its tier and time (D-36, D-70).
const BACK: &[Cause] = &[Cause::Entry(entry::Event::FellBack)];

/// A better offer takes the place of the one that waits; its seat is another one (D-41).
const UPGRADED: &[Cause] = &[
    Cause::Offer(offer::Event::BetterSeat),
    Cause::Entry(entry::Event::OfferedElsewhere),
    Cause::Entry(entry::Event::OfferedHere),
    Cause::Seat(seat::Event::Offered),
];

pub(super) fn offered(event: Event, rules: &RuleSet) -> Outcome {
    const LEAVES: &[Cause] = &[
        OFFER_ENDS,
        ENTRIES_END,
        CHECKS_END,
        APPLICANT_ENDS,
        TEMPORARY_ENDS,
    ];
    const DIES: &[Cause] = &[
        OFFER_ENDS,
        ENTRIES_END,
        CHECKS_END,
        APPLICANT_ENDS,
        STAY_DIES,
        PLACE_DIES,
    ];
    Ok(match event {
        OfferRefused => refusal(rules),
        OfferLapsed => silence(rules),
        OfferGone | SeatRecalled => {
            to(S::Waiting, "004 1_5 p.3; D-47").brings(&[Cause::Entry(entry::Event::OfferGone)])
        }
        // «снимает заявление ребенка с очереди»: of all its preschools (D-64).
        Consented => to(S::Referred, "004 1_6 st.8; D-70").brings(&[
            Cause::Entry(entry::Event::Consented),
            Cause::Temporary(temporary::Event::LastingConsented),
        ]),
        SeatOffered if rules.offers.upgrade => to(S::Offered, "004 pt.24; D-41").brings(UPGRADED),
        BenefitConfirmed => tier_changed(S::Offered, "004 1_1 st.9; D-18"),
        BenefitRefused => to(S::Offered, "004 pt.23").tells(&[N::Updated]),
        Extended => extended(S::Offered),
        RequirementLost => to(S::Rejected, "004 pt.21; D-82")
            .tells(&[N::Removed])
            .brings(LEAVES),
        Withdrawn => to(S::Withdrawn, "004 1_8 No. 3")
            .tells(&[N::Withdrawn])
            .brings(LEAVES),
        AgeEnded => to(S::AgeLimit, "004 pt.21; D-23")
            .tells(&[N::Removed])
            .brings(LEAVES),
        ChildDied => to(S::Died, "004 pt.22; D-26").brings(DIES),
        ApplicantLost => orphaned(S::Offered).brings(&[
            Cause::Offer(offer::Event::ApplicantLost),
            TEMPORARY_ORPHANED,
        ]),
        TakenOver => taken_over(S::Offered),
        // D-16, D-37: what the offer rests on is not changed, and the validity does not end.
        BenefitLost | BenefitClaimed | BenefitDropped | ChoiceChanged | LastEntryClosed
        | SeatOffered | TempOffered | InterestAsked | ValidityEnded | DuplicateFound => {
            return Err(No::OfferWaits);
        }
        Filed | FiledWithScan | FiledForeign | FiledUnlawfully | Migrated | FamilyAnswered => {
            return Err(No::AlreadySo);
        }
        IdentityConfirmed | IdentityRefused => return Err(No::NotOnCheck),
        PauseEnded | Restored | GraceEnded => return Err(No::NoSuchTerm),
        ReferralLapsed
        | OriginalsLapsed
        | ReferralBenefitRefused
        | RefusedAfterConsent
        | EnrolmentRegistered => return Err(No::NoReferral),
        EnrolmentLapsed | PreschoolRefused | Enrolled => return Err(No::NoEnrolment),
        StopListEnded | PlacementAnnulled => return Err(No::NotInStopList),
    })
}

/// What a refusal before consent does (D-62). A third refusal closes the entry by an event of its
/// own, and the last entry the application by `LastEntryClosed`.
fn refusal(rules: &RuleSet) -> Step<S> {
    match rules.offers.refusal {
        RefusalPolicy::Keep { .. } | RefusalPolicy::DropChoice => {
            to(S::Waiting, "004 1_5 p.3; D-62").brings(&[Cause::Entry(entry::Event::OfferGone)])
        }
        RefusalPolicy::ArchiveAll => to(S::Refused, "004 1_5 p.3; D-62")
            .tells(&[N::Removed])
            .brings(ENDS),
        RefusalPolicy::StopList => to(S::StopListed, "004 1_5 p.3; D-62").brings(&[
            Cause::Entry(entry::Event::StopListed),
            Cause::StopList(stop_list::Event::PlacedForRefusal),
        ]),
    }
}

pub(super) fn referred(event: Event, rules: &RuleSet) -> Outcome {
    const LEAVES: &[Cause] = &[
        Cause::Referral(referral::Event::ChildLeft),
        ENTRIES_END,
        CHECKS_END,
        APPLICANT_ENDS,
        TEMPORARY_ENDS,
    ];
    const DIES: &[Cause] = &[
        Cause::Referral(referral::Event::ChildLeft),
        ENTRIES_END,
        CHECKS_END,
        APPLICANT_ENDS,
        STAY_DIES,
        PLACE_DIES,
    ];
    Ok(match event {
        EnrolmentRegistered => to(S::Enrolling, "004 pt.30; D-71"),
        ReferralLapsed => to(S::StopListed, "004 pt.28").brings(&[
            Cause::Entry(entry::Event::StopListed),
            Cause::StopList(stop_list::Event::PlacedForReferral),
        ]),
        OriginalsLapsed => to(S::StopListed, "004 pt.29").brings(&[
            Cause::Entry(entry::Event::StopListed),
            Cause::StopList(stop_list::Event::PlacedForOriginals),
        ]),
        ReferralBenefitRefused => match rules.referrals.unconfirmed_benefit {
            UnconfirmedBenefit::General => to(S::Waiting, "004 pt.23; D-73")
                .tells(&[N::BenefitLost])
                .brings(&[Cause::Entry(entry::Event::FellBack), Cause::Tier]),
            UnconfirmedBenefit::StopList => to(S::StopListed, "004 pt.29; D-73")
                .tells(&[N::BenefitLost])
                .brings(&[
                    Cause::Entry(entry::Event::StopListed),
                    Cause::Tier,
                    Cause::StopList(stop_list::Event::PlacedForOriginals),
                ]),
        },
        // «без автоматического возврата в очередь».
        RefusedAfterConsent => to(S::Refused, "004 pt.30; D-63")
            .tells(&[N::Removed])
            .brings(ENDS),
        // The next seat of this preschool is the child's (D-47).
        SeatRecalled => to(S::Waiting, "004 1_10 No. 15; D-47").brings(BACK),
        RequirementLost => to(S::Rejected, "004 pt.21; D-82")
            .tells(&[N::Removed])
            .brings(LEAVES),
        AgeEnded => to(S::AgeLimit, "004 pt.21; D-23")
            .tells(&[N::Removed])
            .brings(LEAVES),
        ChildDied => to(S::Died, "004 pt.22; D-26").brings(DIES),
        // For the day on which it may fall back into the queue.
        BenefitConfirmed => tier_noted(S::Referred, "004 1_1 st.9; D-18"),
        BenefitRefused => to(S::Referred, "004 1_1 p.10; D-78"),
        ApplicantLost => orphaned(S::Referred),
        // «законного представителя ребенка, на которого было получено направление».
        TakenOver => taken_over(S::Referred).tells(&[N::Updated, N::ReferralIssued]),
        // D-65: who consented leaves by refusing the referral, not by withdrawing the application.
        Withdrawn | BenefitLost | BenefitClaimed | BenefitDropped | ChoiceChanged
        | LastEntryClosed | SeatOffered | TempOffered | InterestAsked | Extended
        | ValidityEnded | DuplicateFound => {
            return Err(No::OfferWaits);
        }
        OfferRefused | OfferLapsed | OfferGone | Consented => return Err(No::AnsweredAlready),
        Filed | FiledWithScan | FiledForeign | FiledUnlawfully | Migrated | FamilyAnswered => {
            return Err(No::AlreadySo);
        }
        IdentityConfirmed | IdentityRefused => return Err(No::NotOnCheck),
        PauseEnded | Restored | GraceEnded => return Err(No::NoSuchTerm),
        EnrolmentLapsed | PreschoolRefused | Enrolled => return Err(No::NoEnrolment),
        StopListEnded | PlacementAnnulled => return Err(No::NotInStopList),
    })
}

pub(super) fn enrolling(event: Event) -> Outcome {
    const LEAVES: &[Cause] = &[
        Cause::Enrolment(enrolment::Event::ChildLeft),
        ENTRIES_END,
        CHECKS_END,
        APPLICANT_ENDS,
        TEMPORARY_ENDS,
    ];
    const DIES: &[Cause] = &[
        Cause::Enrolment(enrolment::Event::ChildLeft),
        ENTRIES_END,
        CHECKS_END,
        APPLICANT_ENDS,
        STAY_DIES,
        PLACE_DIES,
    ];
    Ok(match event {
        Enrolled => to(S::Enrolled, "004 pt.30").brings(ENDS),
        EnrolmentLapsed => to(S::StopListed, "004 pt.30; D-80").brings(&[
            Cause::Entry(entry::Event::StopListed),
            Cause::StopList(stop_list::Event::PlacedForEnrolment),
        ]),
        // The place is kept, and no stop-list follows (D-81).
        PreschoolRefused => to(S::Waiting, "004 1_8 No. 14; D-81").brings(BACK),
        RefusedAfterConsent => to(S::Refused, "004 pt.30; D-63")
            .tells(&[N::Removed])
            .brings(ENDS),
        SeatRecalled => to(S::Waiting, "004 1_10 No. 15; D-47").brings(BACK),
        RequirementLost => to(S::Rejected, "004 pt.21; D-82")
            .tells(&[N::Removed])
            .brings(LEAVES),
        AgeEnded => to(S::AgeLimit, "004 pt.21; D-23")
            .tells(&[N::Removed])
            .brings(LEAVES),
        ChildDied => to(S::Died, "004 pt.22; D-26").brings(DIES),
        // For the day on which it may fall back into the queue.
        BenefitConfirmed => tier_noted(S::Enrolling, "004 1_1 st.9; D-18"),
        BenefitRefused => to(S::Enrolling, "004 1_1 p.10; D-78"),
        ApplicantLost => orphaned(S::Enrolling),
        // Who takes it over signs for himself.
        TakenOver => {
            taken_over(S::Enrolling).brings(&[Cause::Contract(contract::Event::OwnerReplaced)])
        }
        Withdrawn | BenefitLost | BenefitClaimed | BenefitDropped | ChoiceChanged
        | LastEntryClosed | SeatOffered | TempOffered | InterestAsked | Extended
        | ValidityEnded | DuplicateFound => {
            return Err(No::OfferWaits);
        }
        OfferRefused | OfferLapsed | OfferGone | Consented => return Err(No::AnsweredAlready),
        Filed | FiledWithScan | FiledForeign | FiledUnlawfully | Migrated | FamilyAnswered
        | EnrolmentRegistered => return Err(No::AlreadySo),
        IdentityConfirmed | IdentityRefused => return Err(No::NotOnCheck),
        PauseEnded | Restored | GraceEnded => return Err(No::NoSuchTerm),
        // «приводит к списанию направления … в архив».
        ReferralLapsed | OriginalsLapsed | ReferralBenefitRefused => return Err(No::NoReferral),
        StopListEnded | PlacementAnnulled => return Err(No::NotInStopList),
    })
}

pub(super) fn stop_listed(event: Event) -> Outcome {
    const LEAVES: &[Cause] = &[
        Cause::StopList(stop_list::Event::ApplicationEnded),
        ENTRIES_END,
        CHECKS_END,
        APPLICANT_ENDS,
        TEMPORARY_ENDS,
    ];
    const DIES: &[Cause] = &[
        Cause::StopList(stop_list::Event::ApplicationEnded),
        ENTRIES_END,
        CHECKS_END,
        APPLICANT_ENDS,
        STAY_DIES,
        PLACE_DIES,
    ];
    const RETURNS: &[Cause] = &[Cause::Entry(entry::Event::StopListLeft)];
    Ok(match event {
        // «перемещается назад в очередь на прежнюю позицию».
        StopListEnded => to(S::Waiting, "004 pt.34; D-36").brings(RETURNS),
        PlacementAnnulled => to(S::Waiting, "004 pt.34; D-91").brings(RETURNS),
        RequirementLost => to(S::Rejected, "004 pt.34; D-93")
            .tells(&[N::Removed])
            .brings(LEAVES),
        BenefitConfirmed => tier_changed(S::StopListed, "004 1_1 st.9; D-18"),
        BenefitRefused => to(S::StopListed, "004 pt.23; D-78").tells(&[N::Updated]),
        BenefitLost => benefit_lost(S::StopListed),
        Withdrawn => to(S::Withdrawn, "004 1_8 No. 3; D-93")
            .tells(&[N::Withdrawn])
            .brings(LEAVES),
        AgeEnded => to(S::AgeLimit, "004 pt.34; D-93")
            .tells(&[N::Removed])
            .brings(LEAVES),
        ChildDied => to(S::Died, "004 pt.22; D-26").brings(DIES),
        DuplicateFound => to(S::Duplicate, "004 pt.34; D-93")
            .tells(&[N::Removed])
            .brings(LEAVES),
        ApplicantLost => orphaned(S::StopListed),
        TakenOver => taken_over(S::StopListed),
        // «Срок действия заявления автоматически продлевается»; and nothing is changed meanwhile.
        SeatOffered | TempOffered | BenefitClaimed | BenefitDropped | ChoiceChanged
        | LastEntryClosed | InterestAsked | Extended | ValidityEnded => return Err(No::InStopList),
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
    })
}

pub(super) fn inactive(event: Event) -> Outcome {
    const CHECKS: &[Cause] = &[CHECKS_END, APPLICANT_ENDS, TEMPORARY_ENDS];
    const DIES: &[Cause] = &[CHECKS_END, APPLICANT_ENDS, STAY_DIES, PLACE_DIES];
    Ok(match event {
        // With its time; once (D-00, D-103).
        Restored | FamilyAnswered => to(S::Waiting, "004 1_2 p.3; D-103")
            .tells(&[N::Extended])
            .brings(CHOSEN),
        GraceEnded => to(S::Expired, "004 1_8 No. 5; D-103").brings(CHECKS),
        RequirementLost => to(S::Rejected, "004 pt.21; D-82").brings(CHECKS),
        Withdrawn => to(S::Withdrawn, "004 1_8 No. 3")
            .tells(&[N::Withdrawn])
            .brings(CHECKS),
        AgeEnded => to(S::AgeLimit, "004 pt.21; D-23")
            .tells(&[N::Removed])
            .brings(CHECKS),
        ChildDied => to(S::Died, "004 pt.22; D-26").brings(DIES),
        DuplicateFound => to(S::Duplicate, "004 pt.20; D-107").brings(CHECKS),
        ApplicantLost => orphaned(S::Inactive),
        TakenOver => taken_over(S::Inactive),
        // It stands in no queue: what is about a queue waits until it is brought back.
        BenefitConfirmed => tier_noted(S::Inactive, "004 1_1 st.9; D-18"),
        BenefitRefused => to(S::Inactive, "004 1_1 p.10; D-78"),
        BenefitLost => benefit_lost(S::Inactive),
        SeatOffered | TempOffered | BenefitClaimed | BenefitDropped | ChoiceChanged
        | LastEntryClosed | InterestAsked | Extended => return Err(No::NoChoice),
        Filed | FiledWithScan | FiledForeign | FiledUnlawfully | Migrated | ValidityEnded => {
            return Err(No::AlreadySo);
        }
        IdentityConfirmed | IdentityRefused => return Err(No::NotOnCheck),
        OfferRefused | OfferLapsed | OfferGone | Consented => return Err(No::NoOffer),
        PauseEnded => return Err(No::NoSuchTerm),
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
