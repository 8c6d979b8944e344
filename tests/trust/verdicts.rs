//! Verdicts computed again: as of their time, from what was kept, and from nothing else.

use std::sync::Arc;

use kezek::envelope::Envelope;
use kezek::sandbox::PARTICIPANT_BIN;
use kezek::sandbox::words::{self, Status};
use kezek::signature::revocation::{Policy, Shelf};
use kezek::signature::verdict::{VerdictFault, compute_again, record};
use kezek::signature::{Distrust, Environment, Signer, Store, sha256, verify};
use serde_json::{Value, json};

use crate::authority::{DIRECTORY, send_message};
use crate::country::Country;

const DAY_MS: i64 = 86_400_000;

/// A message that was believed some days ago, in grace, and what the journal kept of it.
struct Kept {
    country: Country,
    raw: String,
    verdict: Value,
    chain: Vec<Vec<u8>>,
    words: Vec<Vec<u8>>,
}

fn kept(name: &'static str) -> Kept {
    let country = Country::new(name);
    let words = vec![
        country.list(&country.root, (-60, 60), &[]),
        words::answer(
            &country.answer_draft(Status::Good, -30),
            &country.responder.key,
        ),
    ];
    let files = country.files(&country.signer);
    let signer = Signer::load(&files.0, &files.1).expect("a key and its certificate");
    let raw = signer.sign(&send_message("egov-mobile"), None);
    let store = store(&country);
    let policy = Policy::default();
    store.stand_by(Arc::new(Shelf::of(&words, policy)));
    let envelope = Envelope::read(raw.as_bytes()).expect("an envelope");
    let trusted = verify(envelope, &store, country.now).expect("believed in grace");
    assert_eq!(country.bin(), PARTICIPANT_BIN);
    let request = trusted.request().expect("a request");
    let speaker = DIRECTORY.speaker(trusted.verified().certificate(), &request);
    let speaker = speaker.expect("the participant");
    let verdict = record(&trusted, &speaker, &[], country.now, Some(policy));
    let path = trusted.verified().path();
    let chain = path.map(|c| c.der().to_vec()).collect();
    Kept {
        raw,
        verdict,
        chain,
        words,
        country,
    }
}

fn store(country: &Country) -> Store {
    Store::load(&country.folder, Environment::Test).expect("a store")
}

impl Kept {
    fn again(&self, raw: &str, verdict: &Value, words: &[Vec<u8>]) -> Result<(), VerdictFault> {
        let recall = |wanted: &[u8; 32]| {
            let mut kept = words.iter();
            kept.find(|word| sha256(word) == *wanted).cloned()
        };
        let store = store(&self.country);
        compute_again(raw.as_bytes(), None, verdict, &self.chain, store, recall).map(|_| ())
    }
}

#[test]
fn verdict_comes_out_again_though_its_words_are_old_and_its_authority_is_forgotten() {
    let kept = kept("verdict");
    let standing = &kept.verdict["revocation"]["standing"];
    assert_eq!(standing[0]["grace"], json!(true));
    assert_eq!(standing[1]["by"], json!("crl"));
    kept.again(&kept.raw, &kept.verdict, &kept.words)
        .expect("as it was");
    // The authority is no longer configured; its certificate is among those that spoke.
    let authority = kept.country.folder.join("intermediates/one.pem");
    std::fs::remove_file(authority).expect("it was there");
    kept.again(&kept.raw, &kept.verdict, &kept.words)
        .expect("as it was");
}

#[test]
fn whatever_was_changed_since_is_found() {
    let kept = kept("changed");
    let with = |path: &str, value: Value| {
        let mut verdict = kept.verdict.clone();
        *verdict.pointer_mut(path).expect("it is there") = value;
        kept.again(&kept.raw, &verdict, &kept.words)
    };
    let later = kept.country.now.plus_millis(3 * DAY_MS).to_string();
    let zeros = "0".repeat(64);
    let told = with("/at", json!(later));
    assert!(
        matches!(
            told,
            Err(VerdictFault::Distrust(Distrust::RevocationUnknown))
        ),
        "{told:?}"
    );
    for (path, what, value) in [
        ("/octets_sha256", "octets_sha256", json!(zeros)),
        ("/algorithm", "algorithm", json!("none")),
        ("/path/1", "path", json!(zeros)),
        ("/revocation/standing/0/grace", "revocation", json!(false)),
        ("/revocation/standing/1/until", "revocation", json!("")),
    ] {
        let told = with(path, value);
        let differs =
            matches!(&told, Err(VerdictFault::Differs { what: found, .. }) if *found == what);
        assert!(differs, "{path}: {told:?}");
    }
    for (path, value) in [
        ("/policy", json!("transport-1")),
        ("/at", json!("yesterday")),
        ("/revocation/policy", json!("revocation-0")),
        ("/revocation/grace_ms", Value::Null),
    ] {
        let told = with(path, value);
        assert!(
            matches!(told, Err(VerdictFault::Unknown(_))),
            "{path}: {told:?}"
        );
    }
    let told = with("/revocation/standing/0/objects/0", json!(zeros));
    assert!(matches!(told, Err(VerdictFault::Missing(_))), "{told:?}");
    let told = kept.again(&kept.raw, &kept.verdict, &kept.words[..1]);
    assert!(matches!(told, Err(VerdictFault::Missing(_))), "{told:?}");
    let other = kept.raw.replace("6f1c2f9e-0001", "6f1c2f9e-0002");
    let told = kept.again(&other, &kept.verdict, &kept.words);
    assert!(
        matches!(told, Err(VerdictFault::Distrust(Distrust::DigestMismatch))),
        "{told:?}"
    );
    let told = kept.again("<x/>", &kept.verdict, &kept.words);
    assert!(matches!(told, Err(VerdictFault::Malformed(_))), "{told:?}");
}
