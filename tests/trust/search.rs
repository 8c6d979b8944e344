//! A search for wrapping that nobody thought of: subtrees, names, Ids and references of believed
//! messages are moved about at random, and none of the outcomes may be believed with another
//! payload.

use std::collections::BTreeMap;

use kezek::envelope::{Code, SignedBody, shep};
use kezek::sandbox::Draft;
use kezek::signature::{Content, Trusted, believe_payload, without_signatures};
use kezek::xml::canonical;

use crate::attack::judge;
use crate::authority::{STORE, signer};
use crate::dice::Dice;
use crate::keys::in_each_form;
use crate::listed::bare_form;
use crate::tree::Node;

/// Mutants of all messages together, unless `KEZEK_SEARCH_MUTANTS` says how many. The seed of each
/// is its number, counted from `KEZEK_SEARCH_SEED`.
const MUTANTS: u64 = 100_000;
const OCTETS_MAX: usize = 1 << 20;

const NAMES: [&str; 12] = [
    "soap:Body",
    "soap:Header",
    "soap:Envelope",
    "wsse:Security",
    "ds:Signature",
    "ds:SignedInfo",
    "ds:Object",
    "ds:Reference",
    "wsu:Timestamp",
    "t:SendMessage",
    "data",
    "w",
];
const ID_NAMES: [&str; 6] = ["wsu:Id", "Id", "ID", "id", "xml:id", "o:Id"];

/// What a believed message asks.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    message_id: Option<String>,
    service: String,
    sender: Option<String>,
    data: Vec<u8>,
}

#[test]
fn no_mutant_of_a_believed_message_is_believed_with_another_payload() {
    let messages = messages();
    let from = setting("KEZEK_SEARCH_SEED").unwrap_or(0);
    let mutants = setting("KEZEK_SEARCH_MUTANTS").unwrap_or(MUTANTS);
    let numbers = from..from + mutants;
    let halves = std::thread::scope(|scope| {
        let [even, odd] = [0, 1].map(|first| {
            scope.spawn({
                let messages = &messages;
                let numbers = numbers.clone().skip(first).step_by(2);
                move || search(messages, numbers)
            })
        });
        [even, odd].map(|half| {
            half.join()
                .expect("no mutant is believed with another payload")
        })
    });
    let mut told: BTreeMap<String, u32> = BTreeMap::new();
    for (verdict, count) in halves.into_iter().flatten() {
        *told.entry(verdict).or_default() += count;
    }
    println!(
        "{mutants} mutants of {} messages from seed {from}: {told:?}",
        messages.len()
    );
    // The search went where defences stand, and some mutants changed nothing that counts.
    for code in [
        Code::BodyCount,
        Code::BodyNotSigned,
        Code::CertificateMalformed,
        Code::DigestMismatch,
        Code::DuplicateId,
        Code::NotAnEnvelope,
        Code::NotSigned,
        Code::SignatureForm,
        Code::SignatureValue,
    ] {
        assert!(
            told.contains_key(&format!("{code:?}")),
            "no mutant came to {code:?}"
        );
    }
    assert!(told.get("believed").is_some_and(|count| *count > 100));
}

/// The accepted registration under each kind of key and each form of its certificate, without and
/// with a Timestamp; every prefix is declared at the root, so that what is moved stays readable.
fn messages() -> Vec<Node> {
    let draft = Draft::registration();
    let soon = Some((kezek::clock::now(), 3_600_000));
    let mut messages = Vec::new();
    for key in ["participant", "participant-p256"] {
        for stamp in [None, soon] {
            let message = signer(key).sign(draft.content(), stamp);
            for (_, message) in in_each_form(&message, key) {
                messages.push(with_prefixes(Node::read(&message)));
            }
        }
    }
    let bare = bare_form(draft.content());
    messages.push(with_prefixes(Node::read(&bare)));
    // A payload that is signed by itself too, as a citizen does.
    let (before, rest) = draft.content().split_once("<data>").expect("data begins");
    let (payload, after) = rest.split_once("</data>").expect("data ends");
    let payload = signer("bank").sign_enveloped(payload.trim());
    let payload = payload.expect("the payload stands for itself");
    let content = format!("{before}<data>{payload}</data>{after}");
    let message = signer("participant").sign(&content, None);
    messages.push(with_prefixes(Node::read(&message)));
    messages
}

fn with_prefixes(mut root: Node) -> Node {
    for (prefix, name) in [
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
    ] {
        root.attributes
            .push((format!("xmlns:{prefix}"), name.to_owned()));
    }
    root
}

/// A number from the environment: how much a test does, and from where.
pub fn setting<N: std::str::FromStr>(name: &str) -> Option<N> {
    #[expect(clippy::disallowed_methods, reason = "how long to search")]
    let text = std::env::var(name).ok()?;
    let number = text.parse().ok();
    Some(number.unwrap_or_else(|| panic!("{name} is a number")))
}

fn search(messages: &[Node], numbers: impl Iterator<Item = u64>) -> BTreeMap<String, u32> {
    let signed: Vec<Asked> = messages
        .iter()
        .map(|message| asked(&judge(message.write().as_bytes()).expect("a believed message")))
        .collect::<Option<_>>()
        .expect("each asks something");
    let mut told: BTreeMap<String, u32> = BTreeMap::new();
    for number in numbers {
        let mut dice = Dice(number);
        let which = dice.below(messages.len());
        let mutant = mutate(&messages[which], &mut dice).write();
        let verdict = match judge(mutant.as_bytes()) {
            Err((code, _)) => format!("{code:?}"),
            Ok(trusted) => match asked(&trusted) {
                None => "believed, asks nothing".to_owned(),
                Some(now) => {
                    assert_eq!(now, signed[which], "mutant {number}:\n{mutant}");
                    "believed".to_owned()
                }
            },
        };
        *told.entry(verdict).or_default() += 1;
    }
    told
}

/// What the door reads in the tree of the arrival, which is what the worker reads in the octets.
fn asked(trusted: &Trusted) -> Option<Asked> {
    let worker = SignedBody::parse(trusted.octets()).expect("what was believed can be read again");
    let at_the_worker = shep::Request::read(worker.body())
        .ok()
        .map(|request| told(&request));
    let at_the_door = trusted.request().ok().map(|request| told(&request));
    assert_eq!(at_the_door, at_the_worker);
    // Whoever signed the payload by itself still signed what both read.
    if let Some(Ok(payload)) = trusted.request().ok().map(|request| request.payload()) {
        let believed = believe_payload(payload, &STORE, kezek::clock::now());
        // A declaration that nothing uses is signed with the payload, and not with the message.
        let (content, _) = believed.ok()?;
        let there = shep::Request::read(worker.body()).expect("it was read before");
        let there = without_signatures(there.payload().expect("the same")).expect("the same");
        let form = |content: &Content<'_>| {
            canonical::exclusive(content.element(), &[], OCTETS_MAX).expect("small")
        };
        assert_eq!(form(&content), form(&there));
    }
    at_the_door
}

fn told(request: &shep::Request<'_>) -> Asked {
    Asked {
        message_id: request.message_id.as_deref().map(str::to_owned),
        service: request.service_id.to_string(),
        sender: request.sender_id.as_deref().map(str::to_owned),
        data: canonical::exclusive(request.data(), &[], OCTETS_MAX).expect("small"),
    }
}

/// One to four changes; in half of the mutants after an evil Body took the signed one's place.
fn mutate(message: &Node, dice: &mut Dice) -> Node {
    let mut root = message.clone();
    let mut ids = ids_of(&root);
    ids.push("evil".to_owned());
    if dice.below(2) == 0 {
        wrap(&mut root, dice);
    }
    for _ in 0..=dice.below(4) {
        change(&mut root, &ids, dice);
    }
    root
}

/// The classic: the signed Body anywhere, an evil one in its place.
fn wrap(root: &mut Node, dice: &mut Dice) {
    let place = root.find("soap:Body").expect("a Body");
    let signed = root.at(place).expect("it is there").clone();
    let evil = root.at(place).expect("it is there");
    if let Some(name) = evil.find("k:surname") {
        evil.at(name).expect("it is there").children = vec![Node::text("Evil")];
    }
    match dice.below(3) {
        0 => evil.attributes.retain(|(name, _)| name != "wsu:Id"),
        1 => evil
            .attributes
            .iter_mut()
            .filter(|(name, _)| name == "wsu:Id")
            .for_each(|(_, value)| "evil".clone_into(value)),
        _ => {}
    }
    let mut moved = signed;
    if dice.below(2) == 0 {
        NAMES[dice.below(NAMES.len())].clone_into(&mut moved.name);
    }
    insert(root, moved, dice);
}

fn change(root: &mut Node, ids: &[String], dice: &mut Dice) {
    if root.size() == 1 {
        // Everything has been taken out already.
        return;
    }
    let place = 1 + dice.below(root.size() - 1);
    match dice.below(12) {
        0 | 1 => {
            if let Some(moved) = root.take(place) {
                insert(root, moved, dice);
            }
        }
        2 | 3 => {
            if let Some(copied) = root.at(place).map(|node| node.clone()) {
                insert(root, copied, dice);
            }
        }
        4 => drop(root.take(place)),
        5 => with(root, place, |node| {
            NAMES[dice.below(NAMES.len())].clone_into(&mut node.name)
        }),
        6 | 7 => {
            let (name, id) = (
                ID_NAMES[dice.below(ID_NAMES.len())],
                &ids[dice.below(ids.len())],
            );
            with(root, place, |node| {
                node.attributes.retain(|(known, _)| known != name);
                node.attributes.push((name.to_owned(), id.clone()));
            });
        }
        8 => with(root, place, |node| {
            let mut around = Node::element(NAMES[dice.below(NAMES.len())]);
            std::mem::swap(node, &mut around);
            node.children.push(around);
        }),
        9 => {
            let references = ["ds:Reference", "wsse:Reference"];
            if let Some(at) = root.find(references[dice.below(2)]) {
                let id = &ids[dice.below(ids.len())];
                with(root, at, |node| {
                    node.attributes = vec![("URI".into(), format!("#{id}"))]
                });
            }
        }
        10 => with(root, place, |node| {
            node.attributes.retain(|(name, _)| !name.ends_with("Id"));
        }),
        _ => {
            let texts = ["1", "Evil", "<!-- -->", "S-12", " "];
            let text = texts[dice.below(texts.len())];
            with(root, place, |node| node.children.push(Node::text(text)));
        }
    }
}

/// Changes an element; text stays as it is.
fn with(root: &mut Node, place: usize, change: impl FnOnce(&mut Node)) {
    if let Some(node) = root.at(place).filter(|node| !node.name.is_empty()) {
        change(node);
    }
}

fn insert(root: &mut Node, node: Node, dice: &mut Dice) {
    let anchors = [
        "soap:Envelope",
        "soap:Header",
        "wsse:Security",
        "ds:Signature",
        "soap:Body",
    ];
    let anchor = match dice.below(3) {
        0 => dice.below(root.size()),
        _ => root.find(anchors[dice.below(anchors.len())]).unwrap_or(0),
    };
    with(root, anchor, |parent| {
        let at = dice.below(parent.children.len() + 1);
        parent.children.insert(at, node);
    });
}

fn ids_of(node: &Node) -> Vec<String> {
    let own = node
        .attributes
        .iter()
        .filter(|(name, _)| name.ends_with("Id"));
    let own = own.map(|(_, id)| id.clone());
    own.chain(node.children.iter().flat_map(ids_of)).collect()
}
