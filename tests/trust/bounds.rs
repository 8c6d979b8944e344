//! What hostile messages may cost: never a time, always a count that the message cannot raise.

use kezek::envelope::{CANONICAL_OCTETS_MAX, Code, Envelope, OCTETS_MAX};
use kezek::xml::{Document, Element, Limits, canonical};

use crate::attack::{Attack, judge};
use crate::author::{inside, stamped, with_inside};
use crate::{fixtures, flood, forms, keys, octets, wrapping};

/// References that are digested, at most; what a message needs is three.
const REFERENCES_MAX: usize = 6;

#[test]
fn every_hostile_message_stays_within_the_limits() {
    let all = [
        fixtures::attacks(),
        flood::attacks(),
        forms::attacks(),
        keys::attacks(),
        octets::attacks(),
        wrapping::attacks(),
        amplified(),
    ];
    let mut parsed = 0;
    let mut count = 0;
    for attack in all.iter().flatten() {
        count += 1;
        let Ok(envelope) = Envelope::read(&attack.octets) else {
            // Refused while it was read, under the limits that `xml` is tested for.
            continue;
        };
        parsed += 1;
        let name = &attack.name;
        assert!(attack.octets.len() <= OCTETS_MAX, "{name}");
        let document = envelope.document();
        let elements = document.elements().count();
        let attributes: usize = document.elements().map(|e| e.attributes().count()).sum();
        assert!(
            elements <= Limits::MESSAGE.nodes_max,
            "{name}: {elements} elements"
        );
        assert!(
            attributes <= Limits::MESSAGE.attributes_max,
            "{name}: {attributes} attributes"
        );
        let deepest = document.elements().map(depth).max().unwrap_or_default();
        assert!(
            deepest <= Limits::MESSAGE.depth_max,
            "{name}: depth {deepest}"
        );
        for element in document.elements().filter(|e| depth(*e) <= 4) {
            let form = canonical::exclusive(element, &[], CANONICAL_OCTETS_MAX);
            assert!(
                form.is_err() || form.is_ok_and(|f| f.len() <= CANONICAL_OCTETS_MAX),
                "{name}"
            );
        }
    }
    println!("{count} hostile messages, {parsed} of them well-formed");
    assert!(parsed > count / 2);
}

#[test]
fn what_grows_in_its_canonical_form_is_cut_off() {
    for attack in amplified() {
        let (code, why) = judge(&attack.octets).expect_err("refused");
        assert_eq!(code, attack.expected, "{}: {why}", attack.name);
        assert!(why.contains(attack.because), "{}: {why}", attack.name);
    }
}

#[test]
fn no_more_is_digested_than_the_references_allow() {
    // Each Reference names one element once, so together they cover no octet of the Body twice.
    let message = stamped("participant");
    let (start, end) = inside(&message, "SignedInfo").expect("SignedInfo");
    let references = message[start..end].matches("<ds:Reference ").count();
    assert!(references <= REFERENCES_MAX);
    let one = &message[message.find("<ds:Reference ").expect("one")..];
    let one = &one[..one.find("</ds:Reference>").expect("its end") + "</ds:Reference>".len()];
    for (count, expected) in [(4, "out of place"), (5, "too many"), (60, "too many")] {
        let many = with_inside(&message, "SignedInfo", |info| {
            format!("{info}{}", one.repeat(count))
        });
        let (code, why) = judge(many.as_bytes()).expect_err("refused");
        assert_eq!(code, Code::SignatureForm);
        assert!(why.contains(expected), "{count} more: {why}");
    }
}

/// Small messages whose canonical form would be large.
pub fn amplified() -> Vec<Attack> {
    let uri = format!("urn:{}", "&quot;".repeat(500));
    let message = stamped("participant");
    let with = |declared: &str, payload: String| {
        message
            .replacen("<soap:Envelope ", &format!("<soap:Envelope {declared} "), 1)
            .replacen(">text<", &format!(">{payload}<"), 1)
    };
    let many: String = (0..30)
        .map(|n| format!("xmlns:p{n}='urn:{n}:{}' ", "x".repeat(500)))
        .collect();
    let attributes: String = (0..30).map(|n| format!(" p{n}:a=''")).collect();
    let cut = (Code::SignatureForm, "canonical form is too large");
    [
        (
            "one namespace at each of 7 000 siblings",
            with(&format!("xmlns:p='{uri}'"), "<p:a/>".repeat(7_000)),
            cut,
        ),
        (
            "thirty namespaces at each of 66 siblings",
            with(&many, format!("<a{attributes}/>").repeat(66)),
            cut,
        ),
        (
            "characters that escape to five",
            with("", ">".repeat(100_000)),
            (Code::DigestMismatch, ""),
        ),
    ]
    .map(|(name, octets, (expected, because))| Attack::new(name, octets, expected, because))
    .into()
}

fn depth(element: Element<'_>) -> usize {
    std::iter::successors(Some(element), |at| at.parent()).count()
}

#[test]
fn prefix_list_of_prefixes_that_nobody_declares_changes_nothing() {
    // 240 declarations above 7 000 elements, of which the apex alone asks all.
    let declared: String = (0..8)
        .map(|n| {
            let names: String = (0..30)
                .map(|m| format!(" xmlns:p{n}q{m}='urn:{n}:{m}'"))
                .collect();
            format!("<a{names}>")
        })
        .collect();
    let text = format!(
        "{declared}<b>{}</b>{}",
        "<c/>".repeat(7_000),
        "</a>".repeat(8)
    );
    let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).expect("within the limits");
    let apex = document
        .elements()
        .find(|e| e.local() == "b")
        .expect("the apex");
    let names: Vec<String> = (0..16).map(|n| format!("none{n}")).collect();
    let list: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(
        canonical::exclusive(apex, &list, CANONICAL_OCTETS_MAX),
        canonical::exclusive(apex, &[], CANONICAL_OCTETS_MAX)
    );
}
