//! The roles: each its own process, any number of times; `all` is one process for small sites.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use kezek::bus::{Link, Publisher, Replies, keep_declared};
use kezek::config::Config;
use kezek::http::{self, Check, Gate, House, Settings, Vitals};
use kezek::registry::{Registry, Trouble};
use kezek::worker::{self, Tools};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{oneshot, watch};

use super::courier::courier_beside;
use super::revocation::refresher;
use super::sources::sources;
use super::stamp::stamp_beside;
use super::{config, link, log, publisher, registry, topology};

const RETRY_INTERVAL: Duration = Duration::from_secs(1);
const PING_INTERVAL: Duration = Duration::from_secs(2);
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);
/// Connections beside those of the writes and reads in work: relay, marks, health, evidence.
const CONNECTIONS_BESIDE: usize = 6;

/// Buckets of seconds, from a millisecond to the longest wait.
const BUCKETS: [f64; 14] = [
    0.001, 0.002, 0.004, 0.008, 0.015, 0.03, 0.06, 0.125, 0.25, 0.5, 1.0, 5.0, 15.0, 30.0,
];

/// `kezek serve`
pub async fn serve() -> anyhow::Result<()> {
    let base = Base::open("serve")?;
    let listener = bind(base.config.listen).await?;
    let Door { gate, checks } = door(&base)?;
    let watching = tokio::spawn({
        let (gate, stop) = (Arc::clone(&gate), base.stop.clone());
        async move { gate.watch(stop).await }
    });
    let vitals = Vitals::new("serve", checks, base.metrics.clone());
    let house = base.open_house(gate, vitals).await?;
    // While the broker is away the door is open all the same: it answers "try again".
    tokio::join!(
        http::serve(listener, house, base.stop.clone()),
        base.declare()
    );
    watching.await?;
    Ok(())
}

/// `kezek work`
pub async fn work() -> anyhow::Result<()> {
    let base = Base::open("work")?;
    let listener = bind(base.config.health_address()).await?;
    let kept = kept(&base)?;
    let checks = vec![bus_check(&kept.publisher), kept.check()];
    let vitals = Vitals::new("work", checks, base.metrics.clone());
    let house = Arc::new(House {
        gate: None,
        vitals: Some(vitals),
    });
    let health = tokio::spawn(http::serve(listener, house, base.stop.clone()));
    base.declare().await;
    base.migrated(&kept.registry).await;
    worker::work(kept.tools(), base.parallel(), base.stop.clone()).await;
    health.await?;
    Ok(())
}

/// `kezek relay`
pub async fn relay() -> anyhow::Result<()> {
    let base = Base::open("relay")?;
    let listener = bind(base.config.health_address()).await?;
    let kept = kept(&base)?;
    let checks = vec![bus_check(&kept.publisher), kept.check()];
    let vitals = Vitals::new("relay", checks, base.metrics.clone());
    let house = Arc::new(House {
        gate: None,
        vitals: Some(vitals),
    });
    let health = tokio::spawn(http::serve(listener, house, base.stop.clone()));
    base.declare().await;
    base.migrated(&kept.registry).await;
    worker::relay(
        kept.registry.clone(),
        kept.publisher.clone(),
        base.stop.clone(),
    )
    .await;
    health.await?;
    Ok(())
}

/// `kezek all`
pub async fn all() -> anyhow::Result<()> {
    let base = Base::open("all")?;
    let listener = bind(base.config.listen).await?;
    let Door { gate, mut checks } = door(&base)?;
    let kept = kept(&base)?;
    checks.push(kept.check());
    let vitals = Vitals::new("all", checks, base.metrics.clone());
    let house = base.open_house(Arc::clone(&gate), vitals).await?;
    // The door stops first: what it accepted still finds its worker.
    let (stop_workers, workers_stopped) = watch::channel(false);
    if base.config.revocation_dir.is_some() {
        let (refresher, stop) = (refresher(&base.config)?, base.stop.clone());
        let well = Arc::new(AtomicBool::new(false));
        tokio::spawn(async move { refresher.run(stop, &well).await });
    }
    let serving = tokio::spawn({
        let stop = base.stop.clone();
        async move {
            tokio::join!(http::serve(listener, house, stop.clone()), gate.watch(stop));
            stop_workers.send(true).ok();
        }
    });
    base.declare().await;
    base.migrated(&kept.registry).await;
    stamp_beside(&base, kept.registry.clone())?;
    courier_beside(&base, kept.registry.clone())?;
    let relaying = worker::relay(
        kept.registry.clone(),
        kept.publisher.clone(),
        workers_stopped.clone(),
    );
    tokio::join!(
        worker::work(kept.tools(), base.parallel(), workers_stopped),
        relaying
    );
    serving.await?;
    Ok(())
}

/// What every role has.
pub(super) struct Base {
    pub(super) config: Config,
    role: &'static str,
    pub(super) metrics: PrometheusHandle,
    pub(super) stop: watch::Receiver<bool>,
}

impl Base {
    pub(super) fn open(role: &'static str) -> anyhow::Result<Self> {
        let config = config()?;
        log(&config)?;
        let metrics = PrometheusBuilder::new()
            .set_buckets(&BUCKETS)
            .context("the buckets are in order")?
            .install_recorder()
            .context("no other recorder is installed")?;
        let upkeep = metrics.clone();
        tokio::spawn(async move {
            let mut interval = tokio::time::interval(UPKEEP_INTERVAL);
            loop {
                interval.tick().await;
                upkeep.run_upkeep();
            }
        });
        tracing::info!(role, version = env!("CARGO_PKG_VERSION"), "starting");
        Ok(Self {
            config,
            role,
            metrics,
            stop: stop_on_signal()?,
        })
    }

    fn link(&self) -> anyhow::Result<Link> {
        link(&self.config, &format!("kezek {}", self.role))
    }

    /// A door with its vitals: on its own address, or beside it, where no crowd at the door keeps
    /// anybody from seeing them.
    async fn open_house(&self, gate: Arc<Gate>, vitals: Vitals) -> anyhow::Result<Arc<House>> {
        let mut vitals = Some(vitals);
        if let Some(address) = self.config.health_beside_door() {
            let listener = bind(address).await?;
            let house = House {
                gate: None,
                vitals: vitals.take(),
            };
            tokio::spawn(http::serve(listener, Arc::new(house), self.stop.clone()));
        }
        Ok(Arc::new(House {
            gate: Some(gate),
            vitals,
        }))
    }

    fn parallel(&self) -> usize {
        usize::try_from(self.config.worker_parallel).unwrap_or(1)
    }

    /// Declares the lanes, as soon as the broker is there; a stop ends the waiting. After each
    /// loss of the broker they are declared again: what comes back may be another one.
    async fn declare(&self) {
        let Ok(link) = self.link() else { return };
        let (first, declared) = oneshot::channel();
        let names = topology(&self.config);
        let mut stop = self.stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => {}
                () = keep_declared(&link, &names, first) => {}
            }
        });
        // The sender is dropped by a stop.
        declared.await.ok();
    }

    /// Waits until the schema is that of this program: an old schema is never worked on.
    pub(super) async fn migrated(&self, registry: &Registry) {
        let attempt = || async {
            let told = registry.require_migrated().await;
            if let Err(Trouble::Behind { .. }) = &told {
                tracing::warn!("run `kezek migrate`");
            }
            told
        };
        self.until_done("see the schema migrated", attempt).await;
    }

    async fn until_done<E: std::error::Error + 'static, F: Future<Output = Result<(), E>>>(
        &self,
        what: &str,
        attempt: impl Fn() -> F,
    ) {
        let mut stop = self.stop.clone();
        loop {
            match attempt().await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, what, "not yet")
                }
            }
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(RETRY_INTERVAL) => {}
            }
        }
    }
}

struct Door {
    gate: Arc<Gate>,
    checks: Vec<(&'static str, Check)>,
}

fn door(base: &Base) -> anyhow::Result<Door> {
    let config = &base.config;
    let link = base.link()?;
    let publisher = publisher(config, link.clone());
    let replies = Replies::listen(link, topology(config));
    let in_flight_max = usize::try_from(config.in_flight_max).unwrap_or(1);
    let public_url = config.public_url.clone();
    let settings = Settings {
        public_url: public_url
            .unwrap_or_else(|| format!("http://{}{}", config.listen, http::SYNC_PATH)),
        answer_time: config.answer_time(),
        in_flight_max,
    };
    let checks: Vec<(&'static str, Check)> = vec![
        bus_check(&publisher),
        (
            "replies",
            Box::new({
                let replies = replies.clone();
                move || replies.is_ready()
            }),
        ),
    ];
    let gate = Gate::open(sources(config)?, settings, publisher, replies)
        .context("the door cannot open; `kezek check` looks at everything it needs")?;
    Ok(Door {
        gate: Arc::new(gate),
        checks,
    })
}

/// The bus and the registry, for the roles behind the door.
struct Kept {
    link: Link,
    publisher: Publisher,
    registry: Registry,
    there: Arc<AtomicBool>,
}

fn kept(base: &Base) -> anyhow::Result<Kept> {
    let link = base.link()?;
    let publisher = publisher(&base.config, link.clone());
    let registry = registry(&base.config, 2 * base.parallel() + CONNECTIONS_BESIDE)?;
    let there = Arc::new(AtomicBool::new(false));
    tokio::spawn({
        let (registry, there) = (registry.clone(), Arc::clone(&there));
        async move {
            let mut interval = tokio::time::interval(PING_INTERVAL);
            loop {
                interval.tick().await;
                let told = tokio::time::timeout(PING_INTERVAL, registry.ping()).await;
                there.store(told.is_ok_and(|told| told.is_ok()), Ordering::Relaxed);
            }
        }
    });
    Ok(Kept {
        link,
        publisher,
        registry,
        there,
    })
}

impl Kept {
    fn check(&self) -> (&'static str, Check) {
        let there = Arc::clone(&self.there);
        ("postgres", Box::new(move || there.load(Ordering::Relaxed)))
    }

    fn tools(&self) -> Tools {
        Tools {
            link: self.link.clone(),
            publisher: self.publisher.clone(),
            registry: self.registry.clone(),
        }
    }
}

fn bus_check(publisher: &Publisher) -> (&'static str, Check) {
    let publisher = publisher.clone();
    ("rabbitmq", Box::new(move || publisher.is_ready()))
}

pub(super) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let hint = || format!("cannot listen at {address}; set KEZEK_LISTEN or KEZEK_HEALTH_LISTEN");
    TcpListener::bind(address).await.with_context(hint)
}

/// Turns true at SIGTERM or SIGINT.
fn stop_on_signal() -> anyhow::Result<watch::Receiver<bool>> {
    let (stop, stopped) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: what was begun is finished");
        stop.send(true).ok();
    });
    Ok(stopped)
}
