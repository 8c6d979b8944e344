//! Signed documents (CMS): what the national tools made, what OpenSSL makes, and what must be
//! refused.

use std::path::PathBuf;
use std::process::Command;

use kezek::clock;
use kezek::signature::asn1::tag::SEQUENCE;
use kezek::signature::asn1::tlv;
use kezek::signature::{Distrust, verify_document};
use kezek::terms::Moment;

use crate::authority::{FOLDER, STORE, signer};
use crate::kazakhstan::{data, store as kazakh_store};

#[test]
fn document_of_the_national_tools_is_believed_and_no_changed_one() {
    let store = kazakh_store("document", &["test-ca/nca_gost2022_test.cer"], &[]);
    let at = Moment::parse("2025-02-24T20:00:00Z").expect("a moment");
    let cms = std::fs::read(data().join("signed/mitwork_cms_validation_1.p7s")).expect("readable");
    let signed = verify_document(&cms, None, &store, at).expect("believed");
    let [signatory] = &signed.signatories[..] else {
        panic!("{} signed", signed.signatories.len())
    };
    assert!(signatory.signing_time().is_some() && signatory.certificate().iin().is_some());
    let (_, stamped) = signatory.time_stamp().expect("it was stamped");
    assert_eq!(stamped.len(), 128);
    let twice = verify_document(&cms, Some(signed.content), &store, at).err();
    assert!(matches!(twice, Some(Distrust::SignatureForm(_))));
    // All but what is named in advance, and the token, which the signer did not sign.
    let within = |part: &[u8]| {
        let found = cms.windows(part.len()).position(|window| window == part);
        found.expect("it is a part of it")
    };
    let (from, to) = (within(signed.content), within(stamped) + stamped.len());
    for place in (from..to).step_by(5) {
        let mut other = cms.clone();
        other[place] ^= 1;
        assert!(
            verify_document(&other, None, &store, at).is_err(),
            "octet {place}"
        );
    }
    // A time-stamp has the same form, and its authority may sign nothing else.
    let stamp = std::fs::read(data().join("tsp/tsp_token.bin")).expect("readable");
    let stamps = kazakh_store("stamps", &["test-ca/nca_gost_test.crt"], &[]);
    let at = Moment::parse("2022-09-18T13:20:14Z").expect("a moment");
    let told = verify_document(&stamp, None, &stamps, at).map(drop);
    assert_eq!(told, Err(Distrust::CertificateUsage));
}

fn file(name: &str, octets: &[u8]) -> PathBuf {
    let path = FOLDER.join(format!("document-{name}"));
    std::fs::write(&path, octets).expect("written");
    path
}

/// What OpenSSL signs with a key of the authority.
fn cms(name: &str, key: &str, content: &[u8], more: &[&str]) -> Vec<u8> {
    signer(key);
    let keys = FOLDER.join("keys");
    let (from, to) = (file(&format!("{name}.in"), content), file(name, &[]));
    let told = Command::new("openssl")
        .args(["cms", "-sign", "-binary", "-outform", "DER", "-in"])
        .arg(&from)
        .arg("-out")
        .arg(&to)
        .arg("-signer")
        .arg(keys.join(format!("{key}.pem")))
        .arg("-inkey")
        .arg(keys.join(format!("{key}.key")))
        .args(more)
        .output()
        .expect("openssl is needed: install openssl");
    assert!(
        told.status.success(),
        "{}",
        String::from_utf8_lossy(&told.stderr)
    );
    std::fs::read(to).expect("it was written")
}

#[test]
fn documents_of_openssl_are_believed_attached_and_detached() {
    let content = b"a decree";
    let now = clock::now();
    for (name, key, more) in [
        ("rsa", "participant", &["-md", "sha256"][..]),
        ("rsa-384", "participant", &["-md", "sha384"]),
        ("rsa-512", "participant", &["-md", "sha512", "-keyid"]),
        ("p256", "participant-p256", &["-md", "sha256"]),
    ] {
        let attached = cms(name, key, content, &[more, &["-nodetach"]].concat());
        let signed = verify_document(&attached, None, &STORE, now);
        let signed = signed.unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(signed.content, content, "{name}");
        let by = signed.signatories[0].certificate().fingerprint();
        assert_eq!(by, signer(key).certificate().fingerprint(), "{name}");
        let detached = cms(name, key, content, more);
        let told = |apart| verify_document(&detached, apart, &STORE, now).map(drop);
        assert_eq!(told(Some(content)), Ok(()), "{name}");
        assert_eq!(
            told(Some(b"a decreE")),
            Err(Distrust::DigestMismatch),
            "{name}"
        );
        assert!(
            matches!(told(None), Err(Distrust::SignatureForm(_))),
            "{name}"
        );
        for place in (0..detached.len()).step_by(7) {
            let mut other = detached.clone();
            other[place] ^= 1;
            // Of what is not signed, some bits say nothing: the version, the list of digests.
            let told = verify_document(&other, Some(content), &STORE, now);
            let harmless = told.is_ok_and(|found| found.content == content);
            assert!(
                !harmless || place < 48,
                "{name}: octet {place} of {}",
                detached.len()
            );
        }
    }
}

/// The elements of DER that stand in a row.
fn elements(mut octets: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while !octets.is_empty() {
        let (one, behind) = octets.split_at(head(octets) + length(octets));
        found.push(one);
        octets = behind;
    }
    found
}

fn head(octets: &[u8]) -> usize {
    match octets[1] {
        0..=0x7F => 2,
        long => 2 + usize::from(long & 0x7F),
    }
}

fn length(octets: &[u8]) -> usize {
    let long = octets[2..head(octets)].iter();
    match octets[1] {
        short @ 0..=0x7F => short.into(),
        _ => long.fold(0, |length, octet| length << 8 | usize::from(*octet)),
    }
}

/// What stands in an element.
fn within(octets: &[u8]) -> Vec<&[u8]> {
    elements(&octets[head(octets)..])
}

/// The same document with its one certificate so many times.
fn with_certificates(cms: &[u8], times: usize) -> Vec<u8> {
    let info = within(cms);
    let data = within(within(info[1])[0]);
    let [version, digests, content, certificates, signers] = data[..] else {
        panic!("{} parts", data.len());
    };
    let certificate = within(certificates)[0];
    let many = tlv(0xA0, &certificate.repeat(times));
    let data = tlv(
        SEQUENCE,
        &[version, digests, content, &many, signers].concat(),
    );
    tlv(SEQUENCE, &[info[0], &tlv(0xA0, &data)].concat())
}

#[test]
fn thousands_of_certificates_in_one_document_are_not_read() {
    let content = b"a decree";
    let cms = cms("crowd", "participant", content, &["-md", "sha256"]);
    let told = |cms: &[u8]| verify_document(cms, Some(content), &STORE, clock::now()).map(drop);
    assert_eq!(with_certificates(&cms, 1), cms, "put together as it was");
    assert_eq!(told(&with_certificates(&cms, 32)), Ok(()));
    for times in [33, 3_000] {
        let told = told(&with_certificates(&cms, times));
        assert!(
            matches!(told, Err(Distrust::SignatureForm(_))),
            "{times}: {told:?}"
        );
    }
}

#[test]
fn documents_that_say_too_little_or_too_much_are_refused() {
    let content = b"a decree";
    let now = clock::now();
    let told = |cms: &[u8]| verify_document(cms, Some(content), &STORE, now).map(drop);
    let form = |told: Result<(), Distrust>| matches!(told, Err(Distrust::SignatureForm(_)));
    let bare = cms(
        "bare",
        "participant",
        content,
        &["-noattr", "-md", "sha256"],
    );
    assert!(form(told(&bare)), "no signed attributes");
    let alone = cms(
        "alone",
        "participant",
        content,
        &["-nocerts", "-md", "sha256"],
    );
    assert_eq!(
        told(&alone),
        Err(Distrust::CertificateMalformed),
        "without a certificate"
    );
    let sha1 = cms("sha1", "participant", content, &["-md", "sha1"]);
    assert_eq!(told(&sha1), Err(Distrust::Algorithm), "SHA-1 after its end");
    let then = Moment::parse("2013-06-01T00:00:00Z").expect("a moment");
    let archived = verify_document(&sha1, Some(content), &STORE, then).map(drop);
    assert_eq!(
        archived,
        Err(Distrust::CertificateUntrusted),
        "a key that was not there yet"
    );
    let stranger = cms("stranger", "untrusted", content, &["-md", "sha256"]);
    assert_eq!(told(&stranger), Err(Distrust::CertificateUntrusted));
    let late = cms("late", "expired", content, &["-md", "sha256"]);
    assert_eq!(told(&late), Err(Distrust::CertificateExpired));
    let streamed = cms(
        "streamed",
        "participant",
        content,
        &["-md", "sha256", "-stream", "-nodetach"],
    );
    let told = verify_document(&streamed, None, &STORE, now).map(drop);
    assert!(form(told), "BER");
    for broken in [
        &b""[..],
        b"\x30\x80",
        b"\x30\x84\xff\xff\xff\xff",
        &bare[..40],
    ] {
        assert!(form(verify_document(broken, None, &STORE, now).map(drop)));
    }
}
