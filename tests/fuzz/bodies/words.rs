//! Words of authorities and signed documents: read the same twice, and believed only as given.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use kezek::signature::revocation::{Answer, Crl, Policy, Question, Shelf, Standing, Told};
use kezek::signature::timestamp::{StampQuestion, Token};
use kezek::signature::{SignedDocument, sha256, verify_document};
use kezek::terms::Moment;

use super::ground::GROUND;

/// The times and policies of the time-stamps that were given.
static STAMPED: LazyLock<BTreeSet<(Moment, String)>> = LazyLock::new(|| {
    let given = GROUND.stamps.iter().map(|(name, octets)| {
        let token = Token::of_response(octets).expect(name);
        let stamp = token.verify(&GROUND.store, &[]).expect(name);
        (stamp.at, stamp.policy)
    });
    given.collect()
});

/// Reads a signed document, with its content inside or apart; and the same octets as a time-stamp.
pub fn cms(octets: &[u8]) {
    let apart = GROUND
        .contents
        .values()
        .map(|content| Some(content.as_slice()));
    for apart in std::iter::once(None).chain(apart) {
        if let Ok(document) = verify_document(octets, apart, &GROUND.store, GROUND.at) {
            believed(&document);
        }
    }
    if let Some((imprint, _)) = StampQuestion::read(octets) {
        assert!(
            octets
                .windows(imprint.len())
                .any(|window| window == imprint)
        );
    }
    for token in [Token::of_response(octets), Token::parse(octets)]
        .into_iter()
        .flatten()
    {
        let again = Token::parse(token.der()).expect("a token is its own DER");
        assert_eq!(format!("{again:?}"), format!("{token:?}"));
        if let Ok(stamp) = token.verify(&GROUND.store, &[]) {
            assert!(
                STAMPED.contains(&(stamp.at, stamp.policy.clone())),
                "never given"
            );
            let about = GROUND.contents.values();
            let about = about.filter(|content| stamp.covers(content).is_ok());
            assert_eq!(about.count(), 1, "of what was stamped");
        }
    }
}

/// What was signed in documents, and by which certificate.
static SIGNED: LazyLock<BTreeSet<(Vec<u8>, [u8; 32])>> = LazyLock::new(|| {
    let mut signed = BTreeSet::new();
    for (name, cms) in &GROUND.documents {
        let apart = GROUND
            .contents
            .values()
            .map(|content| Some(content.as_slice()));
        let mut told = std::iter::once(None)
            .chain(apart)
            .filter_map(|apart| verify_document(cms, apart, &GROUND.store, GROUND.at).ok());
        let document = told.next().unwrap_or_else(|| panic!("{name} is believed"));
        for by in &document.signatories {
            signed.insert((document.content.to_vec(), by.certificate().fingerprint()));
        }
    }
    signed
});

fn believed(document: &SignedDocument<'_>) {
    assert!(!document.signatories.is_empty());
    for signatory in &document.signatories {
        let by = signatory.certificate().fingerprint();
        assert!(
            SIGNED.contains(&(document.content.to_vec(), by)),
            "nobody signed it"
        );
        if let Some((token, stamped)) = signatory.time_stamp() {
            let stamp = Token::parse(token).and_then(|token| token.verify(&GROUND.store, &[]));
            let given = |at, policy: &str| STAMPED.contains(&(at, policy.to_owned()));
            assert!(!stamped.is_empty());
            if let Ok(stamp) = stamp {
                assert!(given(stamp.at, &stamp.policy), "never given");
            }
        }
    }
}

/// What the answers that were given tell: the serial number, what, and as of when.
static ANSWERED: LazyLock<Vec<(Vec<u8>, Told, Moment)>> = LazyLock::new(|| {
    let given = GROUND.answers.iter().filter_map(|(name, octets)| {
        let answer = Answer::parse(octets).expect(name);
        let mut authorities = GROUND.certificates.values();
        let told = authorities.find_map(|issuer| answer.about(answer.serial(), issuer).ok());
        told.map(|(told, _)| (answer.serial().to_vec(), told, answer.this_update()))
    });
    let given: Vec<_> = given.collect();
    assert!(!given.is_empty());
    given
});

/// Reads an answer of OCSP; and the same octets as a question.
pub fn ocsp(octets: &[u8]) {
    if let Some(asked) = Question::read(octets) {
        assert_eq!(Question::read(octets), Some(asked));
    }
    match Answer::parse(octets) {
        Ok(answer) => {
            assert_eq!(answer.fingerprint(), sha256(octets));
            assert!(!answer.serial().starts_with(&[0]));
            for issuer in GROUND.certificates.values() {
                if let Ok((told, responder)) = answer.about(answer.serial(), issuer) {
                    let told = (answer.serial().to_vec(), told, answer.this_update());
                    assert!(ANSWERED.contains(&told), "never answered");
                    let mut all = GROUND.certificates.values();
                    let known = |serial: &Vec<u8>| all.any(|one| one.serial() == serial);
                    assert!(responder.as_ref().is_none_or(known));
                }
            }
        }
        Err(why) => assert!(!why.to_string().is_empty()),
    }
    still_revoked(octets);
}

/// The lists that were given.
static LISTED: LazyLock<Vec<Crl>> = LazyLock::new(|| {
    let lists = GROUND.lists.iter();
    lists
        .map(|(name, octets)| Crl::parse(octets).expect(name))
        .collect()
});

/// A SEQUENCE of a number and a time of seconds.
const ENTRY_OCTETS_MIN: usize = 2 + 3 + 15;

/// Reads a list of revocation.
pub fn crl(octets: &[u8]) {
    match Crl::parse(octets) {
        Ok(list) => {
            assert_eq!(list.fingerprint(), sha256(octets));
            assert!(list.len() <= octets.len() / ENTRY_OCTETS_MIN);
            assert!(list.this_update() <= list.next_update());
            assert!(list.is_same_series(&list) && !list.goes_with(&list));
            assert_eq!(list.find(&[0xFF; 21]), None, "longer than any number");
            for issuer in GROUND.certificates.values() {
                if list.check(issuer).is_ok() {
                    assert!(
                        LISTED.iter().any(|given| is_same(given, &list)),
                        "never given"
                    );
                }
                assert_eq!(
                    list.check(issuer),
                    list.check(issuer),
                    "kept as it was found"
                );
            }
        }
        Err(why) => assert!(!why.to_string().is_empty()),
    }
    still_revoked(octets);
}

fn is_same(given: &Crl, list: &Crl) -> bool {
    let mut all = GROUND.certificates.values();
    given.is_same_series(list)
        && given.len() == list.len()
        && (given.this_update(), given.next_update()) == (list.this_update(), list.next_update())
        && all.all(|one| given.find(one.serial()) == list.find(one.serial()))
}

/// Whatever else lies on the shelf: who was revoked stays so, and whoever stood still stands.
fn still_revoked(octets: &[u8]) {
    let mut words: Vec<Vec<u8>> = GROUND.lists.values().cloned().collect();
    words.push(octets.to_vec());
    let shelf = Shelf::of(&words, Policy::default());
    let issuer = GROUND.certificate("authority");
    for (name, stands) in [("revoked", false), ("participant", true)] {
        let certificate = GROUND.certificate(name);
        let before = GROUND.shelf.standing(certificate, issuer, GROUND.at);
        let now = shelf.standing(certificate, issuer, GROUND.at);
        for standing in [before, now] {
            assert_eq!(
                matches!(standing, Standing::Good(_)),
                stands,
                "{name}: {standing:?}"
            );
        }
    }
}
