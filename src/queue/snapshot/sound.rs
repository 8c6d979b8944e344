//! A snapshot that was checked: its rows with their references resolved.

use crate::queue::desk::Desk;
use crate::queue::rank::{Fate, Tier};
use crate::queue::rules::RuleSet;

use super::alone::check_alone;
use super::index::{ById, Preschools};
use super::{
    Applying, Choice, ChoiceState, Contradiction, MadeOffer, OfferKind, Preschool, Snapshot,
};

/// A snapshot in which nothing contradicts itself. Only [`Snapshot::check`] makes one.
#[derive(Debug)]
pub struct Sound<'s> {
    rows: &'s Snapshot,
    /// Where the choices of each application begin in `preschool_of_choice`; one more at the end.
    choices_from: Vec<u32>,
    preschool_of_choice: Vec<u32>,
    desk_of_preschool: Vec<u32>,
    preschool_of_group: Vec<u32>,
    group_of_seat: Vec<u32>,
    /// The pending offer of each application, or [`NONE`].
    pending: Vec<u32>,
    applications: ById,
    groups: ById,
    seats: ById,
}

/// No position.
const NONE: u32 = u32::MAX;

impl Snapshot {
    /// Looks for contradictions, and resolves what refers to another row.
    ///
    /// # Errors
    /// Every contradiction that was found, in the order of [`Contradiction`] and of the rows.
    pub fn check(&self, rules: &RuleSet) -> Result<Sound<'_>, Vec<Contradiction>> {
        let mut wrong = Vec::new();
        let applications = ById::of(self.applications.iter().map(|row| row.id), |application| {
            wrong.push(Contradiction::ApplicationTwice { application });
        });
        let groups = ById::of(self.groups.iter().map(|row| row.id), |group| {
            wrong.push(Contradiction::GroupTwice { group });
        });
        let seats = ById::of(self.seats.iter().map(|row| row.id), |seat| {
            wrong.push(Contradiction::SeatTwice { seat });
        });
        let mut sound = Sound {
            rows: self,
            choices_from: Vec::new(),
            preschool_of_choice: Vec::new(),
            desk_of_preschool: desks(&self.preschools, rules),
            preschool_of_group: Vec::new(),
            group_of_seat: Vec::new(),
            pending: vec![NONE; self.applications.len()],
            applications,
            groups,
            seats,
        };
        let preschools = Preschools::of(self, &mut wrong);
        sound.resolve_groups(&preschools, &mut wrong);
        sound.resolve_seats(&mut wrong);
        sound.resolve_applications(&preschools, rules, &mut wrong);
        self.check_pairs(&mut wrong);
        sound.resolve_offers(rules, &mut wrong);
        sound.check_out_of_turn(rules, &mut wrong);
        sound.check_references(&mut wrong);
        if wrong.is_empty() {
            Ok(sound)
        } else {
            wrong.sort_unstable();
            wrong.dedup();
            Err(wrong)
        }
    }

    /// 004 pt.20 «состоит одновременно только в одной … очереди»; one sequence, one application.
    fn check_pairs(&self, wrong: &mut Vec<Contradiction>) {
        let mut by_child: Vec<_> = self
            .applications
            .iter()
            .map(|row| (row.child, row.kind, row.id))
            .collect();
        by_child.sort_unstable();
        let twice = by_child
            .windows(2)
            .filter(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1));
        wrong.extend(twice.map(|pair| Contradiction::TwoApplications {
            application: pair[1].2,
        }));
        let mut by_sequence: Vec<_> = self
            .applications
            .iter()
            .map(|row| (row.standing.sequence, row.id))
            .collect();
        by_sequence.sort_unstable();
        let twice = by_sequence.windows(2).filter(|pair| pair[0].0 == pair[1].0);
        wrong.extend(twice.map(|pair| Contradiction::SequenceTwice {
            application: pair[1].1,
        }));
    }
}

impl<'s> Sound<'s> {
    /// The rows themselves.
    pub fn rows(&self) -> &'s Snapshot {
        self.rows
    }

    /// Position of the preschool of each choice of the application at this position.
    pub fn preschools_of(&self, application: usize) -> &[u32] {
        let from = self.choices_from[application] as usize;
        let to = self.choices_from[application + 1] as usize;
        &self.preschool_of_choice[from..to]
    }

    /// The number of entries that stand before those of this application, over all of them.
    pub fn entries_before(&self, application: usize) -> usize {
        self.choices_from[application] as usize
    }

    /// How many entries there are.
    pub fn entries(&self) -> usize {
        self.preschool_of_choice.len()
    }

    /// How many desks there are, at most: their numbers are below it.
    pub fn desks(&self) -> usize {
        self.desk_of_preschool.len()
    }

    /// The number of the desk by whose queue the preschool at this position gives its seats.
    pub fn desk_of(&self, preschool: u32) -> u32 {
        self.desk_of_preschool[preschool as usize]
    }

    /// Position of the preschool of the group at this position.
    pub fn preschool_of_group(&self, group: usize) -> u32 {
        self.preschool_of_group[group]
    }

    /// Position of the group of the seat at this position.
    pub fn group_of_seat(&self, seat: usize) -> u32 {
        self.group_of_seat[seat]
    }

    /// Position of the pending offer of the application at this position, if it holds one.
    pub fn pending_of(&self, application: usize) -> Option<usize> {
        let offer = self.pending[application];
        (offer != NONE).then_some(offer as usize)
    }

    /// Position of the application of this number.
    pub fn application(&self, id: i64) -> Option<usize> {
        self.applications.find(id).map(|at| at as usize)
    }

    /// Position of the group of this number.
    pub fn group(&self, id: i64) -> Option<usize> {
        self.groups.find(id).map(|at| at as usize)
    }

    /// Position of the seat of this number.
    pub fn seat(&self, id: i64) -> Option<usize> {
        self.seats.find(id).map(|at| at as usize)
    }

    fn resolve_groups(&mut self, preschools: &Preschools, wrong: &mut Vec<Contradiction>) {
        let rows = self.rows;
        self.preschool_of_group.reserve_exact(rows.groups.len());
        for row in &rows.groups {
            let group = row.id;
            let at = preschools.find(row.preschool);
            if at.is_none() {
                wrong.push(Contradiction::GroupOfUnknownPreschool { group });
            }
            let kind = at.map(|at| rows.preschools[at as usize].kind);
            if kind.is_some_and(|kind| !row.fit.care.is_of(kind)) {
                wrong.push(Contradiction::GroupOfAnotherKind { group });
            }
            if row.fit.ages.years() == 0 {
                wrong.push(Contradiction::AgesReversed { group });
            }
            self.preschool_of_group.push(at.unwrap_or(NONE));
        }
    }

    /// Also counts each group: enrolled, blocked and free seats are no more than it has (D-45).
    fn resolve_seats(&mut self, wrong: &mut Vec<Contradiction>) {
        let rows = self.rows;
        let mut free = vec![0u32; rows.groups.len()];
        for row in &rows.seats {
            let at = self.groups.find(row.group);
            match at {
                Some(at) if !row.temporary => free[at as usize] += 1,
                Some(_) => {}
                None => wrong.push(Contradiction::SeatOfUnknownGroup { seat: row.id }),
            }
            if row
                .free_access_since
                .is_some_and(|since| since > rows.taken_at)
            {
                wrong.push(Contradiction::FromTheFuture { row: row.id });
            }
            self.group_of_seat.push(at.unwrap_or(NONE));
        }
        for (row, free) in rows.groups.iter().zip(free) {
            let taken = u64::from(row.enrolled) + u64::from(row.blocked) + u64::from(free);
            if taken > u64::from(row.seats) {
                wrong.push(Contradiction::SeatsOverCapacity { group: row.id });
            }
        }
    }

    fn resolve_applications(
        &mut self,
        preschools: &Preschools,
        rules: &RuleSet,
        wrong: &mut Vec<Contradiction>,
    ) {
        let rows = self.rows;
        self.choices_from.reserve_exact(rows.applications.len() + 1);
        self.choices_from.push(0);
        for row in &rows.applications {
            check_alone(row, rows, rules, wrong);
            let application = row.id;
            for (position, choice) in row.choices.iter().enumerate() {
                let preschool = choice.preschool;
                let at = preschools.find(preschool);
                match at.map(|at| rows.preschools[at as usize].kind) {
                    None => wrong.push(Contradiction::ChoiceUnknown {
                        application,
                        preschool,
                    }),
                    // 004 pt.16 «по принадлежности к конкретной ДО одного населенного пункта».
                    Some(kind) if kind != row.kind || preschool.settlement() != row.settlement => {
                        wrong.push(Contradiction::ChoiceOfAnotherQueue {
                            application,
                            preschool,
                        });
                    }
                    Some(_) => {}
                }
                if row.choices[..position]
                    .iter()
                    .any(|other| other.preschool == preschool)
                {
                    wrong.push(Contradiction::ChoiceTwice {
                        application,
                        preschool,
                    });
                }
                self.preschool_of_choice.push(at.unwrap_or(NONE));
            }
            let entries = u32::try_from(self.preschool_of_choice.len()).unwrap_or(NONE);
            self.choices_from.push(entries);
        }
    }

    fn resolve_offers(&mut self, rules: &RuleSet, wrong: &mut Vec<Contradiction>) {
        let rows = self.rows;
        let mut earliest = None;
        for (offer, at) in rows.offers.iter().zip(0u32..) {
            if earliest.is_some_and(|earliest| offer.made_at < earliest)
                || offer.made_at > rows.taken_at
            {
                wrong.push(Contradiction::OfferOutOfOrder { offer: offer.id });
            }
            earliest = Some(offer.made_at);
            if offer.fate != Fate::Pending {
                continue;
            }
            if self.seats.find(offer.seat).is_some() {
                wrong.push(Contradiction::SeatFreeAndOffered { seat: offer.seat });
            }
            let holder = self
                .applications
                .find(offer.application)
                .map(|at| at as usize);
            let Some(holder) = holder.filter(|at| holds(&rows.applications[*at], offer, rules))
            else {
                wrong.push(Contradiction::OfferToNobody { offer: offer.id });
                continue;
            };
            if self.pending[holder] != NONE {
                let application = offer.application;
                wrong.push(Contradiction::TwoOffers { application });
            }
            self.pending[holder] = at;
        }
    }

    /// 004 pt.21 «состоит в очереди только в одну общеобразовательную ДО». A choice whose queue has
    /// made an offer before the benefit counted stands until that has ended, and is parked then.
    fn check_out_of_turn(&self, rules: &RuleSet, wrong: &mut Vec<Contradiction>) {
        let most = rules.queues.out_of_turn_choices_max;
        for (row, offer) in self.rows.applications.iter().zip(&self.pending) {
            let offer = self.rows.offers.get(*offer as usize);
            let made_here = |choice: &Choice| {
                let by = |offer: &MadeOffer| {
                    let here = Desk::same(offer.class.preschool, choice.preschool, rules);
                    here && offer.kind == OfferKind::Queue && offer.tier != Tier::OutOfTurn
                };
                offer.is_some_and(by)
            };
            let stands =
                |choice: &&Choice| choice.state == ChoiceState::Standing && !made_here(choice);
            let live = row.choices.iter().filter(stands).count();
            if row.standing.tier == Tier::OutOfTurn && live > most {
                let application = row.id;
                wrong.push(Contradiction::OutOfTurnElsewhere { application });
            }
        }
    }

    fn check_references(&self, wrong: &mut Vec<Contradiction>) {
        for row in &self.rows.refused {
            let (application, seat) = (row.application, row.seat);
            if self.application(application).is_none() || self.seat(seat).is_none() {
                wrong.push(Contradiction::RefusalUnknown { application, seat });
            }
        }
        for row in &self.rows.claims {
            let (application, group) = (row.application, row.group);
            let of_one_settlement = self
                .application(application)
                .zip(self.group(group))
                .is_some_and(|(application, group)| {
                    let application = &self.rows.applications[application];
                    let preschool = self.rows.groups[group].preschool;
                    application.settlement == preschool.settlement()
                });
            if !of_one_settlement {
                wrong.push(Contradiction::ClaimUnknown { application, group });
            }
        }
    }
}

/// By preschool, the position of the first one of the same desk: the number of the desk.
fn desks(preschools: &[Preschool], rules: &RuleSet) -> Vec<u32> {
    let mut first: Vec<(Desk, u32)> = preschools
        .iter()
        .map(|row| Desk::of(row.id, rules))
        .zip(0..)
        .collect();
    first.sort_unstable();
    first.dedup_by_key(|(desk, _)| *desk);
    let number = |row: &Preschool| {
        let desk = Desk::of(row.id, rules);
        let found = first.binary_search_by_key(&desk, |(desk, _)| *desk);
        found.map_or(NONE, |at| first[at].1)
    };
    preschools.iter().map(number).collect()
}

/// Can the application hold this pending offer? One that consented or left holds none.
fn holds(application: &Applying, offer: &MadeOffer, rules: &RuleSet) -> bool {
    let here = application.settlement == offer.class.preschool.settlement();
    let by_queue = offer.kind == OfferKind::Queue;
    let mut choices = application.choices.iter();
    let stands = choices.any(|choice| {
        Desk::same(choice.preschool, offer.class.preschool, rules)
            && choice.state == ChoiceState::Standing
    });
    let same_child = application.birth_date.year() == offer.birth_year;
    here && same_child && application.presence.counted() && (stands || !by_queue)
}
