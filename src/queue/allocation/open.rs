//! Opened: which preschools have seats tonight, and which families may ask for them.

use crate::queue::application::PreschoolStatus;
use crate::queue::desk::Desk;
use crate::queue::rank::{Offer, Phase, Presence, Standing};
use crate::queue::roll::{Roll, needs};
use crate::queue::rules::{QueueScope, RuleSet, TempSeat};
use crate::queue::seat::{Class, Fit, Misfit, old_enough};
use crate::queue::snapshot::{ChoiceState, OfferKind, Sound};

use super::asking::{Closest, order_of_preference, prefers, served};
use super::line::{Line, Plan, Twins, Why};
use super::market::{Ask, Asker, Counter, Market, Shelf};
use super::settle::Settlement;
use super::stock::{Seat, hand_out};

/// The seats of one kind, by desk and class.
pub(super) struct Opened {
    temporary: bool,
    counters: Vec<Counter>,
    /// By counter and shelf: the seats, in order.
    seats: Vec<Vec<Vec<Seat>>>,
    /// By desk: its counter.
    counter_of: Vec<Option<u32>>,
}

impl Opened {
    /// The seats that are distributed tonight: 004 pt.25 «все места, распределяемые по
    /// государственному заказу, числящиеся в группах ДО, как свободные».
    pub(super) fn of(sound: &Sound, roll: &Roll, rules: &RuleSet, temporary: bool) -> Self {
        let phase = phases(sound, rules, temporary);
        let mut opened = Self {
            temporary,
            counters: Vec::new(),
            seats: Vec::new(),
            counter_of: vec![None; sound.desks()],
        };
        let seats = distributed(sound, rules, temporary);
        for of_desk in seats.chunk_by(|one, other| one.desk == other.desk) {
            let Free { desk, number, .. } = of_desk[0];
            let of_class = |seats: &[Free]| {
                let fit = seats[0].fit;
                let shelf = Shelf {
                    temporary,
                    fit,
                    seats: position(seats.len()),
                    phase: phase(desk, fit),
                    families: roll.families_of(sound, &fit, number, rules),
                };
                (shelf, seats.iter().map(|free| free.seat).collect())
            };
            let of_classes = of_desk.chunk_by(|one, other| one.fit == other.fit);
            let mut shelves: Vec<(Shelf, Vec<Seat>)> = of_classes.map(of_class).collect();
            // D-40: fewest years first, then fewest families in the class's list.
            shelves.sort_by_key(|(shelf, _)| (shelf.fit.ages.years(), shelf.families, shelf.fit));
            opened.counter_of[number as usize] = Some(position(opened.counters.len()));
            let (shelves, seats) = shelves.into_iter().unzip();
            opened.counters.push(Counter { desk, shelves });
            opened.seats.push(seats);
        }
        opened
    }

    pub(super) fn is_empty(&self) -> bool {
        self.counters.is_empty()
    }

    /// Who may ask whom, in the order of preference; whoever may not gets its reason.
    pub(super) fn market(
        &self,
        sound: &Sound,
        roll: &Roll,
        rules: &RuleSet,
        plan: &mut Plan,
    ) -> Market {
        let rows = sound.rows();
        let mut market = Market {
            year: rows.taken_at.day().year(),
            counters: self.counters.clone(),
            askers: Vec::new(),
            asks: Vec::new(),
            refused: Vec::new(),
        };
        let mut standings: Vec<(Standing, u32)> = Vec::new();
        for (at, application) in rows.applications.iter().enumerate() {
            if self.temporary && (!application.temporary_too || served(plan, sound, at)) {
                continue;
            }
            let from = market.asks.len();
            let asker = position(market.askers.len());
            for choice in order_of_preference(sound, roll, at) {
                let place = sound.entries_before(at) + choice;
                match self.may_ask(sound, at, choice, rules) {
                    Ok(counter) => {
                        let ask = position(market.asks.len());
                        standings.push((application.standing_at(choice), ask));
                        market.asks.push(Ask {
                            counter,
                            asker,
                            choice: u8::try_from(choice).unwrap_or(u8::MAX),
                            owed: application.choices[choice].owed,
                            refused: false,
                            order: 0,
                        });
                    }
                    // What the lasting seats said of an entry is not hidden by the others.
                    Err(why) if !self.temporary => plan.passed[place] = why,
                    Err(_) => {}
                }
            }
            if market.asks.len() > from {
                market.askers.push(Asker {
                    application: position(at),
                    tier: application.standing.tier,
                    needs: needs(application),
                    from: position(from),
                    to: position(market.asks.len()),
                });
            }
        }
        standings.sort_unstable();
        for ((_, ask), order) in standings.into_iter().zip(0..) {
            market.asks[ask as usize].order = order;
        }
        self.note_refusals(sound, &mut market);
        market
    }

    /// May the application ask this preschool tonight?
    fn may_ask(
        &self,
        sound: &Sound,
        at: usize,
        choice: usize,
        rules: &RuleSet,
    ) -> Result<u32, Why> {
        let rows = sound.rows();
        let application = &rows.applications[at];
        if rows.taken_at.day() > application.last_day {
            return Err(Why::NoLongerStands);
        }
        let chosen = &application.choices[choice];
        match chosen.state {
            ChoiceState::Closed => return Err(Why::ChoiceClosed),
            ChoiceState::Parked => return Err(Why::NotOfferable(Presence::Parked)),
            ChoiceState::Standing => {}
        }
        if !application.presence.offerable() {
            return Err(Why::NotOfferable(application.presence));
        }
        if let Some(offer) = sound.pending_of(at) {
            let held = rows.offers[offer].class.preschool;
            // 1_6 st.2 «отсутствие действующего направления»; D-41: a better one until consent.
            // A seat for a time keeps nobody from a lasting one (D-48).
            let passing = rows.offers[offer].kind == OfferKind::Temporary;
            let upgrade = rules.offers.upgrade && prefers(application, choice, held);
            if self.temporary || !(passing || upgrade) {
                return Err(Why::HoldsAsGood);
            }
        }
        // 1_6 st.3 «не числится в ДО или … не противоречит»: it may move (D-21), not stay. The
        // queue of a settlement asks for no preschool: who has a place there has what it gives.
        let enrolled = application.enrolled_in;
        if enrolled.is_some_and(|there| Desk::same(there, chosen.preschool, rules)) {
            return Err(Why::AlreadyThere);
        }
        let preschool = sound.preschools_of(at)[choice];
        let row = &rows.preschools[preschool as usize];
        // What became of the named preschool does not bar those of a queue for all of them.
        let alone = rules.queues.scope == QueueScope::Preschool;
        if alone && row.status == PreschoolStatus::Closed {
            return Err(Why::PreschoolClosed);
        }
        if (alone && row.suspended) || regrouping(sound, rules) {
            return Err(Why::PreschoolSuspended);
        }
        let counter = self.counter_of[sound.desk_of(preschool) as usize];
        let counter = counter.ok_or(Why::NoSeatTonight)?;
        if !old_enough(application.birth_date, rows.taken_at.day(), rules) {
            return Err(Why::NoSeatFits(Misfit::Age));
        }
        let year = rows.taken_at.day().year();
        let mut closest: Option<Misfit> = None;
        for shelf in &self.counters[counter as usize].shelves {
            match shelf.fit.takes(&needs(application), year, rules) {
                Ok(()) => return Ok(counter),
                Err(misfit) => closest = closest.max_by_closeness(misfit),
            }
        }
        Err(Why::NoSeatFits(closest.unwrap_or(Misfit::Age)))
    }

    fn note_refusals(&self, sound: &Sound, market: &mut Market) {
        let rows = sound.rows();
        for row in &rows.refused {
            let Some((application, seat)) =
                sound.application(row.application).zip(sound.seat(row.seat))
            else {
                continue;
            };
            let application = position(application);
            let Ok(asker) = market
                .askers
                .binary_search_by_key(&application, |a| a.application)
            else {
                continue;
            };
            let group = &rows.groups[sound.group_of_seat(seat) as usize];
            let seat = (group.preschool, rows.seats[seat].id);
            let (from, to) = (
                market.askers[asker].from as usize,
                market.askers[asker].to as usize,
            );
            for ask in &mut market.asks[from..to] {
                let shelves = &self.seats[ask.counter as usize];
                if let Some(shelf) = shelves
                    .iter()
                    .position(|seats| seats.binary_search(&seat).is_ok())
                {
                    ask.refused = true;
                    market
                        .refused
                        .push((position(asker), ask.counter, position(shelf)));
                }
            }
        }
        market.refused.sort_unstable();
        market.refused.dedup();
    }

    /// Writes what was settled into the plan.
    pub(super) fn enter(
        self,
        sound: &Sound,
        market: &Market,
        settlement: &Settlement,
        plan: &mut Plan,
    ) {
        let rows = sound.rows();
        let place = |ask: &Ask| {
            let at = market.askers[ask.asker as usize].application as usize;
            (at, sound.entries_before(at) + usize::from(ask.choice))
        };
        for (asker, made) in market.askers.iter().zip(&settlement.made) {
            let unmade = asker.from + made..asker.to;
            for ask in &market.asks[unmade.start as usize..unmade.end as usize] {
                self.say(&mut plan.passed[place(ask).1], Why::OfferedBetter);
            }
        }
        for outranked in &settlement.outranked {
            let ask = &market.asks[outranked.ask as usize];
            let shelf = &market.counters[ask.counter as usize].shelves[outranked.shelf as usize];
            let why = Why::Outranked {
                number: outranked.number,
                seats: shelf.seats,
            };
            self.say(&mut plan.passed[place(ask).1], why);
        }
        let handed = hand_out(market, &settlement.kept, &self.seats, |_, ask| {
            let at = market.askers[ask.asker as usize].application as usize;
            rows.applications[at].choices[usize::from(ask.choice)].preschool
        });
        for (kept, (preschool, seat)) in settlement.kept.iter().zip(handed.given) {
            let ask = &market.asks[kept.ask as usize];
            let (at, entry) = place(ask);
            let pending = sound.pending_of(at).map(|offer| rows.offers[offer].id);
            let shelf = &self.counters[ask.counter as usize].shelves[kept.shelf as usize];
            plan.passed[entry] = Why::Offered;
            plan.lines.push(Line {
                seat,
                application: rows.applications[at].id,
                class: Class {
                    preschool,
                    temporary: self.temporary,
                    fit: shelf.fit,
                },
                tier: market.askers[ask.asker as usize].tier,
                kind: if self.temporary {
                    OfferKind::Temporary
                } else {
                    OfferKind::Queue
                },
                number: kept.number,
                because: kept.because(),
                supersedes: pending,
                twins: Twins::None,
            });
        }
        if !self.temporary {
            plan.unasked = handed.left;
        }
        plan.markets.push(market.clone());
        plan.seats.push(self.seats);
    }
}

impl Opened {
    /// What the lasting seats said of an entry is not hidden by the temporary ones.
    fn say(&self, passed: &mut Why, why: Why) {
        if !self.temporary || *passed == Why::NoSeatTonight {
            *passed = why;
        }
    }
}

/// A seat that is distributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Free {
    desk: Desk,
    fit: Fit,
    seat: Seat,
    /// The number of the desk.
    number: u32,
}

/// The seats that are distributed; in order.
fn distributed(sound: &Sound, rules: &RuleSet, temporary: bool) -> Vec<Free> {
    let rows = sound.rows();
    let mut seats: Vec<Free> = Vec::new();
    let none = regrouping(sound, rules) || (temporary && rules.offers.temp_seat == TempSeat::Off);
    for (at, seat) in rows.seats.iter().enumerate().filter(|_| !none) {
        let group = sound.group_of_seat(at) as usize;
        let at = sound.preschool_of_group(group);
        let preschool = &rows.preschools[at as usize];
        let open = preschool.status == PreschoolStatus::Active && !preschool.suspended;
        // D-50: a seat that the family pays for is shown and not distributed.
        if seat.temporary == temporary && seat.state_funded && open {
            seats.push(Free {
                desk: Desk::of(preschool.id, rules),
                fit: rows.groups[group].fit,
                seat: (preschool.id, seat.id),
                number: sound.desk_of(at),
            });
        }
    }
    // By desk and class: rows stand in any order.
    seats.sort_unstable();
    seats
}

/// The phase of each class: from the offers of its seats (D-13, D-33).
fn phases(sound: &Sound, rules: &RuleSet, temporary: bool) -> impl Fn(Desk, Fit) -> Phase {
    let offers = sound.rows().offers.iter().zip(0u32..);
    let of_queues = offers.filter(|(offer, _)| {
        offer.kind != OfferKind::FreeAccess && offer.class.temporary == temporary
    });
    let made = of_queues.map(|(offer, turn)| {
        let class = (Desk::of(offer.class.preschool, rules), offer.class.fit);
        let (tier, fate) = (offer.tier, offer.fate);
        (class, turn, Offer { tier, fate })
    });
    let mut made: Vec<_> = made.collect();
    made.sort_unstable_by_key(|(class, turn, _)| (*class, *turn));
    move |desk, fit| {
        let class = (desk, fit);
        let from = made.partition_point(|(other, _, _)| *other < class);
        let own = made[from..].iter();
        let own = own.take_while(|(other, _, _)| *other == class);
        Phase::after(own.map(|(_, _, offer)| offer), rules)
    }
}

/// D-24: is this a day on which groups are formed anew and no seat is offered?
fn regrouping(sound: &Sound, rules: &RuleSet) -> bool {
    let season = rules.queues.regrouping;
    season.is_some_and(|season| season.covers(sound.rows().taken_at.day()))
}

fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
