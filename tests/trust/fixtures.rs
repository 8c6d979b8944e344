//! Hostile messages that need no fresh signature: `fixtures/hostile/<attack>.xml`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use kezek::envelope::Code;

use crate::attack::{Attack, check};

const TABLE: &[(&str, Code, &str)] = &[
    ("ampersand-alone", Code::NotXml, "not well-formed"),
    ("attribute-twice", Code::NotXml, "given twice"),
    ("attribute-twice-by-namespace", Code::NotXml, "given twice"),
    ("attribute-without-quotes", Code::NotXml, "not well-formed"),
    ("attributes-without-space", Code::NotXml, "not well-formed"),
    (
        "body-before-header",
        Code::NotAnEnvelope,
        "element stands after Body",
    ),
    ("body-in-body", Code::NotAnEnvelope, "outside its place"),
    ("body-in-header", Code::NotAnEnvelope, "outside its place"),
    ("body-in-security", Code::NotAnEnvelope, "outside its place"),
    ("cdata-after-root", Code::NotXml, "one root"),
    ("cdata-end-in-text", Code::NotXml, "not well-formed"),
    ("comment-with-two-hyphens", Code::NotXml, "not well-formed"),
    ("control-character", Code::NotXml, "does not allow"),
    ("crossed-tags", Code::NotXml, "not closed"),
    ("declaration-not-first", Code::NotXml, "not well-formed"),
    ("declared-utf-16", Code::Encoding, "UTF-8"),
    ("declared-utf-7", Code::Encoding, "UTF-8"),
    ("declared-windows-1251", Code::Encoding, "UTF-8"),
    ("dtd-attribute-default", Code::DocumentType, ""),
    ("dtd-billion-laughs", Code::DocumentType, ""),
    ("dtd-empty", Code::DocumentType, ""),
    ("dtd-external-file", Code::DocumentType, ""),
    ("dtd-external-ftp", Code::DocumentType, ""),
    ("dtd-external-http", Code::DocumentType, ""),
    ("dtd-in-body", Code::DocumentType, ""),
    ("dtd-internal-entity", Code::DocumentType, ""),
    ("dtd-lower-case", Code::DocumentType, ""),
    ("dtd-parameter-entity", Code::DocumentType, ""),
    ("dtd-public", Code::DocumentType, ""),
    ("dtd-quadratic-blowup", Code::DocumentType, ""),
    ("dtd-unclosed", Code::DocumentType, ""),
    (
        "element-after-body",
        Code::NotAnEnvelope,
        "element stands after Body",
    ),
    (
        "element-before-header",
        Code::NotAnEnvelope,
        "Body does not follow",
    ),
    ("empty-of-elements", Code::NotXml, "one root"),
    ("entity-undefined", Code::NotXml, "entity other"),
    (
        "entity-undefined-in-attribute",
        Code::NotXml,
        "entity other",
    ),
    ("envelope-in-envelope", Code::BodyCount, "0 Body"),
    (
        "envelope-of-another-namespace",
        Code::NotAnEnvelope,
        "root is another",
    ),
    (
        "envelope-without-namespace",
        Code::NotAnEnvelope,
        "root is another",
    ),
    ("garbage-after-root", Code::NotXml, "one root"),
    ("html", Code::NotXml, "not closed"),
    ("json", Code::NotXml, "one root"),
    ("must-understand", Code::MustUnderstand, ""),
    ("must-understand-reply-to", Code::MustUnderstand, ""),
    ("must-understand-true", Code::MustUnderstand, ""),
    ("multipart", Code::NotXml, "one root"),
    ("namespace-prefix-undone", Code::NotXml, "namespace"),
    ("namespace-relative", Code::NotXml, "namespace"),
    ("namespace-undeclared", Code::NotXml, "namespace"),
    ("namespace-xml-taken", Code::NotXml, "namespace"),
    ("namespace-xmlns-taken", Code::NotXml, "namespace"),
    ("no-body", Code::BodyCount, "0 Body"),
    ("noncharacter", Code::NotXml, "does not allow"),
    ("not-xml", Code::NotXml, "one root"),
    ("nothing-in-envelope", Code::BodyCount, "0 Body"),
    (
        "processing-instruction-after",
        Code::ProcessingInstruction,
        "",
    ),
    (
        "processing-instruction-before",
        Code::ProcessingInstruction,
        "",
    ),
    (
        "processing-instruction-in-body",
        Code::ProcessingInstruction,
        "",
    ),
    ("reference-beyond-unicode", Code::NotXml, "does not allow"),
    ("reference-to-nul", Code::NotXml, "does not allow"),
    ("reference-to-surrogate", Code::NotXml, "does not allow"),
    (
        "root-is-the-operation",
        Code::NotAnEnvelope,
        "root is another",
    ),
    ("security-in-body", Code::NotSigned, ""),
    ("security-of-another-namespace", Code::NotSigned, ""),
    (
        "signature-empty",
        Code::SignatureForm,
        "missing or too many",
    ),
    ("signature-in-body", Code::NotSigned, ""),
    ("signature-of-another-namespace", Code::NotSigned, ""),
    ("signature-outside-security", Code::NotSigned, ""),
    ("soap-1.2", Code::SoapVersion, ""),
    ("soap-1.2-body", Code::BodyCount, "0 Body"),
    ("stylesheet", Code::ProcessingInstruction, ""),
    (
        "text-in-envelope",
        Code::NotAnEnvelope,
        "text stands in Envelope",
    ),
    (
        "text-in-header",
        Code::NotAnEnvelope,
        "text stands in Header",
    ),
    ("two-bodies", Code::BodyCount, "2 Body"),
    ("two-headers", Code::NotAnEnvelope, "Body does not follow"),
    ("two-roots", Code::NotXml, "one root"),
    (
        "two-security-headers",
        Code::SignatureForm,
        "several Security",
    ),
    ("two-signatures", Code::SignatureForm, "several Signatures"),
    ("unclosed", Code::NotXml, "not closed"),
    ("unsigned", Code::NotSigned, ""),
    ("unsigned-encrypted-body", Code::NotSigned, ""),
    ("unsigned-include-by-http", Code::NotSigned, ""),
    ("unsigned-reply-to-elsewhere", Code::NotSigned, ""),
    ("unsigned-schema-location", Code::NotSigned, ""),
    ("unsigned-soap-array", Code::NotSigned, ""),
    ("unsigned-with-foreign-header", Code::NotSigned, ""),
    ("unsigned-with-header", Code::NotSigned, ""),
    ("unsigned-with-password", Code::NotSigned, ""),
    ("unsigned-with-security", Code::NotSigned, ""),
    ("unsigned-with-timestamp", Code::NotSigned, ""),
    ("unsigned-xml-base", Code::NotSigned, ""),
    ("unsigned-xinclude", Code::NotSigned, ""),
    ("utf-7-markup", Code::NotXml, "one root"),
    ("xml-1.1", Code::NotXml, "version other"),
];

#[test]
fn each_hostile_fixture_is_refused_by_its_own_code() {
    check(&attacks());
}

#[test]
fn each_hostile_fixture_stands_in_the_table_once() {
    let files: BTreeSet<String> = std::fs::read_dir(folder())
        .expect("fixtures/hostile")
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| name.into_string().expect("a name in UTF-8"))
        .collect();
    let named: BTreeSet<String> = TABLE.iter().map(|row| format!("{}.xml", row.0)).collect();
    assert_eq!(files, named);
    assert_eq!(TABLE.len(), named.len(), "a row stands twice");
}

pub fn attacks() -> Vec<Attack> {
    let read = |(name, expected, because): &(&str, Code, &'static str)| {
        let octets = std::fs::read(folder().join(format!("{name}.xml"))).expect(name);
        Attack::new(*name, octets, *expected, because)
    };
    TABLE.iter().map(read).collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hostile")
}
