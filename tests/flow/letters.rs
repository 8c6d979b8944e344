//! Letters reach their peers: whatever a peer does, none is lost, and a repeat is the same message.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kezek::clock;
use kezek::envelope::Operation;
use kezek::envelope::shep::MessageType;
use kezek::sandbox::{Draft, Mood, Peer, Taken};
use kezek::signature::verify_enveloped;
use kezek::xml::{Document, Limits};
use tokio::net::TcpListener;

use crate::async_channel::status;
use crate::ground::{until, until_within};
use crate::house::{House, authority};
use crate::post::{Told, post, rank_check, registration, send};
use crate::rights::{participants, put};
use crate::roles::Role;

const EXTENSION: &[u8] = include_bytes!("../../fixtures/services/extension/accepted.request.xml");
/// A courier that died keeps its letters for half a minute.
const LEASE_AND_MORE: Duration = Duration::from_secs(60);

/// A peer of this id that listens, with the key of this name.
pub struct Post {
    id: &'static str,
    pub peer: Arc<Peer>,
    address: String,
}

impl Post {
    pub async fn open(id: &'static str, key: &str) -> Self {
        let peer = Peer::load(&authority().file(""), key).expect("a key of the authority");
        let peer = Arc::new(peer);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}/", listener.local_addr().expect("bound"));
        tokio::spawn(Arc::clone(&peer).serve(listener));
        Self { id, peer, address }
    }
}

/// The participants of a house, these with mailboxes.
fn mailboxes(house: &House, posts: &[&Post]) -> PathBuf {
    let folder = participants(house);
    for post in posts {
        let path = folder.join(format!("{}.toml", post.id));
        let file = std::fs::read_to_string(path).expect("forged");
        let mailbox = format!(
            "\n[mailbox]\naddress = \"{}\"\nsender_id = \"kezek\"\n",
            post.address
        );
        put(&folder, post.id, &format!("{file}{mailbox}"));
    }
    folder
}

/// Roles of a house whose participants have mailboxes.
pub struct Office {
    pub house: House,
    pub door: Role,
    courier: Role,
    _worker: Role,
}

impl Office {
    pub async fn open(posts: &[&Post]) -> Self {
        let house = House::open().await;
        let folder = mailboxes(&house, posts);
        let set = [("KEZEK_PARTICIPANTS_DIR", folder.to_str().expect("UTF-8"))];
        let start = |verb| house.start_with(verb, &set);
        let (door, worker, courier) = (start("serve"), start("work"), start("courier"));
        let (door, worker, courier) = tokio::join!(door.ready(), worker.ready(), courier.ready());
        Self {
            house,
            door,
            courier,
            _worker: worker,
        }
    }

    /// A message of the participant, in its own name.
    pub async fn send(&self, draft: &Draft) -> Told {
        let told = send(&self.door.async_door(), &draft.by_async_channel(false)).await;
        assert!(told.fault().is_none(), "{}", told.text);
        told
    }

    /// The same, handed on by ШЭП.
    pub async fn hand_on(&self, draft: &Draft) -> Told {
        let content = draft.by_async_channel(true);
        let signed = authority().signer("shep").sign(content.content(), None);
        let told = post(&self.door.async_door(), signed).await;
        assert!(told.fault().is_none(), "{}", told.text);
        told
    }

    pub async fn count(&self, of: &str) -> i64 {
        let query = format!("SELECT count(*) FROM letter WHERE {of}");
        let row = self.house.look().await.query_one(&query, &[]).await;
        row.expect("counts").get(0)
    }

    pub async fn all_delivered(&self, letters: i64) {
        let what = format!("{letters} letters are delivered");
        until_within(LEASE_AND_MORE, &what, || async {
            self.count("state = 'DELIVERED'").await == letters
        })
        .await;
        assert_eq!(self.count("state <> 'DELIVERED'").await, 0);
    }

    pub async fn says(&self, arguments: &[&str]) -> String {
        let told = self.house.kezek(arguments).await;
        let said = String::from_utf8_lossy(&told.stdout).into_owned();
        assert!(told.status.success(), "{told:?}");
        said
    }
}

/// The value of a property of a letter.
pub fn property<'t>(taken: &'t Taken, key: &str) -> &'t str {
    let mut pairs = taken.properties.iter();
    let found = pairs.find(|(name, _)| name == key);
    found.map(|(_, value)| value.as_str()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn response_comes_in_the_chain_of_its_request_by_the_way_it_went() {
    let shep = Post::open("shep", "shep").await;
    let own = Post::open("egov-mobile", "participant-p256").await;
    let office = Office::open(&[&shep, &own]).await;
    let mut draft = registration(1);
    draft.set(&["senderId"], "egov-mobile");
    let accepted = office.hand_on(&draft).await;
    shep.peer.takes_more_than(0).await;
    let [taken] = &shep.peer.taken()[..] else {
        panic!("one letter");
    };
    let id = accepted.text_of("messageId");
    assert_eq!(taken.correlation_id, accepted.text_of("correlationId"));
    assert_eq!(taken.operation, Operation::SendMessage);
    assert_eq!(taken.message_type, MessageType::Response);
    assert_eq!(taken.sender.as_deref(), Some("kezek"));
    assert_eq!(
        (taken.service.as_str(), property(taken, "status")),
        ("S-08", "SCSS001")
    );
    assert_eq!(property(taken, "inReplyTo"), id);
    assert_eq!(taken.element, "queueRegistrationAnswer");
    office.all_delivered(1).await;
    let told = status(&office.door.async_door(), &id, "egov-mobile").await;
    assert_eq!(told.text_of("answerState"), "DELIVERED", "{}", told.text);
    assert_eq!(told.text_of("answerId"), taken.message_id);

    // Who asks in its own name is answered at its own address, by the interface it offers.
    let accepted = office.send(&rank_check(1)).await;
    own.peer.takes_more_than(0).await;
    let [taken] = &own.peer.taken()[..] else {
        panic!("one letter");
    };
    assert_eq!(taken.operation, Operation::CallbackMessage);
    assert_eq!(taken.correlation_id, accepted.text_of("correlationId"));
    assert_eq!(taken.element, "rankCheckAnswer");
    office.all_delivered(2).await;
    assert_eq!(shep.peer.taken().len(), 1);
    let traced = office.says(&["trace", &id]).await;
    assert!(
        traced.contains("RESPONSE") && traced.contains(" to shep"),
        "{traced}"
    );
}

// 004 1_2 p.4(12): a notice is signed in its own right, whichever way it goes.
#[tokio::test(flavor = "multi_thread")]
async fn notice_in_a_letter_is_signed_in_its_own_right() {
    let own = Post::open("egov-mobile", "participant-p256").await;
    let office = Office::open(&[&own]).await;
    let told = send(&office.door.door(), &registration(5)).await;
    let number = told.expect_success().text_of("applicationNumber");
    let mut draft = Draft::of_fixture(EXTENSION).expect("an envelope");
    draft
        .freshen(clock::now())
        .set(&["applicationNumber"], &number)
        .set(&["applicant", "iin"], kezek::sandbox::parent(5).as_str())
        .set(&["child", "iin"], kezek::sandbox::child(5).iin.as_str());
    office.send(&draft).await;
    own.peer.takes_more_than(0).await;
    let taken = &own.peer.taken()[0];
    let (_, from) = taken.message.split_once("<data>").expect("data begins");
    let (notice, _) = from.split_once("</data>").expect("data ends");
    let document = Document::parse(notice.as_bytes(), &Limits::MESSAGE).expect("XML");
    let store = &authority().store;
    let verified = verify_enveloped(document.root(), store, clock::now());
    let verified = verified.expect("believed").expect("signed");
    let ours = authority().signer("answers");
    assert_eq!(
        verified.signatories[0].certificate().fingerprint(),
        ours.certificate().fingerprint()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn peer_that_was_down_gets_all_when_it_is_back_and_delays_nobody_else() {
    let shep = Post::open("shep", "shep").await;
    let own = Post::open("egov-mobile", "participant-p256").await;
    let office = Office::open(&[&shep, &own]).await;
    shep.peer.be(Mood::Down);
    for serial in 1..=5 {
        office.hand_on(&registration(serial)).await;
    }
    until("its lane waits", || async {
        let client = office.house.look().await;
        let query = "SELECT FROM peer_lane WHERE peer = 'shep' AND failures >= 2";
        !client.query(query, &[]).await.expect("a lane").is_empty()
    })
    .await;
    for serial in 1..=5 {
        office.send(&rank_check(serial)).await;
    }
    own.peer.takes_more_than(4).await;
    assert!(shep.peer.taken().is_empty());
    let said = office.says(&["letters"]).await;
    assert!(
        said.contains("shep: 5 wait") && said.contains("away (no_connection)"),
        "{said}"
    );
    shep.peer.be(Mood::Well);
    office.all_delivered(10).await;
    let ids = |post: &Post| {
        let mut ids: Vec<String> = post
            .peer
            .taken()
            .into_iter()
            .map(|it| it.message_id)
            .collect();
        ids.sort();
        ids.dedup();
        (ids.len(), post.peer.taken().len())
    };
    assert_eq!((ids(&shep), ids(&own)), ((5, 5), (5, 5)));
    let client = office.house.look().await;
    let lanes = client
        .query("SELECT FROM peer_lane", &[])
        .await
        .expect("lanes");
    assert!(lanes.is_empty(), "who is well has no row");
}

// It holds an answer back for longer than anyone waits.
#[tokio::test(flavor = "multi_thread")]
async fn slow_peer_holds_up_its_own_letters_alone() {
    let shep = Post::open("shep", "shep").await;
    let own = Post::open("egov-mobile", "participant-p256").await;
    let office = Office::open(&[&shep, &own]).await;
    shep.peer.be(Mood::Slow);
    office.hand_on(&registration(1)).await;
    shep.peer.takes_more_than(0).await;
    for serial in 2..=4 {
        office.send(&registration(serial)).await;
    }
    own.peer.takes_more_than(2).await;
    assert_eq!(
        office.count("peer = 'shep' AND leased_until > now()").await,
        1
    );
    shep.peer.be(Mood::Well);
    office.all_delivered(4).await;
}

// A small site runs one process.
#[tokio::test(flavor = "multi_thread")]
async fn one_process_carries_its_letters_too() {
    let own = Post::open("egov-mobile", "participant-p256").await;
    let house = House::open().await;
    let folder = mailboxes(&house, &[&own]);
    let set = [("KEZEK_PARTICIPANTS_DIR", folder.to_str().expect("UTF-8"))];
    let all = house.start_with("all", &set).ready().await;
    let draft = registration(1).by_async_channel(false);
    let told = send(&all.async_door(), &draft).await;
    assert!(told.fault().is_none(), "{}", told.text);
    own.peer.takes_more_than(0).await;
    assert_eq!(
        own.peer.taken()[0].correlation_id,
        told.text_of("correlationId")
    );
    all.stop().await;
}

// A peer may have the letter though we do not know: it gets the same one again, and can count.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_peer_did_not_say_in_its_own_name_was_not_delivered() {
    let own = Post::open("egov-mobile", "participant-p256").await;
    let office = Office::open(&[&own]).await;
    for (at, (mood, trouble)) in [
        (Mood::Fault, "SCE909"),
        (Mood::Garbage, "no_envelope"),
        (Mood::Silent, "no_connection"),
        (Mood::Stranger, "signed_by_another"),
        (Mood::Unsigned, "not_believed"),
    ]
    .into_iter()
    .enumerate()
    {
        own.peer.be(mood);
        let before = own.peer.taken().len();
        office.send(&registration(at as u64 + 1)).await;
        until(&format!("{mood:?} is known as {trouble}"), || async {
            let query = format!("state = 'WAITING' AND trouble = '{trouble}'");
            office.count(&query).await == 1
        })
        .await;
        own.peer.be(Mood::Well);
        office.all_delivered(at as i64 + 1).await;
        let taken = own.peer.taken().split_off(before);
        assert!(
            taken.iter().all(|it| it.message_id == taken[0].message_id),
            "{mood:?}"
        );
        let repeated = !matches!(mood, Mood::Fault | Mood::Garbage);
        assert_eq!(taken.len() > 1, repeated, "{mood:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn courier_that_is_killed_before_its_mark_leaves_the_letter_to_the_next() {
    let own = Post::open("egov-mobile", "participant-p256").await;
    let mut office = Office::open(&[&own]).await;
    own.peer.be(Mood::Slow);
    office.send(&registration(1)).await;
    own.peer.takes_more_than(0).await;
    office.courier.kill();
    own.peer.be(Mood::Well);
    assert_eq!(office.count("state = 'WAITING' AND attempts = 1").await, 1);
    office.courier.start_again();
    office.courier.wait_until_ready().await;
    office.all_delivered(1).await;
    let taken = own.peer.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[0].message_id, taken[1].message_id);
    assert_eq!(office.count("attempts = 2").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letter_is_shown_and_can_be_tried_again() {
    let own = Post::open("egov-mobile", "participant-p256").await;
    let office = Office::open(&[&own]).await;
    own.peer.be(Mood::Refusing);
    let refused = office.send(&registration(1)).await.text_of("messageId");
    until("its peer refused it", || async {
        office
            .count("state = 'REFUSED' AND trouble = 'SCE001'")
            .await
            == 1
    })
    .await;
    own.peer.be(Mood::Down);
    let late = office.send(&registration(2)).await.text_of("messageId");
    let client = office.house.look().await;
    let end = "UPDATE letter SET expires_at = now() WHERE state = 'WAITING'";
    client.execute(end, &[]).await.expect("may change it");
    until("its term ended", || async {
        office.count("state = 'EXPIRED'").await == 1
    })
    .await;
    for (id, expected) in [(&refused, "DELIVERY_STOPPED"), (&late, "NOT_DELIVERED")] {
        let told = status(&office.door.async_door(), id, "egov-mobile").await;
        assert_eq!(told.text_of("answerState"), expected, "{}", told.text);
    }
    let said = office.says(&["letters"]).await;
    assert!(
        said.contains("REFUSED ") && said.contains("EXPIRED "),
        "{said}"
    );
    let alarms = office.courier.logged();
    let alarms = alarms
        .iter()
        .filter(|line| line["level"] == "ERROR")
        .count();
    assert!(alarms >= 2, "each dead letter is an alarm");

    own.peer.be(Mood::Well);
    let rows = client
        .query("SELECT message_id::text FROM letter ORDER BY id", &[])
        .await;
    for row in rows.expect("letters") {
        office
            .says(&["letters", "--again", row.get("message_id")])
            .await;
    }
    office.all_delivered(2).await;
    assert_eq!(own.peer.taken().len(), 2);
}
