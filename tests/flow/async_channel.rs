//! The asynchronous channel: accepted means decided and written down; the answer is a letter.

use kezek::clock;
use kezek::sandbox::Draft;
use uuid::Uuid;

use crate::house::{House, authority};
use crate::post::{Told, participant, post, rank_check, registration, replaced, send};

/// What became of a message.
pub async fn status(door: &str, message_id: &str, sender: &str) -> Told {
    send(door, &Draft::status_of(message_id, sender, clock::now())).await
}

fn code(told: &Told) -> String {
    told.fault().map(|(_, ours)| ours).unwrap_or_default()
}

async fn count(house: &House, of: &str) -> i64 {
    let query = format!("SELECT count(*) FROM {of}");
    let row = house.look().await.query_one(&query, &[]).await;
    row.expect("counts").get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn message_is_accepted_once_its_answer_is_written() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let draft = registration(1).by_async_channel(false);
    let accepted = send(&door.async_door(), &draft).await;
    assert!(
        accepted.is_believed() && accepted.status == 200,
        "{}",
        accepted.text
    );
    let (id, chain) = (
        accepted.text_of("messageId"),
        accepted.text_of("correlationId"),
    );
    assert!(draft.content().contains(&id) && Uuid::parse_str(&chain).is_ok());
    let client = house.look().await;
    let letter = client
        .query_one(
            "SELECT message_id, peer, sender, correlation_id, answers, service, kind, status,
                    convert_from(payload, 'UTF8') AS payload, state FROM letter",
            &[],
        )
        .await
        .expect("one letter");
    let texts = [
        "peer", "sender", "answers", "service", "kind", "status", "state",
    ];
    assert_eq!(
        texts.map(|name| letter.get::<_, String>(name)),
        [
            "egov-mobile",
            "egov-mobile",
            &id,
            "S-08",
            "RESPONSE",
            "SCSS001",
            "WAITING"
        ]
    );
    assert_eq!(letter.get::<_, String>("correlation_id"), chain);
    let payload: String = letter.get("payload");
    assert!(
        payload.starts_with("<k:queueRegistrationAnswer"),
        "{payload}"
    );

    // Its sender asks: it was taken, and its answer waits.
    let told = status(&door.async_door(), &id, "egov-mobile").await;
    assert_eq!(told.text_of("messageState"), "DELIVERED", "{}", told.text);
    assert_eq!(told.text_of("code"), "SCSS001");
    let answer: Uuid = letter.get("message_id");
    assert_eq!(told.text_of("answerId"), answer.to_string());
    assert_eq!(told.text_of("answerState"), "ON_DELIVERY");
    let told = status(&door.async_door(), &answer.to_string(), "egov-mobile").await;
    assert_eq!(told.text_of("messageState"), "ON_DELIVERY");
    // Of what is another's, or was never sent, nobody is told.
    for (id, sender) in [(id.as_str(), "reader"), ("never-sent", "egov-mobile")] {
        let told = status(&door.async_door(), id, sender).await;
        assert_eq!(code(&told), "message_unknown", "{}", told.text);
        assert!(
            told.text
                .contains(":getMessageStatusFault1_getMessageStatusFault ")
        );
    }

    // The same work as by the other channel: the number is there for whoever asks.
    let asked = send(&door.door(), &rank_check(1)).await.expect_success();
    assert_eq!(asked.numbers().len(), 2);
    assert_eq!(house.take_sms(1).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn repeat_has_one_effect_and_the_same_receipt_and_another_content_is_refused() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let registered = registration(1);
    let draft = registered.by_async_channel(true);
    let first = send(&door.async_door(), &draft).await;
    let again = send(&door.async_door(), &draft).await;
    assert_eq!(first.content(), again.content());
    for table in [
        "application",
        "inbox",
        "letter",
        "journal WHERE kind = 'MESSAGE'",
    ] {
        assert_eq!(count(&house, table).await, 1, "{table}");
    }
    let id = first.text_of("messageId");
    let mut reused = registration(2).by_async_channel(true);
    reused.set(&["messageId"], &id);
    let told = send(&door.async_door(), &reused).await;
    assert_eq!(code(&told), "message_id_reused", "{}", told.text);
    assert!(
        told.text.contains("AsyncChannel/v10/Types/Client"),
        "{}",
        told.text
    );
    // The same message another way: no answer of the one tells anything to the other.
    let told = send(&door.door(), &registered).await;
    assert_eq!(code(&told), "message_id_reused", "{}", told.text);
    assert_eq!(count(&house, "application").await, 1);
    assert_eq!(count(&house, "journal WHERE kind = 'ALARM'").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_names_itself_not_is_named_by_us_always_alike() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let draft = registration(1).by_async_channel(false);
    let (before, rest) = draft.content().split_once("<messageId>").expect("an id");
    let (_, after) = rest.split_once("</messageId>").expect("its end");
    let nameless = format!("{before}{after}");
    let signed = participant().sign(&nameless, None);
    let first = post(&door.async_door(), signed.clone()).await;
    let again = post(&door.async_door(), signed).await;
    assert_eq!(first.content(), again.content());
    let told = status(
        &door.async_door(),
        &first.text_of("messageId"),
        "egov-mobile",
    )
    .await;
    assert_eq!(told.text_of("messageState"), "DELIVERED", "{}", told.text);
    assert_eq!(count(&house, "letter").await, 1);
}

// What is wrong inside a payload is an answer too; it comes as one.
#[tokio::test(flavor = "multi_thread")]
async fn findings_are_a_letter_and_what_is_not_believed_or_allowed_is_a_fault() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let draft = registration(1).by_async_channel(false);
    let wrong = draft.content().replacen("<k:sex>", "<k:sex>X", 1);
    let told = post(&door.async_door(), participant().sign(&wrong, None)).await;
    assert!(told.fault().is_none(), "{}", told.text);
    let row = house.look().await;
    let row = row
        .query_one(
            "SELECT status, convert_from(payload, 'UTF8') AS p FROM letter",
            &[],
        )
        .await
        .expect("one letter");
    assert_eq!(row.get::<_, String>("status"), "SCSE002");
    assert!(row.get::<_, String>("p").starts_with("<k:rejection"));
    assert_eq!(count(&house, "application").await, 0);

    // An attachment that did not come is known to the door alone, and is no request all the same.
    const ABSENT: &[u8] = include_bytes!(
        "../../fixtures/services/queue-registration/refused-attachment-absent.request.xml"
    );
    let mut draft = Draft::of_fixture(ABSENT).expect("an envelope");
    draft.freshen(clock::now()).set(&["senderId"], "bank");
    let elsewhere = draft.by_async_channel(false);
    let elsewhere = elsewhere.content().replace("710000000", "750000000");
    let signed = authority().signer("bank").sign(&elsewhere, None);
    let told = post(&door.async_door(), signed).await;
    assert!(told.fault().is_none(), "{}", told.text);
    let absent = "letter WHERE status = 'SCSE002'
                  AND convert_from(payload, 'UTF8') LIKE '%<k:code>attachment_absent<%'";
    assert_eq!(count(&house, absent).await, 1);
    assert_eq!(count(&house, "application").await, 0);

    let fresh = || registration(2).by_async_channel(false);
    let signed = participant().sign(fresh().content(), None);
    let tampered = signed.replacen("<k:phone>+7", "<k:phone>+8", 1);
    let mut reader = fresh();
    reader.set(&["senderId"], "reader");
    let forbidden = participant().sign(reader.content(), None);
    let bank = authority().signer("bank");
    let mut elsewhere = fresh();
    elsewhere.set(&["senderId"], "bank");
    let elsewhere = elsewhere.content().replace("710000000", "750000000");
    let update = replaced(fresh().content(), ">REQUEST<", ">RESPONSE<");
    let by_sync = participant().sign(fresh().content(), None);
    let to_async = participant().sign(registration(3).content(), None);
    for (door, message, expected) in [
        (door.async_door(), tampered, "digest_mismatch"),
        (door.async_door(), forbidden, "service_not_allowed"),
        (
            door.async_door(),
            bank.sign(&elsewhere, None),
            "region_not_allowed",
        ),
        (
            door.async_door(),
            participant().sign(&update, None),
            "message_type",
        ),
        (door.door(), by_sync, "operation"),
        (door.async_door(), to_async, "operation"),
        (door.async_door(), "<x/>".to_owned(), "not_an_envelope"),
    ] {
        let told = post(&door, message).await;
        assert_eq!(code(&told), expected, "{}", told.text);
        assert!(told.is_believed(), "{expected} is signed");
    }
    assert_eq!(count(&house, "letter").await, 2);
}
