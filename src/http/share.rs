//! Shares: what all peers together may hold of a thing, and the most that one of them may.
//!
//! A gateway of the state sends for everybody from one address, so one peer may have most of it;
//! whoever took it all would shut the door for the rest.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Of four parts, one peer may hold three.
const PARTS: usize = 4;

/// A thing that peers share: octets in memory, connections.
#[derive(Debug, Clone)]
pub(super) struct Shares {
    most: usize,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_peer: HashMap<IpAddr, usize>,
}

impl Shares {
    /// So much for all together.
    pub(super) fn of(most: usize) -> Self {
        Self {
            most,
            taken: Arc::default(),
        }
    }

    /// An empty part of this peer, given back when dropped.
    pub(super) fn part(&self, peer: IpAddr) -> Part {
        Part {
            shares: self.clone(),
            peer: peer.to_canonical(),
            taken: 0,
        }
    }
}

/// What one connection or body holds.
#[derive(Debug)]
pub(super) struct Part {
    shares: Shares,
    peer: IpAddr,
    taken: usize,
}

impl Part {
    /// Takes more, if there is so much left for this peer; else takes nothing.
    pub(super) fn grow(&mut self, by: usize) -> bool {
        let most = self.shares.most;
        let mut taken = lock(&self.shares);
        let own = taken.by_peer.get(&self.peer).copied().unwrap_or(0);
        if taken.all + by > most || own + by > most / PARTS * (PARTS - 1) {
            return false;
        }
        taken.all += by;
        *taken.by_peer.entry(self.peer).or_default() += by;
        self.taken += by;
        true
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let mut taken = lock(&self.shares);
        taken.all -= self.taken;
        if let Some(own) = taken.by_peer.get_mut(&self.peer) {
            *own -= self.taken;
            if *own == 0 {
                taken.by_peer.remove(&self.peer);
            }
        }
    }
}

fn lock(shares: &Shares) -> std::sync::MutexGuard<'_, Taken> {
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
        assert!(lock(&shares).by_peer.is_empty());
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
