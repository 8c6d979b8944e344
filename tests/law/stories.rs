//! Whole lives, told step by step: what the order promises to one family, from its filing on.

use kezek::queue::lifecycle::{
    Cause, Countdown, Refused, applicant, application as a, contract, dismissal, documents,
    enrolment, entry, offer, referral, seat, stop_list,
};
use kezek::queue::rank::{Presence, Tier};
use kezek::queue::rules::{by_id, current};

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

const FOUND: Cause = Cause::Application(a::Event::BenefitConfirmed);
const LOST: Cause = Cause::Application(a::Event::BenefitLost);
const OFFERED: &[Cause] = &[
    Cause::Application(a::Event::SeatOffered),
    Cause::Offer(offer::Event::SentOut),
];
const CONSENTS: Cause = Cause::Offer(offer::Event::Accepted);
const LAPSES: Cause = Cause::Referral(referral::Event::TermEnded);

/// Where a benefit may be found or lost: how a family comes there from the queue, and back to it.
fn ways() -> Vec<(Vec<Cause>, Vec<Cause>)> {
    let then = |causes: &[Cause]| [OFFERED, causes].concat();
    let comes = Cause::Enrolment(enrolment::Event::FamilyCame);
    let refused = Cause::Enrolment(enrolment::Event::PreschoolRefused);
    let confirmed = Cause::Enrolment(enrolment::Event::ReviewConfirmed);
    let stay_ends = Cause::StopList(stop_list::Event::StayEnded);
    let recalled = Cause::Seat(seat::Event::RecallForced);
    let silence = Cause::Offer(offer::Event::TermEnded);
    vec![
        (vec![], vec![]),
        (
            then(&[silence]),
            vec![Cause::Application(a::Event::PauseEnded)],
        ),
        (then(&[]), vec![Cause::Offer(offer::Event::Refused)]),
        (then(&[]), vec![recalled]),
        (then(&[CONSENTS]), vec![recalled]),
        (then(&[CONSENTS]), vec![LAPSES, stay_ends]),
        (then(&[CONSENTS, comes]), vec![refused, confirmed]),
        (then(&[CONSENTS, LAPSES]), vec![stay_ends]),
    ]
}

// 004 pt.21, D-18: wherever a benefit out of turn is found, one choice is served by it and the
// other one parked from then on; wherever it is lost, that one revives.
#[test]
fn benefit_out_of_turn_serves_one_choice_wherever_it_is_found_or_lost() {
    use entry::State::{Counted, Parked};
    for (there, back) in ways() {
        for picked in [0, 1] {
            let mut served = [Parked; 2];
            served[picked] = Counted;
            let mut story = Story::begins();
            story.0.queues.picked = picked;
            story.then(&there).then(&[FOUND]).then(&back);
            assert_eq!(story.0.queues.entries, served, "{there:?} {back:?}");
            assert_eq!(story.0.queues.tier, Tier::OutOfTurn);
            // The seat that was recalled is another one's.
            story.0.seat = seat::State::Free;
            story.then(&there);
            // What an offer rests on is not changed meanwhile: the nightly look comes again (D-16).
            let rests = a::step(story.0.application, a::Event::BenefitLost, &story.0.rules);
            if rests.is_ok() {
                story.then(&[LOST]).then(&back);
            } else {
                story.then(&back).then(&[LOST]);
            }
            assert_eq!(story.0.queues.entries, [Counted; 2], "{there:?} {back:?}");
            assert_eq!(story.0.queues.tier, Tier::General);
        }
    }
}

// D-18, D-103: what was found while the application was inactive counts when it comes back.
#[test]
fn application_that_comes_back_stands_where_its_benefit_says() {
    let rules = by_id("kz-voucher-2025").expect("a set");
    let mut story = Story(Household::new(rules.clone()));
    story.then(&[
        Cause::Application(a::Event::Filed),
        Cause::Application(a::Event::ValidityEnded),
        FOUND,
        Cause::Application(a::Event::Restored),
    ]);
    let parked = [entry::State::Counted, entry::State::Parked];
    assert_eq!(story.0.queues.entries, parked);
}

// 004 pt.15, D-25: until the child's identity is known it is general in all its queues.
#[test]
fn benefit_counts_with_the_identity() {
    let mut story = Story(Household::new(current().clone()));
    story.then(&[Cause::Application(a::Event::FiledForeign), FOUND]);
    assert_eq!(story.0.queues.entries, [entry::State::Counted; 2]);
    assert_eq!(story.0.queues.tier, Tier::General);
    story.then(&[Cause::Documents(documents::Event::IdentityFits)]);
    let parked = [entry::State::Counted, entry::State::Parked];
    assert_eq!(story.0.queues.entries, parked);
    assert_eq!(story.0.queues.tier, Tier::OutOfTurn);
}

// 004 1_9 p.9, D-51: the end of the preschool that a benefit out of turn serves takes a family from
// no queue: the next choice is served; with the last one it is asked for another.
#[test]
fn closed_preschool_leaves_the_family_in_its_other_queue() {
    let mut story = Story::begins();
    story.then(&[FOUND]);
    story.0.preschool_closes(0);
    assert_eq!(story.0.check(), Ok(()));
    let closed = entry::State::ClosedWithPreschool;
    assert_eq!(story.0.queues.entries, [closed, entry::State::Counted]);
    story.0.preschool_closes(1);
    story.0.ask_for_a_choice();
    assert_eq!(story.0.check(), Ok(()));
    assert_eq!(story.0.application, a::State::NeedsChoice);
    story.then(&[Cause::Application(a::Event::ChoiceChanged)]);
    let parked = [entry::State::Counted, entry::State::Parked];
    assert_eq!(story.0.queues.entries, parked);
}

// 004 pt.41(7), D-21: a child that has a place is counted as one that moves, whatever its benefit;
// without the place it stands where the benefit says.
#[test]
fn child_that_moves_has_no_benefit_until_it_has_no_place() {
    let mut story = Story::begins();
    story.moves_in();
    story.then(&[Cause::Application(a::Event::Filed), FOUND]);
    assert_eq!(story.0.queues.tier, Tier::General);
    assert_eq!(story.0.queues.entries, [entry::State::Counted; 2]);
    story.then(&[
        Cause::Dismissal(dismissal::Event::FiledByOwner),
        Cause::Dismissal(dismissal::Event::OrderRegistered),
    ]);
    assert_eq!(story.0.queues.tier, Tier::OutOfTurn);
    let parked = [entry::State::Counted, entry::State::Parked];
    assert_eq!(story.0.queues.entries, parked);
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
