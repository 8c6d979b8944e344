//! Rows found by their numbers.

use crate::terms::PreschoolId;

use super::{Contradiction, Snapshot};

/// Positions of rows, found by their number.
#[derive(Debug)]
pub(super) struct ById(Vec<(i64, u32)>);

impl ById {
    /// Of these numbers, in the order of the rows; `twice` gets each number that is not alone.
    pub(super) fn of(ids: impl Iterator<Item = i64>, mut twice: impl FnMut(i64)) -> Self {
        let mut sorted: Vec<(i64, u32)> = ids.zip(0..).collect();
        sorted.sort_unstable();
        for pair in sorted.windows(2) {
            if pair[0].0 == pair[1].0 {
                twice(pair[1].0);
            }
        }
        Self(sorted)
    }

    pub(super) fn find(&self, id: i64) -> Option<u32> {
        let at = self.0.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        Some(self.0[at].1)
    }
}

/// Preschools in the order of their numbers.
pub(super) struct Preschools(Vec<(PreschoolId, u32)>);

impl Preschools {
    pub(super) fn of(snapshot: &Snapshot, wrong: &mut Vec<Contradiction>) -> Self {
        let mut sorted: Vec<_> = snapshot
            .preschools
            .iter()
            .map(|row| row.id)
            .zip(0..)
            .collect();
        sorted.sort_unstable();
        for pair in sorted.windows(2) {
            if pair[0].0 == pair[1].0 {
                wrong.push(Contradiction::PreschoolTwice {
                    preschool: pair[1].0,
                });
            }
        }
        Self(sorted)
    }

    pub(super) fn find(&self, id: PreschoolId) -> Option<u32> {
        let at = self.0.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        Some(self.0[at].1)
    }
}
