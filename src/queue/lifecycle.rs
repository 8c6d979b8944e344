//! Lifecycle: what may happen to each thing of the law, and what follows (жизненные циклы).
//!
//! Twelve machines, each with its states, its events and one `step`, written state by state. They
//! are joined by [`Cause`]: a step of one names the events that it brings to others.
//!
//! Law:   004 pt.11–34, 1_1–1_7, 1_10; decisions D-25, D-26, D-40 to D-48, D-60 to D-83, D-90 to
//!        D-95, D-100 to D-113.
//! In:    a state, an event, a rule set. Out: a [`Step`], or the named reason why there is none.
//! Never: reads a clock: that a term has ended is an event. Never undoes what has ended: 1_1 p.10
//!        «Отмена успешно завершенной процедуры не предусматривается» (D-74).
//! Start: [`Machine`]; the tables in `fixtures/law/lifecycle/` print every pair.

pub mod applicant;
pub mod application;
pub mod contract;
pub mod dismissal;
pub mod documents;
pub mod enrolment;
pub mod entry;
pub mod offer;
pub mod referral;
pub mod seat;
pub mod stop_list;
pub mod temporary;

mod countdown;
mod refused;

use std::fmt::Debug;

use crate::queue::notice::NoticeKind;
use crate::queue::rules::RuleSet;

pub use countdown::Countdown;
pub use refused::Refused;

/// One life cycle.
pub trait Machine: Copy + Ord + Debug + 'static {
    /// What can happen to it.
    type Event: Copy + Ord + Debug + 'static;
    /// Its name in tables and reason codes.
    const NAME: &'static str;
    /// Every state, in the order of the text.
    const STATES: &'static [Self];
    /// Every event.
    const EVENTS: &'static [Self::Event];
    /// The state in which a new one stands.
    const START: Self;

    /// The code of a state.
    fn state_code(self) -> &'static str;
    /// The code of an event; with [`Machine::NAME`] the reason of the step that it brings about.
    fn event_code(event: Self::Event) -> &'static str;
    /// Is its life over?
    fn ended(self) -> bool;
    /// What follows from an event.
    fn step(self, event: Self::Event, rules: &RuleSet) -> Result<Step<Self>, Refused>;
    /// The event that the end of a countdown brings to this machine; none if it is none of its own.
    fn lapse(ended: Countdown) -> Option<Self::Event>;
}

/// What follows from an event. A step into another state stops the countdowns of the former one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<S> {
    /// The state that it is in now.
    pub next: S,
    /// The terms that begin now, whole, whether or not they ran before.
    pub countdowns: &'static [Countdown],
    /// The terms that go on now with what was left of them when they were stopped; one that never
    /// ran begins.
    pub resumed: &'static [Countdown],
    /// The notices that are owed; a warning of [`Countdown::warning`] is owed by its countdown.
    pub notices: &'static [NoticeKind],
    /// What happens to other things by it, in this order.
    pub causes: &'static [Cause],
    /// The paragraph behind it, then the decision where the law is silent.
    pub law: &'static str,
}

/// An event that a step brings to another machine, of the same child. A step is made only if all
/// that it brings is taken, entries, ended checks and absent places aside; else it is refused as
/// that was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// To the one who acts for it.
    Applicant(applicant::Event),
    /// To its application.
    Application(application::Event),
    /// To the contract of the enrolment; from a dismissal, to that of the place which ends.
    Contract(contract::Event),
    /// To the dismissal from the preschool in which the child has a lasting place until now, if it
    /// has one; `ChildDied` to that from each place.
    Dismissal(dismissal::Event),
    /// To its check of documents, if one is under way or begins by it.
    Documents(documents::Event),
    /// To its enrolment application.
    Enrolment(enrolment::Event),
    /// To its entries, each of which takes what concerns it and refuses the rest; `RefusedHere` is
    /// what [`entry::refusal`] makes of it.
    Entry(entry::Event),
    /// To its pending or accepted offer.
    Offer(offer::Event),
    /// To its referral; `Issued` is `IssuedOnScan` where the benefit was shown by a scan, and
    /// `BenefitNotConfirmed` where a register knows nothing of it.
    Referral(referral::Event),
    /// To the seat that it holds; from a dismissal, to that of the former place; `Temp…` to the one
    /// that it holds for a time.
    Seat(seat::Event),
    /// To its record in the stop-list.
    StopList(stop_list::Event),
    /// To the seat for a time that it was offered or has, if there is one; from a seat, to the
    /// child that has it while its own is away.
    Temporary(temporary::Event),
    /// To each of its entries, what [`entry::by_tier`] makes of the tier in which the application
    /// is counted now ([`application::State::tier`]).
    Tier,
}

impl Cause {
    /// Machine and event, as a table shows them.
    pub fn text(self) -> String {
        let (machine, event) = match self {
            Self::Applicant(event) => (applicant::State::NAME, event.code()),
            Self::Application(event) => (application::State::NAME, event.code()),
            Self::Contract(event) => (contract::State::NAME, event.code()),
            Self::Dismissal(event) => (dismissal::State::NAME, event.code()),
            Self::Documents(event) => (documents::State::NAME, event.code()),
            Self::Enrolment(event) => (enrolment::State::NAME, event.code()),
            Self::Entry(event) => (entry::State::NAME, event.code()),
            Self::Offer(event) => (offer::State::NAME, event.code()),
            Self::Referral(event) => (referral::State::NAME, event.code()),
            Self::Seat(event) => (seat::State::NAME, event.code()),
            Self::StopList(event) => (stop_list::State::NAME, event.code()),
            Self::Temporary(event) => (temporary::State::NAME, event.code()),
            Self::Tier => (entry::State::NAME, "BY_TIER"),
        };
        format!("{machine}.{event}")
    }
}

/// A step into `next`, to which terms, notices and causes are added.
const fn to<S: Copy>(next: S, law: &'static str) -> Step<S> {
    Step {
        next,
        countdowns: &[],
        resumed: &[],
        notices: &[],
        causes: &[],
        law,
    }
}

impl<S: Copy> Step<S> {
    const fn starts(mut self, countdowns: &'static [Countdown]) -> Self {
        self.countdowns = countdowns;
        self
    }

    const fn resumes(mut self, countdowns: &'static [Countdown]) -> Self {
        self.resumed = countdowns;
        self
    }

    const fn tells(mut self, notices: &'static [NoticeKind]) -> Self {
        self.notices = notices;
        self
    }

    const fn brings(mut self, causes: &'static [Cause]) -> Self {
        self.causes = causes;
        self
    }
}

/// Makes a module's `State` and `Event` a [`Machine`] by its `step`, `ended` and `lapse`.
macro_rules! machine {
    ($name:literal, $start:ident) => {
        impl $crate::queue::lifecycle::Machine for State {
            type Event = Event;
            const NAME: &'static str = $name;
            const STATES: &'static [Self] = Self::ALL;
            const EVENTS: &'static [Event] = Event::ALL;
            const START: Self = Self::$start;

            fn state_code(self) -> &'static str {
                self.code()
            }

            fn event_code(event: Event) -> &'static str {
                event.code()
            }

            fn ended(self) -> bool {
                ended(self)
            }

            fn step(self, event: Event, rules: &RuleSet) -> Outcome {
                step(self, event, rules)
            }

            fn lapse(ended: Countdown) -> Option<Event> {
                lapse(ended)
            }
        }

        type Outcome =
            Result<$crate::queue::lifecycle::Step<State>, $crate::queue::lifecycle::Refused>;
    };
}

use machine;
