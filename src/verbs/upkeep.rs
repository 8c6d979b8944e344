//! Upkeep: `migrate`, `registry load`, `check`, `trace`.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use kezek::bus::{Lane, declare, inspect};
use kezek::clock;
use kezek::http::Sources;
use kezek::registry::{FILES, Registers};
use kezek::scans::{self, ContentId};
use kezek::services;
use kezek::signature::revocation::Shelf;
use kezek::signature::{Directory, Environment, Openings, ReceiptKey, Store};
use kezek::terms::Moment;

use super::courier::show;
use super::sources::sources;
use super::{config, link, registry, topology};

/// D-35: beyond this a gateway's clock would give families wrong times.
const CLOCK_OFFSET_MS_MAX: i64 = 50;
/// What `check` leaves in the store of scans, once.
const SCAN_PROBE: &[u8] = b"kezek check\n";
const SERVER_TIME_MAX: Duration = Duration::from_secs(10);

/// `kezek migrate`
pub async fn migrate() -> anyhow::Result<()> {
    let config = config()?;
    let registry = registry(&config, 2)?;
    let applied = registry
        .migrate()
        .await
        .context("the schema was not migrated")?;
    for name in &applied {
        println!("applied {name}");
    }
    println!("the schema is up to date ({} applied now)", applied.len());
    if config.amqp_url.is_some() {
        declare(&link(&config, "kezek migrate")?, &topology(&config)).await?;
        println!("the lanes are declared");
    } else {
        println!("KEZEK_AMQP_URL is not set: lanes are declared by each role when it starts");
    }
    Ok(())
}

/// `kezek registry load`
pub async fn load(folder: &Path, dry: bool) -> anyhow::Result<()> {
    let mut texts = Vec::new();
    for file in FILES {
        let path = folder.join(file);
        let text = std::fs::read_to_string(&path);
        texts.push(text.with_context(|| format!("cannot read {}", path.display()))?);
    }
    let [settlements, codes, preschools] = &texts[..] else {
        bail!("a set has three files");
    };
    let set = match Registers::read([settlements, codes, preschools]) {
        Ok(set) => set,
        Err(wrong) => {
            wrong.iter().for_each(|row| eprintln!("{row}"));
            bail!("{} rows are wrong: nothing was loaded", wrong.len());
        }
    };
    let loaded = registry(&config()?, 2)?
        .load(&set, clock::now(), dry)
        .await?;
    println!(
        "{} settlements, {} codes, {} preschools: {} new or changed, {} closed",
        set.settlements.len(),
        set.codes.len(),
        set.preschools.len(),
        loaded.changed,
        loaded.closed
    );
    match loaded.version {
        None => println!("all of it was known already"),
        Some(_) if dry => println!("a trial: nothing was kept"),
        Some(version) => println!("version {version} of the registers"),
    }
    Ok(())
}

/// `kezek check`: everything, not only the first thing that is wrong.
pub async fn check() -> anyhow::Result<()> {
    let config = match config() {
        Ok(config) => config,
        Err(fault) => bail!("configuration: {fault:#}"),
    };
    let mut report = Report::default();
    report.line("configuration", Ok("read".into()));
    report.line("time zones", time_zones());
    report.line("trust, participants, keys", files(&config));
    report.line("scans", scans(&config).await);
    let database = tokio::time::timeout(SERVER_TIME_MAX, database(&config)).await;
    report.line(
        "postgres",
        database.unwrap_or_else(|_| bail!("no answer within 10 s")),
    );
    let broker = tokio::time::timeout(SERVER_TIME_MAX, broker(&config)).await;
    report.line(
        "rabbitmq",
        broker.unwrap_or_else(|_| bail!("no answer within 10 s")),
    );
    let time = tokio::time::timeout(SERVER_TIME_MAX, clock_offset(&config)).await;
    report.line(
        "clock",
        time.unwrap_or_else(|_| bail!("no answer within 10 s")),
    );
    ensure!(report.wrong == 0, "{} of the checks failed", report.wrong);
    Ok(())
}

#[derive(Default)]
struct Report {
    wrong: usize,
}

impl Report {
    fn line(&mut self, what: &str, found: anyhow::Result<String>) {
        match found {
            Ok(found) => println!("ok     {what}: {found}"),
            Err(fault) => {
                self.wrong += 1;
                println!("WRONG  {what}: {fault:#}");
            }
        }
    }
}

/// D-130: time zone data of 2024a or later, tested by what it says.
fn time_zones() -> anyhow::Result<String> {
    for (local, utc) in [
        ("2024-02-29T12:00:00", "2024-02-29T06:00:00Z"),
        ("2024-03-01T12:00:00", "2024-03-01T07:00:00Z"),
    ] {
        let (local, utc) = (Moment::parse(local)?, Moment::parse(utc)?);
        ensure!(
            local == utc,
            "{local} in Astana is not {utc}: the time zone data is older than 2024a"
        );
    }
    Ok("Astana is at +05 since March 2024".into())
}

fn files(config: &kezek::config::Config) -> anyhow::Result<String> {
    let sources = sources(config)?;
    let (roots, below) = Store::load(&sources.trust, sources.environment)?.size();
    let directory = Directory::load(&sources.participants, &services::numbers())?;
    let openings = Openings::load(&sources.openings, &services::numbers())?;
    let (participants, pinned) = (directory.len(), directory.pinned());
    let signer = sources.signing.load()?;
    let (_, until) = signer.certificate().validity();
    ensure!(
        clock::now() <= until,
        "the certificate of our answers expired at {until}"
    );
    ReceiptKey::load(&sources.receipt_key)?;
    let shelf = shelf(&sources)?;
    Ok(format!(
        "a store for {}, {roots} root(s), {below} below, {participants} participants ({pinned} by \
         pinned certificates, {} by role), {} openings, answers signed until {until}, \
         {shelf}",
        sources.environment.word(),
        participants - pinned,
        openings.len()
    ))
}

/// Whether what is put into the store of scans can be had again.
async fn scans(config: &kezek::config::Config) -> anyhow::Result<String> {
    let folder = sources(config)?.scans;
    let store = scans::Store::open(&folder, config.scans_bucket.as_deref())?;
    store.put_octets(SCAN_PROBE).await?;
    let found = store.get(ContentId::of(SCAN_PROBE)).await?;
    ensure!(
        found.as_deref() == Some(SCAN_PROBE),
        "what was put is not there"
    );
    Ok(match &config.scans_bucket {
        Some(file) => format!("kept in the bucket of {}", file.display()),
        None => format!("kept in {}", folder.display()),
    })
}

/// What is known of revocation, in words.
fn shelf(sources: &Sources) -> anyhow::Result<String> {
    let Some((folder, policy)) = &sources.revocation else {
        ensure!(
            sources.environment == Environment::Test,
            "production needs to know what is revoked: set KEZEK_REVOCATION_DIR"
        );
        return Ok("revocation is not asked for".into());
    };
    let shelf = Shelf::load(folder, *policy, &Shelf::default());
    let shelf = shelf.with_context(|| format!("cannot read {}", folder.display()))?;
    if let Some((path, fault)) = shelf.faults().first() {
        bail!("{}: {fault}", path.display());
    }
    let (lists, answers) = shelf.size();
    Ok(format!("{lists} lists and {answers} answers on revocation"))
}

async fn database(config: &kezek::config::Config) -> anyhow::Result<String> {
    let registry = registry(config, 2)?;
    registry.ping().await?;
    let pending = registry.pending().await?;
    ensure!(
        pending.is_empty(),
        "the schema lacks {}; run `kezek migrate`",
        pending.join(", ")
    );
    let (rows, oldest) = registry.outbox_backlog().await?;
    let age = oldest.map_or(0, |oldest| clock::now().millis_since(oldest) / 1000);
    Ok(format!(
        "schema up to date, {rows} rows in the outbox, the oldest of {age} s"
    ))
}

async fn broker(config: &kezek::config::Config) -> anyhow::Result<String> {
    let lanes = inspect(&link(config, "kezek check")?, &topology(config)).await?;
    let missing: Vec<&str> = lanes
        .iter()
        .filter(|lane| lane.counts.is_none())
        .map(|lane| lane.name.as_str())
        .collect();
    ensure!(
        missing.is_empty(),
        "no lanes {}; run `kezek migrate`",
        missing.join(", ")
    );
    let names = topology(config);
    let dead_lanes = Lane::ALL.map(|lane| names.dead(lane));
    let dead: u32 = lanes
        .iter()
        .filter(|lane| dead_lanes.contains(&lane.name))
        .filter_map(|lane| lane.counts.map(|(messages, _)| messages))
        .sum();
    Ok(format!("{} lanes, {dead} buried message(s)", lanes.len()))
}

/// Compares with the database's clock, which every gateway and worker shares.
async fn clock_offset(config: &kezek::config::Config) -> anyhow::Result<String> {
    let registry = registry(config, 2)?;
    registry.ping().await?;
    let before = clock::now();
    let theirs = registry.clock().await?;
    let after = clock::now();
    let middle = before.plus_millis(after.millis_since(before) / 2);
    let offset = middle.millis_since(theirs);
    ensure!(
        offset.abs() <= CLOCK_OFFSET_MS_MAX,
        "this clock differs from the database's by {offset} ms; set both by NTP"
    );
    Ok(format!("{offset} ms from the database's"))
}

/// `kezek trace`
pub async fn trace(message_id: &str) -> anyhow::Result<()> {
    let config = config()?;
    let registry = registry(&config, 2)?;
    println!("journal:");
    let journal = registry.journal_of(message_id).await?;
    for line in &journal {
        let sender = line.sender.as_deref().unwrap_or("(not known)");
        let service = line.service.as_deref().unwrap_or("-");
        println!(
            "  {} {} No. {} from {sender}, service {service}",
            line.at, line.kind, line.id
        );
        println!("    raw octets kept: {}", line.raw_bytes.unwrap_or(0));
        println!("    verdict:  {}", line.verdict);
        if let Some(decision) = &line.decision {
            println!("    decision: {decision}");
        }
    }
    let inbox = registry.inbox_of(message_id).await?;
    println!("inbox:");
    for line in &inbox {
        println!(
            "  received {}, answered {} with {} to {}, service {}",
            line.received_at, line.answered_at, line.status, line.sender, line.service
        );
    }
    println!("outbox:");
    for line in registry.outbox_of(message_id).await? {
        let published = line
            .published_at
            .map_or("not yet published".into(), |at| format!("published {at}"));
        println!(
            "  {} {} made {}, {published}",
            line.lane, line.message_id, line.created_at
        );
    }
    println!("letters:");
    for letter in registry.letters_of(message_id).await? {
        show(&letter);
    }
    println!("lanes now (messages, consumers):");
    for lane in inspect(&link(&config, "kezek trace")?, &topology(&config)).await? {
        match lane.counts {
            Some((messages, consumers)) => {
                println!("  {:<24} {messages:>8} {consumers:>4}", lane.name)
            }
            None => println!("  {:<24} does not exist", lane.name),
        }
    }
    if journal.is_empty() && inbox.is_empty() {
        println!(
            "nothing is known of {message_id}. If it was accepted, it stands on a lane above; \
             otherwise it never reached this gateway, or was refused before its signer was known."
        );
    }
    Ok(())
}
