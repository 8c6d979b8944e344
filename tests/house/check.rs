//! The checks: each reads sources and answers with one line for each breach.

use super::source::{Source, has_word};

/// What a room may import, and why; of a room beneath, all names or these alone.
pub struct Row {
    pub room: &'static str,
    pub may: &'static [(&'static str, Names)],
    /// Read by people; a row without a reason does not stand.
    pub why: &'static str,
}

pub enum Names {
    All,
    Only(&'static [&'static str]),
}

/// Paths that name a room which the table does not allow.
pub fn imports(source: &Source, table: &[Row]) -> Vec<String> {
    let room = source.room();
    let Some(row) = table.iter().find(|row| row.room == room) else {
        return vec![format!("{}: `{room}` has no row in the table", source.path)];
    };
    let mut breaches = Vec::new();
    for (line, to) in source.named_behind("crate::") {
        let allowed = to == room || row.may.iter().any(|(may, _)| *may == to);
        let a_room = table.iter().any(|row| row.room == to);
        if a_room && !allowed {
            let path = &source.path;
            breaches.push(format!("{path}:{line}: `{room}` may not import `{to}`"));
        }
    }
    for (to, names) in row.may {
        let Names::Only(names) = names else { continue };
        for (line, name) in source.named_behind(&format!("{to}::")) {
            if name != "self" && !names.contains(&name.as_str()) {
                let path = &source.path;
                breaches.push(format!(
                    "{path}:{line}: `{room}` may not use `{to}::{name}`"
                ));
            }
        }
    }
    breaches
}

/// Lines of code with one of these words.
pub fn words(source: &Source, forbidden: &[&str]) -> Vec<String> {
    let found = |word: &&str| {
        let lines = source.lines_with(word).into_iter();
        let word = word.trim().to_owned();
        lines.map(move |line| format!("{line}: `{word}`"))
    };
    forbidden.iter().flat_map(found).collect()
}

/// Lines of more than 100 columns. What stands in a literal is not counted: it is a text of its
/// own, and rustfmt does not break it either.
pub fn columns(source: &Source) -> Vec<String> {
    let wide = |line: &str| line.chars().count() > 100;
    let pairs = source.text.lines().zip(source.code.lines()).enumerate();
    pairs
        .filter(|(_, (line, code))| {
            wide(line) && (wide(code) || line.trim_start().starts_with("//"))
        })
        .map(|(at, _)| format!("{}:{}: more than 100 columns", source.path, at + 1))
        .collect()
}

/// A file of more than 400 lines must be listed, with a ceiling; a listed one must need it.
pub fn lines(source: &Source, listed: &[(&str, usize, &str)]) -> Vec<String> {
    let path = &source.path;
    let count = source.text.lines().count();
    match listed.iter().find(|(listed, ..)| listed == path) {
        None if count > 400 => vec![format!("{path}: {count} lines; is it two subjects?")],
        Some((_, ceiling, _)) if count > *ceiling => {
            vec![format!("{path}: {count} lines, {ceiling} were allowed")]
        }
        Some(_) if count <= 400 => vec![format!("{path}: no exception is needed any more")],
        None | Some(_) => Vec::new(),
    }
}

/// Every file says first what it is for, in at most twelve lines.
pub fn header(source: &Source) -> Vec<String> {
    let path = &source.path;
    let own = source
        .text
        .lines()
        .take_while(|line| line.starts_with("//!"));
    match own.count() {
        0 if source.text.starts_with("#![doc = include_str!(") => Vec::new(),
        0 => vec![format!("{path}: no header; say what it is for")],
        1..=12 => Vec::new(),
        more => vec![format!(
            "{path}: a header of {more} lines, twelve are enough"
        )],
    }
}

/// Names that say nothing, and globs, which hide where a name is from.
pub fn names(source: &Source) -> Vec<String> {
    let path = &source.path;
    let mut breaches = Vec::new();
    let stem = path.rsplit('/').next().unwrap_or(path);
    for banned in ["manager", "helper", "helpers", "util", "utils", "common"] {
        if stem.strip_suffix(".rs") == Some(banned)
            || has_word(&source.code, &format!("mod {banned}"))
        {
            breaches.push(format!("{path}: a module called `{banned}`"));
        }
    }
    for (at, line) in source.code.lines().enumerate() {
        let mut defined = line.split("fn ").skip(1);
        if defined.any(|name| {
            ["process_", "handle_data", "do_", "get_"]
                .iter()
                .any(|banned| name.starts_with(banned))
        }) {
            breaches.push(format!("{path}:{}: a verb of the field is wanted", at + 1));
        }
        let glob = line.contains("::*;") || line.contains("::*,");
        if glob && !line.contains("super::*") && !line.contains("proptest::prelude::*") {
            breaches.push(format!("{path}:{}: a glob import", at + 1));
        }
    }
    for (at, line) in source.text.lines().enumerate() {
        let words = [concat!("TO", "DO"), concat!("FIX", "ME")];
        let open = words.iter().any(|word| has_word(line, word));
        if open && !line.contains("issue ") {
            breaches.push(format!("{path}:{}: work left without an issue", at + 1));
        }
    }
    breaches
}

/// Arms that take whatever comes: a new state of the law would pass through them unseen.
pub fn wildcard_arms(source: &Source) -> Vec<String> {
    let lines = source.code.lines().enumerate();
    let arm = |line: &str| {
        let line = line.trim_start();
        ["_ =>", "_ if ", "(_, _) =>"]
            .iter()
            .any(|arm| line.starts_with(arm) || line.contains(&format!("| {arm}")))
    };
    lines
        .filter(|(_, line)| arm(line))
        .map(|(at, _)| format!("{}:{}: a wildcard arm", source.path, at + 1))
        .collect()
}

/// Macros of `tracing` whose arguments name something personal or secret.
pub fn logged(source: &Source) -> Vec<String> {
    let personal = [
        "iin",
        "phone",
        "phones",
        "surname",
        "given",
        "patronymic",
        "email",
        "payload",
        "raw",
        "password",
        "reveal",
        "body",
        "applicant",
        "child",
    ];
    let mut breaches = Vec::new();
    for (at, _) in source.code.match_indices("tracing::") {
        let call = &source.code[at..];
        let end = call.find(';').unwrap_or(call.len());
        let line = source.code[..at].lines().count().max(1);
        for word in personal.iter().filter(|word| has_word(&call[..end], word)) {
            let path = &source.path;
            breaches.push(format!("{path}:{line}: `{word}` on its way to a log"));
        }
    }
    breaches
}

/// A fixture says its outcome first, in the word of the error; never a number.
pub fn fixture_name(path: &str) -> Vec<String> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    let stem = name.split('.').next().unwrap_or(name);
    let first = stem.split(['-', '_']).next().unwrap_or(stem);
    let says_nothing = stem.chars().all(|c| c.is_ascii_digit())
        || (first.starts_with("test") && first[4..].chars().all(|c| c.is_ascii_digit()));
    if name == "README.md" {
        return Vec::new();
    }
    if !name.chars().all(plain) || says_nothing {
        return vec![format!("{path}: not the name of a case")];
    }
    let outcome = ["accepted", "refused-", "malformed-", "distrusted-"];
    let message = path.starts_with("fixtures/services/");
    let roles = [".request.xml", ".answer.xml"];
    let fits = outcome.iter().any(|it| stem.starts_with(it))
        && roles.iter().any(|role| name.ends_with(role));
    if message && !fits {
        vec![format!("{path}: name its outcome and its role")]
    } else {
        Vec::new()
    }
}

/// Places of one machine.
pub fn machine_paths(path: &str, text: &str) -> Vec<String> {
    let places = [
        concat!("/wo", "rk/"),
        concat!("/ho", "me/"),
        concat!("/ro", "ot/"),
        concat!("/Us", "ers/"),
        concat!("/tm", "p/k/"),
    ];
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| places.iter().any(|place| line.contains(place)))
        .map(|(at, _)| format!("{path}:{}: a place of one machine", at + 1))
        .collect()
}
