//! Verdicts on signatures beside those of the JDK and of xmlsec1: random documents that each of the
//! three signed, and mutants of them. Where we differ, we are the stricter one and say why.

mod mutants;
mod peers;

use std::collections::BTreeMap;

use kezek::envelope::Malformed;
use kezek::signature::verify_enveloped;
use kezek::xml::{Document, Limits};

use crate::attack::judge;
use crate::authority::STORE;
use crate::c14n::{generate, has_name_of_fifth_edition};
use crate::explained::Explained;
use crate::search::setting;

/// Documents of each kind, key and signer, unless `KEZEK_DSIG_DOCUMENTS` says otherwise.
const DOCUMENTS: usize = 4;
/// Mutants of each.
const MUTANTS: usize = 10;

/// What is signed, and where its signature stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The whole of a document, inside itself.
    Enveloped,
    /// The Body of a message, in its Security header.
    Message,
}

/// A signed document, or one that was.
#[derive(Clone)]
pub struct Signed {
    pub kind: Kind,
    pub key: &'static str,
    pub by: &'static str,
    /// What was done to it; nothing for what was signed.
    pub change: &'static str,
    pub text: String,
}

#[test]
fn we_believe_what_jdk_and_xmlsec_believe_and_say_why_where_not() {
    let signed = peers::signed_by_all(&documents());
    let mut all = signed.clone();
    for (number, one) in signed.iter().enumerate() {
        all.extend(mutants::of(one, number, MUTANTS));
    }
    let jdk = peers::jdk_verdicts(&all);
    let xmlsec = peers::xmlsec_verdicts(&all);
    let mut explained = Explained::under("verification: with the JDK and xmlsec1");
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for (one, theirs) in all.iter().zip(jdk.into_iter().zip(xmlsec)) {
        let ours = verdict(one);
        let told = ours
            .as_ref()
            .map_or_else(Clone::clone, |()| "believed".to_owned());
        let key = format!("{}: {told}", one.change);
        *counts.entry(key).or_default() += 1;
        for (peer, theirs) in [("the JDK", theirs.0), ("xmlsec1", theirs.1)] {
            let case = match (&ours, &theirs) {
                (Ok(()), Ok(())) | (Err(_), Err(_)) => continue,
                (Ok(()), Err(_)) => format!("believed, and not by {peer}"),
                (Err(code), Ok(())) => format!("{code}, and {peer} believes"),
            };
            let (kind, key, by) = (one.kind, one.key, one.by);
            explained.meet(&case, || {
                let change = one.change;
                format!(
                    "{kind:?} {key} by {by}, {change:?}: {theirs:?}\n{}",
                    one.text
                )
            });
        }
    }
    println!(
        "{} signed, {} with mutants: {counts:#?}",
        signed.len(),
        all.len()
    );
    let unchanged = counts.get(": believed").copied().unwrap_or_default() as usize;
    assert!(
        unchanged * 10 > signed.len() * 8,
        "most are believed as they were signed"
    );
    explained.finish();
}

/// Random documents that all three read: what follows the root, and names of the fifth edition, are
/// compared elsewhere; instructions have no place in a message.
fn documents() -> Vec<String> {
    let count = setting("KEZEK_DSIG_DOCUMENTS").unwrap_or(DOCUMENTS);
    let texts = generate().into_iter().map(|case| case.document);
    let plain = |text: &String| {
        let alone = text.starts_with('<') && text.ends_with('>') && !text.ends_with("-->");
        let fit = text.len() > 150 && text.len() < 4_000 && !text.contains("<?");
        alone && fit && !text.starts_with("<!") && !has_name_of_fifth_edition(text)
    };
    let found: Vec<String> = texts.filter(plain).take(count).collect();
    assert_eq!(found.len(), count, "the generator writes enough of them");
    found
}

/// Ours: the code with which it is refused.
fn verdict(one: &Signed) -> Result<(), String> {
    let octets = one.text.as_bytes();
    match one.kind {
        Kind::Message => judge(octets)
            .map(|_| ())
            .map_err(|(code, _)| format!("{code:?}")),
        Kind::Enveloped => {
            let document = Document::parse(octets, &Limits::MESSAGE)
                .map_err(|fault| format!("{:?}", Malformed::from(fault).code()))?;
            match verify_enveloped(document.root(), &STORE, kezek::clock::now()) {
                Ok(Some(_)) => Ok(()),
                Ok(None) => Err("NotSigned".to_owned()),
                Err(distrust) => Err(format!("{:?}", distrust.code())),
            }
        }
    }
}
