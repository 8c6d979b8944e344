//! The form of S-32, in the sequence of `schemas/document-check.xsd`, and its words for the law.
//!
//! Law:   004 1_1 p.10(1)–(11), 1_3 p.5.

use serde_json::{Value, json};

use super::{Code, Document, Ground, Party, REQUEST, Request};
use crate::queue::application::check::{Found, Matter, Outcome};
use crate::registry::Filed;
use crate::services::reading::Sequence;
use crate::services::scan::Paper;
use crate::services::{answer, reading};

/// The papers of which an official finds something, each with what it is to show.
const PAPERS: [(Paper, Matter); 3] = [
    (Paper::BirthCertificate, Matter::Identity),
    (Paper::DoctorReferral, Matter::Referral),
    (Paper::WorkCertificate, Matter::Benefit),
];

/// The whole form.
pub(super) fn read(form: &mut Sequence<'_, '_>) -> Option<Request> {
    let settlement = form.value("settlement", reading::settlement);
    let number = form.value("applicationNumber", reading::application_number);
    let status = form.value("status", |text| {
        let on_check = [true, false].into_iter();
        reading::listed(on_check.into_iter().find(|it| answer::status(*it) == text))
    });
    let child = form.part("child", Party::read);
    let applicant = form.part("applicant", |form| form.value("iin", reading::iin));
    if let (Some(child), Some(applicant)) = (&child, &applicant)
        && child.iin == *applicant
    {
        form.about("applicant", Code::ApplicantIsChild);
    }
    let official = form.part("official", |form| {
        let iin = form.value("iin", reading::iin);
        let workplace = form.value("workplace", reading::line);
        let post = form.value("position", reading::line);
        Some((iin?, workplace?, post?))
    });
    let documents = form.many("document", PAPERS.len());
    let documents: Vec<Option<Document>> = documents
        .into_iter()
        .map(|element| reading::inside(element, form.findings, read_document))
        .collect();
    let (official, workplace, post) = official?;
    Some(Request {
        settlement: settlement?,
        number: number?,
        on_document_check: status?,
        child: child?,
        applicant: applicant?,
        official,
        workplace,
        post,
        documents: documents.into_iter().collect::<Option<_>>()?,
    })
}

fn read_document(form: &mut Sequence<'_, '_>) -> Option<Document> {
    let paper = form.value("paper", |text| {
        let checked = |paper: &Paper| PAPERS.iter().any(|(known, _)| known == paper);
        reading::listed(Paper::from_code(text).filter(checked))
    });
    let confirmed = form.value("result", |text| match text {
        "CONFIRMED" => Ok(true),
        "REFUSED" => Ok(false),
        _ => Err(Code::ValueNotInList),
    });
    let said = form.optional("refusal");
    match (confirmed, said) {
        (Some(false), None) => form.about("result", Code::RefusalWithoutGround),
        (Some(true), Some(part)) => form.findings.at(part, Code::RefusalWithoutRefusing),
        (Some(true), None) | (Some(false), Some(_)) | (None, _) => {}
    }
    let refusal = match said {
        None => Some(None),
        Some(part) => reading::inside(part, form.findings, |form| {
            let ground = form.value("ground", |text| reading::listed(Ground::from_code(text)));
            let explanation = form.maybe("explanation", reading::line);
            Some(Some((ground?, explanation)))
        }),
    };
    Some(Document {
        paper: paper?,
        refusal: refusal?,
    })
}

/// The paper that is to show this.
pub(super) fn paper(matter: Matter) -> Paper {
    match matter {
        Matter::Benefit => Paper::WorkCertificate,
        Matter::Identity => Paper::BirthCertificate,
        Matter::Referral => Paper::DoctorReferral,
    }
}

/// What a kept code of a paper is to show.
pub(super) fn matter(code: &str) -> Option<Matter> {
    let known = PAPERS.iter().find(|(paper, _)| paper.code() == code);
    known.map(|(_, matter)| *matter)
}

/// `k:CheckStatus`.
pub(super) fn status(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Queue(state) => answer::status(state.on_document_check()),
        Outcome::Rejected => "REJECTED",
    }
}

impl Request {
    /// The findings, in the words of the law.
    pub(super) fn found(&self) -> Vec<Found> {
        let found = self.documents.iter().filter_map(|document| {
            Some(Found {
                matter: matter(document.paper.code())?,
                refused: document.refusal.as_ref().map(|(ground, _)| *ground),
            })
        });
        found.collect()
    }

    /// The first ground on which a paper that shows this was refused.
    pub(super) fn ground_of(&self, of: impl Fn(Matter) -> bool) -> Option<Ground> {
        let found = self.found().into_iter();
        found
            .filter(|found| of(found.matter))
            .find_map(|found| found.refused)
    }

    /// The paths of the names that the application has otherwise.
    pub(super) fn names_differing(&self, found: &[Filed]) -> Vec<String> {
        let differs = found
            .iter()
            .any(|it| !it.child_name.agrees(&self.child.name));
        let path = differs.then(|| format!("/{REQUEST}/child/name"));
        path.into_iter().collect()
    }

    /// Papers and grounds, for the journal: no words of the official.
    pub(super) fn evidence(&self) -> Vec<Value> {
        let each = self.documents.iter().map(|document| {
            let ground = document.refusal.as_ref().map(|(ground, _)| ground.code());
            json!({ "paper": document.paper.code(), "ground": ground })
        });
        each.collect()
    }
}
