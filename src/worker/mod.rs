//! Workers: the loops that join the rooms. No rule of law stands here.
//!
//! | lane | worker | what it does |
//! |---|---|---|
//! | `requests.write`, `requests.read` | `inbox` | service request → service → answer |
//! | `evidence` | `evidence` | what the door rejected → journal |
//! | (outbox) | [`relay`] | what the fast path left behind → bus |
//!
//! In:    parcels from the bus. Out: rows in one transaction, then answers and notices on the bus.
//! While Postgres is away nothing is pulled and what is held stays unacknowledged; a message comes
//! back for its own failures only.
//! Start: `inbox`, for one message's whole way.

mod evidence;
mod inbox;
mod published;
mod relay;
mod sms;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::bus::{Consuming, Lane, Link, Pause, Publisher, Step, consume};
use crate::registry::{Registry, Trouble};

pub use relay::relay;

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
    let pause = pause_for(&tools.registry);
    let (published, marking) = Published::open(tools.registry.clone());
    let hands = Arc::new(Hands {
        registry: tools.registry,
        publisher: tools.publisher.clone(),
        published,
        pause: pause.clone(),
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

/// A gate that shuts while Postgres is away.
fn pause_for(registry: &Registry) -> Pause {
    let registry = registry.clone();
    Pause::new(move || {
        let registry = registry.clone();
        Box::pin(async move {
            let asked = tokio::time::timeout(PROBE_TIME_MAX, registry.ping()).await;
            asked.is_ok_and(|told| told.is_ok())
        })
    })
}

/// What becomes of a message when the registry could not do it.
fn step_after(trouble: &Trouble, hands: &Hands, attempt: u32) -> Step {
    if trouble.is_outage() {
        hands.pause.shut();
        return Step::Wait;
    }
    Step::Retry(crate::bus::Rung::after(attempt))
}
