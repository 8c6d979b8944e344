//! Where one child stands in two queues, as events of its application and of its benefits say.

use kezek::queue::lifecycle::{Cause, Machine, application as a, entry};
use kezek::queue::rank::Tier;

use crate::household::{Household, Place, Taken, begin_if_over, turn};

/// The two entries of one child, and what decides about them.
#[derive(Debug, Clone)]
pub struct Queues {
    pub entries: [entry::State; 2],
    /// The queue that offers a seat.
    pub at: usize,
    /// The choice that the family picked for a benefit out of turn.
    pub picked: usize,
    /// What the next benefit gives that is found to be true.
    pub claimed: Tier,
    /// What the benefits give that are known to be true.
    pub found: Tier,
    /// The tier in which it is counted.
    pub tier: Tier,
    /// The tier in which it was offered a seat.
    pub offered_in: Tier,
    /// The register will not confirm it when the referral is written.
    pub register_denies: bool,
    /// How often it refused a seat of each queue.
    pub refused: [u32; 2],
}

impl Default for Queues {
    fn default() -> Self {
        Self {
            entries: [entry::State::START; 2],
            at: 0,
            picked: 0,
            claimed: Tier::OutOfTurn,
            found: Tier::General,
            tier: Tier::General,
            offered_in: Tier::General,
            register_denies: false,
            refused: [0; 2],
        }
    }
}

impl Queues {
    /// What an event of the application says of its benefits.
    pub fn note(&mut self, event: a::Event) {
        use a::Event as A;
        if event == A::BenefitConfirmed {
            self.found = self.found.min(self.claimed);
        }
        if [A::BenefitLost, A::ReferralBenefitRefused].contains(&event) {
            self.found = Tier::General;
        }
    }

    /// The queue in which it can be offered a seat makes the offer; a better one, the other queue.
    pub fn offered(&mut self, better: bool) {
        let counted = |entry: &entry::State| *entry == entry::State::Counted;
        self.at = if better {
            1 - self.at
        } else {
            self.entries.iter().position(counted).unwrap_or(self.at)
        };
        self.offered_in = self.tier;
    }

    /// Does the register deny the benefit by which the seat was offered? It is asked once.
    pub fn denied(&mut self) -> bool {
        let by_benefit = self.offered_in != Tier::General;
        std::mem::take(&mut self.register_denies) && by_benefit
    }

    /// Is any choice open?
    pub fn open(&self) -> bool {
        let open = |entry: &entry::State| *entry != entry::State::New && !entry.ended();
        self.entries.iter().any(open)
    }
}

impl Household {
    /// An event about one queue goes to its entry, any other to both; each takes what concerns it.
    pub fn entries(&mut self, event: entry::Event) -> Taken {
        use entry::Event as E;
        let at = self.queues.at;
        match event {
            E::OfferedHere => self.entry(at, event),
            E::OfferedElsewhere => self.entry(1 - at, event),
            E::RefusedHere => {
                let refusal = entry::refusal(self.queues.refused[at], &self.rules);
                self.queues.refused[at] += 1;
                self.entry(at, refusal);
            }
            E::Chosen
            | E::RefusedTooOften
            | E::OutOfTurnHere
            | E::OutOfTurnElsewhere
            | E::OutOfTurnLost
            | E::OfferGone
            | E::Paused
            | E::Resumed
            | E::Consented
            | E::FellBack
            | E::StopListed
            | E::StopListLeft
            | E::Dropped
            | E::PreschoolClosed
            | E::PreschoolMerged
            | E::ApplicationEnded => {
                self.entry(0, event);
                self.entry(1, event);
            }
        }
        Ok(&[])
    }

    /// One entry; what does not concern it, it refuses.
    pub fn entry(&mut self, at: usize, event: entry::Event) {
        let entry = &mut self.queues.entries[at];
        if event == entry::Event::Chosen {
            begin_if_over(entry, &mut self.clocks);
        }
        let causes = turn(entry, event, &mut self.clocks, &self.rules).unwrap_or_default();
        let by = entry::State::NAME;
        causes.iter().for_each(|cause| self.deliver(by, *cause));
    }

    /// The tier in which it is counted now is told to each entry.
    pub fn by_tier(&mut self) -> Taken {
        let lasts = |place: &Place| !place.for_a_time && !place.contract.ended();
        let has_place = self.places.iter().any(lasts);
        let queues = &mut self.queues;
        queues.tier = self.application.tier(queues.found, has_place, &self.rules);
        let served = entry::served(queues.picked, &queues.entries);
        let tier = queues.tier;
        for at in 0..2 {
            self.entry(at, entry::by_tier(tier, served == Some(at)));
        }
        Ok(&[])
    }

    /// A chosen preschool takes children no longer.
    pub fn preschool_closes(&mut self, at: usize) {
        self.entry(at, entry::Event::PreschoolClosed);
    }

    /// The family exchanges a choice by an update, and a benefit out of turn serves the one that it
    /// names from now on.
    pub fn family_updates(&mut self, at: usize, picked: usize) {
        let event = if self.queues.entries[at].ended() {
            entry::Event::Chosen
        } else {
            entry::Event::Dropped
        };
        self.entry(at, event);
        self.queues.picked = picked;
        self.bring(Cause::Application(a::Event::ChoiceChanged));
    }

    /// Where no choice is open any longer, the family is asked for another one.
    pub fn ask_for_a_choice(&mut self) {
        let event = a::Event::LastEntryClosed;
        let checked = self.application == a::State::IdentityCheck;
        let asked = a::step(self.application, event, &self.rules).is_ok();
        if asked && !checked && !self.queues.open() {
            self.bring(Cause::Application(event));
        }
    }
}
