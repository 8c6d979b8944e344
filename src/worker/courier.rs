//! The courier: letters, each to its peer, until the peer has it.
//!
//! In:    letters that wait in the register. Out: what became of each, there.
//! A lane for each peer: a peer that is down or slow delays its own letters and nobody else's. When
//! it cannot be reached its lane waits, by a schedule that the register keeps, and one letter tries
//! whether it is back. A letter that its peer cannot take waits by a schedule of its own, and holds
//! up only what follows it in its chain. Any number of couriers may run: each leases what it
//! carries. One that dies between the peer's word and its mark lets the letter be carried again,
//! under the same messageId, which peers count once.
//! Never: gives up before the letter's term, but on the word of its peer.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::clock;
use crate::envelope::letter::{Errand, Untaken};
use crate::envelope::shep::MessageType;
use crate::registry::{Claim, Claimant, Registry, Trouble, Waiting};

const LOOK_INTERVAL: Duration = Duration::from_millis(500);
/// How often all that waits is counted, and what has waited too long is ended.
const COUNT_INTERVAL: Duration = Duration::from_secs(5);
/// How long a courier has a letter to itself: longer than a peer may take over it.
const LEASE_MS: i64 = 30_000;
/// Letters of one peer that are carried at one time, each of another chain.
const PARALLEL: i64 = 8;
/// How long a peer is left alone after it could not be reached once, twice, …
const LANE_WAITS_MS: [i64; 7] = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000];
/// How long a letter waits that its peer could not take once, twice, …
const LETTER_WAITS_MS: [i64; 6] = [1_000, 10_000, 60_000, 300_000, 900_000, 3_600_000];

/// Who takes a letter to its peer.
pub trait Carrier: Send + Sync + 'static {
    /// To whom it can go.
    fn peers(&self) -> Vec<String>;
    /// Takes one there.
    fn carry(&self, errand: Errand) -> BoxFuture<'_, Result<(), Untaken>>;
}

/// The role.
pub struct Courier {
    /// Where letters wait.
    pub registry: Registry,
    /// Who takes them.
    pub carrier: Arc<dyn Carrier>,
}

impl Courier {
    /// Delivers until `stop` turns true, then finishes what was begun; `well` says whether the last
    /// look at the register was good.
    pub async fn run(self, mut stop: watch::Receiver<bool>, well: &AtomicBool) {
        let courier = Arc::new(self);
        let mut lanes: HashMap<String, JoinHandle<()>> = HashMap::new();
        let mut count_at = Instant::now();
        while !*stop.borrow() {
            lanes.retain(|_, lane| !lane.is_finished());
            let mut told = courier.look(&mut lanes, &stop).await;
            if told.is_ok() && Instant::now() >= count_at {
                told = courier.count().await;
                count_at = Instant::now() + COUNT_INTERVAL;
            }
            well.store(told.is_ok(), Ordering::Relaxed);
            if let Err(trouble) = told {
                let error = &trouble as &dyn Error;
                tracing::warn!(error, "no letter is looked for");
            }
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => {}
                () = tokio::time::sleep(LOOK_INTERVAL) => {}
            }
        }
        join_all(lanes.into_values()).await;
    }

    /// Ends letters whose term has ended, and counts those that wait.
    async fn count(&self) -> Result<(), Trouble> {
        let (registry, now) = (&self.registry, clock::now());
        let expired = registry.bounded(registry.expire_letters(now)).await?;
        for (message_id, peer) in &expired {
            metrics::counter!("kezek_courier_letters_total", "outcome" => "expired").increment(1);
            tracing::error!(%message_id, peer, "ALARM: a letter was not delivered in its term");
        }
        let (waiting, oldest) = registry.bounded(registry.letters_waiting()).await?;
        let age = oldest.map_or(0, |oldest| now.millis_since(oldest) / 1000);
        metrics::gauge!("kezek_courier_letters_waiting").set(gauge(waiting));
        metrics::gauge!("kezek_courier_age_seconds").set(gauge(age));
        Ok(())
    }

    /// Begins the lanes of peers for whom something is due.
    async fn look(
        self: &Arc<Self>,
        lanes: &mut HashMap<String, JoinHandle<()>>,
        stop: &watch::Receiver<bool>,
    ) -> Result<(), Trouble> {
        let (registry, now) = (&self.registry, clock::now());
        let peers = self.carrier.peers();
        let due = registry.lanes_due(&peers, now);
        for peer in registry.bounded(due).await? {
            // One that carries already looks again by itself.
            if let Entry::Vacant(place) = lanes.entry(peer) {
                let (courier, stop) = (Arc::clone(self), stop.clone());
                let peer = place.key().clone();
                let lane = async move { courier.lane(&peer, &stop).await };
                place.insert(tokio::spawn(lane));
            }
        }
        Ok(())
    }

    /// Carries what is due to one peer, until nothing is, or the peer cannot be reached.
    async fn lane(&self, peer: &str, stop: &watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.round(peer).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(trouble) => {
                    let error = &trouble as &dyn Error;
                    tracing::warn!(peer, error, "a lane of letters stands still");
                    return;
                }
            }
        }
    }

    /// One round; whether another may follow at once.
    async fn round(&self, peer: &str) -> Result<bool, Trouble> {
        let now = clock::now();
        let claimant = Claimant {
            peer,
            now,
            millis: LEASE_MS,
            most: PARALLEL,
        };
        let claimed = self.registry.claim_letters(&claimant);
        let Claim { letters, failures } = self.registry.bounded(claimed).await?;
        if letters.is_empty() {
            return Ok(false);
        }
        let carried = join_all(letters.iter().map(|letter| self.carry(letter))).await;
        let mut away = None;
        for (letter, told) in letters.iter().zip(carried) {
            let (outcome, why) = match &told {
                Ok(()) => ("delivered", None),
                Err(Untaken::Away(why)) => ("away", Some((*why).to_owned())),
                Err(Untaken::Refused(why)) => ("refused", Some(why.clone())),
                Err(Untaken::Unwell(why)) => ("unwell", Some(why.clone())),
            };
            metrics::counter!("kezek_courier_letters_total", "outcome" => outcome).increment(1);
            tracing::info!(
                message_id = %letter.message_id,
                peer,
                sender = letter.sender,
                service = letter.service,
                outcome,
                why,
                attempt = letter.attempts,
                "carried"
            );
            if let Err(Untaken::Away(why)) = told {
                away = Some(why);
            }
            self.registry.bounded(self.mark(letter, told)).await?;
        }
        let registry = &self.registry;
        let Some(why) = away else {
            if failures > 0 {
                registry.bounded(registry.lane_is_well(peer)).await?;
            }
            return Ok(true);
        };
        let due_at = now.plus_millis(wait(&LANE_WAITS_MS, failures));
        let noted = registry.lane_is_away(peer, why, now, due_at);
        registry.bounded(noted).await?;
        Ok(false)
    }

    async fn carry(&self, letter: &Waiting) -> Result<(), Untaken> {
        self.carrier.carry(errand(letter)).await
    }

    async fn mark(&self, letter: &Waiting, told: Result<(), Untaken>) -> Result<(), Trouble> {
        let (registry, now) = (&self.registry, clock::now());
        match told {
            Ok(()) => registry.letter_is_delivered(letter.id, now).await,
            Err(Untaken::Away(why)) => registry.put_letter_off(letter.id, now, why).await,
            Err(Untaken::Unwell(why)) => {
                let tried = letter.attempts.saturating_sub(1);
                let due_at = now.plus_millis(wait(&LETTER_WAITS_MS, tried));
                registry.put_letter_off(letter.id, due_at, &why).await
            }
            Err(Untaken::Refused(why)) => {
                let (message_id, peer) = (letter.message_id, &letter.peer);
                tracing::error!(%message_id, peer, why, "ALARM: a peer refuses a letter");
                registry.letter_is_refused(letter.id, now, &why).await
            }
        }
    }
}

fn errand(letter: &Waiting) -> Errand {
    let mut types = MessageType::ALL.into_iter();
    let kind = types.find(|kind| kind.word() == letter.kind);
    Errand {
        peer: letter.peer.clone(),
        message_id: letter.message_id,
        correlation_id: letter.correlation_id.clone(),
        service: letter.service.clone(),
        message_type: kind.expect("a constraint of the table names the kinds"),
        message_date: letter.created_at,
        status: letter.status.clone(),
        answers: letter.answers.clone(),
        payload: String::from_utf8_lossy(&letter.payload).into_owned(),
    }
}

/// The wait after so many failures before this one; the last one of the schedule for all further.
fn wait(schedule: &[i64], failures: i32) -> i64 {
    let at = usize::try_from(failures).unwrap_or(0);
    schedule[at.min(schedule.len() - 1)]
}

fn gauge(value: i64) -> f64 {
    f64::from(u32::try_from(value).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_their_last_and_stay_there() {
        for schedule in [&LANE_WAITS_MS[..], &LETTER_WAITS_MS[..]] {
            assert!(schedule.is_sorted());
            let last = schedule[schedule.len() - 1];
            assert_eq!(wait(schedule, 0), schedule[0]);
            assert_eq!(wait(schedule, i32::MAX), last);
        }
    }
}
