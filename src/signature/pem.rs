//! PEM: blocks of base64 between labels (RFC 7468).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The contents of the PEM blocks with this label, or, where the file is not PEM, the file itself.
///
/// # Errors
/// Nothing but that a block is not base64.
pub fn pem_blocks(file: &[u8], label: &str) -> Result<Vec<Vec<u8>>, base64::DecodeError> {
    let (begin, end) = (
        format!("-----BEGIN {label}-----"),
        format!("-----END {label}-----"),
    );
    let Ok(text) = std::str::from_utf8(file) else {
        return Ok(vec![file.to_vec()]);
    };
    if !text.contains("-----BEGIN ") {
        return Ok(vec![file.to_vec()]);
    }
    let mut blocks = Vec::new();
    for part in text.split(begin.as_str()).skip(1) {
        let body = part.split(end.as_str()).next().unwrap_or_default();
        let compact: String = body.split_ascii_whitespace().collect();
        blocks.push(STANDARD.decode(compact)?);
    }
    Ok(blocks)
}
