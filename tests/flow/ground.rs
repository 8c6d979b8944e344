//! What a test stands on: a database and names of its own, a proxy that can be cut, conditions.

use std::sync::Arc;
use std::time::Duration;

use kezek::bus::{Link, Publisher, Topology};
use kezek::registry::Registry;
use tokio_postgres::{Client, Config, NoTls};
use uuid::Uuid;

use crate::turn::Turn;
use crate::wire::Wire;

/// How long a condition is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// What whoever runs us says of servers and tools.
pub fn setting(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "where the servers are, from whoever runs us"
    )]
    let value = std::env::var(name);
    value.ok()
}

fn address_of(server: &str) -> String {
    setting(server).unwrap_or_else(|| panic!("{server} is not set: this test needs a real server"))
}

/// Asks until the condition holds.
pub async fn until<F: Future<Output = bool>>(what: &str, condition: impl FnMut() -> F) {
    until_within(PATIENCE, what, condition).await;
}

/// Asks until the condition holds, for so long at most.
pub async fn until_within<F: Future<Output = bool>>(
    patience: Duration,
    what: &str,
    mut condition: impl FnMut() -> F,
) {
    let asked = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let in_time = tokio::time::timeout(patience, asked).await;
    assert!(in_time.is_ok(), "not within {patience:?}: {what}");
}

/// A database that exists for one test.
pub struct Database {
    url: Config,
    name: String,
    _turn: Arc<Turn>,
}

impl Database {
    /// An empty one.
    pub async fn empty() -> Self {
        Self::empty_in(Turn::shared().await).await
    }

    /// An empty one, in a turn that the test has.
    pub async fn empty_in(turn: Arc<Turn>) -> Self {
        let url: Config = address_of("KEZEK_DATABASE_URL")
            .parse()
            .expect("an address");
        let name = format!("flow_{}", Uuid::new_v4().simple());
        let client = connect(&url).await;
        client
            .batch_execute(&format!("CREATE DATABASE {name}"))
            .await
            .expect("may create");
        Self {
            url,
            name,
            _turn: turn,
        }
    }

    /// One with all migrations, and a register on it.
    pub async fn migrated() -> (Self, Registry) {
        let database = Self::empty().await;
        let registry = database.registry(8);
        registry.migrate().await.expect("migrates");
        (database, registry)
    }

    /// A register with so many connections.
    pub fn registry(&self, connections: usize) -> Registry {
        let registry = Registry::connect(&self.url(None), connections);
        registry.expect("the address is good")
    }

    /// A connection beside the register, for looking.
    pub async fn look(&self) -> Client {
        let mut url = self.url.clone();
        connect(url.dbname(&self.name)).await
    }

    /// `host:port` of the server.
    pub fn target(&self) -> String {
        let (host, port) = self.place();
        format!("{host}:{port}")
    }

    fn place(&self) -> (String, u16) {
        use tokio_postgres::config::Host;
        let host = match self.url.get_hosts().first().expect("a host") {
            Host::Tcp(host) => host.clone(),
            Host::Unix(path) => path.display().to_string(),
        };
        (host, self.url.get_ports().first().copied().unwrap_or(5432))
    }

    /// Its address, through a wire if there is one.
    pub fn url(&self, wire: Option<&Wire>) -> String {
        let (host, port) = match wire {
            Some(wire) => ("127.0.0.1".to_owned(), wire.port()),
            None => self.place(),
        };
        let user = self.url.get_user().unwrap_or("postgres");
        let secret = self
            .url
            .get_password()
            .map(String::from_utf8_lossy)
            .unwrap_or_default();
        let secret = if secret.is_empty() {
            String::new()
        } else {
            format!("password={secret}")
        };
        format!(
            "host={host} port={port} user={user} {secret} dbname={}",
            self.name
        )
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (url, name) = (self.url.clone(), self.name.clone());
        // A runtime of its own: a test's runtime may be ending.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.expect("a runtime").block_on(async {
                let client = connect(&url).await;
                let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                client.batch_execute(&drop).await.expect("may drop");
            });
        });
        let dropped = dropped.join();
        // A test that failed may have taken the server with it; a second panic would hide the
        // first.
        assert!(
            dropped.is_ok() || std::thread::panicking(),
            "the database is dropped"
        );
    }
}

async fn connect(url: &Config) -> Client {
    let (client, connection) = url.connect(NoTls).await.expect("PostgreSQL answers");
    tokio::spawn(connection);
    client
}

/// Names on the broker that exist for one test, and a wire to it that can be cut.
pub struct Broker {
    pub topology: Topology,
    pub url: String,
    pub prefix: String,
    pub wire: Wire,
    _turn: Arc<Turn>,
}

impl Broker {
    /// Nothing is declared yet.
    pub async fn new() -> Self {
        Self::new_in(Turn::shared().await).await
    }

    /// The same, in a turn that the test has.
    pub async fn new_in(turn: Arc<Turn>) -> Self {
        let prefix = format!("flow-{}.", Uuid::new_v4().simple());
        let real = address_of("KEZEK_AMQP_URL");
        let target = host_and_port(&real);
        let wire = Wire::to(if target.contains(':') {
            target.clone()
        } else {
            format!("{target}:5672")
        });
        let wire = wire.await;
        let url = real.replacen(&target, &format!("127.0.0.1:{}", wire.port()), 1);
        Self {
            topology: Topology::new(&prefix),
            url,
            prefix,
            wire,
            _turn: turn,
        }
    }

    /// The address without the wire.
    pub fn direct_url() -> String {
        address_of("KEZEK_AMQP_URL")
    }

    /// A link of this name.
    pub fn link(&self, name: &str) -> Link {
        Link::open(&self.url, name).expect("the address is good")
    }

    /// A link beside the wire, for looking while the wire is ill.
    pub fn link_beside(&self, name: &str) -> Link {
        Link::open(&Self::direct_url(), name).expect("the address is good")
    }

    /// A publisher with everything declared.
    pub async fn declared(&self) -> (Link, Publisher) {
        let link = self.link("test");
        kezek::bus::declare(&link, &self.topology)
            .await
            .expect("declares");
        let publisher = self.publisher(&link, Duration::from_secs(10));
        (link, publisher)
    }

    /// A publisher.
    pub fn publisher(&self, link: &Link, limit: Duration) -> Publisher {
        Publisher::new(link.clone(), self.topology.clone(), 64, limit)
    }

    /// A channel beside the room's own, for looking and for breaking things.
    pub async fn look(&self) -> (lapin::Connection, lapin::Channel) {
        let url = address_of("KEZEK_AMQP_URL");
        let connection =
            lapin::Connection::connect(&url, lapin::ConnectionProperties::default()).await;
        let connection = connection.expect("RabbitMQ answers");
        let channel = connection.create_channel().await.expect("a channel");
        (connection, channel)
    }

    /// Takes away everything that was declared, as a broker that was replaced by an empty one.
    pub async fn empty_out(&self) {
        delete(self.topology.clone()).await;
    }

    /// How many messages are ready on the lane of this name (without the prefix).
    pub async fn ready(&self, link: &Link, name: &str) -> u32 {
        let name = format!("{}{name}", self.prefix);
        let lanes = kezek::bus::inspect(link, &self.topology)
            .await
            .expect("inspects");
        let lane = lanes
            .into_iter()
            .find(|lane| lane.name == name)
            .expect("a lane of the table");
        lane.counts.map_or(0, |(ready, _)| ready)
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let topology = self.topology.clone();
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.expect("a runtime").block_on(delete(topology));
        });
        let dropped = dropped.join();
        assert!(
            dropped.is_ok() || std::thread::panicking(),
            "the lanes are deleted"
        );
    }
}

async fn delete(topology: Topology) {
    use kezek::bus::{Lane, Rung};
    let url = address_of("KEZEK_AMQP_URL");
    let properties = lapin::ConnectionProperties::default();
    let connection = lapin::Connection::connect(&url, properties)
        .await
        .expect("answers");
    let channel = connection.create_channel().await.expect("a channel");
    let rungs: Vec<String> = Rung::ALL.iter().map(|rung| topology.rung(*rung)).collect();
    let lanes = Lane::ALL
        .iter()
        .flat_map(|lane| [topology.lane(*lane), topology.dead(*lane)]);
    for name in lanes.chain(rungs.clone()) {
        let gone = channel
            .queue_delete(name.as_str().into(), Default::default())
            .await;
        gone.expect("deleting what does not exist is no error");
    }
    for name in rungs.into_iter().chain([topology.burial()]) {
        let gone = channel
            .exchange_delete(name.as_str().into(), Default::default())
            .await;
        gone.expect("deleting what does not exist is no error");
    }
}

fn host_and_port(url: &str) -> String {
    let (_, rest) = url.split_once("://").expect("a scheme");
    let authority = rest
        .split(['/', '?'])
        .next()
        .expect("split gives one part at least");
    let host = authority
        .rsplit('@')
        .next()
        .expect("rsplit gives one part at least");
    host.to_owned()
}
