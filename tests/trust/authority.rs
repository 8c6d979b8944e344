//! A fresh authority for each run, and messages signed with its keys.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use kezek::clock;
use kezek::envelope::Envelope;
use kezek::sandbox;
use kezek::services;
use kezek::signature::{Directory, Distrust, Environment, Signer, Store, Trusted, verify};

pub static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("trust-{}", std::process::id()));
    sandbox::forge(&folder).expect("a fresh folder");
    folder
});

pub static STORE: LazyLock<Store> = LazyLock::new(|| {
    Store::load(&FOLDER.join("trust"), Environment::Test).expect("the authority was forged")
});

pub static DIRECTORY: LazyLock<Directory> = LazyLock::new(|| {
    Directory::load(&FOLDER.join("participants"), &services::numbers())
        .expect("the participants were forged")
});

/// The content of a Body: SendMessage on behalf of a sender.
pub fn send_message(sender: &str) -> String {
    format!(
        "<t:SendMessage xmlns:t=\"http://bip.bee.kz/SyncChannel/v10/Types\"><request><requestInfo>\
         <messageId>6f1c2f9e-0001</messageId><serviceId>S-08</serviceId>\
         <messageDate>2026-11-23T10:00:00.000+05:00</messageDate>\
         <sender><senderId>{sender}</senderId></sender></requestInfo><requestData><data>\
         <k:payload xmlns:k=\"urn:example\">text</k:payload></data></requestData></request>\
         </t:SendMessage>"
    )
}

pub fn signer(key: &str) -> Signer {
    let keys = FOLDER.join("keys");
    Signer::load(
        &keys.join(format!("{key}.key")),
        &keys.join(format!("{key}.pem")),
    )
    .expect("the key was forged")
}

pub fn signed_by(key: &str) -> String {
    signer(key).sign(&send_message("egov-mobile"), None)
}

pub fn believe(message: &str) -> Result<Trusted, Distrust> {
    let envelope = Envelope::read(message.as_bytes()).expect("a well-formed envelope");
    verify(envelope, &STORE, clock::now())
}

pub fn distrust(message: &str) -> Distrust {
    believe(message).expect_err("a message that is not believed")
}
