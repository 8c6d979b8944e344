//! `kezek courier`: the role that takes letters to their peers; `kezek letters`: those that wait,
//! and those that could not be delivered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, ensure};
use futures_util::future::{BoxFuture, FutureExt as _};
use kezek::clock;
use kezek::config::Config;
use kezek::envelope::letter::{Errand, Untaken};
use kezek::http::{self, Check, House, Postbag, Postman, Vitals};
use kezek::registry::{LetterLine, Registry};
use kezek::worker::{Carrier, Courier, LETTER_TERM_MS};
use uuid::Uuid;

use super::revocation::shelf;
use super::roles::{Base, bind};
use super::sources::{environment, signing};
use super::{config, registry};

/// Lanes mark what they carried one after the other, and wait for peers in between.
const CONNECTIONS: usize = 8;

/// `kezek courier`
pub async fn courier() -> anyhow::Result<()> {
    let base = Base::open("courier")?;
    let listener = bind(base.config.health_address()).await?;
    let registry = registry(&base.config, CONNECTIONS)?;
    let postman = Arc::new(postman(&base.config)?);
    let well = Arc::new(AtomicBool::new(false));
    let check: Check = Box::new({
        let well = Arc::clone(&well);
        move || well.load(Ordering::Relaxed)
    });
    let vitals = Vitals::new("courier", vec![("letters", check)], base.metrics.clone());
    let house = Arc::new(House {
        gate: None,
        vitals: Some(vitals),
    });
    let health = tokio::spawn(http::serve(listener, house, base.stop.clone()));
    base.migrated(&registry).await;
    let courier = Courier {
        registry,
        carrier: Arc::new(ByHttp(Arc::clone(&postman))),
    };
    tokio::join!(
        postman.watch(base.stop.clone()),
        courier.run(base.stop.clone(), &well)
    );
    health.await?;
    Ok(())
}

/// Takes letters beside the rest.
pub(super) fn courier_beside(base: &Base, registry: Registry) -> anyhow::Result<()> {
    let postman = Arc::new(postman(&base.config)?);
    let courier = Courier {
        registry,
        carrier: Arc::new(ByHttp(Arc::clone(&postman))),
    };
    let stop = base.stop.clone();
    tokio::spawn(async move {
        let well = AtomicBool::new(false);
        tokio::join!(postman.watch(stop.clone()), courier.run(stop, &well))
    });
    Ok(())
}

/// Who signs, addresses and posts, by a configuration.
fn postman(config: &Config) -> anyhow::Result<Postman> {
    let hint = "what `kezek sandbox forge` printed, for a try";
    let bag = Postbag {
        environment: environment(config),
        trust: Config::required(&config.trust_dir, "TRUST_DIR", hint)?.clone(),
        revocation: shelf(config),
        participants: Config::required(&config.participants_dir, "PARTICIPANTS_DIR", hint)?.clone(),
        signing: signing(config)?,
    };
    Postman::open(bag).context("letters cannot be carried; `kezek check` looks at what it needs")
}

/// The postman, as the courier knows one.
struct ByHttp(Arc<Postman>);

impl Carrier for ByHttp {
    fn peers(&self) -> Vec<String> {
        self.0.peers()
    }

    fn carry(&self, errand: Errand) -> BoxFuture<'_, Result<(), Untaken>> {
        async move { self.0.carry(&errand).await }.boxed()
    }
}

/// `kezek letters`
pub async fn letters(again: Option<Uuid>) -> anyhow::Result<()> {
    let registry = registry(&config()?, 2)?;
    if let Some(message_id) = again {
        let until = clock::now().plus_millis(LETTER_TERM_MS);
        let revived = registry.revive_letter(message_id, until).await?;
        ensure!(
            revived,
            "no letter {message_id} was refused or given up; `kezek letters` lists those that were"
        );
        println!("{message_id} is tried again until {until}");
        return Ok(());
    }
    println!("lanes:");
    for lane in registry.letter_lanes().await? {
        let oldest = lane
            .oldest
            .map_or(String::new(), |oldest| format!(", the oldest of {oldest}"));
        println!("  {}: {} wait{oldest}", lane.peer, lane.waiting);
        if let Some((failures, trouble, due_at)) = lane.away {
            println!("    away ({trouble}), {failures} times; tried again at {due_at}");
        }
    }
    println!("not delivered:");
    for letter in registry.dead_letters().await? {
        show(&letter);
    }
    Ok(())
}

/// One letter on a line.
pub(super) fn show(letter: &LetterLine) {
    let ended = letter
        .ended_at
        .map_or("waits".into(), |at| format!("{} {at}", letter.state.code()));
    let trouble = letter.trouble.as_deref().unwrap_or("-");
    println!(
        "  {} {} to {}, made {}, {ended}, carried {} times, trouble: {trouble}",
        letter.kind, letter.message_id, letter.peer, letter.created_at, letter.attempts
    );
}
