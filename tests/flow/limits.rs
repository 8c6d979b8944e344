//! What one sender may have of a gateway, and that it takes nothing from others.

use std::net::Ipv4Addr;

use kezek::sandbox::{Answer, Draft};
use kezek::terms::Moment;

use crate::house::{House, authority};
use crate::outage::{repeat_until_answered, time_of};
use crate::post::{Told, participant, post, rank_check, registration, send};
use crate::raw;
use crate::rights::{participants, put};
use crate::roles::{Role, get};

/// A door where one participant has these limits.
async fn door_with(house: &House, id: &str, limits: &str) -> Role {
    let folder = participants(house);
    let file = std::fs::read_to_string(folder.join(format!("{id}.toml"))).expect("forged");
    put(&folder, id, &format!("{file}\n[limits]\n{limits}\n"));
    let set = [
        ("KEZEK_PARTICIPANTS_DIR", folder.to_str().expect("UTF-8")),
        ("KEZEK_ANSWER_SECONDS", "3"),
    ];
    house.start_with("serve", &set).ready().await
}

/// A question of this sender, signed with a key of the authority.
fn signed(sender: &str, key: &str) -> String {
    let mut draft = rank_check(1);
    draft.set(&["senderId"], sender);
    authority().signer(key).sign(draft.content(), None)
}

fn code(told: &Told) -> String {
    told.fault().map(|(_, ours)| ours).unwrap_or_default()
}

/// Sends registrations until one is held up; what came back, with its head.
async fn held_up(door: &Role, drafts: &[Draft]) -> (usize, String) {
    for (n, draft) in drafts.iter().enumerate() {
        let message = participant().sign(draft.content(), None);
        let length = format!("Content-Length: {}\r\n", message.len());
        let octets = [raw::head(&length), message].concat();
        let here = Ipv4Addr::LOCALHOST;
        let text = raw::exchange(&door.address(), here, octets.as_bytes()).await;
        if text.contains(">rate_exceeded<") {
            return (n, text);
        }
    }
    panic!("nothing was held up");
}

#[tokio::test(flavor = "multi_thread")]
async fn rate_is_charged_to_whoever_signed_and_what_is_held_up_keeps_its_time() {
    let house = House::open().await;
    let _worker = house.role("work").await;
    let door = door_with(&house, "egov-mobile", "per_second = 2").await;
    // Whoever only names a sender spends nothing of it.
    for _ in 0..5 {
        let told = post(&door.door(), signed("egov-mobile", "bank")).await;
        assert_eq!(code(&told), "sender_mismatch");
    }
    let drafts: Vec<Draft> = (1..40).map(registration).collect();
    let (passed, text) = held_up(&door, &drafts).await;
    assert!(passed >= 2, "a second's worth at once");
    let (head, body) = text.split_once("\r\n\r\n").expect("a reply");
    assert!(head.to_lowercase().contains("\r\nretry-after: 1"), "{head}");
    let answer = Answer::read(body.as_bytes()).expect("XML");
    assert_eq!(answer.texts("errorCode"), ["SCE004", "rate_exceeded"]);
    assert!(body.contains("at most 2 a second; again in 1 s"), "{body}");
    // Nobody else waits for it.
    let told = post(&door.door(), signed("bank", "bank")).await;
    assert_ne!(code(&told), "rate_exceeded");

    // D-35: the family does not lose the time at which its message came.
    let receipt = answer.text("errorData").expect("a receipt");
    let told = repeat_until_answered(&door, drafts[passed].content(), &receipt).await;
    let received = Moment::parse(&told.text_of("receivedAt")).expect("a moment");
    assert_eq!(received, time_of(&receipt));
    let (_, metrics) = get(&door.address(), "/metrics").await.expect("answers");
    assert!(metrics.contains("kezek_door_limited_total{limit=\"rate\"}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_wait_are_counted_by_sender() {
    let house = House::open().await;
    // No worker: whoever is let in waits to the deadline.
    let door = door_with(&house, "egov-mobile", "parallel = 1").await;
    let address = door.door();
    let (first, second) = (registration(1), registration(2));
    let (one, other, bank) = tokio::join!(
        send(&address, &first),
        send(&address, &second),
        post(&address, signed("bank", "bank")),
    );
    let mut codes = [code(&one), code(&other)];
    codes.sort();
    assert_eq!(codes, ["parallel_exceeded", "try_again"]);
    assert_eq!(code(&bank), "try_again", "it has places of its own");
    let held_up = if code(&one) == "try_again" {
        &other
    } else {
        &one
    };
    assert!(
        held_up.text.contains("at most 1 that wait"),
        "{}",
        held_up.text
    );
    assert!(!held_up.receipt().is_empty());
    // Those who waited have left.
    assert_eq!(code(&send(&address, &registration(2)).await), "try_again");
}

#[tokio::test(flavor = "multi_thread")]
async fn message_may_be_too_large_for_its_sender_alone() {
    let house = House::open().await;
    let _worker = house.role("work").await;
    let door = door_with(&house, "egov-mobile", "octets = 2000").await;
    let told = send(&door.door(), &registration(1)).await;
    assert_eq!(code(&told), "too_large");
    assert!(
        told.text.contains("larger than 2000 octets"),
        "{}",
        told.text
    );
    assert!(told.is_believed(), "a fault to one we know is signed");
    let told = post(&door.door(), signed("bank", "bank")).await;
    assert_ne!(code(&told), "too_large");
}
