//! A round: what pgbench does and what we do on the same server, within one minute.

use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use kezek::bench::flow::{Stock, closed, open};
use kezek::bench::{median, percentile};

use super::stage::{Pgbench, Roles};

/// Seconds of the open loop.
pub const OPEN_SECONDS: u64 = 15;
/// Seconds of one client alone.
pub const UNLOADED_SECONDS: u64 = 4;
/// The open loop runs at this share of the most that was reached.
const STEADY_SHARE: f64 = 0.7;

/// What was measured side by side.
pub struct Round {
    /// TPC-B-like transactions per second of `pgbench -c 8`.
    pgbench: f64,
    /// Answered messages per second of the closed loop.
    most: f64,
    /// Median round trip of one client alone, in milliseconds.
    unloaded: f64,
    /// Median and 99th percentile at 70 % of `most`, open loop, in milliseconds.
    steady: (f64, f64),
    /// CPU of door and worker, in milliseconds per message of the closed loop.
    cpu_ms: f64,
}

impl Round {
    /// pgbench, closed loop, one client, open loop.
    ///
    /// # Errors
    /// Where a message was not answered with success, or pgbench does not run.
    pub async fn run(
        pgbench: &Pgbench,
        roles: &Roles,
        stock: &Arc<Stock>,
        clients: usize,
        seconds: u64,
    ) -> anyhow::Result<Self> {
        let endpoint = &roles.endpoint();
        let tps = pgbench.round(seconds)?;
        let before = roles.cpu_ms();
        let all = closed(endpoint, stock, clients, Duration::from_secs(seconds)).await;
        let cpu_ms = each(roles.cpu_ms() - before, all.millis.len());
        // What pgbench left to be written would else be written while we measure ourselves.
        pgbench.checkpoint()?;
        let time = Duration::from_secs(UNLOADED_SECONDS);
        let mut alone = closed(endpoint, stock, 1, time).await;
        let time = Duration::from_secs(OPEN_SECONDS);
        let mut steady = open(endpoint, stock, all.rate() * STEADY_SHARE, time).await;
        for loops in [&all, &alone, &steady] {
            loops.all_answered().map_err(anyhow::Error::msg)?;
        }
        ensure!(
            stock.left() > 0,
            "the stock of signed messages ran out; the figures are too low"
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

    /// The figures in a line, of messages that are called `what`.
    pub fn told(&self, what: &str) -> String {
        format!(
            "{:.0} {what} per second; pgbench -c 8: {:.0} TPS; {:.1} %; one client {:.1} ms; at 70 %: \
             p50 {:.1} ms, p99 {:.1} ms ({:.1} ×); CPU of door and worker {:.2} ms per message",
            self.most,
            self.pgbench,
            self.share(),
            self.unloaded,
            self.steady.0,
            self.steady.1,
            self.stretch(),
            self.cpu_ms,
        )
    }
}

/// The medians of all rounds, figure by figure, in a line.
pub fn conclude(rounds: &[Round], what: &str) -> String {
    let of = |figure: fn(&Round) -> f64| median(&mut rounds.iter().map(figure).collect::<Vec<_>>());
    format!(
        "{:.0} {what} per second; pgbench -c 8: {:.0} TPS; ratio {:.1} %; open loop at 70 %: p50 {:.1} \
         ms, p99 {:.1} ms, {:.1} × one unloaded client ({:.1} ms); CPU of door and worker {:.2} ms per \
         message (medians of {})",
        of(|round| round.most),
        of(|round| round.pgbench),
        of(Round::share),
        of(|round| round.steady.0),
        of(|round| round.steady.1),
        of(Round::stretch),
        of(|round| round.unloaded),
        of(|round| round.cpu_ms),
        rounds.len(),
    )
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn each(milliseconds: u64, messages: usize) -> f64 {
    milliseconds as f64 / messages.max(1) as f64
}
