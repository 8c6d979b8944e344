//! Each check can fail: it is shown what it is there to find.

use super::check::{self, Names, Row};
use super::source::Source;

const TABLE: &[Row] = &[
    Row {
        room: "queue",
        may: &[],
        why: "",
    },
    Row {
        room: "registry",
        may: &[],
        why: "",
    },
    Row {
        room: "services",
        may: &[],
        why: "",
    },
    Row {
        room: "http",
        may: &[("services", Names::Only(&["CATALOGUE"]))],
        why: "",
    },
];

fn source(path: &str, text: &str) -> Source {
    Source::new(path, text)
}

#[test]
fn import_that_is_not_in_the_table_is_found() {
    let bad = source(
        "src/queue/a.rs",
        "//! A.\nuse crate::{queue::b,\n registry::C};\n",
    );
    let found = check::imports(&bad, TABLE);
    assert_eq!(
        found,
        ["src/queue/a.rs:2: `queue` may not import `registry`"]
    );
    let own = source(
        "src/queue/a.rs",
        "// crate::registry\nuse crate::queue::rank;\n",
    );
    assert!(check::imports(&own, TABLE).is_empty());
    let stranger = source("src/attic/a.rs", "");
    assert_eq!(check::imports(&stranger, TABLE).len(), 1);
}

#[test]
fn name_that_a_cell_leaves_out_is_found() {
    let bad = source(
        "src/http/a.rs",
        "use crate::services::{self, CATALOGUE};\nlet x = services::queue_registration::read;\n",
    );
    let found = check::imports(&bad, TABLE);
    assert_eq!(
        found,
        ["src/http/a.rs:2: `http` may not use `services::queue_registration`"]
    );
}

#[test]
fn word_is_found_in_code_and_nowhere_else() {
    let bad = source(
        "src/a.rs",
        "//! unsafe\nlet a = \"unsafe\";\nunsafe { b() }\nlet unsafely = 1;\n",
    );
    assert_eq!(check::words(&bad, &["unsafe"]), ["src/a.rs:3: `unsafe`"]);
    let bad = source(
        "src/a.rs",
        "tokio_postgres::connect();\nuse tokio::spawn;\n",
    );
    assert_eq!(check::words(&bad, &["tokio::"]), ["src/a.rs:2: `tokio::`"]);
}

#[test]
fn arm_that_takes_whatever_comes_is_found() {
    let bad = source(
        "src/queue/a.rs",
        "match a {\n    A => 1,\n    _ => 2,\n}\nmatch b { (_, _) => 3 }\nmatch c {\n    B | _ => 1,\n}\n",
    );
    assert_eq!(check::wildcard_arms(&bad).len(), 2);
    let good = source(
        "src/queue/a.rs",
        "let f = |_| 1;\nmatch a {\n    A(_) => 1,\n}\n",
    );
    assert!(check::wildcard_arms(&good).is_empty());
}

#[test]
fn measure_that_is_passed_is_found() {
    let long = source("src/a.rs", &"\n".repeat(401));
    assert_eq!(check::lines(&long, &[]).len(), 1);
    assert!(check::lines(&long, &[("src/a.rs", 450, "")]).is_empty());
    assert_eq!(check::lines(&long, &[("src/a.rs", 400, "")]).len(), 1);
    let short = source("src/a.rs", "");
    assert_eq!(check::lines(&short, &[("src/a.rs", 450, "")]).len(), 1);
    let wide = source("src/a.rs", &format!("// {}\n", "ә".repeat(98)));
    assert_eq!(check::columns(&wide).len(), 1);
    let literal = source("src/a.rs", &format!("let a = \"{}\";\n", "x".repeat(100)));
    assert!(check::columns(&literal).is_empty());
    assert_eq!(check::header(&source("src/a.rs", "use b;\n")).len(), 1);
    assert_eq!(
        check::header(&source("src/a.rs", &"//! A.\n".repeat(13))).len(),
        1
    );
    assert!(check::header(&source("src/a.rs", "//! A.\n")).is_empty());
}

#[test]
fn name_that_says_nothing_is_found() {
    for (path, text) in [
        ("src/a/helper.rs", ""),
        ("src/a.rs", "mod util;"),
        ("src/a.rs", "pub fn process_message() {}"),
        ("src/a.rs", "fn get_name() {}"),
        ("src/a.rs", "use crate::terms::*;"),
        ("src/a.rs", concat!("// TO", "DO: later")),
    ] {
        assert_eq!(check::names(&source(path, text)).len(), 1, "{path} {text}");
    }
    let good = "use super::*;\nmod phone;\nfn common_name() {}\n";
    assert!(check::names(&source("src/a.rs", good)).is_empty());
}

#[test]
fn personal_data_on_its_way_to_a_log_is_found() {
    let bad = source(
        "src/a.rs",
        "tracing::info!(\n    iin = x.as_str(),\n    \"done\"\n);\n",
    );
    assert_eq!(
        check::logged(&bad),
        ["src/a.rs:1: `iin` on its way to a log"]
    );
    let good = source(
        "src/a.rs",
        "tracing::info!(message_id, \"the child's iin\");\nlet iin = 1;\n",
    );
    assert!(check::logged(&good).is_empty());
}

#[test]
fn fixture_that_does_not_say_its_case_is_found() {
    for bad in [
        "fixtures/services/a/01.request.xml",
        "fixtures/services/a/test1.request.xml",
        "fixtures/services/a/wrong.request.xml",
        "fixtures/services/a/accepted.xml",
        "fixtures/hostile/Wrapped.xml",
    ] {
        assert_eq!(check::fixture_name(bad).len(), 1, "{bad}");
    }
    for good in [
        "fixtures/services/a/accepted.request.xml",
        "fixtures/services/a/refused-already-waiting.answer.xml",
        "fixtures/hostile/wrapped-body.xml",
        "fixtures/sms/enqueued.kk.txt",
    ] {
        assert!(check::fixture_name(good).is_empty(), "{good}");
    }
}

#[test]
fn place_of_one_machine_is_found() {
    let bad = format!("a\n{}me/somebody\n", "/ho");
    assert_eq!(
        check::machine_paths("a.md", &bad),
        ["a.md:2: a place of one machine"]
    );
}
