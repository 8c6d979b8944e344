//! XOP: what stands in a message where its binary parts came beside it, and what it means.
//!
//! Spec:  XOP 1.0 §3 (reconstituted infoset), §4.1 (`xop:Include`); RFC 2392 (`cid:`).
//! In:    a message with `xop:Include`, and what came beside it.
//! Out:   the message that it stands for, in which each is base64 without line breaks: the form
//!        that a signature covers.
//! Why:   some clients digest what they mean, others what they send. A message of the first kind
//!        is put together before it is believed; one of the second names the digest of each part.

use super::{Beside, Document, Element, Mark, Node, Texts};

/// The namespace of `xop:Include`.
pub const XOP_NAMESPACE: &str = "http://www.w3.org/2004/08/xop/include";

/// The Content-ID that an element names, if it is an `xop:Include`.
pub fn content_id(element: Element<'_>) -> Option<String> {
    if !element.is(XOP_NAMESPACE, "Include") {
        return None;
    }
    from_url(element.attribute("", "href")?)
}

/// The Content-ID in a URL `cid:…`.
pub fn from_url(url: &str) -> Option<String> {
    let encoded = url.strip_prefix("cid:").filter(|rest| !rest.is_empty())?;
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut octets = encoded.bytes();
    while let Some(octet) = octets.next() {
        if octet == b'%' {
            let pair = [octets.next()?, octets.next()?];
            let pair = std::str::from_utf8(&pair).ok()?;
            let digits = pair.bytes().all(|b| b.is_ascii_hexdigit());
            decoded.push(digits.then(|| u8::from_str_radix(pair, 16).ok())??);
        } else {
            decoded.push(octet);
        }
    }
    String::from_utf8(decoded).ok()
}

/// The octets of a message with a mark for each `xop:Include`; nothing, where it has none, or one
/// whose part did not come.
pub fn reconstitute(document: &Document, texts: &dyn Texts) -> Option<Vec<u8>> {
    let source = document.source();
    let mut out = Vec::with_capacity(source.len());
    let mut kept = 0;
    for element in document.elements() {
        let Some(name) = content_id(element) else {
            continue;
        };
        let Beside::There(content, octets) = texts.beside(&name) else {
            return None;
        };
        let mark = Mark {
            content,
            octets,
            line: 0,
            returns: false,
        };
        let (from, to) = (element.offset(), end_of(element)?);
        out.extend_from_slice(source.get(kept..from)?.as_bytes());
        out.extend_from_slice(mark.to_string().as_bytes());
        kept = to;
    }
    out.extend_from_slice(&source.as_bytes()[kept..]);
    (kept > 0).then_some(out)
}

/// The octet behind an element in which nothing stands.
fn end_of(element: Element<'_>) -> Option<usize> {
    if element.nodes().any(|node| !matches!(node, Node::Text(_))) || element.has_text() {
        return None;
    }
    let source = element.document().source();
    let tag = &source[element.offset()..];
    let mut quote = None;
    let end = tag.bytes().position(|octet| {
        match (quote, octet) {
            (None, b'"' | b'\'') => quote = Some(octet),
            (Some(open), _) if open == octet => quote = None,
            (None, b'>') => return true,
            (None | Some(_), _) => {}
        }
        false
    })?;
    let behind = element.offset() + end + 1;
    if tag[..end].ends_with('/') {
        return Some(behind);
    }
    // White space, then its end tag.
    let close = source[behind..].find('>')?;
    Some(behind + close + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::Limits;
    use std::io;

    struct Beside1;

    impl Texts for Beside1 {
        fn open(&self, _content: &[u8; 32]) -> io::Result<Box<dyn io::Read + Send>> {
            Err(io::ErrorKind::NotFound.into())
        }

        fn beside(&self, content_id: &str) -> Beside {
            match content_id {
                "scan@kezek" => Beside::There([1; 32], 7),
                _ => Beside::Absent,
            }
        }
    }

    fn put_together(inner: &str) -> Option<String> {
        let text = format!("<a xmlns:x='{XOP_NAMESPACE}'>{inner}</a>");
        let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).expect("XML");
        let octets = reconstitute(&document, &Beside1)?;
        let start = text.len() - inner.len() - "</a>".len();
        let end = octets.len() - "</a>".len();
        Some(String::from_utf8(octets[start..end].to_vec()).expect("UTF-8"))
    }

    #[test]
    fn include_in_each_spelling_gives_way_to_its_part() {
        let mark = Mark {
            content: [1; 32],
            octets: 7,
            line: 0,
            returns: false,
        };
        for (inner, expected) in [
            (
                "<b><x:Include href='cid:scan@kezek'/></b>",
                Some(format!("<b>{mark}</b>")),
            ),
            (
                "<b><x:Include href='cid:scan%40kezek'></x:Include></b>",
                Some(format!("<b>{mark}</b>")),
            ),
            (
                "<b><x:Include a='>' href='cid:scan@kezek' /></b>",
                Some(format!("<b>{mark}</b>")),
            ),
            (
                "<b><x:Include href='cid:scan@kezek'/></b>-<x:Include href='cid:scan@kezek'> </x:Include>+",
                Some(format!("<b>{mark}</b>-{mark}+")),
            ),
            ("<b><x:Include href='cid:other'/></b>", None),
            ("<b>none</b>", None),
            ("<Include href='cid:scan@kezek'/>", None),
        ] {
            assert_eq!(put_together(inner), expected, "{inner}");
        }
    }

    #[test]
    fn url_of_a_part_is_read_as_rfc_2392_writes_it() {
        for (url, name) in [
            ("cid:a@b", Some("a@b")),
            ("cid:a%40b", Some("a@b")),
            ("cid:%C3%A9", Some("\u{e9}")),
            ("cid:a%4", None),
            ("cid:a%+1", None),
            ("cid:%FF", None),
            ("cid:", None),
            ("http://a/b", None),
        ] {
            assert_eq!(from_url(url).as_deref(), name, "{url}");
        }
    }
}
