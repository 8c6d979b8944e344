//! What a gateway needs beside the certificates of a test authority: participants and settings.

use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::services::CATALOGUE;

use super::authority::{BANK_BIN, ForgeFault, PARTICIPANT_BIN, SHEP_BIN};

/// The settings that make a gateway use this authority.
pub(super) fn settings(folder: &Path) -> String {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let mut text = String::from("KEZEK_ENVIRONMENT=test\n");
    for (name, file) in [
        ("KEZEK_TRUST_DIR", "trust"),
        ("KEZEK_REVOCATION_DIR", "revocation"),
        ("KEZEK_PARTICIPANTS_DIR", "participants"),
        ("KEZEK_OPENINGS", "openings.toml"),
        ("KEZEK_SIGNING_KEY", "keys/answers.key"),
        ("KEZEK_SIGNING_CERTIFICATE", "keys/answers.pem"),
        ("KEZEK_RECEIPT_KEY", "receipt.key"),
        ("KEZEK_SCANS_DIR", "scans"),
        ("KEZEK_SANDBOX_DIR", ""),
    ] {
        let path = if file.is_empty() {
            folder.clone()
        } else {
            folder.join(file)
        };
        writeln!(text, "{name}={}", path.display()).expect("a String takes every line");
    }
    text
}

/// The plan by which regions joined (004 annex 2).
const OPENINGS: &str = include_str!("../../fixtures/registry/openings.toml");

/// The participants, one file each, and from when they may call.
pub(super) fn write_participants(folder: &Path) -> Result<(), ForgeFault> {
    let numbers: Vec<&str> = CATALOGUE.iter().map(|service| service.number).collect();
    let right = |services: &[&str], region: &str| {
        format!("\n[[rights]]\nservices = {services:?}\nregions = [\"{region}\"]\n")
    };
    let (everything, astana) = (right(&numbers, "*"), right(&numbers, "71"));
    let reading = right(
        &["S-01", "S-02", "S-03", "S-12", "S-13", "S-23", "S-29"],
        "*",
    );
    for (id, name, kind, bin, rights) in [
        ("shep", "ШЭП (sandbox)", "gateway", SHEP_BIN, String::new()),
        (
            "egov-mobile",
            "eGov Mobile (sandbox)",
            "participant",
            PARTICIPANT_BIN,
            everything,
        ),
        (
            "bank",
            "A bank's application (sandbox)",
            "participant",
            BANK_BIN,
            astana,
        ),
        (
            "newcomer",
            "A system without rights (sandbox)",
            "participant",
            PARTICIPANT_BIN,
            String::new(),
        ),
        (
            "reader",
            "A system that only reads (sandbox)",
            "participant",
            PARTICIPANT_BIN,
            reading,
        ),
    ] {
        let text = format!(
            "id = \"{id}\"\nname = \"{name}\"\nkind = \"{kind}\"\nbin = \"{bin}\"\n{rights}"
        );
        write(&folder.join(format!("participants/{id}.toml")), &text)?;
    }
    write(&folder.join("openings.toml"), OPENINGS)
}

/// Writes a file and the folders above it; a key so that only its owner can read it.
pub(super) fn write(path: &Path, text: &str) -> Result<(), ForgeFault> {
    let fault = |source| ForgeFault::Write {
        path: path.to_owned(),
        source,
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fault)?;
    }
    if path.extension().is_some_and(|extension| extension == "key") {
        return write_secret(path, text).map_err(fault);
    }
    std::fs::write(path, text).map_err(fault)
}

/// Writes a file that only its owner can read, as keys must be.
///
/// # Errors
/// What the file system says.
pub fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600);
    file.open(path)?.write_all(text.as_bytes())
}
