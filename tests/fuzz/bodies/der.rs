//! Certificates and keys: read the same twice, and no path for what the authority did not issue.

use kezek::sandbox::der::{Key, pem};
use kezek::signature::{Certificate, gost, pem_blocks, sha256};

use super::ground::GROUND;

/// Reads a certificate, its subject, its roles and its path; and the same octets as a key.
pub fn certificate(octets: &[u8]) {
    for label in ["CERTIFICATE", "PRIVATE KEY"] {
        for block in pem_blocks(octets, label).into_iter().flatten() {
            let again = pem_blocks(pem(label, &block).as_bytes(), label);
            assert_eq!(again.ok(), Some(vec![block]));
        }
    }
    key(octets);
    let Ok(certificate) = Certificate::parse(octets) else {
        assert!(GROUND.store.path(octets, GROUND.at).is_err());
        return;
    };
    assert_eq!(certificate.der(), octets);
    assert_eq!(certificate.fingerprint(), sha256(octets));
    let twelve = |number: &str| number.len() == 12 && number.bytes().all(|b| b.is_ascii_digit());
    assert!(certificate.bin().is_none_or(twelve) && certificate.iin().is_none_or(twelve));
    assert!(!certificate.serial().starts_with(&[0]));
    assert!(
        certificate
            .roles()
            .iter()
            .all(|role| !role.word().is_empty())
    );
    let within = |part: &[u8]| octets.windows(part.len()).any(|window| window == part);
    assert!(within(certificate.subject()), "the subject as it stands");
    // Debug never shows a person.
    let shown = format!("{certificate:?}");
    assert!(certificate.iin().is_none_or(|iin| !shown.contains(iin)));
    let known = GROUND.issued(&certificate);
    for authority in GROUND.certificates.values() {
        assert!(
            known || !certificate.was_issued_by(authority),
            "nobody issued it"
        );
    }
    match GROUND.store.path(octets, GROUND.at) {
        Ok(verified) => {
            assert!(known, "no path for what the authority did not issue");
            assert!(verified.path().all(|one| GROUND.issued(one)));
            let (from, until) = certificate.validity();
            assert!((from..=until).contains(&GROUND.at));
        }
        Err(why) => assert!(!why.to_string().is_empty()),
    }
}

/// A key that is read is written, and read again as the same one.
fn key(octets: &[u8]) {
    if let Some(key) = gost::PrivateKey::from_pkcs8(octets) {
        let again = gost::PrivateKey::from_pkcs8(&key.to_pkcs8()).expect("it was just written");
        assert_eq!(again.public_key().to_octets(), key.public_key().to_octets());
        let value = key.sign(b"octets", &[0; 32]);
        assert!(again.public_key().verify(b"octets", &value));
    }
    if let Some(key) = gost::PublicKey::from_spki(octets) {
        let again = gost::PublicKey::from_spki(&key.to_spki()).expect("it was just written");
        assert_eq!(again.to_octets(), key.to_octets());
    }
    if let Some(key) = Key::from_pkcs8(octets) {
        let again = Key::from_pkcs8(&key.pkcs8()).expect("it was just written");
        assert_eq!(again.public(), key.public());
    }
}
