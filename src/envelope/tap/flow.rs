//! One long text while it flows: characters in, content and layout out.
//!
//! In:    characters of base64 and line ends, in pieces. Out: the octets that they encode, and how
//!        the text was laid out, so that it can be written again to the character.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Basin, Overflow};

/// Characters that are decoded together: whole groups of four.
const BLOCK_CHARS: usize = 16 * 1024;

/// How a text of base64 was laid out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// Octets that it encodes.
    pub(super) octets: u64,
    /// Characters of each line but the last; zero where there is one line.
    pub(super) line: u32,
    /// Whether lines end with CR LF.
    pub(super) returns: bool,
}

/// A long text while it flows.
#[derive(Debug, Default)]
pub(super) struct Flow {
    layout: Layout,
    /// Characters that wait to be decoded.
    chars: Vec<u8>,
    /// Characters of the line that has not ended.
    line: u32,
    /// Whether the first line has ended: then every other has its length and its end.
    lined: bool,
    /// A line end that belongs to the text if more follows.
    behind: LineEnd,
    padded: bool,
}

/// A line end, as far as it was seen.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineEnd {
    #[default]
    None,
    Return,
    CrLf,
    Lf,
}

impl LineEnd {
    pub(super) fn octets(self) -> &'static [u8] {
        match self {
            Self::None => b"",
            Self::Return => b"\r",
            Self::CrLf => b"\r\n",
            Self::Lf => b"\n",
        }
    }
}

impl Flow {
    /// Takes as many of these characters as belong to the text; says how many.
    pub(super) fn push(&mut self, octets: &[u8], basin: &mut dyn Basin) -> Result<usize, Overflow> {
        let mut at = 0;
        while let Some(octet) = octets.get(at) {
            let next = match (octet, self.behind) {
                (b'\r', LineEnd::None) => LineEnd::Return,
                (b'\n', LineEnd::None) => LineEnd::Lf,
                (b'\n', LineEnd::Return) => LineEnd::CrLf,
                (octet, LineEnd::None | LineEnd::CrLf | LineEnd::Lf) if is_base64(*octet) => {
                    let length = octets[at..].iter().take_while(|o| is_base64(**o)).count();
                    self.characters(&octets[at..at + length], basin)?;
                    at += length;
                    continue;
                }
                _ => return Ok(at),
            };
            self.behind = next;
            at += 1;
        }
        Ok(at)
    }

    /// Characters of one line.
    fn characters(&mut self, chars: &[u8], basin: &mut dyn Basin) -> Result<(), Overflow> {
        if self.behind != LineEnd::None {
            let returns = self.behind == LineEnd::CrLf;
            let same = self.line == self.layout.line && returns == self.layout.returns;
            let first = !self.lined && self.line.is_multiple_of(4);
            if !(first || self.lined && same) {
                return Err(Overflow::Layout);
            }
            (self.layout.line, self.layout.returns) = (self.line, returns);
            (self.lined, self.line, self.behind) = (true, 0, LineEnd::None);
        }
        // What follows a padding follows the end of what was encoded.
        let padding = chars.iter().position(|char| *char == b'=');
        let stray = padding.is_some_and(|from| chars[from..].iter().any(|char| *char != b'='));
        if stray || (self.padded && padding != Some(0)) {
            return Err(Overflow::Layout);
        }
        self.padded |= padding.is_some();
        let longer = u32::try_from(chars.len())
            .ok()
            .and_then(|n| self.line.checked_add(n));
        self.line = longer.ok_or(Overflow::TooLarge)?;
        if self.lined && self.line > self.layout.line {
            return Err(Overflow::Layout);
        }
        for chars in chars.chunks(BLOCK_CHARS) {
            self.chars.extend_from_slice(chars);
            let whole = self.chars.len() / 4 * 4;
            if whole >= BLOCK_CHARS {
                self.decode(whole, basin)?;
            }
        }
        Ok(())
    }

    fn decode(&mut self, chars: usize, basin: &mut dyn Basin) -> Result<(), Overflow> {
        let content = STANDARD
            .decode(&self.chars[..chars])
            .map_err(|_| Overflow::Layout)?;
        self.chars.drain(..chars);
        self.layout.octets += content.len() as u64;
        basin.take(&content)
    }

    /// How it was laid out, and the line end behind it.
    pub(super) fn end(mut self, basin: &mut dyn Basin) -> Result<(Layout, LineEnd), Overflow> {
        self.decode(self.chars.len(), basin)?;
        Ok((self.layout, self.behind))
    }
}

pub(super) fn is_base64(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'=')
}
