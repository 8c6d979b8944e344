//! Pause: while a dependency is away, nobody begins anything and nothing is given back.
//!
//! One pause is shared by all consumers of a process. It is shut by the first handler that finds
//! the dependency away, and opened by one probe that asks until the dependency answers.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// The first pause between two questions, doubled up to [`ASK_MAX`].
const ASK_MIN: Duration = Duration::from_millis(100);
/// The longest pause between two questions.
const ASK_MAX: Duration = Duration::from_secs(2);
/// A gate that is shut again so soon after it was opened rests longer than the last time: the
/// dependency passed the probe and refused the work.
const SOON: Duration = Duration::from_secs(10);
/// How long one question may take.
const ANSWER_MAX: Duration = Duration::from_secs(5);

type Probe = dyn Fn() -> BoxFuture<'static, bool> + Send + Sync;

/// A gate before all work that needs a dependency.
#[derive(Clone)]
pub struct Pause {
    open: watch::Sender<bool>,
    probe: Arc<Probe>,
    /// The last rest, and when the gate was opened after it.
    rested: Arc<Mutex<Option<(Duration, Instant)>>>,
}

impl Pause {
    /// An open gate; `probe` answers whether the dependency is there.
    pub fn new(probe: impl Fn() -> BoxFuture<'static, bool> + Send + Sync + 'static) -> Self {
        Self {
            open: watch::Sender::new(true),
            probe: Arc::new(probe),
            rested: Arc::default(),
        }
    }

    /// A gate that is always open.
    pub fn never() -> Self {
        Self::new(|| Box::pin(std::future::ready(true)))
    }

    /// Is the dependency thought to be there?
    pub fn is_open(&self) -> bool {
        *self.open.borrow()
    }

    /// Shuts the gate, if it is open, and asks until the dependency answers.
    pub fn shut(&self) {
        if !self.open.send_replace(false) {
            return;
        }
        tracing::warn!("a dependency is away: consumers wait");
        metrics::gauge!("kezek_bus_paused").set(1.0);
        let (open, probe) = (self.open.clone(), Arc::clone(&self.probe));
        let rested = Arc::clone(&self.rested);
        let last = *rested.lock().unwrap_or_else(PoisonError::into_inner);
        let mut pause = match last {
            Some((rest, opened)) if opened.elapsed() < SOON => (rest * 2).min(ASK_MAX),
            Some(_) | None => ASK_MIN,
        };
        tokio::spawn(async move {
            // The rest comes first: a dependency may answer the probe and still refuse the work (a
            // full disk, a standby), and would be asked in a tight loop.
            loop {
                sleep(pause).await;
                if timeout(ANSWER_MAX, probe()).await.unwrap_or(false) {
                    break;
                }
                pause = (pause * 2).min(ASK_MAX);
            }
            tracing::info!("the dependency is back");
            metrics::gauge!("kezek_bus_paused").set(0.0);
            *rested.lock().unwrap_or_else(PoisonError::into_inner) = Some((pause, Instant::now()));
            open.send_replace(true);
        });
    }

    /// Waits until the gate is open.
    pub async fn opened(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.open.subscribe().wait_for(|open| *open).await;
    }

    /// Waits until the gate has been shut for so long without a break.
    pub(super) async fn shut_for(&self, long: Duration) {
        let mut state = self.open.subscribe();
        loop {
            let _ = state.wait_for(|open| !*open).await;
            if timeout(long, state.wait_for(|open| *open)).await.is_err() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn gate_opens_when_the_probe_says_so() {
        let asked = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&asked);
        let pause = Pause::new(move || {
            let answer = counter.fetch_add(1, Ordering::Relaxed) >= 2;
            Box::pin(std::future::ready(answer))
        });
        pause.shut();
        pause.shut();
        assert!(!pause.is_open());
        pause.opened().await;
        assert_eq!(asked.load(Ordering::Relaxed), 3);
    }

    // A dependency that answers the probe and refuses the work is not asked in a tight loop.
    #[tokio::test]
    async fn gate_that_is_shut_again_at_once_rests_longer_each_time() {
        let pause = Pause::never();
        let begun = Instant::now();
        for _ in 0..3 {
            pause.shut();
            pause.opened().await;
        }
        assert!(begun.elapsed() >= ASK_MIN * (1 + 2 + 4));
    }

    #[tokio::test]
    async fn long_pause_is_noticed() {
        let pause = Pause::new(|| Box::pin(std::future::ready(false)));
        pause.shut();
        timeout(
            Duration::from_secs(5),
            pause.shut_for(Duration::from_millis(20)),
        )
        .await
        .expect("twenty milliseconds have passed");
    }
}
