//! The tray: the scans of one message, while nobody knows yet whether it is accepted.
//!
//! In:    octets from the tap or from a part of a multipart body.
//! Out:   files without a name, read at any place by any number of readers; they are gone with the
//!        last of these, or with the process.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};

use crate::envelope::{Basin, Beside, Overflow, Texts};

use super::{ContentId, SCAN_OCTETS_MAX, SCANS_MAX, SCANS_OCTETS_MAX};

/// Room on the disk for scans that are not kept yet, shared by all messages.
pub trait Room: Send + Sync {
    /// Takes so many octets more, if there is so much left; else takes nothing.
    fn grow(&mut self, octets: usize) -> bool;
}

/// A scan in a file without a name.
#[derive(Debug, Clone)]
pub struct Held {
    /// Its name.
    pub id: ContentId,
    /// How many octets it has.
    pub octets: u64,
    file: Arc<File>,
}

impl Held {
    /// A reader of its own, from the beginning.
    pub fn reader(&self) -> impl Read + Send + use<> {
        self.reader_at(0)
    }

    /// A reader of its own, from this octet on.
    pub(super) fn reader_at(&self, at: u64) -> impl Read + Send + use<> {
        Reader {
            file: Arc::clone(&self.file),
            at: at.min(self.octets),
            end: self.octets,
        }
    }
}

/// The scans of one message.
pub struct Tray {
    folder: PathBuf,
    room: Box<dyn Room>,
    held: Vec<Held>,
    names: Vec<(String, ContentId)>,
    octets: u64,
    current: Option<Current>,
}

/// The scan that is arriving.
struct Current {
    file: File,
    digest: Context,
    octets: u64,
}

impl Tray {
    /// An empty one, whose files lie in this folder while they are needed.
    pub fn new(folder: &Path, room: Box<dyn Room>) -> Self {
        Self {
            folder: folder.to_owned(),
            room,
            held: Vec::new(),
            names: Vec::new(),
            octets: 0,
            current: None,
        }
    }

    /// Gives what arrived last the Content-ID under which its message speaks of it.
    ///
    /// # Errors
    /// [`Overflow::Named`], where another has it: which is meant would be a reader's secret.
    pub fn name_last(&mut self, content_id: &str) -> Result<(), Overflow> {
        if self.names.iter().any(|(name, _)| name == content_id) {
            return Err(Overflow::Named);
        }
        let last = self.held.last().map(|held| held.id);
        self.names
            .extend(last.map(|id| (content_id.to_owned(), id)));
        Ok(())
    }

    /// What it holds, once its message has arrived.
    pub fn finish(self) -> Arc<Scans> {
        Arc::new(Scans {
            held: self.held,
            names: self.names,
            _room: self.room,
        })
    }

    fn begin(&mut self) -> Result<Current, Overflow> {
        if self.held.len() == SCANS_MAX {
            return Err(Overflow::TooLarge);
        }
        Ok(Current {
            file: nameless(&self.folder)?,
            digest: Context::new(&SHA256),
            octets: 0,
        })
    }
}

impl Basin for Tray {
    fn take(&mut self, content: &[u8]) -> Result<(), Overflow> {
        let mut current = match self.current.take() {
            Some(current) => current,
            None => self.begin()?,
        };
        current.octets += content.len() as u64;
        self.octets += content.len() as u64;
        if current.octets > SCAN_OCTETS_MAX || self.octets > SCANS_OCTETS_MAX {
            return Err(Overflow::TooLarge);
        }
        if !self.room.grow(content.len()) {
            return Err(Overflow::Full);
        }
        current.digest.update(content);
        current.file.write_all(content)?;
        self.current = Some(current);
        Ok(())
    }

    fn end(&mut self) -> Result<[u8; 32], Overflow> {
        let current = match self.current.take() {
            Some(current) => current,
            None => self.begin()?,
        };
        let digest = current.digest.finish();
        let digest = digest.as_ref().try_into().expect("SHA-256 has 32 octets");
        self.held.push(Held {
            id: ContentId::new(digest),
            octets: current.octets,
            file: Arc::new(current.file),
        });
        Ok(digest)
    }
}

/// The scans that arrived with one message.
pub struct Scans {
    held: Vec<Held>,
    /// Content-IDs of those that came beside their message.
    names: Vec<(String, ContentId)>,
    /// Taken as long as one of them is there.
    _room: Box<dyn Room>,
}

impl Scans {
    /// What it holds, in the order of arrival.
    pub fn held(&self) -> &[Held] {
        &self.held
    }

    /// The scan of this name.
    pub fn find(&self, id: ContentId) -> Option<&Held> {
        self.held.iter().find(|held| held.id == id)
    }
}

impl fmt::Debug for Scans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scans({})", self.held.len())
    }
}

impl Texts for Scans {
    fn open(&self, content: &[u8; 32]) -> io::Result<Box<dyn Read + Send>> {
        let held = self.find(ContentId::new(*content));
        let held = held.ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(held.reader()))
    }

    fn beside(&self, content_id: &str) -> Beside {
        let mut names = self.names.iter();
        let named = names.find(|(name, _)| name == content_id);
        match named.and_then(|(_, id)| self.find(*id)) {
            Some(held) => Beside::There(*held.id.octets(), held.octets),
            None => Beside::Absent,
        }
    }
}

/// Reads a file from a place of its own, so that several can read it.
struct Reader {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl Read for Reader {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let most = to.len().min(left);
        let read = self.file.read_at(&mut to[..most], self.at)?;
        if read == 0 && most > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.at += read as u64;
        Ok(read)
    }
}

/// A file that nobody can find: whatever ends this process, nothing of it is left.
fn nameless(folder: &Path) -> io::Result<File> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join(uuid::Uuid::new_v4().to_string());
    let file = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Octets(usize);

    impl Room for Octets {
        fn grow(&mut self, octets: usize) -> bool {
            let fits = octets <= self.0;
            if fits {
                self.0 -= octets;
            }
            fits
        }
    }

    fn folder() -> PathBuf {
        std::env::temp_dir().join(format!("kezek-tray-{}", uuid::Uuid::new_v4()))
    }

    #[test]
    fn scans_are_told_apart_and_leave_nothing_behind() {
        let folder = folder();
        let mut tray = Tray::new(&folder, Box::new(Octets(1 << 20)));
        for content in [b"one".as_slice(), b"two", b""] {
            if !content.is_empty() {
                tray.take(&content[..1]).expect("room");
                tray.take(&content[1..]).expect("room");
            }
            let name = tray.end().expect("kept");
            assert_eq!(ContentId::new(name), ContentId::of(content));
        }
        assert_eq!(
            std::fs::read_dir(&folder).expect("it is there").count(),
            0,
            "no name"
        );
        let texts = tray.finish();
        for _ in 0..2 {
            let mut told = String::new();
            let mut reader = texts
                .open(ContentId::of(b"two").octets())
                .expect("it is there");
            reader.read_to_string(&mut told).expect("it is read");
            assert_eq!(told, "two");
        }
        assert!(texts.open(&[0; 32]).is_err());
        std::fs::remove_dir(&folder).expect("it is empty");
    }

    #[test]
    fn too_much_is_refused_and_a_full_disk_is_not_the_senders_fault() {
        let folder = folder();
        let mebibyte = vec![0; 1 << 20];
        let tray = |room| Tray::new(&folder, Box::new(Octets(room)));
        let fill = |mut tray: Tray, each: usize, scans: usize| {
            for _ in 0..scans {
                for _ in 0..each {
                    tray.take(&mebibyte)?;
                }
                tray.end()?;
            }
            Ok(())
        };
        assert!(matches!(fill(tray(100 << 20), 12, 1), Ok(())));
        assert!(matches!(
            fill(tray(100 << 20), 13, 1),
            Err(Overflow::TooLarge)
        ));
        assert!(matches!(
            fill(tray(100 << 20), 11, 3),
            Err(Overflow::TooLarge)
        ));
        assert!(matches!(fill(tray(100 << 20), 0, SCANS_MAX), Ok(())));
        assert!(matches!(
            fill(tray(100 << 20), 0, SCANS_MAX + 1),
            Err(Overflow::TooLarge)
        ));
        assert!(matches!(fill(tray(5 << 20), 6, 1), Err(Overflow::Full)));
        std::fs::remove_dir(&folder).expect("it is empty");
    }
}
