//! Countdown: the terms of the law by name; how long each is stands in the rule set.
//!
//! Law:   004 pt.28–31, 33, 34, 1_8 No. 10, No. 11, No. 13; decisions D-26, D-61, D-63, D-66, D-72,
//!        D-75, D-81, D-90, D-103, D-111.
//! In:    a rule set, a calendar, the moment of a step. Out: a deadline.
//! Start: [`Countdown::deadline`].

use crate::queue::calendar::{Calendar, MissingYear, Term};
use crate::queue::coded::coded;
use crate::queue::notice::NoticeKind;
use crate::queue::rules::{FreeAccess, RuleSet, SilencePolicy};
use crate::terms::Moment;

coded! {
    /// A term that runs.
    Countdown {
        /// To answer an offer, from its sending (004 pt.28).
        Answer = "ANSWER",
        /// To make the contract (004 pt.30).
        Contract = "CONTRACT",
        /// Of the department, to look into a refusal of the preschool (D-81).
        RefusalReview = "REFUSAL_REVIEW",
        /// For one who ended by time or silence to come back (D-103).
        Grace = "GRACE",
        /// Of the preschool, to act on a dismissal (004 pt.31).
        Dismissal = "DISMISSAL",
        /// Of the owner of the contract, to agree to a dismissal (1_8 No. 17, D-111).
        OwnerReply = "OWNER_REPLY",
        /// To show the originals of a benefit (004 pt.29).
        Originals = "ORIGINALS",
        /// Of a pause after silence (D-61).
        Pause = "PAUSE",
        /// Of a referral, from consent (004 pt.28).
        Referral = "REFERRAL",
        /// Of a referral that was extended, from its issue (1_10 No. 19, D-66).
        ExtendedReferral = "EXTENDED_REFERRAL",
        /// Of the stop-list, for a referral that lapsed (004 pt.34).
        StopListReferral = "STOP_LIST_REFERRAL",
        /// Of the stop-list, for originals that were not shown (004 pt.34).
        StopListOriginals = "STOP_LIST_ORIGINALS",
        /// Of the stop-list, for an enrolment that the family let lapse (004 pt.30).
        StopListEnrolment = "STOP_LIST_ENROLMENT",
        /// Of the stop-list, for silence, where a rule set knows that ground (D-61).
        StopListSilence = "STOP_LIST_SILENCE",
        /// Of the stop-list, for a refusal, where a rule set knows that ground (D-62).
        StopListRefusal = "STOP_LIST_REFUSAL",
        /// To take a refusal after consent back (D-63).
        Undo = "UNDO",
        /// For which a seat is held while the register of a benefit is silent (D-75).
        SourceDown = "SOURCE_DOWN",
        /// In which requests for a seat in free access are collected (004 pt.40, D-49).
        FreeAccess = "FREE_ACCESS",
    }
}

impl Countdown {
    /// How long it runs; none where the rule set has no such term.
    pub fn term(self, rules: &RuleSet) -> Option<Term> {
        match self {
            Self::Answer => Some(rules.offers.answer),
            Self::Contract => Some(rules.enrolment.contract),
            Self::RefusalReview => Some(rules.enrolment.refusal_review),
            Self::Grace => rules.validity.grace.map(|grace| grace.term),
            Self::Dismissal => Some(rules.dismissal.ignored),
            Self::OwnerReply => Some(rules.dismissal.owner_reply),
            Self::Originals => Some(rules.referrals.originals),
            Self::Pause => match rules.offers.silence {
                SilencePolicy::Pause(term) => Some(term),
                SilencePolicy::Archive | SilencePolicy::Skip | SilencePolicy::StopList => None,
            },
            Self::Referral => Some(rules.referrals.valid),
            Self::ExtendedReferral => Some(rules.referrals.extension),
            Self::StopListReferral => Some(rules.stop_list.referral),
            Self::StopListOriginals => Some(rules.stop_list.originals),
            Self::StopListEnrolment => Some(rules.stop_list.enrolment),
            Self::StopListSilence => rules.stop_list.silence,
            Self::StopListRefusal => rules.stop_list.refusal,
            Self::Undo => Some(rules.referrals.undo),
            Self::SourceDown => Some(Term::Hours(rules.benefits.source_down.hold_hours)),
            Self::FreeAccess => match rules.offers.free_access {
                FreeAccess::Collect { hours } => Some(Term::Hours(hours)),
                FreeAccess::FirstCome | FreeAccess::Off => None,
            },
        }
    }

    /// When it ends, if it began at `begun` ([`Countdown::runs_from_issue`] says with what): the
    /// last moment of the term, but for a stay in the stop-list, which ends at the moment of the
    /// exit (D-90).
    pub fn deadline(
        self,
        begun: Moment,
        rules: &RuleSet,
        calendar: &Calendar,
    ) -> Option<Result<Moment, MissingYear>> {
        let term = self.term(rules)?;
        Some(if self.is_stay() {
            calendar.stop_list_exit(begun, term)
        } else {
            calendar.deadline(begun, term)
        })
    }

    /// Is it the family that has to keep it? Such terms stand still while nobody acts for the child
    /// (D-26); what others owe, and stays in the stop-list, go on.
    pub fn of_the_family(self) -> bool {
        match self {
            Self::Answer
            | Self::Contract
            | Self::Grace
            | Self::Originals
            | Self::Referral
            | Self::ExtendedReferral
            | Self::Undo => true,
            Self::RefusalReview
            | Self::Dismissal
            | Self::OwnerReply
            | Self::Pause
            | Self::StopListReferral
            | Self::StopListOriginals
            | Self::StopListEnrolment
            | Self::StopListSilence
            | Self::StopListRefusal
            | Self::SourceDown
            | Self::FreeAccess => false,
        }
    }

    /// Does it run from the issue of the referral, not from the step that starts it (D-66)?
    pub fn runs_from_issue(self) -> bool {
        self == Self::ExtendedReferral
    }

    /// The notice that its end is near (1_8 No. 10, No. 11, No. 13).
    pub fn warning(self) -> Option<NoticeKind> {
        match self {
            Self::Contract => Some(NoticeKind::EnrolmentEnds),
            Self::Originals => Some(NoticeKind::OriginalsEnd),
            Self::Referral | Self::ExtendedReferral => Some(NoticeKind::ReferralEnds),
            Self::Answer
            | Self::RefusalReview
            | Self::Grace
            | Self::Dismissal
            | Self::OwnerReply
            | Self::Pause
            | Self::StopListReferral
            | Self::StopListOriginals
            | Self::StopListEnrolment
            | Self::StopListSilence
            | Self::StopListRefusal
            | Self::Undo
            | Self::SourceDown
            | Self::FreeAccess => None,
        }
    }

    fn is_stay(self) -> bool {
        [
            Self::StopListReferral,
            Self::StopListOriginals,
            Self::StopListEnrolment,
            Self::StopListSilence,
            Self::StopListRefusal,
        ]
        .contains(&self)
    }
}
