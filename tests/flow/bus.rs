//! Is what the bus promises true of a real RabbitMQ, and of a network that fails?

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use kezek::bus::{
    Consuming, Delivered, Header, Lane, Link, Lost, Mail, Pause, Place, Publisher, Replies,
    ReplyAddress, Rung, Step, Topology, Trouble, consume, declare, inspect,
};
use lapin::options::QueueDeclareOptions;
use lapin::types::{AMQPValue, FieldTable};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::ground::{Broker, until};

const SMS: Place = Place::Lane(Lane::Sms);

fn mail(id: &str) -> Mail {
    Mail::json(id.to_owned(), "sms", b"{}".to_vec())
}

/// A consumer of one lane, until it is told to stop.
struct Consumer {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Consumer {
    fn start<F: Future<Output = Step> + Send + 'static>(
        link: &Link,
        publisher: &Publisher,
        consuming: Consuming,
        pause: Pause,
        handler: impl Fn(Arc<Delivered>) -> F + Send + Sync + 'static,
    ) -> Self {
        let (stop, stopped) = watch::channel(false);
        let served = consume(
            link.clone(),
            publisher.clone(),
            consuming,
            pause,
            stopped,
            handler,
        );
        Self {
            stop,
            task: tokio::spawn(served),
        }
    }

    async fn stop(self) {
        self.stop.send_replace(true);
        self.task.await.expect("a consumer does not panic");
    }
}

fn one_at_a_time() -> Consuming {
    Consuming {
        prefetch: 1,
        ..Consuming::lane(Lane::Sms, 1)
    }
}

fn id_of(delivered: &Delivered) -> String {
    delivered
        .mail
        .message_id
        .clone()
        .expect("every mail here has one")
}

#[tokio::test]
async fn declaring_twice_changes_nothing() {
    let broker = Broker::new().await;
    let (link, publisher) = broker.declared().await;
    publisher
        .publish(SMS, &mail("1"))
        .await
        .expect("is confirmed");
    declare(&link, &broker.topology)
        .await
        .expect("declares again");
    assert_eq!(broker.ready(&link, "sms.1414").await, 1);
    let lanes = inspect(&link, &broker.topology).await.expect("inspects");
    assert_eq!(lanes.len(), 11);
    assert!(lanes.iter().all(|lane| lane.counts.is_some()));
}

#[tokio::test]
async fn lane_with_other_arguments_is_named() {
    let broker = Broker::new().await;
    let name = broker.topology.lane(Lane::Evidence);
    let (_connection, channel) = broker.look().await;
    channel
        .queue_declare(
            name.as_str().into(),
            QueueDeclareOptions::durable(),
            quorum([("x-max-length", 7.into())]),
        )
        .await
        .expect("declares");
    let refused = declare(&broker.link("test"), &broker.topology).await;
    assert!(matches!(refused, Err(Trouble::Declared { lane, .. }) if lane == name));
}

#[tokio::test]
async fn lanes_that_are_missing_are_seen_as_missing() {
    let broker = Broker::new().await;
    let lanes = inspect(&broker.link("test"), &broker.topology)
        .await
        .expect("inspects");
    assert!(lanes.iter().all(|lane| lane.counts.is_none()));
}

// Docs of RabbitMQ: of an unroutable message the return comes before the confirm. With many in
// flight each publication must get its own verdict.
#[tokio::test]
async fn return_is_told_to_the_publication_that_was_returned() {
    let broker = Broker::new().await;
    let (link, publisher) = broker.declared().await;
    let (_connection, channel) = broker.look().await;
    let gone = broker.topology.lane(Lane::Evidence);
    channel
        .queue_delete(gone.as_str().into(), Default::default())
        .await
        .expect("deletes");
    let all = (0..400).map(|n| {
        let publisher = publisher.clone();
        async move {
            let place = if n % 3 == 0 {
                Place::Lane(Lane::Evidence)
            } else {
                SMS
            };
            (n, publisher.publish(place, &mail(&n.to_string())).await)
        }
    });
    for (n, told) in join_all(all).await {
        let returned = matches!(told, Err(Trouble::Returned { code: 312 }));
        assert_eq!(returned, n % 3 == 0, "{n}: {told:?}");
        assert_eq!(told.is_ok(), n % 3 != 0, "{n}: {told:?}");
    }
    let routed = (0..400).filter(|n| n % 3 != 0).count();
    assert_eq!(broker.ready(&link, "sms.1414").await as usize, routed);
}

#[tokio::test]
async fn lane_that_is_full_refuses() {
    let broker = Broker::new().await;
    let (_connection, channel) = broker.look().await;
    let full = quorum([
        ("x-max-length", 1.into()),
        ("x-overflow", AMQPValue::LongString("reject-publish".into())),
    ]);
    let name = broker.topology.lane(Lane::Sms);
    channel
        .queue_declare(name.as_str().into(), QueueDeclareOptions::durable(), full)
        .await
        .expect("declares");
    let publisher = broker.publisher(&broker.link("test"), Duration::from_secs(10));
    let mut told = Vec::new();
    for n in 0..10 {
        told.push(publisher.publish(SMS, &mail(&n.to_string())).await);
    }
    assert!(told[0].is_ok());
    assert!(matches!(told[9], Err(Trouble::Refused)), "{told:?}");
}

#[tokio::test]
async fn publication_ends_in_time_whatever_the_broker_does() {
    let broker = Broker::new().await;
    let (link, _) = broker.declared().await;
    let limit = Duration::from_millis(500);
    let publisher = broker.publisher(&link, limit);
    publisher
        .publish(SMS, &mail("1"))
        .await
        .expect("is confirmed");
    broker.wire.silence();
    let begun = Instant::now();
    let told = publisher.publish(SMS, &mail("2")).await;
    assert!(matches!(told, Err(Trouble::Timeout)), "{told:?}");
    assert!(begun.elapsed() < limit * 4);

    let nobody = Link::open("amqp://127.0.0.1:9", "test").expect("the address is good");
    let lonely = Publisher::new(nobody, Topology::default(), 1, limit);
    let told = lonely.publish(SMS, &mail("3")).await;
    assert!(
        matches!(told, Err(Trouble::Disconnected { .. })),
        "{told:?}"
    );
}

#[tokio::test]
async fn everything_works_again_after_the_connection_was_cut() {
    let broker = Broker::new().await;
    let (link, publisher) = broker.declared().await;
    let seen = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&seen);
    let consumer = Consumer::start(
        &link,
        &publisher,
        one_at_a_time(),
        Pause::never(),
        move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
            std::future::ready(Step::Done)
        },
    );
    let replies = Replies::listen(link.clone(), broker.topology.clone());
    assert!(replies.ready(Duration::from_secs(10)).await);
    publisher
        .publish(SMS, &mail("1"))
        .await
        .expect("is confirmed");
    until("the first is seen", || async {
        seen.load(Ordering::Relaxed) == 1
    })
    .await;
    let expected = replies.expect().expect("there is a lane");

    broker.wire.cut();
    assert_eq!(expected.await, Err(Lost::Disconnected), "who waits is told");
    until("a publication is confirmed", || async {
        publisher.publish(SMS, &mail("2")).await.is_ok()
    })
    .await;
    until("the second is seen", || async {
        seen.load(Ordering::Relaxed) >= 2
    })
    .await;
    assert!(replies.ready(Duration::from_secs(10)).await);
    let expected = replies.expect().expect("there is a lane again");
    publisher
        .answer(&expected.address, b"answer", Duration::from_secs(5))
        .await
        .expect("sends");
    assert_eq!(expected.await, Ok(b"answer".to_vec()));
    consumer.stop().await;
}

#[tokio::test]
async fn answer_reaches_only_whoever_waits_for_it() {
    let broker = Broker::new().await;
    let (link, publisher) = broker.declared().await;
    let replies = Replies::listen(link.clone(), broker.topology.clone());
    assert!(replies.ready(Duration::from_secs(10)).await);
    let (one, two) = (
        replies.expect().expect("a lane"),
        replies.expect().expect("a lane"),
    );
    assert_ne!(one.address.correlation, two.address.correlation);
    assert_eq!(one.address.correlation.len(), 32);
    let late = one.address.clone();
    drop(one);
    assert_eq!(replies.waiting(), 1);
    let unknown = ReplyAddress {
        correlation: "unknown".into(),
        ..late.clone()
    };
    let nobody = ReplyAddress {
        lane: "no.such.lane".into(),
        ..late.clone()
    };
    for address in [&late, &unknown, &nobody] {
        let ttl = Duration::from_secs(5);
        publisher
            .answer(address, b"to nobody", ttl)
            .await
            .expect("sends");
    }
    let ttl = Duration::from_secs(5);
    publisher
        .answer(&two.address, b"to two", ttl)
        .await
        .expect("sends");
    assert_eq!(two.await, Ok(b"to two".to_vec()));
    assert_eq!(replies.waiting(), 0);
}

#[tokio::test]
async fn message_that_is_retried_comes_back_with_its_attempts_counted() {
    let broker = Broker::new().await;
    let (link, publisher) = broker.declared().await;
    let attempts = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&attempts);
    let consumer = Consumer::start(
        &link,
        &publisher,
        one_at_a_time(),
        Pause::never(),
        move |delivered| {
            let attempt = delivered.mail.attempt();
            log.lock()
                .expect("nobody panics here")
                .push((attempt, id_of(&delivered)));
            std::future::ready(if attempt < 2 {
                Step::Retry(Rung::Second)
            } else {
                Step::Done
            })
        },
    );
    let mut sent = mail("1");
    sent.headers
        .insert("kezek-trace".into(), Header::Text("t".into()));
    publisher.publish(SMS, &sent).await.expect("is confirmed");
    let seen = || async { attempts.lock().expect("nobody panics here").len() == 3 };
    until("the third attempt", seen).await;
    consumer.stop().await;
    let attempts = attempts.lock().expect("nobody panics here").clone();
    assert_eq!(
        attempts,
        [(0, "1".into()), (1, "1".into()), (2, "1".into())]
    );
    assert_eq!(broker.ready(&link, "sms.1414").await, 0);
}

#[tokio::test]
async fn message_is_buried_on_request_and_when_its_attempts_are_used_up() {
    let broker = Broker::new().await;
    let (link, publisher) = broker.declared().await;
    let consuming = Consuming {
        attempts_max: 0,
        ..one_at_a_time()
    };
    let consumer = Consumer::start(&link, &publisher, consuming, Pause::never(), |delivered| {
        let wrong = id_of(&delivered) == "wrong";
        std::future::ready(if wrong {
            Step::Bury("is wrong")
        } else {
            Step::Retry(Rung::Second)
        })
    });
    for id in ["wrong", "unlucky"] {
        publisher
            .publish(SMS, &mail(id))
            .await
            .expect("is confirmed");
    }
    until("both are buried", || async {
        broker.ready(&link, "dead.sms.1414").await == 2
    })
    .await;
    consumer.stop().await;
    let (_connection, channel) = broker.look().await;
    let mut reasons = BTreeMap::new();
    for _ in 0..2 {
        let name = broker.topology.dead(Lane::Sms);
        let got = channel
            .basic_get(name.as_str().into(), Default::default())
            .await;
        let got = got.expect("asks").expect("there is one");
        let headers = got.properties.headers().clone().expect("headers");
        let Some(AMQPValue::LongString(reason)) = headers.inner().get("kezek-buried") else {
            panic!("no reason");
        };
        let id = got
            .properties
            .message_id()
            .clone()
            .expect("an id")
            .to_string();
        reasons.insert(id, reason.to_string());
    }
    assert_eq!(reasons["wrong"], "is wrong");
    assert_eq!(reasons["unlucky"], "every attempt has failed");
}

#[tokio::test]
async fn message_that_makes_its_handler_panic_is_buried_and_its_neighbours_are_served() {
    let broker = Broker::new().await;
    let (link, publisher) = broker.declared().await;
    let (panics, served) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (panicked, counted) = (Arc::clone(&panics), Arc::clone(&served));
    let consuming = Consuming::lane(Lane::Sms, 4);
    let consumer = Consumer::start(
        &link,
        &publisher,
        consuming,
        Pause::never(),
        move |delivered| {
            if id_of(&delivered) == "bomb" {
                panicked.fetch_add(1, Ordering::Relaxed);
                panic!("this handler fails on purpose");
            }
            counted.fetch_add(1, Ordering::Relaxed);
            std::future::ready(Step::Done)
        },
    );
    for id in ["1", "2", "bomb", "3", "4"] {
        publisher
            .publish(SMS, &mail(id))
            .await
            .expect("is confirmed");
    }
    until("the bomb is buried", || async {
        broker.ready(&link, "dead.sms.1414").await == 1
    })
    .await;
    until("the others are served", || async {
        served.load(Ordering::Relaxed) == 4
    })
    .await;
    assert_eq!(panics.load(Ordering::Relaxed), consuming.deliveries_max);
    consumer.stop().await;
}

// A message that kills the whole process is counted by the broker alone.
#[tokio::test]
async fn broker_buries_what_was_delivered_too_often() {
    let broker = Broker::new().await;
    let (link, publisher) = broker.declared().await;
    let seen = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&seen);
    let consuming = Consuming {
        deliveries_max: u32::MAX,
        ..one_at_a_time()
    };
    let consumer = Consumer::start(&link, &publisher, consuming, Pause::never(), move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        if true {
            panic!("this handler fails on purpose");
        }
        std::future::ready(Step::Done)
    });
    publisher
        .publish(SMS, &mail("1"))
        .await
        .expect("is confirmed");
    until("the broker buries", || async {
        broker.ready(&link, "dead.sms.1414").await == 1
    })
    .await;
    let deliveries = seen.load(Ordering::Relaxed);
    assert!((20..=21).contains(&deliveries), "{deliveries}");
    consumer.stop().await;
}

// Delivery §3: while a dependency is away the worker stops pulling, keeps what it holds and waits.
#[tokio::test]
async fn nothing_is_given_back_while_a_dependency_is_away() {
    let broker = Broker::new().await;
    let (link, publisher) = broker.declared().await;
    let there = Arc::new(AtomicBool::new(false));
    let (probed, asked) = (Arc::clone(&there), Arc::clone(&there));
    let pause = Pause::new(move || Box::pin(std::future::ready(probed.load(Ordering::Relaxed))));
    let handled = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&handled);
    let consuming = Consuming {
        prefetch: 2,
        ..Consuming::lane(Lane::Sms, 2)
    };
    let consumer = Consumer::start(
        &link,
        &publisher,
        consuming,
        pause.clone(),
        move |delivered| {
            let step = if asked.load(Ordering::Relaxed) {
                Step::Done
            } else {
                Step::Wait
            };
            if step == Step::Done {
                let seen = (id_of(&delivered), delivered.returns);
                log.lock().expect("nobody panics here").push(seen);
            }
            std::future::ready(step)
        },
    );
    for n in 0..6 {
        publisher
            .publish(SMS, &mail(&n.to_string()))
            .await
            .expect("is confirmed");
    }
    until("the gate is shut", || async { !pause.is_open() }).await;
    until("two are held", || async {
        broker.ready(&link, "sms.1414").await == 4
    })
    .await;
    there.store(true, Ordering::Relaxed);
    let all = || async { handled.lock().expect("nobody panics here").len() == 6 };
    until("all are handled", all).await;
    consumer.stop().await;
    let mut handled = handled.lock().expect("nobody panics here").clone();
    handled.sort();
    let once: Vec<(String, u32)> = (0..6).map(|n: u32| (n.to_string(), 0)).collect();
    assert_eq!(handled, once, "each once, and none came back");
}

// Nothing is buried because of what we depend on: a message that it refuses although it is there
// waits on the longest rung, its attempts uncounted, and the others go on.
#[tokio::test]
async fn message_that_a_dependency_refuses_again_and_again_waits_aside_uncounted() {
    let broker = Broker::new().await;
    let (link, publisher) = broker.declared().await;
    let handled = Arc::new(Semaphore::new(0));
    let served = Arc::clone(&handled);
    let pause = Pause::new(|| Box::pin(std::future::ready(true)));
    let consuming = Consuming {
        attempts_max: 0,
        ..one_at_a_time()
    };
    let consumer = Consumer::start(&link, &publisher, consuming, pause, move |delivered| {
        let refused = id_of(&delivered) == "refused";
        served.add_permits(usize::from(!refused));
        std::future::ready(if refused { Step::Wait } else { Step::Done })
    });
    for id in ["refused", "another"] {
        publisher
            .publish(SMS, &mail(id))
            .await
            .expect("is confirmed");
    }
    until("the other is handled", || async {
        handled.available_permits() == 1
    })
    .await;
    assert_eq!(broker.ready(&link, "retry.60s").await, 1);
    assert_eq!(broker.ready(&link, "dead.sms.1414").await, 0);
    consumer.stop().await;
}

#[tokio::test]
async fn long_pause_gives_back_what_is_held_and_goes_on_afterwards() {
    let broker = Broker::new().await;
    let (link, publisher) = broker.declared().await;
    let there = Arc::new(AtomicBool::new(false));
    let (probed, asked) = (Arc::clone(&there), Arc::clone(&there));
    let pause = Pause::new(move || Box::pin(std::future::ready(probed.load(Ordering::Relaxed))));
    let handled = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&handled);
    let consuming = Consuming {
        hold_max: Duration::from_millis(200),
        ..one_at_a_time()
    };
    let consumer = Consumer::start(&link, &publisher, consuming, pause.clone(), move |_| {
        let step = if asked.load(Ordering::Relaxed) {
            Step::Done
        } else {
            Step::Wait
        };
        counter.fetch_add(u32::from(step == Step::Done), Ordering::Relaxed);
        std::future::ready(step)
    });
    publisher
        .publish(SMS, &mail("1"))
        .await
        .expect("is confirmed");
    until("it is held", || async { !pause.is_open() }).await;
    until("it is given back", || async {
        broker.ready(&link, "sms.1414").await == 1
    })
    .await;
    there.store(true, Ordering::Relaxed);
    until("it is handled", || async {
        handled.load(Ordering::Relaxed) == 1
    })
    .await;
    consumer.stop().await;
}

#[tokio::test]
async fn consumer_that_began_before_its_lane_was_declared_serves_it_all_the_same() {
    let broker = Broker::new().await;
    let link = broker.link("test");
    let publisher = broker.publisher(&link, Duration::from_secs(10));
    let seen = Arc::new(Semaphore::new(0));
    let served = Arc::clone(&seen);
    let consumer = Consumer::start(
        &link,
        &publisher,
        one_at_a_time(),
        Pause::never(),
        move |_| {
            served.add_permits(1);
            std::future::ready(Step::Done)
        },
    );
    let told = publisher.publish(SMS, &mail("0")).await;
    assert!(
        matches!(told, Err(Trouble::Returned { .. })),
        "nothing is declared: {told:?}"
    );
    declare(&link, &broker.topology).await.expect("declares");
    publisher
        .publish(SMS, &mail("1"))
        .await
        .expect("is confirmed");
    seen.acquire().await.expect("nobody closes it").forget();
    consumer.stop().await;
}

#[tokio::test]
async fn stop_finishes_what_was_begun_and_gives_back_the_rest() {
    let broker = Broker::new().await;
    let (link, publisher) = broker.declared().await;
    for n in 0..5 {
        publisher
            .publish(SMS, &mail(&n.to_string()))
            .await
            .expect("is confirmed");
    }
    let (begun, go_on) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (tell, wait) = (Arc::clone(&begun), Arc::clone(&go_on));
    let consuming = Consuming {
        prefetch: 5,
        ..Consuming::lane(Lane::Sms, 1)
    };
    let consumer = Consumer::start(&link, &publisher, consuming, Pause::never(), move |_| {
        let (tell, wait) = (Arc::clone(&tell), Arc::clone(&wait));
        async move {
            tell.add_permits(1);
            wait.acquire().await.expect("nobody closes it").forget();
            Step::Done
        }
    });
    begun.acquire().await.expect("nobody closes it").forget();
    consumer.stop.send_replace(true);
    go_on.add_permits(1);
    consumer.task.await.expect("a consumer does not panic");
    until("four are back", || async {
        broker.ready(&link, "sms.1414").await == 4
    })
    .await;
}

fn quorum<const N: usize>(more: [(&'static str, AMQPValue); N]) -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert(
        "x-queue-type".into(),
        AMQPValue::LongString("quorum".into()),
    );
    for (name, value) in more {
        arguments.insert(name.into(), value);
    }
    arguments
}
