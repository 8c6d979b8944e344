//! S-32: its fixtures and its mutants.

use kezek::services::{Service, by_number};

use crate::{fixture, mutants};

const FOLDER: &str = "document-check";

fn service() -> &'static Service {
    by_number("S-32").expect("the catalogue has it")
}

#[test]
fn every_fixture_is_answered_as_its_name_says() {
    fixture::check_form(service(), FOLDER);
}

#[test]
fn schema_rules_and_reading_agree_about_mutants() {
    mutants::check(service(), FOLDER);
}
