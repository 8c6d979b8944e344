//! Programs on the JDK's own libraries, `tests/peers/jdk`: each is started once and asked many
//! things, field after field.

use std::io::{BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// What a peer says of a request: what was asked for, or why there is none.
pub type Told = Result<Vec<u8>, String>;

/// Asks a program all of these at once; each is answered by so many fields.
pub fn ask(program: &str, requests: &[Vec<Vec<u8>>], fields: usize) -> Vec<Vec<Told>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/peers/jdk")
        .join(program);
    let mut child = Command::new("java")
        // Short work: the second compiler and a collector with threads of its own cost more.
        .args(["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m"])
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("java is needed to compare with the JDK: apt-get install default-jdk-headless");
    let mut to = child.stdin.take().expect("it was piped");
    let mut from = BufReader::new(child.stdout.take().expect("it was piped"));
    let told = std::thread::scope(|scope| {
        scope.spawn(move || {
            for field in requests.iter().flatten() {
                let length = u32::try_from(field.len()).expect("a small field");
                // A program that ended early is told below, by what it did not answer.
                let sent = to.write_all(&length.to_be_bytes());
                if sent.and_then(|()| to.write_all(field)).is_err() {
                    return;
                }
            }
        });
        let answer = |_| (0..fields).map(|_| read(&mut from)).collect();
        requests.iter().map(answer).collect()
    });
    let status = child.wait().expect("it ran");
    assert!(status.success(), "{program} ended with {status}");
    told
}

fn read(from: &mut impl Read) -> Told {
    let mut length = [0; 4];
    from.read_exact(&mut length)
        .expect("an answer: needs a JDK of 17 or later, its compiler included");
    let length = usize::try_from(u32::from_be_bytes(length)).expect("64 bits");
    let mut octets = vec![0; length];
    from.read_exact(&mut octets).expect("the whole answer");
    let sign = octets.remove(0);
    if sign == b'+' {
        Ok(octets)
    } else {
        Err(String::from_utf8_lossy(&octets).into_owned())
    }
}
