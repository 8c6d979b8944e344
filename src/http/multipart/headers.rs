//! What headers say of a message with attachments, and of each of its parts.
//!
//! Spec:  RFC 2045 §5.1 (parameters), RFC 2387 (boundary, start), RFC 2392 (Content-ID).

use hyper::header::{CONTENT_TYPE, HeaderMap};

use super::NotParts;

/// Octets of a boundary, at most (RFC 2046 §5.1.1).
const BOUNDARY_OCTETS_MAX: usize = 70;

/// What the Content-Type says of a message with attachments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http) struct Related {
    pub(super) boundary: String,
    /// The Content-ID of the part that is the message; the first one, if it is not named.
    pub(super) start: Option<String>,
}

impl Related {
    /// Reads it; nothing, where the message comes alone.
    pub(in crate::http) fn of(headers: &HeaderMap) -> Result<Option<Self>, NotParts> {
        let Some(value) = headers.get(CONTENT_TYPE) else {
            return Ok(None);
        };
        let value = value.to_str().unwrap_or_default();
        let (media, parameters) = value.split_once(';').unwrap_or((value, ""));
        if !media.trim().eq_ignore_ascii_case("multipart/related") {
            return Ok(None);
        }
        let boundary = parameter(parameters, "boundary")
            .filter(|boundary| (1..=BOUNDARY_OCTETS_MAX).contains(&boundary.len()))
            .ok_or(NotParts("its Content-Type names no boundary"))?;
        let start = parameter(parameters, "start");
        Ok(Some(Self {
            boundary,
            start: start.map(|start| bare(&start).to_owned()),
        }))
    }

    /// Whether a part is the message.
    pub(in crate::http) fn is_root(&self, part: &PartHeaders, number: usize) -> bool {
        match &self.start {
            Some(start) => part.content_id.as_ref() == Some(start),
            None => number == 0,
        }
    }
}

/// What is known of a part.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(in crate::http) struct PartHeaders {
    /// Without angle brackets.
    pub(in crate::http) content_id: Option<String>,
    /// Whether its octets are as they are: no Content-Transfer-Encoding is undone here.
    pub(in crate::http) encoded: bool,
}

/// What the headers of a part say; names without regard to case, folded lines joined (RFC 822 §3).
pub(super) fn headers(block: &[u8]) -> Result<PartHeaders, NotParts> {
    let text = std::str::from_utf8(block).map_err(|_| NotParts("headers that are not UTF-8"))?;
    let text = text.replace("\r\n ", " ").replace("\r\n\t", " ");
    let mut found = PartHeaders::default();
    for line in text.split("\r\n").filter(|line| !line.is_empty()) {
        let (name, value) = line
            .split_once(':')
            .ok_or(NotParts("a header without a colon"))?;
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-id") {
            if found.content_id.replace(bare(value).to_owned()).is_some() {
                return Err(NotParts("a part with two Content-IDs"));
            }
        } else if name.eq_ignore_ascii_case("content-transfer-encoding") {
            let plain = ["7bit", "8bit", "binary"];
            found.encoded = !plain.iter().any(|known| value.eq_ignore_ascii_case(known));
        }
    }
    Ok(found)
}

/// A Content-ID without its angle brackets.
fn bare(value: &str) -> &str {
    let inside = value.strip_prefix('<').and_then(|v| v.strip_suffix('>'));
    inside.unwrap_or(value)
}

/// The value of a parameter, quoted or not (RFC 2045 §5.1).
fn parameter(parameters: &str, name: &str) -> Option<String> {
    let mut rest = parameters;
    loop {
        let (key, value) = rest.split_once('=')?;
        let (value, behind) = match value.strip_prefix('"') {
            Some(quoted) => {
                let mut value = String::new();
                let mut chars = quoted.char_indices();
                let end = loop {
                    match chars.next()? {
                        (end, '"') => break end,
                        (_, '\\') => value.push(chars.next()?.1),
                        (_, other) => value.push(other),
                    }
                };
                let behind = &quoted[end + 1..];
                (
                    value,
                    behind.split_once(';').map_or("", |(_, behind)| behind),
                )
            }
            None => {
                let (value, behind) = value.split_once(';').unwrap_or((value, ""));
                (value.trim().to_owned(), behind)
            }
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = behind;
    }
}
