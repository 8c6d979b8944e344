//! Exclusive XML Canonicalization 1.0, without comments, of one element and what it holds.
//!
//! Spec:  REC-xml-exc-c14n-20020718 §3; escapes and orders of REC-xml-c14n-20010315 §2.
//! In:    an element of a parsed document, and the prefixes that are treated inclusively.
//! Out:   octets that are a document of their own: what is digested, carried and read again.

use super::tag::same_name;
use super::tree::{AttributeData, Kind};
use super::{Document, Element};

/// A prefix as written in the output, with the depth at which it was written.
struct Rendered<'d> {
    prefix: &'d str,
    namespace: u32,
    depth: usize,
}

/// A canonical form that would exceed its allowance.
///
/// A namespace name can be written once in the source and once for each of thousands of siblings in
/// the canonical form, so its size must be bounded apart from that of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the canonical form is larger than allowed")]
pub struct TooLarge;

/// The exclusive canonical form of `apex`, of at most `octets_max` octets.
///
/// `inclusive` is the PrefixList of InclusiveNamespaces, with `#default` as the empty string.
///
/// # Errors
/// [`TooLarge`] where the form would exceed `octets_max`.
pub fn exclusive(
    apex: Element<'_>,
    inclusive: &[&str],
    octets_max: usize,
) -> Result<Vec<u8>, TooLarge> {
    let document = apex.document();
    let nodes = apex.index()..apex.node().end;
    let mut out = Vec::with_capacity((nodes.len() * 48).min(octets_max));
    let mut rendered: Vec<Rendered<'_>> = Vec::with_capacity(8);
    let mut open: Vec<Element<'_>> = Vec::with_capacity(16);
    for index in nodes {
        let node = &document.nodes[index as usize];
        while open
            .last()
            .is_some_and(|element| element.node().end <= index)
        {
            close(&mut open, &mut rendered, &mut out);
        }
        match node.kind {
            Kind::Element(_) => {
                let element = document.element_at(index).expect("the node is an element");
                start_tag(element, open.len(), inclusive, &mut rendered, &mut out);
                open.push(element);
            }
            Kind::Text(span) => push_text(document.text(span), &mut out),
            Kind::Instruction(span) => push_instruction(document.text(span), &mut out),
            Kind::Comment(_) => {}
        }
        if out.len() > octets_max {
            return Err(TooLarge);
        }
    }
    while !open.is_empty() {
        close(&mut open, &mut rendered, &mut out);
    }
    if out.len() > octets_max {
        Err(TooLarge)
    } else {
        Ok(out)
    }
}

fn start_tag<'d>(
    element: Element<'d>,
    depth: usize,
    inclusive: &[&str],
    rendered: &mut Vec<Rendered<'d>>,
    out: &mut Vec<u8>,
) {
    let document = element.document();
    out.push(b'<');
    out.extend_from_slice(document.text(element.data.name.span).as_bytes());
    let first_new = rendered.len();
    render(
        prefix_of(element),
        element.data.name.namespace,
        depth,
        rendered,
    );
    for attribute in element.attribute_data() {
        if attribute.name.prefix > 0 {
            let prefix = attribute_prefix(document, attribute);
            render(prefix, attribute.name.namespace, depth, rendered);
        }
    }
    for prefix in inclusive {
        render_inclusive(element, prefix, depth, rendered);
    }
    // Namespace nodes come first, by prefix; the default has the empty one (C14N §2.2).
    rendered[first_new..].sort_unstable_by_key(|new| new.prefix);
    for new in &rendered[first_new..] {
        out.extend_from_slice(b" xmlns");
        if !new.prefix.is_empty() {
            out.push(b':');
            out.extend_from_slice(new.prefix.as_bytes());
        }
        out.extend_from_slice(b"=\"");
        push_attribute(&document.namespaces[new.namespace as usize], out);
        out.push(b'"');
    }
    push_attributes(element, out);
    out.push(b'>');
}

fn close(open: &mut Vec<Element<'_>>, rendered: &mut Vec<Rendered<'_>>, out: &mut Vec<u8>) {
    let element = open.pop().expect("close is called for an open element");
    out.extend_from_slice(b"</");
    out.extend_from_slice(element.document().text(element.data.name.span).as_bytes());
    out.push(b'>');
    while rendered.last().is_some_and(|last| last.depth >= open.len()) {
        rendered.pop();
    }
}

/// Notes that a visibly utilised prefix must be declared here, unless the output says so already.
fn render<'d>(prefix: &'d str, namespace: u32, depth: usize, rendered: &mut Vec<Rendered<'d>>) {
    if prefix == "xml" {
        return;
    }
    let known = rendered
        .iter()
        .rev()
        .find(|earlier| same_name(earlier.prefix, prefix));
    let needed = match known {
        Some(earlier) => earlier.namespace != namespace,
        // xmlns="" is written only to undo a default that the output holds (§3, 3.1).
        None => !(prefix.is_empty() && namespace == Document::NO_NAMESPACE),
    };
    if needed {
        rendered.push(Rendered {
            prefix,
            namespace,
            depth,
        });
    }
}

/// A prefix of the PrefixList is declared wherever it is in scope, used or not (§3, step 4).
///
/// The apex asks all that surrounds it. Below it only what the element itself declares can differ
/// from what an element above it has written, so the work does not grow with the depth.
fn render_inclusive<'d>(
    element: Element<'d>,
    prefix: &str,
    depth: usize,
    rendered: &mut Vec<Rendered<'d>>,
) {
    let mut here = Some(element);
    while let Some(at) = here {
        let declared = at.declarations().iter().rev();
        for declaration in declared {
            let name = element.document().text(declaration.prefix);
            if name == prefix {
                return render(name, declaration.namespace, depth, rendered);
            }
        }
        here = if depth == 0 { at.parent() } else { None };
    }
}

fn push_attributes(element: Element<'_>, out: &mut Vec<u8>) {
    let document = element.document();
    let attributes = element.attribute_data();
    // Attributes are sorted by namespace name, then by local name (C14N §2.2).
    let key = |attribute: &AttributeData| {
        let name = document.text(attribute.name.span);
        let local_at = match attribute.name.prefix {
            0 => 0,
            prefix => usize::from(prefix) + 1,
        };
        (
            &document.namespaces[attribute.name.namespace as usize],
            &name[local_at..],
        )
    };
    let mut sorted: Vec<&AttributeData> = attributes.iter().collect();
    sorted.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
    for attribute in sorted {
        out.push(b' ');
        out.extend_from_slice(document.text(attribute.name.span).as_bytes());
        out.extend_from_slice(b"=\"");
        push_attribute(document.text(attribute.value), out);
        out.push(b'"');
    }
}

fn prefix_of(element: Element<'_>) -> &str {
    let name = element.document().text(element.data.name.span);
    &name[..usize::from(element.data.name.prefix)]
}

fn attribute_prefix<'d>(document: &'d Document, attribute: &AttributeData) -> &'d str {
    &document.text(attribute.name.span)[..usize::from(attribute.name.prefix)]
}

/// Octets that are looked at together for what must be escaped.
const BLOCK_OCTETS: usize = 64;

/// What C14N §2.3 escapes in text.
fn escape_in_text(byte: u8) -> Option<&'static [u8]> {
    match byte {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'>' => Some(b"&gt;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    }
}

/// What C14N §2.3 escapes in the value of an attribute.
fn escape_in_attribute(byte: u8) -> Option<&'static [u8]> {
    match byte {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'"' => Some(b"&quot;"),
        b'\t' => Some(b"&#x9;"),
        b'\n' => Some(b"&#xA;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    }
}

/// Copies octets, replacing those that `escape` names.
///
/// Blocks without any go over in one piece: `escape` is asked without a branch, so that the
/// compiler can look at many octets at once.
fn push_escaped(text: &str, out: &mut Vec<u8>, escape: impl Fn(u8) -> Option<&'static [u8]>) {
    for block in text.as_bytes().chunks(BLOCK_OCTETS) {
        let plain = block
            .iter()
            .fold(true, |plain, byte| plain & escape(*byte).is_none());
        if plain {
            out.extend_from_slice(block);
            continue;
        }
        for byte in block {
            match escape(*byte) {
                Some(replacement) => out.extend_from_slice(replacement),
                None => out.push(*byte),
            }
        }
    }
}

fn push_text(text: &str, out: &mut Vec<u8>) {
    push_escaped(text, out, escape_in_text);
}

fn push_attribute(value: &str, out: &mut Vec<u8>) {
    push_escaped(value, out, escape_in_attribute);
}

/// `<?target data?>` with one space between; the data keeps its inner white space.
fn push_instruction(raw: &str, out: &mut Vec<u8>) {
    let (target, data) = raw
        .split_once(|c: char| c.is_ascii_whitespace())
        .unwrap_or((raw, ""));
    let data = data.trim_start_matches([' ', '\t', '\n', '\r']);
    out.extend_from_slice(b"<?");
    out.extend_from_slice(target.as_bytes());
    if !data.is_empty() {
        out.push(b' ');
        push_escaped(data, out, |byte| {
            (byte == b'\r').then_some(b"&#xD;".as_slice())
        });
    }
    out.extend_from_slice(b"?>");
}
