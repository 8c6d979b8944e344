//! Prefixes and local names as they are written, and where a prefix is declared.

use crate::xml::tag::same_name;
use crate::xml::tree::AttributeData;
use crate::xml::{Document, Element};

/// The prefixes that elements and attributes below use and only something above `root` declares.
pub(super) fn needed_from_outside(root: Element<'_>) -> Vec<(&str, u32)> {
    let document = root.document();
    let mut needed: Vec<(&str, u32)> = Vec::new();
    let below = (root.index()..root.node().end).filter_map(|index| document.element_at(index));
    for element in below {
        let own = (prefix_of(element), element.data.name.namespace);
        let attributes = element.attribute_data().iter();
        let attributes = attributes.filter(|attribute| attribute.name.prefix > 0);
        let others = attributes.map(|attribute| {
            (
                attribute_prefix(document, attribute),
                attribute.name.namespace,
            )
        });
        for (prefix, namespace) in std::iter::once(own).chain(others) {
            let known = prefix == "xml" || needed.iter().any(|(known, _)| *known == prefix);
            if !known && !is_declared_within(element, prefix, root) {
                needed.push((prefix, namespace));
            }
        }
    }
    needed
}

fn is_declared_within(element: Element<'_>, prefix: &str, root: Element<'_>) -> bool {
    let mut here = Some(element);
    while let Some(at) = here {
        let mut declared = at.declarations().iter();
        if declared.any(|found| same_name(element.document().text(found.prefix), prefix)) {
            return true;
        }
        here = if at == root { None } else { at.parent() };
    }
    false
}

pub(super) fn prefix_of(element: Element<'_>) -> &str {
    let name = element.document().text(element.data.name.span);
    &name[..usize::from(element.data.name.prefix)]
}

pub(super) fn attribute_prefix<'d>(document: &'d Document, attribute: &AttributeData) -> &'d str {
    &document.text(attribute.name.span)[..usize::from(attribute.name.prefix)]
}

pub(super) fn local_name<'d>(document: &'d Document, attribute: &AttributeData) -> &'d str {
    let name = document.text(attribute.name.span);
    match attribute.name.prefix {
        0 => name,
        prefix => &name[usize::from(prefix) + 1..],
    }
}
