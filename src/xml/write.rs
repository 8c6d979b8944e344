//! Writing: namespace-correct by the caller's prefixes, escaped, stable to the octet.

/// Writes one document or fragment, in the form that the canonical form would have: no empty tags,
/// double quotes, the escapes of C14N. Names are literals of the caller; only texts and values are
/// foreign, and both are escaped.
#[derive(Debug, Default)]
pub struct Writer {
    out: String,
    open: Vec<&'static str>,
}

impl Writer {
    /// An empty writer.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens an element with attributes (namespace declarations are attributes here).
    pub fn open(&mut self, name: &'static str, attributes: &[(&str, &str)]) -> &mut Self {
        self.out.push('<');
        self.out.push_str(name);
        for (attribute, value) in attributes {
            self.out.push(' ');
            self.out.push_str(attribute);
            self.out.push_str("=\"");
            push_attribute(value, &mut self.out);
            self.out.push('"');
        }
        self.out.push('>');
        self.open.push(name);
        self
    }

    /// Closes the innermost open element.
    pub fn close(&mut self) -> &mut Self {
        let name = self
            .open
            .pop()
            .expect("every close follows an open of the same writer");
        self.end_tag(name)
    }

    /// An element that holds text alone.
    pub fn leaf(&mut self, name: &'static str, text: &str) -> &mut Self {
        self.out.push('<');
        self.out.push_str(name);
        self.out.push('>');
        push_text(text, &mut self.out);
        self.end_tag(name)
    }

    /// An element that holds text alone, where there is one.
    pub fn optional(&mut self, name: &'static str, text: Option<&str>) -> &mut Self {
        match text {
            Some(text) => self.leaf(name, text),
            None => self,
        }
    }

    /// Text inside the innermost open element.
    pub fn text(&mut self, text: &str) -> &mut Self {
        push_text(text, &mut self.out);
        self
    }

    /// Markup that another writer made.
    pub fn fragment(&mut self, markup: &str) -> &mut Self {
        self.out.push_str(markup);
        self
    }

    /// The whole; every element must have been closed.
    pub fn finish(self) -> String {
        assert!(
            self.open.is_empty(),
            "an element was opened and never closed"
        );
        self.out
    }

    fn end_tag(&mut self, name: &str) -> &mut Self {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
        self
    }
}

/// Escapes text as C14N writes it; what XML cannot hold becomes U+FFFD.
fn push_text(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#xD;"),
            c if super::tag::is_xml_char(c) => out.push(c),
            _ => out.push('\u{FFFD}'),
        }
    }
}

fn push_attribute(value: &str, out: &mut String) {
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#x9;"),
            '\n' => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            c if super::tag::is_xml_char(c) => out.push(c),
            _ => out.push('\u{FFFD}'),
        }
    }
}
