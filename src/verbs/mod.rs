//! What each verb does, as `main` alone may: any room is open to it, and nobody imports it.

pub mod bench;
pub mod courier;
pub mod participants;
pub mod play;
pub mod revocation;
pub mod roles;
pub mod simulate;
mod sources;
pub mod stamp;
pub mod upkeep;

use std::time::Duration;

use anyhow::Context as _;
use kezek::bus::{LOG_FILTER, Link, Publisher, Topology};
use kezek::config::Config;
use kezek::registry::Registry;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use tracing_subscriber::EnvFilter;

/// Publications of one process that may wait for their confirms.
const PUBLICATIONS_MAX: usize = 1024;
/// How long a confirm may take.
const CONFIRM_TIME_MAX: Duration = Duration::from_secs(5);

/// Lets no core of this process be dumped, and no other process of the same user read its memory or
/// environment, where keys and passwords are. Where the system refuses, we run all the same: that
/// is a second wall, and the operator may have forbidden the call.
pub fn keep_secrets() {
    let nothing = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, nothing).ok();
    set_dumpable_behavior(DumpableBehavior::NotDumpable).ok();
}

/// The settings of this process.
pub fn config() -> anyhow::Result<Config> {
    Config::from_environment().context("the configuration is wrong; see the table in the README")
}

/// Logs as JSON to standard error.
pub fn log(config: &Config) -> anyhow::Result<()> {
    let levels = config.log.as_deref().unwrap_or("info");
    let filter = EnvFilter::try_new(format!("{levels},lapin=warn,{LOG_FILTER}"))
        .context("KEZEK_LOG must be levels such as info or kezek=debug")?;
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    Ok(())
}

/// The register, with so many connections.
pub fn registry(config: &Config, connections: usize) -> anyhow::Result<Registry> {
    let example = "postgres://kezek@127.0.0.1:5432/kezek";
    let url = Config::required(&config.database_url, "DATABASE_URL", example)?;
    Ok(Registry::connect(url.reveal(), connections)?)
}

/// A connection to the broker, kept.
pub fn link(config: &Config, name: &str) -> anyhow::Result<Link> {
    let example = "amqp://kezek:…@127.0.0.1:5672/%2f";
    let url = Config::required(&config.amqp_url, "AMQP_URL", example)?;
    Ok(Link::open(url.reveal(), name)?)
}

/// The names of the lanes.
pub fn topology(config: &Config) -> Topology {
    Topology::new(&config.lane_prefix)
}

/// A publisher on a connection.
pub fn publisher(config: &Config, link: Link) -> Publisher {
    Publisher::new(link, topology(config), PUBLICATIONS_MAX, CONFIRM_TIME_MAX)
}
