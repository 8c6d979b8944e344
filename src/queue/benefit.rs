//! Benefit: who goes ahead of whom, and on what proof (льгота, льготный статус).
//!
//! Law:   004 pt.2(25), pt.11, pt.13, 1_9 p.6–8; 1_1 st.3; decisions D-18 to D-20, D-73 to D-79.
//! Out:   the directory: code, tier, proof, source, ground, paragraph; what follows when one is
//!        confirmed, refused or lost ([`Benefit::consequence`]).
//! Never: decides whether a proof is true; that is a document check or the sender's duty (pt.13).
//! Start: [`Benefit::tier`].

mod consequence;
mod evidence;

pub use consequence::{Choices, Consequence, Finding};
pub use evidence::{
    Answer, Ground, Source, Stale, Tonight, at_distribution, certificate, concluded, ends_soon,
};

use crate::queue::rank::Tier;
use crate::queue::rules::RuleSet;

/// Вид льготы: the ground on which a family claims a tier (004 1_1 p.4(15)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Benefit {
    /// A child with a disability in the family.
    DisabledChildInFamily,
    /// A family with many children.
    LargeFamily,
    /// A parent in military service.
    MilitaryService,
    /// An orphan, or a child without parental care.
    Orphan,
    /// A parent with a disability.
    ParentWithDisability,
    /// A parent who is a pedagogue.
    Pedagogue,
    /// A child with special educational needs.
    SpecialEducationalNeeds,
    /// A parent in a special state body.
    SpecialService,
}

/// How a benefit is shown to be true when the application is filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The sender looked it up in the owner's register and answers for it (004 pt.11, pt.13).
    Attested,
    /// A scan, which an official compares with the original (1_9 p.6, p.10).
    Scan,
}

impl Benefit {
    /// Every benefit.
    pub const ALL: [Self; 8] = [
        Self::DisabledChildInFamily,
        Self::LargeFamily,
        Self::MilitaryService,
        Self::Orphan,
        Self::ParentWithDisability,
        Self::Pedagogue,
        Self::SpecialEducationalNeeds,
        Self::SpecialService,
    ];

    /// The code in messages and rows.
    pub fn code(self) -> &'static str {
        match self {
            Self::DisabledChildInFamily => "DISABLED_CHILD_IN_FAMILY",
            Self::LargeFamily => "LARGE_FAMILY",
            Self::MilitaryService => "MILITARY_SERVICE",
            Self::Orphan => "ORPHAN",
            Self::ParentWithDisability => "PARENT_WITH_DISABILITY",
            Self::Pedagogue => "PEDAGOGUE",
            Self::SpecialEducationalNeeds => "SPECIAL_EDUCATIONAL_NEEDS",
            Self::SpecialService => "SPECIAL_SERVICE",
        }
    }

    /// The benefit of this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|benefit| benefit.code() == code)
    }

    /// The tier that the benefit gives in a general queue once it counts (004 pt.17).
    ///
    /// In special and sanatorium queues it gives none: 004 pt.18, pt.19 «Льготы … не применяются».
    pub fn tier(self, rules: &RuleSet) -> Tier {
        match self {
            // 1_9 p.6 «наличие внеочередной льготы … справка с места работы».
            Self::MilitaryService | Self::SpecialService => Tier::OutOfTurn,
            // 1_9 p.7 «наличие первоочередной льготы», 1) to 5).
            Self::DisabledChildInFamily
            | Self::LargeFamily
            | Self::Orphan
            | Self::ParentWithDisability
            | Self::Pedagogue => Tier::Priority,
            // 1_9 p.8 «льготы "Дети с особыми образовательными потребностями"», absent in p.7.
            Self::SpecialEducationalNeeds if rules.special_needs_is_priority => Tier::Priority,
            Self::SpecialEducationalNeeds => Tier::General,
        }
    }

    /// How it is shown when the application is filed.
    pub fn proof(self) -> Proof {
        match self {
            // 1_1 st.3 «за исключением льгот, относящихся к внеочередным»; 1_9 p.6 «в виде
            // скан-копии».
            Self::MilitaryService | Self::SpecialService => Proof::Scan,
            // 004 pt.11 «проверяют … действительность льготного статуса»; 1_9 p.7, p.10.
            Self::DisabledChildInFamily
            | Self::LargeFamily
            | Self::Orphan
            | Self::ParentWithDisability
            | Self::Pedagogue
            | Self::SpecialEducationalNeeds => Proof::Attested,
        }
    }

    /// The paragraph that names the benefit.
    pub fn paragraph(self) -> &'static str {
        match self {
            Self::DisabledChildInFamily => "004 1_9 p.7(4)",
            Self::LargeFamily => "004 1_9 p.7(5)",
            Self::MilitaryService | Self::SpecialService => "004 1_9 p.6",
            Self::Orphan => "004 1_9 p.7(2)",
            Self::ParentWithDisability => "004 1_9 p.7(3)",
            Self::Pedagogue => "004 1_9 p.7(1)",
            Self::SpecialEducationalNeeds => "004 1_9 p.8",
        }
    }
}
