//! `kezek stamp`: the role that puts the journal under time-stamps, and what `kezek verify` reads
//! of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use futures_util::FutureExt as _;
use kezek::config::Config;
use kezek::http::{self, Check, House, Vitals};
use kezek::registry::{Registry, Stamped};
use kezek::signature::timestamp::Token;
use kezek::signature::{Store, hex};
use kezek::worker::{Stamper, batch_of};

use super::roles::{Base, bind};
use super::sources::environment;
use super::{config, registry};

/// No batch has as many lines, and a range that was filled up must not be read whole.
const LINES_MAX: i64 = 100_000;
const SHOWN_MAX: usize = 20;

/// `kezek stamp`
pub async fn stamp(once: bool) -> anyhow::Result<()> {
    if once {
        let config = config()?;
        let registry = registry(&config, 2)?;
        registry.require_migrated().await?;
        let made = stamper(&config, registry)?.once().await;
        let made = made.context("not all of the journal is stamped")?;
        println!("{made} batches of the journal stamped");
        return Ok(());
    }
    let base = Base::open("stamp")?;
    let listener = bind(base.config.health_address()).await?;
    let registry = registry(&base.config, 2)?;
    let stamper = stamper(&base.config, registry.clone())?;
    let well = Arc::new(AtomicBool::new(false));
    let check: Check = Box::new({
        let well = Arc::clone(&well);
        move || well.load(Ordering::Relaxed)
    });
    let vitals = Vitals::new("stamp", vec![("stamp", check)], base.metrics.clone());
    let house = Arc::new(House {
        gate: None,
        vitals: Some(vitals),
    });
    let health = tokio::spawn(http::serve(listener, house, base.stop.clone()));
    base.migrated(&registry).await;
    stamper.run(base.stop.clone(), &well).await;
    health.await?;
    Ok(())
}

/// What stamps the journal of a configuration.
pub fn stamper(config: &Config, registry: Registry) -> anyhow::Result<Stamper> {
    let trust = Config::required(&config.trust_dir, "TRUST_DIR", "/etc/kezek/trust")?;
    Ok(Stamper {
        registry,
        trust: trust.clone(),
        environment: environment(config),
        wait: Duration::from_secs(config.stamp_minutes * 60),
        ask: Box::new(|address, question| {
            async move {
                let told = http::ask_stamper(&address, question).await;
                told.map_err(Into::into)
            }
            .boxed()
        }),
    })
}

/// Stamps the journal beside the rest, where the trust store names authorities for time.
pub(super) fn stamp_beside(base: &Base, registry: Registry) -> anyhow::Result<()> {
    let stamper = stamper(&base.config, registry)?;
    if !Store::load(&stamper.trust, stamper.environment)?
        .stampers()
        .is_empty()
    {
        let stop = base.stop.clone();
        let well = AtomicBool::new(false);
        tokio::spawn(async move { stamper.run(stop, &well).await });
    }
    Ok(())
}

/// Computes the batch of a line again, offline, and says what its stamp proves.
pub async fn check(registry: &Registry, store: &Store, line: i64) -> anyhow::Result<String> {
    let Some(stamped) = registry.stamp_over(line).await? else {
        return Ok("not yet".into());
    };
    let (number, batch) = (stamped.number, batch_of(&stamped));
    // Its own words first: what they prove depends on nothing else.
    let token = Token::parse(&stamped.token);
    let stamp = token.and_then(|token| token.verify(store, &[]));
    let stamp = stamp.with_context(|| format!("the stamp of batch {number}"))?;
    let states = stamp.covers(&batch.statement());
    states.with_context(|| format!("batch {number} is not what was stamped"))?;
    ensure!(
        batch.after < line,
        "there is a gap before batch {number}: it begins behind line {}, and no batch covers line {line}",
        batch.after
    );
    for (earlier, later) in [(number - 1, number), (number, number + 1)] {
        let numbered = |wanted| async move { registry.stamp_numbered(wanted).await };
        let (before, after) = (numbered(earlier).await?, numbered(later).await?);
        let before = before.as_ref().map(batch_of);
        let Some(after) = after.as_ref().map(batch_of) else {
            // It is the last one, unless another stands behind it.
            let last = registry.last_stamp().await?;
            let is_last = last.is_some_and(|last| last.number < later);
            ensure!(is_last, "there is a gap: batch {later} is missing");
            continue;
        };
        ensure!(
            earlier == 0 || before.is_some(),
            "there is a gap: batch {earlier} is missing"
        );
        ensure!(
            after.follows(before.as_ref()),
            "batch {later} does not follow batch {earlier} as it is now"
        );
    }
    unchanged(registry, &stamped).await?;
    Ok(format!(
        "{} by {}, batch {number} of {} lines, {} to {}",
        stamp.at,
        hex(&stamp.path[0]),
        batch.lines.len(),
        batch.after + 1,
        batch.through
    ))
}

/// Whether the lines are as they were stamped.
async fn unchanged(registry: &Registry, stamped: &Stamped) -> anyhow::Result<()> {
    let now = registry.journal_octets(stamped.after, stamped.through, LINES_MAX);
    let now = now.await?;
    let now = now.iter().map(|line| (line.id, line.octets.as_slice()));
    let found = batch_of(stamped).differences(now);
    let shown = found.iter().take(SHOWN_MAX).map(ToString::to_string);
    let shown: Vec<String> = shown.collect();
    ensure!(
        found.is_empty(),
        "batch {}, stamped {}, is no longer what was stamped ({} differences): {}",
        stamped.number,
        stamped.at,
        found.len(),
        shown.join("; ")
    );
    Ok(())
}
