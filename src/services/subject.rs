//! Subject: the application that a request is about, the same in each form that changes one.
//!
//! Law:   004 1_2 p.3(1)–(7), 1_3 p.3(1)–(6): settlement, number, applicant, child.
//! In:    a form. Out: a [`Subject`], and then what the register has of it, or a refusal.
//! Never: tells anything of an application to whoever does not know its child.
//! Start: `Subject::read`, then `Subject::find`.

use serde_json::{Value, json};

use super::party::Family;
use super::reading::{self, Sequence};
use super::{Outcome, Status};
use crate::queue::application::State;
use crate::queue::application::change::{self, Named};
use crate::queue::refusal::Refusal;
use crate::queue::rules;
use crate::registry::{Filed, Transaction, Trouble};
use crate::terms::{Iin, Settlement};

/// The application, by everything that a request says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Населённый пункт.
    pub settlement: Settlement,
    /// Номер заявления: the one that we gave.
    pub number: i64,
    /// Заявитель and ребёнок.
    pub family: Family,
}

/// An application that may be changed by the one who asks.
pub(super) struct Found {
    /// As it was kept.
    pub filed: Filed,
    /// Where it stands.
    pub state: State,
}

impl Subject {
    /// The next elements of a form: settlement, number, applicant, child.
    pub(super) fn read(form: &mut Sequence<'_, '_>) -> Option<Self> {
        let settlement = form.value("settlement", reading::settlement);
        let number = form.value("applicationNumber", reading::application_number);
        let family = Family::read(form);
        Some(Self {
            settlement: settlement?,
            number: number?,
            family: family?,
        })
    }

    /// The application with its child locked, or the answer that refuses; `form` is the name of the
    /// request, for the paths.
    pub(super) async fn find(
        &self,
        transaction: &Transaction,
        form: &str,
    ) -> Result<Result<Found, Outcome>, Trouble> {
        let differing = |found: &[Filed]| self.family.names_differing(form, found);
        self.pointer().find(transaction, form, differing).await
    }

    /// What the register shows of the application, beside the names that it has otherwise.
    pub(super) fn named(&self, found: Option<&Filed>, differing: &[String]) -> Option<Named> {
        self.pointer().named(found, differing)
    }

    /// The answer of a refusal, because of what stands at these paths.
    pub(super) fn refused(&self, refusal: Refusal, paths: &[String]) -> Outcome {
        self.pointer().refused(refusal, paths)
    }

    /// A decision about this application, for the journal.
    pub(super) fn decision(&self, decision: Value) -> Value {
        self.pointer().decision(decision)
    }

    fn pointer(&self) -> Pointer<'_> {
        Pointer {
            settlement: self.settlement,
            number: self.number,
            applicant: &self.family.applicant.iin,
            child: &self.family.child.iin,
        }
    }
}

/// What a request says of its application beside names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pointer<'a> {
    /// Населённый пункт.
    pub(super) settlement: Settlement,
    /// Номер заявления.
    pub(super) number: i64,
    /// ИИН заявителя.
    pub(super) applicant: &'a Iin,
    /// ИИН ребёнка.
    pub(super) child: &'a Iin,
}

impl Pointer<'_> {
    /// The application with its child locked, or the answer that refuses; `form` is the name of the
    /// request and `differing` gives the paths of the names that an application has otherwise.
    pub(super) async fn find(
        &self,
        transaction: &Transaction,
        form: &str,
        differing: impl Fn(&[Filed]) -> Vec<String>,
    ) -> Result<Result<Found, Outcome>, Trouble> {
        let found = transaction.application_to_change(self.number, self.child);
        let found = found.await?;
        let differing = differing(found.as_slice());
        if let Err(refusal) = change::addressed(self.named(found.as_ref(), &differing)) {
            let at = |element: &str| vec![format!("/{form}/{element}")];
            let paths = if refusal == Refusal::NameDiffers {
                differing
            } else if refusal == Refusal::ApplicantNotRepresentative {
                at("applicant/iin")
            } else if refusal == Refusal::ApplicationOfAnotherSettlement {
                at("settlement")
            } else {
                at("applicationNumber")
            };
            return Ok(Err(self.refused(refusal, &paths)));
        }
        let filed = found.ok_or(Trouble::Unexpected(
            "an application that was found and is not",
        ))?;
        let state = State::from_code(&filed.state)
            .ok_or(Trouble::Unexpected("a state that the law does not know"))?;
        Ok(Ok(Found { filed, state }))
    }

    fn named(&self, found: Option<&Filed>, differing: &[String]) -> Option<Named> {
        found.map(|filed| Named {
            of_child: filed.child_iin == *self.child,
            of_applicant: filed.applicant_iin == *self.applicant,
            names_agree: differing.is_empty(),
            of_settlement: filed.settlement == self.settlement,
            ended: filed.closed_because.is_some(),
        })
    }

    pub(super) fn refused(&self, refusal: Refusal, paths: &[String]) -> Outcome {
        let decision = self.decision(json!({
            "refusal": refusal.code(),
            "paragraph": refusal.paragraph(),
        }));
        if paths.is_empty() {
            Outcome::refused(refusal, decision)
        } else {
            Outcome::refused_at(refusal, paths, decision)
        }
    }

    pub(super) fn decision(&self, mut decision: Value) -> Value {
        decision["rule_set"] = json!(rules::current().id);
        decision["application"] = json!(self.number);
        decision
    }
}

impl Outcome {
    /// A request that was done.
    pub(super) fn done(payload: String, decision: Value) -> Self {
        Self {
            status: Status::Success,
            payload,
            decision,
            told: Vec::new(),
        }
    }
}
