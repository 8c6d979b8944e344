//! Beliefs: roots and words on revocation, looked at every two seconds and swapped whole.
//!
//! In:    the trust store, and the shelf that `kezek revocation` fills.
//! Out:   a [`Store`] that stands by what is on the shelf.
//! A bad change keeps what was and raises an alarm.

use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use tokio::sync::watch;

use crate::signature::revocation::{Policy, Shelf};
use crate::signature::{Environment, Store, StoreFault};

use super::gate::GateFault;
use super::watched::{Fingerprint, LOOK_INTERVAL, Watched, fingerprint, now_in};

/// By which others are believed.
pub(super) struct Beliefs {
    environment: Environment,
    trust: PathBuf,
    /// What authorities said of revocation, and by which policy it counts; needed in production.
    revocation: Option<(PathBuf, Policy)>,
    /// What lies on the shelf, where revocation is asked for.
    shelf: Option<RwLock<Arc<Shelf>>>,
    store: RwLock<Arc<Store>>,
    /// How the trust store and the shelf looked before they were loaded.
    seen: (Fingerprint, Fingerprint),
}

impl Beliefs {
    /// Loads them.
    ///
    /// # Errors
    /// [`GateFault`], naming the file.
    pub(super) fn open(
        environment: Environment,
        trust: PathBuf,
        revocation: Option<(PathBuf, Policy)>,
    ) -> Result<Self, GateFault> {
        let shelf_place = revocation
            .iter()
            .map(|(folder, _)| folder.join(Shelf::CURRENT));
        let shelf_place: Vec<PathBuf> = shelf_place.collect();
        let seen = (
            fingerprint(std::slice::from_ref(&trust)),
            fingerprint(&shelf_place),
        );
        let shelf = match &revocation {
            Some((folder, policy)) => {
                let loaded = Shelf::load(folder, *policy, &Shelf::default());
                Some(Arc::new(loaded.map_err(GateFault::Revocation)?))
            }
            None if environment == Environment::Production => {
                return Err(GateFault::RevocationNotAsked);
            }
            None => None,
        };
        let store = load(environment, &trust, shelf.as_ref())?;
        Ok(Self {
            environment,
            trust,
            revocation,
            shelf: shelf.map(RwLock::new),
            store: RwLock::new(Arc::new(store)),
            seen,
        })
    }

    /// What is believed now.
    pub(super) fn store(&self) -> Arc<Store> {
        now_in(&self.store)
    }

    /// The policy by which certificates stand, where that is asked for.
    pub(super) fn policy(&self) -> Option<Policy> {
        self.revocation.as_ref().map(|(_, policy)| *policy)
    }

    /// Looks at them until `stop` turns true.
    pub(super) async fn watch(&self, mut stop: watch::Receiver<bool>) {
        let (trust, shelf) = self.seen.clone();
        let mut trust = Watched::new("trust", vec![self.trust.clone()], trust);
        let revocation = self.revocation.as_ref().zip(self.shelf.as_ref());
        let mut words = revocation.map(|((folder, policy), slot)| {
            let place = folder.join(Shelf::CURRENT);
            let current = Watched::new("revocation", vec![place], shelf);
            (current, folder, *policy, slot)
        });
        loop {
            tokio::select! {
                () = super::stopped(&mut stop) => return,
                () = tokio::time::sleep(LOOK_INTERVAL) => {}
            }
            if let Some((current, folder, policy, slot)) = &mut words {
                let before = now_in(slot);
                if current.look(slot, || Shelf::load(folder, *policy, &before)) {
                    let shelf = now_in(slot);
                    shelf.faults().iter().for_each(|(path, fault)| {
                        tracing::error!(?path, %fault, "ALARM: a word on revocation cannot be used");
                    });
                    self.store().stand_by(shelf);
                }
                leave_met(folder, &self.store());
            }
            trust.look(&self.store, || {
                let shelf = self.shelf.as_ref().map(now_in);
                load(self.environment, &self.trust, shelf.as_ref())
            });
        }
    }
}

/// The roots, with what is known of revocation.
fn load(
    environment: Environment,
    trust: &Path,
    shelf: Option<&Arc<Shelf>>,
) -> Result<Store, StoreFault> {
    let store = Store::load(trust, environment)?;
    if let Some(shelf) = shelf {
        store.stand_by(Arc::clone(shelf));
    }
    Ok(store)
}

/// Leaves the certificates that were met for the role that asks about them. One that is not left is
/// met again when its path is decided anew.
fn leave_met(folder: &Path, store: &Store) {
    for der in store.take_met() {
        if let Err(error) = Shelf::leave(folder, &der) {
            let error = &error as &(dyn std::error::Error + 'static);
            tracing::warn!(error, "a certificate was not left for the asking role");
        }
    }
}
