//! Party: the applicant and the child of an enquiry, the same in each form that is about one child.
//!
//! Law:   004 1_2 p.3, 1_3 p.3, 1_4 p.3: numbers and names of both; «ФИО (при наличии)».
//! In:    `applicant` and `child` of a form, or a whole [`Enquiry`]. Out: a [`Family`].
//! Never: compares with a register; `Family::names_differing` is given what a register has.

use serde_json::json;

use super::Outcome;
use super::finding::{Code, Findings};
use super::reading::{self, Sequence};
use crate::queue::refusal::Refusal;
use crate::queue::rules;
use crate::registry::Filed;
use crate::terms::{Iin, PersonName, Settlement};
use crate::xml::{Element, Writer};

/// A person by number and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// ИИН.
    pub iin: Iin,
    /// ФИО.
    pub name: PersonName,
}

/// Who asks about whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// Заявитель.
    pub applicant: Party,
    /// Ребёнок.
    pub child: Party,
}

impl Family {
    /// The next two elements of a form: `applicant` and `child`, who are two persons.
    pub(super) fn read(form: &mut Sequence<'_, '_>) -> Option<Self> {
        let applicant = form.part("applicant", Party::read);
        let child = form.part("child", Party::read);
        let both = applicant.zip(child);
        if both
            .as_ref()
            .is_some_and(|(applicant, child)| applicant.iin == child.iin)
        {
            form.about("applicant", Code::ApplicantIsChild);
        }
        both.map(|(applicant, child)| Self { applicant, child })
    }

    /// The paths, in the form of this name, of the names that these applications have otherwise.
    ///
    /// Any legal representative may ask (1_4 p.3), so only an applicant who filed is compared.
    pub(super) fn names_differing(&self, form: &str, waiting: &[Filed]) -> Vec<String> {
        let applicant = waiting.iter().any(|filed| {
            filed.applicant_iin == self.applicant.iin
                && !filed.applicant_name.agrees(&self.applicant.name)
        });
        let child = waiting
            .iter()
            .any(|filed| !filed.child_name.agrees(&self.child.name));
        let parties = [(applicant, "applicant"), (child, "child")];
        let differing = parties.into_iter().filter(|(differs, _)| *differs);
        differing
            .map(|(_, party)| format!("/{form}/{party}/name"))
            .collect()
    }
}

/// What is asked about a child by whoever represents it: 1_4 p.3, and wherever an annex lists no
/// fields of its own. Consent to processing (6) is given, or nothing is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enquiry {
    /// Населённый пункт (1): the right that a sender needs is that for it.
    pub settlement: Settlement,
    /// Заявитель (2, 3), «любой законный представитель ребенка», and the child (4, 5).
    pub family: Family,
}

impl Enquiry {
    /// Reads a whole payload of this name, or says everything that is wrong with it.
    pub(super) fn read(payload: Element<'_>, name: &str) -> Result<Self, Findings> {
        reading::whole(payload, name, |form| {
            let settlement = form.value("settlement", reading::settlement);
            let family = Family::read(form);
            reading::consent_to_processing(form);
            Some(Self {
                settlement: settlement?,
                family: family?,
            })
        })
    }
}

impl Party {
    pub(super) fn read(form: &mut Sequence<'_, '_>) -> Option<Self> {
        let iin = form.value("iin", reading::iin);
        let name = form.part("name", reading::person_name);
        Some(Self {
            iin: iin?,
            name: name?,
        })
    }
}

/// Writes `k:PersonName` as this element.
pub(super) fn write_name(writer: &mut Writer, element: &'static str, name: &PersonName) {
    writer
        .open(element, &[])
        .leaf("k:surname", name.surname())
        .leaf("k:given", name.given())
        .optional("k:patronymic", name.patronymic())
        .close();
}

/// Writes `k:applicant` and `k:child` of an application.
pub(super) fn write_parties(writer: &mut Writer, filed: &Filed) {
    let parties = [
        ("k:applicant", &filed.applicant_iin, &filed.applicant_name),
        ("k:child", &filed.child_iin, &filed.child_name),
    ];
    for (element, iin, name) in parties {
        writer.open(element, &[]).leaf("k:iin", iin.as_str());
        write_name(writer, "k:name", name);
        writer.close();
    }
}

impl Outcome {
    /// An enquiry about a child that the law does not answer, because of what stands at these
    /// paths.
    pub(super) fn untold(refusal: Refusal, paths: &[String]) -> Self {
        let decision = json!({
            "rule_set": rules::current().id,
            "refusal": refusal.code(),
            "paragraph": refusal.paragraph(),
            "differences": paths,
        });
        if paths.is_empty() {
            Self::refused(refusal, decision)
        } else {
            Self::refused_at(refusal, paths, decision)
        }
    }
}
