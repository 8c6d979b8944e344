//! Special and sanatorium queues on a real register: which children share one, and what every
//! service that knows applications says of them.

use kezek::services::{Outcome, Regions, Status};

use crate::services::{Counter, texts, with_check_digit};

const CONCLUSION: &str = include_str!("../../fixtures/scenarios/conclusion.sql");

async fn asked(counter: &Counter, service: &str, changes: &[(&str, &str)]) -> Outcome {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/services/");
    let path = format!("{folder}{service}.request.xml");
    let mut text = std::fs::read_to_string(path).expect("the fixture is there");
    for (from, to) in changes {
        assert!(text.contains(from), "{service} has no {from}");
        text = text.replace(from, to);
    }
    counter.hand_in("egov", Regions::All, &text, 0).await
}

/// A child born on this day, the serial-th of it.
fn child(born: &str, serial: usize) -> String {
    let digits = born.replace('-', "");
    let mut numbers =
        (20..99).filter_map(|it| with_check_digit(&format!("{}500{it}", &digits[2..])));
    numbers.nth(serial).expect("a number of that day")
}

/// Registers a child of this day with this disorder; the later of them files earlier.
async fn special(counter: &Counter, at: usize, born: &str, disorder: &str) -> String {
    let child = child(born, at);
    let conclusion = CONCLUSION.replace("220514500131", &child);
    counter.put(&conclusion).await;
    let filed = format!("2026-11-23T10:00:00.{:03}+05:00", 900 - at * 50);
    let registered = asked(
        counter,
        "queue-registration/accepted-special",
        &[
            ("220514500131", &child),
            ("2022-05-14", born),
            ("PORTAL-2026-000031", &format!("PORTAL-{at}")),
            ("SPEECH", disorder),
            (
                "2026-11-23T10:00:00.000+05:00</k:filedAt>",
                &format!("{filed}</k:filedAt>"),
            ),
        ],
    )
    .await;
    assert_eq!(registered.status, Status::Success, "{}", registered.payload);
    child
}

/// What S-12 says of the child: the number, and how its queue is named.
async fn place(counter: &Counter, child: &str) -> (String, String) {
    let told = asked(counter, "rank-check/accepted", &[("220514500131", child)]).await;
    assert_eq!(told.status, Status::Success, "{}", told.payload);
    let queue = texts(&told, "ru").remove(0);
    (texts(&told, "number").remove(0), queue)
}

/// What S-13 says at its end.
async fn closing(counter: &Counter, child: &str, application: usize) -> Vec<String> {
    let number = format!(">{application}</k:applicationNumber");
    let until = "<k:until>2099-12-31T00:00:00+05:00</k:until>";
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/services/");
    let path = format!("{folder}rank-history/accepted.request.xml");
    let text = std::fs::read_to_string(path).expect("the fixture is there");
    let (before, rest) = text.split_once("<k:until>").expect("it has an end");
    let (_, after) = rest.split_once("</k:until>").expect("it ends");
    let text = format!("{before}{until}{after}").replace("220514500131", child);
    let text = text.replace(">1</k:applicationNumber", &number);
    let told = counter.hand_in("egov", Regions::All, &text, 5_000).await;
    assert_eq!(told.status, Status::Success, "{}", told.payload);
    texts(&told, "closing")
}

// 004 pt.16 «по возрастной периодизации детей, определенной в такой ДО», pt.18, pt.26(2); D-11.
#[tokio::test]
async fn special_queue_is_that_of_one_disorder_and_one_age_category() {
    let counter = Counter::open().await;
    counter
        .put("UPDATE requisites SET ages = '{JUNIOR,MIDDLE,SENIOR}' WHERE preschool = '710000000-0006'")
        .await;
    let mut children = Vec::new();
    for (at, (born, disorder)) in [
        ("2022-05-14", "SPEECH"),
        ("2022-05-14", "SPEECH"),
        ("2022-05-14", "HEARING"),
        ("2023-08-19", "SPEECH"),
        ("2022-01-31", "SPEECH"),
    ]
    .into_iter()
    .enumerate()
    {
        children.push(special(&counter, at, born, disorder).await);
    }
    // In 2026 who was born in 2022 is four, and in 2023 three.
    let senior =
        "Специальный сад «Тёплая ладонь» (вымышленный), Нарушение речи, Старшая группа (4 года)";
    for (at, number, part) in [
        (0, "3", "Старшая группа (4 года)"),
        (1, "2", "Старшая группа (4 года)"),
        (2, "1", "Нарушение слуха, Старшая группа (4 года)"),
        (3, "1", "Нарушение речи, Средняя группа (3 года)"),
        (4, "1", "Старшая группа (4 года)"),
    ] {
        let (told, queue) = place(&counter, &children[at]).await;
        assert_eq!(told, number, "{at} {queue}");
        assert!(queue.ends_with(part), "{at} {queue}");
        assert_eq!(
            closing(&counter, &children[at], at + 1).await,
            [told],
            "{at}"
        );
    }
    assert_eq!(place(&counter, &children[0]).await.1, senior);
    // Who leaves is counted no longer by those who share the queue, and by no others.
    let number = ">2</k:applicationNumber";
    let left = [
        ("220514500131", children[1].as_str()),
        (">1</k:applicationNumber", number),
    ];
    let left = asked(&counter, "withdrawal/accepted", &left).await;
    assert_eq!(left.status, Status::Success, "{}", left.payload);
    for (at, number) in [(0, "2"), (2, "1"), (3, "1"), (4, "1")] {
        assert_eq!(place(&counter, &children[at]).await.0, number, "{at}");
        assert_eq!(
            closing(&counter, &children[at], at + 1).await,
            [number],
            "{at}"
        );
    }
}

// 004 pt.20 «состоит в общеобразовательной очереди и одновременно в специальных и санаторных»; 1_4
// st.4 «по всем действительным заявлениям».
#[tokio::test]
async fn child_stands_in_one_queue_of_each_kind_and_each_service_says_so() {
    let counter = Counter::open().await;
    counter.put(CONCLUSION).await;
    let kinds = ["accepted", "accepted-sanatorium", "accepted-special"];
    for case in kinds {
        let case = format!("queue-registration/{case}");
        let registered = counter.ask("egov", Regions::All, &case, 0).await;
        assert_eq!(registered.status, Status::Success, "{}", registered.payload);
        assert_eq!(registered.told.len(), 1);
        // The same again under its own id is the same application; under another, a second one.
        let again = counter.ask("egov", Regions::All, &case, 90_000).await;
        assert_eq!(
            texts(&again, "applicationNumber"),
            texts(&registered, "applicationNumber")
        );
        let id = texts(&registered, "applicationId").remove(0);
        let second = asked(&counter, &case, &[(&id, "PORTAL-SECOND")]).await;
        assert_eq!(texts(&second, "code"), ["already_waiting"]);
    }
    let active = counter
        .ask("egov", Regions::All, "active-applications/accepted", 0)
        .await;
    assert_eq!(texts(&active, "kind"), ["GENERAL", "SANATORIUM", "SPECIAL"]);
    assert_eq!(texts(&active, "disorder"), ["SPEECH"]);
    assert_eq!(
        texts(&active, "rehabilitation"),
        ["TUBERCULOSIS_PREVENTION"]
    );
    assert_eq!(
        texts(&active, "status"),
        ["WAITING", "ON_DOCUMENT_CHECK", "WAITING"]
    );
    let told = counter
        .ask("egov", Regions::All, "rank-check/accepted", 0)
        .await;
    assert_eq!(texts(&told, "number"), ["1", "1", "1", "1"]);
    assert_eq!(texts(&told, "disorder"), ["SPEECH"]);
    assert_eq!(texts(&told, "rehabilitation"), ["TUBERCULOSIS_PREVENTION"]);
    // 1_2 p.3: each of them can be extended; 1_3 p.3: only the general one is updated.
    for (number, settlement) in [("2", "750000000"), ("3", "710000000")] {
        let changes = [
            (
                ">1</k:applicationNumber",
                format!(">{number}</k:applicationNumber"),
            ),
            (
                ">710000000</k:settlement",
                format!(">{settlement}</k:settlement"),
            ),
        ];
        let changes: Vec<(&str, &str)> = changes
            .iter()
            .map(|(from, to)| (*from, to.as_str()))
            .collect();
        let extended = asked(&counter, "extension/accepted", &changes).await;
        assert_eq!(extended.status, Status::Success, "{}", extended.payload);
    }
}

// 1_1 p.4(1): an application is what was signed, its ground with it.
#[tokio::test]
async fn another_ground_under_the_same_id_is_named_and_changes_nothing() {
    let counter = Counter::open().await;
    counter.put(CONCLUSION).await;
    for (case, from, to, path) in [
        (
            "accepted-special",
            "SPEECH",
            "HEARING",
            "/queueRegistration/special",
        ),
        (
            "accepted-sanatorium",
            "2027-05-16",
            "2027-05-17",
            "/queueRegistration/sanatorium",
        ),
    ] {
        let case = format!("queue-registration/{case}");
        let registered = counter.ask("egov", Regions::All, &case, 0).await;
        assert_eq!(registered.status, Status::Success, "{}", registered.payload);
        let other = asked(&counter, &case, &[(from, to)]).await;
        assert_eq!(texts(&other, "code"), ["application_differs"]);
        assert_eq!(texts(&other, "path"), [path]);
    }
}
