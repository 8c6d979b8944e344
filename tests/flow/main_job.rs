//! The main job: a registration in; a signed answer, rows, and an SMS out.

use kezek::clock;
use serde_json::Value;

use crate::house::{House, authority, tally};
use crate::json_schema::fits;
use crate::post::{
    participant, post, rank_check, registration, registration_at, replaced, send, with_data,
};
use crate::roles::get;

const SMS_SCHEMA: &str = include_str!("../../schemas/sms.schema.json");
const PRESCHOOLS: [&str; 2] = ["710000000-0001", "710000000-0002"];

fn expected(number: u32) -> Vec<(String, u32)> {
    PRESCHOOLS.map(|id| (id.to_owned(), number)).to_vec()
}

async fn count(house: &House, query: &str) -> i64 {
    let client = house.look().await;
    client.query_one(query, &[]).await.expect("counts").get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn registration_comes_out_as_an_answer_rows_and_an_sms() {
    let house = House::open().await;
    let (door, worker, relay) = house.roles().await;

    let mut draft = registration(1);
    draft.set(&["applicant", "phone"], "+77010000001");
    let three = replaced(
        draft.content(),
        "<k:phone>+77010000001</k:phone>",
        "<k:phone>+77010000001</k:phone><k:phone2>+77010000002</k:phone2>\
         <k:phone3>+77010000003</k:phone3>",
    );
    let signed = authority().signer("participant").sign(&three, None);
    let told = post(&door.door(), signed).await.expect_success();
    assert_eq!(told.numbers(), expected(1));
    let id = told.text_of("correlationId");
    assert!(three.contains(&id), "the answer names its request");
    rows_of_the_first(&house, &told.text_of("applicationNumber")).await;
    sms_of_the_first(&house, &told.text_of("applicationNumber")).await;

    // A second child comes after the first; asked again, both numbers stand.
    let second = send(&door.door(), &registration(2)).await.expect_success();
    assert_eq!(second.numbers(), expected(2));
    for (serial, number) in [(1, 1), (2, 2)] {
        let asked = send(&door.door(), &rank_check(serial)).await;
        assert_eq!(asked.expect_success().numbers(), expected(number));
    }

    trace_shows(&house, &id).await;
    let checked = house.kezek(&["check"]).await;
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(checked.status.success(), "{said}");
    assert_eq!(
        said.lines().filter(|line| line.starts_with("ok ")).count(),
        7,
        "{said}"
    );
    for (role, metric) in [
        (&door, "kezek_door_messages_total"),
        (&worker, "kezek_worker_messages_total"),
        (&relay, "kezek_outbox_rows"),
    ] {
        vital(&role.address(), metric).await;
    }
}

async fn rows_of_the_first(house: &House, application: &str) {
    let client = house.look().await;
    let row = client
        .query_one(
            "SELECT id, sender, state, tier, phone3 FROM application",
            &[],
        )
        .await
        .expect("one application");
    assert_eq!(row.get::<_, i64>("id").to_string(), application);
    let texts = ["sender", "state", "tier", "phone3"].map(|name| row.get::<_, String>(name));
    assert_eq!(texts, ["egov-mobile", "WAITING", "GENERAL", "+77010000003"]);
    for (table, rows) in [
        ("entry", 2),
        ("inbox", 1),
        ("journal WHERE kind = 'MESSAGE'", 1),
        ("outbox", 3),
        // The signer's, and the authority's below the root, and the root's.
        ("certificate", 3),
    ] {
        let query = format!("SELECT count(*) FROM {table}");
        assert_eq!(count(house, &query).await, rows, "{table}");
    }
    let row = client
        .query_one(
            "SELECT sender, decision, raw FROM journal WHERE kind = 'MESSAGE'",
            &[],
        )
        .await
        .expect("one line");
    assert_eq!(row.get::<_, &str>("sender"), "egov-mobile");
    assert!(row.get::<_, Value>("decision")["places"].is_array());
    assert!(row.get::<_, Vec<u8>>("raw").starts_with(b"<soap:Envelope"));
}

async fn sms_of_the_first(house: &House, application: &str) {
    let taken = house.take_sms(3).await;
    assert_eq!(taken.len(), 3, "one for each phone");
    assert_eq!(tally(&taken).len(), 3);
    let schema: Value = serde_json::from_str(SMS_SCHEMA).expect("JSON");
    let mut to = Vec::new();
    for sms in &taken {
        fits(&schema, &schema, &sms.object, "$");
        assert_eq!(sms.object["messageId"], sms.id.as_str());
        assert_eq!(sms.object["applicationNumber"], application);
        let ru = sms.object["texts"]["ru"]["text"].as_str().expect("a text");
        assert!(ru.contains("Ак кайын"), "{ru}");
        to.push((
            sms.object["to"].as_str().expect("a number").to_owned(),
            sms.object["role"].as_str().expect("a role").to_owned(),
        ));
    }
    to.sort();
    let copy = |n| (format!("+7701000000{n}"), "copy".to_owned());
    let main = ("+77010000001".to_owned(), "main".to_owned());
    assert_eq!(to, [main, copy(2), copy(3)]);
}

async fn trace_shows(house: &House, id: &str) {
    // The fast path marks what it published a moment later.
    crate::ground::until("every row of the outbox is marked", || async {
        count(
            house,
            "SELECT count(*) FROM outbox WHERE published_at IS NULL",
        )
        .await
            == 0
    })
    .await;
    let traced = house.kezek(&["trace", id]).await;
    let said = String::from_utf8_lossy(&traced.stdout).into_owned();
    assert!(traced.status.success(), "{said}");
    for words in [
        "MESSAGE No. ",
        " from egov-mobile, service S-08",
        "decision: {",
        "answered ",
        "with SCSS001 to egov-mobile",
        "sms.1414",
        ", published ",
        "requests.write",
    ] {
        assert!(said.contains(words), "no «{words}» in {said}");
    }
    assert_eq!(said.matches(", published ").count(), 3, "{said}");
    assert!(!said.contains("+7701"), "no phone in a trace: {said}");
    let unknown = house.kezek(&["trace", "never-sent"]).await;
    let said = String::from_utf8_lossy(&unknown.stdout).into_owned();
    assert!(said.contains("nothing is known of never-sent"), "{said}");
}

// A crowd at the door keeps nobody from seeing its health, where that has an address of its own.
#[tokio::test(flavor = "multi_thread")]
async fn health_of_a_door_may_have_a_listener_of_its_own() {
    let house = House::open().await;
    let beside = format!("127.0.0.1:{}", crate::roles::free_port());
    let door = house.start_with("serve", &[("KEZEK_HEALTH_LISTEN", &beside)]);
    crate::ground::until("the health beside the door is good", || async {
        get(&beside, "/health/ready")
            .await
            .is_some_and(|(status, _)| status == 200)
    })
    .await;
    vital(&beside, "kezek_").await;
    for path in ["/health/ready", "/metrics"] {
        let (status, _) = get(&door.address(), path).await.expect("the door answers");
        assert_eq!(status, 404, "{path}");
    }
    let (status, _) = get(&door.address(), "/shep/sync?wsdl")
        .await
        .expect("the door answers");
    assert_eq!(status, 200);
    door.stop().await;
}

async fn vital(address: &str, metric: &str) {
    let (status, body) = get(address, "/health/live").await.expect("answers");
    assert_eq!((status, body.as_str()), (200, "alive\n"));
    let (status, body) = get(address, "/health/ready").await.expect("answers");
    let shown: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(
        (status, &shown["ready"]),
        (200, &Value::Bool(true)),
        "{body}"
    );
    let (status, body) = get(address, "/metrics").await.expect("answers");
    assert_eq!(status, 200);
    assert!(body.contains(metric), "no {metric} in {body}");
}

/// The payload's markup in a draft: from its start tag to its end tag.
fn payload(content: &str) -> &str {
    let from = content.find("<k:queueRegistration").expect("it begins");
    let end = "</k:queueRegistration>";
    let to = content.find(end).expect("it ends") + end.len();
    &content[from..to]
}

fn escaped(markup: &str) -> String {
    markup
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A name, and how the payload's markup becomes `data`.
type Shape = (&'static str, fn(&str) -> String);

// The shapes of `data` that working clients of ShEP send; each must register its child.
#[tokio::test(flavor = "multi_thread")]
async fn every_shape_of_data_registers_its_child() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let shapes: [Shape; 6] = [
        ("a child element", |inner| format!("<data>{inner}</data>")),
        ("escaped text", |inner| {
            format!("<data>{}</data>", escaped(inner))
        }),
        ("escaped text with a declaration", |inner| {
            let markup = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{inner}");
            format!("<data>{}</data>", escaped(&markup))
        }),
        ("CDATA", |inner| format!("<data><![CDATA[{inner}]]></data>")),
        ("data in the namespace of the interfaces", |inner| {
            format!(
                "<i:data xmlns:i=\"http://bip.bee.kz/SyncChannel/v10/Interfaces\">{inner}</i:data>"
            )
        }),
        ("fields directly in data, with an xsi:type", |inner| {
            let (_, fields) = inner.split_once('>').expect("a start tag");
            let fields = fields.trim_end_matches("</k:queueRegistration>");
            format!(
                "<data xmlns:k=\"urn:kz:kezek:services:v1\" \
                 xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
                 xsi:type=\"k:queueRegistration\">{fields}</data>"
            )
        }),
    ];
    for (serial, (what, shape)) in (10..).zip(shapes) {
        let draft = registration(serial);
        let content = with_data(draft.content(), &shape(payload(draft.content())));
        let told = post(&door.door(), participant().sign(&content, None)).await;
        assert!(told.fault().is_none(), "{what}: {}", told.text);
        let told = told.expect_success();
        let number = u32::try_from(serial - 9).expect("small");
        assert_eq!(told.numbers(), expected(number), "{what}");
    }
}

// ShEP signs again what it forwards: then senderId says on whose behalf.
#[tokio::test(flavor = "multi_thread")]
async fn gateway_speaks_for_the_participant_it_names() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let signed = authority()
        .signer("shep")
        .sign(registration(20).content(), None);
    post(&door.door(), signed).await.expect_success();
    let client = house.look().await;
    let row = client
        .query_one(
            "SELECT sender, verdict FROM journal WHERE kind = 'MESSAGE'",
            &[],
        )
        .await
        .expect("one line");
    assert_eq!(row.get::<_, &str>("sender"), "egov-mobile");
    assert_eq!(row.get::<_, Value>("verdict")["gateway"], "shep");

    // The rights are the sender's own, not the gateway's.
    let mut draft = registration(21);
    draft.set(&["senderId"], "reader");
    let signed = authority().signer("shep").sign(draft.content(), None);
    let told = post(&door.door(), signed).await;
    let codes = told.fault().expect("a fault");
    assert_eq!(codes.1, "service_not_allowed");
}

// A small site runs one process.
#[tokio::test(flavor = "multi_thread")]
async fn one_process_does_the_whole_job() {
    let house = House::open().await;
    let all = house.role("all").await;
    let told = send(&all.door(), &registration(30)).await.expect_success();
    assert_eq!(told.numbers(), expected(1));
    assert_eq!(house.take_sms(1).await.len(), 1);
    all.stop().await;
}

// D-35: a stated time is believed if it is near the time of reception.
#[tokio::test(flavor = "multi_thread")]
async fn time_that_is_stated_far_from_reception_does_not_count() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    for (serial, offset, source) in [(1, 0, "STATED"), (2, -3_600_000, "RECEIVED")] {
        let draft = registration_at(serial, clock::now().plus_millis(offset));
        let told = send(&door.door(), &draft).await.expect_success();
        assert_eq!(told.text_of("filedAtSource"), source);
    }
}
