//! The security header: its one Signature, read strictly, and the certificate that it names.
//!
//! Spec:  WS-Security 1.0 §6–§8; X.509 Token Profile §3; XMLDSig §4.
//! Every element that is not expected where it stands is refused, so nothing can hide in a place
//! that the signature does not cover and another reader would look at.

use crate::envelope::{Envelope, WSSE_NAMESPACE, WSU_NAMESPACE};
use crate::terms::Moment;
use crate::xml::Element;

use super::Distrust;
use super::algorithm::{self, Algorithm, Digest};
use super::dsig::{DS_NAMESPACE, PrefixList, binary, children, elements, only, prefix_list};
use super::reference::Ids;

const BASE64_BINARY: &str = "http://docs.oasis-open.org/wss/2004/01/\
                             oasis-200401-wss-soap-message-security-1.0#Base64Binary";
const X509_V3: &str = "http://docs.oasis-open.org/wss/2004/01/\
                       oasis-200401-wss-x509-token-profile-1.0#X509v3";
/// What a message needs: the Body, a Timestamp, a token, and a few header blocks.
const REFERENCES_MAX: usize = 6;

/// One Reference of a SignedInfo.
pub(super) struct Reference<'d> {
    pub(super) id: &'d str,
    pub(super) prefixes: PrefixList<'d>,
    pub(super) algorithm: Digest,
    pub(super) digest: Vec<u8>,
}

/// The parts of the Signature.
pub(super) struct Signature<'d> {
    pub(super) security: Element<'d>,
    pub(super) signed_info: Element<'d>,
    pub(super) prefixes: PrefixList<'d>,
    pub(super) algorithm: Algorithm,
    pub(super) references: Vec<Reference<'d>>,
    pub(super) value: Vec<u8>,
    key_info: Element<'d>,
}

impl<'d> Signature<'d> {
    /// Finds the one Security header and reads the one Signature in it.
    pub(super) fn read(envelope: &'d Envelope) -> Result<Self, Distrust> {
        let header = envelope.header().ok_or(Distrust::NotSigned)?;
        let blocks = header
            .children()
            .filter(|block| block.is(WSSE_NAMESPACE, "Security"));
        let security = only(blocks, "several Security headers")?.ok_or(Distrust::NotSigned)?;
        let found = security
            .children()
            .filter(|child| child.is(DS_NAMESPACE, "Signature"));
        let signature = only(found, "several Signatures")?.ok_or(Distrust::NotSigned)?;
        let [signed_info, value, key_info] =
            children(signature, ["SignedInfo", "SignatureValue", "KeyInfo"])?;
        let mut parts = elements(signed_info)?.into_iter();
        let method = |element: Option<Element<'d>>, name: &str| {
            let found = element.filter(|element| element.is(DS_NAMESPACE, name));
            let found = found.ok_or(Distrust::SignatureForm("SignedInfo is incomplete"))?;
            Ok((found, found.attribute("", "Algorithm").unwrap_or_default()))
        };
        let (canonicalisation, uri) = method(parts.next(), "CanonicalizationMethod")?;
        if uri != algorithm::EXCLUSIVE_C14N {
            return Err(Distrust::Algorithm);
        }
        let prefixes = prefix_list(canonicalisation)?;
        let (signature_method, uri) = method(parts.next(), "SignatureMethod")?;
        let algorithm = Algorithm::from_uri(uri).ok_or(Distrust::Algorithm)?;
        if !elements(signature_method)?.is_empty() {
            return Err(Distrust::Algorithm);
        }
        let references = parts.map(reference).collect::<Result<Vec<_>, _>>()?;
        if references.is_empty() || references.len() > REFERENCES_MAX {
            return Err(Distrust::SignatureForm("no Reference, or too many"));
        }
        let value = binary(value)?;
        Ok(Self {
            security,
            signed_info,
            prefixes,
            algorithm,
            references,
            value,
            key_info,
        })
    }

    /// Whether all its algorithms may sign at that moment.
    pub(super) fn is_allowed_at(&self, moment: Moment) -> bool {
        let mut digests = self.references.iter().map(|reference| reference.algorithm);
        self.algorithm.is_allowed_at(moment) && digests.all(|digest| digest.is_allowed_at(moment))
    }

    /// The DER of the certificate that KeyInfo names, in one of the accepted forms.
    pub(super) fn certificate(&self, ids: &Ids<'d>) -> Result<Vec<u8>, Distrust> {
        let malformed = Distrust::CertificateMalformed;
        let [token] = elements(self.key_info)?[..] else {
            return Err(malformed);
        };
        if !token.is(WSSE_NAMESPACE, "SecurityTokenReference") {
            return Err(malformed);
        }
        let [form] = elements(token)?[..] else {
            return Err(malformed);
        };
        if form.is(WSSE_NAMESPACE, "KeyIdentifier") {
            // Smart Bridge's own form: the whole certificate as the identifier.
            return token_octets(form);
        }
        if form.is(WSSE_NAMESPACE, "Reference") {
            let id = form
                .attribute("", "URI")
                .and_then(|uri| uri.strip_prefix('#'));
            let target = id.and_then(|id| ids.find(id)).ok_or(malformed)?;
            let inside = target.parent() == Some(self.security);
            if !inside || !target.is(WSSE_NAMESPACE, "BinarySecurityToken") {
                return Err(malformed);
            }
            return token_octets(target);
        }
        if form.is(DS_NAMESPACE, "X509Data") {
            let inside = elements(form)?;
            let known = |e: &Element<'_>| {
                e.is(DS_NAMESPACE, "X509Certificate") || e.is(DS_NAMESPACE, "X509IssuerSerial")
            };
            if !inside.iter().all(known) {
                return Err(malformed);
            }
            let mut given = inside
                .into_iter()
                .filter(|e| e.local() == "X509Certificate");
            return match (given.next(), given.next()) {
                (Some(certificate), None) => binary(certificate).map_err(|_| malformed),
                _ => Err(malformed),
            };
        }
        Err(malformed)
    }
}

fn reference(element: Element<'_>) -> Result<Reference<'_>, Distrust> {
    if !element.is(DS_NAMESPACE, "Reference") {
        return Err(Distrust::SignatureForm(
            "SignedInfo holds something else than References",
        ));
    }
    // Only "#id": no whole document, no pointer, no address outside the message.
    let id = element
        .attribute("", "URI")
        .and_then(|uri| uri.strip_prefix('#'))
        .filter(|id| !id.is_empty() && !id.contains(['(', '\'', '"']))
        .ok_or(Distrust::SignatureForm(
            "a Reference must name an Id of this message",
        ))?;
    let [transforms, method, value] =
        children(element, ["Transforms", "DigestMethod", "DigestValue"])?;
    let [transform] = children(transforms, ["Transform"])?;
    if transform.attribute("", "Algorithm") != Some(algorithm::EXCLUSIVE_C14N)
        || !elements(method)?.is_empty()
    {
        return Err(Distrust::Algorithm);
    }
    let algorithm = method.attribute("", "Algorithm").and_then(Digest::from_uri);
    Ok(Reference {
        id,
        prefixes: prefix_list(transform)?,
        algorithm: algorithm.ok_or(Distrust::Algorithm)?,
        digest: binary(value)?,
    })
}

/// The octets of a KeyIdentifier or BinarySecurityToken that says it is an X.509 v3 certificate.
fn token_octets(token: Element<'_>) -> Result<Vec<u8>, Distrust> {
    let encoding = token.attribute("", "EncodingType").unwrap_or(BASE64_BINARY);
    let kind = token.attribute("", "ValueType").unwrap_or_default();
    if encoding != BASE64_BINARY || kind != X509_V3 {
        return Err(Distrust::CertificateMalformed);
    }
    binary(token).map_err(|_| Distrust::CertificateMalformed)
}

/// The Timestamp that stands in the Security header under this element, as texts.
pub(super) fn timestamp(element: Element<'_>) -> Result<(String, Option<String>), Distrust> {
    let mut created = None;
    let mut expires = None;
    for child in elements(element)? {
        let slot = match child.local() {
            "Created" if child.namespace() == WSU_NAMESPACE => &mut created,
            "Expires" if child.namespace() == WSU_NAMESPACE => &mut expires,
            _ => return Err(Distrust::SignatureForm("a Timestamp holds something else")),
        };
        let text = child.plain_text().ok_or(Distrust::Timestamp)?;
        if slot.replace(text.trim().to_owned()).is_some() {
            return Err(Distrust::SignatureForm("a Timestamp says something twice"));
        }
    }
    Ok((created.ok_or(Distrust::Timestamp)?, expires))
}
