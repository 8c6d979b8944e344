//! Peers: clients that others wrote load our contract, are answered, and believe the answer.

mod every;

use std::path::PathBuf;
use std::process::{Command, Output};

use kezek::sandbox;
use serde_json::Value;

use crate::ground::setting;
use crate::house::{House, authority};
use crate::roles::Role;

const PEERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers");
const PRESCHOOLS: [&str; 2] = ["710000000-0001", "710000000-0002"];

/// zeep, an integrator's Python client, at a door.
struct Zeep {
    python: String,
    endpoint: String,
    trust: PathBuf,
}

impl Zeep {
    fn at(house: &House, door: &Role) -> Self {
        let python = setting("KEZEK_PEERS_PYTHON");
        let python = python.expect(
            "KEZEK_PEERS_PYTHON is not set: it names a Python with tests/peers/requirements.txt, \
             which compose/test makes",
        );
        // OpenSSL builds the path from one file: the root and what stands below it.
        let read = |name: &str| {
            std::fs::read_to_string(authority().file(name)).expect("a certificate as PEM")
        };
        let trust = house.file("trust.pem");
        let both = [
            read("trust/roots/root.pem"),
            read("trust/intermediates/authority.pem"),
        ];
        std::fs::write(&trust, both.concat()).expect("the file can be written");
        Self {
            python,
            endpoint: door.door(),
            trust,
        }
    }

    /// Runs a verb; gives its JSON if it ended well.
    async fn run(&self, arguments: Vec<String>) -> Value {
        let mut command = Command::new(&self.python);
        command.arg(format!("{PEERS}/zeep/client.py"));
        command
            .args(&arguments)
            .args(["--endpoint", &self.endpoint]);
        let done = output(command).await;
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{arguments:?}: {said}{complaint}");
        serde_json::from_str(&said).expect("JSON")
    }

    /// A verb that sends, for the invented child of this serial number.
    async fn send(&self, verb: &str, serial: u64, more: &[&str]) -> Value {
        let key = |extension: &str| {
            let file = authority().file(&format!("keys/participant.{extension}"));
            file.display().to_string()
        };
        let child = sandbox::child(serial);
        let parent = sandbox::parent(serial);
        let mut arguments: Vec<String> = [
            verb,
            "--key",
            &key("key"),
            "--certificate",
            &key("pem"),
            "--trust",
            &self.trust.display().to_string(),
            "--sender",
            "egov-mobile",
            "--settlement",
            "710000000",
            "--applicant-iin",
            parent.as_str(),
            "--child-iin",
            child.iin.as_str(),
        ]
        .map(str::to_owned)
        .to_vec();
        if verb != "rank" {
            let choices = PRESCHOOLS.iter().flat_map(|id| ["--preschool", id]);
            arguments.extend(choices.map(str::to_owned));
        }
        arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
        self.run(arguments).await
    }
}

async fn output(mut command: Command) -> Output {
    let run = tokio::task::spawn_blocking(move || command.output());
    run.await.expect("no panic").expect("the program runs")
}

fn numbers(told: &Value) -> [&Value; 2] {
    PRESCHOOLS.map(|id| &told["numbers"][id])
}

#[tokio::test(flavor = "multi_thread")]
async fn zeep_loads_both_contracts() {
    let house = House::open().await;
    let door = house.role("serve").await;
    let zeep = Zeep::at(&house, &door);
    for contract in ["narrow", "open"] {
        let arguments = ["wsdl", "--contract", contract].map(str::to_owned);
        let told = zeep.run(arguments.to_vec()).await;
        let ports = told["operations"].as_object().expect("ports");
        assert_eq!(ports.len(), 1, "{told}");
        assert!(told.to_string().contains("SendMessage"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn zeep_registers_a_child_in_each_shape_and_believes_the_answer() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let zeep = Zeep::at(&house, &door);
    let shapes = ["narrow", "open", "text"]
        .into_iter()
        .flat_map(|contract| ["binary", "x509"].map(|form| (contract, form)));
    for (serial, (contract, form)) in (1..).zip(shapes) {
        let more = ["--contract", contract, "--form", form];
        let told = zeep.send("register", serial, &more).await;
        assert_eq!(told["outcome"], "answer", "{told}");
        assert_eq!(told["code"], "SCSS001", "{told}");
        assert_eq!(numbers(&told), [serial, serial], "{told}");
        let by = told["answeredBy"].as_str().expect("who signed");
        assert!(by.contains("Kezek sandbox answers"), "{by}");
        assert_eq!(told["signatureMethod"], "rsa-sha256");

        let asked = zeep.send("rank", serial, &more).await;
        assert_eq!(numbers(&asked), [serial, serial], "{asked}");
    }
    assert_eq!(house.take_sms(6).await.len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn zeep_gets_a_coded_fault_for_a_changed_body() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let zeep = Zeep::at(&house, &door);
    let told = zeep.send("tampered", 1, &[]).await;
    assert_eq!(told["outcome"], "fault", "{told}");
    assert_eq!(told["errorCode"], "SCE006", "{told}");
    assert_eq!(told["subErrorCode"], "digest_mismatch", "{told}");
    let client = house.look().await;
    let row = client
        .query_one("SELECT count(*) FROM application", &[])
        .await;
    assert_eq!(row.expect("counts").get::<_, i64>(0), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn xmlsec_verifies_our_answer_and_no_other() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let zeep = Zeep::at(&house, &door);
    let answer = house.file("answer.xml");
    let save = answer.display().to_string();
    zeep.send("register", 1, &["--save-answer", &save]).await;
    let verified = async |certificate: &str, message: &str| {
        let mut command = Command::new(format!("{PEERS}/xmlsec/verify.sh"));
        command
            .arg(authority().file(&format!("keys/{certificate}.pem")))
            .arg(house.file(message));
        output(command).await
    };
    let done = verified("answers", "answer.xml").await;
    assert!(done.status.success(), "{done:?}");
    // With another's certificate, or with another number in it, it does not verify.
    assert_eq!(verified("shep", "answer.xml").await.status.code(), Some(1));
    let text = std::fs::read_to_string(&answer).expect("the answer was saved");
    let changed = text.replacen(":number>1<", ":number>2<", 1);
    assert_ne!(changed, text);
    std::fs::write(house.file("changed.xml"), changed).expect("the file can be written");
    assert_eq!(
        verified("answers", "changed.xml").await.status.code(),
        Some(1)
    );
}
