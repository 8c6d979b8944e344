//! `kezek simulate`: years of an invented city under a rule set, or under two.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use kezek::queue::calendar::Calendar;
use kezek::queue::protocol::Protocol;
use kezek::queue::rules::{self, RuleSet};
use kezek::simulate::{self, City, Report};

/// What is simulated.
#[derive(Args)]
pub struct Simulation {
    /// The city: see fixtures/simulate/aksu.toml
    city: PathBuf,
    /// The rule set
    #[arg(long, default_value = "kz-2023-351-591")]
    rules: String,
    /// Another rule set for the same families
    #[arg(long)]
    compare: Option<String>,
    /// Where to write the chart
    #[arg(long)]
    chart: Option<PathBuf>,
}

/// Simulates and prints.
pub fn run(options: &Simulation) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(&options.city)
        .with_context(|| format!("cannot read {}", options.city.display()))?;
    let city = City::read(&text)?;
    let mut reports = vec![one(&city, &options.rules)?];
    if let Some(other) = &options.compare {
        reports.push(one(&city, other)?);
    }
    for report in &reports {
        println!("{report}");
    }
    if let [one, other] = &reports[..] {
        println!("{}", simulate::compare(one, other));
    }
    if let Some(path) = &options.chart {
        let reports: Vec<&Report> = reports.iter().collect();
        std::fs::write(path, simulate::chart(&reports))
            .with_context(|| format!("cannot write {}", path.display()))?;
        println!("chart: {}", path.display());
    }
    Ok(())
}

fn one(city: &City, rules: &str) -> anyhow::Result<Report> {
    let rules: &RuleSet = rules::by_id(rules).with_context(|| {
        format!(
            "no rule set `{rules}`; there are: {}",
            rules::ALL_IDS.join(", ")
        )
    })?;
    let report = simulate::run(city, rules, Calendar::republic(), |month| {
        let waiting: u32 = month.waiting.iter().sum();
        eprintln!("{}  {} wait, {} seats free", month.day, waiting, month.free);
    })?;
    Ok(report)
}

/// `kezek protocol`: recomputes a night from its protocol.
pub fn recompute(path: &Path) -> anyhow::Result<()> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let protocol = Protocol::read(&text).with_context(|| path.display().to_string())?;
    match protocol.recompute() {
        Ok(()) => {
            println!(
                "night of {}, {}: {} offers follow from what was asked, and no other",
                protocol.taken_at.day(),
                protocol.rules,
                protocol.offers.len()
            );
            Ok(())
        }
        Err(found) => {
            for disagreement in &found {
                println!("{disagreement}");
            }
            bail!("{} offers do not follow from what was asked", found.len())
        }
    }
}
