//! Plays the contact centre 1414: takes every SMS of the lane, as its owner would.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use crate::bus::{Consuming, Lane, Link, Pause, Publisher, Step, consume};

const PARALLEL: usize = 8;

/// Takes SMS until `wanted` says yes to one, or the time is over; gives all that were wanted.
///
/// Whatever else stands on the lane is taken too: this is the consumer of the sandbox, never to be
/// run beside the real one.
pub async fn take_sms(
    link: Link,
    publisher: Publisher,
    count: usize,
    time_max: Duration,
    wanted: impl Fn(&serde_json::Value) -> bool + Send + Sync + 'static,
) -> Vec<serde_json::Value> {
    let (stop, stopped) = watch::channel(false);
    let (found, mut finds) = mpsc::unbounded_channel();
    let wanted = Arc::new(wanted);
    let consuming = Consuming::lane(Lane::Sms, PARALLEL);
    let taking = consume(
        link,
        publisher,
        consuming,
        Pause::never(),
        stopped,
        move |delivered| {
            let (found, wanted) = (found.clone(), Arc::clone(&wanted));
            async move {
                let Ok(message) = serde_json::from_slice::<serde_json::Value>(&delivered.mail.body)
                else {
                    return Step::Bury("not an SMS");
                };
                if wanted(&message) {
                    // The taker may have had enough; the message is taken all the same.
                    found.send(message).ok();
                }
                Step::Done
            }
        },
    );
    let mut taken = Vec::new();
    let collecting = async {
        while taken.len() < count {
            match finds.recv().await {
                Some(message) => taken.push(message),
                None => break,
            }
        }
    };
    let watching = async {
        tokio::time::timeout(time_max, collecting).await.ok();
        stop.send(true).ok();
    };
    tokio::join!(taking, watching);
    taken
}
