//! Change: what a family may do with its application while it stands in a queue.
//!
//! Law:   004 1_2 p.1, p.3 (extension), 1_8 No. 3, 1_10 No. 9 (withdrawal), 1_1 p.4 (who is the
//!        applicant); decisions D-37, D-101. What a state allows is said by its life cycle alone.
//! In:    what the register shows of the application that is named. Out: what follows.
//! Start: [`addressed`], then [`withdraw`] or [`extend`].

use super::State;
use crate::queue::calendar;
use crate::queue::lifecycle::application as lifecycle;
use crate::queue::lifecycle::{Machine, Step};
use crate::queue::notice::Notice;
use crate::queue::refusal::Refusal;
use crate::queue::rules::RuleSet;
use crate::terms::Day;

/// What the register shows of the application that a message names by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// Is it of the child that the message names?
    pub of_child: bool,
    /// Did the applicant that the message names file it?
    pub of_applicant: bool,
    /// Are both called as the message calls them?
    pub names_agree: bool,
    /// Does it stand where the message says?
    pub of_settlement: bool,
    /// Does it stand in no queue any more?
    pub ended: bool,
}

/// May the one who asks decide about this application?
///
/// Whoever does not know the child learns nothing: an application of another child is unknown.
/// 1_1 p.4 «Заявителем является законный представитель ребенка»: the register knows the one who
/// filed; that somebody else represents the child is to be shown by the registers of 1_9 p.5.
pub fn addressed(found: Option<Named>) -> Result<(), Refusal> {
    let named = found.filter(|named| named.of_child);
    let named = named.ok_or(Refusal::ApplicationUnknown)?;
    if !named.of_applicant {
        return Err(Refusal::ApplicantNotRepresentative);
    }
    if !named.names_agree {
        return Err(Refusal::NameDiffers);
    }
    // 004 pt.16: the right of a sender was asked for the settlement that the message names.
    if !named.of_settlement {
        return Err(Refusal::ApplicationOfAnotherSettlement);
    }
    // 1_2 p.1(1) «наличие действующего заявления».
    if named.ended {
        return Err(Refusal::ApplicationEnded);
    }
    Ok(())
}

/// May the one who asks see what became of this application?
///
/// As an extract, any legal representative may (1_4 p.3), whatever region it stands in and whether
/// or not it has ended; who knows the child by number and name is answered.
pub fn shown(found: Option<Named>) -> Result<(), Refusal> {
    let named = found.filter(|named| named.of_child);
    let named = named.ok_or(Refusal::ApplicationUnknown)?;
    if named.names_agree {
        Ok(())
    } else {
        Err(Refusal::NameDiffers)
    }
}

/// An application that left all its queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withdrawn {
    /// Code of the state in which it ended.
    pub state: &'static str,
    /// The paragraph.
    pub law: &'static str,
}

impl Withdrawn {
    /// What the family is told: 1_8 No. 3.
    pub fn notice(self, application: i64) -> Notice {
        Notice::Withdrawn { application }
    }
}

/// The family takes its application out of the queues.
pub fn withdraw(state: State, rules: &RuleSet) -> Result<Withdrawn, Refusal> {
    let step = step(state, lifecycle::Event::Withdrawn, rules)?;
    Ok(Withdrawn {
        state: step.next.code(),
        law: step.law,
    })
}

/// An application that is valid for longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extended {
    /// Its last day now, if it is not extended again.
    pub valid_until: Day,
    /// The paragraph.
    pub law: &'static str,
}

impl Extended {
    /// What the family is told: 1_8 No. 4.
    pub fn notice(self, application: i64) -> Notice {
        Notice::Extended {
            application,
            valid_until: self.valid_until,
        }
    }
}

/// The family confirms that it waits on: 1_2 p.3 «в любой момент времени, пока продлеваемое
/// заявление состоит в очереди».
pub fn extend(
    state: State,
    valid_until: Day,
    today: Day,
    rules: &RuleSet,
) -> Result<Extended, Refusal> {
    // 1_2 p.1(1) «наличие действующего заявления»: after its last day there is none (D-103),
    // whether or not it was archived already.
    if valid_until < today {
        return Err(Refusal::ApplicationEnded);
    }
    let step = step(state, lifecycle::Event::Extended, rules)?;
    Ok(Extended {
        valid_until: calendar::extended_until(valid_until, today, rules),
        law: step.law,
    })
}

fn step(
    state: State,
    event: lifecycle::Event,
    rules: &RuleSet,
) -> Result<Step<lifecycle::State>, Refusal> {
    let state = match state {
        State::BenefitCheck => lifecycle::State::BenefitCheck,
        State::IdentityCheck => lifecycle::State::IdentityCheck,
        State::Waiting => lifecycle::State::Waiting,
    };
    state.step(event, rules).map_err(Refusal::NotInThisState)
}
