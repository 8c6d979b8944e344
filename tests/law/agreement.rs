//! Do all machines of one child tell one story?

use kezek::queue::lifecycle::{
    Countdown, Machine, applicant, application as a, contract, documents, enrolment, entry, offer,
    referral, seat, stop_list, temporary,
};

use crate::household::Household;

/// Is it none of its queues, by the family's doing or the preschool's?
fn closed(entry: &entry::State) -> bool {
    [
        entry::State::New,
        entry::State::Dropped,
        entry::State::ClosedByRefusals,
        entry::State::ClosedWithPreschool,
    ]
    .contains(entry)
}

impl Household {
    /// Every way in which the machines contradict each other now.
    pub fn check(&self) -> Result<(), String> {
        let found = [
            (self.fits_the_application(), "the application"),
            (!self.stray(), "a seat without an application"),
            (!self.barred_alone(), "the stop-list"),
            (!self.signed_alone(), "the contract"),
            (self.one_place(), "more than one place"),
            (self.somebody_is_asked(), "nobody is asked"),
            (self.died_everywhere(), "a place of a child that has died"),
            (self.has_a_seat_for_a_time(), "a seat for a time"),
            (self.terms_can_be_kept(), "a term that nobody can keep"),
            (self.undelivered.is_empty(), "something was not taken"),
            (self.fits_the_night(), "the rows of the night"),
        ];
        let wrong: Vec<_> = found
            .iter()
            .filter(|(fits, _)| !fits)
            .map(|(_, what)| what)
            .collect();
        if wrong.is_empty() {
            return Ok(());
        }
        Err(format!(
            "{wrong:?}: {:?}, {:?}, {:?}, documents {:?}, offer {:?}, referral {:?}, \
             enrolment {:?}, contract {:?}, seat {:?}, stop-list {:?}, for a time {:?} {:?}, \
             places {:?}, {:?}, undelivered {:?}",
            self.applicant,
            self.application,
            self.queues,
            self.documents,
            self.offer,
            self.referral,
            self.enrolment,
            self.contract,
            self.seat,
            self.stop_list,
            self.temporary,
            self.temp_seat,
            self.places,
            self.clocks,
            self.undelivered
        ))
    }

    fn offered(&self) -> bool {
        [
            offer::State::Held,
            offer::State::HeldUnsure,
            offer::State::Sent,
        ]
        .contains(&self.offer)
    }

    fn holds(&self) -> bool {
        self.offer == offer::State::Accepted
    }

    fn enrols(&self) -> bool {
        let before = [enrolment::State::Expected, enrolment::State::Draft];
        !self.enrolment.ended() && !before.contains(&self.enrolment)
    }

    /// Do the others stand as the state of the application says?
    fn fits_the_application(&self) -> bool {
        use entry::State as E;
        let both = self.queues.entries;
        // Each stands as the application does, parked or not, or it is closed.
        let beside = |as_it_does: E, parked: E| {
            let fits = |entry: &E| *entry == as_it_does || *entry == parked || closed(entry);
            both.iter().all(fits)
        };
        // Nothing but the family's own doing takes it from all its queues.
        let stands =
            |as_it_does: E, parked: E| both.contains(&as_it_does) && beside(as_it_does, parked);
        match self.application {
            a::State::Draft => both == [E::New; 2],
            a::State::IdentityCheck => beside(E::Counted, E::Counted),
            a::State::BenefitCheck | a::State::Waiting => stands(E::Counted, E::Parked),
            a::State::NeedsChoice => both.iter().all(closed),
            a::State::Paused => stands(E::Paused, E::ParkedPaused),
            a::State::Offered => self.offered_by_one() && self.seat == seat::State::HeldByOffer,
            a::State::Referred => {
                self.holds()
                    && !self.referral.ended()
                    && !self.enrolment.ended()
                    && self.seat == seat::State::HeldByReferral
                    && beside(E::Consented, E::ParkedConsented)
            }
            a::State::Enrolling => {
                self.holds()
                    && self.enrols()
                    && self.referral == referral::State::Used
                    && self.seat == seat::State::HeldByEnrolment
                    && beside(E::Consented, E::ParkedConsented)
            }
            a::State::StopListed => {
                self.stop_list == stop_list::State::Placed
                    && beside(E::StopListed, E::ParkedStopListed)
            }
            a::State::Enrolled => {
                self.offer == offer::State::Fulfilled
                    && self.enrolment == enrolment::State::Enrolled
                    && beside(E::Ended, E::Ended)
            }
            a::State::Inactive
            | a::State::Withdrawn
            | a::State::Refused
            | a::State::Expired
            | a::State::AgeLimit
            | a::State::Died
            | a::State::Duplicate
            | a::State::Rejected => beside(E::Ended, E::Ended),
        }
    }

    /// The queue that made the offer, and the other one, say the same of it.
    fn offered_by_one(&self) -> bool {
        use entry::State as E;
        let queues = &self.queues;
        let (here, elsewhere) = (queues.entries[queues.at], queues.entries[1 - queues.at]);
        let waits = [E::OfferedElsewhere, E::ParkedOffered].contains(&elsewhere);
        self.offered()
            && [E::OfferedHere, E::OfferedHereThenParked].contains(&here)
            && (waits || closed(&elsewhere))
    }

    /// Is a seat held that no application holds?
    fn stray(&self) -> bool {
        let with_seat = [
            a::State::Offered,
            a::State::Referred,
            a::State::Enrolling,
            a::State::Enrolled,
        ];
        !with_seat.contains(&self.application)
            && (self.offered() || self.holds() || self.enrols() || !self.referral.ended())
    }

    fn barred_alone(&self) -> bool {
        self.stop_list == stop_list::State::Placed && self.application != a::State::StopListed
    }

    fn signed_alone(&self) -> bool {
        let signed = [enrolment::State::Signed, enrolment::State::RefusingSigned];
        self.enrols()
            && signed.contains(&self.enrolment) != (self.contract == contract::State::InForce)
    }

    /// Somebody acts for an application as long as it lives; while nobody does, no offer waits for
    /// an answer (D-26).
    fn somebody_is_asked(&self) -> bool {
        let lost = self.applicant == applicant::State::Lost;
        let ends_with_it = self.applicant.ended() == self.application.ended();
        let asked = self.offer == offer::State::Sent || self.temporary == temporary::State::Sent;
        ends_with_it && !(lost && asked)
    }

    /// 004 pt.32 «не более, чем в одну ДО одновременно», but for the time of a treatment, for which
    /// the lasting place is registered as free.
    fn one_place(&self) -> bool {
        let in_force = |contract| contract == contract::State::InForce;
        let places = &self.places;
        let sits = places
            .iter()
            .filter(|place| place.seat == seat::State::Occupied);
        let held_by_nobody = self.seat != seat::State::Occupied;
        let stays = usize::from(self.temporary == temporary::State::Staying);
        held_by_nobody
            && sits.count() + stays <= 1
            && places.iter().all(|place| in_force(place.contract))
            && places.iter().filter(|place| !place.for_a_time).count() <= 1
            && places.iter().filter(|place| place.for_a_time).count() <= 1
    }

    /// 004 pt.22, D-26: a child that has died has no place, and no seat for a time.
    fn died_everywhere(&self) -> bool {
        let died = self.application == a::State::Died;
        !died || self.places.is_empty() && self.temporary.ended()
    }

    /// The seat of another child says of this one what its own machine says, and no two offers or
    /// referrals wait for one answer (1_6 st.2, D-48).
    fn has_a_seat_for_a_time(&self) -> bool {
        use temporary::State as T;
        let asked = [T::Held, T::Sent].contains(&self.temporary);
        let granted = self.temporary == T::Granted;
        let held = self.temp_seat == seat::State::TempHeld;
        let taken = self.temp_seat == seat::State::TempTaken;
        let stays = self.temporary == T::Staying;
        held == (asked || granted)
            && taken == stays
            && !(asked && self.offered())
            && !(granted && self.holds())
    }

    /// A term that is charged to the family runs only where the family can keep it.
    fn terms_can_be_kept(&self) -> bool {
        let rules = &self.rules;
        let answers = offer::step(self.offer, offer::Event::Accepted, rules).is_ok();
        let comes = enrolment::step(self.enrolment, enrolment::Event::FamilyCame, rules).is_ok();
        let shows = documents::step(self.documents, documents::Event::OriginalsFit, rules).is_ok();
        let signs = self.contract == contract::State::SignedByFamily
            || contract::step(self.contract, contract::Event::RepresentativeSigned, rules).is_ok();
        let clocks = &self.clocks;
        let answers_for_a_time =
            temporary::step(self.temporary, temporary::Event::Accepted, rules).is_ok();
        let arrives = temporary::step(self.temporary, temporary::Event::Arrived, rules).is_ok();
        let runs = [
            (
                clocks.left::<temporary::State>(Countdown::Answer),
                answers_for_a_time,
            ),
            (
                clocks.left::<temporary::State>(Countdown::Referral),
                arrives,
            ),
            (clocks.left::<offer::State>(Countdown::Answer), answers),
            (clocks.left::<referral::State>(Countdown::Referral), comes),
            (
                clocks.left::<referral::State>(Countdown::ExtendedReferral),
                comes,
            ),
            (clocks.left::<referral::State>(Countdown::Originals), shows),
            (clocks.left::<enrolment::State>(Countdown::Contract), signs),
        ];
        runs.iter().all(|(left, kept)| left.is_none() || *kept)
    }
}
