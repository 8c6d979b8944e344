//! What S-08 asks the register and gives to it, in the words of both sides.
//!
//! Law:   004 1_1 p.4, p.6, p.8 (every field is kept), pt.20, 1_9 p.8; D-25.
//! Never: decides: that is `queue::application::register`.

use super::Request;
use crate::queue::application::{
    Conclusion, Days, Filing, PreschoolKind, Registered, Situation, State,
};
use crate::queue::benefit::Benefit;
use crate::queue::rules;
use crate::registry::{
    CodeList, Enquiry, KeptScan, Lodged, Lodging, Prospect, Transaction, Trouble,
};
use crate::services::scan::Scan;
use crate::services::{Asked, kept};
use crate::terms::{Moment, PreschoolId};

impl Request {
    pub(super) fn enquiry<'a>(
        &'a self,
        asked: &'a Asked,
        preschools: &'a [PreschoolId],
    ) -> Enquiry<'a> {
        Enquiry {
            child: &self.child.iin,
            kind: self.basis.kind().code(),
            sender: &asked.sender,
            application_id: &self.application_id,
            preschools,
        }
    }

    pub(super) fn preschools(&self) -> Vec<PreschoolId> {
        self.choices
            .iter()
            .map(|(preschool, _)| *preschool)
            .collect()
    }

    pub(super) fn filing(&self, received_at: Moment) -> Filing {
        Filing {
            basis: self.basis,
            stated_at: self.filed_at,
            received_at,
            birth_date: self.child.birth_date,
            citizenship: self.child.citizenship,
            benefit: self.child.benefit,
            preschools: self.preschools(),
            settlement: self.settlement,
        }
    }

    pub(super) async fn lodge(
        &self,
        transaction: &Transaction,
        registered: &Registered,
        asked: &Asked,
    ) -> Result<Lodged, Trouble> {
        // D-25: a child whose identity or ground is being checked is counted, but offered nothing.
        let held_by = match registered.state {
            State::IdentityCheck => Some("IDENTITY"),
            State::BenefitCheck | State::Waiting => None,
        };
        let lodging = Lodging {
            sender: &asked.sender,
            application_id: &self.application_id,
            kind: self.basis.kind().code(),
            settlement: self.settlement,
            state: registered.state.code(),
            tier: registered.tier.code(),
            birth_year: registered.birth_year,
            stated_at: self.filed_at,
            received_at: asked.received_at,
            filed_at: registered.filed_at,
            filed_at_source: registered.filed_at_source.code(),
            valid_until: registered.valid_until,
            rule_set: rules::current().id,
            content_digest: &asked.digest,
            applicant_iin: &self.applicant.iin,
            applicant_name: &self.applicant.name,
            applicant_type: self.applicant.kind,
            phones: &self.applicant.phones,
            email: self.applicant.email.as_ref(),
            child_iin: &self.child.iin,
            child_name: &self.child.name,
            child_birth_date: self.child.birth_date,
            child_sex: self.child.sex,
            child_citizenship: self.child.citizenship,
            child_nationality: self.child.nationality.as_deref(),
            benefit: self.child.benefit.map(Benefit::code),
            language: self.language,
            language_only: self.language_only,
            choices: &self.choices,
            held_by,
            publication_consent: self.publication_consent,
            ground: self.ground.as_ref(),
        };
        let lodged = transaction.lodge(&lodging).await?;
        let scans: Vec<KeptScan<'_>> = self.scans.iter().map(Scan::kept).collect();
        transaction.keep_scans(lodged.number, &scans).await?;
        Ok(lodged)
    }

    /// What the register knows, in the words of the law.
    pub(super) async fn situation(
        &self,
        transaction: &Transaction,
        prospect: &Prospect,
    ) -> Result<Situation, Trouble> {
        let kind = self.basis.kind();
        let conclusions = match kind {
            PreschoolKind::General | PreschoolKind::Sanatorium => Vec::new(),
            PreschoolKind::Special => transaction.special_needs(&self.child.iin).await?,
        };
        let conclusions = conclusions.iter().map(|it| Conclusion {
            days: Days {
                from: it.concluded_on,
                until: it.valid_until,
            },
            withdrawn: it.withdrawn_on,
        });
        let list = match kind {
            PreschoolKind::General => None,
            PreschoolKind::Sanatorium => Some(CodeList::Rehabilitation),
            PreschoolKind::Special => Some(CodeList::Disorder),
        };
        let care_listed = match list.zip(self.ground.as_ref()) {
            Some((list, ground)) => transaction.lists(list, &ground.care).await?,
            None => false,
        };
        Ok(Situation {
            preschools: kept::facts(&prospect.preschools)?,
            already_waiting: prospect.active.is_some(),
            application_id_taken: prospect.known.is_some(),
            conclusions: conclusions.collect(),
            care_listed,
        })
    }
}
