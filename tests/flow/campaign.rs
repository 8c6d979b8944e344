//! A campaign: a thousand registrations, sent as real senders do, who repeat until they are
//! answered; and the count on both sides.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use hyper::body::Bytes;
use tokio::task::JoinSet;
use tokio_postgres::Client;

use crate::ground::{until, until_within};
use crate::house::{House, tally};
use crate::post::{Sender, participant, registration};
use crate::roles::Role;

/// How many are sent.
pub const COUNT: usize = 1_000;
/// How many senders there are, each with one message at a time.
const SENDERS: usize = 48;
/// How long a sender waits before it repeats; a real one would wait longer.
const BACK_OFF: Duration = Duration::from_millis(100);
/// How long all of it may take, outages included.
const DONE_WITHIN: Duration = Duration::from_secs(180);
/// What an outage left to the relay it may have leased for half a minute.
const RELAYED_WITHIN: Duration = Duration::from_secs(60);

/// A signed registration.
struct Letter {
    message_id: String,
    application_id: String,
    octets: Bytes,
}

/// Signed once, sent by each campaign to a house of its own.
static LETTERS: LazyLock<Vec<Letter>> = LazyLock::new(|| {
    let signer = participant();
    let letter = |serial| {
        let draft = registration(serial);
        let value = |name: &str| {
            let (_, rest) = draft.content().split_once(&format!("{name}>")).expect("it");
            rest.split_once("</").expect("it ends").0.to_owned()
        };
        Letter {
            message_id: value("<messageId"),
            application_id: value("<k:applicationId"),
            octets: signer.sign(draft.content(), None).into(),
        }
    };
    (0..COUNT as u64).map(letter).collect()
});

/// What a sender holds in the end.
struct Held {
    application: String,
    numbers: Vec<u32>,
    content: String,
}

/// A campaign on its way.
pub struct Campaign {
    doors: Vec<String>,
    next: AtomicUsize,
    held: Mutex<BTreeMap<usize, Held>>,
    /// Connections that broke while an answer was waited for, or were refused.
    pub broken: AtomicUsize,
    /// Answers that asked for a repeat.
    pub again: AtomicUsize,
}

impl Campaign {
    /// Sends all letters to these doors; `meanwhile` does its harm and returns.
    pub async fn run(doors: &[String], meanwhile: impl AsyncFnOnce(&Self)) -> Arc<Self> {
        tokio::task::spawn_blocking(|| LETTERS.len())
            .await
            .expect("letters are signed");
        let campaign = Arc::new(Self {
            doors: doors.to_vec(),
            next: AtomicUsize::new(0),
            held: Mutex::default(),
            broken: AtomicUsize::new(0),
            again: AtomicUsize::new(0),
        });
        let mut senders = JoinSet::new();
        for _ in 0..SENDERS {
            let campaign = Arc::clone(&campaign);
            senders.spawn(async move { campaign.send().await });
        }
        let all = async {
            meanwhile(&campaign).await;
            while let Some(sender) = senders.join_next().await {
                sender.expect("a sender does not panic");
            }
        };
        let done = tokio::time::timeout(DONE_WITHIN, all).await;
        let answered = campaign.answered();
        assert!(done.is_ok(), "{answered} answered within {DONE_WITHIN:?}");
        campaign
    }

    /// How many senders' messages have been answered.
    pub fn answered(&self) -> usize {
        self.held.lock().expect("no panic").len()
    }

    /// Waits until so many are answered.
    pub async fn reaches(&self, count: usize) {
        let what = format!("{count} registrations are answered");
        until_within(DONE_WITHIN, &what, || {
            std::future::ready(self.answered() >= count)
        })
        .await;
    }

    async fn send(&self) {
        let mut senders: Vec<Sender> = self.doors.iter().map(|door| Sender::to(door)).collect();
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(letter) = LETTERS.get(index) else {
                return;
            };
            let mut attempt = index;
            let held = loop {
                let sender = attempt % senders.len();
                match senders[sender].post(letter.octets.clone()).await {
                    Ok(told) if told.is_try_again() => self.again.fetch_add(1, Ordering::Relaxed),
                    Ok(told) => {
                        let told = told.expect_success();
                        assert_eq!(told.text_of("correlationId"), letter.message_id);
                        break Held {
                            application: told.text_of("applicationNumber"),
                            numbers: told.numbers().into_iter().map(|(_, n)| n).collect(),
                            content: told.content().to_owned(),
                        };
                    }
                    Err(_) => self.broken.fetch_add(1, Ordering::Relaxed),
                };
                attempt += 1;
                tokio::time::sleep(BACK_OFF).await;
            };
            self.held.lock().expect("no panic").insert(index, held);
        }
    }

    /// Counts on both sides: none is lost, none is there twice. Ends the roles, so that nothing is
    /// published any more while the SMS are counted.
    pub async fn nothing_is_lost_and_nothing_twice(
        &self,
        house: &House,
        (worker, relay): (Vec<Role>, Role),
    ) {
        let client = house.look().await;
        self.senders_hold_what_is_kept(&client).await;
        for (query, expected) in [
            ("SELECT count(*) FROM application", COUNT),
            ("SELECT count(*) FROM entry", 2 * COUNT),
            ("SELECT count(*) FROM inbox", COUNT),
            ("SELECT count(*) FROM journal WHERE kind = 'MESSAGE'", COUNT),
            ("SELECT count(*) FROM journal WHERE kind = 'ALARM'", 0),
            ("SELECT count(*) FROM outbox", COUNT),
            ("SELECT count(DISTINCT origin) FROM outbox", COUNT),
        ] {
            let row = client.query_one(query, &[]).await.expect("counts");
            assert_eq!(row.get::<_, i64>(0), expected as i64, "{query}");
        }
        self.sms_are_one_each(house, (worker, relay)).await;
    }

    /// Each answer is the stored one, and its number that of the application it was for.
    async fn senders_hold_what_is_kept(&self, client: &Client) {
        let rows = "SELECT a.application_id, a.id, i.answer, count(e.*)
                    FROM application a
                    JOIN journal j ON j.kind = 'MESSAGE' AND j.sender = a.sender
                                  AND j.decision->>'application' = a.id::text
                    JOIN inbox i ON i.sender = a.sender AND i.message_key = j.message_key
                    JOIN entry e ON e.application = a.id
                    GROUP BY a.application_id, a.id, i.answer";
        let kept: BTreeMap<String, (i64, Vec<u8>, i64)> = client
            .query(rows, &[])
            .await
            .expect("rows")
            .iter()
            .map(|row| (row.get(0), (row.get(1), row.get(2), row.get(3))))
            .collect();
        let held = self.held.lock().expect("no panic");
        assert_eq!(held.len(), COUNT);
        let mut numbers = BTreeSet::new();
        for (index, held) in held.iter() {
            let letter = &LETTERS[*index];
            let (number, answer, entries) = &kept[&letter.application_id];
            assert_eq!(held.application, number.to_string(), "as it was answered");
            assert_eq!(held.content.as_bytes(), answer, "the stored answer");
            assert_eq!((held.numbers.len(), *entries), (2, 2));
            let places = 1..=u32::try_from(COUNT).expect("small");
            assert!(held.numbers.iter().all(|n| places.contains(n)));
            numbers.insert(*number);
        }
        assert_eq!(numbers.len(), COUNT, "each application has its own number");
    }

    async fn sms_are_one_each(&self, house: &House, (workers, relay): (Vec<Role>, Role)) {
        let client = house.look().await;
        until_within(RELAYED_WITHIN, "all of the outbox is published", || async {
            let query = "SELECT count(*) FROM outbox WHERE published_at IS NULL";
            let row = client.query_one(query, &[]).await.expect("counts");
            row.get::<_, i64>(0) == 0
        })
        .await;
        let link = house.broker.link_beside("counting");
        for lane in ["requests.write", "requests.read"] {
            until(&format!("{lane} is empty"), || async {
                house.broker.ready(&link, lane).await == 0
            })
            .await;
            assert_eq!(house.broker.ready(&link, &format!("dead.{lane}")).await, 0);
        }
        for worker in workers {
            worker.stop().await;
        }
        relay.stop().await;
        let taken = house.take_sms(COUNT).await;
        let times = tally(&taken);
        let query = "SELECT message_id::text FROM outbox";
        let written = client.query(query, &[]).await.expect("rows");
        let written: BTreeSet<String> = written.iter().map(|row| row.get(0)).collect();
        let published: BTreeSet<String> = times.keys().map(|id| (*id).to_owned()).collect();
        assert_eq!(
            published, written,
            "by identity, each SMS of the outbox and no other"
        );
        println!(
            "{COUNT} registrations, {} repeats after a broken connection, {} after «try again», \
             {} SMS, {} of them published more than once",
            self.broken.load(Ordering::Relaxed),
            self.again.load(Ordering::Relaxed),
            times.len(),
            times.values().filter(|times| **times > 1).count(),
        );
    }
}
