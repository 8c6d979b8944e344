//! Seat: a free place and whom it fits (свободное место).
//!
//! Law:   004 pt.16, pt.25–27, 1_5 p.3; decisions D-11 to D-13, D-23, D-48, D-50.
//! In:    what a preschool registers of its groups. Out: whom a seat of them fits, or why not.
//! Start: [`Fit::takes`].

use std::fmt;

use crate::queue::application::PreschoolKind;
use crate::queue::calendar;
use crate::queue::rules::RuleSet;
use crate::terms::{Day, PreschoolId, TeachingLanguage};

/// What a group is for: 004 pt.26(2) «виду нарушения развития», pt.26(3) «виду реабилитации или
/// профилактики». Numbers are those of the directories that the services serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Care {
    /// An ordinary group.
    Ordinary,
    /// Children with this kind of disorder (special preschools).
    Disorder(u16),
    /// Children in this kind of rehabilitation or prevention (sanatorium preschools).
    Rehabilitation(u16),
}

impl Care {
    /// Is this what preschools of the kind offer?
    pub fn is_of(self, kind: PreschoolKind) -> bool {
        match self {
            Self::Ordinary => kind == PreschoolKind::General,
            Self::Disorder(_) => kind == PreschoolKind::Special,
            Self::Rehabilitation(_) => kind == PreschoolKind::Sanatorium,
        }
    }
}

/// Возрастная периодизация группы: which children a group serves (004 pt.26, 1_5 p.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ages {
    /// Children of these full years by the calendar year, both ends included (004 pt.27).
    Band {
        /// The youngest.
        from: u8,
        /// The oldest.
        to: u8,
    },
    /// Children born in this year: a preschool may fix it when it registers seats (D-12).
    BirthYear(i32),
}

impl Ages {
    /// How many years of birth are served; none where the band is reversed.
    pub fn years(self) -> u32 {
        match self {
            Self::Band { from, to } if from <= to => u32::from(to - from) + 1,
            Self::Band { .. } => 0,
            Self::BirthYear(_) => 1,
        }
    }

    /// Is a child of this year of birth served by a distribution in `year`?
    ///
    /// 004 pt.27 «возраст детей учитывается на календарный год, кроме детей, чей возраст не
    /// превышает 6 лет»: the age of a child whose entry still lives is capped at six (D-23).
    pub fn serve(self, birth_year: i32, year: i32, rules: &RuleSet) -> bool {
        match self {
            Self::Band { from, to } => {
                let cap = i32::try_from(rules.queues.band_age_max_years).unwrap_or(i32::MAX);
                let age = year.saturating_sub(birth_year).min(cap);
                (i32::from(from)..=i32::from(to)).contains(&age)
            }
            Self::BirthYear(served) => served == birth_year,
        }
    }
}

/// Whom the seats of a group fit. Seats of one preschool with the same fit are one class (D-13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fit {
    /// Which children by age.
    pub ages: Ages,
    /// Язык воспитания.
    pub language: TeachingLanguage,
    /// What the group is for.
    pub care: Care,
}

/// What a family asks of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Needs {
    /// The child's year of birth.
    pub birth_year: i32,
    /// The language without which the family wants no seat; a mere wish never excludes (D-13).
    pub only_language: Option<TeachingLanguage>,
    /// What the child needs.
    pub care: Care,
}

/// Why a seat does not fit a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Misfit {
    /// The group is for children of other years (004 pt.26(1), pt.27).
    Age,
    /// The group is for another disorder or rehabilitation (004 pt.26(2), (3)).
    Care,
    /// The family wants another language only (D-13).
    Language,
}

impl Fit {
    /// Does a seat of this fit suit the child, in a distribution of this year?
    pub fn takes(&self, needs: &Needs, year: i32, rules: &RuleSet) -> Result<(), Misfit> {
        if self.care != needs.care {
            return Err(Misfit::Care);
        }
        if !self.ages.serve(needs.birth_year, year, rules) {
            return Err(Misfit::Age);
        }
        match needs.only_language {
            Some(language) if language != self.language => Err(Misfit::Language),
            Some(_) | None => Ok(()),
        }
    }
}

/// Has a child the least age at which a seat is offered (D-22)? Most rule sets have none.
pub fn old_enough(birth_date: Day, today: Day, rules: &RuleSet) -> bool {
    let least = rules.queues.min_age_months;
    least.is_none_or(|months| calendar::months_after(birth_date, months) <= today)
}

/// Класс мест: the seats of one preschool that fit the same families, with a list of its own
/// (D-13), or in the queue of a settlement with those of its other preschools (D-00). Temporarily
/// free ones stand apart (004 pt.32, D-48).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class {
    /// Whose seats.
    pub preschool: PreschoolId,
    /// Whose place is kept while the child is elsewhere for a time?
    pub temporary: bool,
    /// Whom they fit.
    pub fit: Fit,
}

impl fmt::Display for Care {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ordinary => f.write_str("ordinary"),
            Self::Disorder(kind) => write!(f, "disorder-{kind}"),
            Self::Rehabilitation(kind) => write!(f, "rehabilitation-{kind}"),
        }
    }
}

impl fmt::Display for Ages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Band { from, to } => write!(f, "ages-{from}-{to}"),
            Self::BirthYear(year) => write!(f, "born-{year}"),
        }
    }
}
