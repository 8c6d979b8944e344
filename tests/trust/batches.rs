//! Batches of the journal: each difference is seen and named, and none hides behind another.

use kezek::signature::batch::{Batch, Difference};

const LINES: [(i64, &[u8]); 4] = [(2, b"two"), (3, b"three"), (5, b"five"), (9, b"nine")];

fn batch() -> Batch {
    Batch::following(None, 10, LINES.into_iter())
}

#[test]
fn lines_as_they_were_differ_in_nothing_and_every_other_way_is_named() {
    use Difference::{Added, Changed, Missing};
    let batch = batch();
    assert_eq!(batch.differences(LINES.into_iter()), []);
    for (n, (line, octets)) in LINES.into_iter().enumerate() {
        let mut now = LINES.to_vec();
        now[n].1 = b"else";
        assert_eq!(batch.differences(now.into_iter()), [Changed(line)]);
        let mut now = LINES.to_vec();
        now.remove(n);
        assert_eq!(batch.differences(now.into_iter()), [Missing(line)]);
        // The same content under another number.
        let mut now = LINES.to_vec();
        now[n] = (line + 1, octets);
        now.dedup_by_key(|(line, _)| *line);
        assert!(batch.differences(now.into_iter()).contains(&Missing(line)));
    }
    for added in [1, 4, 6, 10] {
        let mut now = LINES.to_vec();
        now.push((added, b"two"));
        now.sort_unstable();
        assert_eq!(batch.differences(now.into_iter()), [Added(added)]);
    }
    let all = [2, 3, 5, 9].map(Missing);
    assert_eq!(batch.differences(std::iter::empty()), all);
}

#[test]
fn no_two_batches_have_one_statement_and_each_names_the_one_before() {
    let first = batch();
    let second = Batch::following(Some(&first), 12, [(12, &b"twelve"[..])].into_iter());
    assert!(first.follows(None) && second.follows(Some(&first)));
    assert!(!second.follows(None) && !first.follows(Some(&second)));
    let mut changes: Vec<Batch> = vec![first.clone(), second.clone()];
    let mut with = |change: &dyn Fn(&mut Batch)| {
        let mut other = first.clone();
        change(&mut other);
        assert!(!second.follows(Some(&other)), "{other:?}");
        changes.push(other);
    };
    with(&|b| b.number = 2);
    with(&|b| b.after = 1);
    with(&|b| b.through = 11);
    with(&|b| b.previous[0] ^= 1);
    with(&|b| b.lines[0] = 1);
    with(&|b| b.digests[127] ^= 1);
    with(&|b| {
        b.lines.pop();
        b.digests.truncate(96);
    });
    let statements: std::collections::BTreeSet<Vec<u8>> =
        changes.iter().map(Batch::statement).collect();
    assert_eq!(statements.len(), changes.len());
    let text = String::from_utf8(first.statement()).expect("text");
    assert!(
        text.starts_with("kezek-journal-1\nnumber 1\nprevious 0000"),
        "{text}"
    );
    assert!(
        text.contains("\nafter 0\nthrough 10\nlines 4\ndigest "),
        "{text}"
    );
}
