//! `kezek bench law`: ranks, plan and audit of a country's night, on one core.

use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use kezek::bench::law::{self, Cost};
use kezek::bench::{self, median, percentile};
use kezek::queue::rules::{self, RuleSet};
use kezek::queue::snapshot::Snapshot;

/// How the law is measured.
#[derive(Args)]
pub struct LawBench {
    /// Applications, each for four preschools or as many as the rules allow
    #[arg(long, default_value_t = 1_000_000)]
    applications: usize,
    /// Free seats of the night
    #[arg(long, default_value_t = 50_000)]
    seats: usize,
    /// Rounds of the whole size; the median counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// From which number the country is made
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// By which rule set
    #[arg(long, default_value_t = rules::current().id.to_owned())]
    rules: String,
}

/// Measures and prints: an eighth, a quarter, half and the whole, so that growth is seen.
pub fn run(options: &LawBench) -> anyhow::Result<()> {
    let known = || rules::ALL_IDS.join(", ");
    let rules = rules::by_id(&options.rules)
        .with_context(|| format!("no rule set `{}`; there are: {}", options.rules, known()))?;
    println!("machine: {}; rules: {}", bench::describe(), rules.id);
    println!("CPU time of one core, seconds; per entry and log2 of entries, nanoseconds");
    println!(
        "{:>12} {:>8} {:>9} {:>8} {:>8} {:>8} {:>8} {:>9} {:>12}",
        "applications",
        "seats",
        "offers",
        "check",
        "ranks",
        "plan",
        "audit",
        "together",
        "ns/(n log n)"
    );
    for part in [8, 4, 2, 1] {
        let (applications, seats) = (options.applications / part, options.seats / part);
        let snapshot = law::country(applications, seats, options.seed, rules);
        let rounds = if part == 1 { options.rounds } else { 1 };
        let mut costs: Vec<Cost> = Vec::new();
        for _ in 0..rounds {
            let (cost, _) = law::night(&snapshot, rules).map_err(anyhow::Error::msg)?;
            costs.push(cost);
        }
        let entries = snapshot.applications.iter().map(|row| row.choices.len());
        print((applications, entries.sum(), seats), &costs);
        if part == 1 {
            tell_places(&snapshot, rules);
        }
    }
    if let Some(peak) = bench::peak_memory_kib("self") {
        println!("memory at most: {} MiB", peak / 1024);
    }
    Ok(())
}

fn seconds(costs: &[Cost], of: impl Fn(&Cost) -> Duration) -> f64 {
    let mut seconds: Vec<f64> = costs.iter().map(|cost| of(cost).as_secs_f64()).collect();
    median(&mut seconds)
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn print((applications, entries, seats): (usize, usize, usize), costs: &[Cost]) {
    let together = seconds(costs, |c| c.check + c.ranks + c.plan + c.audit);
    let entries = entries as f64;
    println!(
        "{:>12} {:>8} {:>9} {:>8.3} {:>8.3} {:>8.3} {:>8.3} {:>9.3} {:>12.2}",
        applications,
        seats,
        costs.first().map_or(0, |cost| cost.lines),
        seconds(costs, |c| c.check),
        seconds(costs, |c| c.ranks),
        seconds(costs, |c| c.plan),
        seconds(costs, |c| c.audit),
        together,
        together * 1e9 / (entries * entries.log2()),
    );
}

/// One child's number and its explanation, from one queue of the whole country, loaded.
fn tell_places(snapshot: &Snapshot, rules: &RuleSet) {
    let (queue, listed) = law::one_queue(snapshot);
    let asked: Vec<_> = listed.iter().copied().step_by(97).take(10_000).collect();
    for things in [0, 50] {
        let happened = law::day(&listed, things);
        let took = law::places(&queue, &asked, &happened, rules);
        let mut micros: Vec<f64> = took.iter().map(|took| took.as_secs_f64() * 1e6).collect();
        println!(
            "one child's place in a queue of {}, and why it changed by {} things that happened: \
             median {:.1} µs, p99 {:.1} µs",
            listed.len(),
            happened.len(),
            median(&mut micros),
            percentile(&mut micros, 99.0)
        );
    }
}
