//! Algorithms that are not on the list.

use kezek::envelope::Code;

use super::{RSA_SHA256, Row, SHA256, canonicalised, method};

pub const ROWS: &[Row] = &[
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
