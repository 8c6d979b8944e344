//! Sources as text: what is code, what is a literal, which paths are named.

use std::fs;
use std::path::{Path, PathBuf};

/// One file of the repository.
pub struct Source {
    /// From the root of the repository.
    pub path: String,
    /// As it stands.
    pub text: String,
    /// The same lines without comments and without the content of literals.
    pub code: String,
    /// The contents of the string literals.
    pub literals: Vec<String>,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let (code, literals) = strip(text);
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code,
            literals,
        }
    }

    /// The room that it belongs to: `src/xml/parse.rs` and `src/clock.rs` are `xml` and `clock`.
    pub fn room(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let first = inside.split('/').next().unwrap_or(inside);
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// The lines of code that name this word, as `path:line`.
    pub fn lines_with(&self, word: &str) -> Vec<String> {
        let lines = self.code.lines().enumerate();
        lines
            .filter(|(_, line)| has_word(line, word))
            .map(|(at, _)| format!("{}:{}", self.path, at + 1))
            .collect()
    }

    /// What is named behind `prefix` (such as `crate::`), with its line: of `crate::{a, b::C}`
    /// both `a` and `b`.
    pub fn named_behind(&self, prefix: &str) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for at in words(&self.code, prefix) {
            let line = self.code[..at].lines().count().max(1);
            let rest = self.code[at + prefix.len()..].trim_start();
            found.extend(heads(rest).into_iter().map(|head| (line, head)));
        }
        found
    }
}

/// Every file below a folder of the repository, sorted; folders that are made are left out.
pub fn files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the repository") {
            let path = entry.expect("the folder can be read").path();
            let made = ["target", "node_modules", ".var", ".git", "__pycache__"];
            if !path.is_dir() {
                found.push(path);
            } else if !made.iter().any(|name| path.ends_with(name)) {
                folders.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Every Rust file below a folder.
pub fn sources(folder: &str) -> Vec<Source> {
    let rust = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    files(folder)
        .into_iter()
        .filter(rust)
        .map(|path| Source::new(&named(&path), &read(&path)))
        .collect()
}

pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A path as it is written in the repository.
pub fn named(path: &Path) -> String {
    let inside = path.strip_prefix(root()).expect("inside the repository");
    inside.to_str().expect("a plain name").to_owned()
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether a line names a word, not as part of a longer one.
pub fn has_word(line: &str, word: &str) -> bool {
    !words(line, word).is_empty()
}

fn words(text: &str, word: &str) -> Vec<usize> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let opens = word.starts_with(part);
    let closes = word.ends_with(part);
    text.match_indices(word)
        .filter(|(at, _)| !(opens && text[..*at].ends_with(part)))
        .filter(|(at, _)| !(closes && text[at + word.len()..].starts_with(part)))
        .map(|(at, _)| at)
        .collect()
}

/// The first names of a path or of each path of a list in braces.
fn heads(rest: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        let text = text.trim_start();
        text.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let Some(list) = rest.strip_prefix('{') else {
        return vec![name(rest)];
    };
    let mut found = vec![name(list)];
    let mut depth = 1;
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => found.push(name(&list[at + 1..])),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

/// Takes comments away and empties literals; line breaks stay where they are.
fn strip(text: &str) -> (String, Vec<String>) {
    let mut code = String::with_capacity(text.len());
    let mut literals = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let in_word = code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let taken = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some((open, close)) = raw_quotes(rest).filter(|_| !in_word) {
            let inside = &rest[open..];
            let length = inside.find(&close).unwrap_or(inside.len());
            literals.push(inside[..length].to_owned());
            code.push_str("\"\"");
            (open + length + close.len()).min(rest.len())
        } else if c == '"' {
            let length = quoted(&rest[1..], '"');
            literals.push(rest[1..=length].to_owned());
            code.push_str("\"\"");
            (length + 2).min(rest.len())
        } else if let Some(length) = character(rest) {
            code.push_str("' '");
            length
        } else {
            code.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        code.extend(rest[..taken].matches('\n'));
        rest = &rest[taken..];
    }
    (code, literals)
}

/// Where a raw string begins, and what ends it.
fn raw_quotes(rest: &str) -> Option<(usize, String)> {
    let behind = rest.strip_prefix("br").or_else(|| rest.strip_prefix("r"))?;
    let marks = behind.len() - behind.trim_start_matches('#').len();
    let opened = behind[marks..].starts_with('"');
    let open = rest.len() - behind.len() + marks + 1;
    opened.then(|| (open, format!("\"{}", "#".repeat(marks))))
}

/// Octets up to the closing quote.
fn quoted(inside: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at,
            _ => {}
        }
    }
    inside.len()
}

/// The length of a character literal; nothing where the quote begins a lifetime.
fn character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    if inside.starts_with('\\') {
        return Some(quoted(inside, '\'') + 2);
    }
    let c = inside.chars().next()?;
    let closed = inside[c.len_utf8()..].starts_with('\'');
    closed.then(|| c.len_utf8() + 2)
}

#[test]
fn comments_and_literals_are_no_code() {
    let text = "let a = \"unsafe \\\" x\"; // unsafe\n/* unsafe\n*/ let b: &'static str = r#\"un\"safe\"#;\nlet c = ('\"', '\\'', b'x');\n";
    let source = Source::new("src/x.rs", text);
    assert!(source.lines_with("unsafe").is_empty(), "{}", source.code);
    assert_eq!(source.lines_with("c"), ["src/x.rs:4"]);
    assert_eq!(source.literals, ["unsafe \\\" x", "un\"safe"]);
    assert_eq!(source.code.lines().count(), text.lines().count());
}

#[test]
fn each_path_of_a_list_is_named() {
    let source = Source::new(
        "src/x.rs",
        "use crate::{a, b::{c, d},\n e};\ncrate::f::g(); mycrate::h();",
    );
    let named = source.named_behind("crate::");
    let named: Vec<&str> = named.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(named, ["a", "b", "e", "f"]);
}
