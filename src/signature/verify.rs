//! Believing: the five checks in their order, and the type that says they were made.

use std::fmt;
use std::sync::Arc;

use crate::envelope::shep::Request;
use crate::envelope::{Envelope, Malformed};
use crate::terms::Moment;
use crate::xml::Element;

use super::Distrust;
use super::algorithm::Algorithm;
use super::reference::{self, Ids};
use super::trust::{Store, Verified};
use super::wsse::{self, Signature};

/// How far the clocks of a sender and ours may differ, for a signed Timestamp.
const CLOCK_SKEW_MS_MAX: i64 = 300_000;

/// A message whose Body was digested, signed, and vouched for. Only [`verify`] makes one.
///
/// Its octets are the canonical form that was digested. The tree is that of the arrival, from which
/// those octets were written; the part outside the Body is not shown to anyone.
pub struct Trusted {
    envelope: Envelope,
    octets: Vec<u8>,
    verified: Arc<Verified>,
    algorithm: Algorithm,
}

impl Trusted {
    /// The signed Body, as it was parsed.
    pub fn body(&self) -> Element<'_> {
        self.envelope.body()
    }

    /// Reads the request in the signed Body.
    ///
    /// # Errors
    /// [`Malformed`], where it is not one of either channel.
    pub fn request(&self) -> Result<Request<'_>, Malformed> {
        Request::read(self.body())
    }

    /// The very octets that were digested: the canonical form of the Body.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The certificate and the path that vouches for it.
    pub fn verified(&self) -> &Verified {
        &self.verified
    }

    /// The identifier of the signature algorithm.
    pub fn algorithm(&self) -> &'static str {
        self.algorithm.uri()
    }

    /// Gives up the tree for the octets, to travel on.
    pub fn into_octets(self) -> Vec<u8> {
        self.octets
    }
}

impl fmt::Debug for Trusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Trusted({} octets, {:?})",
            self.octets.len(),
            self.verified.certificate()
        )
    }
}

/// Checks the transport signature of an envelope.
///
/// # Errors
/// [`Distrust`], the first reason found: form, Ids, digests, certificate, signature, Timestamp.
pub fn verify(envelope: Envelope, store: &Store, now: Moment) -> Result<Trusted, Distrust> {
    let (octets, verified, algorithm) = check(&envelope, store, now)?;
    Ok(Trusted {
        envelope,
        octets,
        verified,
        algorithm,
    })
}

fn check(
    envelope: &Envelope,
    store: &Store,
    now: Moment,
) -> Result<(Vec<u8>, Arc<Verified>, Algorithm), Distrust> {
    let header = envelope.header().ok_or(Distrust::NotSigned)?;
    let signature = Signature::read(envelope)?;
    if !signature.is_allowed_at(now) {
        return Err(Distrust::Algorithm);
    }
    let ids = Ids::collect(envelope.document())?;
    // The cheap part first: a changed content costs an attacker more than us.
    let covered = reference::check(&signature, &ids, header, envelope.body())?;
    let verified = store.path(&signature.certificate(&ids, store)?, now)?;
    let signed = reference::signed_octets(&signature)?;
    verified
        .certificate()
        .check(signature.algorithm, &signed, &signature.value)?;
    if let Some(timestamp) = covered.timestamp {
        check_timestamp(timestamp, now)?;
    }
    Ok((covered.body, verified, signature.algorithm))
}

/// A signed Timestamp must be of now. Without one, repeats are told by their messageId for longer
/// than any window.
fn check_timestamp(timestamp: Element<'_>, now: Moment) -> Result<(), Distrust> {
    let (created, expires) = wsse::timestamp(timestamp)?;
    let moment = |text: &str| Moment::parse(text).map_err(|_| Distrust::Timestamp);
    if moment(&created)?.millis_since(now) > CLOCK_SKEW_MS_MAX {
        return Err(Distrust::Timestamp);
    }
    match expires {
        Some(expires) if now.millis_since(moment(&expires)?) > CLOCK_SKEW_MS_MAX => {
            Err(Distrust::Timestamp)
        }
        Some(_) | None => Ok(()),
    }
}
