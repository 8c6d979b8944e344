//! Messages that were changed after they were signed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kezek::envelope::Code;

use crate::author::with_inside;

use super::{Row, same_id};

pub const ROWS: &[Row] = &[
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
