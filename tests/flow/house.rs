//! A house: database, lanes, an authority, and the roles of one test, all its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, LazyLock, Mutex};

use kezek::bus::{Consuming, Lane, Pause, Step, consume};
use kezek::sandbox::{self, PARTICIPANT_BIN};
use kezek::signature::{Environment, Signer, Store, hash_password};
use serde_json::Value;
use tokio::sync::watch;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::ground::{Broker, Database, until};
use crate::roles::{KEZEK, Role};
use crate::turn::Turn;
use crate::wire::Wire;

const REGISTERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/registry/start");
/// Where this run keeps its files; emptied by the next one.
const FOLDER: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/flow");

/// The test authority that all houses believe.
pub struct Authority {
    folder: PathBuf,
    pub store: Store,
}

static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| {
    let place = Path::new(FOLDER);
    if place.exists() {
        std::fs::remove_dir_all(place).expect("the folder of an earlier run can be removed");
    }
    let folder = place.join("authority");
    sandbox::forge(&folder).expect("an authority is forged");
    let hash = hash_password("the right one");
    let with_password = format!(
        "id = \"with-password\"\nname = \"A participant with a password\"\n\
         kind = \"participant\"\nbin = \"{PARTICIPANT_BIN}\"\npassword_hash = \"{hash}\"\n\
         \n[[rights]]\nservices = [\"S-08\"]\nregions = [\"*\"]\n"
    );
    std::fs::write(
        folder.join("participants/with-password.toml"),
        with_password,
    )
    .expect("a participant is added");
    let store = Store::load(&folder.join("trust"), Environment::Test).expect("its roots load");
    Authority { folder, store }
});

/// The authority, forged once.
pub fn authority() -> &'static Authority {
    &AUTHORITY
}

impl Authority {
    /// A file of it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A key of it.
    pub fn signer(&self, name: &str) -> Signer {
        let file = |extension: &str| self.file(&format!("keys/{name}.{extension}"));
        Signer::load(&file("key"), &file("pem")).expect("a key of the authority")
    }

    /// The settings that `forge` wrote.
    fn settings(&self) -> Vec<(String, String)> {
        let text = std::fs::read_to_string(self.file("kezek.env")).expect("forge wrote it");
        let pairs = text.lines().filter_map(|line| line.split_once('='));
        pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

/// Everything of one test.
pub struct House {
    pub database: Database,
    pub broker: Broker,
    /// The wire to PostgreSQL; that to RabbitMQ is the broker's.
    pub postgres: Wire,
    env: Vec<(String, String)>,
    folder: PathBuf,
}

/// How the roles reach their servers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// As everywhere.
    Direct,
    /// Through wires that the test can pull out.
    Wired,
}

impl House {
    /// A migrated house with its preschools; no role runs yet.
    pub async fn open() -> Self {
        Self::open_in(Turn::shared().await, Reach::Direct, &[]).await
    }

    /// One whose servers can be taken away, and whose senders wait three seconds.
    pub async fn wired() -> Self {
        let settings = [("KEZEK_ANSWER_SECONDS", "3")];
        Self::open_in(Turn::shared().await, Reach::Wired, &settings).await
    }

    /// A house with settings of its own, in a turn that the test has.
    pub async fn open_in(turn: Arc<Turn>, reach: Reach, settings: &[(&str, &str)]) -> Self {
        let database = Database::empty_in(Arc::clone(&turn)).await;
        let broker = Broker::new_in(turn).await;
        let postgres = Wire::to(database.target()).await;
        let folder = authority().file("..").join(Uuid::new_v4().to_string());
        std::fs::create_dir(&folder).expect("a folder of one's own");
        let (database_url, amqp_url) = match reach {
            Reach::Direct => (database.url(None), Broker::direct_url()),
            Reach::Wired => (database.url(Some(&postgres)), broker.url.clone()),
        };
        let mut env = authority().settings();
        env.extend([
            ("KEZEK_DATABASE_URL".into(), database_url),
            ("KEZEK_AMQP_URL".into(), amqp_url),
            ("KEZEK_LANE_PREFIX".into(), broker.prefix.clone()),
            (
                "KEZEK_SCANS_DIR".into(),
                folder.join("scans").display().to_string(),
            ),
        ]);
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        env.extend(settings.iter().map(owned));
        let house = Self {
            database,
            broker,
            postgres,
            env,
            folder,
        };
        for arguments in [&["migrate"][..], &["registry", "load", REGISTERS]] {
            let done = house.kezek(arguments).await;
            assert!(done.status.success(), "{arguments:?}: {done:?}");
        }
        house
    }

    /// Runs a verb to its end.
    pub async fn kezek(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(KEZEK);
        command.args(arguments).env_clear();
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        let run = tokio::task::spawn_blocking(move || command.output());
        run.await.expect("no panic").expect("the program runs")
    }

    /// Starts a role and does not wait for it.
    pub fn start(&self, verb: &'static str) -> Role {
        Role::start(verb, &self.env, &self.folder)
    }

    /// The same, with settings of its own.
    pub fn start_with(&self, verb: &'static str, settings: &[(&str, &str)]) -> Role {
        let mut env = self.env.clone();
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        env.extend(settings.iter().map(owned));
        Role::start(verb, &env, &self.folder)
    }

    /// A role that is ready.
    pub async fn role(&self, verb: &'static str) -> Role {
        self.start(verb).ready().await
    }

    /// A door, a worker and a relay, ready.
    pub async fn roles(&self) -> (Role, Role, Role) {
        let (door, worker, relay) = (self.start("serve"), self.start("work"), self.start("relay"));
        tokio::join!(door.ready(), worker.ready(), relay.ready())
    }

    /// A connection to its database.
    pub async fn look(&self) -> Client {
        self.database.look().await
    }

    /// A file of its own.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Takes every SMS from the lane, until `count` different ones were taken and the lane is
    /// empty.
    pub async fn take_sms(&self, count: usize) -> Vec<Sms> {
        let link = self.broker.link_beside("1414");
        let publisher = self
            .broker
            .publisher(&link, std::time::Duration::from_secs(10));
        let taken = Arc::new(Mutex::new(Vec::<Sms>::new()));
        let (stop, stopped) = watch::channel(false);
        let consuming = Consuming::lane(Lane::Sms, 8);
        let taking = tokio::spawn(consume(
            link.clone(),
            publisher,
            consuming,
            Pause::never(),
            stopped,
            {
                let taken = Arc::clone(&taken);
                move |delivered| {
                    let id = delivered.mail.message_id.clone();
                    let object = serde_json::from_slice(&delivered.mail.body).expect("JSON");
                    let id = id.expect("every SMS has an identity");
                    taken.lock().expect("no panic").push(Sms { id, object });
                    std::future::ready(Step::Done)
                }
            },
        ));
        until(&format!("{count} SMS are on the lane"), || async {
            let distinct = tally(&taken.lock().expect("no panic")).len();
            distinct >= count && self.broker.ready(&link, Lane::Sms.name()).await == 0
        })
        .await;
        stop.send_replace(true);
        taking.await.expect("the consumer does not panic");
        // What was begun is finished, the rest was given back: there must be no rest.
        assert_eq!(self.broker.ready(&link, Lane::Sms.name()).await, 0);
        let taken = taken.lock().expect("no panic");
        taken.clone()
    }
}

/// One message of the lane sms.1414.
#[derive(Debug, Clone)]
pub struct Sms {
    /// The identity on the bus.
    pub id: String,
    /// The message object.
    pub object: Value,
}

/// How often each SMS was published.
pub fn tally(taken: &[Sms]) -> BTreeMap<&str, usize> {
    let mut times = BTreeMap::new();
    for sms in taken {
        *times.entry(sms.id.as_str()).or_default() += 1;
    }
    times
}
