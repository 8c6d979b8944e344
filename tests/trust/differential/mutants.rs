//! Small changes to a signed document, by chance that can be repeated.

use crate::dice::Dice;

use super::Signed;

const OCTETS: &[u8] = b"aZ09+/=<>&\"' \n;#x";

/// So many mutants of a document; the number is their seed.
pub fn of(signed: &Signed, number: usize, count: usize) -> Vec<Signed> {
    let mut dice = Dice(u64::try_from(number).expect("64 bits") << 20);
    let changes: [(&'static str, Change); 10] = [
        ("an octet anywhere", |text, dice| {
            octet(text, dice, (signed_from(text), text.len()))
        }),
        ("an octet of SignedInfo", |text, dice| {
            octet(text, dice, inside(text, "SignedInfo"))
        }),
        ("an octet of the value", |text, dice| {
            octet(text, dice, inside(text, "SignatureValue"))
        }),
        ("an octet of the digest", |text, dice| {
            octet(text, dice, inside(text, "DigestValue"))
        }),
        ("a letter of the content", letter),
        ("white space between elements", |text, dice| {
            after_tag(text, dice, " ")
        }),
        ("a comment between elements", |text, dice| {
            after_tag(text, dice, "<!-- c -->")
        }),
        ("an attribute in other quotes", quotes),
        ("a block that nobody knows", |text, _| block(text)),
        ("an instruction before the root", instruction),
    ];
    (0..count)
        .map(|round| {
            let (change, make) = changes[round % changes.len()];
            let text = make(&signed.text, &mut dice);
            Signed {
                change,
                text,
                ..signed.clone()
            }
        })
        .collect()
}

type Change = fn(&str, &mut Dice) -> String;

/// Where the content of an element of the signature lies.
pub fn inside(text: &str, local: &str) -> (usize, usize) {
    let signature = text.rfind("<ds:Signature ").expect("a signature");
    let tag = format!("<ds:{local}");
    let start = signature + text[signature..].find(&tag).expect("the element");
    let start = start + text[start..].find('>').expect("its start tag ends") + 1;
    let end = text[start..].find(&format!("</ds:{local}>"));
    (start, start + end.expect("the element ends"))
}

/// Another octet in place of one that stands alone for its character. What KeyInfo says is left as
/// it is: the others are given the key.
fn octet(text: &str, dice: &mut Dice, (from, until): (usize, usize)) -> String {
    let (key_from, key_until) = inside(text, "KeyInfo");
    loop {
        let at = from + dice.below(until - from);
        let other = OCTETS[dice.below(OCTETS.len())];
        let old = text.as_bytes()[at];
        let in_key = (key_from..key_until).contains(&at);
        if old.is_ascii() && old != other && !in_key {
            return [&text[..at], &char::from(other).to_string(), &text[at + 1..]].concat();
        }
    }
}

/// Where the signature or, in a document that is signed inside itself, the content begins. What
/// stands before it in a message is signed by nobody.
fn signed_from(text: &str) -> usize {
    let message = text.contains("<soap:Envelope");
    let signature = text.rfind("<ds:Signature ").expect("a signature");
    if message { signature } else { 0 }
}

/// It is signed where the whole document is, and by nobody in a message.
fn instruction(text: &str, _: &mut Dice) -> String {
    let end = if text.starts_with("<?xml ") {
        text.find("?>")
    } else {
        None
    };
    let at = end.map_or(0, |end| end + 2);
    [&text[..at], "<?go now?>", &text[at..]].concat()
}

/// A block of the header that must be understood; nothing in a document that has no header.
fn block(text: &str) -> String {
    let block = "<x:block xmlns:x=\"urn:x\" soap:mustUnderstand=\"1\"/></soap:Header>";
    text.replacen("</soap:Header>", block, 1)
}

/// A letter or digit of what is signed, outside of the signature.
fn letter(text: &str, dice: &mut Dice) -> String {
    let signature = text.rfind("<ds:Signature ").expect("a signature");
    let end = signature + text[signature..].find("</ds:Signature>").expect("it ends");
    loop {
        let from = signed_from(text);
        let at = from + dice.below(text.len() - from);
        let old = text.as_bytes()[at];
        if old.is_ascii_alphanumeric() && !(signature..end).contains(&at) {
            let other = if old == b'k' { "m" } else { "k" };
            return [&text[..at], other, &text[at + 1..]].concat();
        }
    }
}

fn after_tag(text: &str, dice: &mut Dice, what: &str) -> String {
    let ends: Vec<usize> = text.match_indices("><").map(|(at, _)| at + 1).collect();
    let at = ends[dice.below(ends.len())];
    [&text[..at], what, &text[at..]].concat()
}

/// The quotes of an attribute whose value has none, so that it says the same.
fn quotes(text: &str, dice: &mut Dice) -> String {
    let starts: Vec<usize> = text.match_indices("=\"").map(|(at, _)| at + 1).collect();
    let at = starts[dice.below(starts.len())];
    let end = at + 1 + text[at + 1..].find('"').expect("the value ends");
    if text[at..end].contains(['\'', '<']) {
        return text.to_owned();
    }
    [&text[..at], "'", &text[at + 1..end], "'", &text[end + 1..]].concat()
}
