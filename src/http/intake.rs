//! Intake: the octets of one message as they come, its long texts apart.
//!
//! Spec:  `envelope::Tap`. A message that stays small never meets the tap.
//! In:    pieces of a body. Out: what stays in memory, and the scans in files.
//! Limit: what stays is counted in the budget of all bodies, what leaves in that of the disk.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::envelope::{Basin as _, OCTETS_MAX, Overflow, TEXT_CHARS_MAX, Tap, Texts};
use crate::scans::{Room, Scans, Store, StoreTrouble, Tray};

use crate::services::scan::{Found, Scan};

use super::body::Cut;
use super::multipart::{NotParts, Parts, Piece, Related};
use super::share::{Part, Shares};

/// Octets of scans on the disk that are not kept yet, of all messages.
const WAITING_OCTETS: usize = 512 << 20;
/// Where they lie, beside what is kept.
const WAITING: &str = "waiting";

/// Where the scans of a gateway go.
pub(super) struct ScanDesk {
    store: Store,
    waiting: PathBuf,
    room: Shares,
}

impl ScanDesk {
    /// The desk of a folder, where scans wait, and are kept if no bucket is described.
    pub(super) fn open(folder: &Path, bucket: Option<&Path>) -> Result<Self, StoreTrouble> {
        Ok(Self {
            store: Store::open(folder, bucket)?,
            waiting: folder.join(WAITING),
            room: Shares::of(WAITING_OCTETS),
        })
    }

    /// Keeps the scans of a message that is in order. Once it returns, they are there.
    ///
    /// # Errors
    /// [`StoreTrouble`]; some may be there and some not, and the message may be tried again.
    pub(super) async fn keep(
        &self,
        scans: &[Scan],
        apart: Option<&Scans>,
    ) -> Result<(), StoreTrouble> {
        for scan in scans {
            match &scan.found {
                Found::Inside(octets) => self.store.put_octets(octets).await?,
                Found::Apart => {
                    let held = apart.and_then(|scans| scans.find(scan.content));
                    let held = held.ok_or(StoreTrouble::Absent(scan.content))?;
                    self.store.put(held).await?;
                }
            }
        }
        Ok(())
    }

    /// A tray for one message of this peer.
    pub(super) fn tray(&self, peer: IpAddr) -> Tray {
        Tray::new(&self.waiting, Box::new(self.room.part(peer)))
    }
}

impl Room for Part {
    fn grow(&mut self, octets: usize) -> bool {
        Self::grow(self, octets)
    }
}

/// Octets held, given back when dropped.
pub(super) struct Held {
    octets: Vec<u8>,
    /// What its marks stand for, where it has any.
    pub(super) scans: Option<Arc<Scans>>,
    /// Octets of the body as it arrived.
    pub(super) wire: u64,
    _part: Part,
}

impl Held {
    pub(super) fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The octets themselves. They stay counted until this is dropped.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.octets)
    }

    /// Puts other octets in their place: the message that they stand for.
    pub(super) fn replace(&mut self, octets: Vec<u8>) {
        self.octets = octets;
    }

    /// Where the texts are found that its marks stand for.
    pub(super) fn texts(&self) -> Option<Arc<dyn Texts>> {
        let scans = self.scans.clone();
        scans.map(|scans| scans as Arc<dyn Texts>)
    }
}

/// What a body is.
pub(super) enum Form {
    /// A message alone.
    Message,
    /// Compressed: nobody looks into it.
    Packed,
    /// A message with attachments.
    Related(Related),
}

/// A message that is arriving.
pub(super) struct Intake<'d> {
    desk: &'d ScanDesk,
    peer: IpAddr,
    packed: bool,
    part: Part,
    /// Octets for which the part answers.
    counted: usize,
    octets: Vec<u8>,
    tap: Option<Tap>,
    /// Its scans, once it has some, or is so long that it may.
    tray: Option<Tray>,
    parts: Option<MessageParts>,
}

/// The parts of a message with attachments.
struct MessageParts {
    related: Related,
    parts: Parts,
    /// The part that is arriving.
    current: Option<Current>,
    count: usize,
    root: bool,
}

/// What an arriving part is.
enum Current {
    Root,
    Scan(Option<String>),
}

impl<'d> Intake<'d> {
    /// One from this peer, with room for so many octets; `part` is what it may hold.
    pub(super) fn new(
        desk: &'d ScanDesk,
        part: Part,
        peer: IpAddr,
        form: Form,
        room: usize,
    ) -> Self {
        let packed = matches!(form, Form::Packed);
        let parts = match form {
            Form::Message | Form::Packed => None,
            Form::Related(related) => Some(MessageParts {
                parts: Parts::new(&related),
                related,
                current: None,
                count: 0,
                root: false,
            }),
        };
        Self {
            desk,
            peer,
            packed,
            part,
            counted: 0,
            octets: Vec::with_capacity(room),
            tap: None,
            tray: parts.is_some().then(|| desk.tray(peer)),
            parts,
        }
    }

    /// The next octets of the body.
    pub(super) fn push(&mut self, octets: &[u8]) -> Result<(), Cut> {
        let Some(mut whole) = self.parts.take() else {
            return self.message(octets);
        };
        let MessageParts {
            related,
            parts,
            current,
            count,
            root,
        } = &mut whole;
        let pushed = parts.push(octets, &mut |piece| match piece {
            Piece::Begin(headers) => {
                let is_root = !*root && related.is_root(&headers, *count);
                if headers.encoded {
                    return Err(NotParts("a part with a Content-Transfer-Encoding").into());
                }
                *root |= is_root;
                *count += 1;
                *current = Some(if is_root {
                    Current::Root
                } else {
                    Current::Scan(headers.content_id)
                });
                Ok(())
            }
            Piece::Octets(octets) => match current {
                Some(Current::Root) => self.message(octets),
                Some(Current::Scan(_)) => self.scan(octets),
                None => Ok(()),
            },
            Piece::End => match current.take() {
                Some(Current::Root) => self.end_message(),
                Some(Current::Scan(name)) => self.end_scan(name.as_deref()),
                None => Ok(()),
            },
        });
        self.parts = Some(whole);
        pushed
    }

    /// Octets of the message itself.
    fn message(&mut self, octets: &[u8]) -> Result<(), Cut> {
        let long = self.octets.len() + octets.len() > TEXT_CHARS_MAX;
        if long && self.tap.is_none() && !self.packed {
            let before = std::mem::take(&mut self.octets);
            self.tap = Some(Tap::default());
            self.tapped(&before)?;
        }
        let stays = if self.tap.is_some() {
            self.tapped(octets)?
        } else {
            self.octets.len() + octets.len()
        };
        if stays > OCTETS_MAX {
            return Err(Cut::TooLarge);
        }
        // What has left gives nothing back before the end: a message counts at its largest.
        let more = stays.saturating_sub(self.counted);
        if !self.part.grow(more) {
            return Err(Cut::Busy);
        }
        self.counted += more;
        if self.tap.is_none() {
            self.octets.extend_from_slice(octets);
        }
        Ok(())
    }

    /// Hands octets to the tap; says how many of the message stay, so far. Files are written on
    /// the thread that received them, while others take its place.
    fn tapped(&mut self, octets: &[u8]) -> Result<usize, Cut> {
        let Some(tap) = &mut self.tap else {
            return Ok(0);
        };
        let (desk, peer) = (self.desk, self.peer);
        let tray = self.tray.get_or_insert_with(|| desk.tray(peer));
        tokio::task::block_in_place(|| tap.push(octets, tray))?;
        Ok(tap.kept_octets())
    }

    /// The message itself has ended, though its scans may follow.
    fn end_message(&mut self) -> Result<(), Cut> {
        if let Some(tap) = self.tap.take()
            && let Some(tray) = &mut self.tray
        {
            self.octets = tokio::task::block_in_place(|| tap.finish(tray))?;
        }
        Ok(())
    }

    fn scan(&mut self, octets: &[u8]) -> Result<(), Cut> {
        match &mut self.tray {
            Some(tray) => Ok(tokio::task::block_in_place(|| tray.take(octets))?),
            None => Ok(()),
        }
    }

    fn end_scan(&mut self, name: Option<&str>) -> Result<(), Cut> {
        if let Some(tray) = &mut self.tray {
            tray.end()?;
            if let Some(name) = name {
                tray.name_last(name)?;
            }
        }
        Ok(())
    }

    /// The body has ended.
    pub(super) fn finish(mut self, wire: u64) -> Result<Held, Cut> {
        match &self.parts {
            Some(whole) => {
                whole.parts.finish()?;
                if !whole.root {
                    return Err(NotParts("no part is the one that start names").into());
                }
            }
            None => self.end_message()?,
        }
        Ok(Held {
            octets: self.octets,
            scans: self.tray.map(Tray::finish),
            wire,
            _part: self.part,
        })
    }
}

impl From<NotParts> for Cut {
    fn from(NotParts(why): NotParts) -> Self {
        Self::NotParts(why)
    }
}

impl From<Overflow> for Cut {
    fn from(overflow: Overflow) -> Self {
        match overflow {
            Overflow::Character => Self::Character,
            Overflow::Full => Self::Busy,
            Overflow::Layout => Self::ScanLayout,
            Overflow::Named => Self::NotParts("two parts with one Content-ID"),
            Overflow::TooLarge => Self::ScanTooLarge,
            Overflow::Unkept(error) => {
                tracing::error!(%error, "ALARM: a scan could not be written");
                Self::Busy
            }
        }
    }
}
