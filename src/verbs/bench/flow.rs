//! `kezek bench flow`: starts the roles, fills the register, and measures beside pgbench.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use kezek::bench::flow::{Stock, closed, hostile, hostile_messages, open, registrations};
use kezek::bench::{self, median, percentile};
use kezek::clock;
use kezek::config::Config;
use kezek::sandbox;
use kezek::signature::Signer;

use crate::verbs::{config, registry};

const READY_TIME_MAX: Duration = Duration::from_secs(30);
const HOSTILE_CLIENTS: usize = 64;
const LANES: &str = "bench.";
const OPEN_SECONDS: u64 = 15;
const UNLOADED_SECONDS: u64 = 4;
/// The open loop runs at this share of the most that was reached.
const STEADY_SHARE: f64 = 0.7;

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
    let pgbench = Pgbench::prepare(options, config)?;
    let rounds = u64::try_from(options.rounds)?;
    // Enough for every loop at twice what this machine is expected to do.
    let count = rounds * (options.seconds + OPEN_SECONDS + UNLOADED_SECONDS) * 1_500 + 6_000;
    println!("signing {count} registrations beforehand …");
    let settlements = u64::from(options.applications / 100).max(20) / 20;
    let from = u64::from(uuid::Uuid::new_v4().as_fields().0) % 10_000_000;
    let stock = Arc::new(Stock::new(registrations(&signer, from, count, settlements)));
    let endpoint = format!("http://{}/shep/sync", roles.door);
    closed(&endpoint, &stock, options.clients, Duration::from_secs(3)).await;
    let mut all = Vec::new();
    for number in 1..=options.rounds {
        let round = Round::run(options, &pgbench, &roles, &endpoint, &stock).await?;
        round.print(number);
        all.push(round);
    }
    conclude(&all);
    print_memory(&roles, "under load");
    attack(&endpoint, Duration::from_secs(options.seconds)).await;
    print_memory(&roles, "after that");
    ensure!(
        stock.left() > 0,
        "the stock of signed messages ran out; the figures are too low"
    );
    Ok(())
}

/// What was measured side by side, within one minute.
struct Round {
    /// TPC-B-like transactions per second of `pgbench -c 8`.
    pgbench: f64,
    /// Registrations per second of the closed loop.
    most: f64,
    /// Median round trip of one client alone, in milliseconds.
    unloaded: f64,
    /// Median and 99th percentile at 70 % of `most`, open loop, in milliseconds.
    steady: (f64, f64),
    /// CPU of door and worker, in milliseconds per registration of the closed loop.
    cpu_ms: f64,
}

impl Round {
    async fn run(
        options: &FlowBench,
        pgbench: &Pgbench,
        roles: &Roles,
        endpoint: &str,
        stock: &Arc<Stock>,
    ) -> anyhow::Result<Self> {
        let tps = pgbench.round(options.seconds)?;
        let before = roles.cpu_ms();
        let time = Duration::from_secs(options.seconds);
        let all = closed(endpoint, stock, options.clients, time).await;
        let cpu_ms = roles_cpu(roles.cpu_ms() - before, all.millis.len());
        // What pgbench left to be written would else be written while we measure ourselves.
        pgbench.checkpoint()?;
        let time = Duration::from_secs(UNLOADED_SECONDS);
        let mut alone = closed(endpoint, stock, 1, time).await;
        let time = Duration::from_secs(OPEN_SECONDS);
        let mut steady = open(endpoint, stock, all.rate() * STEADY_SHARE, time).await;
        let others = all.others + alone.others + steady.others;
        ensure!(
            others == 0,
            "{others} registrations were not answered with SCSS001"
        );
        Ok(Self {
            pgbench: tps,
            most: all.rate(),
            unloaded: median(&mut alone.millis),
            steady: (
                median(&mut steady.millis),
                percentile(&mut steady.millis, 99.0),
            ),
            cpu_ms,
        })
    }

    /// Share of what pgbench does on the same server, in percent.
    fn share(&self) -> f64 {
        100.0 * self.most / self.pgbench
    }

    /// How many times the round trip of one client alone the slowest percent waits.
    fn stretch(&self) -> f64 {
        self.steady.1 / self.unloaded
    }

    fn print(&self, number: usize) {
        println!(
            "round {number}: pgbench {:.0} TPS; {:.0} registrations per second ({:.1} %); one client \
             {:.1} ms; at 70 %: p50 {:.1} ms, p99 {:.1} ms ({:.1} ×)",
            self.pgbench,
            self.most,
            self.share(),
            self.unloaded,
            self.steady.0,
            self.steady.1,
            self.stretch(),
        );
    }
}

/// The medians of all rounds.
fn conclude(rounds: &[Round]) {
    let of = |figure: fn(&Round) -> f64| median(&mut rounds.iter().map(figure).collect::<Vec<_>>());
    println!(
        "flow: {:.0} registrations per second; pgbench -c 8: {:.0} TPS; ratio {:.1} % (medians of {})",
        of(|round| round.most),
        of(|round| round.pgbench),
        of(Round::share),
        rounds.len(),
    );
    println!(
        "open loop at 70 %: p50 {:.1} ms, p99 {:.1} ms; one unloaded client {:.1} ms (median); p99 is \
         {:.1} × that",
        of(|round| round.steady.0),
        of(|round| round.steady.1),
        of(|round| round.unloaded),
        of(Round::stretch),
    );
    println!(
        "CPU of door and worker: {:.2} ms per message",
        of(|round| round.cpu_ms)
    );
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

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn roles_cpu(milliseconds: u64, messages: usize) -> f64 {
    milliseconds as f64 / messages.max(1) as f64
}

/// Door, worker and relay of this program, stopped when dropped.
struct Roles {
    door: SocketAddr,
    processes: Vec<(&'static str, Child)>,
}

impl Roles {
    async fn start(folder: &Path) -> anyhow::Result<Self> {
        let program = std::env::current_exe()?;
        let settings = std::fs::read_to_string(folder.join("kezek.env"))?;
        let settings = settings.lines().filter_map(|line| line.split_once('='));
        let settings: Vec<(&str, &str)> = settings.collect();
        let mut roles = Self {
            door: free_address()?,
            processes: Vec::new(),
        };
        let mut health = Vec::new();
        for role in ["relay", "work", "serve"] {
            let address = if role == "serve" {
                roles.door
            } else {
                free_address()?
            };
            let variable = if role == "serve" {
                "KEZEK_LISTEN"
            } else {
                "KEZEK_HEALTH_LISTEN"
            };
            let log = std::fs::File::create(folder.join(format!("{role}.log")))?;
            let process = Command::new(&program)
                .arg(role)
                .envs(settings.iter().copied())
                .env(variable, address.to_string())
                .env("KEZEK_LANE_PREFIX", LANES)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(log)
                .spawn()?;
            roles.processes.push((role, process));
            health.push((role, address));
        }
        for (role, address) in health {
            roles.await_ready(role, address, folder).await?;
        }
        Ok(roles)
    }

    async fn await_ready(
        &mut self,
        role: &str,
        address: SocketAddr,
        folder: &Path,
    ) -> anyhow::Result<()> {
        let until = Instant::now() + READY_TIME_MAX;
        let mut client = sandbox::Client::new(&format!("http://{address}/health/ready"))?;
        while !client
            .get()
            .await
            .is_ok_and(|reply| reply.status.is_success())
        {
            let ended = self.processes.iter_mut().find(|(name, _)| *name == role);
            let ended =
                ended.is_some_and(|(_, process)| process.try_wait().is_ok_and(|s| s.is_some()));
            if ended || Instant::now() > until {
                let log = std::fs::read_to_string(folder.join(format!("{role}.log")));
                bail!("kezek {role} is not ready:\n{}", log.unwrap_or_default());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// CPU time of door and worker so far.
    fn cpu_ms(&self) -> u64 {
        let ids = self.processes.iter().filter(|(role, _)| *role != "relay");
        ids.filter_map(|(_, process)| bench::cpu_ticks(&process.id().to_string()))
            .sum::<u64>()
            * 10
    }

    fn peak(&self, role: &str) -> u64 {
        let process = self.processes.iter().find(|(name, _)| *name == role);
        let id = process.map(|(_, process)| process.id().to_string());
        id.and_then(|id| bench::peak_memory_kib(&id)).unwrap_or(0)
    }
}

impl Drop for Roles {
    fn drop(&mut self) {
        for (_, process) in &mut self.processes {
            // Nothing of a measurement is worth finishing.
            process.kill().ok();
            process.wait().ok();
        }
    }
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// pgbench on a database of its own beside ours.
struct Pgbench {
    program: PathBuf,
    url: String,
}

impl Pgbench {
    fn prepare(options: &FlowBench, config: &Config) -> anyhow::Result<Self> {
        let url = Config::required(&config.database_url, "DATABASE_URL", "postgres://…")?.reveal();
        let program = options.pgbench.clone().unwrap_or_else(find_pgbench);
        let prepared = Self {
            program,
            url: url.to_owned(),
        };
        println!("preparing pgbench (scale 20) …");
        let told = prepared.command().args(["-i", "-q", "-s", "20"]).output();
        let told = told.context("pgbench does not start; give its place with --pgbench")?;
        ensure!(
            told.status.success(),
            "pgbench: {}",
            String::from_utf8_lossy(&told.stderr)
        );
        Ok(prepared)
    }

    /// Has the server write what the rounds left.
    fn checkpoint(&self) -> anyhow::Result<()> {
        let mut psql = Command::new("psql");
        psql.args(["-q", "-d", &self.url, "-c", "CHECKPOINT"]);
        let told = tokio::task::block_in_place(|| psql.output())?;
        ensure!(
            told.status.success(),
            "psql: {}",
            String::from_utf8_lossy(&told.stderr)
        );
        Ok(())
    }

    /// The TPC-B-like rate with eight clients.
    fn round(&self, seconds: u64) -> anyhow::Result<f64> {
        let mut command = self.command();
        command.args(["-c", "8", "-j", "2", "-n", "-T", &seconds.to_string()]);
        let told = tokio::task::block_in_place(|| command.output())?;
        let text = String::from_utf8_lossy(&told.stdout);
        let rate = text.lines().find_map(|line| line.strip_prefix("tps = "));
        let rate = rate.and_then(|rest| rest.split(' ').next()?.parse().ok());
        rate.with_context(|| {
            format!(
                "pgbench told no rate: {}",
                String::from_utf8_lossy(&told.stderr)
            )
        })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("-d").arg(&self.url);
        command
    }
}

/// Debian keeps it out of the PATH.
fn find_pgbench() -> PathBuf {
    let installed = (13..=18)
        .rev()
        .map(|v| PathBuf::from(format!("/usr/lib/postgresql/{v}/bin/pgbench")));
    installed
        .into_iter()
        .find(|path| path.exists())
        .unwrap_or_else(|| PathBuf::from("pgbench"))
}
