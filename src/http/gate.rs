//! The gate: what a gateway needs to believe, to pass on and to answer, in one place.
//!
//! Roots and participants are files; they are looked at every two seconds and swapped whole. A bad
//! change keeps what was and raises an alarm.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use tokio::sync::{Semaphore, watch};

use crate::bus::{Publisher, Replies};
use crate::signature::{
    Directory, DirectoryFault, KeyFault, ReceiptFault, ReceiptKey, Signer, Store, StoreFault,
};

use crate::terms::Moment;

use super::body::Budget;
use super::evidence::Desk;

/// Faults a second that are signed for senders who were not believed.
const STRANGER_SIGNATURES_MAX: u64 = 50;
const LOOK_INTERVAL: Duration = Duration::from_secs(2);

/// The files that a gateway lives by.
#[derive(Debug, Clone)]
pub struct Sources {
    /// `roots/` and `intermediates/`.
    pub trust: PathBuf,
    /// One TOML file for each participant.
    pub participants: PathBuf,
    /// PKCS#8, for our answers.
    pub signing_key: PathBuf,
    /// Of that key.
    pub signing_certificate: PathBuf,
    /// Hexadecimal digits, the same at every gateway.
    pub receipt_key: PathBuf,
}

/// How a gateway behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address of the door in the WSDL.
    pub public_url: String,
    /// How long a sender waits for an answer.
    pub answer_time: Duration,
    /// Requests that may wait for an answer at one time.
    pub in_flight_max: usize,
}

/// Why a gateway cannot open.
#[derive(Debug, thiserror::Error)]
pub enum GateFault {
    /// The participants.
    #[error("the participants cannot be loaded")]
    Directory(#[from] DirectoryFault),
    /// The key of our answers.
    #[error("the signing key cannot be used")]
    Key(#[from] KeyFault),
    /// The key of receipts.
    #[error("the key of receipts cannot be used")]
    Receipts(#[from] ReceiptFault),
    /// The roots.
    #[error("the trusted certificates cannot be loaded")]
    Store(#[from] StoreFault),
}

/// A gateway.
pub struct Gate {
    pub(super) settings: Settings,
    pub(super) signer: Signer,
    pub(super) receipts: ReceiptKey,
    pub(super) publisher: Publisher,
    pub(super) replies: Replies,
    pub(super) budget: Budget,
    pub(super) places: Semaphore,
    pub(super) evidence: Desk,
    stranger_signatures: AtomicU64,
    sources: Sources,
    store: RwLock<Arc<Store>>,
    directory: RwLock<Arc<Directory>>,
}

impl Gate {
    /// Loads what it needs.
    ///
    /// # Errors
    /// [`GateFault`], naming the file.
    pub fn open(
        sources: Sources,
        settings: Settings,
        publisher: Publisher,
        replies: Replies,
    ) -> Result<Self, GateFault> {
        let store = Store::load(&sources.trust)?;
        let directory = Directory::load(&sources.participants)?;
        let signer = Signer::load(&sources.signing_key, &sources.signing_certificate)?;
        let receipts = ReceiptKey::load(&sources.receipt_key)?;
        Ok(Self {
            places: Semaphore::new(settings.in_flight_max),
            evidence: Desk::open(publisher.clone()),
            stranger_signatures: AtomicU64::new(0),
            budget: Budget::default(),
            settings,
            signer,
            receipts,
            publisher,
            replies,
            sources,
            store: RwLock::new(Arc::new(store)),
            directory: RwLock::new(Arc::new(directory)),
        })
    }

    /// The address of the door in the WSDL.
    pub fn public_url(&self) -> &str {
        &self.settings.public_url
    }

    /// Whether a fault to someone who was not believed may be signed now.
    ///
    /// Stock clients that verify answers refuse an unsigned fault and never show it to their
    /// people, so faults are signed; but a signature costs us a hundred times what a bad message
    /// costs its sender, so only so many a second are given away.
    pub(super) fn may_sign_for_a_stranger(&self, at: Moment) -> bool {
        let second = u64::try_from(at.millis() / 1000).unwrap_or(0);
        // The second in the upper half, the count of it in the lower one.
        let spend = |now: u64| {
            let count = if now >> 32 == second {
                now & u64::from(u32::MAX)
            } else {
                0
            };
            (count < STRANGER_SIGNATURES_MAX).then_some(second << 32 | (count + 1))
        };
        let order = Ordering::Relaxed;
        self.stranger_signatures
            .fetch_update(order, order, spend)
            .is_ok()
    }

    pub(super) fn store(&self) -> Arc<Store> {
        Arc::clone(&self.store.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn directory(&self) -> Arc<Directory> {
        Arc::clone(
            &self
                .directory
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Looks at roots and participants until `stop` turns true.
    pub async fn watch(&self, mut stop: watch::Receiver<bool>) {
        let mut trust = fingerprint(&self.sources.trust);
        let mut participants = fingerprint(&self.sources.participants);
        loop {
            tokio::select! {
                () = super::stopped(&mut stop) => return,
                () = tokio::time::sleep(LOOK_INTERVAL) => {}
            }
            let now = fingerprint(&self.sources.trust);
            if now != trust {
                trust = now;
                swap("trust", &self.store, Store::load(&self.sources.trust));
            }
            let now = fingerprint(&self.sources.participants);
            if now != participants {
                participants = now;
                swap(
                    "participants",
                    &self.directory,
                    Directory::load(&self.sources.participants),
                );
            }
        }
    }
}

fn swap<T, E: std::error::Error>(what: &str, slot: &RwLock<Arc<T>>, loaded: Result<T, E>) {
    match loaded {
        Ok(new) => {
            *slot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
            metrics::counter!("kezek_door_reloads_total", "what" => what.to_owned()).increment(1);
            tracing::info!(what, "loaded anew");
        }
        Err(fault) => {
            let name = "kezek_door_reload_failures_total";
            metrics::counter!(name, "what" => what.to_owned()).increment(1);
            tracing::error!(what, %fault, "ALARM: a change cannot be loaded; what was stays in force");
        }
    }
}

/// Names, sizes and times of everything in a folder, two levels deep.
fn fingerprint(folder: &Path) -> Vec<(PathBuf, u64, Option<SystemTime>)> {
    let mut found = Vec::new();
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(facts) = entry.metadata() else {
                continue;
            };
            if facts.is_dir() && depth == 0 {
                folders.push((entry.path(), 1));
            } else if facts.is_file() {
                found.push((entry.path(), facts.len(), facts.modified().ok()));
            }
        }
    }
    found.sort();
    found
}
