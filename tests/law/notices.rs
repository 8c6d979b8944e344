//! 1_8 and the body of the order: every notice that is owed, to whom, when, by whom.

use std::collections::BTreeSet;

use kezek::queue::lifecycle::{Countdown, Machine};
use kezek::queue::notice::{NoticeKind, Recipient, Sender, Timing};
use kezek::queue::rules;

use crate::machines::of_each_machine;
use crate::policies::rule_sets;
use crate::table::check;

// 1_8 No. 1–21, pt.24, pt.42, 1_2 st.3, 1_3 st.9, 1_4 st.4, 1_11.
#[test]
fn directory_of_notices_is_that_of_the_order() {
    check("notice/directory.txt", |row| {
        let kind = row.read("code", NoticeKind::from_code);
        let recipient = match kind.recipient() {
            Recipient::Applicant => "applicant",
            Recipient::ContractOwner => "contract owner",
            Recipient::LegalRepresentative => "legal representative",
            Recipient::ReferralOwner => "referral owner",
        };
        let sender = match kind.sender() {
            Sender::Base => "base",
            Sender::Region => "region",
        };
        let timing = match kind.timing(rules::current()) {
            Timing::AtOnce => "at once".to_owned(),
            Timing::DaysBefore(days) => format!("{days:?} days before"),
            Timing::HoursBefore(hours) => format!("{hours} hours before"),
        };
        let reply = if kind.asks_for_a_reply() {
            "reply"
        } else {
            "-"
        };
        let facts = [recipient, sender, &timing, reply, kind.paragraph()];
        facts.map(str::to_owned).to_vec()
    });
    let codes: Vec<_> = NoticeKind::ALL.iter().map(|kind| kind.code()).collect();
    let numbered: Vec<_> = (1..=30).map(|number| format!("N-{number:02}")).collect();
    assert_eq!(codes, numbered);
}

/// The notices of all steps of a machine, and of the countdowns that they start.
fn owed<M: Machine>(all: &mut BTreeSet<NoticeKind>) {
    for rules in rule_sets() {
        for (state, event) in M::STATES
            .iter()
            .flat_map(|s| M::EVENTS.iter().map(move |e| (s, e)))
        {
            if let Ok(step) = state.step(*event, &rules) {
                all.extend(step.notices);
                all.extend(
                    step.countdowns
                        .iter()
                        .chain(step.resumed)
                        .filter_map(|clock| Countdown::warning(*clock)),
                );
            }
        }
    }
}

// Every notice is owed by a step or a clock; two are owed by a date and by an answer.
#[test]
fn every_notice_is_owed_by_a_step_of_a_life_cycle() {
    let mut all = BTreeSet::new();
    of_each_machine!(owed, &mut all);
    let elsewhere: Vec<_> = NoticeKind::ALL
        .iter()
        .filter(|kind| !all.contains(kind))
        .collect();
    // By the end of the validity (D-102), and by the service that makes extracts (1_4).
    assert_eq!(elsewhere, [&NoticeKind::ValidityEnds, &NoticeKind::Extract]);
}
