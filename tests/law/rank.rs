//! 004 pt.17: the order of a queue, its phase, and what a family is told of its place.

use kezek::queue::rank::{self, Census, Fate, Member, Offer, Phase, Standing};
use kezek::queue::rules::RuleSet;

use crate::notation;
use crate::table::{Row, check};

// pt.17; D-30, D-32, D-34.
#[test]
fn every_third_general_application_is_followed_by_a_priority_one() {
    check("rank/interleaving.txt", |row| {
        let rules = row.read("ratio", notation::rules);
        let phase = row.read("phase", |text| Some(Phase::of(text.parse().ok()?, &rules)));
        let queue = row.read("filed", notation::queue);
        let waiting: Vec<Standing> = queue.iter().map(|named| named.member.standing).collect();
        let listed = rank::list(&waiting, phase, &rules);
        assert_eq!(rank::next(&waiting, phase, &rules), listed.first().copied());
        vec![notation::names(&queue, &listed)]
    });
}

// pt.17; D-31 to D-34; 1_5 p.3.
#[test]
fn phase_follows_from_the_offers_that_count() {
    check("rank/phase.txt", |row| {
        let rules = row.read("ratio", notation::rules);
        let pattern_start = row.read("start", notation::pattern_start);
        let rules = RuleSet {
            pattern_start,
            ..rules
        };
        let offers = row.read("offers", notation::offers);
        vec![Phase::after(&offers, &rules).general_served().to_string()]
    });
}

// pt.17, pt.23; D-18, D-25, D-37, D-61.
#[test]
fn presence_says_who_is_counted_and_who_can_be_offered_a_seat() {
    check("rank/presence.txt", |row| {
        let presence = row.read("presence", notation::presence);
        let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
        vec![
            yes(presence.counted()),
            yes(presence.offerable()),
            yes(presence.offered()),
        ]
    });
}

// pt.2(17), pt.17; D-37, D-38.
#[test]
fn family_is_told_its_numbers_and_who_stands_before_it() {
    check("rank/places.txt", place);
}

fn place(row: &Row) -> Vec<String> {
    let rules = row.read("ratio", notation::rules);
    let queue = row.read("filed", notation::queue);
    let who = row
        .read("who", |name| queue.iter().find(|n| n.name == name).cloned())
        .member;
    let members: Vec<Member> = queue.iter().map(|named| named.member).collect();
    let mut offers = row.read("served", notation::offers);
    offers.extend(pending_offers(&members));
    let phase = Phase::after(&offers, &rules);
    let listed = notation::names(&queue, &rank::published(&members, phase, &rules));
    let Some(census) = Census::of(&members, &offers, &who.standing) else {
        return [listed.as_str(), "-", "-", "-", "-", "-", "-"]
            .map(str::to_owned)
            .to_vec();
    };
    let place = census.place(who.standing.tier, &rules);
    let figures = [
        place.number,
        place.effective_number,
        place.tier_number,
        place.ahead,
        place.ahead_with_offer,
        place.ahead_unavailable,
    ];
    std::iter::once(listed)
        .chain(figures.map(|figure| figure.to_string()))
        .collect()
}

/// The offers that those at the head of the list hold, in their order.
pub fn pending_offers(members: &[Member]) -> Vec<Offer> {
    let turn = |member: &Member| Some((member.presence.turn()?, member.standing.tier));
    let mut turns: Vec<_> = members.iter().filter_map(turn).collect();
    turns.sort_unstable();
    turns
        .into_iter()
        .map(|(_, tier)| Offer {
            tier,
            fate: Fate::Pending,
        })
        .collect()
}
