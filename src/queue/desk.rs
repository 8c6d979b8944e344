//! Desk: before whom a queue stands: one preschool, or a settlement for all its preschools.
//!
//! Law:   004 pt.16 «по принадлежности к конкретной ДО одного населенного пункта»; under order
//!        No. 254 one queue of the settlement (D-00, D-10).
//! Why:   seats are offered by the desk's list, so whatever counts a queue asks here whose it is.
//! Start: [`Desk::of`].

use std::fmt;

use crate::queue::rules::{QueueScope, RuleSet};
use crate::terms::{PreschoolId, Settlement};

/// Whose queue it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Desk {
    /// Of one preschool.
    Preschool(PreschoolId),
    /// Of a settlement: a free seat of any of its preschools is offered by this queue.
    Settlement(Settlement),
}

impl Desk {
    /// The desk by whose queue the seats of a preschool are offered.
    pub fn of(preschool: PreschoolId, rules: &RuleSet) -> Self {
        match rules.queues.scope {
            QueueScope::Preschool => Self::Preschool(preschool),
            QueueScope::Settlement => Self::Settlement(preschool.settlement()),
        }
    }

    /// Are the seats of both preschools offered by one queue?
    pub fn same(one: PreschoolId, other: PreschoolId, rules: &RuleSet) -> bool {
        Self::of(one, rules) == Self::of(other, rules)
    }

    /// Reads what [`fmt::Display`] writes.
    pub fn parse(word: &str) -> Option<Self> {
        let preschool = PreschoolId::parse(word).ok().map(Self::Preschool);
        preschool.or_else(|| Settlement::parse(word).ok().map(Self::Settlement))
    }
}

impl fmt::Display for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Preschool(id) => f.write_str(id.as_str()),
            Self::Settlement(code) => f.write_str(code.as_str()),
        }
    }
}
