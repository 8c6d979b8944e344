//! Start tags, character by character: names, attributes, references (XML 1.0 §2.3, §3.1, §4.1).

use super::Cause;

/// Whether XML 1.0 allows the character in a document (production 2).
pub(super) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// White space of XML (production 3).
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn starts_name(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '_' => true,
        _ if c.is_ascii() => false,
        '\u{D7}' | '\u{F7}' | '\u{37E}' => false,
        _ => matches!(c,
            '\u{C0}'..='\u{2FF}' | '\u{370}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}'
            | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
            | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}'),
    }
}

fn continues_name(c: char) -> bool {
    starts_name(c)
        || matches!(c, '0'..='9' | '-' | '.' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// Whether the text is a name without a colon (Namespaces in XML, production 4).
pub(super) fn is_ncname(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    if text.bytes().all(plain) {
        // The names of nearly every message.
        return text
            .bytes()
            .next()
            .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
    }
    let mut chars = text.chars();
    chars.next().is_some_and(starts_name) && chars.all(continues_name)
}

/// The octets of the prefix of a qualified name: 0 where there is none.
pub(super) fn prefix_length(name: &str, name_bytes_max: usize) -> Result<u16, Cause> {
    if name.len() > name_bytes_max {
        return Err(Cause::TooLongName);
    }
    let colon = name.bytes().position(|b| b == b':');
    let (prefix, local) = match colon {
        None => ("", name),
        Some(at) => (&name[..at], &name[at + 1..]),
    };
    if (colon.is_some() && !is_ncname(prefix)) || !is_ncname(local) {
        return Err(Cause::Syntax);
    }
    u16::try_from(prefix.len()).map_err(|_| Cause::TooLongName)
}

/// Compares names, which are short: a call of the library's comparison costs more than it saves.
pub(super) fn same_name(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().eq(other.bytes())
}

/// An attribute as it stands in a tag: offsets into the tag, quotes left out.
pub(super) struct RawAttribute {
    pub(super) name: (usize, usize),
    pub(super) value: (usize, usize),
}

/// Walks the attributes of the inside of a start tag, from behind the element's name.
pub(super) struct RawAttributes<'t> {
    tag: &'t str,
    at: usize,
}

impl<'t> RawAttributes<'t> {
    pub(super) fn new(tag: &'t str, name_length: usize) -> Self {
        Self {
            tag,
            at: name_length,
        }
    }

    /// The next attribute, nothing at the end, or why the tag is not well-formed.
    pub(super) fn next(&mut self) -> Result<Option<RawAttribute>, Cause> {
        let bytes = self.tag.as_bytes();
        let spaced = self.skip_space();
        if self.at == bytes.len() {
            return Ok(None);
        }
        let name_start = self.at;
        while self.at < bytes.len() && !is_space(bytes[self.at]) && bytes[self.at] != b'=' {
            self.at += 1;
        }
        let name = (name_start, self.at);
        self.skip_space();
        // "Name Eq AttValue", with white space before each attribute (productions 40, 41, 25).
        if !spaced || bytes.get(self.at) != Some(&b'=') {
            return Err(Cause::Syntax);
        }
        self.at += 1;
        self.skip_space();
        let quote = *bytes.get(self.at).ok_or(Cause::Syntax)?;
        if quote != b'"' && quote != b'\'' {
            return Err(Cause::Syntax);
        }
        let value_start = self.at + 1;
        let length = bytes[value_start..]
            .iter()
            .position(|b| *b == quote)
            .ok_or(Cause::Syntax)?;
        let value = (value_start, value_start + length);
        if bytes[value.0..value.1].contains(&b'<') {
            return Err(Cause::Syntax);
        }
        self.at = value.1 + 1;
        Ok(Some(RawAttribute { name, value }))
    }

    fn skip_space(&mut self) -> bool {
        let start = self.at;
        let bytes = self.tag.as_bytes();
        while self.at < bytes.len() && is_space(bytes[self.at]) {
            self.at += 1;
        }
        self.at > start
    }
}

/// The character that a reference (what stands between `&` and `;`) means.
pub(super) fn resolve_reference(name: &str) -> Result<char, Cause> {
    let Some(number) = name.strip_prefix('#') else {
        return match name {
            "amp" => Ok('&'),
            "lt" => Ok('<'),
            "gt" => Ok('>'),
            "quot" => Ok('"'),
            "apos" => Ok('\''),
            _ => Err(Cause::Entity),
        };
    };
    let (digits, radix) = match number.strip_prefix('x') {
        Some(hex) => (hex, 16),
        None => (number, 10),
    };
    // from_str_radix would take a sign as well.
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Err(Cause::Syntax);
    }
    let code = u32::from_str_radix(digits, radix).map_err(|_| Cause::Character)?;
    char::from_u32(code)
        .filter(|c| is_xml_char(*c))
        .ok_or(Cause::Character)
}

/// Appends an attribute value as XML 1.0 §3.3.3 normalises it, without a DTD: references are
/// resolved, literal white space becomes a space (a line end counts once).
pub(super) fn push_attribute_value(raw: &str, to: &mut String) -> Result<(), Cause> {
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '\t', '\n', '\r']) {
        to.push_str(&rest[..at]);
        let tail = &rest[at..];
        rest = if let Some(reference) = tail.strip_prefix('&') {
            let (name, after) = reference.split_once(';').ok_or(Cause::Syntax)?;
            to.push(resolve_reference(name)?);
            after
        } else {
            to.push(' ');
            tail.strip_prefix("\r\n").unwrap_or(&tail[1..])
        };
    }
    to.push_str(rest);
    Ok(())
}

/// Appends text with its line ends normalised (XML 1.0 §2.11).
pub(super) fn push_lines(raw: &str, to: &mut String) {
    let mut rest = raw;
    while let Some(at) = rest.find('\r') {
        to.push_str(&rest[..at]);
        to.push('\n');
        let tail = &rest[at + 1..];
        rest = tail.strip_prefix('\n').unwrap_or(tail);
    }
    to.push_str(rest);
}
