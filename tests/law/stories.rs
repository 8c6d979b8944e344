//! Whole lives, told step by step: what the order promises to one family, from its filing on.

use kezek::queue::lifecycle::{
    Cause, Countdown, application as a, contract, dismissal, enrolment, offer, seat,
};
use kezek::queue::rules::current;

use crate::household::Household;

/// A household under the rules in force that is checked after each step.
struct Story(Household);

impl Story {
    /// The family files for two preschools.
    fn begins() -> Self {
        let mut story = Self(Household::new(current().clone()));
        story.then(&[Cause::Application(a::Event::Filed)]);
        story
    }

    fn then(&mut self, causes: &[Cause]) -> &mut Self {
        for cause in causes {
            self.0.bring(*cause);
            assert_eq!(self.0.check(), Ok(()), "after {}", cause.text());
        }
        self
    }

    /// From the queue to the registered enrolment application.
    fn enrols(&mut self) -> &mut Self {
        self.then(&[
            Cause::Application(a::Event::SeatOffered),
            Cause::Offer(offer::Event::SentOut),
            Cause::Offer(offer::Event::Accepted),
            Cause::Enrolment(enrolment::Event::FamilyCame),
        ])
    }

    fn signs(&mut self) -> &mut Self {
        self.then(&[
            Cause::Contract(contract::Event::RepresentativeSigned),
            Cause::Contract(contract::Event::PreschoolSigned),
        ])
    }

    /// To the order: the child has a place.
    fn moves_in(&mut self) -> &mut Self {
        self.enrols().signs();
        self.then(&[Cause::Enrolment(enrolment::Event::OrderRegistered)])
    }
}

// 004 1_7 st.3, D-81: what the preschool took of the term with a refusal that does not stand is
// given back: a whole term begins, and not the rest of the old one.
#[test]
fn refusal_that_is_overturned_gives_the_family_a_whole_term() {
    let left = |story: &Story| story.0.clocks.left::<enrolment::State>(Countdown::Contract);
    for ends in [
        enrolment::Event::ReviewOverturned,
        enrolment::Event::ReviewEnded,
    ] {
        let mut story = Story::begins();
        story.enrols();
        story.0.clocks.pass(4);
        assert_eq!(left(&story), Some(1));
        story.then(&[Cause::Enrolment(enrolment::Event::PreschoolRefused)]);
        assert_eq!(left(&story), None);
        story.then(&[Cause::Enrolment(ends)]);
        assert_eq!(left(&story), Some(5));
        // D-80: where nobody refused, the term that stood still goes on with what is left of it.
        story.0.clocks.pass(3);
        story.then(&[
            Cause::Enrolment(enrolment::Event::PreschoolNamed),
            Cause::Enrolment(enrolment::Event::DepartmentSettled),
        ]);
        assert_eq!(left(&story), Some(2));
    }
}

// D-63: a refusal that is taken back leaves everything as it was, the review of the department too.
#[test]
fn refusal_that_is_taken_back_leaves_the_review_where_it_was() {
    let mut story = Story::begins();
    story.enrols();
    story.then(&[
        Cause::Enrolment(enrolment::Event::PreschoolRefused),
        Cause::Enrolment(enrolment::Event::RefusedByFamily),
        Cause::Enrolment(enrolment::Event::RefusalTakenBack),
    ]);
    assert_eq!(story.0.enrolment, enrolment::State::UnderReview);
    story.then(&[Cause::Enrolment(enrolment::Event::ReviewConfirmed)]);
    assert_eq!(story.0.application, a::State::Waiting);
}

// 004 pt.32, D-21: a child that moves keeps its place until the order of the other preschool, and
// loses it by the same step, whatever became of its dismissal there.
#[test]
fn child_that_moves_has_one_place_before_and_after() {
    for filed in [
        None,
        Some(dismissal::Event::FiledByOwner),
        Some(dismissal::Event::FiledByOther),
    ] {
        let mut story = Story::begins();
        story.moves_in();
        let former = story.0.places.clone();
        story.then(&[Cause::Application(a::Event::Filed)]);
        story.then(&filed.map(Cause::Dismissal).into_iter().collect::<Vec<_>>());
        story.enrols().signs();
        assert_eq!(story.0.places[0].seat, former[0].seat);
        story.then(&[Cause::Enrolment(enrolment::Event::OrderRegistered)]);
        assert_eq!(story.0.places, former, "one place, as it was at first");
        assert_eq!(story.0.application, a::State::Enrolled);
    }
}

// 004 pt.32: the place in the general preschool is kept while the child is treated elsewhere.
#[test]
fn treatment_elsewhere_keeps_the_place() {
    let mut story = Story::begins();
    story.moves_in();
    story.then(&[Cause::Application(a::Event::Filed)]);
    story.enrols().signs();
    story.then(&[Cause::Enrolment(enrolment::Event::OrderForATime)]);
    let seats: Vec<_> = story.0.places.iter().map(|place| place.seat).collect();
    assert_eq!(seats, [seat::State::TempFree, seat::State::Occupied]);
    story.then(&[
        Cause::Dismissal(dismissal::Event::FiledByOwner),
        Cause::Dismissal(dismissal::Event::OrderRegistered),
    ]);
    let seats: Vec<_> = story.0.places.iter().map(|place| place.seat).collect();
    assert_eq!(seats, [seat::State::TempFree]);
}
