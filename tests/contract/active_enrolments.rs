//! S-06: its fixtures and its mutants.

use std::collections::BTreeSet;

use kezek::queue::lifecycle::enrolment::State;
use kezek::services::representative::in_force;
use kezek::services::{Service, by_number};

use crate::registers::enumerated;
use crate::{fixture, mutants};

const FOLDER: &str = "active-enrolments";

fn service() -> &'static Service {
    by_number("S-06").expect("the catalogue has it")
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
    let schema = include_str!("../../schemas/active-enrolments.xsd");
    let codes = in_force::<State>().into_iter().map(str::to_owned);
    let codes: BTreeSet<String> = codes.collect();
    assert_eq!(enumerated(schema, "EnrolmentStatus"), codes);
}
