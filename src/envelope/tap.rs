//! The tap: long texts of base64 leave a message while it arrives.
//!
//! Spec:  RFC 4648 §4; XML Schema Part 2 §3.2.16: a scan given inside a message is base64Binary.
//! In:    octets as they arrive, of a message that nobody has parsed.
//! Out:   the octets that stay, with a [`Mark`] for each long text; and what the texts encode,
//!        handed to a [`Basin`].
//! Why:   a scan of ten megabytes costs the door a block of memory, and the tree a hundred octets.
//! Safe:  the alphabet of base64 has nothing of markup, so what leaves cannot change how the rest
//!        is read; and a mark has a character that no document may have, so nobody can send one.
//! Never: guesses. A text must come out again as it was, to be digested: lines of equal length that
//!        end alike, padding where it belongs. Anything else that is so long is refused.

mod flow;

use std::io;

use crate::xml::{MARK, Mark};

use flow::{Flow, is_base64};

/// Characters of a text, at most, that stay in their message.
pub const TEXT_CHARS_MAX: usize = 64 * 1024;

/// Where what long texts encode flows to.
pub trait Basin {
    /// More of the text that flows.
    ///
    /// # Errors
    /// Where it cannot be kept, or is too much.
    fn take(&mut self, content: &[u8]) -> Result<(), Overflow>;

    /// The text has ended: SHA-256 of all that was taken since the last one.
    ///
    /// # Errors
    /// Where it cannot be kept.
    fn end(&mut self) -> Result<[u8; 32], Overflow>;
}

/// Why a message cannot be taken in with its long texts.
#[derive(Debug, thiserror::Error)]
pub enum Overflow {
    /// What must not stand in XML, and would be taken for a mark.
    #[error("a character that XML does not allow")]
    Character,
    /// No basin has room for it now.
    #[error("no room for scans now")]
    Full,
    /// A long text that is no base64 in lines of one length.
    #[error("a text of more than 64 KiB that is no base64 in lines of one length")]
    Layout,
    /// Two parts of one message have the same Content-ID.
    #[error("two attachments with one Content-ID")]
    Named,
    /// It could not be written.
    #[error("a scan could not be kept")]
    Unkept(#[from] io::Error),
    /// One of them, or all together, are larger than allowed.
    #[error("a scan that is larger than allowed, or too many of them")]
    TooLarge,
}

/// The state between two pieces of one message.
#[derive(Debug, Default)]
pub struct Tap {
    /// What stays, so far.
    kept: Vec<u8>,
    /// Where in `kept` the text of base64 begins that has not ended.
    run: Option<usize>,
    /// The text that flows, once it was found to be long.
    flow: Option<Flow>,
}

impl Tap {
    /// Takes the next octets.
    ///
    /// # Errors
    /// [`Overflow`]; nothing more can be done with the message.
    pub fn push(&mut self, octets: &[u8], basin: &mut dyn Basin) -> Result<(), Overflow> {
        if octets.contains(&(MARK as u8)) {
            return Err(Overflow::Character);
        }
        let mut rest = octets;
        while !rest.is_empty() {
            rest = match &mut self.flow {
                Some(flow) => {
                    let taken = flow.push(rest, basin)?;
                    if taken < rest.len() {
                        self.end_flow(basin)?;
                    }
                    &rest[taken..]
                }
                None => self.keep(rest, basin)?,
            };
        }
        Ok(())
    }

    /// Octets that stay, so far.
    pub fn kept_octets(&self) -> usize {
        self.kept.len()
    }

    /// The message has ended: what stays of it.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn finish(mut self, basin: &mut dyn Basin) -> Result<Vec<u8>, Overflow> {
        if self.flow.is_some() {
            self.end_flow(basin)?;
        }
        Ok(self.kept)
    }

    /// Keeps octets up to the end of a text of base64, or until one is found to be long.
    fn keep<'o>(&mut self, octets: &'o [u8], basin: &mut dyn Basin) -> Result<&'o [u8], Overflow> {
        let belongs = |octet: &u8| is_base64(*octet) || is_line_end(*octet);
        let Some(from) = self.run else {
            // Up to where the next text may begin.
            let here = octets.iter().position(|octet| is_base64(*octet));
            let (before, after) = octets.split_at(here.unwrap_or(octets.len()));
            self.kept.extend_from_slice(before);
            self.run = here.map(|_| self.kept.len());
            return Ok(after);
        };
        let room = (TEXT_CHARS_MAX + 1).saturating_sub(self.kept.len() - from);
        let near = &octets[..octets.len().min(room)];
        let length = near.iter().take_while(|octet| belongs(octet)).count();
        self.kept.extend_from_slice(&octets[..length]);
        if length < near.len() {
            self.run = None;
        } else if self.kept.len() - from > TEXT_CHARS_MAX {
            let text = self.kept.split_off(from);
            self.run = None;
            let mut flow = Flow::default();
            // Two line ends that follow one another end a text; what is behind is looked at anew.
            let taken = flow.push(&text, basin)?;
            self.flow = Some(flow);
            if taken < text.len() {
                self.end_flow(basin)?;
                self.kept.extend_from_slice(&text[taken..]);
            }
        }
        Ok(&octets[length..])
    }

    fn end_flow(&mut self, basin: &mut dyn Basin) -> Result<(), Overflow> {
        let Some(flow) = self.flow.take() else {
            return Ok(());
        };
        let (layout, behind) = flow.end(basin)?;
        let mark = Mark {
            content: basin.end()?,
            octets: layout.octets,
            line: layout.line,
            returns: layout.returns,
        };
        self.kept.extend_from_slice(mark.to_string().as_bytes());
        self.kept.extend_from_slice(behind.octets());
        Ok(())
    }
}

fn is_line_end(octet: u8) -> bool {
    matches!(octet, b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::elsewhere::{Lines, spell};
    use crate::xml::{Beside, Texts};
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[derive(Default)]
    struct Memory {
        flowing: Vec<u8>,
        all: BTreeMap<[u8; 32], Vec<u8>>,
    }

    impl Basin for Memory {
        fn take(&mut self, content: &[u8]) -> Result<(), Overflow> {
            self.flowing.extend_from_slice(content);
            Ok(())
        }

        fn end(&mut self) -> Result<[u8; 32], Overflow> {
            let content = std::mem::take(&mut self.flowing);
            let number = u8::try_from(self.all.len()).expect("a few");
            let name = [number; 32];
            self.all.insert(name, content);
            Ok(name)
        }
    }

    impl Texts for Memory {
        fn open(&self, content: &[u8; 32]) -> io::Result<Box<dyn io::Read + Send>> {
            let found = self.all.get(content).ok_or(io::ErrorKind::NotFound)?;
            Ok(Box::new(io::Cursor::new(found.clone())))
        }

        fn beside(&self, _content_id: &str) -> Beside {
            Beside::Absent
        }
    }

    fn through(message: &[u8], piece: usize) -> Result<(Vec<u8>, Memory), Overflow> {
        let (mut tap, mut memory) = (Tap::default(), Memory::default());
        for octets in message.chunks(piece.max(1)) {
            tap.push(octets, &mut memory)?;
        }
        Ok((tap.finish(&mut memory)?, memory))
    }

    fn lines(text: &str, length: usize, end: &str) -> String {
        let rows = text.as_bytes().chunks(length);
        let rows: Vec<&str> = rows
            .map(|r| std::str::from_utf8(r).expect("ASCII"))
            .collect();
        rows.join(end)
    }

    proptest! {
        // Whatever a message is made of, and in whatever pieces it comes: what stays, with its
        // marks spelled out, is what was sent; and little stays.
        #[test]
        fn message_comes_out_as_it_went_in(
            parts in prop::collection::vec((0usize..5, 0usize..150_000, 1usize..40), 1..5),
            piece in 1usize..70_000,
        ) {
            let mut message = String::new();
            for (kind, size, groups) in parts {
                let content: Vec<u8> = (0..=250u8).cycle().take(size).collect();
                let text = STANDARD.encode(&content);
                let text = match kind {
                    0 => text,
                    1 => lines(&text, groups * 4, "\n"),
                    2 => lines(&text, groups * 4, "\r\n") + "\r\n",
                    3 => "<k:surname>Ahmetova</k:surname>\r\n\r\n".repeat(size / 2_000),
                    _ => format!("\n{}\n", lines(&text, 76, "\n")),
                };
                message.push_str(&format!("<k:content>{text}</k:content>"));
            }
            let (kept, memory) = through(message.as_bytes(), piece).expect("base64 in even lines");
            let mut again = Vec::new();
            spell(&kept, &memory, Lines::Arrived, &mut |octets| again.extend_from_slice(octets))
                .expect("all is there");
            prop_assert!(again == message.as_bytes());
            // Of a text in lines of four characters, half is content.
            prop_assert!(memory.all.values().all(|content| content.len() > 30_000));
        }
    }

    #[test]
    fn long_text_of_another_layout_is_refused() {
        let text = STANDARD.encode(vec![9; 90_000]);
        let even = lines(&text, 76, "\n");
        assert!(through(format!("<a>{even}</a>").as_bytes(), 1_000).is_ok());
        let spoilt: Vec<String> = vec![
            lines(&text, 75, "\n"),
            text.replacen("CQkJ", "CQk=", 2),
            format!("{text}A"),
            format!("{text}===="),
            even.replacen('\n', "\r\n", 1),
            format!("{}\n{}", &even[..77 * 1_000 + 40], &even[77 * 1_000 + 40..]),
            "A".repeat(70_001),
            "a=".repeat(40_000),
        ];
        for (number, text) in spoilt.iter().enumerate() {
            for piece in [1, 4_096, 1 << 20] {
                let told = through(format!("<a>{text}</a>").as_bytes(), piece);
                assert!(matches!(told, Err(Overflow::Layout)), "{number} by {piece}");
            }
        }
    }

    #[test]
    fn mark_cannot_be_sent() {
        let told = through("<a>\u{1}x\u{1}</a>".as_bytes(), 3);
        assert!(matches!(told, Err(Overflow::Character)));
    }
}
