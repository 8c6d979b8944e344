//! Certificates that the national authority issued: `../shared/kz-data`. Those of RSA must serve
//! now; those of GOST must be read, and trusted no further than their key is known.

use std::path::{Path, PathBuf};

use kezek::clock;
use kezek::signature::{Certificate, Distrust, Environment, Role, Store, pem_blocks};
use kezek::terms::Moment;

use crate::authority::FOLDER;
use crate::revocation::one_bit_changed;

/// Files of certificates, by folder.
const FILES: [(&str, usize); 3] = [("prod-ca", 11), ("test-ca", 5), ("test-ee", 8)];

#[test]
fn every_certificate_of_the_authority_is_read() {
    for (folder, count) in FILES {
        let files = certificates_in(folder);
        assert_eq!(files.len(), count, "{folder}");
        for file in files {
            let certificate = Certificate::parse(&der(&file));
            let certificate = certificate.unwrap_or_else(|why| panic!("{}: {why}", file.display()));
            let (from, until) = certificate.validity();
            assert!(from < until, "{}", file.display());
        }
    }
}

/// Certificates whose authority, an old root for tests, is not among the data.
const ORPHANS: [&str; 2] = ["nca_gost_test.crt", "nca_rsa_test.crt"];

#[test]
fn every_certificate_was_signed_by_its_authority_and_not_with_one_bit_changed() {
    let folders = FILES.iter().flat_map(|(folder, _)| certificates_in(folder));
    let files: Vec<(PathBuf, Vec<u8>)> = folders.map(|file| (file.clone(), der(&file))).collect();
    let read = |der: &[u8]| Certificate::parse(der).expect("a certificate");
    let all: Vec<Certificate> = files.iter().map(|(_, der)| read(der)).collect();
    let mut orphans = Vec::new();
    for ((file, octets), certificate) in files.iter().zip(&all) {
        let Some(issuer) = all.iter().find(|issuer| certificate.is_signed_by(issuer)) else {
            orphans.push(
                file.file_name()
                    .expect("a file")
                    .to_string_lossy()
                    .into_owned(),
            );
            continue;
        };
        // In the value, in the serial number, and in the last extension.
        let content = octets.len() - 1;
        for (at, bit) in [(content, 1), (content - 63, 0x80), (20, 1)] {
            let mut other = octets.clone();
            other[at] ^= bit;
            let forged = Certificate::parse(&other).is_ok_and(|other| other.is_signed_by(issuer));
            assert!(!forged, "{}: octet {at}", file.display());
        }
    }
    orphans.sort();
    assert_eq!(orphans, ORPHANS);
}

/// Each certificate with its issuer. The issuers of the test authorities of 2021 are not among the
/// data.
pub const ISSUED: [(&str, &str); 22] = [
    ("prod-ca/root_gost.pem", "prod-ca/root_gost.pem"),
    ("prod-ca/root_gost_2020.cer", "prod-ca/root_gost_2020.cer"),
    ("prod-ca/root_gost_2022.pem", "prod-ca/root_gost_2022.pem"),
    ("prod-ca/root_rsa.pem", "prod-ca/root_rsa.pem"),
    ("prod-ca/root_rsa_2020.cer", "prod-ca/root_rsa_2020.cer"),
    ("prod-ca/btsd_gost.cer", "prod-ca/root_gost_2020.cer"),
    ("prod-ca/ucgo_gost.cer", "prod-ca/root_gost_2020.cer"),
    ("prod-ca/nca_gost.pem", "prod-ca/root_gost.pem"),
    ("prod-ca/nca_gost_2022.pem", "prod-ca/root_gost_2022.pem"),
    ("prod-ca/nca_rsa.pem", "prod-ca/root_rsa.pem"),
    ("prod-ca/nca_rsa_2022.cer", "prod-ca/root_rsa_2020.cer"),
    (
        "test-ca/root_test_gost_2022.cer",
        "test-ca/root_test_gost_2022.cer",
    ),
    (
        "test-ca/nca_gost2015_test.cer",
        "test-ca/root_test_gost_2022.cer",
    ),
    (
        "test-ca/nca_gost2022_test.cer",
        "test-ca/root_test_gost_2022.cer",
    ),
    (
        "test-ee/ceo_valid_sign_2004_gost.cer",
        "test-ca/nca_gost_test.crt",
    ),
    (
        "test-ee/gokalkan_test_gost1.cer",
        "test-ca/nca_gost2022_test.cer",
    ),
    (
        "test-ee/gokalkan_test_gost2.cer",
        "test-ca/nca_gost2022_test.cer",
    ),
    (
        "test-ee/gokalkan_wtest_gost1.cer",
        "test-ca/nca_gost2022_test.cer",
    ),
    (
        "test-ee/gokalkan_wtest_gost2.cer",
        "test-ca/nca_gost2022_test.cer",
    ),
    (
        "test-ee/individual_valid_sign_2004_rsa.cer",
        "test-ca/nca_rsa_test.crt",
    ),
    (
        "test-ee/individual_valid_sign_2004_rsa_auth.cer",
        "test-ca/nca_rsa_test.crt",
    ),
    (
        "test-ee/mitwork_org_sign_gost2015_2024.cer",
        "test-ca/nca_gost2022_test.cer",
    ),
];

#[test]
fn every_certificate_is_verified_and_none_with_one_bit_changed() {
    let read = |file: &str| Certificate::parse(&der(&data().join(file))).expect(file);
    for (file, issuer) in ISSUED {
        let (certificate, issuer) = (read(file), read(issuer));
        assert!(certificate.was_issued_by(&issuer), "{file}");
        for changed in one_bit_changed(certificate.der()) {
            let parsed = Certificate::parse(&changed);
            let told = parsed.is_ok_and(|changed| changed.was_issued_by(&issuer));
            assert!(!told, "{file}");
        }
    }
}

#[test]
fn roles_and_persons_are_read_as_the_authority_writes_them() {
    let read = |file: &str| {
        let certificate = der(&data().join("test-ee").join(file));
        Certificate::parse(&certificate).expect(file)
    };
    for (file, roles, bin) in [
        (
            "mitwork_org_sign_gost2015_2024.cer",
            &[Role::LegalEntity, Role::Head][..],
            Some("123456789021"),
        ),
        ("gokalkan_test_gost1.cer", &[Role::Individual], None),
        (
            "individual_valid_sign_2004_rsa.cer",
            &[Role::Individual],
            None,
        ),
    ] {
        let certificate = read(file);
        assert_eq!(
            (certificate.roles().as_slice(), certificate.bin()),
            (roles, bin),
            "{file}"
        );
        assert!(!certificate.policies().is_empty(), "{file}");
    }
}

#[test]
fn root_of_2020_vouches_for_the_authority_of_2022() {
    let roots = store(
        "rsa",
        &["prod-ca/root_rsa_2020.cer"],
        &["prod-ca/nca_rsa_2022.cer"],
    );
    assert_eq!(roots.size(), (1, 1));
    // The path is there; an authority signs no messages.
    let told = |file: &str| roots.path(&der(&data().join(file)), clock::now()).err();
    assert_eq!(
        told("prod-ca/nca_rsa_2022.cer"),
        Some(Distrust::CertificateUsage)
    );
    assert_eq!(
        told("prod-ca/nca_rsa.pem"),
        Some(Distrust::CertificateUntrusted),
        "the old root's"
    );
    let stranger = store("gost", &["prod-ca/root_gost_2022.pem"], &[]);
    let told = stranger.path(&der(&data().join("prod-ca/nca_rsa_2022.cer")), clock::now());
    assert_eq!(told.err(), Some(Distrust::CertificateUntrusted));
}

#[test]
fn certificates_of_people_are_told_apart_by_what_they_are_for() {
    let store = store("test", &["test-ca/nca_rsa_test.crt"], &[]);
    let der_of = |file: &str| der(&data().join("test-ee").join(file));
    let signing = der_of("individual_valid_sign_2004_rsa.cer");
    let signing_in = der_of("individual_valid_sign_2004_rsa_auth.cer");
    let then = Moment::parse("2022-06-01T00:00:00Z").expect("a moment");
    let later = Moment::parse("2023-06-01T00:00:00Z").expect("a moment");
    let before = Moment::parse("2021-06-01T00:00:00Z").expect("a moment");
    let path = store.path(&signing, then).expect("valid in that year");
    assert_eq!(
        path.path().count(),
        2,
        "itself and the authority, configured as a root"
    );
    for (name, der, at, expected) in [
        (
            "for signing in",
            &signing_in,
            then,
            Distrust::CertificateUsage,
        ),
        (
            "a year later",
            &signing,
            later,
            Distrust::CertificateExpired,
        ),
        (
            "a year before",
            &signing,
            before,
            Distrust::CertificateNotYetValid,
        ),
        (
            "when the authority is gone",
            &signing,
            clock::now(),
            Distrust::CertificateUntrusted,
        ),
        (
            "of GOST",
            &der_of("gokalkan_test_gost1.cer"),
            then,
            Distrust::CertificateUntrusted,
        ),
    ] {
        assert_eq!(store.path(der, at).err(), Some(expected), "{name}");
    }
}

pub fn store(name: &str, roots: &[&str], intermediates: &[&str]) -> Store {
    let folder = FOLDER.join("kazakhstan").join(name);
    for (part, files) in [("roots", roots), ("intermediates", intermediates)] {
        let part = folder.join(part);
        std::fs::create_dir_all(&part).expect("a folder of the test");
        for file in files {
            let from = data().join(file);
            let to = part.join(from.file_name().expect("a file"));
            std::fs::write(to, std::fs::read(&from).expect("readable")).expect("written");
        }
    }
    std::fs::write(folder.join("store.toml"), "environment = \"test\"\n").expect("written");
    Store::load(&folder, Environment::Test).expect("the authority's own certificates")
}

pub fn data() -> PathBuf {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/kz-data");
    assert!(
        data.is_dir(),
        "the data of the authority lies beside the repository"
    );
    data
}

fn certificates_in(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(data().join(folder)).expect("a folder of certificates");
    let files = entries.map(|entry| entry.expect("an entry").path());
    let named = |file: &PathBuf| {
        let extension = file.extension().and_then(|extension| extension.to_str());
        matches!(extension, Some("cer" | "pem" | "crt"))
    };
    files.filter(named).collect()
}

pub fn der(file: &Path) -> Vec<u8> {
    let octets = std::fs::read(file).expect("readable");
    let mut blocks = pem_blocks(&octets, "CERTIFICATE").expect("base64");
    assert_eq!(
        blocks.len(),
        1,
        "{}: one certificate a file",
        file.display()
    );
    blocks.remove(0)
}
