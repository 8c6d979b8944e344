//! `kezek bench …`: measures and prints, with the machine and the medians.

mod flow;
mod law;
mod reads;
mod round;
mod signatures;
mod stage;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::{Args, Subcommand};
use kezek::bench::{self, door};
use kezek::sandbox;
use kezek::signature::revocation::{Policy, Shelf};
use kezek::signature::{Environment, Signer, Store};

/// What can be measured.
#[derive(Subcommand)]
pub enum BenchVerb {
    /// The door without servers: parse, verify, validate, on one core
    Door(DoorBench),
    /// Registrations by a whole installation: HTTP to committed, signed answer, beside pgbench
    Flow(stage::Course),
    /// Enquiries by a whole installation: each read service, then all mixed, beside pgbench
    Reads(reads::ReadsBench),
    /// The law over a country: every rank, a night's plan and its audit, on one core
    Law(law::LawBench),
    /// Signatures alone: verifying and making them by algorithm, on one core
    Signatures(signatures::SignaturesBench),
}

/// How the door is measured.
#[derive(Args)]
pub struct DoorBench {
    /// Seconds of one round
    #[arg(long, default_value_t = 2)]
    seconds: u64,
    /// Rounds; the median counts
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Which key signs the message: participant (RSA-2048), participant-p256, participant-gost
    #[arg(long, default_value = "participant")]
    key: String,
    /// Believe without asking whether certificates are revoked, to see what the asking costs
    #[arg(long)]
    without_revocation: bool,
    /// Interleave with the JDK on the same message: the harness, tests/peers/jdk/Door.java
    #[arg(long)]
    jdk: Option<PathBuf>,
}

/// Runs a measurement.
pub async fn run(verb: BenchVerb) -> anyhow::Result<()> {
    match verb {
        BenchVerb::Door(options) => tokio::task::block_in_place(|| run_door(&options)),
        BenchVerb::Flow(course) => flow::run(&course).await,
        BenchVerb::Reads(options) => reads::run(&options).await,
        BenchVerb::Law(options) => tokio::task::block_in_place(|| law::run(&options)),
        BenchVerb::Signatures(options) => tokio::task::block_in_place(|| signatures::run(&options)),
    }
}

fn run_door(options: &DoorBench) -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("kezek-bench-{}", std::process::id()));
    sandbox::forge(&folder)?;
    let measured = measure_door(options, &folder);
    std::fs::remove_dir_all(&folder).ok();
    measured
}

fn measure_door(options: &DoorBench, folder: &Path) -> anyhow::Result<()> {
    let store = Store::load(&folder.join("trust"), Environment::Test)?;
    let revocation = if options.without_revocation {
        "not asked for"
    } else {
        let shelf = Shelf::load(
            &folder.join("revocation"),
            Policy::default(),
            &Shelf::default(),
        );
        store.stand_by(shelf?.into());
        "from the shelf"
    };
    let key = |extension: &str| folder.join(format!("keys/{}.{extension}", options.key));
    let message = door::message(&Signer::load(&key("key"), &key("pem"))?);
    let time = Duration::from_secs(options.seconds);
    println!("machine: {}", bench::describe());
    println!(
        "message: {} octets, two references, key {}, revocation {revocation}",
        message.len(),
        options.key
    );
    let mut jdk = match &options.jdk {
        Some(harness) => Some(Jdk::start(harness, folder, &message, options.seconds)?),
        None => None,
    };
    door::round(message.as_bytes(), &store, Duration::from_millis(300));
    let (mut ours, mut medians, mut tails, mut theirs) = (vec![], vec![], vec![], vec![]);
    for number in 1..=options.rounds {
        let round = door::round(message.as_bytes(), &store, time);
        print!(
            "round {number}: {:>7.0} per CPU-second",
            round.per_cpu_second
        );
        ours.push(round.per_cpu_second);
        medians.push(round.micros_median);
        tails.push(round.micros_p99);
        if let Some(jdk) = &mut jdk {
            let rate = jdk.round()?;
            print!("; JDK {rate:>7.0}");
            theirs.push(rate);
        }
        println!();
    }
    let rate = bench::median(&mut ours);
    println!(
        "door: {rate:.0} messages per CPU-second (median of {} rounds of {} s), one message {:.1} µs \
         (median), {:.1} µs (p99), peak memory {} KiB",
        options.rounds,
        options.seconds,
        bench::median(&mut medians),
        bench::median(&mut tails),
        bench::peak_memory_kib("self").unwrap_or(0),
    );
    if !theirs.is_empty() {
        let jdk = bench::median(&mut theirs);
        println!("JDK: {jdk:.0} per CPU-second; ratio {:.2}", rate / jdk);
    }
    Ok(())
}

/// The JDK's harness, which runs a round for every line.
struct Jdk {
    process: Child,
    answers: BufReader<std::process::ChildStdout>,
}

impl Jdk {
    fn start(harness: &Path, folder: &Path, message: &str, seconds: u64) -> anyhow::Result<Self> {
        let file = folder.join("message.xml");
        std::fs::write(&file, message)?;
        let mut process = Command::new("java")
            .args(["-XX:+UseSerialGC".as_ref(), harness.as_os_str()])
            .args(["--message".as_ref(), file.as_os_str()])
            .args([
                "--schema",
                "schemas",
                "--serve",
                "--seconds",
                &seconds.to_string(),
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("java does not start; install a JDK 17, or measure without --jdk")?;
        let stdout = process.stdout.take().context("the pipe was asked for")?;
        let mut jdk = Self {
            process,
            answers: BufReader::new(stdout),
        };
        // The first round comes after the warm-up and is not counted.
        jdk.round()?;
        Ok(jdk)
    }

    fn round(&mut self) -> anyhow::Result<f64> {
        let stdin = self
            .process
            .stdin
            .as_mut()
            .context("the pipe was asked for")?;
        stdin.write_all(b"round\n")?;
        stdin.flush()?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        ensure!(
            !line.is_empty(),
            "the JDK's harness ended; run it by hand to see why"
        );
        let told: serde_json::Value = serde_json::from_str(&line)?;
        told["messages_per_cpu_second"]
            .as_f64()
            .context("the harness gave no rate")
    }
}

impl Drop for Jdk {
    fn drop(&mut self) {
        // The end of its input ends it; waiting leaves no process behind.
        self.process.stdin.take();
        self.process.wait().ok();
    }
}
