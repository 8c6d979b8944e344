//! Simulate: years of an invented city under a rule set, on a clock of its own.
//!
//! In:    a [`City`] (TOML) and a rule set. Out: a [`Report`]: waiting times by tier, the ratio
//!        that was served, seats that stood idle, breaches that the audit found (none, or it says
//!        so); as text and as a chart.
//! Why:   a change of law is tried on the same families before it is made. What a family decides
//!        depends on the family and not on the rules, so two rule sets can be compared.
//! Never: reads the time; the same city and seed give the same report.
//! Start: [`run`].

mod chart;
mod city;
mod day;
mod dice;
mod report;
mod world;

pub use chart::chart;
pub use city::{City, CityFault, Cohort};
pub use dice::Dice;
pub use report::{Month, Report, Served, compare};

use crate::queue::calendar::Calendar;
use crate::queue::rules::RuleSet;

use world::World;

/// Why a simulation stopped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// The calendar has no working days of a year that is reached.
    #[error("the calendar ends before {0}: load that year, or simulate fewer")]
    NoCalendar(i32),
    /// The world contradicted itself: a mistake of the simulation.
    #[error("night of {day}: {what}")]
    Contradiction {
        /// The night.
        day: String,
        /// The first contradiction.
        what: String,
    },
}

/// Lets a city live for its years; `progress` is told each month that ended.
///
/// # Errors
/// [`Stopped`].
pub fn run(
    city: &City,
    rules: &RuleSet,
    calendar: &Calendar,
    mut progress: impl FnMut(&Month),
) -> Result<Report, Stopped> {
    let mut world = World::of(city, rules);
    let mut report = Report::of(city, rules);
    for day in 0..city.days() {
        world.live(day, calendar, &mut report)?;
        if let Some(month) = report.close_month(&world.count(day)) {
            progress(month);
        }
    }
    Ok(report)
}
