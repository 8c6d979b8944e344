//! What participants may call changes while the door is open, and each change leaves its line.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::ground::until;
use crate::house::{House, authority};
use crate::post::{Told, rank_check, send};

const LINES: &str = "SELECT verdict FROM journal
                     WHERE kind = 'RIGHTS' AND starts_with(verdict->>'code', $1)
                     ORDER BY id";

/// The participants of the authority in a folder that the test may change.
pub fn participants(house: &House) -> PathBuf {
    let folder = house.file("participants");
    std::fs::create_dir(&folder).expect("a folder of one's own");
    for entry in std::fs::read_dir(authority().file("participants")).expect("forged") {
        let from = entry.expect("a file").path();
        std::fs::copy(&from, folder.join(from.file_name().expect("a name"))).expect("copied");
    }
    folder
}

/// Replaces a file, or makes it, by a rename.
pub fn put(folder: &Path, id: &str, text: &str) {
    let part = folder.join(format!("{id}.part"));
    std::fs::write(&part, text).expect("written");
    std::fs::rename(part, folder.join(format!("{id}.toml"))).expect("renamed");
}

/// The lines about rights, or about openings, as soon as there are so many.
async fn lines(client: &Client, what: &str, count: usize) -> Vec<Value> {
    let rows = || async {
        let rows = client.query(LINES, &[&what]).await;
        rows.expect("the journal")
    };
    until(&format!("{count} lines about {what}"), || async {
        rows().await.len() == count
    })
    .await;
    rows().await.iter().map(|row| row.get("verdict")).collect()
}

/// A participant's file with this right alone.
fn with_right(file: &str, service: &str, region: &str) -> String {
    let (head, _) = file.split_once("\n[[rights]]").expect("rights");
    format!("{head}\n[[rights]]\nservices = [\"{service}\"]\nregions = [\"{region}\"]\n")
}

fn code(told: &Told) -> String {
    told.fault().map(|(_, ours)| ours).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_change_without_a_restart_and_no_change_is_without_its_line() {
    let house = House::open().await;
    let folder = participants(&house);
    let set = [("KEZEK_PARTICIPANTS_DIR", folder.to_str().expect("UTF-8"))];
    let _worker = house.role("work").await;
    let door = house.start_with("serve", &set).ready().await;
    let client = house.look().await;
    let found = lines(&client, "rights", 1).await.remove(0);
    assert_eq!(found["code"], "rights_found");
    assert_eq!(found["from"], Value::Null);
    let shown = house.kezek(&["participants", set[0].1]).await;
    let shown = String::from_utf8(shown.stdout).expect("UTF-8");
    assert!(
        shown.contains(found["to"].as_str().expect("a digest")),
        "{shown}"
    );

    let ask = || async { code(&send(&door.door(), &rank_check(1)).await) };
    assert_eq!(ask().await, "", "nobody is registered, which is an answer");
    let all = std::fs::read_to_string(folder.join("egov-mobile.toml")).expect("forged");
    put(&folder, "egov-mobile", &with_right(&all, "S-08", "*"));
    until("the right is gone", || async {
        ask().await == "service_not_allowed"
    })
    .await;
    let taken = lines(&client, "rights", 2).await.remove(1);
    assert_eq!(taken["from"], found["to"]);
    let change = &taken["changes"][0];
    assert_eq!(change["participant"], "egov-mobile");
    assert_eq!(change["added"], json!([]));
    assert!(
        change["removed"]
            .as_array()
            .expect("rights")
            .contains(&json!("S-12 *"))
    );
    assert_eq!(
        taken["changes"].as_array().map(Vec::len),
        Some(1),
        "{taken}"
    );

    put(&folder, "egov-mobile", &all);
    until("the right is there again", || async {
        ask().await.is_empty()
    })
    .await;
    let back = lines(&client, "rights", 3).await.remove(2);
    assert_eq!(back["to"], found["to"], "the same rights, and another line");
    assert!(!back.to_string().contains("pbkdf2"), "no secret");
}

// All of the folder stays as it was, and the alarm says what to mend.
#[tokio::test(flavor = "multi_thread")]
async fn right_to_what_is_not_there_is_an_alarm_and_changes_nothing() {
    let house = House::open().await;
    let folder = participants(&house);
    let set = [("KEZEK_PARTICIPANTS_DIR", folder.to_str().expect("UTF-8"))];
    let _worker = house.role("work").await;
    let door = house.start_with("serve", &set).ready().await;
    let all = std::fs::read_to_string(folder.join("egov-mobile.toml")).expect("forged");
    for (text, named) in [
        (with_right(&all, "S-77", "*"), "S-77"),
        (with_right(&all, "S-12", "70"), "no region"),
    ] {
        put(&folder, "egov-mobile", &text);
        until(&format!("an alarm that names {named}"), || async {
            let log = door.log_text();
            let alarm = |line: &&str| line.contains("ALARM") && line.contains(named);
            log.lines().any(|line| alarm(&line))
        })
        .await;
        assert_eq!(code(&send(&door.door(), &rank_check(1)).await), "");
        let checked = house.kezek(&["participants", set[0].1]).await;
        assert!(!checked.status.success());
        assert!(
            String::from_utf8_lossy(&checked.stderr).contains(named),
            "{checked:?}"
        );
        // Nor is another change taken as long as one is bad.
        std::fs::remove_file(folder.join("reader.toml")).ok();
    }
    let mut draft = rank_check(1);
    draft.set(&["senderId"], "reader");
    assert_eq!(
        code(&send(&door.door(), &draft).await),
        "",
        "it is still there"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn change_that_several_gateways_see_is_told_once() {
    let house = House::open().await;
    let folder = participants(&house);
    let set = [("KEZEK_PARTICIPANTS_DIR", folder.to_str().expect("UTF-8"))];
    let client = house.look().await;
    let door = house.start_with("serve", &set).ready().await;
    let _worker = house.role("work").await;
    lines(&client, "rights", 1).await;
    door.stop().await;
    let (one, other) = (
        house.start_with("serve", &set),
        house.start_with("serve", &set),
    );
    let (one, other) = tokio::join!(one.ready(), other.ready());
    for door in [&one, &other] {
        until("it has told what it found", || async {
            door.log_text().matches("told to the journal").count() == 2
        })
        .await;
    }
    put(
        &folder,
        "reader",
        "id = \"reader\"\nname = \"r\"\nkind = \"participant\"\nbin = \"190540000024\"\n",
    );
    for door in [&one, &other] {
        until("it has taken the change", || async {
            door.log_text().contains("loaded anew")
        })
        .await;
    }
    let lost = lines(&client, "rights", 2).await.remove(1);
    assert_eq!(lost["code"], "rights_changed");
    assert_eq!(lost["changes"][0]["touched"], json!(["name"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn services_open_by_region_and_day_without_a_restart() {
    let house = House::open().await;
    let file = house.file("openings.toml");
    let open = |region: &str, from: &str| {
        let line = format!("services = [\"S-12\"]\nregions = [\"{region}\"]\nfrom = \"{from}\"\n");
        let part = file.with_extension("part");
        std::fs::write(&part, format!("[[openings]]\n{line}")).expect("written");
        std::fs::rename(part, &file).expect("renamed");
    };
    open("71", "2999-01-01");
    let set = [("KEZEK_OPENINGS", file.to_str().expect("UTF-8"))];
    let _worker = house.role("work").await;
    let door = house.start_with("serve", &set).ready().await;
    let client = house.look().await;
    lines(&client, "openings", 1).await;
    let ask = || async { send(&door.door(), &rank_check(1)).await };
    let told = ask().await;
    assert_eq!(code(&told), "service_not_open");
    assert!(
        told.text.contains("it opens on 2999-01-01"),
        "{}",
        told.text
    );
    assert!(told.is_believed(), "a fault to one we know is signed");
    assert_eq!(told.status, 500);

    open("75", "2023-12-01");
    until("another region is open", || async {
        code(&ask().await) == "region_not_open"
    })
    .await;
    let told = ask().await;
    assert!(
        told.text.contains("no day is set there; it is open in 75"),
        "{}",
        told.text
    );
    let line = lines(&client, "openings", 2).await.remove(1);
    assert_eq!(line["code"], "openings_changed");
    assert_eq!(line["changes"]["added"], json!(["S-12 75 2023-12-01"]));
    assert_eq!(line["changes"]["removed"], json!(["S-12 71 2999-01-01"]));

    open("70", "2023-12-01");
    until("no region is an alarm", || async {
        door.log_text().contains("no region of")
    })
    .await;
    assert_eq!(
        code(&ask().await),
        "region_not_open",
        "what was stays in force"
    );
    open("71", "2023-12-01");
    until("it is open", || async { code(&ask().await).is_empty() }).await;
}
