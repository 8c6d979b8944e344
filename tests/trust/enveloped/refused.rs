//! Signatures inside payloads in forms that are not listed.

use kezek::signature::Distrust;

use super::asked;
use crate::authority::{STORE, signer};

/// What a changed Signature is told, before its value is looked at.
type Row = (&'static str, fn(&str) -> String, Distrust);

const ENVELOPED: &str = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-\
                         signature\"></ds:Transform>";
const INCLUSIVE: &str = "<ds:Transform Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\">\
                         </ds:Transform>";

/// One of another kind in front of the canonicalisation.
fn transform(text: &str, uri: &str) -> String {
    let other = format!("<ds:Transform Algorithm=\"{uri}\"/>{INCLUSIVE}");
    text.replacen(INCLUSIVE, &other, 1)
}

const TRANSFORMS: &[Row] = &[
    (
        "enveloped twice",
        |t| t.replacen(ENVELOPED, &ENVELOPED.repeat(2), 1),
        Distrust::Algorithm,
    ),
    (
        "not enveloped",
        |t| t.replacen(ENVELOPED, "", 1),
        Distrust::Algorithm,
    ),
    (
        "enveloped last",
        |t| {
            t.replacen(
                &[ENVELOPED, INCLUSIVE].concat(),
                &[INCLUSIVE, ENVELOPED].concat(),
                1,
            )
        },
        Distrust::Algorithm,
    ),
    (
        "many",
        |t| t.replacen(INCLUSIVE, &INCLUSIVE.repeat(50), 1),
        Distrust::Algorithm,
    ),
    (
        "XPath",
        |t| transform(t, "http://www.w3.org/TR/1999/REC-xpath-19991116"),
        Distrust::Algorithm,
    ),
    (
        "XSLT",
        |t| transform(t, "http://www.w3.org/TR/1999/REC-xslt-19991116"),
        Distrust::Algorithm,
    ),
    (
        "base64",
        |t| transform(t, "http://www.w3.org/2000/09/xmldsig#base64"),
        Distrust::Algorithm,
    ),
    (
        "filter",
        |t| transform(t, "http://www.w3.org/2002/06/xmldsig-filter2"),
        Distrust::Algorithm,
    ),
    (
        "a list of prefixes for the inclusive form",
        |t| {
            t.replacen(
                INCLUSIVE,
                &INCLUSIVE.replace(
                    "></",
                    "><e:InclusiveNamespaces xmlns:e=\"http://www.w3.org/2001/10/xml-exc-c14n#\" \
                     PrefixList=\"a\"/></",
                ),
                1,
            )
        },
        Distrust::Algorithm,
    ),
    (
        "C14N 1.1",
        |t| {
            let (old, new) = ("/TR/2001/REC-xml-c14n-20010315", "/2006/12/xml-c14n11");
            t.replacen(old, new, 1)
        },
        Distrust::Algorithm,
    ),
];

const METHODS: &[Row] = &[
    (
        "HMAC with the public key",
        |t| t.replace("xmldsig-more#rsa-sha256", "xmldsig-more#hmac-sha256"),
        Distrust::Algorithm,
    ),
    (
        "a length for HMAC",
        |t| {
            let length = "><ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>";
            t.replace("></ds:SignatureMethod>", length)
        },
        Distrust::Algorithm,
    ),
    (
        "MD5",
        |t| t.replace("xmlenc#sha256", "xmldsig-more#md5"),
        Distrust::Algorithm,
    ),
    (
        "SHA-1",
        |t| t.replace("2001/04/xmlenc#sha256", "2000/09/xmldsig#sha1"),
        Distrust::Algorithm,
    ),
    (
        "the old digest of GOST",
        |t| t.replace("xmlenc#sha256", "xmldsig-more#gost34311"),
        Distrust::Algorithm,
    ),
    (
        "the old GOST",
        |t| t.replace("#rsa-sha256", "#gost34310-gost34311"),
        Distrust::Algorithm,
    ),
    (
        "two certificates",
        |t| {
            t.replace(
                "</ds:X509Data>",
                "<ds:X509Certificate>AA==</ds:X509Certificate></ds:X509Data>",
            )
        },
        Distrust::CertificateMalformed,
    ),
    (
        "a key beside the certificate",
        |t| t.replace("</ds:KeyInfo>", "<ds:KeyValue/></ds:KeyInfo>"),
        Distrust::CertificateMalformed,
    ),
    (
        "a key somewhere else",
        |t| t.replace("ds:X509Data", "ds:RetrievalMethod"),
        Distrust::CertificateMalformed,
    ),
];

const FORMS: &[fn(&str) -> String] = &[
    |t| t.replace(" URI=\"\"", ""),
    |t| t.replace("URI=\"\"", "URI=\"http://example.test/\""),
    |t| t.replace("URI=\"\"", "URI=\"#xpointer(/)\""),
    |t| {
        t.replace(
            "</ds:SignedInfo>",
            "<ds:Reference URI=\"\"/></ds:SignedInfo>",
        )
    },
    |t| {
        t.replace(
            "</ds:Signature>",
            "<ds:Object><ds:Manifest/></ds:Object></ds:Signature>",
        )
    },
    |t| t.replace("<ds:DigestValue>", "<ds:DigestValue><!-- -->"),
    |t| t.replace("<ds:SignatureValue>", "<ds:SignatureValue><!-- -->"),
    |t| t.replace("<ds:SignedInfo>", "<ds:SignedInfo><!-- -->"),
    |t| t.replace("<ds:SignedInfo>", "<ds:SignedInfo>text"),
    |t| {
        t.replacen(
            "<ds:SignedInfo>",
            "<ds:SignedInfo></ds:SignedInfo><ds:SignedInfo>",
            1,
        )
    },
    |t| t.replace("ds:SignatureValue", "ds:DigestValue"),
    |t| {
        t.replace(
            "</r>",
            &"<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>".repeat(8),
        ) + "</r>"
    },
];

#[test]
fn forms_that_are_not_listed_are_refused_before_any_value_is_looked_at() {
    let good = signer("participant")
        .sign_enveloped("<r><a>1</a></r>")
        .expect("well-formed");
    let now = kezek::clock::now().to_string();
    assert!(asked(&good, &STORE, &now).is_ok());
    for (name, change, expected) in TRANSFORMS.iter().chain(METHODS) {
        let changed = change(&good);
        assert_ne!(changed, good, "{name}");
        assert_eq!(
            asked(&changed, &STORE, &now).err(),
            Some(*expected),
            "{name}"
        );
    }
    for (number, change) in FORMS.iter().enumerate() {
        let changed = change(&good);
        assert_ne!(changed, good, "{number}");
        let told = asked(&changed, &STORE, &now).err();
        assert!(
            matches!(told, Some(Distrust::SignatureForm(_))),
            "{number}: {told:?}"
        );
    }
}

/// URI="" names the whole document without its comments (XMLDSig §4.4.3.3), not its root alone.
#[test]
fn instruction_beside_the_root_is_signed_and_a_comment_is_not() {
    let signed = signer("participant").sign_enveloped("<a/>");
    let signed = signed.expect("well-formed");
    let now = kezek::clock::now().to_string();
    let told = |text: &str| asked(text, &STORE, &now).map(|found| found.is_some());
    for changed in [format!("<?go now?>{signed}"), format!("{signed}<?go?>")] {
        assert_eq!(told(&changed), Err(Distrust::DigestMismatch), "{changed}");
    }
    for same in [
        format!("<!-- c -->{signed}"),
        format!("{signed}\n<!-- c -->"),
    ] {
        assert_eq!(told(&same), Ok(true), "{same}");
    }
}
