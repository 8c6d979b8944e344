//! Groups: how many seats a group may have.
//!
//! Law:   004 1_5 st.2 «количеству мест, разрешенных законодательством по возрастной группе», which
//!        names no number; decision D-45.
//! Spec:  СП РК 3.02-110-2012*, annex Л, for groups of correction and of rehabilitation.

use crate::queue::application::PreschoolKind;

/// The most seats of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Groups {
    /// An ordinary group of children of less than three years.
    pub early_seats_max: u32,
    /// Any other ordinary group.
    pub seats_max: u32,
    /// A group for children with a disorder or in rehabilitation, of less than three years.
    pub care_early_seats_max: u32,
    /// The same, older: the most that the annex allows for any of them.
    pub care_seats_max: u32,
}

impl Groups {
    /// The most seats of a group of this kind.
    pub fn seats_max(&self, kind: PreschoolKind, early: bool) -> u32 {
        match (kind, early) {
            (PreschoolKind::General, true) => self.early_seats_max,
            (PreschoolKind::General, false) => self.seats_max,
            (PreschoolKind::Sanatorium | PreschoolKind::Special, true) => self.care_early_seats_max,
            (PreschoolKind::Sanatorium | PreschoolKind::Special, false) => self.care_seats_max,
        }
    }
}
