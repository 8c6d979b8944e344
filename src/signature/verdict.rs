//! Verdicts: what was believed and on what it rests, and computing it again years later.
//!
//! In:    a message, the verdict that the journal kept, its certificates, and the archived words on
//! revocation. Out: the same verdict, or where it differs.
//! No authority is asked, and no clock: the verdict names its moment, its words and its policies.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::envelope::{Envelope, Malformed};
use crate::terms::Moment;
use crate::xml::Texts;

use super::revocation::{Policy, Shelf};
use super::{
    Distrust, PayloadDistrust, Signatory, Speaker, Store, Trusted, Verified, believe_payload, hex,
    sha256, verify,
};

/// The version of what a transport signature must be; any change of rule makes a new one.
const TRANSPORT: &str = "transport-2";

/// Why a verdict cannot be computed again, or comes out otherwise.
#[derive(Debug, thiserror::Error)]
pub enum VerdictFault {
    /// The message is not believed.
    #[error("it is not believed: {0}")]
    Distrust(#[from] Distrust),
    /// A part of it comes out otherwise.
    #[error("{what} is {now}, and the verdict says {then}")]
    Differs {
        /// Which.
        what: &'static str,
        /// As it comes out now.
        now: String,
        /// As it was recorded.
        then: String,
    },
    /// What arrived is no message.
    #[error("it is no message: {0}")]
    Malformed(#[from] Malformed),
    /// A signature inside the payload is not believed.
    #[error("a signature of its payload is not believed: {0}")]
    Payload(Distrust),
    /// A word on which it rests is neither archived nor at hand.
    #[error("the list or answer {0} on which it rests is not in the archive")]
    Missing(String),
    /// It does not say enough, or was made by other rules.
    #[error("the verdict has no {0} that this program knows")]
    Unknown(&'static str),
}

/// What is kept of believing a message, for the journal: enough to compute it again.
pub fn record(
    trusted: &Trusted,
    speaker: &Speaker,
    signatories: &[Signatory],
    at: Moment,
    policy: Option<Policy>,
) -> Value {
    let mut verdict = json!({
        "at": at.to_string(),
        "octets_sha256": hex(&sha256(trusted.octets())),
        "algorithm": trusted.algorithm(),
        "path": path(trusted.verified()),
        "participant": speaker.participant.id,
        "gateway": speaker.gateway,
        "policy": TRANSPORT,
        "revocation": policy.map(|policy| revocation(trusted.verified(), policy)),
    });
    if !signatories.is_empty() {
        verdict["signatories"] = payload(signatories, policy);
    }
    verdict
}

/// The certificates that a verdict rests on, each once: those of the transport's path first.
pub fn chain(trusted: &Trusted, signatories: &[Signatory]) -> Vec<Vec<u8>> {
    let mut chain: Vec<Vec<u8>> = Vec::new();
    let payload = signatories.iter().map(Signatory::verified);
    let paths = std::iter::once(trusted.verified()).chain(payload);
    for certificate in paths.flat_map(Verified::path) {
        if !chain.iter().any(|known| known == certificate.der()) {
            chain.push(certificate.der().to_vec());
        }
    }
    chain
}

fn path(verified: &Verified) -> Vec<String> {
    verified.path().map(|c| hex(&c.fingerprint())).collect()
}

/// Who signed the payload.
fn payload(signatories: &[Signatory], policy: Option<Policy>) -> Value {
    let told = signatories.iter().map(|by| {
        json!({
            "algorithm": by.algorithm(),
            "path": path(by.verified()),
            "revocation": policy.map(|policy| revocation(by.verified(), policy)),
        })
    });
    told.collect()
}

/// Why each certificate of the path but the root counts as not revoked.
fn revocation(verified: &Verified, policy: Policy) -> Value {
    let told = verified.standing().iter().map(|basis| {
        let objects = basis.objects.iter().map(|object| hex(object));
        json!({
            "by": basis.by,
            "objects": objects.collect::<Vec<_>>(),
            "until": basis.until.to_string(),
            "grace": basis.grace,
        })
    });
    json!({
        "policy": Policy::VERSION,
        "answer_fresh_ms": policy.answer_fresh_ms,
        "grace_ms": policy.grace_ms,
        "standing": told.collect::<Vec<_>>(),
    })
}

/// Computes a verdict again, as of its time.
///
/// The store has the roots that count now; `chain` has the certificates that spoke then, leaf
/// first, `recall` finds archived words by their SHA-256, and `texts` the scans that its marks
/// stand for.
///
/// # Errors
/// [`VerdictFault`], the first thing that is not as it was recorded.
pub fn compute_again(
    raw: &[u8],
    texts: Option<Arc<dyn Texts>>,
    verdict: &Value,
    chain: &[Vec<u8>],
    store: Store,
    recall: impl Fn(&[u8; 32]) -> Option<Vec<u8>>,
) -> Result<Trusted, VerdictFault> {
    if verdict["policy"] != TRANSPORT {
        return Err(VerdictFault::Unknown("policy"));
    }
    let at = verdict["at"].as_str().map(Moment::parse);
    let at = at.and_then(Result::ok).ok_or(VerdictFault::Unknown("at"))?;
    let store = store
        .with_authorities(chain.iter().skip(1))
        .with_known(chain.first());
    let recorded = &verdict["revocation"];
    let policy = (!recorded.is_null()).then(|| recorded_policy(recorded));
    let policy = policy.transpose()?;
    if let Some(policy) = policy {
        let words = words(verdict, recall)?;
        store.stand_by(Shelf::of(&words, policy).into());
    }
    let trusted = verify(Envelope::read_marked(raw, texts)?, &store, at)?;
    let (_, signatories) = believe_payload(trusted.request()?.payload()?, &store, at)
        .map_err(|PayloadDistrust(why)| VerdictFault::Payload(why))?;
    let signed = if signatories.is_empty() {
        Value::Null
    } else {
        payload(&signatories, policy)
    };
    let again = |policy| revocation(trusted.verified(), policy);
    let standing = policy.map_or(Value::Null, again);
    for (what, now) in [
        ("octets_sha256", json!(hex(&sha256(trusted.octets())))),
        ("algorithm", json!(trusted.algorithm())),
        ("path", json!(path(trusted.verified()))),
        ("revocation", standing),
        ("signatories", signed),
    ] {
        if now != verdict[what] {
            let then = verdict[what].to_string();
            let now = now.to_string();
            return Err(VerdictFault::Differs { what, now, then });
        }
    }
    Ok(trusted)
}

fn recorded_policy(recorded: &Value) -> Result<Policy, VerdictFault> {
    let number = |name: &str| recorded[name].as_i64();
    let known = recorded["policy"] == Policy::VERSION;
    match (known, number("answer_fresh_ms"), number("grace_ms")) {
        (true, Some(answer_fresh_ms), Some(grace_ms)) => Ok(Policy {
            answer_fresh_ms,
            grace_ms,
        }),
        _ => Err(VerdictFault::Unknown("policy of revocation")),
    }
}

/// The words on which it rests, each once.
fn words(
    verdict: &Value,
    recall: impl Fn(&[u8; 32]) -> Option<Vec<u8>>,
) -> Result<Vec<Vec<u8>>, VerdictFault> {
    let payload = verdict["signatories"].as_array().into_iter().flatten();
    let all = std::iter::once(verdict).chain(payload);
    let standing = all.flat_map(|one| one["revocation"]["standing"].as_array());
    let standing = standing.flatten();
    let named = standing.flat_map(|basis| basis["objects"].as_array().into_iter().flatten());
    let mut names: Vec<&str> = named.filter_map(Value::as_str).collect();
    names.sort_unstable();
    names.dedup();
    let find = |name: &str| {
        let found = unhex(name).and_then(|digest| recall(&digest));
        found.ok_or_else(|| VerdictFault::Missing(name.to_owned()))
    };
    names.into_iter().map(find).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u32> = text
        .chars()
        .map(|c| c.to_digit(16))
        .collect::<Option<_>>()?;
    let octets: Vec<u8> = digits
        .chunks_exact(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok())
        .collect::<Option<_>>()?;
    octets.try_into().ok().filter(|_| text.len() == 64)
}
