//! `kezek bench …`

use clap::Subcommand;

/// What can be measured.
#[derive(Subcommand)]
pub enum BenchVerb {
    /// The door without servers: parse, verify, validate
    Door,
}

/// Runs a measurement.
pub async fn run(_: BenchVerb) -> anyhow::Result<()> {
    Ok(())
}
