//! What happens to a household from outside, and whether it can happen now.

use kezek::queue::lifecycle::{
    Cause, Machine, applicant, application as a, contract, dismissal, documents, enrolment, entry,
    offer, referral, seat, stop_list, temporary,
};
use kezek::queue::rank::Tier;

use crate::household::Household;
use crate::outside::Happening;

impl Household {
    /// What comes from outside, chosen among all that is possible: people, registers, the calendar,
    /// the night. What people do is refused as a whole if one machine refuses it; what time,
    /// registers and the night bring must be taken whole.
    pub fn happen(&mut self, outside: &[Happening], which: usize) {
        let possible: Vec<Happening> = outside
            .iter()
            .copied()
            .filter(|happening| self.can_happen(*happening))
            .collect();
        if possible.is_empty() {
            return;
        }
        let happening = possible[which % possible.len()];
        let before = self.clone();
        match happening {
            Happening::Brought(cause) => self.bring(cause),
            Happening::Claimed(tier, cause) => {
                self.queues.claimed = tier;
                self.bring(cause);
            }
            Happening::PreschoolCloses(at) => self.preschool_closes(at),
            Happening::OwnerOfSeat(event) => self.temp_seat(event),
            Happening::RegisterDenies => self.queues.register_denies = true,
            Happening::FamilyUpdates { at, picked } => self.family_updates(at, picked),
        }
        if happening.of_people() && !self.undelivered.is_empty() {
            *self = before;
        }
        self.ask_for_a_choice();
    }

    fn can_happen(&self, happening: Happening) -> bool {
        let rules = &self.rules;
        match happening {
            Happening::Brought(cause) | Happening::Claimed(_, cause) => {
                self.applicant.allows(cause).is_ok() && self.possible(cause)
            }
            Happening::RegisterDenies => self.application == a::State::Offered,
            Happening::OwnerOfSeat(event) => seat::step(self.temp_seat, event, rules).is_ok(),
            Happening::PreschoolCloses(at) => {
                let closes = entry::Event::PreschoolClosed;
                entry::step(self.queues.entries[at], closes, rules).is_ok()
            }
            // An update leaves at least one preschool chosen.
            Happening::FamilyUpdates { at, .. } => {
                let other = self.queues.entries[1 - at];
                let entry = self.queues.entries[at];
                let dropped = entry::step(entry, entry::Event::Dropped, rules).is_ok();
                let stays = other != entry::State::New && !other.ended();
                let changes = a::step(self.application, a::Event::ChoiceChanged, rules).is_ok();
                let update = Cause::Application(a::Event::ChoiceChanged);
                changes
                    && self.applicant.allows(update).is_ok()
                    && (entry.ended() || dropped && stays)
            }
        }
    }

    /// Is it taken now? What comes from outside may be refused; what is brought may not.
    fn possible(&self, cause: Cause) -> bool {
        let rules = &self.rules;
        match cause {
            // The night offers seats that are free to entries that stand in their queue.
            Cause::Application(a::Event::SeatOffered) => {
                let queues = &self.queues;
                let offerable = queues.entries.contains(&entry::State::Counted);
                let better = queues.entries[1 - queues.at] == entry::State::OfferedElsewhere;
                let holds = self.application == a::State::Offered;
                let free = self.seat == seat::State::Free || holds;
                let offerable = if holds { better } else { offerable };
                let taken = a::step(self.application, a::Event::SeatOffered, rules).is_ok();
                offerable && free && taken
            }
            // The night offers a seat for a time to a child that has no place at all (pt.32).
            Cause::Application(a::Event::TempOffered) => {
                let night = a::Event::TempOffered;
                let without = self.places.is_empty() && self.temporary.ended();
                let free = seat::step(self.temp_seat, seat::Event::TempOffered, rules).is_ok();
                without && free && a::step(self.application, night, rules).is_ok()
            }
            // A register knows of no benefit that is not there, and loses none.
            Cause::Application(a::Event::BenefitLost) => {
                let event = a::Event::BenefitLost;
                let had = self.queues.found != Tier::General;
                had && a::step(self.application, event, rules).is_ok()
            }
            // One hands over or is lost who acts for an application that lives.
            Cause::Applicant(event) => {
                let lives = self.application != a::State::Draft && !self.application.ended();
                lives && applicant::step(self.applicant, event, rules).is_ok()
            }
            Cause::Application(event) => {
                let anew = self.application.ended() && self.application != a::State::Died;
                let from = if anew {
                    a::State::START
                } else {
                    self.application
                };
                // A child that has died files nothing; what died without an application has ended.
                let starts = from != a::State::START || event != a::Event::ChildDied;
                starts && a::step(from, event, rules).is_ok()
            }
            Cause::Contract(event) => contract::step(self.contract, event, rules).is_ok(),
            // Asked of the place where the child sits.
            Cause::Dismissal(event) => self.places.last().is_some_and(|place| {
                let stands = !place.dismissal.ended();
                let from = if stands {
                    place.dismissal
                } else {
                    dismissal::State::START
                };
                dismissal::step(from, event, rules).is_ok()
            }),
            Cause::Documents(event) => {
                let identity = self.application == a::State::IdentityCheck;
                let about_identity = event == documents::Event::IdentityFits
                    || event == documents::Event::IdentityUnfit;
                let benefit = event == documents::Event::BenefitFits
                    || event == documents::Event::BenefitUnfit;
                let fits = identity == about_identity || !(benefit || about_identity);
                fits && documents::step(self.documents, event, rules).is_ok()
            }
            // A treatment begins from a place, and one at a time.
            Cause::Enrolment(enrolment::Event::OrderForATime) => {
                let event = enrolment::Event::OrderForATime;
                self.places.len() == 1 && enrolment::step(self.enrolment, event, rules).is_ok()
            }
            Cause::Enrolment(event) => enrolment::step(self.enrolment, event, rules).is_ok(),
            Cause::Entry(_) | Cause::Tier => true,
            Cause::Offer(event) => offer::step(self.offer, event, rules).is_ok(),
            Cause::Referral(event) => referral::step(self.referral, event, rules).is_ok(),
            Cause::Seat(event) => seat::step(self.seat, event, rules).is_ok(),
            Cause::StopList(event) => stop_list::step(self.stop_list, event, rules).is_ok(),
            Cause::Temporary(event) => temporary::step(self.temporary, event, rules).is_ok(),
        }
    }
}
