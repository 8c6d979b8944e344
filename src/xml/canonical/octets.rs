//! What a canonical form escapes, and where (C14N §2.3).

/// Octets that are looked at together for what must be escaped.
const BLOCK_OCTETS: usize = 64;

/// What C14N §2.3 escapes in text.
fn escape_in_text(byte: u8) -> Option<&'static [u8]> {
    match byte {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'>' => Some(b"&gt;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    }
}

/// What C14N §2.3 escapes in the value of an attribute.
fn escape_in_attribute(byte: u8) -> Option<&'static [u8]> {
    match byte {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'"' => Some(b"&quot;"),
        b'\t' => Some(b"&#x9;"),
        b'\n' => Some(b"&#xA;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    }
}

/// Copies octets, replacing those that `escape` names.
///
/// Blocks without any go over in one piece: `escape` is asked without a branch, so that the
/// compiler can look at many octets at once.
fn push_escaped(text: &str, out: &mut Vec<u8>, escape: impl Fn(u8) -> Option<&'static [u8]>) {
    for block in text.as_bytes().chunks(BLOCK_OCTETS) {
        let plain = block
            .iter()
            .fold(true, |plain, byte| plain & escape(*byte).is_none());
        if plain {
            out.extend_from_slice(block);
            continue;
        }
        for byte in block {
            match escape(*byte) {
                Some(replacement) => out.extend_from_slice(replacement),
                None => out.push(*byte),
            }
        }
    }
}

pub(super) fn push_text(text: &str, out: &mut Vec<u8>) {
    push_escaped(text, out, escape_in_text);
}

pub(super) fn push_attribute(value: &str, out: &mut Vec<u8>) {
    push_escaped(value, out, escape_in_attribute);
}

pub(super) fn push_comment(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"<!--");
    push_escaped(text, out, |byte| {
        (byte == b'\r').then_some(b"&#xD;".as_slice())
    });
    out.extend_from_slice(b"-->");
}

/// `<?target data?>` with one space between; the data keeps its inner white space.
pub(super) fn push_instruction(raw: &str, out: &mut Vec<u8>) {
    let (target, data) = raw
        .split_once(|c: char| c.is_ascii_whitespace())
        .unwrap_or((raw, ""));
    let data = data.trim_start_matches([' ', '\t', '\n', '\r']);
    out.extend_from_slice(b"<?");
    out.extend_from_slice(target.as_bytes());
    if !data.is_empty() {
        out.push(b' ');
        push_escaped(data, out, |byte| {
            (byte == b'\r').then_some(b"&#xD;".as_slice())
        });
    }
    out.extend_from_slice(b"?>");
}
