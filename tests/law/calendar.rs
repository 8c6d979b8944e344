//! 004 pt.21: the end by age; D-100: the end of validity.

use kezek::queue::application::PreschoolKind;
use kezek::queue::calendar;
use kezek::queue::rules;
use kezek::terms::Day;

use crate::table::check;

// pt.21, pt.27; D-23.
#[test]
fn child_stays_to_the_end_of_the_preschool_year_in_which_it_turns_six() {
    check("calendar/leaving_by_age.txt", |row| {
        let born = row.read("born", |cell| Day::parse(cell).ok());
        let kind = row.read("kind", PreschoolKind::from_code);
        vec![calendar::last_day_by_age(born, kind, rules::current()).to_string()]
    });
}

// 1_4 p.4(5); D-100.
#[test]
fn application_is_valid_for_twelve_months() {
    check("calendar/validity.txt", |row| {
        let enqueued = row.read("enqueued", |cell| Day::parse(cell).ok());
        vec![calendar::valid_until(enqueued, rules::current()).to_string()]
    });
}

// Point 10 of the order itself «вводится в действие со дня его подписания»; D-00.
#[test]
fn rules_in_force_are_those_of_the_joint_order() {
    let rules = rules::current();
    assert_eq!(rules.id, "kz-2023-351-591");
    assert_eq!(rules.effective_from.to_string(), "2023-11-30");
    assert_eq!(rules.general_per_priority.get(), 3);
    assert_eq!(
        rules.pattern_start.tier(),
        kezek::queue::rank::Tier::General
    );
    assert_eq!(
        (
            rules.choices_max,
            rules.validity_months,
            rules.leaving_age_years
        ),
        (4, 12, 6)
    );
}
