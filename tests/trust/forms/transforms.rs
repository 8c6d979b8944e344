//! Transforms that are not the one that is accepted, or not alone.

use kezek::envelope::Code;

use super::{C14N, ENVELOPED, Row, TRANSFORM, enveloped, list, transform, transformed};

pub const ROWS: &[Row] = &[
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
        "enveloped-signature twice before",
        |m| {
            m.replacen(
                TRANSFORM,
                &format!("{}{TRANSFORM}", enveloped().repeat(2)),
                1,
            )
        },
        Code::SignatureForm,
        "missing or too many",
    ),
    (
        "enveloped-signature after",
        |m| m.replacen(TRANSFORM, &format!("{TRANSFORM}{}", enveloped()), 1),
        Code::SignatureForm,
        "missing or too many",
    ),
    (
        "enveloped-signature with something inside",
        |m| {
            let first = transform(ENVELOPED, "<ds:XPath>1</ds:XPath>");
            m.replacen(TRANSFORM, &format!("{first}{TRANSFORM}"), 1)
        },
        Code::Algorithm,
        "",
    ),
    (
        "enveloped-signature and nothing more",
        |m| m.replacen(TRANSFORM, &enveloped().repeat(2), 1),
        Code::Algorithm,
        "",
    ),
    (
        "enveloped-signature",
        |m| transformed(m, ENVELOPED, ""),
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
