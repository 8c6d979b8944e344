//! Remark: what a registration says beside the places, each with its paragraph.
//!
//! Law:   004 pt.15, 17–19, 21, 1_9 p.7; decisions D-18, D-19, D-23, D-25, D-35, D-82.
//! Never: carries words. Wording exists once, in `services::answer`, in both languages.

use crate::terms::Day;

/// What a family should know about its registration beside the places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remark {
    /// The child leaves the queue by age before the validity ends; extending does not help.
    AgeEndsFirst(Day),
    /// Benefits do not order special queues; it is kept (D-19).
    BenefitNotApplied,
    /// The place stays that of the general tier until the child's identity is confirmed.
    BenefitWaitsForIdentity,
    /// The benefit gives no tier in the rules in force.
    BenefitWithoutTier,
    /// The birth certificate is being checked; no seat is offered before.
    IdentityOnCheck,
    /// The proof is being checked; once confirmed, the child goes out of turn in one preschool.
    OutOfTurnOnCheck,
    /// The conclusion or the referral ends before the validity (D-82).
    PaperEndsFirst(Day),
    /// The stated time was too far from the reception, so that the reception counts.
    ReceptionTimeCounts,
    /// The doctor's referral is being checked; no seat is offered before.
    ReferralOnCheck,
}

impl Remark {
    /// The code in answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::AgeEndsFirst(_) => "age_ends_first",
            Self::BenefitNotApplied => "benefit_not_applied",
            Self::BenefitWaitsForIdentity => "benefit_waits_for_identity",
            Self::BenefitWithoutTier => "benefit_without_tier",
            Self::IdentityOnCheck => "identity_on_check",
            Self::OutOfTurnOnCheck => "out_of_turn_on_check",
            Self::PaperEndsFirst(_) => "paper_ends_first",
            Self::ReceptionTimeCounts => "reception_time_counts",
            Self::ReferralOnCheck => "referral_on_check",
        }
    }

    /// The paragraph behind it.
    pub fn paragraph(self) -> &'static str {
        match self {
            // «до исполнения полных 6 лет, пока не завершен текущий учебный год в ДО».
            Self::AgeEndsFirst(_) => "004 pt.21",
            // The benefit is named in p.8, but not among the priority ones of p.7.
            Self::BenefitWithoutTier => "004 1_9 p.7",
            // «ждет результата рассмотрения заявления со стороны услугодателя».
            Self::BenefitWaitsForIdentity | Self::IdentityOnCheck => "004 pt.15",
            // «Льготы при построении специальной очереди не применяются»; 1_1 p.8 asks for none.
            Self::BenefitNotApplied => "004 pt.18",
            // «действительный статус которого проверяется».
            Self::PaperEndsFirst(_) => "004 pt.21",
            // «сведения о направлении врача-фтизиатора (скан-копия)».
            Self::ReferralOnCheck => "004 1_1 p.8",
            // «с правом внеочередной льготы состоит в очереди только в одну … ДО».
            Self::OutOfTurnOnCheck => "004 pt.21",
            // «по дате и времени подачи заявления, с точностью до миллисекунд».
            Self::ReceptionTimeCounts => "004 pt.17",
        }
    }
}
