//! Revocation in the whole: the role fetches, gateways obey, and what was believed is computed
//! again.

use std::path::{Path, PathBuf};

use kezek::sandbox::Authority;
use tokio::net::TcpListener;

use crate::ground::until;
use crate::house::{House, authority};
use crate::post::{post, registration, send};
use crate::turn::Turn;

/// A served authority with its own trust store and shelf.
pub struct Site {
    pub folder: PathBuf,
    here: String,
}

impl Site {
    pub async fn open() -> Self {
        let folder = authority()
            .file("..")
            .join(uuid::Uuid::new_v4().to_string());
        for part in [
            "keys",
            "trust/roots",
            "trust/intermediates",
            "shelf",
            "revoked",
        ] {
            std::fs::create_dir_all(folder.join(part)).expect("a folder of the test");
        }
        for part in ["keys", "trust/roots", "trust/intermediates"] {
            copy_all(&authority().file(part), &folder.join(part));
        }
        let served = Authority::load(&folder).expect("the authority was forged");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let here = format!("http://{}", listener.local_addr().expect("bound"));
        tokio::spawn(served.serve(listener));
        let text = format!(
            "environment = \"test\"\nresponders = [\"{here}/ocsp\"]\n\
             lists = [\"{here}/lists/root.crl\", \"{here}/lists/authority.crl\"]\n"
        );
        std::fs::write(folder.join("trust/store.toml"), text).expect("written");
        Self { folder, here }
    }

    /// From now on its trust store names authorities for time, by their paths and nothing else.
    pub fn stamped_by(&self, paths: &[&str]) {
        let here = &self.here;
        let addresses: Vec<String> = paths.iter().map(|path| format!("{here}{path}")).collect();
        self.stamped_at(&addresses);
    }

    /// The same, by addresses of any.
    pub fn stamped_at(&self, addresses: &[String]) {
        let text = format!("environment = \"test\"\nstampers = {addresses:?}\n");
        std::fs::write(self.folder.join("trust/store.toml"), text).expect("written");
    }

    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let place = |name: &str| self.folder.join(name).display().to_string();
        vec![
            ("KEZEK_TRUST_DIR", place("trust")),
            ("KEZEK_REVOCATION_DIR", place("shelf")),
        ]
    }
}

fn copy_all(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("it was forged") {
        let path = entry.expect("an entry").path();
        std::fs::copy(&path, to.join(path.file_name().expect("a file"))).expect("copied");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gateway_obeys_what_the_role_fetched_and_the_journal_can_show_why() {
    let site = Site::open().await;
    let settings = site.settings();
    let settings: Vec<(&str, &str)> = settings.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let house = House::open_in(Turn::shared().await, crate::house::Reach::Direct, &settings).await;
    let (door, _worker, _relay) = house.roles().await;
    let draft = registration(1);
    let told = send(&door.door(), &draft).await;
    let (shep, code) = told.fault().expect("nothing was fetched yet");
    assert_eq!(
        (shep.as_str(), code.as_str()),
        ("SCE004", "revocation_unknown")
    );

    let role = house.role("revocation").await;
    // The gateway looks at its folder, and then the same message is believed.
    until("the gateway has read the lists", || async {
        send(&door.door(), &draft).await.fault().is_none()
    })
    .await;
    let journal = "SELECT id::text FROM journal WHERE kind = 'MESSAGE'";
    let client = house.look().await;
    let row = client.query_one(journal, &[]).await.expect("one line");
    let id: String = row.get(0);
    let verified = house.kezek(&["verify", &id]).await;
    let said = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert!(verified.status.success(), "{said}{verified:?}");
    assert!(said.contains("stands by crl"), "{said}");
    assert!(said.contains("comes out as it was recorded"), "{said}");

    let copy = site.folder.join("revoked/participant-p256.pem");
    std::fs::copy(site.folder.join("keys/participant-p256.pem"), copy).expect("copied");
    until("the role has asked and the gateway has read", || async {
        let once = house.kezek(&["revocation", "--once"]).await;
        assert!(once.status.success(), "{once:?}");
        let told = send(&door.door(), &draft).await.fault();
        told.is_some_and(|(_, code)| code == "certificate_revoked")
    })
    .await;
    // The employee of the same organisation never spoke for it.
    let signed = authority().signer("employee").sign(draft.content(), None);
    let told = post(&door.door(), signed).await.fault().expect("a fault");
    assert_eq!(told.1, "certificate_role");
    role.stop().await;
    // What was believed then still comes out as it was, though all is old and the rest forgotten.
    let archive = || std::fs::read_dir(site.folder.join("shelf/archive")).expect("kept");
    let before = archive().count();
    let age = std::time::Duration::from_secs(31 * 86_400);
    for (days, expected) in [("32", before), ("30", 0)] {
        for word in archive() {
            let file = std::fs::File::open(word.expect("a word").path()).expect("readable");
            let facts = file.metadata().expect("a file").modified().expect("a time");
            let old = facts.elapsed().is_ok_and(|elapsed| elapsed > age);
            file.set_modified(if old { facts } else { facts - age })
                .expect("ours");
        }
        let told = house.kezek(&["revocation", "--forget-days", days]).await;
        assert!(told.status.success(), "{told:?}");
        let left = archive().count();
        let fits = if expected == 0 {
            left < before && left > 0
        } else {
            left == before
        };
        assert!(fits, "{days} days: {left} of {before}");
    }
    let verified = house.kezek(&["verify", &id]).await;
    assert!(verified.status.success(), "{verified:?}");
    for (arguments, reason) in [
        (["verify", "999999"], "no line 999999"),
        (["verify", "x"], "invalid value"),
    ] {
        let refused = house.kezek(&arguments).await;
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && said.contains(reason), "{said}");
    }
}
