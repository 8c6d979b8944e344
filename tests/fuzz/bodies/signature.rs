//! Believing: whatever is believed says exactly what somebody signed.
//!
//! Octets that begin with `<` are a message. Others are steps that change one of the believed ones:
//! which message, then four octets a step, so that small changes of octets are small changes of a
//! tree and the search comes to wrappings by itself.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use kezek::envelope::{Envelope, SignedBody};
use kezek::signature::{Trusted, believe_payload, verify, without_signatures};
use kezek::xml::canonical;

use super::document::OCTETS_MAX;
use super::envelope::same_reading;
use super::ground::GROUND;
use crate::tree::Node;

const STEPS_MAX: usize = 16;
/// What a copied part may make of a tree.
const NODES_MAX: usize = 2_000;
const NAMES: [&str; 16] = [
    "soap:Body",
    "soap:Header",
    "soap:Envelope",
    "wsse:Security",
    "wsse:SecurityTokenReference",
    "wsse:BinarySecurityToken",
    "wsu:Timestamp",
    "ds:Signature",
    "ds:SignedInfo",
    "ds:Reference",
    "ds:Transform",
    "ds:Object",
    "ds:KeyInfo",
    "t:SendMessage",
    "data",
    "payload",
];
const ID_NAMES: [&str; 6] = ["wsu:Id", "Id", "ID", "id", "xml:id", "URI"];
const PREFIXES: [(&str, &str); 6] = [
    (
        "wsse",
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    ),
    (
        "wsu",
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
    ),
    ("ds", "http://www.w3.org/2000/09/xmldsig#"),
    ("t", "http://bip.bee.kz/SyncChannel/v10/Types"),
    ("k", "urn:kz:kezek:services:v1"),
    ("o", "urn:other"),
];

/// What the believed messages say: the octets of each Body, and the content of each payload that is
/// signed by itself, with who signed it.
struct Signed {
    bodies: BTreeSet<Vec<u8>>,
    payloads: BTreeSet<(Vec<u8>, Vec<[u8; 32]>)>,
    trees: Vec<Node>,
}

static SIGNED: LazyLock<Signed> = LazyLock::new(|| {
    let mut signed = Signed {
        bodies: BTreeSet::new(),
        payloads: BTreeSet::new(),
        trees: Vec::new(),
    };
    for (name, message) in &GROUND.messages {
        let trusted = believe(message).unwrap_or_else(|| panic!("{name} is believed"));
        signed.payloads.extend(payload(&trusted));
        signed.bodies.insert(trusted.into_octets());
        let text = std::str::from_utf8(message).expect("UTF-8");
        signed.trees.push(with_prefixes(Node::read(text)));
    }
    signed
});

/// Verifies a message that was changed in any way.
pub fn signature(octets: &[u8]) {
    let message = match octets {
        [b'<', ..] => octets.to_vec(),
        _ => match changed(octets) {
            Some(message) => message,
            None => return,
        },
    };
    let Some(trusted) = believe(&message) else {
        return;
    };
    assert!(SIGNED.bodies.contains(trusted.octets()), "nobody signed it");
    assert!(GROUND.issued(trusted.verified().certificate()));
    let worker = SignedBody::parse(trusted.octets()).expect("what was believed can be read");
    same_reading(trusted.body(), worker.body());
    if let Ok(request) = trusted.request() {
        let speaker = GROUND
            .directory
            .speaker(trusted.verified().certificate(), &request);
        let named = |id: &str| request.sender_id.as_deref().is_none_or(|named| named == id);
        assert!(speaker.is_ok_and(|speaker| named(&speaker.participant.id)));
    }
    if let Some(signed) = payload(&trusted) {
        assert!(SIGNED.payloads.contains(&signed), "another payload");
    }
}

fn believe(message: &[u8]) -> Option<Trusted> {
    let envelope = Envelope::read(message).ok()?;
    verify(envelope, &GROUND.store, GROUND.at).ok()
}

/// The content of a payload that is believed by itself, and the certificates of those who signed.
fn payload(trusted: &Trusted) -> Option<(Vec<u8>, Vec<[u8; 32]>)> {
    let request = trusted.request().ok()?;
    let (content, signatories) =
        believe_payload(request.payload().ok()?, &GROUND.store, GROUND.at).ok()?;
    let worker = without_signatures(request.payload().ok()?).expect("the worker reads it too");
    let form = |element| canonical::exclusive(element, &[], OCTETS_MAX).expect("its bound");
    let content = form(content.element());
    assert_eq!(content, form(worker.element()), "the worker reads the same");
    let signatories = signatories.iter().map(|by| by.certificate().fingerprint());
    Some((content, signatories.collect()))
}

/// Every prefix is declared at the root, so that what is moved stays readable.
fn with_prefixes(mut root: Node) -> Node {
    for (prefix, name) in PREFIXES {
        let name = (format!("xmlns:{prefix}"), name.to_owned());
        if !root.attributes.iter().any(|(known, _)| *known == name.0) {
            root.attributes.push(name);
        }
    }
    root
}

fn changed(octets: &[u8]) -> Option<Vec<u8>> {
    let (which, steps) = octets.split_first()?;
    let trees = &SIGNED.trees;
    let mut root = trees[usize::from(*which) % trees.len()].clone();
    for step in steps.chunks_exact(4).take(STEPS_MAX) {
        let [what, from, to, how] = *step else { break };
        change(&mut root, what, (from.into(), to.into()), how.into());
    }
    Some(root.write().into_bytes())
}

/// One step. Places are counted in the order of the document; beyond its end they begin again.
fn change(root: &mut Node, what: u8, (from, to): (usize, usize), how: usize) {
    let size = root.size();
    let (from, to) = (from % size, to % size);
    match what % 11 {
        0 => {
            if let Some(moved) = root.take(from) {
                insert(root, moved, to, how);
            }
        }
        1 => {
            let copied = root.at(from).filter(|node| node.size() + size <= NODES_MAX);
            if let Some(copied) = copied.map(|node| node.clone()) {
                insert(root, copied, to, how);
            }
        }
        2 => drop(root.take(from)),
        3 => element(root, from, |node| NAMES[to % 16].clone_into(&mut node.name)),
        4 => {
            let ids = ids_of(root);
            let id = ids
                .get(how % (ids.len() + 1))
                .map_or("evil", String::as_str);
            let id = id.trim_start_matches('#').to_owned();
            element(root, from, |node| {
                let name = ID_NAMES[to % 6];
                let mark = if name == "URI" { "#" } else { "" };
                node.attributes.retain(|(known, _)| known != name);
                node.attributes
                    .push((name.to_owned(), format!("{mark}{id}")));
            });
        }
        5 => element(root, from, |node| {
            let mut around = Node::element(NAMES[to % 16]);
            std::mem::swap(node, &mut around);
            node.children.push(around);
        }),
        6 => element(root, from, |node| node.children.truncate(how % 4)),
        7 => element(root, from, |node| {
            node.attributes.retain(|(name, _)| !name.ends_with("Id"));
        }),
        8 => {
            let texts = [
                "1",
                "Evil",
                "<!---->",
                "S-12",
                " ",
                "&#13;",
                "<![CDATA[x]]>",
                "\u{E9}",
            ];
            element(root, from, |node| {
                node.children.push(Node::text(texts[how % 8]))
            });
        }
        9 => {
            // From one of its names to another: `soap:Body` anywhere, by name and not by place.
            if let Some(moved) = root.find(NAMES[from % 16]).and_then(|at| root.take(at)) {
                let to = root.find(NAMES[to % 16]).unwrap_or(0);
                insert(root, moved, to, how);
            }
        }
        _ => element(root, from, |node| {
            if let Some((_, value)) = node.attributes.get_mut(to % 4) {
                PREFIXES[how % 6].1.clone_into(value);
            }
        }),
    }
}

/// Changes an element; text stays as it is.
fn element(root: &mut Node, place: usize, change: impl FnOnce(&mut Node)) {
    if let Some(node) = root.at(place).filter(|node| !node.name.is_empty()) {
        change(node);
    }
}

fn insert(root: &mut Node, node: Node, to: usize, how: usize) {
    element(root, to, |parent| {
        let at = how % (parent.children.len() + 1);
        parent.children.insert(at, node);
    });
}

fn ids_of(node: &Node) -> Vec<String> {
    let own = node
        .attributes
        .iter()
        .filter(|(name, _)| ID_NAMES.contains(&name.as_str()));
    let own = own.map(|(_, id)| id.clone());
    own.chain(node.children.iter().flat_map(ids_of)).collect()
}
