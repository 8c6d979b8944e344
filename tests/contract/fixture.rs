//! Fixtures: read from their folder, compared with what is said today, all of them used.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use kezek::services::Service;
use kezek::services::finding::{Code, Findings};
use kezek::terms::Moment;
use kezek::xml::{Document, Element, Limits, canonical};

use crate::validator::{self, Scratch};

/// The reception of every fixture: a second after the time that they state.
pub fn received() -> Moment {
    Moment::parse("2026-11-23T10:00:01.000+05:00").expect("a moment")
}

pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name)
}

/// The folder of a service's fixtures bears the name of its schema.
pub fn folder_of(service: &Service) -> &'static str {
    service
        .schema
        .strip_suffix(".xsd")
        .expect("a schema is one")
}

/// Reads a document as the door does.
pub fn parse(text: &[u8]) -> Document {
    Document::parse(text, &Limits::MESSAGE).expect("a fixture is XML within the limits")
}

/// The one element inside `data`.
pub fn payload(document: &Document) -> Element<'_> {
    let mut data = document
        .elements()
        .filter(|element| element.local() == "data");
    let data = data.next().expect("a fixture has data");
    data.children().next().expect("data has a payload")
}

/// A payload as a document of its own.
pub fn alone(payload: Element<'_>) -> Vec<u8> {
    canonical::exclusive(payload, &[], 1 << 20).expect("within the bound")
}

/// One request with what belongs to it.
pub struct Request {
    /// `accepted`, or `refused-` and the code.
    pub case: String,
    pub text: Vec<u8>,
    pub document: Document,
}

/// The requests of one service; every other file of the folder must be the answer to one.
pub fn requests(service: &str) -> Vec<Request> {
    let folder = folder("services").join(service);
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(&folder).expect("the service has fixtures") {
        let name = entry.expect("the folder can be read").file_name();
        names.insert(name.into_string().expect("a fixture has a plain name"));
    }
    let cases: Vec<String> = names
        .iter()
        .filter_map(|name| name.strip_suffix(".request.xml"))
        .map(str::to_owned)
        .collect();
    for case in &cases {
        names.remove(&format!("{case}.request.xml"));
        names.remove(&format!("{case}.answer.xml"));
    }
    assert!(
        names.is_empty(),
        "nothing uses these fixtures of {service}: {names:?}"
    );
    cases
        .into_iter()
        .map(|case| {
            let text = fs::read(folder.join(format!("{case}.request.xml"))).expect("it was listed");
            let document = parse(&text);
            Request {
                case,
                text,
                document,
            }
        })
        .collect()
}

/// Compares with the golden file, or rewrites it where `UPDATE=1` asks for that.
#[expect(clippy::disallowed_methods, reason = "the one switch of the tests")]
pub fn compare(path: &Path, today: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, today).expect("the golden file can be written");
        return;
    }
    let golden = fs::read_to_string(path).unwrap_or_default();
    assert_eq!(golden, today, "{} (UPDATE=1 rewrites it)", path.display());
}

/// Compares an answer with its golden file, where each tag begins a line for the reader's sake.
pub fn compare_answer(service: &str, case: &str, answer: &str) {
    let path = folder("services")
        .join(service)
        .join(format!("{case}.answer.xml"));
    compare(&path, &format!("{}\n", answer.replace("><", ">\n<")));
}

/// What every service's fixtures must show: our reading agrees with the validator, and the answer
/// that `answer` gives is the golden one and fits the schema.
pub fn check(service: &Service, name: &str, answer: impl Fn(&Request) -> String) {
    let requests = requests(name);
    let schema = validator::schema(service.schema);
    let payloads: Vec<Vec<u8>> = requests
        .iter()
        .map(|it| alone(payload(&it.document)))
        .collect();
    for (request, verdict) in requests.iter().zip(validator::validate(&schema, &payloads)) {
        let found = findings(service, &request.document);
        assert_eq!(
            found.iter().all(|it| !it.code.is_of_form()),
            verdict.valid,
            "{}",
            request.case
        );
        // A fixture that is named for a finding has that one and no other.
        let why = request.case.strip_prefix("refused-").unwrap_or_default();
        let code = Code::ALL
            .into_iter()
            .find(|code| code.name().replace('_', "-") == why);
        if let Some(code) = code {
            let all: BTreeSet<Code> = found.iter().map(|it| it.code).collect();
            assert_eq!(all, BTreeSet::from([code]), "{}", request.case);
        }
        if request.case.starts_with("accepted") {
            assert!(
                found.is_empty() && verdict.valid,
                "{}: {:?}",
                request.case,
                verdict.said
            );
        }
    }
    let answers: Vec<String> = requests.iter().map(&answer).collect();
    for (request, answer) in requests.iter().zip(&answers) {
        compare_answer(name, &request.case, answer);
        let refused = answer.starts_with("<k:rejection ");
        assert_eq!(
            request.case.starts_with("refused-"),
            refused,
            "{}",
            request.case
        );
    }
    let envelopes: Vec<&[u8]> = requests
        .iter()
        .map(|request| request.text.as_slice())
        .collect();
    envelopes_fit(service, &requests, &envelopes);
    for (request, verdict) in requests.iter().zip(validator::validate(&schema, &answers)) {
        assert!(
            verdict.valid,
            "answer to {}: {:?}",
            request.case, verdict.said
        );
    }
}

/// What the fixtures of a service must show whose answers need a register: those are played there
/// by `flow::scenarios`. What is wrong with a payload is answered without one, so it is seen here.
pub fn check_form(service: &Service, name: &str) {
    check(service, name, |request| {
        let found = findings(service, &request.document);
        if !found.is_empty() {
            return kezek::services::answer::findings(&found);
        }
        let folder = folder("services").join(name);
        let path = folder.join(format!("{}.answer.xml", request.case));
        let golden = fs::read_to_string(&path);
        let golden = golden.unwrap_or_else(|_| panic!("no scenario plays {}", path.display()));
        golden.trim_end().replace(">\n<", "><")
    });
}

/// What `check` of the service finds.
pub fn findings(service: &Service, document: &Document) -> Findings {
    (service.check)(payload(document), received())
        .err()
        .unwrap_or_default()
}

/// The whole envelope fits the narrowed contract exactly when the payload fits its schema.
fn envelopes_fit(service: &Service, requests: &[Request], envelopes: &[&[u8]]) {
    let scratch = Scratch::new();
    let entrance = crate::served::on_disk(&scratch, Some(service));
    for (request, verdict) in requests
        .iter()
        .zip(validator::validate(&entrance, envelopes))
    {
        let formal = findings(service, &request.document)
            .iter()
            .all(|it| !it.code.is_of_form());
        assert_eq!(
            verdict.valid, formal,
            "{}: {:?}",
            request.case, verdict.said
        );
    }
}
