//! Which signatures are believed, and that changed or moved content is not.

use kezek::signature::Distrust;

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
fn timestamp_is_covered_and_of_now() {
    let now = kezek::clock::now();
    let message = signer("participant").sign(&send_message("egov-mobile"), Some((now, 300_000)));
    assert!(believe(&message).is_ok());
    let old = now.plus_millis(-3_600_000);
    let message = signer("participant").sign(&send_message("egov-mobile"), Some((old, 300_000)));
    assert_eq!(distrust(&message), Distrust::Timestamp);
}
