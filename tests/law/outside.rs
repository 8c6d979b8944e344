//! What can happen to a child from outside: by people, registers, the calendar and the night.

use kezek::queue::lifecycle::{
    Cause, applicant, application as a, contract, dismissal as d, documents, enrolment, offer,
    referral, seat, stop_list, temporary,
};
use kezek::queue::rank::Tier;

/// Something that comes from outside.
#[derive(Debug, Clone, Copy)]
pub enum Happening {
    /// An event of one machine.
    Brought(Cause),
    /// The same, about a benefit that gives this tier if it is true.
    Claimed(Tier, Cause),
    /// A chosen preschool takes children no longer.
    PreschoolCloses(usize),
    /// A register will not confirm the benefit when the referral is written.
    RegisterDenies,
    /// The child whose seat it is goes away, comes back, or is dismissed.
    OwnerOfSeat(seat::Event),
    /// The family drops this choice or takes it again, and picks one for a benefit out of turn.
    FamilyUpdates { at: usize, picked: usize },
}

use Happening::{
    Brought as B, Claimed, FamilyUpdates, OwnerOfSeat, PreschoolCloses, RegisterDenies,
};
use Tier::{OutOfTurn, Priority};

impl Happening {
    /// Is it done by people, so that it is refused as a whole if one machine refuses it?
    pub fn of_people(self) -> bool {
        match self {
            B(cause) | Claimed(_, cause) => match cause {
                Cause::Contract(_) | Cause::Documents(_) | Cause::Seat(_) => true,
                Cause::Enrolment(event) => event == enrolment::Event::FamilyCame,
                Cause::Applicant(_)
                | Cause::Application(_)
                | Cause::Dismissal(_)
                | Cause::Entry(_)
                | Cause::Offer(_)
                | Cause::Referral(_)
                | Cause::StopList(_)
                | Cause::Temporary(_)
                | Cause::Tier => false,
            },
            PreschoolCloses(_) | OwnerOfSeat(_) | RegisterDenies | FamilyUpdates { .. } => false,
        }
    }
}

/// Every such event; offers, and what is seldom possible, several times, so that walks go far.
pub const FROM_OUTSIDE: &[Happening] = &[
    B(Cause::Application(a::Event::Filed)),
    Claimed(OutOfTurn, Cause::Application(a::Event::FiledWithScan)),
    Claimed(Priority, Cause::Application(a::Event::FiledWithScan)),
    B(Cause::Application(a::Event::FiledForeign)),
    B(Cause::Application(a::Event::Migrated)),
    Claimed(OutOfTurn, Cause::Application(a::Event::BenefitClaimed)),
    Claimed(OutOfTurn, Cause::Application(a::Event::BenefitConfirmed)),
    Claimed(Priority, Cause::Application(a::Event::BenefitConfirmed)),
    B(Cause::Application(a::Event::BenefitLost)),
    B(Cause::Application(a::Event::BenefitDropped)),
    B(Cause::Application(a::Event::ChoiceChanged)),
    FamilyUpdates { at: 0, picked: 0 },
    FamilyUpdates { at: 0, picked: 1 },
    FamilyUpdates { at: 1, picked: 0 },
    FamilyUpdates { at: 1, picked: 1 },
    RegisterDenies,
    PreschoolCloses(0),
    OwnerOfSeat(seat::Event::ChildAway),
    OwnerOfSeat(seat::Event::ChildBack),
    OwnerOfSeat(seat::Event::ChildDismissed),
    B(Cause::Application(a::Event::TempOffered)),
    B(Cause::Application(a::Event::TempOffered)),
    B(Cause::Application(a::Event::TempOffered)),
    B(Cause::Application(a::Event::TempOffered)),
    B(Cause::Temporary(temporary::Event::SentOut)),
    B(Cause::Temporary(temporary::Event::SentOut)),
    B(Cause::Temporary(temporary::Event::SentOut)),
    B(Cause::Temporary(temporary::Event::SentOut)),
    B(Cause::Temporary(temporary::Event::Accepted)),
    B(Cause::Temporary(temporary::Event::Accepted)),
    B(Cause::Temporary(temporary::Event::Accepted)),
    B(Cause::Temporary(temporary::Event::Accepted)),
    B(Cause::Temporary(temporary::Event::Refused)),
    B(Cause::Temporary(temporary::Event::TermEnded)),
    B(Cause::Temporary(temporary::Event::Arrived)),
    B(Cause::Temporary(temporary::Event::Arrived)),
    B(Cause::Temporary(temporary::Event::Left)),
    PreschoolCloses(1),
    B(Cause::Application(a::Event::SeatOffered)),
    B(Cause::Application(a::Event::SeatOffered)),
    B(Cause::Application(a::Event::FamilyAnswered)),
    B(Cause::Application(a::Event::PauseEnded)),
    B(Cause::Application(a::Event::Extended)),
    B(Cause::Application(a::Event::ValidityEnded)),
    B(Cause::Application(a::Event::Restored)),
    B(Cause::Application(a::Event::GraceEnded)),
    B(Cause::Application(a::Event::Withdrawn)),
    B(Cause::Application(a::Event::AgeEnded)),
    B(Cause::Application(a::Event::ChildDied)),
    B(Cause::Application(a::Event::DuplicateFound)),
    B(Cause::Applicant(applicant::Event::Lost)),
    B(Cause::Applicant(applicant::Event::TakenOver)),
    B(Cause::Documents(documents::Event::BenefitFits)),
    B(Cause::Documents(documents::Event::BenefitUnfit)),
    B(Cause::Documents(documents::Event::IdentityFits)),
    B(Cause::Documents(documents::Event::IdentityUnfit)),
    B(Cause::Documents(documents::Event::ForgeryDecided)),
    B(Cause::Documents(documents::Event::NewerCertificate)),
    B(Cause::Application(a::Event::RequirementLost)),
    B(Cause::Application(a::Event::InterestAsked)),
    B(Cause::Documents(documents::Event::OriginalsFit)),
    B(Cause::Documents(documents::Event::OriginalsUnfit)),
    B(Cause::Documents(documents::Event::StaffLate)),
    B(Cause::Documents(documents::Event::StaffReady)),
    B(Cause::Offer(offer::Event::SentOut)),
    B(Cause::Offer(offer::Event::Accepted)),
    B(Cause::Offer(offer::Event::Refused)),
    B(Cause::Offer(offer::Event::TermEnded)),
    B(Cause::Offer(offer::Event::BenefitLost)),
    B(Cause::Offer(offer::Event::SourceDown)),
    B(Cause::Offer(offer::Event::SourceBack)),
    B(Cause::Offer(offer::Event::SourceDownEnded)),
    B(Cause::Referral(referral::Event::TermEnded)),
    B(Cause::Referral(referral::Event::OriginalsEnded)),
    B(Cause::Referral(referral::Event::Extended)),
    B(Cause::Referral(referral::Event::RefusedByFamily)),
    B(Cause::Referral(referral::Event::RefusalTakenBack)),
    B(Cause::Referral(referral::Event::UndoEnded)),
    B(Cause::Enrolment(enrolment::Event::FamilyCame)),
    B(Cause::Enrolment(enrolment::Event::TermEndedByFamily)),
    B(Cause::Enrolment(enrolment::Event::TermEndedByPreschool)),
    B(Cause::Enrolment(enrolment::Event::PreschoolNamed)),
    B(Cause::Enrolment(enrolment::Event::DepartmentSettled)),
    B(Cause::Enrolment(enrolment::Event::PreschoolRefused)),
    B(Cause::Enrolment(enrolment::Event::ReviewConfirmed)),
    B(Cause::Enrolment(enrolment::Event::ReviewEnded)),
    B(Cause::Enrolment(enrolment::Event::ReviewOverturned)),
    B(Cause::Enrolment(enrolment::Event::RefusedByFamily)),
    B(Cause::Enrolment(enrolment::Event::RefusalTakenBack)),
    B(Cause::Enrolment(enrolment::Event::UndoEnded)),
    B(Cause::Enrolment(enrolment::Event::OrderRegistered)),
    B(Cause::Enrolment(enrolment::Event::OrderForATime)),
    B(Cause::Dismissal(d::Event::FiledByOwner)),
    B(Cause::Dismissal(d::Event::FiledByOther)),
    B(Cause::Dismissal(d::Event::OwnerAgreed)),
    B(Cause::Dismissal(d::Event::OwnerDeclined)),
    B(Cause::Dismissal(d::Event::GroundRefused)),
    B(Cause::Dismissal(d::Event::OwnerReplyEnded)),
    B(Cause::Dismissal(d::Event::GroundRegistered)),
    B(Cause::Dismissal(d::Event::OrderRegistered)),
    B(Cause::Dismissal(d::Event::IgnoredTermEnded)),
    B(Cause::Dismissal(d::Event::CancelledByFamily)),
    B(Cause::Dismissal(d::Event::Graduated)),
    B(Cause::Contract(contract::Event::RepresentativeSigned)),
    B(Cause::Contract(contract::Event::PreschoolSigned)),
    B(Cause::Contract(contract::Event::OwnerReplaced)),
    B(Cause::Seat(seat::Event::RecallForced)),
    B(Cause::Seat(seat::Event::Recalled)),
    B(Cause::StopList(stop_list::Event::StayEnded)),
    B(Cause::StopList(stop_list::Event::AnnulledByAppeal)),
];
