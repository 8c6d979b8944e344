//! Reading services on a real register: what was loaded comes out whole, page by page; papers of a
//! seat are shown to whom and while the law says.

use std::collections::BTreeMap;

use kezek::queue::lifecycle::{Machine, contract, enrolment, referral};
use kezek::registry::CodeList;
use kezek::services::representative::in_force;
use kezek::services::{Regions, Status};

use crate::registers::start;
use crate::services::{Counter, texts};

// 004 1_1 p.4, p.6, p.8: whoever fills in a form needs each list, and needs all of it.
#[tokio::test]
async fn every_list_that_was_loaded_comes_out_whole_in_pages_of_two() {
    let counter = Counter::open().await;
    let set = start();
    let fixture = include_str!("../../fixtures/services/code-list/accepted.request.xml");
    for list in CodeList::ALL {
        let mut shown = BTreeMap::new();
        let mut after = String::new();
        loop {
            let asked = format!(
                "<k:list>{}</k:list>{after}<k:limit>2</k:limit>",
                list.code()
            );
            let text = fixture.replace("<k:list>BENEFIT</k:list>", &asked);
            let page = counter.hand_in("egov", Regions::All, &text, 0).await;
            let [kk, ru] = ["kk", "ru"].map(|language| texts(&page, language));
            let codes = texts(&page, "code");
            assert!(codes.len() <= 2 && codes.is_sorted(), "{}", page.payload);
            let last = codes.last().cloned().unwrap_or_default();
            after = format!("<k:after>{last}</k:after>");
            shown.extend(codes.into_iter().zip(kk.into_iter().zip(ru)));
            if texts(&page, "more") == ["false"] {
                break;
            }
        }
        let loaded = set.codes.iter().filter(|row| row.list == list);
        let loaded: BTreeMap<_, _> = loaded
            .map(|row| {
                let names = (row.name_kk.clone(), row.name_ru.clone());
                (row.code.clone(), names)
            })
            .collect();
        assert_eq!(shown, loaded, "{list:?}");
    }
}

const REGISTRATION: &str = "queue-registration/accepted";
/// The papers of a seat: what is asked, and the rows of its scenario.
const PAPERS: [(&str, &str, &str); 3] = [
    (
        "active-referrals/accepted",
        "referralNumber",
        include_str!("../../fixtures/scenarios/referral.sql"),
    ),
    (
        "active-enrolments/accepted",
        "enrolmentNumber",
        include_str!("../../fixtures/scenarios/enrolment.sql"),
    ),
    (
        "active-contracts/accepted",
        "contractNumber",
        include_str!("../../fixtures/scenarios/contract.sql"),
    ),
];

// 004 1_9 p.5: another person and the sender of another region get one and the same answer as for a
// child that nobody knows.
#[tokio::test]
async fn papers_of_a_seat_are_shown_to_who_filed_and_in_the_regions_of_the_sender_only() {
    for (case, number, rows) in PAPERS {
        let counter = Counter::open().await;
        let unknown = counter.ask("egov", Regions::All, case, 0).await;
        assert_eq!(texts(&unknown, "code"), ["representative_unknown"]);
        counter.ask("egov", Regions::All, REGISTRATION, 0).await;
        counter.put(rows).await;
        let astana = Regions::Of(vec!["71".to_owned()]);
        let own = counter.ask("bank", astana, case, 50).await;
        assert!(!texts(&own, number).is_empty(), "{}", own.payload);
        let almaty = Regions::Of(vec!["75".to_owned()]);
        let folder = case.strip_suffix("/accepted").expect("its folder");
        let other = format!("{folder}/refused-representative-unknown");
        for refused in [
            counter.ask("egov", almaty, case, 60).await,
            counter.ask("egov", Regions::All, &other, 70).await,
        ] {
            assert_eq!(refused.payload, unknown.payload, "{case}");
        }
    }
}

// 1_6 st.8: the consent takes the application out of its queues, and its papers are asked for then.
#[tokio::test]
async fn papers_of_an_application_that_left_the_queues_are_shown() {
    for (case, number, rows) in PAPERS {
        let counter = Counter::open().await;
        counter.ask("egov", Regions::All, REGISTRATION, 0).await;
        counter.put(rows).await;
        let before = counter.ask("egov", Regions::All, case, 50).await;
        let withdrawn = counter
            .ask("egov", Regions::All, "withdrawal/accepted", 60)
            .await;
        assert_eq!(withdrawn.status, Status::Success, "{}", withdrawn.payload);
        let after = counter.ask("egov", Regions::All, case, 50).await;
        assert_eq!(texts(&after, number), texts(&before, number), "{case}");
        assert_eq!(texts(&after, "status"), texts(&before, "status"), "{case}");
    }
}

/// Puts a paper into each state of its life cycle; in which of them is it shown?
async fn shown_in<S: Machine>(case: &str, number: &str, rows: &str, table: &str) -> Vec<String> {
    let counter = Counter::open().await;
    counter.ask("egov", Regions::All, REGISTRATION, 0).await;
    counter.put(rows).await;
    // One row is enough: the others would stand in the way of what is unique.
    let others = "DELETE FROM contract WHERE id > 1; DELETE FROM enrolment WHERE id > 1;
                  DELETE FROM referral WHERE id > 1";
    counter.put(others).await;
    let mut shown = Vec::new();
    for state in S::STATES.iter().map(|state| state.state_code()) {
        if table == "contract" && state == "NONE" {
            continue;
        }
        let put = format!("UPDATE {table} SET state = '{state}' WHERE id = 1");
        counter.put(&put).await;
        let answer = counter.ask("egov", Regions::All, case, 50).await;
        if !texts(&answer, number).is_empty() {
            shown.push(state.to_owned());
        }
    }
    shown
}

// 004 1_10 No. 5 to No. 7 «действующих»; the table takes every state that the life cycle has.
#[tokio::test]
async fn paper_is_shown_in_the_states_in_which_it_can_be_used() {
    let [(case, number, rows), enrolments, contracts] = PAPERS;
    let shown = shown_in::<referral::State>(case, number, rows, "referral").await;
    assert_eq!(shown, in_force::<referral::State>());
    assert!(shown.contains(&"VERIFYING".to_owned()) && !shown.contains(&"USED".to_owned()));
    let (case, number, rows) = enrolments;
    let shown = shown_in::<enrolment::State>(case, number, rows, "enrolment").await;
    assert_eq!(shown, in_force::<enrolment::State>());
    assert!(shown.contains(&"DRAFT".to_owned()) && !shown.contains(&"EXPECTED".to_owned()));
    let (case, number, rows) = contracts;
    let shown = shown_in::<contract::State>(case, number, rows, "contract").await;
    assert_eq!(shown, ["IN_FORCE"]);
}

// D-95: names come with the consent and go with it at once, and nothing else does.
#[tokio::test]
async fn names_stand_in_the_stop_list_for_as_long_as_the_family_consents() {
    let counter = Counter::open().await;
    counter.ask("egov", Regions::All, REGISTRATION, 0).await;
    let other = "queue-registration/accepted-with-everything";
    counter.ask("egov", Regions::All, other, 10).await;
    let rows = include_str!("../../fixtures/scenarios/stop.sql");
    counter.put(rows).await;
    // The other family consented when it filed; this one did not, does, and does no more.
    let mut said = Vec::new();
    for change in ["", "consent/accepted-given-again", "consent/accepted"] {
        if !change.is_empty() {
            let changed = counter.ask("egov", Regions::All, change, 60).await;
            assert_eq!(changed.status, Status::Success, "{}", changed.payload);
        }
        let list = counter
            .ask("egov", Regions::All, "stop-list/accepted", 50)
            .await;
        let same = ["applicationNumber", "placedAt", "ground", "exitOn"];
        said.push(same.map(|element| texts(&list, element)));
        let named = texts(&list, "surname").len();
        let initials = texts(&list, "childInitials").len();
        let expected = if change.ends_with("given-again") {
            (4, 0)
        } else {
            (2, 1)
        };
        assert_eq!((named, initials), expected, "{}", list.payload);
    }
    assert!(said.windows(2).all(|pair| pair[0] == pair[1]), "{said:?}");
}
