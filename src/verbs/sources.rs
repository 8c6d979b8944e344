//! The files that a gateway lives by, as the configuration names them.

use anyhow::Context as _;
use kezek::config::{Config, Purpose};
use kezek::http::{SigningKey, Sources};
use kezek::signature::{Environment, KeyUri};

use super::revocation::shelf;

/// Where the key of our answers is: a token by a URI, PKCS#12 by its name, else PKCS#8.
pub(super) fn signing(config: &Config) -> anyhow::Result<SigningKey> {
    let hint = "what `kezek sandbox forge` printed, for a try";
    let key = Config::required(&config.signing_key, "SIGNING_KEY", hint)?.clone();
    let is_file = !key.to_str().is_some_and(KeyUri::is_meant);
    let pkcs12 = |extension: &std::ffi::OsStr| extension == "p12" || extension == "pfx";
    if is_file && key.extension().is_some_and(pkcs12) {
        let example = "/etc/kezek/signing.password";
        let password = &config.signing_password_file;
        let password = Config::required(password, "SIGNING_PASSWORD_FILE", example)?;
        return Ok(SigningKey::Pkcs12(key, password.clone()));
    }
    let certificate = &config.signing_certificate;
    let certificate = Config::required(certificate, "SIGNING_CERTIFICATE", hint)?.clone();
    if let Some(uri) = key.to_str().filter(|text| KeyUri::is_meant(text)) {
        let uri = KeyUri::parse(uri).context("the URI of KEZEK_SIGNING_KEY names no key")?;
        return Ok(SigningKey::Token(Box::new(uri), certificate));
    }
    Ok(SigningKey::Pkcs8(key, certificate))
}

/// What the installation is for, as the room of signatures says it.
pub fn environment(config: &Config) -> Environment {
    match config.environment {
        Purpose::Production => Environment::Production,
        Purpose::Test => Environment::Test,
    }
}

/// The files that a gateway lives by.
pub fn sources(config: &Config) -> anyhow::Result<Sources> {
    let hint = "what `kezek sandbox forge` printed, for a try";
    Ok(Sources {
        environment: environment(config),
        trust: Config::required(&config.trust_dir, "TRUST_DIR", hint)?.clone(),
        revocation: shelf(config),
        participants: Config::required(&config.participants_dir, "PARTICIPANTS_DIR", hint)?.clone(),
        openings: Config::required(&config.openings, "OPENINGS", hint)?.clone(),
        scans: Config::required(&config.scans_dir, "SCANS_DIR", hint)?.clone(),
        scans_bucket: config.scans_bucket.clone(),
        signing: signing(config)?,
        receipt_key: Config::required(&config.receipt_key, "RECEIPT_KEY", hint)?.clone(),
    })
}
