//! Claim: the benefit that a family claims, the same in each form that takes one.
//!
//! Law:   004 1_1 p.4(14), (15), 1_3 p.3(7), 1_9 p.6.
//! In:    `k:BenefitClaim`. Out: the benefit, if one is held.

use super::finding::Code;
use super::reading::{self, Sequence, leaf_value};
use super::scan::{Paper, Scan};
use crate::queue::benefit::{Benefit, Proof};

/// The benefit claimed, if one is.
pub(super) fn read(form: &mut Sequence<'_, '_>) -> Option<Option<Benefit>> {
    let held = form.value("held", reading::boolean);
    let named = form.optional("kind");
    let kind = named.and_then(|leaf| {
        leaf_value(leaf, form.findings, |text| {
            reading::listed(Benefit::from_code(text))
        })
    });
    match (held, named) {
        (Some(true), None) => form.about("held", Code::BenefitKindMissing),
        (Some(false), Some(leaf)) => form.findings.at(leaf, Code::BenefitKindNotClaimed),
        (Some(true), Some(_)) | (Some(false), None) | (None, _) => {}
    }
    held.map(|_| kind)
}

/// The paper that no register can stand for: 1_9 p.6 «прикладываются в виде скан-копии документа –
/// справка с места работы».
pub(super) fn require_paper(benefit: Option<Benefit>, scans: &[Scan], form: &mut Sequence<'_, '_>) {
    let lacks = |paper: Paper| scans.iter().all(|scan| scan.paper != paper);
    let by_scan = benefit.is_some_and(|it| it.proof() == Proof::Scan);
    if by_scan && lacks(Paper::WorkCertificate) {
        form.about("scans", Code::WorkCertificateMissing);
    }
}
