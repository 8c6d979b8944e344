//! The terms that run in the machines of one child, counted in days.

use std::collections::BTreeMap;

use kezek::queue::calendar::Term;
use kezek::queue::lifecycle::{Countdown, Machine, Step};
use kezek::queue::rules::RuleSet;

/// A term of one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// How many days are left.
    pub left: u32,
    pub running: bool,
}

/// Every term that runs or was stopped, by machine.
#[derive(Debug, Clone, Default)]
pub struct Clocks {
    all: BTreeMap<(&'static str, Countdown), Clock>,
    /// Nobody acts for the child: the terms of the family stand still (D-26).
    pub nobody_acts: bool,
}

/// A term of hours fills the day.
fn days(countdown: Countdown, rules: &RuleSet) -> u32 {
    match countdown.term(rules) {
        Some(Term::Hours(hours)) => hours.div_ceil(24),
        Some(term) => term.count(),
        None => panic!("{} has no term", countdown.code()),
    }
}

impl Clocks {
    /// What a step out of this state does to the terms of its machine.
    pub fn follow<M: Machine>(&mut self, from: M, step: &Step<M>, rules: &RuleSet) {
        let own = self
            .all
            .iter_mut()
            .filter(|((name, _), _)| *name == M::NAME);
        if step.next != from {
            own.for_each(|(_, clock)| clock.running = false);
        }
        for &countdown in step.countdowns {
            let left = days(countdown, rules);
            let running = true;
            self.all
                .insert((M::NAME, countdown), Clock { left, running });
        }
        for &countdown in step.resumed {
            let left = days(countdown, rules);
            let running = false;
            let clock = self.all.entry((M::NAME, countdown));
            clock.or_insert(Clock { left, running }).running = true;
        }
        if step.next.ended() {
            self.forget::<M>();
        }
    }

    /// The thing of this machine is over, and another one begins.
    pub fn forget<M: Machine>(&mut self) {
        self.all.retain(|(name, _), _| *name != M::NAME);
    }

    /// How many days are left of a term that runs.
    pub fn left<M: Machine>(&self, countdown: Countdown) -> Option<u32> {
        let clock = self.all.get(&(M::NAME, countdown))?;
        let stands_still = self.nobody_acts && countdown.of_the_family();
        (clock.running && !stands_still).then_some(clock.left)
    }

    /// Days go by for all terms that run; none of them ends.
    pub fn pass(&mut self, days: u32) {
        for ((name, countdown), clock) in &mut self.all {
            let stands_still = self.nobody_acts && countdown.of_the_family();
            if clock.running && !stands_still {
                let place = format!("{name}.{}", countdown.code());
                assert!(clock.left > days, "{place} ends within {days} days");
                clock.left -= days;
            }
        }
    }
}
