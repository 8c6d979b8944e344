//! Outages: what a sender is told while something is away, and that it loses nothing by it.

use std::time::{Duration, Instant};

use kezek::clock;
use kezek::terms::Moment;

use crate::ground::{Broker, until, until_within};
use crate::house::{House, tally};
use crate::post::{Told, participant, post, rank_check, registration_at, send, with_property};
use crate::roles::Role;

/// The issue allows 25 s; these senders wait 3 s, and a publication may take 5 s to fail.
const TOLD_WITHIN: Duration = Duration::from_secs(9);

/// Nobody tells a client that a server was replaced: it has to give up by itself.
const REPLACED_WITHIN: Duration = Duration::from_secs(60);

/// A registration whose stated time is too old to count: what counts is our reception.
fn late(serial: u64) -> String {
    let long_ago = clock::now().plus_millis(-7_200_000);
    registration_at(serial, long_ago).content().to_owned()
}

/// Posts and expects to be asked for a repeat, in bounded time; gives the receipt.
async fn told_to_try_again(door: &Role, content: &str) -> String {
    let begun = Instant::now();
    let told = post(&door.door(), participant().sign(content, None)).await;
    assert!(begun.elapsed() < TOLD_WITHIN, "{:?}", begun.elapsed());
    assert_eq!(told.status, 500);
    let codes = told.fault().expect("a fault");
    assert_eq!(codes, ("SCE004".into(), "try_again".into()));
    assert!(told.is_believed(), "a sender may rely on its receipt");
    told.receipt()
}

/// When a receipt says that its message was here first.
pub fn time_of(receipt: &str) -> Moment {
    let millis = receipt.split('.').nth(1).expect("r1.<milliseconds>.<code>");
    Moment::from_millis(millis.parse().expect("a number")).expect("a moment")
}

/// Repeats with the receipt until there is an answer.
pub async fn repeat_until_answered(door: &Role, content: &str, receipt: &str) -> Told {
    let message = participant().sign(&with_property(content, "receipt", receipt), None);
    let answer = std::cell::RefCell::new(None);
    until("the repeat is answered", || async {
        let told = post(&door.door(), message.clone()).await;
        let answered = told.fault().is_none();
        answer.replace(Some(told));
        answered
    })
    .await;
    let told = answer.into_inner().expect("there was a repeat");
    told.expect_success()
}

/// D-35: the place of a family does not depend on our outage.
fn keeps_the_time_of(told: &Told, receipt: &str) {
    let moment = |name: &str| Moment::parse(&told.text_of(name)).expect("a moment");
    assert_eq!(told.text_of("filedAtSource"), "RECEIVED");
    assert_eq!(moment("filedAt"), time_of(receipt));
    assert_eq!(moment("receivedAt"), time_of(receipt));
}

/// One registration had one effect.
async fn had_one_effect(house: &House) {
    let client = house.look().await;
    for rows in [
        "application",
        "inbox WHERE service = 'S-08'",
        "journal WHERE service = 'S-08'",
        "outbox",
    ] {
        let query = format!("SELECT count(*) FROM {rows}");
        let row = client.query_one(&query, &[]).await.expect("counts");
        assert_eq!(row.get::<_, i64>(0), 1, "{rows}");
    }
    assert_eq!(tally(&house.take_sms(1).await).len(), 1);
}

/// The whole story: away, told twice to try again, back, answered.
async fn sender_loses_nothing(
    house: &House,
    (door, ill): (&Role, &Role),
    away: impl FnOnce(&House),
    back: impl FnOnce(&House),
) {
    away(house);
    let content = late(1);
    let receipt = told_to_try_again(door, &content).await;
    let apart = clock::now().millis_since(time_of(&receipt));
    assert!((0..10_000).contains(&apart), "{apart} ms");
    // Whoever returns the receipt gets the same time again.
    let with_receipt = with_property(&content, "receipt", &receipt);
    assert_eq!(told_to_try_again(door, &with_receipt).await, receipt);
    until("the role says that it is not ready", || async {
        !ill.is_ready().await
    })
    .await;

    back(house);
    let told = repeat_until_answered(door, &content, &receipt).await;
    keeps_the_time_of(&told, &receipt);
    had_one_effect(house).await;
    until("the role is ready again", || ill.is_ready()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_away_and_the_sender_loses_nothing() {
    let house = House::wired().await;
    let (door, worker, _relay) = house.roles().await;
    let away = |house: &House| house.postgres.pull_out();
    sender_loses_nothing(&house, (&door, &worker), away, |house| {
        house.postgres.mend()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_silent_and_the_sender_loses_nothing() {
    let house = House::wired().await;
    let (door, worker, _relay) = house.roles().await;
    let away = |house: &House| house.postgres.silence();
    sender_loses_nothing(&house, (&door, &worker), away, |house| {
        house.postgres.mend()
    })
    .await;
}

// A full disk, a missing right or table: the database answers and every message fails. None is at
// fault, so none is retried, counted or buried; somebody is called; and work goes on once a write
// works.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_that_cannot_work_costs_no_message_an_attempt() {
    let house = House::wired().await;
    let (door, worker, _relay) = house.roles().await;
    let client = house.look().await;
    let run = async |sql: &str| client.batch_execute(sql).await.expect("runs");
    run("ALTER TABLE journal RENAME TO hidden").await;
    let content = late(1);
    let receipt = told_to_try_again(&door, &content).await;
    let called = || {
        let lines = worker.logged();
        let says = |line: &serde_json::Value| line["message"].to_string().contains("cannot work");
        std::future::ready(lines.iter().any(says))
    };
    until("somebody is called", called).await;
    let link = house.broker.link_beside("looking");
    for aside in ["retry.1s", "retry.10s", "retry.60s", "dead.requests.write"] {
        assert_eq!(house.broker.ready(&link, aside).await, 0, "{aside}");
    }
    run("ALTER TABLE hidden RENAME TO journal").await;
    let told = repeat_until_answered(&door, &content, &receipt).await;
    keeps_the_time_of(&told, &receipt);
    had_one_effect(&house).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rabbitmq_away_and_the_sender_loses_nothing() {
    let house = House::wired().await;
    let (door, _worker, _relay) = house.roles().await;
    let away = |house: &House| house.broker.wire.pull_out();
    sender_loses_nothing(&house, (&door, &door), away, |house| {
        house.broker.wire.mend()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rabbitmq_silent_and_the_sender_is_told_in_time() {
    let house = House::wired().await;
    let (door, _worker, _relay) = house.roles().await;
    house.broker.wire.silence();
    let content = late(1);
    let receipt = told_to_try_again(&door, &content).await;
    house.broker.wire.mend();
    let told = repeat_until_answered(&door, &content, &receipt).await;
    keeps_the_time_of(&told, &receipt);
    had_one_effect(&house).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_worker_and_the_message_waits_for_one() {
    let house = House::wired().await;
    let door = house.role("serve").await;
    let content = late(1);
    let receipt = told_to_try_again(&door, &content).await;
    // The message was accepted: a worker does its work without another word from the sender.
    let client = house.look().await;
    let _worker = house.role("work").await;
    until("the application is there", || async {
        let row = client
            .query_one("SELECT count(*) FROM application", &[])
            .await;
        row.expect("counts").get::<_, i64>(0) == 1
    })
    .await;
    let told = repeat_until_answered(&door, &content, &receipt).await;
    keeps_the_time_of(&told, &receipt);
    had_one_effect(&house).await;
}

// Without its receipt a repeat that finds nothing stored is a first reception.
#[tokio::test(flavor = "multi_thread")]
async fn receipt_is_what_keeps_the_time() {
    let house = House::wired().await;
    let (door, _worker, _relay) = house.roles().await;
    house.broker.wire.pull_out();
    let content = late(1);
    let receipt = told_to_try_again(&door, &content).await;
    house.broker.wire.mend();
    until("the door is ready", || door.is_ready()).await;
    let told = post(&door.door(), participant().sign(&content, None)).await;
    let told = told.expect_success();
    let received = Moment::parse(&told.text_of("receivedAt")).expect("a moment");
    assert!(received.millis_since(time_of(&receipt)) > 0);
}

// The server's machine is lost and another takes its address: on the old connections nothing is
// ever answered or refused, and no statement's own limit can end.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_that_was_replaced_is_found_again() {
    let house = House::wired().await;
    let (door, _worker, _relay) = house.roles().await;
    let first = post(&door.door(), participant().sign(&late(1), None)).await;
    first.expect_success();
    house.postgres.replace();
    let content = late(2);
    let receipt = told_to_try_again(&door, &content).await;
    let client = house.look().await;
    until_within(REPLACED_WITHIN, "the message is answered", || async {
        let row = client
            .query_one("SELECT count(*) FROM application", &[])
            .await;
        row.expect("counts").get::<_, i64>(0) == 2
    })
    .await;
    let told = repeat_until_answered(&door, &content, &receipt).await;
    keeps_the_time_of(&told, &receipt);
    assert_eq!(tally(&house.take_sms(2).await).len(), 2);
}

// The same of the broker: a heartbeat that is missed tells it.
#[tokio::test(flavor = "multi_thread")]
async fn rabbitmq_that_was_replaced_is_found_again() {
    let house = House::wired().await;
    let (door, worker, _relay) = house.roles().await;
    house.broker.wire.replace();
    let content = late(1);
    let receipt = told_to_try_again(&door, &content).await;
    let knows = |role: &Role| {
        let lines = role.logged();
        lines
            .iter()
            .any(|line| line["message"] == "lost the broker")
    };
    until_within(REPLACED_WITHIN, "both roles have noticed", || {
        std::future::ready(knows(&door) && knows(&worker))
    })
    .await;
    let told = repeat_until_answered(&door, &content, &receipt).await;
    keeps_the_time_of(&told, &receipt);
    had_one_effect(&house).await;
}

// Another broker, with nothing on it, has taken the place: the roles declare what they need.
#[tokio::test(flavor = "multi_thread")]
async fn rabbitmq_that_came_back_empty_is_furnished_again() {
    let house = House::wired().await;
    let (door, _worker, _relay) = house.roles().await;
    house.broker.wire.pull_out();
    house.broker.empty_out().await;
    let content = late(1);
    let receipt = told_to_try_again(&door, &content).await;
    house.broker.wire.mend();
    let told = repeat_until_answered(&door, &content, &receipt).await;
    keeps_the_time_of(&told, &receipt);
    had_one_effect(&house).await;
}

// The broker has the message, the gateway never learns it: the sender repeats, with one effect.
#[tokio::test(flavor = "multi_thread")]
async fn confirm_that_never_comes_makes_no_second_effect() {
    let house = House::wired().await;
    let door = house.role("serve").await;
    // The worker hears its broker: the broker would hand messages to a deaf one as well.
    let direct = Broker::direct_url();
    let worker = house.start_with("work", &[("KEZEK_AMQP_URL", &direct)]);
    let worker = worker.ready().await;
    // The channel on which the next message goes is open by then.
    let asked = send(&door.door(), &rank_check(1)).await;
    assert_eq!(asked.texts("code"), ["SCSE002", "not_in_queue"]);
    house.broker.wire.deafen();
    let content = late(1);
    let receipt = told_to_try_again(&door, &content).await;
    let client = house.look().await;
    until("the message was worked on all the same", || async {
        let row = client
            .query_one("SELECT count(*) FROM application", &[])
            .await;
        row.expect("counts").get::<_, i64>(0) == 1
    })
    .await;
    house.broker.wire.mend();
    let told = repeat_until_answered(&door, &content, &receipt).await;
    keeps_the_time_of(&told, &receipt);
    had_one_effect(&house).await;
    worker.stop().await;
}
