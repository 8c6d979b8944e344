//! A search for octets that break the reader: pieces of markup and of other encodings dropped into
//! messages at random. Nothing may panic, and what is read must have one meaning.

use std::collections::BTreeMap;

use kezek::xml::{Document, Element, Limits, Node, canonical};

use crate::attack::judge;
use crate::author::stamped;
use crate::dice::Dice;
use crate::fixtures;

/// Mutants of all messages together. The seed of each is its number.
const MUTANTS: u64 = 60_000;
const OCTETS_MAX: usize = 16 << 20;

const PIECES: [&[u8]; 36] = [
    b"<",
    b">",
    b"/>",
    b"</",
    b"<a>",
    b"</a>",
    b"<a/>",
    b"&",
    b"&amp;",
    b"&#10;",
    b"&#xD;",
    b"&#x1F600;",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"-->",
    b"<?",
    b"?>",
    b"<?a b?>",
    b"<!",
    b"<!DOCTYPE a>",
    b"\"",
    b"'",
    b" xmlns=\"\"",
    b" xmlns:a=\"urn:a\"",
    b" a:b=\"1\"",
    b"=",
    b":",
    b" ",
    b"\r\n",
    b"\r",
    b"\0",
    b"\xEF\xBB\xBF",
    b"\xC0\xAF",
    b"\xED\xA0\x80",
    b"\xFF\xFE",
];

#[test]
fn no_octets_break_the_reader_and_what_is_read_reads_the_same_again() {
    let hostile = fixtures::attacks().into_iter().map(|attack| attack.octets);
    let mut messages: Vec<Vec<u8>> = hostile
        .filter(|octets| Document::parse(octets, &Limits::MESSAGE).is_ok())
        .collect();
    messages.push(stamped("participant-p256").into_bytes());
    let mut told: BTreeMap<String, u32> = BTreeMap::new();
    let mut read = 0_u64;
    for number in 0..MUTANTS {
        let mut dice = Dice(number);
        let mutant = mutate(&messages[dice.below(messages.len())], &mut dice);
        if let Ok(document) = Document::parse(&mutant, &Limits::MESSAGE) {
            read += 1;
            read_again(&document, number);
        }
        let verdict =
            judge(&mutant).map_or_else(|(code, _)| format!("{code:?}"), |_| "believed".into());
        *told.entry(verdict).or_default() += 1;
    }
    println!("{MUTANTS} mutants, {read} of them well-formed: {told:?}");
    assert!(read > MUTANTS / 10, "some stay well-formed");
}

/// The canonical form is a document of the same elements and texts, and its own canonical form.
fn read_again(document: &Document, number: u64) {
    let root = document.root();
    let form = canonical::exclusive(root, &[], OCTETS_MAX).expect("a small form");
    let limits = Limits {
        bytes_max: OCTETS_MAX,
        nodes_max: usize::MAX,
        ..Limits::MESSAGE
    };
    let again = Document::parse(&form, &limits)
        .unwrap_or_else(|fault| panic!("mutant {number}, written canonically: {fault}"));
    assert_eq!(
        canonical::exclusive(again.root(), &[], OCTETS_MAX),
        Ok(form),
        "mutant {number}"
    );
    assert_eq!(said(root), said(again.root()), "mutant {number}");
}

/// Names, attributes and texts, as whoever reads the tree sees them.
fn said(element: Element<'_>) -> Vec<String> {
    let mut said = vec![format!("{element:?} {}", element.text())];
    let mut attributes: Vec<String> = element
        .attributes()
        .map(|a| format!("{{{}}}{}={}", a.namespace, a.local, a.value))
        .collect();
    attributes.sort();
    said.extend(attributes);
    for node in element.nodes() {
        if let Node::Element(child) = node {
            said.extend(self::said(child));
        }
    }
    said
}

/// One or two pieces dropped in, cut out or turned into others.
fn mutate(message: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut mutant = message.to_vec();
    for _ in 0..=dice.below(2) {
        let mut at = dice.below(mutant.len() + 1);
        match dice.below(8) {
            0 => at = 0,
            // Between tags, where most pieces leave a document.
            1..=5 => {
                at += mutant[at..]
                    .iter()
                    .position(|octet| *octet == b'<')
                    .unwrap_or(0)
            }
            _ => {}
        }
        let piece = PIECES[dice.below(PIECES.len())];
        match dice.below(4) {
            0 | 1 => drop(mutant.splice(at..at, piece.iter().copied())),
            2 => {
                let end = (at + 1 + dice.below(9)).min(mutant.len());
                drop(mutant.splice(at..end, piece.iter().copied()));
            }
            _ => {
                let end = (at + 1 + dice.below(40)).min(mutant.len());
                drop(mutant.drain(at..end));
            }
        }
    }
    mutant
}
