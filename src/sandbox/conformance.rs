//! Conformance: does an endpoint answer as the contract says? Every fixture of every service, and
//! what a sender does wrong or twice.
//!
//! In:    an endpoint whose authority was forged. Out: a line for each trial, then a [`Report`].
//! How:   fixtures are played in the order of `fixtures/scenarios`, with invented people, numbers
//!        and identifiers of each run's own, so that it can be repeated on a register in use.
//! Never: looks behind the door: what it sees is what an integrator sees.
//! Start: [`Conformance::run`].

mod cast;
mod exchange;
mod plan;
mod report;

use std::collections::BTreeMap;

use super::{Draft, FixtureFault, PostFault};
use crate::services::{CATALOGUE, Service};
use crate::signature::{Signer, Store};

use cast::Cast;
use exchange::{Door, Told};
use plan::{Scenario, Step};

pub use report::{Line, Report, Trial};

/// The senderId that may call everything, and one that may call nothing.
const SENDER: &str = "egov-mobile";
const STRANGER: &str = "newcomer";

/// Why a run cannot go on. An answer that is wrong is a line of the report instead.
#[derive(Debug, thiserror::Error)]
pub enum ConformanceFault {
    /// A fixture of this program cannot be read.
    #[error("the fixture {0} cannot be used")]
    Fixture(String, #[source] FixtureFault),
    /// A service that the catalogue has and no fixture shows.
    #[error("no scenario plays an accepted request of {0}")]
    NotShown(&'static str),
    /// The endpoint does not answer at all.
    #[error("the endpoint does not answer")]
    Post(#[from] PostFault),
}

/// A run against one endpoint.
pub struct Conformance {
    /// `http://host:port/path`.
    pub endpoint: String,
    /// The key of a participant of the authority that was forged.
    pub signer: Signer,
    /// Whom answers must be signed by.
    pub store: Store,
}

impl Conformance {
    /// Tries everything; `see` is shown each line as soon as it is known.
    ///
    /// # Errors
    /// [`ConformanceFault`], where the run cannot go on.
    pub async fn run(&self, mut see: impl FnMut(&Line)) -> Result<Report, ConformanceFault> {
        let mut door = Door::to(&self.endpoint, &self.signer, &self.store)?;
        let scenarios = plan::scenarios();
        let mut lines = Vec::new();
        let mut told = |line: Line| {
            see(&line);
            lines.push(line);
        };
        for scenario in &scenarios {
            play(&mut door, scenario, &mut told).await?;
        }
        for service in CATALOGUE {
            let found = scenarios.iter().find_map(|it| it.up_to_accepted(service));
            let (before, accepted) = found.ok_or(ConformanceFault::NotShown(service.number))?;
            misuse(&mut door, service, accepted, &mut told).await?;
            repeat(&mut door, service, before, accepted, &mut told).await?;
        }
        Ok(Report::of(&self.endpoint, lines))
    }
}

/// Plays one scenario from its beginning; a fixture that stands in several is a line once.
async fn play(
    door: &mut Door<'_>,
    scenario: &Scenario,
    told: &mut impl FnMut(Line),
) -> Result<(), ConformanceFault> {
    let mut cast = Cast::new();
    let steps = scenario.steps.iter();
    for step in steps.filter(|step| step.is_for_any_register()) {
        let message = cast.recast(&draft(step)?, SENDER);
        let reply = door.send(&message).await?;
        cast.learn(step, &reply);
        if step.is_shown_here(scenario) {
            let (passed, said) = judged(step, &reply);
            told(Line {
                service: step.service,
                trial: Trial::Fixture(step.case.clone()),
                passed,
                told: said,
            });
        }
    }
    Ok(())
}

/// Whether the reply is what the name of the fixture says.
fn judged(step: &Step, reply: &Told) -> (bool, String) {
    let said = reply.in_short();
    let believed = reply.believed;
    let passed = match step.refusal.as_deref() {
        None => reply.status() == Some("SCSS001") && reply.has(step.service.answer),
        Some("many_findings") => reply.status() == Some("SCSE002") && reply.findings().len() > 1,
        Some(code) => reply.status() == Some("SCSE002") && reply.findings().contains(&code),
    };
    let unsigned = if believed {
        ""
    } else {
        ", and its signature is not believed"
    };
    (passed && believed, format!("{said}{unsigned}"))
}

/// What is no message of a service, or not from one who may call it.
async fn misuse(
    door: &mut Door<'_>,
    service: &'static Service,
    accepted: &Step,
    told: &mut impl FnMut(Line),
) -> Result<(), ConformanceFault> {
    let draft = draft(accepted)?;
    let signed = door.sign(&Cast::new().recast(&draft, SENDER));
    let cut = signed[..signed.len() / 2].to_owned();
    let tampered = signed.replacen("<messageId>", "<messageId>0", 1);
    let stranger = door.sign(&Cast::new().recast(&draft, STRANGER));
    for (trial, message, code) in [
        (Trial::Malformed, cut, "not_xml"),
        (Trial::Tampered, tampered, "digest_mismatch"),
        (Trial::NotAllowed, stranger, "service_not_allowed"),
    ] {
        let reply = door.post(message).await?;
        told(Line {
            service,
            trial,
            passed: reply.fault() == Some(code),
            told: reply.in_short(),
        });
    }
    Ok(())
}

/// A sender that sends its message twice, and one that does not wait for the answer.
async fn repeat(
    door: &mut Door<'_>,
    service: &'static Service,
    before: &[Step],
    accepted: &Step,
    told: &mut impl FnMut(Line),
) -> Result<(), ConformanceFault> {
    for trial in [Trial::Duplicate, Trial::Timeout] {
        let mut cast = Cast::new();
        for step in before {
            let message = cast.recast(&draft(step)?, SENDER);
            let reply = door.send(&message).await?;
            cast.learn(step, &reply);
        }
        let signed = door.sign(&cast.recast(&draft(accepted)?, SENDER));
        if trial == Trial::Timeout {
            door.hang_up(&signed).await?;
        }
        let first = door.post_until_answered(&signed).await?;
        let second = door.post(signed).await?;
        let same = first.data().is_some() && first.data() == second.data();
        told(Line {
            service,
            trial,
            passed: same && first.status() == Some("SCSS001"),
            told: if same {
                format!("{}, twice the same", first.in_short())
            } else {
                format!("{}, then {}", first.in_short(), second.in_short())
            },
        });
    }
    Ok(())
}

fn draft(step: &Step) -> Result<Draft, ConformanceFault> {
    let octets = plan::request(&step.path());
    Draft::of_fixture(&octets).map_err(|fault| ConformanceFault::Fixture(step.path(), fault))
}

/// The services by their folders of fixtures.
fn by_folder() -> BTreeMap<&'static str, &'static Service> {
    let folder = |service: &'static Service| {
        let folder = service.schema.strip_suffix(".xsd");
        folder.map(|folder| (folder, service))
    };
    CATALOGUE.iter().filter_map(folder).collect()
}
