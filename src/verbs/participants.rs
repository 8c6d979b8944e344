//! `kezek participants`: who may call what, as the folder says it.

use std::path::PathBuf;

use anyhow::Context as _;
use kezek::config::Config;
use kezek::services;
use kezek::signature::{Directory, Kind, Participant, hex};

use super::config;

/// Checks a folder, that of the configuration if none is named, and prints a row for each right.
pub fn participants(folder: Option<PathBuf>) -> anyhow::Result<()> {
    let folder = match folder {
        Some(folder) => folder,
        None => {
            let config = config()?;
            let example = "/etc/kezek/participants";
            Config::required(&config.participants_dir, "PARTICIPANTS_DIR", example)?.clone()
        }
    };
    let directory = Directory::load(&folder, &services::numbers())
        .with_context(|| format!("{} would not be taken", folder.display()))?;
    println!(
        "{:<24} {:<12} {:<40} regions",
        "participant", "kind", "services"
    );
    for who in directory.participants() {
        for (services, regions) in rows(who) {
            println!(
                "{:<24} {:<12} {services:<40} {regions}",
                who.id,
                word(who.kind)
            );
        }
    }
    println!(
        "{} participants, {} by pinned certificates; digest {}",
        directory.len(),
        directory.pinned(),
        hex(&directory.digest())
    );
    Ok(())
}

/// What it may call, a row for each right.
fn rows(who: &Participant) -> Vec<(String, String)> {
    let nothing = match who.kind {
        Kind::Gateway => "what the sender may",
        Kind::Participant => "nothing",
    };
    if who.rights.is_empty() {
        return vec![(nothing.to_owned(), "–".to_owned())];
    }
    let rights = who.rights.iter();
    rights
        .map(|right| (right.services.join(" "), right.regions.join(" ")))
        .collect()
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Gateway => "gateway",
        Kind::Participant => "participant",
    }
}
