//! Deficit: children who ask for a place, against the places that are free (дефицит мест).
//!
//! Law:   004 pt.36, pt.41(5)–(7), 1_10 No. 23; decisions D-17, D-23, D-143.
//! In:    for each application the queues where it stands. Out: where it is counted, and as what.
//! Never: counts a child twice: one that stands in four queues needs one place.
//! Start: [`Asking::counted_at`], [`Balance::deficit`].

/// An application as far as the need goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking<P> {
    /// The child's year of birth.
    pub birth_year: i32,
    /// Has the child a lasting place by a contract in force, which it wants to change (pt.41(7))?
    pub enrolled: bool,
    /// Where it stands, in the order sent.
    pub choices: Vec<Choice<P>>,
}

/// One queue in which it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice<P> {
    /// The preschool.
    pub preschool: P,
    /// The wish of the family, if it named one (D-17).
    pub preference: Option<u8>,
    /// The number in the published list.
    pub number: u32,
}

/// As what an application is counted (D-143).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// «по причине смены организации»: the child has a place and asks for another.
    Change,
    /// The child is not yet of the age of any group.
    Later,
    /// «чистая потребность».
    Now,
}

/// The youngest group serves children of one year, by the calendar year (pt.27).
const YOUNGEST_YEARS: i32 = 1;

impl<P: Copy> Asking<P> {
    /// The preschool at which the child is counted: the most preferred one, where the family named
    /// its preferences, else the one where its number is smallest, ties by the order sent.
    pub fn counted_at(&self) -> Option<P> {
        // All choices carry a preference, or none does (D-17).
        let rank = |choice: &&Choice<P>| (choice.preference, choice.number);
        self.choices
            .iter()
            .min_by_key(rank)
            .map(|choice| choice.preschool)
    }

    /// As what the child is counted in this calendar year.
    pub fn need(&self, year: i32) -> Need {
        if self.enrolled {
            Need::Change
        } else if year - self.birth_year < YOUNGEST_YEARS {
            Need::Later
        } else {
            Need::Now
        }
    }
}

/// Need and places of a preschool, or of all that lie in an area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Balance {
    /// Children who need a place now.
    pub seeking: u32,
    /// Children who have a place and ask for another.
    pub changing: u32,
    /// Children who are not yet of age.
    pub later: u32,
    /// Free places that nobody holds.
    pub free: u32,
}

impl Balance {
    /// Counts a child.
    pub fn count(&mut self, need: Need) {
        match need {
            Need::Change => self.changing += 1,
            Need::Later => self.later += 1,
            Need::Now => self.seeking += 1,
        }
    }

    /// Adds a preschool to an area. The deficit of an area is that of its sums: a free place of one
    /// preschool serves a child who is counted at another.
    pub fn add(&mut self, other: &Self) {
        self.seeking += other.seeking;
        self.changing += other.changing;
        self.later += other.later;
        self.free += other.free;
    }

    /// Дефицит: children for whom there is no place.
    pub fn deficit(&self) -> u32 {
        self.seeking.saturating_sub(self.free)
    }

    /// Профицит: places for which there is no child.
    pub fn surplus(&self) -> u32 {
        self.free.saturating_sub(self.seeking)
    }
}
