//! A bucket: scans are kept by the protocol of S3, in a server that others wrote.

use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use kezek::bench::peak_memory_kib;
use kezek::scans::ContentId;

use crate::ground::{setting, until};
use crate::house::{House, Reach};
use crate::post::{participant, post, registration};
use crate::roles::free_port;
use crate::scans::{MEBIBYTE, MEMORY_KIB_MAX, noted, pdf, send_by, verdicts_come_out_again};
use crate::turn::Turn;

/// s3rver, which checks signatures and refuses parts that are too small; stopped when dropped.
struct Bucket {
    folder: PathBuf,
    port: u16,
    process: Option<Child>,
}

impl Bucket {
    /// A server of its own, ready, and the file that describes it.
    async fn open() -> (Self, PathBuf) {
        let folder = std::env::temp_dir().join(format!("kezek-bucket-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&folder).expect("a folder of one's own");
        let mut bucket = Self {
            port: free_port(),
            process: None,
            folder,
        };
        bucket.start().await;
        let file = bucket.folder.join("bucket.toml");
        // The keys of s3rver, which are in its manual.
        let text = format!(
            "endpoint = \"http://127.0.0.1:{}\"\nbucket = \"scans\"\nregion = \"us-east-1\"\n\
             access_key = \"S3RVER\"\nsecret_key = \"S3RVER\"\n",
            bucket.port
        );
        std::fs::write(&file, text).expect("written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("set");
        (bucket, file)
    }

    async fn start(&mut self) {
        let place = setting("KEZEK_PEERS_NODE").expect(
            "KEZEK_PEERS_NODE is not set: it names a folder with a node and what \
             tests/peers/node/package.json names, which compose/test makes",
        );
        let place = Path::new(&place);
        let mut command = Command::new(place.join("node"));
        command
            .arg(place.join("node_modules/s3rver/bin/s3rver.js"))
            .args([
                "--address",
                "127.0.0.1",
                "--silent",
                "--configure-bucket",
                "scans",
            ])
            .args(["--port", &self.port.to_string(), "--directory"])
            .arg(self.folder.join("objects"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .process_group(0);
        self.process = Some(command.spawn().expect("node runs"));
        self.until_listening(true).await;
    }

    async fn until_listening(&self, wanted: bool) {
        until(&format!("s3rver listens: {wanted}"), || async {
            TcpStream::connect(("127.0.0.1", self.port)).is_ok() == wanted
        })
        .await;
    }

    fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // A node may be a script that starts the real one: the whole group goes.
            let group = format!("-{}", process.id());
            Command::new("kill")
                .args(["-9", "--", &group])
                .status()
                .ok();
            process.wait().ok();
        }
    }

    /// The names of the contents that are there.
    fn names(&self) -> Vec<String> {
        let mut folders = vec![self.folder.join("objects/scans")];
        let mut names = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                if entry.path().is_dir() {
                    folders.push(entry.path());
                } else if let Some(key) = name.strip_suffix("._S3rver_object") {
                    names.push(key.to_owned());
                }
            }
        }
        names.sort_unstable();
        names
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        self.stop();
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn scan_is_kept_in_a_bucket_or_its_message_is_not_accepted() {
    let (mut bucket, file) = Bucket::open().await;
    let file = file.display().to_string();
    let settings = [("KEZEK_SCANS_BUCKET", file.as_str())];
    let turn: Arc<Turn> = Turn::shared().await;
    let house = House::open_in(turn, Reach::Direct, &settings).await;
    let (door, worker, relay) = house.roles().await;
    let checked = house.kezek(&["check"]).await;
    let told = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(
        told.contains(&format!("kept in the bucket of {file}")),
        "{told}"
    );
    // What the first messages cost is not the scan's.
    for serial in 1..20 {
        let signed = participant().sign(registration(serial).content(), None);
        post(&door.door(), signed).await.expect_success();
    }
    let probe = bucket.names();
    let before = peak_memory_kib(&door.pid().to_string()).expect("of a process");
    // Twice the same content is one object; the larger ones go in parts.
    let sizes = [
        10 * MEBIBYTE,
        7 * MEBIBYTE + 3,
        10 * MEBIBYTE,
        200_000,
        100,
        10 * MEBIBYTE,
    ];
    let mut expected = probe.clone();
    for (way, size) in (0u8..).zip(sizes) {
        let content = pdf(size, way % 5);
        send_by(&door.door(), way, &content).await.expect_success();
        expected.push(ContentId::of(&content).to_string());
    }
    let cost = peak_memory_kib(&door.pid().to_string()).expect("of a process") - before;
    println!("a scan of 10 MiB on its way to a bucket costs the door {cost} KiB, at most");
    assert!(cost <= MEMORY_KIB_MAX, "{cost} KiB");
    expected.sort_unstable();
    expected.dedup();
    assert_eq!(
        expected.len(),
        probe.len() + 5,
        "ways 0 and 5 send one content"
    );
    assert_eq!(bucket.names(), expected);
    assert_eq!(noted(&house).await.len(), 6);
    verdicts_come_out_again(&house).await;

    // The bucket is away: whoever sends a scan is told to try again, and the others notice nothing.
    bucket.stop();
    bucket.until_listening(false).await;
    let content = pdf(3 * MEBIBYTE, 77);
    let told = send_by(&door.door(), 6, &content).await;
    assert!(told.is_try_again(), "{}", told.text);
    let signed = participant().sign(registration(300).content(), None);
    post(&door.door(), signed).await.expect_success();
    assert_eq!(noted(&house).await.len(), 6);
    bucket.start().await;
    send_by(&door.door(), 6, &content).await.expect_success();
    assert_eq!(noted(&house).await.len(), 7);
    assert!(
        bucket
            .names()
            .contains(&ContentId::of(&content).to_string())
    );
    drop((door, worker, relay));
}
