//! Every service, with the clients that others wrote: its plain accepted request, as integrators
//! would send it, behind whatever its scenario does before.
//!
//! Nothing here names a service: a new one is covered by its fixtures.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use kezek::clock;
use kezek::sandbox::Draft;
use kezek::services::{CATALOGUE, Lane, Service};
use serde_json::Value;

use super::{PEERS, output};
use crate::ground::setting;
use crate::house::{House, authority};
use crate::post::send;
use crate::roles::Role;

/// A client that others wrote, and what it takes to run it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Peer {
    Node,
    Zeep,
}

impl Peer {
    const ALL: [Self; 2] = [Self::Node, Self::Zeep];

    fn command(self) -> Command {
        let needs = |name: &str| {
            let value = setting(name);
            value.unwrap_or_else(|| panic!("{name} is not set: compose/test makes what it names"))
        };
        match self {
            Self::Node => {
                // The modules lie beside a copy of the client, where Node looks for them.
                let place = PathBuf::from(needs("KEZEK_PEERS_NODE"));
                let client = place.join("client.js");
                std::fs::copy(format!("{PEERS}/node/client.js"), &client).expect("is copied");
                let mut command = Command::new(place.join("node"));
                command.arg(client);
                command
            }
            Self::Zeep => {
                let mut command = Command::new(needs("KEZEK_PEERS_PYTHON"));
                command.arg(format!("{PEERS}/zeep/client.py"));
                command
            }
        }
    }

    /// What the client must be given to believe an answer: OpenSSL builds the path from one file;
    /// the other looks one step up.
    fn trust(self, house: &House) -> PathBuf {
        let authorities = ["trust/intermediates/authority.pem", "trust/roots/root.pem"];
        let (name, files) = match self {
            Self::Node => ("one-step.pem", &authorities[..1]),
            Self::Zeep => ("path.pem", &authorities[..]),
        };
        let read = |file: &&str| {
            let text = std::fs::read_to_string(authority().file(file));
            text.expect("a certificate as PEM")
        };
        let trust = house.file(name);
        let text: String = files.iter().map(read).collect();
        std::fs::write(&trust, text).expect("the file can be written");
        trust
    }

    /// Sends a fixture; gives what the client tells of the answer.
    async fn send(self, house: &House, door: &Role, fixture: &Path) -> Value {
        let key = |extension: &str| authority().file(&format!("keys/participant.{extension}"));
        let mut command = self.command();
        command
            .arg("fixture")
            .args(["--endpoint", &door.door(), "--sender", "egov-mobile"])
            .arg("--key")
            .arg(key("key"))
            .arg("--certificate")
            .arg(key("pem"))
            .arg("--trust")
            .arg(self.trust(house))
            .arg("--file")
            .arg(fixture);
        let done = output(command).await;
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&done.stderr).into_owned();
        let told = serde_json::from_str(&said);
        told.unwrap_or_else(|_| panic!("{self:?} {}: {said}{complaint}", fixture.display()))
    }
}

fn fixtures(path: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures")).join(path)
}

fn request(step: &str) -> PathBuf {
    fixtures(&format!("services/{step}.request.xml"))
}

/// What the scenario of a service does before its plain accepted request, and that request.
fn before_accepted(service: &Service) -> (Vec<String>, String) {
    let folder = service.schema.strip_suffix(".xsd").expect("a schema");
    let text = std::fs::read_to_string(fixtures(&format!("scenarios/{folder}.txt")));
    let text = text.unwrap_or_else(|_| panic!("{service:?} has a scenario"));
    let steps = crate::scenarios::steps(&text).into_iter();
    let accepted = format!("{folder}/accepted");
    let before: Vec<String> = steps
        .map(str::to_owned)
        .take_while(|step| *step != accepted)
        .collect();
    (before, accepted)
}

/// Plays what comes before.
async fn prepare(house: &House, door: &Role, before: &[String]) {
    for step in before {
        if step.ends_with(".sql") {
            let rows = std::fs::read_to_string(fixtures(&format!("scenarios/{step}")));
            let rows = rows.expect("the rows are there");
            let client = house.look().await;
            client.batch_execute(&rows).await.expect("the rows fit");
            continue;
        }
        let octets = std::fs::read(request(step)).expect("the fixture is there");
        let mut draft = Draft::of_fixture(&octets).expect("the fixture is an envelope");
        draft
            .set(&["messageId"], &crate::post::message_id())
            .set(&["messageDate"], &clock::now().to_string());
        let told = send(&door.door(), &draft).await;
        let refused = step.contains("/refused-");
        let code = if refused { "SCSE002" } else { "SCSS001" };
        assert_eq!(
            told.texts("code").first().map(String::as_str),
            Some(code),
            "{step}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn zeep_and_node_soap_are_answered_by_every_service() {
    let mut answered = BTreeSet::new();
    for service in CATALOGUE {
        let (before, accepted) = before_accepted(service);
        // Whoever asks a question may ask it again; what changes the register is done once.
        let together: &[&[Peer]] = match service.lane {
            Lane::Read => &[&Peer::ALL],
            Lane::Write => &[&Peer::ALL[..1], &Peer::ALL[1..]],
        };
        for peers in together {
            let house = House::open().await;
            let (door, _worker, _relay) = house.roles().await;
            prepare(&house, &door, &before).await;
            for peer in *peers {
                let told = peer.send(&house, &door, &request(&accepted)).await;
                assert_eq!(told["code"], "SCSS001", "{service:?} {peer:?}: {told}");
                assert_eq!(
                    told["answer"], service.answer,
                    "{service:?} {peer:?}: {told}"
                );
                let by = told["answeredBy"].as_str().expect("who signed");
                assert!(by.contains("Kezek sandbox answers"), "{by}");
                answered.insert((service.number, *peer));
            }
        }
    }
    assert_eq!(answered.len(), Peer::ALL.len() * CATALOGUE.len());
}
