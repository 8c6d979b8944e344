//! The transport's one Signature, read strictly, and the certificate that it names.
//!
//! Forms: in `wsse:Security`, the certificate as KeyIdentifier (Smart Bridge writes this), as a
//!        BinarySecurityToken that is referred to, as X509Certificate, or by X509IssuerSerial; and
//!        bare in the Header with Id "ptpsign", as old clients do, with X509Data in KeyInfo. What
//!        is named by issuer and number is looked for among the certificates in `known/`.
//! Spec:  WS-Security 1.0 §6–§8; X.509 Token Profile §3; XMLDSig §4.
//! Every element that is not expected where it stands is refused, so nothing can hide in a place
//! that the signature does not cover and another reader would look at.

use crate::envelope::{Envelope, WSSE_NAMESPACE, WSU_NAMESPACE};
use crate::terms::Moment;
use crate::xml::Element;

use super::Distrust;
use super::algorithm::{self, Algorithm, Digest};
use super::dsig::{DS_NAMESPACE, PrefixList, binary, children, elements, only, prefix_list};
use super::enveloped::ENVELOPED;
use super::reference::Ids;
use super::trust::Store;

const BASE64_BINARY: &str = "http://docs.oasis-open.org/wss/2004/01/\
                             oasis-200401-wss-soap-message-security-1.0#Base64Binary";
const X509_V3: &str = "http://docs.oasis-open.org/wss/2004/01/\
                       oasis-200401-wss-x509-token-profile-1.0#X509v3";
/// The Id of the bare form.
const BARE_ID: &str = "ptpsign";
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
    /// The Security header that it stands in; none in the bare form.
    pub(super) security: Option<Element<'d>>,
    pub(super) signed_info: Element<'d>,
    pub(super) prefixes: PrefixList<'d>,
    pub(super) algorithm: Algorithm,
    pub(super) references: Vec<Reference<'d>>,
    pub(super) value: Vec<u8>,
    key_info: Element<'d>,
}

impl<'d> Signature<'d> {
    /// Finds the one Signature and reads it.
    pub(super) fn read(envelope: &'d Envelope) -> Result<Self, Distrust> {
        let header = envelope.header().ok_or(Distrust::NotSigned)?;
        let (security, signature) = find(header)?;
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

    /// The DER of the certificate that KeyInfo gives, or names among those that are known, in one
    /// of the accepted forms.
    pub(super) fn certificate(&self, ids: &Ids<'d>, store: &Store) -> Result<Vec<u8>, Distrust> {
        let malformed = Distrust::CertificateMalformed;
        let [inside] = elements(self.key_info)?[..] else {
            return Err(malformed);
        };
        let Some(security) = self.security else {
            return x509_data(inside, store);
        };
        if !inside.is(WSSE_NAMESPACE, "SecurityTokenReference") {
            return Err(malformed);
        }
        let [form] = elements(inside)?[..] else {
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
            let inside = target.parent() == Some(security);
            if !inside || !target.is(WSSE_NAMESPACE, "BinarySecurityToken") {
                return Err(malformed);
            }
            return token_octets(target);
        }
        x509_data(form, store)
    }
}

/// The one Signature, and the Security header around it: in the one form that Smart Bridge writes,
/// or bare in the Header under the Id that old clients gave it. Never both, nor two of one.
fn find(header: Element<'_>) -> Result<(Option<Element<'_>>, Element<'_>), Distrust> {
    let blocks = header
        .children()
        .filter(|block| block.is(WSSE_NAMESPACE, "Security"));
    let security = only(blocks, "several Security headers")?;
    let is_signature = |child: &Element<'_>| child.is(DS_NAMESPACE, "Signature");
    let bare = header.children().filter(is_signature);
    let bare = only(bare, "several Signatures")?;
    let bare = bare.filter(|found| found.attribute("", "Id") == Some(BARE_ID));
    match (security, bare) {
        (Some(_), Some(_)) => Err(Distrust::SignatureForm(
            "a Signature in Security and another one beside it",
        )),
        (Some(security), None) => {
            let found = security.children().filter(is_signature);
            let found = only(found, "several Signatures")?.ok_or(Distrust::NotSigned)?;
            Ok((Some(security), found))
        }
        (None, Some(signature)) => Ok((None, signature)),
        (None, None) => Err(Distrust::NotSigned),
    }
}

/// X509Data with the certificate, or with its issuer and number alone.
fn x509_data(form: Element<'_>, store: &Store) -> Result<Vec<u8>, Distrust> {
    let malformed = Distrust::CertificateMalformed;
    if !form.is(DS_NAMESPACE, "X509Data") {
        return Err(malformed);
    }
    let (mut given, mut named) = (None, None);
    for part in elements(form)? {
        let slot = match part.local() {
            "X509Certificate" if part.namespace() == DS_NAMESPACE => &mut given,
            "X509IssuerSerial" if part.namespace() == DS_NAMESPACE => &mut named,
            _ => return Err(malformed),
        };
        if slot.replace(part).is_some() {
            return Err(malformed);
        }
    }
    if let Some(certificate) = given {
        return binary(certificate).map_err(|_| malformed);
    }
    let named = named.ok_or(malformed)?;
    let [name, number] =
        children(named, ["X509IssuerName", "X509SerialNumber"]).map_err(|_| malformed)?;
    let (name, number) = (name.plain_text(), number.plain_text());
    let (name, number) = name.zip(number).ok_or(malformed)?;
    let found = store.known(&name, number.trim());
    found
        .map(|certificate| certificate.der().to_vec())
        .ok_or(Distrust::CertificateUntrusted)
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
    let transform = transform(transforms)?;
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

/// The one transform that does something.
///
/// node-soap writes enveloped-signature before it for a Timestamp. That takes the Signature out of
/// what is digested, and no target here may hold the Signature ([`super::reference::check`]), so
/// it takes nothing out; more than one, or in another place, is no form that anybody writes.
fn transform(transforms: Element<'_>) -> Result<Element<'_>, Distrust> {
    let enveloped = |element: &Element<'_>| element.attribute("", "Algorithm") == Some(ENVELOPED);
    let one = match elements(transforms)?[..] {
        [transform] => transform,
        [first, transform] if enveloped(&first) && first.is(DS_NAMESPACE, "Transform") => {
            if !elements(first)?.is_empty() {
                return Err(Distrust::Algorithm);
            }
            transform
        }
        _ => {
            return Err(Distrust::SignatureForm(
                "Transforms are missing or too many",
            ));
        }
    };
    if one.is(DS_NAMESPACE, "Transform") {
        Ok(one)
    } else {
        Err(Distrust::SignatureForm(
            "an element is not where it should be",
        ))
    }
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
