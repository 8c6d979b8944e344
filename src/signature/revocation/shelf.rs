//! The shelf: what authorities last said, as files that all gateways share.
//!
//! In:    a folder, of which `current/` holds lists (`*.crl`) and answers (`*.ocsp`). One role
//! fetches them and renames each into its place whole; gateways look at the folder as at the
//! participants.
//! Out:   [`Standing`] of a certificate, by the policy in [`Policy`].
//! A file that cannot be read takes no other one with it.

use std::collections::{HashMap, HashSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::signature::{Certificate, hex, sha256};
use crate::terms::Moment;

use super::policy::{Opinion, Policy, Standing};
use super::{Answer, Crl, Reason, Told, Untold};

const FILES_MAX: usize = 10_000;
const MET_MAX: usize = 4_096;
/// How far an authority's clock may be ahead of ours.
const CLOCK_SKEW_MS_MAX: i64 = 300_000;

/// What tells whether a file is still the one that was read.
type Stamp = (u64, Option<SystemTime>);

#[derive(Debug, Clone)]
enum Word {
    List(Arc<Crl>),
    Answer(Arc<Answer>),
}

/// Everything that the authorities said, parsed once.
#[derive(Debug, Default)]
pub struct Shelf {
    files: HashMap<PathBuf, (Stamp, Word)>,
    /// Answers by the serial number of which they speak.
    answers: HashMap<Vec<u8>, Vec<Arc<Answer>>>,
    lists: Vec<Arc<Crl>>,
    faults: Vec<(PathBuf, Untold)>,
    policy: Policy,
}

impl Shelf {
    /// The part of the folder that gateways read.
    pub const CURRENT: &str = "current";
    /// The part of the folder where everything that a verdict rested on is kept, by its SHA-256.
    pub const ARCHIVE: &str = "archive";
    /// The part of the folder where gateways leave the certificates that they met.
    pub const MET: &str = "met";

    /// Reads `current/`. What is the same file as before is not read again.
    ///
    /// # Errors
    /// The folder cannot be read. What single files lack is in [`Self::faults`].
    pub fn load(folder: &Path, policy: Policy, before: &Self) -> std::io::Result<Self> {
        let mut shelf = Self {
            policy,
            ..Self::default()
        };
        let entries = match std::fs::read_dir(folder.join(Self::CURRENT)) {
            Ok(entries) => entries,
            // Nothing was fetched yet.
            Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => {
                std::fs::read_dir(folder)?;
                return Ok(shelf);
            }
            Err(fault) => return Err(fault),
        };
        for entry in entries.take(FILES_MAX) {
            let entry = entry?;
            let path = entry.path();
            // A file that was replaced meanwhile is met again under its name.
            let Ok(facts) = entry.metadata() else {
                continue;
            };
            let stamp = (facts.len(), facts.modified().ok());
            let kept = before.files.get(&path).filter(|(then, _)| *then == stamp);
            let word = match kept {
                Some((_, word)) => Ok(Some(word.clone())),
                None => read(&path),
            };
            match word {
                Ok(Some(word)) => shelf.put(path, stamp, word),
                Ok(None) => {}
                Err(fault) => shelf.faults.push((path, fault)),
            }
        }
        Ok(shelf)
    }

    /// A shelf of these words alone, to compute a verdict again; what cannot be read is left out.
    pub fn of(words: &[Vec<u8>], policy: Policy) -> Self {
        let mut shelf = Self {
            policy,
            ..Self::default()
        };
        for (word, n) in words.iter().zip(0u64..) {
            let list = Crl::parse(word).map(|list| Word::List(Arc::new(list)));
            let read = list.or_else(|_| Answer::parse(word).map(|a| Word::Answer(Arc::new(a))));
            if let Ok(read) = read {
                shelf.put(PathBuf::from(n.to_string()), (n, None), read);
            }
        }
        shelf
    }

    fn put(&mut self, path: PathBuf, stamp: Stamp, word: Word) {
        match &word {
            Word::List(list) => self.lists.push(Arc::clone(list)),
            Word::Answer(answer) => {
                let of = self.answers.entry(answer.serial().to_vec()).or_default();
                of.push(Arc::clone(answer));
            }
        }
        self.files.insert(path, (stamp, word));
    }

    /// Leaves a certificate in `met/`, for the role that asks about it.
    ///
    /// # Errors
    /// What the file system says.
    pub fn leave(folder: &Path, der: &[u8]) -> std::io::Result<()> {
        let met = folder.join(Self::MET);
        let path = met.join(format!("{}.cer", hex(&sha256(der))));
        if path.exists() {
            return Ok(());
        }
        std::fs::create_dir_all(&met)?;
        if std::fs::read_dir(&met)?.count() >= MET_MAX {
            return Err(std::io::Error::other("met/ is full; empty it"));
        }
        put_whole(&path, der)
    }

    /// Keeps a word in `archive/` for good, and then puts it into `current/` under a name: whoever
    /// rests on it can be checked later.
    ///
    /// # Errors
    /// What the file system says.
    pub fn place(folder: &Path, name: &str, der: &[u8]) -> std::io::Result<()> {
        let (archive, current) = (folder.join(Self::ARCHIVE), folder.join(Self::CURRENT));
        std::fs::create_dir_all(&archive)?;
        std::fs::create_dir_all(&current)?;
        let kept = archive.join(hex(&sha256(der)));
        if !kept.exists() {
            put_whole(&kept, der)?;
        }
        put_whole(&current.join(name), der)
    }

    /// What a verdict rested on, from `archive/` or, where it was put in by hand, from `current/`.
    pub fn recall(folder: &Path, wanted: &[u8; 32]) -> Option<Vec<u8>> {
        let is_it = |octets: &Vec<u8>| sha256(octets) == *wanted;
        let kept = std::fs::read(folder.join(Self::ARCHIVE).join(hex(wanted)));
        if let Some(kept) = kept.ok().filter(is_it) {
            return Some(kept);
        }
        let current = std::fs::read_dir(folder.join(Self::CURRENT)).ok()?;
        let files = current.flatten().take(FILES_MAX);
        files
            .filter_map(|file| std::fs::read(file.path()).ok())
            .find(is_it)
    }

    /// Takes out of `archive/` what has lain there for longer than `age`, is not in `current/`, and
    /// is not among `referred`, the SHA-256 in hex of all that a verdict names. Tells how many
    /// words stay and how many went.
    ///
    /// # Errors
    /// Where a folder cannot be read, or a file not removed.
    pub fn forget(
        folder: &Path,
        age: Duration,
        referred: &HashSet<String>,
    ) -> std::io::Result<(usize, usize)> {
        let mut current = HashSet::new();
        for file in std::fs::read_dir(folder.join(Self::CURRENT))? {
            current.insert(hex(&sha256(&std::fs::read(file?.path())?)));
        }
        let (mut stay, mut went) = (0, 0);
        for file in std::fs::read_dir(folder.join(Self::ARCHIVE))? {
            let file = file?;
            let old = file.metadata()?.modified()?.elapsed();
            // A time in the future is not old.
            let old = old.is_ok_and(|old| old > age);
            let name = file.file_name().to_string_lossy().into_owned();
            // What this shelf did not put there is not its to remove.
            let ours = name.len() == 64 && name.bytes().all(|digit| digit.is_ascii_hexdigit());
            if ours && old && !current.contains(&name) && !referred.contains(&name) {
                std::fs::remove_file(file.path())?;
                went += 1;
            } else {
                stay += 1;
            }
        }
        Ok((stay, went))
    }

    /// The lists on it.
    pub fn lists(&self) -> &[Arc<Crl>] {
        &self.lists
    }

    /// The answers about a serial number, of whatever issuer.
    pub fn answers_about(&self, serial: &[u8]) -> &[Arc<Answer>] {
        self.answers.get(serial).map_or(&[], Vec::as_slice)
    }

    /// Files that cannot be used, and why.
    pub fn faults(&self) -> &[(PathBuf, Untold)] {
        &self.faults
    }

    /// How many lists and how many answers it holds.
    pub fn size(&self) -> (usize, usize) {
        let answers = self.answers.values().map(Vec::len).sum();
        (self.lists.len(), answers)
    }

    /// Whether a certificate still stands, by what its issuer said.
    pub fn standing(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        now: Moment,
    ) -> Standing {
        let mut opinions = self.of_lists(certificate.serial(), issuer, now);
        opinions.extend(self.of_answers(certificate.serial(), issuer, now));
        self.policy.decide(opinions, now)
    }

    /// What the issuer's lists say: each complete one by itself, and with each delta that fits.
    fn of_lists(&self, serial: &[u8], issuer: &Certificate, now: Moment) -> Vec<Opinion> {
        let usable = |list: &&Arc<Crl>| {
            list.this_update().millis_since(now) <= CLOCK_SKEW_MS_MAX && list.check(issuer).is_ok()
        };
        let lists: Vec<&Arc<Crl>> = self.lists.iter().filter(usable).collect();
        let told = |found: Option<(Moment, Reason)>| {
            found.map_or(Told::Good, |(at, reason)| Told::Revoked(at, reason))
        };
        let mut opinions = Vec::new();
        for complete in lists.iter().filter(|list| !list.is_delta()) {
            opinions.push(Opinion {
                by: "crl",
                told: told(complete.find(serial)),
                this_update: complete.this_update(),
                until: complete.next_update(),
                objects: vec![complete.fingerprint()],
            });
            for delta in lists.iter().filter(|delta| delta.goes_with(complete)) {
                let changed = match delta.find(serial) {
                    Some((_, Reason::RemoveFromCrl)) => Told::Good,
                    Some(found) => told(Some(found)),
                    None => told(complete.find(serial)),
                };
                opinions.push(Opinion {
                    by: "crl and delta",
                    told: changed,
                    this_update: delta.this_update().max(complete.this_update()),
                    until: delta.next_update().min(complete.next_update()),
                    objects: vec![complete.fingerprint(), delta.fingerprint()],
                });
            }
        }
        opinions
    }

    /// What was answered about it, by responders that the issuer did not revoke.
    fn of_answers(&self, serial: &[u8], issuer: &Certificate, now: Moment) -> Vec<Opinion> {
        let mut opinions = Vec::new();
        for answer in self.answers.get(serial).into_iter().flatten() {
            if answer.this_update().millis_since(now) > CLOCK_SKEW_MS_MAX {
                continue;
            }
            let Ok((told, responder)) = answer.about(serial, issuer) else {
                continue;
            };
            let listed = |responder: &Vec<u8>| {
                let of = self.of_lists(responder, issuer, now);
                of.iter().any(|opinion| opinion.told != Told::Good)
            };
            if told == Told::Unknown || responder.as_ref().is_some_and(listed) {
                continue;
            }
            let fresh = answer
                .this_update()
                .plus_millis(self.policy.answer_fresh_ms);
            opinions.push(Opinion {
                by: "ocsp",
                told,
                this_update: answer.this_update(),
                until: answer.next_update().unwrap_or(fresh),
                objects: vec![answer.fingerprint()],
            });
        }
        opinions
    }
}

/// Writes a file whole: under another name first, to the disk, then renamed.
fn put_whole(path: &Path, octets: &[u8]) -> std::io::Result<()> {
    let unique = path.with_extension(format!("{}.part", uuid::Uuid::new_v4()));
    let written = std::fs::File::create(&unique).and_then(|mut file| {
        file.write_all(octets)?;
        file.sync_all()
    });
    let placed = written.and_then(|()| std::fs::rename(&unique, path));
    if placed.is_err() {
        std::fs::remove_file(&unique).ok();
    }
    placed
}

/// A list or an answer; nothing for a file of another kind.
fn read(path: &Path) -> Result<Option<Word>, Untold> {
    let kind = path.extension().and_then(|extension| extension.to_str());
    let octets = || std::fs::read(path).map_err(|_| Untold::Malformed);
    match kind {
        Some("crl") => Ok(Some(Word::List(Arc::new(Crl::parse(&octets()?)?)))),
        Some("ocsp") => Ok(Some(Word::Answer(Arc::new(Answer::parse(&octets()?)?)))),
        Some(_) | None => Ok(None),
    }
}
