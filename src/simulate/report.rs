//! Report: what the years brought, in figures that people compare.

use std::fmt::{self, Write as _};

use crate::queue::allocation::{Plan, Why};
use crate::queue::rank::{Standing, Tier};
use crate::queue::rules::RuleSet;
use crate::terms::{Day, Moment};

use super::city::City;
use super::world::Count;

/// What the families of one tier met.
#[derive(Debug, Clone, Default)]
pub struct Served {
    /// Consents.
    pub consents: u32,
    /// Days from filing to consent, one for each.
    pub waited_days: Vec<u32>,
}

/// The end of a month.
#[derive(Debug, Clone, Copy)]
pub struct Month {
    /// Its last day that was lived.
    pub day: Day,
    /// Who waits, by tier in the order of `Tier::ALL`.
    pub waiting: [u32; 3],
    /// Free seats.
    pub free: u32,
}

/// What the years brought.
#[derive(Debug, Clone)]
pub struct Report {
    /// The city.
    pub city: String,
    /// The rule set.
    pub rules: &'static str,
    /// Its ratio: general families between two of the priority tier.
    pub ratio: u32,
    /// By tier, in the order of `Tier::ALL`.
    pub served: [Served; 3],
    /// Nights with a distribution.
    pub nights: u32,
    /// Offers that were made.
    pub offers: u32,
    /// Offers to each of two tiers of those lists in which both asked for more than there was:
    /// priority, general. By them the ratio is judged.
    pub contested: [u32; 2],
    /// Seats that nobody asked for, summed over the nights.
    pub idle_seat_nights: u64,
    /// Referrals that were annulled.
    pub annulled: u32,
    /// Breaches of the law that the audit found, justified envy among them.
    pub breaches: usize,
    /// Month by month.
    pub months: Vec<Month>,
    last: Option<Day>,
}

impl Report {
    pub(super) fn of(city: &City, rules: &RuleSet) -> Self {
        Self {
            city: city.name.clone(),
            rules: rules.id,
            ratio: rules.general_per_priority.get(),
            served: Default::default(),
            nights: 0,
            offers: 0,
            contested: [0; 2],
            idle_seat_nights: 0,
            annulled: 0,
            breaches: 0,
            months: Vec::new(),
            last: None,
        }
    }

    pub(super) fn consented(&mut self, standing: &Standing, when: Moment) {
        let waited = when.millis_since(standing.time).max(0) / 86_400_000;
        let served = &mut self.served[standing.tier as usize];
        served.consents += 1;
        served
            .waited_days
            .push(u32::try_from(waited).unwrap_or(u32::MAX));
    }

    pub(super) fn night(&mut self, plan: &Plan, breaches: usize) {
        self.nights += 1;
        self.breaches += breaches;
        self.offers += u32::try_from(plan.lines.len()).unwrap_or(u32::MAX);
        self.idle_seat_nights += u64::try_from(plan.unasked.len()).unwrap_or(u64::MAX);
        let contested = plan
            .passed
            .iter()
            .any(|why| matches!(why, Why::Outranked { .. }));
        for line in plan.lines.iter().filter(|_| contested) {
            match line.tier {
                Tier::OutOfTurn => {}
                Tier::Priority => self.contested[0] += 1,
                Tier::General => self.contested[1] += 1,
            }
        }
    }

    /// Takes the count of a day; gives the month that ended with the day before it, if one did.
    pub(super) fn close_month(&mut self, count: &Count) -> Option<&Month> {
        let day = count.day?;
        let month = |day: Day| day.to_string().get(..7).map(str::to_owned);
        let ended = self.last.is_some_and(|last| month(last) != month(day));
        self.last = Some(day);
        if !ended {
            return None;
        }
        self.months.push(Month {
            day,
            waiting: count.waiting,
            free: count.free,
        });
        self.months.last()
    }

    /// The share of a percentile of the waiting times of a tier, in days.
    fn waited(&self, tier: Tier, percent: usize) -> Option<u32> {
        let mut days = self.served[tier as usize].waited_days.clone();
        days.sort_unstable();
        days.get((days.len() * percent / 100).min(days.len().saturating_sub(1)))
            .copied()
    }
}

/// A table that people read.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}, by {} (one of {})",
            self.city,
            self.rules,
            self.ratio + 1
        )?;
        writeln!(
            f,
            "{} nights, {} offers, {} referrals annulled",
            self.nights, self.offers, self.annulled
        )?;
        writeln!(
            f,
            "{:<14}{:>10}{:>16}{:>16}",
            "tier", "consents", "median days", "nine of ten"
        )?;
        for tier in Tier::ALL {
            let days = |percent| {
                let days = self.waited(tier, percent);
                days.map_or_else(|| "-".to_owned(), |days| days.to_string())
            };
            writeln!(
                f,
                "{:<14}{:>10}{:>16}{:>16}",
                tier.code(),
                self.served[tier as usize].consents,
                days(50),
                days(90)
            )?;
        }
        let [priority, general] = self.contested;
        writeln!(
            f,
            "contested nights: {priority} priority offers, {general} general ones"
        )?;
        writeln!(
            f,
            "seats that nobody asked for, by nights: {}",
            self.idle_seat_nights
        )?;
        writeln!(
            f,
            "breaches of the law, justified envy among them: {}",
            self.breaches
        )
    }
}

/// Two reports of the same city and the same families, side by side.
pub fn compare(one: &Report, other: &Report) -> String {
    let mut text = String::new();
    let mut row = |name: &str, one: String, other: String| {
        writeln!(text, "{name:<34}{one:>20}{other:>20}").expect("a string can be written to");
    };
    row("", one.rules.to_owned(), other.rules.to_owned());
    for tier in Tier::ALL {
        let days = |report: &Report, percent| {
            let days = report.waited(tier, percent);
            days.map_or_else(|| "-".to_owned(), |days| days.to_string())
        };
        let consents = |report: &Report| report.served[tier as usize].consents.to_string();
        let name = tier.code();
        row(&format!("{name}: consents"), consents(one), consents(other));
        row(
            &format!("{name}: median days"),
            days(one, 50),
            days(other, 50),
        );
        row(
            &format!("{name}: nine of ten, days"),
            days(one, 90),
            days(other, 90),
        );
    }
    let mut figure = |name, of: fn(&Report) -> String| row(name, of(one), of(other));
    figure("offers", |report| report.offers.to_string());
    figure("referrals annulled", |report| report.annulled.to_string());
    figure("idle seats, by nights", |report| {
        report.idle_seat_nights.to_string()
    });
    figure("breaches", |report| report.breaches.to_string());
    text
}
