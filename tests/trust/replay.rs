//! What fuzzing kept, run again: every file of each corpus, every octets that once broke something,
//! and mutants of both, through the very bodies of the targets (`tests/fuzz/bodies`).

use std::path::Path;

use crate::bodies::{ALL, folder};
use crate::dice::Dice;

/// Mutants of each target. The seed of each is its number.
const MUTANTS: u64 = 2_000;
/// What one file of a corpus has, at most; and one corpus.
const OCTETS_MAX: usize = 64 << 10;
const CORPUS_FILES_MAX: usize = 200;
const CORPUS_OCTETS_MAX: usize = 400 << 10;

/// Octets that change what is around them, in markup as in DER.
const PIECES: [&[u8]; 20] = [
    b"<",
    b"</a>",
    b"<a/>",
    b"&amp;",
    b"&#13;",
    b"]]>",
    b"<!---->",
    b"<?a?>",
    b" xmlns=\"\"",
    b" xmlns:a=\"urn:a\"",
    b"\xEF\xBB\xBF",
    b"\x30\x80",
    b"\x30\x00",
    b"\x02\x01\x00",
    b"\x05\x00",
    b"\x04\x00",
    b"\xA0\x00",
    b"\x80",
    b"\xFF",
    b"\x00",
];

#[test]
fn every_kept_octets_hold_what_the_fuzz_targets_ask() {
    for (target, body) in ALL {
        let kept = files(&folder().join("corpus").join(target));
        assert!(!kept.is_empty(), "{target}: an empty corpus");
        let octets: usize = kept.iter().map(Vec::len).sum();
        assert!(
            kept.len() <= CORPUS_FILES_MAX && octets <= CORPUS_OCTETS_MAX,
            "{target}: {} files of {octets} octets; minimise it",
            kept.len()
        );
        kept.iter().for_each(|octets| body(octets));
    }
}

#[test]
fn octets_that_once_broke_something_break_nothing() {
    let found = folder().join("found");
    let known = ALL.map(|(target, _)| target);
    for entry in std::fs::read_dir(&found).expect("tests/fuzz/found") {
        let name = entry.expect("an entry").file_name();
        let name = name.to_str().expect("UTF-8");
        assert!(known.contains(&name) || name == "README.md", "{name}");
    }
    for (target, body) in ALL {
        let folder = found.join(target);
        if folder.is_dir() {
            files(&folder).iter().for_each(|octets| body(octets));
        }
    }
}

#[test]
fn mutants_of_what_was_kept_hold_it_too() {
    std::thread::scope(|scope| {
        for (target, body) in ALL {
            scope.spawn(move || {
                let kept = files(&folder().join("corpus").join(target));
                for number in 0..MUTANTS {
                    let mut dice = Dice(number);
                    let mutant = mutate(&kept[dice.below(kept.len())], &kept, &mut dice);
                    body(&mutant);
                }
            });
        }
    });
}

fn files(folder: &Path) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder).expect("a folder of the repository");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| std::fs::read(path).expect("readable");
    let found: Vec<Vec<u8>> = paths.iter().map(read).collect();
    assert!(found.iter().all(|octets| octets.len() <= OCTETS_MAX));
    found
}

/// One to four changes: a bit, a piece put in, a stretch cut out, repeated, or taken from another.
fn mutate(octets: &[u8], others: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut mutant = octets.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(mutant.len() + 1);
        let end = (at + 1 + dice.below(32)).min(mutant.len());
        match dice.below(5) {
            0 => {
                if let Some(octet) = mutant.get_mut(at) {
                    *octet ^= 1 << dice.below(8);
                }
            }
            1 => drop(mutant.splice(at..at, PIECES[dice.below(PIECES.len())].iter().copied())),
            2 => drop(mutant.drain(at..end)),
            3 => {
                let again = mutant[at..end].to_vec();
                drop(mutant.splice(at..at, again));
            }
            _ => {
                let other = &others[dice.below(others.len())];
                let from = dice.below(other.len() + 1);
                let to = (from + dice.below(64)).min(other.len());
                drop(mutant.splice(at..end, other[from..to].iter().copied()));
            }
        }
    }
    mutant
}
