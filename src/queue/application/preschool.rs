//! Preschool: its kind, which is that of its queues, and what each kind alone decides (вид ДО).
//!
//! Law:   004 pt.2(14)–(16), (19)–(21), pt.16, pt.18, pt.19, pt.21, pt.27, 1_1 p.4(20), p.6, p.8,
//!        1_9 p.9; decisions D-19, D-23.
//! Start: [`PreschoolKind`].

use crate::queue::coded::coded;
use crate::queue::rules::RuleSet;
use crate::terms::PreschoolId;

/// What the register holds of one preschool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreschoolFacts {
    /// Which one.
    pub id: PreschoolId,
    /// Does it take children?
    pub status: PreschoolStatus,
    /// Which queues does it have?
    pub kind: PreschoolKind,
}

coded! {
    /// Is a preschool «успешно зарегистрированная и действительная» (1_9 p.9)?
    PreschoolStatus {
        /// It takes children.
        Active = "ACTIVE",
        /// It takes children no longer.
        Closed = "CLOSED",
    }
}

coded! {
    /// Вид очереди: the kind of a preschool and of its queues (004 pt.2(14)–(16), (19)–(21)).
    PreschoolKind {
        /// Общеобразовательная.
        General = "GENERAL",
        /// Санаторная.
        Sanatorium = "SANATORIUM",
        /// Специальная.
        Special = "SPECIAL",
    }
}

impl PreschoolKind {
    /// The most preschools in one application: 1_1 p.4(20) «от 1 до 4 ДО», p.6, p.8 «от 1 до 2 ДО».
    pub fn choices_max(self, rules: &RuleSet) -> usize {
        match self {
            Self::General => rules.choices_max,
            Self::Sanatorium => rules.queues.sanatorium_choices_max,
            Self::Special => rules.queues.special_choices_max,
        }
    }

    /// Do benefits order its queues? 004 pt.18, pt.19 «Льготы … не применяются» (D-19).
    pub fn knows_benefits(self, rules: &RuleSet) -> bool {
        match self {
            Self::General => true,
            Self::Sanatorium | Self::Special => rules.queues.benefits_in_special,
        }
    }

    /// The birthday in whose preschool year a child leaves its queues: 004 pt.21 «до исполнения
    /// полных 6 лет»; with a conclusion of the ПМПК a year later (pt.27, D-23).
    pub fn leaving_age_years(self, rules: &RuleSet) -> u32 {
        match self {
            Self::General | Self::Sanatorium => rules.leaving_age_years,
            Self::Special => rules.queues.special_leaving_age_years,
        }
    }
}
