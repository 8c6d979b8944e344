//! The directory of participants: who may call which service for which regions.
//!
//! In:    a folder with one TOML file per participant. Out: a [`Speaker`] with its rights.
//! A file is read whole or not at all, and so is the folder: a mistake keeps what was there.
//! Who speaks is decided by the certificate: a gateway signs again what it forwards, and then
//! senderId says on whose behalf; anyone else must own the certificate that signed. To own one, its
//! BIN must be the participant's, and beyond that it must be one of those whose fingerprints the
//! file pins, or, where it pins none, of a role that the file names: every employee of an
//! organisation has a certificate with its BIN, and only its information system speaks for it in
//! transport.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use crate::envelope::shep::Claim;
use crate::terms::Settlement;

use super::limits::Limits;
use super::mailbox::Mailbox;
use super::password::{Passwords, StoredPassword};
use super::rights::{Change, Filed, Right};
use super::{Certificate, Distrust, Role, hex, sha256};

/// What a participant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// ШЭП or ВШЭП, which signs again what others send.
    Gateway,
    /// A system that asks in its own name.
    Participant,
}

/// One participant, as its file says.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Participant {
    /// The senderId.
    pub id: String,
    /// In words, for people.
    pub name: String,
    /// Gateway or participant.
    pub kind: Kind,
    /// The BIN in its certificates.
    pub bin: String,
    /// `pbkdf2-sha256$iterations$salt$hash`, where it has a password.
    #[serde(default)]
    pub password_hash: Option<String>,
    /// SHA-256 fingerprints of the only certificates it may use, in hex; empty where the role
    /// decides.
    #[serde(default)]
    pub certificates: Vec<String>,
    /// The roles whose certificates speak for it, where none is pinned: that of a legal entity's
    /// information system, if the file says nothing.
    #[serde(default = "transport_roles")]
    pub roles: Vec<Role>,
    /// What it may call.
    #[serde(default)]
    pub rights: Vec<Right>,
    /// How much of each gateway it may have.
    #[serde(default)]
    pub limits: Limits,
    /// Where it takes what is answered later, by the asynchronous channel.
    #[serde(default)]
    pub mailbox: Option<Mailbox>,
}

impl fmt::Debug for Participant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Participant({}, {:?})", self.id, self.kind)
    }
}

/// Why a directory cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryFault {
    /// Two files with one senderId.
    #[error("{0} stands in two files")]
    Duplicate(String),
    /// No file at all: nobody could be heard.
    #[error("no participant in {0}; add one TOML file for each")]
    Empty(PathBuf),
    /// A file or folder that cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A right in a region that the classifier does not have.
    #[error("{path}: no region of КАТО begins with {region:?}; write * or two digits and more")]
    Region {
        /// Which file.
        path: PathBuf,
        /// What it says.
        region: String,
    },
    /// A right to a service that the catalogue does not have.
    #[error("{path}: there is no service {service:?}; {known} are there")]
    Service {
        /// Which file.
        path: PathBuf,
        /// What it says.
        service: String,
        /// Those of the catalogue.
        known: String,
    },
    /// A file whose content does not fit.
    #[error("{path}: {what}")]
    Syntax {
        /// Which.
        path: PathBuf,
        /// What is wrong and where.
        what: String,
    },
}

/// Whose message it is, and what it may do.
#[derive(Debug, Clone)]
pub struct Speaker {
    /// The participant on whose behalf the message speaks.
    pub participant: Arc<Participant>,
    /// The gateway that signed it, where one did.
    pub gateway: Option<String>,
}

impl Speaker {
    /// What the settlements begin with for which it may call this service.
    ///
    /// # Errors
    /// [`Distrust::ServiceNotAllowed`], where it may not call it at all.
    pub fn regions(&self, service: &str) -> Result<Vec<String>, Distrust> {
        let granting = self.participant.rights.iter();
        let granting = granting.filter(|right| right.services.iter().any(|s| s == service));
        let regions: Vec<String> = granting.flat_map(|right| right.regions.clone()).collect();
        if regions.is_empty() {
            Err(Distrust::ServiceNotAllowed)
        } else {
            Ok(regions)
        }
    }

    /// Whether regions include a settlement.
    pub fn reaches(regions: &[String], settlement: &Settlement) -> bool {
        regions
            .iter()
            .any(|region| region == "*" || settlement.as_str().starts_with(region))
    }
}

/// All participants.
pub struct Directory {
    pub(super) by_id: BTreeMap<String, Arc<Participant>>,
    files: BTreeMap<String, Filed>,
    passwords: Passwords,
}

impl Directory {
    /// Loads every `*.toml` of a folder; rights are to services of these numbers.
    ///
    /// # Errors
    /// [`DirectoryFault`], naming the file and what is wrong with it.
    pub fn load(folder: &Path, services: &[&str]) -> Result<Self, DirectoryFault> {
        let read = |path: &Path| {
            let path = path.to_owned();
            move |source| DirectoryFault::Read { path, source }
        };
        let (mut by_id, mut files) = (BTreeMap::new(), BTreeMap::new());
        for entry in std::fs::read_dir(folder).map_err(read(folder))? {
            let path = entry.map_err(read(folder))?.path();
            if path.extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            let facts = std::fs::metadata(&path).map_err(read(&path))?;
            let text = std::fs::read_to_string(&path).map_err(read(&path))?;
            let participant = parse(&text);
            let participant = participant.map_err(|what| DirectoryFault::Syntax {
                path: path.clone(),
                what,
            })?;
            for right in &participant.rights {
                right.check(&path, services)?;
            }
            let id = participant.id.clone();
            let file = Filed::of(sha256(text.as_bytes()), &facts);
            files.insert(id.clone(), file);
            if by_id.insert(id.clone(), Arc::new(participant)).is_some() {
                return Err(DirectoryFault::Duplicate(id));
            }
        }
        if by_id.is_empty() {
            return Err(DirectoryFault::Empty(folder.to_owned()));
        }
        Ok(Self {
            by_id,
            files,
            passwords: Passwords::default(),
        })
    }

    /// Its participants, by id.
    pub fn participants(&self) -> impl Iterator<Item = &Participant> {
        self.by_id.values().map(Arc::as_ref)
    }

    /// SHA-256 over the ids and the digests of all files: two directories that say the same have
    /// the same.
    pub fn digest(&self) -> [u8; 32] {
        let lines = self.files.iter();
        let lines: String = lines.map(|(id, file)| file.line(id)).collect();
        sha256(lines.as_bytes())
    }

    /// SHA-256 over the same and over when each file was last changed, by a clock that no user can
    /// set back: what was put back as it was is another state, and a restart finds the same one.
    pub fn state(&self) -> [u8; 32] {
        let lines = self.files.iter();
        let lines: String = lines.map(|(id, file)| file.dated_line(id)).collect();
        sha256(lines.as_bytes())
    }

    /// What is different since a directory, by participant; all of it, where there was none.
    pub fn changes(&self, before: Option<&Self>) -> Vec<Change> {
        let old = |id: &String| {
            let (who, file) = (before?.by_id.get(id)?, before?.files.get(id)?);
            Some((who.as_ref(), file))
        };
        let new = |id: &String| Some((self.by_id.get(id)?.as_ref(), self.files.get(id)?));
        let gone = before.map(|before| before.by_id.keys());
        let ids: BTreeSet<&String> = self
            .by_id
            .keys()
            .chain(gone.into_iter().flatten())
            .collect();
        let changes = ids
            .into_iter()
            .filter_map(|id| Change::between(old(id), new(id)));
        changes.collect()
    }

    /// How many participants it holds.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// How many of them are bound to pinned certificates; the others are bound by role.
    pub fn pinned(&self) -> usize {
        let pinned = |who: &&Arc<Participant>| !who.certificates.is_empty();
        self.by_id.values().filter(pinned).count()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Decides on whose behalf a believed message speaks.
    ///
    /// # Errors
    /// [`Distrust`], where the certificate is neither the sender's nor a gateway's, the sender is
    /// not known, or its password does not fit.
    pub fn speaker<'a>(
        &self,
        certificate: &Certificate,
        claim: impl Into<Claim<'a>>,
    ) -> Result<Speaker, Distrust> {
        let claim = claim.into();
        let speaks = |p: &Participant| owns(p, certificate);
        let (participant, gateway) = match claim.sender_id {
            Some(id) => {
                let named = self.by_id.get(id).filter(|p| p.kind == Kind::Participant);
                let participant = named.ok_or(Distrust::SenderUnknown)?;
                let gateways = self.by_id.values().filter(|p| p.kind == Kind::Gateway);
                let gateway = match speaks(participant) {
                    Ok(()) => None,
                    Err(why) => Some(gateway_of(gateways, certificate).ok_or(why)?),
                };
                (participant, gateway)
            }
            None => {
                let people = self.by_id.values().filter(|p| p.kind == Kind::Participant);
                let mut owners = people.filter(|p| speaks(p).is_ok());
                match (owners.next(), owners.next()) {
                    (Some(participant), None) => (participant, None),
                    _ => return Err(Distrust::SenderUnknown),
                }
            }
        };
        if let Some(stored) = &participant.password_hash {
            let password = claim.password.ok_or(Distrust::Password)?;
            self.passwords.check(&participant.id, stored, password)?;
        }
        Ok(Speaker {
            participant: Arc::clone(participant),
            gateway,
        })
    }
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.by_id.keys()).finish()
    }
}

/// Whether a participant may speak with a certificate.
pub(super) fn owns(participant: &Participant, certificate: &Certificate) -> Result<(), Distrust> {
    if certificate.bin() != Some(participant.bin.as_str()) {
        return Err(Distrust::SenderMismatch);
    }
    let bound = if participant.certificates.is_empty() {
        let roles = certificate.roles();
        participant.roles.iter().any(|role| roles.contains(role))
    } else {
        let fingerprint = hex(&certificate.fingerprint());
        let pins = &participant.certificates;
        pins.iter()
            .any(|pin| pin.eq_ignore_ascii_case(&fingerprint))
    };
    if bound {
        Ok(())
    } else {
        Err(Distrust::CertificateRole)
    }
}

/// The gateway whose certificate it is.
fn gateway_of<'a>(
    mut gateways: impl Iterator<Item = &'a Arc<Participant>>,
    certificate: &Certificate,
) -> Option<String> {
    let gateway = gateways.find(|gateway| owns(gateway, certificate).is_ok());
    gateway.map(|gateway| gateway.id.clone())
}

fn transport_roles() -> Vec<Role> {
    vec![Role::InformationSystem]
}

fn parse(text: &str) -> Result<Participant, String> {
    let participant: Participant = toml::from_str(text).map_err(|error| error.to_string())?;
    let id_fits = (1..=100).contains(&participant.id.len())
        && participant
            .id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._:-".contains(c));
    if !id_fits {
        return Err("id must be 1 to 100 of the characters A-Z a-z 0-9 . _ : -".into());
    }
    if participant.bin.len() != 12 || !participant.bin.bytes().all(|b| b.is_ascii_digit()) {
        return Err("bin must be twelve digits".into());
    }
    let pin_fits = |pin: &String| pin.len() == 64 && pin.bytes().all(|b| b.is_ascii_hexdigit());
    if !participant.certificates.iter().all(pin_fits) {
        return Err("certificates must be SHA-256 fingerprints of 64 hexadecimal digits".into());
    }
    if participant.certificates.is_empty() && participant.roles.is_empty() {
        return Err("roles must name one at least, where no certificate is pinned".into());
    }
    let hash = participant.password_hash.as_deref();
    if hash.is_some_and(|hash| StoredPassword::parse(hash).is_none()) {
        return Err("password_hash must be pbkdf2-sha256$iterations$salt$hash".into());
    }
    if !participant.limits.fit() {
        return Err("limits must be 1 at least, and per_second 1000000 at most".into());
    }
    if !participant.mailbox.as_ref().is_none_or(Mailbox::fits) {
        return Err("mailbox.address must be http://host:port/path".into());
    }
    let empty = |right: &Right| right.services.is_empty() || right.regions.is_empty();
    if participant.rights.iter().any(empty) {
        return Err("each right must name services and regions".into());
    }
    if participant.kind == Kind::Gateway && !participant.rights.is_empty() {
        return Err("a gateway has no rights of its own; the sender's count".into());
    }
    Ok(participant)
}
