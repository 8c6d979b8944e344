//! Conformance: every fixture of every service, and what senders do wrong, against the real roles.

use crate::house::House;

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
            .find(|line| line.ends_with(" passed, 0 failed"));
        let passed = told.and_then(|line| line.split(' ').next()?.parse::<usize>().ok());
        assert!(passed.is_some_and(|passed| passed > 100), "{table}");
        println!("{table}");
    }
    let html = std::fs::read_to_string(&page).expect("the page was written");
    assert!(html.contains("S-08") && !html.contains("WRONG"), "{html}");
    drop((door, worker, relay));
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
