//! Multipart: a message with its attachments, part by part, as it arrives.
//!
//! Spec:  RFC 2046 §5.1 and RFC 2387 (multipart/related); SOAP Messages with Attachments; MTOM (XOP
//!        1.0 §4). One level: a part that is itself multipart is octets.
//! In:    the Content-Type, then pieces of a body. Out: headers, octets and ends of parts.
//! Limit: what is held back is a delimiter or the headers of one part, never a part.

mod headers;

pub(super) use headers::{PartHeaders, Related};

use headers::headers;

/// Octets of the headers of one part, and of what stands before the first one, at most.
const HEADERS_OCTETS_MAX: usize = 8 << 10;
/// White space behind a delimiter, at most.
const PADDING_OCTETS_MAX: usize = 64;

/// Why a body is not the multipart message that it says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotParts(pub(super) &'static str);

/// What comes next of a message with attachments.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'o> {
    Begin(PartHeaders),
    Octets(&'o [u8]),
    End,
}

/// The state between two pieces of a body.
pub(super) struct Parts {
    /// CR LF, two hyphens and the boundary.
    delimiter: Vec<u8>,
    at: At,
    /// What waits for more.
    held: Vec<u8>,
}

/// Where in the body it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Preamble,
    /// Behind a delimiter: two hyphens end the last part.
    Delimiter,
    Headers,
    /// At the line end behind the headers, with which the delimiter of an empty part may begin.
    Blank,
    Octets,
    Epilogue,
}

impl Parts {
    pub(super) fn new(related: &Related) -> Self {
        Self {
            delimiter: format!("\r\n--{}", related.boundary).into_bytes(),
            at: At::Preamble,
            // The first delimiter may stand at the very beginning.
            held: b"\r\n".to_vec(),
        }
    }

    /// Takes the next octets of the body.
    pub(super) fn push<E: From<NotParts>>(
        &mut self,
        octets: &[u8],
        to: &mut impl FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut held = std::mem::take(&mut self.held);
        held.extend_from_slice(octets);
        let mut rest = held.as_slice();
        loop {
            let before = (self.at, rest.len());
            rest = self.step(rest, to)?;
            if (self.at, rest.len()) == before {
                break;
            }
        }
        self.held = rest.to_vec();
        Ok(())
    }

    /// The body has ended.
    pub(super) fn finish(&self) -> Result<(), NotParts> {
        if self.at == At::Epilogue {
            Ok(())
        } else {
            Err(NotParts("it ends before its last delimiter"))
        }
    }

    /// Goes as far as it can without looking further than one thing; returns what is left.
    fn step<'o, E: From<NotParts>>(
        &mut self,
        rest: &'o [u8],
        to: &mut impl FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<&'o [u8], E> {
        match self.at {
            At::Preamble => match find(rest, &self.delimiter) {
                Some(found) => {
                    self.at = At::Delimiter;
                    Ok(&rest[found + self.delimiter.len()..])
                }
                None if rest.len() > HEADERS_OCTETS_MAX => {
                    Err(NotParts("its boundary stands nowhere near its beginning").into())
                }
                None => Ok(rest),
            },
            At::Delimiter => {
                if rest.starts_with(b"--") {
                    self.at = At::Epilogue;
                    return Ok(&rest[2..]);
                }
                let padding = rest
                    .iter()
                    .take_while(|o| matches!(o, b' ' | b'\t'))
                    .count();
                match &rest[padding..] {
                    // The line end stays: behind it the headers may be empty.
                    [b'\r', b'\n', ..] => {
                        self.at = At::Headers;
                        Ok(&rest[padding..])
                    }
                    [] | [b'\r' | b'-'] if padding <= PADDING_OCTETS_MAX => Ok(rest),
                    _ => Err(NotParts("something follows a boundary on its line").into()),
                }
            }
            At::Headers => match find(rest, b"\r\n\r\n") {
                Some(end) if end <= HEADERS_OCTETS_MAX => {
                    to(Piece::Begin(headers(&rest[..end])?))?;
                    self.at = At::Blank;
                    Ok(&rest[end + 2..])
                }
                None if rest.len() <= HEADERS_OCTETS_MAX => Ok(rest),
                Some(_) | None => Err(NotParts("a part with too many headers").into()),
            },
            At::Blank => {
                let near = &rest[..rest.len().min(self.delimiter.len())];
                if near.len() < self.delimiter.len() && self.delimiter.starts_with(near) {
                    return Ok(rest);
                }
                self.at = At::Octets;
                if near == self.delimiter {
                    Ok(rest)
                } else {
                    Ok(&rest[2..])
                }
            }
            At::Octets => self.octets(rest, to),
            At::Epilogue => Ok(&[]),
        }
    }

    fn octets<'o, E>(
        &mut self,
        rest: &'o [u8],
        to: &mut impl FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<&'o [u8], E> {
        let (end, behind) = match find(rest, &self.delimiter) {
            Some(end) => {
                self.at = At::Delimiter;
                (end, end + self.delimiter.len())
            }
            None => {
                // What may be the beginning of a delimiter waits for more.
                let end = rest.len().saturating_sub(self.delimiter.len() - 1);
                let tail = rest[end..].iter().position(|octet| *octet == b'\r');
                let end = tail.map_or(rest.len(), |tail| end + tail);
                (end, end)
            }
        };
        if end > 0 {
            to(Piece::Octets(&rest[..end]))?;
        }
        if self.at == At::Delimiter {
            to(Piece::End)?;
        }
        Ok(&rest[behind..])
    }
}

fn find(octets: &[u8], what: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + octets[from..].iter().position(|octet| *octet == what[0])?;
        if octets[at..].starts_with(what) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::{CONTENT_TYPE, HeaderMap};
    use proptest::prelude::*;

    fn related(content_type: &'static str) -> Result<Option<Related>, NotParts> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, content_type.parse().expect("a header"));
        Related::of(&headers)
    }

    #[derive(Debug, PartialEq)]
    struct Found(Option<String>, Vec<u8>);

    /// The parts of a body that comes in pieces of this size.
    fn parts(boundary: &str, body: &[u8], size: usize) -> Result<Vec<Found>, NotParts> {
        let related = Related {
            boundary: boundary.into(),
            start: None,
        };
        let mut parts = Parts::new(&related);
        let mut found: Vec<Found> = Vec::new();
        let mut ended = 0;
        for piece in body.chunks(size) {
            parts.push::<NotParts>(piece, &mut |piece| {
                match piece {
                    Piece::Begin(headers) => found.push(Found(headers.content_id, Vec::new())),
                    Piece::Octets(octets) => {
                        found.last_mut().expect("begun").1.extend_from_slice(octets);
                    }
                    Piece::End => ended += 1,
                }
                Ok(())
            })?;
            assert!(parts.held.len() <= HEADERS_OCTETS_MAX + size + 80);
        }
        parts.finish()?;
        assert_eq!(ended, found.len());
        Ok(found)
    }

    proptest! {
        #[test]
        fn parts_come_out_as_they_went_in_whatever_the_pieces(
            contents in prop::collection::vec(
                prop::collection::vec(
                    prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'-'), any::<u8>()],
                    0..200,
                ),
                1..4,
            ),
            size in 1usize..300,
        ) {
            let mut body = b"preamble".to_vec();
            for (number, content) in contents.iter().enumerate() {
                let head = format!("\r\n--b-1\r\nContent-ID: <{number}@k>\r\nX: y\r\n\r\n");
                body.extend_from_slice(head.as_bytes());
                body.extend_from_slice(content);
            }
            body.extend_from_slice(b"\r\n--b-1--\r\nepilogue");
            prop_assume!(!contents.iter().any(|content| find(content, b"\r\n--b-1").is_some()));
            let expected: Vec<Found> = contents
                .into_iter()
                .enumerate()
                .map(|(number, content)| Found(Some(format!("{number}@k")), content))
                .collect();
            prop_assert_eq!(parts("b-1", &body, size), Ok(expected));
        }
    }

    #[test]
    fn forms_that_clients_write_are_read() {
        for body in [
            "--b\r\n\r\none\r\n--b--",
            "\r\n--b \t\r\n\r\none\r\n--b--\r\n",
            "--b\r\nA: b\r\n c\r\n\r\none\r\n--b--",
        ] {
            for size in [1, 2, 1_000] {
                let found = parts("b", body.as_bytes(), size);
                assert_eq!(
                    found,
                    Ok(vec![Found(None, b"one".to_vec())]),
                    "{body:?} by {size}"
                );
            }
        }
        let empty = parts("b", b"--b\r\nA: b\r\n\r\n--b\r\nA: b\r\n\r\n\r\n--b--", 1);
        assert_eq!(empty, Ok(vec![Found(None, vec![]), Found(None, vec![])]));
        for (content_type, boundary, start) in [
            ("multipart/related; boundary=b", "b", None),
            (
                "Multipart/Related;type=\"text/xml\"; BOUNDARY=\"b;\\\"c\" ",
                "b;\"c",
                None,
            ),
            (
                "multipart/related; start=\"<a@b>\"; start-info=\"text/xml\"; boundary=\"uuid:1\"",
                "uuid:1",
                Some("a@b"),
            ),
        ] {
            let found = related(content_type).expect("parts").expect("related");
            assert_eq!(found.boundary, boundary);
            assert_eq!(found.start.as_deref(), start);
        }
        assert_eq!(related("text/xml; charset=utf-8"), Ok(None));
    }

    #[test]
    fn what_is_no_multipart_is_refused_within_bounds() {
        let long = [b"--b\r\nA: ".to_vec(), vec![b'x'; 9_000]].concat();
        let far = vec![b'x'; 9_000];
        for body in [
            b"--b\r\n\r\none\r\n--b".as_slice(),
            b"--b\r\n\r\none",
            b"--bx\r\n\r\none\r\n--b--",
            b"--b\r\nA\r\n\r\none\r\n--b--",
            b"--b\r\nContent-ID: a\r\nContent-ID: b\r\n\r\none\r\n--b--",
            b"--b\r\nA: \xFF\r\n\r\none\r\n--b--",
            b"",
            &long,
            &far,
        ] {
            for size in [1, 512] {
                assert!(parts("b", body, size).is_err(), "{body:?} by {size}");
            }
        }
        assert!(related("multipart/related; type=\"text/xml\"").is_err());
        assert!(related("multipart/related; boundary=\"\"").is_err());
        assert!(related("multipart/related; boundary=\"open").is_err());
    }
}
