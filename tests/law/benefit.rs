//! 1_9 p.6–8: which benefit gives which tier, and on what proof.

use kezek::queue::benefit::{Benefit, Proof};
use kezek::queue::rank::Tier;
use kezek::queue::rules::{self, RuleSet};

use crate::table::check;

// pt.11, pt.13, pt.15; 1_9 p.6–8; D-20.
#[test]
fn benefit_gives_the_tier_that_its_paragraph_names() {
    check("benefit/directory.txt", |row| {
        let benefit = row.read("code", Benefit::from_code);
        let special_needs_is_priority = row.read("special_needs", |cell| match cell {
            "priority" => Some(true),
            "general" => Some(false),
            _ => None,
        });
        let rules = RuleSet {
            special_needs_is_priority,
            ..rules::current().clone()
        };
        let proof = match benefit.proof() {
            Proof::Attested => "attested",
            Proof::Scan => "scan",
        };
        let tier = benefit.tier(&rules).code();
        [tier, proof, benefit.paragraph()]
            .map(str::to_owned)
            .to_vec()
    });
}

// pt.15 with 1_1 st.3: what goes out of turn is proved by a scan, and nothing else is.
#[test]
fn only_out_of_turn_benefits_are_proved_by_a_scan() {
    for benefit in Benefit::ALL {
        let out_of_turn = benefit.tier(rules::current()) == Tier::OutOfTurn;
        assert_eq!(
            out_of_turn,
            benefit.proof() == Proof::Scan,
            "{}",
            benefit.code()
        );
    }
}

#[test]
fn benefit_without_a_row_in_the_directory_is_none() {
    assert_eq!(Benefit::from_code("BLOOD_DONOR"), None);
}
