//! Scans: what arrives inside a message or beside it is kept before the message is answered.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kezek::bench::peak_memory_kib;
use kezek::sandbox::{Client, Draft};
use kezek::scans::ContentId;

use crate::house::House;
use crate::post::{Told, message_id, participant, post, registration, replaced};

pub const MEBIBYTE: usize = 1 << 20;
/// What a scan of ten megabytes may cost the gateway.
pub const MEMORY_KIB_MAX: u64 = 16 << 10;
const XOP: &str = "http://www.w3.org/2004/08/xop/include";

/// A PDF of so many octets, unlike those of other kinds.
pub fn pdf(octets: usize, kind: u8) -> Vec<u8> {
    let mut content = format!("%PDF-1.7 {kind}\n").into_bytes();
    let mut state = u32::from(kind) + 1;
    let chance = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    });
    content.extend(chance.take(octets - content.len()));
    content
}

/// A registration with a scan of which this is said.
fn with_scan(draft: &Draft, media: &str, inner: &str) -> String {
    let end = "</k:queueRegistration>";
    let scan = format!(
        "<k:scans><k:scan><k:paper>BIRTH_CERTIFICATE</k:paper><k:mediaType>{media}</k:mediaType>\
         {inner}</k:scan></k:scans>{end}"
    );
    replaced(draft.content(), end, &scan)
}

fn inside(text: &str) -> String {
    format!("<k:content>{text}</k:content>")
}

fn digest(content: &[u8]) -> String {
    format!("<k:sha256>{}</k:sha256>", ContentId::of(content))
}

/// A base64 text in lines.
fn lines(content: &[u8], length: usize, end: &str) -> String {
    let text = STANDARD.encode(content);
    let rows = text.as_bytes().chunks(length);
    let rows: Vec<&str> = rows
        .map(|row| std::str::from_utf8(row).expect("ASCII"))
        .collect();
    rows.join(end)
}

/// A body of multipart/related: the message, then parts by their Content-IDs.
fn related(message: &str, parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = format!(
        "--b\r\nContent-Type: application/xop+xml; charset=UTF-8; type=\"text/xml\"\r\n\
         Content-ID: <message@kezek>\r\n\r\n{message}"
    )
    .into_bytes();
    for (name, content) in parts {
        let head = format!(
            "\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-ID: <{name}>\r\n\
             Content-Transfer-Encoding: binary\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
    }
    body.extend_from_slice(b"\r\n--b--\r\n");
    body
}

const RELATED: &str =
    "multipart/related; type=\"application/xop+xml\"; boundary=b; start=\"<message@kezek>\"";

async fn post_as(door: &str, content_type: &str, body: Vec<u8>) -> Told {
    let mut client = Client::new(door).expect("an address");
    let reply = client.post_as(content_type, body.into()).await;
    Told::read(&reply.expect("a reply"))
}

/// What is kept under the name of a content.
fn kept(house: &House, content: &[u8]) -> PathBuf {
    let name = ContentId::of(content).to_string();
    let folder = house.file("scans/kept/sha256");
    folder.join(&name[..2]).join(&name[2..4]).join(&name)
}

fn is_kept(house: &House, content: &[u8]) -> bool {
    std::fs::read(kept(house, content)).is_ok_and(|found| found == content)
}

/// Files of scans, kept or waiting.
fn files(house: &House) -> usize {
    let mut folders = vec![house.file("scans")];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                count += 1;
            }
        }
    }
    count
}

pub async fn noted(house: &House) -> Vec<(String, Vec<u8>)> {
    let query = "SELECT media, content FROM scan ORDER BY application, content";
    let rows = house.look().await.query(query, &[]).await.expect("rows");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// Sends a scan in one of six ways: inside in one line, in lines with CR LF, in lines with LF; by
/// MTOM signed for what it stands for, by MTOM signed as it is sent; beside the message.
pub async fn send_by(door: &str, way: u8, content: &[u8]) -> Told {
    let name = format!("scan-{way}@kezek");
    let text = match way {
        1 => lines(content, 76, "\r\n"),
        2 => format!("\n{}\n", lines(content, 64, "\n")),
        _ => lines(content, usize::MAX, ""),
    };
    let draft = registration(100 + u64::from(way));
    let include = format!("<x:Include xmlns:x=\"{XOP}\" href=\"cid:scan-{way}%40kezek\"/>");
    let said = match way {
        // Who signs reads lines as XML does.
        0..=3 => inside(&text.replace("\r\n", "\n")),
        4 => format!("{}{}", digest(content), inside(&include)),
        _ => format!("{}<k:attachment>cid:{name}</k:attachment>", digest(content)),
    };
    let signed = participant().sign(&with_scan(&draft, "application/pdf", &said), None);
    match way {
        0 | 2 => post(door, signed).await,
        1 => post(door, replaced(&signed, &text.replace("\r\n", "\n"), &text)).await,
        3 => {
            let sent = replaced(&signed, &text, &include);
            post_as(door, RELATED, related(&sent, &[(&name, content)])).await
        }
        _ => post_as(door, RELATED, related(&signed, &[(&name, content)])).await,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn large_scan_is_kept_whichever_way_it_comes_and_costs_little() {
    let house = House::open().await;
    let (door, worker, relay) = house.roles().await;
    // What the first messages cost is not the scan's.
    for serial in 1..20 {
        let signed = participant().sign(registration(serial).content(), None);
        post(&door.door(), signed).await.expect_success();
    }
    let before = peak_memory_kib(&door.pid().to_string()).expect("of a process");
    let mut expected = Vec::new();
    for way in 0..6u8 {
        let content = pdf(10 * MEBIBYTE, way);
        send_by(&door.door(), way, &content).await.expect_success();
        assert!(is_kept(&house, &content), "way {way}");
        expected.push(ContentId::of(&content).octets().to_vec());
    }
    let cost = peak_memory_kib(&door.pid().to_string()).expect("of a process") - before;
    assert!(cost <= MEMORY_KIB_MAX, "{cost} KiB");
    println!("a scan of 10 MiB costs the door {cost} KiB, at most, of six ways to send it");
    let contents: Vec<Vec<u8>> = noted(&house)
        .await
        .into_iter()
        .map(|(_, name)| name)
        .collect();
    assert_eq!(contents, expected);
    assert_eq!(files(&house), 6);
    verdicts_come_out_again(&house).await;
    drop((door, worker, relay));
}

/// `kezek verify` computes each signature again, from what was kept.
pub async fn verdicts_come_out_again(house: &House) {
    let lines = "SELECT j.id FROM journal j WHERE kind = 'MESSAGE' ORDER BY id DESC LIMIT 6";
    let rows = house.look().await.query(lines, &[]).await.expect("rows");
    assert_eq!(rows.len(), 6);
    for row in rows {
        let line: i64 = row.get(0);
        let done = house.kezek(&["verify", &line.to_string()]).await;
        assert!(done.status.success(), "{done:?}");
    }
}

/// A body under its Content-Type, and the code that it gets.
struct Case(&'static str, &'static str, Vec<u8>);

/// What may be wrong about a scan of the child of one serial number.
fn wrong(content: &[u8], text: &str) -> Vec<Case> {
    let other = pdf(content.len(), 200);
    let attached = |sha: &str| format!("{sha}<k:attachment>cid:a@b</k:attachment>");
    let sha = digest(content);
    let signed = |media: &str, inner: &str| {
        participant().sign(&with_scan(&registration(7), media, inner), None)
    };
    let pdf_said = |inner: &str| signed("application/pdf", inner);
    let good = pdf_said(&attached(&sha));
    let beside =
        |code, message: &str, parts: &[(&str, &[u8])]| Case(code, RELATED, related(message, parts));
    let alone = |code, message: String| Case(code, "text/xml", message.into_bytes());
    let whole = |content: &[u8]| lines(content, usize::MAX, "");
    let swapped = replaced(&pdf_said(&inside(text)), text, &whole(&other));
    let encoded = related(&good, &[("a@b", &b"JVBERi0x"[..])]);
    let encoded = String::from_utf8(encoded)
        .expect("text")
        .replace(": binary", ": base64");
    let irregular = format!("{}\n{}", &text[..30_000], &lines(content, 76, "\n"));
    let apart = format!("{}{}", digest(&other), inside(text));
    vec![
        alone("attachment_absent", good.clone()),
        beside("attachment_absent", &good, &[("c@d", content)]),
        beside(
            "attachment_absent",
            &pdf_said(&attached(&digest(b""))),
            &[("a@b", b"")],
        ),
        beside(
            "scan_digest_missing",
            &pdf_said(&attached("")),
            &[("a@b", content)],
        ),
        beside("scan_digest_differs", &good, &[("a@b", &other)]),
        alone("scan_digest_differs", pdf_said(&apart)),
        alone("scan_media_differs", signed("image/png", &inside(text))),
        beside(
            "scan_media_differs",
            &signed("image/png", &attached(&sha)),
            &[("a@b", content)],
        ),
        alone(
            "value_wrong_form",
            pdf_said(&inside(&format!("{text} {text}"))),
        ),
        alone("digest_mismatch", swapped),
        alone("scan_layout", pdf_said(&inside(&irregular))),
        alone("scan_layout", pdf_said(&inside(&"A".repeat(70_001)))),
        alone(
            "scan_too_large",
            pdf_said(&inside(&whole(&pdf(13 * MEBIBYTE, 3)))),
        ),
        alone("too_large", pdf_said(&inside(&"€".repeat(70_000)))),
        beside("multipart", &good, &[("a@b", content), ("a@b", &other)]),
        Case("multipart", RELATED, encoded.into_bytes()),
        Case("multipart", RELATED, b"--b\r\n\r\nno end".to_vec()),
        Case(
            "multipart",
            "multipart/related",
            b"--b\r\n\r\nx\r\n--b--".to_vec(),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn scan_that_is_not_what_is_said_leaves_nothing_behind() {
    let house = House::open().await;
    let (door, worker, relay) = house.roles().await;
    let content = pdf(100_000, 1);
    let text = lines(&content, usize::MAX, "");
    for (number, Case(code, content_type, body)) in wrong(&content, &text).into_iter().enumerate() {
        let told = post_as(&door.door(), content_type, body).await;
        let codes: Vec<String> = match told.fault() {
            Some((_, ours)) => vec![ours],
            None => told.texts("code").into_iter().skip(1).collect(),
        };
        assert_eq!(codes, [code], "case {number}: {}", told.text);
    }
    assert_eq!(files(&house), 0);
    assert_eq!(noted(&house).await, []);
    // And the same child with the scan as it should be.
    let message = with_scan(&registration(7), "application/pdf", &inside(&text));
    let told = post(&door.door(), participant().sign(&message, None)).await;
    told.expect_success();
    assert!(is_kept(&house, &content));
    drop((door, worker, relay));
}

#[tokio::test(flavor = "multi_thread")]
async fn small_scan_is_kept_and_another_scan_is_another_application() {
    let house = House::open().await;
    let (door, worker, relay) = house.roles().await;
    let (content, other) = (pdf(2_000, 1), pdf(2_000, 2));
    let draft = registration(9);
    let message = with_scan(
        &draft,
        "application/pdf",
        &inside(&lines(&content, 76, "\n")),
    );
    let send = async |message: &str| {
        let mut message = Draft::of_content(message);
        message.set(&["messageId"], &message_id());
        post(&door.door(), participant().sign(message.content(), None)).await
    };
    let first = send(&message).await.expect_success();
    assert!(is_kept(&house, &content));
    // Laid out otherwise it is the same scan, under a new message.
    let again = with_scan(
        &draft,
        "application/pdf",
        &inside(&lines(&content, 8_000, "")),
    );
    let second = send(&again).await.expect_success();
    assert_eq!(
        second.text_of("applicationNumber"),
        first.text_of("applicationNumber")
    );
    let another = with_scan(&draft, "application/pdf", &inside(&lines(&other, 76, "\n")));
    let told = send(&another).await;
    assert_eq!(
        told.texts("code"),
        ["SCSE002", "application_differs"],
        "{}",
        told.text
    );
    assert_eq!(told.text_of("path"), "/queueRegistration/scans");
    assert_eq!(noted(&house).await.len(), 1);
    drop((door, worker, relay));
}
