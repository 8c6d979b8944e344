//! What the bodies stand on: a test authority that was forged once, what its people signed, and one
//! moment. The private keys were thrown away, so nobody can sign anything else.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use kezek::services;
use kezek::signature::revocation::{Policy, Shelf};
use kezek::signature::{Certificate, Directory, Environment, Store, pem_blocks};
use kezek::terms::Moment;

/// Loaded once.
pub static GROUND: LazyLock<Ground> = LazyLock::new(Ground::load);

/// Octets by the name of their file.
pub type Files = BTreeMap<String, Vec<u8>>;

/// See `tests/fuzz/seeds.rs`, which made it.
pub struct Ground {
    /// When everything is valid.
    pub at: Moment,
    pub store: Store,
    pub directory: Directory,
    /// Messages that are believed.
    pub messages: Files,
    /// Every certificate that the authority issued, its own among them.
    pub certificates: BTreeMap<String, Certificate>,
    /// Signed documents; a detached one has its content in `contents`.
    pub documents: Files,
    /// What documents and time-stamps are about.
    pub contents: Files,
    /// Responses with time-stamps.
    pub stamps: Files,
    /// Answers of OCSP.
    pub answers: Files,
    /// Lists of revocation.
    pub lists: Files,
    /// The lists alone, by which one certificate is revoked.
    pub shelf: Arc<Shelf>,
}

impl Ground {
    fn load() -> Self {
        let at = folder().join("ground");
        let moment = std::fs::read_to_string(at.join("moment")).expect("the moment");
        let certificates = files(&at.join("certificates"))
            .into_iter()
            .map(|(name, pem)| {
                let blocks = pem_blocks(&pem, "CERTIFICATE").expect("PEM");
                (name, Certificate::parse(&blocks[0]).expect("a certificate"))
            });
        let lists = files(&at.join("lists"));
        let words: Vec<Vec<u8>> = lists.values().cloned().collect();
        Self {
            at: Moment::parse(moment.trim()).expect("a moment"),
            store: Store::load(&at.join("trust"), Environment::Test).expect("the authority"),
            directory: Directory::load(&at.join("participants"), &services::numbers())
                .expect("the participants"),
            messages: files(&at.join("messages")),
            certificates: certificates.collect(),
            documents: files(&at.join("documents")),
            contents: files(&at.join("contents")),
            stamps: files(&at.join("stamps")),
            answers: files(&at.join("answers")),
            shelf: Arc::new(Shelf::of(&words, Policy::default())),
            lists,
        }
    }

    /// One of its certificates.
    pub fn certificate(&self, name: &str) -> &Certificate {
        &self.certificates[&format!("{name}.pem")]
    }

    /// Whether the authority issued exactly this one.
    pub fn issued(&self, certificate: &Certificate) -> bool {
        let mut all = self.certificates.values();
        all.any(|known| known.der() == certificate.der())
    }
}

/// `tests/fuzz`, from the package of the targets as from the one that is tested.
pub fn folder() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let below = package.join("tests/fuzz");
    if below.is_dir() {
        below
    } else {
        package.to_owned()
    }
}

fn files(folder: &Path) -> Files {
    let entries = std::fs::read_dir(folder).expect("a folder of the ground");
    let found: Files = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path
                .file_name()
                .expect("a file")
                .to_string_lossy()
                .into_owned();
            (name, std::fs::read(&path).expect("readable"))
        })
        .collect();
    assert!(!found.is_empty(), "{}", folder.display());
    found
}
