//! Towns in which a settlement has one queue for all its preschools (D-00), and what that promises.

use kezek::queue::allocation::Line;
use kezek::queue::rank::Fate;
use kezek::queue::rules::{self, QueueScope, RuleSet};
use kezek::queue::snapshot::{
    Applying, ChoiceState, Claim, FreeSeat, Group, OfferKind, Preschool, RefusedSeat, Snapshot,
};
use kezek::terms::{PreschoolId, Settlement};
use proptest::prelude::*;

use crate::allocation::{config, night};
use crate::town::{SETTLEMENT, town};

/// A town for these rules. Where a settlement has one queue, each family names one preschool in it;
/// the queue of another settlement stands beside it, which nothing here touches.
pub fn town_under(rules: &RuleSet, seed: u64, families: usize) -> Snapshot {
    let mut snapshot = town(seed, families);
    if rules.queues.scope == QueueScope::Preschool {
        return snapshot;
    }
    name_one(&mut snapshot);
    if seed.is_multiple_of(2) {
        let mut other = town(!seed, families);
        name_one(&mut other);
        join(&mut snapshot, other);
    }
    snapshot
}

/// Each family keeps the first preschool that it named, and a pending offer only while it stands.
fn name_one(snapshot: &mut Snapshot) {
    let standing = |application: &Applying| application.choices[0].state == ChoiceState::Standing;
    for application in &mut snapshot.applications {
        application.choices.truncate(1);
    }
    for offer in &mut snapshot.offers {
        let mut rows = snapshot.applications.iter();
        let holder = rows.find(|row| row.id == offer.application);
        let by_queue = offer.kind == OfferKind::Queue;
        if offer.fate == Fate::Pending && by_queue && !holder.is_some_and(standing) {
            offer.fate = Fate::Lapsed;
        }
    }
}

/// Adds the rows of another town, as those of another settlement.
fn join(snapshot: &mut Snapshot, other: Snapshot) {
    const APART: i64 = 100_000;
    let there = |id: PreschoolId| {
        let id = id.as_str().replace(SETTLEMENT, "750000000");
        PreschoolId::parse(&id).expect("an id")
    };
    let preschools = other.preschools.into_iter().map(|row| Preschool {
        id: there(row.id),
        ..row
    });
    snapshot.preschools.extend(preschools);
    let groups = other.groups.into_iter().map(|row| Group {
        id: row.id + APART,
        preschool: there(row.preschool),
        ..row
    });
    snapshot.groups.extend(groups);
    let seats = other.seats.into_iter().map(|row| FreeSeat {
        id: row.id + APART,
        group: row.group + APART,
        ..row
    });
    snapshot.seats.extend(seats);
    for mut row in other.applications {
        (row.id, row.child) = (row.id + APART, row.child + APART);
        row.standing.sequence += APART;
        row.settlement = Settlement::parse("750000000").expect("a settlement");
        row.enrolled_in = row.enrolled_in.map(there);
        row.twins = row.twins.map(|pair| pair + APART);
        for choice in &mut row.choices {
            choice.preschool = there(choice.preschool);
        }
        snapshot.applications.push(row);
    }
    for mut row in other.offers {
        (row.id, row.seat) = (row.id + APART, row.seat + APART);
        row.application += APART;
        row.class.preschool = there(row.class.preschool);
        snapshot.offers.push(row);
    }
    snapshot.offers.sort_by_key(|row| row.made_at);
    let refused = other.refused.into_iter().map(|row| RefusedSeat {
        application: row.application + APART,
        seat: row.seat + APART,
    });
    snapshot.refused.extend(refused);
    let claims = other.claims.into_iter().map(|row| Claim {
        application: row.application + APART,
        group: row.group + APART,
    });
    snapshot.claims.extend(claims);
}

proptest! {
    #![proptest_config(config())]

    // D-00: in the one queue of a settlement who stands before others in the list of a class never
    // sees one of them in the preschool that it named itself, and is in another one.
    #[test]
    fn nobody_behind_takes_the_preschool_that_a_family_named(
        seed in any::<u64>(),
        families in 0usize..24,
    ) {
        let rules = rules::by_id("kz-254-legacy").expect("it is shipped");
        let snapshot = town_under(rules, seed, families);
        let plan = night(&snapshot, rules);
        let named = |line: &Line| {
            let mut rows = snapshot.applications.iter();
            let row = rows.find(|row| row.id == line.application);
            row.expect("it applied").choices[0].preschool
        };
        let queue: Vec<&Line> =
            plan.lines.iter().filter(|line| line.kind == OfferKind::Queue).collect();
        for (at, first) in queue.iter().enumerate() {
            let settlement = first.class.preschool.settlement();
            prop_assert_eq!(named(first).settlement(), settlement);
            for behind in &queue[at + 1..] {
                let list = behind.class.fit == first.class.fit
                    && behind.class.preschool.settlement() == settlement;
                if !list {
                    continue;
                }
                prop_assert!(first.number < behind.number);
                let envies = behind.class.preschool == named(first)
                    && first.class.preschool != named(first);
                prop_assert!(!envies, "{first:?} {behind:?}");
            }
        }
    }
}
