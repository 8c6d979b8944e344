//! Checks of documents on a real register: numbers, their history and what may be offered follow.

use kezek::services::{Outcome, Regions, Status};

use crate::services::{Counter, texts};

async fn done(counter: &Counter, case: &str) -> Outcome {
    let outcome = counter.ask("egov", Regions::All, case, 0).await;
    assert_eq!(
        outcome.status,
        Status::Success,
        "{case}: {}",
        outcome.payload
    );
    outcome
}

/// The numbers that S-12 tells of the child of an application, and those with which S-13 ends.
async fn numbers(counter: &Counter, child: &[(&str, &str)]) -> [Vec<String>; 2] {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/services/");
    let mut told = Vec::new();
    for (service, local) in [("rank-check", "number"), ("rank-history", "closing")] {
        let path = format!("{folder}{service}/accepted.request.xml");
        let mut text = std::fs::read_to_string(path).expect("the fixture is there");
        for (from, to) in child {
            text = text.replace(from, to);
        }
        let begin = text.find("<k:until>").map(|at| at + "<k:until>".len());
        if let Some(begin) = begin {
            let end = text.find("</k:until>").expect("it ends");
            text.replace_range(begin..end, "2099-12-31T00:00:00+05:00");
        }
        let outcome = counter.hand_in("egov", Regions::All, &text, 5_000).await;
        assert_eq!(outcome.status, Status::Success, "{}", outcome.payload);
        told.push(texts(&outcome, local));
    }
    told.try_into().expect("two services")
}

const ON_CHECK: &[(&str, &str)] = &[
    ("220514500131", "240201600467"),
    (
        "<k:surname>Үлгібаев</k:surname>",
        "<k:surname>Үлгібаева</k:surname>",
    ),
    ("<k:given>Мысал</k:given>", "<k:given>Тексеріс</k:given>"),
    (">1</k:applicationNumber", ">2</k:applicationNumber"),
];

// 004 pt.2(9), pt.21, 1_1 st.9; D-18, D-39: the history of each number explains what a check did.
#[tokio::test]
async fn confirmed_certificate_moves_the_child_and_its_history_says_so() {
    let counter = Counter::open().await;
    done(&counter, "queue-registration/accepted").await;
    done(&counter, "queue-registration/accepted-benefit-on-check").await;
    assert_eq!(numbers(&counter, ON_CHECK).await, [["1", "1"], ["1", "1"]]);
    let checked = done(&counter, "document-check/accepted").await;
    assert_eq!(texts(&checked, "tier"), ["OUT_OF_TURN"]);
    let [told, closing] = numbers(&counter, ON_CHECK).await;
    assert_eq!(told, ["1"]);
    assert_eq!(closing, told);
    let codes: Vec<&str> = checked.told.iter().map(|it| it.notice.code()).collect();
    assert_eq!(codes, ["N-24"]);
    // The same finding in a second message: what was found is not undone and not done twice.
    let again = counter
        .ask("egov", Regions::All, "document-check/accepted", 9_000)
        .await;
    assert_eq!(texts(&again, "code"), ["not_in_this_state"]);
    assert!(again.told.is_empty());
    let kept = counter.number("SELECT count(*) FROM document_check").await;
    assert_eq!(kept, 1);
}

// 004 pt.15; D-25: counted all along, and offered seats from the confirmation on.
#[tokio::test]
async fn confirmed_identity_frees_the_child_for_offers_and_a_refused_ground_ends_the_application() {
    let counter = Counter::open().await;
    for case in [
        "accepted",
        "accepted-benefit-on-check",
        "accepted-identity-on-check",
    ] {
        done(&counter, &format!("queue-registration/{case}")).await;
    }
    const HELD: &str = "SELECT count(*) FROM entry WHERE held_by = 'IDENTITY'";
    assert_eq!(counter.number(HELD).await, 2);
    done(&counter, "document-check/accepted-identity").await;
    assert_eq!(counter.number(HELD).await, 0);
    done(&counter, "queue-registration/accepted-sanatorium").await;
    let ended = done(&counter, "document-check/accepted-refused-for-good").await;
    assert_eq!(texts(&ended, "status"), ["REJECTED"]);
    let codes: Vec<&str> = ended.told.iter().map(|it| it.notice.code()).collect();
    assert_eq!(codes, ["N-05"]);
    const LEFT: &str = "SELECT count(*) FROM entry WHERE application = 4 AND state <> 'LEFT'";
    assert_eq!(counter.number(LEFT).await, 0);
}

// pt.23, D-79, 1_3 p.3: what was refused is claimed no longer, and may be claimed anew.
#[tokio::test]
async fn refused_benefit_is_claimed_anew_by_an_update() {
    let counter = Counter::open().await;
    done(&counter, "queue-registration/accepted").await;
    for _ in 0..2 {
        let claimed = done(&counter, "update/accepted-on-document-check").await;
        assert_eq!(texts(&claimed, "status"), ["ON_DOCUMENT_CHECK"]);
        let refused = done(&counter, "document-check/accepted-benefit-refused").await;
        assert_eq!(texts(&refused, "status"), ["WAITING"]);
        let active = done(&counter, "active-applications/accepted").await;
        assert_eq!(texts(&active, "benefit"), Vec::<String>::new());
    }
}
