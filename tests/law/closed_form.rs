//! Every figure that a family is told, from counts, equals what the list itself shows.

use kezek::queue::rank::{
    self, Census, Counts, Fate, Member, Offer, Phase, Presence, Standing, Tier,
};
use kezek::queue::rules::RuleSet;
use kezek::terms::Moment;
use proptest::prelude::*;

use crate::rank::pending_offers;
use crate::simulation::{any_rules, tier};

const CASES: u32 = 10_000;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// A queue in any condition: few milliseconds, so that ties occur; any presence; any history.
fn queue() -> impl Strategy<Value = (RuleSet, Vec<Member>, Vec<Offer>)> {
    let presence = prop_oneof![
        10 => Just(Presence::Waiting),
        2 => Just(Presence::OfferedHere { turn: 0 }),
        1 => Just(Presence::BenefitCheck),
        1 => Just(Presence::Consented),
        1 => Just(Presence::IdentityCheck),
        1 => Just(Presence::OfferedElsewhere),
        1 => Just(Presence::Parked),
        1 => Just(Presence::Paused),
        1 => Just(Presence::StopListed),
    ];
    let members = prop::collection::vec((tier(), 0i64..12, presence), 1..24).prop_map(|given| {
        // Turns with gaps, and not in the order of filing.
        let mut turns = (0..40u32).map(|turn| turn * 7 % 41);
        let member = |((tier, millis, presence), sequence): ((Tier, i64, Presence), i64)| {
            let time = Moment::from_millis(millis).expect("a small number");
            let mut member = Member {
                standing: Standing {
                    tier,
                    time,
                    sequence,
                },
                presence,
            };
            if member.presence.turn().is_some() {
                let turn = turns.next().expect("more turns than members");
                member.presence = Presence::OfferedHere { turn };
            }
            member
        };
        given.into_iter().zip(1..).map(member).collect::<Vec<_>>()
    });
    let fate = prop::sample::select(Fate::ALL.to_vec())
        .prop_filter("made later", |fate| *fate != Fate::Pending);
    let offer = (tier(), fate).prop_map(|(tier, fate)| Offer { tier, fate });
    (any_rules(), members, prop::collection::vec(offer, 0..12)).prop_map(
        |(rules, members, mut offers)| {
            offers.extend(pending_offers(&members));
            (rules, members, offers)
        },
    )
}

/// Number by looking it up.
fn position(list: &[Standing], entry: Standing) -> u32 {
    let at = list
        .iter()
        .position(|standing| *standing == entry)
        .expect("it is listed");
    u32::try_from(at).expect("a short list") + 1
}

proptest! {
    #![proptest_config(config())]

    // D-32, D-37, D-38.
    #[test]
    fn place_from_counts_equals_the_place_in_the_list((rules, members, offers) in queue()) {
        let phase = Phase::after(&offers, &rules);
        let listed = rank::published(&members, phase, &rules);
        let of = |standing: &Standing| members.iter().find(|m| m.standing == *standing);
        for member in &members {
            let entry = member.standing;
            let census = Census::of(&members, &offers, &entry);
            prop_assert_eq!(census.is_some(), member.presence.counted());
            let Some(census) = census else { continue };
            let place = census.place(entry.tier, &rules);
            let number = position(&listed, entry);
            let before: Vec<&Member> =
                listed[..number as usize - 1].iter().filter_map(of).collect();
            let count = |fits: &dyn Fn(&Member) -> bool| {
                before.iter().filter(|member| fits(member)).map(|_| 1).sum::<u32>()
            };
            prop_assert_eq!(place.number, number);
            prop_assert_eq!(place.tier, entry.tier);
            prop_assert_eq!(place.ahead, number - 1);
            prop_assert_eq!(place.tier_number, 1 + count(&|m| m.standing.tier == entry.tier));
            prop_assert_eq!(place.ahead_with_offer, count(&|m| m.presence.offered()));
            prop_assert_eq!(
                place.ahead_unavailable,
                count(&|m| !m.presence.offered() && !m.presence.offerable())
            );
            let can: Vec<Standing> = members
                .iter()
                .filter(|m| m.presence.offerable() || m.standing == entry)
                .map(|m| m.standing)
                .collect();
            let effective = rank::list(&can, phase, &rules);
            prop_assert_eq!(place.effective_number, position(&effective, entry));
        }
    }

    // D-32: the list is `next` repeated; everybody stands in it once.
    #[test]
    fn list_is_next_repeated((rules, members, offers) in queue()) {
        let mut waiting: Vec<Standing> = members.iter().map(|m| m.standing).collect();
        let mut phase = Phase::after(&offers, &rules);
        let listed = rank::list(&waiting, phase, &rules);
        prop_assert_eq!(listed.len(), waiting.len());
        for standing in listed {
            prop_assert_eq!(rank::next(&waiting, phase, &rules), Some(standing));
            waiting.retain(|other| *other != standing);
            phase = phase.served(standing.tier, &rules);
        }
        prop_assert!(waiting.is_empty());
    }

    // pt.17: nothing but tier, time and sequence orders; the order in which rows come does not.
    #[test]
    fn order_of_input_is_indifferent(
        ((rules, members, offers), mixed) in queue().prop_flat_map(|queue| {
            let mixed = Just(queue.1.clone()).prop_shuffle();
            (Just(queue), mixed)
        }),
    ) {
        let phase = Phase::after(&offers, &rules);
        let published = |members: &[Member]| rank::published(members, phase, &rules);
        prop_assert_eq!(published(&members), published(&mixed));
        let entry = mixed[0].standing;
        let place = |members: &[Member]| {
            Census::of(members, &offers, &entry).map(|census| census.place(entry.tier, &rules))
        };
        prop_assert_eq!(place(&members), place(&mixed));
    }

    // D-32, D-33: the last N that count, out-of-turn ones aside, give the phase of them all.
    #[test]
    fn phase_needs_only_the_last_row_of_offers((rules, _, offers) in queue()) {
        let counting: Vec<Offer> = offers
            .iter()
            .filter(|offer| offer.fate.counts() && offer.tier != Tier::OutOfTurn)
            .copied()
            .collect();
        let row = rules.general_per_priority.get() as usize;
        let last = &counting[counting.len().saturating_sub(row)..];
        prop_assert_eq!(Phase::after(last, &rules), Phase::after(&offers, &rules));
    }

    // Counts from a register may be anything; no number overflows or divides by zero.
    #[test]
    fn any_counts_have_a_number(
        rules in any_rules(),
        before: [u32; 3],
        total: [u32; 3],
        offered_here: u32,
        general_served: u32,
        tier in tier(),
    ) {
        let share = |at: usize| rank::Share { before: before[at], total: total[at] };
        let counts = Counts {
            offered_here,
            out_of_turn: share(0),
            priority: share(1),
            general: share(2),
        };
        let phase = Phase::of(general_served, &rules);
        prop_assert!(rank::number(&counts, tier, phase, &rules) >= 1);
    }
}
