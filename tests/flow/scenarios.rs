//! Scenarios: what each service answers on a real register, fixture after fixture.
//!
//! `fixtures/scenarios/<service>.txt` names requests in the order in which they are handed in, on a
//! register of its own; the answer to each is the golden one beside it (UPDATE=1 rewrites it). A
//! name that ends with `.sql` puts rows there which no service writes yet.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use kezek::services::{CATALOGUE, Regions};
use kezek::xml::{Document, Limits};

use crate::schema::rewrites;
use crate::services::{Counter, addressed, reception};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name)
}

/// The requests of a scenario; what follows `#` is for its reader.
pub fn steps(text: &str) -> Vec<&str> {
    let lines = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default());
    lines
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect()
}

/// What a register gives afresh each time, as the golden answers have it: moments of its own
/// clock, or of the step.
const BY_ITS_CLOCK: [&str; 4] = ["asOf", "at", "until", "withdrawnAt"];

fn settled(answer: &str) -> String {
    let mut text = answer.to_owned();
    for element in BY_ITS_CLOCK {
        let (open, close) = (format!("<k:{element}>"), format!("</k:{element}>"));
        let mut parts = text.split(open.as_str());
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (_, tail) = part.split_once(&close).expect("it is closed");
            out.push_str(&format!("{open}2026-11-23T10:00:01.000+05:00{close}{tail}"));
        }
        text = out;
    }
    format!("{}\n", text.replace("><", ">\n<"))
}

async fn play(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).expect("it was listed");
    let counter = Counter::open().await;
    let (mut played, mut wrong) = (Vec::new(), Vec::new());
    for (at, step) in steps(&text).into_iter().enumerate() {
        if step.ends_with(".sql") {
            let rows = fs::read_to_string(folder("scenarios").join(step)).expect("it is there");
            counter.put(&rows).await;
            continue;
        }
        let later = i64::try_from(at).expect("few") * 1_000;
        let outcome = counter.ask("egov", Regions::All, step, later).await;
        let answer = settled(&outcome.payload);
        let golden = folder("services").join(format!("{step}.answer.xml"));
        if played.iter().all(|before| before != step) && rewrites() && !is_of_contract(step) {
            fs::write(&golden, &answer).expect("the golden file can be written");
        }
        let refused = answer.starts_with("<k:rejection ");
        let expected = step.contains("/refused-");
        let same = is_of_contract(step)
            || fs::read_to_string(&golden).is_ok_and(|golden| golden == answer);
        if refused != expected || !same {
            wrong.push(format!(
                "{}: {step} (UPDATE=1 rewrites it)\n{answer}",
                path.display()
            ));
        }
        played.push(step.to_owned());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    played
}

/// Two services were there before the scenarios: their golden answers are of an invented register.
fn is_of_contract(step: &str) -> bool {
    step.starts_with("queue-registration/") || step.starts_with("rank-check/")
}

#[tokio::test]
async fn every_scenario_ends_as_its_fixtures_say() {
    let mut played = BTreeSet::new();
    for entry in fs::read_dir(folder("scenarios")).expect("there are scenarios") {
        let path = entry.expect("the folder can be read").path();
        if path.extension().is_some_and(|it| it == "txt") {
            played.extend(play(&path).await);
        }
    }
    // Whatever passes the door is played: an answer that needs a register is never invented.
    let mut missing = Vec::new();
    for entry in fs::read_dir(folder("services")).expect("there are services") {
        let service = entry.expect("the folder can be read").path();
        let name = service
            .file_name()
            .and_then(|it| it.to_str())
            .expect("a plain name");
        for entry in fs::read_dir(&service).expect("it has fixtures") {
            let path = entry.expect("the folder can be read").path();
            let file = path
                .file_name()
                .and_then(|it| it.to_str())
                .expect("a plain name");
            let Some(case) = file.strip_suffix(".request.xml") else {
                continue;
            };
            let step = format!("{name}/{case}");
            if !is_of_contract(&step) && passes_the_door(&path) && !played.contains(&step) {
                missing.push(step);
            }
        }
    }
    assert!(missing.is_empty(), "no scenario plays {missing:?}");
    assert!(CATALOGUE.len() > 2, "there is something to play");
}

fn passes_the_door(path: &Path) -> bool {
    let text = fs::read(path).expect("it was listed");
    let document = Document::parse(&text, &Limits::MESSAGE).expect("XML");
    let (service, payload) = addressed(&document);
    (service.check)(payload, reception()).is_ok()
}
