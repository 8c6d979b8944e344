//! Everything that one child sets in motion, run together: what a step brings is delivered.
//!
//! The household is also the calendar: terms run in days, stop and go on as the steps say.

use kezek::queue::lifecycle::{
    Cause, Machine, Refused, applicant, application as a, contract, dismissal, documents,
    enrolment, entry, offer, referral, seat, stop_list, temporary,
};
use kezek::queue::rules::RuleSet;

use crate::clocks::Clocks;
use crate::queues::Queues;

/// What a step brings, or why there is none.
pub type Taken = Result<&'static [Cause], Refused>;

/// A place that the child has: it was enrolled, and is not dismissed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub seat: seat::State,
    pub contract: contract::State,
    pub dismissal: dismissal::State,
    /// Is it that of a sanatorium or special preschool, for the time of a treatment (pt.32)?
    pub for_a_time: bool,
}

/// All machines of one child.
#[derive(Debug, Clone)]
pub struct Household {
    pub rules: RuleSet,
    pub applicant: applicant::State,
    pub application: a::State,
    /// In two queues, in the family's order.
    pub queues: Queues,
    pub documents: documents::State,
    pub offer: offer::State,
    pub referral: referral::State,
    pub enrolment: enrolment::State,
    pub contract: contract::State,
    pub seat: seat::State,
    pub stop_list: stop_list::State,
    /// The seat of another child, and what becomes of it with this one while that is away.
    pub temp_seat: seat::State,
    pub temporary: temporary::State,
    /// The lasting place first.
    pub places: Vec<Place>,
    /// The place that a dismissal concerns.
    leaving: usize,
    pub clocks: Clocks,
    /// What was brought and refused, though nothing but an entry may refuse it.
    pub undelivered: Vec<String>,
}

/// A machine whose life is over begins anew when something new begins.
pub fn begin_if_over<M: Machine>(state: &mut M, clocks: &mut Clocks) {
    if state.ended() {
        *state = M::START;
        clocks.forget::<M>();
    }
}

/// One step of one machine, and of its terms.
pub fn turn<M: Machine>(
    state: &mut M,
    event: M::Event,
    clocks: &mut Clocks,
    rules: &RuleSet,
) -> Taken {
    let step = state.step(event, rules)?;
    clocks.follow(*state, &step, rules);
    *state = step.next;
    Ok(step.causes)
}

impl Household {
    pub fn new(rules: RuleSet) -> Self {
        Self {
            rules,
            applicant: applicant::State::START,
            application: a::State::START,
            queues: Queues::default(),
            documents: documents::State::START,
            offer: offer::State::Ended,
            referral: referral::State::Ended,
            enrolment: enrolment::State::Ended,
            contract: contract::State::Abandoned,
            seat: seat::State::Free,
            stop_list: stop_list::State::START,
            temp_seat: seat::State::Occupied,
            temporary: temporary::State::Ended,
            places: Vec::new(),
            leaving: 0,
            clocks: Clocks::default(),
            undelivered: Vec::new(),
        }
    }

    /// Delivers an event from outside, and all that it brings.
    pub fn bring(&mut self, cause: Cause) {
        self.deliver("outside", cause);
    }

    pub fn deliver(&mut self, from: &'static str, cause: Cause) {
        let of_a_place = from == dismissal::State::NAME;
        let (taken, by) = match cause {
            Cause::Applicant(event) => {
                let taken = turn(&mut self.applicant, event, &mut self.clocks, &self.rules);
                self.clocks.nobody_acts = self.applicant == applicant::State::Lost;
                (taken, applicant::State::NAME)
            }
            Cause::Application(event) => (self.application(event), a::State::NAME),
            Cause::Contract(event) => (self.contract(event, of_a_place), contract::State::NAME),
            Cause::Dismissal(event) => (self.dismissal(event, from), dismissal::State::NAME),
            Cause::Documents(event) => (self.documents(event), documents::State::NAME),
            Cause::Enrolment(event) => (self.enrolment(event), enrolment::State::NAME),
            Cause::Entry(event) => (self.entries(event), entry::State::NAME),
            Cause::Offer(event) => {
                let taken = turn(&mut self.offer, event, &mut self.clocks, &self.rules);
                (taken, offer::State::NAME)
            }
            Cause::Referral(event) => (self.referral(event), referral::State::NAME),
            Cause::Seat(event) => (self.seat(event, of_a_place), seat::State::NAME),
            Cause::Temporary(event) => (self.temporary(event), temporary::State::NAME),
            Cause::Tier => (self.by_tier(), entry::State::NAME),
            Cause::StopList(event) => {
                begin_if_over(&mut self.stop_list, &mut self.clocks);
                let taken = turn(&mut self.stop_list, event, &mut self.clocks, &self.rules);
                (taken, stop_list::State::NAME)
            }
        };
        match taken {
            Ok(causes) => causes.iter().for_each(|cause| self.deliver(by, *cause)),
            Err(why) => self
                .undelivered
                .push(format!("{} {}", cause.text(), why.code())),
        }
        self.move_in(cause);
        self.move_out(cause);
    }

    fn application(&mut self, event: a::Event) -> Taken {
        use a::Event as A;
        let filed = [A::Filed, A::FiledWithScan, A::FiledForeign, A::Migrated].contains(&event);
        if filed && self.application.ended() && self.application != a::State::Died {
            self.applicant = applicant::State::START;
            self.application = a::State::START;
            self.queues = Queues {
                claimed: self.queues.claimed,
                refused: self.queues.refused,
                ..Queues::default()
            };
        }
        self.queues.note(event);
        let before = self.application;
        let causes = turn(&mut self.application, event, &mut self.clocks, &self.rules)?;
        if event == A::SeatOffered {
            self.queues.offered(before == a::State::Offered);
        }
        Ok(causes)
    }

    fn contract(&mut self, event: contract::Event, of_a_place: bool) -> Taken {
        let contract = match self.places.get_mut(self.leaving) {
            Some(place) if of_a_place => &mut place.contract,
            Some(_) | None => &mut self.contract,
        };
        if event == contract::Event::Prepared {
            begin_if_over(contract, &mut self.clocks);
        }
        turn(contract, event, &mut self.clocks, &self.rules)
    }

    /// A cause goes to the lasting place alone; people speak of the place where the child sits.
    fn dismissal(&mut self, event: dismissal::Event, from: &'static str) -> Taken {
        if event == dismissal::Event::ChildDied {
            return Ok(self.leave_all(event));
        }
        let brought = from == enrolment::State::NAME;
        let concerned = |place: &Place| !brought || !place.for_a_time;
        let Some(at) = self.places.iter().rposition(concerned) else {
            return Ok(&[]);
        };
        self.leaving = at;
        let dismissal = &mut self.places[at].dismissal;
        begin_if_over(dismissal, &mut self.clocks);
        turn(dismissal, event, &mut self.clocks, &self.rules)
    }

    /// From each place that the child has.
    fn leave_all(&mut self, event: dismissal::Event) -> &'static [Cause] {
        for at in 0..self.places.len() {
            self.leaving = at;
            let dismissal = &mut self.places[at].dismissal;
            begin_if_over(dismissal, &mut self.clocks);
            let taken = turn(dismissal, event, &mut self.clocks, &self.rules);
            let (causes, by) = (taken.unwrap_or_default(), dismissal::State::NAME);
            causes.iter().for_each(|cause| self.deliver(by, *cause));
        }
        &[]
    }

    fn documents(&mut self, event: documents::Event) -> Taken {
        use documents::Event as D;
        if [D::ScanSent, D::OriginalsAsked].contains(&event) {
            begin_if_over(&mut self.documents, &mut self.clocks);
        } else if self.documents.ended() || self.documents == documents::State::START {
            return Ok(&[]);
        }
        turn(&mut self.documents, event, &mut self.clocks, &self.rules)
    }

    fn enrolment(&mut self, event: enrolment::Event) -> Taken {
        use enrolment::Event as E;
        if [E::Formed, E::FormedUnverified].contains(&event) {
            begin_if_over(&mut self.enrolment, &mut self.clocks);
        }
        turn(&mut self.enrolment, event, &mut self.clocks, &self.rules)
    }

    fn referral(&mut self, event: referral::Event) -> Taken {
        use referral::Event as R;
        if event == R::Issued {
            begin_if_over(&mut self.referral, &mut self.clocks);
        }
        let by_scan = event == R::Issued && self.documents == documents::State::Confirmed;
        let denied = event == R::Issued && self.queues.denied();
        let event = match (by_scan, denied) {
            (true, _) => R::IssuedOnScan,
            (false, true) => R::BenefitNotConfirmed,
            (false, false) => event,
        };
        turn(&mut self.referral, event, &mut self.clocks, &self.rules)
    }

    fn temporary(&mut self, event: temporary::Event) -> Taken {
        if self.temporary.ended() {
            return Ok(&[]);
        }
        turn(&mut self.temporary, event, &mut self.clocks, &self.rules)
    }

    /// What happens to the seat of another child.
    pub fn temp_seat(&mut self, event: seat::Event) {
        let taken = turn(&mut self.temp_seat, event, &mut self.clocks, &self.rules);
        let causes = taken.unwrap_or_default();
        let by = seat::State::NAME;
        causes.iter().for_each(|cause| self.deliver(by, *cause));
        if self.temp_seat == seat::State::Free {
            // Another child is enrolled in it by the queue.
            self.temp_seat = seat::State::Occupied;
        }
    }

    fn seat(&mut self, event: seat::Event, of_a_place: bool) -> Taken {
        use seat::Event as S;
        if [S::TempOffered, S::TempTaken, S::TempRefused].contains(&event) {
            if event == S::TempOffered {
                begin_if_over(&mut self.temporary, &mut self.clocks);
            }
            return turn(&mut self.temp_seat, event, &mut self.clocks, &self.rules);
        }
        if event == S::Offered {
            self.clocks.forget::<offer::State>();
            self.offer = offer::State::START;
        }
        let seat = match self.places.get_mut(self.leaving) {
            Some(place) if of_a_place => &mut place.seat,
            Some(_) | None => &mut self.seat,
        };
        turn(seat, event, &mut self.clocks, &self.rules)
    }

    /// The order was registered, and all that it brought is done: the child has a place.
    fn move_in(&mut self, cause: Cause) {
        let for_a_time = cause == Cause::Enrolment(enrolment::Event::OrderForATime);
        let lasting = cause == Cause::Enrolment(enrolment::Event::OrderRegistered);
        if (for_a_time || lasting) && self.seat == seat::State::Occupied {
            self.places.push(Place {
                seat: self.seat,
                contract: self.contract,
                dismissal: dismissal::State::START,
                for_a_time,
            });
            self.places.sort_by_key(|place| place.for_a_time);
            self.seat = seat::State::Free;
            self.contract = contract::State::Abandoned;
        }
    }

    /// A dismissal is done, with all that it brought.
    fn move_out(&mut self, cause: Cause) {
        if let Cause::Dismissal(_) = cause {
            self.places.retain(|place| !place.contract.ended());
        }
    }
}
