//! Signatures inside payloads: those that the national tools made, ours, several, raw and as text.

mod refused;

use kezek::envelope::Envelope;
use kezek::envelope::shep::Request;
use kezek::signature::{
    Content, Distrust, Enveloped, Store, believe_payload, content_digest, verify, verify_enveloped,
    without_signatures,
};
use kezek::terms::Moment;
use kezek::xml::{Document, Limits};

use crate::authority::{STORE, signer};
use crate::kazakhstan::{data, store as kazakh_store};

/// Files of one signature, who may vouch, and when it was valid.
pub const FILES: [(&str, &str, &str); 2] = [
    (
        "mitwork_validation_1.xml",
        "nca_gost2022_test.cer",
        "2025-03-01T00:00:00Z",
    ),
    (
        "ncanode_xml_xml_signed_valid_string.xml",
        "nca_rsa_test.crt",
        "2021-06-01T00:00:00Z",
    ),
];
const TWO_SIGNERS: &str = "ncanode_xml_xml_signed_valid_string_two_signers.xml";

fn asked(document: &str, store: &Store, at: &str) -> Result<Option<Enveloped>, Distrust> {
    let document = Document::parse(document.as_bytes(), &Limits::MESSAGE).expect("well-formed");
    verify_enveloped(document.root(), store, Moment::parse(at).expect("a moment"))
}

#[test]
fn payloads_that_the_national_tools_signed_are_believed() {
    for (file, authority, at) in FILES {
        let text = std::fs::read_to_string(data().join("signed").join(file)).expect("a file");
        let store = kazakh_store(file, &[&format!("test-ca/{authority}")], &[]);
        let Enveloped {
            octets,
            signatories,
        } = asked(&text, &store, at)
            .unwrap_or_else(|why| panic!("{file}: {why}"))
            .expect("it is signed");
        assert_eq!(signatories.len(), 1, "{file}");
        let content = String::from_utf8(octets).expect("UTF-8");
        assert!(
            !content.contains("Signature") && content.contains("><"),
            "{file}"
        );
        assert!(signatories[0].certificate().iin().is_some(), "{file}");
        every_change_is_refused(&text, &store, at);
    }
}

/// The first certificate ran out before the second one began, so that no moment believes both; each
/// moment gets as far as the other's certificate.
#[test]
fn two_who_signed_one_payload_are_each_checked() {
    let text = std::fs::read_to_string(data().join("signed").join(TWO_SIGNERS)).expect("a file");
    let authorities = ["test-ca/nca_rsa_test.crt", "test-ca/nca_gost2022_test.cer"];
    let store = kazakh_store("two", &authorities, &[]);
    let (first_only, second_only) = ("2021-06-01T00:00:00Z", "2022-09-01T00:00:00Z");
    let told = |text: &str, at| {
        asked(text, &store, at).map(|found| found.expect("signed").signatories.len())
    };
    // The second was checked wholly, with RSA over GOST; then the first one's digest.
    assert_eq!(told(&text, second_only), Err(Distrust::CertificateExpired));
    assert_eq!(
        told(&text, first_only),
        Err(Distrust::Algorithm),
        "the second one's algorithm had not begun"
    );
    let second = text.rfind("<ds:Signature ").expect("two");
    let end = text.rfind("</a>").expect("the root ends");
    let without = format!("{}{}", &text[..second], &text[end..]);
    assert_eq!(told(&without, first_only), Ok(1));
    every_change_is_refused(&without, &store, first_only);
    let first = text.find("<ds:Signature ").expect("two");
    let without = format!("{}{}", &text[..first], &text[second..]);
    assert_eq!(told(&without, second_only), Err(Distrust::DigestMismatch));
}

/// One bit: of the content, of each value, of each digest, of each certificate, of what names them.
fn every_change_is_refused(text: &str, store: &Store, at: &str) {
    let mut refused = 0;
    for (mark, skip) in [
        (">", 3),
        ("<ds:SignatureValue>", 4),
        ("<ds:DigestValue>", 4),
        ("<ds:X509Certificate>", 700),
    ] {
        for (at_mark, _) in text.match_indices(mark) {
            let place = at_mark + mark.len() + skip;
            let Some(octet) = text.as_bytes().get(place) else {
                continue;
            };
            if !octet.is_ascii_alphanumeric() || *octet ^ 1 == b'@' {
                continue;
            }
            let other = char::from(*octet ^ 1);
            let forged = format!("{}{other}{}", &text[..place], &text[place + 1..]);
            let Ok(document) = Document::parse(forged.as_bytes(), &Limits::MESSAGE) else {
                continue;
            };
            let then = Moment::parse(at).expect("a moment");
            let told = verify_enveloped(document.root(), store, then);
            assert!(told.is_err(), "octet {place} was changed");
            refused += 1;
        }
    }
    assert!(refused > 5, "{refused}");
}

#[test]
fn several_sign_one_after_another_and_each_covers_those_before() {
    let payload = "<p:request xmlns:p=\"urn:p\" xmlns:unused=\"urn:u\" xml:lang=\"kk\">\
                   <p:child iin=\"1\"/><!-- note --><other xmlns=\"urn:o\">&#13;</other></p:request>";
    let (store, now) = (&*STORE, kezek::clock::now().to_string());
    let mut text = payload.to_owned();
    for (count, key) in ["participant", "participant-p256", "shep"]
        .iter()
        .enumerate()
    {
        text = signer(key).sign_enveloped(&text).expect("well-formed");
        let Enveloped {
            octets,
            signatories,
        } = asked(&text, store, &now)
            .expect("believed")
            .expect("signed");
        assert_eq!(signatories.len(), count + 1);
        let last = signatories.last().expect("one").certificate().fingerprint();
        assert_eq!(
            last,
            signer(key).certificate().fingerprint(),
            "in order of signing"
        );
        let content = String::from_utf8(octets).expect("UTF-8");
        let expected = payload
            .replace("<!-- note -->", "")
            .replace("&#13;", "&#xD;");
        assert_eq!(
            content,
            expected.replace("iin=\"1\"/>", "iin=\"1\"></p:child>")
        );
    }
    let from = |n: usize| {
        text.match_indices("<ds:Signature ")
            .nth(n)
            .expect("three")
            .0
    };
    let (first, second, third) = (from(0), from(1), from(2));
    let end = text.rfind("</p:request>").expect("the root ends");
    let join = |parts: &[&str]| parts.concat();
    let (head, tail) = (&text[..first], &text[end..]);
    let [one, two, three] = [
        &text[first..second],
        &text[second..third],
        &text[third..end],
    ];
    let told =
        |text: &str| asked(text, store, &now).map(|found| found.expect("signed").signatories.len());
    assert_eq!(
        told(&join(&[head, one, two, tail])),
        Ok(2),
        "the last one is taken away"
    );
    assert_eq!(told(&join(&[head, one, tail])), Ok(1));
    for (name, text) in [
        ("the first is missing", join(&[head, two, three, tail])),
        ("out of order", join(&[head, two, one, three, tail])),
        (
            "the last twice",
            join(&[head, one, two, three, three, tail]),
        ),
        ("the middle one is missing", join(&[head, one, three, tail])),
    ] {
        assert_eq!(told(&text), Err(Distrust::DigestMismatch), "{name}");
    }
}

/// A registration around a payload, signed for the transport.
fn message(data: &str) -> Envelope {
    let content = crate::authority::send_message("egov-mobile")
        .replace("<data>", "<data xmlns:above=\"urn:above\">");
    let (before, rest) = content
        .split_once("<data xmlns:above=\"urn:above\">")
        .expect("data");
    let (_, after) = rest.split_once("</data>").expect("data ends");
    let content = format!("{before}<data xmlns:above=\"urn:above\">{data}</data>{after}");
    let signed = signer("participant").sign(&content, None);
    Envelope::read(signed.as_bytes()).expect("an envelope")
}

#[test]
fn signed_payload_is_believed_raw_and_as_text() {
    let payload = "<r xmlns=\"urn:r\" xmlns:x=\"urn:x\"><a>1</a><b x:c=\"2\">&lt;</b></r>";
    let signed = signer("participant-p256")
        .sign_enveloped(payload)
        .expect("well-formed");
    let escaped = signed.replace('&', "&amp;").replace('<', "&lt;");
    let (store, now) = (&*STORE, kezek::clock::now());
    let mut digests = Vec::new();
    for data in [signed.clone(), escaped, format!("<![CDATA[{signed}]]>")] {
        let trusted = verify(message(&data), store, now).expect("the transport is believed");
        let request = trusted.request().expect("a request");
        let (content, signatories) =
            believe_payload(request.payload().expect("a payload"), store, now).expect("believed");
        assert_eq!(signatories.len(), 1);
        assert_eq!(names(&content), ["r", "a", "b"]);
        // What the worker reads is the same, and a repeat that is signed anew is the same message.
        let travelled = kezek::envelope::SignedBody::parse(trusted.octets()).expect("octets");
        let there = Request::read(travelled.body()).expect("a request");
        let bare = without_signatures(there.payload().expect("a payload")).expect("small");
        assert_eq!(names(&bare), ["r", "a", "b"]);
        assert_eq!(content_digest(&request), content_digest(&there));
        digests.push(content_digest(&request));
        let again = signer("participant-p256")
            .sign_enveloped(payload)
            .expect("well-formed");
        assert_ne!(again, signed, "another nonce");
        if data == signed {
            let again = message(&again);
            let request = Request::read(again.body()).expect("a request");
            assert_eq!(content_digest(&request), digests[0]);
        }
    }
    assert!(digests.iter().all(|digest| *digest == digests[0]));
}

fn names(content: &Content<'_>) -> Vec<String> {
    let root = content.element();
    let inside = root.children().map(|child| child.local().to_owned());
    std::iter::once(root.local().to_owned())
        .chain(inside)
        .collect()
}

#[test]
fn bad_signature_of_a_payload_has_codes_of_its_own() {
    let payload = "<r xmlns=\"urn:r\"><a>1</a></r>";
    let (store, now) = (&*STORE, kezek::clock::now());
    let signed = |key: &str| signer(key).sign_enveloped(payload).expect("well-formed");
    let good = signed("participant");
    let value = good
        .split("<ds:SignatureValue>")
        .nth(1)
        .expect("a value")
        .to_owned();
    let turned = if value.starts_with('A') { 'B' } else { 'A' };
    for (name, data, codes) in [
        (
            "changed",
            good.replace("<a>1", "<a>2"),
            ("SCE016", "payload_digest"),
        ),
        (
            "another value",
            good.replace(&value, &format!("{turned}{}", &value[1..])),
            ("SCE016", "payload_signature"),
        ),
        (
            "expired",
            signed("expired"),
            ("SCE015", "payload_certificate"),
        ),
        (
            "of a stranger",
            signed("untrusted"),
            ("SCE015", "payload_certificate"),
        ),
        (
            "of something else",
            good.replace("URI=\"\"", "URI=\"#a\""),
            ("SCE016", "payload_signature"),
        ),
        (
            "by a stylesheet",
            good.replace("xmldsig#enveloped-signature", "xmldsig#xslt"),
            ("SCE016", "payload_signature"),
        ),
        (
            "without certificate",
            good.replace("X509Certificate", "X509SubjectName"),
            ("SCE015", "payload_certificate"),
        ),
        (
            "with an object",
            good.replace("</ds:KeyInfo>", "</ds:KeyInfo><ds:Object/>"),
            ("SCE016", "payload_signature"),
        ),
        (
            "by SHA-1",
            good.replace("xmldsig-more#rsa-sha256", "xmldsig-more#rsa-sha1"),
            ("SCE016", "payload_signature"),
        ),
    ] {
        let trusted = verify(message(&data), store, now).expect("the transport is believed");
        let request = trusted.request().expect("a request");
        let told = believe_payload(request.payload().expect("a payload"), store, now);
        let code = told.err().unwrap_or_else(|| panic!("{name}")).code();
        assert_eq!((code.shep_code(), code.as_str()), codes, "{name}");
    }
}
