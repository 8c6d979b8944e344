//! XML: one parser, one tree, one canonical form; the only room that knows an XML library.
//!
//! Spec:  XML 1.0 (5th ed.), Namespaces in XML 1.0, Exclusive XML Canonicalization 1.0.
//! In:    octets of an arrival, under hard limits.
//! Out:   a [`Document`] that is read, canonicalised and digested; nothing is ever parsed a second
//!        time to be understood differently.
//! Large: a text of base64 may stand elsewhere ([`elsewhere`]), a mark in its place.
//! Never: a DTD, an external anything, an encoding other than UTF-8, a rule of SOAP or of the law.
//! Start: [`Document::parse`], then [`Element`]; [`canonical::exclusive`]; [`Writer`].

pub mod canonical;
pub mod elsewhere;
mod fault;
mod parse;
mod tag;
mod tree;
mod write;
pub mod xop;

pub use elsewhere::{Beside, MARK, Mark, Texts};
pub use fault::{Cause, Fault, Position};
pub use parse::Limits;
pub use tree::{Attribute, Document, Element, Node};
pub use write::Writer;

/// The namespace of the reserved prefix `xml`.
pub const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(text: &str) -> Option<Cause> {
        Document::parse(text.as_bytes(), &Limits::MESSAGE)
            .err()
            .map(|fault| fault.cause)
    }

    fn canonical_of(text: &str, apex: &str, inclusive: &[&str]) -> String {
        let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).expect("well-formed");
        let apex = document
            .elements()
            .find(|e| e.local() == apex)
            .expect("the apex is there");
        String::from_utf8(canonical::exclusive(apex, inclusive, 1 << 20).expect("small"))
            .expect("UTF-8")
    }

    #[test]
    fn what_is_not_well_formed_is_refused_by_name() {
        for (text, expected) in [
            ("", Cause::Root),
            ("text", Cause::Root),
            ("<a/><b/>", Cause::Root),
            ("<a/>tail", Cause::Root),
            ("<a/>&#32;", Cause::Root),
            ("\u{FEFF}\u{FEFF}<a/>", Cause::Root),
            ("<a>", Cause::Nesting),
            ("<a></b>", Cause::Nesting),
            ("</a>", Cause::Nesting),
            ("<a", Cause::Syntax),
            ("<a b></a>", Cause::Syntax),
            ("<a b=c/>", Cause::Syntax),
            ("<a b='1'c='2'/>", Cause::Syntax),
            ("<a b='<'/>", Cause::Syntax),
            ("<a b='&amp'/>", Cause::Syntax),
            ("<a>&amp</a>", Cause::Syntax),
            ("<1a/>", Cause::Syntax),
            ("<a:b:c xmlns:a='urn:a'/>", Cause::Syntax),
            ("<a>]]></a>", Cause::Syntax),
            ("<a><!-- -- --></a>", Cause::Syntax),
            (" <?xml version='1.0'?><a/>", Cause::Syntax),
            ("<?xml version='1.1'?><a/>", Cause::Version),
            ("<?xml encoding='UTF-8'?><a/>", Cause::Syntax),
            (
                "<?xml version='1.0' encoding='UTF-16'?><a/>",
                Cause::Encoding,
            ),
            ("<!DOCTYPE a><a/>", Cause::DocumentType),
            (
                "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
                Cause::DocumentType,
            ),
            ("<a>&x;</a>", Cause::Entity),
            ("<a>&#0;</a>", Cause::Character),
            ("<a>&#xD800;</a>", Cause::Character),
            ("<a>&#+65;</a>", Cause::Syntax),
            ("<a>\u{1}</a>", Cause::Character),
            ("<a>\u{FFFE}</a>", Cause::Character),
            ("<a b='1' b='2'/>", Cause::DuplicateAttribute),
            (
                "<a xmlns:p='urn:x' xmlns:q='urn:x' p:b='1' q:b='2'/>",
                Cause::DuplicateAttribute,
            ),
            (
                "<a xmlns:p='urn:x' xmlns:p='urn:y'/>",
                Cause::DuplicateAttribute,
            ),
            ("<p:a/>", Cause::Namespace),
            ("<a xmlns='relative'/>", Cause::Namespace),
            ("<a xmlns:p=''/>", Cause::Namespace),
            ("<a xmlns:xml='urn:x'/>", Cause::Namespace),
            (
                "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>",
                Cause::Namespace,
            ),
        ] {
            assert_eq!(cause(text), Some(expected), "{text}");
        }
        let utf16 = [0xFF, 0xFE, b'<', 0, b'a', 0, b'/', 0, b'>', 0];
        let fault = Document::parse(&utf16, &Limits::MESSAGE).expect_err("not UTF-8");
        assert_eq!(fault.cause, Cause::Encoding);
        for unmarked in ["<\0a\0/\0>\0", "\0<\0a\0/\0>"] {
            assert_eq!(
                cause(unmarked),
                Some(Cause::Encoding),
                "UTF-16 without a mark"
            );
        }
    }

    #[test]
    fn each_limit_holds_while_reading() {
        let deep = "<a>".repeat(49);
        let wide = format!("<a>{}</a>", "<b/>".repeat(8_000));
        let attributes: String = (0..33).map(|n| format!(" a{n}=''")).collect();
        let declared: String = (0..32)
            .map(|n| format!(" xmlns:p{n}='urn:{n}'"))
            .collect::<String>();
        let flood = format!("<a>{}</a>", format!("<b{declared}/>").repeat(9));
        for (text, expected) in [
            (deep, Cause::TooDeep),
            (wide, Cause::TooManyNodes),
            (format!("<a{attributes}/>"), Cause::TooManyAttributes),
            (flood, Cause::TooManyNamespaces),
            (format!("<{}/>", "a".repeat(257)), Cause::TooLongName),
            (
                format!("<a xmlns='urn:{}'/>", "a".repeat(509)),
                Cause::TooLongName,
            ),
            (
                format!("<a>{}</a>", " ".repeat(128 * 1024)),
                Cause::TooLarge,
            ),
        ] {
            assert_eq!(cause(&text), Some(expected));
        }
    }

    #[test]
    fn fault_says_where() {
        let fault = Document::parse("<a>\n <ә>&x;</ә></a>".as_bytes(), &Limits::MESSAGE);
        let fault = fault.expect_err("an undefined entity");
        assert_eq!(
            fault.to_string(),
            "an entity other than the five that XML itself defines at line 2, column 5"
        );
    }

    #[test]
    fn text_is_what_the_canonical_form_will_say() {
        let text = "<a b=' x\ty&#9;&quot;'>1<!-- c -->2&amp;<![CDATA[<3>]]>\r\n4&#13;</a>";
        let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).expect("well-formed");
        let root = document.root();
        assert_eq!(root.text(), "12&<3>\n4\r");
        assert_eq!(root.plain_text(), None);
        assert_eq!(root.attribute("", "b"), Some(" x y\t\""));
        assert_eq!(
            canonical_of(text, "a", &[]),
            "<a b=\" x y&#x9;&quot;\">12&amp;&lt;3&gt;\n4&#xD;</a>"
        );
    }

    #[test]
    fn only_prefixes_in_use_are_written_and_each_where_it_is_first_used() {
        let text = "<n0:a xmlns:n0='urn:0' xmlns:n1='urn:1' xmlns='urn:d' xml:lang='kk'>\
            <n1:b n0:z='1' a='2'><c xmlns=''/><d/></n1:b></n0:a>";
        assert_eq!(
            canonical_of(text, "b", &[]),
            "<n1:b xmlns:n0=\"urn:0\" xmlns:n1=\"urn:1\" a=\"2\" n0:z=\"1\">\
             <c></c><d xmlns=\"urn:d\"></d></n1:b>"
        );
        assert_eq!(
            canonical_of(text, "c", &["n0", "n1"]),
            "<c xmlns:n0=\"urn:0\" xmlns:n1=\"urn:1\"></c>"
        );
        // What is not used stays out, even the language of an ancestor.
        assert_eq!(canonical_of(text, "d", &[]), "<d xmlns=\"urn:d\"></d>");
    }

    #[test]
    fn canonical_form_of_many_siblings_is_bounded() {
        let uri = format!("urn:{}", "x".repeat(500));
        let text = format!("<r xmlns:p='{uri}'><b>{}</b></r>", "<p:a/>".repeat(5_000));
        let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).expect("well-formed");
        let apex = document.root().child("", "b").expect("the apex is there");
        assert_eq!(
            canonical::exclusive(apex, &[], 512 * 1024),
            Err(canonical::TooLarge)
        );
    }

    #[test]
    fn written_text_reads_back_as_itself() {
        let told = "a<b>&\"'\r\n\tқ𐍈\u{1}";
        let mut writer = Writer::new();
        writer.open("a", &[("b", told)]).text(told).close();
        let out = writer.finish();
        let document = Document::parse(out.as_bytes(), &Limits::MESSAGE).expect("well-formed");
        let read = told.replace('\u{1}', "\u{FFFD}");
        assert_eq!(document.root().text(), read);
        assert_eq!(document.root().attribute("", "b"), Some(read.as_str()));
        assert_eq!(
            canonical::exclusive(document.root(), &[], 1 << 20),
            Ok(out.into_bytes())
        );
    }
}
