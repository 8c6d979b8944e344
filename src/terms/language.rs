//! Languages: of what we say, and of a group in a preschool.

/// A language in which the state speaks to a family: both are always given (004 pt.42).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Қазақ тілі.
    Kazakh,
    /// Русский язык.
    Russian,
}

impl Language {
    /// Both, in the order in which they are shown.
    pub const BOTH: [Self; 2] = [Self::Kazakh, Self::Russian];

    /// `kk` or `ru`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Kazakh => "kk",
            Self::Russian => "ru",
        }
    }
}

/// Язык обучения: the language of a group (004 1_1 p.4(19)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TeachingLanguage {
    /// Английский.
    English,
    /// Казахский.
    Kazakh,
    /// Русский.
    Russian,
    /// Таджикский.
    Tajik,
    /// Узбекский.
    Uzbek,
    /// Уйгурский.
    Uyghur,
}

impl TeachingLanguage {
    /// Every teaching language.
    pub const ALL: [Self; 6] = [
        Self::English,
        Self::Kazakh,
        Self::Russian,
        Self::Tajik,
        Self::Uzbek,
        Self::Uyghur,
    ];

    /// The code in messages and rows, ISO 639-1.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Kazakh => "kk",
            Self::Russian => "ru",
            Self::Tajik => "tg",
            Self::Uzbek => "uz",
            Self::Uyghur => "ug",
        }
    }

    /// The language of this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.code() == code)
    }
}
