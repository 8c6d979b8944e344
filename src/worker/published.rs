//! Published: notes which notices the broker has confirmed, a batch at a time.
//!
//! Losing a note costs one publication more, which consumers count once by its message id.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::clock;
use crate::registry::Registry;

const BATCH_MAX: usize = 256;
const BATCH_TIME: Duration = Duration::from_millis(200);
const WAITING_MAX: usize = 8_192;

/// Takes notes; the last clone dropped ends the writing.
pub(super) struct Published(mpsc::Sender<Uuid>);

impl Published {
    pub(super) fn open(registry: Registry) -> (Self, JoinHandle<()>) {
        let (to, from) = mpsc::channel(WAITING_MAX);
        (Self(to), tokio::spawn(write(registry, from)))
    }

    /// Notes one; where too many wait, the relay will publish it once more.
    pub(super) fn note(&self, id: Uuid) {
        if self.0.try_send(id).is_err() {
            metrics::counter!("kezek_worker_marks_dropped_total").increment(1);
        }
    }
}

async fn write(registry: Registry, mut from: mpsc::Receiver<Uuid>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while from.recv_many(&mut batch, BATCH_MAX).await > 0 {
        // Wait a little for company, unless the batch is full or nobody will come.
        let company = async {
            while batch.len() < BATCH_MAX {
                match from.recv().await {
                    Some(id) => batch.push(id),
                    None => return,
                }
            }
        };
        tokio::time::timeout(BATCH_TIME, company).await.ok();
        let marking = registry.mark_published(&batch, clock::now());
        if let Err(trouble) = registry.bounded(marking).await {
            tracing::warn!(%trouble, rows = batch.len(), "published notices were not marked");
        }
        batch.clear();
    }
}
