//! What a whole installation is measured on: its roles, started for it, and pgbench beside them.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use kezek::bench;
use kezek::clock;
use kezek::config::Config;
use kezek::registry::Registry;
use kezek::sandbox;

use crate::verbs::{config, registry};

const READY_TIME_MAX: Duration = Duration::from_secs(30);
const LANES: &str = "bench.";
const OPENINGS: &str =
    "[[openings]]\nservices = [\"*\"]\nregions = [\"*\"]\nfrom = \"2023-11-01\"\n";

/// How often and how long is measured, and over how much.
#[derive(Args)]
pub struct Course {
    /// Applications that the register holds before the first message
    #[arg(long, default_value_t = 1_000_000)]
    pub applications: u32,
    /// Rounds of pgbench, closed loop, one client and open loop, in turn
    #[arg(long, default_value_t = 3)]
    pub rounds: usize,
    /// Seconds of pgbench and of the closed loop
    #[arg(long, default_value_t = 8)]
    pub seconds: u64,
    /// Clients of the closed loop
    #[arg(long, default_value_t = 24)]
    pub clients: usize,
    /// Where pgbench is, if it is not in the PATH
    #[arg(long)]
    pgbench: Option<PathBuf>,
}

impl Course {
    /// The configuration, and the register that it names, filled.
    pub async fn fill(&self) -> anyhow::Result<(Config, Registry)> {
        let config = config()?;
        let database = registry(&config, 4)?;
        database.migrate().await?;
        println!("machine: {}", bench::describe());
        println!(
            "filling the register to {} applications (once; it is kept) …",
            self.applications
        );
        let begun = Instant::now();
        database.bench_fill(self.applications, clock::now()).await?;
        println!("filled in {:.0} s", begun.elapsed().as_secs_f64());
        Ok((config, database))
    }
}

/// Door, worker and relay of this program, stopped when dropped.
pub struct Roles {
    door: SocketAddr,
    processes: Vec<(&'static str, Child)>,
}

impl Roles {
    /// Starts them with the settings that the sandbox wrote into `folder`.
    pub async fn start(folder: &Path) -> anyhow::Result<Self> {
        let program = std::env::current_exe()?;
        // The settlements of the filled register lie in no region of the republic.
        std::fs::write(folder.join("openings.toml"), OPENINGS)?;
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

    /// Where messages are posted.
    pub fn endpoint(&self) -> String {
        format!("http://{}/shep/sync", self.door)
    }

    /// CPU time of door and worker so far.
    pub fn cpu_ms(&self) -> u64 {
        let ids = self.processes.iter().filter(|(role, _)| *role != "relay");
        ids.filter_map(|(_, process)| bench::cpu_ticks(&process.id().to_string()))
            .sum::<u64>()
            * 10
    }

    /// Peak memory of one of them, in KiB.
    pub fn peak(&self, role: &str) -> u64 {
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
pub struct Pgbench {
    program: PathBuf,
    url: String,
}

impl Pgbench {
    /// Fills its tables.
    pub fn prepare(course: &Course, config: &Config) -> anyhow::Result<Self> {
        let url = Config::required(&config.database_url, "DATABASE_URL", "postgres://…")?.reveal();
        let program = course.pgbench.clone().unwrap_or_else(find_pgbench);
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
    pub fn checkpoint(&self) -> anyhow::Result<()> {
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
    pub fn round(&self, seconds: u64) -> anyhow::Result<f64> {
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
