//! Expansions: what SoapUI puts into a request each time, in the place of what is of one run alone.
//!
//! In:    a request and those that were sent before it in its case.
//! Out:   the same with property expansions; the people whose numbers `people.groovy` makes.

use std::collections::BTreeMap;

use crate::sandbox::conformance::cast::{FILED, UNKNOWN, leaves};
use crate::sandbox::conformance::plan::{self, Step};
use crate::terms::Iin;

const UUID: &str = "${=java.util.UUID.randomUUID()}";
const NOW: &str = "${=java.time.Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS)}";

/// How a step is called: its place in the case, and its fixture.
pub(super) fn called(at: usize, step: &Step) -> String {
    format!("{} {}", at + 1, step.path().replace('/', " "))
}

/// Who plays whom in a case: the n-th number of a person is the property `iin<n>`.
#[derive(Default)]
pub(super) struct Roles(BTreeMap<String, usize>);

impl Roles {
    /// The request of a step, with expansions in the place of what is of one run alone.
    pub(super) fn request(&mut self, step: &Step, before: &[&Step]) -> String {
        let octets = plan::request(&step.path());
        let text = String::from_utf8(octets).unwrap_or_default();
        let text = leaves(&text, "k:iin", |iin| self.person(iin));
        let text = leaves(&text, "k:birthDate", |day| self.birth(day));
        let text = leaves(&text, "k:applicationNumber", |told| number(told, before));
        let text = leaves(&text, "k:applicationId", |id| {
            let plain = id.starts_with("PORTAL-");
            plain.then(|| format!("{id}-${{#TestCase#run}}"))
        });
        let filed = || Some("${#TestCase#now}".to_owned());
        let text = leaves(&text, "k:filedAt", |at| (at == FILED).then(filed).flatten());
        let text = leaves(&text, "messageId", |_| Some(UUID.to_owned()));
        let text = leaves(&text, "messageDate", |_| Some(NOW.to_owned()));
        leaves(&text, "senderId", |_| {
            Some("${#Project#senderId}".to_owned())
        })
    }

    fn person(&mut self, iin: &str) -> Option<String> {
        Iin::parse(iin).ok()?;
        let next = self.0.len() + 1;
        let at = *self.0.entry(iin.to_owned()).or_insert(next);
        Some(format!("${{#TestCase#iin{at}}}"))
    }

    /// The birth date of somebody in this case; another one stays as it is.
    fn birth(&self, day: &str) -> Option<String> {
        let own = |iin: &str| Iin::parse(iin).ok()?.birth_date();
        let mut people = self.0.iter();
        let (_, at) = people.find(|(iin, _)| own(iin).is_some_and(|own| own.to_string() == day))?;
        Some(format!("${{#TestCase#birth{at}}}"))
    }

    /// The seven digits that tell of each person, in the order of the properties.
    pub(super) fn days(&self) -> Vec<String> {
        let mut all: Vec<(&usize, &String)> = self.0.iter().map(|(iin, at)| (at, iin)).collect();
        all.sort_unstable();
        all.into_iter()
            .map(|(_, iin)| iin[..7].to_owned())
            .collect()
    }
}

/// The number that the n-th registration before was given, or one that nobody was given.
fn number(told: &str, before: &[&Step]) -> Option<String> {
    let wanted: usize = told.parse().ok()?;
    let mut registrations = (0..).zip(before).filter(|(_, it)| it.registers());
    let given = registrations.nth(wanted.checked_sub(1)?);
    Some(match given {
        Some((at, step)) => format!(
            "${{{}#Response#//*[local-name()='applicationNumber'][1]}}",
            called(at, step)
        ),
        None => (UNKNOWN + i64::try_from(wanted).ok()?).to_string(),
    })
}
