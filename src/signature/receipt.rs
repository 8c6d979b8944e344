//! Receipts: proof that a message was here at a time, for a repeat (D-35).
//!
//! Nobody loses time by our outage: each "try again" carries one, and a repeat that returns it
//! keeps the time of the first reception, whatever gateway it reaches. All gateways share the key.

use std::path::{Path, PathBuf};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::envelope::shep::Request;
use crate::terms::Moment;
use crate::xml::{Attribute, Element, Node};

use super::enveloped::signatures;
use super::{SecretFault, secret_file, sha256};

/// Hints of XML Schema, which nobody here interprets: they are no part of what is said.
const XSI_NAMESPACE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Keys of one file: that of now, and those before it.
const KEYS_MAX: usize = 8;

/// The digest of what a message says: its service, its sender and the content of `data`.
///
/// A repeat is made anew by many clients: it has another date, another Id of its Body, the receipt
/// among its properties, other prefixes, line breaks between its elements, other values of the
/// signatures in its payload. None of that is content. What is: each element and attribute by its
/// expanded name, in the order of the elements, and each text to the letter; every part with its
/// length before it, so that no two contents are written alike.
pub fn content_digest(request: &Request<'_>) -> [u8; 32] {
    let mut octets = Vec::with_capacity(4 * 1024);
    part(&request.service_id, &mut octets);
    part(
        request.sender_id.as_deref().unwrap_or_default(),
        &mut octets,
    );
    match request.payload() {
        Ok(payload) => {
            let root = payload.element();
            content(root, &signatures(root), &mut octets);
        }
        // Nothing that can be read, so what is there counts as it stands.
        Err(_) => content(request.data(), &[], &mut octets),
    }
    sha256(&octets)
}

/// Writes one element and what it holds, without those that are left out.
fn content(element: Element<'_>, omitted: &[Element<'_>], to: &mut Vec<u8>) {
    to.push(b'<');
    part(element.namespace(), to);
    part(element.local(), to);
    let said = element
        .attributes()
        .filter(|a| a.namespace != XSI_NAMESPACE);
    let mut attributes: Vec<Attribute<'_>> = said.collect();
    attributes.sort_unstable_by_key(|a| (a.namespace, a.local));
    for attribute in attributes {
        to.push(b'@');
        part(attribute.namespace, to);
        part(attribute.local, to);
        part(attribute.value, to);
    }
    let mut children = element.children().peekable();
    if children.peek().is_none() {
        to.push(b'#');
        part(&element.text(), to);
    } else if element.has_text() {
        // No payload of ours mixes them; whoever does has each text counted in its place.
        mixed(element, omitted, to);
    } else {
        for child in children.filter(|child| !omitted.contains(child)) {
            content(child, omitted, to);
        }
    }
    to.push(b'>');
}

fn mixed(element: Element<'_>, omitted: &[Element<'_>], to: &mut Vec<u8>) {
    let mut text = String::new();
    for node in element.nodes() {
        match node {
            Node::Element(child) if omitted.contains(&child) => {}
            Node::Element(child) => {
                to.push(b'#');
                part(&text, to);
                text.clear();
                content(child, omitted, to);
            }
            Node::Text(more) => text.push_str(more),
            Node::Comment(_) | Node::Instruction(_) => {}
        }
    }
    to.push(b'#');
    part(&text, to);
}

/// Writes a text with its length before it.
fn part(text: &str, to: &mut Vec<u8>) {
    to.extend_from_slice(&(text.len() as u64).to_be_bytes());
    to.extend_from_slice(text.as_bytes());
}

/// What a receipt speaks of.
#[derive(Debug, Clone, Copy)]
pub struct Receipted<'a> {
    /// The participant.
    pub sender: &'a str,
    /// The messageId, empty where there was none.
    pub message_id: &'a str,
    /// The digest of the content.
    pub digest: &'a [u8; 32],
}

/// The keys of receipts: the first one makes them, all of them read them.
pub struct ReceiptKey(Vec<hmac::Key>);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptFault {
    /// It holds none.
    #[error(
        "{0} must hold 64 or more hexadecimal digits, an even number of them, a line for each key"
    )]
    Digits(PathBuf),
    /// It cannot be read, or others can read it.
    #[error(transparent)]
    Secret(#[from] SecretFault),
}

impl ReceiptKey {
    /// Loads a file of hexadecimal digits. A new key is written above the old one, which stays for
    /// the thirty days for which its receipts can come back.
    ///
    /// # Errors
    /// [`ReceiptFault`], where it cannot be read, others can read it, or it holds too few.
    pub fn load(path: &Path) -> Result<Self, ReceiptFault> {
        let octets = secret_file::read(path)?;
        let keys = std::str::from_utf8(&octets).ok().and_then(|text| {
            let lines = text.lines().map(str::trim);
            let lines = lines.filter(|line| !line.is_empty()).take(KEYS_MAX);
            lines.map(key).collect::<Option<Vec<_>>>()
        });
        match keys {
            Some(keys) if !keys.is_empty() => Ok(Self(keys)),
            Some(_) | None => Err(ReceiptFault::Digits(path.to_owned())),
        }
    }

    /// A key of at least 32 octets.
    pub fn new(secret: &[u8]) -> Option<Self> {
        let long = secret.len() >= 32;
        long.then(|| Self(vec![hmac::Key::new(hmac::HMAC_SHA256, secret)]))
    }

    /// A receipt: `r1.<milliseconds>.<code>`, under 100 characters.
    pub fn give(&self, of: &Receipted<'_>, received_at: Moment) -> String {
        let millis = received_at.millis();
        let tag = hmac::sign(&self.0[0], &statement(of, millis));
        format!("r1.{millis}.{}", URL_SAFE_NO_PAD.encode(tag))
    }

    /// The time that a receipt proves, if it was given for this message.
    pub fn read(&self, receipt: &str, of: &Receipted<'_>) -> Option<Moment> {
        let (millis, code) = receipt.strip_prefix("r1.")?.split_once('.')?;
        let millis: i64 = millis.parse().ok()?;
        let tag = URL_SAFE_NO_PAD.decode(code).ok()?;
        let statement = statement(of, millis);
        let fits = |key: &hmac::Key| hmac::verify(key, &statement, &tag).is_ok();
        self.0.iter().any(fits).then_some(())?;
        Moment::from_millis(millis)
    }
}

impl std::fmt::Debug for ReceiptKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReceiptKey")
    }
}

fn key(line: &str) -> Option<hmac::Key> {
    let digits: Vec<u32> = line
        .chars()
        .map(|c| c.to_digit(16))
        .collect::<Option<_>>()?;
    let octet = |pair: &[u32]| match pair {
        [high, low] => u8::try_from(high * 16 + low).ok(),
        _ => None,
    };
    let secret: Vec<u8> = digits.chunks(2).map(octet).collect::<Option<_>>()?;
    (secret.len() >= 32).then(|| hmac::Key::new(hmac::HMAC_SHA256, &secret))
}

/// Each part with its length, so that no two messages make the same statement.
fn statement(of: &Receipted<'_>, millis: i64) -> Vec<u8> {
    let mut octets = b"kezek receipt 1".to_vec();
    for part in [
        of.sender.as_bytes(),
        of.message_id.as_bytes(),
        of.digest,
        &millis.to_be_bytes(),
    ] {
        octets.extend_from_slice(&(part.len() as u64).to_be_bytes());
        octets.extend_from_slice(part);
    }
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipt_proves_its_time_for_its_message_alone() {
        let key = ReceiptKey::new(&[7; 32]).expect("long enough");
        let of = Receipted {
            sender: "a",
            message_id: "m",
            digest: &[1; 32],
        };
        let at = Moment::from_millis(1_795_000_000_123).expect("a moment");
        let receipt = key.give(&of, at);
        assert!(receipt.len() < 100);
        assert_eq!(key.read(&receipt, &of), Some(at));
        let others = [
            Receipted { sender: "b", ..of },
            Receipted {
                message_id: "n",
                ..of
            },
            Receipted {
                digest: &[2; 32],
                ..of
            },
            Receipted {
                sender: "am",
                message_id: "",
                ..of
            },
        ];
        assert!(
            others
                .iter()
                .all(|other| key.read(&receipt, other).is_none())
        );
        let earlier = receipt.replacen("1795000000123", "1794000000123", 1);
        assert_eq!(key.read(&earlier, &of), None);
        let other_key = ReceiptKey::new(&[8; 32]).expect("long enough");
        assert_eq!(other_key.read(&receipt, &of), None);
        assert!(ReceiptKey::new(&[7; 31]).is_none());
    }
}
