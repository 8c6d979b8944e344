//! X509IssuerSerial: a certificate that is named, not given.
//!
//! Spec:  XMLDSig §4.5.4.1; RFC 4514 §2, §3. Libraries write the name in either order, with or
//! without spaces, with `SERIALNUMBER` or the bare OID. So both names are compared as sets of types
//! and values. Nothing is believed for being named: the key of what is found must fit.

use x509_cert::der::Decode;
use x509_cert::name::Name;

const NAME_CHARS_MAX: usize = 1024;
/// RFC 5280 §4.1.2.2 allows 20 octets.
const SERIAL_DIGITS_MAX: usize = 49;

/// Names of types that RFC 4514 §3 and common libraries write in the place of OIDs.
const TYPES: [(&str, &str); 10] = [
    ("C", "2.5.4.6"),
    ("CN", "2.5.4.3"),
    ("GIVENNAME", "2.5.4.42"),
    ("L", "2.5.4.7"),
    ("O", "2.5.4.10"),
    ("OU", "2.5.4.11"),
    ("S", "2.5.4.8"),
    ("SERIALNUMBER", "2.5.4.5"),
    ("ST", "2.5.4.8"),
    ("SURNAME", "2.5.4.4"),
];

/// Types and values, sorted.
type Parts = Vec<(String, String)>;

/// Whether a text names the same as a name in DER.
pub(super) fn is_same_name(text: &str, der: &[u8]) -> bool {
    match (parts_of_text(text), parts_of_der(der)) {
        (Some(one), Some(other)) => one == other,
        (None, _) | (_, None) => false,
    }
}

/// The octets of a decimal number, without leading zeros.
pub(super) fn serial_octets(digits: &str) -> Option<Vec<u8>> {
    if digits.is_empty() || digits.len() > SERIAL_DIGITS_MAX {
        return None;
    }
    // The least octet first, while it grows.
    let mut octets: Vec<u8> = Vec::new();
    for digit in digits.chars() {
        let mut carry = digit.to_digit(10)?;
        for octet in &mut octets {
            let value = u32::from(*octet) * 10 + carry;
            *octet = u8::try_from(value & 0xFF).ok()?;
            carry = value >> 8;
        }
        if carry > 0 {
            octets.push(u8::try_from(carry).ok()?);
        }
    }
    octets.reverse();
    Some(octets)
}

fn parts_of_der(der: &[u8]) -> Option<Parts> {
    let name = Name::from_der(der).ok()?;
    let read = |oid: String, value: &[u8]| Some((oid, folded(std::str::from_utf8(value).ok()?)));
    let parts = name
        .iter()
        .map(|part| read(part.oid.to_string(), part.value.value()));
    let mut parts: Parts = parts.collect::<Option<_>>()?;
    parts.sort();
    Some(parts)
}

fn parts_of_text(text: &str) -> Option<Parts> {
    if text.len() > NAME_CHARS_MAX {
        return None;
    }
    let mut parts = Parts::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (kind, after) = rest.split_once('=')?;
        let kind = kind.trim().to_ascii_uppercase();
        let kind = kind.strip_prefix("OID.").unwrap_or(&kind);
        let known = TYPES.iter().find(|(name, _)| *name == kind);
        let (value, behind) = value(after.trim_start())?;
        parts.push((known.map_or(kind, |(_, oid)| oid).to_owned(), value));
        rest = behind.trim_start();
    }
    parts.sort();
    Some(parts)
}

/// The value at the beginning, and what follows its separator.
fn value(text: &str) -> Option<(String, &str)> {
    let quoted = text.starts_with('"');
    let mut octets = Vec::new();
    let mut chars = text.char_indices().skip(usize::from(quoted));
    let mut end = text.len();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                let (_, first) = chars.next()?;
                let pair = first
                    .to_digit(16)
                    .zip(text.get(at + 2..).and_then(first_hex));
                if let Some((high, low)) = pair {
                    chars.next();
                    octets.push(u8::try_from(high * 16 + low).ok()?);
                } else {
                    octets.extend_from_slice(first.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
            '"' if quoted => {
                end = at + 1;
                break;
            }
            ',' | ';' | '+' if !quoted => {
                end = at;
                break;
            }
            _ => octets.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    let behind = text[end..].trim_start();
    let behind = match behind.chars().next() {
        None => "",
        Some(',' | ';' | '+') => &behind[1..],
        Some(_) => return None,
    };
    Some((folded(&String::from_utf8(octets).ok()?), behind))
}

fn first_hex(text: &str) -> Option<u32> {
    text.chars().next()?.to_digit(16)
}

/// Names are compared without regard to case and to how many spaces there are (RFC 5280 §7.1).
fn folded(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_however_they_are_written() {
        let expected = Some(vec![
            ("2.5.4.10".to_owned(), "a, b".to_owned()),
            ("2.5.4.3".to_owned(), "üöo 3.0 (gost)".to_owned()),
            ("2.5.4.6".to_owned(), "kz".to_owned()),
        ]);
        for text in [
            "CN=ÜÖO 3.0 (GOST),O=A\\, B,C=KZ",
            "C = KZ, CN = ÜÖO  3.0 (GOST), O = \"a, b\"",
            "2.5.4.6=KZ;OID.2.5.4.3=\\C3\\9C\\C3\\96O 3.0 (GOST)+O=A\\2C B",
        ] {
            assert_eq!(parts_of_text(text), expected, "{text}");
        }
        for text in ["CN", "CN=\\", "CN=\"a\"b", "CN=\\FF"] {
            assert_eq!(parts_of_text(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_become_octets() {
        assert_eq!(serial_octets("0"), Some(vec![]));
        assert_eq!(serial_octets("255"), Some(vec![255]));
        assert_eq!(serial_octets("65536"), Some(vec![1, 0, 0]));
        assert_eq!(serial_octets(""), None);
        assert_eq!(serial_octets("-1"), None);
        assert_eq!(serial_octets(&"9".repeat(50)), None);
    }
}
