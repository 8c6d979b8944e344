//! Bad messages, each with the fault that it must get.

use kezek::clock;
use kezek::signature::unsigned;

use crate::house::authority;
use crate::post::{participant, registration, replaced, with_data, with_property};

/// A message and the fault it must get.
pub struct Case {
    pub message: Vec<u8>,
    pub shep: &'static str,
    pub code: &'static str,
    /// Who is believed to have signed: then the journal names the sender and keeps the octets.
    pub sender: Option<&'static str>,
}

fn case(shep: &'static str, code: &'static str, message: impl Into<Vec<u8>>) -> Case {
    Case {
        message: message.into(),
        shep,
        code,
        sender: None,
    }
}

impl Case {
    fn of(self, sender: &'static str) -> Self {
        Self {
            sender: Some(sender),
            ..self
        }
    }
}

fn content() -> String {
    registration(1).content().to_owned()
}

fn signed() -> String {
    participant().sign(&content(), None)
}

fn signed_with(key: &str) -> String {
    authority().signer(key).sign(&content(), None)
}

/// A signed message of the same content with one place changed before it was signed.
fn signed_but(from: &str, to: &str) -> String {
    participant().sign(&replaced(&content(), from, to), None)
}

/// The same, with something else in the place of `data`.
fn signed_with_data(data: &str) -> String {
    participant().sign(&with_data(&content(), data), None)
}

/// The same, where the place is the value of an element.
fn signed_with_value(path: &[&str], value: &str) -> String {
    let mut draft = registration(1);
    draft.set(path, value);
    participant().sign(draft.content(), None)
}

/// A signed message changed afterwards.
fn changed(from: &str, to: &str) -> String {
    replaced(&signed(), from, to)
}

/// The first text between two marks.
pub fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let (_, rest) = text.split_once(from).expect("it is there");
    rest.split_once(to).expect("it ends").0
}

/// All of them.
pub fn every_case() -> Vec<Case> {
    [
        not_a_message(),
        not_believed(),
        not_allowed(),
        badly_signed_payloads(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is no message of SyncChannel v10.
fn not_a_message() -> Vec<Case> {
    let utf16: Vec<u8> = signed().encode_utf16().flat_map(u16::to_be_bytes).collect();
    let deep = format!("{}{}", "<a>".repeat(60), "</a>".repeat(60));
    let id = between(&signed(), "<messageId>", "</messageId>").to_owned();
    let twice = |content: &str| {
        let (before, after) = content.split_once("<messageId>").expect("a messageId");
        format!("{before}<messageId>{id}</messageId><messageId>{after}")
    };
    vec![
        case("SCE001", "not_xml", "this is not XML"),
        case("SCE001", "not_xml", ""),
        case("SCE001", "not_xml", &signed().as_bytes()[..3_000]),
        case(
            "SCE001",
            "document_type",
            format!(
                "<!DOCTYPE soap:Envelope [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{}",
                signed()
            ),
        ),
        case("SCE001", "encoding", utf16),
        case("SCE001", "too_complex", unsigned(&deep)),
        case(
            "SCE001",
            "processing_instruction",
            format!("<?php echo?>{}", signed()),
        ),
        case("SCE001", "not_an_envelope", "<letter/>"),
        case(
            "SCE001",
            "soap_version",
            signed().replace(
                "http://schemas.xmlsoap.org/soap/envelope/",
                "http://www.w3.org/2003/05/soap-envelope",
            ),
        ),
        case(
            "SCE001",
            "body_count",
            changed("</soap:Envelope>", "<soap:Body/></soap:Envelope>"),
        ),
        case(
            "SCE001",
            "must_understand",
            changed(
                "<soap:Header>",
                "<soap:Header><x:y xmlns:x=\"urn:x\" soap:mustUnderstand=\"1\"/>",
            ),
        ),
        case("SCE001", "operation", participant().sign("<letter/>", None)),
        case(
            "SCE001",
            "element_missing",
            signed_but("<serviceId>S-08</serviceId>", ""),
        ),
        case(
            "SCE001",
            "element_repeated",
            participant().sign(&twice(&content()), None),
        ),
        case(
            "SCE001",
            "info_value",
            signed_with_value(&["messageDate"], "yesterday"),
        ),
        case(
            "SCE001",
            "info_value",
            signed_with_value(&["messageId"], &"x".repeat(101)),
        ),
    ]
}

/// What is one, and is not believed.
fn not_believed() -> Vec<Case> {
    [signatures(), certificates(), senders()]
        .into_iter()
        .flatten()
        .collect()
}

fn signatures() -> Vec<Case> {
    let id = between(&signed(), "<soap:Body ", ">").to_owned();
    assert!(id.contains("Id=\"id-"), "{id}");
    let wrapped = {
        let message = signed();
        let (before, rest) = message.split_once("<soap:Body").expect("a Body");
        let (body, after) = rest.split_once("</soap:Body>").expect("it ends");
        let hidden = format!("<soap:Body{body}</soap:Body>");
        let before = replaced(before, "</soap:Header>", &format!("{hidden}</soap:Header>"));
        let other = registration(2);
        format!("{before}<soap:Body>{}</soap:Body>{after}", other.content())
    };
    let twice = {
        let message = signed();
        let id = between(&message, "Id=\"id-", "\"").to_owned();
        replaced(
            &message,
            "<soap:Header>",
            &format!("<soap:Header><x:y xmlns:x=\"urn:x\" Id=\"id-{id}\"/>"),
        )
    };
    let forged = {
        let message = signed();
        let value = between(&message, "<ds:SignatureValue>", "</ds:SignatureValue>").to_owned();
        let first = if value.starts_with('A') { "B" } else { "A" };
        replaced(&message, &value, &format!("{first}{}", &value[1..]))
    };
    let body_left_out = {
        let message = participant().sign(&content(), Some((clock::now(), 300_000)));
        let (before, rest) = message
            .split_once("<ds:Reference")
            .expect("the Body's comes first");
        let (_, after) = rest.split_once("</ds:Reference>").expect("it ends");
        format!("{before}{after}")
    };
    let hour_ago = clock::now().plus_millis(-3_600_000);
    vec![
        case("SCE007", "not_signed", unsigned(&content())),
        case(
            "SCE006",
            "digest_mismatch",
            changed("710000000-0002", "710000000-0003"),
        ),
        case("SCE006", "body_not_signed", body_left_out),
        case("SCE006", "signature_value", forged),
        case("SCE006", "duplicate_id", twice),
        case("SCE001", "not_an_envelope", wrapped),
        case(
            "SCE006",
            "algorithm",
            changed("xmldsig-more#ecdsa-sha256", "xmldsig-more#ecdsa-sha224"),
        ),
        case(
            "SCE006",
            "signature_form",
            changed("<ds:SignedInfo", "<ds:Object/><ds:SignedInfo"),
        ),
        case(
            "SCE006",
            "timestamp",
            participant().sign(&content(), Some((hour_ago, 300_000))),
        ),
    ]
}

fn certificates() -> Vec<Case> {
    let stranger = {
        let message = signed();
        let tail = message
            .split_once("<wsse:KeyIdentifier")
            .expect("a certificate")
            .1;
        let text = between(tail, ">", "<").to_owned();
        replaced(&message, &text, "bm90IGEgY2VydGlmaWNhdGU=")
    };
    vec![
        case("SCE005", "certificate_malformed", stranger),
        case("SCE005", "certificate_expired", signed_with("expired")),
        case(
            "SCE005",
            "certificate_not_yet_valid",
            signed_with("not-yet-valid"),
        ),
        case("SCE005", "certificate_revoked", signed_with("revoked")),
        case("SCE005", "certificate_usage", signed_with("signing-in")),
        case("SCE005", "certificate_untrusted", signed_with("untrusted")),
    ]
}

fn senders() -> Vec<Case> {
    vec![
        case("SCE006", "sender_mismatch", signed_with("nobody")),
        case("SCE006", "sender_mismatch", signed_with("bank")),
        // Of the sender's organisation, and not its information system.
        case("SCE005", "certificate_role", signed_with("employee")),
        case(
            "SCE006",
            "sender_mismatch",
            signed_with_value(&["senderId"], "bank"),
        ),
        case(
            "SCE006",
            "sender_unknown",
            signed_with_value(&["senderId"], "nobody-knows"),
        ),
        // A gateway speaks for participants only, not for itself.
        case("SCE006", "sender_unknown", {
            let mut draft = registration(1);
            draft.set(&["senderId"], "shep");
            authority().signer("shep").sign(draft.content(), None)
        }),
        case(
            "SCE006",
            "password",
            signed_with_value(&["senderId"], "with-password"),
        ),
        case("SCE006", "password", {
            let mut draft = registration(1);
            draft.set(&["senderId"], "with-password");
            let sender = "<senderId>with-password</senderId>";
            let wrong = format!("{sender}<password>guess</password>");
            participant().sign(&replaced(draft.content(), sender, &wrong), None)
        }),
    ]
}

/// A message of one who is believed, around a payload that a key signed and that was changed then.
fn with_signed_payload(key: &str, change: impl Fn(&str) -> String) -> Case {
    let content = content();
    let payload = between(&content, "<data>", "</data>").trim();
    let payload = authority().signer(key).sign_enveloped(payload);
    let payload = change(&payload.expect("the payload stands for itself"));
    let message = signed_with_data(&format!("<data>{payload}</data>"));
    case("", "", message).of("egov-mobile")
}

/// Payloads with a signature of their own that is not believed.
fn badly_signed_payloads() -> Vec<Case> {
    let told = |case: Case, shep, code| Case { shep, code, ..case };
    let unchanged = |text: &str| text.to_owned();
    let digest = |text: &str| replaced(text, "710000000-0002", "710000000-0003");
    let form = |text: &str| replaced(text, "URI=\"\"", "URI=\"#other\"");
    vec![
        told(
            with_signed_payload("expired", unchanged),
            "SCE015",
            "payload_certificate",
        ),
        told(
            with_signed_payload("bank", digest),
            "SCE016",
            "payload_digest",
        ),
        told(
            with_signed_payload("bank", form),
            "SCE016",
            "payload_signature",
        ),
    ]
}

/// What is believed, and asks for what the sender may not have.
fn not_allowed() -> Vec<Case> {
    let bank = |settlement: &str| {
        let mut draft = registration(1);
        draft
            .set(&["senderId"], "bank")
            .set(&["settlement"], settlement);
        let content = draft
            .content()
            .replace("710000000-", &format!("{settlement}-"));
        authority().signer("bank").sign(&content, None)
    };
    let stale = format!("r1.{}.{}", clock::now().millis(), "A".repeat(43));
    vec![
        case(
            "SCE004",
            "service_unknown",
            signed_with_value(&["serviceId"], "S-99"),
        )
        .of("egov-mobile"),
        case(
            "SCE004",
            "service_not_open",
            signed_with_value(&["serviceId"], "S-16"),
        )
        .of("egov-mobile"),
        case(
            "SCE004",
            "service_not_allowed",
            signed_with_value(&["senderId"], "reader"),
        )
        .of("reader"),
        case("SCE004", "region_not_allowed", bank("750000000")).of("bank"),
        case("SCE001", "data_content", signed_with_data("<data/>")).of("egov-mobile"),
        case(
            "SCE001",
            "data_text",
            signed_with_data("<data>&lt;k:queueRegistration</data>"),
        )
        .of("egov-mobile"),
        case(
            "SCE001",
            "receipt",
            participant().sign(&with_property(&content(), "receipt", &stale), None),
        )
        .of("egov-mobile"),
    ]
}
