//! A whole installation under load: HTTP to committed, signed answer.
//!
//! Closed loop for the most that it can do; open loop, timed from when each message was due, for
//! what a sender feels at a given rate.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hyper::body::Bytes;
use tokio::task::JoinSet;

use crate::clock;
use crate::registry::Family;
use crate::sandbox::conformance::accepted;
use crate::sandbox::{Client, Draft, parent};
use crate::services::Service;
use crate::signature::Signer;

/// Preschools of one invented settlement of the register that was filled.
const PRESCHOOLS_OF_SETTLEMENT: u64 = 20;
/// The filled register uses serial numbers below this one, so these children are nobody else.
const FREE_SERIALS_FROM: u64 = 2_000;

/// What came of some messages.
#[derive(Debug, Default, Clone)]
pub struct Measured {
    /// Milliseconds of each message that was answered with SCSS001.
    pub millis: Vec<f64>,
    /// Messages that were answered otherwise, or not at all.
    pub others: u64,
    /// What the first of them was told.
    pub first_other: Option<String>,
    /// Seconds from the first to the last.
    pub seconds: f64,
}

impl Measured {
    /// Answered messages per second.
    pub fn rate(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let count = self.millis.len() as f64;
        count / self.seconds
    }

    /// Nothing, where all were answered; else what the first of the others was told.
    ///
    /// # Errors
    /// That text.
    pub fn all_answered(&self) -> Result<(), String> {
        match &self.first_other {
            None => Ok(()),
            Some(first) => Err(format!(
                "{} messages were not answered with SCSS001, the first of them: {first}",
                self.others
            )),
        }
    }

    fn note(&mut self, told: Result<f64, String>) {
        match told {
            Ok(millis) => self.millis.push(millis),
            Err(other) => {
                self.others += 1;
                self.first_other.get_or_insert(other);
            }
        }
    }
}

/// Registrations of children whom nobody has, in preschools of the filled register.
pub fn registrations(signer: &Signer, from: u64, count: u64, settlements: u64) -> Vec<Bytes> {
    let base = Draft::registration();
    let make = |number: u64| {
        let days = number / (10_000 - FREE_SERIALS_FROM);
        let serial = FREE_SERIALS_FROM + number % (10_000 - FREE_SERIALS_FROM);
        let child = crate::sandbox::child((days * 10_000 + serial) * 2 + number % 2);
        // A step that shares no factor with the count spreads neighbours over the republic.
        let home = number.wrapping_mul(7_919) % settlements;
        let settlement = format!("99{home:07}");
        let preschool = |n: u64| format!("{settlement}-{:04}", n % PRESCHOOLS_OF_SETTLEMENT + 1);
        let mut draft = base.clone();
        draft
            .freshen(clock::now())
            .set(&["settlement"], &settlement)
            .set(&["applicant", "iin"], parent(number).as_str())
            .set(&["child", "iin"], child.iin.as_str())
            .set(&["child", "birthDate"], &child.birth.to_string())
            .set(&["child", "sex"], child.sex.code())
            .set(&["choice", "preschool"], &preschool(number))
            .set(
                &["choice", "preschool", "choice", "preschool"],
                &preschool(number + 7),
            );
        Bytes::from(signer.sign(draft.content(), None))
    };
    signed_on_every_core(from..from + count, make)
}

/// Enquiries of each of these services in turn, about people of the filled register.
///
/// # Panics
/// Where there is no service, or nobody to ask about.
pub fn enquiries(
    signer: &Signer,
    services: &[&Service],
    families: &[Family],
    count: u64,
) -> Vec<Bytes> {
    let drafts: Vec<Draft> = services.iter().map(|it| accepted(it)).collect();
    let turn = |number: u64, of: usize| usize::try_from(number).map_or(0, |number| number % of);
    let make = |number: u64| {
        let family = &families[turn(number / services.len() as u64, families.len())];
        let mut draft = drafts[turn(number, drafts.len())].clone();
        draft
            .freshen(clock::now())
            .set(&["settlement"], &family.settlement)
            .set(&["preschool"], &format!("{}-0001", family.settlement))
            .set(&["applicationNumber"], &family.number.to_string())
            .set(&["applicant", "iin"], &family.applicant)
            .set(&["applicant", "surname"], &family.applicant_name[0])
            .set(&["applicant", "given"], &family.applicant_name[1])
            .set(&["child", "iin"], &family.child)
            .set(&["child", "surname"], &family.child_name[0])
            .set(&["child", "given"], &family.child_name[1]);
        Bytes::from(signer.sign(draft.content(), None))
    };
    signed_on_every_core(0..count, make)
}

/// A signature takes most of a millisecond: every core makes its part.
fn signed_on_every_core(numbers: Range<u64>, make: impl Fn(u64) -> Bytes + Sync) -> Vec<Bytes> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (make, numbers) = (&make, &numbers);
    std::thread::scope(|scope| {
        let part = |core: usize| numbers.clone().skip(core).step_by(cores).map(make);
        let parts: Vec<_> = (0..cores)
            .map(|core| scope.spawn(move || part(core).collect::<Vec<_>>()))
            .collect();
        let made = parts.into_iter().map(|part| part.join());
        made.flat_map(|part| part.expect("signing does not panic"))
            .collect()
    })
}

/// Messages that are sent once each, by whoever comes first.
pub struct Stock {
    messages: Vec<Bytes>,
    next: AtomicUsize,
}

impl Stock {
    /// A stock of signed messages.
    pub fn new(messages: Vec<Bytes>) -> Self {
        Self {
            messages,
            next: AtomicUsize::new(0),
        }
    }

    /// How many are left.
    pub fn left(&self) -> usize {
        self.messages
            .len()
            .saturating_sub(self.next.load(Ordering::Relaxed))
    }

    fn take(&self) -> Option<Bytes> {
        self.messages
            .get(self.next.fetch_add(1, Ordering::Relaxed))
            .cloned()
    }
}

/// So many clients, each sending its next message when its last one is answered.
///
/// # Panics
/// Where the endpoint is no address.
pub async fn closed(
    endpoint: &str,
    stock: &Arc<Stock>,
    clients: usize,
    time: Duration,
) -> Measured {
    let begun = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..clients {
        let stock = Arc::clone(stock);
        let mut client = Client::new(endpoint).expect("the endpoint is an address");
        running.spawn(async move {
            let mut measured = Measured::default();
            while begun.elapsed() < time {
                let Some(message) = stock.take() else { break };
                let sent = Instant::now();
                let told = answered(&mut client, message).await;
                measured.note(told.map(|()| millis_since(sent)));
            }
            measured
        });
    }
    let mut all = Measured::default();
    while let Some(one) = running.join_next().await {
        let one = one.expect("a client does not panic");
        all.millis.extend(one.millis);
        all.others += one.others;
        all.first_other = all.first_other.or(one.first_other);
    }
    all.seconds = begun.elapsed().as_secs_f64();
    all
}

/// So many messages a second, whether the last ones are answered or not; a message's time counts
/// from when it was due.
///
/// # Panics
/// Where the endpoint is no address.
pub async fn open(endpoint: &str, stock: &Arc<Stock>, rate: f64, time: Duration) -> Measured {
    let begun = Instant::now();
    let idle: Arc<Mutex<Vec<Client>>> = Arc::default();
    let mut running = JoinSet::new();
    let mut number = 0.0;
    loop {
        let due = begun + Duration::from_secs_f64(number / rate);
        if due.duration_since(begun) >= time {
            break;
        }
        number += 1.0;
        tokio::time::sleep_until(due.into()).await;
        let Some(message) = stock.take() else { break };
        let idle = Arc::clone(&idle);
        let free = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut client =
            free.unwrap_or_else(|| Client::new(endpoint).expect("the endpoint is an address"));
        running.spawn(async move {
            let told = answered(&mut client, message).await;
            idle.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(client);
            told.map(|()| millis_since(due))
        });
    }
    let mut all = Measured::default();
    while let Some(told) = running.join_next().await {
        all.note(told.expect("a client does not panic"));
    }
    all.seconds = begun.elapsed().as_secs_f64();
    all
}

/// Messages that cost their reader the most: every fixture of an attack, and some at each limit.
pub fn hostile_messages(fixtures: &std::path::Path) -> Vec<Bytes> {
    let files = std::fs::read_dir(fixtures).into_iter().flatten().flatten();
    let mut messages: Vec<Bytes> = files
        .filter_map(|file| std::fs::read(file.path()).ok().map(Bytes::from))
        .collect();
    let most = crate::envelope::OCTETS_MAX;
    let flood = |part: &str| {
        let inside = part.repeat((most - 400) / part.len());
        let soap = crate::envelope::SOAP_NAMESPACE;
        Bytes::from(format!(
            "<s:Envelope xmlns:s=\"{soap}\"><s:Body>{inside}</s:Body></s:Envelope>"
        ))
    };
    messages.extend(["<a/>", "x", "&#65;", "<a b='1'/>", "<!---->", "\u{4D9}"].map(flood));
    messages.push(Bytes::from("<a>".repeat(most / 3)));
    messages.push(Bytes::from(vec![b' '; 4 * most]));
    messages
}

/// Sends messages over and over, whatever comes back; tells how many replies came.
///
/// # Panics
/// Where the endpoint is no address.
pub async fn hostile(
    endpoint: &str,
    messages: &Arc<Vec<Bytes>>,
    clients: usize,
    time: Duration,
) -> u64 {
    let begun = Instant::now();
    let mut running = JoinSet::new();
    for first in 0..clients {
        let messages = Arc::clone(messages);
        let mut client = Client::new(endpoint).expect("the endpoint is an address");
        running.spawn(async move {
            let mut replies = 0;
            for message in messages.iter().cycle().skip(first) {
                if begun.elapsed() >= time {
                    break;
                }
                replies += u64::from(client.post(message.clone()).await.is_ok());
            }
            replies
        });
    }
    let mut all = 0;
    while let Some(replies) = running.join_next().await {
        all += replies.expect("a client does not panic");
    }
    all
}

async fn answered(client: &mut Client, message: Bytes) -> Result<(), String> {
    let reply = client.post(message).await.map_err(|it| it.to_string())?;
    let told = String::from_utf8_lossy(&reply.body);
    if reply.status.is_success() && told.contains("<code>SCSS001</code>") {
        return Ok(());
    }
    // The people of the filled register are invented: they may be shown.
    let body = told.split_once(":Body").map_or(&*told, |(_, body)| body);
    Err(body.to_owned())
}

fn millis_since(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1e3
}
