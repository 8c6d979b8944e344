//! What bad input gets: a coded fault or answer in bounded time, and evidence.

mod cases;
mod elsewhere;

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::{Duration, Instant};

use kezek::clock;
use kezek::envelope::{Code, OCTETS_MAX};
use kezek::http::WIRE_OCTETS_MAX;
use kezek::sandbox::{Answer, Draft};
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio_postgres::Client;

use cases::{between, every_case};

use crate::ground::{until, until_within};
use crate::house::{House, authority};
use crate::post::{Told, message_id, participant, post, rank_check, registration, replaced, send};
use crate::raw;
use crate::roles::get;

/// Bounded: an unread body may take ten seconds, everything else far less.
const REFUSED_WITHIN: Duration = Duration::from_secs(5);
/// Counts of what was not read are written once a minute.
const COUNTED_WITHIN: Duration = Duration::from_secs(90);

const FIXTURES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/fixtures/services/queue-registration"
);

/// What the journal holds of a peer, as soon as it holds something.
pub async fn evidence(client: &Client, peer: Ipv4Addr) -> tokio_postgres::Row {
    let query = "SELECT kind, sender, service, raw, verdict FROM journal
                 WHERE verdict->>'peer' = $1";
    let peer = peer.to_string();
    until(&format!("evidence about {peer}"), || async {
        let rows = client.query(query, &[&peer]).await.expect("the journal");
        rows.len() == 1
    })
    .await;
    client.query_one(query, &[&peer]).await.expect("one line")
}

async fn count(client: &Client, table: &str) -> i64 {
    let query = format!("SELECT count(*) FROM {table}");
    client.query_one(&query, &[]).await.expect("counts").get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bad_message_gets_its_codes_and_leaves_evidence() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let client = house.look().await;
    let mut seen = BTreeSet::new();
    let cases = every_case();
    for (n, case) in (1..).zip(cases) {
        // Of one peer only so many a second are written down in full, so each is another.
        let peer = Ipv4Addr::new(127, 0, 1, n);
        let begun = Instant::now();
        let (status, body) = raw::post(&door.address(), peer, &case.message).await;
        assert!(begun.elapsed() < REFUSED_WITHIN, "{}", case.code);
        let told = Answer::read(body.as_bytes()).unwrap_or_else(|| panic!("no XML: {body}"));
        assert_eq!(status, 500, "{body}");
        let codes = told.texts("errorCode");
        assert_eq!(codes, [case.shep, case.code], "{body}");
        assert!(
            told.texts("errorMessage")
                .iter()
                .all(|text| text.contains(" / ")),
            "both languages: {body}"
        );
        let row = evidence(&client, peer).await;
        let verdict: Value = row.get("verdict");
        assert_eq!(row.get::<_, &str>("kind"), "REJECTED");
        assert_eq!(verdict["code"], case.code);
        assert_eq!(verdict["size"], case.message.len());
        assert_eq!(
            row.get::<_, Option<&str>>("sender"),
            case.sender,
            "{}",
            case.code
        );
        // The octets of a stranger are not kept, only their hash.
        let raw = row.get::<_, Option<Vec<u8>>>("raw");
        assert_eq!(
            raw,
            case.sender.map(|_| case.message.clone()),
            "{}",
            case.code
        );
        assert!(
            verdict["sha256"]
                .as_str()
                .is_some_and(|hash| hash.len() == 64)
        );
        seen.insert(case.code);
    }
    for table in ["application", "inbox", "outbox"] {
        assert_eq!(count(&client, table).await, 0, "{table}");
    }
    // Every code that a sender can provoke was provoked, here or in the tests named there.
    let all: BTreeSet<&str> = Code::ALL.into_iter().map(Code::as_str).collect();
    let covered: BTreeSet<&str> = seen.into_iter().chain(elsewhere::CODES).collect();
    let missing: Vec<&&str> = all.difference(&covered).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// What a rejection says of each finding, but for line and column, which are of the message.
fn findings(answer: &Answer) -> Vec<Vec<String>> {
    ["code", "path", "paragraph", "kk", "ru"]
        .map(|name| answer.texts(name))
        .to_vec()
}

// The door reports all findings, in both languages, as the golden answers have them.
#[tokio::test(flavor = "multi_thread")]
async fn every_finding_is_reported_with_its_path_in_both_languages() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let client = house.look().await;
    let mut asked = 0;
    for entry in std::fs::read_dir(FIXTURES).expect("the fixtures") {
        let name = entry
            .expect("a file")
            .file_name()
            .into_string()
            .expect("UTF-8");
        let Some(case) = name.strip_suffix(".request.xml") else {
            continue;
        };
        let read = |role: &str| {
            let path = Path::new(FIXTURES).join(format!("{case}.{role}.xml"));
            std::fs::read(path).expect("request and answer stand side by side")
        };
        let golden = Answer::read(&read("answer")).expect("XML");
        // A refusal is decided behind the door, with the register; but for one it has no path.
        if golden.texts("path").is_empty() || golden.texts("code") == ["application_differs"] {
            continue;
        }
        asked += 1;
        let draft = Draft::of_fixture(&read("request")).expect("an envelope");
        let peer = Ipv4Addr::new(127, 0, 2, u8::try_from(asked).expect("few"));
        let message = participant().sign(draft.content(), None);
        let (status, body) = raw::post(&door.address(), peer, message.as_bytes()).await;
        let told = Answer::read(body.as_bytes()).expect("XML");
        assert_eq!(status, 200, "{case}: {body}");
        assert_eq!(told.text("correlationId"), told_id(&draft), "{case}");
        let mut found = findings(&told);
        // The first code of the answer is the status.
        assert_eq!(found[0].remove(0), "SCSE002", "{case}: {body}");
        assert_eq!(found, findings(&golden), "{case}");
        let row = evidence(&client, peer).await;
        let verdict: Value = row.get("verdict");
        assert_eq!(verdict["code"], "findings");
        assert_eq!(verdict["detail"], found[0].join(" "), "{case}");
        assert_eq!(row.get::<_, Option<&str>>("sender"), Some("egov-mobile"));
        assert_eq!(row.get::<_, Option<&str>>("service"), Some("S-08"));
        assert_eq!(
            row.get::<_, Option<Vec<u8>>>("raw"),
            Some(message.into_bytes())
        );
    }
    assert!(asked > 20, "{asked} fixtures");
    assert_eq!(count(&client, "inbox").await, 0);
}

fn told_id(draft: &Draft) -> Option<String> {
    Some(between(draft.content(), "<messageId>", "</messageId>").to_owned())
}

/// Sends two bodies that are too large and one that is too slow.
async fn cut_off(address: &str, peer: Ipv4Addr) {
    let refused = |(status, body): (u16, String), code: &str| {
        let told = Answer::read(body.as_bytes()).expect("XML");
        assert_eq!(status, 500, "{body}");
        assert_eq!(told.texts("errorCode"), ["SCE001", code], "{body}");
    };
    // Announced: nothing of it need be sent.
    let begun = Instant::now();
    let head = raw::head(&format!("Content-Length: {}\r\n", WIRE_OCTETS_MAX + 1));
    let said = raw::speak(raw::connect(address, peer).await, async |to| {
        to.write_all(head.as_bytes()).await.expect("writes");
    });
    refused(said.await, "too_large");
    // Not announced: it is cut off where it becomes too large.
    let said = raw::speak(raw::connect(address, peer).await, async |to| {
        let head = raw::head("Transfer-Encoding: chunked\r\n");
        to.write_all(head.as_bytes()).await.expect("writes");
        let chunk = format!("{:x}\r\n{}\r\n", 4096, "x ".repeat(2048));
        for _ in 0..OCTETS_MAX / 4096 + 1 {
            if to.write_all(chunk.as_bytes()).await.is_err() {
                break;
            }
        }
    });
    refused(said.await, "too_large");
    assert!(begun.elapsed() < REFUSED_WITHIN);

    let begun = Instant::now();
    let said = raw::speak(raw::connect(address, peer).await, async |to| {
        let head = raw::head("Content-Length: 5000\r\n");
        to.write_all(head.as_bytes()).await.expect("writes");
        to.write_all(b"<soap:Envelope").await.expect("writes");
    });
    refused(said.await, "too_slow");
    let took = begun.elapsed();
    assert!(
        took > Duration::from_secs(9) && took < Duration::from_secs(12),
        "{took:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn body_that_is_too_large_or_too_slow_is_not_read_but_counted() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let client = house.look().await;
    let address = door.address();
    let peer = |n| Ipv4Addr::new(127, 0, 3, n);
    cut_off(&address, peer(1)).await;
    // Exactly as large as may be: read, and refused for what it is.
    let whole = "x ".repeat(OCTETS_MAX / 2).into_bytes();
    let (_, body) = raw::post(&address, peer(2), &whole).await;
    assert!(body.contains(">not_xml<"), "{body}");

    // A flood from one peer is written down in part, and counted to the last one.
    const FLOOD: i64 = 60;
    for _ in 0..FLOOD {
        raw::post(&address, peer(4), b"flood").await;
    }
    let counted = |code: &'static str, peer: Ipv4Addr| {
        let client = &client;
        async move {
            let query = "SELECT coalesce(sum((verdict->>'count')::bigint), 0)::bigint,
                                count(*) FILTER (WHERE verdict->>'count' IS NULL)
                         FROM journal WHERE verdict->>'peer' = $1 AND verdict->>'code' = $2";
            let row = client.query_one(query, &[&peer.to_string(), &code]).await;
            let row = row.expect("the journal");
            (row.get::<_, i64>(0), row.get::<_, i64>(1))
        }
    };
    until_within(COUNTED_WITHIN, "what was not read is counted", || async {
        let (flood, written) = counted("not_xml", peer(4)).await;
        counted("too_large", peer(1)).await.0 == 2
            && counted("too_slow", peer(1)).await.0 == 1
            && flood + written == FLOOD
    })
    .await;
    let (flood, written) = counted("not_xml", peer(4)).await;
    assert!(
        flood > 0 && written >= 10,
        "{flood} counted, {written} written"
    );
    // The door went on all the while.
    send(&door.door(), &registration(5)).await.expect_success();
    let (_, metrics) = get(&address, "/metrics").await.expect("answers");
    assert!(metrics.contains("outcome=\"too_slow\""), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_have_one_effect_and_one_answer() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let (client, door) = (house.look().await, door.door());
    let draft = registration(1);
    let message = participant().sign(draft.content(), None);
    let first = post(&door, message.clone()).await.expect_success();

    // The same octets; and the same message made anew, with another date and another Body Id.
    let mut again = draft.clone();
    let later = clock::now().plus_millis(1_000).to_string();
    again.set(&["messageDate"], &later);
    let remade = authority()
        .signer("participant")
        .sign(again.content(), None);
    for repeat in [message, remade] {
        let told = post(&door, repeat).await.expect_success();
        assert_eq!(told.content(), first.content(), "octet for octet");
    }

    // A new messageId for the same application: the same numbers, and nobody is told twice.
    let mut renamed = draft.clone();
    renamed.set(&["messageId"], &message_id());
    let told = send(&door, &renamed).await.expect_success();
    assert_eq!(told.numbers(), first.numbers());
    assert_eq!(
        told.text_of("applicationNumber"),
        first.text_of("applicationNumber")
    );

    // Without a messageId what was sent is the key.
    let nameless = registration(2);
    let id = between(nameless.content(), "<messageId>", "</messageId>").to_owned();
    let markup = format!("<messageId>{id}</messageId>");
    for empty in ["", "<messageId/>"] {
        let content = replaced(nameless.content(), &markup, empty);
        let told: Vec<Told> = vec![
            post(&door, participant().sign(&content, None)).await,
            post(&door, participant().sign(&content, None)).await,
        ];
        assert_eq!(told[0].content(), told[1].content());
        assert!(told[0].texts("correlationId").is_empty());
        let second: Vec<u32> = told[0].numbers().into_iter().map(|(_, n)| n).collect();
        assert_eq!(second, [2, 2]);
    }
    for (table, rows) in [
        ("application", 2),
        ("outbox", 2),
        ("inbox", 3),
        ("journal WHERE kind = 'MESSAGE'", 3),
    ] {
        assert_eq!(count(&client, table).await, rows, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn message_id_with_another_body_is_a_fault_and_an_alarm() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let (client, door) = (house.look().await, door.door());
    let draft = registration(1);
    let first = send(&door, &draft).await.expect_success();
    let mut other = registration(2);
    let id = between(draft.content(), "<messageId>", "</messageId>").to_owned();
    other.set(&["messageId"], &id);
    for _ in 0..2 {
        let told = send(&door, &other).await;
        assert_eq!(told.status, 500);
        let codes = told.fault().expect("a fault");
        assert_eq!(codes, ("SCE001".into(), "message_id_reused".into()));
        assert!(told.is_believed(), "a fault to one we know is signed");
    }
    let alarms = client
        .query(
            "SELECT sender, message_key, raw, verdict FROM journal WHERE kind = 'ALARM'",
            &[],
        )
        .await
        .expect("the journal");
    assert_eq!(alarms.len(), 1, "one alarm for one content");
    assert_eq!(alarms[0].get::<_, &str>("sender"), "egov-mobile");
    assert_eq!(alarms[0].get::<_, &str>("message_key"), id);
    assert_eq!(
        alarms[0].get::<_, Value>("verdict")["alarm"],
        "message_id_reused"
    );
    assert!(!alarms[0].get::<_, Vec<u8>>("raw").is_empty());
    assert_eq!(count(&client, "application").await, 1);
    // The first content still has its answer; another sender may use the same identifier.
    let told = send(&door, &draft).await.expect_success();
    assert_eq!(told.content(), first.content());
    let mut bank = registration(3);
    bank.set(&["messageId"], &id).set(&["senderId"], "bank");
    let signed = authority().signer("bank").sign(bank.content(), None);
    post(&door, signed).await.expect_success();
}

#[tokio::test(flavor = "multi_thread")]
async fn child_that_waits_already_is_refused_and_the_refusal_is_kept() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let (client, door) = (house.look().await, door.door());
    send(&door, &registration(1)).await.expect_success();
    let second = registration(1);
    let told = send(&door, &second).await;
    assert_eq!(told.status, 200, "{}", told.text);
    assert_eq!(told.texts("code"), ["SCSE002", "already_waiting"]);
    assert_eq!(told.texts("paragraph"), ["004 pt.20"]);
    assert!(!told.texts("kk")[0].is_empty() && !told.texts("ru")[0].is_empty());
    assert!(told.is_believed());
    let again = send(&door, &second).await;
    assert_eq!(again.content(), told.content());
    let asked = send(&door, &rank_check(9)).await;
    assert_eq!(asked.texts("code"), ["SCSE002", "not_in_queue"]);
    assert_eq!(count(&client, "application").await, 1);
    let decided = client
        .query_one(
            "SELECT count(*) FROM journal WHERE decision->>'refusal' = 'already_waiting'",
            &[],
        )
        .await
        .expect("the journal");
    assert_eq!(decided.get::<_, i64>(0), 1);
}
