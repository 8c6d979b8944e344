//! The directory of participants: who may call which service for which regions.
//!
//! In:    a folder with one TOML file per participant. Out: a [`Speaker`] with its rights.
//! A file is read whole or not at all, and so is the folder: a mistake keeps what was there.
//! Who speaks is decided by the certificate: a gateway signs again what it forwards, and then
//! senderId says on whose behalf; anyone else must own the certificate that signed.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::{constant_time, digest, hmac, pbkdf2, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::envelope::shep::Request;
use crate::terms::Settlement;

use super::{Certificate, Distrust, hex};

const PASSWORD_ITERATIONS: NonZeroU32 = NonZeroU32::new(210_000).expect("not zero");
const CHECKED_PASSWORDS_MAX: usize = 1024;

/// What a participant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// ШЭП or ВШЭП, which signs again what others send.
    Gateway,
    /// A system that asks in its own name.
    Participant,
}

/// Services that may be called for regions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Right {
    /// Numbers of services, such as `S-08`.
    pub services: Vec<String>,
    /// What the КАТО code of a settlement begins with; `*` for the whole republic.
    pub regions: Vec<String>,
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
    /// SHA-256 fingerprints of the only certificates it may use, in hex; empty for any of its BIN.
    #[serde(default)]
    pub certificates: Vec<String>,
    /// What it may call.
    #[serde(default)]
    pub rights: Vec<Right>,
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
    by_id: BTreeMap<String, Arc<Participant>>,
    /// Passwords that were found right, as HMACs under a key of this process: the slow hash is
    /// computed once for each.
    checked: Mutex<HashMap<String, hmac::Tag>>,
    key: hmac::Key,
}

impl Directory {
    /// Loads every `*.toml` of a folder.
    ///
    /// # Errors
    /// [`DirectoryFault`], naming the file and what is wrong with it.
    pub fn load(folder: &Path) -> Result<Self, DirectoryFault> {
        let read = |path: &Path| {
            let path = path.to_owned();
            move |source| DirectoryFault::Read { path, source }
        };
        let mut by_id = BTreeMap::new();
        for entry in std::fs::read_dir(folder).map_err(read(folder))? {
            let path = entry.map_err(read(folder))?.path();
            if path.extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            let text = std::fs::read_to_string(&path).map_err(read(&path))?;
            let participant = parse(&text).map_err(|what| DirectoryFault::Syntax { path, what })?;
            let id = participant.id.clone();
            if by_id.insert(id.clone(), Arc::new(participant)).is_some() {
                return Err(DirectoryFault::Duplicate(id));
            }
        }
        if by_id.is_empty() {
            return Err(DirectoryFault::Empty(folder.to_owned()));
        }
        let mut secret = [0; 32];
        rand::fill(&mut secret).expect("the system's random numbers are there");
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        Ok(Self {
            by_id,
            checked: Mutex::new(HashMap::new()),
            key,
        })
    }

    /// How many participants it holds.
    pub fn len(&self) -> usize {
        self.by_id.len()
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
    pub fn speaker(
        &self,
        certificate: &Certificate,
        request: &Request<'_>,
    ) -> Result<Speaker, Distrust> {
        let owned = |p: &&Arc<Participant>| owns(p, certificate);
        let (participant, gateway) = match request.sender_id.as_deref() {
            Some(id) => {
                let named = self.by_id.get(id).filter(|p| p.kind == Kind::Participant);
                let participant = named.ok_or(Distrust::SenderUnknown)?;
                if owns(participant, certificate) {
                    (participant, None)
                } else {
                    let gateway = self.by_id.values().filter(|p| p.kind == Kind::Gateway);
                    let gateway = gateway.into_iter().find(owned);
                    (
                        participant,
                        Some(gateway.ok_or(Distrust::SenderMismatch)?.id.clone()),
                    )
                }
            }
            None => {
                let people = self.by_id.values().filter(|p| p.kind == Kind::Participant);
                let mut owners = people.filter(owned);
                match (owners.next(), owners.next()) {
                    (Some(participant), None) => (participant, None),
                    _ => return Err(Distrust::SenderUnknown),
                }
            }
        };
        self.check_password(participant, request.password.as_deref())?;
        Ok(Speaker {
            participant: Arc::clone(participant),
            gateway,
        })
    }

    fn check_password(&self, who: &Participant, password: Option<&str>) -> Result<(), Distrust> {
        let Some(stored) = &who.password_hash else {
            return Ok(());
        };
        let password = password.ok_or(Distrust::Password)?;
        let tag = hmac::sign(&self.key, format!("{}\0{password}", who.id).as_bytes());
        let known = {
            let checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
            checked.get(&who.id).copied()
        };
        let same = |known: &hmac::Tag| {
            constant_time::verify_slices_are_equal(known.as_ref(), tag.as_ref()).is_ok()
        };
        if known.as_ref().is_some_and(same) {
            return Ok(());
        }
        let stored = StoredPassword::parse(stored).ok_or(Distrust::Password)?;
        if !stored.fits(password) {
            return Err(Distrust::Password);
        }
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        if checked.len() < CHECKED_PASSWORDS_MAX {
            checked.insert(who.id.clone(), tag);
        }
        Ok(())
    }
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.by_id.keys()).finish()
    }
}

fn owns(participant: &Participant, certificate: &Certificate) -> bool {
    let pinned = participant.certificates.is_empty() || {
        let fingerprint = hex(&certificate.fingerprint());
        participant
            .certificates
            .iter()
            .any(|pin| pin.eq_ignore_ascii_case(&fingerprint))
    };
    pinned && certificate.bin() == Some(participant.bin.as_str())
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
    let hash = participant.password_hash.as_deref();
    if hash.is_some_and(|hash| StoredPassword::parse(hash).is_none()) {
        return Err("password_hash must be pbkdf2-sha256$iterations$salt$hash".into());
    }
    for right in &participant.rights {
        let region_fits = |region: &String| {
            region == "*" || (region.len() <= 9 && region.bytes().all(|b| b.is_ascii_digit()))
        };
        if right.services.is_empty() || right.regions.is_empty() {
            return Err("each right must name services and regions".into());
        }
        if !right
            .regions
            .iter()
            .all(|region| !region.is_empty() && region_fits(region))
        {
            return Err("a region is * or the first digits of КАТО codes".into());
        }
    }
    if participant.kind == Kind::Gateway && !participant.rights.is_empty() {
        return Err("a gateway has no rights of its own; the sender's count".into());
    }
    Ok(participant)
}

struct StoredPassword {
    iterations: NonZeroU32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl StoredPassword {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('$');
        if parts.next() != Some("pbkdf2-sha256") {
            return None;
        }
        let iterations = parts.next()?.parse().ok()?;
        let salt = STANDARD.decode(parts.next()?).ok()?;
        let hash = STANDARD.decode(parts.next()?).ok()?;
        let whole = parts.next().is_none() && salt.len() >= 16;
        (whole && hash.len() == digest::SHA256_OUTPUT_LEN).then_some(Self {
            iterations,
            salt,
            hash,
        })
    }

    fn fits(&self, password: &str) -> bool {
        let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
        pbkdf2::verify(
            algorithm,
            self.iterations,
            &self.salt,
            password.as_bytes(),
            &self.hash,
        )
        .is_ok()
    }
}

/// A hash of a password for a participant's file.
pub fn hash_password(password: &str) -> String {
    let mut salt = [0; 16];
    rand::fill(&mut salt).expect("the system's random numbers are there");
    let mut hash = [0; digest::SHA256_OUTPUT_LEN];
    let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
    pbkdf2::derive(
        algorithm,
        PASSWORD_ITERATIONS,
        &salt,
        password.as_bytes(),
        &mut hash,
    );
    let (salt, hash) = (STANDARD.encode(salt), STANDARD.encode(hash));
    format!("pbkdf2-sha256${PASSWORD_ITERATIONS}${salt}${hash}")
}
