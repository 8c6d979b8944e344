//! The counters on a real register: what a fixture's payload is answered, and what is kept of it.

use kezek::registry::Registry;
use kezek::scans::ContentId;
use kezek::services::{Asked, Outcome, Regions, Service, Status, by_number};
use kezek::terms::{Iin, Moment};
use kezek::xml::{Document, Element, Limits, canonical};

use crate::ground::Database;
use crate::registers::load_start;

/// A counter with its register.
pub struct Counter {
    database: Database,
    registry: Registry,
}

impl Counter {
    pub async fn open() -> Self {
        let (database, registry) = Database::migrated().await;
        load_start(&registry).await;
        Self { database, registry }
    }

    /// Puts rows into the register that no service writes.
    pub async fn put(&self, rows: &str) {
        let client = self.database.look().await;
        client.batch_execute(rows).await.expect("the rows fit");
    }

    /// The number that a question to the register has for an answer.
    pub async fn number(&self, question: &str) -> i64 {
        let client = self.database.look().await;
        let row = client.query_one(question, &[]).await;
        row.expect("one row").get(0)
    }

    /// Hands in a fixture as this sender, so many milliseconds after the first one.
    pub async fn ask(&self, sender: &str, regions: Regions, fixture: &str, later: i64) -> Outcome {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/services/");
        let path = format!("{folder}{fixture}.request.xml");
        let text = std::fs::read_to_string(&path).expect("the fixture is there");
        self.hand_in(sender, regions, &text, later).await
    }

    /// Hands in a message as this sender, so many milliseconds after the first one.
    pub async fn hand_in(&self, sender: &str, regions: Regions, text: &str, later: i64) -> Outcome {
        let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).expect("XML");
        let (service, payload) = addressed(&document);
        let now = reception().plus_millis(later);
        let said = canonical::exclusive(payload, &[], 1 << 20).expect("within the bound");
        let asked = Asked {
            sender: sender.to_owned(),
            regions,
            sent_at: reception().plus_millis(-1_000),
            received_at: now,
            now,
            // As the door's: of what is said, and of nothing around it.
            digest: *ContentId::of(&said).octets(),
        };
        let transaction = self.registry.begin().await.expect("begins");
        let outcome = (service.handle)(&transaction, payload, &asked)
            .await
            .expect("no trouble");
        transaction.commit().await.expect("commits");
        outcome
    }
}

/// When the first message of a test arrives: a second after the time that fixtures state.
pub fn reception() -> Moment {
    Moment::parse("2026-11-23T10:00:01+05:00").expect("a moment")
}

/// Which service a message is for, and what it hands in there.
pub fn addressed(message: &Document) -> (&'static Service, Element<'_>) {
    let value = |local| {
        let mut named = message.elements().filter(|it| it.local() == local);
        named.next().expect("is there")
    };
    let service = by_number(&value("serviceId").text()).expect("in the catalogue");
    let payload = value("data").children().next().expect("a payload");
    (service, payload)
}

/// The texts of all elements of this name, in their sequence.
pub fn texts(outcome: &Outcome, local: &str) -> Vec<String> {
    let document = Document::parse(outcome.payload.as_bytes(), &Limits::MESSAGE).expect("XML");
    let named = document.elements().filter(|it| it.local() == local);
    named.map(|it| it.text().into_owned()).collect()
}

const REGISTRATION: &str = "queue-registration/accepted";

#[tokio::test]
async fn registered_child_is_first_and_the_family_is_told_once() {
    let counter = Counter::open().await;
    let first = counter.ask("egov", Regions::All, REGISTRATION, 0).await;
    assert_eq!(first.status, Status::Success, "{}", first.payload);
    assert_eq!(texts(&first, "number"), ["1", "1"]);
    assert_eq!(texts(&first, "filedAtSource"), ["STATED"]);
    assert_eq!(first.told.len(), 1);
    assert_eq!(first.told[0].phones.len(), 1);

    // The same application under a new message: the same number, and no second notice.
    let again = counter
        .ask("egov", Regions::All, REGISTRATION, 90_000)
        .await;
    assert_eq!(again.status, Status::Success, "{}", again.payload);
    for same in [
        "applicationNumber",
        "filedAt",
        "receivedAt",
        "validUntil",
        "number",
    ] {
        assert_eq!(texts(&again, same), texts(&first, same), "{same}");
    }
    assert!(again.told.is_empty());
}

// An answer about a queue is true of one instant, that of the snapshot that was counted: whatever
// was committed before it is in the numbers, and the answer says that instant and no earlier one.
#[tokio::test]
async fn numbers_are_as_of_the_instant_at_which_they_were_counted() {
    let counter = Counter::open().await;
    let case = "queue-registration/accepted-benefit-on-check";
    for case in [REGISTRATION, case, REGISTRATION, "rank-check/accepted"] {
        let before = counter.registry.clock().await.expect("a clock");
        let outcome = counter.ask("egov", Regions::All, case, 0).await;
        let after = counter.registry.clock().await.expect("a clock");
        assert_eq!(outcome.status, Status::Success, "{}", outcome.payload);
        let said = texts(&outcome, "asOf");
        let as_of = Moment::parse(&said[0]).expect("a moment");
        assert!(
            (before..=after).contains(&as_of),
            "{before} {as_of} {after}"
        );
        assert_eq!(outcome.decision["as_of"], said[0].as_str());
    }
}

// 004 pt.17, pt.23: a benefit on check waits in the general tier; another family that registers
// afterwards with an earlier time stands before it, and a repeat says so.
#[tokio::test]
async fn repeat_is_answered_with_the_present_numbers() {
    let counter = Counter::open().await;
    let case = "queue-registration/accepted-benefit-on-check";
    let alone = counter.ask("egov", Regions::All, case, 500).await;
    assert_eq!(texts(&alone, "status"), ["ON_DOCUMENT_CHECK"]);
    assert_eq!(texts(&alone, "tier"), ["GENERAL", "GENERAL"]);
    assert_eq!(texts(&alone, "number"), ["1", "1"]);

    let text = include_str!(
        "../../fixtures/services/queue-registration/accepted-benefit-on-check.request.xml"
    );
    let (child, other) = (
        CHILD_OF_2024,
        with_check_digit("24020160047").expect("it has one"),
    );
    assert!(text.contains(child), "the fixture's child");
    let earlier = text
        .replace(child, &other)
        .replace("PORTAL-2026-000003", "PORTAL-2026-000099")
        .replace(
            "10:00:00.000+05:00</k:filedAt>",
            "09:59:59.999+05:00</k:filedAt>",
        );
    let before = counter.hand_in("egov", Regions::All, &earlier, 600).await;
    assert_eq!(texts(&before, "number"), ["1", "1"], "{}", before.payload);

    let again = counter.ask("egov", Regions::All, case, 700).await;
    assert_eq!(texts(&again, "number"), ["2", "2"]);
    assert_eq!(
        texts(&again, "applicationNumber"),
        texts(&alone, "applicationNumber")
    );
    let remarks = texts(&again, "code");
    assert_eq!(remarks, texts(&alone, "code"));
    assert!(remarks.contains(&"out_of_turn_on_check".to_owned()));
}

// 004 1_1 p.4(1): the id names one application, as it was signed. With another content "done" would
// promise what nobody has done; each path that differs is named, and nothing is changed.
#[tokio::test]
async fn application_with_another_content_is_refused_with_the_paths_that_differ() {
    let counter = Counter::open().await;
    counter.ask("egov", Regions::All, REGISTRATION, 0).await;
    let text = include_str!("../../fixtures/services/queue-registration/accepted.request.xml");
    let benefit = "<k:held>true</k:held><k:kind>LARGE_FAMILY</k:kind>";
    let cases: [(&str, &str, &[&str]); 7] = [
        ("+77010000001", "+77010000009", &["applicant/phone"]),
        ("<k:held>false</k:held>", benefit, &["child/benefit"]),
        (
            "10:00:00.000+05:00</k:filedAt>",
            "10:00:00.001+05:00</k:filedAt>",
            &["filedAt"],
        ),
        (">Мысал<", ">Мисал<", &["child/name"]),
        (">kk<", ">ru<", &["language/code"]),
        (
            "Publication>false<",
            "Publication>true<",
            &["consentToPublication"],
        ),
        (
            "</k:phone>",
            "</k:phone><k:phone2>+77010000008</k:phone2><k:email>a@b.kz</k:email>",
            &["applicant/phone2", "applicant/email"],
        ),
    ];
    for (was, is, paths) in cases {
        assert!(text.contains(was), "the fixture has {was}");
        let other = text.replace(was, is);
        let refused = counter.hand_in("egov", Regions::All, &other, 50).await;
        let expected: Vec<String> = paths
            .iter()
            .map(|path| format!("/queueRegistration/{path}"))
            .collect();
        assert_eq!(texts(&refused, "path"), expected, "{}", refused.payload);
        assert_eq!(refused.status, Status::Rejected);
        assert!(
            texts(&refused, "code")
                .iter()
                .all(|it| it == "application_differs")
        );
        assert!(refused.told.is_empty());
    }
    let case = "queue-registration/refused-application-differs";
    let refused = counter.ask("egov", Regions::All, case, 60).await;
    assert_eq!(texts(&refused, "path"), ["/queueRegistration/preschools"]);
    // Nothing was changed: the first content is still the same application.
    let again = counter.ask("egov", Regions::All, REGISTRATION, 70).await;
    assert_eq!(again.status, Status::Success, "{}", again.payload);
}

/// The child of `accepted-benefit-on-check`.
const CHILD_OF_2024: &str = "240201600467";

pub fn with_check_digit(eleven: &str) -> Option<String> {
    let mut numbers = (0..10).map(|digit| format!("{eleven}{digit}"));
    numbers.find(|number| Iin::parse(number).is_ok())
}

// 004 pt.20: one queue of a kind in the whole republic; whose and where is nobody else's business.
#[tokio::test]
async fn child_that_waits_is_refused_to_every_sender_without_details() {
    let counter = Counter::open().await;
    counter.ask("egov", Regions::All, REGISTRATION, 0).await;
    for sender in ["egov", "bank"] {
        let case = "queue-registration/refused-already-waiting";
        let refused = counter.ask(sender, Regions::All, case, 50).await;
        assert_eq!(refused.status, Status::Rejected);
        assert_eq!(texts(&refused, "code"), ["already_waiting"]);
        assert_eq!(texts(&refused, "paragraph"), ["004 pt.20"]);
        assert!(!refused.payload.contains("710000000") && !refused.payload.contains("egov"));
        assert!(refused.told.is_empty());
    }
    // The id belongs to its sender: for another it is another application.
    let same_id = counter.ask("bank", Regions::All, REGISTRATION, 60).await;
    assert_eq!(texts(&same_id, "code"), ["already_waiting"]);
}

#[tokio::test]
async fn each_lawful_refusal_is_the_one_in_the_name_of_its_fixture() {
    let counter = Counter::open().await;
    counter.ask("egov", Regions::All, REGISTRATION, 0).await;
    for code in [
        "application_id_taken",
        "child_too_old",
        "preschool_closed",
        "preschool_of_another_kind",
        "preschool_unknown",
    ] {
        let case = format!("queue-registration/refused-{}", code.replace('_', "-"));
        let refused = counter.ask("egov", Regions::All, &case, 10).await;
        assert_eq!(
            (refused.status, texts(&refused, "code")),
            (Status::Rejected, vec![code.to_owned()])
        );
        assert_eq!(refused.decision["refusal"], code);
    }
}

// 1_4 p.4; and 1_4 st.4 «по всем действительным заявлениям»: a sender's right to a region makes no
// false statement about the child.
#[tokio::test]
async fn extract_shows_every_valid_application_whatever_the_regions_of_the_sender() {
    let counter = Counter::open().await;
    let region = |code: &str| Regions::Of(vec![code.into()]);
    let case = "rank-check/accepted";
    let nobody = counter.ask("bank", region("71"), case, 0).await;
    assert_eq!(texts(&nobody, "code"), ["not_in_queue"]);

    let registered = counter.ask("egov", Regions::All, REGISTRATION, 0).await;
    for elsewhere in ["71", "75"] {
        let shown = counter.ask("bank", region(elsewhere), case, 10).await;
        assert_eq!(shown.status, Status::Success, "{}", shown.payload);
        assert_eq!(
            texts(&shown, "applicationNumber"),
            texts(&registered, "applicationNumber")
        );
        assert_eq!(texts(&shown, "number"), ["1", "1"]);
        assert_eq!(texts(&shown, "given"), ["Сынақгүл", "Мысал"]);
        assert!(!shown.payload.contains("+7") && !shown.payload.contains("220514500131"));
    }
}

// 1_4 p.3(3), (5): the names that are sent are compared with the register's.
#[tokio::test]
async fn rank_is_told_to_nobody_who_calls_the_child_otherwise() {
    let counter = Counter::open().await;
    counter.ask("egov", Regions::All, REGISTRATION, 0).await;
    let case = "rank-check/refused-name-differs";
    let refused = counter.ask("egov", Regions::All, case, 10).await;
    assert_eq!(refused.status, Status::Rejected);
    assert_eq!(texts(&refused, "code"), ["name_differs"]);
    assert_eq!(texts(&refused, "path"), ["/rankCheck/child/name"]);
    assert!(!refused.payload.contains("Мысал"));

    let text = include_str!("../../fixtures/services/rank-check/accepted.request.xml");
    // Another spelling of the same name, by another representative than the one who filed.
    let loud = text.replace(">Мысал<", ">МЫСАЛ<");
    let shown = counter.hand_in("egov", Regions::All, &loud, 20).await;
    assert_eq!(shown.status, Status::Success, "{}", shown.payload);
    // The one who filed is known by name.
    let filed = text.replace("881122300553", "910304400712");
    let refused = counter.hand_in("egov", Regions::All, &filed, 30).await;
    assert_eq!(texts(&refused, "path"), ["/rankCheck/applicant/name"]);
}

// The journal keeps why, never who.
#[tokio::test]
async fn decision_holds_no_name_no_phone_and_no_personal_number() {
    let counter = Counter::open().await;
    let case = "queue-registration/accepted-with-everything";
    let outcome = counter.ask("egov", Regions::All, case, 0).await;
    let decision = outcome.decision.to_string();
    for private in [
        "230819600247",
        "910304400712",
        "+7701",
        "Үлгі",
        "example.kz",
        "қазақ",
    ] {
        assert!(!decision.contains(private), "{private} in {decision}");
    }
    assert_eq!(outcome.decision["rule_set"], "kz-2023-351-591");
    assert_eq!(outcome.decision["places"][0]["tier"], "PRIORITY");
    assert_eq!(texts(&outcome, "tier"), ["PRIORITY"; 4]);
}
