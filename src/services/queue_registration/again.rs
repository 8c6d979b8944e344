//! An application that its sender has filed before: is it the same, and what is said of it now?
//!
//! Law:   004 1_1 p.4(1) «id заявления», pt.14: what an application holds is what was signed.
//! Out:   the paths of what differs; the remarks, from the row that was kept.
//! Never: tells what the kept value is: a path is enough to mend a message.

use std::collections::BTreeSet;

use super::{KIND, Request};
use crate::queue::application::{self, FiledAtSource, Filing, State};
use crate::queue::benefit::Benefit;
use crate::queue::remark::Remark;
use crate::queue::rules;
use crate::registry::{Filed, Trouble};
use crate::services::scan::Scan;

impl Request {
    /// Whether what the sender filed under this id is of this child, and still in the queue.
    pub(super) fn is_again(&self, known: &Filed) -> bool {
        let waits = State::from_code(&known.state).is_some();
        waits && known.kind == KIND && known.child_iin == self.child.iin
    }

    /// The scans as the register has them.
    fn pages(&self) -> Vec<(String, Vec<u8>)> {
        let page = |scan: &Scan| {
            let content = scan.content.octets().to_vec();
            (scan.paper.code().to_owned(), content)
        };
        let pages: BTreeSet<(String, Vec<u8>)> = self.scans.iter().map(page).collect();
        pages.into_iter().collect()
    }

    /// The paths of what was filed otherwise, in the sequence of the form; none in a true repeat.
    #[expect(clippy::too_many_lines, reason = "one table, one row a field")]
    pub(super) fn differences(
        &self,
        known: &Filed,
        scans: &[(String, Vec<u8>)],
    ) -> Vec<&'static str> {
        let (applicant, child) = (&self.applicant, &self.child);
        let phone = |at: usize| applicant.phones.get(at) != known.phones.get(at);
        let parts = [
            (
                "/queueRegistration/filedAt",
                self.filed_at != known.stated_at,
            ),
            (
                "/queueRegistration/settlement",
                self.settlement != known.settlement,
            ),
            (
                "/queueRegistration/applicant/iin",
                applicant.iin != known.applicant_iin,
            ),
            (
                "/queueRegistration/applicant/name",
                applicant.name != known.applicant_name,
            ),
            (
                "/queueRegistration/applicant/type",
                applicant.kind != known.applicant_type,
            ),
            ("/queueRegistration/applicant/phone", phone(0)),
            ("/queueRegistration/applicant/phone2", phone(1)),
            ("/queueRegistration/applicant/phone3", phone(2)),
            (
                "/queueRegistration/applicant/email",
                applicant.email != known.email,
            ),
            (
                "/queueRegistration/child/name",
                child.name != known.child_name,
            ),
            (
                "/queueRegistration/child/benefit",
                child.benefit.map(Benefit::code) != known.benefit.as_deref(),
            ),
            (
                "/queueRegistration/child/birthDate",
                child.birth_date != known.child_birth_date,
            ),
            ("/queueRegistration/child/sex", child.sex != known.child_sex),
            (
                "/queueRegistration/child/citizenship",
                child.citizenship != known.child_citizenship,
            ),
            (
                "/queueRegistration/child/nationality",
                child.nationality != known.child_nationality,
            ),
            (
                "/queueRegistration/language/code",
                self.language != known.language,
            ),
            (
                "/queueRegistration/language/only",
                self.language_only != known.language_only,
            ),
            (
                "/queueRegistration/preschools",
                self.choices != known.choices,
            ),
            (
                "/queueRegistration/consentToPublication",
                self.publication_consent != known.publication_consent,
            ),
            ("/queueRegistration/scans", self.pages() != scans),
        ];
        let differing = parts.into_iter().filter(|(_, differs)| *differs);
        differing.map(|(path, _)| path).collect()
    }
}

/// A kept application in the words of the law.
pub(super) struct Kept<'a> {
    pub(super) state: State,
    source: FiledAtSource,
    filing: Filing,
    row: &'a Filed,
}

impl<'a> Kept<'a> {
    /// Reads the codes of the row.
    pub(super) fn of(row: &'a Filed) -> Result<Self, Trouble> {
        let state = State::from_code(&row.state)
            .ok_or(Trouble::Unexpected("a state that the law does not know"))?;
        let source = FiledAtSource::from_code(&row.filed_at_source)
            .ok_or(Trouble::Unexpected("a time that the law does not know"))?;
        let benefit = row.benefit.as_deref().map(|code| {
            Benefit::from_code(code)
                .ok_or(Trouble::Unexpected("a benefit that the law does not know"))
        });
        let filing = Filing {
            stated_at: row.stated_at,
            received_at: row.received_at,
            birth_date: row.child_birth_date,
            citizenship: row.child_citizenship,
            benefit: benefit.transpose()?,
            preschools: row
                .choices
                .iter()
                .map(|(preschool, _)| *preschool)
                .collect(),
            settlement: row.settlement,
        };
        Ok(Self {
            state,
            source,
            filing,
            row,
        })
    }

    /// What the family should know of it now.
    pub(super) fn remarks(&self) -> Vec<Remark> {
        application::remarks(
            &self.filing,
            self.state,
            self.source,
            self.row.valid_until,
            rules::current(),
        )
    }
}
