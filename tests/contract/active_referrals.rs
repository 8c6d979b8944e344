//! S-05: its fixtures and its mutants.

use std::collections::BTreeSet;

use kezek::queue::lifecycle::referral::State;
use kezek::services::representative::in_force;
use kezek::services::{Service, by_number};

use crate::registers::enumerated;
use crate::{fixture, mutants};

const FOLDER: &str = "active-referrals";

fn service() -> &'static Service {
    by_number("S-05").expect("the catalogue has it")
}

#[test]
fn every_fixture_is_answered_as_its_name_says() {
    fixture::check_form(service(), FOLDER);
}

#[test]
fn schema_rules_and_reading_agree_about_mutants() {
    mutants::check(service(), FOLDER);
}

#[test]
fn statuses_are_the_states_in_which_it_can_be_used() {
    let schema = include_str!("../../schemas/active-referrals.xsd");
    let codes = in_force::<State>().into_iter().map(str::to_owned);
    let codes: BTreeSet<String> = codes.collect();
    assert_eq!(enumerated(schema, "ReferralStatus"), codes);
}
