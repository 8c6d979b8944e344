//! Consuming: the loop, the limit on parallel work, the pause, the guard, the shutdown; once.
//!
//! A delivery is acknowledged after its handler is done, never before. What failed is published to
//! the retry ladder or the dead lane, confirmed, and only then acknowledged; a crash in between
//! leaves two copies, and handlers count by the message's key. A handler that panics costs its
//! message one delivery (`basic.reject`, which the broker counts; `basic.nack` it may not).

use std::error::Error;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{FutureExt, StreamExt};
use lapin::message::Delivery;
use lapin::options::{
    BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicNackOptions, BasicQosOptions,
    BasicRejectOptions,
};
use lapin::protocol::AMQPSoftError;
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Acker, Channel};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::mail::{ATTEMPT, BURIED, Header, short};
use super::trouble::soft;
use super::{Lane, Link, Mail, Pause, Place, Publisher, Rung, Trouble};

/// How long a broker may take to open a consumer, or to close one.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// How often a dependency may be back and refuse a message all the same, before that is put off.
const WAITS_MAX: u32 = 5;
/// The pause after a message could neither be put off nor buried, or a consumer not be opened.
const TROUBLE_PAUSE: Duration = Duration::from_secs(1);

/// How a lane is consumed.
#[derive(Debug, Clone, Copy)]
pub struct Consuming {
    /// The lane.
    pub lane: Lane,
    /// How many messages the broker hands out before the first is acknowledged.
    pub prefetch: u16,
    /// How many are handled at the same time.
    pub parallel: usize,
    /// How often a handler may ask for a later attempt before the message is buried.
    pub attempts_max: u32,
    /// How many deliveries a message may cost that makes its handler panic.
    pub deliveries_max: u32,
    /// A pause longer than this gives back what is held: the broker ends consumers that hold
    /// messages for half an hour.
    pub hold_max: Duration,
}

impl Consuming {
    /// The usual way, with so many at the same time.
    pub fn lane(lane: Lane, parallel: usize) -> Self {
        let prefetch = u16::try_from(parallel.saturating_mul(2))
            .unwrap_or(u16::MAX)
            .max(1);
        Self {
            lane,
            prefetch,
            parallel: parallel.max(1),
            // Ten quick ones, then a minute each: longer than a rolling upgrade.
            attempts_max: 120,
            deliveries_max: 3,
            hold_max: Duration::from_secs(600),
        }
    }
}

/// A message as a handler gets it.
#[derive(Debug)]
pub struct Delivered {
    /// From where.
    pub lane: Lane,
    /// The message.
    pub mail: Mail,
    /// May somebody have seen it before? Not a test for duplicates.
    pub redelivered: bool,
    /// How often the broker counts that it came back.
    pub returns: u32,
}

/// What a handler says of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It will never succeed: to the dead lane, with this reason, which holds nothing personal.
    Bury(&'static str),
    /// It is done, for good.
    Done,
    /// It failed, but may succeed later.
    Retry(Rung),
    /// Not the message failed but what we depend on: hold it and begin nothing until that is back.
    /// However often, it is never buried for that.
    Wait,
}

/// Consumes a lane until `stop` is true: then finishes what was begun, gives the rest back, and
/// returns. Reconnects by itself.
pub async fn consume<H, F>(
    link: Link,
    publisher: Publisher,
    consuming: Consuming,
    pause: Pause,
    mut stop: watch::Receiver<bool>,
    handler: H,
) where
    H: Fn(Arc<Delivered>) -> F + Send + Sync + 'static,
    F: Future<Output = Step> + Send + 'static,
{
    let counter = Arc::new(Counter {
        publisher,
        consuming,
        pause,
        handler,
    });
    while !*stop.borrow() {
        let ready = async {
            counter.pause.opened().await;
            link.connected().await
        };
        let connection = tokio::select! {
            () = stopped(&mut stop) => return,
            connection = ready => connection,
        };
        let opened = timeout(ANSWER_MAX, counter.open(&connection)).await;
        let (channel, deliveries) = match opened.unwrap_or(Err(Trouble::Timeout)) {
            Ok(opened) => opened,
            Err(trouble) => {
                tracing::warn!(
                    lane = consuming.lane.name(),
                    error = &trouble as &dyn Error,
                    "the lane cannot be opened"
                );
                sleep(TROUBLE_PAUSE).await;
                continue;
            }
        };
        let lost = link.lost(&connection);
        counter.session(&channel, deliveries, lost, &mut stop).await;
    }
}

/// Whoever serves one lane.
struct Counter<H> {
    publisher: Publisher,
    consuming: Consuming,
    pause: Pause,
    handler: H,
}

impl<H, F> Counter<H>
where
    H: Fn(Arc<Delivered>) -> F + Send + Sync + 'static,
    F: Future<Output = Step> + Send + 'static,
{
    async fn open(
        &self,
        connection: &lapin::Connection,
    ) -> Result<(Channel, lapin::Consumer), Trouble> {
        let lane = self.publisher.topology().lane(self.consuming.lane);
        let channel = connection.create_channel().await?;
        channel
            .basic_qos(self.consuming.prefetch, BasicQosOptions::default())
            .await?;
        let name = short(&lane, "a lane")?;
        let options = BasicConsumeOptions::default();
        let consumed = channel.basic_consume(name, "".into(), options, FieldTable::default());
        let deliveries = consumed.await.map_err(|error| match soft(&error) {
            Some(&AMQPSoftError::NOTFOUND) => Trouble::Missing { lane },
            Some(_) | None => error.into(),
        })?;
        Ok((channel, deliveries))
    }

    /// Serves one channel until it is lost, the pause has lasted too long, or it is time to stop.
    async fn session(
        self: &Arc<Self>,
        channel: &Channel,
        mut deliveries: lapin::Consumer,
        lost: impl Future<Output = ()>,
        stop: &mut watch::Receiver<bool>,
    ) {
        let permits = Arc::new(Semaphore::new(self.consuming.parallel));
        let (leaving, left) = watch::channel(false);
        let mut begun = JoinSet::new();
        let tag = deliveries.tag();
        tokio::pin!(lost);
        loop {
            let next = async {
                let permit = Arc::clone(&permits).acquire_owned().await;
                self.pause.opened().await;
                (permit, deliveries.next().await)
            };
            tokio::select! {
                () = stopped(stop) => break,
                () = &mut lost => break,
                () = self.pause.shut_for(self.consuming.hold_max) => break,
                Some(_) = begun.join_next() => {}
                (permit, delivery) = next => {
                    let Some(Ok(delivery)) = delivery else { break };
                    let (counter, left) = (Arc::clone(self), left.clone());
                    begun.spawn(async move {
                        counter.serve(delivery, left).await;
                        drop(permit);
                    });
                }
            }
        }
        // No more deliveries; what was begun is finished, what only waits for the gate lets go.
        let cancelled = channel.basic_cancel(tag, BasicCancelOptions::default());
        let _ = timeout(ANSWER_MAX, cancelled).await;
        leaving.send_replace(true);
        while begun.join_next().await.is_some() {}
        let rest = BasicNackOptions {
            multiple: true,
            requeue: true,
        };
        // Tag 0 means all that are outstanding.
        let _ = timeout(ANSWER_MAX, channel.basic_nack(0, rest)).await;
        let _ = timeout(ANSWER_MAX, channel.close(200, "done".into())).await;
    }

    async fn serve(&self, mut delivery: Delivery, mut left: watch::Receiver<bool>) {
        let returns = returns(&delivery);
        let delivered = Arc::new(Delivered {
            lane: self.consuming.lane,
            redelivered: delivery.redelivered,
            returns,
            mail: Mail::from_delivery(&mut delivery),
        });
        let begun = Instant::now();
        let mut waits = 0;
        let outcome = loop {
            tokio::select! {
                biased;
                () = stopped(&mut left), if !self.pause.is_open() => {
                    // Not handled, and not its fault: the broker need not count it.
                    give_back(&delivery.acker).await;
                    break "given_back";
                }
                () = self.pause.opened() => {}
            }
            let handled = async { (self.handler)(Arc::clone(&delivered)).await };
            match AssertUnwindSafe(handled).catch_unwind().await {
                Ok(Step::Wait) if waits < WAITS_MAX => {
                    waits += 1;
                    self.pause.shut();
                }
                Ok(step) => break self.follow(step, &delivered, &delivery.acker).await,
                Err(_) => break self.guard(&delivered, &delivery.acker).await,
            }
        };
        let lane = self.consuming.lane.name();
        metrics::counter!("kezek_bus_consumed_total", "lane" => lane, "outcome" => outcome)
            .increment(1);
        metrics::histogram!("kezek_bus_handle_seconds", "lane" => lane)
            .record(begun.elapsed().as_secs_f64());
    }

    async fn follow(&self, step: Step, delivered: &Delivered, acker: &Acker) -> &'static str {
        match step {
            Step::Done => {
                acknowledge(acker).await;
                "done"
            }
            Step::Retry(rung) => {
                let attempt = delivered.mail.attempt().saturating_add(1);
                if attempt > self.consuming.attempts_max {
                    return self
                        .bury("every attempt has failed", delivered, acker)
                        .await;
                }
                let place = Place::Later(self.consuming.lane, rung);
                let header = (ATTEMPT, Header::Number(i64::from(attempt)));
                self.move_to(place, header, delivered, acker, "retried")
                    .await
            }
            Step::Bury(reason) => self.bury(reason, delivered, acker).await,
            Step::Wait => self.put_off(delivered, acker).await,
        }
    }

    /// To the longest rung, uncounted, so that it does not hold up the others.
    async fn put_off(&self, delivered: &Delivered, acker: &Acker) -> &'static str {
        let lane = self.consuming.lane.name();
        let message_id = delivered.mail.message_id.as_deref();
        tracing::error!(lane, message_id, "ALARM: refused by what it needs; put off");
        let place = Place::Later(self.consuming.lane, Rung::Minute);
        let attempt = Header::Number(i64::from(delivered.mail.attempt()));
        self.move_to(place, (ATTEMPT, attempt), delivered, acker, "put_off")
            .await
    }

    /// A panic is a bug. The message comes back so often as is allowed, in case the bug is not its
    /// doing, and is then put where somebody can look at it.
    async fn guard(&self, delivered: &Delivered, acker: &Acker) -> &'static str {
        let lane = self.consuming.lane.name();
        metrics::counter!("kezek_bus_panics_total", "lane" => lane).increment(1);
        let message_id = delivered.mail.message_id.as_deref();
        tracing::error!(
            lane,
            message_id,
            returns = delivered.returns,
            "a handler panicked"
        );
        if delivered.returns.saturating_add(1) >= self.consuming.deliveries_max {
            return self.bury("its handler panicked", delivered, acker).await;
        }
        let again = BasicRejectOptions { requeue: true };
        let _ = timeout(ANSWER_MAX, acker.reject(again)).await;
        "panicked"
    }

    async fn bury(
        &self,
        reason: &'static str,
        delivered: &Delivered,
        acker: &Acker,
    ) -> &'static str {
        let lane = self.consuming.lane.name();
        let message_id = delivered.mail.message_id.as_deref();
        tracing::error!(lane, message_id, reason, "buried a message");
        let header = (BURIED, Header::Text(reason.to_owned()));
        let place = Place::Dead(self.consuming.lane);
        self.move_to(place, header, delivered, acker, "buried")
            .await
    }

    /// Publishes a copy, and acknowledges the message once the copy is confirmed.
    async fn move_to(
        &self,
        place: Place,
        (name, value): (&str, Header),
        delivered: &Delivered,
        acker: &Acker,
        outcome: &'static str,
    ) -> &'static str {
        let mut mail = delivered.mail.clone();
        mail.headers.insert(name.to_owned(), value);
        match self.publisher.publish(place, &mail).await {
            Ok(()) => {
                acknowledge(acker).await;
                outcome
            }
            Err(trouble) => {
                tracing::warn!(
                    lane = self.consuming.lane.name(),
                    error = &trouble as &dyn Error,
                    "could not be moved"
                );
                sleep(TROUBLE_PAUSE).await;
                give_back(acker).await;
                "given_back"
            }
        }
    }
}

async fn acknowledge(acker: &Acker) {
    // If the channel is gone the broker delivers it again, and the handler finds it done.
    let _ = timeout(ANSWER_MAX, acker.ack(BasicAckOptions::default())).await;
}

async fn give_back(acker: &Acker) {
    let options = BasicNackOptions {
        multiple: false,
        requeue: true,
    };
    let _ = timeout(ANSWER_MAX, acker.nack(options)).await;
}

/// Ends when the flag is true, or when whoever could raise it is gone.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// How often the broker counts that the message came back.
fn returns(delivery: &Delivery) -> u32 {
    let headers = delivery.properties.headers().as_ref();
    let count = headers.and_then(|headers| headers.inner().get("x-delivery-count"));
    let number = match count {
        Some(AMQPValue::LongLongInt(number)) => *number,
        Some(AMQPValue::LongInt(number)) => i64::from(*number),
        Some(AMQPValue::LongUInt(number)) => i64::from(*number),
        Some(AMQPValue::ShortInt(number)) => i64::from(*number),
        Some(AMQPValue::ShortShortInt(number)) => i64::from(*number),
        Some(AMQPValue::ShortShortUInt(number)) => i64::from(*number),
        _ => 0,
    };
    u32::try_from(number).unwrap_or(0)
}
