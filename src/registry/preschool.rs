//! Preschools: loaded from a list, looked up by an enquiry.

use serde::Deserialize;
use tokio_postgres::Row;

use super::{Registry, Transaction, Trouble};
use crate::terms::{PreschoolId, Settlement};

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
    const ALL: [Self; 3] = [Self::General, Self::Sanatorium, Self::Special];

    /// The code in rows and lists.
    pub fn code(self) -> &'static str {
        match self {
            Self::General => "GENERAL",
            Self::Sanatorium => "SANATORIUM",
            Self::Special => "SPECIAL",
        }
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

/// Why a text is no list of preschools.
#[derive(Debug, thiserror::Error)]
pub enum NotAList {
    /// An identifier occurs twice, or is none.
    #[error("preschool {0}: the identifier is none or occurs twice")]
    Identifier(String),
    /// A name is empty, or a short one has more than 20 characters.
    #[error("preschool {0}: a name is empty or too long")]
    Name(String),
    /// The text is not of the form `[[preschool]]` with the fields of a preschool.
    #[error("not a list of preschools")]
    Shape(#[source] toml::de::Error),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    preschool: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    kind: PreschoolKind,
    status: PreschoolStatus,
    name_kk: String,
    name_ru: String,
    short_name_kk: String,
    short_name_ru: String,
}

impl Preschool {
    /// The most characters of a short name, so that an SMS stays one segment.
    pub const SHORT_NAME_CHARS_MAX: usize = 20;

    /// The settlement, which is part of the identifier.
    pub fn settlement(&self) -> Settlement {
        self.id.settlement()
    }

    /// Reads a list in TOML, as `fixtures/registry/preschools.toml` is one.
    pub fn list(text: &str) -> Result<Vec<Self>, NotAList> {
        let list: List = toml::from_str(text).map_err(NotAList::Shape)?;
        let mut seen = std::collections::BTreeSet::new();
        list.preschool
            .into_iter()
            .map(|line| {
                let id = PreschoolId::parse(&line.id)
                    .ok()
                    .filter(|id| seen.insert(*id))
                    .ok_or_else(|| NotAList::Identifier(line.id.clone()))?;
                let short = [&line.short_name_kk, &line.short_name_ru];
                let fits = |text: &&String, max| (1..=max).contains(&text.chars().count());
                let named = [&line.name_kk, &line.name_ru]
                    .iter()
                    .all(|text| fits(text, 300))
                    && short
                        .iter()
                        .all(|text| fits(text, Self::SHORT_NAME_CHARS_MAX));
                if !named {
                    return Err(NotAList::Name(line.id));
                }
                Ok(Self {
                    id,
                    kind: line.kind,
                    status: line.status,
                    name_kk: line.name_kk,
                    name_ru: line.name_ru,
                    short_name_kk: line.short_name_kk,
                    short_name_ru: line.short_name_ru,
                })
            })
            .collect()
    }
}

pub(super) const FIND_PRESCHOOLS: &str = "
    SELECT id, kind, status, name_kk, name_ru, short_name_kk, short_name_ru
    FROM preschool
    WHERE id = ANY($1::text[])
    ORDER BY id";

const LOAD: &str = "
    INSERT INTO preschool AS known
           (id, settlement, kind, status, name_kk, name_ru, short_name_kk, short_name_ru)
    SELECT l.id, left(l.id, 9), l.kind, l.status, l.name_kk, l.name_ru, l.short_kk, l.short_ru
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
         AS l (id, kind, status, name_kk, name_ru, short_kk, short_ru)
    ORDER BY l.id
    ON CONFLICT (id) DO UPDATE
       SET kind = excluded.kind, status = excluded.status,
           name_kk = excluded.name_kk, name_ru = excluded.name_ru,
           short_name_kk = excluded.short_name_kk, short_name_ru = excluded.short_name_ru
     WHERE known IS DISTINCT FROM excluded";

impl Registry {
    /// Makes the registry know these preschools as the list has them; how many were new or changed.
    /// A preschool that the list leaves out stays as it is: its queues have a history.
    pub async fn load_preschools(&self, list: &[Preschool]) -> Result<u64, Trouble> {
        let column = |of: fn(&Preschool) -> &str| list.iter().map(of).collect::<Vec<&str>>();
        let client = self.client().await?;
        let statement = client.prepare_cached(LOAD).await?;
        let loaded = client
            .execute(
                &statement,
                &[
                    &column(|line| line.id.as_str()),
                    &column(|line| line.kind.code()),
                    &column(|line| line.status.code()),
                    &column(|line| &line.name_kk),
                    &column(|line| &line.name_ru),
                    &column(|line| &line.short_name_kk),
                    &column(|line| &line.short_name_ru),
                ],
            )
            .await?;
        Ok(loaded)
    }
}

impl Transaction {
    /// Those of these preschools that exist, in the order of their identifiers.
    pub async fn preschools(&self, ids: &[PreschoolId]) -> Result<Vec<Preschool>, Trouble> {
        let ids: Vec<&str> = ids.iter().map(PreschoolId::as_str).collect();
        let rows = self.rows(FIND_PRESCHOOLS, &[&ids]).await?;
        rows.iter().map(preschool_from).collect()
    }
}

pub(super) fn preschool_from(row: &Row) -> Result<Preschool, Trouble> {
    let (kind, status): (&str, &str) = (row.get("kind"), row.get("status"));
    let kinds = PreschoolKind::ALL.into_iter();
    let statuses = PreschoolStatus::ALL.into_iter();
    Ok(Preschool {
        id: PreschoolId::parse(row.get("id"))
            .map_err(|_| Trouble::Unexpected("an identifier that is no preschool's"))?,
        kind: kinds
            .into_iter()
            .find(|known| known.code() == kind)
            .ok_or(Trouble::Unexpected("a kind that the schema does not allow"))?,
        status: statuses
            .into_iter()
            .find(|known| known.code() == status)
            .ok_or(Trouble::Unexpected(
                "a status that the schema does not allow",
            ))?,
        name_kk: row.get("name_kk"),
        name_ru: row.get("name_ru"),
        short_name_kk: row.get("short_name_kk"),
        short_name_ru: row.get("short_name_ru"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "[[preschool]]\nid = '710000000-0001'\nkind = 'GENERAL'\nstatus = 'ACTIVE'\n\
        name_kk = 'а'\nname_ru = 'а'\nshort_name_kk = 'а'\nshort_name_ru = 'а'\n";

    #[test]
    fn list_names_the_preschool_that_is_wrong() {
        assert_eq!(Preschool::list(LINE).map(|list| list.len()).ok(), Some(1));
        let twice = format!("{LINE}{LINE}");
        assert!(
            matches!(Preschool::list(&twice), Err(NotAList::Identifier(id)) if id.ends_with("0001"))
        );
        let long = LINE.replace(
            "short_name_ru = 'а'",
            "short_name_ru = 'двадцать один символ!'",
        );
        assert!(matches!(Preschool::list(&long), Err(NotAList::Name(_))));
        let extra = format!("{LINE}colour = 'blue'\n");
        assert!(matches!(Preschool::list(&extra), Err(NotAList::Shape(_))));
    }

    #[test]
    fn sample_list_holds_a_closed_and_a_special_preschool() {
        let list = Preschool::list(include_str!("../../fixtures/registry/preschools.toml"))
            .expect("the fixture is a list");
        assert!(list.len() >= 12);
        assert!(
            list.iter()
                .any(|line| line.status == PreschoolStatus::Closed)
        );
        assert!(list.iter().any(|line| line.kind == PreschoolKind::Special));
    }
}
