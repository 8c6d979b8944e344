//! The configuration of a deployment: the only reader of the environment.
//!
//! One struct, every field documented with its variable. No number of the law stands here: those
//! are fields of the rule set (`queue::rules`), with their paragraph.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

/// What is missing or wrong in the environment, all of it.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigFault(Vec<String>);

/// Every setting. A role reads only what it needs; `kezek check` reads all.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// `KEZEK_DATABASE_URL`: Postgres, `postgres://user@host:port/database`.
    pub database_url: Option<Secret>,
    /// `KEZEK_AMQP_URL`: RabbitMQ, `amqp://user:password@host:port/vhost`.
    pub amqp_url: Option<Secret>,
    /// `KEZEK_LANE_PREFIX`: what the names of all lanes begin with, to keep installations apart
    /// that share one virtual host; nothing, if it is not set.
    #[serde(default)]
    pub lane_prefix: String,
    /// `KEZEK_LISTEN`: where the door listens.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// `KEZEK_HEALTH_LISTEN`: where a role shows its health and metrics. A door shows them on its
    /// own address, unless this one is set and another: then only there.
    pub health_listen: Option<SocketAddr>,
    /// `KEZEK_PUBLIC_URL`: the address of the door in the WSDL; `http://` and the listening
    /// address, if it is not set.
    pub public_url: Option<String>,
    /// `KEZEK_ENVIRONMENT`: `production`, or `test`, where test authorities may vouch; the trust
    /// store must say the same.
    #[serde(default)]
    pub environment: Purpose,
    /// `KEZEK_TRUST_DIR`: `store.toml`, `roots/`, `intermediates/` and `known/`.
    pub trust_dir: Option<PathBuf>,
    /// `KEZEK_REVOCATION_DIR`: what authorities said of revocation, shared by `kezek revocation`
    /// and all gateways; needed in production.
    pub revocation_dir: Option<PathBuf>,
    /// `KEZEK_REVOCATION_GRACE_HOURS`: how long the last good word of an authority counts after its
    /// end, 0 to 72.
    #[serde(default = "default_grace_hours", deserialize_with = "number")]
    pub revocation_grace_hours: u64,
    /// `KEZEK_PARTICIPANTS_DIR`: one TOML file for each participant.
    pub participants_dir: Option<PathBuf>,
    /// `KEZEK_OPENINGS`: a TOML file, from which day services are open in which regions.
    pub openings: Option<PathBuf>,
    /// `KEZEK_SIGNING_KEY`: PKCS#8, or PKCS#12 in a file `….p12` or `….pfx`, for our answers, mode
    /// 600; or the URI `pkcs11:…` of a key in a token, which names the file of its PIN.
    pub signing_key: Option<PathBuf>,
    /// `KEZEK_SIGNING_CERTIFICATE`: of a key in PKCS#8 or in a token.
    pub signing_certificate: Option<PathBuf>,
    /// `KEZEK_SIGNING_PASSWORD_FILE`: the password of PKCS#12 in its first line; mode 600.
    pub signing_password_file: Option<PathBuf>,
    /// `KEZEK_RECEIPT_KEY`: a file of 64 or more hexadecimal digits, the same at every gateway.
    pub receipt_key: Option<PathBuf>,
    /// `KEZEK_SCANS_DIR`: where gateways keep scans, one folder for all of them; large ones wait
    /// beside what is kept until their message is accepted.
    pub scans_dir: Option<PathBuf>,
    /// `KEZEK_SCANS_BUCKET`: a TOML file, mode 600, of the S3-compatible bucket in which gateways
    /// keep scans, where no folder is shared by all of them.
    pub scans_bucket: Option<PathBuf>,
    /// `KEZEK_SANDBOX_DIR`: what `kezek sandbox forge` made, for `kezek sandbox send`.
    pub sandbox_dir: Option<PathBuf>,
    /// `KEZEK_LOG`: levels such as `info` or `kezek=debug`.
    pub log: Option<String>,
    /// `KEZEK_ANSWER_SECONDS`: how long a sender waits for an answer, at most 25 (ShEP's passport
    /// allows 30).
    #[serde(default = "default_answer_seconds", deserialize_with = "number")]
    pub answer_seconds: u64,
    /// `KEZEK_IN_FLIGHT_MAX`: requests of a gateway that wait for an answer.
    #[serde(default = "default_in_flight_max", deserialize_with = "number")]
    pub in_flight_max: u64,
    /// `KEZEK_STAMP_MINUTES`: how long a line of the journal waits for others before they are
    /// stamped together, 0 to 1440.
    #[serde(default = "default_stamp_minutes", deserialize_with = "number")]
    pub stamp_minutes: u64,
    /// `KEZEK_WORKER_PARALLEL`: messages that one worker works on at a time.
    #[serde(default = "default_worker_parallel", deserialize_with = "number")]
    pub worker_parallel: u64,
}

/// What an installation is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Real families; what a new installation is unless it says otherwise.
    #[default]
    Production,
    /// Invented ones.
    Test,
}

/// A text that may hold a password; `Debug` masks it.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text. Not for logs.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(masked)")
    }
}

const PREFIX: &str = "KEZEK_";
const LANE_PREFIX_MAX: usize = 100;

impl Config {
    /// Reads every `KEZEK_…` variable.
    ///
    /// # Errors
    /// [`ConfigFault`], where a value is not of its type or out of its range.
    pub fn from_environment() -> Result<Self, ConfigFault> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one reading of the environment"
        )]
        let all = std::env::vars_os();
        let ours = all.filter_map(|(name, value)| {
            let name = name
                .into_string()
                .ok()?
                .strip_prefix(PREFIX)?
                .to_ascii_lowercase();
            Some((name, value.into_string().ok()?))
        });
        let ours = ours.filter(|(_, value)| !value.is_empty());
        let ours = ours.map(|(name, value)| (name, serde_json::Value::String(value)));
        let config: Self = serde_json::from_value(ours.collect::<serde_json::Map<_, _>>().into())
            .map_err(|error| ConfigFault(vec![format!("environment: {error}")]))?;
        config.in_range()
    }

    fn in_range(self) -> Result<Self, ConfigFault> {
        let mut wrong = Vec::new();
        let mut check = |name: &str, value: u64, least: u64, most: u64| {
            if !(least..=most).contains(&value) {
                wrong.push(format!(
                    "{PREFIX}{name} is {value}; it must be {least} to {most}"
                ));
            }
        };
        check("ANSWER_SECONDS", self.answer_seconds, 1, 25);
        check("IN_FLIGHT_MAX", self.in_flight_max, 1, 10_000);
        check("REVOCATION_GRACE_HOURS", self.revocation_grace_hours, 0, 72);
        check("STAMP_MINUTES", self.stamp_minutes, 0, 1_440);
        check("WORKER_PARALLEL", self.worker_parallel, 1, 64);
        let readable = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
        if self.lane_prefix.len() > LANE_PREFIX_MAX || !self.lane_prefix.chars().all(readable) {
            wrong.push(format!(
                "{PREFIX}LANE_PREFIX must be at most {LANE_PREFIX_MAX} of the characters A-Z a-z 0-9 . - _"
            ));
        }
        if wrong.is_empty() {
            Ok(self)
        } else {
            Err(ConfigFault(wrong))
        }
    }

    /// Where a role without a door shows its health.
    pub fn health_address(&self) -> SocketAddr {
        let usual = SocketAddr::from(([127, 0, 0, 1], 8481));
        self.health_listen.unwrap_or(usual)
    }

    /// Where a door shows its health, if not on its own address.
    pub fn health_beside_door(&self) -> Option<SocketAddr> {
        self.health_listen.filter(|address| *address != self.listen)
    }

    /// How long a sender waits for an answer.
    pub fn answer_time(&self) -> Duration {
        Duration::from_secs(self.answer_seconds)
    }

    /// A setting that this role cannot do without.
    ///
    /// # Errors
    /// [`ConfigFault`], naming the variable.
    pub fn required<'a, T>(
        setting: &'a Option<T>,
        name: &'static str,
        example: &'static str,
    ) -> Result<&'a T, ConfigFault> {
        setting.as_ref().ok_or_else(|| {
            ConfigFault(vec![format!(
                "{PREFIX}{name} is not set; set it, for instance to {example}"
            )])
        })
    }
}

fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.trim()
        .parse()
        .map_err(|_| serde::de::Error::custom(format!("{text:?} is no number")))
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8480))
}

fn default_answer_seconds() -> u64 {
    24
}

fn default_grace_hours() -> u64 {
    24
}

fn default_in_flight_max() -> u64 {
    1000
}

fn default_stamp_minutes() -> u64 {
    10
}

fn default_worker_parallel() -> u64 {
    16
}
