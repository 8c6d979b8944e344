//! XML Canonicalization 1.0, exclusive and inclusive, with and without comments, of one element and
//! what it holds.
//!
//! Spec:  REC-xml-exc-c14n-20020718 §3; REC-xml-c14n-20010315 §2, whose document subset is here an
//! element with its content, less what is left out.
//! In:    an element of a parsed document, and which form is wanted.
//! Out:   octets that are a document of their own: what is digested, carried and read again.

mod names;
mod octets;

use super::tag::same_name;
use super::tree::{AttributeData, Kind};
use super::{Document, Element};

use names::{attribute_prefix, local_name, needed_from_outside, prefix_of};
use octets::{push_attribute, push_comment, push_instruction, push_text};

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

/// Which namespace declarations the form has.
#[derive(Clone, Copy)]
pub enum Namespaces<'s, 'd> {
    /// Those that are visibly utilised, and these prefixes: the PrefixList of InclusiveNamespaces,
    /// with `#default` as the empty string.
    Exclusive(&'s [&'s str]),
    /// All that are in scope, and attributes of `xml:` from above, in the document whose root this
    /// element is.
    ///
    /// It may stand in another document, as a payload does in its message. Then it is read as if it
    /// had been taken out of it: what surrounds it gives only the declarations without which it
    /// would not be well-formed.
    Inclusive(Element<'d>),
}

/// A canonical form.
#[derive(Clone, Copy)]
pub struct Form<'s, 'd> {
    /// Which declarations it has.
    pub namespaces: Namespaces<'s, 'd>,
    /// Whether it has comments.
    pub comments: bool,
    /// Whether it is that of the whole document, so that it has what stands around the root.
    pub around: bool,
    /// What is left out, with all that it holds.
    pub omitted: &'s [Element<'d>],
}

/// The exclusive canonical form of `apex` without comments, of at most `octets_max` octets.
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
    let form = Form {
        namespaces: Namespaces::Exclusive(inclusive),
        comments: false,
        around: false,
        omitted: &[],
    };
    form.write(apex, octets_max)
}

impl<'d> Form<'_, 'd> {
    /// The form of `apex`, of at most `octets_max` octets.
    ///
    /// # Errors
    /// [`TooLarge`] where it would exceed `octets_max`.
    pub fn write(&self, apex: Element<'d>, octets_max: usize) -> Result<Vec<u8>, TooLarge> {
        let document = apex.document();
        let end = apex.node().end;
        let mut pen = Pen::new(self, apex, octets_max);
        if self.around && apex == document.root() {
            pen.around(0..apex.index(), |out| out.push(b'\n'), |_| {});
        }
        let mut index = apex.index();
        while index < end {
            if let Some(omitted) = self.omitted.iter().find(|omitted| omitted.index() == index) {
                index = omitted.node().end;
                continue;
            }
            pen.node(document, index);
            if pen.out.len() > octets_max {
                return Err(TooLarge);
            }
            index += 1;
        }
        while !pen.open.is_empty() {
            pen.close();
        }
        if self.around && apex == document.root() {
            let after = end..u32::try_from(document.nodes.len()).unwrap_or(end);
            pen.around(after, |_| {}, |out| out.push(b'\n'));
        }
        if pen.out.len() > octets_max {
            Err(TooLarge)
        } else {
            Ok(pen.out)
        }
    }
}

/// Writes node after node.
struct Pen<'f, 'd> {
    form: &'f Form<'f, 'd>,
    /// What the surroundings of the inclusive root must give: prefix and namespace.
    given: Vec<(&'d str, u32)>,
    rendered: Vec<Rendered<'d>>,
    open: Vec<Element<'d>>,
    out: Vec<u8>,
    document: &'d Document,
}

impl<'f, 'd> Pen<'f, 'd> {
    fn new(form: &'f Form<'_, 'd>, apex: Element<'d>, octets_max: usize) -> Self {
        let nodes = apex.node().end - apex.index();
        let given = match form.namespaces {
            Namespaces::Inclusive(root) if root.parent().is_some() => needed_from_outside(root),
            Namespaces::Inclusive(_) | Namespaces::Exclusive(_) => Vec::new(),
        };
        Self {
            form,
            given,
            rendered: Vec::with_capacity(8),
            open: Vec::with_capacity(16),
            out: Vec::with_capacity((nodes as usize * 48).min(octets_max)),
            document: apex.document(),
        }
    }

    fn node(&mut self, document: &'d Document, index: u32) {
        let node = &document.nodes[index as usize];
        while self
            .open
            .last()
            .is_some_and(|open| open.node().end <= index)
        {
            self.close();
        }
        match node.kind {
            Kind::Element(_) => {
                let element = document.element_at(index).expect("the node is an element");
                self.start_tag(element);
                self.open.push(element);
            }
            Kind::Text(span) => push_text(document.text(span), &mut self.out),
            Kind::Instruction(span) => push_instruction(document.text(span), &mut self.out),
            Kind::Comment(span) if self.form.comments => {
                push_comment(document.text(span), &mut self.out);
            }
            Kind::Comment(_) => {}
        }
    }

    /// Comments and instructions outside the root stand in lines of their own (C14N §2.3).
    fn around(
        &mut self,
        nodes: std::ops::Range<u32>,
        behind: impl Fn(&mut Vec<u8>),
        before: impl Fn(&mut Vec<u8>),
    ) {
        for index in nodes {
            let from = self.out.len();
            before(&mut self.out);
            let begun = self.out.len();
            self.node(self.document, index);
            if self.out.len() == begun {
                self.out.truncate(from);
            } else {
                behind(&mut self.out);
            }
        }
    }

    fn start_tag(&mut self, element: Element<'d>) {
        let document = self.document;
        self.out.push(b'<');
        let name = document.text(element.data.name.span);
        self.out.extend_from_slice(name.as_bytes());
        let first_new = self.rendered.len();
        let inherited = match self.form.namespaces {
            Namespaces::Exclusive(prefixes) => {
                self.render_utilised(element, prefixes);
                Vec::new()
            }
            Namespaces::Inclusive(root) => self.render_in_scope(element, root),
        };
        // Namespace nodes come first, by prefix; the default has the empty one (C14N §2.2).
        self.rendered[first_new..].sort_unstable_by_key(|new| new.prefix);
        for new in &self.rendered[first_new..] {
            self.out.extend_from_slice(b" xmlns");
            if !new.prefix.is_empty() {
                self.out.push(b':');
                self.out.extend_from_slice(new.prefix.as_bytes());
            }
            self.out.extend_from_slice(b"=\"");
            push_attribute(&document.namespaces[new.namespace as usize], &mut self.out);
            self.out.push(b'"');
        }
        push_attributes(element, &inherited, &mut self.out);
        self.out.push(b'>');
    }

    /// What the exclusive form declares at an element.
    fn render_utilised(&mut self, element: Element<'d>, inclusive: &[&str]) {
        let depth = self.open.len();
        let rendered = &mut self.rendered;
        let namespace = element.data.name.namespace;
        render(prefix_of(element), namespace, depth, rendered);
        for attribute in element.attribute_data() {
            if attribute.name.prefix > 0 {
                let prefix = attribute_prefix(self.document, attribute);
                render(prefix, attribute.name.namespace, depth, rendered);
            }
        }
        for prefix in inclusive {
            render_inclusive(element, prefix, depth, rendered);
        }
    }

    /// What the inclusive form declares at an element; for the apex, all that is in scope, and it
    /// gives the attributes of `xml:` that the apex inherits (C14N §2.4).
    fn render_in_scope(
        &mut self,
        element: Element<'d>,
        root: Element<'d>,
    ) -> Vec<&'d AttributeData> {
        let depth = self.open.len();
        let mut inherited: Vec<&'d AttributeData> = Vec::new();
        let mut seen: Vec<&'d str> = Vec::new();
        let mut here = Some(element);
        while let Some(at) = here {
            for declaration in at.declarations() {
                let prefix = self.document.text(declaration.prefix);
                if !seen.contains(&prefix) {
                    seen.push(prefix);
                    render(prefix, declaration.namespace, depth, &mut self.rendered);
                }
            }
            if at != element {
                let above = at.attribute_data().iter();
                let of_xml = above.filter(|a| a.name.namespace == Document::XML);
                for attribute in of_xml {
                    let local = |a: &AttributeData| local_name(self.document, a);
                    let mut own = element
                        .attribute_data()
                        .iter()
                        .filter(|a| a.name.namespace == Document::XML);
                    let known = own.any(|a| local(a) == local(attribute))
                        || inherited.iter().any(|a| local(a) == local(attribute));
                    if !known {
                        inherited.push(attribute);
                    }
                }
            }
            here = if depth > 0 || at == root {
                None
            } else {
                at.parent()
            };
        }
        if depth == 0 {
            for (prefix, namespace) in &self.given {
                if !seen.contains(prefix) {
                    render(prefix, *namespace, depth, &mut self.rendered);
                }
            }
        }
        inherited
    }

    fn close(&mut self) {
        let element = self
            .open
            .pop()
            .expect("close is called for an open element");
        self.out.extend_from_slice(b"</");
        let name = self.document.text(element.data.name.span);
        self.out.extend_from_slice(name.as_bytes());
        self.out.push(b'>');
        let depth = self.open.len();
        while self.rendered.last().is_some_and(|last| last.depth >= depth) {
            self.rendered.pop();
        }
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

fn push_attributes(element: Element<'_>, inherited: &[&AttributeData], out: &mut Vec<u8>) {
    let document = element.document();
    let attributes = element.attribute_data();
    // Attributes are sorted by namespace name, then by local name (C14N §2.2).
    let key = |attribute: &AttributeData| {
        (
            &document.namespaces[attribute.name.namespace as usize],
            local_name(document, attribute),
        )
    };
    let mut sorted: Vec<&AttributeData> = attributes.iter().collect();
    sorted.extend(inherited);
    sorted.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
    for attribute in sorted {
        out.push(b' ');
        out.extend_from_slice(document.text(attribute.name.span).as_bytes());
        out.extend_from_slice(b"=\"");
        push_attribute(document.text(attribute.value), out);
        out.push(b'"');
    }
}
