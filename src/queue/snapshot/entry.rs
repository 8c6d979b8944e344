//! An entry: one application in the queue of one preschool (D-10).

use crate::queue::application::PreschoolKind;
use crate::queue::rank::{Presence, Standing};
use crate::queue::seat::{Ages, Care};

use super::{Applying, ChoiceState, Group};
use crate::queue::rules::RuleSet;

/// Which queue of a desk: 004 pt.16, pt.26; D-10, D-11.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueueKey {
    /// General: «для каждого года рождения отдельно».
    BirthYear(i32),
    /// Sanatorium: by the kind of rehabilitation, or for all kinds where the rule set joins them.
    Rehabilitation(Care),
    /// Special: by the band of ages that the preschool serves, if one fits, and the disorder, where
    /// the rule set parts them (D-11).
    Special {
        /// The youngest band of such groups that serves the child.
        ages: Option<Ages>,
        /// The disorder.
        care: Care,
    },
}

impl QueueKey {
    /// The queue of an application at the desk of these groups.
    pub fn of<'g>(
        application: &Applying,
        groups: impl Iterator<Item = &'g Group>,
        year: i32,
        rules: &RuleSet,
    ) -> Self {
        let birth_year = application.birth_date.year();
        match application.kind {
            PreschoolKind::General => Self::BirthYear(birth_year),
            PreschoolKind::Sanatorium if rules.queues.sanatorium_by_rehab => {
                Self::Rehabilitation(application.care)
            }
            PreschoolKind::Sanatorium => Self::Rehabilitation(Care::Ordinary),
            PreschoolKind::Special => {
                let fits = |group: &&Group| {
                    group.fit.care == application.care
                        && group.fit.ages.serve(birth_year, year, rules)
                };
                let ages = groups.filter(fits).map(|group| group.fit.ages).min();
                let by_disorder = rules.queues.special_by_disorder;
                Self::Special {
                    ages,
                    care: if by_disorder {
                        application.care
                    } else {
                        Care::Ordinary
                    },
                }
            }
        }
    }
}

/// One application in one queue, as far as its rank goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Position of the application in the snapshot.
    pub application: u32,
    /// Position of the choice in the application.
    pub choice: u8,
    /// Where it stands by itself.
    pub standing: Standing,
    /// How it is present in this queue.
    pub presence: Presence,
}

impl Applying {
    /// Where the entry of one choice stands: the time of the application, but for a preschool
    /// that was added again after the family's own refusal (D-16).
    pub fn standing_at(&self, choice: usize) -> Standing {
        let own = self.choices.get(choice).and_then(|choice| choice.filed_at);
        Standing {
            time: own.unwrap_or(self.standing.time),
            ..self.standing
        }
    }

    /// How the entry of one choice is present; `offered` says of the pending offer of the
    /// application, if there is one, its turn where it is of this very queue.
    ///
    /// A closed choice has no entry.
    pub fn presence_at(&self, choice: usize, offered: Option<Option<u32>>) -> Option<Presence> {
        match self.choices.get(choice)?.state {
            ChoiceState::Closed => None,
            ChoiceState::Parked => Some(Presence::Parked),
            ChoiceState::Standing => Some(match offered {
                Some(Some(turn)) => Presence::OfferedHere { turn },
                Some(None) => Presence::OfferedElsewhere,
                None => self.presence,
            }),
        }
    }
}
