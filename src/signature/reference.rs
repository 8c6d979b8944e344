//! What exactly was signed: Ids, targets, digests. Here wrapping is refused.

use std::collections::HashMap;

use crate::envelope::{CANONICAL_OCTETS_MAX, WSU_NAMESPACE};
use crate::xml::{Document, Element, XML_NAMESPACE, canonical};

use super::Distrust;
use super::wsse::{Reference, Signature};

/// Every element that carries an Id of any kind, by its value; with it, whether the Id is of a
/// namespace whose Ids a Reference may name.
pub(super) struct Ids<'d>(HashMap<&'d str, (Element<'d>, bool)>);

impl<'d> Ids<'d> {
    /// Collects them.
    ///
    /// # Errors
    /// [`Distrust::DuplicateId`] where any value, under any of the names, stands twice: which of
    /// the two a reader takes would be its secret.
    pub(super) fn collect(document: &'d Document) -> Result<Self, Distrust> {
        // The map's hasher is seeded at random, so no choice of values makes it slow.
        let mut ids = HashMap::new();
        for element in document.elements() {
            for attribute in element.attributes() {
                // An Id of a namespace that nobody knows names nothing here, yet another reader
                // that goes by the local name would find it.
                let known = matches!(attribute.namespace, "" | WSU_NAMESPACE | XML_NAMESPACE);
                if attribute.local.eq_ignore_ascii_case("id")
                    && ids.insert(attribute.value, (element, known)).is_some()
                {
                    return Err(Distrust::DuplicateId);
                }
            }
        }
        Ok(Self(ids))
    }

    pub(super) fn find(&self, id: &str) -> Option<Element<'d>> {
        let (element, known) = self.0.get(id).copied()?;
        known.then_some(element)
    }
}

/// What the signature covers.
pub(super) struct Covered<'d> {
    /// The canonical octets of the Body.
    pub(super) body: Vec<u8>,
    /// The Timestamp of the Security header, where it is covered.
    pub(super) timestamp: Option<Element<'d>>,
}

/// Checks every digest, and that the Body itself is among what they cover.
pub(super) fn check<'d>(
    signature: &Signature<'d>,
    ids: &Ids<'d>,
    header: Element<'d>,
    body: Element<'d>,
) -> Result<Covered<'d>, Distrust> {
    let mut body_octets = None;
    let mut timestamp = None;
    let mut seen: Vec<u32> = Vec::with_capacity(signature.references.len());
    let is_of_security =
        |target: Element<'_>| signature.security.is_some() && target.parent() == signature.security;
    for reference in &signature.references {
        let target = ids.find(reference.id).ok_or(Distrust::SignatureForm(
            "a Reference names an Id that no element has",
        ))?;
        // The Body, a block of the Header or a part of Security: nothing deeper, nothing inside
        // the Signature itself, and each once.
        let in_place = target == body
            || (target.parent() == Some(header) && Some(target) != signature.security)
            || is_of_security(target);
        if !in_place || target.holds(signature.signed_info) || seen.contains(&target.index()) {
            return Err(Distrust::SignatureForm(
                "a Reference names an element out of place",
            ));
        }
        seen.push(target.index());
        let octets = digested(target, reference)?;
        if target == body {
            body_octets = Some(octets);
        } else if target.is(WSU_NAMESPACE, "Timestamp")
            && is_of_security(target)
            && timestamp.replace(target).is_some()
        {
            return Err(Distrust::SignatureForm("several signed Timestamps"));
        }
    }
    let body = body_octets.ok_or(Distrust::BodyNotSigned)?;
    Ok(Covered { body, timestamp })
}

/// The canonical octets of a target, if they have the digest that was signed.
fn digested(target: Element<'_>, reference: &Reference<'_>) -> Result<Vec<u8>, Distrust> {
    let octets = canonical::exclusive(target, &reference.prefixes, CANONICAL_OCTETS_MAX)
        .map_err(|_| Distrust::SignatureForm("the canonical form is too large"))?;
    let digest = reference
        .algorithm
        .of_form(&octets, target.document().texts())
        .map_err(|_| Distrust::ContentUnread)?;
    let same = aws_lc_rs::constant_time::verify_slices_are_equal(&digest, &reference.digest);
    same.map(|()| octets).map_err(|_| Distrust::DigestMismatch)
}

/// The canonical octets of SignedInfo, over which the signature value was made.
pub(super) fn signed_octets(signature: &Signature<'_>) -> Result<Vec<u8>, Distrust> {
    canonical::exclusive(
        signature.signed_info,
        &signature.prefixes,
        CANONICAL_OCTETS_MAX,
    )
    .map_err(|_| Distrust::SignatureForm("the canonical form is too large"))
}
