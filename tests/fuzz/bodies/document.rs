//! Documents: what parses is written and parses again to the same tree, in every canonical form.

use kezek::envelope::CANONICAL_LIMITS;
use kezek::xml::canonical::{Form, Namespaces, exclusive};
use kezek::xml::{Cause, Document, Element, Limits, Node};

/// Any form of 128 KiB: a namespace name of 512 octets at each of 8 000 elements.
pub const OCTETS_MAX: usize = 16 << 20;
/// No limit but those that a form of any document within [`Limits::MESSAGE`] keeps.
pub const WIDE: Limits = Limits {
    bytes_max: OCTETS_MAX,
    attributes_max: usize::MAX,
    ..CANONICAL_LIMITS
};

/// Parses under the limits of the door. What is refused is refused for a reason of its own; what
/// is read is a tree in order, that is written and read again as the same one.
pub fn xml(octets: &[u8]) {
    match Document::parse(octets, &Limits::MESSAGE) {
        Err(fault) => {
            let lines = octets.split(|octet| *octet == b'\n').count();
            let line = usize::try_from(fault.position.line).expect("a line of few octets");
            assert!((1..=lines).contains(&line) && fault.position.column >= 1);
            assert!(fault.to_string().contains("line"));
            // Limits limit, and do nothing else.
            let limited = Document::parse(octets, &WIDE).err();
            if !is_of_limit(fault.cause) {
                assert_eq!(limited, Some(fault));
            }
        }
        Ok(document) => {
            in_order(&document);
            let wide = Document::parse(octets, &WIDE).expect("limits limit, and do nothing else");
            let told = said(document.root());
            assert_eq!(told, said(wide.root()));
            let whole = form(Namespaces::Inclusive(document.root()), true, true);
            let written = whole.write(document.root(), OCTETS_MAX).expect("its bound");
            let again = parse(&written);
            assert_eq!(told, said(again.root()));
            assert_eq!(document.has_instructions(), again.has_instructions());
            let marked = [b"\xEF\xBB\xBF", document.source().as_bytes()].concat();
            let marked = Document::parse(&marked, &WIDE).expect("a mark changes nothing");
            assert_eq!(marked.source(), document.source());
        }
    }
}

fn is_of_limit(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::TooDeep
            | Cause::TooLarge
            | Cause::TooLongName
            | Cause::TooManyAttributes
            | Cause::TooManyNamespaces
            | Cause::TooManyNodes
    )
}

/// Each element knows its parent and its place, and is found by what it is called.
fn in_order(document: &Document) {
    let root = document.root();
    assert!(root.parent().is_none());
    let mut last = None;
    for element in document.elements() {
        assert!(last < Some(element.index()), "in the order of the source");
        last = Some(element.index());
        assert!(document.element_at(element.index()) == Some(element));
        assert!(root.holds(element) && element.is(element.namespace(), element.local()));
        assert!(
            element
                .children()
                .all(|child| child.parent() == Some(element))
        );
        for attribute in element.attributes() {
            let found = element.attribute(attribute.namespace, attribute.local);
            assert_eq!(found, Some(attribute.value));
        }
        let text = element.text();
        assert!(element.plain_text().is_none_or(|plain| plain == text));
        assert!(!element.has_text() || !text.trim().is_empty());
    }
}

/// Reads what this program wrote.
pub fn parse(written: &[u8]) -> Document {
    Document::parse(written, &WIDE).unwrap_or_else(|fault| {
        let text = String::from_utf8_lossy(written);
        panic!("what was written is not read again: {fault}\n{text}")
    })
}

/// Everything that an element holds, in order, as whoever reads the tree sees it.
pub fn said(element: Element<'_>) -> Vec<String> {
    let mut told = Vec::new();
    say(element, true, &mut told);
    told
}

/// The same without comments.
pub fn said_aloud(element: Element<'_>) -> Vec<String> {
    let mut told = Vec::new();
    say(element, false, &mut told);
    told
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn say(element: Element<'_>, comments: bool, told: &mut Vec<String>) {
    told.push(format!("<{{{}}}{}", element.namespace(), element.local()));
    let attributes = element.attributes();
    let attributes = attributes.map(|a| format!("@{{{}}}{}={}", a.namespace, a.local, a.value));
    let from = told.len();
    told.extend(attributes);
    told[from..].sort_unstable();
    let mut text = String::new();
    let end_text = |text: &mut String, told: &mut Vec<String>| {
        if !text.is_empty() {
            told.push(format!("\"{}", std::mem::take(text)));
        }
    };
    for node in element.nodes() {
        match node {
            Node::Text(piece) => text.push_str(piece),
            Node::Comment(_) if !comments => {}
            Node::Comment(piece) => {
                end_text(&mut text, told);
                told.push(format!("!{piece}"));
            }
            Node::Instruction(piece) => {
                end_text(&mut text, told);
                // Any white space stands between the target and the data (C14N §2.3).
                let (target, data) = piece.split_once(is_space).unwrap_or((piece, ""));
                told.push(format!("?{target} {}", data.trim_start_matches(is_space)));
            }
            Node::Element(child) => {
                end_text(&mut text, told);
                say(child, comments, told);
            }
        }
    }
    end_text(&mut text, told);
    told.push(">".to_owned());
}

fn form<'s, 'd>(namespaces: Namespaces<'s, 'd>, comments: bool, around: bool) -> Form<'s, 'd> {
    Form {
        namespaces,
        comments,
        around,
        omitted: &[],
    }
}

/// Inclusive and exclusive C14N, with and without comments: of the root, and of elements inside,
/// where they stand and as if taken out. Each is the canonical form of itself.
pub fn canonical(octets: &[u8]) {
    let Ok(document) = Document::parse(octets, &Limits::MESSAGE) else {
        return;
    };
    let root = document.root();
    let prefixes = prefixes(document.source());
    let every_second: Vec<&str> = prefixes.iter().copied().step_by(2).collect();
    let lists: [&[&str]; 3] = [&[], &prefixes, &every_second];
    let elements: Vec<Element<'_>> = document.elements().collect();
    let mut apexes = vec![
        root,
        elements[elements.len() / 2],
        elements[elements.len() - 1],
    ];
    apexes.dedup();
    for apex in apexes {
        let said = said_aloud(apex);
        for comments in [false, true] {
            for list in lists {
                let exclusively = form(Namespaces::Exclusive(list), comments, false);
                let written = fixed(&exclusively, apex, || Namespaces::Exclusive(list));
                assert_eq!(said_aloud(parse(&written).root()), said);
                if !comments {
                    assert_eq!(exclusive(apex, list, OCTETS_MAX).as_ref(), Ok(&written));
                }
            }
            for of in [root, apex] {
                let inclusively = form(Namespaces::Inclusive(of), comments, apex == root);
                inclusive(&inclusively, apex, &said, &prefixes);
            }
        }
        without_a_child(apex, root);
    }
}

/// The inclusive form keeps what the exclusive one needs.
fn inclusive(form: &Form<'_, '_>, apex: Element<'_>, said: &[String], prefixes: &[&str]) {
    let written = form_of(form, apex);
    let again = parse(&written);
    let same = Form {
        namespaces: Namespaces::Inclusive(again.root()),
        ..*form
    };
    assert_eq!(form_of(&same, again.root()), written, "its own form");
    if !apex
        .attributes()
        .any(|a| a.namespace == kezek::xml::XML_NAMESPACE)
    {
        // It inherits attributes of `xml:`; everything else is the same.
        let heard = said_aloud(again.root());
        let own = heard
            .iter()
            .filter(|it| !it.starts_with("@{http://www.w3.org/XML/1998/"));
        let before = said
            .iter()
            .filter(|it| !it.starts_with("@{http://www.w3.org/XML/1998/"));
        assert!(own.eq(before));
    }
    if apex.parent().is_none() {
        let of = |root: Element<'_>| exclusive(root, prefixes, OCTETS_MAX);
        assert_eq!(of(again.root()), of(apex));
    }
}

/// What is left out is not there, and leaves a form in order.
fn without_a_child(apex: Element<'_>, root: Element<'_>) {
    let children: Vec<Element<'_>> = apex.children().collect();
    let Some(last) = children.last() else {
        return;
    };
    let omitted = [*last];
    for namespaces in [Namespaces::Exclusive(&[]), Namespaces::Inclusive(root)] {
        let without = Form {
            namespaces,
            comments: false,
            around: false,
            omitted: &omitted,
        };
        let again = parse(&form_of(&without, apex));
        assert_eq!(again.root().children().count() + 1, children.len());
    }
}

/// Writes a form that is its own form when it is read again.
fn fixed<'s>(
    form: &Form<'s, '_>,
    apex: Element<'_>,
    namespaces: impl Fn() -> Namespaces<'s, 's>,
) -> Vec<u8> {
    let written = form_of(form, apex);
    let again = parse(&written);
    let same = Form {
        namespaces: namespaces(),
        comments: form.comments,
        around: form.around,
        omitted: &[],
    };
    assert_eq!(same.write(again.root(), OCTETS_MAX), Ok(written.clone()));
    written
}

/// The form, in as many octets as it has and in no fewer.
fn form_of(form: &Form<'_, '_>, apex: Element<'_>) -> Vec<u8> {
    let written = form.write(apex, OCTETS_MAX).expect("its bound");
    assert!(form.write(apex, written.len()).is_ok());
    assert!(form.write(apex, written.len() - 1).is_err());
    written
}

/// The prefixes that the source declares, at most eight, and the default one.
fn prefixes(source: &str) -> Vec<&str> {
    let mut found = vec![""];
    for (at, mark) in source.match_indices("xmlns:") {
        let name = &source[at + mark.len()..];
        let end = name.find(['=', ' ', '\t', '\r', '\n']);
        let prefix = end.map_or("", |end| &name[..end]);
        if !found.contains(&prefix) && found.len() < 9 {
            found.push(prefix);
        }
    }
    found
}
