//! Signatures and Timestamps whose parts are missing, repeated, moved or mixed with others.

use kezek::envelope::Code;

use crate::author::inside;

use super::Row;

pub const ROWS: &[Row] = &[
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
