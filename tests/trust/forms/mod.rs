//! Signatures of forms that are not accepted, each properly made over its own form; and signatures
//! that were touched after they were made.

mod algorithms;
mod lenient;
mod references;
mod shapes;
mod touched;
mod transforms;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kezek::envelope::Code;

use crate::attack::{Attack, check, judge};
use crate::author::{changed_then_signed, inside, sign_again, stamped, with_inside};
use crate::authority::believe;

const C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const TRANSFORM: &str =
    "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform>";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// A change of a message.
type Change = fn(&str) -> String;
/// A change, by name, with the code that must follow.
type Row = (&'static str, Change, Code, &'static str);

#[test]
fn signature_of_another_form_is_refused_however_well_it_is_made() {
    check(&well_made());
}

#[test]
fn what_was_touched_after_signing_is_refused() {
    check(&touched());
}

#[test]
fn forms_that_other_authors_write_are_believed() {
    for (name, change) in ACCEPTED {
        let message = changed_then_signed("participant", change);
        let told = judge(message.as_bytes()).map_err(|(code, why)| format!("{code:?}: {why}"));
        assert_eq!(told.err(), None, "{name}");
    }
}

#[test]
fn stamped_message_is_believed_before_any_change() {
    for key in ["participant", "participant-p256"] {
        assert!(believe(&sign_again(&stamped(key), key)).is_ok(), "{key}");
    }
}

pub fn attacks() -> Vec<Attack> {
    let mut attacks = well_made();
    attacks.extend(touched());
    attacks
}

fn well_made() -> Vec<Attack> {
    let rows = [
        transforms::ROWS,
        references::ROWS,
        algorithms::ROWS,
        shapes::ROWS,
        lenient::WELL_MADE,
    ];
    let rows = rows.into_iter().flatten();
    rows.map(|(name, change, code, because)| {
        Attack::new(
            *name,
            changed_then_signed("participant", change),
            *code,
            because,
        )
    })
    .collect()
}

fn touched() -> Vec<Attack> {
    let message = stamped("participant");
    let plain = stamped("participant-p256");
    let rows = touched::ROWS.iter().chain(lenient::TOUCHED);
    let mut attacks: Vec<Attack> = rows
        .map(|(name, change, code, because)| {
            let changed = change(&message);
            assert_ne!(changed, message, "{name}");
            Attack::new(*name, changed, *code, because)
        })
        .collect();
    for (name, value) in [
        ("ECDSA with r and s zero", vec![0; 64]),
        ("ECDSA with r zero", [vec![0; 32], vec![1; 32]].concat()),
        ("ECDSA with s zero", [vec![1; 32], vec![0; 32]].concat()),
        ("ECDSA with r and s of the group's order", ORDER.repeat(2)),
        ("ECDSA of 63 octets", vec![1; 63]),
        ("ECDSA of 65 octets", vec![1; 65]),
        (
            "ECDSA of 0x30, as DER begins",
            [vec![0x30, 0x44], vec![2; 68]].concat(),
        ),
        ("RSA's length under ECDSA", vec![1; 256]),
    ] {
        let changed = with_inside(&plain, "SignatureValue", |_| STANDARD.encode(&value));
        attacks.push(Attack::new(name, changed, Code::SignatureValue, ""));
    }
    let (start, end) = inside(&plain, "SignatureValue").expect("a value");
    let value = STANDARD.decode(&plain[start..end]).expect("base64");
    let swapped = [&value[32..], &value[..32]].concat();
    let changed = with_inside(&plain, "SignatureValue", |_| STANDARD.encode(&swapped));
    attacks.push(Attack::new(
        "ECDSA with s before r",
        changed,
        Code::SignatureValue,
        "",
    ));
    attacks
}

/// Forms that differ from ours and mean the same.
const ACCEPTED: &[(&str, Change)] = &[
    ("a PrefixList", |m| transformed(m, C14N, &list("soap wsu"))),
    ("a PrefixList with #default and unknown prefixes", |m| {
        transformed(m, C14N, &list("#default none xml"))
    }),
    ("a PrefixList of 16", |m| {
        transformed(m, C14N, &list(&"p ".repeat(16)))
    }),
    ("white space between elements", |m| {
        m.replace("><ds:", ">\r\n  <ds:")
    }),
    ("a header block that need not be understood", |m| {
        m.replacen(
            "<soap:Header>",
            "<soap:Header><r:Route xmlns:r=\"urn:r\" soap:mustUnderstand=\"0\"/>",
            1,
        )
    }),
    ("a header block before Security", |m| {
        m.replacen(
            "<soap:Header>",
            "<soap:Header><!-- for others --><r:Route xmlns:r=\"urn:r\">there</r:Route>",
            1,
        )
    }),
    ("Id without a namespace", |m| {
        m.replacen("wsu:Id=\"id-", "Id=\"id-", 1)
    }),
    ("enveloped-signature before, as node-soap writes it", |m| {
        m.replace(TRANSFORM, &format!("{}{TRANSFORM}", enveloped()))
    }),
    ("a Timestamp without an end", |m| {
        let start = m.find("<wsu:Expires>").expect("Expires");
        let end = m.find("</wsu:Timestamp>").expect("its end");
        format!("{}{}", &m[..start], &m[end..])
    }),
];

fn transform(algorithm: &str, inside: &str) -> String {
    format!("<ds:Transform Algorithm=\"{algorithm}\">{inside}</ds:Transform>")
}

fn enveloped() -> String {
    transform(ENVELOPED, "")
}

fn transformed(message: &str, algorithm: &str, inside: &str) -> String {
    message.replacen(TRANSFORM, &transform(algorithm, inside), 1)
}

fn list(prefixes: &str) -> String {
    format!("<e:InclusiveNamespaces xmlns:e=\"{C14N}\" PrefixList=\"{prefixes}\"/>")
}

fn method(message: &str, algorithm: &str, inside: &str) -> String {
    let ours = format!("<ds:SignatureMethod Algorithm=\"{RSA_SHA256}\"></ds:SignatureMethod>");
    let theirs =
        format!("<ds:SignatureMethod Algorithm=\"{algorithm}\">{inside}</ds:SignatureMethod>");
    message.replacen(&ours, &theirs, 1)
}

fn canonicalised(message: &str, algorithm: &str) -> String {
    let by = "<ds:CanonicalizationMethod Algorithm=\"";
    message.replacen(&format!("{by}{C14N}"), &format!("{by}{algorithm}"), 1)
}

fn uri(message: &str, change: impl Fn(&str) -> String) -> String {
    let start =
        message.find("<ds:Reference URI=\"").expect("a Reference") + "<ds:Reference URI=\"".len();
    let end = start + message[start..].find('"').expect("its end");
    format!(
        "{}{}{}",
        &message[..start],
        change(&message[start..end]),
        &message[end..]
    )
}

/// The first Reference, which is that to the Body, changed as a whole.
fn first_reference(message: &str, change: impl Fn(&str) -> String) -> String {
    let start = message.find("<ds:Reference ").expect("a Reference");
    let end = start
        + message[start..].find("</ds:Reference>").expect("its end")
        + "</ds:Reference>".len();
    format!(
        "{}{}{}",
        &message[..start],
        change(&message[start..end]),
        &message[end..]
    )
}

/// Gives the Id `s` to an element and lets the first Reference name it.
fn names(message: &str, tag: &str, with_id: &str) -> String {
    let wsu = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
    let named = message.replacen(tag, &with_id.replace("WSU", wsu), 1);
    assert_ne!(named, message, "{tag} is there");
    uri(&named, |_| "#s".into())
}

/// The start of SendMessage with the Id of the Body once more, under this name.
fn same_id(message: &str, attribute: &str) -> String {
    let start = message.find("wsu:Id=\"id-").expect("the Body's Id") + "wsu:Id=\"".len();
    let end = start + message[start..].find('"').expect("its end");
    format!("<t:SendMessage {attribute}=\"{}\" ", &message[start..end])
}

/// The order of the group of P-256.
const ORDER: &[u8] = &[
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
];
