//! Signatures of forms that are not accepted, each properly made over its own form; and signatures
//! that were touched after they were made.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kezek::envelope::Code;

use crate::attack::{Attack, check, judge};
use crate::author::{changed_then_signed, inside, sign_again, stamped, with_inside};
use crate::authority::believe;

const C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const TRANSFORM: &str =
    "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform>";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// A change of a message, by name, with the code that must follow.
type Row = (&'static str, fn(&str) -> String, Code, &'static str);

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
    let rows = TRANSFORMS
        .iter()
        .chain(REFERENCES)
        .chain(ALGORITHMS)
        .chain(SHAPES);
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
    let mut attacks: Vec<Attack> = TOUCHED
        .iter()
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

const TRANSFORMS: &[Row] = &[
    (
        "no Transforms",
        |m| {
            m.replacen(
                &format!("<ds:Transforms>{TRANSFORM}</ds:Transforms>"),
                "",
                1,
            )
        },
        Code::SignatureForm,
        "missing or too many",
    ),
    (
        "no Transform",
        |m| m.replacen(TRANSFORM, "", 1),
        Code::SignatureForm,
        "missing or too many",
    ),
    (
        "the transform twice",
        |m| m.replacen(TRANSFORM, &TRANSFORM.repeat(2), 1),
        Code::SignatureForm,
        "missing or too many",
    ),
    (
        "a thousand transforms",
        |m| m.replacen(TRANSFORM, &TRANSFORM.repeat(1000), 1),
        Code::SignatureForm,
        "missing or too many",
    ),
    (
        "enveloped-signature before",
        |m| {
            m.replacen(
                TRANSFORM,
                &format!(
                    "{}{TRANSFORM}",
                    transform("http://www.w3.org/2000/09/xmldsig#enveloped-signature", "")
                ),
                1,
            )
        },
        Code::SignatureForm,
        "missing or too many",
    ),
    (
        "enveloped-signature",
        |m| {
            transformed(
                m,
                "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
                "",
            )
        },
        Code::Algorithm,
        "",
    ),
    (
        "XPath",
        |m| {
            transformed(
                m,
                "http://www.w3.org/TR/1999/REC-xpath-19991116",
                "<ds:XPath>ancestor::x</ds:XPath>",
            )
        },
        Code::Algorithm,
        "",
    ),
    (
        "XPath filter 2",
        |m| {
            transformed(
                m,
                "http://www.w3.org/2002/06/xmldsig-filter2",
                "<f:XPath xmlns:f=\"http://www.w3.org/2002/06/xmldsig-filter2\" Filter=\"subtract\">//*</f:XPath>",
            )
        },
        Code::Algorithm,
        "",
    ),
    (
        "XSLT",
        |m| {
            transformed(
                m,
                "http://www.w3.org/TR/1999/REC-xslt-19991116",
                "<x:stylesheet xmlns:x=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\"/>",
            )
        },
        Code::Algorithm,
        "",
    ),
    (
        "base64",
        |m| transformed(m, "http://www.w3.org/2000/09/xmldsig#base64", ""),
        Code::Algorithm,
        "",
    ),
    (
        "STR-Transform",
        |m| {
            transformed(
                m,
                "http://docs.oasis-open.org/wss/2004/01/\
        oasis-200401-wss-soap-message-security-1.0#STR-Transform",
                "",
            )
        },
        Code::Algorithm,
        "",
    ),
    (
        "exclusive with comments",
        |m| transformed(m, "http://www.w3.org/2001/10/xml-exc-c14n#WithComments", ""),
        Code::Algorithm,
        "",
    ),
    (
        "inclusive",
        |m| transformed(m, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", ""),
        Code::Algorithm,
        "",
    ),
    (
        "inclusive 1.1",
        |m| transformed(m, "http://www.w3.org/2006/12/xml-c14n11", ""),
        Code::Algorithm,
        "",
    ),
    (
        "a transform in upper case",
        |m| transformed(m, &C14N.to_uppercase(), ""),
        Code::Algorithm,
        "",
    ),
    (
        "a transform with a space behind",
        |m| transformed(m, &format!("{C14N} "), ""),
        Code::Algorithm,
        "",
    ),
    (
        "a transform without a name",
        |m| m.replacen(TRANSFORM, "<ds:Transform/>", 1),
        Code::Algorithm,
        "",
    ),
    (
        "PrefixList of 17",
        |m| transformed(m, C14N, &list(&"p ".repeat(17))),
        Code::Algorithm,
        "",
    ),
    (
        "PrefixList of 10 000",
        |m| transformed(m, C14N, &list(&"p ".repeat(10_000))),
        Code::Algorithm,
        "",
    ),
    (
        "two PrefixLists",
        |m| transformed(m, C14N, &list("soap").repeat(2)),
        Code::Algorithm,
        "",
    ),
    (
        "PrefixList of another namespace",
        |m| transformed(m, C14N, "<ds:InclusiveNamespaces PrefixList=\"soap\"/>"),
        Code::Algorithm,
        "",
    ),
    (
        "PrefixList that holds an element",
        |m| {
            transformed(
                m,
                C14N,
                &list("soap").replace("/>", "><a/></e:InclusiveNamespaces>"),
            )
        },
        Code::Algorithm,
        "",
    ),
    (
        "text in a Transform",
        |m| transformed(m, C14N, "text"),
        Code::SignatureForm,
        "text or a comment",
    ),
];

const REFERENCES: &[Row] = &[
    (
        "Timestamp alone",
        |m| first_reference(m, |_| String::new()),
        Code::BodyNotSigned,
        "",
    ),
    (
        "no Reference",
        |m| first_reference(&first_reference(m, |_| String::new()), |_| String::new()),
        Code::SignatureForm,
        "no Reference",
    ),
    (
        "the Body twice",
        |m| first_reference(m, |r| r.repeat(2)),
        Code::SignatureForm,
        "out of place",
    ),
    (
        "seven References",
        |m| first_reference(m, |r| r.repeat(6)),
        Code::SignatureForm,
        "too many",
    ),
    (
        "a thousand References",
        |m| first_reference(m, |r| r.repeat(200)),
        Code::SignatureForm,
        "too many",
    ),
    (
        "the whole document",
        |m| uri(m, |_| String::new()),
        Code::SignatureForm,
        "must name an Id",
    ),
    (
        "an empty Id",
        |m| uri(m, |_| "#".into()),
        Code::SignatureForm,
        "must name an Id",
    ),
    (
        "no URI",
        |m| m.replacen("<ds:Reference URI=", "<ds:Reference Id=", 1),
        Code::SignatureForm,
        "must name an Id",
    ),
    (
        "URI of a namespace",
        |m| m.replacen("<ds:Reference URI=", "<ds:Reference ds:URI=", 1),
        Code::SignatureForm,
        "must name an Id",
    ),
    (
        "xpointer to the root",
        |m| uri(m, |_| "#xpointer(/)".into()),
        Code::SignatureForm,
        "must name an Id",
    ),
    (
        "xpointer to the Id",
        |m| uri(m, |id| format!("#xpointer(id('{}'))", &id[1..])),
        Code::SignatureForm,
        "must name an Id",
    ),
    (
        "element pointer",
        |m| uri(m, |_| "#element(/1/2)".into()),
        Code::SignatureForm,
        "must name an Id",
    ),
    (
        "http",
        |m| uri(m, |_| "http://attacker.example/body.xml".into()),
        Code::SignatureForm,
        "must name an Id",
    ),
    (
        "http with the Id",
        |m| uri(m, |id| format!("http://attacker.example/{id}")),
        Code::SignatureForm,
        "must name an Id",
    ),
    (
        "file",
        |m| uri(m, |_| "file:///etc/passwd".into()),
        Code::SignatureForm,
        "must name an Id",
    ),
    (
        "attachment",
        |m| uri(m, |_| "cid:body".into()),
        Code::SignatureForm,
        "must name an Id",
    ),
    (
        "an Id that no element has",
        |m| uri(m, |_| "#nobody".into()),
        Code::SignatureForm,
        "no element has",
    ),
    (
        "the Id with an escape",
        |m| uri(m, |id| id.replacen("id-", "id%2D", 1)),
        Code::SignatureForm,
        "no element has",
    ),
    (
        "an Id of another namespace",
        |m| m.replacen("wsu:Id=\"id-", "xmlns:o=\"urn:o\" o:Id=\"id-", 1),
        Code::SignatureForm,
        "no element has",
    ),
    (
        "Security itself",
        |m| {
            names(
                m,
                "<wsse:Security ",
                "<wsse:Security wsu:Id=\"s\" xmlns:wsu=\"WSU\" ",
            )
        },
        Code::SignatureForm,
        "out of place",
    ),
    (
        "the Signature itself",
        |m| names(m, "<ds:Signature ", "<ds:Signature Id=\"s\" "),
        Code::SignatureForm,
        "out of place",
    ),
    (
        "SignedInfo itself",
        |m| names(m, "<ds:SignedInfo ", "<ds:SignedInfo Id=\"s\" "),
        Code::SignatureForm,
        "out of place",
    ),
    (
        "KeyInfo",
        |m| names(m, "<ds:KeyInfo>", "<ds:KeyInfo Id=\"s\">"),
        Code::SignatureForm,
        "out of place",
    ),
    (
        "the Header",
        |m| names(m, "<soap:Header>", "<soap:Header Id=\"s\">"),
        Code::SignatureForm,
        "out of place",
    ),
    (
        "the Envelope",
        |m| names(m, "<soap:Envelope ", "<soap:Envelope Id=\"s\" "),
        Code::SignatureForm,
        "out of place",
    ),
    (
        "what stands in the Body alone",
        |m| names(m, "<t:SendMessage ", "<t:SendMessage Id=\"s\" "),
        Code::SignatureForm,
        "out of place",
    ),
    (
        "a Manifest",
        |m| {
            m.replacen(
                "<ds:Reference URI",
                "<ds:Reference Type=\"http://www.w3.org/2000/09/xmldsig#Manifest\" URI",
                1,
            )
            .replacen("URI=\"#id-", "URI=\"#manifest-", 1)
        },
        Code::SignatureForm,
        "no element has",
    ),
    (
        "two DigestValues",
        |m| {
            m.replacen(
                "</ds:Reference>",
                "<ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>",
                1,
            )
        },
        Code::SignatureForm,
        "missing or too many",
    ),
    (
        "DigestValue before DigestMethod",
        |m| {
            first_reference(m, |r| {
                let at = r.find("<ds:DigestMethod").expect("a method");
                let value = r.find("<ds:DigestValue>").expect("a value");
                let end = r.len() - "</ds:Reference>".len();
                format!(
                    "{}{}{}{}",
                    &r[..at],
                    &r[value..end],
                    &r[at..value],
                    &r[end..]
                )
            })
        },
        Code::SignatureForm,
        "not where it should be",
    ),
    (
        "an Object in SignedInfo",
        |m| m.replacen("</ds:SignedInfo>", "<ds:Object/></ds:SignedInfo>", 1),
        Code::SignatureForm,
        "something else than References",
    ),
];

const ALGORITHMS: &[Row] = &[
    (
        "HMAC",
        |m| method(m, "http://www.w3.org/2000/09/xmldsig#hmac-sha1", ""),
        Code::Algorithm,
        "",
    ),
    (
        "HMAC-SHA256",
        |m| method(m, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", ""),
        Code::Algorithm,
        "",
    ),
    (
        "HMAC of one bit",
        |m| {
            method(
                m,
                "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
                "<ds:HMACOutputLength>1</ds:HMACOutputLength>",
            )
        },
        Code::Algorithm,
        "",
    ),
    (
        "RSA with HMAC's length",
        |m| {
            method(
                m,
                RSA_SHA256,
                "<ds:HMACOutputLength>1</ds:HMACOutputLength>",
            )
        },
        Code::Algorithm,
        "",
    ),
    (
        "RSA-SHA1",
        |m| method(m, "http://www.w3.org/2000/09/xmldsig#rsa-sha1", ""),
        Code::Algorithm,
        "",
    ),
    (
        "RSA-MD5",
        |m| method(m, "http://www.w3.org/2001/04/xmldsig-more#rsa-md5", ""),
        Code::Algorithm,
        "",
    ),
    (
        "DSA",
        |m| method(m, "http://www.w3.org/2000/09/xmldsig#dsa-sha1", ""),
        Code::Algorithm,
        "",
    ),
    (
        "RSA-PSS",
        |m| {
            method(
                m,
                "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
                "",
            )
        },
        Code::Algorithm,
        "",
    ),
    (
        "an unknown algorithm",
        |m| method(m, "urn:none", ""),
        Code::Algorithm,
        "",
    ),
    (
        "no algorithm",
        |m| {
            m.replacen(
                &format!("<ds:SignatureMethod Algorithm=\"{RSA_SHA256}\">"),
                "<ds:SignatureMethod>",
                1,
            )
        },
        Code::Algorithm,
        "",
    ),
    (
        "the algorithm of another key",
        |m| method(m, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", ""),
        Code::SignatureValue,
        "",
    ),
    (
        "SHA-1 digest",
        |m| m.replacen(SHA256, "http://www.w3.org/2000/09/xmldsig#sha1", 1),
        Code::Algorithm,
        "",
    ),
    (
        "MD5 digest",
        |m| m.replacen(SHA256, "http://www.w3.org/2001/04/xmldsig-more#md5", 1),
        Code::Algorithm,
        "",
    ),
    (
        "a digest method that holds something",
        |m| m.replacen("</ds:DigestMethod>", "<a/></ds:DigestMethod>", 1),
        Code::Algorithm,
        "",
    ),
    (
        "SignedInfo with comments",
        |m| canonicalised(m, "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"),
        Code::Algorithm,
        "",
    ),
    (
        "SignedInfo inclusive",
        |m| canonicalised(m, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
        Code::Algorithm,
        "",
    ),
    (
        "SignedInfo not canonicalised",
        |m| canonicalised(m, "http://www.w3.org/2000/09/xmldsig#minimal"),
        Code::Algorithm,
        "",
    ),
];

const SHAPES: &[Row] = &[
    (
        "an Object in the Signature",
        |m| m.replacen("</ds:Signature>", "<ds:Object/></ds:Signature>", 1),
        Code::SignatureForm,
        "missing or too many",
    ),
    (
        "two SignedInfos",
        |m| {
            let (start, end) = inside(m, "SignedInfo").expect("SignedInfo");
            m.replacen(
                "</ds:SignedInfo>",
                &format!(
                    "</ds:SignedInfo><ds:SignedInfo>{}</ds:SignedInfo>",
                    &m[start..end]
                ),
                1,
            )
        },
        Code::SignatureForm,
        "missing or too many",
    ),
    (
        "KeyInfo before SignatureValue",
        |m| {
            let value = m.find("<ds:SignatureValue>").expect("a value");
            let key = m.find("<ds:KeyInfo>").expect("KeyInfo");
            let end = m.find("</ds:Signature>").expect("the end");
            format!(
                "{}{}{}{}",
                &m[..value],
                &m[key..end],
                &m[value..key],
                &m[end..]
            )
        },
        Code::SignatureForm,
        "not where it should be",
    ),
    (
        "no KeyInfo",
        |m| {
            let key = m.find("<ds:KeyInfo>").expect("KeyInfo");
            let end = m.find("</ds:Signature>").expect("the end");
            format!("{}{}", &m[..key], &m[end..])
        },
        Code::SignatureForm,
        "missing or too many",
    ),
    (
        "a comment in SignedInfo",
        |m| m.replacen("<ds:SignatureMethod", "<!-- --><ds:SignatureMethod", 1),
        Code::SignatureForm,
        "text or a comment",
    ),
    (
        "text in SignedInfo",
        |m| m.replacen("<ds:SignatureMethod", "text<ds:SignatureMethod", 1),
        Code::SignatureForm,
        "text or a comment",
    ),
    (
        "SignatureMethod first",
        |m| {
            let one = m.find("<ds:CanonicalizationMethod").expect("one");
            let two = m.find("<ds:SignatureMethod").expect("two");
            let end = m.find("<ds:Reference").expect("the end");
            format!("{}{}{}{}", &m[..one], &m[two..end], &m[one..two], &m[end..])
        },
        Code::SignatureForm,
        "SignedInfo is incomplete",
    ),
    (
        "two signed Timestamps",
        |m| {
            let start = m.find("<wsu:Timestamp").expect("a Timestamp");
            let end = m.find("<ds:Signature ").expect("behind it");
            let second = m[start..end].replace("wsu:Id=\"TS-", "wsu:Id=\"TT-");
            let first_id = m.find("#TS-").expect("its Reference");
            let from = m[..first_id].rfind("<ds:Reference").expect("its Reference");
            let to = m.find("</ds:SignedInfo>").expect("its end");
            let reference = m[from..to].replace("#TS-", "#TT-");
            format!(
                "{}{second}{}{reference}{}",
                &m[..end],
                &m[end..to],
                &m[to..]
            )
        },
        Code::SignatureForm,
        "several signed Timestamps",
    ),
    (
        "a Timestamp with a stranger inside",
        |m| m.replacen("</wsu:Timestamp>", "<a/></wsu:Timestamp>", 1),
        Code::SignatureForm,
        "holds something else",
    ),
    (
        "a Timestamp created twice",
        |m| {
            m.replacen(
                "<wsu:Expires>",
                "<wsu:Created>2026-01-01T00:00:00Z</wsu:Created><wsu:Expires>",
                1,
            )
        },
        Code::SignatureForm,
        "something twice",
    ),
    (
        "a Timestamp that is empty",
        |m| {
            let start = m.find("<wsu:Created>").expect("Created");
            let end = m.find("</wsu:Timestamp>").expect("the end");
            format!("{}{}", &m[..start], &m[end..])
        },
        Code::Timestamp,
        "",
    ),
    (
        "a Timestamp split by a comment",
        |m| m.replacen("</wsu:Created>", "<!-- --></wsu:Created>", 1),
        Code::Timestamp,
        "",
    ),
    (
        "a Timestamp of no time",
        |m| m.replacen("<wsu:Expires>", "<wsu:Expires>x", 1),
        Code::Timestamp,
        "",
    ),
];

const TOUCHED: &[Row] = &[
    (
        "the payload",
        |m| m.replacen(">text<", ">tex7<", 1),
        Code::DigestMismatch,
        "",
    ),
    (
        "the service",
        |m| m.replacen("S-08", "S-12", 1),
        Code::DigestMismatch,
        "",
    ),
    (
        "an attribute of the Body",
        |m| m.replacen("<soap:Body ", "<soap:Body a=\"1\" ", 1),
        Code::DigestMismatch,
        "",
    ),
    (
        "a prefix in the Body",
        |m| {
            m.replace("k:payload", "j:payload")
                .replace("xmlns:k", "xmlns:j")
        },
        Code::DigestMismatch,
        "",
    ),
    (
        "a namespace in the Body",
        |m| m.replacen("urn:example", "urn:exampl3", 1),
        Code::DigestMismatch,
        "",
    ),
    (
        "white space in the Body",
        |m| m.replacen("<request>", "<request> ", 1),
        Code::DigestMismatch,
        "",
    ),
    (
        "the Timestamp",
        |m| m.replacen("<wsu:Created>2", "<wsu:Created>3", 1),
        Code::DigestMismatch,
        "",
    ),
    (
        "a digest",
        |m| with_inside(m, "DigestValue", |_| STANDARD.encode([7; 32])),
        Code::DigestMismatch,
        "",
    ),
    (
        "a digest cut short",
        |m| with_inside(m, "DigestValue", |_| STANDARD.encode([7; 31])),
        Code::DigestMismatch,
        "",
    ),
    (
        "a digest of nothing",
        |m| with_inside(m, "DigestValue", |_| String::new()),
        Code::SignatureForm,
        "not base64",
    ),
    (
        "a digest that is no base64",
        |m| with_inside(m, "DigestValue", |_| "*".repeat(44)),
        Code::SignatureForm,
        "not base64",
    ),
    (
        "a digest without its padding",
        |m| with_inside(m, "DigestValue", |d| d.replace('=', "")),
        Code::SignatureForm,
        "not base64",
    ),
    (
        "a digest and something behind",
        |m| with_inside(m, "DigestValue", |d| format!("{d}AAAA")),
        Code::SignatureForm,
        "not base64",
    ),
    (
        "a digest split by a comment",
        |m| {
            with_inside(m, "DigestValue", |d| {
                format!("{}<!-- -->{}", &d[..9], &d[9..])
            })
        },
        Code::SignatureForm,
        "not base64",
    ),
    (
        "a digest behind a comment",
        |m| with_inside(m, "DigestValue", |d| format!("<!--{d}-->{d}")),
        Code::SignatureForm,
        "not base64",
    ),
    (
        "a digest split by an element",
        |m| with_inside(m, "DigestValue", |d| format!("{}<a/>{}", &d[..9], &d[9..])),
        Code::SignatureForm,
        "not base64",
    ),
    (
        "a reference to another Id",
        |m| m.replacen("URI=\"#TS-", "URI=\"#TT-", 1),
        Code::SignatureForm,
        "no element has",
    ),
    (
        "SignedInfo, by a prefix",
        |m| {
            m.replacen(
                "<ds:Reference URI=\"#TS",
                "<ds:Reference Type=\"urn:t\" URI=\"#TS",
                1,
            )
        },
        Code::SignatureValue,
        "",
    ),
    (
        "SignedInfo, by white space",
        |m| m.replacen("<ds:SignatureMethod", " <ds:SignatureMethod", 1),
        Code::SignatureValue,
        "",
    ),
    (
        "SignedInfo, by a reference less",
        |m| {
            let at = m.find("<ds:Reference URI=\"#TS").expect("the second");
            let end = m.find("</ds:SignedInfo>").expect("its end");
            format!("{}{}", &m[..at], &m[end..])
        },
        Code::SignatureValue,
        "",
    ),
    (
        "the value",
        |m| with_inside(m, "SignatureValue", |_| STANDARD.encode([7; 256])),
        Code::SignatureValue,
        "",
    ),
    (
        "a value of zeros",
        |m| with_inside(m, "SignatureValue", |_| STANDARD.encode([0; 256])),
        Code::SignatureValue,
        "",
    ),
    (
        "a value of ones",
        |m| with_inside(m, "SignatureValue", |_| STANDARD.encode([255; 256])),
        Code::SignatureValue,
        "",
    ),
    (
        "a value of one octet",
        |m| with_inside(m, "SignatureValue", |_| STANDARD.encode([7])),
        Code::SignatureValue,
        "",
    ),
    (
        "a value with a zero before",
        |m| {
            with_inside(m, "SignatureValue", |v| {
                let value = STANDARD.decode(v).expect("base64");
                STANDARD.encode([&[0], &value[..]].concat())
            })
        },
        Code::SignatureValue,
        "",
    ),
    (
        "a value of nothing",
        |m| with_inside(m, "SignatureValue", |_| String::new()),
        Code::SignatureForm,
        "not base64",
    ),
    (
        "a value split by a comment",
        |m| {
            with_inside(m, "SignatureValue", |v| {
                format!("{}<!-- -->{}", &v[..9], &v[9..])
            })
        },
        Code::SignatureForm,
        "not base64",
    ),
    (
        "a value split by an element",
        |m| {
            with_inside(m, "SignatureValue", |v| {
                format!("{}<a/>{}", &v[..9], &v[9..])
            })
        },
        Code::SignatureForm,
        "not base64",
    ),
    (
        "a second Id of wsu",
        |m| m.replacen("<t:SendMessage ", &same_id(m, "wsu:Id"), 1),
        Code::DuplicateId,
        "",
    ),
    (
        "a second Id",
        |m| m.replacen("<t:SendMessage ", &same_id(m, "Id"), 1),
        Code::DuplicateId,
        "",
    ),
    (
        "a second ID",
        |m| m.replacen("<t:SendMessage ", &same_id(m, "ID"), 1),
        Code::DuplicateId,
        "",
    ),
    (
        "a second id",
        |m| m.replacen("<t:SendMessage ", &same_id(m, "id"), 1),
        Code::DuplicateId,
        "",
    ),
    (
        "a second xml:id",
        |m| m.replacen("<t:SendMessage ", &same_id(m, "xml:id"), 1),
        Code::DuplicateId,
        "",
    ),
    (
        "a second wsu:ID",
        |m| m.replacen("<t:SendMessage ", &same_id(m, "wsu:ID"), 1),
        Code::DuplicateId,
        "",
    ),
    (
        "a second Id of a stranger",
        |m| {
            m.replacen(
                "<t:SendMessage ",
                &format!("{} xmlns:o=\"urn:o\" ", same_id(m, "o:Id").trim_end()),
                1,
            )
        },
        Code::DuplicateId,
        "",
    ),
    (
        "a second Id in the Header before",
        |m| {
            m.replacen(
                "<soap:Header>",
                &format!("<soap:Header>{}xmlns:t=\"urn:t\"/>", same_id(m, "Id")),
                1,
            )
        },
        Code::DuplicateId,
        "",
    ),
    (
        "a second Id at the Body itself",
        |m| {
            m.replacen(
                "<soap:Body ",
                &same_id(m, "Id").replace("<t:SendMessage ", "<soap:Body "),
                1,
            )
        },
        Code::DuplicateId,
        "",
    ),
    (
        "the Signature again in another Security",
        |m| {
            let start = m.find("<wsse:Security").expect("Security");
            let end = m.find("</soap:Header>").expect("its end");
            format!("{}{}{}", &m[..end], &m[start..end], &m[end..])
        },
        Code::SignatureForm,
        "several Security",
    ),
    (
        "the Signature twice",
        |m| {
            let start = m.find("<ds:Signature ").expect("Signature");
            let end = m.find("</wsse:Security>").expect("its end");
            format!("{}{}{}", &m[..end], &m[start..end], &m[end..])
        },
        Code::SignatureForm,
        "several Signatures",
    ),
    (
        "the Signature taken away",
        |m| {
            let start = m.find("<ds:Signature ").expect("Signature");
            let end = m.find("</wsse:Security>").expect("its end");
            format!("{}{}", &m[..start], &m[end..])
        },
        Code::NotSigned,
        "",
    ),
    (
        "the Signature one deeper",
        |m| {
            m.replacen("<ds:Signature ", "<a><ds:Signature ", 1)
                .replacen("</ds:Signature>", "</ds:Signature></a>", 1)
        },
        Code::NotSigned,
        "",
    ),
    (
        "a processing instruction in the Body",
        |m| m.replacen("<request>", "<request><?go on?>", 1),
        Code::ProcessingInstruction,
        "",
    ),
    (
        "a comment in an Id's value",
        |m| m.replacen("wsu:Id=\"id-", "wsu:Id=\"id<!-- -->-", 1),
        Code::NotXml,
        "",
    ),
    (
        "a DTD before",
        |m| format!("<!DOCTYPE a [<!ATTLIST a Id ID #IMPLIED>]>{m}"),
        Code::DocumentType,
        "",
    ),
    (
        "a header block that must be understood",
        |m| {
            m.replacen(
                "<soap:Header>",
                "<soap:Header><r:Route xmlns:r=\"urn:r\" soap:mustUnderstand=\"1\"/>",
                1,
            )
        },
        Code::MustUnderstand,
        "",
    ),
];

/// Forms that differ from ours and mean the same.
const ACCEPTED: &[(&str, fn(&str) -> String)] = &[
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
    ("a Timestamp without an end", |m| {
        let start = m.find("<wsu:Expires>").expect("Expires");
        let end = m.find("</wsu:Timestamp>").expect("its end");
        format!("{}{}", &m[..start], &m[end..])
    }),
];

fn transform(algorithm: &str, inside: &str) -> String {
    format!("<ds:Transform Algorithm=\"{algorithm}\">{inside}</ds:Transform>")
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
