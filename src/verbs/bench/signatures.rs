//! `kezek bench signatures`: verifying and signing by algorithm, beside BouncyCastle.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::Args;
use kezek::bench::signatures::{Gost, Pair, pair, rate};
use kezek::bench::{self, median};
use kezek::sandbox;
use kezek::signature::{Signer, hex};

/// How signatures are measured.
#[derive(Args)]
pub struct SignaturesBench {
    /// Seconds of one round
    #[arg(long, default_value_t = 1)]
    seconds: u64,
    /// Rounds; the median counts
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Interleave with BouncyCastle: the harness, tests/peers/jdk/Gost.java
    #[arg(long)]
    jdk: Option<PathBuf>,
    /// Where BouncyCastle is (Debian: libbcprov-java)
    #[arg(long, default_value = "/usr/share/java/bcprov.jar")]
    bouncy_castle: PathBuf,
}

/// Measures and prints.
pub fn run(options: &SignaturesBench) -> anyhow::Result<()> {
    println!("machine: {}", bench::describe());
    let folder = std::env::temp_dir().join(format!("kezek-bench-{}", std::process::id()));
    sandbox::forge(&folder)?;
    let signer = |name: &str| {
        let file = |extension: &str| folder.join(format!("keys/{name}.{extension}"));
        Signer::load(&file("key"), &file("pem"))
    };
    let (rsa, p256) = (signer("participant"), signer("participant-p256"));
    std::fs::remove_dir_all(&folder).ok();
    let gost = Gost::new(u64::from(std::process::id()));
    let mut pairs = vec![pair("RSA-2048", rsa?), pair("P-256", p256?)];
    pairs.extend(gost.pairs());
    let mut peer = match &options.jdk {
        Some(harness) => Some(Peer::start(harness, options, &gost)?),
        None => None,
    };
    for pair in &pairs {
        measure(options, pair, peer.as_mut())?;
    }
    Ok(())
}

fn measure(options: &SignaturesBench, pair: &Pair, peer: Option<&mut Peer>) -> anyhow::Result<()> {
    ensure!(
        (pair.verify)(),
        "{}: its own signature is refused",
        pair.name
    );
    let time = Duration::from_secs(options.seconds);
    let (mut verified, mut signed) = (vec![], vec![]);
    let (mut theirs_verified, mut theirs_signed) = (vec![], vec![]);
    let mut peer = peer.filter(|_| pair.name.starts_with("GOST"));
    for _ in 0..options.rounds {
        verified.push(rate(&pair.verify, time));
        if let Some(peer) = &mut peer {
            theirs_verified.push(peer.round("verify")?);
        }
        signed.push(rate(&pair.sign, time));
        if let Some(peer) = &mut peer {
            theirs_signed.push(peer.round("sign")?);
        }
    }
    let (verified, signed) = (median(&mut verified), median(&mut signed));
    println!(
        "{}: {verified:.0} verified, {signed:.0} signed per CPU-second (medians of {} rounds of {} s)",
        pair.name, options.rounds, options.seconds
    );
    if peer.is_some() {
        let (theirs, theirs_signed) = (median(&mut theirs_verified), median(&mut theirs_signed));
        println!(
            "  BouncyCastle: {theirs:.0} verified, {theirs_signed:.0} signed; ratios {:.1} and {:.1}",
            verified / theirs,
            signed / theirs_signed
        );
    }
    Ok(())
}

/// BouncyCastle's harness, which runs a round for every line.
struct Peer {
    process: Child,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    fn start(harness: &Path, options: &SignaturesBench, gost: &Gost) -> anyhow::Result<Self> {
        ensure!(
            options.bouncy_castle.is_file(),
            "{} is not there; install libbcprov-java, or say where it is with --bouncy-castle",
            options.bouncy_castle.display()
        );
        let mut process = Command::new("java")
            .arg("-XX:+UseSerialGC")
            .arg("-cp")
            .arg(&options.bouncy_castle)
            .arg(harness)
            .args([
                hex(&gost.private.to_octets()[..]),
                hex(&gost.private.public_key().to_octets()),
                hex(&gost.message),
                hex(&gost.value),
                options.seconds.to_string(),
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("java does not start; install a JDK 17, or measure without --jdk")?;
        let stdout = process.stdout.take().context("the pipe was asked for")?;
        let answers = BufReader::new(stdout);
        let mut peer = Self { process, answers };
        // It warms up, having verified ours; then we verify what it signed.
        let told = peer.answer()?;
        let value = told["value"]
            .as_str()
            .context("the harness signed nothing")?;
        let octet = |at| {
            value
                .get(at..at + 2)
                .and_then(|two| u8::from_str_radix(two, 16).ok())
        };
        let value: Option<Vec<u8>> = (0..value.len()).step_by(2).map(octet).collect();
        let value = value.context("the harness wrote no hexadecimal digits")?;
        ensure!(
            gost.private.public_key().verify(&gost.message, &value),
            "what BouncyCastle signed is refused"
        );
        println!("BouncyCastle verified our signature, and we its own");
        Ok(peer)
    }

    fn round(&mut self, what: &str) -> anyhow::Result<f64> {
        let stdin = self.process.stdin.as_mut();
        let stdin = stdin.context("the pipe was asked for")?;
        writeln!(stdin, "{what}")?;
        stdin.flush()?;
        let told = self.answer()?;
        told["per_cpu_second"]
            .as_f64()
            .context("the harness gave no rate")
    }

    fn answer(&mut self) -> anyhow::Result<serde_json::Value> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        ensure!(
            !line.is_empty(),
            "the harness ended; run it by hand to see why"
        );
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // The end of its input ends it; waiting leaves no process behind.
        self.process.stdin.take();
        self.process.wait().ok();
    }
}
