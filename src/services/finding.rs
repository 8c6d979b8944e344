//! Findings: what `read` finds wrong in a payload; all of it, each with its place.
//!
//! Spec:  `schemas/*.xsd` for the codes of form; 004 1_1 p.4, 1_4 p.3 and pt.16 for those of sense.
//! In:    an element and a [`Code`]. Out: [`Findings`], at most [`Findings::COUNT_MAX`].
//! Never: holds a value of the message: an answer about a wrong number must not spread it.

mod code;

use crate::xml::Element;

pub use code::Code;

/// One thing found, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub code: Code,
    /// The way to it from the payload's root, like `/queueRegistration/child/iin`.
    pub path: String,
    /// The line in the text that was read.
    pub line: u32,
    /// The character in that line.
    pub column: u32,
}

/// Everything found, in the order in which it was noticed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    found: Vec<Finding>,
    truncated: bool,
}

impl Findings {
    /// The most that one answer lists; more helps nobody.
    pub const COUNT_MAX: usize = 100;
    /// The most characters of a path; names of unknown elements are the sender's.
    const PATH_CHARS_MAX: usize = 1_000;

    /// Notes that something is wrong with this element.
    pub fn at(&mut self, element: Element<'_>, code: Code) {
        self.note(element, None, code);
    }

    /// Notes that something is wrong with a child that this element does not have.
    pub fn inside(&mut self, parent: Element<'_>, child: &str, code: Code) {
        self.note(parent, Some(child), code);
    }

    /// What was found.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.found.iter()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Whether more was found than is listed.
    pub fn is_truncated(&self) -> bool {
        self.truncated
    }

    fn note(&mut self, element: Element<'_>, child: Option<&str>, code: Code) {
        if self.found.len() == Self::COUNT_MAX {
            self.truncated = true;
            return;
        }
        let mut path = path_of(element);
        if let Some(child) = child {
            path.push('/');
            path.push_str(child);
        }
        let path = path.chars().take(Self::PATH_CHARS_MAX).collect();
        let position = element.position();
        self.found.push(Finding {
            code,
            path,
            line: position.line,
            column: position.column,
        });
    }
}

/// From the outermost element of our namespace down to this one; siblings of one name are counted.
fn path_of(element: Element<'_>) -> String {
    let mut steps = Vec::new();
    let mut at = Some(element);
    while let Some(here) = at {
        let above = here.parent();
        steps.push(match above.and_then(|parent| place_among(parent, here)) {
            Some(place) => format!("/{}[{place}]", here.local()),
            None => format!("/{}", here.local()),
        });
        // The envelope around the payload is no part of the sender's form.
        at = above.filter(|parent| parent.namespace() == super::NAMESPACE);
    }
    steps.reverse();
    steps.concat()
}

/// Which of the siblings of its name it is, counted from one; none where there is no other. What
/// follows the next one is not looked at: a form may have thousands, and a finding for many.
fn place_among(parent: Element<'_>, here: Element<'_>) -> Option<usize> {
    let mut alike = parent
        .children()
        .filter(|other| other.is(here.namespace(), here.local()));
    let before = alike.position(|other| other.index() == here.index())?;
    (before > 0 || alike.next().is_some()).then_some(before + 1)
}
