//! `kezek bench flow`: registrations by a whole installation, beside pgbench.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use kezek::bench::flow::{Stock, closed, hostile, hostile_messages, registrations};
use kezek::config::Config;
use kezek::sandbox;
use kezek::signature::Signer;

use super::round::{OPEN_SECONDS, Round, UNLOADED_SECONDS, conclude};
use super::stage::{Course, Pgbench, Roles};

const HOSTILE_CLIENTS: usize = 64;
const WHAT: &str = "registrations";

/// Fills, starts, measures, stops.
pub async fn run(course: &Course) -> anyhow::Result<()> {
    let (config, _) = course.fill().await?;
    let folder = std::env::temp_dir().join(format!("kezek-bench-{}", std::process::id()));
    sandbox::forge(&folder)?;
    let measured = measure(course, &config, &folder).await;
    std::fs::remove_dir_all(&folder).ok();
    measured
}

async fn measure(course: &Course, config: &Config, folder: &Path) -> anyhow::Result<()> {
    let roles = Roles::start(folder).await?;
    let keys = folder.join("keys");
    let signer = Signer::load(&keys.join("participant.key"), &keys.join("participant.pem"))?;
    let pgbench = Pgbench::prepare(course, config)?;
    let rounds = u64::try_from(course.rounds)?;
    // Enough for every loop at twice what this machine is expected to do.
    let count = rounds * (course.seconds + OPEN_SECONDS + UNLOADED_SECONDS) * 1_500 + 6_000;
    println!("signing {count} registrations beforehand …");
    let settlements = u64::from(course.applications / 100).max(20) / 20;
    let from = u64::from(uuid::Uuid::new_v4().as_fields().0) % 10_000_000;
    let stock = Arc::new(Stock::new(registrations(&signer, from, count, settlements)));
    let endpoint = roles.endpoint();
    closed(&endpoint, &stock, course.clients, Duration::from_secs(3)).await;
    let mut all = Vec::new();
    for number in 1..=course.rounds {
        let round = Round::run(&pgbench, &roles, &stock, course.clients, course.seconds).await?;
        println!("round {number}: {}", round.told(WHAT));
        all.push(round);
    }
    println!("flow: {}", conclude(&all, WHAT));
    print_memory(&roles, "under load");
    attack(&endpoint, Duration::from_secs(course.seconds)).await;
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
