//! Years of a city: every night's snapshot is sound, every plan is audited, and two rule sets are
//! tried on the same families.

use std::fs;

use kezek::queue::calendar::Calendar;
use kezek::queue::rank::Tier;
use kezek::queue::rules::{self, RuleSet};
use kezek::simulate::{City, Report, Stopped, chart, compare, run};
use proptest::prelude::*;

use crate::simulation::any_rules;
use crate::table::root;

fn lived(city: &City, rules: &RuleSet) -> Result<Report, Stopped> {
    run(city, rules, Calendar::republic(), |_| {})
}

/// A hamlet with one or two preschools that are always too small.
fn hamlet(seed: u64, preschools: u32, seats: u32, refuse: u32) -> City {
    let text = format!(
        "name = \"a hamlet\"\nseed = {seed}\nfrom = \"2024-09-01\"\nyears = 2\n\
         days_between_nights = 14\npreschools = {preschools}\nwaiting = 8\n\
         applications_per_month = 2\npriority = 300\nout_of_turn = 80\nprefer = 500\n\
         one_language_only = 200\nrefuse = {refuse}\nsilent = 150\nlost_referrals = 150\n\
         withdraw = 40\n\
         [[groups]]\nfrom = 2\nto = 3\nlanguage = \"kk\"\nseats = {seats}\n\
         [[groups]]\nfrom = 3\nto = 6\nlanguage = \"ru\"\nseats = {seats}\n"
    );
    City::read(&text).expect("a city")
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 10_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    // Two years of random events: whatever families do, no snapshot contradicts itself and the
    // audit finds nothing in any plan.
    #[test]
    fn two_years_of_random_events_break_nothing(
        rules in any_rules(),
        seed in any::<u32>(),
        preschools in 1u32..=2,
        seats in 1u32..=4,
        refuse in 0u32..400,
    ) {
        let city = hamlet(u64::from(seed), preschools, seats, refuse);
        let report = lived(&city, &rules).expect("two years without a contradiction");
        prop_assert_eq!(report.breaches, 0);
        prop_assert_eq!(report.nights, 53);
        prop_assert_eq!(report.months.len(), 23);
    }
}

fn aksu() -> City {
    let text = fs::read_to_string(root().join("fixtures/simulate/aksu.toml")).expect("readable");
    City::read(&text).expect("a city")
}

/// The city of the fixture, for one year and with a night each week, so that it is quick.
fn short() -> City {
    let mut city = aksu();
    (city.years, city.days_between_nights) = (1, 7);
    city
}

#[test]
fn city_of_the_fixture_lives_its_years_by_the_law() {
    let one = lived(&short(), rules::current()).expect("it lives");
    assert_eq!(one.breaches, 0);
    let consents = |tier: Tier| one.served[tier as usize].consents;
    assert!(
        Tier::ALL.into_iter().all(|tier| consents(tier) > 20),
        "{one}"
    );
    // The same city and seed: the same years.
    let again = lived(&short(), rules::current()).expect("it lives");
    assert_eq!(one.to_string(), again.to_string());
    // Another ratio changes who waits, on the same families.
    let other = RuleSet {
        id: "one of six",
        general_per_priority: 5.try_into().expect("not zero"),
        ..rules::current().clone()
    };
    let other = lived(&short(), &other).expect("it lives");
    assert_ne!(one.served[1].waited_days, other.served[1].waited_days);
    let text = compare(&one, &other);
    assert!(
        text.contains("kz-2023-351-591") && text.contains("one of six"),
        "{text}"
    );
    let svg = chart(&[&one, &other]);
    assert_eq!(svg.matches("<polyline").count(), 6);
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
}

#[test]
fn each_rule_set_can_be_lived_by() {
    for id in rules::ALL_IDS {
        let rules = rules::by_id(id).expect("it is listed");
        let report = lived(&hamlet(3, 2, 3, 200), rules).expect("it lives");
        assert_eq!((report.rules, report.breaches), (id, 0));
    }
}

#[test]
fn city_that_cannot_be_is_refused_by_its_field() {
    let text = fs::read_to_string(root().join("fixtures/simulate/aksu.toml")).expect("readable");
    for (from, to, told) in [
        ("years = 3", "years = 0", "years"),
        ("years = 3", "years = 3\nunheard = 1", "unheard"),
        ("2024-09-01", "2024-02-30", "from"),
        ("preschools = 12", "preschools = 0", "preschools"),
        ("language = \"kk\"", "language = \"xx\"", "groups"),
        ("refuse = 80", "refuse = 980", "priority"),
        ("waiting = 900", "waiting = -1", "waiting"),
    ] {
        let fault = City::read(&text.replacen(from, to, 1))
            .expect_err(to)
            .to_string();
        assert!(fault.contains(told), "{to}: {fault}");
    }
    let mut late = City::read(&text.replacen("2024-09-01", "2027-09-01", 1)).expect("a city");
    late.days_between_nights = 30;
    assert!(matches!(
        lived(&late, rules::current()),
        Err(Stopped::NoCalendar(2028))
    ));
}
