//! Rules: every number and choice of the law, named, dated and scoped (D-00).
//!
//! Law:   004 pt.17, 21, 1_1 p.4, 1_2; decisions D-20, D-23, D-30, D-31, D-35, D-100; each group of
//!        fields names its own.
//! Out:   one [`RuleSet`] per redaction of the law; a decision is taken by one of them, amended by
//!        the [`Overlay`]s of its region and settlement ([`RuleBook::in_force`]).
//! Never: an environment setting. A number changes by a commit to a rule set, with its paragraph.
//! Start: [`current`]; [`RuleSet::check`] says whether a set may be loaded.

mod book;
mod check;
mod enrolment;
mod groups;
mod offers;
mod queues;
mod scope;
mod sets;
mod standing;

use std::num::NonZeroU32;

use crate::queue::calendar::DayOfYear;
use crate::queue::rank::Tier;
use crate::terms::Day;

pub use book::{InForce, RuleBook, Unloadable};
pub use check::Contradiction;
pub use enrolment::{
    ContractForm, Dismissal, Enrolment, OwnerSilence, Referrals, UnconfirmedBenefit,
};
pub use groups::Groups;
pub use offers::{FreeAccess, OfferMode, Offers, RefusalPolicy, Reoffer, SilencePolicy, TempSeat};
pub use queues::{KeptTime, QueueScope, Queues, Season};
pub use scope::{Change, Level, NotYours, Overlay, Region, Scope};
pub use sets::{ALL_IDS, by_id, current};
pub use standing::{BenefitRules, Grace, Messages, SourceDown, StopList, Validity};

/// Редакция правил: the numbers and choices by which decisions are taken from one day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    /// The name of the set, kept with every decision.
    pub id: &'static str,
    /// The first day on which decisions are taken by it (point 10 of the order itself).
    pub effective_from: Day,
    /// The last such day; none while no act has replaced it (D-00).
    pub effective_until: Option<Day>,
    /// How many general applications stand between two of the priority tier (004 pt.17, D-30).
    pub general_per_priority: NonZeroU32,
    /// Which of the two tiers an untouched queue begins with (004 pt.17, D-31).
    pub pattern_start: PatternStart,
    /// The most preschools in one application for the general queue (004 1_1 p.4(20)).
    pub choices_max: usize,
    /// How long an application stands before it must be extended (D-100; at most a year, 1_2).
    pub validity_months: u32,
    /// Does the benefit of special educational needs give the priority tier (1_9 p.8, D-20)?
    pub special_needs_is_priority: bool,
    /// How much earlier than its reception a stated time of filing may be (004 pt.17, D-35).
    pub stated_time_earlier_ms_max: i64,
    /// How much later than its reception a stated time of filing may be (004 pt.17, D-35).
    pub stated_time_later_ms_max: i64,
    /// The last day of a preschool year (004 pt.21, D-23).
    pub school_year_end: DayOfYear,
    /// The birthday in whose preschool year a child leaves the queue (004 pt.21, D-23).
    pub leaving_age_years: u32,
    /// How queues are formed, and who stands in them.
    pub queues: Queues,
    /// How large groups may be.
    pub groups: Groups,
    /// How seats are offered, and what an answer does.
    pub offers: Offers,
    /// How long a referral is good for, and how it is confirmed.
    pub referrals: Referrals,
    /// How a child is enrolled.
    pub enrolment: Enrolment,
    /// How a child leaves a preschool.
    pub dismissal: Dismissal,
    /// How long an application is barred from offers, by ground.
    pub stop_list: StopList,
    /// How an application is kept valid.
    pub validity: Validity,
    /// How benefits are shown to be true.
    pub benefits: BenefitRules,
    /// When families are told.
    pub messages: Messages,
}

/// What an untouched queue begins with (D-31).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatternStart {
    /// A full row of general applications, then the first one of the priority tier.
    General,
    /// The first application of the priority tier.
    Priority,
}

impl PatternStart {
    /// The tier that an untouched queue begins with.
    pub fn tier(self) -> Tier {
        match self {
            Self::General => Tier::General,
            Self::Priority => Tier::Priority,
        }
    }
}
