//! Code lists: what an administrator loads and services show, and what the law's core says of them.
//!
//! Law:   004 1_1 p.4, p.6, p.8: kinds, types, benefits, languages, disorders, rehabilitation.
//! Never: lets a list differ from the core that decides by its codes.
//! Start: [`CodeList::core`], [`Transaction::codes`].

use super::preschool::status_from;
use super::{PreschoolKind, PreschoolStatus, Transaction, Trouble};
use crate::queue::benefit::Benefit;
use crate::queue::rank::Reason;
use crate::terms::TeachingLanguage;

/// A member of a list as the registry knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCode {
    /// The code.
    pub code: String,
    /// Meaning in Kazakh.
    pub name_kk: String,
    /// Meaning in Russian.
    pub name_ru: String,
    /// Whether the last set had it.
    pub status: PreschoolStatus,
}

/// A list of codes (справочник).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CodeList {
    /// Возрастная категория группы (1_5).
    AgeCategory,
    /// Тип заявителя (1_1 p.4(7)).
    ApplicantType,
    /// Статус заявления (1_4 p.4(2)).
    ApplicationStatus,
    /// Вид льготы (1_1 p.4(15)).
    Benefit,
    /// Вид нарушения (1_1 p.6).
    Disorder,
    /// Вид ДО и очереди (pt.16).
    Kind,
    /// Форма собственности (pt.36, pt.41).
    Ownership,
    /// Причина изменения номера очередности (pt.8(3)).
    RankReason,
    /// Вид реабилитации или профилактики (1_1 p.8).
    Rehabilitation,
    /// Язык обучения (1_1 p.4(19)).
    TeachingLanguage,
}

impl CodeList {
    /// Every list.
    pub const ALL: [Self; 10] = [
        Self::AgeCategory,
        Self::ApplicantType,
        Self::ApplicationStatus,
        Self::Benefit,
        Self::Disorder,
        Self::Kind,
        Self::Ownership,
        Self::RankReason,
        Self::Rehabilitation,
        Self::TeachingLanguage,
    ];

    /// Its name in messages, rows and files.
    pub fn code(self) -> &'static str {
        match self {
            Self::AgeCategory => "AGE_CATEGORY",
            Self::ApplicantType => "APPLICANT_TYPE",
            Self::ApplicationStatus => "APPLICATION_STATUS",
            Self::Benefit => "BENEFIT",
            Self::Disorder => "DISORDER",
            Self::Kind => "KIND",
            Self::Ownership => "OWNERSHIP",
            Self::RankReason => "RANK_REASON",
            Self::Rehabilitation => "REHABILITATION",
            Self::TeachingLanguage => "TEACHING_LANGUAGE",
        }
    }

    /// The list of this name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.code() == code)
    }

    /// The codes by which we decide: the list must have these and no others. None: the law names
    /// the list and not its members, so the administrator does.
    pub fn core(self) -> Option<Vec<&'static str>> {
        match self {
            Self::ApplicantType => Some(vec!["FOSTER_CARER", "GUARDIAN", "PARENT", "TRUSTEE"]),
            Self::ApplicationStatus => Some(vec!["ON_DOCUMENT_CHECK", "WAITING"]),
            Self::Benefit => Some(Benefit::ALL.map(Benefit::code).to_vec()),
            Self::Kind => Some(PreschoolKind::ALL.map(PreschoolKind::code).to_vec()),
            Self::RankReason => Some(Reason::ALL.iter().map(|reason| reason.code()).collect()),
            Self::TeachingLanguage => {
                Some(TeachingLanguage::ALL.map(TeachingLanguage::code).to_vec())
            }
            Self::AgeCategory | Self::Disorder | Self::Ownership | Self::Rehabilitation => None,
        }
    }
}

const PAGE: &str = "
    SELECT code, name_kk, name_ru, status
    FROM code
    WHERE list = $1 AND code > $2
    ORDER BY code
    LIMIT $3";

const LISTED: &str = "
    SELECT EXISTS (SELECT FROM code WHERE list = $1 AND code = $2 AND status = 'ACTIVE') AS listed";

const AGES: &str = "
    SELECT age_from, age_to
    FROM code
    WHERE list = 'AGE_CATEGORY' AND code = $1 AND status = 'ACTIVE' AND age_from IS NOT NULL";

impl Transaction {
    /// Is this an open code of the list?
    pub async fn lists(&self, list: CodeList, code: &str) -> Result<bool, Trouble> {
        let rows = self.rows(LISTED, &[&list.code(), &code]).await?;
        Ok(rows.first().is_some_and(|row| row.get("listed")))
    }

    /// The youngest and the oldest children of an age category, if it is an open code.
    pub async fn ages_of(&self, code: &str) -> Result<Option<[u8; 2]>, Trouble> {
        let rows = self.rows(AGES, &[&code]).await?;
        let ages = rows.first().map(|row| {
            let ages: [i16; 2] = [row.get("age_from"), row.get("age_to")];
            Ok([super::place::small(ages[0])?, super::place::small(ages[1])?])
        });
        ages.transpose()
    }

    /// The codes of a list after this one, so many at most, in their order.
    pub async fn codes(
        &self,
        list: CodeList,
        after: Option<&str>,
        most: usize,
    ) -> Result<Vec<KnownCode>, Trouble> {
        // No code is less than an empty text.
        let after = after.unwrap_or_default();
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = self.rows(PAGE, &[&list.code(), &after, &most]).await?;
        rows.iter()
            .map(|row| {
                Ok(KnownCode {
                    code: row.get("code"),
                    name_kk: row.get("name_kk"),
                    name_ru: row.get("name_ru"),
                    status: status_from(row.get("status"))?,
                })
            })
            .collect()
    }
}
