//! Keys in a token: a device, or a service, that signs and never gives its key away.
//!
//! Spec:  PKCS#11 v2.40 §5. In: a URI, a certificate, octets. Out: values as XML writes them.
//! RSA signs a DigestInfo (CKM_RSA_PKCS, RFC 8017 §9.2), ECDSA a digest (CKM_ECDSA, whose value is
//! r ‖ s already): every token can do these two, and the octets themselves need not travel to it.
//! The certificate tells which key it is, so that a new pair takes over by its certificate.
//! Never: a value that was not checked with the certificate; a wrong PIN twice, for tokens lock
//! themselves. Calls block: not for a thread that others wait on.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;

use super::algorithm::Algorithm;
use super::asn1::{oid, sequence, tag, tlv};
use super::sign::{Identity, PROBE};
use super::{Certificate, KeyFault, KeyUri, SecretFault, secret_file};

/// Keys that are tried until one belongs to the certificate.
const KEYS_MAX: usize = 32;
/// Sessions that are kept; tokens have few.
const IDLE_MAX: usize = 4;
/// A module is begun anew no more often.
const RENEW_INTERVAL: Duration = Duration::from_secs(5);
const SHA256: &str = "2.16.840.1.101.3.4.2.1";
const SHA384: &str = "2.16.840.1.101.3.4.2.2";
const SHA512: &str = "2.16.840.1.101.3.4.2.3";

/// Why a token does not sign.
#[derive(Debug, thiserror::Error)]
pub enum TokenFault {
    /// The certificate's key is of a kind that no token has here.
    #[error("keys in tokens are of RSA, P-256 or P-384")]
    Algorithm,
    /// The token, or its module, gives up.
    #[error("the token does not work")]
    Device(#[source] Error),
    /// The next wrong PIN would lock it.
    #[error("one wrong PIN more would lock the token: log in once by hand, with the right one")]
    LastTry,
    /// The library of its maker.
    #[error("the module {0} cannot be loaded")]
    Module(PathBuf, #[source] Error),
    /// No key of this URI and kind.
    #[error("it holds no private key of the certificate's kind, by this object and id")]
    NoKey,
    /// No token, or several.
    #[error("{0} tokens fit the URI, where one must")]
    NotOne(usize),
    /// The file of the PIN is empty, or is being written.
    #[error("there is no PIN in the first line of {0}")]
    NoPin(PathBuf),
    /// None of its keys belongs to the certificate.
    #[error("none of its keys belongs to the certificate")]
    Pair,
    /// A wrong PIN, or one that was refused before.
    #[error("the PIN in {0} is wrong; it is not tried again until that file changes")]
    Pin(PathBuf),
    /// The PIN cannot be read, or others can read it.
    #[error(transparent)]
    Secret(#[from] SecretFault),
    /// It takes too long.
    #[error("the token does not answer in time")]
    Slow,
    /// What came does not fit the certificate.
    #[error("the token made a value that does not fit the certificate")]
    Value,
}

impl TokenFault {
    /// Whether another beginning of the module may find what is not there.
    fn may_be_stale(&self) -> bool {
        matches!(self, Self::Device(_) | Self::NoKey | Self::NotOne(_))
    }
}

impl From<Error> for TokenFault {
    fn from(error: Error) -> Self {
        Self::Device(error)
    }
}

/// A module, and when it was begun. Whoever is in a call of it reads; whoever begins it anew
/// writes.
struct Library {
    module: Pkcs11,
    begun: Instant,
}

type Libraries = HashMap<PathBuf, Arc<RwLock<Library>>>;

/// Modules stay loaded: a library whose threads run cannot be taken away from under them.
static LIBRARIES: LazyLock<Mutex<Libraries>> = LazyLock::new(Mutex::default);
/// Held by whoever logs in.
static LOGGING_IN: LazyLock<Mutex<()>> = LazyLock::new(Mutex::default);
/// Files of PINs that a token refused, with the time of their last change.
static REFUSED: LazyLock<Mutex<HashMap<PathBuf, SystemTime>>> = LazyLock::new(Mutex::default);

fn locked<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A key in a token, with its certificate.
pub struct TokenSigner {
    uri: KeyUri,
    pub(super) identity: Identity,
    key_type: KeyType,
    idle: Mutex<Vec<Open>>,
}

/// A session that is logged in, and the key as it names it.
struct Open {
    session: Session,
    key: ObjectHandle,
}

impl TokenSigner {
    /// Finds the key that belongs to a certificate.
    ///
    /// # Errors
    /// [`KeyFault`].
    pub fn load(uri: &KeyUri, certificate_file: &Path) -> Result<Self, KeyFault> {
        let identity = Identity::load(certificate_file)?;
        let key_type = match identity.algorithm {
            Algorithm::RsaSha256 | Algorithm::RsaSha384 | Algorithm::RsaSha512 => KeyType::RSA,
            Algorithm::EcdsaSha256 | Algorithm::EcdsaSha384 => KeyType::EC,
            Algorithm::Gost2004 | Algorithm::Gost2015 | Algorithm::RsaSha1 => {
                return Err(TokenFault::Algorithm.into());
            }
        };
        let signer = Self {
            uri: uri.clone(),
            identity,
            key_type,
            idle: Mutex::default(),
        };
        signer.value(PROBE)?;
        Ok(signer)
    }

    /// The certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.identity.certificate
    }

    /// A signed envelope around the content of a Body.
    ///
    /// # Errors
    /// [`TokenFault`], after an attempt to find the token and to log in anew, and another one with
    /// the module begun anew.
    pub fn sign(&self, content: &str) -> Result<String, TokenFault> {
        let value = |octets: &[u8]| self.value(octets);
        self.identity.sign_by(content, None, value)
    }

    pub(super) fn value(&self, octets: &[u8]) -> Result<Vec<u8>, TokenFault> {
        let library = library(&self.uri.module)?;
        let told = {
            let using = library.read().unwrap_or_else(PoisonError::into_inner);
            let idle = locked(&self.idle).pop();
            if let Some(open) = idle
                && let Ok(value) = self.value_in(&open, octets)
            {
                self.keep(open);
                return Ok(value);
            }
            // A token that was away has forgotten all sessions, not that one alone.
            locked(&self.idle).clear();
            self.value_anew(&using.module, octets)
        };
        if !told.as_ref().is_err_and(TokenFault::may_be_stale) {
            return told;
        }
        if !self.renew(&library)? {
            return told;
        }
        let using = library.read().unwrap_or_else(PoisonError::into_inner);
        self.value_anew(&using.module, octets)
    }

    fn value_anew(&self, module: &Pkcs11, octets: &[u8]) -> Result<Vec<u8>, TokenFault> {
        let open = self.open(module)?;
        let value = self.value_in(&open, octets)?;
        self.keep(open);
        Ok(value)
    }

    /// Ends the module and begins it anew, for many see no other tokens than those of their
    /// beginning; false where that was done just now. Nobody may be in a call of it meanwhile.
    fn renew(&self, library: &RwLock<Library>) -> Result<bool, TokenFault> {
        let mut library = library.write().unwrap_or_else(PoisonError::into_inner);
        if library.begun.elapsed() < RENEW_INTERVAL {
            return Ok(false);
        }
        locked(&self.idle).clear();
        library.begun = Instant::now();
        // A module that lost its device may say that it cannot be ended.
        library.module.clone().finalize().ok();
        begin(&library.module)?;
        Ok(true)
    }

    fn keep(&self, open: Open) {
        let mut idle = locked(&self.idle);
        if idle.len() < IDLE_MAX {
            idle.push(open);
        }
    }

    fn value_in(&self, open: &Open, octets: &[u8]) -> Result<Vec<u8>, TokenFault> {
        let algorithm = self.identity.algorithm;
        let digest = algorithm.digest().of(octets);
        let (mechanism, signed) = match digest_name(algorithm) {
            Some(name) => (Mechanism::RsaPkcs, digest_info(name, &digest)),
            None => (Mechanism::Ecdsa, digest),
        };
        let value = open.session.sign(&mechanism, open.key, &signed)?;
        // A value made by a faulty device could give the key away to whoever reads it.
        let fits = self.identity.has_signed(octets, &value);
        fits.then_some(value).ok_or(TokenFault::Value)
    }

    /// Finds the token, logs in and finds the key.
    fn open(&self, module: &Pkcs11) -> Result<Open, TokenFault> {
        let slot = self.slot(module)?;
        let session = module.open_ro_session(slot)?;
        self.log_in(module, &session, slot)?;
        let mut wanted = vec![
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::KeyType(self.key_type),
        ];
        wanted.extend(self.uri.object.clone().map(Attribute::Label));
        wanted.extend(self.uri.id.clone().map(Attribute::Id));
        let keys = session.find_objects(&wanted)?;
        if keys.is_empty() {
            return Err(TokenFault::NoKey);
        }
        let mut open = Open {
            session,
            key: keys[0],
        };
        let mut fault = TokenFault::Pair;
        for key in keys.into_iter().take(KEYS_MAX) {
            open.key = key;
            match self.value_in(&open, PROBE) {
                Ok(_) => return Ok(open),
                // A key of another pair.
                Err(TokenFault::Value) => {}
                Err(other) => fault = other,
            }
        }
        Err(fault)
    }

    /// The one slot whose token fits.
    fn slot(&self, module: &Pkcs11) -> Result<Slot, TokenFault> {
        let mut fitting = Vec::new();
        for slot in module.get_slots_with_token()? {
            // One that was taken out since may be listed still.
            let Ok(info) = module.get_token_info(slot) else {
                continue;
            };
            let fits = |(name, wanted): (&&str, &String)| {
                let said = match *name {
                    "manufacturer" => info.manufacturer_id(),
                    "model" => info.model(),
                    "serial" => info.serial_number(),
                    _ => info.label(),
                };
                said.trim_end() == wanted
            };
            if info.token_initialized() && self.uri.token.iter().all(fits) {
                fitting.push(slot);
            }
        }
        match fitting.len() {
            1 => Ok(fitting.remove(0)),
            other => Err(TokenFault::NotOne(other)),
        }
    }

    /// One login at a time, by what the token says at that time of the tries that are left: several
    /// at once would each believe to be the first.
    fn log_in(&self, module: &Pkcs11, session: &Session, slot: Slot) -> Result<(), TokenFault> {
        let _alone = locked(&LOGGING_IN);
        let file = &self.uri.pin;
        // Before it is read: what is written meanwhile is then newer than what was tried.
        let changed = std::fs::metadata(file).and_then(|facts| facts.modified());
        let changed = changed.map_err(|source| SecretFault::Read {
            path: file.clone(),
            source,
        })?;
        if locked(&REFUSED).get(file) == Some(&changed) {
            return Err(TokenFault::Pin(file.clone()));
        }
        let octets = secret_file::read(file)?;
        let first = std::str::from_utf8(&octets)
            .ok()
            .and_then(|text| text.lines().next());
        // A file that is being written has none yet: no try is spent on that.
        let pin = first.filter(|pin| !pin.is_empty());
        let pin = pin.ok_or_else(|| TokenFault::NoPin(file.clone()))?;
        let pin = AuthPin::new(pin.into());
        if module.get_token_info(slot)?.user_pin_final_try() {
            return Err(TokenFault::LastTry);
        }
        match session.login(UserType::User, Some(&pin)) {
            // All sessions of a process share one login.
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
            Err(Error::Pkcs11(
                RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange,
                _,
            )) => {
                locked(&REFUSED).insert(file.clone(), changed);
                Err(TokenFault::Pin(file.clone()))
            }
            // The token or its session went away before a PIN was looked at.
            Err(
                error @ Error::Pkcs11(
                    RvError::DeviceRemoved
                    | RvError::TokenNotPresent
                    | RvError::SessionClosed
                    | RvError::SessionHandleInvalid
                    | RvError::CryptokiNotInitialized,
                    _,
                ),
            ) => Err(error.into()),
            // Some modules say nothing better of a wrong PIN.
            Err(error) => {
                locked(&REFUSED).insert(file.clone(), changed);
                Err(error.into())
            }
        }
    }
}

impl fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenSigner({:?})", self.identity.certificate)
    }
}

/// The module of a file, loaded once in a process.
fn library(file: &Path) -> Result<Arc<RwLock<Library>>, TokenFault> {
    let mut libraries = locked(&LIBRARIES);
    if let Some(library) = libraries.get(file) {
        return Ok(Arc::clone(library));
    }
    let unusable = |error| TokenFault::Module(file.to_owned(), error);
    let module = Pkcs11::new(file).map_err(unusable)?;
    begin(&module).map_err(unusable)?;
    let library = Arc::new(RwLock::new(Library {
        module,
        begun: Instant::now(),
    }));
    libraries.insert(file.to_owned(), Arc::clone(&library));
    Ok(library)
}

fn begin(module: &Pkcs11) -> Result<(), Error> {
    let threads = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    match module.initialize(threads) {
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The OID of the digest that RSA signs; nothing for ECDSA.
fn digest_name(algorithm: Algorithm) -> Option<&'static str> {
    match algorithm {
        Algorithm::RsaSha256 => Some(SHA256),
        Algorithm::RsaSha384 => Some(SHA384),
        Algorithm::RsaSha512 => Some(SHA512),
        Algorithm::EcdsaSha256
        | Algorithm::EcdsaSha384
        | Algorithm::Gost2004
        | Algorithm::Gost2015
        | Algorithm::RsaSha1 => None,
    }
}

/// RFC 8017 §9.2: what is padded and signed.
fn digest_info(name: &str, digest: &[u8]) -> Vec<u8> {
    let algorithm = sequence(&[oid(name), tlv(tag::NULL, &[])]);
    sequence(&[algorithm, tlv(tag::OCTET_STRING, digest)])
}
