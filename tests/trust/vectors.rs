//! Signatures that others published to be verified, of `.var/interop/vectors`: what we say of each
//! stands in `vectors.txt`, and our canonical forms must have the digests that stand in them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{self, Algorithm};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kezek::envelope::Malformed;
use kezek::signature::verify_enveloped;
use kezek::terms::Moment;
use kezek::xml::canonical::{Form, Namespaces};
use kezek::xml::{Document, Element, Limits};

use num_bigint::BigUint;
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::der::asn1::ObjectIdentifier;

use crate::authority::STORE;
use crate::explained::Explained;

const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n";
const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const FOLDERS: [&str; 7] = [
    "aleksey-xmldsig-01",
    "merlin-c14n-three",
    "merlin-exc-c14n-one",
    "merlin-xmldsig-twenty-three",
    "merlin-xpath-filter2-three",
    "phaos-xmldsig-three",
    "xmldsig2ed-tests",
];
/// A line each: the file, the code with which an archive refuses it, and what it is.
const TABLE: &str = include_str!("vectors.txt");
/// SHA-1 and GOST may be read as of this time, as an archive does.
const THEN: &str = "2012-06-01T00:00:00Z";

fn home() -> PathBuf {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join(".var/interop/vectors");
    assert!(
        home.join("complete").is_file(),
        "the vectors are not there: compose/lib/vectors fetches them"
    );
    home
}

/// Every file with a signature, by its path below the folder.
fn vectors() -> BTreeMap<String, Vec<u8>> {
    let home = home();
    let mut found = BTreeMap::new();
    for folder in FOLDERS {
        let files = std::fs::read_dir(home.join(folder)).expect("a folder of vectors");
        for file in files.map(|entry| entry.expect("an entry").path()) {
            if file.extension().is_some_and(|extension| extension == "xml") {
                let octets = std::fs::read(&file).expect("readable");
                let name = file
                    .strip_prefix(&home)
                    .expect("below")
                    .to_string_lossy()
                    .into_owned();
                if String::from_utf8_lossy(&octets).contains("SignedInfo>") {
                    found.insert(name, octets);
                }
            }
        }
    }
    found
}

/// What we say of a document that is signed inside itself, in a time whose algorithms an archive
/// reads.
fn verdict(octets: &[u8]) -> String {
    let document = match Document::parse(octets, &Limits::MESSAGE) {
        Ok(document) => document,
        Err(fault) => return format!("{:?}", Malformed::from(fault).code()),
    };
    let then = Moment::parse(THEN).expect("a moment");
    match verify_enveloped(document.root(), &STORE, then) {
        Ok(Some(_)) => "believed".to_owned(),
        Ok(None) => "NotSigned".to_owned(),
        Err(distrust) => format!("{:?}", distrust.code()),
    }
}

#[test]
fn each_published_vector_is_refused_by_its_name() {
    let mut table: BTreeMap<&str, &str> = TABLE
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let (name, rest) = line.split_once(' ').expect("a file and a code");
            let (code, what) = rest.split_once(' ').expect("a code and what it is");
            assert!(!what.is_empty(), "{name}");
            (name, code)
        })
        .collect();
    let vectors = vectors();
    let mut strays = Vec::new();
    for (name, octets) in &vectors {
        let told = verdict(octets);
        let expected = table.remove(name.as_str());
        if expected != Some(told.as_str()) {
            strays.push(format!("{name} {told} (the table: {expected:?})"));
        }
    }
    println!("{} vectors", vectors.len());
    assert!(strays.is_empty(), "{}", strays.join("\n"));
    assert!(table.is_empty(), "no such vector: {table:?}");
}

#[test]
fn digests_in_published_vectors_are_those_of_our_canonical_forms() {
    let mut explained = Explained::under("vectors: digests that are not of our forms");
    let (mut same, mut all) = (0, 0);
    for (name, octets) in vectors() {
        let Ok(document) = Document::parse(&octets, &Limits::MESSAGE) else {
            continue;
        };
        let references = document.elements().filter(|e| e.is(DS, "Reference"));
        for (number, reference) in references.enumerate() {
            all += 1;
            match reproduced(&document, reference, &home().join(&name)) {
                Ok(()) => same += 1,
                Err(why) => explained.meet(&why, || format!("{name}, reference {number}")),
            }
        }
    }
    println!("{same} digests of {all} are ours");
    assert!(same >= DIGESTS_LEAST, "{same} of {all} digests");
    explained.finish();
}

const DIGESTS_LEAST: usize = 71;

/// Whether the digest of a Reference is that of our form of what it names; or why we have none.
fn reproduced(document: &Document, reference: Element<'_>, file: &Path) -> Result<(), String> {
    let uri = reference.attribute("", "URI").ok_or("no URI")?;
    let value = reference
        .child(DS, "DigestValue")
        .ok_or("no DigestValue")?
        .text();
    let method = reference
        .child(DS, "DigestMethod")
        .ok_or("no DigestMethod")?;
    let algorithm = method.attribute("", "Algorithm").unwrap_or_default();
    let hash = hash(algorithm).ok_or_else(|| format!("digest {algorithm}"))?;
    let transforms: Vec<Element<'_>> = reference
        .child(DS, "Transforms")
        .map(|all| all.children().collect())
        .unwrap_or_default();
    let octets = if uri.starts_with('#') || uri.is_empty() {
        of_this(document, reference, uri, &transforms)?
    } else {
        of_other(uri, file, &transforms)?
    };
    let compact: String = value.split_ascii_whitespace().collect();
    let expected = STANDARD.decode(compact).map_err(|_| "no base64")?;
    if digest::digest(hash, &octets).as_ref() == expected {
        Ok(())
    } else {
        Err(format!(
            "other octets: {}",
            file.file_name().unwrap_or_default().display()
        ))
    }
}

fn hash(uri: &str) -> Option<&'static Algorithm> {
    match uri {
        "http://www.w3.org/2000/09/xmldsig#sha1" => Some(&digest::SHA1_FOR_LEGACY_USE_ONLY),
        "http://www.w3.org/2001/04/xmldsig-more#sha224" => Some(&digest::SHA224),
        "http://www.w3.org/2001/04/xmlenc#sha256" => Some(&digest::SHA256),
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => Some(&digest::SHA384),
        "http://www.w3.org/2001/04/xmlenc#sha512" => Some(&digest::SHA512),
        _ => None,
    }
}

/// Of the document itself or an element of it.
fn of_this(
    document: &Document,
    reference: Element<'_>,
    uri: &str,
    transforms: &[Element<'_>],
) -> Result<Vec<u8>, String> {
    let pointer = uri
        .strip_prefix("#xpointer(")
        .and_then(|rest| rest.strip_suffix(')'));
    let id = match pointer {
        None => uri.strip_prefix('#'),
        Some("/") => None,
        Some(id) => Some(
            id.strip_prefix("id('")
                .and_then(|id| id.strip_suffix("')"))
                .ok_or("an XPointer beyond an Id")?,
        ),
    };
    let apex = match id {
        None => document.root(),
        Some(id) => {
            let is_id = |local: &str| local.eq_ignore_ascii_case("id");
            let named = |e: &Element<'_>| e.attributes().any(|a| is_id(a.local) && a.value == id);
            document.elements().find(named).ok_or("an Id of a DTD")?
        }
    };
    let signature = std::iter::successors(Some(reference), |at| at.parent())
        .find(|at| at.is(DS, "Signature"))
        .ok_or("no Signature")?;
    let enveloped = transforms
        .first()
        .filter(|t| t.attribute("", "Algorithm") == Some(ENVELOPED));
    let omitted: &[Element<'_>] = if enveloped.is_some() {
        &[signature]
    } else {
        &[]
    };
    let rest = if enveloped.is_some() {
        &transforms[1..]
    } else {
        transforms
    };
    write(apex, rest, omitted, pointer.is_some(), id.is_none())
}

/// Of a file beside it: its octets, or its canonical form.
fn of_other(uri: &str, file: &Path, transforms: &[Element<'_>]) -> Result<Vec<u8>, String> {
    let beside = file.with_file_name(uri);
    let octets = std::fs::read(beside).map_err(|_| "a file that is not among the vectors")?;
    if transforms.is_empty() {
        return Ok(octets);
    }
    let document = Document::parse(&octets, &Limits::MESSAGE).map_err(|_| "a file with a DTD")?;
    write(document.root(), transforms, &[], true, true)
}

fn write(
    apex: Element<'_>,
    transforms: &[Element<'_>],
    omitted: &[Element<'_>],
    with_comments: bool,
    whole: bool,
) -> Result<Vec<u8>, String> {
    let (uri, prefixes) = match transforms {
        [] => (INCLUSIVE, Vec::new()),
        [one] => {
            let list = one.children().find(|e| e.local() == "InclusiveNamespaces");
            let list = list.and_then(|list| list.attribute("", "PrefixList"));
            let read = |prefix| if prefix == "#default" { "" } else { prefix };
            let prefixes = list.unwrap_or_default().split_ascii_whitespace().map(read);
            (
                one.attribute("", "Algorithm").unwrap_or_default(),
                prefixes.collect(),
            )
        }
        [first, ..] => {
            let uri = first.attribute("", "Algorithm").unwrap_or_default();
            return Err(format!("several transforms from {uri}"));
        }
    };
    let plain = uri.strip_suffix("WithComments").unwrap_or(uri);
    let commented = plain != uri;
    let form = Form {
        namespaces: match plain.trim_end_matches('#') {
            EXCLUSIVE => Namespaces::Exclusive(&prefixes),
            INCLUSIVE => Namespaces::Inclusive(apex.document().root()),
            _ => return Err(format!("the transform {uri}")),
        },
        comments: commented && with_comments,
        around: whole,
        omitted,
    };
    form.write(apex, 1 << 20)
        .map_err(|_| "too large".to_owned())
}

/// The values of RSA, by the number theory alone: keys as short as theirs are refused elsewhere.
#[test]
fn values_in_published_vectors_are_over_our_form_of_their_signed_info() {
    let mut told: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, octets) in vectors() {
        let Ok(document) = Document::parse(&octets, &Limits::MESSAGE) else {
            continue;
        };
        for signature in document.elements().filter(|e| e.is(DS, "Signature")) {
            let fits = match value_fits(signature) {
                Some(true) => "fits",
                Some(false) => "does not fit",
                None => "is not of RSA, or without a key",
            };
            told.entry(fits).or_default().push(name.clone());
        }
    }
    let count = |what: &str| told.get(what).map_or(0, Vec::len);
    println!("{} values fit", count("fits"));
    assert!(count("fits") >= VALUES_LEAST, "{told:#?}");
    let unfit = told
        .get("does not fit")
        .map(Vec::as_slice)
        .unwrap_or_default();
    assert_eq!(unfit, UNFIT, "{told:#?}");
}

const VALUES_LEAST: usize = 22;
/// Made to be refused.
const UNFIT: [&str; 2] = [
    "phaos-xmldsig-three/signature-rsa-enveloped-bad-digest-val.xml",
    "phaos-xmldsig-three/signature-rsa-enveloped-bad-sig.xml",
];

fn value_fits(signature: Element<'_>) -> Option<bool> {
    let info = signature.child(DS, "SignedInfo")?;
    let method = info
        .child(DS, "SignatureMethod")?
        .attribute("", "Algorithm")?;
    let (family, name) = method.rsplit_once("#rsa-")?;
    let hash = match (family, name) {
        (_, "sha1") => hash("http://www.w3.org/2000/09/xmldsig#sha1"),
        (_, "sha224" | "sha384") => hash(&format!("{family}#{name}")),
        (_, name) => hash(&format!("http://www.w3.org/2001/04/xmlenc#{name}")),
    }?;
    let form = info.child(DS, "CanonicalizationMethod")?;
    let octets = write(info, &[form], &[], true, false).ok()?;
    let digest = digest::digest(hash, &octets);
    let value = number(&signature.child(DS, "SignatureValue")?.text())?;
    let keys = rsa_keys(signature.child(DS, "KeyInfo")?);
    let fits = keys.iter().any(|(modulus, exponent)| {
        let padded = value.modpow(exponent, modulus).to_bytes_be();
        padded.starts_with(&[1, 0xFF]) && padded.ends_with(digest.as_ref())
    });
    (!keys.is_empty()).then_some(fits)
}

/// Those of KeyInfo, of certificates and bare.
fn rsa_keys(key_info: Element<'_>) -> Vec<(BigUint, BigUint)> {
    let inside = key_info
        .document()
        .elements()
        .filter(|e| key_info.holds(*e));
    let key = |element: Element<'_>| {
        if element.is(DS, "RSAKeyValue") {
            let part = |local| number(&element.child(DS, local)?.text());
            return Some((part("Modulus")?, part("Exponent")?));
        }
        if !element.is(DS, "X509Certificate") {
            return None;
        }
        let compact: String = element.text().split_ascii_whitespace().collect();
        let certificate = Certificate::from_der(&STANDARD.decode(compact).ok()?).ok()?;
        let info = certificate
            .tbs_certificate()
            .subject_public_key_info()
            .clone();
        let rsa = info.algorithm.oid == ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
        let key = info.subject_public_key.as_bytes().filter(|_| rsa)?;
        let parts = Vec::<x509_cert::der::asn1::Uint>::from_der(key).ok()?;
        let number = |at: usize| Some(BigUint::from_bytes_be(parts.get(at)?.as_bytes()));
        Some((number(0)?, number(1)?))
    };
    inside.filter_map(key).collect()
}

fn number(text: &str) -> Option<BigUint> {
    let compact: String = text.split_ascii_whitespace().collect();
    let octets = STANDARD.decode(compact).ok()?;
    Some(BigUint::from_bytes_be(&octets))
}
