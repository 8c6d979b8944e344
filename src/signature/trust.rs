//! Trust: which certificate a configured root vouches for.
//!
//! Spec:  RFC 5280 §6.1, as far as it is used: signatures, names, validity, CA, path length, usage.
//! In:    a certificate of a message. Out: the path to a root, kept while it stays valid.
//! Whether the path was revoked is decided with it, from the [`Shelf`], and kept as long as that
//! decision holds: a message of a known certificate costs one look-up.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::terms::Moment;

use super::anchors::{Anchors, Environment};
use super::revocation::{Basis, Crl, Shelf, Standing};
use super::{Certificate, Distrust, Role, issuer_serial, pem_blocks};

/// Certificates between the message's and the root, at most.
const AUTHORITIES_MAX: usize = 4;
/// Paths kept; beyond it the cache starts anew, which costs time and nothing else.
const CACHED_MAX: usize = 4096;
/// Certificates that wait to be asked about.
const MET_MAX: usize = 1024;

/// Why a trust store cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// A file that holds no certificate.
    #[error("{0} holds no X.509 certificate (PEM or DER)")]
    Certificate(PathBuf),
    /// A store of tests for production, or the other way round.
    #[error(
        "the trust store is for {store}, this installation for {ours}; set KEZEK_ENVIRONMENT or \
         KEZEK_TRUST_DIR to the right one"
    )]
    Environment {
        /// What `store.toml` says.
        store: &'static str,
        /// What the configuration says.
        ours: &'static str,
    },
    /// A file or folder that cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A store without a root believes nobody.
    #[error("no root certificate in {0}; put the authority's root there")]
    NoRoot(PathBuf),
    /// A root of production whose fingerprint nobody wrote down.
    #[error(
        "the root {0} is not among `roots` of store.toml; compare it with what the authority \
         publishes, and write it there"
    )]
    RootNotListed(String),
    /// A `store.toml` that cannot be read.
    #[error("{path}: {what}")]
    Syntax {
        /// Which.
        path: PathBuf,
        /// What is wrong and where.
        what: String,
    },
    /// A root for tests in a store for production.
    #[error("the root {0} is for tests, by its name; it cannot vouch in production")]
    TestRoot(String),
}

/// A certificate with the path that vouches for it.
#[derive(Debug)]
pub struct Verified {
    certificate: Certificate,
    /// From the issuer up to the root.
    authorities: Vec<Arc<Certificate>>,
    /// When the whole path is valid and what is known of revocation holds.
    valid: (Moment, Moment),
    /// What is known of revocation, for each certificate but the root; empty where it is not asked
    /// for.
    standing: Vec<Basis>,
}

impl Verified {
    /// The certificate of the message.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Why each certificate but the root counts as not revoked; empty where that is not asked for.
    pub fn standing(&self) -> &[Basis] {
        &self.standing
    }

    /// The certificate and those that vouch for it, the root last.
    pub fn path(&self) -> impl Iterator<Item = &Certificate> {
        std::iter::once(&self.certificate).chain(self.authorities.iter().map(Arc::as_ref))
    }
}

impl Verified {
    /// Asks the shelf about every certificate of the path but the root, and narrows the time for
    /// which the path is kept.
    fn stand(&mut self, shelf: &Shelf, now: Moment) -> Result<(), Distrust> {
        let path: Vec<&Certificate> = self.path().collect();
        let pairs = path.windows(2).map(|pair| (pair[0], pair[1]));
        let told: Vec<Standing> = pairs
            .map(|(certificate, issuer)| shelf.standing(certificate, issuer, now))
            .collect();
        for standing in told {
            match standing {
                Standing::Good(basis) => {
                    self.valid.1 = self.valid.1.min(basis.until);
                    self.standing.push(basis);
                }
                Standing::NeverIssued => return Err(Distrust::CertificateNeverIssued),
                Standing::Revoked(..) => return Err(Distrust::CertificateRevoked),
                Standing::Unknown => return Err(Distrust::RevocationUnknown),
            }
        }
        Ok(())
    }
}

/// The configured roots and the authorities below them.
#[derive(Debug)]
pub struct Store {
    anchors: Anchors,
    roots: Vec<Arc<Certificate>>,
    intermediates: Vec<Arc<Certificate>>,
    /// Of participants that name theirs by issuer and number alone; believed like any other.
    known: Vec<Arc<Certificate>>,
    paths: Mutex<Paths>,
}

/// What was decided, and by what.
#[derive(Debug, Default)]
struct Paths {
    kept: HashMap<[u8; 32], Arc<Verified>>,
    /// What authorities said of revocation; none where it is not asked for.
    shelf: Option<Arc<Shelf>>,
    /// Certificates that a root vouches for and that were met since somebody last asked.
    met: Vec<Vec<u8>>,
}

impl Store {
    /// Loads `store.toml`, `roots/`, `intermediates/` and `known/` of a folder: PEM or DER, one or
    /// more a file.
    ///
    /// # Errors
    /// [`StoreFault`]: a file is no certificate; no root is there, or one that has no place here.
    pub fn load(folder: &Path, environment: Environment) -> Result<Self, StoreFault> {
        let anchors = Anchors::load(folder, environment)?;
        let roots = certificates_in(&folder.join("roots"))?;
        if roots.is_empty() {
            return Err(StoreFault::NoRoot(folder.join("roots")));
        }
        roots.iter().try_for_each(|root| anchors.admit(root))?;
        let optional = |name: &str| {
            let below = folder.join(name);
            let there = below.exists().then(|| certificates_in(&below));
            there.unwrap_or_else(|| Ok(Vec::new()))
        };
        Ok(Self {
            anchors,
            roots,
            intermediates: optional("intermediates")?,
            known: optional("known")?,
            paths: Mutex::default(),
        })
    }

    /// With further authorities below its roots: those that spoke once, to compute a verdict again.
    /// What is no certificate is left out; none of them is believed for being here.
    #[must_use]
    pub fn with_authorities<'a>(mut self, ders: impl Iterator<Item = &'a Vec<u8>>) -> Self {
        let parsed = ders.filter_map(|der| Certificate::parse(der).ok());
        self.intermediates.extend(parsed.map(Arc::new));
        self
    }

    /// With a certificate that a message may name by issuer and number.
    #[must_use]
    pub(super) fn with_known(mut self, der: Option<&Vec<u8>>) -> Self {
        let parsed = der.and_then(|der| Certificate::parse(der).ok());
        self.known.extend(parsed.map(Arc::new));
        self
    }

    /// The certificate in `known/` of this issuer (RFC 4514) and decimal number.
    pub(super) fn known(&self, issuer: &str, number: &str) -> Option<&Certificate> {
        let serial = issuer_serial::serial_octets(number)?;
        let numbered = self.known.iter().filter(|known| known.serial() == serial);
        let mut named = numbered.filter(|known| known.is_issued_by_name(issuer));
        named.next().map(Arc::as_ref)
    }

    /// How many roots and authorities below them it holds.
    pub fn size(&self) -> (usize, usize) {
        (self.roots.len(), self.intermediates.len())
    }

    /// Where its authorities tell what is revoked: the addresses of lists, and of responders.
    pub fn tellers(&self) -> (&[String], &[String]) {
        (&self.anchors.lists, &self.anchors.responders)
    }

    /// The addresses of authorities for time that stamp what we keep.
    pub fn stampers(&self) -> &[String] {
        &self.anchors.stampers
    }

    /// Whether the key of one of its authorities signed a list.
    pub fn vouches_for(&self, list: &Crl) -> bool {
        let mut all = self.roots.iter().chain(&self.intermediates);
        all.any(|authority| list.check(authority).is_ok())
    }

    /// The path from a message's certificate to a root, valid now.
    ///
    /// # Errors
    /// [`Distrust`], naming what is wrong with the certificate or its path.
    pub fn path(&self, der: &[u8], now: Moment) -> Result<Arc<Verified>, Distrust> {
        let tail = tail_of(der);
        let (cached, shelf) = {
            let paths = self.lock();
            (paths.kept.get(&tail).cloned(), paths.shelf.clone())
        };
        if let Some(verified) = cached
            && verified.certificate.der() == der
            && (verified.valid.0..=verified.valid.1).contains(&now)
        {
            return Ok(verified);
        }
        let mut verified = self.build(Certificate::parse(der)?, now)?;
        self.meet(&verified.certificate);
        if let Some(shelf) = &shelf {
            verified.stand(shelf, now)?;
        }
        let verified = Arc::new(verified);
        let mut paths = self.lock();
        // What was decided by an older shelf than that of now is not kept.
        if paths.shelf.as_ref().map(Arc::as_ptr) == shelf.as_ref().map(Arc::as_ptr) {
            if paths.kept.len() >= CACHED_MAX {
                paths.kept.clear();
            }
            paths.kept.insert(tail, Arc::clone(&verified));
        }
        Ok(verified)
    }

    /// The fingerprints of the path from an authority for time to a root, valid at a moment;
    /// nothing where there is none. Whether it may stamp is its own to say.
    pub(super) fn path_of_stamper(
        &self,
        stamper: &Certificate,
        at: Moment,
    ) -> Option<Vec<[u8; 32]>> {
        let mut authorities = Vec::new();
        let (from, until) = stamper.validity();
        let vouched = self.climb(stamper, at, &mut authorities) && (from..=until).contains(&at);
        let own = std::iter::once(stamper.fingerprint());
        let path = own.chain(authorities.iter().map(|authority| authority.fingerprint()));
        vouched.then(|| path.collect())
    }

    /// From now on certificates stand by what is on this shelf; nothing is kept of what was decided
    /// before.
    pub fn stand_by(&self, shelf: Arc<Shelf>) {
        let mut paths = self.lock();
        paths.kept.clear();
        paths.shelf = Some(shelf);
    }

    /// The certificates that were met since the last call, each with a root that vouches for it:
    /// those about which it is worth asking.
    pub fn take_met(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.lock().met)
    }

    /// Remembers one of an organisation. A person's signs rarely, so that lists will do for it, and
    /// is personal data, which should not lie about.
    fn meet(&self, certificate: &Certificate) {
        let roles = certificate.roles();
        if roles.contains(&Role::Individual) || certificate.bin().is_none() {
            return;
        }
        let der = certificate.der();
        let mut paths = self.lock();
        if paths.met.len() < MET_MAX && !paths.met.iter().any(|known| known == der) {
            paths.met.push(der.to_vec());
        }
    }

    fn build(&self, certificate: Certificate, now: Moment) -> Result<Verified, Distrust> {
        let mut authorities = Vec::new();
        if !self.climb(&certificate, now, &mut authorities) {
            return Err(Distrust::CertificateUntrusted);
        }
        let (from, until) = certificate.validity();
        if now < from {
            return Err(Distrust::CertificateNotYetValid);
        }
        if now > until {
            return Err(Distrust::CertificateExpired);
        }
        if !certificate.may_sign_messages() {
            return Err(Distrust::CertificateUsage);
        }
        if !self.anchors.accepts(&certificate) {
            return Err(Distrust::CertificatePolicy);
        }
        let windows = authorities.iter().map(|authority| authority.validity());
        let valid = windows.fold((from, until), |(a, b), (c, d)| (a.max(c), b.min(d)));
        Ok(Verified {
            certificate,
            authorities,
            valid,
            standing: Vec::new(),
        })
    }

    /// Finds issuers up to a root, depth first; what was found is left in `authorities`.
    fn climb(
        &self,
        below: &Certificate,
        now: Moment,
        authorities: &mut Vec<Arc<Certificate>>,
    ) -> bool {
        let depth = authorities.len();
        if depth >= AUTHORITIES_MAX {
            return false;
        }
        let vouches = |issuer: &Certificate| {
            let (from, until) = issuer.validity();
            below.names_issuer(issuer)
                && issuer.may_issue(depth)
                && (from..=until).contains(&now)
                && below.is_signed_by(issuer)
        };
        if let Some(root) = self.roots.iter().find(|root| vouches(root)) {
            authorities.push(Arc::clone(root));
            return true;
        }
        for issuer in self.intermediates.iter().filter(|issuer| vouches(issuer)) {
            // Authorities that certified one another would lead in a circle (RFC 4158 §2.4.2).
            if authorities.iter().any(|a| a.has_owner_of(issuer)) {
                continue;
            }
            authorities.push(Arc::clone(issuer));
            if self.climb(issuer, now, authorities) {
                return true;
            }
            authorities.pop();
        }
        false
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Paths> {
        // Each change is one call, so a panic elsewhere leaves it whole.
        self.paths.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The last octets of a certificate: the end of its signature, which differs between certificates
/// as a digest would. Who forges two with the same end makes them take turns in the cache, no more,
/// because the whole is compared.
fn tail_of(der: &[u8]) -> [u8; 32] {
    let mut tail = [0; 32];
    let last = &der[der.len().saturating_sub(tail.len())..];
    tail[..last.len()].copy_from_slice(last);
    tail
}

fn certificates_in(folder: &Path) -> Result<Vec<Arc<Certificate>>, StoreFault> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| StoreFault::Read { path, source }
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
        files.push(entry.map_err(unreadable(folder))?.path());
    }
    files.sort();
    let mut certificates = Vec::new();
    for file in files.into_iter().filter(|file| file.is_file()) {
        let octets = std::fs::read(&file).map_err(unreadable(&file))?;
        let blocks = pem_blocks(&octets, "CERTIFICATE").unwrap_or_default();
        if blocks.is_empty() {
            return Err(StoreFault::Certificate(file));
        }
        for der in blocks {
            let parsed = Certificate::parse(&der);
            let parsed = parsed.map_err(|_| StoreFault::Certificate(file.clone()))?;
            certificates.push(Arc::new(parsed));
        }
    }
    Ok(certificates)
}
