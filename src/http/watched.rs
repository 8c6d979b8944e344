//! Watched: files and folders whose content is swapped whole when it changes.
//!
//! Out:   what was loaded anew, when all of it could be; else what was stays, with an alarm.

use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// How long nobody looks.
pub(super) const LOOK_INTERVAL: Duration = Duration::from_secs(2);

/// What is in force.
pub(super) fn now_in<T>(slot: &RwLock<Arc<T>>) -> Arc<T> {
    Arc::clone(&slot.read().unwrap_or_else(PoisonError::into_inner))
}

/// What is known of files: names, sizes, and when they were last changed (ctime: whoever sets the
/// time of a file back does not hide that it is another).
pub(super) type Fingerprint = Vec<(PathBuf, u64, (i64, i64))>;

/// Folders or files whose content is swapped whole when it changes.
pub(super) struct Watched {
    what: &'static str,
    places: Vec<PathBuf>,
    /// As it was when it was loaded.
    loaded: Fingerprint,
    /// As it was when it last could not be loaded, so that one mistake is one alarm.
    failed: Option<Fingerprint>,
}

impl Watched {
    /// Places whose content was loaded after they had looked like `loaded`: what changes between
    /// the loading and the first look is a change, too.
    pub(super) fn new(what: &'static str, places: Vec<PathBuf>, loaded: Fingerprint) -> Self {
        Self {
            what,
            places,
            loaded,
            failed: None,
        }
    }

    /// Loads what has changed and puts it in force, and says whether it did.
    pub(super) fn look<T, E: std::error::Error + 'static>(
        &mut self,
        slot: &RwLock<Arc<T>>,
        load: impl Fn() -> Result<T, E>,
    ) -> bool {
        let changed = self.changed(load);
        let there = changed.is_some();
        if let Some((new, seen)) = changed {
            self.swap(slot, new, seen);
        }
        there
    }

    /// Loads what has changed, for [`Self::swap`]. What cannot be loaded is tried again at every
    /// look, because a file may have been read while it was being written.
    pub(super) fn changed<T, E: std::error::Error + 'static>(
        &mut self,
        load: impl Fn() -> Result<T, E>,
    ) -> Option<(T, Fingerprint)> {
        let now = fingerprint(&self.places);
        if now == self.loaded {
            return None;
        }
        let what = self.what;
        match load() {
            Ok(new) => Some((new, now)),
            Err(fault) => {
                metrics::counter!("kezek_door_reload_failures_total", "what" => what).increment(1);
                if self.failed.as_ref() != Some(&now) {
                    let error = &fault as &(dyn std::error::Error + 'static);
                    tracing::error!(
                        what,
                        error,
                        "ALARM: a change cannot be loaded; what was stays in force"
                    );
                }
                self.failed = Some(now);
                None
            }
        }
    }

    /// Puts in force what was loaded.
    pub(super) fn swap<T>(&mut self, slot: &RwLock<Arc<T>>, new: T, seen: Fingerprint) {
        let mut held = slot.write().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut *held, Arc::new(new));
        // What it held may take its time to end, and nobody shall wait for that.
        drop(held);
        drop(old);
        let what = self.what;
        metrics::counter!("kezek_door_reloads_total", "what" => what).increment(1);
        tracing::info!(what, "loaded anew");
        self.loaded = seen;
        self.failed = None;
    }
}

/// What is known of files, and of everything in folders, two levels deep.
pub(super) fn fingerprint(places: &[PathBuf]) -> Fingerprint {
    let mut found = Vec::new();
    let mut look: Vec<(PathBuf, usize)> = places.iter().map(|place| (place.clone(), 0)).collect();
    while let Some((place, depth)) = look.pop() {
        let Ok(facts) = std::fs::metadata(&place) else {
            continue;
        };
        if facts.is_dir() && depth < 2 {
            let inside = std::fs::read_dir(&place).into_iter().flatten().flatten();
            look.extend(inside.map(|entry| (entry.path(), depth + 1)));
        } else if facts.is_file() {
            found.push((place, facts.len(), (facts.ctime(), facts.ctime_nsec())));
        }
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_between_the_loading_and_the_first_look_is_seen_once() {
        let folder = std::env::temp_dir().join(format!("kezek-watched-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&folder).expect("a folder");
        let file = folder.join("rights.toml");
        std::fs::write(&file, "may").expect("written");
        let places = vec![folder.clone()];
        let load = || std::fs::read_to_string(&file);
        let seen = fingerprint(&places);
        let slot = RwLock::new(Arc::new(load().expect("read")));
        // A right is taken back while the gateway starts.
        std::fs::write(&file, "may not").expect("written");
        let mut watched = Watched::new("rights", places, seen);
        assert!(watched.look(&slot, load));
        assert_eq!(*now_in(&slot), "may not");
        assert!(!watched.look(&slot, load), "nothing has changed since");
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
