//! What the audit reads from the rows, by its own arithmetic.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use crate::queue::application::PreschoolStatus;
use crate::queue::rank::{Fate, Presence, Tier};
use crate::queue::rules::{QueueScope, RuleSet};
use crate::queue::seat::{Ages, Class, Fit};
use crate::queue::snapshot::{
    Applying, ChoiceState, FreeSeat, Group, OfferKind, Preschool, Snapshot,
};
use crate::terms::PreschoolId;

use super::numbers;

/// The rows, and what follows from them.
pub(super) struct Facts<'a> {
    pub(super) rows: &'a Snapshot,
    pub(super) rules: &'a RuleSet,
    pub(super) year: i32,
    preschools: Vec<(PreschoolId, usize)>,
    applications: Vec<(i64, usize)>,
    seats: Vec<(i64, usize)>,
    groups: Vec<(i64, usize)>,
    refused: Vec<(i64, i64)>,
    /// By application: the position of its first entry.
    first: Vec<u32>,
    /// By entry: the position of its preschool.
    pub(super) chosen: Vec<u32>,
    /// By application: its pending offer.
    pub(super) pending: Vec<Option<usize>>,
    /// By entry: its number, 0 where it is not counted.
    pub(super) numbers: Vec<u32>,
    /// Desk, entry, application; in order.
    pub(super) entries_of: Vec<(u32, u32, u32)>,
    /// The offers that count, by class and in the order in which they were made.
    made: Vec<(ClassOfDesk, u32)>,
    /// By preschool: its desk, one of the preschools that it serves.
    desks: Vec<u32>,
    /// By desk: its groups.
    groups_of: Vec<Vec<u32>>,
}

/// Desk, whether for a time, fit: the seats that one list gives (D-13).
pub(super) type ClassOfDesk = (u32, bool, Fit);

impl<'a> Facts<'a> {
    pub(super) fn of(rows: &'a Snapshot, rules: &'a RuleSet) -> Self {
        let mut facts = Self {
            rows,
            rules,
            year: rows.taken_at.day().year(),
            preschools: index(rows.preschools.iter().map(|row| row.id)),
            applications: index(rows.applications.iter().map(|row| row.id)),
            seats: index(rows.seats.iter().map(|row| row.id)),
            groups: index(rows.groups.iter().map(|row| row.id)),
            refused: rows
                .refused
                .iter()
                .map(|row| (row.application, row.seat))
                .collect(),
            first: Vec::with_capacity(rows.applications.len()),
            chosen: Vec::new(),
            pending: vec![None; rows.applications.len()],
            numbers: Vec::new(),
            entries_of: Vec::new(),
            made: Vec::new(),
            desks: Vec::new(),
            groups_of: vec![Vec::new(); rows.preschools.len()],
        };
        facts.desks = desks(&facts);
        facts.refused.sort_unstable();
        for (at, row) in rows.applications.iter().enumerate() {
            facts.first.push(narrow(facts.chosen.len()));
            for choice in &row.choices {
                let preschool = facts.preschool(choice.preschool).unwrap_or(usize::MAX);
                let entry = narrow(facts.chosen.len());
                let desk = facts.desks.get(preschool).copied().unwrap_or(u32::MAX);
                facts.entries_of.push((desk, entry, narrow(at)));
                facts.chosen.push(narrow(preschool));
            }
        }
        facts.entries_of.sort_unstable();
        for (at, offer) in rows.offers.iter().enumerate() {
            if offer.fate == Fate::Pending
                && let Some(holder) = facts.application(offer.application)
            {
                facts.pending[holder] = Some(at);
            }
        }
        let queued = rows.offers.iter().zip(0u32..).filter(|(offer, _)| {
            offer.kind != OfferKind::FreeAccess && numbers::counts(offer.fate)
        });
        facts.made = queued
            .filter_map(|(offer, at)| Some((facts.of_desk(&offer.class)?, at)))
            .collect();
        facts.made.sort_unstable();
        for (at, group) in rows.groups.iter().enumerate() {
            if let Some(preschool) = facts.preschool(group.preschool) {
                let desk = facts.desks[preschool] as usize;
                facts.groups_of[desk].push(narrow(at));
            }
        }
        facts.numbers = numbers::of_all(&facts);
        facts
    }

    pub(super) fn entries(&self) -> usize {
        self.chosen.len()
    }

    pub(super) fn entry(&self, application: usize, choice: usize) -> usize {
        self.first[application] as usize + choice
    }

    pub(super) fn preschool(&self, id: PreschoolId) -> Option<usize> {
        find(&self.preschools, id)
    }

    pub(super) fn application(&self, id: i64) -> Option<usize> {
        find(&self.applications, id)
    }

    pub(super) fn seat(&self, id: i64) -> Option<&'a FreeSeat> {
        find(&self.seats, id).map(|at| &self.rows.seats[at])
    }

    pub(super) fn group_fit(&self, id: i64) -> Option<(PreschoolId, Fit)> {
        let group = &self.rows.groups[find(&self.groups, id)?];
        Some((group.preschool, group.fit))
    }

    pub(super) fn groups_of(&self, desk: u32) -> impl Iterator<Item = &'a Group> {
        let groups = self.groups_of.get(desk as usize).into_iter().flatten();
        groups.map(|at| &self.rows.groups[*at as usize])
    }

    /// The tiers of the offers of a class that count (D-13, D-33).
    pub(super) fn made_of(&self, class: ClassOfDesk) -> impl Iterator<Item = Tier> {
        let from = self.made.partition_point(|(other, _)| *other < class);
        let own = self.made[from..]
            .iter()
            .take_while(move |(other, _)| *other == class);
        own.map(|(_, at)| self.rows.offers[*at as usize].tier)
    }

    /// The desk of a preschool; 004 pt.16: its own, but where a settlement has one queue (D-10).
    pub(super) fn desk(&self, preschool: PreschoolId) -> Option<u32> {
        Some(self.desks[self.preschool(preschool)?])
    }

    /// The desk in whose queue an entry stands.
    pub(super) fn desk_of_entry(&self, entry: usize) -> Option<u32> {
        self.desks.get(self.chosen[entry] as usize).copied()
    }

    /// Does one queue give the seats of both?
    pub(super) fn one_queue(&self, one: PreschoolId, other: PreschoolId) -> bool {
        match self.rules.queues.scope {
            QueueScope::Preschool => one == other,
            QueueScope::Settlement => one.settlement() == other.settlement(),
        }
    }

    /// Which list gives a seat of this class.
    pub(super) fn of_desk(&self, class: &Class) -> Option<ClassOfDesk> {
        Some((self.desk(class.preschool)?, class.temporary, class.fit))
    }

    /// Does the queue give nothing tonight, whatever seats there are? 004 pt.16: the preschool that
    /// is closed or suspended, where the queue is its own; D-24: the season.
    pub(super) fn barred(&self, preschool: &Preschool) -> Option<Barred> {
        let alone = self.rules.queues.scope == QueueScope::Preschool;
        if alone && preschool.status != PreschoolStatus::Active {
            Some(Barred::Closed)
        } else if self.season() || (alone && preschool.suspended) {
            Some(Barred::Suspended)
        } else {
            None
        }
    }

    /// The class of a free seat (D-13).
    pub(super) fn class_of(&self, seat: &FreeSeat) -> Option<Class> {
        let (preschool, fit) = self.group_fit(seat.group)?;
        let temporary = seat.temporary;
        Some(Class {
            preschool,
            temporary,
            fit,
        })
    }

    /// 004 pt.25 «все места, распределяемые по государственному заказу»; D-24, 1_9 p.9.
    pub(super) fn for_distribution(&self, seat: &FreeSeat) -> bool {
        let Some(at) = self
            .group_fit(seat.group)
            .and_then(|(id, _)| self.preschool(id))
        else {
            return false;
        };
        seat.state_funded && self.takes_children(&self.rows.preschools[at])
    }

    /// 1_9 p.9 «действительных ДО»; D-24: not while groups are formed anew.
    fn takes_children(&self, preschool: &Preschool) -> bool {
        preschool.status == PreschoolStatus::Active && !self.suspended(preschool)
    }

    /// D-24: the preschool's own word, or the season of the rule set.
    fn suspended(&self, preschool: &Preschool) -> bool {
        preschool.suspended || self.season()
    }

    fn season(&self) -> bool {
        let today = self.rows.taken_at.day();
        self.rules.queues.regrouping.is_some_and(|season| {
            let (first, last) = (season.first.of(self.year), season.last.of(self.year));
            first.is_some_and(|first| first <= today) && last.is_some_and(|last| last >= today)
        })
    }

    /// Did the family refuse a seat of these (D-40)?
    pub(super) fn refused_one_of(&self, application: i64, seats: &[(PreschoolId, i64)]) -> bool {
        seats
            .iter()
            .any(|(_, seat)| self.refused.binary_search(&(application, *seat)).is_ok())
    }

    pub(super) fn has_refused(&self) -> bool {
        !self.refused.is_empty()
    }

    /// 004 pt.27 «возраст детей учитывается на календарный год»; six is the most (D-23).
    pub(super) fn age_fits(&self, application: &Applying, fit: &Fit) -> bool {
        let born = application.birth_date.year();
        match fit.ages {
            Ages::BirthYear(year) => year == born,
            Ages::Band { from, to } => {
                let oldest = i64::from(self.rules.queues.band_age_max_years);
                let age = (i64::from(self.year) - i64::from(born)).min(oldest);
                i64::from(from) <= age && age <= i64::from(to)
            }
        }
    }

    /// Does a wish without which no seat is wanted stand against the language (D-13)?
    pub(super) fn language_fits(application: &Applying, fit: &Fit) -> bool {
        application
            .language
            .is_none_or(|wish| !wish.only || wish.language == fit.language)
    }

    pub(super) fn fits(&self, application: &Applying, fit: &Fit) -> bool {
        application.care == fit.care
            && self.age_fits(application, fit)
            && Self::language_fits(application, fit)
    }

    /// Can the application be offered any seat tonight, its pending offer aside (D-37)?
    pub(super) fn offerable(&self, application: &Applying) -> bool {
        matches!(
            application.presence,
            Presence::Waiting | Presence::BenefitCheck
        )
    }

    pub(super) fn stands(&self, application: &Applying) -> bool {
        self.rows.taken_at.day() <= application.last_day
    }

    /// 1_6 st.3: is the child in the preschool, or in one of those whose queue it is?
    pub(super) fn has_its_place(&self, application: &Applying, preschool: PreschoolId) -> bool {
        let there = application.enrolled_in;
        there.is_some_and(|there| self.one_queue(there, preschool))
    }

    /// May the entry be offered a seat of its preschool, whether or not there is one that fits?
    pub(super) fn may_ask(&self, at: usize, choice: usize, temporary: bool) -> bool {
        let application = &self.rows.applications[at];
        let chosen = &application.choices[choice];
        let open = self
            .rows
            .preschools
            .get(self.chosen[self.entry(at, choice)] as usize);
        self.stands(application)
            && self.offerable(application)
            && chosen.state == ChoiceState::Standing
            && !self.has_its_place(application, chosen.preschool)
            && open.is_some_and(|row| self.barred(row).is_none())
            && self.old_enough(application)
            && match self.pending[at] {
                None => true,
                Some(_) if temporary => false,
                Some(offer) => self.betters(application, choice, offer),
            }
    }

    /// D-22: the least age in full months, if the rule set has one.
    pub(super) fn old_enough(&self, application: &Applying) -> bool {
        let Some(least) = self.rules.queues.min_age_months else {
            return true;
        };
        let (born, today) = (
            application.birth_date.to_date(),
            self.rows.taken_at.day().to_date(),
        );
        let months = |date: NaiveDate| i64::from(date.year()) * 12 + i64::from(date.month0());
        // A month is full on its date, or on its last day where it has no such date.
        let last = today
            .succ_opt()
            .is_none_or(|next| next.month0() != today.month0());
        let full = today.day() >= born.day() || last;
        months(today) - months(born) - i64::from(!full) >= i64::from(least)
    }

    /// D-41 «only to a more preferred DO», by the order that the family itself named.
    pub(super) fn betters(&self, application: &Applying, choice: usize, offer: usize) -> bool {
        let held = self.rows.offers[offer].class.preschool;
        if self.rows.offers[offer].kind == OfferKind::Temporary {
            return true;
        }
        let named = |preschool| {
            application
                .choices
                .iter()
                .find(|choice| choice.preschool == preschool)
                .and_then(|choice| choice.preference)
        };
        let own = application.choices[choice].preference;
        let better = own.zip(named(held)).is_some_and(|(own, held)| own < held);
        better && self.rules.offers.upgrade
    }

    /// The choices, the most preferred first (D-17).
    pub(super) fn preferred(&self, at: usize) -> Vec<usize> {
        let choices = &self.rows.applications[at].choices;
        let mut keyed: Vec<(u32, usize)> = choices
            .iter()
            .enumerate()
            .map(
                |(choice, row)| match (row.preference, self.numbers[self.entry(at, choice)]) {
                    (Some(place), _) => (u32::from(place), choice),
                    (None, 0) => (u32::MAX, choice),
                    (None, number) => (number, choice),
                },
            )
            .collect();
        keyed.sort_unstable();
        keyed.into_iter().map(|(_, choice)| choice).collect()
    }
}

/// Why a queue gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Barred {
    Closed,
    Suspended,
}

/// The least position among the preschools of each desk.
fn desks(facts: &Facts) -> Vec<u32> {
    let rows = &facts.rows.preschools;
    match facts.rules.queues.scope {
        QueueScope::Preschool => (0..narrow(rows.len())).collect(),
        QueueScope::Settlement => {
            let mut first = BTreeMap::new();
            let mut desk =
                |(row, at): (&Preschool, u32)| *first.entry(row.id.settlement()).or_insert(at);
            rows.iter().zip(0..).map(&mut desk).collect()
        }
    }
}

/// A position in the width in which positions are kept.
pub(super) fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn index<T: Ord>(ids: impl Iterator<Item = T>) -> Vec<(T, usize)> {
    let mut sorted: Vec<(T, usize)> = ids.zip(0..).collect();
    sorted.sort_unstable();
    sorted
}

fn find<T: Ord + Copy>(index: &[(T, usize)], id: T) -> Option<usize> {
    let at = index.binary_search_by(|(other, _)| other.cmp(&id)).ok()?;
    Some(index[at].1)
}
