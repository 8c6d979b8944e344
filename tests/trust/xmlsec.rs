//! xmlsec1 believes what we sign, and we believe what it signs: `tests/peers/xmlsec/`.

use std::path::{Path, PathBuf};
use std::process::Command;

use kezek::envelope::Code;
use kezek::envelope::shep::{ResponseInfo, write_response};
use kezek::sandbox::Draft;
use kezek::xml::{Document, Limits, canonical};

use crate::attack::judge;
use crate::author::{inside, stamped, with_inside};
use crate::authority::{FOLDER, send_message, signer};

const ANSWER: &str = include_str!("../../fixtures/services/queue-registration/accepted.answer.xml");

/// What the scripts answer.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    Yes,
    No,
}

#[test]
fn xmlsec_believes_our_signatures_and_not_what_was_changed_behind() {
    let answer = answer();
    let registration = Draft::registration();
    for (name, key, content) in [
        ("a request by RSA", "participant", registration.content()),
        (
            "a request by P-256",
            "participant-p256",
            registration.content(),
        ),
        ("an answer by RSA", "answers", &answer),
        ("an answer by P-256", "bank", &answer),
    ] {
        for stamp in [None, Some((kezek::clock::now(), 300_000))] {
            let message = signer(key).sign(content, stamp);
            assert_eq!(verified(key, &message), Told::Yes, "{name}");
            let changed = message.replacen("710000000-0001", "710000000-0002", 1);
            assert_ne!(changed, message, "{name}: there is something to change");
            assert_eq!(verified(key, &changed), Told::No, "{name}, changed");
        }
        let other = if key == "bank" {
            "participant-p256"
        } else {
            "nobody"
        };
        let message = signer(key).sign(content, None);
        assert_eq!(
            verified(other, &message),
            Told::No,
            "{name}, by another's certificate"
        );
    }
}

#[test]
fn we_believe_what_xmlsec_signs_and_not_what_was_changed_behind() {
    for key in ["participant", "participant-p256"] {
        for (name, template) in templates(key) {
            let signed = signed(key, &template);
            let told = judge(signed.as_bytes()).map_err(|(code, why)| format!("{code:?}: {why}"));
            let trusted = told.unwrap_or_else(|why| panic!("{name} by {key}: {why}"));
            let request = trusted.request().expect("a request");
            assert_eq!(request.sender_id.as_deref(), Some("egov-mobile"));
            let changed = signed.replacen(">text<", ">tex7<", 1);
            let told = judge(changed.as_bytes()).map_err(|(code, _)| code);
            assert_eq!(told.err(), Some(Code::DigestMismatch), "{name} by {key}");
        }
    }
}

/// The accepted answer, in the response in which the door sends it.
fn answer() -> String {
    let document = Document::parse(ANSWER.as_bytes(), &Limits::MESSAGE).expect("well-formed");
    let payload = canonical::exclusive(document.root(), &[], 1 << 20).expect("small");
    let info = ResponseInfo {
        message_id: "6f1c2f9e-0002",
        correlation_id: Some("6f1c2f9e-0001"),
        response_date: kezek::clock::now(),
        status_code: "SCSS001",
        status_message: "Запрос успешно обработан",
        session_id: None,
    };
    write_response(&info, std::str::from_utf8(&payload).expect("UTF-8"))
}

/// Whole messages whose digests and value are left to xmlsec1.
fn templates(key: &str) -> Vec<(&'static str, String)> {
    let plain = signer(key).sign(&send_message("egov-mobile"), None);
    let stamped = stamped(key);
    let spaced = stamped
        .replace("><ds:", ">\n    <ds:")
        .replace("><request", ">\r\n\t<request");
    let listed = stamped.replacen(
        "xml-exc-c14n#\"></ds:Transform>",
        "xml-exc-c14n#\"><e:InclusiveNamespaces xmlns:e=\"http://www.w3.org/2001/10/xml-exc-c14n#\" \
         PrefixList=\"soap wsse none\"/></ds:Transform>",
        1,
    );
    [
        ("plain", plain),
        ("stamped", stamped),
        ("spaced", spaced),
        ("with a PrefixList", listed),
    ]
    .map(|(name, message)| (name, emptied(&message)))
    .into()
}

fn emptied(message: &str) -> String {
    let mut message = with_inside(message, "SignatureValue", |_| String::new());
    let mut from = 0;
    while let Some((start, end)) = inside(&message[from..], "DigestValue") {
        message.replace_range(from + start..from + end, "");
        from += start + "</ds:DigestValue>".len();
    }
    message
}

fn verified(key: &str, message: &str) -> Told {
    let file = written(message);
    run(
        "verify.sh",
        &[&FOLDER.join(format!("keys/{key}.pem")), &file],
    )
}

pub fn signed(key: &str, template: &str) -> String {
    let (file, out) = (written(template), written(""));
    let told = run(
        "sign.sh",
        &[&FOLDER.join(format!("keys/{key}.key")), &file, &out],
    );
    assert_eq!(told, Told::Yes, "xmlsec1 signs the template");
    std::fs::read_to_string(out).expect("a signed message")
}

fn run(script: &str, arguments: &[&PathBuf]) -> Told {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/xmlsec");
    let told = Command::new("sh")
        .arg(folder.join(script))
        .args(arguments)
        .output();
    let told = told.expect("a shell is needed to run xmlsec1");
    match told.status.code() {
        Some(0) => Told::Yes,
        Some(1) => Told::No,
        _ => panic!(
            "{script} needs xmlsec1 and xmllint (libxml2-utils): {}",
            String::from_utf8_lossy(&told.stderr)
        ),
    }
}

pub fn written(message: &str) -> PathBuf {
    let folder = FOLDER.join("xmlsec");
    std::fs::create_dir_all(&folder).expect("a folder of the test");
    let file = folder.join(format!("{}.xml", uuid::Uuid::new_v4()));
    std::fs::write(&file, message).expect("written");
    file
}
