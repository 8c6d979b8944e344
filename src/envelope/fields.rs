//! Fields: what stands around a payload in a message of a channel, found and bounded.
//!
//! In:    the elements of a signed Body. Out: trimmed texts within their bounds, or [`Malformed`].
//! The children of an operation are unqualified on the wire; some clients qualify them in one of
//! the gateway all the same, so they are found by local name within its namespaces.

use std::borrow::Cow;

use crate::terms::Moment;
use crate::xml::{Element, MARK, Node};

use super::Malformed;

/// What every namespace of the gateway's own types begins with.
const GATEWAY_NAMESPACES: &str = "http://bip.bee.kz/";

const ID_CHARS_MAX: usize = 100;
const PROPERTIES_MAX: usize = 32;
const PROPERTY_KEY_CHARS_MAX: usize = 30;
const PROPERTY_VALUE_CHARS_MAX: usize = 500;

/// Key and value of one of `properties`.
pub type Property<'d> = (Cow<'d, str>, Cow<'d, str>);

fn in_gateway(element: Element<'_>) -> bool {
    element.namespace().is_empty() || element.namespace().starts_with(GATEWAY_NAMESPACES)
}

pub(super) fn at_most_one<'d>(
    parent: Element<'d>,
    name: &'static str,
) -> Result<Option<Element<'d>>, Malformed> {
    let mut found = parent
        .children()
        .filter(|child| child.local() == name && in_gateway(*child));
    let first = found.next();
    if found.next().is_some() {
        Err(Malformed::Repeated(name))
    } else {
        Ok(first)
    }
}

pub(super) fn the_only<'d>(
    parent: Element<'d>,
    name: &'static str,
) -> Result<Element<'d>, Malformed> {
    at_most_one(parent, name)?.ok_or(Malformed::Missing(name))
}

/// The trimmed text of an element; empty counts as absent, because senders write empty elements
/// for what they do not have.
pub(super) fn value<'d>(
    parent: Element<'d>,
    name: &'static str,
) -> Result<Option<Cow<'d, str>>, Malformed> {
    let Some(element) = at_most_one(parent, name)? else {
        return Ok(None);
    };
    if element.nodes().any(|node| matches!(node, Node::Element(_))) {
        return Err(Malformed::InfoValue(name));
    }
    let text = trimmed(element.text());
    // A text that stands elsewhere is too long for any of these.
    if text.contains(MARK) {
        return Err(Malformed::InfoValue(name));
    }
    Ok(if text.is_empty() { None } else { Some(text) })
}

pub(super) fn identifier<'d>(
    parent: Element<'d>,
    name: &'static str,
) -> Result<Option<Cow<'d, str>>, Malformed> {
    match value(parent, name)? {
        Some(text) if text.chars().count() > ID_CHARS_MAX || text.chars().any(char::is_control) => {
            Err(Malformed::InfoValue(name))
        }
        text => Ok(text),
    }
}

/// The `guid` of the contract. Senders leave the braces out, or write something else: a strict
/// client would refuse an answer that repeats it, so what is no UUID is not echoed.
pub(super) fn guid(text: &str) -> Option<String> {
    let bare = text.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
    let bare = bare.unwrap_or(text);
    let groups = bare.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    let digits = bare.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit());
    (groups && digits).then(|| format!("{{{bare}}}"))
}

pub(super) fn properties<'d>(info: Element<'d>) -> Result<Vec<Property<'d>>, Malformed> {
    let mut pairs: Vec<Property<'d>> = Vec::new();
    let listed = info
        .children()
        .filter(|child| child.local() == "properties" && in_gateway(*child));
    for property in listed {
        let key = value(property, "key")?.ok_or(Malformed::Missing("properties/key"))?;
        let value = value(property, "value")?.unwrap_or_default();
        let fits = key.chars().count() <= PROPERTY_KEY_CHARS_MAX
            && value.chars().count() <= PROPERTY_VALUE_CHARS_MAX
            && pairs.len() < PROPERTIES_MAX;
        if !fits {
            return Err(Malformed::InfoValue("properties"));
        }
        if pairs.iter().any(|(known, _)| *known == key) {
            return Err(Malformed::Repeated("properties/key"));
        }
        pairs.push((key, value));
    }
    Ok(pairs)
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// A time that must be there.
pub(super) fn moment(parent: Element<'_>, name: &'static str) -> Result<Moment, Malformed> {
    let text = value(parent, name)?.ok_or(Malformed::Missing(name))?;
    Moment::parse(&text).map_err(|_| Malformed::InfoValue(name))
}

#[cfg(test)]
mod tests {
    use super::guid;

    #[test]
    fn session_is_echoed_as_the_contract_writes_it_or_not_at_all() {
        let plain = "0e6c1c1e-2311-4000-8000-00000000003F";
        let braced = format!("{{{plain}}}");
        assert_eq!(guid(plain).as_ref(), Some(&braced));
        assert_eq!(guid(&braced).as_ref(), Some(&braced));
        for other in [
            "{",
            "{}",
            "session-1",
            &plain[1..],
            &plain.replace('F', "G"),
        ] {
            assert_eq!(guid(other), None, "{other}");
        }
    }
}
