//! Keys change while the door is open, and no secret leaves the process.

use std::path::{Path, PathBuf};

use kezek::clock;
use kezek::envelope::Envelope;
use kezek::signature::verify;

use crate::ground::until;
use crate::house::{House, authority};
use crate::post::{Told, rank_check, send};

/// The key in whose name the door answers: that of the forged authority whose certificate signed.
pub fn signed_by(told: &Told) -> String {
    let envelope = Envelope::read(told.text.as_bytes()).expect("an envelope");
    let trusted = verify(envelope, &authority().store, clock::now()).expect("a signed answer");
    let signed = trusted.verified().certificate().der();
    let named = ["answers", "shep"].into_iter().find(|name| {
        let own = authority().signer(name);
        own.certificate().der() == signed
    });
    named.expect("a key of the authority").to_owned()
}

/// Puts a file of a key of the authority into the place of the one that signs.
pub fn copy(name: &str, extension: &str, to: &Path) -> PathBuf {
    let to = to.join(format!("signing.{extension}"));
    let part = to.with_extension("part");
    std::fs::copy(authority().file(&format!("keys/{name}.{extension}")), &part).expect("copied");
    std::fs::rename(part, &to).expect("renamed");
    to
}

#[tokio::test(flavor = "multi_thread")]
async fn door_takes_a_new_key_without_a_restart_and_a_broken_pair_never() {
    let house = House::open().await;
    let folder = house.file("rotated");
    std::fs::create_dir(&folder).expect("a folder of one's own");
    let (key, certificate) = (
        copy("answers", "key", &folder),
        copy("answers", "pem", &folder),
    );
    let (key, certificate) = (key.display().to_string(), certificate.display().to_string());
    let settings = [
        ("KEZEK_SIGNING_KEY", key.as_str()),
        ("KEZEK_SIGNING_CERTIFICATE", certificate.as_str()),
    ];
    let door = house.start_with("serve", &settings).ready().await;
    // Nobody is registered; the answer that says so is signed all the same.
    let ask = || async { send(&door.door(), &rank_check(1)).await };
    let _worker = house.role("work").await;
    assert_eq!(signed_by(&ask().await), "answers");
    copy("shep", "key", &folder);
    until("the door has seen that the pair is broken", || async {
        door.log_text().contains("a change cannot be loaded")
    })
    .await;
    assert_eq!(
        signed_by(&ask().await),
        "answers",
        "what was stays in force"
    );
    copy("shep", "pem", &folder);
    until("the door answers in the name of the new key", || async {
        signed_by(&ask().await) == "shep"
    })
    .await;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", door.pid())).expect("Linux");
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let words: Vec<&str> = core.expect("a limit").split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "no core is dumped");
    let command = std::fs::read(format!("/proc/{}/cmdline", door.pid())).expect("Linux");
    assert!(
        !String::from_utf8_lossy(&command).contains("://"),
        "no URL in the process list"
    );
    assert!(!door.log_text().contains("PRIVATE"), "nor a key in the log");
}
