//! The forms in which a transport signature is accepted, each with its neighbours that are not.

use std::path::PathBuf;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kezek::clock;
use kezek::envelope::{Envelope, WSSE_NAMESPACE};
use kezek::signature::{Distrust, Environment, Store, verify};
use num_bigint::BigUint;
use x509_cert::der::Decode;

use crate::author::{inside, sign_again};
use crate::authority::{FOLDER, STORE, send_message, signer};

const KEY: &str = "participant";

/// The store of the authority, with the certificate of one participant among the known ones.
static KNOWING: LazyLock<Store> = LazyLock::new(|| {
    let folder = FOLDER.join("knowing");
    let copy = |from: PathBuf, part: &str| {
        let to = folder.join(part);
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder of the test");
        std::fs::copy(from, to).expect("copied");
    };
    for part in [
        "store.toml",
        "roots/root.pem",
        "intermediates/authority.pem",
    ] {
        copy(FOLDER.join("trust").join(part), part);
    }
    copy(
        FOLDER.join(format!("keys/{KEY}.pem")),
        "known/participant.pem",
    );
    Store::load(&folder, Environment::Test).expect("the authority was forged")
});

fn told(message: &str, store: &Store) -> Result<String, Distrust> {
    let envelope = Envelope::read(message.as_bytes()).expect("an envelope");
    let trusted = verify(envelope, store, clock::now())?;
    let octets = String::from_utf8(trusted.octets().to_vec()).expect("UTF-8");
    assert!(octets.contains("<senderId>egov-mobile</senderId>"));
    Ok(octets)
}

/// X509IssuerSerial as another library would write it.
fn named(change: impl Fn(String) -> String) -> String {
    let der = signer(KEY).certificate().der().to_vec();
    let parsed = x509_cert::Certificate::from_der(&der).expect("a certificate");
    let issuer = change(parsed.tbs_certificate().issuer().to_string());
    let serial = BigUint::from_bytes_be(parsed.tbs_certificate().serial_number().as_bytes());
    format!(
        "<ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>{issuer}</ds:X509IssuerName>\
         <ds:X509SerialNumber>{serial}</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data>"
    )
}

fn given() -> String {
    let text = STANDARD.encode(signer(KEY).certificate().der());
    format!("<ds:X509Data><ds:X509Certificate>{text}</ds:X509Certificate></ds:X509Data>")
}

/// In Security, with this in the SecurityTokenReference.
fn in_security(token: &str) -> String {
    let message = signer(KEY).sign(&send_message("egov-mobile"), None);
    let (start, end) = inside(&message, "KeyInfo").expect("KeyInfo");
    let token = format!("<wsse:SecurityTokenReference>{token}</wsse:SecurityTokenReference>");
    sign_again(&[&message[..start], &token, &message[end..]].concat(), KEY)
}

/// Bare in the Header, with this in KeyInfo.
fn bare(key_info: &str, change: impl Fn(&str) -> String) -> String {
    bare_around(&send_message("egov-mobile"), key_info, change)
}

/// A content in the bare form, with the certificate of the participant.
pub fn bare_form(content: &str) -> String {
    bare_around(content, &given(), same)
}

fn bare_around(content: &str, key_info: &str, change: impl Fn(&str) -> String) -> String {
    let message = signer(KEY).sign(content, None);
    let (start, end) = inside(&message, "KeyInfo").expect("KeyInfo");
    let message = [&message[..start], key_info, &message[end..]].concat();
    let from = message.find("<wsse:Security").expect("Security");
    let signature = message.find("<ds:Signature ").expect("a Signature");
    let message = [&message[..from], &message[signature..]].concat();
    let message = message
        .replace("</wsse:Security>", "")
        .replace("<ds:Signature ", "<ds:Signature Id=\"ptpsign\" ")
        .replace("wsu:Id=", "Id=");
    sign_again(&change(&message), KEY)
}

fn same(text: &str) -> String {
    text.to_owned()
}

#[test]
fn listed_forms_are_accepted() {
    let reversed = |name: String| {
        let mut parts: Vec<&str> = name.split(',').collect();
        parts.reverse();
        parts.join(", ")
    };
    for (name, message) in [
        (
            "Smart Bridge's own",
            signer(KEY).sign(&send_message("egov-mobile"), None),
        ),
        ("the certificate in X509Data", in_security(&given())),
        ("issuer and number", in_security(&named(|name| name))),
        ("in the other order", in_security(&named(reversed))),
        ("bare with the certificate", bare(&given(), same)),
        (
            "bare with issuer and number",
            bare(&named(|name| name), same),
        ),
    ] {
        let octets = told(&message, &KNOWING).unwrap_or_else(|why| panic!("{name}: {why}"));
        let changed = message.replace("egov-mobile", "egov-Mobile");
        assert_eq!(
            told(&changed, &KNOWING),
            Err(Distrust::DigestMismatch),
            "{name}"
        );
        assert!(octets.starts_with("<soap:Body"), "{name}");
    }
}

#[test]
fn certificate_that_is_only_named_must_be_known() {
    for message in [
        in_security(&named(|name| name)),
        bare(&named(|name| name), same),
    ] {
        assert_eq!(told(&message, &STORE), Err(Distrust::CertificateUntrusted));
        assert!(told(&message, &KNOWING).is_ok());
    }
    for (from, to) in [("Kezek", "Another"), ("CN=", "OU="), ("CN=", "")] {
        let other = in_security(&named(|name| name.replace(from, to)));
        assert_eq!(
            told(&other, &KNOWING),
            Err(Distrust::CertificateUntrusted),
            "{to}"
        );
    }
    let message = in_security(&named(|name| name));
    let from = "</ds:X509SerialNumber>";
    for to in ["0", "x", &"9".repeat(60)] {
        let other = message.replace(from, &format!("{to}{from}"));
        assert_eq!(
            told(&other, &KNOWING),
            Err(Distrust::CertificateUntrusted),
            "{to}"
        );
    }
    // The named one is known, and another key signed.
    let forged = sign_again(&message, "bank");
    assert!(told(&forged, &KNOWING).is_err());
    let forged = sign_again(&message, "nobody");
    assert_eq!(told(&forged, &KNOWING), Err(Distrust::SignatureValue));
}

#[test]
fn bare_form_is_no_way_around_the_rules() {
    let form = |told: Result<String, Distrust>| matches!(told, Err(Distrust::SignatureForm(_)));
    let other_id = |text: &str| text.replace("Id=\"ptpsign\"", "Id=\"other\"");
    let message = bare(&given(), other_id);
    assert_eq!(
        told(&message, &KNOWING),
        Err(Distrust::NotSigned),
        "another Id"
    );
    let message = bare(&given(), same);
    let (start, end) = (
        message.find("<ds:Signature "),
        message.find("</soap:Header>"),
    );
    let signature = &message[start.expect("it begins")..end.expect("the Header ends")];
    let twice = message.replace("</soap:Header>", &format!("{signature}</soap:Header>"));
    assert!(form(told(&twice, &KNOWING)), "twice");
    let both = signer(KEY).sign(&send_message("egov-mobile"), None);
    let both = both.replace("</soap:Header>", &format!("{signature}</soap:Header>"));
    assert!(form(told(&both, &KNOWING)), "beside one in Security");
    let token = format!(
        "<w:SecurityTokenReference xmlns:w=\"{WSSE_NAMESPACE}\">{}</w:SecurityTokenReference>",
        given()
    );
    let token = bare(&token, same);
    let token = told(&token, &KNOWING);
    assert_eq!(
        token,
        Err(Distrust::CertificateMalformed),
        "a reference to a token"
    );
    let nothing = bare("<ds:KeyName>participant</ds:KeyName>", same);
    assert_eq!(
        told(&nothing, &KNOWING),
        Err(Distrust::CertificateMalformed)
    );
    // Wrapped: the signed Body in the Header, another one in its place.
    let (from, to) = (
        message.find("<soap:Body").expect("it begins"),
        message.len(),
    );
    let body = &message[from..to - "</soap:Envelope>".len()];
    let other = body
        .replace("egov-mobile", "bank")
        .replacen(" Id=\"id-", " Id=\"xx-", 1);
    let wrapped = message
        .replace(body, &other)
        .replace("</soap:Header>", &format!("<w>{body}</w></soap:Header>"));
    let envelope = Envelope::read(wrapped.as_bytes());
    let refused = envelope.map_or(true, |found| verify(found, &KNOWING, clock::now()).is_err());
    assert!(refused, "wrapped");
}
