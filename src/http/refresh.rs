//! Keeping the shelf: asks authorities what is revoked, ahead of need and outside any request.
//!
//! In:    the trust store, which names lists and responders, and the certificates that gateways
//! met.
//! Out:   files on the shelf, each verified, archived and renamed into its place whole.
//! Never: a list or answer that is older than the one that lies there; one that nobody in the store
//! signed; an answer without the nonce of its question.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;

use crate::clock;
use crate::signature::revocation::{Answer, Crl, Policy, Question, Shelf, Told, Untold};
use crate::signature::{Certificate, Environment, Store, StoreFault, hex, sha256};
use crate::terms::Moment;

use super::fetch::{FetchFault, Wanted, fetch};

/// How often the role looks whether something is due.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);
/// Lists are asked for so often: a delta comes hourly, and a revocation should not wait for it.
const LIST_INTERVAL_MS: i64 = 600_000;
/// Answers are asked for so often: twice and a half in the time for which one is fresh.
const ANSWER_INTERVAL_MS: i64 = 120_000;
/// After a failure it is tried again so soon.
const RETRY_INTERVAL_MS: i64 = 30_000;
/// Beyond its last meeting a certificate is no longer asked about: a week.
const MET_MS_MAX: i64 = 7 * 86_400_000;
const LIST_OCTETS_MAX: usize = 64 << 20;
const LIST_TIME_MAX: Duration = Duration::from_secs(60);
const ANSWER_OCTETS_MAX: usize = 64 << 10;
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
const MET_OCTETS_MAX: u64 = 16 << 10;

/// Why one word was not fetched.
#[derive(Debug, thiserror::Error)]
pub enum RefreshFault {
    /// Nothing came.
    #[error(transparent)]
    Fetch(#[from] FetchFault),
    /// It could not be put in its place.
    #[error("the shelf cannot be written")]
    Shelf(#[source] std::io::Error),
    /// What came cannot be used.
    #[error("{0}: {1}")]
    Untold(String, #[source] Untold),
    /// The trust store cannot be loaded.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// No responder is configured, or none answered.
    #[error("no responder")]
    NoResponder,
}

/// Where words come from and go to.
#[derive(Debug, Clone)]
pub struct Refresher {
    /// What the installation is for.
    pub environment: Environment,
    /// The trust store.
    pub trust: PathBuf,
    /// The shelf.
    pub folder: PathBuf,
    /// By which answers are fresh.
    pub policy: Policy,
}

/// What one round did.
#[derive(Debug, Default)]
pub struct Round {
    /// Lists and answers that were put on the shelf.
    pub placed: usize,
    /// What was not fetched, by address or by the fingerprint of the certificate asked about.
    pub failed: Vec<(String, RefreshFault)>,
}

impl Refresher {
    /// Fetches what is due until `stop` turns true; `well` says whether the last round failed
    /// nowhere.
    pub async fn run(&self, mut stop: watch::Receiver<bool>, well: &AtomicBool) {
        let mut due = HashMap::new();
        loop {
            let round = self.round(&mut due).await;
            well.store(round.failed.is_empty(), Ordering::Relaxed);
            let failures = u64::try_from(round.failed.len()).unwrap_or(u64::MAX);
            metrics::counter!("kezek_revocation_fetch_failures_total").increment(failures);
            for (what, fault) in &round.failed {
                let error = fault as &(dyn std::error::Error + 'static);
                tracing::error!(what, error, "ALARM: what is revoked cannot be asked");
            }
            tokio::select! {
                () = super::stopped(&mut stop) => return,
                () = tokio::time::sleep(LOOK_INTERVAL) => {}
            }
        }
    }

    /// Fetches everything once, due or not.
    pub async fn once(&self) -> Round {
        self.round(&mut HashMap::new()).await
    }

    /// Fetches what is due; `due` says when each list and answer is.
    async fn round(&self, due: &mut HashMap<String, Moment>) -> Round {
        let mut round = Round::default();
        let store = match Store::load(&self.trust, self.environment) {
            Ok(store) => store,
            Err(fault) => {
                let what = "the trust store".to_owned();
                round.failed.push((what, fault.into()));
                return round;
            }
        };
        let shelf = match Shelf::load(&self.folder, self.policy, &Shelf::default()) {
            Ok(shelf) => shelf,
            Err(fault) => {
                let what = "the shelf".to_owned();
                round.failed.push((what, RefreshFault::Shelf(fault)));
                return round;
            }
        };
        let (lists, responders) = store.tellers();
        let is_due = |due: &HashMap<String, Moment>, what: &str| {
            due.get(what).is_none_or(|at| *at <= clock::now())
        };
        for address in lists {
            if is_due(due, address) {
                let told = self.list(address, &store, &shelf).await;
                round.note(due, address, LIST_INTERVAL_MS, told);
            }
        }
        if !responders.is_empty() {
            for (name, der) in self.met() {
                if is_due(due, &name) {
                    let told = self.answers(&der, &store, &shelf, responders).await;
                    round.note(due, &name, ANSWER_INTERVAL_MS, told);
                }
            }
        }
        round
    }

    async fn list(&self, address: &str, store: &Store, shelf: &Shelf) -> Result<(), RefreshFault> {
        let wanted = Wanted {
            address,
            posted: None,
            octets_max: LIST_OCTETS_MAX,
            time_max: LIST_TIME_MAX,
        };
        let octets = fetch(wanted).await?;
        let useless = |untold| RefreshFault::Untold(address.to_owned(), untold);
        let list = Crl::parse(&octets).map_err(useless)?;
        if !store.vouches_for(&list) {
            return Err(useless(Untold::Issuer));
        }
        let newer = |known: &Arc<Crl>| {
            known.is_same_series(&list) && known.this_update() > list.this_update()
        };
        if shelf.lists().iter().any(newer) {
            return Err(useless(Untold::Stale));
        }
        let name = format!("{}.crl", &hex(&sha256(address.as_bytes()))[..16]);
        Shelf::place(&self.folder, &name, &octets).map_err(RefreshFault::Shelf)
    }

    /// Asks about a certificate and the authorities above it but the root.
    async fn answers(
        &self,
        der: &[u8],
        store: &Store,
        shelf: &Shelf,
        responders: &[String],
    ) -> Result<(), RefreshFault> {
        // One that no root vouches for any more is not asked about.
        let Ok(verified) = store.path(der, clock::now()) else {
            return Ok(());
        };
        let path: Vec<&Certificate> = verified.path().collect();
        // Authorities are on lists; responders of the authority answer for its own certificates.
        let [certificate, issuer, ..] = path[..] else {
            return Ok(());
        };
        let mut last = Err(RefreshFault::NoResponder);
        for responder in responders {
            last = self.answer(responder, certificate, issuer, shelf).await;
            if last.is_ok() {
                break;
            }
        }
        last
    }

    async fn answer(
        &self,
        address: &str,
        certificate: &Certificate,
        issuer: &Certificate,
        shelf: &Shelf,
    ) -> Result<(), RefreshFault> {
        let useless = |untold| RefreshFault::Untold(address.to_owned(), untold);
        let serial = certificate.serial();
        let question = Question::about(serial, issuer);
        let wanted = Wanted {
            address,
            posted: Some(("application/ocsp-request", question.der().to_vec())),
            octets_max: ANSWER_OCTETS_MAX,
            time_max: ANSWER_TIME_MAX,
        };
        let octets = fetch(wanted).await?;
        let answer = Answer::parse(&octets).map_err(useless)?;
        answer.answers(&question).map_err(useless)?;
        let (told, _) = answer.about(serial, issuer).map_err(useless)?;
        let age = clock::now().millis_since(answer.this_update());
        let known = shelf.answers_about(serial).iter();
        let older = |known: &Arc<Answer>| known.this_update() > answer.this_update();
        let stale = age.abs() > self.policy.answer_fresh_ms || known.clone().any(older);
        if told == Told::Unknown {
            return Err(useless(Untold::OtherCertificate));
        }
        if stale && answer.next_update().is_none() {
            return Err(useless(Untold::Stale));
        }
        let name = format!("{}.ocsp", hex(&certificate.fingerprint()));
        Shelf::place(&self.folder, &name, &octets).map_err(RefreshFault::Shelf)
    }

    /// The certificates that gateways met lately, by fingerprint.
    fn met(&self) -> Vec<(String, Vec<u8>)> {
        let folder = self.folder.join(Shelf::MET);
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let paths = files.map(|file| file.path());
        let certificates = paths.filter(|path| path.extension().is_some_and(|e| e == "cer"));
        certificates.filter_map(|path| lately(&path)).collect()
    }
}

/// A file of `met/` that is of a certificate and not too old; an old one is removed.
fn lately(path: &Path) -> Option<(String, Vec<u8>)> {
    let facts = std::fs::metadata(path).ok()?;
    let age = facts.modified().ok()?.elapsed().unwrap_or_default();
    if i64::try_from(age.as_millis()).unwrap_or(i64::MAX) > MET_MS_MAX {
        std::fs::remove_file(path).ok();
        return None;
    }
    if facts.len() > MET_OCTETS_MAX {
        return None;
    }
    let der = std::fs::read(path).ok()?;
    Some((hex(&sha256(&der)), der))
}

impl Round {
    fn note(
        &mut self,
        due: &mut HashMap<String, Moment>,
        what: &str,
        interval_ms: i64,
        told: Result<(), RefreshFault>,
    ) {
        let after = match told {
            Ok(()) => {
                self.placed += 1;
                interval_ms
            }
            Err(fault) => {
                self.failed.push((what.to_owned(), fault));
                RETRY_INTERVAL_MS
            }
        };
        due.insert(what.to_owned(), clock::now().plus_millis(after));
    }
}
