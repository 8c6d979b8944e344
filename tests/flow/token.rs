//! The door signs with a key in a token, takes a new one without a restart, and outlives the token.

use std::path::Path;

use kezek::sandbox::write_secret;

use crate::ground::until;
use crate::house::{House, authority};
use crate::post::{registration, send};
use crate::rotation::{copy, signed_by};
use crate::softhsm::{MODULE, PIN, SoftHsm};

const TOKEN: &str = "kezek";

fn import(hsm: &SoftHsm, name: &str, id: &str) {
    hsm.import(
        TOKEN,
        &authority().file(&format!("keys/{name}.key")),
        name,
        id,
    );
}

/// A folder with a certificate and a PIN, and the URI of a token.
fn uri(folder: &Path) -> String {
    let pin = folder.join("pin");
    write_secret(&pin, PIN).expect("written");
    let pin = pin.display();
    format!("pkcs11:token={TOKEN}?module-path={MODULE}&pin-source=file:{pin}")
}

#[tokio::test(flavor = "multi_thread")]
async fn door_signs_by_a_token_and_takes_its_new_key_and_outlives_its_absence() {
    let house = House::open().await;
    let folder = house.file("token");
    std::fs::create_dir(&folder).expect("a folder of one's own");
    let hsm = SoftHsm::new(&folder);
    hsm.token(TOKEN);
    import(&hsm, "answers", "01");
    let certificate = copy("answers", "pem", &folder).display().to_string();
    let (uri, (name, softhsm)) = (uri(&folder), hsm.setting());
    let settings = [
        ("KEZEK_SIGNING_KEY", uri.as_str()),
        ("KEZEK_SIGNING_CERTIFICATE", certificate.as_str()),
        (name, softhsm.as_str()),
    ];
    let door = house.start_with("serve", &settings).ready().await;
    let _worker = house.role("work").await;
    let first = send(&door.door(), &registration(1)).await.expect_success();
    assert_eq!(signed_by(&first), "answers");

    // A new pair: the key into the token under another label, then its certificate into its place.
    import(&hsm, "shep", "02");
    copy("shep", "pem", &folder);
    until("the door answers in the name of the new key", || async {
        signed_by(&send(&door.door(), &registration(1)).await) == "shep"
    })
    .await;
    assert!(!door.log_text().contains("cannot be loaded"));

    // Away with the token: the sender is told to try again, and nothing is lost.
    hsm.remove(TOKEN);
    let message = registration(2);
    until("the token is missed", || async {
        let told = send(&door.door(), &message).await;
        told.fault().is_some_and(|(_, code)| code == "try_again") && !told.is_believed()
    })
    .await;
    assert!(door.log_text().contains("ALARM: the token does not sign"));
    hsm.token(TOKEN);
    import(&hsm, "shep", "02");
    until("the token is found again", || async {
        let told = send(&door.door(), &message).await;
        told.fault().is_none() && signed_by(&told) == "shep"
    })
    .await;
    let client = house.look().await;
    let rows = client
        .query_one("SELECT count(*) FROM application", &[])
        .await;
    assert_eq!(rows.expect("counts").get::<_, i64>(0), 2, "once each");
    assert!(!door.log_text().contains(PIN), "no PIN in the log");
    let command = std::fs::read(format!("/proc/{}/cmdline", door.pid())).expect("Linux");
    assert!(!String::from_utf8_lossy(&command).contains(PIN));
}
