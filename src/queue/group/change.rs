//! Change: what a report or a recall does to each seat of its group.
//!
//! Law:   004 1_5 st.1, p.3, 1_10 No. 15, pt.31, pt.32; decisions D-46 to D-48, D-50.
//! Why:   preschools report counts, and queues give single seats: the counts become seats here, by
//!        the life cycle of a seat and by nothing else (D-46).
//! Start: [`follow`].

use super::{Report, Seat, Standing};
use crate::queue::lifecycle::seat::{self, Event, State};
use crate::queue::refusal::Refusal;
use crate::queue::rules::RuleSet;
use crate::terms::Day;

/// What becomes of one seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which one; none: it is new here.
    pub seat: Option<i64>,
    /// Is it paid for by the state (pt.25, D-50)?
    pub state_funded: bool,
    /// The last day on which its child is away (pt.32).
    pub away_until: Option<Day>,
    /// The events, one at least.
    pub path: Vec<Moved>,
}

/// One event of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Where it stood.
    pub from: State,
    /// What happened.
    pub event: Event,
    /// Where it stands.
    pub to: State,
    /// The paragraph.
    pub law: &'static str,
}

/// What follows from a report for each seat of its group, `seats` as they stand.
pub(super) fn follow(
    report: &Report,
    seats: &[Seat],
    rules: &RuleSet,
) -> Result<Vec<Change>, Refusal> {
    let mut pool = Pool::of(seats, rules);
    let missing = pool.bring_back(report)?;
    pool.let_leave(report)?;
    pool.send_away(missing)?;
    if report.seats == 0 {
        pool.close()?;
    } else {
        pool.fill(report)?;
    }
    Ok(pool.changes)
}

/// Recalls so many free seats of the state order (1_10 No. 15): those that came last, so that
/// what has waited longest in the queue stays there.
///
/// # Errors
/// [`Refusal::SeatsNotFree`] where there are not so many, [`Refusal::SeatsHeld`] where there would
/// be if families did not hold some (1_5 p.3, D-47).
pub fn recall(count: u32, seats: &[Seat], rules: &RuleSet) -> Result<Vec<Change>, Refusal> {
    let mut pool = Pool::of(seats, rules);
    let of_queue = |seat: &&Seat| seat.standing() == Standing::Free && seat.state_funded;
    let (held, mut free): (Vec<Seat>, Vec<Seat>) = seats
        .iter()
        .filter(of_queue)
        .partition(|seat| seat.is_blocked());
    if held.len() + free.len() < count as usize {
        return Err(Refusal::SeatsNotFree);
    }
    if free.len() < count as usize {
        return Err(Refusal::SeatsHeld);
    }
    free.sort_unstable_by_key(|seat| std::cmp::Reverse(seat.id));
    for seat in free.iter().take(count as usize) {
        pool.moved(seat, &[Event::Recalled])?;
    }
    Ok(pool.changes)
}

/// The seats that are still to be looked at, by how they count; changes as they are found.
struct Pool<'r> {
    rules: &'r RuleSet,
    free: Vec<Seat>,
    taken: Vec<Seat>,
    away: Vec<Seat>,
    changes: Vec<Change>,
}

impl<'r> Pool<'r> {
    fn of(seats: &[Seat], rules: &'r RuleSet) -> Self {
        let standing = |wanted: Standing| {
            let those = seats.iter().filter(|seat| seat.standing() == wanted);
            those.copied().collect()
        };
        Self {
            rules,
            free: standing(Standing::Free),
            taken: standing(Standing::Taken),
            away: standing(Standing::Away),
            changes: Vec::new(),
        }
    }

    /// Children whose day is not reported any more are back (pt.32). Gives the days that no seat
    /// stands for yet.
    fn bring_back(&mut self, report: &Report) -> Result<Vec<Day>, Refusal> {
        let mut days = report.temporary.clone();
        // What somebody has for that time is compared first, so that it stays where it can.
        self.away.sort_by_key(|seat| !seat.is_blocked());
        let mut back = Vec::new();
        self.away.retain(|seat| {
            let day = days.iter().position(|day| Some(*day) == seat.away_until);
            match day {
                Some(at) => {
                    days.swap_remove(at);
                    true
                }
                None => {
                    back.push(*seat);
                    false
                }
            }
        });
        for seat in back {
            let seat = Seat {
                away_until: None,
                ..self.moved(&seat, &[Event::ChildBack])?
            };
            self.taken.push(seat);
        }
        Ok(days)
    }

    /// 1_5 st.1 «при выбытии ребенка»: fewer children sit here than seats are known as taken.
    fn let_leave(&mut self, report: &Report) -> Result<(), Refusal> {
        let sitting = report.seats.saturating_sub(report.free) as usize;
        let kept = sitting.saturating_sub(self.away.len());
        let mut wanted = report.of_queue();
        wanted = wanted.saturating_sub(self.free.iter().filter(|seat| seat.state_funded).count());
        while self.taken.len() > kept {
            let Some(seat) = self.taken.pop() else {
                break;
            };
            // A place that goes with its child has never been on offer.
            let events: &[Event] = match (wanted > 0, report.seats) {
                (true, _) => &[Event::ChildDismissed],
                (false, 0) => &[Event::ChildDismissed, Event::GroupClosed],
                (false, _) => &[Event::ChildDismissed, Event::Recalled],
            };
            let seat = self.moved(&seat, events)?;
            if wanted > 0 {
                wanted -= 1;
                self.free.push(seat);
            }
        }
        Ok(())
    }

    /// Children who are away from now on; their seats were taken, whether known here or not.
    fn send_away(&mut self, days: Vec<Day>) -> Result<(), Refusal> {
        for day in days {
            let known = self.taken.pop();
            let seat = known.unwrap_or(Seat {
                id: 0,
                state: State::Occupied,
                state_funded: true,
                away_until: None,
            });
            let path = self.path(seat.state, &[Event::ChildAway])?;
            self.note(Change {
                seat: known.map(|seat| seat.id),
                state_funded: seat.state_funded,
                away_until: Some(day),
                path,
            });
        }
        Ok(())
    }

    /// 1_5 p.2(4): a group without seats is closed, unless somebody holds one of them.
    fn close(&mut self) -> Result<(), Refusal> {
        for seat in std::mem::take(&mut self.free) {
            self.moved(&seat, &[Event::GroupClosed])?;
        }
        Ok(())
    }

    /// As many free seats of each sort as are reported.
    fn fill(&mut self, report: &Report) -> Result<(), Refusal> {
        let (paid, funded): (Vec<Seat>, Vec<Seat>) =
            self.free.iter().partition(|seat| !seat.state_funded);
        let wanted = report.of_queue();
        if wanted < funded.len() {
            return Err(Refusal::FreeSeatsFewer);
        }
        self.add(wanted - funded.len(), true)?;
        // D-50: the queue has no part in these; whoever pays has come without a referral.
        let wanted = report.paid as usize;
        for seat in paid.iter().skip(wanted) {
            self.moved(seat, &[Event::Recalled])?;
        }
        self.add(wanted.saturating_sub(paid.len()), false)
    }

    fn add(&mut self, count: usize, state_funded: bool) -> Result<(), Refusal> {
        for _ in 0..count {
            let path = self.path(State::New, &[Event::Registered])?;
            self.note(Change {
                seat: None,
                state_funded,
                away_until: None,
                path,
            });
        }
        Ok(())
    }

    /// Notes these events of a known seat; gives it as it stands then.
    fn moved(&mut self, seat: &Seat, events: &[Event]) -> Result<Seat, Refusal> {
        let path = self.path(seat.state, events)?;
        let state = path.last().map_or(seat.state, |moved| moved.to);
        self.note(Change {
            seat: Some(seat.id),
            state_funded: seat.state_funded,
            away_until: None,
            path,
        });
        Ok(Seat { state, ..*seat })
    }

    /// A seat to which several things happen goes one way.
    fn note(&mut self, change: Change) {
        let mut noted = self.changes.iter_mut();
        match noted.find(|noted| noted.seat.is_some() && noted.seat == change.seat) {
            Some(noted) => {
                noted.away_until = change.away_until;
                noted.path.extend(change.path);
            }
            None => self.changes.push(change),
        }
    }

    /// What the life cycle says to these events. It refuses only what a family holds, and a seat
    /// that brings something about for a family is not taken from it by a count.
    fn path(&self, from: State, events: &[Event]) -> Result<Vec<Moved>, Refusal> {
        let mut at = from;
        let mut path = Vec::with_capacity(events.len());
        for event in events {
            let step = seat::step(at, *event, self.rules).map_err(|_| Refusal::SeatsHeld)?;
            if !step.causes.is_empty() {
                return Err(Refusal::SeatsHeld);
            }
            path.push(Moved {
                from: at,
                event: *event,
                to: step.next,
                law: step.law,
            });
            at = step.next;
        }
        Ok(path)
    }
}
