//! `kezek bench flow`: registrations by a whole installation, beside pgbench.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use clap::Args;
use kezek::bench;
use kezek::bench::flow::{Stock, closed, hostile, hostile_messages, registrations};
use kezek::clock;
use kezek::config::Config;
use kezek::sandbox;
use kezek::signature::Signer;

use super::round::{OPEN_SECONDS, Round, UNLOADED_SECONDS, conclude};
use super::stage::{Pgbench, Roles};
use crate::verbs::{config, registry};

const HOSTILE_CLIENTS: usize = 64;
const WHAT: &str = "registrations";

/// How the flow is measured.
#[derive(Args)]
pub struct FlowBench {
    /// Applications that the register holds before the first message
    #[arg(long, default_value_t = 1_000_000)]
    applications: u32,
    /// Rounds of pgbench, closed loop, one client and open loop, in turn
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds of pgbench and of the closed loop
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Clients of the closed loop
    #[arg(long, default_value_t = 24)]
    clients: usize,
    /// Where pgbench is, if it is not in the PATH
    #[arg(long)]
    pgbench: Option<PathBuf>,
}

/// Fills, starts, measures, stops.
pub async fn run(options: &FlowBench) -> anyhow::Result<()> {
    let config = config()?;
    let database = registry(&config, 4)?;
    database.migrate().await?;
    println!("machine: {}", bench::describe());
    println!(
        "filling the register to {} applications (once; it is kept) …",
        options.applications
    );
    let begun = Instant::now();
    database
        .bench_fill(options.applications, clock::now())
        .await?;
    println!("filled in {:.0} s", begun.elapsed().as_secs_f64());
    let folder = std::env::temp_dir().join(format!("kezek-bench-{}", std::process::id()));
    sandbox::forge(&folder)?;
    let measured = measure(options, &config, &folder).await;
    std::fs::remove_dir_all(&folder).ok();
    measured
}

async fn measure(options: &FlowBench, config: &Config, folder: &Path) -> anyhow::Result<()> {
    let roles = Roles::start(folder).await?;
    let keys = folder.join("keys");
    let signer = Signer::load(&keys.join("participant.key"), &keys.join("participant.pem"))?;
    let pgbench = Pgbench::prepare(options.pgbench.as_deref(), config)?;
    let rounds = u64::try_from(options.rounds)?;
    // Enough for every loop at twice what this machine is expected to do.
    let count = rounds * (options.seconds + OPEN_SECONDS + UNLOADED_SECONDS) * 1_500 + 6_000;
    println!("signing {count} registrations beforehand …");
    let settlements = u64::from(options.applications / 100).max(20) / 20;
    let from = u64::from(uuid::Uuid::new_v4().as_fields().0) % 10_000_000;
    let stock = Arc::new(Stock::new(registrations(&signer, from, count, settlements)));
    let endpoint = roles.endpoint();
    closed(&endpoint, &stock, options.clients, Duration::from_secs(3)).await;
    let mut all = Vec::new();
    for number in 1..=options.rounds {
        let round = Round::run(&pgbench, &roles, &stock, options.clients, options.seconds).await?;
        println!("round {number}: {}", round.told(WHAT));
        all.push(round);
    }
    println!("flow: {}", conclude(&all, WHAT));
    print_memory(&roles, "under load");
    attack(&endpoint, Duration::from_secs(options.seconds)).await;
    print_memory(&roles, "after that");
    ensure!(
        stock.left() > 0,
        "the stock of signed messages ran out; the figures are too low"
    );
    Ok(())
}

async fn attack(endpoint: &str, time: Duration) {
    let messages = Arc::new(hostile_messages(Path::new("fixtures/hostile")));
    let replies = hostile(endpoint, &messages, HOSTILE_CLIENTS, time).await;
    println!(
        "hostile: {} kinds of message from {HOSTILE_CLIENTS} clients, {replies} replies",
        messages.len()
    );
}

fn print_memory(roles: &Roles, when: &str) {
    let (door, worker) = (roles.peak("serve"), roles.peak("work"));
    println!("peak memory {when}: door {door} KiB, worker {worker} KiB");
}
