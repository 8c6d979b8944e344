//! Thousands of small things within one message, and signatures of what was never digested.

use std::collections::{HashMap, HashSet};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kezek::envelope::Code;
use kezek::signature::sha256;

use crate::attack::{Attack, check, judge};
use crate::author::{sign_again, sign_value, signed_info, stamped, with_inside};
use crate::bounds::amplified;
use crate::keys::{certificate, identifier, in_reference, keyed, with_token, x509};

const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const HMAC_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";

/// A multiplying hash of old, under which [`collisions`] finds names that collide.
type Hash = fn(u32, u32) -> u32;

const HASHES: [(&str, Hash); 3] = [
    ("DJBX31A", |hash, letter| {
        hash.wrapping_mul(31).wrapping_add(letter)
    }),
    ("DJBX33A", |hash, letter| {
        hash.wrapping_mul(33).wrapping_add(letter)
    }),
    ("DJBX33X", |hash, letter| hash.wrapping_mul(33) ^ letter),
];

#[test]
fn floods_and_values_over_nothing_are_refused() {
    check(&attacks());
}

#[test]
fn names_and_ids_that_collide_in_old_hashes_change_no_verdict() {
    for (name, hash) in HASHES {
        let names = collisions(hash, 1_900);
        let attributes: String = names.iter().take(32).map(|n| format!(" {n}=''")).collect();
        let ids: String = names.iter().map(|n| format!("<a Id='{n}'/>")).collect();
        for (what, found) in [
            ("attributes", format!("<a{attributes}/>")),
            ("Ids", format!("<w>{ids}</w>")),
        ] {
            let message = stamped("participant").replacen(
                "<soap:Header>",
                &format!("<soap:Header>{found}"),
                1,
            );
            assert!(judge(message.as_bytes()).is_ok(), "{what} of {name}");
        }
    }
}

pub fn attacks() -> Vec<Attack> {
    let mut attacks = certificates();
    attacks.extend(of_nothing());
    attacks.push(public_secret());
    for (name, hash) in HASHES {
        let names = collisions(hash, 1_900);
        let many: String = names.iter().map(|n| format!(" {n}=''")).collect();
        let ids: String = names.iter().map(|n| format!("<a Id='{n}'/>")).collect();
        let again = format!("<w>{ids}<b id='{}'/></w>", names[0]);
        for (what, found, code) in [
            ("1 900 attributes", format!("<a{many}/>"), Code::TooComplex),
            ("1 900 Ids, one of them twice", again, Code::DuplicateId),
        ] {
            let octets = stamped("participant").replacen(
                "<soap:Header>",
                &format!("<soap:Header>{found}"),
                1,
            );
            attacks.push(Attack::new(
                format!("{what} of one {name}"),
                octets,
                code,
                "",
            ));
        }
    }
    attacks
}

/// As many certificates as 128 KiB hold, in each place where one may stand.
fn certificates() -> Vec<Attack> {
    let ours = certificate("participant");
    let one = format!("<ds:X509Certificate>{ours}</ds:X509Certificate>");
    let small = "<ds:X509Certificate>AAAA</ds:X509Certificate>";
    let token =
        |n: usize| format!("<wsse:BinarySecurityToken Id=\"t{n}\">AAAA</wsse:BinarySecurityToken>");
    let tokens: String = (0..1_000).map(token).collect();
    let named = in_reference("<wsse:Reference URI=\"#t999\"/>");
    let malformed =
        |name, octets: String| Attack::new(name, octets, Code::CertificateMalformed, "");
    vec![
        malformed(
            "2 000 certificates that are none",
            keyed(&in_reference(&x509(&small.repeat(2_000)))),
        ),
        malformed(
            "40 times the signer's certificate",
            keyed(&in_reference(&x509(&one.repeat(40)))),
        ),
        malformed("two X509Data", keyed(&in_reference(&x509(&one).repeat(2)))),
        malformed(
            "1 000 X509Data",
            keyed(&in_reference(&x509(small).repeat(1_000))),
        ),
        malformed(
            "40 identifiers",
            keyed(&in_reference(&identifier(&ours).repeat(40))),
        ),
        malformed(
            "1 000 references to a certificate",
            keyed(&in_reference("<wsse:Reference URI=\"#t\"/>").repeat(1_000)),
        ),
        malformed("1 000 tokens", with_token(&keyed(&named), &tokens)),
        malformed(
            "an EncryptedKey in KeyInfo",
            keyed("<x:EncryptedKey xmlns:x=\"http://www.w3.org/2001/04/xmlenc#\"/>"),
        ),
    ]
}

/// The digest of no octets, under a value that is good: what a canonical form that failed would be
/// to a reader that goes on (CVE-2025-66568).
fn of_nothing() -> Vec<Attack> {
    let empty = STANDARD.encode(sha256(b""));
    let signed = |message: &str| {
        let message = with_inside(message, "DigestValue", |_| empty.clone());
        sign_value(&message, "participant")
    };
    let plain = Attack::new(
        "the digest of nothing, well signed",
        signed(&stamped("participant")),
        Code::DigestMismatch,
        "",
    );
    let large = amplified().into_iter().map(|attack| {
        let message = String::from_utf8(attack.octets).expect("UTF-8");
        let name = format!("the digest of nothing over {}", attack.name);
        Attack::new(name, signed(&message), attack.expected, attack.because)
    });
    [plain].into_iter().chain(large).collect()
}

/// HMAC with the signer's certificate, which all know, for its secret.
fn public_secret() -> Attack {
    let message = stamped("participant").replacen(RSA_SHA256, HMAC_SHA256, 1);
    let message = sign_again(&message, "participant");
    let secret = STANDARD.decode(certificate("participant")).expect("base64");
    let secret = hmac::Key::new(hmac::HMAC_SHA256, &secret);
    let value = hmac::sign(&secret, &signed_info(&message));
    let octets = with_inside(&message, "SignatureValue", |_| STANDARD.encode(value));
    Attack::new(
        "HMAC under the public certificate",
        octets,
        Code::Algorithm,
        "",
    )
}

/// So many names of one length that have one value of a hash: at each place, two letters that lead
/// from the value so far to the same one, or two others.
fn collisions(hash: Hash, count: usize) -> Vec<String> {
    let mut value = 5381;
    let mut choices = Vec::new();
    for _ in 0..11 {
        let (one, two) = pair(hash, value);
        value = after(hash, value, &one);
        choices.push([one, two]);
    }
    let names: Vec<String> = (0..count)
        .map(|n| {
            (0..)
                .zip(&choices)
                .map(|(at, pair)| &*pair[n >> at & 1])
                .collect()
        })
        .collect();
    assert!(names.iter().all(|name| after(hash, 5381, name) == value));
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), count);
    names
}

fn after(hash: Hash, value: u32, letters: &str) -> u32 {
    letters
        .chars()
        .fold(value, |value, letter| hash(value, letter.into()))
}

fn pair(hash: Hash, from: u32) -> (String, String) {
    let letters = || ('A'..='Z').chain('a'..='z');
    let mut seen = HashMap::new();
    letters()
        .flat_map(|a| letters().map(move |b| format!("{a}{b}")))
        .find_map(|two| {
            let one = seen.insert(after(hash, from, &two), two.clone())?;
            Some((one, two))
        })
        .expect("two letters collide")
}
