//! Queues: how they are formed, and who stands in them from when to when.
//!
//! Law:   004 pt.16, 18–21, 27, 1_1 p.6, p.8; decisions D-10, D-11, D-15, D-16, D-18, D-19, D-21
//!        to D-24, D-28, D-29.

use crate::queue::calendar::DayOfYear;
use crate::queue::rank::Tier;
use crate::terms::Day;

/// How queues are formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queues {
    /// Whose queue it is (004 pt.16 «по принадлежности к конкретной ДО», D-10).
    pub scope: QueueScope,
    /// Has each kind of disorder a special queue of its own (004 pt.26(2), D-11)?
    pub special_by_disorder: bool,
    /// Has each kind of rehabilitation a sanatorium queue of its own (004 pt.26(3), D-11)?
    pub sanatorium_by_rehab: bool,
    /// The most preschools in one application for the special queue (004 1_1 p.6).
    pub special_choices_max: usize,
    /// The most preschools in one application for the sanatorium queue (004 1_1 p.8).
    pub sanatorium_choices_max: usize,
    /// The preschools in which a child out of turn stands (004 pt.21, D-18).
    pub out_of_turn_choices_max: usize,
    /// Do benefits order special and sanatorium queues (004 pt.18, pt.19, D-19)?
    pub benefits_in_special: bool,
    /// The time of filing of a choice that is added later (004 1_3 p.3, D-16).
    pub choice_change: KeptTime,
    /// The time of filing of a choice that is added again after its own offer was refused (D-16).
    pub refused_choice_again: KeptTime,
    /// How many days a chosen preschool stands before it may be exchanged for another one (D-16).
    pub choice_change_rest_days: u32,
    /// The time of filing after a move to another settlement (004 1_3 p.3, D-15).
    pub settlement_change: KeptTime,
    /// The tier of a child that has a place and asks for another one (004 pt.41(7), D-21).
    pub transfer_tier: Tier,
    /// Do such children come after those without a place (D-21)?
    pub transfer_after_first_time: bool,
    /// Are twins offered seats together where seats suffice (D-28)?
    pub twins_together: bool,
    /// Do brothers and sisters of enrolled children go first (D-28)?
    pub siblings_first: bool,
    /// Are there seats for children of the staff, outside the queue (D-29)?
    pub staff_quota: bool,
    /// The least age in months at which a seat is offered, if the age bands do not say it (D-22).
    pub min_age_months: Option<u32>,
    /// The age to which a child fits an age band while its entry lives (004 pt.27, D-23).
    pub band_age_max_years: u32,
    /// The birthday in whose preschool year a child with a valid conclusion of the ПМПК leaves
    /// (004 pt.27, D-23).
    pub special_leaving_age_years: u32,
    /// The days in which groups are formed anew and no seat is offered (D-24).
    pub regrouping: Option<Season>,
}

/// Whose queue a child stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueScope {
    /// That of one preschool.
    Preschool,
    /// That of the settlement, for all its preschools.
    Settlement,
}

/// Which time orders an entry after something about it was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptTime {
    /// That of the change.
    Change,
    /// That of the application.
    Original,
}

/// Some days of every year, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Season {
    /// The first day.
    pub first: DayOfYear,
    /// The last day, of the same year.
    pub last: DayOfYear,
}

impl Season {
    /// Is this one of its days?
    pub fn covers(&self, day: Day) -> bool {
        let (first, last) = (self.first.of(day.year()), self.last.of(day.year()));
        first.is_some_and(|first| first <= day) && last.is_some_and(|last| day <= last)
    }
}
