//! Enrolment: from the referral to the contract and the order (заявление на зачисление).
//!
//! Law:   004 pt.28, 30, 32, 33, 1_7 st.1–6, 1_8 No. 12–15; decisions D-21, D-48, D-63, D-71, D-80,
//!        D-81.
//! Never: charges the family with what the preschool left undone (D-80).
//! Start: [`step`].

use crate::queue::coded::coded;
use crate::queue::lifecycle::enrolment::Event::{
    ChildLeft, ContractSigned, DepartmentSettled, FamilyCame, Formed, FormedUnverified,
    OrderForATime, OrderRegistered, OriginalsConfirmed, PreschoolNamed, PreschoolRefused,
    RecallForced, ReferralEnded, RefusalTakenBack, RefusedByFamily, ReviewConfirmed, ReviewEnded,
    ReviewOverturned, TermEndedByFamily, TermEndedByPreschool, UndoEnded,
};
use crate::queue::lifecycle::{
    Cause, Countdown, Refused as No, Step, application, contract, dismissal, machine, offer,
    referral, seat, temporary, to,
};
use crate::queue::notice::NoticeKind as N;
use crate::queue::rules::RuleSet;

coded! {
    /// Where an enrolment application stands.
    State {
        /// The family has consented; there is no application yet.
        Expected = "EXPECTED",
        /// It was formed from the consent, and waits for the family (D-71).
        Draft = "DRAFT",
        /// It is registered, and the term to make the contract runs.
        Registered = "REGISTERED",
        /// The family says that the preschool makes no contract: the term stands still (D-80).
        Disputed = "DISPUTED",
        /// The preschool has refused, and the department looks into it (D-81).
        UnderReview = "UNDER_REVIEW",
        /// Refused by the family, which may take that back for a while (D-63).
        Refusing = "REFUSING",
        /// The same, while the term stood still for the preschool's fault.
        RefusingDisputed = "REFUSING_DISPUTED",
        /// The same, while the department looks into the preschool's refusal.
        RefusingUnderReview = "REFUSING_UNDER_REVIEW",
        /// The same, with the contract made.
        RefusingSigned = "REFUSING_SIGNED",
        /// The contract is made; the order is awaited.
        Signed = "SIGNED",
        /// The child is enrolled.
        Enrolled = "ENROLLED",
        /// The family let the term lapse.
        Lapsed = "LAPSED",
        /// The family refused.
        Refused = "REFUSED",
        /// The preschool refused, and the department confirmed it.
        RefusedByPreschool = "REFUSED_BY_PRESCHOOL",
        /// The seat was recalled.
        Recalled = "RECALLED",
        /// The referral or the application ended.
        Ended = "ENDED",
    }
}

coded! {
    /// What can happen to an enrolment application.
    Event {
        /// It is formed from the consent (1_7 st.1).
        Formed = "FORMED",
        /// The same, while the originals of the benefit are awaited.
        FormedUnverified = "FORMED_UNVERIFIED",
        /// The originals agree.
        OriginalsConfirmed = "ORIGINALS_CONFIRMED",
        /// The family brings the documents or confirms (pt.28, D-71).
        FamilyCame = "FAMILY_CAME",
        /// The referral ended before it was registered.
        ReferralEnded = "REFERRAL_ENDED",
        /// The contract is signed by both.
        ContractSigned = "CONTRACT_SIGNED",
        /// The extract of the order is registered.
        OrderRegistered = "ORDER_REGISTERED",
        /// The same, of a sanatorium or special preschool for the time of a treatment (pt.32).
        OrderForATime = "ORDER_FOR_A_TIME",
        /// The term ends, and the family did nothing.
        TermEndedByFamily = "TERM_ENDED_BY_FAMILY",
        /// The term ends, and the preschool logged no action (D-80).
        TermEndedByPreschool = "TERM_ENDED_BY_PRESCHOOL",
        /// The family says that the preschool makes no contract.
        PreschoolNamed = "PRESCHOOL_NAMED",
        /// The department has settled it, or had the contract made.
        DepartmentSettled = "DEPARTMENT_SETTLED",
        /// The preschool refuses, with a reason.
        PreschoolRefused = "PRESCHOOL_REFUSED",
        /// The department confirms the reason.
        ReviewConfirmed = "REVIEW_CONFIRMED",
        /// The department does not.
        ReviewOverturned = "REVIEW_OVERTURNED",
        /// The department said nothing in its term.
        ReviewEnded = "REVIEW_ENDED",
        /// The family refuses the place.
        RefusedByFamily = "REFUSED_BY_FAMILY",
        /// The family takes the refusal back.
        RefusalTakenBack = "REFUSAL_TAKEN_BACK",
        /// The time to take the refusal back ends.
        UndoEnded = "UNDO_ENDED",
        /// The department recalls the seat, on a registered ground.
        RecallForced = "RECALL_FORCED",
        /// The application ended: the child is too old or has died.
        ChildLeft = "CHILD_LEFT",
    }
}

machine!("enrolment", Expected);

/// What follows from an event.
pub fn step(state: State, event: Event, rules: &RuleSet) -> Outcome {
    match state {
        State::Expected => expected(event, rules),
        State::Draft => draft(event, rules),
        State::Registered => registered(event, rules),
        State::Disputed => disputed(event),
        State::UnderReview => under_review(event),
        State::Refusing => refusing(event, RESUMED),
        State::RefusingDisputed => refusing(event, to(State::Disputed, "004 pt.30; D-63")),
        State::RefusingUnderReview => refusing(event, REVIEWED_ON),
        State::RefusingSigned => refusing(event, to(State::Signed, "004 pt.30; D-63")),
        State::Signed => signed(event),
        State::Enrolled
        | State::Lapsed
        | State::Refused
        | State::RefusedByPreschool
        | State::Recalled
        | State::Ended => Err(No::Ended),
    }
}

/// 004 pt.30 «Срок действия заявления на зачисление составляет 5 рабочих дней».
const REGISTERED: Step<State> = to(State::Registered, "004 pt.30; D-71")
    .starts(&[Countdown::Contract])
    .tells(&[N::EnrolmentFormed])
    .brings(&[
        Cause::Referral(referral::Event::EnrolmentRegistered),
        Cause::Contract(contract::Event::Prepared),
    ]);

const RECALLED: Step<State> = to(State::Recalled, "004 1_10 No. 15; D-47")
    .tells(&[N::SeatRecalled])
    .brings(&[
        Cause::Application(application::Event::SeatRecalled),
        Cause::Contract(contract::Event::EnrolmentEnded),
        Cause::Offer(offer::Event::RecallForced),
    ]);

/// The application has ended already.
const ENDED: Step<State> = to(State::Ended, "004 pt.30").brings(&[
    Cause::Contract(contract::Event::EnrolmentEnded),
    Cause::Offer(offer::Event::ChildLeft),
    Cause::Seat(seat::Event::EnrolmentFailed),
]);

/// 004 pt.32 «не более, чем в одну ДО одновременно»: the former place ends in the same step (D-21).
const MOVED: Cause = Cause::Dismissal(dismissal::Event::Transferred);

/// A seat that the child had for a time ends with its own place (D-48).
const STAY_ENDS: Cause = Cause::Temporary(temporary::Event::Enrolled);

/// 004 pt.32 «с сохранением места за ребенком в общеобразовательной ДО».
const AWAY: Cause = Cause::Dismissal(dismissal::Event::AwayForATime);

/// Refused by the family: the seat waits until that can be taken back no longer, 24 hours in all.
const fn refusing_as(state: State) -> Step<State> {
    to(state, "004 pt.30; D-63").resumes(&[Countdown::Undo])
}

/// The term goes on with what was left of it.
const RESUMED: Step<State> =
    to(State::Registered, "004 pt.30; D-80").resumes(&[Countdown::Contract]);

/// The term of the department goes on.
const REVIEWED_ON: Step<State> =
    to(State::UnderReview, "004 1_7 st.4; D-63").resumes(&[Countdown::RefusalReview]);

/// 004 1_7 st.3 «начинает процедуру зачисления»: what the preschool took of the term is given back,
/// so that a whole one begins (D-80, D-81).
const fn anew(law: &'static str) -> Step<State> {
    to(State::Registered, law).starts(&[Countdown::Contract])
}

fn expected(event: Event, rules: &RuleSet) -> Outcome {
    Ok(match event {
        Formed if rules.enrolment.auto_register => REGISTERED,
        Formed | FormedUnverified => to(State::Draft, "004 1_7 st.1; D-71"),
        ReferralEnded | ChildLeft => to(State::Ended, "004 pt.28"),
        FamilyCame | ContractSigned | OrderRegistered | OrderForATime | TermEndedByFamily
        | TermEndedByPreschool | PreschoolNamed | DepartmentSettled | PreschoolRefused
        | ReviewConfirmed | ReviewOverturned | ReviewEnded | RefusedByFamily | RefusalTakenBack
        | UndoEnded | OriginalsConfirmed | RecallForced => return Err(No::NoReferral),
    })
}

/// The term of the referral runs (pt.28); what the family refuses now is the referral.
fn draft(event: Event, rules: &RuleSet) -> Outcome {
    Ok(match event {
        // The referral refuses it while its originals are not confirmed, and then so is this.
        FamilyCame => REGISTERED,
        OriginalsConfirmed if rules.enrolment.auto_register => REGISTERED,
        OriginalsConfirmed => to(State::Draft, "004 1_6 st.11"),
        ReferralEnded | ChildLeft => to(State::Ended, "004 pt.28"),
        Formed | FormedUnverified => return Err(No::AlreadySo),
        ContractSigned | OrderRegistered | OrderForATime | TermEndedByFamily
        | TermEndedByPreschool | PreschoolNamed | DepartmentSettled | PreschoolRefused
        | ReviewConfirmed | ReviewOverturned | ReviewEnded | RefusedByFamily | RefusalTakenBack
        | UndoEnded | RecallForced => return Err(No::NoEnrolment),
    })
}

fn registered(event: Event, rules: &RuleSet) -> Outcome {
    Ok(match event {
        ContractSigned => to(State::Signed, "004 pt.30"),
        // «в результате бездействия законного представителя».
        TermEndedByFamily => to(State::Lapsed, "004 pt.30; D-80").brings(&[
            Cause::Application(application::Event::EnrolmentLapsed),
            Cause::Contract(contract::Event::EnrolmentEnded),
            Cause::Offer(offer::Event::ReferralAnnulled),
            Cause::Seat(seat::Event::EnrolmentFailed),
        ]),
        // The seat is kept, a new term begins, the department is told (D-80).
        TermEndedByPreschool if rules.enrolment.renewed_if_preschool_is_late => {
            anew("004 pt.30; D-80")
        }
        TermEndedByPreschool => to(State::Disputed, "004 pt.30; D-80"),
        PreschoolNamed => to(State::Disputed, "004 pt.30; D-80"),
        PreschoolRefused => {
            to(State::UnderReview, "004 1_7 st.4; D-81").starts(&[Countdown::RefusalReview])
        }
        RefusedByFamily => refusing_as(State::Refusing),
        RecallForced => RECALLED,
        ChildLeft => ENDED,
        OrderRegistered | OrderForATime => return Err(No::ContractMissing),
        DepartmentSettled | ReviewConfirmed | ReviewOverturned | ReviewEnded | RefusalTakenBack
        | UndoEnded => return Err(No::NoSuchTerm),
        // It lives on: its registration has archived the referral.
        ReferralEnded | Formed | FormedUnverified | OriginalsConfirmed | FamilyCame => {
            return Err(No::AlreadySo);
        }
    })
}

fn disputed(event: Event) -> Outcome {
    Ok(match event {
        DepartmentSettled => RESUMED,
        ContractSigned => to(State::Signed, "004 pt.30"),
        PreschoolRefused => {
            to(State::UnderReview, "004 1_7 st.4; D-81").starts(&[Countdown::RefusalReview])
        }
        RefusedByFamily => refusing_as(State::RefusingDisputed),
        RecallForced => RECALLED,
        ChildLeft => ENDED,
        OrderRegistered | OrderForATime => return Err(No::ContractMissing),
        // The term stands still.
        TermEndedByFamily | TermEndedByPreschool | ReviewConfirmed | ReviewOverturned
        | ReviewEnded | RefusalTakenBack | UndoEnded => return Err(No::NoSuchTerm),
        ReferralEnded | Formed | FormedUnverified | OriginalsConfirmed | FamilyCame
        | PreschoolNamed => return Err(No::AlreadySo),
    })
}

fn under_review(event: Event) -> Outcome {
    Ok(match event {
        // The family keeps its place, without the stop-list; the seat goes on (D-81).
        ReviewConfirmed => to(State::RefusedByPreschool, "004 1_8 No. 14; D-81")
            .tells(&[N::PreschoolRefused])
            .brings(&[
                Cause::Application(application::Event::PreschoolRefused),
                Cause::Contract(contract::Event::EnrolmentEnded),
                Cause::Offer(offer::Event::ReferralAnnulled),
                Cause::Seat(seat::Event::EnrolmentFailed),
            ]),
        // A department that says nothing has confirmed nothing.
        ReviewOverturned | ReviewEnded => anew("004 1_7 st.3; D-81"),
        RefusedByFamily => refusing_as(State::RefusingUnderReview),
        RecallForced => RECALLED,
        ChildLeft => ENDED,
        ContractSigned | OrderRegistered | OrderForATime => return Err(No::ContractMissing),
        TermEndedByFamily | TermEndedByPreschool | DepartmentSettled | RefusalTakenBack
        | UndoEnded => return Err(No::NoSuchTerm),
        ReferralEnded | Formed | FormedUnverified | OriginalsConfirmed | FamilyCame
        | PreschoolNamed | PreschoolRefused => {
            return Err(No::AlreadySo);
        }
    })
}

fn refusing(event: Event, as_it_was: Step<State>) -> Outcome {
    Ok(match event {
        RefusalTakenBack => as_it_was,
        // «без автоматического возврата в очередь».
        UndoEnded => to(State::Refused, "004 pt.30; D-63").brings(&[
            Cause::Application(application::Event::RefusedAfterConsent),
            Cause::Contract(contract::Event::EnrolmentEnded),
            Cause::Offer(offer::Event::ReferralCancelled),
            Cause::Seat(seat::Event::EnrolmentFailed),
        ]),
        RecallForced => RECALLED,
        ChildLeft => ENDED,
        ContractSigned | OrderRegistered | OrderForATime | PreschoolRefused | PreschoolNamed => {
            return Err(No::AnsweredAlready);
        }
        TermEndedByFamily | TermEndedByPreschool | DepartmentSettled | ReviewConfirmed
        | ReviewOverturned | ReviewEnded => return Err(No::NoSuchTerm),
        ReferralEnded | Formed | FormedUnverified | OriginalsConfirmed | FamilyCame
        | RefusedByFamily => return Err(No::AlreadySo),
    })
}

/// No term runs: what is left to do is the preschool's.
fn signed(event: Event) -> Outcome {
    Ok(match event {
        OrderRegistered => to(State::Enrolled, "004 pt.30")
            .tells(&[N::Enrolled])
            .brings(&[
                MOVED,
                STAY_ENDS,
                Cause::Application(application::Event::Enrolled),
                Cause::Offer(offer::Event::Enrolled),
                Cause::Seat(seat::Event::ChildEnrolled),
            ]),
        OrderForATime => to(State::Enrolled, "004 pt.32; D-48")
            .tells(&[N::Enrolled])
            .brings(&[
                AWAY,
                STAY_ENDS,
                Cause::Application(application::Event::Enrolled),
                Cause::Offer(offer::Event::Enrolled),
                Cause::Seat(seat::Event::ChildEnrolled),
            ]),
        RefusedByFamily => refusing_as(State::RefusingSigned),
        // The contract binds the preschool: the seat is recalled no longer (D-47).
        RecallForced | PreschoolRefused => return Err(No::Held),
        ChildLeft => ENDED,
        // The department is told; what was signed stands.
        PreschoolNamed => to(State::Signed, "004 pt.30; D-80"),
        TermEndedByFamily | TermEndedByPreschool | DepartmentSettled | ReviewConfirmed
        | ReviewOverturned | ReviewEnded | RefusalTakenBack | UndoEnded => {
            return Err(No::NoSuchTerm);
        }
        ReferralEnded | Formed | FormedUnverified | OriginalsConfirmed | FamilyCame
        | ContractSigned => return Err(No::AlreadySo),
    })
}

fn ended(state: State) -> bool {
    match state {
        State::Expected
        | State::Draft
        | State::Registered
        | State::Disputed
        | State::UnderReview
        | State::Refusing
        | State::RefusingDisputed
        | State::RefusingUnderReview
        | State::RefusingSigned
        | State::Signed => false,
        State::Enrolled
        | State::Lapsed
        | State::Refused
        | State::RefusedByPreschool
        | State::Recalled
        | State::Ended => true,
    }
}

/// The end of the contract's term is charged to the family unless the preschool logged nothing; who
/// reads the clock says which (D-80).
fn lapse(ended: Countdown) -> Option<Event> {
    match ended {
        Countdown::Contract => Some(TermEndedByFamily),
        Countdown::RefusalReview => Some(ReviewEnded),
        Countdown::Undo => Some(UndoEnded),
        Countdown::Answer
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
        | Countdown::SourceDown
        | Countdown::FreeAccess => None,
    }
}
