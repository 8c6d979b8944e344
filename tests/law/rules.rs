//! D-00: rule sets, the overlays of regions and settlements, and the book of both.

use std::num::NonZeroU32;

use kezek::queue::calendar::{DayOfYear, Term};
use kezek::queue::rules::{
    ALL_IDS, Change, ContractForm, Contradiction, FreeAccess, Level, Overlay, Region, RuleBook,
    RuleSet, Scope, Season, TempSeat, Unloadable, by_id, current,
};
use kezek::terms::{Day, Settlement};
use proptest::prelude::*;

use crate::table::golden;

const ASTANA: &str = "710000000";
const TARAZ: &str = "311000000";

fn settlement(code: &str) -> Settlement {
    Settlement::parse(code).expect("nine digits")
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

// D-00: what each set says, to be read.
#[test]
fn each_rule_set_is_printed_as_it_stands() {
    let printed = |id: &str| format!("{:#?}\n", by_id(id).expect("a set of this name"));
    golden("rules/kz-254-legacy.txt", &printed("kz-254-legacy"));
    golden("rules/kz-2023-351-591.txt", &printed("kz-2023-351-591"));
    golden("rules/kz-voucher-2025.txt", &printed("kz-voucher-2025"));
    assert_eq!(by_id("kz-1999"), None);
    assert_eq!(current().id, "kz-2023-351-591");
}

// pt.21, 28–31, 33, 34: the numbers that the order itself names.
#[test]
fn numbers_of_the_order_are_those_of_its_points() {
    let rules = current();
    assert_eq!(rules.offers.answer, Term::WorkingDays(3));
    assert_eq!(rules.referrals.valid, Term::WorkingDays(5));
    assert_eq!(rules.referrals.originals, Term::WorkingDays(5));
    assert_eq!(rules.enrolment.contract, Term::WorkingDays(5));
    assert_eq!(rules.dismissal.ignored, Term::CalendarDays(10));
    assert_eq!(rules.stop_list.referral, Term::CalendarDays(10));
    assert_eq!(rules.stop_list.enrolment, Term::WorkingDays(10));
    assert_eq!(rules.queues.special_choices_max, 2);
    assert_eq!(rules.queues.sanatorium_choices_max, 2);
    assert_eq!(rules.queues.out_of_turn_choices_max, 1);
    assert_eq!(rules.benefits.certificate_age_days, 10);
    assert_eq!(rules.messages.lead_hours, 24);
}

#[test]
fn no_rule_set_contradicts_itself() {
    for id in ALL_IDS {
        assert_eq!(by_id(id).expect("a set").check(), [], "{id}");
    }
}

fn overlay(id: &str, scope: Scope, from: &str, changes: Vec<Change>) -> Overlay {
    Overlay {
        id: id.to_owned(),
        act: "a decision of an invented department".to_owned(),
        scope,
        effective_from: day(from),
        effective_until: None,
        changes,
    }
}

fn region(code: &str) -> Scope {
    Scope::Region(Region::of(settlement(code)))
}

fn sets() -> Vec<RuleSet> {
    let ids = ["kz-2023-351-591", "kz-254-legacy"];
    ids.map(|id| by_id(id).expect("a set").clone()).to_vec()
}

/// Taraz and its region have decided something, and for a year the ministry has.
fn book() -> RuleBook {
    RuleBook::load(
        sets(),
        vec![
            overlay(
                "taraz-age",
                Scope::Settlement(settlement(TARAZ)),
                "2024-09-01",
                vec![Change::MinAgeMonths(Some(24))],
            ),
            overlay(
                "zhambyl",
                region(TARAZ),
                "2024-06-01",
                vec![
                    Change::ContractForm(ContractForm::Electronic),
                    Change::MinAgeMonths(Some(18)),
                    Change::TempSeat(TempSeat::Off),
                ],
            ),
            Overlay {
                effective_until: Some(day("2025-12-31")),
                ..overlay(
                    "ministry",
                    Scope::Republic,
                    "2025-01-01",
                    vec![Change::GeneralPerPriority(
                        NonZeroU32::new(5).expect("five"),
                    )],
                )
            },
        ],
    )
    .expect("a book")
}

// D-00: republic → region → settlement, each set in its time.
#[test]
fn rules_of_a_settlement_are_those_of_the_day_and_of_its_levels() {
    let book = book();
    let at = |code: &str, on: &str| {
        let found = book.in_force(settlement(code), day(on));
        found.map(|found| {
            let rules = found.rules;
            let age = rules.queues.min_age_months;
            (
                rules.id,
                rules.general_per_priority.get(),
                rules.enrolment.form,
                age,
                found.overlays,
            )
        })
    };
    let (either, electronic) = (ContractForm::Either, ContractForm::Electronic);
    let order = "kz-2023-351-591";
    assert_eq!(at(ASTANA, "2020-06-18"), None);
    let legacy = Some(("kz-254-legacy", 3, either, None, vec![]));
    assert_eq!(at(ASTANA, "2023-11-29"), legacy);
    assert_eq!(
        at(ASTANA, "2023-11-30"),
        Some((order, 3, either, None, vec![]))
    );
    assert_eq!(
        at(TARAZ, "2024-05-31"),
        Some((order, 3, either, None, vec![]))
    );
    let zhambyl = Some((order, 3, electronic, Some(18), vec!["zhambyl"]));
    assert_eq!(at(TARAZ, "2024-08-31"), zhambyl);
    let both = Some((order, 3, electronic, Some(24), vec!["zhambyl", "taraz-age"]));
    assert_eq!(at(TARAZ, "2024-09-01"), both);
    let all = vec!["ministry", "zhambyl", "taraz-age"];
    assert_eq!(
        at(TARAZ, "2025-12-31"),
        Some((order, 5, electronic, Some(24), all))
    );
    assert_eq!(
        at(ASTANA, "2025-12-31"),
        Some((order, 5, either, None, vec!["ministry"]))
    );
    assert_eq!(
        at(ASTANA, "2026-01-01"),
        Some((order, 3, either, None, vec![]))
    );
}

// pt.17, pt.28: what is not for a region to decide (D-30).
#[test]
fn level_decides_what_is_its_own_and_nothing_above() {
    let five = NonZeroU32::new(5).expect("five");
    let changes = [
        (Change::GeneralPerPriority(five), Level::Republic),
        (Change::Answer(Term::WorkingDays(2)), Level::Republic),
        (Change::ContractForm(ContractForm::Paper), Level::Region),
        (Change::FreeAccess(FreeAccess::Off), Level::Region),
        (Change::ReferralExtensions(0), Level::Region),
        (Change::Regrouping(None), Level::Region),
        (Change::TempSeat(TempSeat::Off), Level::Region),
        (Change::MinAgeMonths(Some(24)), Level::Settlement),
    ];
    let town = settlement(TARAZ);
    for (change, lowest) in changes {
        for scope in [Scope::Republic, region(TARAZ), Scope::Settlement(town)] {
            let tried = RuleBook::load(
                sets(),
                vec![overlay("x", scope, "2026-01-01", vec![change])],
            );
            let amended = match &tried {
                Ok(book) => book
                    .in_force(town, day("2026-06-01"))
                    .map(|found| found.rules),
                Err(Unloadable::NotYours { why, .. }) => {
                    assert_eq!((why.field, why.lowest), (change.field(), lowest));
                    assert!(why.to_string().contains(why.paragraph));
                    None
                }
                Err(other) => panic!("{other}"),
            };
            let allowed = scope.level() <= lowest;
            assert_eq!(amended.is_some(), allowed, "{change:?} by {scope:?}");
            assert!(
                amended.is_none_or(|rules| rules != *current()),
                "{change:?} changes nothing"
            );
        }
    }
}

#[test]
fn book_that_contradicts_itself_does_not_load() {
    let twice = vec![current().clone(), current().clone()];
    assert!(matches!(
        RuleBook::load(twice, vec![]),
        Err(Unloadable::Overlap { .. })
    ));
    let voucher = by_id("kz-voucher-2025").expect("a set").clone();
    let together = RuleBook::load(vec![voucher.clone(), current().clone()], vec![]);
    assert!(matches!(together, Err(Unloadable::Overlap { .. })));
    let ended = RuleSet {
        effective_until: Day::from_parts(2024, 12, 31),
        ..current().clone()
    };
    assert!(RuleBook::load(vec![voucher, ended], vec![]).is_ok());

    let with = |overlay: Overlay| RuleBook::load(vec![current().clone()], vec![overlay]);
    let too_old = vec![Change::MinAgeMonths(Some(72))];
    assert!(matches!(
        with(overlay("x", Scope::Republic, "2026-01-01", too_old)),
        Err(Unloadable::Contradicts { id, contradictions })
            if id == "x" && contradictions == [Contradiction::LeavesBeforeItMayEnter]
    ));
    for (from, until) in [("2026-01-02", "2026-01-01"), ("2020-01-01", "2023-11-29")] {
        let idle = Overlay {
            effective_until: Some(day(until)),
            ..overlay("x", Scope::Republic, from, vec![])
        };
        assert_eq!(
            with(idle),
            Err(Unloadable::AmendsNothing { id: "x".to_owned() })
        );
    }
}

fn change() -> impl Strategy<Value = Change> {
    let season = (1u32..=28, 1u32..=28).prop_map(|(a, b)| {
        let august = |day| DayOfYear::new(8, day).expect("a day of August");
        Season {
            first: august(a.min(b)),
            last: august(a.max(b)),
        }
    });
    prop_oneof![
        (1u32..9).prop_map(|days| Change::Answer(Term::WorkingDays(days))),
        Just(Change::ContractForm(ContractForm::Paper)),
        (1u32..9).prop_map(|hours| Change::FreeAccess(FreeAccess::Collect { hours })),
        (1u32..9).prop_map(|n| Change::GeneralPerPriority(n.try_into().expect("not zero"))),
        (0u32..71).prop_map(|months| Change::MinAgeMonths(Some(months))),
        (0u32..3).prop_map(Change::ReferralExtensions),
        season.prop_map(|season| Change::Regrouping(Some(season))),
        Just(Change::TempSeat(TempSeat::Off)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    // D-00: whatever the levels decide together, the rules of a settlement contradict nothing, and
    // the ratio of pt.17 is that of the ministry.
    #[test]
    fn rules_in_force_never_contradict_themselves(
        changes in prop::collection::vec((0u8..3, 0u32..900, change()), 0..8), on in 0u32..1200,
    ) {
        let start = day("2023-11-30");
        let plus = |days: u32| Day::from(
            start.to_date().checked_add_days(chrono::Days::new(days.into())).expect("near"),
        );
        let mut overlays = Vec::new();
        for (number, (level, from, change)) in changes.into_iter().enumerate() {
            let scope = match level {
                0 => Scope::Republic,
                1 => region(TARAZ),
                _ => Scope::Settlement(settlement(TARAZ)),
            };
            let one = Overlay {
                effective_from: plus(from),
                ..overlay(&number.to_string(), scope, "2024-01-01", vec![change])
            };
            match RuleBook::load(vec![current().clone()], vec![one.clone()]) {
                Ok(_) => overlays.push(one),
                Err(Unloadable::NotYours { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
        let book = RuleBook::load(vec![current().clone()], overlays.clone()).expect("each was");
        let found = book.in_force(settlement(TARAZ), plus(on)).expect("in force");
        prop_assert_eq!(found.rules.check(), []);
        let ministry = overlays.iter().any(|overlay| overlay.scope == Scope::Republic);
        let three = found.rules.general_per_priority == current().general_per_priority;
        prop_assert!(ministry || three);
    }
}
