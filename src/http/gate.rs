//! The gate: what a gateway needs to believe, to pass on and to answer, in one place.
//!
//! Roots, words on revocation, participants and keys are files; they are looked at every two
//! seconds and swapped whole. A bad change keeps what was and raises an alarm.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use tokio::sync::watch;

use crate::bus::{Publisher, Replies};
use crate::envelope::Channel;
use crate::scans::StoreTrouble;
use crate::services;
use crate::signature::revocation::Policy;
use crate::signature::{
    Directory, DirectoryFault, Environment, KeyFault, Openings, OpeningsFault, ReceiptFault,
    ReceiptKey, Store, StoreFault,
};

use crate::terms::Moment;

use super::beliefs::Beliefs;
use super::body;
use super::evidence::Desk;
use super::intake::ScanDesk;
use super::limits::Rates;
use super::pen::Pen;
use super::rights::{self, Told};
use super::seal::SigningKey;
use super::share::Shares;
use super::watched::{Fingerprint, LOOK_INTERVAL, Watched, fingerprint, now_in};

/// Faults a second that are signed for senders who were not believed.
const STRANGER_SIGNATURES_MAX: u64 = 50;

/// The files that a gateway lives by.
#[derive(Debug, Clone)]
pub struct Sources {
    /// What the installation is for.
    pub environment: Environment,
    /// `store.toml`, `roots/`, `intermediates/` and `known/`.
    pub trust: PathBuf,
    /// What authorities said of revocation, and by which policy it counts; needed in production.
    pub revocation: Option<(PathBuf, Policy)>,
    /// One TOML file for each participant.
    pub participants: PathBuf,
    /// The key of our answers.
    pub signing: SigningKey,
    /// Hexadecimal digits, the same at every gateway.
    pub receipt_key: PathBuf,
    /// From which day services are open in which regions.
    pub openings: PathBuf,
    /// Where scans wait, and are kept: the same for every gateway.
    pub scans: PathBuf,
    /// The description of a bucket, where they are kept there instead.
    pub scans_bucket: Option<PathBuf>,
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
    /// From when services are open.
    #[error("the openings cannot be loaded")]
    Openings(#[from] OpeningsFault),
    /// What authorities said of revocation.
    #[error("the folder of KEZEK_REVOCATION_DIR cannot be read")]
    Revocation(#[source] std::io::Error),
    /// In production nobody is believed without it.
    #[error(
        "production needs to know what is revoked: set KEZEK_REVOCATION_DIR, and run `kezek revocation`"
    )]
    RevocationNotAsked,
    /// Where scans are kept.
    #[error("the folder of KEZEK_SCANS_DIR cannot be used")]
    Scans(#[from] StoreTrouble),
    /// The roots.
    #[error("the trusted certificates cannot be loaded")]
    Store(#[from] StoreFault),
}

/// A gateway.
pub struct Gate {
    pub(super) settings: Settings,
    pub(super) publisher: Publisher,
    pub(super) replies: Replies,
    pub(super) budget: Shares,
    /// What senders, by id, have of the requests that may wait for an answer.
    pub(super) places: Shares<String>,
    pub(super) rates: Rates,
    pub(super) scans: ScanDesk,
    pub(super) evidence: Desk,
    stranger_signatures: AtomicU64,
    sources: Sources,
    pub(super) pen: Arc<Pen>,
    beliefs: Beliefs,
    receipts: RwLock<Arc<ReceiptKey>>,
    directory: RwLock<Arc<Directory>>,
    openings: RwLock<Arc<Openings>>,
    seen: Seen,
}

/// How files looked before they were loaded.
struct Seen {
    participants: Fingerprint,
    openings: Fingerprint,
    receipt_key: Fingerprint,
}

impl Seen {
    fn of(sources: &Sources) -> Self {
        let look = |place: &Path| fingerprint(&[place.to_owned()]);
        Self {
            participants: look(&sources.participants),
            openings: look(&sources.openings),
            receipt_key: look(&sources.receipt_key),
        }
    }
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
        let seen = Seen::of(&sources);
        let (environment, trust) = (sources.environment, sources.trust.clone());
        let beliefs = Beliefs::open(environment, trust, sources.revocation.clone())?;
        let directory = Directory::load(&sources.participants, &services::numbers())?;
        let openings = Openings::load(&sources.openings, &services::numbers())?;
        let pen = Pen::open(sources.signing.clone())?;
        let receipts = ReceiptKey::load(&sources.receipt_key)?;
        Ok(Self {
            places: Shares::of(settings.in_flight_max),
            rates: Rates::default(),
            evidence: Desk::open(publisher.clone()),
            stranger_signatures: AtomicU64::new(0),
            budget: body::budget(),
            scans: ScanDesk::open(&sources.scans, sources.scans_bucket.as_deref())?,
            settings,
            pen: Arc::new(pen),
            beliefs,
            receipts: RwLock::new(Arc::new(receipts)),
            publisher,
            replies,
            sources,
            directory: RwLock::new(Arc::new(directory)),
            openings: RwLock::new(Arc::new(openings)),
            seen,
        })
    }

    /// The policy by which certificates stand, where that is asked for.
    pub(super) fn policy(&self) -> Option<Policy> {
        self.beliefs.policy()
    }

    /// The address of a channel in its WSDL. That of the synchronous one is a setting; the other
    /// stands beside it.
    pub fn public_url(&self, channel: Channel) -> String {
        let known = &self.settings.public_url;
        match channel {
            Channel::Synchronous => known.clone(),
            Channel::Asynchronous => {
                let before = known.strip_suffix("/sync").unwrap_or(known);
                format!("{before}/async")
            }
        }
    }

    /// Whether a fault to someone who was not believed may be signed now.
    ///
    /// Stock clients that verify answers refuse an unsigned fault and never show it to their
    /// people, so faults are signed; but a signature costs us a hundred times what a bad message
    /// costs its sender, so only so many a second are given away.
    pub(super) fn may_sign_for_a_stranger(&self, at: Moment) -> bool {
        let second = u64::try_from(at.millis() / 1000).unwrap_or(0);
        // The second in the upper half, the count of it in the lower one. Messages that were
        // received earlier and read later count in the latest second, or slow ones would begin it
        // anew.
        let spend = |now: u64| {
            let latest = second.max(now >> 32);
            let count = if now >> 32 == latest {
                now & u64::from(u32::MAX)
            } else {
                0
            };
            (count < STRANGER_SIGNATURES_MAX).then_some(latest << 32 | (count + 1))
        };
        let order = Ordering::Relaxed;
        self.stranger_signatures
            .fetch_update(order, order, spend)
            .is_ok()
    }

    pub(super) fn receipts(&self) -> Arc<ReceiptKey> {
        now_in(&self.receipts)
    }

    pub(super) fn store(&self) -> Arc<Store> {
        self.beliefs.store()
    }

    pub(super) fn directory(&self) -> Arc<Directory> {
        now_in(&self.directory)
    }

    pub(super) fn openings(&self) -> Arc<Openings> {
        now_in(&self.openings)
    }

    /// Looks at everything until `stop` turns true.
    pub async fn watch(self: Arc<Self>, stop: watch::Receiver<bool>) {
        self.pen.watch();
        let services = services::numbers();
        let folder = &self.sources.participants;
        let participants = Watched::new(
            "participants",
            vec![folder.clone()],
            self.seen.participants.clone(),
        );
        let participants = self.watch_told(participants, &self.directory, stop.clone(), || {
            Directory::load(folder, &services)
        });
        let file = &self.sources.openings;
        let openings = Watched::new("openings", vec![file.clone()], self.seen.openings.clone());
        let openings = self.watch_told(openings, &self.openings, stop.clone(), || {
            Openings::load(file, &services)
        });
        tokio::join!(
            participants,
            openings,
            self.beliefs.watch(stop.clone()),
            self.watch_receipts(stop)
        );
    }

    /// Looks at who may call what, or at where it is open. A change is told to the journal before
    /// it is in force, so there is no right without its line; while no broker takes the line nobody
    /// is let in anyway.
    async fn watch_told<T: Told, E: std::error::Error + 'static>(
        &self,
        mut watched: Watched,
        slot: &RwLock<Arc<T>>,
        mut stop: watch::Receiver<bool>,
        load: impl Fn() -> Result<T, E>,
    ) {
        let mut opened = false;
        loop {
            let now = now_in(slot);
            if !opened {
                opened = rights::tell(&self.publisher, None, &*now).await;
            } else if let Some((new, seen)) = watched.changed(&load)
                && rights::tell(&self.publisher, Some(&*now), &new).await
            {
                watched.swap(slot, new, seen);
            }
            tokio::select! {
                () = super::stopped(&mut stop) => return,
                () = tokio::time::sleep(LOOK_INTERVAL) => {}
            }
        }
    }

    /// Looks at the key of receipts.
    async fn watch_receipts(&self, mut stop: watch::Receiver<bool>) {
        let (place, seen) = (&self.sources.receipt_key, &self.seen.receipt_key);
        let mut receipts = Watched::new("receipt key", vec![place.clone()], seen.clone());
        loop {
            tokio::select! {
                () = super::stopped(&mut stop) => return,
                () = tokio::time::sleep(LOOK_INTERVAL) => {}
            }
            receipts.look(&self.receipts, || {
                ReceiptKey::load(&self.sources.receipt_key)
            });
        }
    }
}
