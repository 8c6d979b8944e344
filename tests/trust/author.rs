//! Signs a message of any form: what is wrong with it then is its form and nothing else.
//!
//! Digests and the value are filled into the markup as it stands, so that every form can be signed
//! that another author might write, those that must be refused above all.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kezek::signature::{pem_blocks, sha256};
use kezek::xml::{Document, Element, Limits, canonical};

use crate::authority::{FOLDER, send_message, signer};

const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const LIMITS: Limits = Limits {
    bytes_max: 1 << 20,
    nodes_max: 100_000,
    declarations_max: 10_000,
    element_attributes_max: 1_000,
    ..Limits::MESSAGE
};
const OCTETS_MAX: usize = 16 << 20;

/// A private key that signs octets.
pub enum Hand {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
}

impl Hand {
    /// The forged key of this name.
    pub fn of(key: &str) -> Self {
        let file = FOLDER.join("keys").join(format!("{key}.key"));
        let pem = std::fs::read(file).expect("the key was forged");
        let pkcs8 = pem_blocks(&pem, "PRIVATE KEY").expect("base64").remove(0);
        match RsaKeyPair::from_pkcs8(&pkcs8) {
            Ok(key) => Self::Rsa(key),
            Err(_) => Self::P256(
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8)
                    .expect("RSA or P-256"),
            ),
        }
    }

    fn sign(&self, octets: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let mut value = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, octets, &mut value)
                    .expect("an RSA key signs");
                value
            }
            Self::P256(key) => key
                .sign(&random, octets)
                .expect("a P-256 key signs")
                .as_ref()
                .to_vec(),
        }
    }
}

/// A message with a Timestamp, signed by a key as the sandbox signs.
pub fn stamped(key: &str) -> String {
    signer(key).sign(
        &send_message("egov-mobile"),
        Some((kezek::clock::now(), 300_000)),
    )
}

/// A stamped message, changed, then signed once more by the same key.
pub fn changed_then_signed(key: &str, change: impl Fn(&str) -> String) -> String {
    let message = stamped(key);
    let changed = change(&message);
    assert_ne!(changed, message, "the change changes something");
    sign_again(&changed, key)
}

/// The same message with every digest taken anew, and the value made anew by a forged key.
pub fn sign_again(message: &str, key: &str) -> String {
    let mut message = message.to_owned();
    let references = references(&message);
    let mut from = 0;
    for digest in references {
        let Some((start, end)) = inside(&message[from..], "DigestValue") else {
            break;
        };
        if let Some(digest) = digest {
            message.replace_range(from + start..from + end, &STANDARD.encode(digest));
        }
        from += start + "</".len();
    }
    sign_value(&message, key)
}

/// The same message with its digests as they are, and the value made anew by a forged key.
pub fn sign_value(message: &str, key: &str) -> String {
    let value = Hand::of(key).sign(&signed_info(message));
    with_inside(message, "SignatureValue", |_| STANDARD.encode(&value))
}

/// The digest of what each Reference names, where it names an element.
fn references(message: &str) -> Vec<Option<[u8; 32]>> {
    let document = Document::parse(message.as_bytes(), &LIMITS).expect("well-formed");
    let references = document.elements().filter(|e| e.is(DS, "Reference"));
    references
        .map(|reference| {
            let id = reference.attribute("", "URI")?.strip_prefix('#')?;
            let target = document
                .elements()
                .find(|e| e.attributes().any(|a| a.local == "Id" && a.value == id))?;
            Some(sha256(&canonical_of(target, prefix_list(reference))))
        })
        .collect()
}

/// The canonical octets of SignedInfo, which the value is made over.
pub fn signed_info(message: &str) -> Vec<u8> {
    let document = Document::parse(message.as_bytes(), &LIMITS).expect("well-formed");
    let signed_info = document.elements().find(|e| e.is(DS, "SignedInfo"));
    let signed_info = signed_info.expect("a SignedInfo");
    let method = signed_info.child(DS, "CanonicalizationMethod");
    canonical_of(signed_info, method.map_or("", prefix_list))
}

fn prefix_list<'d>(of: Element<'d>) -> &'d str {
    let mut inside = of.document().elements().filter(|e| of.holds(*e));
    let list = inside.find(|e| e.local() == "InclusiveNamespaces");
    list.and_then(|list| list.attribute("", "PrefixList"))
        .unwrap_or_default()
}

fn canonical_of(element: Element<'_>, prefixes: &str) -> Vec<u8> {
    let prefixes: Vec<&str> = prefixes
        .split_ascii_whitespace()
        .map(|prefix| if prefix == "#default" { "" } else { prefix })
        .collect();
    canonical::exclusive(element, &prefixes, OCTETS_MAX).expect("within 16 MiB")
}

/// Where the content of the first `ds:` element of this name begins and ends.
pub fn inside(message: &str, local: &str) -> Option<(usize, usize)> {
    let start_tag = message.find(&format!("<ds:{local}"))?;
    let start = start_tag + message[start_tag..].find('>')? + 1;
    let end = start + message[start..].find(&format!("</ds:{local}>"))?;
    Some((start, end))
}

/// The message with the content of the first `ds:` element of this name changed.
pub fn with_inside(message: &str, local: &str, change: impl Fn(&str) -> String) -> String {
    let (start, end) = inside(message, local).expect(local);
    let changed = change(&message[start..end]);
    format!("{}{changed}{}", &message[..start], &message[end..])
}
