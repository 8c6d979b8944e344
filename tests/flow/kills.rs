//! Kills: a thousand registrations each, while something is killed under them; counted on both
//! sides, none is lost and none is there twice.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::join_all;

use crate::campaign::{COUNT, Campaign};
use crate::ground::{setting, until, until_within};
use crate::house::{House, Reach, tally};
use crate::post::{Told, participant, post, registration};
use crate::roles::Role;
use crate::turn::Turn;

const SERVERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/compose/lib/servers");
const KILLS: usize = 10;
/// A relay that died keeps its rows for half a minute.
const LEASE_AND_MORE: Duration = Duration::from_secs(60);

/// A house whose senders repeat soon.
async fn house() -> House {
    let settings = [("KEZEK_ANSWER_SECONDS", "4")];
    House::open_in(Turn::shared().await, Reach::Direct, &settings).await
}

/// The private servers, which this test may stop. Started again whatever becomes of the test.
struct Servers(&'static str);

impl Servers {
    fn private(server: &'static str) -> Self {
        let kind = setting("KEZEK_SERVERS");
        assert_eq!(
            kind.as_deref(),
            Some("private"),
            "this test stops and kills servers, so it needs private ones: run compose/test without \
             KEZEK_DATABASE_URL and KEZEK_AMQP_URL"
        );
        assert!(Path::new(SERVERS).exists());
        Self(server)
    }

    async fn does(&self, verb: &'static str) {
        let server = self.0;
        let run = move || Command::new(SERVERS).args([verb, server]).output();
        let done = tokio::task::spawn_blocking(run).await.expect("no panic");
        let done = done.expect("compose/lib/servers runs");
        assert!(done.status.success(), "{verb} {server}: {done:?}");
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        if std::thread::panicking() {
            Command::new(SERVERS).args(["start", self.0]).output().ok();
        }
    }
}

/// Redeliveries that found their work done: a worker had committed and was killed before its
/// acknowledgement.
fn done_before(workers: &[Role]) -> usize {
    let lines = workers.iter().flat_map(Role::logged);
    lines
        .filter(|line| line["message"] == "worked")
        .filter(|line| line["outcome"] == "repeated" && line["redelivered"] == true)
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_are_killed_while_they_work() {
    let house = house().await;
    let (door, relay) = tokio::join!(house.role("serve"), house.role("relay"));
    let mut workers = vec![house.role("work").await, house.role("work").await];
    let campaign = Campaign::run(&[door.door()], async |campaign: &Campaign| {
        for kill in 1..=KILLS {
            campaign.reaches(kill * COUNT / (KILLS + 1)).await;
            let worker = &mut workers[kill % 2];
            worker.kill();
            worker.start_again();
            worker.wait_until_ready().await;
        }
    })
    .await;
    let repeated = done_before(&workers);
    println!("{KILLS} kills; {repeated} redeliveries found their work committed");
    assert!(
        repeated > 0,
        "some kill came after a commit and before its acknowledgement"
    );
    campaign
        .nothing_is_lost_and_nothing_twice(&house, (workers, relay))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gateways_are_killed_while_senders_wait() {
    let house = house().await;
    let (worker, relay) = tokio::join!(house.role("work"), house.role("relay"));
    let mut doors = [house.role("serve").await, house.role("serve").await];
    let addresses = [doors[0].door(), doors[1].door()];
    let campaign = Campaign::run(&addresses, async |campaign: &Campaign| {
        for kill in 1..=KILLS {
            campaign.reaches(kill * COUNT / (KILLS + 1)).await;
            let door = &mut doors[kill % 2];
            door.kill();
            door.start_again();
            door.wait_until_ready().await;
        }
    })
    .await;
    let broken = campaign.broken.load(Ordering::Relaxed);
    assert!(
        broken >= KILLS,
        "{broken} senders were waiting at a gateway that was killed"
    );
    campaign
        .nothing_is_lost_and_nothing_twice(&house, (vec![worker], relay))
        .await;
}

/// Restarts a server in an orderly way, later kills it as a power failure would; the worker logs
/// these words when it notices.
async fn server_goes_under(servers: Servers, noticed: &str) {
    let settings = [("KEZEK_ANSWER_SECONDS", "4")];
    let house = House::open_in(Turn::alone().await, Reach::Direct, &settings).await;
    let (door, worker, relay) = house.roles().await;
    let campaign = Campaign::run(&[door.door()], async |campaign: &Campaign| {
        campaign.reaches(COUNT / 5).await;
        servers.does("restart").await;
        let before = campaign.answered();
        campaign.reaches(COUNT.min(before + COUNT / 5)).await;
        servers.does("kill9").await;
        servers.does("start").await;
    })
    .await;
    let lines = worker.logged();
    let seen = lines
        .iter()
        .filter(|line| line["message"] == noticed)
        .count();
    assert!(seen >= 2, "the worker noticed {seen} of both outages");
    campaign
        .nothing_is_lost_and_nothing_twice(&house, (vec![worker], relay))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broker_is_restarted_and_killed() {
    server_goes_under(Servers::private("rabbitmq"), "lost the broker").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_restarted_and_killed() {
    server_goes_under(
        Servers::private("postgres"),
        "a dependency is away: consumers wait",
    )
    .await;
}

// The window itself, made wide: the worker commits, and not an octet of it reaches the broker.
#[tokio::test(flavor = "multi_thread")]
async fn worker_dies_between_commit_and_acknowledgement() {
    const SENT: usize = 16;
    let settings = [
        ("KEZEK_ANSWER_SECONDS", "1"),
        ("KEZEK_WORKER_PARALLEL", "16"),
    ];
    let house = House::open_in(Turn::shared().await, Reach::Direct, &settings).await;
    let door = house.role("serve").await;
    let signer = participant();
    let messages: Vec<String> = (0..SENT as u64)
        .map(|serial| signer.sign(registration(serial).content(), None))
        .collect();
    let address = door.door();
    let posting = messages
        .iter()
        .map(|message| post(&address, message.clone()));
    let told = join_all(posting).await;
    assert!(told.iter().all(Told::is_try_again));

    let client = house.look().await;
    let ask = async |query: &str| {
        let row = client.query_one(query, &[]).await.expect("counts");
        row.get::<_, i64>(0)
    };
    let mut other = house.look().await;
    let lock = other.transaction().await.expect("begins");
    lock.batch_execute("LOCK TABLE inbox IN EXCLUSIVE MODE")
        .await
        .expect("locks");
    let url = house.broker.url.clone();
    let mut worker = house.start_with("work", &[("KEZEK_AMQP_URL", &url)]);
    until("every message waits for its commit", || async {
        let waiting = "SELECT count(*) FROM pg_stat_activity
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        ask(waiting).await == SENT as i64
    })
    .await;
    house.broker.wire.silence();
    lock.commit().await.expect("unlocks");
    until("all is committed", || async {
        ask("SELECT count(*) FROM inbox").await == SENT as i64
    })
    .await;
    worker.kill();
    // The broker learns of the death only now.
    house.broker.wire.mend();

    let next = vec![house.role("work").await];
    until("every redelivery found its work done", || async {
        done_before(&next) == SENT
    })
    .await;
    assert_eq!(
        ask("SELECT count(*) FROM outbox WHERE published_at IS NULL").await,
        16
    );
    for message in messages {
        post(&door.door(), message).await.expect_success();
    }
    let lines = "journal WHERE kind = 'MESSAGE'";
    for table in ["application", "inbox", lines, "outbox"] {
        let query = format!("SELECT count(*) FROM {table}");
        assert_eq!(ask(&query).await, SENT as i64, "{table}");
    }
    // What the dead worker could not say, the relay says: each once.
    let _relay = house.role("relay").await;
    let taken = house.take_sms(SENT).await;
    assert_eq!((taken.len(), tally(&taken).len()), (SENT, SENT));
}

// A relay has published and never learns it: another publishes again, under the same identities.
#[tokio::test(flavor = "multi_thread")]
async fn relay_dies_between_publication_and_mark() {
    const SENT: i64 = 12;
    let house = house().await;
    let client = house.look().await;
    let fill = "INSERT INTO outbox (lane, message_id, origin, body, created_at)
                SELECT 'sms.1414', gen_random_uuid(), 'test', '{}', now() - interval '1 h'
                FROM generate_series(1, $1::bigint)";
    let marked = async || {
        let query = "SELECT count(*) FROM outbox WHERE published_at IS NOT NULL";
        let row = client.query_one(query, &[]).await.expect("counts");
        row.get::<_, i64>(0)
    };
    let url = house.broker.url.clone();
    let first = house.start_with("relay", &[("KEZEK_AMQP_URL", &url)]);
    let mut first = first.ready().await;
    // A first dozen, so that the channels for the second are open.
    client.execute(fill, &[&SENT]).await.expect("inserts");
    until("the first dozen is marked", || async {
        marked().await == SENT
    })
    .await;
    house.broker.wire.deafen();
    client.execute(fill, &[&SENT]).await.expect("inserts");
    let link = house.broker.link_beside("looking");
    until("the second dozen is published", || async {
        i64::from(house.broker.ready(&link, "sms.1414").await) == 2 * SENT
    })
    .await;
    first.kill();
    house.broker.wire.mend();
    assert_eq!(
        marked().await,
        SENT,
        "of the second dozen nothing is marked"
    );

    let _second = house.role("relay").await;
    let what = "the lease has ended and all is marked";
    until_within(LEASE_AND_MORE, what, || async {
        marked().await == 2 * SENT
    })
    .await;
    let taken = house.take_sms(24).await;
    let times = tally(&taken);
    let twice = times.values().filter(|times| **times == 2).count();
    assert_eq!((times.len(), twice, taken.len()), (24, 12, 36));
}

// An orderly stop finishes what was begun: who replaces workers one by one is noticed by nobody.
#[tokio::test(flavor = "multi_thread")]
async fn workers_are_replaced_and_no_sender_notices() {
    let house = house().await;
    let (door, relay) = tokio::join!(house.role("serve"), house.role("relay"));
    let mut workers = vec![house.role("work").await, house.role("work").await];
    let campaign = Campaign::run(&[door.door()], async |campaign: &Campaign| {
        for turn in 1..=4 {
            campaign.reaches(turn * COUNT / 5).await;
            let old = workers.remove(0);
            workers.push(house.role("work").await);
            old.stop().await;
        }
    })
    .await;
    assert_eq!(campaign.again.load(Ordering::Relaxed), 0);
    assert_eq!(campaign.broken.load(Ordering::Relaxed), 0);
    campaign
        .nothing_is_lost_and_nothing_twice(&house, (workers, relay))
        .await;
}

// SIGTERM at a gateway: nobody new gets in, and who was let in gets the answer.
#[tokio::test(flavor = "multi_thread")]
async fn gateway_that_is_stopped_answers_what_it_accepted() {
    let house = House::open().await;
    let door = house.role("serve").await;
    let (address, endpoint) = (door.address(), door.door());
    let message = participant().sign(registration(1).content(), None);
    let waiting = tokio::spawn(async move { post(&endpoint, message).await });
    let link = house.broker.link_beside("looking");
    until("the message is on its lane", || async {
        house.broker.ready(&link, "requests.write").await == 1
    })
    .await;
    let stopping = tokio::spawn(door.stop());
    until("nobody new gets in", || async {
        tokio::net::TcpStream::connect(&address).await.is_err()
    })
    .await;
    assert!(!waiting.is_finished() && !stopping.is_finished());
    let _worker = house.role("work").await;
    waiting.await.expect("no panic").expect_success();
    stopping.await.expect("no panic");
}
