//! The pen: the key with which we sign, looked at every two seconds and swapped whole.
//!
//! In:    where the key is. Out: signed envelopes and notices; nothing, where a token fails now.

use std::sync::{Arc, RwLock};

use crate::signature::{KeyFault, Seal};

use super::seal::{Sealing, SigningKey};
use super::watched::{Fingerprint, LOOK_INTERVAL, Watched, fingerprint, now_in};

/// Signs what goes out.
pub(super) struct Pen {
    key: SigningKey,
    seal: RwLock<Arc<Seal>>,
    sealing: Sealing,
    /// How the files of the key looked before it was loaded.
    seen: Fingerprint,
}

impl Pen {
    /// Loads the key.
    ///
    /// # Errors
    /// [`KeyFault`].
    pub(super) fn open(key: SigningKey) -> Result<Self, KeyFault> {
        let seen = fingerprint(&key.files());
        let seal = key.load()?;
        Ok(Self {
            seen,
            key,
            seal: RwLock::new(Arc::new(seal)),
            sealing: Sealing::default(),
        })
    }

    /// A signed envelope around the content of a Body; nothing, and an alarm, where a token fails.
    pub(super) async fn sign(&self, content: &str) -> Option<String> {
        self.sealing.sign(now_in(&self.seal), content).await
    }

    /// A notice of ours with a signature of its own.
    pub(super) async fn sign_notice(&self, notice: &str) -> Option<String> {
        self.sealing.sign_notice(now_in(&self.seal), notice).await
    }

    /// The same for whoever was not believed: by a token only if nobody waits for it.
    pub(super) async fn sign_for_a_stranger(&self, content: &str) -> Option<String> {
        let seal = now_in(&self.seal);
        self.sealing.sign_for_a_stranger(seal, content).await
    }

    /// Looks at the key on a thread of its own, for it may ask a token, which may take its time:
    /// nothing else waits for that.
    pub(super) fn watch(self: &Arc<Self>) {
        let pen = Arc::downgrade(self);
        let mut watched = Watched::new("signing key", self.key.files(), self.seen.clone());
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(LOOK_INTERVAL);
                let Some(pen) = pen.upgrade() else { return };
                watched.look(&pen.seal, || pen.key.load());
            }
        });
    }
}
