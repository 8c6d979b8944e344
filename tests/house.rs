//! Are the house rules kept? Reads the sources as text; needs no server.
//!
//! Every rule that a reviewer would say twice is a table or a line here. The tables of exceptions
//! have a reason in each row, and a row that is no longer needed fails as well.

#[path = "house/bad.rs"]
mod bad;
#[path = "house/check.rs"]
mod check;
#[path = "house/fixtures.rs"]
mod fixtures;
#[path = "house/services.rs"]
mod services;
#[path = "house/source.rs"]
mod source;

use std::collections::BTreeSet;

use check::Names::{All, Only};
use check::{Names, Row};
use source::{Source, files, named, read, root, sources};

const TERMS: (&str, Names) = ("terms", All);

/// Who may import whom. A new cell is a commit of its own, argued in its message.
const IMPORTS: &[Row] = &[
    Row {
        room: "terms",
        may: &[],
        why: "words stand beneath everything",
    },
    Row {
        room: "clock",
        may: &[TERMS],
        why: "it says the time as a Moment",
    },
    Row {
        room: "config",
        may: &[TERMS],
        why: "settings are values; main hands each room its own",
    },
    Row {
        room: "xml",
        may: &[],
        why: "a parser that knew its readers would favour one",
    },
    Row {
        room: "queue",
        may: &[TERMS],
        why: "the law is computed, never looked up",
    },
    Row {
        room: "envelope",
        may: &[TERMS, ("xml", All)],
        why: "SOAP and ShEP are XML with moments in it",
    },
    Row {
        room: "signature",
        may: &[TERMS, ("xml", All), ("envelope", All)],
        why: "it digests elements of an envelope, and its reasons become codes of faults",
    },
    Row {
        room: "scans",
        may: &[(
            "envelope",
            Only(&["Basin", "Beside", "Overflow", "Texts", "marks"]),
        )],
        why: "it keeps what leaves a message while it arrives, and gives it back to be digested",
    },
    Row {
        room: "bus",
        may: &[TERMS],
        why: "a parcel has moments and a settlement; what it means is not the bus's to know",
    },
    Row {
        room: "registry",
        may: &[TERMS, ("queue", All)],
        why: "rows carry words of the law",
    },
    Row {
        room: "notify",
        may: &[TERMS, ("queue", All)],
        why: "it words the facts of a notice",
    },
    Row {
        room: "services",
        may: &[
            TERMS,
            ("xml", All),
            // What a scan is; where it is kept is the door's to know.
            ("scans", Only(&["ContentId", "Media", "SCANS_MAX"])),
            ("queue", All),
            ("registry", All),
        ],
        why: "a counter reads, decides, keeps and tells; it cannot publish",
    },
    Row {
        room: "worker",
        may: &[
            TERMS,
            ("clock", All),
            ("envelope", All),
            ("signature", All),
            ("bus", All),
            ("services", All),
            ("registry", All),
            ("notify", All),
        ],
        why: "it joins the rooms; without `queue`, so that no rule of law can stand in it",
    },
    Row {
        room: "http",
        may: &[
            TERMS,
            ("clock", All),
            ("envelope", All),
            ("signature", All),
            ("scans", All),
            ("bus", All),
            // Rows and how they are found; the wording of what `check` found, which the door
            // answers by itself; the namespace, for the narrowed contract. Never `handle`'s words.
            (
                "services",
                Only(&[
                    "CATALOGUE",
                    "Checked",
                    "Lane",
                    "NAMESPACE",
                    "PLANNED",
                    "Service",
                    "Status",
                    "answer",
                    "by_number",
                    // Files that open the door name services, and only those that there are.
                    "numbers",
                    "scan",
                ]),
            ),
        ],
        why: "the door believes and passes on; it has no register at hand",
    },
    Row {
        room: "sandbox",
        may: &[
            TERMS,
            ("clock", All),
            ("xml", All),
            ("envelope", All),
            ("signature", All),
            ("bus", All),
            ("queue", All),
            ("services", Only(&["CATALOGUE", "Service"])),
        ],
        why: "it plays the other side with our own words for the wire",
    },
    Row {
        room: "simulate",
        may: &[TERMS, ("queue", All)],
        why: "it tries the law on invented families",
    },
    Row {
        room: "bench",
        may: &[
            TERMS,
            ("clock", All),
            ("xml", All),
            ("envelope", All),
            ("signature", All),
            ("bus", All),
            ("queue", All),
            ("services", All),
            ("registry", All),
            ("worker", All),
            // Countries for the law are made by the same chance as cities.
            ("simulate", Only(&["Dice"])),
            // It measures with the messages and the client that integrators get.
            ("sandbox", All),
        ],
        why: "it measures each room from outside",
    },
];

/// One room for each driver, as (crate, rooms, reason).
const DRIVERS: &[(&str, &[&str], &str)] = &[
    ("quick_xml", &["xml"], "one parser, behind one tree"),
    ("lapin", &["bus"], "one room knows AMQP"),
    ("tokio_postgres", &["registry"], "one room knows SQL"),
    ("deadpool_postgres", &["registry"], "one room knows SQL"),
    (
        "hyper",
        &["http", "sandbox", "bench"],
        "who listens; who plays a client; the octets that the client takes",
    ),
    (
        "hyper_util",
        &["http", "sandbox", "scans"],
        "who listens; who plays a client; who asks a bucket",
    ),
    (
        "http_body_util",
        &["http", "sandbox", "scans"],
        "who listens; who plays a client; who asks a bucket",
    ),
    (
        "aws_lc_rs",
        &["signature", "scans", "sandbox", "bus"],
        "who verifies; who names a content; who forges; 128 random bits that name a reply",
    ),
    ("x509_cert", &["signature"], "one reading of certificates"),
    ("cbc", &["signature"], "PKCS#12, and nothing else"),
    (
        "cryptoki",
        &["signature"],
        "our key in a token, and nothing else",
    ),
    ("des", &["signature"], "PKCS#12, and nothing else"),
    (
        "rustix",
        &["verbs"],
        "what a process may do, before it does anything",
    ),
    (
        "base64",
        &["xml", "envelope", "signature", "services", "sandbox"],
        "texts of scans, of keys and values",
    ),
    (
        "chrono",
        &["terms", "clock", "queue", "registry"],
        "days and moments hide it from the rest",
    ),
    (
        "object_store",
        &["scans"],
        "one room knows where contents lie",
    ),
    ("chrono_tz", &["terms"], "one zone, in one file"),
    (
        "toml",
        &["signature", "registry", "sandbox", "simulate", "scans"],
        "participants, openings, lists, cities and a bucket as files",
    ),
    ("clap", &["main", "verbs"], "the door bell"),
    (
        "anyhow",
        &["main", "verbs"],
        "elsewhere an error has a type",
    ),
    (
        "tracing_subscriber",
        &["main", "verbs"],
        "who logs does not decide where to",
    ),
    (
        "metrics_exporter_prometheus",
        &["http", "verbs"],
        "who shows them; who installs it",
    ),
];

/// Rooms that compute and never wait: no runtime, no driver, no file.
const PURE: &[&str] = &["terms", "xml", "envelope", "queue", "notify"];

/// Files longer than 400 lines: (path, ceiling, reason).
const LONG: &[(&str, usize, &str)] = &[
    (
        "src/envelope/fault.rs",
        760,
        "one table, a row for each code in two languages",
    ),
    (
        "src/services/finding/code.rs",
        600,
        "one table, a row for each code in two languages",
    ),
    ("src/xml/parse.rs", 600, "one state machine over tokens"),
    (
        "tests/flow/bus.rs",
        700,
        "one test for each promise of the bus",
    ),
    (
        "tests/flow/registry.rs",
        850,
        "one test for each promise of the register",
    ),
    (
        "tests/house.rs",
        680,
        "the tables and the tests that read them",
    ),
];

/// Where a banned call is expected: (path, times, reason).
const EXPECTED: &[(&str, usize, &str)] = &[
    ("src/clock.rs", 1, "the one reading of the clock"),
    ("src/config.rs", 1, "the one reading of the environment"),
    (
        "tests/contract/fixture.rs",
        1,
        "UPDATE=1 writes golden files",
    ),
    ("tests/flow/ground.rs", 1, "where the servers are"),
    (
        "tests/flow/schema.rs",
        1,
        "UPDATE=1 writes the printed schema",
    ),
    (
        "tests/law/table.rs",
        1,
        "UPDATE=1 writes the answers into tables",
    ),
    ("tests/trust/search.rs", 1, "how long to search"),
];

/// Where words in Kazakh or Russian may stand in literals: (path, reason).
const WORDED: &[(&str, &str)] = &[
    ("src/envelope/fault.rs", "faults"),
    (
        "src/notify/",
        "short messages, and the alphabets that they are counted in",
    ),
    ("src/sandbox/site.rs", "names of invented participants"),
    ("src/services/answer.rs", "status, refusals, remarks"),
    (
        "src/services/answer/reason.rs",
        "reasons of a changed number",
    ),
    ("src/services/finding/code.rs", "findings"),
    ("src/services/catalogue.rs", "names of the services"),
    ("src/services/place.rs", "the name of a queue"),
    (
        "src/registry/registers.rs",
        "the name of a classifier, for an administrator",
    ),
    (
        "src/signature/participants.rs",
        "the name of a classifier, for an administrator",
    ),
    (
        "src/signature/openings.rs",
        "the name of a classifier, for an administrator",
    ),
    ("src/xml/mod.rs", "a test of positions beyond ASCII"),
];

/// Folders of fixtures that a test reads as a whole: (folder, test, what it says there).
const READ_AS_A_WHOLE: &[(&str, &str, &str)] = &[
    (
        "fixtures/hostile/",
        "tests/trust/fixtures.rs",
        "fixtures/hostile",
    ),
    ("fixtures/law/", "tests/law/table.rs", "fixtures/law"),
    (
        "fixtures/scenarios/",
        "tests/flow/scenarios.rs",
        "read_dir(folder(\"scenarios\"))",
    ),
    (
        "fixtures/services/",
        "tests/contract/fixture.rs",
        "read_dir(&folder)",
    ),
    (
        "fixtures/sms/",
        "tests/contract/sms.rs",
        "read_dir(fixture::folder(\"sms\"))",
    ),
];

fn verdict(breaches: Vec<String>) {
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

fn ours() -> Vec<Source> {
    let mut all = sources("src");
    all.extend(sources("tests"));
    all
}

/// Sources of rooms: those of `main` and its verbs are open to everything, and imported by nobody.
fn rooms() -> Vec<Source> {
    let mut rooms = sources("src");
    rooms.retain(|source| !["main", "verbs", "lib"].contains(&source.room()));
    rooms
}

#[test]
fn rooms_import_only_what_the_table_allows() {
    let breaches = rooms()
        .into_iter()
        .flat_map(|source| check::imports(&source, IMPORTS));
    verdict(breaches.collect());
}

#[test]
fn every_room_has_a_row_with_a_reason_and_stands_in_the_floor_plan() {
    let plan = read(&root().join("src/lib.rs"));
    let planned: BTreeSet<&str> = plan
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    let listed: BTreeSet<&str> = IMPORTS.iter().map(|row| row.room).collect();
    assert_eq!(planned, listed);
    assert!(IMPORTS.iter().all(|row| !row.why.is_empty()));
}

#[test]
fn path_always_names_its_room() {
    let up = concat!("super::", "super");
    verdict(
        ours()
            .iter()
            .flat_map(|source| check::words(source, &[up]))
            .collect(),
    );
}

#[test]
fn each_driver_has_its_room() {
    let mut breaches = Vec::new();
    for source in sources("src") {
        for (driver, allowed, why) in DRIVERS {
            if !allowed.contains(&source.room()) {
                let found = check::words(&source, &[&format!("{driver}::")]);
                breaches.extend(found.into_iter().map(|line| format!("{line} ({why})")));
            }
        }
    }
    verdict(breaches);
}

#[test]
fn audit_shares_no_code_with_the_planner() {
    // What it would have to name to call the planner's functions; types of rows it may share.
    let planners = [
        "Phase",
        "Census",
        "Roll",
        "Sound",
        "QueueKey",
        "turns",
        "published",
        "settle",
        "standing_at",
        "presence_at",
        "presence.counted",
        "presence.offerable",
        "fit.takes",
        "ages.serve",
        "ages.years",
        "fate.counts",
        "rank::list",
        "rank::next",
    ];
    let audit = sources("src/queue/audit");
    assert!(!audit.is_empty());
    verdict(
        audit
            .iter()
            .flat_map(|source| check::words(source, &planners))
            .collect(),
    );
}

#[test]
fn law_neither_waits_nor_reads_nor_takes_whatever_comes() {
    let law = || sources("src/queue");
    let never = [
        "async",
        "await",
        "anyhow",
        "tokio",
        "clock",
        "now(",
        "std::time",
        "std::fs",
        "std::env",
        "std::net",
        "f32",
        "f64",
        "random",
        "println",
        "tracing",
    ];
    let mut breaches: Vec<String> = law()
        .iter()
        .flat_map(|source| check::words(source, &never))
        .collect();
    breaches.extend(law().iter().flat_map(check::wildcard_arms));
    verdict(breaches);
}

#[test]
fn pure_rooms_do_no_input_and_no_output() {
    let never = [
        "async",
        "tokio::",
        "std::fs",
        "std::net",
        "std::env",
        "tracing::",
        "metrics::",
    ];
    let pure = sources("src")
        .into_iter()
        .filter(|source| PURE.contains(&source.room()));
    verdict(
        pure.flat_map(|source| check::words(&source, &never))
            .collect(),
    );
}

#[test]
fn services_never_publish() {
    let never = [
        ".publish(",
        "Publisher",
        "Lane::from_name",
        "tokio::",
        "spawn(",
    ];
    let services = sources("src/services");
    verdict(
        services
            .iter()
            .flat_map(|source| check::words(source, &never))
            .collect(),
    );
}

#[test]
fn door_and_workers_hold_no_rule_of_law() {
    // No calendar, no rank: moments are compared for deadlines alone.
    let never = [
        "chrono::", "Day", ".day(", "Tier", "Standing", "RuleSet", "queue::",
    ];
    let mut both = sources("src/http");
    both.extend(sources("src/worker"));
    verdict(
        both.iter()
            .flat_map(|source| check::words(source, &never))
            .collect(),
    );
}

#[test]
fn words_for_people_stand_in_their_places_alone() {
    let cyrillic = |text: &String| text.chars().any(|c| ('\u{400}'..='\u{52F}').contains(&c));
    let worded = |source: &Source| source.literals.iter().any(cyrillic);
    let placed = |path: &str| WORDED.iter().any(|(place, _)| path.starts_with(place));
    // The tests of a room and the help of `main` may say what they like.
    let strangers = rooms()
        .into_iter()
        .filter(|source| worded(source) && !placed(&source.path));
    verdict(
        strangers
            .map(|source| format!("{}: words for people", source.path))
            .collect(),
    );
    let idle = WORDED.iter().filter(|(place, _)| {
        !rooms()
            .iter()
            .any(|source| source.path.starts_with(place) && worded(source))
    });
    verdict(
        idle.map(|(place, _)| format!("{place}: holds no words any more"))
            .collect(),
    );
}

#[test]
fn nothing_personal_is_on_its_way_to_a_log() {
    let mut breaches: Vec<String> = sources("src").iter().flat_map(check::logged).collect();
    // What prints itself prints whole: these have a masked Debug and no Display.
    for term in ["Iin", "Phone", "Email", "PersonName", "Secret"] {
        for source in sources("src") {
            let shown = [
                &*format!("Display for {term} "),
                &*format!("Serialize for {term} "),
            ];
            breaches.extend(check::words(&source, &shown));
        }
        let masked = sources("src").iter().any(|source| {
            source.code.contains(&format!("Debug for {term} {{"))
                && source.literals.contains(&format!("{term}(masked)"))
        });
        if !masked {
            breaches.push(format!("{term}: its Debug is not masked"));
        }
    }
    verdict(breaches);
}

#[test]
fn unsafe_is_nowhere_and_no_lint_is_silenced() {
    let never = ["unsafe", "#[allow", "#![allow", "#[ignore", "todo!", "dbg!"];
    verdict(
        ours()
            .iter()
            .flat_map(|source| check::words(source, &never))
            .collect(),
    );
    let manifest = read(&root().join("Cargo.toml"));
    assert!(manifest.contains("unsafe_code = \"forbid\""));
}

#[test]
fn banned_calls_are_expected_where_the_table_says() {
    let word = concat!("disallowed", "_methods");
    let found: Vec<(String, usize)> = ours()
        .iter()
        .map(|source| (source.path.clone(), source.code.matches(word).count()))
        .filter(|(_, times)| *times > 0)
        .collect();
    let listed: Vec<(String, usize)> = EXPECTED
        .iter()
        .map(|(path, times, _)| ((*path).to_owned(), *times))
        .collect();
    assert_eq!(found, listed);
}

#[test]
fn files_lines_headers_and_names_keep_their_measure() {
    let mut breaches = Vec::new();
    for source in ours() {
        breaches.extend(check::lines(&source, LONG));
        breaches.extend(check::columns(&source));
        breaches.extend(check::header(&source));
        breaches.extend(check::names(&source));
    }
    for (path, _, _) in LONG {
        if !root().join(path).is_file() {
            breaches.push(format!("{path}: listed as long, and not there"));
        }
    }
    verdict(breaches);
}

#[test]
fn nothing_names_a_place_of_one_machine() {
    let texts = [
        "rs", "md", "sh", "toml", "sql", "xml", "xsd", "wsdl", "txt", "yaml", "json", "py", "js",
        "java", "",
    ];
    let mut breaches = Vec::new();
    for folder in [
        "src", "tests", "fixtures", "compose", "schemas", "wsdl", ".ci", ".github", ".cargo",
    ] {
        for path in files(folder) {
            let extension = path
                .extension()
                .and_then(|it| it.to_str())
                .unwrap_or_default();
            if let (true, Ok(text)) = (texts.contains(&extension), std::fs::read_to_string(&path)) {
                breaches.extend(check::machine_paths(&named(&path), &text));
            }
        }
    }
    for file in ["README.md", "Cargo.toml", ".deny.toml", ".clippy.toml"] {
        breaches.extend(check::machine_paths(file, &read(&root().join(file))));
    }
    verdict(breaches);
}
