//! Standing: how an application stays in the queue, is barred from offers, and is warned.
//!
//! Law:   004 pt.29, 30, 33, 34, 42, 1_2 p.3, 1_8 No. 6, 1_9 p.6; decisions D-37, D-75, D-76, D-79,
//!        D-82, D-90, D-91, D-102 to D-105, D-124.

use crate::queue::calendar::{SendingHours, Term};

/// How long an application is barred from offers, by ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StopList {
    /// The referral lapsed (004 pt.33(1), pt.34).
    pub referral: Term,
    /// The benefit was not confirmed in time (004 pt.29, pt.33(1), pt.34).
    pub originals: Term,
    /// The family let the enrolment lapse (004 pt.30, pt.33(2), D-90).
    pub enrolment: Term,
    /// An offer was not answered: no ground of pt.33, and none in its rule set (D-61).
    pub silence: Option<Term>,
    /// An offer was refused: no ground of pt.33 either (D-62).
    pub refusal: Option<Term>,
    /// May it be left early (004 pt.34 «Досрочный выход … не производится»)?
    pub early_exit: bool,
    /// How many persons annul a placement that was wrong (D-91).
    pub annulled_by_persons: u32,
}

/// How an application is kept valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// How one that ended may come back (D-103).
    pub grace: Option<Grace>,
    /// Does anything that the family does extend it (D-102)?
    pub extend_on_activity: bool,
    /// How many days before its end the family is reminded, the first reminder first (D-102).
    pub reminder_days: &'static [u32],
    /// Over how many channels a reminder is tried before an application is archived (D-104).
    pub delivery_attempts: u32,
    /// Does its end wait for a pending offer or referral (D-37)?
    pub suspended_by_offer: bool,
    /// How long a refused filing keeps its time, so that it can be corrected (D-79).
    pub correction: Term,
    /// Does a migrated application without a choice wait for it without end (D-105)?
    pub migrated_waits: bool,
}

/// How an application that ended by time or silence comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grace {
    /// For how long.
    pub term: Term,
    /// How often.
    pub times: u32,
}

/// How benefits are shown to be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BenefitRules {
    /// The greatest age of a certificate from work on the day of filing (1_9 p.6, D-76).
    pub certificate_age_days: u32,
    /// May a newer certificate be shown at the comparison of originals (D-76)?
    pub fresh_certificate: bool,
    /// What a silent register means on the night of distribution (D-75).
    pub source_down: SourceDown,
    /// How many places from the head benefits are looked up again each night (D-75).
    pub recheck_places: u32,
    /// How many days before its end the family is told that a conclusion ends (D-82).
    pub conclusion_warning_days: u32,
}

/// What a silent register means on the night of distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceDown {
    /// For how many days its last "yes" counts.
    pub last_yes_days: u32,
    /// How many hours the seat is then held, before the child is general.
    pub hold_hours: u32,
}

/// When families are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Messages {
    /// Between which hours messages are sent, and when warnings are (D-44, D-124).
    pub hours: SendingHours,
    /// How long before its end a term is warned of (1_8 No. 10, No. 11, No. 13).
    pub lead_hours: u32,
}
