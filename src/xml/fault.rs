//! What is wrong with octets that are no document, and where.

use std::fmt;

/// A place in a text: both count from 1; a column is a character, not an octet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The character in the line.
    pub column: u32,
}

impl Position {
    /// The place of the octet at `offset` in `text`.
    pub fn of(text: &str, offset: usize) -> Self {
        let mut at = offset.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &text[..at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let count = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
        Self {
            line: count(before.bytes().filter(|b| *b == b'\n').count()),
            column: count(before[line_start..].chars().count()),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// A document that cannot be read: why, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{cause} at {position}")]
pub struct Fault {
    /// What is wrong.
    pub cause: Cause,
    /// Where it was noticed.
    pub position: Position,
}

/// The closed list of reasons for which octets are no document of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// A character that XML forbids, or a reference to one.
    #[error("a character that XML does not allow")]
    Character,
    /// A document type declaration, which could define entities and load files.
    #[error("a document type declaration; leave it out")]
    DocumentType,
    /// An element carries the same attribute twice.
    #[error("an attribute given twice")]
    DuplicateAttribute,
    /// The XML declaration names an encoding other than UTF-8, or the octets are not UTF-8.
    #[error("not UTF-8; send the message as UTF-8")]
    Encoding,
    /// A reference to an entity that only a DTD could define.
    #[error("an entity other than the five that XML itself defines")]
    Entity,
    /// An end tag that does not close the innermost open element, or an element never closed.
    #[error("an element that is not closed where it should be")]
    Nesting,
    /// A namespace name that is relative, reserved, or an undeclared prefix.
    #[error("a namespace that is not declared, relative or reserved")]
    Namespace,
    /// Markup that follows no rule of XML.
    #[error("markup that is not well-formed XML")]
    Syntax,
    /// No root element, or more than one, or text outside it.
    #[error("not exactly one root element")]
    Root,
    /// More attributes than allowed.
    #[error("too many attributes")]
    TooManyAttributes,
    /// More octets than allowed.
    #[error("too many octets")]
    TooLarge,
    /// Elements nested more deeply than allowed.
    #[error("elements nested too deeply")]
    TooDeep,
    /// A name of an element, an attribute or a namespace that is longer than allowed.
    #[error("a name that is too long")]
    TooLongName,
    /// More namespace declarations than allowed.
    #[error("too many namespace declarations")]
    TooManyNamespaces,
    /// More nodes than allowed.
    #[error("too many elements, texts and comments")]
    TooManyNodes,
    /// XML of another version than 1.0.
    #[error("XML of a version other than 1.0")]
    Version,
}
