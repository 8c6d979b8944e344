//! A queue that lives: events happen to it, and what was published before and after is kept.

use std::collections::BTreeMap;

use kezek::queue::rank::{self, Fate, Member, Offer, Phase, Presence, Standing, Tier};
use kezek::queue::rules::{self, FreeAccess, PatternStart, RuleSet, TempSeat};
use kezek::terms::Moment;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// What can happen. The numbers choose whom it happens to, among those to whom it can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A new application of this tier; the second number is its time of filing.
    New(Tier, u8),
    /// A free seat is offered to the first who can be offered it.
    Offer,
    /// A family consents and leaves the numbering.
    Consent(u8),
    /// A family refuses or stays silent, and keeps its place (D-61, D-62).
    FailAndStay(u8),
    /// A family refuses for the third time, and leaves this queue (D-62).
    FailAndLeave(u8),
    /// A seat on offer is recalled (D-47).
    Recall(u8),
    /// A family withdraws, dies out by age or validity, or is stop-listed.
    Leave(u8),
    /// A family comes back from the stop-list to its tier and time (D-36).
    Return(u8),
    /// The referral of a family that consented is cancelled or annulled (D-33).
    LoseReferral(u8),
    /// A hindrance begins or ends: a pause, an offer elsewhere, a check of identity.
    Hinder(u8, Presence),
    /// A benefit is gained or lost: the family changes to this tier.
    Benefit(u8, Tier),
}

/// One queue with its history.
#[derive(Debug, Clone)]
pub struct Queue {
    pub rules: RuleSet,
    pub members: Vec<Member>,
    pub offers: Vec<(Offer, i64)>,
    sequence: i64,
}

/// What a step changed.
pub struct Step {
    pub event: Event,
    /// The family that it happened to.
    pub family: i64,
    /// Its tier before the event.
    pub tier: Tier,
    /// Was somebody passed over who stood before the family?
    pub passed: bool,
    pub before: Queue,
    pub after: Queue,
}

impl Queue {
    pub fn new(rules: RuleSet) -> Self {
        Self {
            rules,
            members: Vec::new(),
            offers: Vec::new(),
            sequence: 0,
        }
    }

    pub fn made(&self) -> Vec<Offer> {
        self.offers.iter().map(|(offer, _)| *offer).collect()
    }

    pub fn phase(&self) -> Phase {
        Phase::after(&self.made(), &self.rules)
    }

    pub fn published(&self) -> Vec<Standing> {
        rank::published(&self.members, self.phase(), &self.rules)
    }

    /// The published number of each family; a family is named by its sequence.
    pub fn numbers(&self) -> BTreeMap<i64, usize> {
        self.published()
            .iter()
            .zip(1..)
            .map(|(standing, n)| (standing.sequence, n))
            .collect()
    }

    /// Those who can be offered a seat, first to be offered one first.
    pub fn offerable(&self) -> Vec<Standing> {
        let can = self
            .members
            .iter()
            .filter(|member| member.presence.offerable());
        let standings: Vec<Standing> = can.map(|member| member.standing).collect();
        rank::list(&standings, self.phase(), &self.rules)
    }

    /// Lets an event happen, if there is anybody to whom it can.
    pub fn happen(&mut self, event: Event) -> Option<Step> {
        let before = self.clone();
        let family = self.apply(event)?;
        let tier = before.member(family).map_or_else(
            || {
                self.member(family)
                    .expect("it is there before or after")
                    .standing
                    .tier
            },
            |member| member.standing.tier,
        );
        let head = before
            .members
            .iter()
            .filter(|m| m.presence.turn().is_some())
            .count();
        let number = before.numbers().get(&family).copied();
        let passed = event == Event::Offer && number != Some(head + 1);
        Some(Step {
            event,
            family,
            tier,
            passed,
            before,
            after: self.clone(),
        })
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each event")]
    fn apply(&mut self, event: Event) -> Option<i64> {
        match event {
            Event::New(tier, time) => {
                self.sequence += 1;
                let time = Moment::from_millis(i64::from(time)).expect("a small number");
                let standing = Standing {
                    tier,
                    time,
                    sequence: self.sequence,
                };
                self.members.push(Member {
                    standing,
                    presence: Presence::Waiting,
                });
                Some(self.sequence)
            }
            Event::Offer => {
                let Standing { tier, sequence, .. } = *self.offerable().first()?;
                let turn = self
                    .members
                    .iter()
                    .filter_map(|m| m.presence.turn())
                    .max()
                    .map_or(0, |turn| turn + 1);
                self.offers.push((
                    Offer {
                        tier,
                        fate: Fate::Pending,
                    },
                    sequence,
                ));
                self.set(sequence, Presence::OfferedHere { turn });
                Some(sequence)
            }
            Event::Consent(n) => self.end(n, Fate::Accepted, Some(Presence::Consented)),
            Event::FailAndStay(n) => self.end(n, Fate::Refused, Some(Presence::Waiting)),
            Event::FailAndLeave(n) => self.end(n, Fate::Refused, None),
            Event::Recall(n) => self.end(n, Fate::Recalled, Some(Presence::Waiting)),
            Event::Leave(n) => {
                let family = self.pick(n, |member| member.presence.counted())?;
                self.fail_pending(family, Fate::Cancelled);
                // Only who held no offer comes back, so that two reasons are not mixed.
                match self.member(family).and_then(|m| m.presence.turn()) {
                    None => self.set(family, Presence::StopListed),
                    Some(_) => self.members.retain(|m| m.standing.sequence != family),
                }
                Some(family)
            }
            Event::Return(n) => {
                let family = self.pick(n, |m| m.presence == Presence::StopListed)?;
                self.set(family, Presence::Waiting);
                Some(family)
            }
            Event::LoseReferral(n) => {
                let family = self.pick(n, |m| m.presence == Presence::Consented)?;
                let accepted = self
                    .offers
                    .iter_mut()
                    .rfind(|(offer, to)| *to == family && offer.fate == Fate::Accepted);
                accepted.expect("who consented accepted an offer").0.fate = Fate::Annulled;
                self.set(family, Presence::StopListed);
                Some(family)
            }
            Event::Hinder(n, presence) => {
                let family = self.pick(n, |m| {
                    m.presence.counted() && m.presence.turn().is_none() && m.presence != presence
                })?;
                self.set(family, presence);
                Some(family)
            }
            Event::Benefit(n, tier) => {
                let family = self.pick(n, |m| m.presence.counted() && m.standing.tier != tier)?;
                let member = self
                    .members
                    .iter_mut()
                    .find(|m| m.standing.sequence == family);
                member.expect("it was picked").standing.tier = tier;
                Some(family)
            }
        }
    }

    fn end(&mut self, n: u8, fate: Fate, then: Option<Presence>) -> Option<i64> {
        let family = self.pick(n, |member| member.presence.turn().is_some())?;
        self.fail_pending(family, fate);
        match then {
            Some(presence) => self.set(family, presence),
            None => self
                .members
                .retain(|member| member.standing.sequence != family),
        }
        Some(family)
    }

    fn fail_pending(&mut self, family: i64, fate: Fate) {
        for (offer, to) in &mut self.offers {
            if *to == family && offer.fate == Fate::Pending {
                offer.fate = fate;
            }
        }
    }

    fn pick(&self, n: u8, fits: impl Fn(&Member) -> bool) -> Option<i64> {
        let fitting: Vec<i64> = self
            .members
            .iter()
            .filter(|m| fits(m))
            .map(|m| m.standing.sequence)
            .collect();
        fitting.get(usize::from(n) % fitting.len().max(1)).copied()
    }

    fn member(&self, family: i64) -> Option<Member> {
        self.members
            .iter()
            .find(|member| member.standing.sequence == family)
            .copied()
    }

    fn set(&mut self, family: i64, presence: Presence) {
        let member = self
            .members
            .iter_mut()
            .find(|m| m.standing.sequence == family);
        member.expect("it was picked from the members").presence = presence;
    }
}

/// A tier, as often as each occurs in a queue under strain.
pub fn tier() -> impl Strategy<Value = Tier> {
    prop_oneof![
        1 => Just(Tier::OutOfTurn),
        4 => Just(Tier::Priority),
        8 => Just(Tier::General),
    ]
}

/// A shipped set, the one in force as often as the others together, with any ratio from 1 to 5,
/// either start, and other ways with offers.
pub fn any_rules() -> impl Strategy<Value = RuleSet> {
    let start = prop_oneof![Just(PatternStart::General), Just(PatternStart::Priority)];
    let free_access = prop_oneof![
        6 => Just(FreeAccess::Collect { hours: 24 }),
        1 => Just(FreeAccess::FirstCome),
        1 => Just(FreeAccess::Off),
    ];
    let temp_seat = prop_oneof![4 => Just(TempSeat::OptIn), 1 => Just(TempSeat::Off)];
    let ways = (prop::bool::weighted(0.8), free_access, temp_seat);
    let parted = (prop::bool::weighted(0.8), prop::bool::weighted(0.8));
    let least = prop_oneof![4 => Just(None), 1 => (20u32..60).prop_map(Some)];
    let set = prop_oneof![
        2 => Just("kz-2023-351-591"),
        1 => Just("kz-254-legacy"),
        1 => Just("kz-voucher-2025"),
    ];
    let numbers = (set, 1u32..=5);
    (numbers, start, ways, parted, least).prop_map(|(numbers, start, ways, parted, least)| {
        let (set, ratio) = numbers;
        let mut rules = rules::by_id(set).expect("it is shipped").clone();
        rules.general_per_priority = ratio.try_into().expect("at least one");
        rules.pattern_start = start;
        rules.queues.min_age_months = least;
        let queues = &mut rules.queues;
        (queues.special_by_disorder, queues.sanatorium_by_rehab) = parted;
        (
            rules.offers.upgrade,
            rules.offers.free_access,
            rules.offers.temp_seat,
        ) = ways;
        rules
    })
}

/// A run: families that wait from the beginning, then events.
pub fn run() -> impl Strategy<Value = (RuleSet, Vec<Event>)> {
    let arrivals = prop::collection::vec((tier(), 0u8..12), 1..14).prop_map(|new| {
        new.into_iter()
            .map(|(tier, time)| Event::New(tier, time))
            .collect()
    });
    let events = prop::collection::vec(event(), 1..24);
    (any_rules(), arrivals, events).prop_map(|(rules, mut run, events): (_, Vec<Event>, _)| {
        run.extend(events);
        (rules, run)
    })
}

fn event() -> impl Strategy<Value = Event> {
    let who = any::<u8>;
    let hindrance = prop_oneof![
        Just(Presence::IdentityCheck),
        Just(Presence::OfferedElsewhere),
        Just(Presence::Paused),
        Just(Presence::Waiting),
    ];
    prop_oneof![
        3 => (tier(), 0u8..12).prop_map(|(tier, time)| Event::New(tier, time)),
        8 => Just(Event::Offer),
        4 => who().prop_map(Event::Consent),
        2 => who().prop_map(Event::FailAndStay),
        1 => who().prop_map(Event::FailAndLeave),
        1 => who().prop_map(Event::Recall),
        3 => who().prop_map(Event::Leave),
        1 => who().prop_map(Event::Return),
        1 => who().prop_map(Event::LoseReferral),
        2 => (who(), hindrance).prop_map(|(n, presence)| Event::Hinder(n, presence)),
        1 => (who(), tier()).prop_map(|(n, tier)| Event::Benefit(n, tier)),
    ]
}

// The properties over runs prove something only if everything happens in them.
#[test]
fn everything_happens_in_the_runs() {
    let mut happened: BTreeMap<&str, u32> = BTreeMap::new();
    let mut count = |what| *happened.entry(what).or_default() += 1;
    let mut runner = TestRunner::deterministic();
    for _ in 0..500 {
        let (rules, events) = run().new_tree(&mut runner).expect("a run").current();
        let mut queue = Queue::new(rules);
        for step in events.into_iter().filter_map(|event| queue.happen(event)) {
            count(match step.event {
                Event::New(..) => "new",
                Event::Offer if step.passed => "offer past somebody",
                Event::Offer => "offer",
                Event::Consent(_) => "consent",
                Event::FailAndStay(_) => "fail and stay",
                Event::FailAndLeave(_) => "fail and leave",
                Event::Recall(_) => "recall",
                Event::Leave(_) => "leave",
                Event::Return(_) => "return",
                Event::LoseReferral(_) => "lose referral",
                Event::Hinder(..) => "hinder",
                Event::Benefit(..) => "benefit",
            });
        }
    }
    assert_eq!(happened.len(), 12, "{happened:?}");
    assert!(happened.values().all(|times| *times >= 50), "{happened:?}");
}
