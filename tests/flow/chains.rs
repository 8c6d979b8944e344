//! Chains: what follows in one, in its order, and what a peer says later of a letter.

use kezek::clock;
use kezek::envelope::shep::MessageType;
use kezek::sandbox::{Draft, Mood, Taken};

use crate::async_channel::status;
use crate::house::authority;
use crate::letters::{Office, Post, property};
use crate::post::{Told, post, registration, send};

const WITHDRAWAL: &[u8] = include_bytes!("../../fixtures/services/withdrawal/accepted.request.xml");

/// What a key of the authority says of a letter.
async fn report(office: &Office, key: &str, draft: &Draft) -> Told {
    let signed = authority().signer(key).sign(draft.content(), None);
    post(&office.door.async_door(), signed).await
}

#[tokio::test(flavor = "multi_thread")]
async fn peer_says_later_what_became_of_a_letter() {
    let shep = Post::open("shep", "shep").await;
    let office = Office::open(&[&shep]).await;
    let id = office.hand_on(&registration(1)).await.text_of("messageId");
    shep.peer.takes_more_than(0).await;
    office.all_delivered(1).await;
    let letter = shep.peer.taken()[0].message_id.clone();
    let now = clock::now;
    let answer_state = async || {
        let told = status(&office.door.async_door(), &id, "egov-mobile").await;
        told.text_of("answerState")
    };
    // It went no further than ШЭП.
    for _ in 0..2 {
        let told = report(
            &office,
            "shep",
            &Draft::state_of(&letter, "ON_DELIVERY", now()),
        )
        .await;
        assert!(
            told.fault().is_none() && told.is_believed(),
            "{}",
            told.text
        );
        assert_eq!(answer_state().await, "DELIVERED");
    }
    report(
        &office,
        "shep",
        &Draft::state_of(&letter, "NOT_DELIVERED", now()),
    )
    .await;
    assert_eq!(answer_state().await, "NOT_DELIVERED");
    office.says(&["letters", "--again", &letter]).await;
    office.all_delivered(1).await;
    // It is not wanted; then an operator tries again, and the peer had lost it.
    report(
        &office,
        "shep",
        &Draft::delivery_of(&letter, false, false, now()),
    )
    .await;
    assert_eq!(answer_state().await, "DELIVERY_STOPPED");
    office.says(&["letters", "--again", &letter]).await;
    office.all_delivered(1).await;
    let again = Draft::delivery_of(&letter, false, true, now());
    report(&office, "shep", &again).await;
    assert_eq!(
        office
            .count("state = 'WAITING' AND trouble = 'wanted_again'")
            .await,
        1
    );
    // What was carried and not known to be taken is settled by the peer's own word.
    report(
        &office,
        "shep",
        &Draft::delivery_of(&letter, true, false, now()),
    )
    .await;
    assert_eq!(answer_state().await, "DELIVERED");
}

// Nobody speaks of another's letters, or of none.
#[tokio::test(flavor = "multi_thread")]
async fn peer_speaks_of_its_own_letters_alone() {
    let shep = Post::open("shep", "shep").await;
    let office = Office::open(&[&shep]).await;
    office.hand_on(&registration(1)).await;
    shep.peer.takes_more_than(0).await;
    office.all_delivered(1).await;
    let letter = shep.peer.taken()[0].message_id.clone();
    let own = Draft::delivery_of(&letter, false, false, clock::now());
    let named = "</requestDate><sender><senderId>egov-mobile</senderId></sender>";
    let named = Draft::of_content(&own.content().replacen("</requestDate>", named, 1));
    let never = Draft::delivery_of("never-sent", false, false, clock::now());
    for (key, draft, expected) in [
        ("participant-p256", &named, "message_unknown"),
        ("shep", &never, "message_unknown"),
        ("participant-p256", &own, "sender_unknown"),
    ] {
        let told = report(&office, key, draft).await;
        let code = told.fault().expect("a fault").1;
        assert_eq!(code, expected, "{}", told.text);
    }
    assert_eq!(office.count("state = 'DELIVERED'").await, 1);
}

fn withdrawal(serial: u64, number: &str) -> Draft {
    let mut draft = Draft::of_fixture(WITHDRAWAL).expect("an envelope");
    draft
        .freshen(clock::now())
        .set(&["applicationNumber"], number)
        .set(
            &["applicant", "iin"],
            kezek::sandbox::parent(serial).as_str(),
        )
        .set(
            &["child", "iin"],
            kezek::sandbox::child(serial).iin.as_str(),
        );
    draft
}

/// The number that a letter tells.
fn number_in(taken: &Taken) -> String {
    let (_, from) = taken
        .message
        .split_once(":applicationNumber>")
        .expect("a number");
    from.split_once('<').expect("its end").0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn update_is_answered_in_its_chain_and_belongs_to_one_that_its_sender_began() {
    let own = Post::open("egov-mobile", "participant-p256").await;
    let office = Office::open(&[&own]).await;
    let chain = office.send(&registration(1)).await.text_of("correlationId");
    own.peer.takes_more_than(0).await;
    let number = number_in(&own.peer.taken()[0]);
    let update = withdrawal(1, &number).by_async_channel(false);
    for (draft, expected) in [
        (update.in_chain("no-such-chain"), "message_type"),
        (update.in_chain(""), "element_missing"),
    ] {
        let told = send(&office.door.async_door(), &draft).await;
        assert_eq!(told.fault().expect("a fault").1, expected, "{}", told.text);
    }
    let told = send(&office.door.async_door(), &update.in_chain(&chain)).await;
    assert_eq!(told.text_of("correlationId"), chain, "{}", told.text);
    own.peer.takes_more_than(1).await;
    let taken = own.peer.taken();
    assert_eq!(
        (taken[1].element.as_str(), &taken[1].correlation_id),
        ("withdrawalAnswer", &chain)
    );
    assert_eq!(property(&taken[1], "inReplyTo"), told.text_of("messageId"));
    // Its answer says it: its own chain needs no notification.
    office.all_delivered(2).await;
}

// A portal that registered an application learns that it was withdrawn elsewhere.
#[tokio::test(flavor = "multi_thread")]
async fn what_happens_to_an_application_is_told_to_the_chains_that_asked_about_it() {
    let shep = Post::open("shep", "shep").await;
    let office = Office::open(&[&shep]).await;
    shep.peer.be(Mood::Down);
    let chain = office
        .hand_on(&registration(1))
        .await
        .text_of("correlationId");
    let other = office
        .hand_on(&registration(2))
        .await
        .text_of("correlationId");
    let client = office.house.look().await;
    let query = "SELECT application::text FROM letter WHERE correlation_id = $1";
    let row = client.query_one(query, &[&chain]).await.expect("a letter");
    let number: String = row.get(0);
    let told = send(&office.door.door(), &withdrawal(1, &number)).await;
    told.expect_success();
    shep.peer.be(Mood::Well);
    office.all_delivered(3).await;
    let taken = shep.peer.taken();
    let of = |chain: &str| {
        let mut all = taken.clone();
        all.retain(|it| it.correlation_id == chain);
        all
    };
    let [response, notification] = &of(&chain)[..] else {
        panic!("two letters in the first chain: {taken:?}");
    };
    assert_eq!(response.message_type, MessageType::Response);
    assert_eq!(notification.message_type, MessageType::Notification);
    assert_eq!(notification.element, "notice");
    assert!(
        notification.message.contains(">N-03<"),
        "{}",
        notification.message
    );
    assert_eq!(number_in(notification), number);
    assert_eq!(of(&other).len(), 1);
}
