//! `disagreements.md`: where we and other programs differ, and why.

use std::collections::BTreeMap;

const LIST: &str = include_str!("disagreements.md");

/// The lines of one heading, and which of them were met.
pub struct Explained {
    heading: &'static str,
    cases: BTreeMap<&'static str, u32>,
    strays: BTreeMap<String, (u32, String)>,
}

impl Explained {
    /// Those below a heading: "- `case`: reason".
    pub fn under(heading: &'static str) -> Self {
        let mut parts = LIST.split("\n## ").skip(1);
        let part = parts.find(|part| part.lines().next() == Some(heading));
        let part = part.unwrap_or_else(|| panic!("disagreements.md has no part {heading:?}"));
        let mut cases = BTreeMap::new();
        for line in part.lines().filter_map(|line| line.strip_prefix("- ")) {
            let case = line
                .strip_prefix('`')
                .and_then(|line| line.split_once("`: "));
            let (case, reason) = case.unwrap_or_else(|| panic!("no case and reason: {line}"));
            assert!(reason.len() > 20, "a reason: {line}");
            assert!(cases.insert(case, 0).is_none(), "twice: {line}");
        }
        Self {
            heading,
            cases,
            strays: BTreeMap::new(),
        }
    }

    /// Notes that we differ in a case; `more` is what whoever looks into it needs.
    pub fn meet(&mut self, case: &str, more: impl FnOnce() -> String) {
        if let Some(met) = self.cases.get_mut(case) {
            *met += 1;
        } else {
            let first = self.strays.entry(case.to_owned());
            first.or_insert_with(|| (0, more())).0 += 1;
        }
    }

    /// Fails unless each difference has its line, and each line was met.
    pub fn finish(self) {
        let heading = self.heading;
        println!("{heading}: {:?}", self.cases);
        let line = |(case, (met, first))| format!("`{case}`, {met} times; first: {first}");
        let strays: Vec<String> = self.strays.into_iter().map(line).collect();
        assert!(
            strays.is_empty(),
            "{heading}, not explained:\n{}",
            strays.join("\n")
        );
        let unmet = self.cases.iter().filter(|(_, met)| **met == 0);
        let unmet: Vec<&&str> = unmet.map(|(case, _)| case).collect();
        assert!(
            unmet.is_empty(),
            "{heading}, explained and never met: {unmet:?}"
        );
    }
}
