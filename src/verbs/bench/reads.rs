//! `kezek bench reads`: enquiries by a whole installation, each service and all mixed, beside
//! pgbench.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use clap::Args;
use kezek::bench::flow::{Stock, closed, enquiries};
use kezek::bench::{median, percentile};
use kezek::config::Config;
use kezek::registry::Family;
use kezek::sandbox;
use kezek::services::{CATALOGUE, Lane, Service};
use kezek::signature::Signer;

use super::round::{OPEN_SECONDS, Round, UNLOADED_SECONDS, conclude};
use super::stage::{Course, Pgbench, Roles};

const FAMILIES: i64 = 20_000;
const WHAT: &str = "enquiries";
/// Signed beforehand for each second: above what this machine is expected to answer.
const PER_SECOND: u64 = 2_500;

/// How enquiries are measured.
#[derive(Args)]
pub struct ReadsBench {
    #[command(flatten)]
    course: Course,
    /// Seconds of the closed loop of each service alone, once
    #[arg(long, default_value_t = 3)]
    seconds_each: u64,
    /// Only these services, by their numbers
    #[arg(long, value_delimiter = ',', value_name = "S-…")]
    only: Vec<String>,
}

/// Fills, starts, measures, stops.
pub async fn run(options: &ReadsBench) -> anyhow::Result<()> {
    let (config, database) = options.course.fill().await?;
    let families = database.bench_families(FAMILIES).await?;
    let folder = std::env::temp_dir().join(format!("kezek-bench-{}", std::process::id()));
    sandbox::forge(&folder)?;
    let measured = measure(options, &config, &folder, &families).await;
    std::fs::remove_dir_all(&folder).ok();
    measured
}

async fn measure(
    options: &ReadsBench,
    config: &Config,
    folder: &Path,
    families: &[Family],
) -> anyhow::Result<()> {
    let roles = Roles::start(folder).await?;
    let keys = folder.join("keys");
    let signer = Signer::load(&keys.join("participant.key"), &keys.join("participant.pem"))?;
    let asked = |it: &&Service| {
        let number = it.number.to_owned();
        it.lane == Lane::Read && (options.only.is_empty() || options.only.contains(&number))
    };
    let services: Vec<&Service> = CATALOGUE.iter().filter(asked).collect();
    ensure!(!services.is_empty(), "no read service has such a number");
    let stock = |services: &[&Service], seconds: u64| {
        let messages = enquiries(&signer, services, families, seconds * PER_SECOND);
        Arc::new(Stock::new(messages))
    };
    let pgbench = Pgbench::prepare(&options.course, config)?;
    let time = Duration::from_secs(3);
    closed(
        &roles.endpoint(),
        &stock(&services, 3),
        options.course.clients,
        time,
    )
    .await;
    let mut rounds = Vec::new();
    for number in 1..=options.course.rounds {
        let seconds = options.course.seconds + OPEN_SECONDS + UNLOADED_SECONDS;
        let mixed = stock(&services, seconds);
        let round = Round::run(
            &pgbench,
            &roles,
            &mixed,
            options.course.clients,
            options.course.seconds,
        )
        .await?;
        println!("round {number}: {}", round.told(WHAT));
        rounds.push(round);
    }
    println!("each service alone, closed loop:");
    for service in &services {
        let tps = pgbench.round(options.seconds_each)?;
        let alone = stock(&[service], options.seconds_each);
        let time = Duration::from_secs(options.seconds_each);
        let mut told = closed(&roles.endpoint(), &alone, options.course.clients, time).await;
        told.all_answered().map_err(anyhow::Error::msg)?;
        println!(
            "{} {:<20} {:>6.0} per second; pgbench -c 8: {tps:.0} TPS; {:.1} %; p50 {:.1} ms, p99 {:.1} ms",
            service.number,
            service.request,
            told.rate(),
            100.0 * told.rate() / tps,
            median(&mut told.millis),
            percentile(&mut told.millis, 99.0),
        );
    }
    println!("reads: {}", conclude(&rounds, WHAT));
    println!(
        "peak memory: door {} KiB, worker {} KiB",
        roles.peak("serve"),
        roles.peak("work")
    );
    Ok(())
}
