//! Whole lives: moving, terms, and the death of the applicant.

use kezek::queue::lifecycle::{
    Cause, Countdown, Refused, applicant, application as a, contract, dismissal, enrolment, entry,
    offer, referral, seat, stop_list,
};
use kezek::queue::rank::Presence;
use kezek::queue::rules::current;

use crate::story::{CONSENTS, LAPSES, OFFERED, Story};

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

// 004 pt.28–30, D-26: the applicant dies after the consent. No term runs while nobody can keep it,
// nothing is charged, and whoever takes the application over has all that was left of the term.
#[test]
fn death_of_the_applicant_stops_the_terms_and_costs_the_family_nothing() {
    let lost = Cause::Applicant(applicant::Event::Lost);
    let taken_over = Cause::Applicant(applicant::Event::TakenOver);
    let refused = |story: &Story, cause: Cause| {
        assert_eq!(story.0.applicant.allows(cause), Err(Refused::NobodyActs));
    };
    let mut story = Story::begins();
    story.then(OFFERED).then(&[CONSENTS]);
    let referral = |story: &Story| story.0.clocks.left::<referral::State>(Countdown::Referral);
    story.0.clocks.pass(3);
    story.then(&[lost]);
    assert_eq!(referral(&story), None);
    refused(&story, LAPSES);
    story.0.clocks.pass(100);
    story.then(&[taken_over]);
    assert_eq!(referral(&story), Some(2));
    let comes = Cause::Enrolment(enrolment::Event::FamilyCame);
    let signs = Cause::Contract(contract::Event::RepresentativeSigned);
    story.then(&[comes, signs]);
    // Who has signed dies: who takes it over signs for himself, within what is left of the term.
    let contract = |story: &Story| story.0.clocks.left::<enrolment::State>(Countdown::Contract);
    story.0.clocks.pass(1);
    story.then(&[lost]);
    assert_eq!(contract(&story), None);
    refused(
        &story,
        Cause::Enrolment(enrolment::Event::TermEndedByFamily),
    );
    refused(&story, Cause::Contract(contract::Event::PreschoolSigned));
    story.then(&[taken_over]);
    assert_eq!(story.0.contract, contract::State::Prepared);
    assert_eq!(contract(&story), Some(4));
    story.signs();
    story.then(&[Cause::Enrolment(enrolment::Event::OrderRegistered)]);
    assert_eq!(story.0.application, a::State::Enrolled);
}

// 004 pt.28, D-26: a pending offer waits for whoever takes the application over, and is sent anew
// with a whole term; one that waits in the queue is offered nothing, and keeps its place.
#[test]
fn offer_is_sent_anew_to_whoever_takes_the_application_over() {
    let answer = |story: &Story| story.0.clocks.left::<offer::State>(Countdown::Answer);
    let mut story = Story::begins();
    let night = Cause::Application(a::Event::SeatOffered);
    story.then(&[Cause::Applicant(applicant::Event::Lost)]);
    assert_eq!(story.0.applicant.allows(night), Err(Refused::NobodyActs));
    let waits = story.0.applicant.presence(Presence::Waiting);
    assert!(waits.counted() && !waits.offerable());
    story.then(&[Cause::Applicant(applicant::Event::TakenOver)]);
    story.then(OFFERED);
    story.0.clocks.pass(2);
    assert_eq!(answer(&story), Some(1));
    story.then(&[
        Cause::Applicant(applicant::Event::Lost),
        Cause::Applicant(applicant::Event::TakenOver),
        Cause::Offer(offer::Event::SentOut),
    ]);
    assert_eq!(answer(&story), Some(3));
}

// 004 pt.34, D-93: a requirement that is lost in the stop-list ends the application, and with it
// the record; nothing is left to return to.
#[test]
fn lost_requirement_ends_a_stay_in_the_stop_list() {
    let mut story = Story::begins();
    story.then(OFFERED).then(&[CONSENTS, LAPSES]);
    assert_eq!(story.0.stop_list, stop_list::State::Placed);
    story.then(&[Cause::Application(a::Event::RequirementLost)]);
    assert_eq!(story.0.application, a::State::Rejected);
    assert_eq!(story.0.stop_list, stop_list::State::Archived);
}

// 004 pt.24, D-41: a better seat takes the place of the one that waits, with a whole term to
// answer; the former one goes on to the next family.
#[test]
fn better_seat_takes_the_place_of_one_that_waits() {
    let mut story = Story::begins();
    story.then(OFFERED);
    story.0.clocks.pass(2);
    story.then(OFFERED);
    let here = [entry::State::OfferedElsewhere, entry::State::OfferedHere];
    assert_eq!(story.0.queues.entries, here);
    let left = story.0.clocks.left::<offer::State>(Countdown::Answer);
    assert_eq!(left, Some(3));
    story.then(&[CONSENTS]);
    let refused = a::step(story.0.application, a::Event::SeatOffered, &story.0.rules);
    assert_eq!(refused, Err(Refused::OfferWaits));
}

// 004 pt.31, D-111: the silence of the owner dismisses nobody; an order of the preschool needs a
// ground that the department has registered, and is then not the family's to take back.
#[test]
fn silence_of_the_owner_dismisses_nobody() {
    use dismissal::{Event as D, State};
    let step = |state: State, event: D| dismissal::step(state, event, current());
    let mut state = State::None;
    for event in [D::FiledByOther, D::OwnerReplyEnded] {
        state = step(state, event).expect("taken").next;
    }
    let order = step(state, D::OrderRegistered);
    assert_eq!(order, Err(Refused::OwnerNotAgreed));
    state = step(state, D::GroundRegistered).expect("taken").next;
    let taken_back = step(state, D::CancelledByFamily);
    assert_eq!(taken_back, Err(Refused::AnsweredAlready));
    let order = step(state, D::OrderRegistered).expect("taken");
    assert_eq!(order.next, State::Done);
}
