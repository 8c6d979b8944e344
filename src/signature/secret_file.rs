//! Files with secrets: read only where nobody else can read them.
//!
//! In:    a path. Out: its octets, which are wiped when they are dropped.
//! The permissions are those of the file that was opened, not of one that takes its name later.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// No key, password or store of keys is as large.
const OCTETS_MAX: u64 = 256 << 10;
/// What group and others may do.
const OTHERS: u32 = 0o077;

/// Why a secret is not read.
#[derive(Debug, thiserror::Error)]
pub enum SecretFault {
    /// Others may read or change it.
    #[error(
        "{path} has mode {mode:03o}: others can reach the secret in it; run `chmod 600 {path}`"
    )]
    Exposed {
        /// Which.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is larger than any secret.
    #[error("{0} is too large to be a secret")]
    TooLarge(PathBuf),
}

/// Reads a secret.
pub(super) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, SecretFault> {
    let unreadable = |source| SecretFault::Read {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(unreadable)?;
    let facts = file.metadata().map_err(unreadable)?;
    let mode = facts.permissions().mode() & 0o777;
    if mode & OTHERS != 0 {
        let path = path.to_owned();
        return Err(SecretFault::Exposed { path, mode });
    }
    let too_large = || SecretFault::TooLarge(path.to_owned());
    if facts.len() > OCTETS_MAX {
        return Err(too_large());
    }
    // Room for all of it from the start: what grows leaves copies behind.
    let room = usize::try_from(facts.len()).map_err(|_| too_large())? + 1;
    let mut octets = Zeroizing::new(Vec::with_capacity(room));
    let most = file.take(facts.len());
    { most }.read_to_end(&mut octets).map_err(unreadable)?;
    Ok(octets)
}
