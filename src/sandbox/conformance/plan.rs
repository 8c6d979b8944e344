//! The plan: which fixtures are played, in which order, and what their names promise.
//!
//! In:    `fixtures/scenarios` and `fixtures/services`, compiled in.
//! Out:   scenarios; what no scenario plays is played alone, with people of its own.

use rust_embed::RustEmbed;

use super::by_folder;
use crate::services::Service;

#[derive(RustEmbed)]
#[folder = "fixtures/scenarios/"]
struct Scenarios;

#[derive(RustEmbed)]
#[folder = "fixtures/services/"]
struct Requests;

/// Requests that are handed in one after another about the same people.
pub(super) struct Scenario {
    pub(super) steps: Vec<Step>,
    /// The folder whose fixtures it shows; the others prepare them.
    shows: String,
}

/// One request.
#[derive(Clone)]
pub(super) struct Step {
    pub(super) service: &'static Service,
    /// `accepted…` or `refused-…`.
    pub(super) case: String,
    /// The code that refuses it, if one does: what follows `refused-`.
    pub(super) refusal: Option<String>,
    folder: String,
    /// The file of rows that the scenario puts into its register before, if it does. An endpoint
    /// is asked as it stands: what such rows refuse it does not, what they let in it may refuse.
    behind_rows: Option<String>,
}

impl Scenario {
    /// Whether it shows this service.
    pub(super) fn is_of(&self, service: &Service) -> bool {
        let shown = by_folder().get(self.shows.as_str()).map(|it| it.number);
        shown == Some(service.number)
    }

    /// What comes before the plain accepted request of a service, and that request.
    pub(super) fn up_to_accepted(&self, service: &Service) -> Option<(&[Step], &Step)> {
        let wanted = |step: &Step| step.service.number == service.number && step.case == "accepted";
        let at = self.steps.iter().position(wanted)?;
        self.is_of(service)
            .then(|| (&self.steps[..at], &self.steps[at]))
    }
}

impl Step {
    fn of(path: &str) -> Option<Self> {
        let (folder, case) = path.split_once('/')?;
        Some(Self {
            service: by_folder().get(folder).copied()?,
            case: case.to_owned(),
            refusal: case
                .strip_prefix("refused-")
                .map(|code| code.replace('-', "_")),
            folder: folder.to_owned(),
            behind_rows: None,
        })
    }

    /// The rows without which an endpoint does not answer as its name says: no message makes them.
    pub(super) fn needs_rows(&self) -> Option<&str> {
        let depends = self.refusal.is_some() || self.service.changes();
        self.behind_rows.as_deref().filter(|_| depends)
    }

    /// Whether it is given the number of a new application.
    pub(super) fn registers(&self) -> bool {
        self.service.number == "S-08" && self.refusal.is_none()
    }

    /// `<folder>/<case>`.
    pub(super) fn path(&self) -> String {
        format!("{}/{}", self.folder, self.case)
    }

    /// Whether it is about a group of a preschool, of which there are not as many as there are
    /// invented people.
    pub(super) fn is_of_a_group(&self) -> bool {
        String::from_utf8_lossy(&request(&self.path())).contains(":groupId>")
    }

    /// Whether it is of the service that the scenario is about.
    pub(super) fn is_shown_here(&self, scenario: &Scenario) -> bool {
        self.folder == scenario.shows
    }
}

/// The octets of a request, by `<folder>/<case>`.
pub(super) fn request(path: &str) -> Vec<u8> {
    let file = Requests::get(&format!("{path}.request.xml"));
    file.map(|file| file.data.into_owned()).unwrap_or_default()
}

/// Every scenario, then each request that none of them plays.
pub(super) fn scenarios() -> Vec<Scenario> {
    let mut scenarios: Vec<Scenario> = Scenarios::iter().filter_map(|it| written(&it)).collect();
    let mut played: Vec<String> = Vec::new();
    for scenario in &scenarios {
        let shown = scenario
            .steps
            .iter()
            .filter(|it| it.is_shown_here(scenario));
        played.extend(shown.map(Step::path));
    }
    let requests = Requests::iter().filter_map(|it| Step::of(it.strip_suffix(".request.xml")?));
    let alone = requests.filter(|step| !played.contains(&step.path()));
    scenarios.extend(alone.map(|step| Scenario {
        shows: step.folder.clone(),
        steps: vec![step],
    }));
    scenarios
}

fn written(name: &str) -> Option<Scenario> {
    let shows = name.strip_suffix(".txt")?;
    let file = Scenarios::get(name)?;
    let text = std::str::from_utf8(&file.data).ok()?;
    let lines = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim());
    let mut behind_rows = None;
    let mut steps = Vec::new();
    for line in lines {
        if line.ends_with(".sql") {
            behind_rows = Some(line.to_owned());
        }
        let step = Step::of(line);
        steps.extend(step.map(|step| Step {
            behind_rows: behind_rows.clone(),
            ..step
        }));
    }
    Some(Scenario {
        steps,
        shows: shows.to_owned(),
    })
}
