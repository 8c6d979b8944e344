//! Every file of the authority that holds a signature, with bits changed one after another: what is
//! signed is refused, and what is not signed stands in a list of its own.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use kezek::signature::revocation::{Answer, Crl};
use kezek::signature::timestamp::Token;
use kezek::signature::{Certificate, Store, verify_document, verify_enveloped};
use kezek::terms::Moment;
use kezek::xml::{Document, Limits};

use crate::enveloped::FILES;
use crate::kazakhstan::{ISSUED, data, der, store};
use crate::revocation::{LISTS, answers};
use crate::search::setting;

/// Bits from one that is changed to the next; `KEZEK_FLIP_STEP=1` changes each.
const STEP: usize = 31;

const DOCUMENT: &str = "mitwork_cms_validation_1.p7s";

type Belief = dyn Fn(&[u8]) -> Option<String> + Sync;

/// A file, and what is believed of it; nothing, where it is refused.
struct Sealed {
    name: String,
    octets: Vec<u8>,
    believed: Box<Belief>,
}

/// Octets outside of what is signed, in which some bits mean nothing to us.
const OUTSIDE: [(&str, std::ops::Range<usize>, &str); 3] = [
    (
        DOCUMENT,
        1643..3002,
        "the unsigned attributes: a time-stamp of the signature, which has a signature of its own",
    ),
    (
        FILES[0].0,
        30..33,
        "the letters of UTF-8 in the XML declaration, which may be small",
    ),
    (
        FILES[1].0,
        30..33,
        "the letters of UTF-8 in the XML declaration, which may be small",
    ),
];

#[test]
fn no_bit_of_what_the_authority_signed_can_be_changed() {
    let step = setting("KEZEK_FLIP_STEP").unwrap_or(STEP);
    let mut strays = String::new();
    let (mut flips, mut outside) = (0, 0);
    for sealed in sealed() {
        let whole = (sealed.believed)(&sealed.octets);
        let whole = whole.unwrap_or_else(|| panic!("{} is believed", sealed.name));
        let bits = sealed.octets.len() * 8;
        flips += bits.div_ceil(step);
        let mut accepted = BTreeMap::new();
        for at in taken(&sealed, step) {
            let mut changed = sealed.octets.clone();
            changed[at / 8] ^= 1 << (at % 8);
            let told = (sealed.believed)(&changed).expect("it was taken");
            assert_eq!(told, whole, "{}: bit {at} says something else", sealed.name);
            let listed = OUTSIDE
                .iter()
                .any(|(file, octets, _)| *file == sealed.name && octets.contains(&(at / 8)));
            if listed {
                outside += 1;
            } else {
                accepted.insert(at / 8, at % 8);
            }
        }
        if !accepted.is_empty() {
            writeln!(strays, "{}: octets and bits {accepted:?}", sealed.name).expect("a string");
        }
    }
    println!("{flips} bits changed, {outside} of them outside of what is signed");
    assert!(strays.is_empty(), "believed, and not listed:\n{strays}");
}

/// The bits that can be changed without a refusal, sought by two at once.
fn taken(sealed: &Sealed, step: usize) -> Vec<usize> {
    let bits = sealed.octets.len() * 8;
    let half = |first: usize| {
        let places = (first * step..bits).step_by(2 * step);
        let is_taken = |at: &usize| {
            let mut changed = sealed.octets.clone();
            changed[at / 8] ^= 1 << (at % 8);
            (sealed.believed)(&changed).is_some()
        };
        places.filter(is_taken).collect::<Vec<usize>>()
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        let mut found = half(0);
        found.extend(other.join().expect("each bit is judged"));
        found
    })
}

impl Sealed {
    fn new(
        file: &str,
        octets: Vec<u8>,
        believed: impl Fn(&[u8]) -> Option<String> + Sync + 'static,
    ) -> Self {
        Self {
            name: file.to_owned(),
            octets,
            believed: Box::new(believed),
        }
    }
}

fn sealed() -> Vec<Sealed> {
    let mut all: Vec<Sealed> = ISSUED
        .iter()
        .map(|(file, issuer)| certificate(file, issuer))
        .collect();
    all.extend(LISTS.iter().map(|(file, issuer, ..)| list(file, issuer)));
    all.extend(
        answers()
            .iter()
            .map(|(file, issuer, _)| answer(file, issuer)),
    );
    all.extend([token(), document()]);
    all.extend(FILES.map(|(file, authority, at)| payload(file, authority, at)));
    all
}

fn read(file: &str) -> Vec<u8> {
    std::fs::read(data().join(file)).expect("readable")
}

fn authority(file: &str) -> Certificate {
    Certificate::parse(&der(&data().join(file))).expect(file)
}

fn certificate(file: &str, issuer: &str) -> Sealed {
    let issuer = authority(issuer);
    Sealed::new(file, der(&data().join(file)), move |octets| {
        let read = Certificate::parse(octets).ok()?;
        read.was_issued_by(&issuer).then(|| format!("{read:?}"))
    })
}

fn list(file: &str, issuer: &str) -> Sealed {
    let issuer = authority(&format!("test-ca/{issuer}"));
    Sealed::new(file, read(&format!("crl/{file}")), move |octets| {
        let list = Crl::parse(octets).ok()?;
        list.check(&issuer).ok()?;
        Some(format!(
            "{} {:?} {:?}",
            list.len(),
            list.this_update(),
            list.next_update()
        ))
    })
}

fn answer(file: &str, issuer: &str) -> Sealed {
    let issuer = authority(&format!("test-ca/{issuer}"));
    let octets = read(&format!("ocsp/{file}"));
    let serial = Answer::parse(&octets).expect(file).serial().to_vec();
    Sealed::new(file, octets, move |octets| {
        let answer = Answer::parse(octets).ok()?;
        let (told, _) = answer.about(&serial, &issuer).ok()?;
        Some(format!("{told:?}"))
    })
}

fn token() -> Sealed {
    let stamps = store("flips-stamps", &["test-ca/nca_gost_test.crt"], &[]);
    Sealed::new("tsp_token.bin", read("tsp/tsp_token.bin"), move |octets| {
        let token = Token::parse(octets).ok()?;
        let stamp = token.verify(&stamps, &["1.2.398.3.3.2.6.1"]).ok()?;
        Some(format!("{:?} {}", stamp.at, stamp.policy))
    })
}

fn document() -> Sealed {
    let authorities = store("flips-document", &["test-ca/nca_gost2022_test.cer"], &[]);
    let octets = read(&format!("signed/{DOCUMENT}"));
    Sealed::new(DOCUMENT, octets, move |octets| {
        let at = Moment::parse("2025-02-24T20:00:00Z").expect("a moment");
        let signed = verify_document(octets, None, &authorities, at).ok()?;
        Some(format!("{:?}", signed.content))
    })
}

fn payload(file: &'static str, authority: &str, at: &'static str) -> Sealed {
    let store = store(
        &format!("flips-{file}"),
        &[&format!("test-ca/{authority}")],
        &[],
    );
    let octets = read(&format!("signed/{file}"));
    Sealed::new(file, octets, move |octets| enveloped(octets, &store, at))
}

/// The content that was signed.
fn enveloped(octets: &[u8], store: &Store, at: &str) -> Option<String> {
    let document = Document::parse(octets, &Limits::MESSAGE).ok()?;
    let then = Moment::parse(at).expect("a moment");
    let found = verify_enveloped(document.root(), store, then).ok()??;
    String::from_utf8(found.octets).ok()
}
