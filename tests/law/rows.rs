//! A snapshot that contradicts itself: each way is named with its row, and nothing panics.

use kezek::queue::rank::{Fate, Presence, Tier};
use kezek::queue::rules;
use kezek::queue::seat::{Ages, Care};
use kezek::queue::snapshot::{ChoiceState, Claim, Contradiction, OfferKind, RefusedSeat, Snapshot};
use kezek::terms::{Day, PreschoolId, Settlement};
use proptest::prelude::*;

use crate::town::town;

/// A town in which every kind of row occurs and its first preschool is an ordinary one.
fn full(from: u64) -> Snapshot {
    (from..)
        .map(|seed| town(seed, 12))
        .find(|town| {
            town.seats.len() > 3
                && town.seats[0].id == 1
                && town.preschools.len() > 2
                && town
                    .groups
                    .iter()
                    .all(|group| group.fit.care == Care::Ordinary)
                && town
                    .offers
                    .iter()
                    .any(|offer| offer.fate == Fate::Pending && offer.kind == OfferKind::Queue)
                && town.offers.len() > 2
                && town.applications[0].choices.len() > 1
        })
        .expect("such a town exists")
}

fn elsewhere() -> PreschoolId {
    PreschoolId::parse("110000000-0001").expect("an id")
}

type Spoil = fn(&mut Snapshot) -> Contradiction;

const SPOILED: &[Spoil] = &[
    |town| {
        town.groups[0].fit.ages = Ages::Band { from: 5, to: 3 };
        Contradiction::AgesReversed { group: 1 }
    },
    |town| {
        town.applications[1].id = town.applications[0].id;
        Contradiction::ApplicationTwice { application: 100 }
    },
    |town| {
        town.applications[0].birth_date = Day::from_parts(2026, 12, 31).expect("a day");
        Contradiction::BornAfterFiling { application: 100 }
    },
    |town| {
        town.applications[0].care = Care::Disorder(1);
        Contradiction::CareOfAnotherKind { application: 100 }
    },
    |town| {
        let preschool = town.applications[0].choices[0].preschool;
        town.applications[0].choices[1].preschool = preschool;
        Contradiction::ChoiceTwice {
            application: 100,
            preschool,
        }
    },
    |town| {
        town.applications[0].settlement = Settlement::parse("110000000").expect("a settlement");
        let preschool = town.applications[0].choices[0].preschool;
        Contradiction::ChoiceOfAnotherQueue {
            application: 100,
            preschool,
        }
    },
    |town| {
        town.applications[0].choices[0].preschool = elsewhere();
        Contradiction::ChoiceUnknown {
            application: 100,
            preschool: elsewhere(),
        }
    },
    |town| {
        town.applications[0].choices.clear();
        Contradiction::ChoicesOutOfRange { application: 100 }
    },
    |town| {
        town.claims.push(Claim {
            application: 100,
            group: 77,
        });
        Contradiction::ClaimUnknown {
            application: 100,
            group: 77,
        }
    },
    |town| {
        town.applications[0].standing.time = town.taken_at.plus_millis(1);
        Contradiction::FromTheFuture { row: 100 }
    },
    |town| {
        town.groups[0].fit.care = Care::Rehabilitation(1);
        Contradiction::GroupOfAnotherKind { group: 1 }
    },
    |town| {
        town.groups[0].preschool = elsewhere();
        Contradiction::GroupOfUnknownPreschool { group: 1 }
    },
    |town| {
        let first = town.groups[0];
        town.groups.push(first);
        Contradiction::GroupTwice { group: 1 }
    },
    |town| {
        town.offers[1].made_at = town.offers[0].made_at.plus_millis(-1);
        Contradiction::OfferOutOfOrder { offer: 2 }
    },
    |town| {
        let pending = town
            .offers
            .iter_mut()
            .find(|offer| offer.fate == Fate::Pending);
        let pending = pending.expect("the town has one");
        pending.application = 5;
        Contradiction::OfferToNobody { offer: pending.id }
    },
    |town| {
        town.applications[0].choices[0].preference = Some(1);
        town.applications[0].choices[1].preference = None;
        Contradiction::PreferencesBroken { application: 100 }
    },
    |town| {
        let preschool = town.preschools[0];
        town.preschools.push(preschool);
        Contradiction::PreschoolTwice {
            preschool: preschool.id,
        }
    },
    |town| {
        town.applications[0].presence = Presence::OfferedElsewhere;
        Contradiction::PresenceOfOffer { application: 100 }
    },
    |town| {
        town.refused.push(RefusedSeat {
            application: 100,
            seat: 77_777,
        });
        Contradiction::RefusalUnknown {
            application: 100,
            seat: 77_777,
        }
    },
    |town| {
        let pending = town
            .offers
            .iter_mut()
            .find(|offer| offer.fate == Fate::Pending);
        pending.expect("the town has one").seat = 1;
        Contradiction::SeatFreeAndOffered { seat: 1 }
    },
    |town| {
        let time = town.applications[0].standing.time.plus_millis(-1);
        town.applications[0].choices[0].filed_at = Some(time);
        Contradiction::ChoiceBeforeApplication { application: 100 }
    },
    |town| {
        town.applications[0].standing.tier = Tier::OutOfTurn;
        for choice in &mut town.applications[0].choices {
            choice.state = ChoiceState::Standing;
        }
        // One that was offered in another tier, before the benefit counted, would be lawful.
        for offer in &mut town.offers {
            offer.tier = Tier::OutOfTurn;
        }
        Contradiction::OutOfTurnElsewhere { application: 100 }
    },
    |town| {
        town.applications[0].standing.tier = Tier::General;
        town.applications[0].choices[0].state = ChoiceState::Parked;
        Contradiction::ParkedWithoutBenefit { application: 100 }
    },
    |town| {
        town.applications[0].enrolled_in = Some(town.preschools[0].id);
        town.applications[0].standing.tier = Tier::Priority;
        Contradiction::TransferTier { application: 100 }
    },
    |town| {
        town.applications[0].enrolled_in = Some(town.preschools[0].id);
        town.applications[0].temporary_too = true;
        Contradiction::TemporaryBesidesPlace { application: 100 }
    },
    |town| {
        town.seats[0].group = 77;
        Contradiction::SeatOfUnknownGroup { seat: 1 }
    },
    |town| {
        town.seats[1].id = 1;
        Contradiction::SeatTwice { seat: 1 }
    },
    |town| {
        town.groups[0].enrolled = 1_000_000;
        Contradiction::SeatsOverCapacity { group: 1 }
    },
    |town| {
        town.applications[1].standing.sequence = 100;
        Contradiction::SequenceTwice { application: 101 }
    },
    |town| {
        // The first preschool becomes a special one, with its groups and one family.
        let kind = kezek::queue::application::PreschoolKind::Special;
        town.applications[0].kind = kind;
        town.applications[0].standing.tier = Tier::Priority;
        Contradiction::TierWithoutBenefit { application: 100 }
    },
    |town| {
        town.applications[1].child = town.applications[0].child;
        Contradiction::TwoApplications { application: 101 }
    },
    |town| {
        let pending = town.offers.iter().find(|offer| offer.fate == Fate::Pending);
        let mut pending = *pending.expect("the town has one");
        let application = pending.application;
        pending.made_at = town.taken_at;
        town.offers.push(pending);
        Contradiction::TwoOffers { application }
    },
];

#[test]
fn each_contradiction_is_named_with_its_row() {
    let rules = rules::current();
    assert!(full(0).check(rules).is_ok());
    for spoil in SPOILED {
        let mut town = full(0);
        let expected = spoil(&mut town);
        let found = town.check(rules).expect_err("it was spoiled");
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    let kinds: std::collections::BTreeSet<String> = SPOILED
        .iter()
        .map(|spoil| format!("{:?}", spoil(&mut full(0))))
        .map(|text| text.split(' ').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(kinds.len(), SPOILED.len(), "each kind once");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 10_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    // Whatever is wrong with the rows, the answer is a list of names and never a panic.
    #[test]
    fn spoiled_towns_are_named_and_never_panic(
        seed in 0u64..1_000_000,
        families in 0usize..12,
        spoiled in prop::collection::vec(0..SPOILED.len(), 1..4),
    ) {
        let mut town = full(seed);
        town.applications.truncate(families.max(2));
        for spoil in spoiled {
            if town.applications[0].choices.len() < 2 || town.offers.len() < 2
                || !town.offers.iter().any(|offer| offer.fate == Fate::Pending) {
                break;
            }
            SPOILED[spoil](&mut town);
        }
        prop_assert!(town.check(rules::current()).is_err());
    }
}
