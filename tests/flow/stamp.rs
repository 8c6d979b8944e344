//! The journal under time-stamps: nothing skipped, nothing twice, and what was touched is named.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kezek::sandbox::{Authority, Trouble};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_postgres::Client;

use crate::ground::until;
use crate::house::{House, Reach};
use crate::post::{registration, send};
use crate::revocation::Site;
use crate::turn::Turn;

const STAMPS: &str = "SELECT number, after, through, lines FROM journal_stamp ORDER BY number";
const INSERT: &str = "
    INSERT INTO journal (at, kind, verdict, chain) VALUES (now(), 'REJECTED', '{\"code\": 1}', '{}')
    RETURNING id";

/// A house whose trust store names authorities for time at these paths.
async fn house(site: &Site, paths: &[&str]) -> House {
    site.stamped_by(paths);
    let settings = site.settings();
    let settings: Vec<(&str, &str)> = settings.iter().map(|(k, v)| (*k, v.as_str())).collect();
    // Who is revoked is another test's question.
    let settings: Vec<(&str, &str)> = settings
        .into_iter()
        .filter(|(name, _)| *name == "KEZEK_TRUST_DIR")
        .chain([("KEZEK_STAMP_MINUTES", "0")])
        .collect();
    let house = House::open_in(Turn::shared().await, Reach::Direct, &settings).await;
    // These tests count lines from the first: that of the load of registers is none of theirs.
    let client = house.look().await;
    client
        .batch_execute("SET session_replication_role = replica; DELETE FROM journal")
        .await
        .expect("a superuser");
    house
}

async fn write(client: &Client) -> i64 {
    let row = client.query_one(INSERT, &[]).await;
    row.expect("a line of the journal").get(0)
}

/// Number, begin, end and lines of each batch.
async fn stamps(client: &Client) -> Vec<(i64, i64, i64, Vec<i64>)> {
    let rows = client.query(STAMPS, &[]).await.expect("the stamps");
    let stamp = |row: &tokio_postgres::Row| (row.get(0), row.get(1), row.get(2), row.get(3));
    rows.iter().map(stamp).collect()
}

/// Each line once, each batch where the one before ended.
async fn covers(client: &Client, expected: &[i64]) {
    let stamps = stamps(client).await;
    let mut end = 0;
    for (n, (number, after, through, lines)) in (1..).zip(&stamps) {
        assert_eq!((*number, *after), (n, end), "{stamps:?}");
        assert!(
            lines
                .iter()
                .all(|line| (after + 1..=*through).contains(line)),
            "{stamps:?}"
        );
        end = *through;
    }
    let covered: Vec<i64> = stamps.into_iter().flat_map(|stamp| stamp.3).collect();
    assert_eq!(covered, expected);
}

/// Runs a verb; what it said on both ways, and whether it went well.
async fn said(house: &House, arguments: &[&str]) -> (bool, String) {
    let done = house.kezek(arguments).await;
    let text = [done.stdout, done.stderr].concat();
    (
        done.status.success(),
        String::from_utf8(text).expect("UTF-8"),
    )
}

async fn once(house: &House) {
    let (well, told) = said(house, &["stamp", "--once"]).await;
    assert!(well, "{told}");
}

/// What an administrator of the database does, how it is undone, and what is then said of a line.
struct Touch {
    doing: &'static str,
    undoing: &'static str,
    line: i64,
    named: String,
}

impl Touch {
    /// `$1` in `doing` is a line.
    async fn must_be_named(self, house: &House, client: &Client, touched: i64) {
        let doing = self.doing.replace("$1", &touched.to_string());
        let off = "SET session_replication_role = replica";
        client.batch_execute(off).await.expect("a superuser");
        client.batch_execute(&doing).await.expect("touched");
        let (well, told) = said(house, &["verify", &self.line.to_string()]).await;
        assert!(!well && told.contains(&self.named), "{doing}: {told}");
        client.batch_execute(self.undoing).await.expect("undone");
        let on = "SET session_replication_role = origin";
        client.batch_execute(on).await.expect("a superuser");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn message_is_verified_with_its_stamp() {
    let site = Site::open().await;
    let house = house(&site, &["/tsp"]).await;
    let (door, _worker, _relay) = house.roles().await;
    let client = house.look().await;
    send(&door.door(), &registration(1)).await.expect_success();
    let journal = "SELECT id FROM journal WHERE kind = 'MESSAGE'";
    let id: i64 = client.query_one(journal, &[]).await.expect("a line").get(0);
    // What the door found, who may call what and where it is open, is a line each.
    let ids = "SELECT id FROM journal ORDER BY id";
    until("all lines are there", || async {
        client.query(ids, &[]).await.expect("the journal").len() == 3
    })
    .await;
    let lines = client.query(ids, &[]).await.expect("the journal");
    let lines: Vec<i64> = lines.iter().map(|row| row.get(0)).collect();
    let verify = ["verify", &id.to_string()];
    let (well, told) = said(&house, &verify).await;
    assert!(well && told.contains("stamped   not yet"), "{told}");
    once(&house).await;
    let (well, told) = said(&house, &verify).await;
    assert!(well && told.contains("batch 1 of 3 lines"), "{told}");
    assert!(told.contains("comes out as it was recorded"), "{told}");
    covers(&client, &lines).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_was_touched_since_is_named() {
    let site = Site::open().await;
    let house = house(&site, &["/tsp"]).await;
    let client = house.look().await;
    let first = write(&client).await;
    once(&house).await;
    let [changed, neighbour] = [write(&client).await, write(&client).await];
    once(&house).await;
    let last = write(&client).await;
    once(&house).await;
    covers(&client, &[first, changed, neighbour, last]).await;
    let refused = client.execute("DELETE FROM journal_stamp", &[]).await;
    assert!(refused.is_err(), "append-only");
    for touch in [
        Touch {
            doing: "UPDATE journal SET verdict = '{\"code\": 2}' WHERE id = $1",
            undoing: "UPDATE journal SET verdict = '{\"code\": 1}'",
            line: neighbour,
            named: format!("line {changed} was changed after the stamp"),
        },
        Touch {
            doing: "CREATE TABLE kept AS SELECT * FROM journal WHERE id = $1;
                    DELETE FROM journal WHERE id = $1",
            undoing: "INSERT INTO journal OVERRIDING SYSTEM VALUE SELECT * FROM kept",
            line: changed,
            named: format!("line {changed} is missing"),
        },
        Touch {
            doing: "INSERT INTO journal (id, at, kind, verdict, chain) OVERRIDING SYSTEM VALUE
                    VALUES (0, now(), 'ALARM', '{}', '{}');
                    UPDATE journal_stamp SET after = -1 WHERE number = 1",
            undoing: "DELETE FROM journal WHERE id = 0;
                      UPDATE journal_stamp SET after = 0 WHERE number = 1",
            line: first,
            named: "batch 1 is not what was stamped".into(),
        },
        Touch {
            doing: "CREATE TABLE kept_2 AS SELECT * FROM journal_stamp WHERE number = 2;
                    DELETE FROM journal_stamp WHERE number = 2",
            undoing: "INSERT INTO journal_stamp SELECT * FROM kept_2",
            line: changed,
            named: "there is a gap before batch 3".into(),
        },
        Touch {
            doing: "DELETE FROM journal_stamp WHERE number = 2",
            undoing: "INSERT INTO journal_stamp SELECT * FROM kept_2",
            line: first,
            named: "there is a gap: batch 2 is missing".into(),
        },
    ] {
        touch.must_be_named(&house, &client, changed).await;
    }
    for line in [first, last] {
        let (_, told) = said(&house, &["verify", &line.to_string()]).await;
        assert!(told.contains("stamped   20"), "all is as it was: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn line_that_is_committed_late_is_waited_for_and_never_skipped() {
    let site = Site::open().await;
    let house = house(&site, &["/tsp"]).await;
    let (mut late, client) = (house.look().await, house.look().await);
    // Number 1 is given, and not yet committed; number 2 is; number 3 is given and undone.
    let open = late.transaction().await.expect("begins");
    let row = open.query_one(INSERT, &[]).await.expect("a line");
    let early: i64 = row.get(0);
    let second = write(&client).await;
    client
        .batch_execute(&format!("BEGIN; {INSERT}; ROLLBACK"))
        .await
        .expect("undone");
    let (well, told) = said(&house, &["stamp", "--once"]).await;
    assert!(!well && told.contains("does not end"), "{told}");
    covers(&client, &[]).await;
    open.commit().await.expect("late");
    // Who only reads keeps nobody waiting.
    let reading = late.transaction().await.expect("begins");
    reading.query(STAMPS, &[]).await.expect("reads");
    reading
        .query("SELECT FROM journal FOR SHARE", &[])
        .await
        .expect("reads");
    once(&house).await;
    covers(&client, &[early, second]).await;
    let (_, _, through, _) = stamps(&client).await.remove(0);
    assert_eq!(through, second + 1, "what was undone is behind us");
    reading.rollback().await.expect("ends");
    once(&house).await;
    assert_eq!(stamps(&client).await.len(), 1, "nothing waits");
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_wait_for_an_authority_that_fails_and_the_next_one_is_asked() {
    let site = Site::open().await;
    let house = house(&site, &[]).await;
    let client = house.look().await;
    let line = write(&client).await;
    for (path, expected) in [
        (None, "names no stampers"),
        (Some("/down/tsp"), "does not answer"),
        (Some("/lists/none.crl"), "does not answer"),
        (Some("/malformed/tsp"), "cannot be read"),
        (Some("/wrong-nonce/tsp"), "nonce"),
        (Some("/stale/tsp"), "not now"),
        (Some("/wrong-signer/tsp"), "may not stamp"),
    ] {
        site.stamped_by(path.as_slice());
        let (well, told) = said(&house, &["stamp", "--once"]).await;
        assert!(!well && told.contains(expected), "{path:?}: {told}");
        covers(&client, &[]).await;
    }
    site.stamped_by(&["/down/tsp", "/wrong-signer/tsp", "/tsp-gost"]);
    once(&house).await;
    covers(&client, &[line]).await;
}

/// An authority that stamps, and ends the role before its answer goes out as often as is asked.
struct Reaper {
    address: String,
    asked: Arc<AtomicUsize>,
}

impl Reaper {
    async fn open(site: &Site) -> Self {
        let served = Authority::load(&site.folder).expect("forged");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}/", listener.local_addr().expect("bound"));
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let question = question(stream).await;
                // The stamp is made, and nobody will ever see it.
                assert!(served.stamp(&question, false, Trouble::None).is_some());
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { address, asked }
    }
}

/// Reads a question; the stream is held until the other side is gone.
async fn question(mut stream: TcpStream) -> Vec<u8> {
    let mut octets = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece).await.expect("a question");
        octets.extend_from_slice(&piece[..read]);
        let end = octets.windows(4).position(|four| four == b"\r\n\r\n");
        let Some(end) = end.map(|end| end + 4) else {
            continue;
        };
        let head = String::from_utf8_lossy(&octets[..end]).to_lowercase();
        let (_, length) = head.split_once("content-length: ").expect("a length");
        let length = length.split("\r\n").next().expect("a line");
        if octets.len() == end + length.parse::<usize>().expect("a number") {
            tokio::spawn(async move {
                stream.write_all(b"HTTP/1.1 200 OK\r\n").await.ok();
                stream.read_exact(&mut [0]).await.ok();
            });
            return octets[end..].to_vec();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn role_that_dies_between_stamp_and_row_leaves_nothing_and_skips_nothing() {
    let site = Site::open().await;
    let reaper = Reaper::open(&site).await;
    let house = house(&site, &[]).await;
    site.stamped_at(std::slice::from_ref(&reaper.address));
    let client = house.look().await;
    let mut lines = vec![write(&client).await];
    let mut role = house.start("stamp");
    for times in 1..=3 {
        until("the authority has stamped", || async {
            reaper.asked.load(Ordering::SeqCst) >= times
        })
        .await;
        role.kill();
        covers(&client, &[]).await;
        lines.push(write(&client).await);
        role.start_again();
    }
    role.kill();
    // Two at once, of an authority that answers.
    site.stamped_by(&["/tsp"]);
    let (one, other) = (house.start("stamp"), house.start("stamp"));
    until("all lines are stamped", || async {
        let covered = stamps(&client).await;
        covered.iter().map(|stamp| stamp.3.len()).sum::<usize>() == lines.len()
    })
    .await;
    covers(&client, &lines).await;
    let (one, other) = tokio::join!(one.ready(), other.ready());
    lines.push(write(&client).await);
    until("the next line is stamped too", || async {
        stamps(&client)
            .await
            .iter()
            .any(|stamp| stamp.3 == lines[lines.len() - 1..])
    })
    .await;
    covers(&client, &lines).await;
    tokio::join!(one.stop(), other.stop());
}
