//! The tree: an arena in document order, whose texts are spans of the source.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::elsewhere::Texts;
use super::tag::same_name;
use super::{Position, XML_NAMESPACE};

/// A stretch of the source, or, where references or line ends had to be resolved, of `resolved`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Span {
    start: u32,
    end: u32,
    resolved: bool,
}

impl Span {
    pub(super) fn source(start: usize, end: usize) -> Self {
        Self {
            start: offset(start),
            end: offset(end),
            resolved: false,
        }
    }

    pub(super) fn resolved(start: usize, end: usize) -> Self {
        Self {
            start: offset(start),
            end: offset(end),
            resolved: true,
        }
    }

    pub(super) fn of<'t>(self, source: &'t str, resolved: &'t str) -> &'t str {
        let text = if self.resolved { resolved } else { source };
        &text[self.start as usize..self.end as usize]
    }
}

/// Narrows an offset into a text that the limits keep far below 4 GiB.
pub(super) fn offset(at: usize) -> u32 {
    u32::try_from(at).expect("the limit on octets keeps every offset below 4 GiB")
}

/// A qualified name: a span with its prefix, and the namespace that the prefix stood for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    pub(super) span: Span,
    /// Octets of the prefix; 0 where there is none.
    pub(super) prefix: u16,
    /// Index into `namespaces`.
    pub(super) namespace: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct AttributeData {
    pub(super) name: Name,
    pub(super) value: Span,
}

/// A namespace declaration: the prefix (empty for the default) and what it stands for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Declaration {
    pub(super) prefix: Span,
    pub(super) namespace: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct ElementData {
    pub(super) name: Name,
    pub(super) attributes: (u32, u32),
    pub(super) declarations: (u32, u32),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Element(u32),
    Text(Span),
    Comment(Span),
    Instruction(Span),
}

/// A node: its kind, where it began in the source, where its subtree ends in the arena.
#[derive(Debug, Clone, Copy)]
pub(super) struct NodeData {
    pub(super) kind: Kind,
    pub(super) at: u32,
    pub(super) end: u32,
    pub(super) parent: u32,
}

/// A well-formed document without a DTD, with its source.
pub struct Document {
    pub(super) source: String,
    pub(super) resolved: String,
    pub(super) nodes: Vec<NodeData>,
    pub(super) elements: Vec<ElementData>,
    pub(super) attributes: Vec<AttributeData>,
    pub(super) declarations: Vec<Declaration>,
    /// Distinct namespace names; the first two are none and that of `xml`.
    pub(super) namespaces: Vec<String>,
    pub(super) root: u32,
    pub(super) instructions: bool,
    /// Where its marks lead; none stands in a document without.
    pub(super) texts: Option<Arc<dyn Texts>>,
}

impl Document {
    pub(super) const NO_NAMESPACE: u32 = 0;
    pub(super) const XML: u32 = 1;

    pub(super) fn initial_namespaces() -> Vec<String> {
        vec![String::new(), XML_NAMESPACE.to_owned()]
    }

    /// The root element.
    pub fn root(&self) -> Element<'_> {
        self.element(self.root)
    }

    /// The element that [`Element::index`] named, if it is one of this document.
    pub fn element_at(&self, index: u32) -> Option<Element<'_>> {
        let node = self.nodes.get(index as usize)?;
        matches!(node.kind, Kind::Element(_)).then(|| self.element(index))
    }

    /// Every element, in document order.
    pub fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        self.nodes
            .iter()
            .zip(0u32..)
            .filter_map(|(node, index)| match node.kind {
                Kind::Element(_) => Some(self.element(index)),
                Kind::Text(_) | Kind::Comment(_) | Kind::Instruction(_) => None,
            })
    }

    /// Whether any processing instruction stands anywhere, which SOAP 1.1 §3 forbids.
    pub fn has_instructions(&self) -> bool {
        self.instructions
    }

    /// The text that was parsed, without a byte order mark.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Where the texts are found that its marks stand for, if it may have any.
    pub fn texts(&self) -> Option<&Arc<dyn Texts>> {
        self.texts.as_ref()
    }

    pub(super) fn text(&self, span: Span) -> &str {
        span.of(&self.source, &self.resolved)
    }

    fn element(&self, index: u32) -> Element<'_> {
        let Kind::Element(data) = self.nodes[index as usize].kind else {
            unreachable!("callers pass the index of an element");
        };
        Element {
            document: self,
            index,
            data: &self.elements[data as usize],
        }
    }
}

impl fmt::Debug for Document {
    /// The shape alone: a message holds people's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Document({} octets, {} nodes)",
            self.source.len(),
            self.nodes.len()
        )
    }
}

/// What can stand inside an element.
#[derive(Clone, Copy)]
pub enum Node<'d> {
    /// An element.
    Element(Element<'d>),
    /// A piece of text, with references resolved; neighbours are not joined.
    Text(&'d str),
    /// A comment.
    Comment(&'d str),
    /// A processing instruction: target, then data.
    Instruction(&'d str),
}

/// An attribute that is no namespace declaration.
#[derive(Clone, Copy)]
pub struct Attribute<'d> {
    /// The name of its namespace; empty where it has none.
    pub namespace: &'d str,
    /// The name without a prefix.
    pub local: &'d str,
    /// The normalised value.
    pub value: &'d str,
}

/// An element of a document.
#[derive(Clone, Copy)]
pub struct Element<'d> {
    document: &'d Document,
    index: u32,
    pub(super) data: &'d ElementData,
}

impl<'d> Element<'d> {
    /// The document in which it stands.
    pub fn document(self) -> &'d Document {
        self.document
    }

    /// Its place in the document; two elements of one document are the same if it is.
    pub fn index(self) -> u32 {
        self.index
    }

    /// The name of its namespace; empty where it has none.
    pub fn namespace(self) -> &'d str {
        &self.document.namespaces[self.data.name.namespace as usize]
    }

    /// Its name without a prefix.
    pub fn local(self) -> &'d str {
        let name = self.document.text(self.data.name.span);
        match self.data.name.prefix {
            0 => name,
            prefix => &name[usize::from(prefix) + 1..],
        }
    }

    /// Whether it has this expanded name.
    pub fn is(self, namespace: &str, local: &str) -> bool {
        same_name(self.local(), local) && self.namespace() == namespace
    }

    /// The element that it stands in.
    pub fn parent(self) -> Option<Self> {
        let parent = self.node().parent;
        (parent != self.index).then(|| self.document.element(parent))
    }

    /// Everything directly inside, in order.
    pub fn nodes(self) -> impl Iterator<Item = Node<'d>> {
        let document = self.document;
        let end = self.node().end;
        let mut next = self.index + 1;
        std::iter::from_fn(move || {
            if next >= end {
                return None;
            }
            let index = next;
            let node = &document.nodes[index as usize];
            next = node.end;
            Some(match node.kind {
                Kind::Element(_) => Node::Element(document.element(index)),
                Kind::Text(span) => Node::Text(document.text(span)),
                Kind::Comment(span) => Node::Comment(document.text(span)),
                Kind::Instruction(span) => Node::Instruction(document.text(span)),
            })
        })
    }

    /// The elements directly inside, in order.
    pub fn children(self) -> impl Iterator<Item = Self> {
        self.nodes().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) | Node::Comment(_) | Node::Instruction(_) => None,
        })
    }

    /// The first element directly inside that has this expanded name.
    pub fn child(self, namespace: &str, local: &str) -> Option<Self> {
        self.children().find(|child| child.is(namespace, local))
    }

    /// The text directly inside, joined as the canonical form without comments joins it.
    pub fn text(self) -> Cow<'d, str> {
        let mut joined = Cow::Borrowed("");
        for node in self.nodes() {
            if let Node::Text(text) = node {
                if joined.is_empty() {
                    joined = Cow::Borrowed(text);
                } else {
                    joined.to_mut().push_str(text);
                }
            }
        }
        joined
    }

    /// The text, if nothing but text stands inside: no element, comment or instruction.
    pub fn plain_text(self) -> Option<Cow<'d, str>> {
        self.nodes()
            .all(|node| matches!(node, Node::Text(_)))
            .then(|| self.text())
    }

    /// Whether text other than white space stands directly inside.
    pub fn has_text(self) -> bool {
        self.nodes().any(|node| match node {
            Node::Text(text) => !text
                .bytes()
                .all(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')),
            Node::Element(_) | Node::Comment(_) | Node::Instruction(_) => false,
        })
    }

    /// Its attributes in the order of the source; namespace declarations are none of them.
    pub fn attributes(self) -> impl Iterator<Item = Attribute<'d>> {
        let document = self.document;
        self.attribute_data().iter().map(move |attribute| {
            let name = document.text(attribute.name.span);
            let local_at = match attribute.name.prefix {
                0 => 0,
                prefix => usize::from(prefix) + 1,
            };
            Attribute {
                namespace: &document.namespaces[attribute.name.namespace as usize],
                local: &name[local_at..],
                value: document.text(attribute.value),
            }
        })
    }

    /// The value of the attribute with this expanded name.
    pub fn attribute(self, namespace: &str, local: &str) -> Option<&'d str> {
        self.attributes()
            .find(|attribute| same_name(attribute.local, local) && attribute.namespace == namespace)
            .map(|attribute| attribute.value)
    }

    /// Where its start tag begins.
    pub fn position(self) -> Position {
        Position::of(&self.document.source, self.node().at as usize)
    }

    /// The octet of [`Document::source`] at which its start tag begins.
    pub fn offset(self) -> usize {
        self.node().at as usize
    }

    /// Whether `other` stands in it, at any depth, or is it.
    pub fn holds(self, other: Element<'_>) -> bool {
        std::ptr::eq(self.document, other.document)
            && (self.index..self.node().end).contains(&other.index)
    }

    pub(super) fn node(self) -> &'d NodeData {
        &self.document.nodes[self.index as usize]
    }

    pub(super) fn attribute_data(self) -> &'d [AttributeData] {
        let (start, end) = self.data.attributes;
        &self.document.attributes[start as usize..end as usize]
    }

    pub(super) fn declarations(self) -> &'d [Declaration] {
        let (start, end) = self.data.declarations;
        &self.document.declarations[start as usize..end as usize]
    }
}

/// Two elements are the same where they stand in one document at one place.
impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.index == other.index
    }
}

impl fmt::Debug for Element<'_> {
    /// The name alone: the content may be people's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Element({{{}}}{})", self.namespace(), self.local())
    }
}
