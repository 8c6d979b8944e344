//! Referral, enrolment, dismissal: how long each step may take, and what becomes of delay.
//!
//! Law:   004 pt.28–31, 1_6, 1_7, 1_10 No. 18, No. 19; decisions D-63, D-66, D-71 to D-73, D-80,
//!        D-81, D-83, D-110, D-111.

use crate::queue::calendar::Term;

/// How long a referral is good for, and how it is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Referrals {
    /// From consent to the registration of the enrolment application (004 pt.28, D-71).
    pub valid: Term,
    /// From consent to the comparison of the originals (004 pt.29, D-72).
    pub originals: Term,
    /// Do both terms stand still while the staff is late (D-72)?
    pub staff_delay_pauses: bool,
    /// How often a referral is extended (1_10 No. 19, D-66).
    pub extensions_max: u32,
    /// To when it is extended at most, from its issue (D-66).
    pub extension: Term,
    /// How long a refusal after consent may be taken back (004 pt.30, D-63).
    pub undo: Term,
    /// What follows when the benefit by which it was given is not confirmed (004 pt.23, D-73).
    pub unconfirmed_benefit: UnconfirmedBenefit,
}

/// What follows when the benefit by which a referral was given is not confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnconfirmedBenefit {
    /// The application returns to the general tier by its time, without the stop-list.
    General,
    /// It is placed in the stop-list.
    StopList,
}

/// How a child is enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enrolment {
    /// From registration of the enrolment application to the contract (004 pt.30).
    pub contract: Term,
    /// Is the application registered without the family (1_7 st.1, D-71)?
    pub auto_register: bool,
    /// In which form the contract is made (004 pt.30, D-83).
    pub form: ContractForm,
    /// Does a term that the preschool let lapse begin anew (004 pt.30, D-80)?
    pub renewed_if_preschool_is_late: bool,
    /// How long the department has to confirm a refusal of the preschool (D-81).
    pub refusal_review: Term,
}

/// In which form a contract is made, by decision of the region (004 pt.30).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContractForm {
    /// Whichever the family chooses.
    Either,
    /// Electronic.
    Electronic,
    /// On paper.
    Paper,
}

/// How a child leaves a preschool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dismissal {
    /// After which the child is dismissed though the preschool did nothing (004 pt.31).
    pub ignored: Term,
    /// How long the owner of the contract may think (1_8 No. 17, D-111).
    pub owner_reply: Term,
    /// What the silence of the owner means (D-111).
    pub owner_silence: OwnerSilence,
    /// Does this system keep the term where the region's does not (004 pt.31, D-110)?
    pub fallback_owner: bool,
}

/// What the silence of the owner of a contract means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerSilence {
    /// Consent.
    Agreed,
    /// No consent; the department looks into it.
    NotAgreed,
}
