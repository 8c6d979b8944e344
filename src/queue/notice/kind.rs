//! Kind: every notice that the order asks for, as facts: to whom, when, by whom (уведомления).
//!
//! Law:   004 pt.24, 28, 42, 1_2 st.3, 1_3 st.9, 1_4 st.4, 1_8, 1_11; decisions D-26, D-44, D-102,
//!        D-124, D-126.
//! Out:   the directory. [`Notice`](crate::queue::notice::Notice) is what can be worded today; a
//!        kind without words is a fact that a step of a life cycle owes all the same.
//! Never: decides that something happened; that is a step of `lifecycle`.
//! Start: [`NoticeKind::ALL`].

use crate::queue::coded::coded;
use crate::queue::rules::RuleSet;

coded! {
    /// Вид уведомления: No. 1 to 21 of 1_8, then those that the body of the order requires besides.
    NoticeKind {
        /// No. 1 «об успешной постановке на очередь».
        Enqueued = "N-01",
        /// No. 2 «о необходимости сверки оригиналов документов и … скан-копий».
        OriginalsOfApplication = "N-02",
        /// No. 3 «об успешном снятии заявления с очереди».
        Withdrawn = "N-03",
        /// No. 4 «об успешном продлении срока нахождения в очереди».
        Extended = "N-04",
        /// No. 5 «об автоматическом снятии заявления с очереди»; not when the child has died.
        Removed = "N-05",
        /// No. 6 «об истечении срока действия заявления в очереди».
        ValidityEnds = "N-06",
        /// No. 7 «об успешном получении направления».
        ReferralIssued = "N-07",
        /// No. 8 «об автоматическом аннулировании направления».
        ReferralAnnulled = "N-08",
        /// No. 9 «о необходимости сверки оригиналов … подтверждающих льготный статус».
        OriginalsOfReferral = "N-09",
        /// No. 10 «об истечении срока сверки», 24 hours before.
        OriginalsEnd = "N-10",
        /// No. 11 «об истечении срока действия направления», 24 hours before.
        ReferralEnds = "N-11",
        /// No. 12 «об успешном формировании заявления на зачисление».
        EnrolmentFormed = "N-12",
        /// No. 13 «об окончании срока действия заявления на зачисление», 24 hours before.
        EnrolmentEnds = "N-13",
        /// No. 14 «о мотивированном отказе ДО в зачислении».
        PreschoolRefused = "N-14",
        /// No. 15 «об успешном зачислении».
        Enrolled = "N-15",
        /// No. 16 «об успешной подаче заявления … на отчисление».
        DismissalFiled = "N-16",
        /// No. 17 «запрос на согласование владельцем договора отчисления», with a free reply.
        DismissalAsked = "N-17",
        /// No. 18 «об успешном отказе заявителя от отчисления».
        DismissalCancelled = "N-18",
        /// No. 19 «об успешном отчислении».
        Dismissed = "N-19",
        /// No. 20 «о перемещении заявления в стоп-лист».
        StopListed = "N-20",
        /// No. 21 «о возврате заявления из стоп-листа»; absent in 000 (D-02).
        StopListLeft = "N-21",
        /// A seat is offered; what a refusal and silence do is said before the reply (D-61, D-62).
        SeatOffered = "N-22",
        /// Does the family still wait?
        InterestAsked = "N-23",
        /// What an update changed, and the number after it.
        Updated = "N-24",
        /// An extract of numbers.
        Extract = "N-25",
        /// An offer ended: unanswered, or replaced by a better one.
        OfferEnded = "N-26",
        /// The seat was recalled; the next one of this preschool is the child's (D-47).
        SeatRecalled = "N-27",
        /// A migrated family is asked for its preschools.
        SurveyAsked = "N-28",
        /// A benefit counts no longer.
        BenefitLost = "N-29",
        /// A chosen preschool takes children no longer; another may be chosen (D-51).
        PreschoolClosed = "N-30",
    }
}

/// To whom a notice goes, and whose decision it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipient {
    /// The legal representative who filed the application.
    Applicant,
    /// The one who made the contract (004 pt.31).
    ContractOwner,
    /// Every legal representative of the child.
    LegalRepresentative,
    /// The one to whom the referral was given (004 pt.30).
    ReferralOwner,
}

/// Who sends it (1_8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// ЕО НОБД: this system.
    Base,
    /// The region's system; this one where it has none (D-110).
    Region,
}

/// When it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Timing {
    /// With the step that makes it true, in the hours of sending (D-44).
    AtOnce,
    /// So many days before the end of the validity, each a notice of its own (D-102).
    DaysBefore(&'static [u32]),
    /// So many hours before the end of a term, by `Calendar::warning` (D-124).
    HoursBefore(u32),
}

impl NoticeKind {
    /// To whom it goes.
    pub fn recipient(self) -> Recipient {
        match self {
            Self::Enqueued
            | Self::OriginalsOfApplication
            | Self::Withdrawn
            | Self::Extended
            | Self::Removed
            | Self::ValidityEnds
            | Self::EnrolmentFormed
            | Self::EnrolmentEnds
            | Self::PreschoolRefused
            | Self::Enrolled
            | Self::DismissalFiled
            | Self::DismissalCancelled
            | Self::StopListed
            | Self::StopListLeft
            | Self::SeatOffered
            | Self::InterestAsked
            | Self::Updated
            | Self::Extract
            | Self::OfferEnded
            | Self::SeatRecalled
            | Self::SurveyAsked
            | Self::BenefitLost
            | Self::PreschoolClosed => Recipient::Applicant,
            Self::ReferralIssued
            | Self::ReferralAnnulled
            | Self::OriginalsOfReferral
            | Self::OriginalsEnd
            | Self::ReferralEnds => Recipient::ReferralOwner,
            Self::DismissalAsked => Recipient::ContractOwner,
            Self::Dismissed => Recipient::LegalRepresentative,
        }
    }

    /// Who sends it.
    pub fn sender(self) -> Sender {
        match self {
            Self::DismissalFiled
            | Self::DismissalAsked
            | Self::DismissalCancelled
            | Self::Dismissed => Sender::Region,
            Self::Enqueued
            | Self::OriginalsOfApplication
            | Self::Withdrawn
            | Self::Extended
            | Self::Removed
            | Self::ValidityEnds
            | Self::ReferralIssued
            | Self::ReferralAnnulled
            | Self::OriginalsOfReferral
            | Self::OriginalsEnd
            | Self::ReferralEnds
            | Self::EnrolmentFormed
            | Self::EnrolmentEnds
            | Self::PreschoolRefused
            | Self::Enrolled
            | Self::StopListed
            | Self::StopListLeft
            | Self::SeatOffered
            | Self::InterestAsked
            | Self::Updated
            | Self::Extract
            | Self::OfferEnded
            | Self::SeatRecalled
            | Self::SurveyAsked
            | Self::BenefitLost
            | Self::PreschoolClosed => Sender::Base,
        }
    }

    /// When it is sent.
    pub fn timing(self, rules: &RuleSet) -> Timing {
        match self {
            Self::OriginalsEnd | Self::ReferralEnds | Self::EnrolmentEnds => {
                Timing::HoursBefore(rules.messages.lead_hours)
            }
            Self::ValidityEnds => Timing::DaysBefore(rules.validity.reminder_days),
            Self::Enqueued
            | Self::OriginalsOfApplication
            | Self::Withdrawn
            | Self::Extended
            | Self::Removed
            | Self::ReferralIssued
            | Self::ReferralAnnulled
            | Self::OriginalsOfReferral
            | Self::EnrolmentFormed
            | Self::PreschoolRefused
            | Self::Enrolled
            | Self::DismissalFiled
            | Self::DismissalAsked
            | Self::DismissalCancelled
            | Self::Dismissed
            | Self::StopListed
            | Self::StopListLeft
            | Self::SeatOffered
            | Self::InterestAsked
            | Self::Updated
            | Self::Extract
            | Self::OfferEnded
            | Self::SeatRecalled
            | Self::SurveyAsked
            | Self::BenefitLost
            | Self::PreschoolClosed => Timing::AtOnce,
        }
    }

    /// May the family answer it by a free message (004 pt.28, 1_2 st.4, 1_8 No. 17)?
    pub fn asks_for_a_reply(self) -> bool {
        [
            Self::SeatOffered,
            Self::InterestAsked,
            Self::DismissalAsked,
            Self::SurveyAsked,
        ]
        .contains(&self)
    }

    /// Is it sent though the child has died? Never: 1_8 No. 5 «уведомление не направляется, если
    /// заявление снимается с очереди по причине смерти ребенка», and so everything else that is
    /// queued or scheduled for the child (D-26, D-126).
    pub fn sent_after_death(self) -> bool {
        false
    }

    /// The paragraph that asks for it.
    pub fn paragraph(self) -> &'static str {
        match self {
            Self::Enqueued => "004 1_8 No. 1",
            Self::OriginalsOfApplication => "004 1_8 No. 2",
            Self::Withdrawn => "004 1_8 No. 3",
            Self::Extended => "004 1_8 No. 4",
            Self::Removed => "004 1_8 No. 5",
            Self::ValidityEnds => "004 1_8 No. 6",
            Self::ReferralIssued => "004 1_8 No. 7",
            Self::ReferralAnnulled => "004 1_8 No. 8",
            Self::OriginalsOfReferral => "004 1_8 No. 9",
            Self::OriginalsEnd => "004 1_8 No. 10",
            Self::ReferralEnds => "004 1_8 No. 11",
            Self::EnrolmentFormed => "004 1_8 No. 12",
            Self::EnrolmentEnds => "004 1_8 No. 13",
            Self::PreschoolRefused => "004 1_8 No. 14",
            Self::Enrolled => "004 1_8 No. 15",
            Self::DismissalFiled => "004 1_8 No. 16",
            Self::DismissalAsked => "004 1_8 No. 17",
            Self::DismissalCancelled => "004 1_8 No. 18",
            Self::Dismissed => "004 1_8 No. 19",
            Self::StopListed => "004 1_8 No. 20",
            Self::StopListLeft => "004 1_8 No. 21",
            Self::SeatOffered => "004 pt.24",
            Self::InterestAsked => "004 1_2 st.3",
            Self::Updated => "004 1_3 st.9",
            Self::Extract => "004 1_4 st.4",
            Self::OfferEnded => "004 pt.28",
            Self::SeatRecalled => "004 1_10 No. 15",
            Self::SurveyAsked => "004 1_11",
            Self::BenefitLost => "004 pt.29",
            Self::PreschoolClosed => "004 1_9 p.9",
        }
    }
}
