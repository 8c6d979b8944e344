//! 004 pt.2(9), pt.2(17): the roll of all numbers is the published list of each queue.

use std::collections::BTreeMap;

use kezek::queue::desk::Desk;
use kezek::queue::rank::{self, Census, Fate, Member, Offer, Phase, Standing};
use kezek::queue::roll::Roll;
use kezek::queue::snapshot::{Group, OfferKind, QueueKey};
use proptest::prelude::*;

use crate::allocation::{any_town, config};
use crate::one_queue::town_under;

proptest! {
    #![proptest_config(config())]

    // The roll of all numbers is the published list of each queue (004 pt.2(9), (17)).
    #[test]
    fn roll_numbers_everybody_as_the_published_list_does((rules, seed, families) in any_town()) {
        let snapshot = town_under(&rules, seed, families);
        let sound = snapshot.check(&rules).expect("towns contradict nothing");
        let roll = Roll::of(&sound, &rules);
        let mut queues: BTreeMap<_, Vec<(usize, usize, Member)>> = BTreeMap::new();
        for (at, application) in snapshot.applications.iter().enumerate() {
            let groups = |id| {
                let rules = &rules;
                let of = move |group: &&Group| Desk::same(group.preschool, id, rules);
                snapshot.groups.iter().filter(of)
            };
            for (choice, chosen) in application.choices.iter().enumerate() {
                let offered = sound.pending_of(at).map(|offer| {
                    let row = &snapshot.offers[offer];
                    let here = row.kind == OfferKind::Queue
                        && Desk::same(row.class.preschool, chosen.preschool, &rules);
                    here.then(|| u32::try_from(offer).expect("few"))
                });
                let Some(presence) = application.presence_at(choice, offered) else { continue };
                let key = QueueKey::of(
                    application, groups(chosen.preschool), 2026, &rules,
                );
                let standing = application.standing_at(choice);
                queues.entry((Desk::of(chosen.preschool, &rules), key)).or_default()
                    .push((at, choice, Member { standing, presence }));
            }
        }
        for ((desk, key), members) in queues {
            let offers: Vec<Offer> = snapshot.offers.iter()
                .filter(|offer| Desk::of(offer.class.preschool, &rules) == desk)
                .filter(|offer| offer.kind == OfferKind::Queue)
                .filter(|offer| {
 let held = members.iter().any(|(at, _, member)| {
                        snapshot.applications[*at].id == offer.application
                            && member.presence.turn().is_some()
                    });
 if offer.fate == Fate::Pending { held } else { key == QueueKey::BirthYear(offer.birth_year) } })
                .map(|offer| Offer { tier: offer.tier, fate: offer.fate })
                .collect();
            let phase = Phase::after(&offers, &rules);
            let listed: Vec<Member> = members.iter().map(|(_, _, member)| *member).collect();
            let published = rank::published(&listed, phase, &rules);
            let can = listed.iter().filter(|member| member.presence.offerable());
            let can: Vec<Standing> = can.map(|member| member.standing).collect();
            let next = rank::list(&can, phase, &rules);
            let loaded = roll.queue(&sound, members[0].0, members[0].1).expect("it stands there");
            prop_assert_eq!(loaded.next_places(3, &rules), &next[..next.len().min(3)]);
            for (at, choice, member) in &members {
                let number = published.iter().position(|other| *other == member.standing);
                let number = number.map(|at| u32::try_from(at + 1).expect("few"));
                prop_assert_eq!(roll.number_of(&sound, *at, *choice), number);
                let place = roll.queue(&sound, *at, *choice)
                    .and_then(|queue| queue.place(&member.standing, &rules));
                prop_assert_eq!(place.map(|place| place.number), number);
                // Every other figure is that of the census too.
                let census = Census::of(&listed, &offers, &member.standing);
                let counted = census.map(|census| census.place(member.standing.tier, &rules));
                prop_assert_eq!(place, counted);
            }
        }
    }
}
