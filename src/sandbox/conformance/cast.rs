//! The cast: who plays the people of a fixture this time, and which numbers they were given.
//!
//! In:    the content of a fixture.
//! Out:   the same, of other people and of now: whoever was one person in a scenario is one again,
//!        of the same birth date and sex.

use std::collections::BTreeMap;

use super::exchange::Told;
use super::plan::Step;
use crate::clock;
use crate::sandbox::{Draft, people};
use crate::terms::{Iin, Moment};

/// When fixtures say that they are filed.
pub(super) const FILED: &str = "2026-11-23T10:00:00.000+05:00";
/// Numbers of applications that no register has given yet.
pub(super) const UNKNOWN: i64 = 900_000_000_000;

/// The people and numbers of one scenario.
pub(super) struct Cast {
    people: BTreeMap<String, String>,
    /// Numbers that the register gave, in the order of the registrations.
    numbers: Vec<String>,
    /// What tells its identifiers from those of other runs.
    run: String,
    now: Moment,
}

impl Cast {
    pub(super) fn new() -> Self {
        let run = uuid::Uuid::new_v4().simple().to_string();
        Self {
            people: BTreeMap::new(),
            numbers: Vec::new(),
            run: run[..8].to_owned(),
            now: clock::now(),
        }
    }

    /// The fixture, played by this cast.
    pub(super) fn recast(&mut self, draft: &Draft, sender: &str) -> String {
        let now = self.now.to_string();
        let content = leaves(draft.content(), "k:iin", |iin| Some(self.person(iin)));
        let content = leaves(&content, "k:applicationNumber", |told| self.number(told));
        let content = leaves(&content, "k:applicationId", |id| {
            let plain = id.starts_with("PORTAL-");
            plain.then(|| format!("{id}-{}", self.run))
        });
        let content = leaves(&content, "k:filedAt", |at| {
            (at == FILED).then(|| now.clone())
        });
        let mut draft = Draft::of_content(&content);
        draft
            .set(&["messageId"], &uuid::Uuid::new_v4().to_string())
            .set(&["messageDate"], &clock::now().to_string())
            .set(&["senderId"], sender);
        draft.content().to_owned()
    }

    /// Notes the number that a registration was given.
    pub(super) fn learn(&mut self, step: &Step, told: &Told) {
        if step.registers()
            && let Some(number) = told.text("applicationNumber")
            && !self.numbers.contains(&number)
        {
            self.numbers.push(number);
        }
    }

    /// Another person of the same birth date and sex; what is no number stays as it is.
    fn person(&mut self, iin: &str) -> String {
        if Iin::parse(iin).is_err() {
            return iin.to_owned();
        }
        let other = || {
            people::of_the_same_day(&iin[..7], chance())
                .as_str()
                .to_owned()
        };
        self.people
            .entry(iin.to_owned())
            .or_insert_with(other)
            .clone()
    }

    /// The n-th registration of a scenario has the number n in its fixtures.
    fn number(&self, told: &str) -> Option<String> {
        let at: usize = told.parse().ok()?;
        let given = at.checked_sub(1).and_then(|at| self.numbers.get(at));
        let unknown = i64::try_from(at).ok()?.checked_add(UNKNOWN)?;
        Some(given.cloned().unwrap_or_else(|| unknown.to_string()))
    }
}

fn chance() -> u16 {
    let octets = uuid::Uuid::new_v4().into_bytes();
    u16::from_le_bytes([octets[0], octets[1]])
}

/// Replaces the texts of the leaves that have this qualified name; fixtures write them all alike.
pub(super) fn leaves(
    content: &str,
    name: &str,
    mut other: impl FnMut(&str) -> Option<String>,
) -> String {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut out = String::with_capacity(content.len() + 64);
    let mut rest = content;
    while let Some((before, behind)) = rest.split_once(&open) {
        out.push_str(before);
        out.push_str(&open);
        let Some((text, behind)) = behind.split_once(&close) else {
            rest = behind;
            continue;
        };
        match other(text) {
            Some(other) => out.push_str(&other),
            None => out.push_str(text),
        }
        out.push_str(&close);
        rest = behind;
    }
    out.push_str(rest);
    out
}
