//! All machines of one child at once: whatever happens, they never contradict each other.
//!
//! A step of one brings events to others; here they are delivered, and after each delivery the
//! states of application, entries, offer, referral, enrolment, seat and stop-list must fit.

use kezek::queue::lifecycle::{
    Cause, Machine, Refused, application as a, contract, documents, enrolment, entry, offer,
    referral, seat, stop_list,
};
use kezek::queue::rules::RuleSet;
use proptest::prelude::*;

use crate::outside::FROM_OUTSIDE;
use crate::policies::rule_sets;

/// Everything that one application of one child sets in motion.
#[derive(Clone)]
struct Household {
    rules: RuleSet,
    application: a::State,
    /// The first one is that of the seat which is offered.
    entries: [entry::State; 2],
    documents: documents::State,
    offer: offer::State,
    referral: referral::State,
    enrolment: enrolment::State,
    contract: contract::State,
    seat: seat::State,
    stop_list: stop_list::State,
    /// What was brought and refused, though nothing but an entry may refuse it.
    undelivered: Vec<String>,
}

/// A machine whose life is over begins anew when something new begins.
fn begin_if_over<M: Machine>(state: &mut M) {
    if state.ended() {
        *state = M::START;
    }
}

impl Household {
    fn new(rules: RuleSet) -> Self {
        Self {
            rules,
            application: a::State::START,
            entries: [entry::State::START; 2],
            documents: documents::State::START,
            offer: offer::State::Ended,
            referral: referral::State::Ended,
            enrolment: enrolment::State::Ended,
            contract: contract::State::Abandoned,
            seat: seat::State::Free,
            stop_list: stop_list::State::START,
            undelivered: Vec::new(),
        }
    }

    fn bring(&mut self, cause: Cause) {
        let taken = match cause {
            Cause::Application(event) => self.application(event),
            Cause::Contract(event) => {
                if event == contract::Event::Prepared {
                    begin_if_over(&mut self.contract);
                }
                let step = contract::step(self.contract, event, &self.rules);
                step.map(|step| (self.contract = step.next, step.causes).1)
            }
            Cause::Documents(event) => {
                use documents::Event as D;
                if [D::ScanSent, D::OriginalsAsked].contains(&event) {
                    begin_if_over(&mut self.documents);
                } else if self.documents.ended() || self.documents == documents::State::START {
                    return;
                }
                let step = documents::step(self.documents, event, &self.rules);
                step.map(|step| (self.documents = step.next, step.causes).1)
            }
            Cause::Enrolment(event) => {
                use enrolment::Event as E;
                if [E::Formed, E::FormedUnverified].contains(&event) {
                    begin_if_over(&mut self.enrolment);
                }
                let step = enrolment::step(self.enrolment, event, &self.rules);
                step.map(|step| (self.enrolment = step.next, step.causes).1)
            }
            Cause::Entry(event) => {
                self.entries(event);
                return;
            }
            Cause::Offer(event) => {
                let step = offer::step(self.offer, event, &self.rules);
                step.map(|step| (self.offer = step.next, step.causes).1)
            }
            Cause::Referral(event) => {
                if event == referral::Event::Issued {
                    begin_if_over(&mut self.referral);
                }
                let by_scan = self.documents == documents::State::Confirmed
                    && event == referral::Event::Issued;
                let event = if by_scan {
                    referral::Event::IssuedOnScan
                } else {
                    event
                };
                let step = referral::step(self.referral, event, &self.rules);
                step.map(|step| (self.referral = step.next, step.causes).1)
            }
            Cause::Seat(event) => {
                let step = seat::step(self.seat, event, &self.rules);
                step.map(|step| (self.seat = step.next, step.causes).1)
            }
            Cause::StopList(event) => {
                begin_if_over(&mut self.stop_list);
                let step = stop_list::step(self.stop_list, event, &self.rules);
                step.map(|step| (self.stop_list = step.next, step.causes).1)
            }
        };
        match taken {
            Ok(causes) => causes.iter().for_each(|cause| self.bring(*cause)),
            Err(why) => self
                .undelivered
                .push(format!("{} {}", cause.text(), why.code())),
        }
    }

    fn application(&mut self, event: a::Event) -> Result<&'static [Cause], Refused> {
        let step = a::step(self.application, event, &self.rules)?;
        self.application = step.next;
        if event == a::Event::SeatOffered {
            self.offer = offer::State::START;
        }
        Ok(step.causes)
    }

    /// An event about one queue goes to its entry, any other to both; each takes what concerns it.
    fn entries(&mut self, event: entry::Event) {
        let to = match event {
            entry::Event::OfferedHere
            | entry::Event::RefusedHere
            | entry::Event::RefusedTooOften
            | entry::Event::OutOfTurnHere => 0..1,
            entry::Event::OfferedElsewhere | entry::Event::OutOfTurnElsewhere => 1..2,
            entry::Event::Chosen => {
                self.entries.iter_mut().for_each(begin_if_over);
                0..2
            }
            entry::Event::OfferGone
            | entry::Event::Paused
            | entry::Event::Resumed
            | entry::Event::Consented
            | entry::Event::FellBack
            | entry::Event::StopListed
            | entry::Event::StopListLeft
            | entry::Event::OutOfTurnLost
            | entry::Event::Dropped
            | entry::Event::PreschoolClosed
            | entry::Event::PreschoolMerged
            | entry::Event::ApplicationEnded => 0..2,
        };
        for entry in &mut self.entries[to] {
            if let Ok(step) = entry::step(*entry, event, &self.rules) {
                *entry = step.next;
            }
        }
    }

    /// What comes from outside: people, registers, the calendar, the night.
    fn happen(&mut self, which: usize) {
        let possible: Vec<Cause> = FROM_OUTSIDE
            .iter()
            .copied()
            .filter(|cause| self.possible(*cause))
            .collect();
        if possible.is_empty() {
            return;
        }
        let cause = possible[which % possible.len()];
        let before = self.clone();
        self.bring(cause);
        // What people do is refused as a whole if one machine refuses it. What time, registers and
        // the night bring must be taken whole.
        let of_people = match cause {
            Cause::Contract(_) | Cause::Documents(_) | Cause::Seat(_) => true,
            Cause::Enrolment(event) => event == enrolment::Event::FamilyCame,
            Cause::Application(_)
            | Cause::Entry(_)
            | Cause::Offer(_)
            | Cause::Referral(_)
            | Cause::StopList(_) => false,
        };
        if of_people && !self.undelivered.is_empty() {
            *self = before;
        }
    }

    /// Is it taken now? What comes from outside may be refused; what is brought may not.
    fn possible(&self, cause: Cause) -> bool {
        let rules = &self.rules;
        match cause {
            // The night offers seats that are free to entries that stand in their queue.
            Cause::Application(a::Event::SeatOffered) => {
                let offerable = self.entries[0] == entry::State::Counted;
                let elsewhere = [entry::State::Counted, entry::State::Parked];
                let free = self.seat == seat::State::Free && elsewhere.contains(&self.entries[1]);
                let taken = a::step(self.application, a::Event::SeatOffered, rules).is_ok();
                offerable && free && taken
            }
            Cause::Application(event) => a::step(self.application, event, rules).is_ok(),
            Cause::Contract(event) => contract::step(self.contract, event, rules).is_ok(),
            Cause::Documents(event) => {
                let identity = self.application == a::State::IdentityCheck;
                let about_identity = event == documents::Event::IdentityFits;
                let benefit = event == documents::Event::BenefitFits
                    || event == documents::Event::BenefitUnfit;
                let fits = identity == about_identity || !(benefit || about_identity);
                fits && documents::step(self.documents, event, rules).is_ok()
            }
            Cause::Enrolment(event) => enrolment::step(self.enrolment, event, rules).is_ok(),
            Cause::Entry(_) => true,
            Cause::Offer(event) => offer::step(self.offer, event, rules).is_ok(),
            Cause::Referral(event) => referral::step(self.referral, event, rules).is_ok(),
            Cause::Seat(event) => seat::step(self.seat, event, rules).is_ok(),
            Cause::StopList(event) => stop_list::step(self.stop_list, event, rules).is_ok(),
        }
    }

    /// Do the others stand as the state of the application says?
    fn fits_the_application(&self) -> bool {
        use entry::State as E;
        let entries = |allowed: &[E]| self.entries.iter().all(|entry| allowed.contains(entry));
        let offered = [
            offer::State::Held,
            offer::State::HeldUnsure,
            offer::State::Sent,
        ]
        .contains(&self.offer);
        let holds = self.offer == offer::State::Accepted;
        let enrols = !self.enrolment.ended()
            && ![enrolment::State::Expected, enrolment::State::Draft].contains(&self.enrolment);
        let barred = self.stop_list == stop_list::State::Placed;
        match self.application {
            a::State::Draft => entries(&[E::New]),
            a::State::IdentityCheck | a::State::BenefitCheck | a::State::Waiting => {
                entries(&[E::Counted, E::Parked, E::ClosedByRefusals])
            }
            a::State::NeedsChoice => entries(&[E::New, E::ClosedByRefusals]),
            a::State::Paused => entries(&[E::Paused, E::Parked, E::ClosedByRefusals]),
            a::State::Offered => {
                offered
                    && self.seat == seat::State::HeldByOffer
                    && self.entries[0] == E::OfferedHere
                    && [E::OfferedElsewhere, E::Parked].contains(&self.entries[1])
            }
            a::State::Referred => {
                holds
                    && !self.referral.ended()
                    && !self.enrolment.ended()
                    && self.seat == seat::State::HeldByReferral
                    && entries(&[E::Consented, E::Parked])
            }
            a::State::Enrolling => {
                holds
                    && enrols
                    && self.referral == referral::State::Used
                    && self.seat == seat::State::HeldByEnrolment
                    && entries(&[E::Consented, E::Parked])
            }
            a::State::StopListed => barred && entries(&[E::StopListed, E::Parked]),
            a::State::Enrolled => {
                self.seat == seat::State::Occupied
                    && self.contract == contract::State::InForce
                    && self.offer == offer::State::Fulfilled
                    && entries(&[E::Ended])
            }
            a::State::Inactive
            | a::State::Withdrawn
            | a::State::Refused
            | a::State::Expired
            | a::State::AgeLimit
            | a::State::Died
            | a::State::Duplicate
            | a::State::Rejected => entries(&[E::Ended, E::New, E::ClosedByRefusals]),
        }
    }

    /// Do all of them tell one story?
    fn check(&self) -> Result<(), String> {
        let offered = [
            offer::State::Held,
            offer::State::HeldUnsure,
            offer::State::Sent,
        ]
        .contains(&self.offer);
        let holds = self.offer == offer::State::Accepted;
        let enrols = !self.enrolment.ended()
            && ![enrolment::State::Expected, enrolment::State::Draft].contains(&self.enrolment);
        let barred = self.stop_list == stop_list::State::Placed;
        let with_seat = [
            a::State::Offered,
            a::State::Referred,
            a::State::Enrolling,
            a::State::Enrolled,
        ];
        let stray = if with_seat.contains(&self.application) {
            false
        } else {
            offered || holds || enrols || !self.referral.ended()
        };
        let signed = [enrolment::State::Signed, enrolment::State::RefusingSigned];
        let signed_alone = enrols
            && signed.contains(&self.enrolment) != (self.contract == contract::State::InForce);
        let barred_alone = barred && self.application != a::State::StopListed;
        if self.fits_the_application()
            && !stray
            && !barred_alone
            && !signed_alone
            && self.undelivered.is_empty()
        {
            return Ok(());
        }
        Err(format!(
            "{:?}: entries {:?}, offer {:?}, referral {:?}, enrolment {:?}, contract {:?}, \
             seat {:?}, stop-list {:?}, documents {:?}, undelivered {:?}",
            self.application,
            self.entries,
            self.offer,
            self.referral,
            self.enrolment,
            self.contract,
            self.seat,
            self.stop_list,
            self.documents,
            self.undelivered
        ))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    // 2.12: whatever happens to a child, under any rules, its application, entries, offer,
    // referral, enrolment, contract, seat and stop-list say the same.
    #[test]
    fn machines_of_one_child_never_contradict_each_other(
        rules in 0usize..4, events in prop::collection::vec(any::<usize>(), 1..80),
    ) {
        let mut child = Household::new(rule_sets().swap_remove(rules));
        for (number, event) in events.into_iter().enumerate() {
            child.happen(event);
            if child.seat.ended() {
                child.seat = seat::State::Free;
            }
            prop_assert_eq!(child.check(), Ok(()), "after {} events", number + 1);
        }
    }
}

// The walks above go everywhere: each state of the application is met in some of them.
#[test]
fn walks_of_a_household_meet_every_state_of_its_application() {
    let mut met = std::collections::BTreeSet::new();
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    for walk in 0..20_000 {
        let mut child = Household::new(rule_sets().swap_remove(walk % 4));
        for _ in 0..40 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            child.happen(usize::try_from(random >> 33).expect("31 bits"));
            if child.seat.ended() {
                child.seat = seat::State::Free;
            }
            met.insert(child.application);
        }
    }
    let missed: Vec<_> = a::State::ALL
        .iter()
        .filter(|state| !met.contains(state))
        .collect();
    // Rejected for what is found at filing, and for what the walks do not find out.
    assert_eq!(missed, [&a::State::Rejected]);
}
