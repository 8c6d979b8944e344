//! What a canonical form escapes, and where (C14N §2.3).

/// Copies octets, replacing those that `escape` names; runs without any go over in one piece.
fn push_escaped(text: &str, out: &mut Vec<u8>, escape: impl Fn(u8) -> Option<&'static [u8]>) {
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if let Some(replacement) = escape(*byte) {
            out.extend_from_slice(&bytes[from..at]);
            out.extend_from_slice(replacement);
            from = at + 1;
        }
    }
    out.extend_from_slice(&bytes[from..]);
}

pub(super) fn push_text(text: &str, out: &mut Vec<u8>) {
    push_escaped(text, out, |byte| match byte {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'>' => Some(b"&gt;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    });
}

pub(super) fn push_attribute(value: &str, out: &mut Vec<u8>) {
    push_escaped(value, out, |byte| match byte {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'"' => Some(b"&quot;"),
        b'\t' => Some(b"&#x9;"),
        b'\n' => Some(b"&#xA;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    });
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
