//! Registers: what an administrator writes into three files, read as a whole.
//!
//! Law:   004 pt.35(1), pt.36, pt.41: what is told of a preschool; 1_1 p.4: settlements and codes.
//! In:    the texts of [`FILES`]. Out: [`Registers`], or everything that is wrong with them.
//! Never: takes a part of a set: a code that one file lacks is looked for in vain by another.
//! Start: [`Registers::read`].

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::preschool::{Line, Preschool, Requisites};
use super::{CodeList, NotAPreschoolRow};
use crate::terms::{Settlement, begins_in_a_region};

/// The files of a set, in the sequence in which they are read and digested.
pub const FILES: [&str; 3] = ["settlements.toml", "codes.toml", "preschools.toml"];
/// The most characters of a name.
const NAME_CHARS_MAX: usize = 300;
/// The oldest children of a group, in full years.
const AGE_YEARS_MAX: i16 = 7;

/// A set of registers.
#[derive(Debug, Clone)]
pub struct Registers {
    /// Settlements: code, names.
    pub settlements: Vec<NamedSettlement>,
    /// The members of all code lists.
    pub codes: Vec<NamedCode>,
    /// Preschools with their requisites.
    pub preschools: Vec<(Preschool, Requisites)>,
    /// What was read, to be digested.
    pub(super) text: String,
}

/// A settlement and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedSettlement {
    /// Its code.
    pub code: Settlement,
    /// Name in Kazakh.
    pub name_kk: String,
    /// Name in Russian.
    pub name_ru: String,
}

/// A member of a list and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedCode {
    /// The list.
    pub list: CodeList,
    /// The code.
    pub code: String,
    /// Meaning in Kazakh.
    pub name_kk: String,
    /// Meaning in Russian.
    pub name_ru: String,
    /// The youngest and the oldest children of an age category, in full years (004 pt.16, pt.27).
    pub ages: Option<[i16; 2]>,
}

/// A row that cannot be loaded, and so the whole set.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {key}: {why}")]
pub struct Wrong {
    /// The file.
    pub file: &'static str,
    /// The key of the row.
    pub key: String,
    /// What is wrong, and what to do.
    pub why: Why,
}

/// What is wrong with a row.
#[derive(Debug, thiserror::Error)]
pub enum Why {
    /// An age category without its ages, or ages of something else.
    #[error(
        "`ages` are two years from 0 to 7, the youngest first, of an age category and of nothing \
         else: correct it"
    )]
    Ages,
    /// A code has other characters than codes have.
    #[error("the code has other characters than letters, digits and _, or is too long: rewrite it")]
    CodeForm,
    /// The core decides by a code that the list lacks.
    #[error("the list lacks this code, by which the law is applied: add it")]
    CodeMissing,
    /// The core does not know a code of a list by which it decides.
    #[error("the law is applied by this list, and this code is none of it: take it out")]
    CodeUnknown,
    /// No such list.
    #[error("there is no such list: take it out, or correct `list`")]
    ListUnknown,
    /// A name is empty or too long.
    #[error("a name is empty or has more than 300 characters: give both languages")]
    Name,
    /// A row of a preschool is wrong.
    #[error(transparent)]
    Preschool(NotAPreschoolRow),
    /// The code begins in no region of the classifier.
    #[error("not nine digits of the КАТО classifier: compare the code with it")]
    Region,
    /// The settlement of a preschool is in no row.
    #[error("its settlement is not in settlements.toml: add it there")]
    SettlementUnknown,
    /// The file is not of its form; the place is in the text.
    #[error("not of the form that fixtures/registry/start shows: {0}")]
    Shape(toml::de::Error),
    /// The key stands twice.
    #[error("the key stands twice: keep one row")]
    Twice,
    /// A preschool names a code that its list lacks.
    #[error("`{0}` is not in the list {1} of codes.toml: add it there, or correct it")]
    Unlisted(String, &'static str),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settlements {
    settlement: Vec<SettlementRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SettlementRow {
    code: String,
    name_kk: String,
    name_ru: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Codes {
    code: Vec<CodeRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeRow {
    list: String,
    code: String,
    name_kk: String,
    name_ru: String,
    ages: Option<[i16; 2]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Preschools {
    preschool: Vec<Line>,
}

impl Registers {
    /// Reads the texts of [`FILES`], in that sequence.
    ///
    /// # Errors
    /// All that is wrong, never empty.
    pub fn read(texts: [&str; 3]) -> Result<Self, Vec<Wrong>> {
        let [settlements, codes, preschools] = texts;
        let mut wrong = Vec::new();
        let settlements = parsed(FILES[0], settlements, &mut wrong)
            .map_or_else(Vec::new, |file| read_settlements(file, &mut wrong));
        let codes = parsed(FILES[1], codes, &mut wrong)
            .map_or_else(Vec::new, |file| read_codes(file, &mut wrong));
        let preschools = parsed(FILES[2], preschools, &mut wrong).map_or_else(Vec::new, |file| {
            read_preschools(file, &settlements, &codes, &mut wrong)
        });
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(Self {
            settlements,
            codes,
            preschools,
            text: texts.concat(),
        })
    }
}

fn parsed<T: DeserializeOwned>(
    file: &'static str,
    text: &str,
    wrong: &mut Vec<Wrong>,
) -> Option<T> {
    let read = toml::from_str(text).map_err(|fault| note(wrong, file, "file", Why::Shape(fault)));
    read.ok()
}

fn note(wrong: &mut Vec<Wrong>, file: &'static str, key: &str, why: Why) {
    wrong.push(Wrong {
        file,
        key: key.to_owned(),
        why,
    });
}

fn named(kk: &str, ru: &str) -> bool {
    [kk, ru]
        .iter()
        .all(|name| (1..=NAME_CHARS_MAX).contains(&name.trim().chars().count()))
}

fn read_settlements(file: Settlements, wrong: &mut Vec<Wrong>) -> Vec<NamedSettlement> {
    let mut seen = BTreeSet::new();
    let mut read = Vec::new();
    for row in file.settlement {
        let code = Settlement::parse(&row.code)
            .ok()
            .filter(|code| begins_in_a_region(code.as_str()));
        let Some(code) = code else {
            note(wrong, FILES[0], &row.code, Why::Region);
            continue;
        };
        if !seen.insert(code) {
            note(wrong, FILES[0], &row.code, Why::Twice);
        }
        if !named(&row.name_kk, &row.name_ru) {
            note(wrong, FILES[0], &row.code, Why::Name);
        }
        read.push(NamedSettlement {
            code,
            name_kk: row.name_kk,
            name_ru: row.name_ru,
        });
    }
    read
}

fn read_codes(file: Codes, wrong: &mut Vec<Wrong>) -> Vec<NamedCode> {
    let mut seen = BTreeSet::new();
    let mut read = Vec::new();
    for row in file.code {
        let key = format!("{} {}", row.list, row.code);
        let Some(list) = CodeList::from_code(&row.list) else {
            note(wrong, FILES[1], &key, Why::ListUnknown);
            continue;
        };
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        if !(1..=40).contains(&row.code.len()) || !row.code.bytes().all(fits) {
            note(wrong, FILES[1], &key, Why::CodeForm);
        } else if list.core().is_some_and(|core| !core.contains(&&*row.code)) {
            note(wrong, FILES[1], &key, Why::CodeUnknown);
        }
        if !named(&row.name_kk, &row.name_ru) {
            note(wrong, FILES[1], &key, Why::Name);
        }
        let ordered = |[from, to]: [i16; 2]| 0 <= from && from <= to && to <= AGE_YEARS_MAX;
        if (list == CodeList::AgeCategory) != row.ages.is_some() || !row.ages.is_none_or(ordered) {
            note(wrong, FILES[1], &key, Why::Ages);
        }
        if !seen.insert((list, row.code.clone())) {
            note(wrong, FILES[1], &key, Why::Twice);
        }
        read.push(NamedCode {
            list,
            code: row.code,
            name_kk: row.name_kk,
            name_ru: row.name_ru,
            ages: row.ages,
        });
    }
    for list in CodeList::ALL {
        for code in list.core().unwrap_or_default() {
            if !seen.contains(&(list, code.to_owned())) {
                let key = format!("{} {code}", list.code());
                note(wrong, FILES[1], &key, Why::CodeMissing);
            }
        }
    }
    read
}

fn read_preschools(
    file: Preschools,
    settlements: &[NamedSettlement],
    codes: &[NamedCode],
    wrong: &mut Vec<Wrong>,
) -> Vec<(Preschool, Requisites)> {
    let mut seen = BTreeSet::new();
    let mut read = Vec::new();
    for row in file.preschool {
        let key = row.id.clone();
        let (preschool, requisites) = match row.read() {
            Ok(both) => both,
            Err(why) => {
                note(wrong, FILES[2], &key, Why::Preschool(why));
                continue;
            }
        };
        if !seen.insert(preschool.id) {
            note(wrong, FILES[2], &key, Why::Twice);
        }
        let settlement = preschool.settlement();
        if settlements.iter().all(|known| known.code != settlement) {
            note(wrong, FILES[2], &key, Why::SettlementUnknown);
        }
        let named = std::iter::once((CodeList::Ownership, &requisites.ownership))
            .chain(requisites.ages.iter().map(|it| (CodeList::AgeCategory, it)))
            .chain(
                requisites
                    .languages
                    .iter()
                    .map(|it| (CodeList::TeachingLanguage, it)),
            );
        for (list, code) in named {
            let listed = |it: &NamedCode| it.list == list && it.code == *code;
            if !codes.iter().any(listed) {
                let why = Why::Unlisted(code.clone(), list.code());
                note(wrong, FILES[2], &key, why);
            }
        }
        read.push((preschool, requisites));
    }
    read
}
