//! `kezek revocation`: the one role that asks authorities what is revoked; `kezek verify`: what was
//! believed, computed again.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use kezek::bus::{Lane, inspect};
use kezek::config::Config;
use kezek::envelope::{Texts, marks};
use kezek::http::{self, Check, House, Refresher, Vitals};
use kezek::scans;
use kezek::signature::revocation::{Policy, Shelf};
use kezek::signature::{Store, hex, verdict};

use super::roles::{Base, bind};
use super::sources::environment;
use super::{config, link, registry, stamp, topology};

/// `kezek revocation`
pub async fn revocation(once: bool) -> anyhow::Result<()> {
    if once {
        return fetch_once().await;
    }
    let base = Base::open("revocation")?;
    let listener = bind(base.config.health_address()).await?;
    let refresher = refresher(&base.config)?;
    let well = Arc::new(AtomicBool::new(false));
    let check: Check = Box::new({
        let well = Arc::clone(&well);
        move || well.load(Ordering::Relaxed)
    });
    let checks = vec![("revocation", check)];
    let vitals = Vitals::new("revocation", checks, base.metrics.clone());
    let house = Arc::new(House {
        gate: None,
        vitals: Some(vitals),
    });
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

/// `kezek revocation --forget-days`: old words that no verdict rests on.
pub async fn forget(days: u64) -> anyhow::Result<()> {
    let config = config()?;
    let example = "/var/lib/kezek/revocation";
    let folder = Config::required(&config.revocation_dir, "REVOCATION_DIR", example)?;
    // A message that is buried has a verdict, which the journal gets when the message is given
    // back.
    let names = topology(&config);
    let dead = Lane::ALL.map(|lane| names.dead(lane));
    for lane in inspect(&link(&config, "kezek revocation")?, &names).await? {
        let buried = lane.counts.map_or(0, |(messages, _)| messages);
        anyhow::ensure!(
            buried == 0 || !dead.contains(&lane.name),
            "{buried} messages lie on {}: what their verdicts rest on is not known yet",
            lane.name
        );
    }
    let registry = registry(&config, 2)?;
    registry.require_migrated().await?;
    let referred = registry.words_referred().await?;
    let age = Duration::from_secs(days * 86_400);
    let (stay, went) = Shelf::forget(folder, age, &referred)
        .with_context(|| format!("cannot tidy {}", folder.display()))?;
    println!("{went} words on revocation forgotten, {stay} stay");
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

/// The scans that left a message, read back; nothing, where none did.
async fn scans_of(raw: &[u8], config: &Config) -> anyhow::Result<Option<Arc<dyn Texts>>> {
    if marks(raw)?.is_empty() {
        return Ok(None);
    }
    let hint = "the folder in which the gateways keep scans";
    let folder = Config::required(&config.scans_dir, "SCANS_DIR", hint)?;
    let recalled = scans::Store::open(folder, config.scans_bucket.as_deref())?
        .recall(raw)
        .await?;
    Ok(Some(recalled))
}

/// `kezek verify`
pub async fn verify(journal_id: i64) -> anyhow::Result<()> {
    let config = config()?;
    let registry = registry(&config, 2)?;
    let trust = Config::required(&config.trust_dir, "TRUST_DIR", "/etc/kezek/trust")?;
    let store = Store::load(trust, environment(&config))?;
    // Of a line that was taken out only its stamp still speaks.
    let stamped = stamp::check(&registry, &store, journal_id).await;
    let evidence = registry.evidence(journal_id).await?;
    if evidence.is_none() {
        // What its stamp says of the missing line is the better answer.
        stamped
            .as_ref()
            .map_err(|fault| anyhow::anyhow!("{fault:#}"))?;
    }
    let evidence = evidence.with_context(|| {
        format!("no line {journal_id} in the journal; `kezek trace <messageId>` shows the numbers")
    })?;
    println!("line {journal_id}, decided {}", evidence.at);
    // A line of the same batch that was touched takes nothing from what is computed here.
    match &stamped {
        Ok(stamped) => println!("stamped   {stamped}"),
        Err(fault) => println!("stamped   NOT PROVEN: {fault:#}"),
    }
    let raw = evidence.raw.as_ref();
    let raw = raw.context("of this line only the digest was kept: its signer was never known")?;
    anyhow::ensure!(
        evidence.kind == "MESSAGE",
        "line {journal_id} is {}: nothing was believed",
        evidence.kind
    );
    let folder = config.revocation_dir.clone();
    let recall = |wanted: &[u8; 32]| Shelf::recall(folder.as_ref()?, wanted);
    let (verdict, chain) = (&evidence.verdict, &evidence.chain);
    let texts = scans_of(raw, &config).await?;
    let trusted = verdict::compute_again(raw, texts, verdict, chain, store, recall)
        .with_context(|| format!("line {journal_id} does not come out as it was recorded"))?;
    println!("message   {} octets, as it arrived", raw.len());
    println!("signed    {}", verdict["algorithm"]);
    println!("digest    {}", verdict["octets_sha256"]);
    for (certificate, name) in trusted.verified().path().zip(0..) {
        println!("path {name}    {}", hex(&certificate.fingerprint()));
    }
    for basis in trusted.verified().standing() {
        let grace = if basis.grace { ", in grace" } else { "" };
        let objects: Vec<String> = basis.objects.iter().map(|o| hex(o)).collect();
        println!("stands by {}{grace}: {}", basis.by, objects.join(" "));
    }
    println!(
        "speaks    {} {}",
        verdict["participant"], verdict["gateway"]
    );
    println!(
        "the verdict comes out as it was recorded, as of {}",
        verdict["at"]
    );
    stamped.map(drop)
}
