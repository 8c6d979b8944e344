//! Bad HTTP around good messages: it opens no second way in, and what it cannot be told apart from
//! is never read.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};

use kezek::envelope::OCTETS_MAX;
use kezek::sandbox::Answer;
use serde_json::Value;

use crate::bad_input::evidence;
use crate::house::House;
use crate::post::{participant, rank_check, registration};
use crate::raw;

const SPEECH: &str = "POST /shep/sync HTTP/1.1\r\nHost: door\r\n";
/// A request that an attacker hides behind another one.
const HIDDEN: &str = "GET /health/live HTTP/1.1\r\nHost: hidden\r\n\r\n";

/// A message that is answered with success: the question of a child that waits for nothing.
fn question() -> String {
    participant().sign(rank_check(1).content(), None)
}

fn posted(headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let ends = "Connection: close\r\n\r\n";
    format!("{SPEECH}{headers}Content-Length: {length}\r\n{ends}{body}").into_bytes()
}

fn codes(body: &str) -> Vec<String> {
    let told = Answer::read(body.as_bytes()).unwrap_or_else(|| panic!("no XML: {body}"));
    told.texts("errorCode")
}

#[tokio::test(flavor = "multi_thread")]
async fn body_under_a_content_encoding_gets_its_fault_and_leaves_evidence() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let (client, address) = (house.look().await, door.address());
    let message = participant().sign(registration(1).content(), None);
    for (n, headers) in (1..).zip([
        "Content-Encoding: gzip\r\n",
        "Content-Encoding: deflate\r\nContent-Type: text/xml\r\n",
        "content-encoding: identity, br\r\n",
        "Content-Encoding: identity\r\nContent-Encoding: gzip\r\n",
        "Content-Encoding: \r\n",
    ]) {
        let peer = Ipv4Addr::new(127, 0, 6, n);
        let told = raw::exchange(&address, peer, &posted(headers, &message)).await;
        let (status, body) = raw::parts(&told);
        assert_eq!(status, 500, "{headers}: {told}");
        assert_eq!(codes(body), ["SCE001", "content_encoding"], "{headers}");
        let row = evidence(&client, peer).await;
        let verdict: Value = row.get("verdict");
        assert_eq!(verdict["code"], "content_encoding");
        assert_eq!(verdict["size"], message.len());
        assert!(row.get::<_, Option<Vec<u8>>>("raw").is_none());
    }
    // Larger than a body may be it is not read, whatever it says of itself.
    let peer = Ipv4Addr::new(127, 0, 6, 100);
    let large = format!(
        "{SPEECH}Content-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        OCTETS_MAX + 1
    );
    let told = raw::exchange(&address, peer, large.as_bytes()).await;
    assert_eq!(codes(raw::parts(&told).1), ["SCE001", "too_large"]);
    // The word for "as it is" is none of these, in any case.
    let plain = posted("Content-Encoding: Identity\r\n", &message);
    let told = raw::exchange(&address, peer, &plain).await;
    assert_eq!(raw::parts(&told).0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_that_name_another_operation_change_nothing() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let (address, peer) = (door.address(), Ipv4Addr::new(127, 0, 7, 1));
    let message = question();
    let plain = raw::exchange(&address, peer, &posted("", &message)).await;
    let (status, expected) = raw::parts(&plain);
    assert_eq!(status, 200, "{plain}");
    let expected = Answer::read(expected.as_bytes()).expect("XML");
    for headers in [
        "SOAPAction: \"urn:Withdraw\"\r\n",
        "SOAPAction: urn:SendMessage\r\nSOAPAction: urn:DeleteMessage\r\n",
        "Content-Type: application/soap+xml; action=\"urn:Withdraw\"\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
        "X-HTTP-Method-Override: DELETE\r\nX-Original-URL: /metrics\r\n",
    ] {
        let told = raw::exchange(&address, peer, &posted(headers, &message)).await;
        let (status, body) = raw::parts(&told);
        assert_eq!(status, 200, "{headers}: {told}");
        let told = Answer::read(body.as_bytes()).expect("XML");
        for name in ["code", "correlationId"] {
            assert_eq!(told.texts(name), expected.texts(name), "{headers}");
        }
    }
    // A message in parts is the part that is named, and nothing where there are none.
    let header = "Content-Type: multipart/related; boundary=part; type=\"text/xml\"\r\n";
    let told = raw::exchange(&address, peer, &posted(header, &message)).await;
    assert_eq!(codes(raw::parts(&told).1), ["SCE001", "multipart"]);
    let parts = format!(
        "--part\r\nContent-Type: text/xml\r\nContent-ID: <1>\r\n\r\n{message}\r\n--part--\r\n"
    );
    let header = "Content-Type: multipart/related; boundary=part; start=\"<1>\"\r\n";
    let told = raw::exchange(&address, peer, &posted(header, &parts)).await;
    assert_eq!(raw::parts(&told).0, 200, "{told}");
    let other = header.replace("<1>", "<2>");
    let told = raw::exchange(&address, peer, &posted(&other, &parts)).await;
    assert_eq!(codes(raw::parts(&told).1), ["SCE001", "multipart"]);
}

// The answer goes back on the connection on which the question came, wherever it asks for it.
#[tokio::test(flavor = "multi_thread")]
async fn addresses_in_headers_are_never_called() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let (address, peer) = (door.address(), Ipv4Addr::new(127, 0, 11, 1));
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a free port");
    elsewhere.set_nonblocking(true).expect("a socket of ours");
    let here = elsewhere.local_addr().expect("bound");
    let blocks: String = ["ReplyTo", "FaultTo", "From"]
        .iter()
        .map(|name| format!("<a:{name}><a:Address>http://{here}/</a:Address></a:{name}>"))
        .collect();
    let namespace = "<soap:Header xmlns:a=\"http://www.w3.org/2005/08/addressing\">";
    let with_blocks =
        |message: &str| message.replacen("<soap:Header>", &format!("{namespace}{blocks}"), 1);
    let good = with_blocks(&question());
    assert!(good.contains("ReplyTo"), "{good}");
    let told = raw::exchange(&address, peer, &posted("", &good)).await;
    assert_eq!(raw::parts(&told).0, 200, "{told}");
    let bad = good.replacen("<messageId>", "<messageId>x", 1);
    let told = raw::exchange(&address, peer, &posted("", &bad)).await;
    assert_eq!(codes(raw::parts(&told).1)[1], "digest_mismatch", "{told}");
    // Whoever had called would stand in the queue of the listener by now.
    let called = elsewhere.accept().map_err(|error| error.kind());
    assert_eq!(called.err(), Some(ErrorKind::WouldBlock));
}

#[tokio::test(flavor = "multi_thread")]
async fn other_verbs_carry_no_message() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let (address, peer) = (door.address(), Ipv4Addr::new(127, 0, 8, 1));
    let message = participant().sign(registration(1).content(), None);
    for (verb, path, expected) in [
        ("PUT", "/shep/sync", 405),
        ("PATCH", "/shep/sync", 405),
        ("DELETE", "/shep/sync", 405),
        ("TRACE", "/shep/sync", 405),
        ("OPTIONS", "/shep/sync", 405),
        ("post", "/shep/sync", 405),
        ("GET", "/shep/sync", 404),
        ("GET", "/shep/sync?wsdl", 200),
        ("POST", "/shep/sync/", 404),
        ("POST", "/shep//sync", 404),
        ("POST", "/shep/%73ync", 404),
        ("POST", "/SHEP/SYNC", 404),
        ("POST", "/shep/./sync", 404),
    ] {
        let speech = String::from_utf8(posted("", &message)).expect("text");
        let speech = speech.replacen("POST /shep/sync", &format!("{verb} {path}"), 1);
        let told = raw::exchange(&address, peer, speech.as_bytes()).await;
        assert_eq!(raw::parts(&told).0, expected, "{verb} {path}: {told}");
        assert!(!told.contains("SCSS001"), "{verb} {path}: {told}");
        // What a TRACE would give back is what it was sent.
        assert!(!told.contains("<messageId>"), "{verb} {path}: {told}");
    }
    let client = house.look().await;
    let rows = client.query_one("SELECT count(*) FROM inbox", &[]).await;
    assert_eq!(rows.expect("counts").get::<_, i64>(0), 0);
}

/// What each is, what is said, and the status of the one reply.
fn in_doubt() -> Vec<(&'static str, String, u16)> {
    let message = question();
    let (length, hidden) = (message.len(), HIDDEN.len());
    let chunks = format!("{length:x}\r\n{message}\r\n0\r\n\r\n");
    let all = message.len() + hidden;
    let plain = |head: String| format!("{SPEECH}{head}\r\n{message}{HIDDEN}");
    let chunked = |head: String| format!("{SPEECH}{head}\r\n{chunks}{HIDDEN}");
    let in_chunks = "Transfer-Encoding: chunked\r\n";
    vec![
        // Chunks count, and nothing behind them is read.
        (
            "both, length first",
            chunked(format!("Content-Length: {all}\r\n{in_chunks}")),
            200,
        ),
        (
            "both, length last",
            chunked(format!("{in_chunks}Content-Length: 5\r\n")),
            200,
        ),
        (
            "two lengths",
            plain(format!(
                "Content-Length: {length}\r\nContent-Length: {all}\r\n"
            )),
            400,
        ),
        (
            "a list of lengths",
            plain(format!("Content-Length: {length}, {length}\r\n")),
            400,
        ),
        (
            "a signed length",
            plain(format!("Content-Length: +{length}\r\n")),
            400,
        ),
        (
            "a space before the colon",
            chunked("Transfer-Encoding : chunked\r\n".into()),
            400,
        ),
        (
            "a folded line",
            chunked("Transfer-Encoding:\r\n chunked\r\n".into()),
            400,
        ),
        (
            "chunks not last",
            chunked("Transfer-Encoding: chunked, identity\r\n".into()),
            400,
        ),
        (
            "an unknown coding",
            chunked("Transfer-Encoding: xchunked\r\n".into()),
            400,
        ),
        (
            "chunks in HTTP/1.0",
            chunked(in_chunks.into()).replacen("HTTP/1.1", "HTTP/1.0", 1),
            400,
        ),
        (
            "an octet of no field",
            plain(format!("Content-Length: {length}\r\nX: a\0b\r\n")),
            400,
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_whose_end_is_in_doubt_hide_no_second_one() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let (address, peer) = (door.address(), Ipv4Addr::new(127, 0, 9, 1));
    for (what, speech, expected) in in_doubt() {
        let told = raw::exchange(&address, peer, speech.as_bytes()).await;
        assert_eq!(raw::parts(&told).0, expected, "{what}: {told}");
        assert_eq!(told.matches("HTTP/1.").count(), 1, "{what}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn chunks_are_read_strictly_and_their_extensions_under_a_cap() {
    let house = House::open().await;
    let (door, _worker, _relay) = house.roles().await;
    let (address, peer) = (door.address(), Ipv4Addr::new(127, 0, 10, 1));
    let message = question();
    let length = message.len();
    let end = "0\r\n\r\n";
    for (what, chunks, expected) in [
        (
            "an extension",
            format!("{length:x};name=\"value\"\r\n{message}\r\n{end}"),
            None,
        ),
        (
            "extensions without end",
            format!("{length:x};{}\r\n{message}\r\n{end}", "x".repeat(20_000)),
            Some("not_xml"),
        ),
        (
            "a size beyond all numbers",
            format!("fffffffffffffffff\r\n{message}\r\n{end}"),
            Some("not_xml"),
        ),
        (
            "a signed size",
            format!("-{length:x}\r\n{message}\r\n{end}"),
            Some("not_xml"),
        ),
        (
            "a size that is too small",
            format!("{:x}\r\n{message}\r\n{end}", length - 1),
            Some("not_xml"),
        ),
        (
            "lines that end by half",
            format!("{length:x}\n{message}\n{end}"),
            Some("not_xml"),
        ),
        (
            "no last chunk",
            format!("{length:x}\r\n{message}\r\nzz\r\n"),
            Some("not_xml"),
        ),
    ] {
        let speech = format!("{SPEECH}Transfer-Encoding: chunked\r\n\r\n{chunks}{HIDDEN}");
        let told = raw::exchange(&address, peer, speech.as_bytes()).await;
        let (status, body) = raw::parts(&told);
        match expected {
            None => assert_eq!(status, 200, "{what}: {told}"),
            Some(code) => assert_eq!(codes(body), ["SCE001", code], "{what}: {told}"),
        }
        assert_eq!(told.matches("HTTP/1.").count(), 1, "{what}: {told}");
    }
}
