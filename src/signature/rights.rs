//! Rights: which services a participant may call for which regions, and what a change did to them.
//!
//! In:    a participant's file, and the numbers of the services that there are.
//! Out:   rights that name only what is there; for the journal, what is different between two
//!        directories, by participant, without a secret.
//! Never: decides who a participant is.
//! Start: [`Right::check`], [`Change::between`].

use std::collections::BTreeSet;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::terms::begins_in_a_region;

use super::hex;
use super::participants::{DirectoryFault, Participant};

/// Services that may be called for regions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Right {
    /// Numbers of services, such as `S-08`.
    pub services: Vec<String>,
    /// What the КАТО code of a settlement begins with; `*` for the whole republic.
    pub regions: Vec<String>,
}

impl Right {
    /// Whether all that it names is there: a right to nothing is a slip of the pen, and whoever
    /// wrote it believes that it was given.
    pub(super) fn check(&self, path: &Path, services: &[&str]) -> Result<(), DirectoryFault> {
        let known = |service: &&String| services.contains(&service.as_str());
        if let Some(service) = self.services.iter().find(|service| !known(service)) {
            return Err(DirectoryFault::Service {
                path: path.to_owned(),
                service: service.clone(),
                known: services.join(", "),
            });
        }
        let there = |region: &&String| *region == "*" || begins_in_a_region(region);
        match self.regions.iter().find(|region| !there(region)) {
            Some(region) => Err(DirectoryFault::Region {
                path: path.to_owned(),
                region: region.clone(),
            }),
            None => Ok(()),
        }
    }
}

/// What a file said and when that was last changed.
#[derive(Debug, Clone)]
pub struct Filed {
    digest: [u8; 32],
    owner: u32,
    /// Seconds and nanoseconds of its ctime, which no call of a user sets.
    changed: (i64, i64),
}

impl Filed {
    /// A file of this SHA-256.
    pub fn of(digest: [u8; 32], facts: &Metadata) -> Self {
        Self {
            digest,
            owner: facts.uid(),
            changed: (facts.ctime(), facts.ctime_nsec()),
        }
    }

    /// The SHA-256 of what it said.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// To whom it belongs, as the system numbers users.
    pub fn owner(&self) -> u32 {
        self.owner
    }

    pub(super) fn line(&self, id: &str) -> String {
        format!("{id} {}\n", hex(&self.digest))
    }

    /// Its name, what it said and when it was last changed: another after every change, even after
    /// one that puts back what was there.
    pub fn dated_line(&self, id: &str) -> String {
        let (seconds, nanoseconds) = self.changed;
        format!("{id} {} {seconds} {nanoseconds}\n", hex(&self.digest))
    }
}

/// What is different about one participant, for the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The senderId.
    pub participant: String,
    /// SHA-256 of its file before; none where it is new.
    pub from: Option<String>,
    /// SHA-256 of its file now; none where it is gone.
    pub to: Option<String>,
    /// To whom the file belongs now, or belonged, as the system numbers users.
    pub owner: u32,
    /// Rights that it did not have: service and region.
    pub added: Vec<String>,
    /// Rights that it has no more.
    pub removed: Vec<String>,
    /// What else differs: names of the fields, never what stands in them.
    pub touched: Vec<&'static str>,
}

impl Change {
    /// What is different between two readings of a participant; nothing, where the file is the
    /// same.
    pub(super) fn between(
        old: Option<(&Participant, &Filed)>,
        new: Option<(&Participant, &Filed)>,
    ) -> Option<Self> {
        let (who, file) = new.or(old)?;
        let digest = |(_, file): (&Participant, &Filed)| hex(&file.digest);
        let (from, to) = (old.map(digest), new.map(digest));
        if from == to {
            return None;
        }
        let rights = |side: Option<(&Participant, &Filed)>| {
            side.map(|(who, _)| granted(who)).unwrap_or_default()
        };
        let (had, has) = (rights(old), rights(new));
        Some(Self {
            participant: who.id.clone(),
            from,
            to,
            owner: file.owner,
            added: has.difference(&had).cloned().collect(),
            removed: had.difference(&has).cloned().collect(),
            touched: match (old, new) {
                (Some((old, _)), Some((new, _))) => touched(old, new),
                (None, _) | (_, None) => Vec::new(),
            },
        })
    }
}

/// Every pair of service and region, as `S-08 71`.
fn granted(who: &Participant) -> BTreeSet<String> {
    let pairs = who.rights.iter().flat_map(|right| {
        let regions = right.regions.iter();
        regions.flat_map(|region| right.services.iter().map(move |s| format!("{s} {region}")))
    });
    pairs.collect()
}

fn touched(old: &Participant, new: &Participant) -> Vec<&'static str> {
    let fields = [
        ("name", old.name != new.name),
        ("kind", old.kind != new.kind),
        ("bin", old.bin != new.bin),
        ("password", old.password_hash != new.password_hash),
        ("certificates", old.certificates != new.certificates),
        ("roles", old.roles != new.roles),
        ("limits", old.limits != new.limits),
    ];
    let differ = fields.into_iter().filter(|(_, differs)| *differs);
    differ.map(|(name, _)| name).collect()
}
