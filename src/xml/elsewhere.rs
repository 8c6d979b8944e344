//! Texts that stand elsewhere: a long one has left its document, and a mark holds its place.
//!
//! Spec:  XML 1.0 production 2: U+0001 stands in no document, so no sender can write a mark; a
//!        door that takes texts out refuses the character in what arrives.
//! In:    octets of a document or of its canonical form, with marks.
//! Out:   the octets that they mean.
//! Why:   a scan of ten megabytes is signed like any other text, and nobody should hold it in
//!        memory to say so: it is digested as it comes from its file.
//! Never: in a name, an attribute or a comment: [`super::Document::parse_marked`] refuses it there.

use std::fmt;
use std::io::{self, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What begins and ends a mark.
pub const MARK: char = '\u{1}';

/// Octets that are encoded together, about; three make four characters.
const BLOCK_OCTETS: usize = 48 * 1024;
/// A mark is a digest and two numbers.
const MARK_CHARS_MAX: usize = 128;

/// Where texts are found that have left their documents.
pub trait Texts: Send + Sync {
    /// What was encoded in the text, from its beginning.
    ///
    /// # Errors
    /// Where it is not there, or cannot be read.
    fn open(&self, content: &[u8; 32]) -> io::Result<Box<dyn Read + Send>>;

    /// What came beside the document under this Content-ID (RFC 2392), if it is known here.
    fn beside(&self, content_id: &str) -> Beside;
}

/// What came beside a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Nothing of that name.
    Absent,
    /// A content, by its SHA-256, and how many octets it has.
    There([u8; 32], u64),
    /// Nobody knows here; whoever let the document in has looked.
    Unasked,
}

/// A text in base64 that stands elsewhere: what it encodes and how it was laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// SHA-256 of what it encodes.
    pub content: [u8; 32],
    /// Octets of what it encodes.
    pub octets: u64,
    /// Characters of each line but the last; zero where there is one line.
    pub line: u32,
    /// Whether its lines ended with CR LF where it arrived. As a text of XML they end with LF
    /// (XML 1.0 §2.11), and so they do wherever they are digested.
    pub returns: bool,
}

impl Mark {
    /// The mark that a text is, if it is one and nothing else.
    pub fn read(text: &str) -> Option<Self> {
        let inside = text.strip_prefix(MARK)?.strip_suffix(MARK)?;
        let mut parts = inside.split(':');
        let content = digest(parts.next()?)?;
        let octets = parts.next()?.parse().ok()?;
        let line: u32 = parts.next()?.parse().ok()?;
        let returns = match parts.next()? {
            "CRLF" => true,
            "LF" => false,
            _ => return None,
        };
        let whole = parts.next().is_none() && line.is_multiple_of(4);
        whole.then_some(Self {
            content,
            octets,
            line,
            returns,
        })
    }

    /// Writes the text that it stands for.
    fn spell(&self, texts: &dyn Texts, end: &[u8], to: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        let mut source = texts.open(&self.content)?.take(self.octets);
        let line = match self.line as usize {
            0 => usize::MAX,
            line => line / 4 * 3,
        };
        // Whole lines, so that only the last block can end within one.
        let block = match line {
            usize::MAX => BLOCK_OCTETS,
            line => (BLOCK_OCTETS / line).max(1) * line,
        };
        let mut octets = vec![0; block];
        let mut text = String::new();
        let mut left = self.octets;
        let mut first = true;
        while left > 0 {
            let here = usize::try_from(left).unwrap_or(block).min(block);
            source.read_exact(&mut octets[..here])?;
            left -= here as u64;
            for piece in octets[..here].chunks(line) {
                // Blocks of a text without lines follow one another without an end between them.
                if !first && self.line > 0 {
                    to(end);
                }
                first = false;
                text.clear();
                STANDARD.encode_string(piece, &mut text);
                to(text.as_bytes());
            }
        }
        Ok(())
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.returns { "CRLF" } else { "LF" };
        write!(f, "{MARK}")?;
        for octet in self.content {
            write!(f, "{octet:02x}")?;
        }
        write!(f, ":{}:{}:{end}{MARK}", self.octets, self.line)
    }
}

/// How lines of a text that stood elsewhere end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// As they arrived: what was sent comes out again to the octet.
    Arrived,
    /// With LF, as in every canonical form.
    Canonical,
}

/// Hands on what octets with marks mean, piece by piece.
///
/// # Errors
/// Where a text cannot be read, or a mark is none: then nobody who makes marks made it.
pub fn spell(
    octets: &[u8],
    texts: &dyn Texts,
    lines: Lines,
    to: &mut dyn FnMut(&[u8]),
) -> io::Result<()> {
    let mut rest = octets;
    while let Some(Split {
        before,
        mark,
        behind,
    }) = split(rest)?
    {
        to(before);
        let returns = lines == Lines::Arrived && mark.returns;
        mark.spell(texts, if returns { b"\r\n" } else { b"\n" }, to)?;
        rest = behind;
    }
    to(rest);
    Ok(())
}

/// The marks in octets, in their order.
///
/// # Errors
/// Where one of them is none.
pub fn marks(octets: &[u8]) -> io::Result<Vec<Mark>> {
    let mut found = Vec::new();
    let mut rest = octets;
    while let Some(Split { mark, behind, .. }) = split(rest)? {
        found.push(mark);
        rest = behind;
    }
    Ok(found)
}

/// Octets at their first mark.
struct Split<'o> {
    before: &'o [u8],
    mark: Mark,
    behind: &'o [u8],
}

fn split(octets: &[u8]) -> io::Result<Option<Split<'_>>> {
    let Some(from) = octets.iter().position(|octet| *octet == MARK as u8) else {
        return Ok(None);
    };
    let inside = &octets[from + 1..];
    let near = &inside[..inside.len().min(MARK_CHARS_MAX)];
    let end = near.iter().position(|octet| *octet == MARK as u8);
    let text = end.and_then(|end| std::str::from_utf8(&octets[from..from + end + 2]).ok());
    let mark = text.and_then(|text| Some((Mark::read(text)?, text.len())));
    let broken = || io::Error::new(io::ErrorKind::InvalidData, "a mark that nobody made");
    let (mark, length) = mark.ok_or_else(broken)?;
    Ok(Some(Split {
        before: &octets[..from],
        mark,
        behind: &octets[from + length..],
    }))
}

fn digest(text: &str) -> Option<[u8; 32]> {
    let lower = |b: u8| b.is_ascii_digit() || matches!(b, b'a'..=b'f');
    if text.len() != 64 || !text.bytes().all(lower) {
        return None;
    }
    let mut octets = [0; 32];
    for (octet, pair) in octets.iter_mut().zip(text.as_bytes().chunks(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        *octet = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct One(Vec<u8>);

    impl Texts for One {
        fn open(&self, content: &[u8; 32]) -> io::Result<Box<dyn Read + Send>> {
            assert_eq!(*content, [7; 32]);
            Ok(Box::new(io::Cursor::new(self.0.clone())))
        }

        fn beside(&self, _content_id: &str) -> Beside {
            Beside::Absent
        }
    }

    fn spelled(content: &[u8], line: u32, returns: bool, lines: Lines) -> String {
        let mark = Mark {
            content: [7; 32],
            octets: content.len() as u64,
            line,
            returns,
        };
        let mut out = Vec::new();
        let octets = format!("<a>{mark}</a>");
        spell(
            octets.as_bytes(),
            &One(content.to_vec()),
            lines,
            &mut |piece| {
                out.extend_from_slice(piece);
            },
        )
        .expect("it is there");
        String::from_utf8(out).expect("base64")
    }

    #[test]
    fn text_comes_out_as_it_was_laid_out() {
        for size in [
            0,
            1,
            2,
            3,
            57,
            58,
            114,
            BLOCK_OCTETS,
            BLOCK_OCTETS + 1,
            200_000,
        ] {
            let content: Vec<u8> = (0..=250u8).cycle().take(size).collect();
            let plain = STANDARD.encode(&content);
            let one = spelled(&content, 0, true, Lines::Arrived);
            assert_eq!(one, format!("<a>{plain}</a>"), "{size} in one line");
            for (returns, lines, end) in [
                (true, Lines::Arrived, "\r\n"),
                (true, Lines::Canonical, "\n"),
                (false, Lines::Arrived, "\n"),
            ] {
                let rows: Vec<&str> = plain
                    .as_bytes()
                    .chunks(76)
                    .map(|row| std::str::from_utf8(row).expect("base64"))
                    .collect();
                let expected = format!("<a>{}</a>", rows.join(end));
                assert_eq!(spelled(&content, 76, returns, lines), expected, "{size}");
            }
        }
    }

    #[test]
    fn what_is_no_mark_is_refused() {
        let good = Mark {
            content: [0xAB; 32],
            octets: 5,
            line: 64,
            returns: false,
        };
        let text = good.to_string();
        assert_eq!(Mark::read(&text), Some(good));
        for other in [
            String::new(),
            text.replace("ab", "AB"),
            text.replace(":64:", ":63:"),
            text.replace("LF", "lf"),
            text[1..].to_owned(),
            format!(" {text}"),
            text.replace(":LF", ":LF:LF"),
        ] {
            assert_eq!(Mark::read(&other), None, "{other:?}");
        }
        let unclosed = [b"<a>", &text.as_bytes()[..text.len() - 1], b"</a>"].concat();
        let read = spell(&unclosed, &One(vec![]), Lines::Canonical, &mut |_| {});
        assert!(read.is_err());
    }
}
