//! Registers: what a load keeps, closes and writes down, and that it is all or nothing.

use kezek::registry::{Loaded, Registers, Registry};
use kezek::terms::Moment;

use crate::ground::Database;

const START: [&str; 3] = [
    include_str!("../../fixtures/registry/start/settlements.toml"),
    include_str!("../../fixtures/registry/start/codes.toml"),
    include_str!("../../fixtures/registry/start/preschools.toml"),
];

fn now() -> Moment {
    Moment::parse("2026-11-23T10:00:00+05:00").expect("a moment")
}

/// The start set.
pub fn start() -> Registers {
    Registers::read(START).expect("the start set is right")
}

/// Loads the start set, as `kezek registry load` does.
pub async fn load_start(registry: &Registry) -> Loaded {
    load(registry, START, false).await
}

async fn load(registry: &Registry, texts: [&str; 3], dry: bool) -> Loaded {
    let set = Registers::read(texts).expect("the set is right");
    registry.load(&set, now(), dry).await.expect("loads")
}

#[tokio::test]
async fn set_is_loaded_once_and_then_only_what_changed() {
    let (database, registry) = Database::migrated().await;
    let set = start();
    let all = set.settlements.len() + set.codes.len() + 2 * set.preschools.len();
    let all = i64::try_from(all).expect("few");

    let trial = load(&registry, START, true).await;
    assert_eq!((trial.changed, trial.closed), (all, 0));
    let first = load_start(&registry).await;
    assert_eq!(
        (first.changed, first.closed),
        (all, 0),
        "the trial kept nothing"
    );
    assert!(first.version.is_some());
    assert_eq!(load_start(&registry).await, Loaded::default());

    let renamed = START[2].replacen("capacity = 60", "capacity = 61", 1);
    let next = load(&registry, [START[0], START[1], &renamed], false).await;
    assert_eq!((next.changed, next.closed), (1, 0));
    let client = database.look().await;
    let rows = client
        .query(
            "SELECT verdict FROM journal WHERE kind = 'REGISTERS' ORDER BY id",
            &[],
        )
        .await
        .expect("reads");
    let versions: Vec<Option<i64>> = rows
        .iter()
        .map(|row| row.get::<_, serde_json::Value>("verdict")["version"].as_i64())
        .collect();
    assert_eq!(versions, [first.version, next.version]);
}

// Applications refer to a preschool and a settlement for as long as they are kept.
#[tokio::test]
async fn what_a_set_leaves_out_is_closed_and_opened_by_the_next_that_has_it() {
    let (database, registry) = Database::migrated().await;
    load_start(&registry).await;
    let cut = |text: &'static str, table: &str| {
        let end = text.rfind(table).expect("it has rows");
        &text[..end]
    };
    let less = [
        cut(START[0], "[[settlement]]"),
        START[1],
        cut(START[2], "[[preschool]]"),
    ];
    let loaded = load(&registry, less, false).await;
    assert_eq!((loaded.changed, loaded.closed), (0, 2));
    let client = database.look().await;
    let closed = "SELECT (SELECT count(*) FROM settlement WHERE status = 'CLOSED'),
                         (SELECT count(*) FROM preschool WHERE status = 'CLOSED')";
    let row = client.query_one(closed, &[]).await.expect("counts");
    // The start set has one that is closed.
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (1, 2));
    assert_eq!(load(&registry, less, false).await, Loaded::default());
    let again = load_start(&registry).await;
    assert_eq!((again.changed, again.closed), (2, 0));
}

#[tokio::test]
async fn set_that_the_register_refuses_leaves_nothing_behind() {
    let (database, registry) = Database::migrated().await;
    let client = database.look().await;
    client
        .batch_execute("ALTER TABLE requisites ADD CHECK (preschool <> '151010000-0002')")
        .await
        .expect("is added");
    let set = start();
    assert!(registry.load(&set, now(), false).await.is_err());
    let kept = "SELECT (SELECT count(*) FROM settlement) + (SELECT count(*) FROM preschool)
                     + (SELECT count(*) FROM journal)";
    let row = client.query_one(kept, &[]).await.expect("counts");
    assert_eq!(row.get::<_, i64>(0), 0);
}
