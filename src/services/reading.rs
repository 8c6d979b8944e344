//! Reading: how `read` takes elements and values, so that it accepts exactly what the XSD accepts.
//!
//! Spec:  XML Schema 1.0 §3.8 (sequence), Part 2 §4.3.6 (white space is collapsed in all types).
//! In:    an element of the payload. Out: typed values, and findings for what is none.
//! Why:   a validator stops at the first fault of a sequence; a sender wants to know all of them.
//! Leave: `xsi:type` and schema hints may stand anywhere and are never interpreted.

mod value;

use std::borrow::Cow;

use super::NAMESPACE;
use super::finding::{Code, Findings};
use crate::terms::PersonName;
use crate::xml::{Element, MARK};

pub(super) use value::{
    PAGE_MAX, application_id, application_number, birth_year, boolean, citizenship, code, day,
    email, group_name, iin, kind, line, listed, name_part, owner_number, page_size, phone,
    preschool, seat_count, seats_some, settlement, stated_time,
};

const XSI_NAMESPACE: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// Attributes of XML Schema itself that say nothing about the content. `nil` does, and no element
/// of ours is nillable.
const XSI_HINTS: [&str; 3] = ["type", "schemaLocation", "noNamespaceSchemaLocation"];

/// Whether an element is the payload of this name: itself, or `data` of the gateway, into which
/// generated clients write the fields directly where the contract leaves it open.
pub(super) fn is_payload(element: Element<'_>, name: &str) -> bool {
    element.is(NAMESPACE, name) || (element.local() == "data" && element.namespace() != NAMESPACE)
}

/// Reads a whole payload: its name, the parts that `parts` takes in their sequence, and no more.
///
/// `parts` looks at all of them before it gives up on one, so that everything wrong is noted.
///
/// # Errors
/// [`Findings`], never empty.
pub(super) fn whole<'d, T>(
    payload: Element<'d>,
    name: &str,
    parts: impl FnOnce(&mut Sequence<'d, '_>) -> Option<T>,
) -> Result<T, Findings> {
    let mut findings = Findings::default();
    if !is_payload(payload, name) {
        findings.at(payload, Code::PayloadOfAnotherService);
        return Err(findings);
    }
    let mut form = Sequence::of(payload, &mut findings);
    let read = parts(&mut form);
    form.end();
    match read {
        Some(read) if findings.is_empty() => Ok(read),
        Some(_) | None => Err(findings),
    }
}

/// The children of one element, to be taken in the sequence of its type.
pub(super) struct Sequence<'d, 'f> {
    parent: Element<'d>,
    /// Each child, and whether it was taken.
    children: Vec<(Element<'d>, bool)>,
    /// The index after the last child that stood in its place.
    reached: usize,
    /// Where everything wrong is noted.
    pub findings: &'f mut Findings,
}

impl<'d, 'f> Sequence<'d, 'f> {
    /// The children of `parent`, in which neither text nor attributes may stand.
    pub fn of(parent: Element<'d>, findings: &'f mut Findings) -> Self {
        refuse_attributes(parent, findings);
        if parent.has_text() {
            findings.at(parent, Code::TextNotAllowed);
        }
        let children = parent.children().map(|child| (child, false)).collect();
        Self {
            parent,
            children,
            reached: 0,
            findings,
        }
    }

    /// The next child, which must be there.
    pub fn one(&mut self, name: &str) -> Option<Element<'d>> {
        let taken = self.optional(name);
        if taken.is_none() {
            self.findings
                .inside(self.parent, name, Code::ElementMissing);
        }
        taken
    }

    /// The next child, if it is there.
    pub fn optional(&mut self, name: &str) -> Option<Element<'d>> {
        let fits = |(child, taken): &(Element<'_>, bool)| !taken && child.is(NAMESPACE, name);
        // Nearly always it is the next one.
        let next = self.children.get(self.reached).is_some_and(fits);
        let index = if next {
            // An earlier one of this name, out of place, would be taken by a later look.
            self.reached
        } else {
            self.children.iter().position(fits)?
        };
        Some(self.take(index))
    }

    /// One or more children of this name; those beyond `most` are too many.
    pub fn many(&mut self, name: &str, most: usize) -> Vec<Element<'d>> {
        let mut taken: Vec<Element<'d>> = self.one(name).into_iter().collect();
        while !taken.is_empty() && taken.len() < most {
            let Some(next) = self.optional(name) else {
                break;
            };
            taken.push(next);
        }
        taken
    }

    /// Whatever was not taken should not be there.
    pub fn end(self) {
        let all = self.children.into_iter();
        let (taken, left): (Vec<_>, Vec<_>) = all.partition(|(_, taken)| *taken);
        for (child, _) in left {
            // Few are taken, however many there are.
            let mut taken = taken.iter().map(|(other, _)| other.local());
            let known = child.namespace() == NAMESPACE && taken.any(|name| name == child.local());
            let code = if known {
                Code::ElementRepeated
            } else {
                Code::ElementNotExpected
            };
            self.findings.at(child, code);
        }
    }

    /// A child that stands before one already taken is out of place: the sequence is fixed.
    fn take(&mut self, index: usize) -> Element<'d> {
        self.children[index].1 = true;
        let child = self.children[index].0;
        if index < self.reached {
            self.findings.at(child, Code::ElementOutOfPlace);
        } else {
            self.reached = index + 1;
        }
        child
    }

    /// The text of a required leaf, read by `parse`.
    pub fn value<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, Code>) -> Option<T> {
        let leaf = self.one(name)?;
        leaf_value(leaf, self.findings, parse)
    }

    /// The text of an optional leaf, read by `parse`.
    pub fn maybe<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, Code>) -> Option<T> {
        let leaf = self.optional(name)?;
        leaf_value(leaf, self.findings, parse)
    }

    /// A required child with children of its own, read by `parts` to its end.
    pub fn part<T>(
        &mut self,
        name: &str,
        parts: impl FnOnce(&mut Sequence<'d, '_>) -> Option<T>,
    ) -> Option<T> {
        let element = self.one(name)?;
        inside(element, self.findings, parts)
    }

    /// A finding that concerns the whole element.
    pub fn here(&mut self, code: Code) {
        self.findings.at(self.parent, code);
    }

    /// Looks at the child of this name again, for a finding that concerns two values at once.
    pub fn about(&mut self, name: &str, code: Code) {
        match self.parent.child(NAMESPACE, name) {
            Some(child) => self.findings.at(child, code),
            None => self.findings.at(self.parent, code),
        }
    }
}

/// Reads one element: the parts that `parts` takes, and nothing else.
pub(super) fn inside<'d, T>(
    element: Element<'d>,
    findings: &mut Findings,
    parts: impl FnOnce(&mut Sequence<'d, '_>) -> Option<T>,
) -> Option<T> {
    let mut form = Sequence::of(element, findings);
    let read = parts(&mut form);
    form.end();
    read
}

/// The collapsed text of a leaf, in which no element and no attribute may stand.
pub(super) fn leaf_value<T>(
    leaf: Element<'_>,
    findings: &mut Findings,
    parse: impl Fn(&str) -> Result<T, Code>,
) -> Option<T> {
    // A text that stands elsewhere is far longer than any value.
    let read = match collapse(bare_text(leaf, findings)?) {
        text if text.contains(MARK) => Err(Code::ValueWrongForm),
        text => parse(&text),
    };
    match read {
        Ok(value) => Some(value),
        Err(code) => {
            findings.at(leaf, code);
            None
        }
    }
}

/// The text of a leaf as it stands, in which no element and no attribute may stand.
pub(super) fn bare_text<'d>(leaf: Element<'d>, findings: &mut Findings) -> Option<Cow<'d, str>> {
    refuse_attributes(leaf, findings);
    let mut inner = leaf.children().peekable();
    if inner.peek().is_some() {
        inner.for_each(|child| findings.at(child, Code::ElementNotExpected));
        return None;
    }
    Some(leaf.text())
}

fn refuse_attributes(element: Element<'_>, findings: &mut Findings) {
    let hint =
        |namespace: &str, local: &str| namespace == XSI_NAMESPACE && XSI_HINTS.contains(&local);
    if element.attributes().any(|a| !hint(a.namespace, a.local)) {
        findings.at(element, Code::AttributeNotAllowed);
    }
}

/// Outer white space goes, inner runs become one space.
fn collapse(text: Cow<'_, str>) -> Cow<'_, str> {
    let white = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
    let words = || text.split(white).filter(|word| !word.is_empty());
    let length: usize = words().map(|word| word.len() + 1).sum();
    if length == text.len() + 1 && !text.contains(['\t', '\n', '\r']) {
        return text;
    }
    Cow::Owned(words().collect::<Vec<_>>().join(" "))
}

/// `k:PersonName`.
pub(super) fn person_name(parts: &mut Sequence<'_, '_>) -> Option<PersonName> {
    let surname = parts.value("surname", name_part);
    let given = parts.value("given", name_part);
    let patronymic = parts.maybe("patronymic", name_part);
    PersonName::new(&surname?, &given?, patronymic.as_deref()).ok()
}

/// 004 pt.12, 1_1 p.4(21), 1_4 p.3(6): without this consent nobody may even keep the request.
pub(super) fn consent_to_processing(form: &mut Sequence<'_, '_>) {
    if form.value("consentToProcessing", boolean) == Some(false) {
        form.about("consentToProcessing", Code::ConsentNotGiven);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_collapsed_as_the_schema_says() {
        for (text, collapsed) in [
            ("a", "a"),
            (" a", "a"),
            ("a ", "a"),
            ("a  b", "a b"),
            ("a\n\tb", "a b"),
            ("", ""),
            (" ", ""),
        ] {
            assert_eq!(collapse(Cow::Borrowed(text)), collapsed, "{text:?}");
        }
        assert!(matches!(
            collapse(Cow::Borrowed("a b")),
            Cow::Borrowed("a b")
        ));
    }

    fn codes(inner: &str) -> Vec<Code> {
        let text =
            format!("<k:a xmlns:k=\"{NAMESPACE}\" xmlns:xsi=\"{XSI_NAMESPACE}\">{inner}</k:a>");
        let document = crate::xml::Document::parse(text.as_bytes(), &crate::xml::Limits::MESSAGE);
        let document = document.expect("XML");
        let mut findings = Findings::default();
        let mut form = Sequence::of(document.root(), &mut findings);
        form.value("b", boolean);
        form.many("c", 2);
        form.maybe("d", boolean);
        form.end();
        findings.iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn sequence_is_strict_and_names_each_fault() {
        let (b, c, d) = ("<k:b>1</k:b>", "<k:c>1</k:c>", "<k:d>1</k:d>");
        for (inner, expected) in [
            (format!("{b}{c}{c}{d}"), vec![]),
            (format!("{b}{c}"), vec![]),
            (format!("{c}{b}"), vec![Code::ElementOutOfPlace]),
            (format!("{b}{c}{d}{c}"), vec![Code::ElementOutOfPlace]),
            (format!("{b}{c}{c}{c}"), vec![Code::ElementRepeated]),
            (format!("{b}{d}"), vec![Code::ElementMissing]),
            (
                format!("<b>1</b>{c}"),
                vec![Code::ElementMissing, Code::ElementNotExpected],
            ),
            (format!("{b}{c}<k:e/>"), vec![Code::ElementNotExpected]),
            (format!("text{b}{c}"), vec![Code::TextNotAllowed]),
            (format!("<k:b>2</k:b>{c}"), vec![Code::ValueWrongForm]),
        ] {
            assert_eq!(codes(&inner), expected, "{inner}");
        }
    }

    // Generators write these by themselves; no meaning is ever taken from them.
    #[test]
    fn hints_of_xml_schema_are_passed_over_and_nil_is_not() {
        let with = |hint: &str| codes(&format!("<k:b {hint}>1</k:b><k:c/>"));
        assert_eq!(with("xsi:type=\"whatever\""), []);
        assert_eq!(with("xsi:schemaLocation=\"urn:a b.xsd\""), []);
        assert_eq!(with("xsi:nil=\"false\""), [Code::AttributeNotAllowed]);
        assert_eq!(with("type=\"whatever\""), [Code::AttributeNotAllowed]);
    }
}
