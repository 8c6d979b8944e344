//! Basis: on what ground a child asks for a queue (основание).
//!
//! Law:   004 pt.20 «при наличии соответствующих оснований и подтверждающих документов», pt.21, 1_1
//!        p.4(3), p.6, p.8, 1_9 p.8; decision D-82.
//! In:    the paper that a kind asks for. Out: the kind; or why the ground is not shown.
//! Start: [`Basis::kind`].

use super::{PreschoolKind, Situation};
use crate::queue::benefit;
use crate::queue::refusal::Refusal;
use crate::terms::Day;

/// Тип заявления (1_1 p.4(3), p.6, p.8), with the paper that its queue asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Общеобразовательная: everybody may stand in it.
    General,
    /// Санаторная: by the referral of a doctor, whose scan is compared with it (1_1 p.8).
    Sanatorium(Days),
    /// Специальная: by a conclusion of the ПМПК, which the register knows (1_1 p.6, 1_9 p.8).
    Special(Days),
}

/// The first and the last day on which a paper counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub from: Day,
    /// The last.
    pub until: Day,
}

/// A conclusion of the ПМПК, as the register has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conclusion {
    /// When it counts.
    pub days: Days,
    /// The day from which it counts no more, if it was withdrawn.
    pub withdrawn: Option<Day>,
}

impl Conclusion {
    /// Does it count on this day?
    pub fn counts(self, on: Day) -> bool {
        benefit::concluded(self.days.from, self.days.until, self.withdrawn, on)
    }
}

impl Basis {
    /// Which kind of queue it asks for.
    pub fn kind(self) -> PreschoolKind {
        match self {
            Self::General => PreschoolKind::General,
            Self::Sanatorium(_) => PreschoolKind::Sanatorium,
            Self::Special(_) => PreschoolKind::Special,
        }
    }

    /// When its paper counts.
    pub fn days(self) -> Option<Days> {
        match self {
            Self::General => None,
            Self::Sanatorium(days) | Self::Special(days) => Some(days),
        }
    }

    /// Is it shown, on the day of filing?
    ///
    /// 004 pt.21 «при наличии заключения ПМПК, действительный статус которого проверяется при
    /// постановке на очередь», «при наличии направления врача, действительный статус которого
    /// проверяется при постановке на очередь» (D-82).
    pub(super) fn shown(self, on: Day, situation: &Situation) -> Result<(), Refusal> {
        let holds = |days: Days| (days.from..=days.until).contains(&on);
        if !self.days().is_none_or(holds) {
            return Err(Refusal::PaperNotValid);
        }
        match self {
            Self::General => Ok(()),
            Self::Sanatorium(_) if situation.care_listed => Ok(()),
            Self::Sanatorium(_) => Err(Refusal::RehabilitationUnknown),
            // 1_9 p.8 «ЕО НОБД в свою очередь проверяет на наличие у ребенка льготы "Дети с особыми
            // образовательными потребностями"».
            Self::Special(_) if !situation.conclusions.iter().any(|it| it.counts(on)) => {
                Err(Refusal::ConclusionUnknown)
            }
            Self::Special(_) if situation.care_listed => Ok(()),
            Self::Special(_) => Err(Refusal::DisorderUnknown),
        }
    }
}
