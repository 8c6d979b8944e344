//! Preschools: what an administrator writes of one, and what an enquiry finds.
//!
//! Law:   004 pt.16 (kinds), pt.35(1), pt.36, pt.41 (what is told of a preschool).

use std::collections::BTreeSet;

use serde::Deserialize;
use tokio_postgres::Row;

use super::{Transaction, Trouble};
use crate::terms::{Phone, PreschoolId, Settlement};

/// A preschool as the registry knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preschool {
    /// Its identifier.
    pub id: PreschoolId,
    /// Its kind.
    pub kind: PreschoolKind,
    /// Whether it takes children at all.
    pub status: PreschoolStatus,
    /// Full name in Kazakh.
    pub name_kk: String,
    /// Full name in Russian.
    pub name_ru: String,
    /// Short name in Kazakh, at most 20 characters, for an SMS.
    pub short_name_kk: String,
    /// Short name in Russian, at most 20 characters, for an SMS.
    pub short_name_ru: String,
}

/// Kind of a preschool (004 pt.16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PreschoolKind {
    /// Общеобразовательная.
    General,
    /// Санаторная.
    Sanatorium,
    /// Специальная.
    Special,
}

/// Whether a preschool takes children at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PreschoolStatus {
    /// It does.
    Active,
    /// It is closed for good.
    Closed,
}

impl PreschoolKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::General, Self::Sanatorium, Self::Special];

    /// The code in rows and lists.
    pub fn code(self) -> &'static str {
        match self {
            Self::General => "GENERAL",
            Self::Sanatorium => "SANATORIUM",
            Self::Special => "SPECIAL",
        }
    }

    /// The kind of this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

impl PreschoolStatus {
    const ALL: [Self; 2] = [Self::Active, Self::Closed];

    /// The code in rows and lists.
    pub fn code(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Closed => "CLOSED",
        }
    }
}

/// Requisites of a preschool, beyond what a queue needs (004 pt.35(1), pt.36, pt.41).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requisites {
    /// Форма собственности: a code of the list.
    pub ownership: String,
    /// District in Kazakh and in Russian.
    pub district: [String; 2],
    /// Address in Kazakh and in Russian.
    pub address: [String; 2],
    /// Millionths of a degree north.
    pub latitude_e6: i32,
    /// Millionths of a degree east.
    pub longitude_e6: i32,
    /// Its phone.
    pub phone: Phone,
    /// Languages of its groups: codes of the list.
    pub languages: Vec<String>,
    /// Возрастная периодизация групп: codes of the list.
    pub ages: Vec<String>,
    /// Проектная мощность.
    pub capacity: i32,
    /// Monthly price of education.
    pub fee_tenge: i32,
    /// Monthly price of meals that parents pay.
    pub meals_tenge: i32,
}

/// Why a row is no preschool, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAPreschoolRow {
    /// An identifier is none.
    #[error("the identifier is not nine digits, a hyphen and four digits: correct it")]
    Identifier,
    /// A list of codes is empty, too long, or says one twice.
    #[error("`languages` or `ages` is empty, too long or repeats a code: correct it")]
    Lists,
    /// A name, district or address is empty or too long.
    #[error("a name, district or address is empty or too long (300 characters, 20 in short names)")]
    Name,
    /// A number is beyond its bounds.
    #[error(
        "a number is out of bounds (a place in Kazakhstan, capacity 1–2000, prices not negative)"
    )]
    Number,
    /// A phone is none.
    #[error("the phone is not +7 and ten digits: correct it")]
    Phone,
}

/// A row as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    pub(super) id: String,
    kind: PreschoolKind,
    status: PreschoolStatus,
    name_kk: String,
    name_ru: String,
    short_name_kk: String,
    short_name_ru: String,
    ownership: String,
    district_kk: String,
    district_ru: String,
    address_kk: String,
    address_ru: String,
    latitude_e6: i32,
    longitude_e6: i32,
    phone: String,
    languages: Vec<String>,
    ages: Vec<String>,
    capacity: i32,
    fee_tenge: i32,
    meals_tenge: i32,
}

impl Line {
    /// The preschool and its requisites.
    pub(super) fn read(self) -> Result<(Preschool, Requisites), NotAPreschoolRow> {
        let id = PreschoolId::parse(&self.id).map_err(|_| NotAPreschoolRow::Identifier)?;
        self.bounded()?;
        let phone = Phone::parse(&self.phone).ok_or(NotAPreschoolRow::Phone)?;
        let preschool = Preschool {
            id,
            kind: self.kind,
            status: self.status,
            name_kk: self.name_kk,
            name_ru: self.name_ru,
            short_name_kk: self.short_name_kk,
            short_name_ru: self.short_name_ru,
        };
        let requisites = Requisites {
            ownership: self.ownership,
            district: [self.district_kk, self.district_ru],
            address: [self.address_kk, self.address_ru],
            latitude_e6: self.latitude_e6,
            longitude_e6: self.longitude_e6,
            phone,
            languages: self.languages,
            ages: self.ages,
            capacity: self.capacity,
            fee_tenge: self.fee_tenge,
            meals_tenge: self.meals_tenge,
        };
        Ok((preschool, requisites))
    }

    /// The same bounds as the table's.
    fn bounded(&self) -> Result<(), NotAPreschoolRow> {
        let fits = |text: &&String, max| (1..=max).contains(&text.chars().count());
        let long = [
            &self.name_kk,
            &self.name_ru,
            &self.district_kk,
            &self.district_ru,
            &self.address_kk,
            &self.address_ru,
        ];
        let short = [&self.short_name_kk, &self.short_name_ru];
        let named = long.iter().all(|text| fits(text, 300))
            && short
                .iter()
                .all(|text| fits(text, Preschool::SHORT_NAME_CHARS_MAX));
        if !named {
            return Err(NotAPreschoolRow::Name);
        }
        let distinct = |codes: &[String], max| {
            let seen: BTreeSet<&String> = codes.iter().collect();
            (1..=max).contains(&codes.len()) && seen.len() == codes.len()
        };
        if !distinct(&self.languages, 6) || !distinct(&self.ages, 20) {
            return Err(NotAPreschoolRow::Lists);
        }
        let prices = [self.fee_tenge, self.meals_tenge];
        let numbers = (40_000_000..=56_000_000).contains(&self.latitude_e6)
            && (46_000_000..=88_000_000).contains(&self.longitude_e6)
            && (1..=2_000).contains(&self.capacity)
            && prices.iter().all(|price| (0..=10_000_000).contains(price));
        numbers.then_some(()).ok_or(NotAPreschoolRow::Number)
    }
}

impl Preschool {
    /// The most characters of a short name, so that an SMS stays one segment.
    pub const SHORT_NAME_CHARS_MAX: usize = 20;

    /// The settlement, which is part of the identifier.
    pub fn settlement(&self) -> Settlement {
        self.id.settlement()
    }
}

pub(super) const FIND_PRESCHOOLS: &str = "
    SELECT id, kind, status, name_kk, name_ru, short_name_kk, short_name_ru
    FROM preschool
    WHERE id = ANY($1::text[])
    ORDER BY id";

/// The identifiers of a settlement follow each other in the key.
const PRESCHOOLS_OF: &str = "
    SELECT id, kind, status, name_kk, name_ru, short_name_kk, short_name_ru
    FROM preschool
    WHERE id > $1 AND id <= $2
      AND ($3::text IS NULL OR kind = $3)
    ORDER BY id
    LIMIT $4";

const FIND_REQUISITES: &str = "
    SELECT ownership, district_kk, district_ru, address_kk, address_ru, latitude_e6, longitude_e6,
           phone, languages, ages, capacity, fee_tenge, meals_tenge
    FROM requisites
    WHERE preschool = $1";

impl Transaction {
    /// Those of these preschools that exist, in the order of their identifiers.
    pub async fn preschools(&self, ids: &[PreschoolId]) -> Result<Vec<Preschool>, Trouble> {
        let ids: Vec<&str> = ids.iter().map(PreschoolId::as_str).collect();
        let rows = self.rows(FIND_PRESCHOOLS, &[&ids]).await?;
        rows.iter().map(preschool_from).collect()
    }

    /// The preschools of a settlement after this one, of this kind, so many at most, in the order
    /// of their identifiers.
    pub async fn preschools_of(
        &self,
        settlement: Settlement,
        kind: Option<PreschoolKind>,
        after: Option<PreschoolId>,
        most: usize,
    ) -> Result<Vec<Preschool>, Trouble> {
        let first = format!("{}-", settlement.as_str());
        let after = after.as_ref().map_or(&*first, PreschoolId::as_str);
        let last = format!("{first}9999");
        let kind = kind.map(PreschoolKind::code);
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = self
            .rows(PRESCHOOLS_OF, &[&after, &last, &kind, &most])
            .await?;
        rows.iter().map(preschool_from).collect()
    }

    /// The requisites of a preschool, where an administrator has loaded them.
    pub async fn requisites(&self, of: PreschoolId) -> Result<Option<Requisites>, Trouble> {
        let rows = self.rows(FIND_REQUISITES, &[&of.as_str()]).await?;
        rows.first().map(requisites_from).transpose()
    }
}

pub(super) fn status_from(code: &str) -> Result<PreschoolStatus, Trouble> {
    let mut statuses = PreschoolStatus::ALL.into_iter();
    let known = statuses.find(|status| status.code() == code);
    known.ok_or(Trouble::Unexpected(
        "a status that the schema does not allow",
    ))
}

pub(super) fn preschool_from(row: &Row) -> Result<Preschool, Trouble> {
    let (kind, status): (&str, &str) = (row.get("kind"), row.get("status"));
    Ok(Preschool {
        id: PreschoolId::parse(row.get("id"))
            .map_err(|_| Trouble::Unexpected("an identifier that is no preschool's"))?,
        kind: PreschoolKind::from_code(kind)
            .ok_or(Trouble::Unexpected("a kind that the schema does not allow"))?,
        status: status_from(status)?,
        name_kk: row.get("name_kk"),
        name_ru: row.get("name_ru"),
        short_name_kk: row.get("short_name_kk"),
        short_name_ru: row.get("short_name_ru"),
    })
}

pub(super) fn requisites_from(row: &Row) -> Result<Requisites, Trouble> {
    Ok(Requisites {
        ownership: row.get("ownership"),
        district: [row.get("district_kk"), row.get("district_ru")],
        address: [row.get("address_kk"), row.get("address_ru")],
        latitude_e6: row.get("latitude_e6"),
        longitude_e6: row.get("longitude_e6"),
        phone: Phone::parse(row.get("phone")).ok_or(Trouble::Unexpected(
            "a phone that the schema does not allow",
        ))?,
        languages: row.get("languages"),
        ages: row.get("ages"),
        capacity: row.get("capacity"),
        fee_tenge: row.get("fee_tenge"),
        meals_tenge: row.get("meals_tenge"),
    })
}
