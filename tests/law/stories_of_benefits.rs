//! Whole lives of families with a benefit out of turn: one choice is served, the others wait.

use kezek::queue::lifecycle::{
    Cause, application as a, dismissal, documents, enrolment, entry, offer, referral, seat,
    stop_list,
};
use kezek::queue::rank::Tier;
use kezek::queue::rules::{by_id, current};

use crate::story::{CONSENTS, LAPSES, OFFERED, Story};

const FOUND: Cause = Cause::Application(a::Event::BenefitConfirmed);
const LOST: Cause = Cause::Application(a::Event::BenefitLost);
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
    let mut story = Story::under(rules);
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
    let mut story = Story::under(current());
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

// 004 pt.29, 1_6 st.4, D-73: a benefit that the register does not confirm when the referral is
// written gives no referral; the family is general, by its time, and in no stop-list.
#[test]
fn benefit_that_is_not_confirmed_at_issue_gives_no_referral() {
    let mut story = Story::begins();
    story.then(&[FOUND]).then(OFFERED);
    story.0.queues.register_denies = true;
    story.then(&[CONSENTS]);
    assert_eq!(story.0.application, a::State::Waiting);
    assert_eq!(story.0.referral, referral::State::AnnulledByBenefit);
    assert_eq!(story.0.queues.tier, Tier::General);
    assert_eq!(story.0.queues.entries, [entry::State::Counted; 2]);
    assert_eq!(story.0.seat, seat::State::Free);
}
