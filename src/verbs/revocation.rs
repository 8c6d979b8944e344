//! `kezek revocation`: the one role that asks authorities what is revoked.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use kezek::config::Config;
use kezek::http::{self, Check, House, Refresher, Vitals};
use kezek::signature::revocation::Policy;

use super::config;
use super::roles::{Base, bind, environment};

/// `kezek revocation`
pub async fn revocation(once: bool) -> anyhow::Result<()> {
    if once {
        return fetch_once().await;
    }
    let base = Base::open("revocation")?;
    let listener = bind(base.config.health_listen).await?;
    let refresher = refresher(&base.config)?;
    let well = Arc::new(AtomicBool::new(false));
    let check: Check = Box::new({
        let well = Arc::clone(&well);
        move || well.load(Ordering::Relaxed)
    });
    let checks = vec![("revocation", check)];
    let vitals = Vitals::new("revocation", checks, base.metrics.clone());
    let house = Arc::new(House { gate: None, vitals });
    let health = tokio::spawn(http::serve(listener, house, base.stop.clone()));
    refresher.run(base.stop.clone(), &well).await;
    health.await?;
    Ok(())
}

async fn fetch_once() -> anyhow::Result<()> {
    let round = refresher(&config()?)?.once().await;
    println!("{} lists and answers put on the shelf", round.placed);
    for (what, fault) in &round.failed {
        let cause = std::error::Error::source(fault);
        let cause = cause.map_or(String::new(), |cause| format!(": {cause}"));
        println!("FAILED {what}: {fault}{cause}");
    }
    let failed = round.failed.len();
    anyhow::ensure!(failed == 0, "{failed} were not fetched");
    Ok(())
}

/// The shelf of what authorities said of revocation, and the policy.
pub fn shelf(config: &Config) -> Option<(PathBuf, Policy)> {
    let hours = i64::try_from(config.revocation_grace_hours).unwrap_or(0);
    let policy = Policy {
        grace_ms: hours * 3_600_000,
        ..Policy::default()
    };
    config.revocation_dir.clone().map(|folder| (folder, policy))
}

/// What keeps the shelf.
pub fn refresher(config: &Config) -> anyhow::Result<Refresher> {
    let example = "/var/lib/kezek/revocation";
    Config::required(&config.revocation_dir, "REVOCATION_DIR", example)?;
    let (folder, policy) = shelf(config).context("the folder was just seen")?;
    let trust = Config::required(&config.trust_dir, "TRUST_DIR", "/etc/kezek/trust")?;
    Ok(Refresher {
        environment: environment(config),
        trust: trust.clone(),
        folder,
        policy,
    })
}
