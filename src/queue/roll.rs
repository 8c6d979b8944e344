//! Roll: the number of every entry of a snapshot, from scratch (регистр очерёдности).
//!
//! Law:   004 pt.2(9) «порядковые номера всех заявлений», pt.16, pt.17; D-10, D-32, D-33, D-37.
//! In:    a [`Sound`] snapshot. Out: for each entry its number, and what its queue is made of.
//! Why:   one walk over applications in the order of their standing fills all queues at once;
//!        `tests/law/roll.rs` compares each number with `rank::published` of its queue alone.
//! Start: [`Roll::of`].

use crate::queue::desk::Desk;
use crate::queue::rank::{Fate, Member, Offer, Phase, Presence, Queue, Standing, Tier};
use crate::queue::rules::RuleSet;
use crate::queue::seat::{Fit, Needs};
use crate::queue::snapshot::{Applying, Entry, MadeOffer, OfferKind, QueueKey, Sound};

/// The numbers of every entry.
#[derive(Debug)]
pub struct Roll {
    /// By entry, in the order of applications and their choices; 0 for one that is not counted.
    numbers: Vec<u32>,
    /// By entry: its queue, or [`NONE`] for a closed choice.
    queue_of: Vec<u32>,
    queues: Vec<Line>,
    /// The entries of all queues, each queue's in one piece and in the order of standing.
    entries: Vec<Entry>,
    /// By desk: its queues.
    of_desk: Vec<Vec<u32>>,
}

/// One queue: which, and where its entries lie.
#[derive(Debug, Clone)]
struct Line {
    key: QueueKey,
    from: usize,
    to: usize,
    offers: Vec<(u32, Offer)>,
}

const NONE: u32 = u32::MAX;

impl Roll {
    /// Numbers every entry of the snapshot.
    pub fn of(sound: &Sound, rules: &RuleSet) -> Self {
        let mut roll = Self {
            numbers: vec![0; sound.entries()],
            queue_of: vec![NONE; sound.entries()],
            queues: Vec::new(),
            entries: Vec::new(),
            of_desk: vec![Vec::new(); sound.desks()],
        };
        roll.open_queues(sound, rules);
        roll.fill_queues(sound, rules);
        roll.take_offers(sound, rules);
        roll.number(sound, rules);
        roll
    }

    /// The number of one choice of the application at this position, if it is counted there.
    pub fn number_of(&self, sound: &Sound, application: usize, choice: usize) -> Option<u32> {
        let number = *self
            .numbers
            .get(sound.entries_before(application) + choice)?;
        (number != 0).then_some(number)
    }

    /// The queue of one choice, ready to be asked for any place in it.
    pub fn queue(&self, sound: &Sound, application: usize, choice: usize) -> Option<Queue> {
        let line = self.queue_of[sound.entries_before(application) + choice];
        let line = self.queues.get(line as usize)?;
        let members = self.entries[line.from..line.to].iter().map(member);
        Some(Queue::new(members, line.offers.clone()))
    }

    /// How many queues there are.
    pub fn queues(&self) -> usize {
        self.queues.len()
    }

    /// How many counted families of a desk seats of this fit suit (D-13, D-40).
    pub fn families_of(&self, sound: &Sound, fit: &Fit, desk: u32, rules: &RuleSet) -> u32 {
        let year = sound.rows().taken_at.day().year();
        let queues = self.of_desk[desk as usize].iter();
        let entries = queues.flat_map(|queue| {
            let line = &self.queues[*queue as usize];
            &self.entries[line.from..line.to]
        });
        let suits = |entry: &&Entry| {
            let needs = needs(&sound.rows().applications[entry.application as usize]);
            entry.presence.counted() && fit.takes(&needs, year, rules).is_ok()
        };
        entries
            .filter(suits)
            .fold(0u32, |sum, _| sum.saturating_add(1))
    }

    /// Finds the queue of each entry, and how long each queue is.
    fn open_queues(&mut self, sound: &Sound, rules: &RuleSet) {
        let rows = sound.rows();
        let year = rows.taken_at.day().year();
        let mut groups_of = vec![Vec::new(); sound.desks()];
        for (at, group) in rows.groups.iter().enumerate() {
            groups_of[sound.desk_of(sound.preschool_of_group(at)) as usize].push(group);
        }
        for (at, application) in rows.applications.iter().enumerate() {
            let before = sound.entries_before(at);
            for (choice, preschool) in sound.preschools_of(at).iter().enumerate() {
                if application.presence_at(choice, None).is_none() {
                    continue;
                }
                let desk = sound.desk_of(*preschool);
                let groups = groups_of[desk as usize].iter().copied();
                let key = QueueKey::of(application, groups, year, rules);
                let queue = self.queue_at(desk, key);
                self.queues[queue as usize].to += 1;
                self.queue_of[before + choice] = queue;
            }
        }
        let mut from = 0;
        for line in &mut self.queues {
            let length = line.to;
            (line.from, line.to) = (from, from);
            from += length;
        }
        let nobody = Entry {
            application: NONE,
            choice: 0,
            standing: Standing {
                tier: Tier::General,
                time: rows.taken_at,
                sequence: 0,
            },
            presence: Presence::Parked,
        };
        self.entries = vec![nobody; from];
    }

    fn queue_at(&mut self, desk: u32, key: QueueKey) -> u32 {
        let known = self.of_desk[desk as usize].iter();
        let found = known
            .copied()
            .find(|at| self.queues[*at as usize].key == key);
        found.unwrap_or_else(|| {
            let at = u32::try_from(self.queues.len()).unwrap_or(NONE);
            self.queues.push(Line {
                key,
                from: 0,
                to: 0,
                offers: Vec::new(),
            });
            self.of_desk[desk as usize].push(at);
            at
        })
    }

    /// Puts the entries into their queues, applications in the order of their standing.
    fn fill_queues(&mut self, sound: &Sound, rules: &RuleSet) {
        let rows = sound.rows();
        let mut order: Vec<(Standing, u32)> = rows
            .applications
            .iter()
            .map(|application| application.standing)
            .zip(0..)
            .collect();
        order.sort_unstable();
        for (_, at) in order {
            let application = &rows.applications[at as usize];
            let before = sound.entries_before(at as usize);
            let pending = sound.pending_of(at as usize);
            for choice in 0..application.choices.len() {
                let queue = self.queue_of[before + choice];
                let offered = pending.map(|offer| {
                    let offer_row = &rows.offers[offer];
                    let here = application.choices[choice].preschool;
                    let same = Desk::same(offer_row.class.preschool, here, rules);
                    (offer_row.kind == OfferKind::Queue && same)
                        .then(|| u32::try_from(offer).unwrap_or(NONE))
                });
                let Some(presence) = application.presence_at(choice, offered) else {
                    continue;
                };
                let line = &mut self.queues[queue as usize];
                self.entries[line.to] = Entry {
                    application: at,
                    choice: u8::try_from(choice).unwrap_or(u8::MAX),
                    standing: application.standing_at(choice),
                    presence,
                };
                line.to += 1;
            }
        }
        // Only where a choice has a time of its own is there anything left to sort (D-16).
        for line in &self.queues {
            let entries = &mut self.entries[line.from..line.to];
            if !entries.is_sorted_by_key(|entry| entry.standing) {
                entries.sort_unstable_by_key(|entry| entry.standing);
            }
        }
    }

    /// Gives each offer that counts to its queue (D-33): a pending one to the queue in which its
    /// holder stands, an accepted one by the year of birth. Other queues than the general ones
    /// have no tiers, so no phase follows from their accepted offers: 004 pt.18, pt.19.
    fn take_offers(&mut self, sound: &Sound, rules: &RuleSet) {
        let rows = sound.rows();
        let mut by_id: Vec<_> = rows
            .preschools
            .iter()
            .map(|row| row.id)
            .zip(0u32..)
            .collect();
        by_id.sort_unstable();
        for (turn, offer) in (0u32..).zip(&rows.offers) {
            if !offer.fate.counts() || offer.kind != OfferKind::Queue {
                continue;
            }
            let queue = match offer.fate {
                Fate::Pending => self.queue_of_holder(sound, offer, rules),
                Fate::Accepted
                | Fate::Annulled
                | Fate::Cancelled
                | Fate::Lapsed
                | Fate::Recalled
                | Fate::Refused
                | Fate::Superseded => {
                    let key = QueueKey::BirthYear(offer.birth_year);
                    let preschool = offer.class.preschool;
                    let at = by_id.binary_search_by_key(&preschool, |(id, _)| *id).ok();
                    let queues = at.map(|at| &self.of_desk[sound.desk_of(by_id[at].1) as usize]);
                    let mut queues = queues.into_iter().flatten().copied();
                    queues.find(|queue| self.queues[*queue as usize].key == key)
                }
            };
            if let Some(line) = queue.and_then(|queue| self.queues.get_mut(queue as usize)) {
                line.offers.push((turn, made(offer)));
            }
        }
    }

    fn queue_of_holder(&self, sound: &Sound, offer: &MadeOffer, rules: &RuleSet) -> Option<u32> {
        let at = sound.application(offer.application)?;
        let mut choices = sound.rows().applications[at].choices.iter();
        let choice = choices
            .position(|choice| Desk::same(choice.preschool, offer.class.preschool, rules))?;
        Some(self.queue_of[sound.entries_before(at) + choice])
    }

    fn number(&mut self, sound: &Sound, rules: &RuleSet) {
        let mut head: Vec<(u32, usize)> = Vec::new();
        let mut tiers: [Vec<usize>; 3] = Default::default();
        for line in &self.queues {
            head.clear();
            tiers.iter_mut().for_each(Vec::clear);
            for entry in &self.entries[line.from..line.to] {
                let place =
                    sound.entries_before(entry.application as usize) + usize::from(entry.choice);
                match entry.presence.turn() {
                    Some(turn) => head.push((turn, place)),
                    None if entry.presence.counted() => {
                        tiers[entry.standing.tier as usize].push(place);
                    }
                    None => {}
                }
            }
            head.sort_unstable();
            let mut number = 0;
            for (_, place) in &head {
                number += 1;
                self.numbers[*place] = number;
            }
            let phase = Phase::after(line.offers.iter().map(|(_, offer)| offer), rules);
            let counts = [0, 1, 2].map(|tier: usize| tiers[tier].len());
            for (tier, at) in crate::queue::rank::turns(counts, phase, rules) {
                number += 1;
                self.numbers[tiers[tier as usize][at]] = number;
            }
        }
    }
}

/// What the family of an application asks of a seat.
pub fn needs(application: &Applying) -> Needs {
    let wish = application.language.filter(|wish| wish.only);
    Needs {
        birth_year: application.birth_date.year(),
        only_language: wish.map(|wish| wish.language),
        care: application.care,
    }
}

fn made(offer: &MadeOffer) -> Offer {
    Offer {
        tier: offer.tier,
        fate: offer.fate,
    }
}

fn member(entry: &Entry) -> Member {
    Member {
        standing: entry.standing,
        presence: entry.presence,
    }
}
