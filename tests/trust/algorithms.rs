//! Every algorithm that may sign: a key of it signs for the transport and inside a payload, is
//! believed, and nothing that was changed is.

use std::path::PathBuf;
use std::process::Command;

use kezek::clock;
use kezek::envelope::Envelope;
use kezek::signature::gost::PrivateKey;
use kezek::signature::{Distrust, Signer, pem_blocks, verify, verify_enveloped};
use kezek::xml::{Document, Limits};

use crate::authority::{FOLDER, STORE, send_message, signer};

fn path(name: &str, extension: &str) -> PathBuf {
    FOLDER.join("keys").join(format!("{name}.{extension}"))
}

/// A key and certificate that OpenSSL makes, below the forged authority.
fn of_openssl(name: &str, key: &[&str], digest: &str) -> Signer {
    let authority = FOLDER.join("trust/intermediates/authority.pem");
    let told = Command::new("openssl")
        .args(["req", "-new", "-x509", "-nodes", "-days", "10", "-newkey"])
        .args(key)
        .args(["-subj", "/C=KZ/CN=Kezek test", digest, "-keyout"])
        .arg(path(name, "key"))
        .arg("-out")
        .arg(path(name, "pem"))
        .arg("-CA")
        .arg(authority)
        .arg("-CAkey")
        .arg(path("authority", "key"))
        .args([
            "-addext",
            "keyUsage=critical,digitalSignature,nonRepudiation",
        ])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .output()
        .expect("openssl is needed: install openssl");
    assert!(
        told.status.success(),
        "{}",
        String::from_utf8_lossy(&told.stderr)
    );
    Signer::load(&path(name, "key"), &path(name, "pem")).expect("a key that may sign")
}

#[test]
fn every_algorithm_signs_and_is_believed() {
    let p384 = ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"];
    let p256 = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
    for (signer, uri) in [
        (
            of_openssl("rsa-256", &["rsa:2048"], "-sha256"),
            "rsa-sha256",
        ),
        (
            of_openssl("rsa-384", &["rsa:2048"], "-sha384"),
            "rsa-sha384",
        ),
        (
            of_openssl("rsa-512", &["rsa:2048"], "-sha512"),
            "rsa-sha512",
        ),
        (of_openssl("p256", &p256, "-sha256"), "ecdsa-sha256"),
        (of_openssl("p384", &p384, "-sha384"), "ecdsa-sha384"),
        (
            signer("participant-gost"),
            "gostr34102015-gostr34112015-512",
        ),
    ] {
        let message = signer.sign(&send_message("egov-mobile"), None);
        let asked = |message: &str| {
            let envelope = Envelope::read(message.as_bytes()).expect("an envelope");
            verify(envelope, &STORE, clock::now())
        };
        let trusted = asked(&message).unwrap_or_else(|why| panic!("{uri}: {why}"));
        assert!(trusted.algorithm().ends_with(uri), "{uri}");
        let told = |message: &str| asked(message).err();
        let changed = message.replace("egov-mobile", "egov-Mobile");
        assert_eq!(told(&changed), Some(Distrust::DigestMismatch), "{uri}");
        for (mark, expected) in [
            ("<ds:SignatureValue>", Distrust::SignatureValue),
            ("<ds:DigestValue>", Distrust::DigestMismatch),
        ] {
            let place = message.find(mark).expect("it is there") + mark.len() + 7;
            let other = if message.as_bytes()[place] == b'A' {
                "B"
            } else {
                "A"
            };
            let forged = format!("{}{other}{}", &message[..place], &message[place + 1..]);
            assert_eq!(told(&forged), Some(expected), "{uri}");
        }
        // The algorithm of another key, under the same digest.
        for other in [
            "rsa-sha512",
            "ecdsa-sha256",
            "gost34310-gost34311",
            "rsa-md5",
        ] {
            if other != uri && trusted.algorithm().starts_with("http") {
                let forged = message.replace(&format!("#{uri}"), &format!("#{other}"));
                let told = told(&forged).expect(other);
                let expected = [Distrust::SignatureValue, Distrust::Algorithm];
                assert!(expected.contains(&told), "{uri} as {other}: {told}");
            }
        }
        let notice = signer
            .sign_enveloped("<n><a>1</a></n>")
            .expect("well-formed");
        let document = Document::parse(notice.as_bytes(), &Limits::MESSAGE).expect("well-formed");
        let believed = verify_enveloped(document.root(), &STORE, clock::now());
        let believed = believed.unwrap_or_else(|why| panic!("{uri}: {why}"));
        assert_eq!(
            believed.expect("signed").octets,
            b"<n><a>1</a></n>",
            "{uri}"
        );
    }
}

#[test]
fn key_of_gost_survives_its_file_and_no_broken_file_is_a_key() {
    let signer = signer("participant-gost");
    let file = std::fs::read(path("participant-gost", "key")).expect("it was forged");
    let pkcs8 = pem_blocks(&file, "PRIVATE KEY").expect("base64").remove(0);
    let key = PrivateKey::from_pkcs8(&pkcs8).expect("it was written so");
    assert_eq!(*key.to_pkcs8(), pkcs8);
    let value = key.sign(b"text", &[]);
    assert!(signer.has_signed(b"text", &value) && !signer.has_signed(b"texT", &value));
    for length in 0..pkcs8.len() {
        assert!(
            PrivateKey::from_pkcs8(&pkcs8[..length]).is_none(),
            "{length}"
        );
    }
    for place in 0..pkcs8.len() - PrivateKey::OCTETS {
        let mut other = pkcs8.clone();
        other[place] ^= 1;
        let version = place == 6 || place == 5;
        assert!(
            PrivateKey::from_pkcs8(&other).is_none() || version,
            "{place}"
        );
    }
    assert_eq!(
        format!("{key:?}{signer:?}").matches("34.10-2015").count(),
        1
    );
}
