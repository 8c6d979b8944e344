//! Scope: what a region or a settlement may decide for itself, and from when to when.
//!
//! Law:   004 pt.17 (no power of regions), pt.30 «по решению органа управления образованием
//!        областей»; decisions D-00, D-22, D-24, D-30, D-48, D-49, D-66, D-83.
//! In:    a rule set and an [`Overlay`]. Out: the set as it is amended, or [`NotYours`].
//! Never: lets a level change what only a higher one may.
//! Start: [`RuleSet::with`].

use std::num::NonZeroU32;

use crate::queue::calendar::Term;
use crate::queue::rules::{ContractForm, FreeAccess, RuleSet, Season, TempSeat};
use crate::terms::{Day, Settlement};

/// Who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The ministry.
    Republic,
    /// The education authority of a region, of a city of republican significance or the capital.
    Region,
    /// The education department of a settlement.
    Settlement,
}

/// Область: the first two digits of the codes of its settlements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region([u8; 2]);

impl Region {
    /// The region of a settlement.
    pub fn of(settlement: Settlement) -> Self {
        let code = settlement.as_str().as_bytes();
        Self([code[0], code[1]])
    }
}

/// Where an overlay applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Everywhere.
    Republic,
    /// In the settlements of one region.
    Region(Region),
    /// In one settlement.
    Settlement(Settlement),
}

impl Scope {
    /// Whose decision it is.
    pub fn level(self) -> Level {
        match self {
            Self::Republic => Level::Republic,
            Self::Region(_) => Level::Region,
            Self::Settlement(_) => Level::Settlement,
        }
    }

    /// Does it hold for this settlement?
    pub fn covers(self, settlement: Settlement) -> bool {
        match self {
            Self::Republic => true,
            Self::Region(region) => Region::of(settlement) == region,
            Self::Settlement(one) => one == settlement,
        }
    }
}

/// One field of a rule set, decided otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// `offers.answer`.
    Answer(Term),
    /// `enrolment.form`.
    ContractForm(ContractForm),
    /// `offers.free_access`.
    FreeAccess(FreeAccess),
    /// `general_per_priority`.
    GeneralPerPriority(NonZeroU32),
    /// `queues.min_age_months`.
    MinAgeMonths(Option<u32>),
    /// `referrals.extensions_max`.
    ReferralExtensions(u32),
    /// `queues.regrouping`.
    Regrouping(Option<Season>),
    /// `offers.temp_seat`.
    TempSeat(TempSeat),
}

impl Change {
    /// The field.
    pub fn field(self) -> &'static str {
        match self {
            Self::Answer(_) => "offers.answer",
            Self::ContractForm(_) => "enrolment.form",
            Self::FreeAccess(_) => "offers.free_access",
            Self::GeneralPerPriority(_) => "general_per_priority",
            Self::MinAgeMonths(_) => "queues.min_age_months",
            Self::ReferralExtensions(_) => "referrals.extensions_max",
            Self::Regrouping(_) => "queues.regrouping",
            Self::TempSeat(_) => "offers.temp_seat",
        }
    }

    /// The lowest level that may decide it, and why.
    pub fn lowest_level(self) -> (Level, &'static str) {
        match self {
            // 004 pt.17 sets the ratio and gives regions no power over it (D-30).
            Self::GeneralPerPriority(_) => (Level::Republic, "004 pt.17"),
            // 004 pt.28 sets the term.
            Self::Answer(_) => (Level::Republic, "004 pt.28"),
            // «по решению органа управления образованием областей» (D-83).
            Self::ContractForm(_) => (Level::Region, "004 pt.30"),
            // Undefined in the order; practice of regions (D-49).
            Self::FreeAccess(_) => (Level::Region, "004 pt.40"),
            // 1_10 names the service and nothing else; regions differ (D-66).
            Self::ReferralExtensions(_) => (Level::Region, "004 1_10 No. 19"),
            // A planned window of each region (D-24).
            Self::Regrouping(_) => (Level::Region, "004 pt.21"),
            // A seat kept for the child that is away (D-48).
            Self::TempSeat(_) => (Level::Region, "004 pt.32"),
            // Preschools of a settlement take children from different ages (D-22).
            Self::MinAgeMonths(_) => (Level::Settlement, "004 pt.27"),
        }
    }

    fn apply(self, rules: &mut RuleSet) {
        match self {
            Self::Answer(term) => rules.offers.answer = term,
            Self::ContractForm(form) => rules.enrolment.form = form,
            Self::FreeAccess(access) => rules.offers.free_access = access,
            Self::GeneralPerPriority(ratio) => rules.general_per_priority = ratio,
            Self::MinAgeMonths(months) => rules.queues.min_age_months = months,
            Self::ReferralExtensions(times) => rules.referrals.extensions_max = times,
            Self::Regrouping(season) => rules.queues.regrouping = season,
            Self::TempSeat(seat) => rules.offers.temp_seat = seat,
        }
    }
}

/// A decision of one level, for its settlements and its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlay {
    /// Its name, kept with every decision that it touches.
    pub id: String,
    /// The act by which it was decided.
    pub act: String,
    /// Where it applies.
    pub scope: Scope,
    /// Its first day.
    pub effective_from: Day,
    /// Its last day, if it has one.
    pub effective_until: Option<Day>,
    /// What it decides otherwise.
    pub changes: Vec<Change>,
}

impl Overlay {
    /// Does it hold on this day?
    pub fn holds_on(&self, day: Day) -> bool {
        self.effective_from <= day && self.effective_until.is_none_or(|last| day <= last)
    }
}

/// A level has decided what only a higher one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} is not for this level to decide: {paragraph}")]
pub struct NotYours {
    /// The field.
    pub field: &'static str,
    /// The lowest level that may decide it.
    pub lowest: Level,
    /// The paragraph behind it.
    pub paragraph: &'static str,
}

impl RuleSet {
    /// This set as an overlay amends it.
    pub fn with(&self, overlay: &Overlay) -> Result<Self, NotYours> {
        let mut amended = self.clone();
        for change in &overlay.changes {
            let (lowest, paragraph) = change.lowest_level();
            if overlay.scope.level() > lowest {
                let field = change.field();
                return Err(NotYours {
                    field,
                    lowest,
                    paragraph,
                });
            }
            change.apply(&mut amended);
        }
        Ok(amended)
    }
}
