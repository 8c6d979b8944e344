//! Signatures of citizens and officials inside `data`: enveloped, apart from that of the transport.
//!
//! Spec:  XMLDSig §4.4.3 (URI=""), §6.6.4; Canonical XML 1.0. The shape that the national tools
//!        write: `ds:Signature` as a last child of the payload's root, one Reference to the whole,
//!        the certificate in X509Data. Who signs later signs the signatures before it too, so the
//!        last one is checked first and each covers what stands before it.
//! In:    the payload, raw or as text. It is digested as a document of its own: what surrounds it
//!        in the message is no part of it.
//! Out:   who signed, in the order of signing, and the content parsed from the very octets that
//!        the first one digested; no signature stands in it any more.
//! Never: digests comments, which URI="" leaves out; follows a reference to anything but the whole.

use std::sync::Arc;

use crate::envelope::shep::Payload;
use crate::envelope::{CANONICAL_LIMITS, CANONICAL_OCTETS_MAX, Code, Malformed};
use crate::terms::Moment;
use crate::xml::canonical::{Form, Namespaces};
use crate::xml::{Document, Element};

use super::algorithm::{self, Algorithm, Digest};
use super::dsig::{DS_NAMESPACE, binary, children, elements, prefix_list};
use super::trust::{Store, Verified};
use super::{Certificate, Distrust};

/// Who sign one payload, at most.
const SIGNATORIES_MAX: usize = 8;

pub(super) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
pub(super) const INCLUSIVE_C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const WITH_COMMENTS: &str = "#WithComments";
const EXCLUSIVE_WITH_COMMENTS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";

/// One who signed a payload.
#[derive(Debug)]
pub struct Signatory {
    verified: Arc<Verified>,
    algorithm: Algorithm,
}

impl Signatory {
    /// The certificate and the path that vouches for it.
    pub fn verified(&self) -> &Verified {
        &self.verified
    }

    /// The certificate, which says who it is.
    pub fn certificate(&self) -> &Certificate {
        self.verified.certificate()
    }

    /// The identifier of the signature algorithm.
    pub fn algorithm(&self) -> &'static str {
        self.algorithm.uri()
    }
}

/// A document that was signed inside itself, and believed.
#[derive(Debug)]
pub struct Enveloped {
    /// What the first signatory digested: the document without its signatures.
    pub octets: Vec<u8>,
    /// Who signed, in that order.
    pub signatories: Vec<Signatory>,
}

/// Why the signature of a payload is not believed. The sender of the message is, so that these are
/// told under codes of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signature of the payload: {0}")]
pub struct PayloadDistrust(pub Distrust);

impl PayloadDistrust {
    /// The code under which the sender is told.
    pub fn code(self) -> Code {
        if matches!(
            self.0,
            Distrust::RevocationUnknown | Distrust::ContentUnread
        ) {
            // Nobody's fault, and to be tried again.
            self.0.code()
        } else if self.0 == Distrust::DigestMismatch {
            Code::PayloadDigest
        } else if self.0.code().is_of_certificate() {
            Code::PayloadCertificate
        } else {
            Code::PayloadSignature
        }
    }
}

impl From<Distrust> for PayloadDistrust {
    fn from(distrust: Distrust) -> Self {
        Self(distrust)
    }
}

/// What a payload says, without the signatures in it.
pub enum Content<'d> {
    /// There was none.
    Bare(Payload<'d>),
    /// The rest, as a document of its own.
    Rest(Box<Document>),
}

impl Content<'_> {
    /// The root element.
    pub fn element(&self) -> Element<'_> {
        match self {
            Self::Bare(payload) => payload.element(),
            Self::Rest(document) => document.root(),
        }
    }
}

/// Checks the signatures of a payload, if it has any.
///
/// # Errors
/// [`PayloadDistrust`], where one of them cannot be believed at `now`.
pub fn believe_payload<'d>(
    payload: Payload<'d>,
    store: &Store,
    now: Moment,
) -> Result<(Content<'d>, Vec<Signatory>), PayloadDistrust> {
    match verify_enveloped(payload.element(), store, now)? {
        Some(found) => {
            let rest = reparse(&found.octets, payload.element()).map_err(|_| too_large())?;
            Ok((Content::Rest(Box::new(rest)), found.signatories))
        }
        None => Ok((Content::Bare(payload), Vec::new())),
    }
}

/// A payload whose signatures the door has checked, without them.
///
/// # Errors
/// [`Malformed`], where what remains is too large to be a payload.
pub fn without_signatures(payload: Payload<'_>) -> Result<Content<'_>, Malformed> {
    let root = payload.element();
    let signatures = signatures(root);
    if signatures.is_empty() {
        return Ok(Content::Bare(payload));
    }
    let form = Form {
        namespaces: Namespaces::Inclusive(root),
        comments: false,
        around: true,
        omitted: &signatures,
    };
    let octets = form.write(root, CANONICAL_OCTETS_MAX);
    let octets = octets.map_err(|_| Malformed::DataContent)?;
    Ok(Content::Rest(Box::new(reparse(&octets, root)?)))
}

/// The signatures that stand in a payload: children of its root.
pub(super) fn signatures(root: Element<'_>) -> Vec<Element<'_>> {
    root.children()
        .filter(|child| child.is(DS_NAMESPACE, "Signature"))
        .collect()
}

/// Checks the enveloped signatures of a document whose root this is, though it may stand in another
/// one. Nothing, where it has none.
///
/// # Errors
/// [`Distrust`], the first reason found, from the last signature to the first.
pub fn verify_enveloped(
    root: Element<'_>,
    store: &Store,
    now: Moment,
) -> Result<Option<Enveloped>, Distrust> {
    let signatures = signatures(root);
    if signatures.len() > SIGNATORIES_MAX {
        return Err(Distrust::SignatureForm("too many Signatures"));
    }
    let mut octets = Vec::new();
    let mut signatories = Vec::with_capacity(signatures.len());
    for (place, element) in signatures.iter().enumerate().rev() {
        let signature = Signature::read(*element)?;
        if !signature.algorithm.is_allowed_at(now) || !signature.digest.is_allowed_at(now) {
            return Err(Distrust::Algorithm);
        }
        // What was there when it was made: neither itself nor what came later.
        octets = signature.covered.write(root, root, &signatures[place..])?;
        let digest = signature
            .digest
            .of_form(&octets, root.document().texts())
            .map_err(|_| Distrust::ContentUnread)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(&digest, &signature.digest_value)
            .map_err(|_| Distrust::DigestMismatch)?;
        let verified = store.path(&signature.certificate, now)?;
        let signed = signature.method.write(signature.signed_info, root, &[])?;
        let certificate = verified.certificate();
        certificate.check(signature.algorithm, &signed, &signature.value)?;
        signatories.push(Signatory {
            verified,
            algorithm: signature.algorithm,
        });
    }
    signatories.reverse();
    Ok((!signatories.is_empty()).then_some(Enveloped {
        octets,
        signatories,
    }))
}

/// A canonicalisation that a signature names. Whether with comments makes no difference: URI=""
/// leaves them out, and SignedInfo may have none.
enum Method<'d> {
    Exclusive(Vec<&'d str>),
    Inclusive,
}

impl<'d> Method<'d> {
    fn read(element: Element<'d>) -> Result<Self, Distrust> {
        let uri = element.attribute("", "Algorithm").unwrap_or_default();
        match uri {
            algorithm::EXCLUSIVE_C14N | EXCLUSIVE_WITH_COMMENTS => {
                prefix_list(element).map(Self::Exclusive)
            }
            _ if uri.strip_suffix(WITH_COMMENTS).unwrap_or(uri) == INCLUSIVE_C14N => {
                if elements(element)?.is_empty() {
                    Ok(Self::Inclusive)
                } else {
                    Err(Distrust::Algorithm)
                }
            }
            _ => Err(Distrust::Algorithm),
        }
    }

    /// The form of an element of the document whose root is given.
    fn write(
        &self,
        apex: Element<'_>,
        root: Element<'_>,
        omitted: &[Element<'_>],
    ) -> Result<Vec<u8>, Distrust> {
        let form = Form {
            namespaces: match self {
                Self::Exclusive(prefixes) => Namespaces::Exclusive(prefixes),
                Self::Inclusive => Namespaces::Inclusive(root),
            },
            comments: false,
            // URI="" names the document: instructions beside its root are signed too (C14N §2.3).
            around: true,
            omitted,
        };
        form.write(apex, CANONICAL_OCTETS_MAX)
            .map_err(|_| too_large())
    }
}

/// An enveloped Signature, read strictly.
struct Signature<'d> {
    signed_info: Element<'d>,
    method: Method<'d>,
    algorithm: Algorithm,
    covered: Method<'d>,
    digest: Digest,
    digest_value: Vec<u8>,
    value: Vec<u8>,
    certificate: Vec<u8>,
}

impl<'d> Signature<'d> {
    fn read(signature: Element<'d>) -> Result<Self, Distrust> {
        let [signed_info, value, key_info] =
            children(signature, ["SignedInfo", "SignatureValue", "KeyInfo"])?;
        let [method, signature_method, reference] = children(
            signed_info,
            ["CanonicalizationMethod", "SignatureMethod", "Reference"],
        )?;
        let uri = signature_method.attribute("", "Algorithm");
        let algorithm = uri.and_then(Algorithm::from_uri);
        if !elements(signature_method)?.is_empty() {
            return Err(Distrust::Algorithm);
        }
        if reference.attribute("", "URI") != Some("") {
            return Err(Distrust::SignatureForm(
                "the Reference of a payload must be to the whole of it",
            ));
        }
        let [transforms, digest_method, digest_value] =
            children(reference, ["Transforms", "DigestMethod", "DigestValue"])?;
        let digest = digest_method.attribute("", "Algorithm");
        let digest = digest.and_then(Digest::from_uri);
        if !elements(digest_method)?.is_empty() {
            return Err(Distrust::Algorithm);
        }
        Ok(Self {
            signed_info,
            method: Method::read(method)?,
            algorithm: algorithm.ok_or(Distrust::Algorithm)?,
            covered: covered(transforms)?,
            digest: digest.ok_or(Distrust::Algorithm)?,
            digest_value: binary(digest_value)?,
            value: binary(value)?,
            certificate: certificate(key_info)?,
        })
    }
}

/// The transforms: the signature itself is taken out first, then at most one canonicalisation; the
/// inclusive one where none is named (XMLDSig §4.4.3.2).
fn covered(transforms: Element<'_>) -> Result<Method<'_>, Distrust> {
    let listed = elements(transforms)?;
    if !listed
        .iter()
        .all(|element| element.is(DS_NAMESPACE, "Transform"))
    {
        return Err(Distrust::SignatureForm("Transforms hold something else"));
    }
    let (first, rest) = listed.split_first().ok_or(Distrust::Algorithm)?;
    if first.attribute("", "Algorithm") != Some(ENVELOPED) || !elements(*first)?.is_empty() {
        return Err(Distrust::Algorithm);
    }
    match rest {
        [] => Ok(Method::Inclusive),
        [method] => Method::read(*method),
        _ => Err(Distrust::Algorithm),
    }
}

/// The DER of the one certificate in KeyInfo.
fn certificate(key_info: Element<'_>) -> Result<Vec<u8>, Distrust> {
    let malformed = Distrust::CertificateMalformed;
    let [data] = children(key_info, ["X509Data"]).map_err(|_| malformed)?;
    let [certificate] = children(data, ["X509Certificate"]).map_err(|_| malformed)?;
    binary(certificate).map_err(|_| malformed)
}

fn too_large() -> Distrust {
    Distrust::SignatureForm("the canonical form is too large")
}

/// The canonical form of what stood at an element, as a document of its own.
fn reparse(octets: &[u8], stood: Element<'_>) -> Result<Document, Malformed> {
    let texts = stood.document().texts().cloned();
    Document::parse_marked(octets, &CANONICAL_LIMITS, texts).map_err(Malformed::DataText)
}
