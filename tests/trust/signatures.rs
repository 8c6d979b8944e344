//! Which signatures are believed, and that changed or moved content is not.

use kezek::envelope::SignedBody;
use kezek::envelope::shep::Request;
use kezek::signature::{Distrust, content_digest};

use crate::authority::{believe, distrust, send_message, signed_by, signer};

#[test]
fn what_was_digested_is_what_is_seen() {
    let message = signed_by("participant");
    let trusted = believe(&message).expect("signed by a participant");
    let octets = std::str::from_utf8(trusted.octets()).expect("canonical XML is UTF-8");
    assert!(octets.starts_with("<soap:Body ") && octets.ends_with("</soap:Body>"));
    assert!(message.contains(&octets.replace(
        " xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"",
        ""
    )));
}

#[test]
fn changed_content_is_refused() {
    let message = signed_by("participant");
    for (from, to) in [("text", "tex7"), ("S-08", "S-12"), ("egov-mobile", "bank")] {
        assert_eq!(
            distrust(&message.replacen(from, to, 1)),
            Distrust::DigestMismatch
        );
    }
}

#[test]
fn signed_timestamp_must_be_of_now() {
    let now = kezek::clock::now();
    let minutes = |n: i64| n * 60_000;
    for (name, created, valid, expected) in [
        ("of now", 0, minutes(5), None),
        (
            "of the last hour, for a day",
            minutes(-60),
            minutes(24 * 60),
            None,
        ),
        (
            "just run out, within what clocks differ",
            minutes(-9),
            minutes(5),
            None,
        ),
        (
            "a little ahead, within what clocks differ",
            minutes(4),
            minutes(5),
            None,
        ),
        ("stale", minutes(-60), minutes(5), Some(Distrust::Timestamp)),
        (
            "of last year",
            minutes(-525_600),
            minutes(5),
            Some(Distrust::Timestamp),
        ),
        (
            "of the future",
            minutes(6),
            minutes(5),
            Some(Distrust::Timestamp),
        ),
        (
            "of next year",
            minutes(525_600),
            minutes(5),
            Some(Distrust::Timestamp),
        ),
        (
            "over before it began",
            minutes(-1),
            minutes(-10),
            Some(Distrust::Timestamp),
        ),
    ] {
        let stamp = (now.plus_millis(created), valid);
        let message = signer("participant").sign(&send_message("egov-mobile"), Some(stamp));
        assert_eq!(believe(&message).err(), expected, "{name}");
    }
}

#[test]
fn unsigned_timestamp_says_nothing() {
    let utility = kezek::envelope::WSU_NAMESPACE;
    let message = signed_by("participant");
    for stamp in [
        "<wsu:Created>1999-01-01T00:00:00Z</wsu:Created>",
        "<wsu:Expires>1999-01-01T00:00:00Z</wsu:Expires>",
        "<wsu:Created>3000-01-01T00:00:00Z</wsu:Created>",
        "not a time",
        "",
    ] {
        let stamp = format!("<wsu:Timestamp xmlns:wsu=\"{utility}\">{stamp}</wsu:Timestamp>");
        let stamped = message.replacen("<ds:Signature ", &format!("{stamp}<ds:Signature "), 1);
        assert_ne!(stamped, message);
        assert!(believe(&stamped).is_ok(), "{stamp}");
    }
}

/// The canonical form holds more nodes and declarations than the arrival did.
#[test]
fn worker_reads_whatever_the_door_believes() {
    let names: String = (0..30).map(|n| format!(" xmlns:p{n}='urn:{n}'")).collect();
    let used: String = (0..30).map(|n| format!(" p{n}:a='{n}'")).collect();
    let data = |inside: &str| send_message("egov-mobile").replace("text", inside);
    for (name, content) in [
        ("a text of signs", data(&">".repeat(50_000))),
        (
            "CDATA of elements",
            data(&format!("<![CDATA[{}]]>", "<a/>".repeat(7_000))),
        ),
        ("carriage returns", data(&"&#13;".repeat(7_000))),
        (
            "attributes of thirty namespaces",
            data(&format!("<b{names}><a{used}/><a{used}/></b>")),
        ),
        (
            "a namespace at each sibling",
            data(&format!("<b{names}>{}</b>", "<p7:a/>".repeat(5_000))),
        ),
    ] {
        let trusted = believe(&signer("participant").sign(&content, None)).expect(name);
        let at_the_door = trusted.request().expect(name);
        let signed = SignedBody::parse(trusted.octets()).expect(name);
        let at_the_worker = Request::read(signed.body()).expect(name);
        assert_eq!(
            content_digest(&at_the_door),
            content_digest(&at_the_worker),
            "{name}"
        );
        assert_eq!(
            at_the_door.data().text(),
            at_the_worker.data().text(),
            "{name}"
        );
    }
}

/// What a repeat may change, and what makes it another message.
#[test]
fn content_is_told_by_names_and_texts_and_not_by_how_they_are_written() {
    let digest = |inside: &str| {
        let content = send_message("egov-mobile").replace("text", inside);
        let trusted = believe(&signer("participant").sign(&content, None)).expect(inside);
        content_digest(&trusted.request().expect(inside))
    };
    let said = digest("<a:r xmlns:a='urn:a' b='1' c='2'><a:x>1</a:x><y/></a:r>");
    for same in [
        "<r xmlns='urn:a' c='2' b='1'><x>1</x><y xmlns=''></y></r>",
        "\n <a:r xmlns:a='urn:a'\n b='1' c='2'>\n  <a:x>1</a:x>\n  <y/>\n</a:r>\n",
        "<a:r xmlns:a='urn:a' b='1' c='2'><a:x><!-- one -->1</a:x><!-- more --><y/></a:r>",
        "<z:r xmlns:z='urn:a' b='&#49;' c='2'><z:x><![CDATA[1]]></z:x><y/></z:r>",
        "<a:r xmlns:a='urn:a' b='1' c='2' xmlns:i='http://www.w3.org/2001/XMLSchema-instance'
             i:type='a:R'><a:x>1</a:x><y/></a:r>",
    ] {
        assert_eq!(digest(same), said, "{same}");
    }
    for other in [
        "<a:r xmlns:a='urn:b' b='1' c='2'><a:x>1</a:x><y/></a:r>",
        "<a:r xmlns:a='urn:a' b='1' c='3'><a:x>1</a:x><y/></a:r>",
        "<a:r xmlns:a='urn:a' b='1' a:c='2'><a:x>1</a:x><y/></a:r>",
        "<a:r xmlns:a='urn:a' b='1' c='2'><a:x>1 </a:x><y/></a:r>",
        "<a:r xmlns:a='urn:a' b='1' c='2'><y/><a:x>1</a:x></a:r>",
        "<a:r xmlns:a='urn:a' b='1' c='2'><a:x>1<y/></a:x></a:r>",
        "<a:r xmlns:a='urn:a' b='1' c='2'><a:x>1</a:x><y/>1</a:r>",
        "<a:r xmlns:a='urn:a' b='1' c='2'>1<a:x>1</a:x><y/></a:r>",
        "<a:r xmlns:a='urn:a' b='1' c='2'><a:x>1</a:x><y/><y/></a:r>",
        "<a:r xmlns:a='urn:a' b='1' c='2'><a:x>1</a:x><a:y/></a:r>",
        "<a:r xmlns:a='urn:a' b='1' c='2'/><x xmlns='urn:a'>1</x><y/>",
    ] {
        assert_ne!(digest(other), said, "{other}");
    }
}
