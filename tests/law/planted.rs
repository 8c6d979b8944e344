//! Each kind of breach, and how it is planted in a plan or in the rows behind it.

use kezek::queue::allocation::{Because, Line, Plan, Twins, Why};
use kezek::queue::audit::Breach;
use kezek::queue::rank::{Presence, Tier};
use kezek::queue::rules;
use kezek::queue::seat::{Ages, Care};
use kezek::queue::snapshot::{ChoiceState, OfferKind, Snapshot};
use kezek::terms::{Day, TeachingLanguage};

use crate::town::Dice;

/// One kind of breach: how it is planted, if the night allows it, and what must be named.
pub struct Planted {
    pub name: &'static str,
    pub plant: fn(&mut Snapshot, &mut Plan, &mut Dice) -> Option<()>,
    pub named: fn(&Breach) -> bool,
}

fn any_line<'p>(plan: &'p mut Plan, dice: &mut Dice) -> Option<&'p mut Line> {
    let lines = plan.lines.len();
    plan.lines.get_mut(dice.below(lines))
}

/// The position of a line by the queue, and that of its application.
fn queue_line(snapshot: &Snapshot, plan: &Plan, dice: &mut Dice) -> Option<(usize, usize)> {
    let lines: Vec<usize> = (0..plan.lines.len())
        .filter(|at| plan.lines[*at].kind == OfferKind::Queue)
        .collect();
    let line = *lines.get(dice.below(lines.len()))?;
    let id = plan.lines[line].application;
    let application = snapshot.applications.iter().position(|row| row.id == id)?;
    Some((line, application))
}

/// Gives the seat of a line to somebody else who asked for its class and got nothing.
fn give_to_another(
    snapshot: &Snapshot,
    plan: &mut Plan,
    fits: impl Fn(&Line, &kezek::queue::snapshot::Applying) -> bool,
) -> Option<()> {
    let mut entry = 0;
    for application in &snapshot.applications {
        for choice in &application.choices {
            let why = plan.passed[entry];
            entry += 1;
            let asked = matches!(why, Why::Outranked { .. });
            let offered = plan
                .lines
                .iter()
                .any(|line| line.application == application.id);
            let refused = snapshot
                .refused
                .iter()
                .any(|row| row.application == application.id);
            if !asked || offered || refused || choice.owed {
                continue;
            }
            let year = 2026;
            let needs = kezek::queue::roll::needs(application);
            let line = plan.lines.iter_mut().find(|line| {
                line.kind == OfferKind::Queue
                    && line.because == Because::First
                    && line.supersedes.is_none()
                    && line.class.preschool == choice.preschool
                    && line.class.fit.takes(&needs, year, rules::current()).is_ok()
                    && fits(line, application)
            });
            if let Some(line) = line {
                line.application = application.id;
                line.tier = application.standing.tier;
                return Some(());
            }
        }
    }
    None
}

pub const PLANTED: &[Planted] = &[
    Planted {
        name: "a place twice",
        plant: |_, plan, dice| {
            let seat = plan.lines.first()?.seat;
            let line = any_line(plan, dice)?;
            (line.seat != seat).then(|| line.seat = seat)
        },
        named: |breach| matches!(breach, Breach::SeatTwice { .. }),
    },
    Planted {
        name: "two offers for one child",
        plant: |_, plan, dice| {
            let application = plan.lines.first()?.application;
            let line = any_line(plan, dice)?;
            (line.application != application).then(|| line.application = application)
        },
        named: |breach| matches!(breach, Breach::OfferedTwice { .. }),
    },
    Planted {
        name: "someone of the tier passed over",
        plant: |snapshot, plan, _| {
            give_to_another(snapshot, plan, |line, other| {
                line.tier == other.standing.tier
            })
        },
        named: |breach| matches!(breach, Breach::PassedOver { .. }),
    },
    Planted {
        name: "the ratio broken",
        plant: |snapshot, plan, _| {
            give_to_another(snapshot, plan, |line, other| {
                line.tier != other.standing.tier
            })
        },
        named: |breach| {
            matches!(
                breach,
                Breach::RatioBroken { .. } | Breach::PassedOver { .. }
            )
        },
    },
    Planted {
        name: "a seat kept empty",
        plant: |snapshot, plan, dice| {
            let (line, _) = queue_line(snapshot, plan, dice)?;
            plan.lines.remove(line);
            Some(())
        },
        named: |breach| matches!(breach, Breach::IdleSeat { .. }),
    },
    Planted {
        name: "a child too young for the group",
        plant: |snapshot, plan, dice| {
            let (_, at) = queue_line(snapshot, plan, dice)?;
            snapshot.applications[at].birth_date = Day::from_parts(2026, 1, 1)?;
            Some(())
        },
        named: |breach| matches!(breach, Breach::MisfitAge { .. }),
    },
    Planted {
        name: "another disorder",
        plant: |snapshot, plan, dice| {
            let (_, at) = queue_line(snapshot, plan, dice)?;
            snapshot.applications[at].care = Care::Disorder(77);
            Some(())
        },
        named: |breach| matches!(breach, Breach::MisfitCare { .. }),
    },
    Planted {
        name: "another language than the only one wanted",
        plant: |snapshot, plan, dice| {
            let (_, at) = queue_line(snapshot, plan, dice)?;
            let wish = snapshot.applications[at].language.as_mut()?;
            (wish.language, wish.only) = (TeachingLanguage::Uyghur, true);
            Some(())
        },
        named: |breach| matches!(breach, Breach::MisfitLanguage { .. }),
    },
    Planted {
        name: "a child that no longer stands in the queue",
        plant: |snapshot, plan, dice| {
            let (_, at) = queue_line(snapshot, plan, dice)?;
            snapshot.applications[at].last_day = Day::from_parts(2026, 11, 26)?;
            Some(())
        },
        named: |breach| matches!(breach, Breach::NoLongerStands { .. }),
    },
    Planted {
        name: "a child in the stop-list",
        plant: |snapshot, plan, dice| {
            let (_, at) = queue_line(snapshot, plan, dice)?;
            snapshot.applications[at].presence = Presence::StopListed;
            Some(())
        },
        named: |breach| matches!(breach, Breach::NotOfferable { .. }),
    },
    Planted {
        name: "a child that is enrolled there",
        plant: |snapshot, plan, dice| {
            let (line, at) = queue_line(snapshot, plan, dice)?;
            snapshot.applications[at].enrolled_in = Some(plan.lines[line].class.preschool);
            Some(())
        },
        named: |breach| matches!(breach, Breach::EnrolledThere { .. }),
    },
    Planted {
        name: "a preschool that was not chosen",
        plant: |snapshot, plan, dice| {
            let (line, at) = queue_line(snapshot, plan, dice)?;
            let preschool = plan.lines[line].class.preschool;
            let mut choices = snapshot.applications[at].choices.iter_mut();
            choices.find(|choice| choice.preschool == preschool)?.state = ChoiceState::Closed;
            Some(())
        },
        named: |breach| matches!(breach, Breach::NotChosen { .. }),
    },
    Planted {
        name: "a second offer that is no better",
        plant: |snapshot, plan, dice| {
            let (line, _) = queue_line(snapshot, plan, dice)?;
            let line = &mut plan.lines[line];
            line.supersedes = match line.supersedes {
                None => Some(1),
                Some(_) => None,
            };
            Some(())
        },
        named: |breach| matches!(breach, Breach::SecondOffer { .. }),
    },
    Planted {
        name: "a seat that families pay for",
        plant: |snapshot, plan, dice| {
            let seat = any_line(plan, dice)?.seat;
            let mut seats = snapshot.seats.iter_mut();
            seats.find(|row| row.id == seat)?.state_funded = false;
            Some(())
        },
        named: |breach| matches!(breach, Breach::SeatNotForDistribution { .. }),
    },
    Planted {
        name: "a preschool whose groups are being formed anew",
        plant: |snapshot, plan, dice| {
            let preschool = any_line(plan, dice)?.class.preschool;
            let mut rows = snapshot.preschools.iter_mut();
            rows.find(|row| row.id == preschool)?.suspended = true;
            Some(())
        },
        named: |breach| matches!(breach, Breach::SeatNotForDistribution { .. }),
    },
    Planted {
        name: "a seat that does not exist",
        plant: |_, plan, dice| {
            any_line(plan, dice)?.seat = 999_999;
            Some(())
        },
        named: |breach| matches!(breach, Breach::UnknownRow { .. }),
    },
    Planted {
        name: "another class than the seat's",
        plant: |_, plan, dice| {
            any_line(plan, dice)?.class.fit.ages = Ages::BirthYear(1999);
            Some(())
        },
        named: |breach| matches!(breach, Breach::WrongClass { .. }),
    },
    Planted {
        name: "another tier than the family's",
        plant: |_, plan, dice| {
            let line = any_line(plan, dice)?;
            line.tier = if line.tier == Tier::General {
                Tier::OutOfTurn
            } else {
                Tier::General
            };
            Some(())
        },
        named: |breach| matches!(breach, Breach::WrongTier { .. }),
    },
    Planted {
        name: "a wrong number",
        plant: |snapshot, plan, dice| {
            let (line, _) = queue_line(snapshot, plan, dice)?;
            plan.lines[line].number += 1;
            Some(())
        },
        named: |breach| matches!(breach, Breach::NumberWrong { .. }),
    },
    Planted {
        name: "a wrong reason of a line",
        plant: |snapshot, plan, dice| {
            let (line, _) = queue_line(snapshot, plan, dice)?;
            let line = &mut plan.lines[line];
            line.because = if line.because == Because::Owed {
                Because::First
            } else {
                Because::Owed
            };
            Some(())
        },
        named: |breach| matches!(breach, Breach::WrongReason { .. }),
    },
    Planted {
        name: "a child passed over without its reason",
        plant: |_, plan, dice| {
            let entries = plan.passed.len();
            let why = plan.passed.get_mut(dice.below(entries))?;
            *why = if *why == Why::NoSeatTonight {
                Why::ChoiceClosed
            } else {
                Why::NoSeatTonight
            };
            Some(())
        },
        named: |breach| matches!(breach, Breach::WhyWrong { .. }),
    },
    Planted {
        name: "an entry that the plan forgets",
        plant: |_, plan, _| plan.passed.pop().map(|_| ()),
        named: |breach| matches!(breach, Breach::EntriesMissing),
    },
    Planted {
        name: "a claim overtaken",
        plant: |_, plan, _| {
            let kind = OfferKind::FreeAccess;
            let at = plan.lines.iter().position(|line| line.kind == kind)?;
            let line = plan.lines.remove(at);
            plan.unasked.push(line.seat);
            Some(())
        },
        named: |breach| matches!(breach, Breach::ClaimOvertaken { .. }),
    },
    Planted {
        name: "a seat left out of free access",
        plant: |_, plan, _| plan.unasked.pop().map(|_| ()),
        named: |breach| matches!(breach, Breach::WrongFreeAccess { .. }),
    },
    Planted {
        name: "a temporary seat for who wants none",
        plant: |snapshot, plan, _| {
            let kind = OfferKind::Temporary;
            let line = plan.lines.iter().find(|line| line.kind == kind)?;
            let id = line.application;
            let mut rows = snapshot.applications.iter_mut();
            rows.find(|row| row.id == id)?.temporary_too = false;
            Some(())
        },
        named: |breach| matches!(breach, Breach::NotTemporary { .. }),
    },
    Planted {
        name: "the owed seat given to another",
        plant: |snapshot, plan, _| {
            let owed = Because::Owed;
            let served: Vec<i64> = plan.lines.iter().map(|line| line.application).collect();
            let line = plan.lines.iter_mut().find(|line| line.because == owed)?;
            let preschool = line.class.preschool;
            let other = snapshot.applications.iter().find(|row| {
                row.presence == Presence::Waiting
                    && !served.contains(&row.id)
                    && !snapshot
                        .refused
                        .iter()
                        .any(|refused| refused.application == row.id)
                    && !row.choices.iter().any(|choice| choice.owed)
                    && row
                        .choices
                        .iter()
                        .any(|choice| choice.preschool == preschool)
            })?;
            line.application = other.id;
            Some(())
        },
        named: |breach| matches!(breach, Breach::OwedPassedOver { .. }),
    },
    Planted {
        name: "who refused the seat served before others",
        plant: |snapshot, plan, _| {
            let line = plan
                .lines
                .iter()
                .find(|line| line.kind == OfferKind::Queue && line.because == Because::First)?;
            let (seat, application) = (line.seat, line.application);
            let competes = plan
                .passed
                .iter()
                .any(|why| matches!(why, Why::Outranked { .. }));
            competes.then(|| {
                let row = kezek::queue::snapshot::RefusedSeat { application, seat };
                snapshot.refused.push(row);
            })
        },
        named: |breach| {
            matches!(
                breach,
                Breach::RefuserFirst { .. }
                    | Breach::WrongReason { .. }
                    | Breach::NumberWrong { .. }
            )
        },
    },
    Planted {
        name: "twins that are not told together",
        plant: |_, plan, dice| {
            let line = any_line(plan, dice)?;
            line.twins = match line.twins {
                Twins::Together => Twins::Alone,
                Twins::Alone | Twins::None => Twins::Together,
            };
            Some(())
        },
        named: |breach| matches!(breach, Breach::WrongTwins { .. }),
    },
    Planted {
        name: "another night",
        plant: |_, plan, _| {
            plan.taken_at = plan.taken_at.plus_millis(1);
            Some(())
        },
        named: |breach| matches!(breach, Breach::AnotherNight),
    },
];
