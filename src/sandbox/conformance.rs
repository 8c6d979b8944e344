//! Conformance: does an endpoint answer as the contract says? Every fixture of every service, and
//! what a sender does wrong or twice.
//!
//! In:    an endpoint whose authority was forged. Out: a line for each trial, then a [`Report`].
//! How:   fixtures are played in the order of `fixtures/scenarios`, with invented people, numbers
//!        and identifiers of each run's own, so that it can be repeated on a register in use. What
//!        only rows of a test refuse is a line that says so.
//! Never: looks behind the door: what it sees is what an integrator sees.
//! Start: [`Conformance::run`].

mod cast;
mod exchange;
mod plan;
mod report;
mod soapui;

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, stream};
use tokio::sync::{Mutex, MutexGuard};

use super::{Draft, FixtureFault, PostFault};
use crate::services::{CATALOGUE, Service};
use crate::signature::{Signer, Store};

use cast::Cast;
use exchange::{Door, Told};
use plan::{Scenario, Step};

pub use exchange::Channel;
pub use report::{Counts, Line, Outcome, Report, Trial};
pub use soapui::project as soapui_project;

/// The senderId that may call everything, and one that may call nothing.
const SENDER: &str = "egov-mobile";
const STRANGER: &str = "newcomer";

/// Scenarios that are played side by side: each has people of its own, and a letter takes its time.
const PLAYED_AT_ONCE: usize = 8;
/// Casts that are tried: there are ten thousand numbers of one day and sex, so by chance somebody
/// of another scenario or run has one already, and stands in a queue by it.
const CASTS_MAX: usize = 5;

/// Whether somebody stands in a queue by a number of this cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum People {
    Known,
    Unknown,
}

impl People {
    /// The same, when this step was answered so.
    fn or(self, step: &Step, reply: &Told) -> Self {
        if step.refusal.is_none() && reply.findings().contains(&"already_waiting") {
            Self::Known
        } else {
            self
        }
    }
}

/// Why a run cannot go on. An answer that is wrong is a line of the report instead.
#[derive(Debug, thiserror::Error)]
pub enum ConformanceFault {
    /// A fixture of this program cannot be read.
    #[error("the fixture {0} cannot be used")]
    Fixture(String, #[source] FixtureFault),
    /// No letter at all: the endpoint does not know where its sender takes them.
    #[error(
        "no letter came within {} seconds: has the sender's file a [mailbox] with the address?",
        exchange::LETTER_TIME_MAX.as_secs()
    )]
    NoLetters,
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
    /// How answers come.
    pub channel: Channel,
}

/// Whoever tries the groups of preschools does it alone: a report that was signed before another
/// one of the same preschool and comes behind it is outdated, and rightly refused.
#[derive(Default)]
struct Turns(Mutex<()>);

impl Turns {
    async fn of<'s>(
        &self,
        mut steps: impl Iterator<Item = &'s Step>,
    ) -> Option<MutexGuard<'_, ()>> {
        match steps.any(Step::is_of_a_group) {
            true => Some(self.0.lock().await),
            false => None,
        }
    }
}

impl Conformance {
    /// Tries everything; `see` is shown the lines of each scenario as soon as they are known.
    ///
    /// # Errors
    /// [`ConformanceFault`], where the run cannot go on.
    pub async fn run(&self, mut see: impl FnMut(&Line)) -> Result<Report, ConformanceFault> {
        let scenarios = plan::scenarios();
        let mut lines = Vec::new();
        let mut told = |some: Vec<Line>| {
            some.iter().for_each(&mut see);
            lines.extend(some);
        };
        let turns = Turns::default();
        let played = scenarios.iter().map(|scenario| self.play(scenario, &turns));
        let mut played = stream::iter(played).buffered(PLAYED_AT_ONCE);
        while let Some(some) = played.next().await {
            told(some?);
        }
        let abused = CATALOGUE
            .iter()
            .map(|it| self.abuse(it, &scenarios, &turns));
        let mut abused = stream::iter(abused).buffered(PLAYED_AT_ONCE);
        while let Some(some) = abused.next().await {
            told(some?);
        }
        Ok(Report::of(&self.endpoint, lines))
    }

    fn door(&self) -> Result<Door<'_>, ConformanceFault> {
        Ok(Door::to(
            &self.endpoint,
            &self.signer,
            &self.store,
            &self.channel,
        )?)
    }

    async fn play(
        &self,
        scenario: &Scenario,
        turns: &Turns,
    ) -> Result<Vec<Line>, ConformanceFault> {
        let _turn = turns.of(scenario.steps.iter()).await;
        let mut door = self.door()?;
        let mut lines = Vec::new();
        for _ in 0..CASTS_MAX {
            lines.clear();
            if play(&mut door, scenario, &mut lines).await? == People::Unknown {
                break;
            }
        }
        Ok(lines)
    }

    /// What a sender does wrong, and twice.
    async fn abuse(
        &self,
        service: &'static Service,
        scenarios: &[Scenario],
        turns: &Turns,
    ) -> Result<Vec<Line>, ConformanceFault> {
        let found = scenarios.iter().find_map(|it| it.up_to_accepted(service));
        let (before, accepted) = found.ok_or(ConformanceFault::NotShown(service.number))?;
        let _turn = turns.of(before.iter().chain([accepted])).await;
        let (mut door, mut lines) = (self.door()?, Vec::new());
        misuse(&mut door, service, accepted, &mut lines).await?;
        for trial in [Trial::Duplicate, Trial::Timeout] {
            let mut told = None;
            for _ in 0..CASTS_MAX {
                let (line, people) = repeat(&mut door, &trial, before, accepted).await?;
                told = Some(line);
                if people == People::Unknown {
                    break;
                }
            }
            lines.extend(told);
        }
        Ok(lines)
    }
}

/// Plays one scenario from its beginning; a fixture that stands in several is a line once.
async fn play(
    door: &mut Door<'_>,
    scenario: &Scenario,
    lines: &mut Vec<Line>,
) -> Result<People, ConformanceFault> {
    let (mut cast, mut people) = (Cast::new(), People::Unknown);
    for step in &scenario.steps {
        let line = |outcome, said| Line {
            service: step.service,
            trial: Trial::Fixture(step.case.clone()),
            fixture: step.path(),
            outcome,
            told: said,
        };
        if let Some(rows) = step.needs_rows() {
            if step.is_shown_here(scenario) {
                let why = format!("no message makes the rows that it needs: scenarios/{rows}");
                lines.push(line(Outcome::NotTried, why));
            }
            continue;
        }
        let message = cast.recast(&draft(step)?, SENDER);
        let reply = door.send(&message).await?;
        cast.learn(step, &reply);
        people = people.or(step, &reply);
        if step.is_shown_here(scenario) {
            let (passed, said) = judged(step, &reply);
            lines.push(line(Outcome::of(passed), said));
        }
    }
    Ok(people)
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
        ", and it is not believed: another's signature, or a second answer"
    };
    (passed && believed, format!("{said}{unsigned}"))
}

/// What is no message of a service, or not from one who may call it.
async fn misuse(
    door: &mut Door<'_>,
    service: &'static Service,
    accepted: &Step,
    lines: &mut Vec<Line>,
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
        lines.push(Line {
            service,
            trial,
            fixture: accepted.path(),
            outcome: Outcome::of(reply.fault() == Some(code)),
            told: reply.in_short(),
        });
    }
    Ok(())
}

/// A sender that sends its message twice, or one that does not wait for the answer and asks again.
async fn repeat(
    door: &mut Door<'_>,
    trial: &Trial,
    before: &[Step],
    accepted: &Step,
) -> Result<(Line, People), ConformanceFault> {
    let (mut cast, mut people) = (Cast::new(), People::Unknown);
    for step in before {
        let message = cast.recast(&draft(step)?, SENDER);
        let reply = door.send(&message).await?;
        cast.learn(step, &reply);
        people = people.or(step, &reply);
    }
    let signed = door.sign(&cast.recast(&draft(accepted)?, SENDER));
    if *trial == Trial::Timeout {
        door.hang_up(&signed).await?;
    }
    let first = door.post_until_answered(&signed).await?;
    let second = door.post(signed).await?;
    let same = first.is_same_as(&second);
    let line = Line {
        service: accepted.service,
        trial: trial.clone(),
        fixture: accepted.path(),
        outcome: Outcome::of(same && first.status() == Some("SCSS001")),
        told: if same {
            format!("{}, twice the same", first.in_short())
        } else {
            format!("{}, then {}", first.in_short(), second.in_short())
        },
    };
    Ok((line, people.or(accepted, &first)))
}

fn draft(step: &Step) -> Result<Draft, ConformanceFault> {
    let octets = plan::request(&step.path());
    Draft::of_fixture(&octets).map_err(|fault| ConformanceFault::Fixture(step.path(), fault))
}

/// The plain accepted request of a service.
///
/// # Panics
/// Where a service has no such fixture; the contract tests see to it that each has.
pub fn accepted(service: &Service) -> Draft {
    let octets = plan::request(&format!("{}/accepted", folder_of(service)));
    Draft::of_fixture(&octets).expect("each service has an accepted fixture")
}

/// The services by their folders of fixtures.
fn by_folder() -> BTreeMap<&'static str, &'static Service> {
    CATALOGUE.iter().map(|it| (folder_of(it), it)).collect()
}

/// The folder of a service's fixtures bears the name of its schema.
fn folder_of(service: &Service) -> &'static str {
    service.schema.trim_end_matches(".xsd")
}
