//! Is what the registry promises true of a real PostgreSQL?

use kezek::registry::{
    Applied, Arrival, Certificate, Claimed, Conclusion, Enquiry, Held, Kind, Lease, Lodging,
    Record, Registry, Tally, Told, Trouble,
};
use kezek::terms::{
    Citizenship, Day, Iin, Moment, PersonName, Phone, PreschoolId, Settlement, Sex,
    TeachingLanguage,
};
use serde_json::json;
use uuid::Uuid;

use crate::ground::{Database, until};
use crate::registers::load_start;

const DIGEST: [u8; 32] = [7; 32];

/// The invented child or parent number `n`; the date is the same for all of them.
fn iin(n: u32) -> Iin {
    let eleven = format!("2103155{n:04}");
    let mut numbers = (0..10).filter_map(|check| Iin::parse(&format!("{eleven}{check}")).ok());
    numbers.next_back().unwrap_or_else(|| iin(n + 5_000))
}

fn preschool(number: u32) -> PreschoolId {
    PreschoolId::parse(&format!("710000000-{number:04}")).expect("an identifier")
}

fn at(millis: i64) -> Moment {
    Moment::from_millis(1_790_000_000_000 + millis).expect("a moment")
}

/// A registration in the words of a test.
struct Case {
    application_id: String,
    child: Iin,
    tier: &'static str,
    filed_at: Moment,
    choices: Vec<(PreschoolId, Option<u8>)>,
    held_by: Option<&'static str>,
}

impl Case {
    fn new(n: u32, tier: &'static str, filed_millis: i64) -> Self {
        Self {
            application_id: format!("a-{n}"),
            child: iin(n),
            tier,
            filed_at: at(filed_millis),
            choices: vec![(preschool(1), None)],
            held_by: None,
        }
    }

    async fn lodge(&self, registry: &Registry) -> Result<kezek::registry::Lodged, Trouble> {
        let transaction = registry.begin().await?;
        let lodged = transaction
            .lodge(&self.lodging(&names(), &iin(4_999), &phones()))
            .await?;
        transaction.commit().await?;
        Ok(lodged)
    }

    fn lodging<'a>(
        &'a self,
        (parent, child): &'a (PersonName, PersonName),
        applicant: &'a Iin,
        phones: &'a [Phone],
    ) -> Lodging<'a> {
        Lodging {
            sender: "egov",
            application_id: &self.application_id,
            kind: "GENERAL",
            settlement: Settlement::parse("710000000").expect("a code"),
            state: "WAITING",
            tier: self.tier,
            birth_year: 2021,
            stated_at: self.filed_at,
            received_at: self.filed_at.plus_millis(5),
            filed_at: self.filed_at,
            filed_at_source: "STATED",
            valid_until: Day::from_parts(2027, 11, 23).expect("a day"),
            rule_set: "kz-2023-351-591",
            content_digest: &DIGEST,
            applicant_iin: applicant,
            applicant_name: parent,
            applicant_type: "PARENT",
            phones,
            email: None,
            child_iin: &self.child,
            child_name: child,
            child_birth_date: Day::from_parts(2021, 3, 15).expect("a day"),
            child_sex: Sex::Male,
            child_citizenship: Citizenship::KAZAKHSTAN,
            child_nationality: None,
            benefit: None,
            language: TeachingLanguage::Kazakh,
            language_only: false,
            choices: &self.choices,
            held_by: self.held_by,
            publication_consent: true,
            ground: None,
        }
    }
}

fn names() -> (PersonName, PersonName) {
    let name = |given| PersonName::new("Ойданова", given, None).expect("a name");
    (name("Айша"), name("Арман"))
}

fn phones() -> Vec<Phone> {
    vec![Phone::parse("+77000000001").expect("a phone")]
}

async fn with_preschools() -> (Database, Registry) {
    let (database, registry) = Database::migrated().await;
    load_start(&registry).await;
    (database, registry)
}

fn arrival<'a>(key: &'a str, digest: &'a [u8; 32]) -> Arrival<'a> {
    Arrival {
        sender: "egov",
        message_key: key,
        body_digest: digest,
    }
}

/// Completes a message with this answer.
async fn conclude(
    transaction: kezek::registry::Transaction,
    key: &str,
    answer: &str,
    told: &[Told],
) -> Result<(), Trouble> {
    let der = b"not a certificate, but bytes".to_vec();
    let sha256 = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &der);
    let sha256 = sha256.as_ref().try_into().expect("32 octets");
    transaction
        .conclude(&Conclusion {
            arrival: arrival(key, &DIGEST),
            service: "S-08",
            received_at: at(0),
            answered_at: at(10),
            status: "SUCCESS",
            answer: answer.as_bytes(),
            raw: b"<raw/>",
            verdict: &json!({ "algorithm": "rsa-sha256" }),
            decision: &json!({ "paragraph": "004 pt.17" }),
            chain: &[Certificate { sha256, der }],
            told,
            notices: &[],
            chain_id: None,
            notices_until: at(20),
        })
        .await
}

#[tokio::test]
async fn many_processes_migrate_at_once_and_each_file_is_applied_once() {
    let database = Database::empty().await;
    let before = database.registry(1);
    assert!(matches!(
        before.require_migrated().await,
        Err(Trouble::Behind { .. })
    ));
    let all: Vec<_> = (0..6)
        .map(|_| {
            let registry = database.registry(1);
            tokio::spawn(async move { registry.migrate().await.expect("migrates").len() })
        })
        .collect();
    let mut applied = 0;
    for one in all {
        applied += one.await.expect("no panic");
    }
    let known = before.migrations().await.expect("asks");
    assert_eq!(applied, known.len());
    assert!(known.iter().all(|(_, state)| *state == Applied::Yes));
    before.require_migrated().await.expect("nothing is missing");
}

#[tokio::test]
async fn applied_migration_that_was_changed_is_refused() {
    let (database, registry) = Database::migrated().await;
    let client = database.look().await;
    client
        .batch_execute("UPDATE kezek_migration SET checksum = '\\x00' WHERE name LIKE '0001%'")
        .await
        .expect("updates");
    for outcome in [
        registry.migrate().await.map(drop),
        registry.require_migrated().await,
    ] {
        assert!(matches!(outcome, Err(Trouble::Rewritten { name }) if name.starts_with("0001")));
    }
}

// Delivery: the same message twice at the same time on two workers.
#[tokio::test]
async fn second_worker_waits_for_the_first_and_then_has_its_answer() {
    let (database, registry) = Database::migrated().await;
    let (first, claimed) = registry
        .receive(&arrival("m-1", &DIGEST))
        .await
        .expect("receives");
    assert_eq!(claimed, Claimed::Fresh);
    let other = registry.clone();
    let second = tokio::spawn(async move {
        let (transaction, claimed) = other.receive(&arrival("m-1", &DIGEST)).await?;
        transaction.rollback().await?;
        Ok::<_, Trouble>(claimed)
    });
    waits_for_a_lock(&database).await;
    assert!(!second.is_finished());
    conclude(first, "m-1", "<answer/>", &[])
        .await
        .expect("concludes");
    let claimed = second.await.expect("no panic").expect("receives");
    let Claimed::Answered(stored) = claimed else {
        panic!("{claimed:?}")
    };
    assert_eq!(
        (stored.answer.as_slice(), stored.answered_at),
        (b"<answer/>".as_slice(), at(10))
    );
    assert_eq!(
        (stored.service.as_str(), stored.status.as_str()),
        ("S-08", "SUCCESS")
    );
}

#[tokio::test]
async fn message_whose_worker_died_is_fresh_for_the_next() {
    let (database, registry) = Database::migrated().await;
    let (first, _) = registry
        .receive(&arrival("m-1", &DIGEST))
        .await
        .expect("receives");
    let other = registry.clone();
    let second = tokio::spawn(async move {
        other
            .receive(&arrival("m-1", &DIGEST))
            .await
            .map(|(_, claimed)| claimed)
    });
    waits_for_a_lock(&database).await;
    drop(first);
    assert_eq!(
        second.await.expect("no panic").expect("receives"),
        Claimed::Fresh
    );
}

#[tokio::test]
async fn key_that_was_answered_for_another_text_is_a_contradiction() {
    let (_database, registry) = Database::migrated().await;
    let (first, _) = registry
        .receive(&arrival("m-1", &DIGEST))
        .await
        .expect("receives");
    conclude(first, "m-1", "<answer/>", &[])
        .await
        .expect("concludes");
    let (_, claimed) = registry
        .receive(&arrival("m-1", &[8; 32]))
        .await
        .expect("receives");
    assert_eq!(claimed, Claimed::Contradicts);
    let elsewhere = Arrival {
        sender: "bank",
        ..arrival("m-1", &DIGEST)
    };
    let (_, claimed) = registry.receive(&elsewhere).await.expect("receives");
    assert_eq!(
        claimed,
        Claimed::Fresh,
        "another sender's key is another key"
    );
}

#[tokio::test]
async fn conclusion_is_one_whole_or_nothing() {
    let (database, registry) = Database::migrated().await;
    let told = Told {
        lane: "sms.1414",
        message_id: Uuid::new_v4(),
        body: b"{}".to_vec(),
    };
    let told = [told];
    let (first, _) = registry
        .receive(&arrival("m-1", &DIGEST))
        .await
        .expect("receives");
    conclude(first, "m-1", "<answer/>", &told)
        .await
        .expect("concludes");
    let second = registry.begin().await.expect("begins");
    let again = conclude(second, "m-1", "<other/>", &[])
        .await
        .expect_err("the key is taken");
    assert_eq!(again.duplicate_of(), Some("inbox_pkey"));
    let counts = database
        .look()
        .await
        .query_one(
            "SELECT (SELECT count(*) FROM inbox), (SELECT count(*) FROM journal),
                    (SELECT count(*) FROM outbox), (SELECT count(*) FROM certificate)",
            &[],
        )
        .await
        .expect("counts");
    let counts: [i64; 4] = [counts.get(0), counts.get(1), counts.get(2), counts.get(3)];
    assert_eq!(counts, [1, 1, 1, 1]);
    let lines = registry.journal_of("m-1").await.expect("reads");
    assert_eq!(lines[0].decision, Some(json!({ "paragraph": "004 pt.17" })));
    assert_eq!(
        registry.inbox_of("m-1").await.expect("reads")[0].sender,
        "egov"
    );
    assert_eq!(
        registry.outbox_of("m-1").await.expect("reads")[0].message_id,
        told[0].message_id
    );
}

// 004 pt.20: one active application per child and kind in the whole republic.
#[tokio::test]
async fn two_senders_cannot_race_for_one_child() {
    let (database, registry) = with_preschools().await;
    let case = Case::new(1, "GENERAL", 0);
    let ids = [preschool(1), preschool(99)];
    let enquiry = Enquiry {
        child: &case.child,
        kind: "GENERAL",
        sender: "egov",
        application_id: &case.application_id,
        preschools: &ids,
    };
    let first = registry.begin().await.expect("begins");
    let prospect = first.prospect(&enquiry).await.expect("looks");
    assert!(prospect.active.is_none() && prospect.known.is_none());
    assert_eq!(prospect.preschools.len(), 1, "the one that exists");
    let lodging = (names(), iin(4_999), phones());
    let lodged = first
        .lodge(&case.lodging(&lodging.0, &lodging.1, &lodging.2))
        .await;
    let number = lodged.expect("lodges").number;
    let (other, child) = (registry.clone(), case.child);
    let second = tokio::spawn(async move {
        let enquiry = Enquiry {
            child: &child,
            kind: "GENERAL",
            sender: "bank",
            application_id: "b-1",
            preschools: &[],
        };
        other.begin().await?.prospect(&enquiry).await
    });
    waits_for_a_lock(&database).await;
    first.commit().await.expect("commits");
    let active = second
        .await
        .expect("no panic")
        .expect("looks")
        .active
        .expect("sees the first");
    assert_eq!((active.number, active.sender.as_str()), (number, "egov"));

    // Whoever forgets to ask is refused by the schema.
    let forgetful = Case {
        application_id: "a-2".into(),
        ..Case::new(1, "GENERAL", 1)
    };
    let refused = forgetful
        .lodge(&registry)
        .await
        .expect_err("the child has one");
    assert_eq!(
        refused.duplicate_of(),
        Some("application_one_active_per_child")
    );
}

#[tokio::test]
async fn new_message_for_the_same_application_finds_its_number() {
    let (_database, registry) = with_preschools().await;
    let case = Case::new(1, "GENERAL", 0);
    let lodged = case.lodge(&registry).await.expect("lodges");
    let transaction = registry.begin().await.expect("begins");
    let enquiry = Enquiry {
        child: &case.child,
        kind: "GENERAL",
        sender: "egov",
        application_id: &case.application_id,
        preschools: &[],
    };
    let known = transaction
        .prospect(&enquiry)
        .await
        .expect("looks")
        .known
        .expect("is known");
    assert_eq!(known.number, lodged.number);
    assert_eq!(
        (known.filed_at, known.content_digest.as_slice()),
        (at(0), DIGEST.as_slice())
    );
    let places = transaction
        .places(&[known.number])
        .await
        .expect("counts")
        .places;
    assert_eq!(places[0].names.1, "Ясли-сад «Ақ қайың» (вымышленный)");
    let of_child = transaction
        .active_of_child(&case.child)
        .await
        .expect("reads");
    assert_eq!(of_child[0].child_name, names().1);
}

// 004 pt.17: tiers, then the time to the millisecond; D-37: who is held is counted.
#[tokio::test]
async fn counts_follow_tier_time_and_sequence() {
    let (_database, registry) = with_preschools().await;
    let held = Case {
        held_by: Some("IDENTITY"),
        ..Case::new(2, "GENERAL", 20)
    };
    let cases = [
        Case::new(1, "GENERAL", 10),
        held,
        Case::new(3, "PRIORITY", 30),
        Case::new(4, "OUT_OF_TURN", 40),
        Case::new(5, "GENERAL", 25),
    ];
    for case in &cases {
        case.lodge(&registry).await.expect("lodges");
    }
    let late = Case {
        choices: vec![(preschool(2), Some(2)), (preschool(1), Some(1))],
        ..Case::new(6, "GENERAL", 25)
    };
    let places = late.lodge(&registry).await.expect("lodges").counted.places;
    assert_eq!(places[0].preschool, preschool(2));
    assert_eq!(
        places[0].queue.general,
        Tally {
            before: 0,
            total: 1,
            held: Vec::new()
        }
    );
    let queue = &places[1].queue;
    let held = vec![Held {
        at: 1,
        by_offer: false,
    }];
    assert_eq!(
        queue.general,
        Tally {
            before: 3,
            total: 4,
            held
        },
        "the tie goes by the number"
    );
    assert_eq!(
        queue.priority,
        Tally {
            before: 0,
            total: 1,
            held: Vec::new()
        }
    );
    assert_eq!((queue.out_of_turn.total, queue.out_of_turn.before), (1, 0));
    assert_eq!(places[1].preference, Some(1));
    assert!(places[1].offers.is_empty());
}

#[tokio::test]
async fn offers_that_count_come_in_the_order_in_which_they_were_made() {
    let (database, registry) = with_preschools().await;
    let mut numbers = Vec::new();
    for n in 1..=3 {
        let lodged = Case::new(n, "GENERAL", i64::from(n)).lodge(&registry).await;
        numbers.push(lodged.expect("lodges").number);
    }
    let client = database.look().await;
    for (sequence, (number, state)) in numbers
        .iter()
        .zip(["PENDING", "REFUSED", "ACCEPTED"])
        .enumerate()
    {
        let sequence = i64::try_from(sequence).expect("small");
        client
            .execute(
                "INSERT INTO offer (application, preschool, kind, birth_year, tier, made_at,
                                    sequence, state)
                 VALUES ($1, '710000000-0001', 'GENERAL', 2021, 'GENERAL', now(), $2, $3)",
                &[number, &sequence, &state],
            )
            .await
            .expect("offers");
    }
    let transaction = registry.begin().await.expect("begins");
    let places = transaction
        .places(&[numbers[2]])
        .await
        .expect("counts")
        .places;
    let offers = places[0]
        .offers
        .iter()
        .map(|offer| (offer.pending, offer.own));
    let counted = [(true, false), (false, true)];
    assert_eq!(
        offers.collect::<Vec<_>>(),
        counted,
        "the refused one dropped out (D-33)"
    );
}

#[tokio::test]
async fn schema_says_the_law_a_second_time() {
    let (_database, registry) = with_preschools().await;
    let five = (1..=5).map(|n| (preschool(n), None)).collect();
    let cases = [
        Case {
            choices: five,
            ..Case::new(1, "GENERAL", 0)
        },
        Case {
            application_id: "not readable".into(),
            ..Case::new(1, "GENERAL", 0)
        },
        Case {
            tier: "FIRST",
            ..Case::new(1, "GENERAL", 0)
        },
        Case {
            choices: vec![(preschool(99), None)],
            ..Case::new(1, "GENERAL", 0)
        },
    ];
    for case in &cases {
        let refused = case.lodge(&registry).await.map(|lodged| lodged.number);
        assert!(
            matches!(refused, Err(Trouble::Statement { .. })),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn journal_refuses_whatever_would_change_it() {
    let (database, registry) = Database::migrated().await;
    let record = Record {
        at: at(0),
        kind: Kind::Rejected,
        origin: Uuid::new_v4(),
        sender: None,
        message_key: Some("m-1"),
        service: None,
        raw: Some(b"<x"),
        verdict: &json!({ "code": "not_xml" }),
        chain: &[],
    };
    assert!(registry.journal(&record).await.expect("writes"));
    assert!(!registry.journal(&record).await.expect("knows it already"));
    assert_eq!(
        registry.journal_of("m-1").await.expect("reads")[0].raw_bytes,
        Some(2)
    );
    let client = database.look().await;
    for change in [
        "UPDATE journal SET kind = 'ALARM'",
        "DELETE FROM journal",
        "TRUNCATE journal",
    ] {
        let refused = client.batch_execute(change).await.expect_err(change);
        let told = refused
            .as_db_error()
            .expect("the server refuses")
            .message()
            .to_owned();
        assert!(told.starts_with("the journal is append-only"), "{told}");
    }
}

#[tokio::test]
async fn outbox_row_is_leased_to_one_relay_until_the_lease_ends() {
    let (_database, registry) = Database::migrated().await;
    let told = |n: u8| Told {
        lane: "sms.1414",
        message_id: Uuid::new_v4(),
        body: vec![n],
    };
    let told = [told(1), told(2)];
    let (first, _) = registry
        .receive(&arrival("m-1", &DIGEST))
        .await
        .expect("receives");
    conclude(first, "m-1", "<answer/>", &told)
        .await
        .expect("concludes");
    let lease = |now| Lease {
        now: at(now),
        age_millis_min: 2_000,
        millis: 30_000,
        rows_max: 10,
    };
    let young = registry.lease_unpublished(&lease(500)).await.expect("asks");
    assert!(young.is_empty(), "the fast path has its time");
    let rows = registry
        .lease_unpublished(&lease(5_000))
        .await
        .expect("leases");
    assert_eq!(
        rows.iter().map(|row| row.body[0]).collect::<Vec<_>>(),
        [1, 2]
    );
    assert!(
        registry
            .lease_unpublished(&lease(6_000))
            .await
            .expect("asks")
            .is_empty()
    );
    assert_eq!(
        registry
            .mark_published(&[told[0].message_id], at(7_000))
            .await
            .expect("marks"),
        1
    );
    let again = registry
        .lease_unpublished(&lease(36_000))
        .await
        .expect("leases");
    assert_eq!(
        again.iter().map(|row| row.message_id).collect::<Vec<_>>(),
        [told[1].message_id]
    );
    assert_eq!(
        registry.outbox_backlog().await.expect("counts"),
        (1, Some(at(10)))
    );
}

#[tokio::test]
async fn dropped_transaction_leaves_nothing_and_harms_nobody() {
    let (database, _) = with_preschools().await;
    let narrow = database.registry(1);
    let case = Case::new(1, "GENERAL", 0);
    {
        let transaction = narrow.begin().await.expect("begins");
        let own = (names(), iin(4_999), phones());
        transaction
            .lodge(&case.lodging(&own.0, &own.1, &own.2))
            .await
            .expect("lodges");
    }
    let next = narrow
        .begin()
        .await
        .expect("the only place in the pool is free");
    assert!(
        next.active_of_child(&case.child)
            .await
            .expect("reads")
            .is_empty()
    );
}

#[tokio::test]
async fn outage_is_told_from_a_failure_of_the_message() {
    let (database, registry) = with_preschools().await;
    let nowhere = Registry::connect("host=127.0.0.1 port=9 user=nobody", 1).expect("readable");
    assert!(
        nowhere
            .ping()
            .await
            .expect_err("nobody listens")
            .is_outage()
    );
    registry.ping().await.expect("is there");

    let transaction = registry.begin().await.expect("begins");
    let client = database.look().await;
    client
        .execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND state = 'idle in transaction'",
            &[],
        )
        .await
        .expect("terminates");
    let ended = transaction
        .preschools(&[])
        .await
        .expect_err("the server has ended it");
    assert!(ended.is_outage(), "{ended:?}");
    drop(transaction);
    registry.ping().await.expect("the next connection is whole");

    let wrong = Case {
        tier: "FIRST",
        ..Case::new(1, "GENERAL", 0)
    };
    assert!(
        !wrong
            .lodge(&registry)
            .await
            .expect_err("no such tier")
            .is_outage()
    );
}

// Full disks and missing tables are nobody's message: they are told apart, and a probe that writes
// finds what `SELECT 1` does not.
#[tokio::test]
async fn database_that_answers_and_cannot_work_is_unfit_until_a_write_works() {
    let (database, registry) = with_preschools().await;
    let client = database.look().await;
    let run = async |sql: &str| client.batch_execute(sql).await.expect("runs");
    registry.try_to_write().await.expect("all is well");
    for (ill, well) in [
        (
            "ALTER TABLE inbox RENAME TO hidden",
            "ALTER TABLE hidden RENAME TO inbox",
        ),
        (
            "ALTER TABLE entry RENAME TO hidden",
            "ALTER TABLE hidden RENAME TO entry",
        ),
        (
            "CREATE FUNCTION ill() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN RAISE EXCEPTION 'no memory' USING ERRCODE = '53200'; END $$;
             CREATE TRIGGER ill BEFORE INSERT ON journal EXECUTE FUNCTION ill()",
            "DROP TRIGGER ill ON journal",
        ),
    ] {
        run(ill).await;
        registry.ping().await.expect("it answers");
        let told = registry.try_to_write().await.expect_err("it cannot work");
        assert!(told.is_unfit() && told.is_outage(), "{told:?}");
        run(well).await;
        registry.try_to_write().await.expect("a write works again");
    }
    let counts = client
        .query_one(
            "SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM outbox)
                        + (SELECT count(*) FROM journal WHERE kind <> 'REGISTERS'),
                    (SELECT count(*) FROM probe)",
            &[],
        )
        .await
        .expect("counts");
    assert_eq!((counts.get::<_, i64>(0), counts.get::<_, i64>(1)), (0, 1));
    let code = "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{}'; END $$";
    for (state, outage) in [
        ("53100", true),
        ("58030", true),
        ("XX000", true),
        ("42501", true),
        ("22001", false),
        ("23514", false),
        ("40001", false),
        ("54000", false),
    ] {
        let told = client.batch_execute(&code.replace("{}", state)).await;
        let trouble = Trouble::from(told.expect_err("it raises"));
        assert_eq!(trouble.is_outage(), outage, "{state}: {trouble:?}");
    }
}

#[tokio::test]
async fn invented_applications_stand_in_queues_that_can_be_counted() {
    let (database, registry) = Database::migrated().await;
    registry.bench_fill(600, at(0)).await.expect("fills");
    registry.bench_fill(1_000, at(0)).await.expect("fills up");
    let client = database.look().await;
    let row = client
        .query_one(
            "SELECT count(*), (SELECT min(application) FROM entry)
             FROM application WHERE sender = 'bench'",
            &[],
        )
        .await
        .expect("counts");
    assert_eq!(row.get::<_, i64>(0), 1_000);
    let transaction = registry.begin().await.expect("begins");
    let places = transaction
        .places(&[row.get(1)])
        .await
        .expect("counts")
        .places;
    assert!(!places.is_empty());
    assert!(
        places
            .iter()
            .all(|place| place.queue.general.total > 0 || place.tier != "GENERAL")
    );
    let children = client
        .query(
            "SELECT child_iin, applicant_iin FROM application LIMIT 200",
            &[],
        )
        .await
        .expect("reads");
    for row in children {
        assert!(Iin::parse(row.get(0)).is_ok() && Iin::parse(row.get(1)).is_ok());
    }
}

async fn waits_for_a_lock(database: &Database) {
    let client = database.look().await;
    until("another transaction waits for the lock", || async {
        let waiting = client
            .query_one(
                "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                                WHERE d.datname = current_database()
                                  AND l.locktype = 'advisory' AND NOT l.granted)",
                &[],
            )
            .await
            .expect("asks");
        waiting.get(0)
    })
    .await;
}
