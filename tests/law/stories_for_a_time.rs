//! Whole lives of families that take a seat for a time, and keep their place in the queue.

use kezek::queue::lifecycle::{
    Cause, Machine, application as a, contract, enrolment, seat, temporary,
};

use crate::story::{CONSENTS, OFFERED, Story};

const TIME: &[Cause] = &[
    Cause::Application(a::Event::TempOffered),
    Cause::Temporary(temporary::Event::SentOut),
];

// 004 pt.32, D-48: whatever becomes of a seat for a time, the place in the queues is the same
// before and after, and nothing is charged: no refusal, no silence, no stop-list.
#[test]
fn seat_for_a_time_leaves_the_place_in_the_queue() {
    use temporary::Event as T;
    let ends: &[(&[T], temporary::State)] = &[
        (&[T::Refused], temporary::State::Refused),
        (&[T::TermEnded], temporary::State::Lapsed),
        (&[T::Accepted, T::Refused], temporary::State::Refused),
        (&[T::Accepted, T::TermEnded], temporary::State::Expired),
        (&[T::Accepted, T::Arrived, T::Left], temporary::State::Over),
    ];
    for (events, end) in ends {
        let mut story = Story::begins();
        story.0.temp_seat(seat::Event::ChildAway);
        let (application, queues) = (story.0.application, story.0.queues.clone());
        story.then(TIME);
        for event in *events {
            story.then(&[Cause::Temporary(*event)]);
            assert_eq!(story.0.application, application);
            assert_eq!(story.0.queues.entries, queues.entries);
        }
        assert_eq!(story.0.temporary, *end);
        assert_eq!(story.0.temp_seat, seat::State::TempFree);
        assert_eq!(story.0.queues.refused, [0; 2]);
    }
}

// 004 pt.32: the child whose place it is comes back, or is dismissed, and the other one leaves.
#[test]
fn seat_for_a_time_ends_with_the_absence_of_its_child() {
    for (ends, seat) in [
        (seat::Event::ChildBack, seat::State::Occupied),
        (seat::Event::ChildDismissed, seat::State::Free),
    ] {
        for there in 0..=2 {
            use temporary::Event as T;
            let events = [T::Accepted, T::Arrived].map(Cause::Temporary);
            let mut story = Story::begins();
            story.0.temp_seat(seat::Event::ChildAway);
            story.then(TIME).then(&events[..there]);
            let step = seat::step(story.0.temp_seat, ends, &story.0.rules);
            assert_eq!(step.map(|step| step.next), Ok(seat));
            story.0.temp_seat(ends);
            assert_eq!(story.0.check(), Ok(()));
            assert!(story.0.temporary.ended());
            assert_eq!(story.0.application, a::State::Waiting);
        }
    }
}

// 004 1_6 st.2, D-48: a seat for a time keeps nobody from a lasting one: an offer of it is
// replaced, a referral ends with the consent, a stay with the order.
#[test]
fn lasting_seat_takes_the_place_of_one_for_a_time() {
    use temporary::{Event as T, State};
    let comes = [
        Cause::Enrolment(enrolment::Event::FamilyCame),
        Cause::Contract(contract::Event::RepresentativeSigned),
        Cause::Contract(contract::Event::PreschoolSigned),
        Cause::Enrolment(enrolment::Event::OrderRegistered),
    ];
    for (events, after_offer, after_consent, after_order) in [
        (
            &[][..],
            State::Superseded,
            State::Superseded,
            State::Superseded,
        ),
        (
            &[T::Accepted],
            State::Granted,
            State::Superseded,
            State::Superseded,
        ),
        (
            &[T::Accepted, T::Arrived],
            State::Staying,
            State::Staying,
            State::Over,
        ),
    ] {
        let mut story = Story::begins();
        story.0.temp_seat(seat::Event::ChildAway);
        story.then(TIME);
        for event in events {
            story.then(&[Cause::Temporary(*event)]);
        }
        story.then(OFFERED);
        assert_eq!(story.0.temporary, after_offer);
        story.then(&[CONSENTS]);
        assert_eq!(story.0.temporary, after_consent);
        story.then(&comes);
        assert_eq!(story.0.temporary, after_order);
        assert_eq!(story.0.temp_seat, seat::State::TempFree);
        assert_eq!(story.0.places.len(), 1);
    }
}
