//! Workers: the loops that join the rooms. No rule of law stands here.
//!
//! | lane | worker | what it does |
//! |---|---|---|
//! | `requests.write`, `requests.read` | `inbox` | service request → service → answer |
//! | `evidence` | `evidence` | what the door rejected → journal |
//! | (outbox) | [`relay`] | what the fast path left behind → bus |
//! | (letters) | [`Courier`] | what is answered later → its peer |
//! | (journal) | [`Stamper`] | lines → batches under time-stamps |
//!
//! In:    parcels. Out: rows in one transaction, then answers and notices. While Postgres is away,
//! or cannot work, nothing is pulled and what is held is not acknowledged. Start: `inbox`.

mod courier;
mod evidence;
mod inbox;
mod letters;
mod published;
mod relay;
mod sms;
mod stamp;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;

use crate::bus::{Consuming, Lane, Link, Pause, Publisher, Step, consume};
use crate::registry::{Registry, Trouble};

pub use courier::{Carrier, Courier};
pub use letters::LETTER_TERM_MS;
pub use relay::relay;
pub use stamp::{Ask, StampTrouble, Stamper, batch_of};

use published::Published;

const PROBE_TIME_MAX: Duration = Duration::from_secs(3);
/// Evidence must not take the place of requests.
const EVIDENCE_PARALLEL: usize = 2;

/// What every worker holds.
struct Hands {
    registry: Registry,
    publisher: Publisher,
    published: Published,
    pause: Pause,
    unfit: Arc<Unfit>,
}

/// Whether somebody was called because the database answers and cannot work: once for each time.
#[derive(Default)]
struct Unfit(AtomicBool);

impl Unfit {
    fn alarm(&self, trouble: &Trouble) {
        if trouble.is_unfit() && !self.0.swap(true, Ordering::Relaxed) {
            let error = trouble as &dyn std::error::Error;
            metrics::counter!("kezek_worker_unfit_total").increment(1);
            tracing::error!(
                error,
                "ALARM: the database answers but cannot work; nothing is pulled until it can"
            );
        }
    }

    fn passed(&self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// The bus and the registry, as `main` opened them.
pub struct Tools {
    /// Where lanes are consumed.
    pub link: Link,
    /// Where answers and notices go.
    pub publisher: Publisher,
    /// Where everything is kept.
    pub registry: Registry,
}

/// Works on every lane until `stop` turns true, then finishes what was begun.
pub async fn work(tools: Tools, parallel: usize, stop: watch::Receiver<bool>) {
    let unfit = Arc::new(Unfit::default());
    let pause = pause_for(&tools.registry, &unfit);
    let (published, marking) = Published::open(tools.registry.clone());
    let hands = Arc::new(Hands {
        registry: tools.registry,
        publisher: tools.publisher.clone(),
        published,
        pause: pause.clone(),
        unfit,
    });
    let lane = |lane: Lane, parallel: usize| {
        let hands = Arc::clone(&hands);
        let consuming = Consuming::lane(lane, parallel);
        let (link, publisher) = (tools.link.clone(), tools.publisher.clone());
        consume(
            link,
            publisher,
            consuming,
            pause.clone(),
            stop.clone(),
            move |delivered| {
                let hands = Arc::clone(&hands);
                async move {
                    match delivered.lane {
                        Lane::RequestsRead | Lane::RequestsWrite => {
                            inbox::handle(&hands, &delivered).await
                        }
                        Lane::Evidence => evidence::handle(&hands, &delivered).await,
                        Lane::Sms => Step::Bury("no worker of ours reads this lane"),
                    }
                }
            },
        )
    };
    tokio::join!(
        lane(Lane::RequestsWrite, parallel),
        lane(Lane::RequestsRead, parallel),
        lane(Lane::Evidence, EVIDENCE_PARALLEL),
    );
    drop(hands);
    marking.await.ok();
}

/// A gate that shuts while Postgres cannot do a message's work. Only a write opens it.
fn pause_for(registry: &Registry, unfit: &Arc<Unfit>) -> Pause {
    let (registry, unfit) = (registry.clone(), Arc::clone(unfit));
    Pause::new(move || {
        let (registry, unfit) = (registry.clone(), Arc::clone(&unfit));
        Box::pin(async move {
            match tokio::time::timeout(PROBE_TIME_MAX, registry.try_to_write()).await {
                Ok(Ok(())) => {
                    unfit.passed();
                    true
                }
                Ok(Err(trouble)) => {
                    unfit.alarm(&trouble);
                    false
                }
                Err(_) => false,
            }
        })
    })
}

/// What becomes of a message when the registry could not do it.
fn step_after(trouble: &Trouble, hands: &Hands, attempt: u32) -> Step {
    if trouble.is_outage() {
        hands.unfit.alarm(trouble);
        hands.pause.shut();
        return Step::Wait;
    }
    Step::Retry(crate::bus::Rung::after(attempt))
}
