//! One family told step by step, checked after each step.

use kezek::queue::lifecycle::{Cause, application as a, contract, enrolment, offer, referral};
use kezek::queue::rules::{RuleSet, current};

use crate::household::Household;

pub const OFFERED: &[Cause] = &[
    Cause::Application(a::Event::SeatOffered),
    Cause::Offer(offer::Event::SentOut),
];
pub const CONSENTS: Cause = Cause::Offer(offer::Event::Accepted);
pub const LAPSES: Cause = Cause::Referral(referral::Event::TermEnded);

/// A household under the rules in force that is checked after each step.
pub struct Story(pub Household);

impl Story {
    /// Nothing has happened yet.
    pub fn under(rules: &RuleSet) -> Self {
        Self(Household::new(rules.clone()))
    }

    /// The family files for two preschools.
    pub fn begins() -> Self {
        let mut story = Self::under(current());
        story.then(&[Cause::Application(a::Event::Filed)]);
        story
    }

    pub fn then(&mut self, causes: &[Cause]) -> &mut Self {
        for cause in causes {
            self.0.bring(*cause);
            assert_eq!(self.0.check(), Ok(()), "after {}", cause.text());
        }
        self
    }

    /// From the queue to the registered enrolment application.
    pub fn enrols(&mut self) -> &mut Self {
        self.then(&[
            Cause::Application(a::Event::SeatOffered),
            Cause::Offer(offer::Event::SentOut),
            Cause::Offer(offer::Event::Accepted),
            Cause::Enrolment(enrolment::Event::FamilyCame),
        ])
    }

    pub fn signs(&mut self) -> &mut Self {
        self.then(&[
            Cause::Contract(contract::Event::RepresentativeSigned),
            Cause::Contract(contract::Event::PreschoolSigned),
        ])
    }

    /// To the order: the child has a place.
    pub fn moves_in(&mut self) -> &mut Self {
        self.enrols().signs();
        self.then(&[Cause::Enrolment(enrolment::Event::OrderRegistered)])
    }
}
