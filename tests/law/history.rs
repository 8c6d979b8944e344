//! 004 pt.2(9), 1_10 No. 13: the history of a number over a period (D-39).

use kezek::queue::rank::{Happening, Joining, Leaving, Reason, Standing, Tier, history as told_by};
use kezek::queue::rules;
use kezek::terms::Moment;
use proptest::prelude::*;

use crate::allocation::config;
use crate::change::happening;
use crate::simulation::{Queue, Step, run};

fn moment(millis: usize) -> Moment {
    Moment::from_millis(i64::try_from(millis).expect("few")).expect("a moment")
}

proptest! {
    #![proptest_config(config())]

    // Both numbers are those of the queue as it stood, and the changes lead from one to the other.
    #[test]
    fn history_leads_from_the_number_of_its_start_to_that_of_its_end(
        (rules, events) in run(),
        from in 0usize..30,
        length in 0usize..30,
    ) {
        let mut queue = Queue::new(rules.clone());
        let steps: Vec<Step> =
            events.into_iter().filter_map(|event| queue.happen(event)).collect();
        prop_assume!(!steps.is_empty());
        let (from, last) = (from % steps.len(), steps.len() - 1);
        let until = (from + length).min(last);
        let log: Vec<(Moment, Happening)> = steps
            .iter()
            .enumerate()
            .filter_map(|(at, step)| Some((moment(at), happening(step)?)))
            .collect();
        let joins = |sequence| steps.iter().position(|step| {
            step.after.members.iter().any(|member| member.standing.sequence == sequence)
        });
        for sequence in 1..=i64::try_from(steps.len()).expect("few") {
            let told = told_by(&log, sequence, moment(from), moment(until), &rules);
            // A period in which it was away at first begins with its return.
            let back = (from..=until).find(|at| steps[*at].after.numbers().contains_key(&sequence));
            let opening = back.filter(|_| joins(sequence).is_some());
            let opening = opening.map(|at| steps[at].after.numbers()[&sequence]);
            let closing = steps[until].after.numbers().get(&sequence).copied();
            prop_assert_eq!(told.opening.map(|it| it as usize), opening, "{} {:?}", sequence, &log);
            prop_assert_eq!(told.closing.map(|it| it as usize), closing);
            let sum: i64 = told.changes.iter().map(|change| change.places).sum();
            if let Some((opening, closing)) = told.opening.zip(told.closing) {
                prop_assert_eq!(i64::from(opening) + sum, i64::from(closing));
            }
            let within = moment(from)..=moment(until);
            prop_assert!(told.changes.iter().all(|change| within.contains(&change.at)));
        }
    }
}

#[test]
fn each_event_is_told_with_its_moment_its_reason_and_the_number_after_it() {
    let standing = |sequence, tier| Standing {
        tier,
        time: moment(usize::try_from(sequence).expect("small")),
        sequence,
    };
    let general = |sequence| standing(sequence, Tier::General);
    let log = [
        (moment(1), Happening::Joined(general(1), Joining::New)),
        (moment(2), Happening::Joined(general(2), Joining::New)),
        (moment(3), Happening::Joined(general(3), Joining::New)),
        (moment(4), Happening::Moved(general(1), Tier::OutOfTurn)),
        (moment(5), Happening::Left(general(2), Leaving::Withdrawn)),
        (moment(6), Happening::Left(general(3), Leaving::StopListed)),
        (
            moment(7),
            Happening::Left(standing(1, Tier::OutOfTurn), Leaving::Parked),
        ),
        (moment(8), Happening::Joined(general(3), Joining::Returned)),
        (moment(9), Happening::Left(general(3), Leaving::Withdrawn)),
    ];
    let told = |sequence, from, until| {
        let told = told_by(
            &log,
            sequence,
            moment(from),
            moment(until),
            rules::current(),
        );
        let changes: Vec<(i64, Reason, i64, Option<u32>)> = told
            .changes
            .iter()
            .map(|it| {
                (
                    it.at.millis_since(moment(0)),
                    it.reason,
                    it.places,
                    it.number,
                )
            })
            .collect();
        (told.opening, changes, told.closing)
    };
    assert_eq!(
        told(3, 3, 9),
        (
            Some(3),
            vec![
                (5, Reason::Withdrawn, -1, Some(2)),
                (6, Reason::StopListed, 0, None),
                (8, Reason::WhileAway, -1, Some(1)),
                (9, Reason::Withdrawn, 0, None),
            ],
            None
        )
    );
    // It joined within the period; nothing behind it moves it.
    assert_eq!(told(2, 0, 4), (Some(2), vec![], Some(2)));
    assert_eq!(told(1, 0, 6).2, Some(1));
    // Out of the period, or never here.
    assert_eq!(told(3, 0, 2), (None, vec![], None));
    assert_eq!(told(4, 0, 9), (None, vec![], None));
}
