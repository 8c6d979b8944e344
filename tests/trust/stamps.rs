//! Time-stamps: the national authority's, the sandbox's, and those that prove nothing (attacks.md
//! C7).

use kezek::clock;
use kezek::sandbox::der::Use;
use kezek::sandbox::words::{StampDraft, stamp};
use kezek::signature::timestamp::{StampFault, StampQuestion, Token};
use kezek::signature::{Environment, Store};
use kezek::terms::Moment;

use crate::country::{Country, Owner, issued, owner};
use crate::kazakhstan::{data, store};
use crate::revocation::one_bit_changed;

const OCTETS: &[u8] = b"a batch of the journal";
const POLICY: &str = "1.2.398.3.3.2.6.1";

#[test]
fn token_of_the_authority_is_verified_as_of_its_time_and_none_with_one_bit_changed() {
    let store = store("stamps", &["test-ca/nca_gost_test.crt"], &[]);
    let token = std::fs::read(data().join("tsp/tsp_token.bin")).expect("readable");
    let response = std::fs::read(data().join("tsp/tsp_response.bin")).expect("readable");
    let of_response = Token::of_response(&response).expect("granted");
    assert_eq!(of_response.der(), token);
    let stamp = Token::parse(&token)
        .expect("a token")
        .verify(&store, &[POLICY]);
    let stamp = stamp.expect("verified");
    let at = Moment::parse("2022-09-18T13:20:14Z").expect("a moment");
    assert_eq!(
        (stamp.at, stamp.policy.as_str(), stamp.path.len()),
        (at, POLICY, 2)
    );
    // Its imprint is of SHA-1, which proves nothing of that year.
    assert_eq!(stamp.covers(OCTETS), Err(StampFault::Algorithm));
    let told = of_response.verify(&store, &["1.2.398.3.3.2.6.2"]);
    assert_eq!(told.err(), Some(StampFault::Policy));
    for changed in one_bit_changed(&token) {
        let told = Token::parse(&changed).and_then(|token| token.verify(&store, &[POLICY]));
        assert!(told.is_err(), "{told:?}");
    }
}

#[test]
fn stamp_of_ours_is_asked_for_and_believed_and_no_other_one() {
    let country = Country::new("stamps");
    let stamper = owner("stamper", Some(&country.authority), Use::Stamping);
    let question = StampQuestion::about(OCTETS);
    let (imprint, nonce) = StampQuestion::read(question.der()).expect("a question");
    let now = clock::now();
    let store = Store::load(&country.folder, Environment::Test).expect("a store");
    let made = |by: &Owner, change: &dyn Fn(&mut StampDraft<'_>)| {
        let mut draft = StampDraft {
            imprint: &imprint,
            nonce: nonce.as_deref(),
            policy: POLICY,
            at: now,
            stamper: (&by.certificate, &country.authority.certificate),
        };
        change(&mut draft);
        let response = stamp(&draft, &by.key);
        let token = question.accept(&response, now)?;
        token.verify(&store, &[POLICY])?.covers(OCTETS)
    };
    assert_eq!(made(&stamper, &|_| {}), Ok(()));
    let day = 86_400_000;
    let stranger = owner("authority", None, Use::Authority);
    let strangers = owner("stamper", Some(&stranger), Use::Stamping);
    let fresh = issued("stamper", Some(&country.authority), Use::Stamping, (0, 24));
    assert_eq!(made(&fresh, &|_| {}), Ok(()), "just issued");
    for (name, told, expected) in [
        (
            "no nonce",
            made(&stamper, &|d| d.nonce = None),
            StampFault::Nonce,
        ),
        (
            "of yesterday",
            made(&stamper, &|d| d.at = now.plus_millis(-day)),
            StampFault::Time,
        ),
        (
            "of tomorrow",
            made(&stamper, &|d| d.at = now.plus_millis(day)),
            StampFault::Time,
        ),
        (
            "another policy",
            made(&stamper, &|d| d.policy = "1.2.3"),
            StampFault::Policy,
        ),
        (
            "a signer's",
            made(&country.signer, &|_| {}),
            StampFault::Signer,
        ),
        (
            "a responder's",
            made(&country.responder, &|_| {}),
            StampFault::Signer,
        ),
        (
            "a stranger's",
            made(&strangers, &|_| {}),
            StampFault::Untrusted,
        ),
    ] {
        assert_eq!(told, Err(expected), "{name}");
    }
}

#[test]
fn stamp_of_other_octets_or_of_another_time_proves_nothing() {
    let country = Country::new("stamped");
    let stamper = owner("stamper", Some(&country.authority), Use::Stamping);
    let fresh = issued("stamper", Some(&country.authority), Use::Stamping, (0, 24));
    let question = StampQuestion::about(OCTETS);
    let (_, nonce) = StampQuestion::read(question.der()).expect("a question");
    let other = StampQuestion::read(StampQuestion::about(b"else").der()).expect("a question");
    let now = clock::now();
    let store = Store::load(&country.folder, Environment::Test).expect("a store");
    let draft = StampDraft {
        imprint: &other.0,
        nonce: nonce.as_deref(),
        policy: POLICY,
        at: now,
        stamper: (&stamper.certificate, &country.authority.certificate),
    };
    let token = question
        .accept(&stamp(&draft, &stamper.key), now)
        .expect("its nonce fits");
    let told = token.verify(&store, &[]).expect("signed").covers(OCTETS);
    assert_eq!(told, Err(StampFault::Imprint));
    // By a certificate that did not exist then.
    let backdated = StampDraft {
        at: now.plus_millis(-86_400_000),
        stamper: (&fresh.certificate, &country.authority.certificate),
        ..draft
    };
    let token = Token::of_response(&stamp(&backdated, &fresh.key)).expect("a token");
    assert_eq!(token.verify(&store, &[]).err(), Some(StampFault::Untrusted));
    let by_another = stamp(&draft, &country.signer.key);
    let token = Token::of_response(&by_another).expect("a token");
    assert_eq!(token.verify(&store, &[]).err(), Some(StampFault::Signature));
}

#[test]
fn refusal_and_noise_are_no_stamps() {
    let refusal = [0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02];
    assert_eq!(
        Token::of_response(&refusal).err(),
        Some(StampFault::Refused(2))
    );
    let response = std::fs::read(data().join("tsp/tsp_response.bin")).expect("readable");
    for at in 0..response.len() {
        let told = Token::of_response(&response[..at]);
        assert_eq!(told.err(), Some(StampFault::Malformed), "cut at {at}");
    }
    for hostile in [vec![0x30; 60_000], vec![0xA0; 60_000], vec![0; 70_000]] {
        assert_eq!(
            Token::of_response(&hostile).err(),
            Some(StampFault::Malformed)
        );
        assert_eq!(Token::parse(&hostile).err(), Some(StampFault::Malformed));
        assert!(StampQuestion::read(&hostile).is_none());
    }
}
