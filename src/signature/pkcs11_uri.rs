//! URIs that name a key in a token.
//!
//! Spec:  RFC 7512. In: a text. Out: which module, which token, which key, and the file of its PIN.
//! Never: the PIN itself. A setting is seen by whoever sees the environment of a process.

use std::collections::BTreeMap;
use std::path::PathBuf;

const SCHEME: &str = "pkcs11:";
/// What may stand before the question mark, and behind it.
const PATH: [&str; 7] = [
    "id",
    "manufacturer",
    "model",
    "object",
    "serial",
    "token",
    "type",
];
const QUERY: [&str; 2] = ["module-path", "pin-source"];

/// Why a URI names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UriFault {
    /// An attribute that must be there is not.
    #[error("it lacks {0}")]
    Missing(&'static str),
    /// The PIN itself.
    #[error(
        "pin-value shows the PIN to whoever sees the settings: write it into a file of mode 600 \
         and name that one by pin-source=file:/…"
    )]
    PinValue,
    /// An attribute that may stand once stands twice.
    #[error("it has {0} twice")]
    Repeated(&'static str),
    /// It does not begin as one.
    #[error("it does not begin with pkcs11:")]
    Scheme,
    /// An attribute that is not known here: a token that was found without it may be the wrong one.
    #[error("it has an attribute that is not known here; known are {}, and ?{}", PATH.join(" "), QUERY.join(" "))]
    Unknown,
    /// A value that is none of its attribute.
    #[error("its {0} cannot be read")]
    Value(&'static str),
}

/// A key in a token, and how to reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUri {
    /// Facts of the token, by the name of the attribute; all of them must fit.
    pub(super) token: BTreeMap<&'static str, String>,
    /// CKA_LABEL; any, if there is none: the certificate tells which key it is.
    pub(super) object: Option<Vec<u8>>,
    /// CKA_ID.
    pub(super) id: Option<Vec<u8>>,
    /// The library of the token's maker.
    pub(super) module: PathBuf,
    /// A file whose first line is the PIN.
    pub(super) pin: PathBuf,
}

impl KeyUri {
    /// Whether a setting is meant as one.
    pub fn is_meant(text: &str) -> bool {
        // A scheme has no case (RFC 3986 §3.1). What is meant as one is never taken for a path,
        // which would be shown in a log with whatever stands behind it.
        let text = text.trim_start();
        let scheme = text.get(..SCHEME.len());
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME))
    }

    /// Reads one.
    ///
    /// # Errors
    /// [`UriFault`].
    pub fn parse(text: &str) -> Result<Self, UriFault> {
        if !Self::is_meant(text) {
            return Err(UriFault::Scheme);
        }
        let rest = &text.trim()[SCHEME.len()..];
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut path = attributes(path, ';', &PATH)?;
        let mut query = attributes(query, '&', &QUERY)?;
        if path.remove("type").is_some_and(|kind| kind != b"private") {
            return Err(UriFault::Value("type"));
        }
        let (object, id) = (path.remove("object"), path.remove("id"));
        let token = path.into_iter().map(|(name, value)| {
            let text = String::from_utf8(value).map_err(|_| UriFault::Value(name))?;
            Ok((name, text))
        });
        let mut file = |name| {
            let value = query.remove(name).ok_or(UriFault::Missing(name))?;
            let text = String::from_utf8(value).map_err(|_| UriFault::Value(name))?;
            let text = text.strip_prefix("file:").unwrap_or(&text);
            // file:///etc/pin is file:/etc/pin with no host (RFC 8089).
            let path = PathBuf::from(text.strip_prefix("//").unwrap_or(text));
            let whole = path.is_absolute();
            whole.then_some(path).ok_or(UriFault::Value(name))
        };
        Ok(Self {
            token: token.collect::<Result<_, _>>()?,
            object,
            id,
            module: file("module-path")?,
            pin: file("pin-source")?,
        })
    }

    /// The file of the PIN.
    pub fn pin_file(&self) -> &std::path::Path {
        &self.pin
    }
}

fn attributes(
    text: &str,
    between: char,
    known: &[&'static str],
) -> Result<BTreeMap<&'static str, Vec<u8>>, UriFault> {
    let mut found = BTreeMap::new();
    for one in text.split(between).filter(|one| !one.is_empty()) {
        let (name, value) = one.split_once('=').ok_or(UriFault::Unknown)?;
        if name == "pin-value" {
            return Err(UriFault::PinValue);
        }
        let name = known.iter().find(|known| **known == name);
        let name = *name.ok_or(UriFault::Unknown)?;
        let value = decoded(value).ok_or(UriFault::Value(name))?;
        if found.insert(name, value).is_some() {
            return Err(UriFault::Repeated(name));
        }
    }
    Ok(found)
}

/// Undoes percent-encoding (RFC 3986 §2.1).
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first != b'%' {
            octets.push(*first);
            continue;
        }
        let (digits, behind) = rest.split_at_checked(2)?;
        let digits = std::str::from_utf8(digits).ok()?;
        // Without the sign that a number may have.
        let plain = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        octets.push(u8::from_str_radix(digits, 16).ok().filter(|_| plain)?);
        rest = behind;
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: &str = "?module-path=/lib/token.so&pin-source=file:/etc/kezek/pin";

    #[test]
    fn uri_says_module_token_key_and_where_the_pin_is() {
        let text = format!("pkcs11:token=%D2%9A%20one;object=an%3bswers;id=%00%ff{END}");
        let uri = KeyUri::parse(&text).expect("a URI");
        assert_eq!(
            uri.token.get("token").map(String::as_str),
            Some("\u{49a} one")
        );
        assert_eq!(uri.object.as_deref(), Some(&b"an;swers"[..]));
        assert_eq!(uri.id.as_deref(), Some(&[0, 255][..]));
        assert_eq!(uri.module, PathBuf::from("/lib/token.so"));
        assert_eq!(uri.pin, PathBuf::from("/etc/kezek/pin"));
        for source in ["file:///etc/kezek/pin", "/etc/kezek/pin"] {
            let same = text.replace("file:/etc/kezek/pin", source);
            assert_eq!(KeyUri::parse(&same).as_ref(), Ok(&uri), "{source}");
        }
    }

    #[test]
    fn what_names_no_key_or_shows_its_pin_is_refused() {
        use UriFault::{Missing, PinValue, Repeated, Scheme, Unknown, Value};
        for (text, expected) in [
            ("/etc/kezek/signing.key".to_owned(), Scheme),
            (format!("pkcs11:pin-value=1234{END}"), PinValue),
            (format!("pkcs11:token=a{END}&pin-value=1234"), PinValue),
            (format!("pkcs11:token=a;token=b{END}"), Repeated("token")),
            (format!("pkcs11:tokem=a{END}"), Unknown),
            (format!("pkcs11:token{END}"), Unknown),
            (format!("pkcs11:module-path=/lib/x.so{END}"), Unknown),
            (format!("pkcs11:type=public{END}"), Value("type")),
            (format!("pkcs11:token=%f{END}"), Value("token")),
            (format!("pkcs11:token=%+f{END}"), Value("token")),
            (format!("pkcs11:token=%ff{END}"), Value("token")),
            (
                "pkcs11:token=a?pin-source=/pin".into(),
                Missing("module-path"),
            ),
            (
                "pkcs11:token=a?module-path=/lib/x.so".into(),
                Missing("pin-source"),
            ),
            (
                "pkcs11:?module-path=x.so&pin-source=/pin".into(),
                Value("module-path"),
            ),
            (
                "pkcs11:?module-path=/x.so&pin-source=|ask".into(),
                Value("pin-source"),
            ),
        ] {
            assert_eq!(KeyUri::parse(&text), Err(expected), "{text}");
        }
    }
}
