//! Rules: every number and choice of the law, named and dated (D-00).
//!
//! Law:   004 pt.17, 21, 1_1 p.4, 1_2; decisions D-20, D-23, D-30, D-31, D-35, D-100.
//! Out:   one [`RuleSet`] per redaction of the law; a decision is taken by one of them.
//! Never: an environment setting. A number changes by a commit to a rule set, with its paragraph.
//! Start: [`current`].

use std::num::NonZeroU32;
use std::sync::LazyLock;

use crate::queue::calendar::DayOfYear;
use crate::queue::rank::Tier;
use crate::terms::Day;

/// Редакция правил: the numbers and choices by which decisions are taken from one day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    /// The name of the set, kept with every decision.
    pub id: &'static str,
    /// The first day on which decisions are taken by it (point 10 of the order itself).
    pub effective_from: Day,
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

/// The rule set by which decisions are taken today.
pub fn current() -> &'static RuleSet {
    &KZ_2023_351_591
}

/// The joint order No. 351 / 591-НҚ, in force from the day of its signature.
static KZ_2023_351_591: LazyLock<RuleSet> = LazyLock::new(|| RuleSet {
    id: "kz-2023-351-591",
    effective_from: Day::from_parts(2023, 11, 30).expect("November has thirty days"),
    // 004 pt.17 «располагаются через каждые три заявления»; «один к пяти» of the same sentence
    // is not followed (D-30).
    general_per_priority: NonZeroU32::new(3).expect("three is not zero"),
    // 004 pt.17 «через каждые три заявления, поданные на общих основаниях»: after them.
    pattern_start: PatternStart::General,
    // 004 1_1 p.4(20) «от 1 до 4 ДО».
    choices_max: 4,
    validity_months: 12,
    special_needs_is_priority: true,
    stated_time_earlier_ms_max: 60_000,
    stated_time_later_ms_max: 2_000,
    // 004 pt.21 «пока не завершен текущий учебный год в ДО»: groups move in August (D-23).
    school_year_end: DayOfYear::new(8, 31).expect("August has thirty-one days"),
    // 004 pt.21 «до исполнения полных 6 лет».
    leaving_age_years: 6,
});
