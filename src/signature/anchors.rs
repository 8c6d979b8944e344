//! Anchors: what a trust store says of itself, and that test and production stay apart.
//!
//! In:    `store.toml` beside `roots/`. Out: its words, checked against the installation's.
//! A store of production lists the SHA-256 of each root that it holds, as the administrator
//! compared them with what the authority publishes: a root that is only copied into the folder is
//! refused, and so is one whose name says that it is for tests. A store of tests says so, and
//! serves nowhere else.

use std::path::Path;

use serde::Deserialize;

use super::{Certificate, StoreFault, hex};

/// What an installation is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Real families.
    #[default]
    Production,
    /// Invented ones.
    Test,
}

impl Environment {
    /// As it stands in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Test => "test",
        }
    }
}

/// `store.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Anchors {
    /// What the store is for.
    environment: Environment,
    /// SHA-256 fingerprints of the roots, in hex; needed in production.
    #[serde(default)]
    roots: Vec<String>,
    /// Certificate policies, one of which a message's certificate must have, itself or one below
    /// it; empty for any.
    #[serde(default)]
    policies: Vec<String>,
    /// Addresses of lists of revocation, complete and delta. Those in certificates are not
    /// followed: a stranger wrote them.
    #[serde(default)]
    pub(super) lists: Vec<String>,
    /// Addresses of responders of OCSP, asked in this order until one answers.
    #[serde(default)]
    pub(super) responders: Vec<String>,
    /// Addresses of authorities for time that stamp the journal, asked in this order until one
    /// does.
    #[serde(default)]
    pub(super) stampers: Vec<String>,
}

/// Words in the name of an authority that is for tests.
const TEST_WORDS: [&str; 3] = ["TEST", "\u{422}\u{415}\u{421}\u{422}", "SANDBOX"];

impl Anchors {
    pub(super) const FILE: &str = "store.toml";

    /// Reads the file of a store for an installation.
    pub(super) fn load(folder: &Path, environment: Environment) -> Result<Self, StoreFault> {
        let path = folder.join(Self::FILE);
        let read = std::fs::read_to_string(&path);
        let text = read.map_err(|source| StoreFault::Read {
            path: path.clone(),
            source,
        })?;
        let wrong = |what: String| StoreFault::Syntax {
            path: path.clone(),
            what,
        };
        let anchors: Self = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if anchors.environment != environment {
            return Err(StoreFault::Environment {
                store: anchors.environment.word(),
                ours: environment.word(),
            });
        }
        let pin_fits = |pin: &String| pin.len() == 64 && pin.bytes().all(|b| b.is_ascii_hexdigit());
        if !anchors.roots.iter().all(pin_fits) {
            let told = "roots must be SHA-256 fingerprints of 64 hexadecimal digits";
            return Err(wrong(told.into()));
        }
        let numbers = |policy: &String| {
            let arcs = policy.split('.');
            arcs.clone().count() > 1 && arcs.into_iter().all(|arc| arc.parse::<u64>().is_ok())
        };
        if !anchors.policies.iter().all(numbers) {
            return Err(wrong("policies must be OIDs such as 1.2.398.3.3.2".into()));
        }
        let plain = |address: &&String| !address.starts_with("http://");
        if let Some(address) = {
            let all = anchors.lists.iter().chain(&anchors.responders);
            all.chain(&anchors.stampers).find(plain)
        } {
            return Err(wrong(format!("{address} does not begin with http://")));
        }
        Ok(anchors)
    }

    /// Whether a root may stand in this store.
    pub(super) fn admit(&self, root: &Certificate) -> Result<(), StoreFault> {
        if self.environment == Environment::Test {
            return Ok(());
        }
        let fingerprint = hex(&root.fingerprint());
        if root.is_named_with(&TEST_WORDS) {
            return Err(StoreFault::TestRoot(fingerprint));
        }
        let listed = |pin: &String| pin.eq_ignore_ascii_case(&fingerprint);
        if self.roots.iter().any(listed) {
            Ok(())
        } else {
            Err(StoreFault::RootNotListed(fingerprint))
        }
    }

    /// Whether one of a certificate's policies is one of ours, or stands below it.
    pub(super) fn accepts(&self, certificate: &Certificate) -> bool {
        let below = |found: &String, ours: &String| {
            found
                .strip_prefix(ours.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.policies.is_empty()
            || certificate
                .policies()
                .iter()
                .any(|found| self.policies.iter().any(|ours| below(found, ours)))
    }
}
