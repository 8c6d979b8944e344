//! What a lenient reader would take: values in several pieces, base64 that is almost base64, names
//! of another namespace, digests of nothing.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use kezek::envelope::Code;
use kezek::signature::sha256;

use crate::author::with_inside;

use super::{C14N, RSA_SHA256, Row, SHA256};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Changed after they were signed.
pub const TOUCHED: &[Row] = &[
    (
        "a digest of other octets, in a comment and then itself (CVE-2025-29775)",
        |m| {
            with_inside(m, "DigestValue", |d| {
                format!("<!--{}-->{d}", STANDARD.encode([7; 32]))
            })
        },
        Code::SignatureForm,
        "not base64",
    ),
    (
        "a value behind a comment",
        |m| with_inside(m, "SignatureValue", |v| format!("<!--{v}-->{v}")),
        Code::SignatureForm,
        "not base64",
    ),
    (
        "a comment in Reference",
        |m| m.replacen("<ds:DigestMethod", "<!-- --><ds:DigestMethod", 1),
        Code::SignatureForm,
        "text or a comment",
    ),
    (
        "a comment in Transforms",
        |m| m.replacen("<ds:Transform ", "<!-- --><ds:Transform ", 1),
        Code::SignatureForm,
        "text or a comment",
    ),
    (
        "a comment in Signature",
        |m| m.replacen("<ds:SignatureValue>", "<!-- --><ds:SignatureValue>", 1),
        Code::SignatureForm,
        "text or a comment",
    ),
    (
        "a second SignedInfo before, empty",
        |m| m.replacen("<ds:SignedInfo", "<ds:SignedInfo/><ds:SignedInfo", 1),
        Code::SignatureForm,
        "missing or too many",
    ),
    (
        "a second SignedInfo of a stranger (CVE-2025-29774)",
        |m| {
            let one = "<o:SignedInfo xmlns:o=\"urn:o\"/><ds:SignedInfo";
            m.replacen("<ds:SignedInfo", one, 1)
        },
        Code::SignatureForm,
        "missing or too many",
    ),
    (
        "a second SignatureValue",
        |m| {
            let one = "</ds:SignatureValue><ds:SignatureValue>AAAA</ds:SignatureValue>";
            m.replacen("</ds:SignatureValue>", one, 1)
        },
        Code::SignatureForm,
        "missing or too many",
    ),
    (
        "the digest of nothing",
        |m| with_inside(m, "DigestValue", |_| STANDARD.encode(sha256(b""))),
        Code::DigestMismatch,
        "",
    ),
    (
        "a digest of zero in another language's eyes",
        |m| {
            with_inside(m, "DigestValue", |_| {
                STANDARD.encode("0e462097431906509019562988736854")
            })
        },
        Code::DigestMismatch,
        "",
    ),
    (
        "a digest in hexadecimal",
        |m| with_inside(m, "DigestValue", |d| hexadecimal(&octets(d))),
        Code::DigestMismatch,
        "",
    ),
    (
        "a digest in the alphabet of URLs",
        |m| with_inside(m, "DigestValue", |_| URL_SAFE.encode([0xFF; 32])),
        Code::SignatureForm,
        "not base64",
    ),
    (
        "a digest with bits left over",
        |m| with_inside(m, "DigestValue", left_over),
        Code::SignatureForm,
        "not base64",
    ),
    (
        "a digest twice padded",
        |m| with_inside(m, "DigestValue", |d| format!("{d}=")),
        Code::SignatureForm,
        "not base64",
    ),
    (
        "a digest with padding in the middle",
        |m| with_inside(m, "DigestValue", |d| format!("{d}{d}")),
        Code::SignatureForm,
        "not base64",
    ),
    (
        "a digest with a space that is none of XML",
        |m| {
            with_inside(m, "DigestValue", |d| {
                format!("{}\u{A0}{}", &d[..9], &d[9..])
            })
        },
        Code::SignatureForm,
        "not base64",
    ),
    (
        "a value with bits left over",
        |m| with_inside(m, "SignatureValue", left_over),
        Code::SignatureForm,
        "not base64",
    ),
    (
        "a value without its padding",
        |m| with_inside(m, "SignatureValue", |v| v.replace('=', "")),
        Code::SignatureForm,
        "not base64",
    ),
    (
        "a Signature whose prefix means another namespace",
        |m| {
            m.replacen(
                "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"",
                "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig\"",
                1,
            )
        },
        Code::NotSigned,
        "",
    ),
    (
        "a Body whose prefix means another namespace",
        |m| m.replacen("<soap:Body ", "<soap:Body xmlns:soap=\"urn:o\" ", 1),
        Code::BodyCount,
        "0 Body",
    ),
    (
        "a namespace that is relative, inside the Body",
        |m| m.replacen("<request>", "<request xmlns:o=\"../o\">", 1),
        Code::NotXml,
        "namespace",
    ),
];

/// Signed as they stand: nothing is wrong but their form.
pub const WELL_MADE: &[Row] = &[
    (
        "a signature algorithm in a namespace beside a bad one",
        |m| {
            m.replacen(
                &format!("<ds:SignatureMethod Algorithm=\"{RSA_SHA256}\""),
                &format!(
                    "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#rsa-sha1\" \
                     ds:Algorithm=\"{RSA_SHA256}\""
                ),
                1,
            )
        },
        Code::Algorithm,
        "",
    ),
    (
        "a digest algorithm in a namespace beside a bad one",
        |m| {
            m.replacen(
                &format!("<ds:DigestMethod Algorithm=\"{SHA256}\""),
                &format!("<ds:DigestMethod Algorithm=\"urn:none\" ds:Algorithm=\"{SHA256}\""),
                1,
            )
        },
        Code::Algorithm,
        "",
    ),
    (
        "a transform in a namespace beside a bad one",
        |m| {
            m.replacen(
                &format!("<ds:Transform Algorithm=\"{C14N}\""),
                &format!("<ds:Transform Algorithm=\"urn:none\" ds:Algorithm=\"{C14N}\""),
                1,
            )
        },
        Code::Algorithm,
        "",
    ),
    (
        "a Reference that names another Id in a namespace",
        |m| {
            m.replacen(
                "<ds:Reference URI=\"#",
                "<ds:Reference URI=\"#o\" ds:URI=\"#",
                1,
            )
        },
        Code::SignatureForm,
        "no element has",
    ),
];

fn octets(text: &str) -> Vec<u8> {
    STANDARD.decode(text).expect("base64")
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// The same octets to a reader that does not look at the bits behind the last one.
fn left_over(text: &str) -> String {
    let end = text.find('=').expect("padding");
    let last = text.as_bytes()[end - 1];
    let place = ALPHABET.iter().position(|it| *it == last);
    let other = char::from(ALPHABET[place.expect("of the alphabet") + 1]);
    format!("{}{other}{}", &text[..end - 1], &text[end..])
}
