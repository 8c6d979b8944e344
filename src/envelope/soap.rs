//! The outer shell: Envelope, Header, Body (SOAP 1.1 §4).

use std::sync::Arc;
use std::{fmt, io};

use crate::xml::{Beside, Document, Element, Limits, Node, Texts};

use super::{Malformed, SOAP_NAMESPACE};

/// The namespace of WS-Security's header.
pub const WSSE_NAMESPACE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
/// The namespace of WS-Security's utilities: Id, Timestamp.
pub const WSU_NAMESPACE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

/// The canonical octets of one element, at most: four times what a message may have.
pub const CANONICAL_OCTETS_MAX: usize = 4 * Limits::MESSAGE.bytes_max;

/// What a canonical form may have that the door wrote.
///
/// It can be larger than what arrived: a namespace is declared at each of many siblings, and each
/// ">" or "<" of a CDATA section becomes a reference, a node of its own. The door has bounded its
/// octets, and those bound everything else.
pub const CANONICAL_LIMITS: Limits = Limits {
    bytes_max: CANONICAL_OCTETS_MAX,
    nodes_max: usize::MAX,
    declarations_max: usize::MAX,
    element_attributes_max: usize::MAX,
    ..Limits::MESSAGE
};

const SOAP_12_NAMESPACE: &str = "http://www.w3.org/2003/05/soap-envelope";

/// An arrival whose outer shell is in order. Nothing in it is believed yet.
pub struct Envelope {
    document: Document,
    header: Option<u32>,
    body: u32,
}

impl Envelope {
    /// Parses octets and finds Header and Body.
    ///
    /// # Errors
    /// [`Malformed`], for anything that is not one SOAP 1.1 envelope with one Body.
    pub fn read(octets: &[u8]) -> Result<Self, Malformed> {
        Self::read_marked(octets, None)
    }

    /// The same, of a message whose long texts stand elsewhere ([`super::Tap`]).
    ///
    /// # Errors
    /// As [`Envelope::read`].
    pub fn read_marked(octets: &[u8], texts: Option<Arc<dyn Texts>>) -> Result<Self, Malformed> {
        let document = Document::parse_marked(octets, &Limits::MESSAGE, texts)?;
        let (header, body) = find_parts(&document)?;
        Ok(Self {
            document,
            header,
            body,
        })
    }

    /// The Header, where there is one.
    pub fn header(&self) -> Option<Element<'_>> {
        self.header
            .and_then(|index| self.document.element_at(index))
    }

    /// The one Body.
    pub fn body(&self) -> Element<'_> {
        self.document
            .element_at(self.body)
            .expect("`read` found the Body at this index")
    }

    /// The whole document.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The messageId that the message claims, for evidence about messages that are not believed.
    pub fn claimed_message_id(&self) -> Option<String> {
        let request = self.body().children().next()?.children().next()?;
        let info = request
            .children()
            .find(|child| ["requestInfo", "messageInfo"].contains(&child.local()))?;
        let id = info.children().find(|child| child.local() == "messageId")?;
        Some(id.text().trim().chars().take(100).collect())
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Envelope({:?})", self.document)
    }
}

fn find_parts(document: &Document) -> Result<(Option<u32>, u32), Malformed> {
    if document.has_instructions() {
        return Err(Malformed::ProcessingInstruction);
    }
    let root = document.root();
    if root.is(SOAP_12_NAMESPACE, "Envelope") {
        return Err(Malformed::SoapVersion);
    }
    if !root.is(SOAP_NAMESPACE, "Envelope") {
        return Err(Malformed::NotAnEnvelope("the root is another element"));
    }
    if root.has_text() {
        return Err(Malformed::NotAnEnvelope("text stands in Envelope"));
    }
    let bodies = root
        .children()
        .filter(|child| child.is(SOAP_NAMESPACE, "Body"))
        .count();
    if bodies != 1 {
        return Err(Malformed::BodyCount(bodies));
    }
    // A Body anywhere else is there to be mistaken for the one that was signed.
    if document
        .elements()
        .filter(|element| element.is(SOAP_NAMESPACE, "Body"))
        .count()
        != 1
    {
        return Err(Malformed::NotAnEnvelope("a Body stands outside its place"));
    }
    let mut children = root.children();
    let first = children.next().ok_or(Malformed::BodyCount(0))?;
    let (header, body) = if first.is(SOAP_NAMESPACE, "Header") {
        (Some(first), children.next().ok_or(Malformed::BodyCount(0))?)
    } else {
        (None, first)
    };
    if !body.is(SOAP_NAMESPACE, "Body") {
        return Err(Malformed::NotAnEnvelope("Body does not follow Header"));
    }
    if children.next().is_some() {
        return Err(Malformed::NotAnEnvelope("an element stands after Body"));
    }
    if let Some(header) = header {
        check_header(header)?;
    }
    Ok((header.map(Element::index), body.index()))
}

/// SOAP 1.1 §4.2.3: a block with mustUnderstand="1" is obeyed or the message is refused.
fn check_header(header: Element<'_>) -> Result<(), Malformed> {
    for node in header.nodes() {
        match node {
            Node::Element(block) => {
                let must = block.attribute(SOAP_NAMESPACE, "mustUnderstand");
                let known = block.is(WSSE_NAMESPACE, "Security");
                if matches!(must.map(str::trim), Some("1" | "true")) && !known {
                    return Err(Malformed::MustUnderstand);
                }
            }
            Node::Text(text) if text.trim().is_empty() => {}
            Node::Text(_) => return Err(Malformed::NotAnEnvelope("text stands in Header")),
            Node::Comment(_) | Node::Instruction(_) => {}
        }
    }
    Ok(())
}

/// Texts that nobody reads.
struct Nowhere;

impl Texts for Nowhere {
    fn open(&self, _content: &[u8; 32]) -> io::Result<Box<dyn io::Read + Send>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn beside(&self, _content_id: &str) -> Beside {
        Beside::Unasked
    }
}

/// The octets of a Body that was digested, parsed by whoever received them from the door.
///
/// They are the canonical form, so what is read here is what the signature covered.
pub struct SignedBody(Document);

impl SignedBody {
    /// Parses the octets that the door passed on.
    ///
    /// # Errors
    /// [`Malformed`], where they are not the canonical form of a Body: then something between the
    /// door and here has changed them.
    pub fn parse(octets: &[u8]) -> Result<Self, Malformed> {
        // What a mark stands for was digested by the door; who reads it here needs what it says.
        let texts = Some(Arc::new(Nowhere) as Arc<dyn Texts>);
        let document = Document::parse_marked(octets, &CANONICAL_LIMITS, texts)?;
        if document.root().is(SOAP_NAMESPACE, "Body") {
            Ok(Self(document))
        } else {
            Err(Malformed::BodyCount(0))
        }
    }

    /// The Body.
    pub fn body(&self) -> Element<'_> {
        self.0.root()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::canonical;

    #[test]
    fn what_the_door_accepted_the_worker_can_read() {
        let attributes: String = (0..15).map(|n| format!(" p{n}:a=''")).collect();
        let declared: String = (0..15).map(|n| format!(" xmlns:p{n}='urn:{n}'")).collect();
        let told = "<&>".repeat(4_000);
        let arrival = format!(
            "<s:Envelope xmlns:s='{SOAP_NAMESPACE}'{declared}><s:Body><a{attributes}>\
             <![CDATA[{told}]]></a></s:Body></s:Envelope>"
        );
        let envelope = Envelope::read(arrival.as_bytes()).expect("within the limits of the door");
        let octets = canonical::exclusive(envelope.body(), &[], 512 * 1024).expect("its bound");
        let signed = SignedBody::parse(&octets).expect("within the limits of a worker");
        let inside = signed.body().children().next().expect("one element");
        assert_eq!(inside.text(), told);
    }
}
