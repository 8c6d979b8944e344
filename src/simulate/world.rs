//! World: families, seats and offers of the city, and how they look as a snapshot.

use crate::queue::application::{PreschoolKind, PreschoolStatus};
use crate::queue::calendar::last_day_by_age;
use crate::queue::rank::{Fate, Presence, Standing, Tier};
use crate::queue::rules::RuleSet;
use crate::queue::seat::{Ages, Care, Fit};
use crate::queue::snapshot::{
    Applying, Choice, ChoiceState, FreeSeat, Group, LanguageWish, MadeOffer, Preschool,
    RefusedSeat, Snapshot,
};
use crate::terms::{Day, Moment, PreschoolId, Settlement, TeachingLanguage};

use super::city::City;
use super::dice::Dice;

/// The settlement of every city: a number that the classifier does not give.
const SETTLEMENT: &str = "990000000";

/// What became of a family's application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fortune {
    /// It waits.
    Waiting,
    /// It is paused until this moment (D-61).
    Paused(Moment),
    /// It is in the stop-list until this moment (004 pt.34).
    StopListed(Moment),
    /// It holds an offer of this seat; the answer comes, or the term ends, at this moment.
    Offered {
        /// Position of the offer.
        offer: usize,
        /// Position of the seat.
        seat: usize,
        /// When something happens.
        until: Moment,
        /// What.
        answer: Answer,
    },
    /// It consented and holds a referral until this moment.
    Referred {
        /// Position of the offer.
        offer: usize,
        /// Position of the seat.
        seat: usize,
        /// When the documents are brought, or the term ends.
        until: Moment,
        /// Are they brought?
        kept: bool,
    },
    /// The child is enrolled, or the application has left the queues.
    Gone,
}

/// What a family does with an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Consent,
    Refuse,
    Silence,
}

/// A family with its application.
#[derive(Debug, Clone)]
pub(super) struct Family {
    pub(super) applying: Applying,
    pub(super) fortune: Fortune,
    /// What it decides, one after another.
    pub(super) dice: Dice,
    /// When offers of each chosen preschool were refused.
    pub(super) refusals: Vec<Vec<Moment>>,
}

/// A seat: of which group, and who has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seat {
    pub(super) group: usize,
    /// The family whose child has it, or that holds an offer or a referral of it.
    pub(super) taken: Option<usize>,
    pub(super) enrolled: bool,
}

/// The city as it is.
pub(super) struct World<'c> {
    pub(super) city: &'c City,
    pub(super) rules: &'c RuleSet,
    pub(super) families: Vec<Family>,
    pub(super) seats: Vec<Seat>,
    pub(super) groups: Vec<Group>,
    pub(super) preschools: Vec<Preschool>,
    pub(super) offers: Vec<MadeOffer>,
    pub(super) refused: Vec<RefusedSeat>,
    pub(super) arrivals: Dice,
    /// The positions of families that still stand somewhere.
    pub(super) present: Vec<usize>,
}

/// How many wait, by tier; and how many seats are free.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count {
    pub(super) day: Option<Day>,
    pub(super) waiting: [u32; 3],
    pub(super) free: u32,
}

impl<'c> World<'c> {
    pub(super) fn of(city: &'c City, rules: &'c RuleSet) -> Self {
        let mut world = Self {
            city,
            rules,
            families: Vec::new(),
            seats: Vec::new(),
            groups: Vec::new(),
            preschools: Vec::new(),
            offers: Vec::new(),
            refused: Vec::new(),
            arrivals: Dice::of(city.seed, 1),
            present: Vec::new(),
        };
        for at in 0..city.preschools {
            world.open_preschool(at);
        }
        let first = world.moment(0, 0);
        for _ in 0..city.waiting {
            let earlier = i64::try_from(world.arrivals.below(200 * 86_400_000)).unwrap_or(0);
            world.file(first.plus_millis(-1 - earlier));
        }
        world
    }

    fn open_preschool(&mut self, at: u32) {
        let id =
            PreschoolId::parse(&format!("{SETTLEMENT}-{at:04}")).expect("nine and four digits");
        self.preschools.push(Preschool {
            id,
            kind: PreschoolKind::General,
            status: PreschoolStatus::Active,
            suspended: false,
        });
        for cohort in &self.city.groups {
            let group = self.groups.len();
            let language = TeachingLanguage::from_code(&cohort.language);
            self.groups.push(Group {
                id: number(group),
                preschool: id,
                fit: Fit {
                    ages: Ages::Band {
                        from: cohort.from,
                        to: cohort.to,
                    },
                    language: language.unwrap_or(TeachingLanguage::Kazakh),
                    care: Care::Ordinary,
                },
                seats: cohort.seats,
                enrolled: 0,
                blocked: 0,
            });
            for _ in 0..cohort.seats {
                self.seats.push(Seat {
                    group,
                    taken: None,
                    enrolled: false,
                });
            }
        }
    }

    /// The moment so many milliseconds after the midnight of a day of the simulation.
    pub(super) fn moment(&self, day: u32, millis: i64) -> Moment {
        Moment::at(self.city.first_day(), 0).plus_millis(i64::from(day) * 86_400_000 + millis)
    }

    /// A new application, filed at this moment.
    pub(super) fn file(&mut self, at: Moment) {
        let id = self.families.len();
        let mut dice = Dice::of(self.city.seed, 1_000 + u64::try_from(id).unwrap_or(0));
        let roll = u32::try_from(dice.below(1000)).unwrap_or(0);
        let tier = if roll < self.city.out_of_turn {
            Tier::OutOfTurn
        } else if roll < self.city.out_of_turn + self.city.priority {
            Tier::Priority
        } else {
            Tier::General
        };
        let born = day_before(at, dice.below(5 * 365));
        let prefers = dice.per_mille(self.city.prefer);
        // A child out of turn stands in one preschool only (004 pt.21).
        let most = if tier == Tier::OutOfTurn {
            1
        } else {
            self.rules.choices_max.min(4)
        };
        let wanted = 1 + dice.below(4);
        let mut choices = Vec::new();
        for preference in 1..=wanted {
            let preschool = self.preschools[dice.below(self.preschools.len())].id;
            let twice = choices
                .iter()
                .any(|choice: &Choice| choice.preschool == preschool);
            if !twice && choices.len() < most {
                choices.push(Choice {
                    preschool,
                    preference: prefers.then(|| u8::try_from(preference).unwrap_or(u8::MAX)),
                    filed_at: None,
                    state: ChoiceState::Standing,
                    owed: false,
                });
            }
        }
        let language = dice
            .per_mille(self.city.one_language_only)
            .then(|| LanguageWish {
                language: [TeachingLanguage::Kazakh, TeachingLanguage::Russian][dice.below(2)],
                only: true,
            });
        self.present.push(id);
        self.families.push(Family {
            refusals: vec![Vec::new(); choices.len()],
            applying: Applying {
                id: number(id),
                child: number(id),
                kind: PreschoolKind::General,
                settlement: Settlement::parse(SETTLEMENT).expect("nine digits"),
                birth_date: born,
                standing: Standing {
                    tier,
                    time: at,
                    sequence: number(id),
                },
                presence: Presence::Waiting,
                care: Care::Ordinary,
                language,
                // Families extend in time; only age takes a child out of the queue (004 pt.21).
                last_day: last_day_by_age(born, PreschoolKind::General, self.rules),
                enrolled_in: None,
                twins: None,
                temporary_too: false,
                choices,
            },
            fortune: Fortune::Waiting,
            dice,
        });
    }

    /// The world at the midnight of a day, as the planner takes it.
    pub(super) fn snapshot(&self, day: u32) -> (Snapshot, Vec<usize>) {
        let mut groups = self.groups.clone();
        let mut seats = Vec::new();
        for (at, seat) in self.seats.iter().enumerate() {
            let group = &mut groups[seat.group];
            match (seat.taken, seat.enrolled) {
                (Some(_), true) => group.enrolled += 1,
                (Some(_), false) => group.blocked += 1,
                (None, true | false) => seats.push(FreeSeat {
                    id: number(at),
                    group: number(seat.group),
                    temporary: false,
                    state_funded: true,
                    free_access_since: None,
                }),
            }
        }
        let applications = self.present.iter().map(|at| {
            let family = &self.families[*at];
            Applying {
                presence: match family.fortune {
                    Fortune::Waiting | Fortune::Offered { .. } => Presence::Waiting,
                    Fortune::Paused(_) => Presence::Paused,
                    Fortune::StopListed(_) => Presence::StopListed,
                    Fortune::Referred { .. } | Fortune::Gone => Presence::Consented,
                },
                ..family.applying.clone()
            }
        });
        let free = |seat: i64| seats.binary_search_by_key(&seat, |row| row.id).is_ok();
        let here = |id: i64| {
            let at = usize::try_from(id).unwrap_or(usize::MAX);
            self.present.binary_search(&at).is_ok()
        };
        let refused = self
            .refused
            .iter()
            .filter(|row| free(row.seat) && here(row.application));
        let snapshot = Snapshot {
            taken_at: self.moment(day, 0),
            preschools: self.preschools.clone(),
            groups,
            applications: applications.collect(),
            offers: self
                .offers
                .iter()
                .filter(|offer| offer.fate.counts())
                .copied()
                .collect(),
            refused: refused.copied().collect(),
            claims: Vec::new(),
            seats,
        };
        (snapshot, self.present.clone())
    }

    /// How many wait on a day, and how many seats are free.
    pub(super) fn count(&self, day: u32) -> Count {
        let mut count = Count {
            day: Some(self.moment(day, 0).day()),
            ..Count::default()
        };
        for at in &self.present {
            let family = &self.families[*at];
            match family.fortune {
                Fortune::Waiting | Fortune::Offered { .. } | Fortune::Paused(_) => {
                    count.waiting[family.applying.standing.tier as usize] += 1;
                }
                Fortune::StopListed(_) | Fortune::Referred { .. } | Fortune::Gone => {}
            }
        }
        let free = self.seats.iter().filter(|seat| seat.taken.is_none());
        count.free = u32::try_from(free.count()).unwrap_or(u32::MAX);
        count
    }

    /// Ends an offer: its fate in the queue, and the seat if it is given back.
    pub(super) fn end_offer(&mut self, offer: usize, seat: Option<usize>, fate: Fate) {
        self.offers[offer].fate = fate;
        if let Some(seat) = seat {
            self.seats[seat].taken = None;
        }
    }
}

/// A number of a row.
pub(super) fn number(at: usize) -> i64 {
    i64::try_from(at).unwrap_or(i64::MAX)
}

/// The day so many days before a moment.
fn day_before(at: Moment, days: usize) -> Day {
    at.plus_millis(-number(days) * 86_400_000).day()
}
