//! Small towns at random: snapshots that contradict nothing, for the properties of the night.

use kezek::queue::application::{PreschoolKind, PreschoolStatus};
use kezek::queue::rank::{Fate, Presence, Standing, Tier};
use kezek::queue::seat::{Ages, Care, Class, Fit};
use kezek::queue::snapshot::{
    Applying, Choice, ChoiceState, Claim, FreeSeat, Group, LanguageWish, MadeOffer, OfferKind,
    Preschool, RefusedSeat, Snapshot,
};
use kezek::simulate;
use kezek::terms::{Day, Moment, PreschoolId, Settlement, TeachingLanguage};

/// Chance that can be repeated.
#[derive(Debug, Clone)]
pub struct Dice(simulate::Dice);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(simulate::Dice::new(seed))
    }

    /// A number below `sides`.
    pub fn below(&mut self, sides: usize) -> usize {
        self.0.below(sides)
    }

    /// One time in so many.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

pub const SETTLEMENT: &str = "710000000";

/// The midnight of every town.
pub fn midnight() -> Moment {
    Moment::parse("2026-11-27T00:00:00+05:00").expect("a moment")
}

fn preschool(at: usize) -> PreschoolId {
    PreschoolId::parse(&format!("{SETTLEMENT}-{at:04}")).expect("an id")
}

/// A town of this many families, all of one kind of queue.
pub fn town(seed: u64, families: usize) -> Snapshot {
    let mut dice = Dice::new(seed);
    let kind = match dice.below(8) {
        0 => PreschoolKind::Special,
        1 => PreschoolKind::Sanatorium,
        _ => PreschoolKind::General,
    };
    let mut snapshot = Snapshot {
        taken_at: midnight(),
        preschools: Vec::new(),
        groups: Vec::new(),
        seats: Vec::new(),
        applications: Vec::new(),
        offers: Vec::new(),
        refused: Vec::new(),
        claims: Vec::new(),
    };
    for at in 0..=dice.below(4) {
        snapshot.preschools.push(Preschool {
            id: preschool(at),
            kind,
            status: if dice.one_in(12) {
                PreschoolStatus::Closed
            } else {
                PreschoolStatus::Active
            },
            suspended: dice.one_in(12),
        });
        for _ in 0..=dice.below(3) {
            open_group(&mut dice, &mut snapshot, at, kind);
        }
    }
    // Rows stand in any order.
    if dice.one_in(2) {
        snapshot.preschools.reverse();
        snapshot.groups.reverse();
        snapshot.seats.reverse();
    }
    for at in 0..families {
        let application = family(&mut dice, &snapshot, kind, at);
        snapshot.applications.push(application);
    }
    history(&mut dice, &mut snapshot);
    wishes(&mut dice, &mut snapshot);
    snapshot
}

fn care(dice: &mut Dice, kind: PreschoolKind) -> Care {
    let row = u16::try_from(1 + dice.below(2)).expect("small");
    match kind {
        PreschoolKind::General => Care::Ordinary,
        PreschoolKind::Sanatorium => Care::Rehabilitation(row),
        PreschoolKind::Special => Care::Disorder(row),
    }
}

const LANGUAGES: [TeachingLanguage; 2] = [TeachingLanguage::Kazakh, TeachingLanguage::Russian];

fn open_group(dice: &mut Dice, snapshot: &mut Snapshot, at: usize, kind: PreschoolKind) {
    let id = i64::try_from(snapshot.groups.len()).expect("small") + 1;
    let ages = match dice.below(5) {
        0 => Ages::BirthYear(2021 + i32::try_from(dice.below(3)).expect("small")),
        1 => Ages::Band { from: 3, to: 5 },
        2 => Ages::Band { from: 4, to: 6 },
        n => Ages::Band {
            from: u8::try_from(n).expect("small"),
            to: u8::try_from(n).expect("small"),
        },
    };
    let fit = Fit {
        ages,
        language: dice.pick(&LANGUAGES),
        care: care(dice, kind),
    };
    let free = dice.below(4);
    for _ in 0..free {
        let seat = i64::try_from(snapshot.seats.len()).expect("small") + 1;
        snapshot.seats.push(FreeSeat {
            id: seat,
            group: id,
            temporary: dice.one_in(5),
            state_funded: !dice.one_in(8),
            free_access_since: match dice.below(4) {
                0 => Some(midnight().plus_millis(-86_400_000)),
                1 => Some(midnight().plus_millis(-86_399_999)),
                _ => None,
            },
        });
    }
    snapshot.groups.push(Group {
        id,
        preschool: preschool(at),
        fit,
        seats: u32::try_from(free).expect("small") + 20,
        enrolled: u32::try_from(dice.below(18)).expect("small"),
        blocked: 2,
    });
}

/// The chosen preschools of a family.
fn choices(
    dice: &mut Dice,
    snapshot: &Snapshot,
    (kind, tier): (PreschoolKind, Tier),
    time: Moment,
) -> Vec<Choice> {
    let mut ids: Vec<PreschoolId> = snapshot.preschools.iter().map(|row| row.id).collect();
    let mut choices = Vec::new();
    let named = dice.one_in(2);
    let most = if kind == PreschoolKind::General { 4 } else { 2 };
    for preference in 1..=u8::try_from(1 + dice.below(most)).expect("small") {
        if ids.is_empty() {
            break;
        }
        let at = dice.below(ids.len());
        choices.push(Choice {
            preschool: ids.remove(at),
            preference: named.then_some(preference),
            filed_at: dice.one_in(10).then(|| time.plus_millis(30_000)),
            state: match dice.below(16) {
                0 => ChoiceState::Closed,
                1 => ChoiceState::Parked,
                _ => ChoiceState::Standing,
            },
            owed: dice.one_in(16),
        });
    }
    // 004 pt.21: a child out of turn stands in one preschool; the others are parked (D-18).
    if tier == Tier::OutOfTurn {
        let live = choices
            .iter_mut()
            .filter(|choice| choice.state == ChoiceState::Standing);
        live.skip(1)
            .for_each(|choice| choice.state = ChoiceState::Parked);
    }
    choices
}

fn family(dice: &mut Dice, snapshot: &Snapshot, kind: PreschoolKind, at: usize) -> Applying {
    let id = 100 + i64::try_from(at).expect("small");
    let tier = match (kind, dice.below(10)) {
        (PreschoolKind::General, 0) => Tier::OutOfTurn,
        (PreschoolKind::General, 1..=3) => Tier::Priority,
        _ => Tier::General,
    };
    let minutes = i64::try_from(dice.below(40)).expect("small");
    let time = midnight().plus_millis(-60_000 * (minutes + 1));
    let presence = match dice.below(14) {
        0 => Presence::IdentityCheck,
        1 => Presence::BenefitCheck,
        2 => Presence::StopListed,
        3 => Presence::Consented,
        4 => Presence::Paused,
        _ => Presence::Waiting,
    };
    let mut choices = choices(dice, snapshot, (kind, tier), time);
    // D-21: a child that has a place stands in the general tier.
    let enrolled = dice.one_in(12);
    let tier = if enrolled { Tier::General } else { tier };
    // D-18: nothing but a benefit out of turn parks a choice.
    if tier != Tier::OutOfTurn {
        let parked = |choice: &&mut Choice| choice.state == ChoiceState::Parked;
        let revived = choices.iter_mut().filter(parked);
        revived.for_each(|choice| choice.state = ChoiceState::Standing);
    }
    let born = 2020 + i32::try_from(dice.below(5)).expect("small");
    Applying {
        id,
        child: id + 1000,
        kind,
        settlement: Settlement::parse(SETTLEMENT).expect("a settlement"),
        birth_date: Day::from_parts(born, 5, 17).expect("a day"),
        standing: Standing {
            tier,
            time,
            sequence: id,
        },
        presence,
        care: care(dice, kind),
        language: dice.one_in(2).then(|| LanguageWish {
            language: dice.pick(&LANGUAGES),
            only: dice.one_in(2),
        }),
        last_day: if dice.one_in(12) {
            Day::from_parts(2026, 11, 26).expect("a day")
        } else {
            Day::from_parts(2026, 11, 27).expect("a day")
        },
        enrolled_in: enrolled.then(|| snapshot.preschools[0].id),
        twins: dice
            .one_in(4)
            .then(|| i64::try_from(dice.below(3)).expect("small")),
        temporary_too: dice.one_in(3) && !enrolled,
        choices,
    }
}

/// Offers of the days before, some of them pending.
fn history(dice: &mut Dice, snapshot: &mut Snapshot) {
    let mut holders: Vec<usize> = (0..snapshot.applications.len()).collect();
    for at in 0..dice.below(8) {
        let group = snapshot.groups[dice.below(snapshot.groups.len())];
        let id = i64::try_from(at).expect("small") + 1;
        let made_at = midnight().plus_millis(-3_600_000 + 1000 * id);
        let class = Class {
            preschool: group.preschool,
            temporary: false,
            fit: group.fit,
        };
        let mut offer = MadeOffer {
            id,
            application: 1,
            seat: 5000 + id,
            class,
            birth_year: 2020 + i32::try_from(dice.below(5)).expect("small"),
            tier: dice.pick(&[
                Tier::Priority,
                Tier::General,
                Tier::General,
                Tier::OutOfTurn,
            ]),
            kind: OfferKind::Queue,
            fate: dice.pick(&[Fate::Accepted, Fate::Accepted, Fate::Refused, Fate::Lapsed]),
            made_at,
        };
        if dice.one_in(2) && !holders.is_empty() {
            let holder = holders.remove(dice.below(holders.len()));
            let holder = &snapshot.applications[holder];
            let stands = holder.choices.iter().any(|choice| {
                choice.preschool == group.preschool && choice.state == ChoiceState::Standing
            });
            if dice.one_in(4) {
                offer.kind = dice.pick(&[OfferKind::FreeAccess, OfferKind::Temporary]);
            }
            let by_queue = offer.kind == OfferKind::Queue;
            if holder.presence.counted() && (stands || !by_queue) {
                offer.application = holder.id;
                offer.birth_year = holder.birth_date.year();
                offer.tier = holder.standing.tier;
                offer.fate = Fate::Pending;
            }
        }
        snapshot.offers.push(offer);
    }
}

fn wishes(dice: &mut Dice, snapshot: &mut Snapshot) {
    for _ in 0..dice.below(4) {
        if let (Some(seat), Some(family)) = (
            snapshot.seats.get(dice.below(snapshot.seats.len())),
            snapshot
                .applications
                .get(dice.below(snapshot.applications.len())),
        ) {
            snapshot.refused.push(RefusedSeat {
                application: family.id,
                seat: seat.id,
            });
        }
    }
    for _ in 0..dice.below(16) {
        let group = snapshot.groups[dice.below(snapshot.groups.len())].id;
        if let Some(family) = snapshot
            .applications
            .get(dice.below(snapshot.applications.len()))
        {
            snapshot.claims.push(Claim {
                application: family.id,
                group,
            });
        }
    }
}
