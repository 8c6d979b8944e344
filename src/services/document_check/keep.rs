//! What S-32 asks the register and gives to it, in the words of both sides.
//!
//! Law:   004 1_1 p.10 (every field is kept), pt.2(9) (the reason of a changed number); D-25, D-79.
//! Never: decides: that is `queue::application::check`.

use super::{Paper, Request, check, found};
use crate::queue::application::State;
use crate::queue::application::check::{Checked, Matter, Outcome, Present};
use crate::queue::application::update::Chosen;
use crate::queue::benefit::Benefit;
use crate::queue::notice::{Enqueued, Notice};
use crate::queue::rank::Tier;
use crate::registry::{
    DocumentCheck, Filed, FoundPaper, Leave, NewChoice, Preschool, Standing, Transaction, Trouble,
};
use crate::services::kept::{self, Kept};
use crate::services::place::QueuePlace;
use crate::services::{Asked, Told};
use crate::terms::{Day, PreschoolId};

/// What the register shows beside the application's row.
pub(super) struct Known {
    confirmed: Vec<Matter>,
    entries: Vec<Chosen>,
    offered: bool,
    preschools: Vec<Preschool>,
}

impl Known {
    pub(super) async fn of(
        transaction: &Transaction,
        filed: &Filed,
        confirmed: &[String],
    ) -> Result<Self, Trouble> {
        let entries = transaction.entries(filed.number).await?;
        let chosen: Vec<PreschoolId> = filed.choices.iter().map(|(id, _)| *id).collect();
        let known = confirmed.iter().map(|code| found::matter(code));
        let known: Option<Vec<Matter>> = known.collect();
        Ok(Self {
            confirmed: known.ok_or(Trouble::Unexpected("a paper that nobody checks"))?,
            entries: entries.rows.iter().map(kept::chosen).collect(),
            offered: entries.offered,
            preschools: transaction.preschools(&chosen).await?,
        })
    }

    pub(super) fn present(&self, kept: Kept<'_>, valid_until: Day) -> Present<'_> {
        Present {
            filing: kept.filing,
            filed_at_source: kept.source,
            state: kept.state,
            offered: self.offered,
            valid_until,
            confirmed: &self.confirmed,
            entries: &self.entries,
        }
    }

    /// The application stands so from now on, or in no queue any more.
    pub(super) async fn stand(
        &self,
        transaction: &Transaction,
        filed: &Filed,
        checked: &Checked,
        asked: &Asked,
    ) -> Result<(), Trouble> {
        let Outcome::Queue(state) = checked.outcome else {
            let leave = Leave {
                application: filed.number,
                at: asked.now,
                because: "REJECTED",
                why: "ARCHIVED",
                law: checked.law,
            };
            return transaction.leave_queues(leave).await;
        };
        let choices: Vec<NewChoice> = checked.choices.iter().map(kept::new_choice).collect();
        let before = Tier::from_code(&filed.tier);
        let before = before.ok_or(Trouble::Unexpected("a tier that the law does not know"))?;
        let standing = Standing {
            application: filed.number,
            state: state.code(),
            benefit_before: filed.benefit.as_deref(),
            benefit: checked.benefit.map(Benefit::code),
            tier: checked.tier.code(),
            moved_because: kept::moved(before, checked.tier),
            choices: &choices,
            held_by: (state == State::IdentityCheck).then_some("IDENTITY"),
            received_at: asked.received_at,
            law: checked.law,
        };
        transaction.stand_so(&standing).await
    }

    /// 1_1 st.9 «отправляет ответ … с результатом оказания услуги»: each refusal with its ground,
    /// and what was confirmed with the numbers.
    pub(super) fn told(
        &self,
        filed: &Filed,
        request: &Request,
        checked: &Checked,
        places: &[QueuePlace],
    ) -> Vec<Told> {
        let application = filed.number;
        let of_benefit = |matter: Matter| matter == Matter::Benefit;
        let mut notices = Vec::new();
        match checked.outcome {
            Outcome::Rejected => {
                let ground = request.ground_of(|matter| !of_benefit(matter));
                notices.extend(ground.map(|ground| Notice::Rejected {
                    application,
                    ground,
                }));
            }
            Outcome::Queue(state) => {
                let ground = request.ground_of(of_benefit);
                notices.extend(ground.map(|ground| Notice::BenefitRefused {
                    application,
                    ground,
                }));
                let confirmed = request.found().iter().any(|found| found.refused.is_none());
                notices.extend(confirmed.then(|| {
                    Notice::Checked(Enqueued {
                        application,
                        places: places.iter().map(|it| (it.preschool, it.place)).collect(),
                        provisional: state.on_document_check(),
                        valid_until: filed.valid_until,
                    })
                }));
            }
        }
        let short = |it: &Preschool| (it.id, it.short_name_kk.clone(), it.short_name_ru.clone());
        let told = notices.into_iter().map(|notice| Told {
            notice,
            short_names: self.preschools.iter().map(short).collect(),
            phones: filed.phones.clone(),
        });
        told.collect()
    }
}

impl Request {
    /// Keeps the findings; gives the number of the check.
    pub(super) async fn keep(
        &self,
        transaction: &Transaction,
        filed: &Filed,
        asked: &Asked,
    ) -> Result<i64, Trouble> {
        let found: Vec<FoundPaper<'_>> = self
            .documents
            .iter()
            .map(|document| {
                let of_benefit = document.paper == Paper::WorkCertificate;
                let refusal = document.refusal.as_ref();
                FoundPaper {
                    paper: document.paper.code(),
                    benefit: filed.benefit.as_deref().filter(|_| of_benefit),
                    ground: refusal.map(|(ground, _): &(check::Ground, _)| ground.code()),
                    explanation: refusal.and_then(|(_, words)| words.as_deref()),
                }
            })
            .collect();
        let kept = DocumentCheck {
            application: filed.number,
            found: &found,
            official_iin: &self.official,
            workplace: &self.workplace,
            post: &self.post,
            sender: &asked.sender,
            received_at: asked.received_at,
            digest: &asked.digest,
        };
        transaction.keep_check(&kept).await
    }
}
