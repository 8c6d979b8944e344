//! Revocation, from both sides: what authorities say, what nobody may say for them, and what
//! happens when they say nothing (attacks.md C5).

use std::sync::Arc;

use kezek::sandbox::der::Use;
use kezek::sandbox::words::{self, AnswerDraft, ListDraft, Status};
use kezek::signature::revocation::{Crl, Policy, Reason, Shelf, Untold};
use kezek::signature::{Distrust, Environment, Store};

use crate::country::{Country, MINUTE_MS, Owner, issued, owner};

#[test]
fn good_words_let_the_signer_in_and_revocation_keeps_it_out() {
    let country = Country::new("both");
    let of_root = country.list(&country.root, (-60, 60), &[]);
    let serial = country.signer.certificate.serial();
    let since = country.at(-120);
    let lists = |reason| {
        let listed = [(serial, since, reason)];
        country.list(&country.authority, (-60, 60), &listed)
    };
    let empty = country.list(&country.authority, (-60, 60), &[]);
    let good = country.answer(Status::Good, -1);
    let revoked = country.answer(Status::Revoked(since, Reason::KeyCompromise), -1);
    let above = [(
        country.authority.certificate.serial(),
        since,
        Reason::CaCompromise,
    )];
    let of_root_revoking = country.list(&country.root, (-60, 60), &above);
    for (name, words, expected) in [
        ("lists", vec![&of_root, &empty], Ok(vec!["crl", "crl"])),
        (
            "an answer, and the root's list",
            vec![&of_root, &good],
            Ok(vec!["ocsp", "crl"]),
        ),
        (
            "no word of the root",
            vec![&empty, &good],
            Err(Distrust::RevocationUnknown),
        ),
        (
            "no word of the authority",
            vec![&of_root],
            Err(Distrust::RevocationUnknown),
        ),
        ("none", vec![], Err(Distrust::RevocationUnknown)),
        (
            "an answer: revoked",
            vec![&of_root, &revoked],
            Err(Distrust::CertificateRevoked),
        ),
        (
            "revoked for good, whatever an answer says",
            vec![&of_root, &lists(Reason::Superseded), &good],
            Err(Distrust::CertificateRevoked),
        ),
        (
            "held by a list, released by a later answer",
            vec![&of_root, &lists(Reason::CertificateHold), &good],
            Ok(vec!["ocsp", "crl"]),
        ),
        (
            "the authority itself",
            vec![&of_root_revoking, &empty],
            Err(Distrust::CertificateRevoked),
        ),
        (
            "never issued",
            vec![&of_root, &country.answer(Status::NeverIssued, -1)],
            Err(Distrust::CertificateNeverIssued),
        ),
        (
            "not known to the responder",
            vec![&of_root, &country.answer(Status::Unknown, -1)],
            Err(Distrust::RevocationUnknown),
        ),
    ] {
        let words: Vec<Vec<u8>> = words.into_iter().cloned().collect();
        assert_eq!(country.door(&words), expected, "{name}");
    }
}

#[test]
fn nobody_answers_for_another() {
    let country = Country::new("others");
    let of_root = country.list(&country.root, (-60, 60), &[]);
    let stranger = owner("authority", None, Use::Authority);
    let by = |responder: &Owner| {
        let draft = AnswerDraft {
            responder: &responder.certificate,
            ..country.answer_draft(Status::Good, -1)
        };
        words::answer(&draft, &responder.key)
    };
    let expired = issued("late", Some(&country.authority), Use::Responding, (-2, -1));
    let serial = country.responder.certificate.serial();
    let listed = [(serial, country.at(-30), Reason::KeyCompromise)];
    let revoking = country.list(&country.authority, (-2900, -2890), &listed);
    let another = AnswerDraft {
        serial: country.responder.certificate.serial(),
        ..country.answer_draft(Status::Good, -1)
    };
    let good = country.answer(Status::Good, -1);
    for (name, words) in [
        (
            "an answer by a signer",
            vec![of_root.clone(), by(&country.signer)],
        ),
        (
            "an answer by the root",
            vec![of_root.clone(), by(&country.root)],
        ),
        (
            "an answer by its own root",
            vec![of_root.clone(), by(&stranger)],
        ),
        (
            "an answer by an expired responder",
            vec![of_root.clone(), by(&expired)],
        ),
        (
            "an answer by a revoked responder",
            vec![of_root.clone(), good.clone(), revoking],
        ),
        (
            "an answer about another",
            vec![
                of_root.clone(),
                words::answer(&another, &country.responder.key),
            ],
        ),
    ] {
        assert_eq!(
            country.door(&words),
            Err(Distrust::RevocationUnknown),
            "{name}"
        );
    }
    // The authority answers for itself, too.
    assert_eq!(
        country.door(&[of_root, by(&country.authority)]),
        Ok(vec!["ocsp", "crl"])
    );
}

#[test]
fn nobody_makes_lists_for_another() {
    let country = Country::new("lists");
    let of_root = country.list(&country.root, (-60, 60), &[]);
    let stranger = owner("authority", None, Use::Authority);
    let draft = country.draft(&country.authority, (-60, 60), &[]);
    let odd = ListDraft {
        odd: Some("2.5.29.28"),
        ..draft
    };
    for (name, list) in [
        (
            "another authority of that name",
            country.list(&stranger, (-60, 60), &[]),
        ),
        ("another key", words::list(&draft, &stranger.key)),
        ("its signer", words::list(&draft, &country.signer.key)),
        (
            "a critical extension",
            words::list(&odd, &country.authority.key),
        ),
    ] {
        let told = country.door(&[of_root.clone(), list]);
        assert_eq!(told, Err(Distrust::RevocationUnknown), "{name}");
    }
    let draft = country.draft(&country.root, (-60, 60), &[]);
    let roots = words::list(&draft, &country.signer.key);
    let told = country.door(&[roots, country.answer(Status::Good, -1)]);
    assert_eq!(told, Err(Distrust::RevocationUnknown), "the root's");
}

#[test]
fn old_words_count_in_grace_and_then_no_more() {
    let country = Country::new("grace");
    let of_root = country.list(&country.root, (-60, 60), &[]);
    for (name, words, expected) in [
        (
            "an answer of five minutes ago",
            vec![country.answer(Status::Good, -5)],
            Ok((false, 0)),
        ),
        (
            "an answer of six",
            vec![country.answer(Status::Good, -6)],
            Ok((true, 24 * 60 - 1)),
        ),
        (
            "an answer of a day and five minutes",
            vec![country.answer(Status::Good, -24 * 60 - 5)],
            Ok((true, 0)),
        ),
        (
            "one a minute older",
            vec![country.answer(Status::Good, -24 * 60 - 6)],
            Err(Distrust::RevocationUnknown),
        ),
        (
            "a list that ended an hour ago",
            vec![country.list(&country.authority, (-120, -60), &[])],
            Ok((true, 23 * 60)),
        ),
        (
            "an answer of tomorrow",
            vec![country.answer(Status::Good, 24 * 60)],
            Err(Distrust::RevocationUnknown),
        ),
        (
            "a list of tomorrow",
            vec![country.list(&country.authority, (24 * 60, 48 * 60), &[])],
            Err(Distrust::RevocationUnknown),
        ),
    ] {
        let store = Store::load(&country.folder, Environment::Test).expect("a store");
        let words = [vec![of_root.clone()], words].concat();
        store.stand_by(Arc::new(Shelf::of(&words, Policy::default())));
        let told = store.path(country.signer.certificate.der(), country.at(0));
        let told = told.map(|verified| {
            let basis = &verified.standing()[0];
            let minutes = basis.until.millis_since(country.now) / MINUTE_MS;
            (basis.grace, minutes)
        });
        assert_eq!(told, expected, "{name}");
    }
}

#[test]
fn delta_changes_what_the_complete_list_says() {
    let country = Country::new("delta");
    let of_root = country.list(&country.root, (-60, 60), &[]);
    let serial = country.signer.certificate.serial();
    let since = country.at(-90);
    let held = [(serial, since, Reason::CertificateHold)];
    let released = [(serial, since, Reason::RemoveFromCrl)];
    let complete = |listed| country.list(&country.authority, (-60, 60), listed);
    let delta = |base, listed| {
        let draft = ListDraft {
            base: Some(base),
            number: 3,
            ..country.draft(&country.authority, (-10, 50), listed)
        };
        words::list(&draft, &country.authority.key)
    };
    let both = "crl and delta";
    for (name, words, expected) in [
        (
            "nothing changed",
            [complete(&[]), delta(7, &[])],
            Ok(vec![both, "crl"]),
        ),
        (
            "held since",
            [complete(&[]), delta(7, &held)],
            Err(Distrust::CertificateRevoked),
        ),
        (
            "released since",
            [complete(&held), delta(7, &released)],
            Ok(vec![both, "crl"]),
        ),
        (
            "held before",
            [complete(&held), delta(7, &[])],
            Err(Distrust::CertificateRevoked),
        ),
        (
            "of a later base",
            [complete(&held), delta(8, &released)],
            Err(Distrust::CertificateRevoked),
        ),
        (
            "of an earlier base",
            [complete(&[]), delta(6, &held)],
            Err(Distrust::CertificateRevoked),
        ),
    ] {
        let words = [vec![of_root.clone()], words.to_vec()].concat();
        assert_eq!(country.door(&words), expected, "{name}");
    }
    let odd = complete(&released);
    assert_eq!(
        Crl::parse(&odd).err(),
        Some(Untold::Malformed),
        "complete lists release nobody"
    );
}
