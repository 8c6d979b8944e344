//! 004 1_3: what an update of an application changes, and what it never does.

use kezek::queue::application::update::{Chosen, Present, Update, Updated, update};
use kezek::queue::application::{
    Basis, Days, FiledAtSource, Filing, PreschoolFacts, PreschoolKind, PreschoolStatus, State,
};
use kezek::queue::benefit::Benefit;
use kezek::queue::lifecycle::Refused;
use kezek::queue::rank::Tier;
use kezek::queue::refusal::Refusal;
use kezek::queue::remark::Remark;
use kezek::queue::rules::{self, KeptTime, RuleSet};
use kezek::terms::{Citizenship, Day, Moment, PreschoolId, Settlement};

fn preschool(at: usize) -> PreschoolId {
    PreschoolId::parse(&format!("710000000-{at:04}")).expect("an id")
}

fn moment(text: &str) -> Moment {
    Moment::parse(text).expect("a moment")
}

fn filed() -> Moment {
    moment("2026-09-01T09:00:00+05:00")
}

fn now() -> Moment {
    moment("2026-11-23T10:00:00+05:00")
}

/// An application in the queues of preschools 1 and 2, and a register of four.
struct Case {
    basis: Basis,
    state: State,
    offered: bool,
    benefit: Option<Benefit>,
    tier: Tier,
    valid_until: Day,
    entries: Vec<Chosen>,
    known: Vec<PreschoolFacts>,
}

fn chosen(at: usize) -> Chosen {
    Chosen {
        preschool: preschool(at),
        preference: None,
        filed_at: filed(),
        live: true,
        changed_at: None,
        refused: false,
    }
}

fn case() -> Case {
    let known = |at| PreschoolFacts {
        id: preschool(at),
        status: PreschoolStatus::Active,
        kind: PreschoolKind::General,
    };
    Case {
        basis: Basis::General,
        state: State::Waiting,
        offered: false,
        benefit: None,
        tier: Tier::General,
        valid_until: Day::from_parts(2027, 9, 1).expect("a day"),
        entries: vec![chosen(1), chosen(2)],
        known: (1..=4).map(known).collect(),
    }
}

impl Case {
    fn asks(
        &self,
        benefit: Option<Option<Benefit>>,
        preschools: Option<&[usize]>,
        rules: &RuleSet,
    ) -> Result<Updated, Refusal> {
        let choices: Option<Vec<_>> =
            preschools.map(|all| all.iter().map(|at| (preschool(*at), None)).collect());
        self.asks_for(benefit, choices.as_deref(), rules)
    }

    fn asks_for(
        &self,
        benefit: Option<Option<Benefit>>,
        choices: Option<&[(PreschoolId, Option<u8>)]>,
        rules: &RuleSet,
    ) -> Result<Updated, Refusal> {
        let present = Present {
            filing: Filing {
                basis: self.basis,
                stated_at: filed(),
                received_at: filed(),
                birth_date: Day::from_parts(2022, 5, 14).expect("a day"),
                citizenship: Citizenship::KAZAKHSTAN,
                benefit: self.benefit,
                preschools: Vec::new(),
                settlement: Settlement::parse("710000000").expect("a settlement"),
            },
            filed_at: filed(),
            filed_at_source: FiledAtSource::Stated,
            state: self.state,
            offered: self.offered,
            tier: self.tier,
            valid_until: self.valid_until,
            entries: &self.entries,
            preschools: &self.known,
        };
        let asked = Update {
            benefit,
            choices,
            received_at: now(),
        };
        update(&asked, &present, rules)
    }
}

fn ids(updated: &Updated) -> Vec<PreschoolId> {
    updated.choices.iter().map(|it| it.preschool).collect()
}

const CURRENT: fn() -> &'static RuleSet = rules::current;

// 1_3 p.3(8); D-16: with the time of the application, in the order sent.
#[test]
fn update_of_preschools_keeps_the_time_of_the_application() {
    let updated = case().asks(None, Some(&[3, 2]), CURRENT()).expect("lawful");
    assert_eq!(ids(&updated), [preschool(3), preschool(2)]);
    assert!(updated.choices[0].added && !updated.choices[1].added);
    assert!(
        updated
            .choices
            .iter()
            .all(|it| it.filed_at == filed() && !it.parked)
    );
    assert_eq!(
        (updated.tier, updated.state),
        (Tier::General, State::Waiting)
    );
}

// D-16: one change of each preschool in thirty days; a pending offer lets nothing change.
#[test]
fn choice_that_was_changed_lately_is_not_changed_again() {
    let mut case = case();
    case.entries[1].changed_at = Some(moment("2026-10-24T23:59:59+05:00"));
    assert!(case.asks(None, Some(&[1]), CURRENT()).is_ok());
    case.entries[1].changed_at = Some(moment("2026-10-25T00:00:00+05:00"));
    let lately = Err(Refusal::ChoiceChangedLately(preschool(2)));
    assert_eq!(case.asks(None, Some(&[1]), CURRENT()), lately);
    assert!(case.asks(None, Some(&[2, 3]), CURRENT()).is_ok());
    // Dropped a moment ago, and taken back.
    case.entries[1].live = false;
    assert_eq!(case.asks(None, Some(&[1, 2]), CURRENT()), lately);
    // Preferences are named at any time (D-17).
    case.entries[1].live = true;
    let named = [(preschool(2), Some(1)), (preschool(1), Some(2))];
    let updated = case
        .asks_for(None, Some(&named), CURRENT())
        .expect("lawful");
    assert_eq!(updated.choices[0].preference, Some(1));
    case.offered = true;
    let waits = Err(Refusal::NotInThisState(Refused::OfferWaits));
    assert_eq!(case.asks(None, Some(&[1, 2, 3]), CURRENT()), waits);
}

// D-16: whoever refused a seat there comes back with the time of the change.
#[test]
fn preschool_added_again_after_a_refusal_has_the_time_of_the_change() {
    let mut case = case();
    (case.entries[1].live, case.entries[1].refused) = (false, true);
    let time = |rules: &RuleSet| {
        let updated = case.asks(None, Some(&[1, 2, 3]), rules).expect("lawful");
        updated
            .choices
            .iter()
            .map(|it| it.filed_at)
            .collect::<Vec<_>>()
    };
    assert_eq!(time(CURRENT()), [filed(), now(), filed()]);
    let mut strict = CURRENT().clone();
    strict.queues.choice_change = KeptTime::Change;
    strict.queues.refused_choice_again = KeptTime::Original;
    assert_eq!(time(&strict), [filed(), filed(), now()]);
}

// 1_3 p.3(7); pt.11, pt.23, D-20: attested at once, by scan after its check, dropped at will.
#[test]
fn benefit_of_an_update_counts_as_that_of_a_filing_does() {
    let mut case = case();
    let orphan = case
        .asks(Some(Some(Benefit::Orphan)), None, CURRENT())
        .expect("lawful");
    assert_eq!(
        (orphan.tier, orphan.state),
        (Tier::Priority, State::Waiting)
    );
    assert_eq!(ids(&orphan), [preschool(1), preschool(2)]);
    (case.benefit, case.tier) = (Some(Benefit::Orphan), Tier::Priority);
    let dropped = case.asks(Some(None), None, CURRENT()).expect("lawful");
    assert_eq!((dropped.tier, dropped.benefit), (Tier::General, None));
    let claimed = Some(Some(Benefit::MilitaryService));
    let on_check = case.asks(claimed, None, CURRENT()).expect("lawful");
    assert_eq!(
        (on_check.tier, on_check.state),
        (Tier::General, State::BenefitCheck)
    );
    assert_eq!(on_check.remarks, [Remark::OutOfTurnOnCheck]);
    // A further scan joins the one that waits; another benefit takes the place of the claim.
    (case.benefit, case.tier, case.state) = (
        Some(Benefit::MilitaryService),
        Tier::General,
        State::BenefitCheck,
    );
    let more = case.asks(claimed, None, CURRENT()).expect("lawful");
    assert_eq!(
        (more.tier, more.state),
        (Tier::General, State::BenefitCheck)
    );
    let instead = case
        .asks(Some(Some(Benefit::LargeFamily)), None, CURRENT())
        .expect("lawful");
    assert_eq!(
        (instead.tier, instead.state),
        (Tier::Priority, State::Waiting)
    );
    let none = case.asks(Some(None), None, CURRENT()).expect("lawful");
    assert_eq!((none.tier, none.state), (Tier::General, State::Waiting));
    // What is not named stays.
    let kept = case.asks(None, Some(&[1]), CURRENT()).expect("lawful");
    assert_eq!(
        (kept.benefit, kept.state),
        (case.benefit, State::BenefitCheck)
    );
}

// pt.15, D-25, D-78: until the identity is known a benefit is noted, and no second check is begun.
#[test]
fn identity_on_check_keeps_the_general_tier() {
    let mut case = case();
    case.state = State::IdentityCheck;
    let noted = case
        .asks(Some(Some(Benefit::Orphan)), None, CURRENT())
        .expect("lawful");
    assert_eq!(
        (noted.tier, noted.state),
        (Tier::General, State::IdentityCheck)
    );
    assert_eq!(noted.benefit, Some(Benefit::Orphan));
    let claimed = case.asks(Some(Some(Benefit::SpecialService)), None, CURRENT());
    assert_eq!(
        claimed,
        Err(Refusal::NotInThisState(Refused::IdentityOnCheck))
    );
}

// pt.21, D-18: out of turn in one preschool, the preferred one or the first.
#[test]
fn out_of_turn_stands_in_the_preferred_preschool_alone() {
    let mut case = case();
    (case.benefit, case.tier) = (Some(Benefit::MilitaryService), Tier::OutOfTurn);
    let parked =
        |updated: &Updated| -> Vec<bool> { updated.choices.iter().map(|it| it.parked).collect() };
    let first = case
        .asks(None, Some(&[1, 2, 3]), CURRENT())
        .expect("lawful");
    assert_eq!(parked(&first), [false, true, true]);
    let named = [(preschool(1), Some(2)), (preschool(2), Some(1))];
    let preferred = case
        .asks_for(None, Some(&named), CURRENT())
        .expect("lawful");
    assert_eq!(parked(&preferred), [true, false]);
    let general = case.asks(Some(None), None, CURRENT()).expect("lawful");
    assert_eq!(
        (parked(&general), general.tier),
        (vec![false, false], Tier::General)
    );
}

// 1_3 p.3, p.1(4); 1_9 p.9; pt.16, D-15.
#[test]
fn update_that_the_law_does_not_allow_is_refused() {
    let refused = |case: &Case, preschools: &[usize]| {
        let refused = case.asks(None, Some(preschools), CURRENT());
        refused.expect_err("not lawful")
    };
    let mut special = case();
    let from = Day::from_parts(2026, 9, 1).expect("a day");
    special.basis = Basis::Special(Days { from, until: from });
    assert_eq!(refused(&special, &[1]), Refusal::QueueNotUpdated);
    let mut over = case();
    over.valid_until = Day::from_parts(2026, 11, 22).expect("a day");
    assert_eq!(refused(&over, &[1]), Refusal::ApplicationEnded);
    assert_eq!(
        refused(&case(), &[]),
        Refusal::ChoicesOutOfRange(PreschoolKind::General)
    );
    assert_eq!(
        refused(&case(), &[1, 1]),
        Refusal::ChoiceRepeated(preschool(1))
    );
    assert_eq!(
        refused(&case(), &[1, 9]),
        Refusal::PreschoolUnknown(preschool(9))
    );
    let mut closed = case();
    closed.known[0].status = PreschoolStatus::Closed;
    closed.known[2].status = PreschoolStatus::Closed;
    assert_eq!(
        refused(&closed, &[2, 3]),
        Refusal::PreschoolClosed(preschool(3))
    );
    // One that closed while the family stood there may stay among its choices.
    assert!(closed.asks(None, Some(&[1, 2, 4]), CURRENT()).is_ok());
    let elsewhere = PreschoolId::parse("750000000-0001").expect("an id");
    let moved = case().asks_for(None, Some(&[(elsewhere, None)]), CURRENT());
    assert_eq!(moved, Err(Refusal::PreschoolOfAnotherSettlement(elsewhere)));
}
