//! Kept: what the register holds, in the words of the law.
//!
//! In:    rows. Out: the same with their codes read; what the law does not know is our own trouble.
//! Never: decides.

use std::cmp::Ordering;

use crate::queue::application::update::{Choice, Chosen};
use crate::queue::application::{
    self, Basis, Days, FiledAtSource, Filing, PreschoolFacts, PreschoolKind, PreschoolStatus, State,
};
use crate::queue::benefit::Benefit;
use crate::queue::rank::Tier;
use crate::queue::remark::Remark;
use crate::queue::rules;
use crate::registry::{EntryRow, Filed, Ground, NewChoice, Preschool, Trouble};

/// A kept application in the words of the law.
pub(super) struct Kept<'a> {
    pub(super) state: State,
    pub(super) source: FiledAtSource,
    pub(super) filing: Filing,
    row: &'a Filed,
}

impl<'a> Kept<'a> {
    /// Reads the codes of the row.
    pub(super) fn of(row: &'a Filed) -> Result<Self, Trouble> {
        let state = State::from_code(&row.state)
            .ok_or(Trouble::Unexpected("a state that the law does not know"))?;
        let source = FiledAtSource::from_code(&row.filed_at_source)
            .ok_or(Trouble::Unexpected("a time that the law does not know"))?;
        let benefit = row.benefit.as_deref().map(|code| {
            Benefit::from_code(code)
                .ok_or(Trouble::Unexpected("a benefit that the law does not know"))
        });
        let kind = PreschoolKind::from_code(&row.kind);
        let basis = kind.and_then(|kind| basis(kind, row.ground.as_ref()));
        let filing = Filing {
            basis: basis.ok_or(Trouble::Unexpected("a ground that the law does not know"))?,
            stated_at: row.stated_at,
            received_at: row.received_at,
            birth_date: row.child_birth_date,
            citizenship: row.child_citizenship,
            benefit: benefit.transpose()?,
            preschools: row
                .choices
                .iter()
                .map(|(preschool, _)| *preschool)
                .collect(),
            settlement: row.settlement,
        };
        Ok(Self {
            state,
            source,
            filing,
            row,
        })
    }

    /// What the family should know of it now.
    pub(super) fn remarks(&self) -> Vec<Remark> {
        application::remarks(
            &self.filing,
            self.state,
            self.source,
            self.row.valid_until,
            rules::current(),
        )
    }
}

/// The basis of an application of this kind with this ground, if they belong together.
pub(super) fn basis(kind: PreschoolKind, ground: Option<&Ground>) -> Option<Basis> {
    let days = ground.map(|ground| Days {
        from: ground.from,
        until: ground.until,
    });
    match (kind, days) {
        (PreschoolKind::General, None) => Some(Basis::General),
        (PreschoolKind::Sanatorium, Some(days)) => Some(Basis::Sanatorium(days)),
        (PreschoolKind::Special, Some(days)) => Some(Basis::Special(days)),
        (PreschoolKind::General, Some(_))
        | (PreschoolKind::Sanatorium | PreschoolKind::Special, None) => None,
    }
}

/// A chosen preschool in the words of the law.
pub(super) fn chosen(row: &EntryRow) -> Chosen {
    Chosen {
        preschool: row.preschool,
        preference: row.preference,
        filed_at: row.filed_at,
        live: row.live,
        changed_at: row.changed_at,
        refused: row.refused,
    }
}

/// A choice as the register keeps it from now on.
pub(super) fn new_choice(it: &Choice) -> NewChoice {
    NewChoice {
        preschool: it.preschool,
        preference: it.preference,
        filed_at: it.filed_at,
        parked: it.parked,
    }
}

/// Why an application is counted in another tier from now on, if it is (D-39).
pub(super) fn moved(before: Tier, now: Tier) -> Option<&'static str> {
    match now.cmp(&before) {
        Ordering::Less => Some("BENEFIT_GAINED"),
        Ordering::Equal => None,
        Ordering::Greater => Some("BENEFIT_LOST"),
    }
}

/// What the law asks of these preschools.
pub(super) fn facts(preschools: &[Preschool]) -> Result<Vec<PreschoolFacts>, Trouble> {
    let facts = |it: &Preschool| {
        let status = PreschoolStatus::from_code(it.status.code());
        let kind = PreschoolKind::from_code(it.kind.code());
        let both = status.zip(kind);
        both.map(|(status, kind)| PreschoolFacts {
            id: it.id,
            status,
            kind,
        })
    };
    let facts: Option<Vec<PreschoolFacts>> = preschools.iter().map(facts).collect();
    facts.ok_or(Trouble::Unexpected(
        "a status or kind that the law does not know",
    ))
}
