//! Relay: what the fast path left in the outbox, on to the bus.
//!
//! Any number of relays may run: each leases its rows, so no two publish the same one at a time. A
//! relay that dies after publishing and before marking publishes again, under the same message id.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::watch;
use uuid::Uuid;

use crate::bus::{Lane, Mail, Place, Publisher};
use crate::clock;
use crate::registry::{Lease, Parked, Registry, Trouble};

const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// Younger rows are the fast path's.
const AGE_MS_MIN: i64 = 3_000;
const LEASE_MS: i64 = 30_000;
const ROWS_MAX: i64 = 500;

/// Relays until `stop` turns true.
pub async fn relay(registry: Registry, publisher: Publisher, mut stop: watch::Receiver<bool>) {
    // Told to stop while it waited for its schema, it begins no round at all.
    while !*stop.borrow() {
        let full = match round(&registry, &publisher).await {
            Ok(rows) => i64::try_from(rows).unwrap_or(i64::MAX) == ROWS_MAX,
            Err(trouble) => {
                tracing::warn!(error = &trouble as &dyn std::error::Error, "no relay round");
                false
            }
        };
        let pause = if full { Duration::ZERO } else { LOOK_INTERVAL };
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// One round: lease, publish, mark. Tells how many rows were leased.
async fn round(registry: &Registry, publisher: &Publisher) -> Result<usize, Trouble> {
    let (waiting, oldest) = registry.outbox_backlog().await?;
    let now = clock::now();
    let age = oldest.map_or(0, |oldest| now.millis_since(oldest));
    let gauge = |value: u64| f64::from(u32::try_from(value).unwrap_or(u32::MAX));
    metrics::gauge!("kezek_outbox_rows").set(gauge(waiting));
    metrics::gauge!("kezek_outbox_age_seconds").set(gauge(u64::try_from(age / 1000).unwrap_or(0)));
    let lease = Lease {
        now,
        age_millis_min: AGE_MS_MIN,
        millis: LEASE_MS,
        rows_max: ROWS_MAX,
    };
    let rows = registry.lease_unpublished(&lease).await?;
    let told = join_all(rows.iter().map(|row| publish(publisher, row))).await;
    let published: Vec<Uuid> = told.into_iter().flatten().collect();
    registry.mark_published(&published, clock::now()).await?;
    if !rows.is_empty() {
        let (leased, published) = (rows.len(), published.len());
        tracing::info!(leased, published, "relayed");
    }
    Ok(rows.len())
}

async fn publish(publisher: &Publisher, row: &Parked) -> Option<Uuid> {
    let Some(lane) = Lane::from_name(&row.lane) else {
        tracing::error!(
            lane = row.lane,
            "ALARM: the outbox names a lane that does not exist"
        );
        return None;
    };
    let mail = Mail::json(row.message_id.to_string(), lane.name(), row.body.clone());
    match publisher.publish(Place::Lane(lane), &mail).await {
        Ok(()) => Some(row.message_id),
        Err(trouble) => {
            tracing::warn!(message_id = row.origin, %trouble, "not relayed yet");
            None
        }
    }
}
