//! People: names, sex, citizenship. None of it reaches a log.

use std::fmt;

/// A text that is no part of a person's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a name of 1 to 100 characters without control characters or outer spaces")]
pub struct NotAName;

/// ФИО: surname, given name and, where there is one, patronymic.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName {
    surname: String,
    given: String,
    patronymic: Option<String>,
}

impl PersonName {
    /// The most characters of one part.
    pub const PART_CHARS_MAX: usize = 100;

    /// A name of checked parts.
    pub fn new(surname: &str, given: &str, patronymic: Option<&str>) -> Result<Self, NotAName> {
        Ok(Self {
            surname: Self::part(surname)?.to_owned(),
            given: Self::part(given)?.to_owned(),
            patronymic: patronymic.map(Self::part).transpose()?.map(str::to_owned),
        })
    }

    /// Checks one part: 1 to 100 characters, no control character, no space at either end.
    pub fn part(text: &str) -> Result<&str, NotAName> {
        let length = text.chars().count();
        let clean = !text.chars().any(char::is_control) && text.trim() == text;
        if (1..=Self::PART_CHARS_MAX).contains(&length) && clean {
            Ok(text)
        } else {
            Err(NotAName)
        }
    }

    /// Whether both may be spellings of one name: capitals, `ё` for `е`, composed letters and runs
    /// of spaces do not matter, and a patronymic («при наличии») counts where both have one.
    pub fn agrees(&self, other: &Self) -> bool {
        let patronymics = self.patronymic.as_ref().zip(other.patronymic.as_ref());
        folded(&self.surname) == folded(&other.surname)
            && folded(&self.given) == folded(&other.given)
            && patronymics.is_none_or(|(one, another)| folded(one) == folded(another))
    }

    /// Фамилия.
    pub fn surname(&self) -> &str {
        &self.surname
    }

    /// Имя.
    pub fn given(&self) -> &str {
        &self.given
    }

    /// Отчество, при наличии.
    pub fn patronymic(&self) -> Option<&str> {
        self.patronymic.as_deref()
    }
}

const BREVE: char = '\u{306}';
const DIAERESIS: char = '\u{308}';
/// Letters: и, й, е, ё.
const I: char = '\u{438}';
const SHORT_I: char = '\u{439}';
const YE: char = '\u{435}';
const YO: char = '\u{451}';

/// A part of a name without what spellings differ in.
fn folded(part: &str) -> String {
    let mut folded = String::with_capacity(part.len());
    for word in part.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        for letter in word.chars().flat_map(char::to_lowercase) {
            match letter {
                YO => folded.push(YE),
                // The two marks of Cyrillic, where they came apart from their letters.
                DIAERESIS if folded.ends_with(YE) => {}
                BREVE if folded.ends_with(I) => {
                    folded.pop();
                    folded.push(SHORT_I);
                }
                letter => folded.push(letter),
            }
        }
    }
    folded
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(masked)")
    }
}

/// Пол.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// Женский.
    Female,
    /// Мужской.
    Male,
}

impl Sex {
    /// `F` or `M`, in messages and rows.
    pub fn code(self) -> &'static str {
        match self {
            Self::Female => "F",
            Self::Male => "M",
        }
    }

    /// The sex of this code.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "F" => Some(Self::Female),
            "M" => Some(Self::Male),
            _ => None,
        }
    }
}

/// Гражданство: an ISO 3166-1 alpha-3 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Citizenship([u8; 3]);

impl Citizenship {
    /// Республика Казахстан.
    pub const KAZAKHSTAN: Self = Self(*b"KAZ");

    /// Reads three capital letters; `XXX` stands for a stateless person.
    pub fn parse(code: &str) -> Option<Self> {
        let letters: [u8; 3] = code.as_bytes().try_into().ok()?;
        letters
            .iter()
            .all(u8::is_ascii_uppercase)
            .then_some(Self(letters))
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("only ASCII letters are ever stored")
    }
}
