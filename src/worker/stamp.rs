//! Stamps: the journal, batch after batch, under time-stamps of an authority that is not ours.
//!
//! In:    the lines that no stamp covers. Out: batches with their tokens, each verified before it
//! is kept. A batch is settled, stamped, kept; whoever dies in between leaves nothing, and the next
//! round asks for the same lines anew. Two at once are harmless: the second finds its place taken.
//! Never: a line is skipped because it was committed late (see `registry::stamp`); a token is kept
//! that `kezek verify` would not believe.

use std::error::Error;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::watch;

use crate::clock;
use crate::registry::{Horizon, Registry, Stamped, Trouble};
use crate::signature::batch::Batch;
use crate::signature::timestamp::{StampFault, StampQuestion, Token};
use crate::signature::{Environment, Store, StoreFault};

const LOOK_INTERVAL: Duration = Duration::from_secs(5);
/// Lines of one batch; as many waiting make one due.
const LINES_MAX: i64 = 1_000;
/// How long transactions that may still commit a line are waited for.
const SETTLE_MAX: Duration = Duration::from_secs(10);
const SETTLE_INTERVAL: Duration = Duration::from_millis(50);

/// Posts a question to an address, and gives the octets that come back.
pub type Ask = Box<
    dyn Fn(String, Vec<u8>) -> BoxFuture<'static, Result<Vec<u8>, Box<dyn Error + Send + Sync>>>
        + Send
        + Sync,
>;

/// Why a batch is not stamped now.
#[derive(Debug, thiserror::Error)]
pub enum StampTrouble {
    /// An authority for time does not answer.
    #[error("{0} does not answer")]
    Away(String, #[source] Box<dyn Error + Send + Sync>),
    /// What came proves nothing.
    #[error("the stamp of {0} proves nothing")]
    Fault(String, #[source] StampFault),
    /// No authority for time is configured.
    #[error("store.toml of KEZEK_TRUST_DIR names no stampers")]
    NoStamper,
    /// The register.
    #[error(transparent)]
    Registry(#[from] Trouble),
    /// The trust store.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// A transaction holds a number and does not end.
    #[error("a transaction that writes the journal does not end")]
    Unsettled,
}

/// What stamps the journal.
pub struct Stamper {
    /// Where the journal is.
    pub registry: Registry,
    /// The trust store, which names authorities for time and vouches for them.
    pub trust: PathBuf,
    /// What the installation is for.
    pub environment: Environment,
    /// How long a line waits for others.
    pub wait: Duration,
    /// How an authority is asked.
    pub ask: Ask,
}

impl Stamper {
    /// Stamps what is due until `stop` turns true; `well` says whether the last round did.
    pub async fn run(&self, mut stop: watch::Receiver<bool>, well: &AtomicBool) {
        while !*stop.borrow() {
            let told = self.round(false).await;
            well.store(told.is_ok(), Ordering::Relaxed);
            if let Err(trouble) = told {
                metrics::counter!("kezek_stamp_failures_total").increment(1);
                let error = &trouble as &(dyn Error + 'static);
                tracing::error!(error, "ALARM: the journal is not stamped; its lines wait");
            }
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(LOOK_INTERVAL) => {}
            }
        }
    }

    /// Stamps all that waits now, due or not; tells how many batches.
    ///
    /// # Errors
    /// [`StampTrouble`]; what was stamped before it stays.
    pub async fn once(&self) -> Result<usize, StampTrouble> {
        self.round(true).await
    }

    async fn round(&self, at_once: bool) -> Result<usize, StampTrouble> {
        let mut made = 0;
        loop {
            let last = self.registry.bounded(self.registry.last_stamp()).await?;
            let after = last.as_ref().map_or(0, |stamped| stamped.through);
            let waiting = self.registry.journal_waiting(after, LINES_MAX);
            let (lines, oldest) = self.registry.bounded(waiting).await?;
            let age = oldest.map_or(0, |oldest| clock::now().millis_since(oldest));
            let age = Duration::from_millis(u64::try_from(age).unwrap_or(0));
            metrics::gauge!("kezek_stamp_age_seconds").set(age.as_secs_f64());
            let lines = u32::try_from(lines).unwrap_or(u32::MAX);
            metrics::gauge!("kezek_stamp_lines_waiting").set(f64::from(lines));
            let full = i64::from(lines) >= LINES_MAX;
            if lines == 0 || !(full || at_once || age >= self.wait) {
                return Ok(made);
            }
            if !self.stamp_next(last.as_ref()).await? {
                return Ok(made);
            }
            made += 1;
            if !full {
                return Ok(made);
            }
        }
    }

    /// Stamps the batch behind the last one; false where no line of it is settled.
    async fn stamp_next(&self, last: Option<&Stamped>) -> Result<bool, StampTrouble> {
        let horizon = self.settled().await?;
        let previous = last.map(batch_of);
        let after = previous.as_ref().map_or(0, |batch| batch.through);
        let octets = self.registry.journal_octets(after, horizon.id, LINES_MAX);
        let lines = self.registry.bounded(octets).await?;
        let Some(end) = lines.last() else {
            return Ok(false);
        };
        let whole = i64::try_from(lines.len()).is_ok_and(|count| count < LINES_MAX);
        let through = if whole { horizon.id } else { end.id };
        let octets = lines.iter().map(|line| (line.id, line.octets.as_slice()));
        let batch = Batch::following(previous.as_ref(), through, octets);
        let (token, at) = self.stamp(&batch.statement()).await?;
        let count = batch.lines.len();
        let stamped = Stamped {
            number: batch.number,
            previous: batch.previous,
            after: batch.after,
            through: batch.through,
            lines: batch.lines,
            digests: batch.digests,
            token: token.der().to_vec(),
            at,
        };
        let kept = self
            .registry
            .bounded(self.registry.keep_stamp(&stamped))
            .await?;
        let (number, through) = (stamped.number, stamped.through);
        tracing::info!(
            number,
            through,
            lines = count,
            kept,
            "a batch of the journal is stamped"
        );
        Ok(true)
    }

    /// A number up to which every line that will ever be there is there.
    async fn settled(&self) -> Result<Horizon, StampTrouble> {
        let horizon = self.registry.bounded(self.registry.horizon()).await?;
        let settling = async {
            while !self.registry.is_settled(&horizon).await? {
                tokio::time::sleep(SETTLE_INTERVAL).await;
            }
            Ok::<_, Trouble>(())
        };
        match tokio::time::timeout(SETTLE_MAX, settling).await {
            Ok(settled) => settled?,
            Err(_) => return Err(StampTrouble::Unsettled),
        }
        Ok(horizon)
    }

    /// A verified stamp over octets, of the first authority that gives one.
    async fn stamp(&self, octets: &[u8]) -> Result<(Token, crate::terms::Moment), StampTrouble> {
        let store = Store::load(&self.trust, self.environment)?;
        let mut last = StampTrouble::NoStamper;
        for address in store.stampers() {
            let question = StampQuestion::about(octets);
            let asked = (self.ask)(address.clone(), question.der().to_vec()).await;
            let response = match asked {
                Ok(response) => response,
                Err(source) => {
                    last = StampTrouble::Away(address.clone(), source);
                    continue;
                }
            };
            let accepted = question.accept(&response, clock::now()).and_then(|token| {
                let stamp = token.verify(&store, &[])?;
                stamp.covers(octets)?;
                Ok((token, stamp.at))
            });
            match accepted {
                Ok(stamp) => return Ok(stamp),
                Err(fault) => last = StampTrouble::Fault(address.clone(), fault),
            }
        }
        Err(last)
    }
}

/// A batch as it is stated, without its stamp.
pub fn batch_of(stamped: &Stamped) -> Batch {
    Batch {
        number: stamped.number,
        previous: stamped.previous.clone(),
        after: stamped.after,
        through: stamped.through,
        lines: stamped.lines.clone(),
        digests: stamped.digests.clone(),
    }
}
