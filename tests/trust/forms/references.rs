//! References that name what they must not, or are not as they must be.

use kezek::envelope::Code;

use super::{Row, first_reference, names, uri};

pub const ROWS: &[Row] = &[
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
