//! Raw HTTP, for senders that do not keep to it, and for senders of several addresses.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpSocket, TcpStream};

/// A connection from an address of the loopback network; evidence is kept per address.
pub async fn connect(door: &str, from: Ipv4Addr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket
        .bind(SocketAddr::from((from, 0)))
        .expect("an address of the loopback network");
    let door: SocketAddr = door.parse().expect("host:port");
    socket.connect(door).await.expect("the door listens")
}

/// The head of a POST, without its length.
pub fn head(more: &str) -> String {
    format!(
        "POST /shep/sync HTTP/1.1\r\nHost: door\r\nContent-Type: text/xml\r\n\
         Connection: close\r\n{more}\r\n"
    )
}

/// Posts a body whole, and reads the reply.
pub async fn post(door: &str, from: Ipv4Addr, body: &[u8]) -> (u16, String) {
    let stream = connect(door, from).await;
    let octets = [
        head(&format!("Content-Length: {}\r\n", body.len())).as_bytes(),
        body,
    ]
    .concat();
    speak(stream, async move |to| {
        to.write_all(&octets).await.ok();
    })
    .await
}

/// Reads a reply while `say` is still being said; a door that has heard enough answers at once.
pub async fn speak(stream: TcpStream, say: impl AsyncFnOnce(&mut OwnedWriteHalf)) -> (u16, String) {
    let text = hear(stream, say).await;
    let (status, body) = parts(&text);
    (status, body.to_owned())
}

async fn hear(stream: TcpStream, say: impl AsyncFnOnce(&mut OwnedWriteHalf)) -> String {
    let (mut from, mut to) = stream.into_split();
    let hear = async {
        let mut octets = Vec::new();
        let mut piece = [0; 4096];
        // A reset after the reply is no harm: the door need not take in what it refused.
        while let Ok(length) = from.read(&mut piece).await {
            if length == 0 {
                break;
            }
            octets.extend_from_slice(&piece[..length]);
        }
        octets
    };
    let ((), octets) = tokio::join!(say(&mut to), hear);
    String::from_utf8(octets).expect("UTF-8")
}

/// Says octets, and hears everything until the door closes.
pub async fn exchange(door: &str, from: Ipv4Addr, octets: &[u8]) -> String {
    let said = async |to: &mut OwnedWriteHalf| {
        to.write_all(octets).await.ok();
    };
    hear(connect(door, from).await, said).await
}

/// Status and body of a reply.
pub fn parts(text: &str) -> (u16, &str) {
    let (head, body) = text
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("no reply: {text:?}"));
    let status = head.split(' ').nth(1).expect("a status");
    (status.parse().expect("a number"), body)
}
