//! Conformance: every fixture of every service, and what senders do wrong, against the real roles.

use std::sync::Arc;

use kezek::sandbox::conformance::{Channel, Conformance, Counts};
use kezek::signature::{Environment, Store};

use crate::house::{House, authority};
use crate::letters::{Office, Post};

#[tokio::test(flavor = "multi_thread")]
async fn endpoint_answers_every_trial_as_the_contract_says_and_again_on_a_register_in_use() {
    let house = House::open().await;
    let (door, worker, relay) = house.roles().await;
    let page = house.file("report.html");
    let page_text = page.display().to_string();
    for _ in 0..2 {
        let arguments = ["sandbox", "conformance", &door.door(), "--html", &page_text];
        let done = house.kezek(&arguments).await;
        let table = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(done.status.success(), "{table}");
        let told = table
            .lines()
            .find(|line| line.contains(" passed, 0 failed"));
        let passed = told.and_then(|line| line.split(' ').next()?.parse::<usize>().ok());
        assert!(passed.is_some_and(|passed| passed > 100), "{table}");
        println!("{table}");
    }
    let html = std::fs::read_to_string(&page).expect("the page was written");
    assert!(html.contains("S-08") && !html.contains("WRONG"), "{html}");
    // What is not tried is told, not left out.
    assert!(html.contains("update/refused-queue-not-updated"), "{html}");
    drop((door, worker, relay));
}

// The same table over the asynchronous channel: each answer is a letter, and comes once.
#[tokio::test(flavor = "multi_thread")]
async fn asynchronous_channel_answers_every_trial_by_a_letter_as_the_contract_says() {
    let post = Post::open("egov-mobile", "participant").await;
    let office = Office::open(&[&post]).await;
    let store = Store::load(&authority().file("trust"), Environment::Test);
    let trial = Conformance {
        endpoint: office.door.async_door(),
        signer: authority().signer("participant"),
        store: store.expect("its roots load"),
        channel: Channel::Async(Arc::clone(&post.peer)),
    };
    let report = trial.run(|_| ()).await.expect("the run goes on to its end");
    let Counts { passed, failed, .. } = report.counts();
    assert!(failed == 0 && passed > 100, "{report}");
    println!("{report}");
}

// What does not answer as it should is a line that says so, and the command fails.
#[tokio::test(flavor = "multi_thread")]
async fn endpoint_that_answers_otherwise_is_told_so() {
    let house = House::open().await;
    let (door, relay) = tokio::join!(house.role("serve"), house.role("relay"));
    let done = house
        .kezek(&["sandbox", "conformance", "http://127.0.0.1:9/"])
        .await;
    assert!(!done.status.success());
    let wrong_key = ["sandbox", "conformance", &door.door(), "--key", "expired"];
    let done = house.kezek(&wrong_key).await;
    let table = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(!done.status.success());
    assert!(table.contains("WRONG  S-08 accepted: fault "), "{table}");
    drop((door, relay));
}
