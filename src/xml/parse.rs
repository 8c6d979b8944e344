//! From octets to the tree: quick-xml finds the tokens, every rule beyond that is checked here.
//!
//! Spec:  XML 1.0 §2–§4 without DTDs; Namespaces in XML 1.0 §6.
//! Limits hold while reading, so a hostile document costs no more than its allowance.

use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::elsewhere::{MARK, Texts};
use super::tag::{self, RawAttributes};
use super::tree::{
    AttributeData, Declaration, Document, ElementData, Kind, Name, NodeData, Span, offset,
};
use super::{Cause, Fault, Position, XML_NAMESPACE};

/// Octets that are looked at together for characters that XML forbids.
const BLOCK_OCTETS: usize = 128;

const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

/// How much a document may hold.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Octets of the whole.
    pub bytes_max: usize,
    /// Elements inside one another.
    pub depth_max: usize,
    /// Elements, texts, references, comments and instructions.
    pub nodes_max: usize,
    /// Attributes of one element, namespace declarations included.
    pub element_attributes_max: usize,
    /// Attributes of all elements.
    pub attributes_max: usize,
    /// Namespace declarations of all elements.
    pub declarations_max: usize,
    /// Octets of one name.
    pub name_bytes_max: usize,
    /// Octets of one namespace name.
    pub namespace_bytes_max: usize,
}

impl Limits {
    /// For a message at the door: some ten times what the largest honest registration needs.
    pub const MESSAGE: Self = Self {
        bytes_max: 128 * 1024,
        depth_max: 48,
        nodes_max: 8_000,
        element_attributes_max: 32,
        attributes_max: 2_000,
        declarations_max: 256,
        name_bytes_max: 256,
        namespace_bytes_max: 512,
    };
}

impl Document {
    /// Parses octets into a tree, or says what is wrong and where.
    ///
    /// # Errors
    /// A [`Fault`] with the [`Cause`] and the position, for anything that is not a well-formed
    /// XML 1.0 document in UTF-8 without a DTD and within the limits.
    pub fn parse(octets: &[u8], limits: &Limits) -> Result<Self, Fault> {
        Self::parse_marked(octets, limits, None)
    }

    /// Parses octets in which marks stand for texts that are found elsewhere. Whoever calls this
    /// made the marks, or had them from whom made them.
    ///
    /// # Errors
    /// As [`Document::parse`]; a mark in a name, an attribute or a comment is a character that XML
    /// does not allow.
    pub fn parse_marked(
        octets: &[u8],
        limits: &Limits,
        texts: Option<Arc<dyn Texts>>,
    ) -> Result<Self, Fault> {
        let start = Position { line: 1, column: 1 };
        if octets.len() > limits.bytes_max {
            return Err(Fault {
                cause: Cause::TooLarge,
                position: start,
            });
        }
        let text = match std::str::from_utf8(octets) {
            Ok(text) => text.strip_prefix('\u{FEFF}').unwrap_or(text),
            Err(error) => {
                let valid = String::from_utf8_lossy(&octets[..error.valid_up_to()]);
                let position = Position::of(&valid, valid.len());
                return Err(Fault {
                    cause: Cause::Encoding,
                    position,
                });
            }
        };
        // "<" in UTF-16 without a byte order mark is valid UTF-8 by chance, with a NUL in it. A
        // second mark is text outside the root; quick-xml would skip it and count every offset from
        // behind.
        let cause = match text.as_bytes() {
            [b'<', 0, ..] | [0, b'<', ..] => Some(Cause::Encoding),
            [0xEF, 0xBB, 0xBF, ..] => Some(Cause::Root),
            _ => None,
        };
        if let Some(cause) = cause {
            return Err(Fault {
                cause,
                position: start,
            });
        }
        let mut parser = Parser::new(text, limits, texts);
        match parser.run() {
            Ok(root) => Ok(parser.finish(root)),
            Err(cause) => Err(Fault {
                cause,
                position: Position::of(text, parser.at),
            }),
        }
    }
}

struct Parser<'s> {
    source: &'s str,
    limits: &'s Limits,
    document: Document,
    /// Indices of the open elements, outermost first.
    open: Vec<u32>,
    /// Declarations in scope, innermost last, each with the depth at which it was made.
    scope: Vec<(Declaration, usize)>,
    root: Option<u32>,
    /// Where the token being read begins.
    at: usize,
    /// Whether the source has a carriage return or a "]]>" anywhere: most have neither, and their
    /// texts need not be searched for them one by one.
    returns: bool,
    section_ends: bool,
}

impl<'s> Parser<'s> {
    fn new(source: &'s str, limits: &'s Limits, texts: Option<Arc<dyn Texts>>) -> Self {
        let guess = source.len() / 20;
        let document = Document {
            source: String::new(),
            resolved: String::new(),
            nodes: Vec::with_capacity(guess.min(limits.nodes_max)),
            elements: Vec::with_capacity(guess.min(limits.nodes_max) / 2),
            attributes: Vec::with_capacity(32),
            declarations: Vec::with_capacity(16),
            namespaces: Document::initial_namespaces(),
            root: 0,
            instructions: false,
            texts,
        };
        Self {
            source,
            limits,
            document,
            open: Vec::new(),
            scope: Vec::new(),
            root: None,
            at: 0,
            returns: source.as_bytes().contains(&b'\r'),
            section_ends: source.contains("]]>"),
        }
    }

    fn run(&mut self) -> Result<u32, Cause> {
        let marked = self.document.texts.is_some();
        if let Some(at) = forbidden_character(self.source.as_bytes(), marked) {
            self.at = at;
            return Err(Cause::Character);
        }
        let mut reader = Reader::from_str(self.source);
        let config = reader.config_mut();
        config.check_comments = true;
        config.check_end_names = true;
        loop {
            self.at = position(reader.buffer_position());
            let event = reader.read_event().map_err(|error| cause_of(&error))?;
            let end = position(reader.buffer_position());
            match event {
                Event::Start(_) => self.open_element(self.at + 1, end - 1, false)?,
                Event::Empty(_) => self.open_element(self.at + 1, end - 2, true)?,
                Event::End(_) => self.close_element()?,
                Event::Text(_) => self.text(self.at, end)?,
                Event::CData(_) => {
                    self.character_data(self.at + "<![CDATA[".len(), end - "]]>".len())?;
                }
                Event::GeneralRef(_) => self.reference(self.at + 1, end - 1)?,
                Event::Comment(_) => {
                    self.unmarked(self.at, end)?;
                    let span = self.lines(self.at + "<!--".len(), end - "-->".len());
                    self.push(Kind::Comment(span))?;
                }
                Event::PI(_) => self.instruction(self.at + 2, end - 2)?,
                Event::Decl(_) => self.declaration(self.at, end)?,
                Event::DocType(_) => return Err(Cause::DocumentType),
                Event::Eof => break,
            }
        }
        if !self.open.is_empty() {
            return Err(Cause::Nesting);
        }
        self.root.ok_or(Cause::Root)
    }

    fn finish(self, root: u32) -> Document {
        Document {
            source: self.source.to_owned(),
            root,
            ..self.document
        }
    }

    fn push(&mut self, kind: Kind) -> Result<u32, Cause> {
        if self.document.nodes.len() >= self.limits.nodes_max {
            return Err(Cause::TooManyNodes);
        }
        let index = offset(self.document.nodes.len());
        // The root is its own parent, which marks it as the one without.
        let parent = self.open.last().copied().unwrap_or(index);
        let node = NodeData {
            kind,
            at: offset(self.at),
            end: index + 1,
            parent,
        };
        self.document.nodes.push(node);
        Ok(index)
    }

    fn open_element(&mut self, start: usize, end: usize, empty: bool) -> Result<(), Cause> {
        if self.open.is_empty() && self.root.is_some() {
            return Err(Cause::Root);
        }
        if self.open.len() >= self.limits.depth_max {
            return Err(Cause::TooDeep);
        }
        let tag = &self.source[start..end];
        let name_length = tag.bytes().position(tag::is_space).unwrap_or(tag.len());
        let prefix = tag::prefix_length(&tag[..name_length], self.limits.name_bytes_max)?;
        let attributes_from = offset(self.document.attributes.len());
        let declarations_from = offset(self.document.declarations.len());
        self.read_attributes(start, tag, name_length)?;
        let attributes = (attributes_from, offset(self.document.attributes.len()));
        self.bind_attributes(attributes)?;
        let span = Span::source(start, start + name_length);
        let namespace = self.namespace_of(span, prefix)?;
        let data = offset(self.document.elements.len());
        self.document.elements.push(ElementData {
            name: Name {
                span,
                prefix,
                namespace,
            },
            attributes,
            declarations: (declarations_from, offset(self.document.declarations.len())),
        });
        let index = self.push(Kind::Element(data))?;
        self.root.get_or_insert(index);
        self.open.push(index);
        if empty { self.close_element() } else { Ok(()) }
    }

    /// Reads the attributes of a tag; declarations come into scope, the rest wait for binding.
    fn read_attributes(
        &mut self,
        start: usize,
        tag: &str,
        name_length: usize,
    ) -> Result<(), Cause> {
        let mut raw = RawAttributes::new(tag, name_length);
        let mut count = 0;
        while let Some(attribute) = raw.next()? {
            count += 1;
            if count > self.limits.element_attributes_max {
                return Err(Cause::TooManyAttributes);
            }
            let name = &tag[attribute.name.0..attribute.name.1];
            let prefix = tag::prefix_length(name, self.limits.name_bytes_max)?;
            let value = self.attribute_value(start, tag, attribute.value)?;
            let name_end = start + attribute.name.1;
            if name == "xmlns" {
                self.declare(Span::source(name_end, name_end), value)?;
            } else if usize::from(prefix) == "xmlns".len() && name.starts_with("xmlns:") {
                let prefix_start = start + attribute.name.0 + "xmlns:".len();
                self.declare(Span::source(prefix_start, name_end), value)?;
            } else {
                if self.document.attributes.len() >= self.limits.attributes_max {
                    return Err(Cause::TooManyAttributes);
                }
                let span = Span::source(start + attribute.name.0, name_end);
                let name = Name {
                    span,
                    prefix,
                    namespace: Document::NO_NAMESPACE,
                };
                self.document.attributes.push(AttributeData { name, value });
            }
        }
        Ok(())
    }

    fn attribute_value(
        &mut self,
        start: usize,
        tag: &str,
        (from, to): (usize, usize),
    ) -> Result<Span, Cause> {
        let raw = &tag[from..to];
        self.unmarked(start + from, start + to)?;
        if !raw
            .bytes()
            .any(|b| matches!(b, b'&' | b'\t' | b'\n' | b'\r'))
        {
            return Ok(Span::source(start + from, start + to));
        }
        let resolved_from = self.document.resolved.len();
        tag::push_attribute_value(raw, &mut self.document.resolved)?;
        Ok(Span::resolved(resolved_from, self.document.resolved.len()))
    }

    fn declare(&mut self, prefix: Span, value: Span) -> Result<(), Cause> {
        if self.document.declarations.len() >= self.limits.declarations_max {
            return Err(Cause::TooManyNamespaces);
        }
        let depth = self.open.len();
        let name = self.document_text(prefix);
        let uri = self.document_text(value);
        if uri.len() > self.limits.namespace_bytes_max {
            return Err(Cause::TooLongName);
        }
        let twice = self
            .scope
            .iter()
            .rev()
            .take_while(|(_, made)| *made == depth);
        if twice
            .into_iter()
            .any(|(d, _)| self.document_text(d.prefix) == name)
        {
            return Err(Cause::DuplicateAttribute);
        }
        // `xml` may be declared as itself and nothing else; `xmlns` never; a prefix never undone.
        let reserved = match name {
            "xml" => uri != XML_NAMESPACE,
            "xmlns" => true,
            _ => uri == XML_NAMESPACE || uri == XMLNS_NAMESPACE,
        };
        if reserved || (uri.is_empty() && !name.is_empty()) || is_relative(uri) {
            return Err(Cause::Namespace);
        }
        let mut known = self.document.namespaces.iter();
        let namespace = match known.position(|known| known == uri) {
            Some(namespace) => offset(namespace),
            None => {
                let uri = uri.to_owned();
                self.document.namespaces.push(uri);
                offset(self.document.namespaces.len() - 1)
            }
        };
        let declaration = Declaration { prefix, namespace };
        self.document.declarations.push(declaration);
        self.scope.push((declaration, depth));
        Ok(())
    }

    /// Gives each attribute of the element its namespace; no two may share an expanded name.
    fn bind_attributes(&mut self, (from, to): (u32, u32)) -> Result<(), Cause> {
        for index in from as usize..to as usize {
            let name = self.document.attributes[index].name;
            let namespace = match name.prefix {
                0 => Document::NO_NAMESPACE,
                prefix => self.namespace_of(name.span, prefix)?,
            };
            self.document.attributes[index].name.namespace = namespace;
            let local = self.local(name);
            let earlier = &self.document.attributes[from as usize..index];
            if earlier
                .iter()
                .any(|other| other.name.namespace == namespace && self.local(other.name) == local)
            {
                return Err(Cause::DuplicateAttribute);
            }
        }
        Ok(())
    }

    fn namespace_of(&self, name: Span, prefix_length: u16) -> Result<u32, Cause> {
        let prefix = &self.document_text(name)[..usize::from(prefix_length)];
        match prefix {
            "xml" => return Ok(Document::XML),
            "xmlns" => return Err(Cause::Namespace),
            _ => {}
        }
        let mut innermost_first = self.scope.iter().rev();
        match innermost_first.find(|(d, _)| tag::same_name(self.document_text(d.prefix), prefix)) {
            Some((declaration, _)) => Ok(declaration.namespace),
            None if prefix.is_empty() => Ok(Document::NO_NAMESPACE),
            None => Err(Cause::Namespace),
        }
    }

    fn close_element(&mut self) -> Result<(), Cause> {
        let index = self.open.pop().ok_or(Cause::Nesting)?;
        self.document.nodes[index as usize].end = offset(self.document.nodes.len());
        let depth = self.open.len();
        while self.scope.last().is_some_and(|(_, made)| *made >= depth) {
            self.scope.pop();
        }
        Ok(())
    }

    fn text(&mut self, start: usize, end: usize) -> Result<(), Cause> {
        let raw = &self.source[start..end];
        if self.section_ends && raw.contains("]]>") {
            return Err(Cause::Syntax);
        }
        if self.open.is_empty() {
            // Only white space may stand outside the root.
            return if raw.bytes().all(tag::is_space) {
                Ok(())
            } else {
                Err(Cause::Root)
            };
        }
        self.character_data(start, end)
    }

    fn character_data(&mut self, start: usize, end: usize) -> Result<(), Cause> {
        if self.open.is_empty() {
            return Err(Cause::Root);
        }
        if start == end {
            return Ok(());
        }
        let span = self.lines(start, end);
        self.push(Kind::Text(span)).map(drop)
    }

    fn reference(&mut self, start: usize, end: usize) -> Result<(), Cause> {
        if self.open.is_empty() {
            return Err(Cause::Root);
        }
        let character = tag::resolve_reference(&self.source[start..end])?;
        let from = self.document.resolved.len();
        self.document.resolved.push(character);
        let span = Span::resolved(from, self.document.resolved.len());
        self.push(Kind::Text(span)).map(drop)
    }

    fn instruction(&mut self, start: usize, end: usize) -> Result<(), Cause> {
        let raw = &self.source[start..end];
        let target = raw
            .split(|c: char| c.is_ascii_whitespace())
            .next()
            .unwrap_or_default();
        if !tag::is_ncname(target) || target.eq_ignore_ascii_case("xml") {
            return Err(Cause::Syntax);
        }
        self.document.instructions = true;
        let span = self.lines(start, end);
        self.push(Kind::Instruction(span)).map(drop)
    }

    /// `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`, at the very start only.
    fn declaration(&mut self, start: usize, end: usize) -> Result<(), Cause> {
        if start != 0 {
            return Err(Cause::Syntax);
        }
        let inside = &self.source["<?xml".len()..end - "?>".len()];
        let mut pseudo = RawAttributes::new(inside, 0);
        let mut expected = ["version", "encoding", "standalone"].into_iter();
        let mut versioned = false;
        while let Some(attribute) = pseudo.next()? {
            let name = &inside[attribute.name.0..attribute.name.1];
            let value = &inside[attribute.value.0..attribute.value.1];
            if !expected.by_ref().any(|allowed| allowed == name) {
                return Err(Cause::Syntax);
            }
            match name {
                "version" if value == "1.0" => versioned = true,
                "version" => return Err(Cause::Version),
                "encoding" if !value.eq_ignore_ascii_case("utf-8") => return Err(Cause::Encoding),
                "standalone" if value != "yes" && value != "no" => return Err(Cause::Syntax),
                _ => {}
            }
        }
        if versioned {
            Ok(())
        } else {
            Err(Cause::Syntax)
        }
    }

    /// A mark stands for a text of an element, and nowhere else.
    fn unmarked(&self, start: usize, end: usize) -> Result<(), Cause> {
        let marked = self.document.texts.is_some() && self.source[start..end].contains(MARK);
        if marked {
            Err(Cause::Character)
        } else {
            Ok(())
        }
    }

    fn lines(&mut self, start: usize, end: usize) -> Span {
        let raw = &self.source[start..end];
        if !self.returns || !raw.as_bytes().contains(&b'\r') {
            return Span::source(start, end);
        }
        let from = self.document.resolved.len();
        tag::push_lines(raw, &mut self.document.resolved);
        Span::resolved(from, self.document.resolved.len())
    }

    fn local(&self, name: Name) -> &str {
        let text = self.document_text(name.span);
        match name.prefix {
            0 => text,
            prefix => &text[usize::from(prefix) + 1..],
        }
    }

    fn document_text(&self, span: Span) -> &str {
        span.of(self.source, &self.document.resolved)
    }
}

/// A namespace name without a scheme: its meaning would depend on where it is read
/// (Namespaces in XML 1.0 §2.3 deprecates it), so it is refused.
fn is_relative(uri: &str) -> bool {
    let scheme = uri.split_once(':').map(|(scheme, _)| scheme);
    let absolute = scheme.is_some_and(|scheme| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    });
    !uri.is_empty() && !absolute
}

/// Where a character that XML forbids stands: control characters, U+FFFE, U+FFFF.
fn forbidden_character(bytes: &[u8], marked: bool) -> Option<usize> {
    // Without a branch, so that the compiler can look at many octets at once.
    let control = |b: u8| (b < 0x20) & (b != b'\t') & (b != b'\n') & (b != b'\r');
    let forbidden = |at: usize| {
        let rest = &bytes[at..];
        (control(rest[0]) && !(marked && rest[0] == MARK as u8))
            || matches!(rest, [0xEF, 0xBF, 0xBE | 0xBF, ..])
    };
    // Whole blocks are passed over without a branch for each octet; few hold anything suspicious.
    bytes
        .chunks(BLOCK_OCTETS)
        .zip(0..)
        .find_map(|(block, number)| {
            let suspicious = block
                .iter()
                .fold(false, |any, b| any | control(*b) | (*b == 0xEF));
            let start = number * BLOCK_OCTETS;
            suspicious
                .then(|| (start..start + block.len()).find(|at| forbidden(*at)))
                .flatten()
        })
}

fn position(at: u64) -> usize {
    usize::try_from(at).expect("a position in a slice fits in its index type")
}

fn cause_of(error: &quick_xml::Error) -> Cause {
    use quick_xml::Error;
    use quick_xml::errors::{IllFormedError as Form, SyntaxError};
    let nesting = matches!(
        error,
        Error::IllFormed(
            Form::MissingEndTag(_) | Form::UnmatchedEndTag(_) | Form::MismatchedEndTag { .. },
        )
    );
    let document_type = matches!(
        error,
        Error::IllFormed(Form::MissingDoctypeName) | Error::Syntax(SyntaxError::UnclosedDoctype)
    );
    if nesting {
        Cause::Nesting
    } else if document_type {
        Cause::DocumentType
    } else {
        Cause::Syntax
    }
}
