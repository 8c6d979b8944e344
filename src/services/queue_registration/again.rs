//! An application that its sender has filed before: is it the same?
//!
//! Law:   004 1_1 p.4(1) «id заявления», pt.14: what an application holds is what was signed.
//! Out:   the paths of what differs.
//! Never: tells what the kept value is: a path is enough to mend a message.

use std::collections::BTreeSet;

use super::Request;
use crate::queue::application::{PreschoolKind, State};
use crate::queue::benefit::Benefit;
use crate::registry::Filed;
use crate::services::scan::Scan;

impl Request {
    /// Whether what the sender filed under this id is of this child, and still in the queue.
    pub(super) fn is_again(&self, known: &Filed) -> bool {
        let waits = State::from_code(&known.state).is_some();
        waits && known.kind == self.basis.kind().code() && known.child_iin == self.child.iin
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

    /// Where the ground stands, if the kind of queue has one.
    fn ground_path(&self) -> &'static str {
        match self.basis.kind() {
            PreschoolKind::General => "/queueRegistration/kind",
            PreschoolKind::Sanatorium => "/queueRegistration/sanatorium",
            PreschoolKind::Special => "/queueRegistration/special",
        }
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
            (self.ground_path(), self.ground != known.ground),
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
