//! Check: what an official found of the papers of an application (результат проверки документов).
//!
//! Law:   004 pt.15, pt.21, pt.23, 1_1 st.7–9, p.10, p.11, 1_3 st.7, st.9, 1_9 p.6, p.10;
//!        decisions D-18, D-25, D-78, D-79.
//! In:    the findings, and the application as the register shows it.
//! Out:   how it stands from then on, with the time of its filing; or one [`Refusal`].
//! Never: undoes a finding: 1_1 p.10 «Отмена успешно завершенной процедуры не предусматривается».
//! Start: [`check`].

use super::update::{Choice, Chosen, kept, park};
use super::{Filing, PreschoolKind, State, remarks};
use crate::queue::benefit::{Benefit, Proof};
use crate::queue::coded::coded;
use crate::queue::lifecycle::application as lifecycle;
use crate::queue::lifecycle::{Cause, Machine, Refused, documents};
use crate::queue::rank::Tier;
use crate::queue::refusal::Refusal;
use crate::queue::remark::Remark;
use crate::queue::rules::RuleSet;
use crate::terms::{Citizenship, Day};

coded! {
    /// What a paper is to show, in the order in which findings take effect.
    Matter {
        /// A benefit out of turn, by a certificate from work (1_9 p.6).
        Benefit = "BENEFIT",
        /// The child's identity, by its birth certificate (pt.15).
        Identity = "IDENTITY",
        /// The ground of a sanatorium queue, by the referral of a doctor (1_1 p.8).
        Referral = "REFERRAL",
    }
}

coded! {
    /// Мотивированный отказ (1_1 p.10(11)): why a paper shows nothing.
    Ground {
        /// It is another person's.
        AnotherPerson = "ANOTHER_PERSON",
        /// The scan differs from the original (1_1 st.7 «сверки их с оригиналами»).
        DiffersFromOriginal = "DIFFERS_FROM_ORIGINAL",
        /// It does not give the right that is claimed (1_9 p.10 «соответствия … требованиям»).
        GivesNoRight = "GIVES_NO_RIGHT",
        /// No signature or no seal (1_9 p.6).
        NotCertified = "NOT_CERTIFIED",
        /// The scan cannot be read.
        NotLegible = "NOT_LEGIBLE",
        /// The original was not shown.
        OriginalNotShown = "ORIGINAL_NOT_SHOWN",
        /// It was issued too long before the filing, or has ended (1_9 p.6).
        OutOfDate = "OUT_OF_DATE",
    }
}

/// What was found of one paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// What it is to show.
    pub matter: Matter,
    /// Why it does not, if it does not.
    pub refused: Option<Ground>,
}

/// The application as the register shows it.
#[derive(Debug, Clone)]
pub struct Present<'a> {
    /// What was filed; its benefit is the one that is claimed now.
    pub filing: Filing,
    /// Whose time counts.
    pub filed_at_source: super::FiledAtSource,
    /// Where it stands.
    pub state: State,
    /// Does an offer wait for the family's consent?
    pub offered: bool,
    /// Its last day.
    pub valid_until: Day,
    /// What was confirmed by earlier checks.
    pub confirmed: &'a [Matter],
    /// Every preschool that it has or once had among its choices, in the order sent.
    pub entries: &'a [Chosen],
}

/// The application from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Where it stands.
    pub outcome: Outcome,
    /// The benefit that is claimed: a refused one is not.
    pub benefit: Option<Benefit>,
    /// The tier in which it is counted.
    pub tier: Tier,
    /// Its choices, in their order.
    pub choices: Vec<Choice>,
    /// What is still to be checked.
    pub awaited: Vec<Matter>,
    /// What the family should know.
    pub remarks: Vec<Remark>,
    /// The paragraph.
    pub law: &'static str,
}

/// Where it stands after a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// In its queues.
    Queue(State),
    /// In none: its identity or its ground is not confirmed (D-79).
    Rejected,
}

/// What is to be checked: 1_1 st.7 «проверки достоверности скан-копий и сверки их с оригиналами».
pub fn awaited(
    filing: &Filing,
    state: State,
    confirmed: &[Matter],
    rules: &RuleSet,
) -> Vec<Matter> {
    let kind = filing.basis.kind();
    let by_scan = |benefit: Benefit| benefit.proof() == Proof::Scan && kind.knows_benefits(rules);
    let benefit = filing.benefit.is_some_and(by_scan);
    match state {
        State::Waiting => Vec::new(),
        // A claim that is on check was made after whatever was confirmed before.
        State::BenefitCheck => vec![Matter::Benefit],
        State::IdentityCheck => {
            let all = [
                (Matter::Benefit, benefit),
                (
                    Matter::Identity,
                    filing.citizenship != Citizenship::KAZAKHSTAN,
                ),
                (Matter::Referral, kind == PreschoolKind::Sanatorium),
            ];
            let there = all.into_iter().filter(|(_, there)| *there);
            let there = there.map(|(matter, _)| matter);
            there.filter(|it| !confirmed.contains(it)).collect()
        }
    }
}

/// What follows from the findings of an official.
pub fn check(found: &[Found], present: &Present<'_>, rules: &RuleSet) -> Result<Checked, Refusal> {
    if !present.state.on_document_check() {
        return Err(Refusal::NotInThisState(Refused::NotOnCheck));
    }
    let mut awaited = awaited(&present.filing, present.state, present.confirmed, rules);
    let mut found = found.to_vec();
    found.sort_unstable();
    let mut life = Life::of(present);
    let mut benefit = present.filing.benefit;
    let mut counts = present.confirmed.contains(&Matter::Benefit);
    for finding in found {
        let at = awaited.iter().position(|it| *it == finding.matter);
        awaited.remove(at.ok_or(Refusal::DocumentNotOnCheck)?);
        match (finding.matter, finding.refused) {
            (Matter::Benefit, None) => counts = true,
            // «размещаются в очереди … на общих основаниях» (pt.23, D-79).
            (Matter::Benefit, Some(_)) => benefit = None,
            // The last of the papers that let the child stand there decides (D-25).
            (Matter::Identity | Matter::Referral, None) if awaited.iter().any(gates) => continue,
            (Matter::Identity | Matter::Referral, _) => {}
        }
        life.finds(finding, rules)?;
    }
    if life.state == lifecycle::State::Waiting && awaited.contains(&Matter::Benefit) {
        life.happens(lifecycle::Event::BenefitClaimed, rules)?;
    }
    let tier = tier_of(benefit, counts, &life, present, rules);
    let mut choices = kept(present.entries);
    park(&mut choices, tier);
    let filing = Filing {
        benefit,
        ..present.filing.clone()
    };
    let outcome = life.outcome(present.state);
    let (source, until) = (present.filed_at_source, present.valid_until);
    Ok(Checked {
        outcome,
        benefit,
        tier,
        choices,
        awaited,
        remarks: match outcome {
            Outcome::Queue(state) => remarks(&filing, state, source, until, rules),
            Outcome::Rejected => Vec::new(),
        },
        law: life.law,
    })
}

/// Without which the child does not stand in the queue at all.
fn gates(matter: &Matter) -> bool {
    match matter {
        Matter::Benefit => false,
        Matter::Identity | Matter::Referral => true,
    }
}

/// The tier in which it is counted: that of a benefit which the sender attested or a check showed.
fn tier_of(
    benefit: Option<Benefit>,
    counts: bool,
    life: &Life,
    present: &Present<'_>,
    rules: &RuleSet,
) -> Tier {
    let known = present.filing.basis.kind().knows_benefits(rules);
    let shown = |benefit: &Benefit| match benefit.proof() {
        Proof::Attested => known,
        Proof::Scan => known && counts,
    };
    let of_benefits = benefit.filter(shown);
    let of_benefits = of_benefits.map_or(Tier::General, |benefit| benefit.tier(rules));
    life.state.tier(of_benefits, false, rules)
}

/// The life of the application while the findings are entered, one after the other.
struct Life {
    state: lifecycle::State,
    law: &'static str,
}

impl Life {
    fn of(present: &Present<'_>) -> Self {
        let state = match (present.offered, present.state) {
            (true, _) => lifecycle::State::Offered,
            (false, State::BenefitCheck) => lifecycle::State::BenefitCheck,
            (false, State::IdentityCheck) => lifecycle::State::IdentityCheck,
            (false, State::Waiting) => lifecycle::State::Waiting,
        };
        Self {
            state,
            law: "004 1_1 p.10",
        }
    }

    /// A finding ends the check of its paper, and brings to the application what that says.
    fn finds(&mut self, finding: Found, rules: &RuleSet) -> Result<(), Refusal> {
        use documents::Event;
        // What ended by an earlier finding is not judged again.
        if self.state.ended() {
            return Ok(());
        }
        let event = match (finding.matter, finding.refused) {
            (Matter::Benefit, None) => Event::BenefitFits,
            (Matter::Benefit, Some(_)) => Event::BenefitUnfit,
            (Matter::Identity | Matter::Referral, None) => Event::IdentityFits,
            (Matter::Identity | Matter::Referral, Some(_)) => Event::IdentityUnfit,
        };
        let step = documents::State::ScanWaits.step(event, rules);
        let step = step.map_err(Refusal::NotInThisState)?;
        for cause in step.causes {
            if let Cause::Application(event) = cause {
                self.happens(*event, rules)?;
            }
        }
        self.law = step.law;
        Ok(())
    }

    fn happens(&mut self, event: lifecycle::Event, rules: &RuleSet) -> Result<(), Refusal> {
        let step = self.state.step(event, rules);
        self.state = step.map_err(Refusal::NotInThisState)?.next;
        Ok(())
    }

    fn outcome(&self, before: State) -> Outcome {
        if self.state.ended() {
            return Outcome::Rejected;
        }
        // The register tells of an offer beside the state; its benefit was all that was on check.
        let beside = match before {
            State::BenefitCheck | State::Waiting => State::Waiting,
            State::IdentityCheck => State::IdentityCheck,
        };
        Outcome::Queue(self.state.registered().unwrap_or(beside))
    }
}
