//! Application: from its filing to a place, or to one of its other ends (заявление на постановку).
//!
//! Law:   004 pt.15, 17, 20–24, 28–30, 33, 34, 1_1 st.6–9, 1_2, 1_3, 1_6 st.8; decisions D-16,
//!        D-18, D-21, D-25, D-26, D-37, D-61 to D-65, D-70, D-73, D-78, D-79, D-81, D-93, D-100 to
//!        D-107.
//! Never: ends by silence, but in a rule set that says so.
//! Start: [`step`].

mod in_queue;
mod with_place;

use crate::queue::application as registered;
use crate::queue::coded::coded;
use crate::queue::lifecycle::{
    Cause, Countdown, Refused, Step, applicant, dismissal, documents, entry, machine, offer,
    stop_list, temporary, to,
};
use crate::queue::notice::NoticeKind as N;
use crate::queue::rank::Tier;
use crate::queue::rules::{RuleSet, SilencePolicy};

coded! {
    /// Where an application stands.
    State {
        /// Signed, and not yet decided.
        Draft = "DRAFT",
        /// The child's identity is «на проверке документов»; nothing is offered (D-25).
        IdentityCheck = "IDENTITY_CHECK",
        /// Its benefit is «на проверке документов»; general until then (D-78).
        BenefitCheck = "BENEFIT_CHECK",
        /// It waits for a seat.
        Waiting = "WAITING",
        /// No preschool is chosen, or every entry was closed (D-62, D-105).
        NeedsChoice = "NEEDS_CHOICE",
        /// Silence on an offer paused it (D-61).
        Paused = "PAUSED",
        /// A seat is offered.
        Offered = "OFFERED",
        /// A referral is issued: out of the queue, with tier and time kept (D-70).
        Referred = "REFERRED",
        /// The enrolment application is registered.
        Enrolling = "ENROLLING",
        /// It is in the stop-list.
        StopListed = "STOP_LISTED",
        /// It ended by time or silence, and may come back for a while (D-103).
        Inactive = "INACTIVE",
        /// The child was enrolled.
        Enrolled = "ENROLLED",
        /// The family withdrew it.
        Withdrawn = "WITHDRAWN",
        /// The family refused after consent (004 pt.30), or before it under other rules.
        Refused = "REFUSED",
        /// Its validity ended.
        Expired = "EXPIRED",
        /// The child is too old.
        AgeLimit = "AGE_LIMIT",
        /// The child has died.
        Died = "DIED",
        /// Another application of the child was kept (D-107).
        Duplicate = "DUPLICATE",
        /// It does not meet the Rules, or does so no longer.
        Rejected = "REJECTED",
    }
}

coded! {
    /// What can happen to an application.
    Event {
        /// It is filed, and nothing is to be checked.
        Filed = "FILED",
        /// It is filed with the scan of a benefit.
        FiledWithScan = "FILED_WITH_SCAN",
        /// It is filed for a child that is no citizen.
        FiledForeign = "FILED_FOREIGN",
        /// It is filed and does not meet the Rules.
        FiledUnlawfully = "FILED_UNLAWFULLY",
        /// It is carried over from an older queue, without preschools (D-105).
        Migrated = "MIGRATED",
        /// The child's identity is confirmed.
        IdentityConfirmed = "IDENTITY_CONFIRMED",
        /// The child's identity is not confirmed.
        IdentityRefused = "IDENTITY_REFUSED",
        /// A benefit is confirmed.
        BenefitConfirmed = "BENEFIT_CONFIRMED",
        /// A benefit is not confirmed.
        BenefitRefused = "BENEFIT_REFUSED",
        /// A benefit that counted is lost (D-75).
        BenefitLost = "BENEFIT_LOST",
        /// An update claims a benefit by a scan.
        BenefitClaimed = "BENEFIT_CLAIMED",
        /// An update takes the benefit out (1_3 p.3 «удалению»).
        BenefitDropped = "BENEFIT_DROPPED",
        /// An update changes the chosen preschools or their preference.
        ChoiceChanged = "CHOICE_CHANGED",
        /// The last open entry was closed, or it is back in the queue and none is open.
        LastEntryClosed = "LAST_ENTRY_CLOSED",
        /// A seat is offered.
        SeatOffered = "SEAT_OFFERED",
        /// A seat is offered for the time in which its own child is away (D-48).
        TempOffered = "TEMP_OFFERED",
        /// The offer is refused.
        OfferRefused = "OFFER_REFUSED",
        /// The offer was not answered.
        OfferLapsed = "OFFER_LAPSED",
        /// The offer ended without the family's doing.
        OfferGone = "OFFER_GONE",
        /// Two silences in a row: the family is asked whether it still waits (D-61).
        InterestAsked = "INTEREST_ASKED",
        /// The family answers anything.
        FamilyAnswered = "FAMILY_ANSWERED",
        /// The pause ends.
        PauseEnded = "PAUSE_ENDED",
        /// The family consents to an offer.
        Consented = "CONSENTED",
        /// The referral lapsed.
        ReferralLapsed = "REFERRAL_LAPSED",
        /// The originals were not shown in time.
        OriginalsLapsed = "ORIGINALS_LAPSED",
        /// The benefit of the referral was not confirmed.
        ReferralBenefitRefused = "REFERRAL_BENEFIT_REFUSED",
        /// The family refused after consent, and did not take it back.
        RefusedAfterConsent = "REFUSED_AFTER_CONSENT",
        /// The enrolment application is registered.
        EnrolmentRegistered = "ENROLMENT_REGISTERED",
        /// The family let the enrolment lapse.
        EnrolmentLapsed = "ENROLMENT_LAPSED",
        /// The preschool refused, and the department confirmed it.
        PreschoolRefused = "PRESCHOOL_REFUSED",
        /// A department recalled the seat, on a registered ground.
        SeatRecalled = "SEAT_RECALLED",
        /// The child is enrolled.
        Enrolled = "ENROLLED",
        /// The stay in the stop-list ends.
        StopListEnded = "STOP_LIST_ENDED",
        /// The placement in the stop-list was wrong, and is annulled (D-91).
        PlacementAnnulled = "PLACEMENT_ANNULLED",
        /// A requirement of the queue is met no longer (D-82, D-93).
        RequirementLost = "REQUIREMENT_LOST",
        /// The family extends it, or answers that it still waits (1_2 st.4).
        Extended = "EXTENDED",
        /// Its validity ends.
        ValidityEnded = "VALIDITY_ENDED",
        /// The family brings it back.
        Restored = "RESTORED",
        /// The time to bring it back ends.
        GraceEnded = "GRACE_ENDED",
        /// The family withdraws it.
        Withdrawn = "WITHDRAWN",
        /// The preschool year of the last birthday ends.
        AgeEnded = "AGE_ENDED",
        /// The child has died.
        ChildDied = "CHILD_DIED",
        /// Another application of the child is kept.
        DuplicateFound = "DUPLICATE_FOUND",
        /// The applicant has died or lost the right to represent the child (D-26).
        ApplicantLost = "APPLICANT_LOST",
        /// Another legal representative takes it over (D-27).
        TakenOver = "TAKEN_OVER",
    }
}

machine!("application", Draft);

impl State {
    /// The state in which the register keeps one that has just been registered.
    pub fn registered(self) -> Option<registered::State> {
        match self {
            Self::IdentityCheck => Some(registered::State::IdentityCheck),
            Self::BenefitCheck => Some(registered::State::BenefitCheck),
            Self::Waiting => Some(registered::State::Waiting),
            Self::Draft
            | Self::NeedsChoice
            | Self::Paused
            | Self::Offered
            | Self::Referred
            | Self::Enrolling
            | Self::StopListed
            | Self::Inactive
            | Self::Enrolled
            | Self::Withdrawn
            | Self::Refused
            | Self::Expired
            | Self::AgeLimit
            | Self::Died
            | Self::Duplicate
            | Self::Rejected => None,
        }
    }

    /// The tier in which it is counted, by what its benefits give (004 pt.17): the general one
    /// until the child's identity is known (D-25), and that of children who move while it has a
    /// place (004 pt.41(7), D-21).
    pub fn tier(self, of_benefits: Tier, has_place: bool, rules: &RuleSet) -> Tier {
        if self == Self::IdentityCheck {
            Tier::General
        } else if has_place {
            rules.queues.transfer_tier
        } else {
            of_benefits
        }
    }
}

/// What follows from an event.
pub fn step(state: State, event: Event, rules: &RuleSet) -> Outcome {
    match state {
        State::Draft => in_queue::draft(event),
        State::IdentityCheck => in_queue::identity_check(event),
        State::BenefitCheck => in_queue::benefit_check(event, rules),
        State::Waiting => in_queue::waiting(event, rules),
        State::NeedsChoice => in_queue::needs_choice(event, rules),
        State::Paused => in_queue::paused(event, rules),
        State::Offered => with_place::offered(event, rules),
        State::Referred => with_place::referred(event, rules),
        State::Enrolling => with_place::enrolling(event),
        State::StopListed => with_place::stop_listed(event),
        State::Inactive => with_place::inactive(event),
        State::Enrolled
        | State::Withdrawn
        | State::Refused
        | State::Expired
        | State::AgeLimit
        | State::Died
        | State::Duplicate
        | State::Rejected => Err(Refused::Ended),
    }
}

fn ended(state: State) -> bool {
    match state {
        State::Enrolled
        | State::Withdrawn
        | State::Refused
        | State::Expired
        | State::AgeLimit
        | State::Died
        | State::Duplicate
        | State::Rejected => true,
        State::Draft
        | State::IdentityCheck
        | State::BenefitCheck
        | State::Waiting
        | State::NeedsChoice
        | State::Paused
        | State::Offered
        | State::Referred
        | State::Enrolling
        | State::StopListed
        | State::Inactive => false,
    }
}

fn lapse(ended: Countdown) -> Option<Event> {
    match ended {
        Countdown::Pause => Some(Event::PauseEnded),
        Countdown::Grace => Some(Event::GraceEnded),
        Countdown::Answer
        | Countdown::Contract
        | Countdown::RefusalReview
        | Countdown::Dismissal
        | Countdown::OwnerReply
        | Countdown::Originals
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

/// The end of its entries, and of checks that are under way.
const ENTRIES_END: Cause = Cause::Entry(entry::Event::ApplicationEnded);
const CHECKS_END: Cause = Cause::Documents(documents::Event::ApplicationEnded);
const APPLICANT_ENDS: Cause = Cause::Applicant(applicant::Event::ApplicationEnded);
const TEMPORARY_ENDS: Cause = Cause::Temporary(temporary::Event::ApplicationEnded);
const ENDS: &[Cause] = &[ENTRIES_END, CHECKS_END, APPLICANT_ENDS, TEMPORARY_ENDS];

/// 004 1_8 No. 3; asked for by the family.
const WITHDRAWN: Step<State> = to(State::Withdrawn, "004 1_8 No. 3")
    .tells(&[N::Withdrawn])
    .brings(ENDS);

/// 004 pt.21 «до исполнения полных 6 лет, пока не завершен текущий учебный год».
const TOO_OLD: Step<State> = to(State::AgeLimit, "004 pt.21; D-23")
    .tells(&[N::Removed])
    .brings(ENDS);

/// 004 pt.22 «если не числится … как умерший»: nobody is told anything (D-26).
const DIED: Step<State> = to(State::Died, "004 pt.22; D-26").brings(&[
    ENTRIES_END,
    CHECKS_END,
    APPLICANT_ENDS,
    STAY_DIES,
    PLACE_DIES,
]);

/// With the child ends a seat that it has for a time, and each place in which it is enrolled.
const STAY_DIES: Cause = Cause::Temporary(temporary::Event::ChildDied);
const PLACE_DIES: Cause = Cause::Dismissal(dismissal::Event::ChildDied);

/// 004 pt.20 «одновременно только в одной».
const DUPLICATE: Step<State> = to(State::Duplicate, "004 pt.20; D-107")
    .tells(&[N::Removed])
    .brings(ENDS);

/// 004 pt.21, pt.34 «возврат в очередь невозможен вследствие нарушения требований».
const REJECTED: Step<State> = to(State::Rejected, "004 pt.34; D-93")
    .tells(&[N::Removed])
    .brings(ENDS);

/// It keeps its time and its place until another representative takes it over (D-26).
const fn orphaned(state: State) -> Step<State> {
    to(state, "004 pt.30; D-26").brings(&[TEMPORARY_ORPHANED])
}
const TEMPORARY_ORPHANED: Cause = Cause::Temporary(temporary::Event::ApplicantLost);

/// It stands in no queue, and is offered nothing for a time either.
const QUEUE_LEFT: Cause = Cause::Temporary(temporary::Event::QueueLeft);

/// With its time and its place; who takes it over is told (D-27).
const fn taken_over(state: State) -> Step<State> {
    to(state, "004 pt.30; D-27").tells(&[N::Updated])
}

/// 004 1_2 p.3 «в любой момент времени, пока продлеваемое заявление состоит в очереди».
const fn extended(state: State) -> Step<State> {
    to(state, "004 1_2 p.3; D-101").tells(&[N::Extended])
}

/// A change of tier that leaves the state as it is: 1_3 st.9 «о текущем номере очередности».
const fn tier_changed(state: State, law: &'static str) -> Step<State> {
    to(state, law).tells(&[N::Updated]).brings(&[Cause::Tier])
}

/// The same of one that stands in no queue now: nobody's number is told.
const fn tier_noted(state: State, law: &'static str) -> Step<State> {
    to(state, law).brings(&[Cause::Tier])
}

/// A benefit that counted counts no longer.
const fn benefit_lost(state: State) -> Step<State> {
    to(state, "004 pt.29; D-75")
        .tells(&[N::BenefitLost])
        .brings(&[Cause::Tier])
}

/// The validity has ended: 28 days to come back where a rule set gives them (D-103). Checks that
/// are under way go on; a confirmed benefit is applied anew on the return.
fn expire(rules: &RuleSet) -> Step<State> {
    if rules.validity.grace.is_some() {
        to(State::Inactive, "004 1_8 No. 5; D-103")
            .starts(&[Countdown::Grace])
            .tells(&[N::Removed])
            .brings(&[ENTRIES_END, QUEUE_LEFT])
    } else {
        to(State::Expired, "004 1_8 No. 5; D-103")
            .tells(&[N::Removed])
            .brings(ENDS)
    }
}

/// What the silence of a family does (D-61).
fn silence(rules: &RuleSet) -> Step<State> {
    match rules.offers.silence {
        SilencePolicy::Pause(_) => to(State::Paused, "004 pt.28; D-61")
            .starts(&[Countdown::Pause])
            .brings(&[Cause::Entry(entry::Event::Paused)]),
        SilencePolicy::Skip => {
            to(State::Waiting, "004 pt.28; D-61").brings(&[Cause::Entry(entry::Event::OfferGone)])
        }
        SilencePolicy::StopList => to(State::StopListed, "004 pt.28; D-61").brings(&[
            Cause::Entry(entry::Event::StopListed),
            Cause::StopList(stop_list::Event::PlacedForSilence),
        ]),
        SilencePolicy::Archive => expire(rules),
    }
}

/// The pending offer ends with the child's application.
const OFFER_ENDS: Cause = Cause::Offer(offer::Event::ChildLeft);
