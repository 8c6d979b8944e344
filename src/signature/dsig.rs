//! What every form of XMLDSig shares: its elements, read strictly.
//!
//! Spec:  XMLDSig §4; RFC 4648 §4. Every element that is not expected where it stands is refused.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::xml::{Element, Node};

use super::Distrust;
use super::algorithm::EXCLUSIVE_C14N;

/// The namespace of XMLDSig.
pub(super) const DS_NAMESPACE: &str = "http://www.w3.org/2000/09/xmldsig#";

const PREFIXES_MAX: usize = 16;

/// What exclusive C14N is told to treat inclusively: prefixes, `#default` as the empty one.
pub(super) type PrefixList<'d> = Vec<&'d str>;

/// The elements inside, where nothing else but white space may stand (comments neither: they are
/// not covered by the digest).
pub(super) fn elements(parent: Element<'_>) -> Result<Vec<Element<'_>>, Distrust> {
    let mut found = Vec::with_capacity(4);
    for node in parent.nodes() {
        match node {
            Node::Element(element) => found.push(element),
            Node::Text(text) if text.trim().is_empty() => {}
            Node::Text(_) | Node::Comment(_) | Node::Instruction(_) => {
                return Err(Distrust::SignatureForm(
                    "text or a comment between elements",
                ));
            }
        }
    }
    Ok(found)
}

/// Exactly these children of XMLDSig, in this order.
pub(super) fn children<'d, const N: usize>(
    parent: Element<'d>,
    names: [&str; N],
) -> Result<[Element<'d>; N], Distrust> {
    let found: [Element<'d>; N] = elements(parent)?
        .try_into()
        .map_err(|_| Distrust::SignatureForm("elements are missing or too many"))?;
    if found
        .iter()
        .zip(names)
        .all(|(element, name)| element.is(DS_NAMESPACE, name))
    {
        Ok(found)
    } else {
        Err(Distrust::SignatureForm(
            "an element is not where it should be",
        ))
    }
}

pub(super) fn only<'d>(
    mut found: impl Iterator<Item = Element<'d>>,
    what: &'static str,
) -> Result<Option<Element<'d>>, Distrust> {
    let first = found.next();
    if found.next().is_some() {
        Err(Distrust::SignatureForm(what))
    } else {
        Ok(first)
    }
}

/// The PrefixList inside a C14N method or transform; nothing else may stand there.
pub(super) fn prefix_list(method: Element<'_>) -> Result<PrefixList<'_>, Distrust> {
    match elements(method)?[..] {
        [] => Ok(Vec::new()),
        [list] if list.is(EXCLUSIVE_C14N, "InclusiveNamespaces") => {
            if !elements(list)?.is_empty() {
                return Err(Distrust::Algorithm);
            }
            let prefixes = list.attribute("", "PrefixList").unwrap_or_default();
            let read = |prefix| if prefix == "#default" { "" } else { prefix };
            let prefixes: Vec<&str> = prefixes.split_ascii_whitespace().map(read).collect();
            if prefixes.len() > PREFIXES_MAX {
                Err(Distrust::Algorithm)
            } else {
                Ok(prefixes)
            }
        }
        _ => Err(Distrust::Algorithm),
    }
}

/// Strict base64 of an element that holds text alone; white space (Java writes CR and LF) is
/// removed first.
pub(super) fn binary(element: Element<'_>) -> Result<Vec<u8>, Distrust> {
    let form = Distrust::SignatureForm("a value is not base64 text alone");
    let text = element.plain_text().ok_or(form)?;
    let decoded = STANDARD.decode(text.as_bytes()).or_else(|_| {
        let white = |b: &u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r');
        let compact: Vec<u8> = text.bytes().filter(|b| !white(b)).collect();
        STANDARD.decode(compact)
    });
    match decoded {
        Ok(octets) if !octets.is_empty() => Ok(octets),
        Ok(_) | Err(_) => Err(form),
    }
}
