//! Evidence: where the truth of a benefit is known, whose circumstance it is, how long it is good.
//!
//! Law:   004 pt.11, 29, 1_6 st.4, 1_9 p.6–8, p.10; decisions D-75 to D-77, D-82.
//! In:    days and what a register answered. Out: whether the benefit counts.
//! Start: [`Benefit::source`], [`at_distribution`].

use crate::queue::benefit::Benefit;
use crate::queue::rules::RuleSet;
use crate::terms::{Day, Moment};

/// Who keeps the truth of a benefit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// ЦБДИ: the register of persons with disabilities.
    DisabilityRegister,
    /// НОБД: the education database.
    EducationDatabase,
    /// ЭНПВП: the register of families with many children.
    LargeFamilyRegister,
    /// The place of work, by a certificate.
    Workplace,
}

impl Source {
    /// The code in rows and tables.
    pub fn code(self) -> &'static str {
        match self {
            Self::DisabilityRegister => "DISABILITY_REGISTER",
            Self::EducationDatabase => "EDUCATION_DATABASE",
            Self::LargeFamilyRegister => "LARGE_FAMILY_REGISTER",
            Self::Workplace => "WORKPLACE",
        }
    }
}

/// Whose circumstance gives the benefit, so that it may be claimed for the child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ground {
    /// The child's own.
    Child,
    /// The family's.
    Family,
    /// That of a legal representative, who need not be the applicant (1_9 p.1 «законном
    /// представителе ребенка, обеспечивающем его льготу»).
    Representative,
}

impl Ground {
    /// The code in rows and tables.
    pub fn code(self) -> &'static str {
        match self {
            Self::Child => "CHILD",
            Self::Family => "FAMILY",
            Self::Representative => "REPRESENTATIVE",
        }
    }
}

impl Benefit {
    /// Who keeps its truth.
    pub fn source(self) -> Source {
        match self {
            // 1_9 p.6 «справка с места работы».
            Self::MilitaryService | Self::SpecialService => Source::Workplace,
            // 1_9 p.7(1), (2); p.8 «ЕО НОБД … проверяет на наличие у ребенка льготы».
            Self::Pedagogue | Self::Orphan | Self::SpecialEducationalNeeds => {
                Source::EducationDatabase
            }
            // 1_9 p.7(3), (4).
            Self::ParentWithDisability | Self::DisabledChildInFamily => Source::DisabilityRegister,
            // 1_9 p.7(5).
            Self::LargeFamily => Source::LargeFamilyRegister,
        }
    }

    /// Whose circumstance it is.
    pub fn ground(self) -> Ground {
        match self {
            Self::MilitaryService
            | Self::SpecialService
            | Self::Pedagogue
            | Self::ParentWithDisability => Ground::Representative,
            Self::Orphan | Self::SpecialEducationalNeeds => Ground::Child,
            Self::DisabledChildInFamily | Self::LargeFamily => Ground::Family,
        }
    }
}

/// Why a certificate shows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stale {
    /// It was issued after the day on which it is looked at.
    IssuedLater,
    /// It is older than the rules allow.
    TooOld,
}

/// Is a certificate that was issued on `issued` good on `shown`, the day of filing, or that of the
/// comparison with the originals, where a newer one may be shown (D-76)?
///
/// 1_9 p.6 «выданную не позднее 10 календарных дней ко дню подачи заявления»: the tenth day before
/// is in time.
pub fn certificate(issued: Day, shown: Day, rules: &RuleSet) -> Result<(), Stale> {
    let age = shown
        .to_date()
        .signed_duration_since(issued.to_date())
        .num_days();
    if age < 0 {
        Err(Stale::IssuedLater)
    } else if age > i64::from(rules.benefits.certificate_age_days) {
        Err(Stale::TooOld)
    } else {
        Ok(())
    }
}

/// What the owner of a register said on the night of distribution (1_6 st.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The benefit holds.
    Yes,
    /// It does not.
    No,
    /// Nothing; when it last said yes.
    Silent {
        /// That moment, if it ever did.
        last_yes: Option<Moment>,
    },
}

/// What follows for the seat that the child would have by its benefit (D-75).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tonight {
    /// It counts.
    Counts,
    /// The child is general from now on, and has no offer from the former tier tonight.
    Lost,
    /// The seat is held, for `Countdown::SourceDown`; then the child is general.
    Held,
}

/// 1_6 st.4 «убеждается, что льготы являются актуальными».
pub fn at_distribution(answer: Answer, night: Moment, rules: &RuleSet) -> Tonight {
    /// Milliseconds of a day.
    const DAY_MS: i64 = 86_400_000;
    let good_for = i64::from(rules.benefits.source_down.last_yes_days) * DAY_MS;
    match answer {
        Answer::Yes => Tonight::Counts,
        Answer::No => Tonight::Lost,
        Answer::Silent {
            last_yes: Some(yes),
        } if night.millis_since(yes) <= good_for => Tonight::Counts,
        Answer::Silent { .. } => Tonight::Held,
    }
}

/// Is the family to be told that a conclusion or a doctor's referral ends soon (004 pt.21, D-82)?
pub fn ends_soon(valid_until: Day, today: Day, rules: &RuleSet) -> bool {
    let left = valid_until
        .to_date()
        .signed_duration_since(today.to_date())
        .num_days();
    (0..=i64::from(rules.benefits.conclusion_warning_days)).contains(&left)
}

/// Does a conclusion of special educational needs count on this day?
///
/// 1_9 p.8 «проверяет на наличие у ребенка льготы»; its first and its last day are days of it
/// (D-82), the day of its withdrawal is not.
pub fn concluded(from: Day, until: Day, withdrawn: Option<Day>, on: Day) -> bool {
    (from..=until).contains(&on) && withdrawn.is_none_or(|day| on < day)
}
