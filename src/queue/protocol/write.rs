//! The text of a protocol.

use std::fmt::{self, Write as _};

use super::{Protocol, Round};
use crate::queue::desk::Desk;

/// The first line of every protocol.
pub(super) const HEADING: &str = "kezek protocol 1";

impl Protocol {
    /// The text: one fact per line, words between single spaces, two spaces before what belongs to
    /// the line above.
    pub fn write(&self) -> String {
        let mut text = String::new();
        self.write_to(&mut text)
            .expect("a string can be written to");
        text
    }

    fn write_to(&self, text: &mut String) -> fmt::Result {
        writeln!(text, "{HEADING}")?;
        writeln!(text, "night {}", self.taken_at)?;
        writeln!(
            text,
            "rules {} ratio {} oldest {}",
            self.rules, self.general_per_priority, self.band_age_max_years
        )?;
        for round in &self.rounds {
            write_round(text, round)?;
        }
        for (seat, group) in &self.free_access.seats {
            writeln!(text, "open seat {seat} group {group}")?;
        }
        for (family, group) in &self.free_access.claims {
            writeln!(text, "claim {family} group {group}")?;
        }
        for offer in &self.offers {
            writeln!(
                text,
                "offer seat {} to {} kind {} number {} because {}",
                offer.seat,
                offer.family,
                offer.kind.code(),
                offer.number,
                offer.because.code()
            )?;
        }
        writeln!(text, "end")
    }
}

fn write_round(text: &mut String, round: &Round) -> fmt::Result {
    let market = &round.market;
    writeln!(text, "round year {}", market.year)?;
    for (counter, seats) in market.counters.iter().zip(&round.seats) {
        match counter.desk {
            Desk::Preschool(_) => writeln!(text, "preschool {}", counter.desk)?,
            Desk::Settlement(_) => writeln!(text, "settlement {}", counter.desk)?,
        }
        for (shelf, seats) in counter.shelves.iter().zip(seats) {
            let fit = &shelf.fit;
            write!(
                text,
                "  class {} {} {} {} phase {} families {} seats",
                if shelf.temporary {
                    "temporary"
                } else {
                    "lasting"
                },
                fit.ages,
                fit.language.code(),
                fit.care,
                shelf.phase.general_served(),
                shelf.families
            )?;
            for (preschool, seat) in seats {
                match counter.desk {
                    Desk::Preschool(_) => write!(text, " {seat}")?,
                    Desk::Settlement(_) => write!(text, " {}/{seat}", preschool.as_str())?,
                }
            }
            writeln!(text)?;
        }
    }
    for ((asker, family), at) in market.askers.iter().zip(&round.families).zip(0u32..) {
        let only = asker
            .needs
            .only_language
            .map_or("any", |language| language.code());
        writeln!(
            text,
            "family {family} {} born {} language {only} {}",
            asker.tier.code(),
            asker.needs.birth_year,
            asker.needs.care
        )?;
        for ask in asker.from as usize..asker.to as usize {
            let (ask, wish) = (&market.asks[ask], round.wishes[ask]);
            let desk = market.counters[ask.counter as usize].desk;
            write!(text, "  asks {desk}")?;
            if desk != Desk::Preschool(wish) {
                write!(text, " wish {}", wish.as_str())?;
            }
            write!(text, " order {}", ask.order)?;
            if ask.owed {
                write!(text, " owed")?;
            }
            let own = (at, ask.counter, 0);
            let from = market.refused.partition_point(|row| *row < own);
            let refused = market.refused[from..].iter();
            for (_, _, shelf) in refused.take_while(|row| (row.0, row.1) == (at, ask.counter)) {
                write!(text, " refused {shelf}")?;
            }
            writeln!(text)?;
        }
    }
    Ok(())
}
