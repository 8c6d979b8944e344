//! Lists of revocation and answers of OCSP that the national authority signed, whole and with any
//! one bit changed: `../shared/kz-data`.

use kezek::signature::Certificate;
use kezek::signature::revocation::{Answer, Crl, Question, Reason, Told, Untold};
use kezek::terms::Moment;

use crate::kazakhstan::{data, der};

/// Lists, with their issuer, how many certificates they name, and whether they are deltas.
pub const LISTS: [(&str, &str, usize, bool); 5] = [
    (
        "kazeds_nca_gost2022_d_test.crl",
        "nca_gost2022_test.cer",
        0,
        true,
    ),
    (
        "kazeds_nca_gost2022_test.crl",
        "nca_gost2022_test.cer",
        54,
        false,
    ),
    ("nca_gost2022_test.crl", "nca_gost2022_test.cer", 6, false),
    ("nca_gost_test.crl", "nca_gost_test.crt", 31, false),
    ("nca_rsa_test.crl", "nca_rsa_test.crt", 126, false),
];

#[test]
fn every_list_of_the_authority_is_verified_and_none_with_one_bit_changed() {
    for (file, issuer, entries, delta) in LISTS {
        let octets = std::fs::read(data().join("crl").join(file)).expect("readable");
        let issuer = certificate(&format!("test-ca/{issuer}"));
        let list = Crl::parse(&octets).expect(file);
        assert_eq!((list.len(), list.is_delta()), (entries, delta), "{file}");
        assert!(list.this_update() < list.next_update(), "{file}");
        list.check(&issuer).expect(file);
        for changed in one_bit_changed(&octets) {
            let told = Crl::parse(&changed).and_then(|list| list.check(&issuer));
            assert!(told.is_err(), "{file}");
        }
    }
}

#[test]
fn lists_tell_since_when_and_why_and_a_delta_goes_with_its_own() {
    let list = |file: &str| {
        let octets = std::fs::read(data().join("crl").join(file)).expect("readable");
        Crl::parse(&octets).expect(file)
    };
    let rsa = list("nca_rsa_test.crl");
    for (serial, expected) in [
        (
            [
                0x47, 0x4C, 0x38, 0x69, 0x6D, 0x86, 0x77, 0xA2, 0xC8, 0xB6, 0xE4, 0x03, 0x45, 0xA8,
                0xB0, 0x41, 0x68, 0xC0, 0x90, 0x5C,
            ],
            ("2021-04-01T06:56:52Z", Reason::CertificateHold),
        ),
        (
            [
                0x4B, 0x77, 0x9C, 0xB5, 0x64, 0x7C, 0x4D, 0xA7, 0xB0, 0x73, 0x27, 0xC5, 0x03, 0xEA,
                0xB1, 0x65, 0x6D, 0x71, 0x6E, 0xD8,
            ],
            ("2021-03-30T18:10:21Z", Reason::KeyCompromise),
        ),
    ] {
        let at = Moment::parse(expected.0).expect("a moment");
        assert_eq!(rsa.find(&serial), Some((at, expected.1)));
        assert_eq!(rsa.find(&serial[1..]), None);
    }
    let (complete, delta) = (
        list("kazeds_nca_gost2022_test.crl"),
        list("kazeds_nca_gost2022_d_test.crl"),
    );
    let earlier = list("nca_gost2022_test.crl");
    assert!(delta.is_delta() && delta.is_empty());
    assert!(delta.goes_with(&complete), "its base is number 14");
    assert!(!delta.goes_with(&earlier), "that is number 4");
    assert!(!complete.goes_with(&complete) && !delta.goes_with(&delta));
    assert!(!delta.goes_with(&rsa), "of another authority");
}

/// Answers, with their issuer and what they tell.
pub fn answers() -> Vec<(&'static str, &'static str, Told)> {
    let at = |text: &str| Moment::parse(text).expect("a moment");
    let held = Told::Revoked(at("2022-07-27T10:25:30Z"), Reason::CertificateHold);
    let superseded = Told::Revoked(at("2022-01-18T06:30:55Z"), Reason::Superseded);
    vec![
        (
            "ocsp_response_ceo_2015_revoked.bin",
            "nca_gost2022_test.cer",
            held,
        ),
        (
            "ocsp_response_ceo_sign_2004_revoked.bin",
            "nca_gost_test.crt",
            superseded,
        ),
        (
            "ocsp_response_individual_2015.bin",
            "nca_gost2022_test.cer",
            Told::NeverIssued,
        ),
        (
            "ocsp_response_individual_sign_2004.bin",
            "nca_rsa_test.crt",
            Told::Good,
        ),
    ]
}

#[test]
fn every_answer_of_the_authority_is_verified_and_none_with_one_bit_changed() {
    for (file, issuer, expected) in answers() {
        let octets = std::fs::read(data().join("ocsp").join(file)).expect("readable");
        let issuer = certificate(&format!("test-ca/{issuer}"));
        let answer = Answer::parse(&octets).expect(file);
        let (told, responder) = answer.about(answer.serial(), &issuer).expect(file);
        assert_eq!(told, expected, "{file}");
        assert!(responder.is_some(), "{file}: by a delegate");
        assert_eq!(answer.next_update(), None, "{file}");
        let serial = answer.serial();
        assert_eq!(
            answer.about(&serial[1..], &issuer),
            Err(Untold::OtherCertificate)
        );
        let question = Question::about(serial, &issuer);
        assert_eq!(
            answer.answers(&question),
            Err(Untold::Nonce),
            "{file}: a replay"
        );
        for changed in one_bit_changed(&octets) {
            let told = Answer::parse(&changed).and_then(|answer| answer.about(serial, &issuer));
            assert!(told.is_err(), "{file}");
        }
    }
}

/// Some hundred and fifty octets, spread over the whole, each with one of its bits changed.
pub fn one_bit_changed(octets: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let step = 1 + octets.len() / 150;
    (0..octets.len()).step_by(step).map(move |at| {
        let mut changed = octets.to_vec();
        changed[at] ^= 1 << (at / step % 8);
        changed
    })
}

pub fn certificate(file: &str) -> Certificate {
    Certificate::parse(&der(&data().join(file))).expect(file)
}
