//! The store: contents by their names, for all gateways and whoever reads later.
//!
//! Behind it stands `object_store`: a folder, or a bucket where many machines share one store. Both
//! promise that what was put is there whole or not at all.

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayloadMut, WriteMultipart};

use crate::envelope::{Beside, Texts, marks};

use super::bucket::{self, BucketFault};
use super::{ContentId, Held};

/// Where contents lie in the folder of an installation.
const KEPT: &str = "kept";
/// Octets that are read from a file together.
const PIECE_OCTETS: usize = 256 << 10;

/// Why a content cannot be kept or had.
#[derive(Debug, thiserror::Error)]
pub enum StoreTrouble {
    /// Nobody has it.
    #[error("the content {0} is not there")]
    Absent(ContentId),
    /// The store does not do what it is asked.
    #[error("the store of scans does not answer as it should")]
    Store(#[from] object_store::Error),
    /// The file of a message cannot be read back.
    #[error("a scan cannot be read back")]
    Unread(#[from] io::Error),
    /// The bucket cannot be used as it is described.
    #[error(transparent)]
    Bucket(#[from] BucketFault),
    /// What is kept under the name is something else.
    #[error("the content kept under {0} is another one")]
    Another(ContentId),
}

/// Where contents are kept.
#[derive(Debug, Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    /// What is larger is written in parts of this size.
    part_octets: u64,
}

impl Store {
    /// The store of an installation: the bucket that a file describes, if one is given; else a
    /// part of its folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`StoreTrouble`], where it cannot be used. A bucket is asked first when something is kept.
    pub fn open(folder: &Path, bucket: Option<&Path>) -> Result<Self, StoreTrouble> {
        if let Some(file) = bucket {
            return Ok(Self {
                objects: bucket::open(file)?,
                part_octets: bucket::PART_OCTETS,
            });
        }
        let path = folder.join(KEPT);
        std::fs::create_dir_all(&path)?;
        // What was put must outlive a power failure: the message counts as accepted then.
        let folder = LocalFileSystem::new_with_prefix(&path)?.with_fsync(true);
        Ok(Self {
            objects: Arc::new(folder),
            part_octets: PIECE_OCTETS as u64,
        })
    }

    /// Keeps a content. Once it returns, the content is there; to keep it again changes nothing.
    ///
    /// # Errors
    /// [`StoreTrouble`]; it may be tried again.
    pub async fn put(&self, held: &Held) -> Result<(), StoreTrouble> {
        let key = key(held.id);
        if self.has(&key, held.octets).await? {
            return Ok(());
        }
        if held.octets <= self.part_octets {
            let mut whole = PutPayloadMut::new();
            for at in (0..held.octets).step_by(PIECE_OCTETS) {
                whole.push(piece(held, at).await?.into());
            }
            self.objects.put(&key, whole.into()).await?;
            return Ok(());
        }
        let upload = self.objects.put_multipart(&key).await?;
        let part_octets = usize::try_from(self.part_octets).unwrap_or(PIECE_OCTETS);
        let mut write = WriteMultipart::new_with_chunk_size(upload, part_octets);
        for at in (0..held.octets).step_by(PIECE_OCTETS) {
            // One part is in memory, and no more: the next is read when it has gone.
            write.wait_for_capacity(0).await?;
            match piece(held, at).await {
                Ok(piece) => write.put(piece.into()),
                Err(trouble) => {
                    write.abort().await?;
                    return Err(trouble.into());
                }
            }
        }
        write.finish().await?;
        Ok(())
    }

    /// Keeps a content that is at hand.
    ///
    /// # Errors
    /// As [`Store::put`].
    pub async fn put_octets(&self, octets: &[u8]) -> Result<(), StoreTrouble> {
        let id = ContentId::of(octets);
        let key = key(id);
        if !self.has(&key, octets.len() as u64).await? {
            self.objects.put(&key, octets.to_vec().into()).await?;
        }
        Ok(())
    }

    /// The content of this name; nothing, where it is not there.
    ///
    /// # Errors
    /// [`StoreTrouble`], also where what is there has another name.
    pub async fn get(&self, id: ContentId) -> Result<Option<Vec<u8>>, StoreTrouble> {
        let found = match self.objects.get(&key(id)).await {
            Ok(found) => found.bytes().await?,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(trouble) => return Err(trouble.into()),
        };
        if ContentId::of(&found) == id {
            Ok(Some(found.into()))
        } else {
            Err(StoreTrouble::Another(id))
        }
    }

    /// Reads back what left a message whose octets have marks.
    ///
    /// # Errors
    /// [`StoreTrouble`], also where one of them is not there.
    pub async fn recall(&self, octets: &[u8]) -> Result<Arc<dyn Texts>, StoreTrouble> {
        let mut found = BTreeMap::new();
        for mark in marks(octets)? {
            let id = ContentId::new(mark.content);
            let content = self.get(id).await?.ok_or(StoreTrouble::Absent(id))?;
            found.insert(mark.content, Arc::from(content));
        }
        Ok(Arc::new(Recalled(found)))
    }

    /// Whether a content of this size is there. What is put appears whole, so that is enough.
    async fn has(&self, key: &Key, octets: u64) -> Result<bool, StoreTrouble> {
        match self.objects.head(key).await {
            Ok(found) => Ok(found.size == octets),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(trouble) => Err(trouble.into()),
        }
    }
}

/// Contents in memory, for whoever looks at one message again.
struct Recalled(BTreeMap<[u8; 32], Arc<[u8]>>);

impl Texts for Recalled {
    fn open(&self, content: &[u8; 32]) -> io::Result<Box<dyn io::Read + Send>> {
        let found = self.0.get(content).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(io::Cursor::new(Arc::clone(found))))
    }

    // What came beside it was compared with the digest in its signed part.
    fn beside(&self, _content_id: &str) -> Beside {
        Beside::Unasked
    }
}

/// The next octets of what is held.
async fn piece(held: &Held, at: u64) -> io::Result<Vec<u8>> {
    let from = held.clone();
    let size = usize::try_from(held.octets - at).map_or(PIECE_OCTETS, |it| it.min(PIECE_OCTETS));
    let read = move || {
        let mut octets = vec![0; size];
        from.reader_at(at).read_exact(&mut octets)?;
        Ok(octets)
    };
    let read = tokio::task::spawn_blocking(read).await;
    read.unwrap_or_else(|panic| Err(io::Error::other(panic)))
}

/// Few files in each folder, however many there are.
fn key(id: ContentId) -> Key {
    let name = id.to_string();
    Key::from_iter(["sha256", &name[..2], &name[2..4], &name])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::Basin as _;
    use crate::scans::{Room, Tray};

    struct Plenty;

    impl Room for Plenty {
        fn grow(&mut self, _octets: usize) -> bool {
            true
        }
    }

    #[tokio::test]
    async fn what_was_put_is_there_once_whole_and_under_its_name() {
        let folder = std::env::temp_dir().join(format!("kezek-store-{}", uuid::Uuid::new_v4()));
        let store = Store::open(&folder, None).expect("a folder");
        for size in [0, 1, PIECE_OCTETS, PIECE_OCTETS * 3 + 17] {
            let content: Vec<u8> = (0..=250u8).cycle().take(size).collect();
            let mut tray = Tray::new(&folder.join("tray"), Box::new(Plenty));
            if size > 0 {
                tray.take(&content).expect("room");
            }
            let id = ContentId::new(tray.end().expect("held"));
            let scans = tray.finish();
            assert_eq!(store.get(id).await.expect("it answers"), None, "not yet");
            for _ in 0..2 {
                store.put(&scans.held()[0]).await.expect("kept");
                let found = store
                    .get(id)
                    .await
                    .expect("it answers")
                    .expect("it is there");
                assert!(found == content, "{size}");
            }
        }
        store.put_octets(b"small").await.expect("kept");
        let id = ContentId::of(b"small");
        assert_eq!(
            store.get(id).await.expect("it answers").as_deref(),
            Some(&b"small"[..])
        );
        // A disk that lies is found out: a scan is evidence.
        let name = id.to_string();
        let path = folder
            .join("kept/sha256")
            .join(&name[..2])
            .join(&name[2..4]);
        std::fs::write(path.join(&name), b"other").expect("written");
        assert!(matches!(store.get(id).await, Err(StoreTrouble::Another(_))));
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
