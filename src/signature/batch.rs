//! Batches of the journal: what is put under a time-stamp, so that no line can be changed, taken
//! out or slipped in afterwards without being seen.
//!
//! In:    the lines of a batch as octets, and the batch before it. Out: a statement for an
//! authority for time (RFC 3161), and later what differs from it. Each batch names the statement of
//! the one before, so a batch that is taken out is missed by its neighbour. The digests of lines
//! are kept beside the stamp, so that it can be said which line was touched.

use std::fmt;

use super::{hex, sha256};

/// The version of the statement and of the octets of a line; any change of either makes a new one.
const VERSION: &str = "kezek-journal-1";
const DIGEST_OCTETS: usize = 32;

/// A batch: the lines with numbers above `after`, up to and with `through`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// From 1, without a gap.
    pub number: i64,
    /// SHA-256 of the statement before; zeros for the first.
    pub previous: Vec<u8>,
    /// Where the batch before ended.
    pub after: i64,
    /// Where this one ends. Numbers that no line has were given to transactions that were undone.
    pub through: i64,
    /// The numbers of its lines, in order.
    pub lines: Vec<i64>,
    /// SHA-256 of each line, one behind the other.
    pub digests: Vec<u8>,
}

/// How a batch differs from what was stamped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// A line that was not there.
    Added(i64),
    /// A line that says something else.
    Changed(i64),
    /// A line that was there.
    Missing(i64),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added(line) => write!(f, "line {line} was added after the stamp"),
            Self::Changed(line) => write!(f, "line {line} was changed after the stamp"),
            Self::Missing(line) => write!(f, "line {line} is missing"),
        }
    }
}

impl Batch {
    /// The batch that follows another one, over lines with their octets.
    pub fn following<'a>(
        previous: Option<&Self>,
        through: i64,
        lines: impl Iterator<Item = (i64, &'a [u8])>,
    ) -> Self {
        let (numbers, digests): (Vec<i64>, Vec<[u8; DIGEST_OCTETS]>) = lines
            .map(|(number, octets)| (number, sha256(octets)))
            .unzip();
        Self {
            number: previous.map_or(1, |batch| batch.number + 1),
            previous: previous.map_or([0; DIGEST_OCTETS], Self::digest).to_vec(),
            after: previous.map_or(0, |batch| batch.through),
            through,
            lines: numbers,
            digests: digests.concat(),
        }
    }

    /// The octets that are stamped.
    pub fn statement(&self) -> Vec<u8> {
        let mut content = Vec::with_capacity(self.lines.len() * 8 + self.digests.len());
        for (line, digest) in self.lines.iter().zip(self.digests.chunks(DIGEST_OCTETS)) {
            content.extend_from_slice(&line.to_be_bytes());
            content.extend_from_slice(digest);
        }
        format!(
            "{VERSION}\nnumber {}\nprevious {}\nafter {}\nthrough {}\nlines {}\ndigest {}\n",
            self.number,
            hex(&self.previous),
            self.after,
            self.through,
            self.lines.len(),
            hex(&sha256(&content))
        )
        .into_bytes()
    }

    /// What the next batch names it by.
    pub fn digest(&self) -> [u8; DIGEST_OCTETS] {
        sha256(&self.statement())
    }

    /// Whether it follows another one, or none, without a gap.
    pub fn follows(&self, previous: Option<&Self>) -> bool {
        let wanted = Self::following(previous, self.through, std::iter::empty());
        (self.number, &self.previous, self.after) == (wanted.number, &wanted.previous, wanted.after)
    }

    /// Where its lines, as they are now, differ from those that were stamped.
    pub fn differences<'a>(&self, now: impl Iterator<Item = (i64, &'a [u8])>) -> Vec<Difference> {
        let mut found = Vec::new();
        let stamped = self.lines.iter().copied();
        let mut stamped = stamped.zip(self.digests.chunks(DIGEST_OCTETS)).peekable();
        for (line, octets) in now {
            while let Some((lost, _)) = stamped.next_if(|(number, _)| *number < line) {
                found.push(Difference::Missing(lost));
            }
            match stamped.next_if(|(number, _)| *number == line) {
                Some((_, digest)) if sha256(octets) == digest => {}
                Some(_) => found.push(Difference::Changed(line)),
                None => found.push(Difference::Added(line)),
            }
        }
        found.extend(stamped.map(|(lost, _)| Difference::Missing(lost)));
        found
    }
}
