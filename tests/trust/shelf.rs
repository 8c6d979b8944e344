//! The shelf of words on revocation: files, replays, noise.

use std::sync::Arc;

use kezek::sandbox::words::{self, AnswerDraft, Listed, Status};
use kezek::signature::revocation::{Answer, Crl, Policy, Question, Reason, Shelf, Told, Untold};
use kezek::signature::{Certificate, Distrust, Environment, Store};

use crate::country::{Country, HOUR_MS};

#[test]
fn new_shelf_is_obeyed_at_once_and_decisions_end_with_their_words() {
    let country = Country::new("swap");
    let store = Store::load(&country.folder, Environment::Test).expect("a store");
    let der = country.signer.certificate.der();
    let shelf = |words: &[Vec<u8>]| Arc::new(Shelf::of(words, Policy::default()));
    let lists = [
        country.list(&country.root, (-60, 60), &[]),
        country.list(&country.authority, (-60, 60), &[]),
    ];
    store.stand_by(shelf(&lists));
    assert!(store.path(der, country.now).is_ok());
    assert_eq!(store.take_met(), [der.to_vec()], "to be asked about");
    assert!(store.path(der, country.now).is_ok(), "from the cache");
    assert!(store.take_met().is_empty(), "not met anew");
    let later = country.now.plus_millis(25 * HOUR_MS + 1);
    let told = store.path(der, later).err();
    assert_eq!(told, Some(Distrust::RevocationUnknown), "beyond grace");
    let serial = country.signer.certificate.serial();
    let listed = [(serial, country.at(-1), Reason::KeyCompromise)];
    let revoking = country.list(&country.authority, (-1, 60), &listed);
    store.stand_by(shelf(&[lists[0].clone(), revoking]));
    let told = store.path(der, country.now).err();
    assert_eq!(told, Some(Distrust::CertificateRevoked));
}

#[test]
fn shelf_takes_files_whole_and_a_bad_one_takes_no_other_with_it() {
    let country = Country::new("files");
    let folder = country.folder.join("shelf");
    std::fs::create_dir_all(&folder).expect("a folder of the test");
    let load = |before: &Shelf| Shelf::load(&folder, Policy::default(), before).expect("a shelf");
    let empty = load(&Shelf::default());
    assert_eq!(empty.size(), (0, 0), "nothing was fetched yet");
    let list = country.list(&country.authority, (-60, 60), &[]);
    let answer = country.answer(Status::Good, -1);
    Shelf::place(&folder, "one.crl", &list).expect("placed");
    Shelf::place(&folder, "one.ocsp", &answer).expect("placed");
    std::fs::write(folder.join("current/broken.crl"), b"<html>").expect("written");
    std::fs::write(folder.join("current/notes.txt"), b"not looked at").expect("written");
    let shelf = load(&empty);
    assert_eq!((shelf.size(), shelf.faults().len()), ((1, 1), 1));
    let again = load(&shelf);
    assert!(
        Arc::ptr_eq(&shelf.lists()[0], &again.lists()[0]),
        "not read again"
    );
    for word in [&list, &answer] {
        let digest = kezek::signature::sha256(word);
        let kept = Shelf::recall(&folder, &digest);
        assert_eq!(kept.as_ref(), Some(word), "kept for whoever checks");
    }
    assert_eq!(Shelf::recall(&folder, &[0; 32]), None);
    assert!(Shelf::load(&folder.join("nowhere"), Policy::default(), &shelf).is_err());
}

#[test]
fn mutilated_words_are_refused_in_bounded_time() {
    let country = Country::new("noise");
    let listed: Vec<[u8; 8]> = (1u64..500).map(u64::to_be_bytes).collect();
    let listed: Vec<Listed<'_>> = listed
        .iter()
        .map(|serial| (&serial[..], country.at(-1), Reason::Superseded))
        .collect();
    let list = country.list(&country.authority, (-60, 60), &listed);
    let answer = country.answer(Status::Good, -1);
    for word in [&list, &answer] {
        for at in (0..word.len()).step_by(1 + word.len() / 400) {
            let cut = &word[..at];
            assert!(
                Crl::parse(cut).is_err() && Answer::parse(cut).is_err(),
                "cut at {at}"
            );
            let doubled = [word.as_slice(), cut].concat();
            let whole = at == 0;
            let read = Crl::parse(&doubled).is_ok() || Answer::parse(&doubled).is_ok();
            assert_eq!(read, whole, "followed by {at} octets");
        }
    }
    // Lengths that promise more than there is, and nesting without end.
    for hostile in [
        vec![0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
        vec![0x30, 0x80, 0x00, 0x00],
        [0x30, 0x83, 0x0F, 0xFF, 0xFB].repeat(50_000),
        vec![0x30; 65_000],
        vec![0xA0; 65_000],
    ] {
        assert!(Crl::parse(&hostile).is_err() && Answer::parse(&hostile).is_err());
        assert!(Certificate::parse(&hostile).is_err());
        assert!(Question::read(&hostile).is_none());
    }
    let told = Answer::parse(&vec![0x30; 65 << 10]);
    assert_eq!(told.err(), Some(Untold::TooLarge));
    assert_eq!(Crl::parse(&list).map(|list| list.len()).ok(), Some(499));
}

#[test]
fn replayed_or_refused_answers_are_no_answers() {
    let country = Country::new("replay");
    let (serial, issuer) = (
        country.signer.certificate.serial(),
        &country.authority.certificate,
    );
    let question = Question::about(serial, issuer);
    let asked = Question::read(question.der()).expect("a question");
    assert_eq!(asked.serial, serial);
    let with = |nonce| {
        let draft = AnswerDraft {
            nonce,
            ..country.answer_draft(Status::Good, 0)
        };
        let answer = Answer::parse(&words::answer(&draft, &country.responder.key));
        let answer = answer.expect("an answer");
        let (told, responder) = answer.about(serial, issuer).expect("of the responder");
        let by = Some(country.responder.certificate.serial().to_vec());
        assert_eq!((told, responder), (Told::Good, by));
        answer.answers(&question)
    };
    assert_eq!(with(asked.nonce.as_deref()), Ok(()));
    assert_eq!(with(None), Err(Untold::Nonce));
    let other = Question::read(Question::about(serial, issuer).der()).expect("a question");
    assert_eq!(with(other.nonce.as_deref()), Err(Untold::Nonce));
    for (status, name) in [
        (1, "malformedRequest"),
        (2, "internalError"),
        (3, "tryLater"),
        (5, "sigRequired"),
        (6, "unauthorized"),
    ] {
        let told = Answer::parse(&words::no_answer(status));
        assert_eq!(told.err(), Some(Untold::Unanswered(name)));
    }
    for status in [0, 4, 7] {
        let told = Answer::parse(&words::no_answer(status));
        assert_eq!(told.err(), Some(Untold::Malformed), "{status}");
    }
}
