//! Reading a protocol: nothing but its text, and nothing in it believed.

use crate::queue::allocation::{Ask, Asker, Because, Counter, Market, Seat, Shelf};
use crate::queue::desk::Desk;
use crate::queue::rank::{Phase, Tier};
use crate::queue::rules::{self, RuleSet};
use crate::queue::seat::{Ages, Care, Fit, Needs};
use crate::queue::snapshot::OfferKind;
use crate::terms::{Moment, PreschoolId, TeachingLanguage};

use super::write::HEADING;
use super::{Entry, FreeAccess, Protocol, Round};

/// A text that is no protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: not what a protocol has here")]
pub struct Misread {
    /// Counted from one.
    pub line: usize,
}

impl Protocol {
    /// Reads the text that [`Protocol::write`] makes.
    ///
    /// # Errors
    /// [`Misread`], the first line that a protocol cannot have.
    pub fn read(text: &str) -> Result<Self, Misread> {
        let mut lines = text.lines().zip(1usize..);
        let mut head = |read: fn(&mut Protocol, &[&str]) -> Option<()>, into: &mut Protocol| {
            let (line, number) = lines.next().ok_or(Misread { line: 0 })?;
            let words: Vec<&str> = line.split(' ').collect();
            read(into, &words).ok_or(Misread { line: number })
        };
        let mut protocol = Self {
            taken_at: Moment::from_millis(0).ok_or(Misread { line: 0 })?,
            rules: String::new(),
            general_per_priority: rules::current().general_per_priority,
            band_age_max_years: 0,
            rounds: Vec::new(),
            free_access: FreeAccess::default(),
            offers: Vec::new(),
        };
        head(
            |_, words| (words.join(" ") == HEADING).then_some(()),
            &mut protocol,
        )?;
        head(read_night, &mut protocol)?;
        head(read_rules, &mut protocol)?;
        let rules = protocol.rule_set();
        let mut ended = false;
        for (line, number) in lines {
            let words: Vec<&str> = line.split(' ').collect();
            let read = match &words[..] {
                [..] if ended => None,
                ["end"] => {
                    ended = true;
                    Some(())
                }
                ["round", ..]
                | ["preschool", ..]
                | ["settlement", ..]
                | ["family", ..]
                | ["", "", ..] => read_of_round(&mut protocol.rounds, &words, &rules),
                ["open", ..] | ["claim", ..] => read_free_access(&mut protocol.free_access, &words),
                [..] => read_offer(&words).map(|offer| protocol.offers.push(offer)),
            };
            read.ok_or(Misread { line: number })?;
        }
        for round in &mut protocol.rounds {
            round.market.refused.sort_unstable();
        }
        let lines = text.lines().count();
        if ended {
            Ok(protocol)
        } else {
            Err(Misread { line: lines + 1 })
        }
    }

    /// The rules that the text names, as far as a plan depends on them.
    pub(super) fn rule_set(&self) -> RuleSet {
        let mut rules = rules::current().clone();
        rules.general_per_priority = self.general_per_priority;
        rules.queues.band_age_max_years = self.band_age_max_years;
        rules
    }
}

fn read_night(protocol: &mut Protocol, words: &[&str]) -> Option<()> {
    let ["night", at] = words else { return None };
    protocol.taken_at = Moment::parse(at).ok()?;
    Some(())
}

fn read_rules(protocol: &mut Protocol, words: &[&str]) -> Option<()> {
    let ["rules", id, "ratio", ratio, "oldest", oldest] = words else {
        return None;
    };
    protocol.rules = (*id).to_owned();
    protocol.general_per_priority = ratio.parse().ok()?;
    protocol.band_age_max_years = oldest.parse().ok()?;
    Some(())
}

fn read_of_round(rounds: &mut Vec<Round>, words: &[&str], rules: &RuleSet) -> Option<()> {
    if let ["round", "year", year] = words {
        rounds.push(Round {
            market: Market {
                year: year.parse().ok()?,
                counters: Vec::new(),
                askers: Vec::new(),
                asks: Vec::new(),
                refused: Vec::new(),
            },
            families: Vec::new(),
            wishes: Vec::new(),
            seats: Vec::new(),
        });
        return Some(());
    }
    let round = rounds.last_mut()?;
    match words {
        [kind @ ("preschool" | "settlement"), desk] => {
            let desk = Desk::parse(desk)?;
            let of_kind = match desk {
                Desk::Preschool(_) => "preschool",
                Desk::Settlement(_) => "settlement",
            };
            (of_kind == *kind).then_some(())?;
            round.market.counters.push(Counter {
                desk,
                shelves: Vec::new(),
            });
            round.seats.push(Vec::new());
            Some(())
        }
        ["", "", "class", rest @ ..] => read_class(round, rest, rules),
        ["family", rest @ ..] => read_family(round, rest),
        ["", "", "asks", rest @ ..] => read_ask(round, rest),
        [..] => None,
    }
}

fn read_class(round: &mut Round, words: &[&str], rules: &RuleSet) -> Option<()> {
    let [
        lasts,
        ages,
        language,
        care,
        "phase",
        phase,
        "families",
        families,
        "seats",
        seats @ ..,
    ] = words
    else {
        return None;
    };
    let counter = round.market.counters.last_mut()?;
    let desk = counter.desk;
    let seats = seats.iter().map(|seat| read_seat(seat, desk));
    let seats: Vec<Seat> = seats.collect::<Option<_>>()?;
    counter.shelves.push(Shelf {
        temporary: read_lasts(lasts)?,
        fit: Fit {
            ages: read_ages(ages)?,
            language: TeachingLanguage::from_code(language)?,
            care: read_care(care)?,
        },
        seats: u32::try_from(seats.len()).ok()?,
        phase: Phase::of(phase.parse().ok()?, rules),
        families: families.parse().ok()?,
    });
    round.seats.last_mut()?.push(seats);
    Some(())
}

/// A seat of the preschool whose desk it is, or of the one that is named.
fn read_seat(word: &str, desk: Desk) -> Option<Seat> {
    let (preschool, seat) = match desk {
        Desk::Preschool(id) => (id, word),
        Desk::Settlement(_) => {
            let (id, seat) = word.split_once('/')?;
            (PreschoolId::parse(id).ok()?, seat)
        }
    };
    Some((preschool, seat.parse().ok()?))
}

fn read_family(round: &mut Round, words: &[&str]) -> Option<()> {
    let [family, tier, "born", born, "language", only, care] = words else {
        return None;
    };
    let at = u32::try_from(round.market.asks.len()).ok()?;
    let only_language = if *only == "any" {
        None
    } else {
        Some(TeachingLanguage::from_code(only)?)
    };
    round.market.askers.push(Asker {
        application: u32::try_from(round.families.len()).ok()?,
        tier: Tier::from_code(tier)?,
        needs: Needs {
            birth_year: born.parse().ok()?,
            only_language,
            care: read_care(care)?,
        },
        from: at,
        to: at,
    });
    round.families.push((*family).to_owned());
    Some(())
}

fn read_ask(round: &mut Round, words: &[&str]) -> Option<()> {
    let (desk, wish, order, marks) = match words {
        [desk, "order", order, marks @ ..] => (*desk, *desk, *order, marks),
        [desk, "wish", wish, "order", order, marks @ ..] => (*desk, *wish, *order, marks),
        [..] => return None,
    };
    let desk = Desk::parse(desk)?;
    round.wishes.push(PreschoolId::parse(wish).ok()?);
    let market = &mut round.market;
    let counter = market
        .counters
        .binary_search_by_key(&desk, |counter| counter.desk)
        .ok()?;
    let counter = u32::try_from(counter).ok()?;
    let asker = u32::try_from(market.askers.len().checked_sub(1)?).ok()?;
    let own = market.askers.last_mut()?;
    let mut ask = Ask {
        counter,
        asker,
        choice: u8::try_from(own.to - own.from).ok()?,
        owed: false,
        refused: false,
        order: order.parse().ok()?,
    };
    own.to += 1;
    let mut marks = marks.iter();
    while let Some(mark) = marks.next() {
        if *mark == "owed" {
            ask.owed = true;
        } else if *mark == "refused" {
            ask.refused = true;
            market
                .refused
                .push((asker, counter, marks.next()?.parse().ok()?));
        } else {
            return None;
        }
    }
    market.asks.push(ask);
    Some(())
}

fn read_free_access(free: &mut FreeAccess, words: &[&str]) -> Option<()> {
    match words {
        ["open", "seat", seat, "group", group] => {
            free.seats.push((seat.parse().ok()?, group.parse().ok()?));
        }
        ["claim", family, "group", group] => {
            free.claims
                .push(((*family).to_owned(), group.parse().ok()?));
        }
        [..] => return None,
    }
    Some(())
}

fn read_offer(words: &[&str]) -> Option<Entry> {
    let [
        "offer",
        "seat",
        seat,
        "to",
        family,
        "kind",
        kind,
        "number",
        number,
        "because",
        because,
    ] = words
    else {
        return None;
    };
    Some(Entry {
        seat: seat.parse().ok()?,
        family: (*family).to_owned(),
        kind: OfferKind::from_code(kind)?,
        number: number.parse().ok()?,
        because: Because::from_code(because)?,
    })
}

fn read_lasts(word: &str) -> Option<bool> {
    let words = [("lasting", false), ("temporary", true)];
    let found = words.into_iter().find(|(known, _)| *known == word)?;
    Some(found.1)
}

fn read_ages(word: &str) -> Option<Ages> {
    if let Some(year) = word.strip_prefix("born-") {
        return Some(Ages::BirthYear(year.parse().ok()?));
    }
    let (from, to) = word.strip_prefix("ages-")?.split_once('-')?;
    Some(Ages::Band {
        from: from.parse().ok()?,
        to: to.parse().ok()?,
    })
}

fn read_care(word: &str) -> Option<Care> {
    if let Some(kind) = word.strip_prefix("disorder-") {
        return Some(Care::Disorder(kind.parse().ok()?));
    }
    if let Some(kind) = word.strip_prefix("rehabilitation-") {
        return Some(Care::Rehabilitation(kind.parse().ok()?));
    }
    (word == "ordinary").then_some(Care::Ordinary)
}
