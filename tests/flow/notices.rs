//! Notices: what the system signs in its own right can be shown without the message it came in.

use kezek::clock;
use kezek::sandbox::Draft;
use kezek::signature::{sha256, verify_enveloped};
use kezek::xml::{Document, Limits};

use crate::house::{House, authority};
use crate::post::{Told, message_id, participant, post, registration, replaced};

const EXTENSION: &[u8] = include_bytes!("../../fixtures/services/extension/accepted.request.xml");

/// The notice as a document of its own, cut out of the answer as text.
fn notice(told: &Told, name: &str) -> String {
    let (_, from) = told.text.split_once("<data>").expect("data begins");
    let (notice, _) = from.split_once("</data>").expect("data ends");
    assert!(notice.starts_with(&format!("<k:{name} ")), "{notice}");
    notice.to_owned()
}

/// Who signed a notice, by the fingerprint of the certificate.
fn signed_by(notice: &str) -> Option<[u8; 32]> {
    let document = Document::parse(notice.as_bytes(), &Limits::MESSAGE).expect("XML");
    let store = &authority().store;
    let verified = verify_enveloped(document.root(), store, clock::now()).ok()??;
    let [only] = &verified.signatories[..] else {
        panic!("one signature");
    };
    Some(only.certificate().fingerprint())
}

#[tokio::test(flavor = "multi_thread")]
async fn extension_is_told_in_a_notice_of_twelve_fields_that_we_signed() {
    let house = House::open().await;
    let (door, worker, relay) = house.roles().await;
    let registered = registration(5);
    let told = post(&door.door(), participant().sign(registered.content(), None)).await;
    let number = told.expect_success().text_of("applicationNumber");
    let mut draft = Draft::of_fixture(EXTENSION).expect("an envelope");
    draft
        .freshen(clock::now())
        .set(&["messageId"], &message_id())
        .set(&["applicationNumber"], &number)
        .set(&["applicant", "iin"], kezek::sandbox::parent(5).as_str())
        .set(&["child", "iin"], kezek::sandbox::child(5).iin.as_str());
    let message = participant().sign(draft.content(), None);
    let first = post(&door.door(), message.clone()).await.expect_success();
    let text = notice(&first, "extensionAnswer");
    let ours = authority().signer("answers");
    assert_eq!(signed_by(&text), Some(ours.certificate().fingerprint()));
    for name in [
        "noticeNumber",
        "sentAt",
        "receivedAt",
        "extensionNumber",
        "settlement",
        "applicationNumber",
        "kind",
    ] {
        assert!(!first.text_of(name).is_empty(), "{name}");
    }
    assert_eq!(first.texts("iin").len(), 2);
    assert_eq!(first.texts("surname").len(), 2);
    assert_eq!(first.text_of("applicationNumber"), number);
    // What is changed in it is not ours any more.
    let forged = replaced(
        &text,
        "<k:kind>GENERAL</k:kind>",
        "<k:kind>SPECIAL</k:kind>",
    );
    assert_eq!(signed_by(&forged), None);
    // A repeat is the same notice, and extends nothing.
    let second = post(&door.door(), message).await.expect_success();
    let again = notice(&second, "extensionAnswer");
    assert_eq!(sha256(again.as_bytes()), sha256(text.as_bytes()));
    let query = "SELECT count(*) FROM extension";
    let rows = house
        .look()
        .await
        .query_one(query, &[])
        .await
        .expect("rows");
    assert_eq!(rows.get::<_, i64>(0), 1);
    drop((door, worker, relay));
}
