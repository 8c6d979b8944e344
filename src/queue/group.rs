//! Group: what a preschool reports of a group and its seats, and what follows for each seat.
//!
//! Law:   004 1_5 st.1, st.2, p.2(3), (4), p.3, 1_10 No. 14, No. 15, pt.25, pt.32; decisions D-12,
//!        D-45 to D-48, D-50.
//! In:    a report, and what is known of the preschool and of the group's seats.
//! Out:   a [`Change`] for each seat that changes, or a refusal.
//! Never: takes a free seat from the queue because a report has fewer of them: such a seat leaves
//!        by a referral or by a recall, which stands in its history.
//! Start: [`register`], [`recall`].

mod change;

pub use change::{Change, Moved, recall};

use crate::queue::application::{PreschoolFacts, PreschoolKind, PreschoolStatus};
use crate::queue::coded::coded;
use crate::queue::lifecycle::seat::State;
use crate::queue::refusal::Refusal;
use crate::queue::rules::RuleSet;
use crate::queue::seat::Ages;
use crate::terms::{Day, Moment};

/// A group whose children are all younger is an early one, and smaller.
const EARLY_YEARS: u8 = 3;

/// Сведения о группе: those of the nine fields of 1_5 p.3 that decide something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Тип группы: which queues its seats go to (pt.26).
    pub kind: PreschoolKind,
    /// Возрастная категория, as the register of codes has it; none where it does not (pt.27).
    pub ages: Option<Ages>,
    /// The year of birth that the preschool has fixed (D-12).
    pub birth_year: Option<i32>,
    /// Количество мест в группе; none closes the group.
    pub seats: u32,
    /// Количество свободных мест, those that are held for a family among them.
    pub free: u32,
    /// How many of the free ones are not of the state order: shown and not distributed (D-50).
    pub paid: u32,
    /// The last day of each taken seat whose child is away for a treatment (pt.32, D-48).
    pub temporary: Vec<Day>,
    /// When it was sent.
    pub sent_at: Moment,
}

impl Report {
    /// Is it a group of children of less than three years?
    fn is_early(&self) -> bool {
        match self.ages {
            Some(Ages::Band { to, .. }) => to < EARLY_YEARS,
            Some(Ages::BirthYear(_)) | None => false,
        }
    }

    /// How many free seats are of the state order, which the queue distributes (pt.25).
    fn of_queue(&self) -> usize {
        self.free.saturating_sub(self.paid) as usize
    }
}

/// What the register knows before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The preschool.
    pub preschool: PreschoolFacts,
    /// Its проектная мощность, where an administrator has loaded it.
    pub capacity: Option<u32>,
    /// The seats of its other groups.
    pub elsewhere: u32,
    /// Has the list of disorders or rehabilitations what the group is said to be for?
    pub purpose_known: bool,
    /// The seats of the group before; none where it is new.
    pub seats_before: u32,
    /// When the last report of the group was sent.
    pub reported_at: Option<Moment>,
    /// The seats of the group that have ever come to a queue and have not ended.
    pub seats: Vec<Seat>,
}

/// A seat as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// Which one.
    pub id: i64,
    /// Who holds it.
    pub state: State,
    /// Is it paid for by the state (pt.25, D-50)?
    pub state_funded: bool,
    /// The last day on which its child is away (pt.32).
    pub away_until: Option<Day>,
}

coded! {
    /// Why a preschool takes free seats back. The order lists no grounds; without one a seat would
    /// leave the queue unexplained (D-47).
    RecallGround {
        /// The state does not pay for the seats any more.
        Funding = "FUNDING",
        /// They were reported by mistake.
        Mistake = "MISTAKE",
        /// The rooms cannot be used.
        Premises = "PREMISES",
        /// Nobody is there to look after the children.
        Staff = "STAFF",
    }
}

/// How a seat counts in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// Its child is away for a time.
    Away,
    /// Nobody sits on it, whether or not it is held for somebody.
    Free,
    /// No seat any more.
    Gone,
    /// A child has it.
    Taken,
}

impl Seat {
    fn standing(&self) -> Standing {
        match self.state {
            State::Free
            | State::FreeAccess
            | State::HeldByOffer
            | State::HeldByReferral
            | State::HeldByEnrolment => Standing::Free,
            State::TempFree | State::TempHeld | State::TempTaken => Standing::Away,
            State::Occupied => Standing::Taken,
            State::New | State::Recalled | State::Closed => Standing::Gone,
        }
    }

    /// 1_5 p.3 «блокирует освобожденные места»: does an offer, a referral or an enrolment hold it?
    pub fn is_blocked(&self) -> bool {
        match self.state {
            State::HeldByOffer
            | State::HeldByReferral
            | State::HeldByEnrolment
            | State::TempHeld
            | State::TempTaken => true,
            State::New
            | State::Free
            | State::FreeAccess
            | State::Occupied
            | State::TempFree
            | State::Recalled
            | State::Closed => false,
        }
    }
}

/// Registers what is reported: 1_5 st.2 «проверяет соответствие проектной мощности, количеству
/// мест, разрешенных законодательством по возрастной группе», then what follows for each seat.
///
/// # Errors
/// The refusal of the first check that fails.
pub fn register(report: &Report, known: &Known, rules: &RuleSet) -> Result<Vec<Change>, Refusal> {
    of_this_preschool(report, known)?;
    in_its_time(report, known, rules)?;
    within_capacity(report, known, rules)?;
    change::follow(report, &known.seats, rules)
}

fn of_this_preschool(report: &Report, known: &Known) -> Result<(), Refusal> {
    let preschool = known.preschool;
    if preschool.status != PreschoolStatus::Active {
        return Err(Refusal::PreschoolClosed(preschool.id));
    }
    // pt.26: a seat goes to a queue of the preschool, and those are of its kind.
    if preschool.kind != report.kind {
        return Err(Refusal::GroupOfAnotherKind);
    }
    known
        .purpose_known
        .then_some(())
        .ok_or(Refusal::PurposeUnknown)
}

fn in_its_time(report: &Report, known: &Known, rules: &RuleSet) -> Result<(), Refusal> {
    // p.2(4) «обновленных сведений»: messages may overtake each other.
    if known.reported_at.is_some_and(|last| report.sent_at < last) {
        return Err(Refusal::ReportOutdated);
    }
    let ages = report.ages.ok_or(Refusal::AgeCategoryUnknown)?;
    // D-12: a year that the category does not serve, this year or after the groups have moved on.
    let year = report.sent_at.day().year();
    let served = |born: i32| ages.serve(born, year, rules) || ages.serve(born, year + 1, rules);
    match report.birth_year {
        Some(born) if !served(born) => Err(Refusal::BirthYearNotOfAges),
        Some(_) | None => Ok(()),
    }
}

fn within_capacity(report: &Report, known: &Known, rules: &RuleSet) -> Result<(), Refusal> {
    // Whoever has too many may always have fewer.
    if report.seats < known.seats_before {
        return Ok(());
    }
    if report.seats > rules.groups.seats_max(report.kind, report.is_early()) {
        return Err(Refusal::GroupTooLarge);
    }
    let capacity = known.capacity.ok_or(Refusal::CapacityUnknown)?;
    match known.elsewhere.saturating_add(report.seats) <= capacity {
        true => Ok(()),
        false => Err(Refusal::CapacityExceeded),
    }
}
