//! 004 1_1 st.7–9, p.10, pt.15, pt.23: what an official finds of the papers of an application.

use kezek::queue::application::check::{
    Checked, Found, Ground, Matter, Outcome, Present, awaited, check,
};
use kezek::queue::application::update::Chosen;
use kezek::queue::application::{Basis, Days, FiledAtSource, Filing, State};
use kezek::queue::benefit::Benefit;
use kezek::queue::lifecycle::Refused;
use kezek::queue::rank::Tier;
use kezek::queue::refusal::Refusal;
use kezek::queue::remark::Remark;
use kezek::queue::rules;
use kezek::terms::{Citizenship, Day, Moment};

use crate::application::{filing, preschool};

const CONFIRMED: Option<Ground> = None;
const REFUSED: Option<Ground> = Some(Ground::NotLegible);

fn filed() -> Moment {
    Moment::parse("2026-11-23T10:00:00+05:00").expect("a moment")
}

/// An application in the queues of three preschools, of which the second is preferred.
struct Case {
    filing: Filing,
    state: State,
    offered: bool,
    confirmed: Vec<Matter>,
}

fn case(state: State, benefit: Option<Benefit>) -> Case {
    let filing = Filing {
        benefit,
        ..filing(filed())
    };
    Case {
        filing,
        state,
        offered: false,
        confirmed: Vec::new(),
    }
}

/// A child that is no citizen, in a sanatorium queue: two papers let it stand there.
fn two_papers() -> Case {
    let mut case = case(State::IdentityCheck, None);
    case.filing.citizenship = Citizenship::parse("UZB").expect("a code");
    let day = |month| Day::from_parts(2026, month, 1).expect("a day");
    case.filing.basis = Basis::Sanatorium(Days {
        from: day(11),
        until: day(12),
    });
    case
}

impl Case {
    fn finds(&self, found: &[(Matter, Option<Ground>)]) -> Result<Checked, Refusal> {
        let chosen = |(letter, preference)| Chosen {
            preschool: preschool(letter),
            preference: Some(preference),
            filed_at: filed(),
            live: true,
            changed_at: None,
            refused: false,
        };
        let entries = [('A', 2), ('B', 1), ('C', 3)].map(chosen);
        let present = Present {
            filing: self.filing.clone(),
            filed_at_source: FiledAtSource::Stated,
            state: self.state,
            offered: self.offered,
            valid_until: Day::from_parts(2027, 11, 23).expect("a day"),
            confirmed: &self.confirmed,
            entries: &entries,
        };
        let found: Vec<Found> = found
            .iter()
            .map(|(matter, refused)| Found {
                matter: *matter,
                refused: *refused,
            })
            .collect();
        check(&found, &present, rules::current())
    }
}

fn parked(checked: &Checked) -> Vec<bool> {
    checked.choices.iter().map(|choice| choice.parked).collect()
}

// pt.17, pt.21, 1_1 st.9; D-18: with the time of its filing, in the preschool that is preferred.
#[test]
fn confirmed_certificate_puts_the_child_out_of_turn_in_one_preschool_by_its_own_time() {
    let mut on_check = case(State::BenefitCheck, Some(Benefit::MilitaryService));
    for (offered, state) in [(false, State::Waiting), (true, State::Waiting)] {
        on_check.offered = offered;
        let checked = on_check
            .finds(&[(Matter::Benefit, CONFIRMED)])
            .expect("it waits");
        assert_eq!(checked.outcome, Outcome::Queue(state));
        assert_eq!(checked.tier, Tier::OutOfTurn);
        assert_eq!(checked.benefit, Some(Benefit::MilitaryService));
        assert_eq!(parked(&checked), [true, false, true]);
        assert!(
            checked
                .choices
                .iter()
                .all(|choice| choice.filed_at == filed())
        );
        assert_eq!((checked.awaited, checked.remarks), (vec![], vec![]));
    }
}

// pt.23 «на общих основаниях»; D-79. What was refused may be claimed anew by 1_3.
#[test]
fn refused_certificate_leaves_the_child_where_it_stands() {
    let on_check = case(State::BenefitCheck, Some(Benefit::SpecialService));
    let checked = on_check
        .finds(&[(Matter::Benefit, REFUSED)])
        .expect("it waits");
    assert_eq!(checked.outcome, Outcome::Queue(State::Waiting));
    assert_eq!((checked.tier, checked.benefit), (Tier::General, None));
    assert_eq!(parked(&checked), [false; 3]);
    assert_eq!(checked.law, "004 pt.23; D-79");
}

// pt.15, 1_1 p.8; D-25: nothing is offered until all that lets the child stand there is confirmed.
#[test]
fn last_of_the_papers_decides_whether_seats_are_offered() {
    let mut case = two_papers();
    let first = case
        .finds(&[(Matter::Identity, CONFIRMED)])
        .expect("on check");
    assert_eq!(first.outcome, Outcome::Queue(State::IdentityCheck));
    assert_eq!(first.awaited, [Matter::Referral]);
    case.confirmed = vec![Matter::Identity];
    let again = case.finds(&[(Matter::Identity, CONFIRMED)]);
    assert_eq!(again, Err(Refusal::DocumentNotOnCheck));
    let second = case
        .finds(&[(Matter::Referral, CONFIRMED)])
        .expect("on check");
    assert_eq!(second.outcome, Outcome::Queue(State::Waiting));
    case.confirmed.clear();
    let both = [(Matter::Referral, CONFIRMED), (Matter::Identity, CONFIRMED)];
    let both = case.finds(&both).expect("on check");
    assert_eq!(both.outcome, Outcome::Queue(State::Waiting));
    // 1_1 p.10; D-79 «не зарегистрировано».
    for found in [
        [(Matter::Referral, REFUSED), (Matter::Identity, CONFIRMED)],
        [(Matter::Referral, CONFIRMED), (Matter::Identity, REFUSED)],
        [(Matter::Referral, REFUSED), (Matter::Identity, REFUSED)],
    ] {
        let ended = case.finds(&found).expect("on check");
        assert_eq!(ended.outcome, Outcome::Rejected);
        assert!(ended.law.ends_with("D-79"), "{}", ended.law);
    }
}

// D-78: a benefit counts once the identity is known, whichever of them was found first.
#[test]
fn benefit_waits_for_the_identity_and_counts_with_it() {
    let mut foreign = case(State::IdentityCheck, Some(Benefit::MilitaryService));
    foreign.filing.citizenship = Citizenship::parse("UZB").expect("a code");
    let certificate = foreign
        .finds(&[(Matter::Benefit, CONFIRMED)])
        .expect("on check");
    assert_eq!(certificate.outcome, Outcome::Queue(State::IdentityCheck));
    assert_eq!(certificate.tier, Tier::General);
    let identity = foreign
        .finds(&[(Matter::Identity, CONFIRMED)])
        .expect("on check");
    assert_eq!(identity.outcome, Outcome::Queue(State::BenefitCheck));
    assert_eq!(identity.tier, Tier::General);
    assert_eq!(identity.awaited, [Matter::Benefit]);
    assert_eq!(identity.remarks, [Remark::OutOfTurnOnCheck]);
    foreign.confirmed = vec![Matter::Benefit];
    let both = foreign
        .finds(&[(Matter::Identity, CONFIRMED)])
        .expect("on check");
    assert_eq!(both.outcome, Outcome::Queue(State::Waiting));
    assert_eq!(both.tier, Tier::OutOfTurn);
    // One that the sender attested (pt.13) counts with the identity, too.
    foreign.filing.benefit = Some(Benefit::LargeFamily);
    foreign.confirmed.clear();
    let attested = foreign
        .finds(&[(Matter::Identity, CONFIRMED)])
        .expect("on check");
    assert_eq!(attested.tier, Tier::Priority);
}

// 1_1 p.10 «Отмена успешно завершенной процедуры не предусматривается»; D-74.
#[test]
fn what_is_not_on_check_is_not_judged() {
    let waiting = case(State::Waiting, Some(Benefit::MilitaryService));
    let refused = waiting.finds(&[(Matter::Benefit, REFUSED)]);
    assert_eq!(refused, Err(Refusal::NotInThisState(Refused::NotOnCheck)));
    let on_check = case(State::BenefitCheck, Some(Benefit::MilitaryService));
    let other = on_check.finds(&[(Matter::Identity, CONFIRMED)]);
    assert_eq!(other, Err(Refusal::DocumentNotOnCheck));
    let twice = on_check.finds(&[(Matter::Benefit, CONFIRMED), (Matter::Benefit, REFUSED)]);
    assert_eq!(twice, Err(Refusal::DocumentNotOnCheck));
    let filing = two_papers().filing;
    let all = awaited(&filing, State::IdentityCheck, &[], rules::current());
    assert_eq!(all, [Matter::Identity, Matter::Referral]);
}
