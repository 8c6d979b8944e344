//! Shares: what all peers, or all senders, may hold of a thing together, and the most that one may.
//!
//! A gateway of the state sends for everybody from one address, so one peer may have most of it;
//! whoever took it all would shut the door for the rest.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Of four parts, one peer may hold three.
const PARTS: usize = 4;

/// A thing that is shared: octets in memory and connections by peers, places by senders.
#[derive(Debug)]
pub(super) struct Shares<K = IpAddr> {
    most: usize,
    taken: Arc<Mutex<Taken<K>>>,
}

#[derive(Debug)]
struct Taken<K> {
    all: usize,
    by: HashMap<K, usize>,
}

/// Why there is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// All together have what there is.
    All,
    /// This one has what one may have: so much.
    Own(usize),
}

impl<K> Clone for Shares<K> {
    fn clone(&self) -> Self {
        Self {
            most: self.most,
            taken: Arc::clone(&self.taken),
        }
    }
}

impl<K: Clone + Eq + Hash> Shares<K> {
    /// So much for all together.
    pub(super) fn of(most: usize) -> Self {
        Self {
            most,
            taken: Arc::new(Mutex::new(Taken {
                all: 0,
                by: HashMap::new(),
            })),
        }
    }

    /// An empty part of this one, given back when dropped.
    pub(super) fn part_of(&self, who: K) -> Part<K> {
        Part {
            shares: self.clone(),
            who,
            taken: 0,
        }
    }
}

impl Shares {
    /// An empty part of this peer.
    pub(super) fn part(&self, peer: IpAddr) -> Part {
        self.part_of(peer.to_canonical())
    }
}

/// What one connection, body or message holds.
#[derive(Debug)]
pub(super) struct Part<K: Clone + Eq + Hash = IpAddr> {
    shares: Shares<K>,
    who: K,
    taken: usize,
}

impl<K: Clone + Eq + Hash> Part<K> {
    /// Takes more, if there is so much left for this one; else takes nothing.
    pub(super) fn grow(&mut self, by: usize) -> bool {
        self.grow_within(by, usize::MAX).is_ok()
    }

    /// The same for one that may have no more than this.
    pub(super) fn grow_within(&mut self, by: usize, own_most: usize) -> Result<(), Full> {
        let most = self.shares.most;
        let mut taken = lock(&self.shares);
        let own = taken.by.get(&self.who).copied().unwrap_or(0);
        let own_most = own_most.min(most - most / PARTS);
        if own + by > own_most {
            return Err(Full::Own(own_most));
        }
        if taken.all + by > most {
            return Err(Full::All);
        }
        taken.all += by;
        *taken.by.entry(self.who.clone()).or_default() += by;
        self.taken += by;
        Ok(())
    }
}

impl<K: Clone + Eq + Hash> Drop for Part<K> {
    fn drop(&mut self) {
        let mut taken = lock(&self.shares);
        taken.all -= self.taken;
        if let Some(own) = taken.by.get_mut(&self.who) {
            *own -= self.taken;
            if *own == 0 {
                taken.by.remove(&self.who);
            }
        }
    }
}

fn lock<K>(shares: &Shares<K>) -> std::sync::MutexGuard<'_, Taken<K>> {
    shares.taken.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_peer_has_most_and_never_all_and_what_is_dropped_is_free_again() {
        let shares = Shares::of(100);
        let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let (mut first, mut second) = (shares.part(one), shares.part(one));
        assert!(first.grow(50) && second.grow(25));
        assert!(!second.grow(1), "three of four parts are taken");
        let mut theirs = shares.part(other);
        assert!(theirs.grow(25), "the rest is for others");
        assert!(!theirs.grow(1), "all together are bounded");
        drop(first);
        assert!(second.grow(50) && !second.grow(1));
        drop((second, theirs));
        assert!(lock(&shares).by.is_empty());
    }

    #[test]
    fn sender_may_have_less_than_its_part() {
        let shares = Shares::of(8);
        let mut first = shares.part_of("one");
        assert_eq!(first.grow_within(2, 2), Ok(()));
        assert_eq!(shares.part_of("one").grow_within(1, 2), Err(Full::Own(2)));
        let mut theirs = shares.part_of("other");
        assert_eq!(theirs.grow_within(6, 100), Ok(()));
        assert_eq!(shares.part_of("third").grow_within(1, 100), Err(Full::All));
    }

    #[test]
    fn address_mapped_into_ipv6_is_the_same_peer() {
        let shares = Shares::of(4);
        let mapped = "::ffff:10.0.0.1".parse().expect("an address");
        let mut part = shares.part(mapped);
        assert!(part.grow(3));
        assert!(!shares.part(IpAddr::from([10, 0, 0, 1])).grow(1));
    }
}
