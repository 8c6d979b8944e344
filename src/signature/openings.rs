//! Openings: from which day a service is open in which regions.
//!
//! Law:   004 annex 2, the plan by which regions join.
//! In:    a TOML file, and the numbers of the services that there are.
//! Out:   whether a service is open for a settlement at a moment; else from when, or where it is.
//! Never: says what a sender may: rights do.
//! Start: [`Openings::load`], [`Openings::admit`].

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::envelope::Code;
use crate::terms::{Day, Moment, Settlement, begins_in_a_region};

use super::rights::Filed;
use super::sha256;

/// What names all: services, or regions.
const ALL: &str = "*";

/// Why openings cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum OpeningsFault {
    /// A day that is none.
    #[error("{path}: from is {from:?}; write a day as YYYY-MM-DD")]
    Day {
        /// Which file.
        path: PathBuf,
        /// What it says.
        from: String,
    },
    /// A line that names no service or no region.
    #[error("{0}: each opening must name services and regions")]
    Nothing(PathBuf),
    /// A file that cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A region that the classifier does not have.
    #[error("{path}: no region of КАТО begins with {region:?}; write * or two digits and more")]
    Region {
        /// Which file.
        path: PathBuf,
        /// What it says.
        region: String,
    },
    /// A service that the catalogue does not have.
    #[error("{path}: there is no service {service:?}")]
    Service {
        /// Which file.
        path: PathBuf,
        /// What it says.
        service: String,
    },
    /// A file whose content does not fit.
    #[error("{path}: {what}")]
    Syntax {
        /// Which.
        path: PathBuf,
        /// What is wrong and where.
        what: String,
    },
}

/// Services that open on a day in regions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    services: Vec<String>,
    regions: Vec<String>,
    from: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    openings: Vec<Line>,
}

/// A line that was read.
#[derive(Debug, Clone)]
struct Opening {
    services: Vec<String>,
    regions: Vec<String>,
    from: Day,
}

impl Opening {
    fn names(&self, service: &str) -> bool {
        self.services.iter().any(|s| s == ALL || s == service)
    }

    fn holds(&self, settlement: &Settlement) -> bool {
        let begins = |region: &String| settlement.as_str().starts_with(region.as_str());
        self.regions
            .iter()
            .any(|region| region == ALL || begins(region))
    }

    /// A day begins at midnight in Astana (D-130).
    fn has_begun(&self, at: Moment) -> bool {
        Moment::start_of(self.from) <= at
    }
}

/// Why a service is not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closed {
    /// Nowhere yet; the first day that is set.
    Everywhere(Option<Day>),
    /// Not in this region: its day, if one is set, and the regions that are open.
    Here(Option<Day>, Vec<String>),
}

impl Closed {
    /// The code under which the sender is told.
    pub fn code(&self) -> Code {
        match self {
            Self::Everywhere(_) => Code::ServiceNotOpen,
            Self::Here(..) => Code::RegionNotOpen,
        }
    }
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everywhere(None) => f.write_str("no day is set for it"),
            Self::Everywhere(Some(day)) => write!(f, "it opens on {day}"),
            Self::Here(None, open) => {
                write!(f, "no day is set there; it is open in {}", open.join(" "))
            }
            Self::Here(Some(day), open) => {
                write!(
                    f,
                    "it opens there on {day}; it is open in {}",
                    open.join(" ")
                )
            }
        }
    }
}

/// All openings.
#[derive(Debug)]
pub struct Openings {
    lines: Vec<Opening>,
    file: Filed,
}

impl Openings {
    /// Reads a file, whole or not at all.
    ///
    /// # Errors
    /// [`OpeningsFault`], naming what is wrong with it.
    pub fn load(path: &Path, services: &[&str]) -> Result<Self, OpeningsFault> {
        let at = || path.to_owned();
        let read = |source| OpeningsFault::Read { path: at(), source };
        let facts = std::fs::metadata(path).map_err(read)?;
        let text = std::fs::read_to_string(path).map_err(read)?;
        let file: File = toml::from_str(&text).map_err(|error| OpeningsFault::Syntax {
            path: at(),
            what: error.to_string(),
        })?;
        let lines = file.openings.into_iter();
        let lines = lines.map(|line| checked(line, path, services));
        Ok(Self {
            lines: lines.collect::<Result<_, _>>()?,
            file: Filed::of(sha256(text.as_bytes()), &facts),
        })
    }

    /// How many lines it has.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether nothing opens anywhere.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Each of service, region and day, for the journal.
    pub fn lines(&self) -> BTreeSet<String> {
        let lines = self.lines.iter().flat_map(|line| {
            let services = line.services.iter();
            services.flat_map(move |service| {
                let regions = line.regions.iter();
                regions.map(move |region| format!("{service} {region} {}", line.from))
            })
        });
        lines.collect()
    }

    /// The file that it was read from.
    pub fn file(&self) -> &Filed {
        &self.file
    }

    /// Whether a service is open there; where a request is about no place, whether it is anywhere.
    ///
    /// # Errors
    /// [`Closed`], with the day and the regions that are known.
    pub fn admit(
        &self,
        service: &str,
        settlement: Option<&Settlement>,
        at: Moment,
    ) -> Result<(), Closed> {
        let lines = self.lines.iter().filter(|line| line.names(service));
        let (open, later): (Vec<_>, Vec<_>) = lines.partition(|line| line.has_begun(at));
        if open.is_empty() {
            return Err(Closed::Everywhere(later.iter().map(|line| line.from).min()));
        }
        let Some(settlement) = settlement else {
            return Ok(());
        };
        if open.iter().any(|line| line.holds(settlement)) {
            return Ok(());
        }
        let there = later.iter().filter(|line| line.holds(settlement));
        let regions: BTreeSet<&String> = open.iter().flat_map(|line| &line.regions).collect();
        let regions = regions.into_iter().cloned().collect();
        Err(Closed::Here(there.map(|line| line.from).min(), regions))
    }
}

fn checked(line: Line, path: &Path, services: &[&str]) -> Result<Opening, OpeningsFault> {
    let at = || path.to_owned();
    if line.services.is_empty() || line.regions.is_empty() {
        return Err(OpeningsFault::Nothing(at()));
    }
    let known = |service: &&String| *service == ALL || services.contains(&service.as_str());
    if let Some(service) = line.services.iter().find(|service| !known(service)) {
        let service = service.clone();
        return Err(OpeningsFault::Service {
            path: at(),
            service,
        });
    }
    let there = |region: &&String| *region == ALL || begins_in_a_region(region);
    if let Some(region) = line.regions.iter().find(|region| !there(region)) {
        let region = region.clone();
        return Err(OpeningsFault::Region { path: at(), region });
    }
    let from = Day::parse(&line.from).map_err(|_| OpeningsFault::Day {
        path: at(),
        from: line.from.clone(),
    })?;
    Ok(Opening {
        services: line.services,
        regions: line.regions,
        from,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICES: [&str; 2] = ["S-08", "S-12"];

    fn load(name: &str, text: &str) -> Result<Openings, OpeningsFault> {
        let folder = std::env::temp_dir().join(format!("kezek-openings-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder of the test");
        let path = folder.join(name);
        std::fs::write(&path, text).expect("written");
        let loaded = Openings::load(&path, &SERVICES);
        std::fs::remove_file(path).expect("removed");
        loaded
    }

    fn line(services: &str, regions: &str, from: &str) -> String {
        format!("[[openings]]\nservices = [{services}]\nregions = [{regions}]\nfrom = \"{from}\"\n")
    }

    #[test]
    fn service_opens_at_midnight_of_its_day_in_its_regions() {
        let text = line("\"S-08\"", "\"71\", \"3528\"", "2027-03-01")
            + &line("\"S-08\"", "\"35\"", "2027-06-01");
        let openings = load("opens", &text).expect("openings");
        let day = |text: &str| Day::parse(text).expect("a day");
        let at = |text: &str| Moment::parse(text).expect("a moment");
        let place = |code: &str| Settlement::parse(code).expect("nine digits");
        let ask = |code: &str, when: &str| openings.admit("S-08", Some(&place(code)), at(when));
        let (before, since) = ("2027-02-28T23:59:59.999", "2027-03-01T00:00:00");
        let first = Some(day("2027-03-01"));
        assert_eq!(ask("710000000", before), Err(Closed::Everywhere(first)));
        assert_eq!(ask("710000000", since), Ok(()));
        assert_eq!(ask("352810000", since), Ok(()), "a town before its region");
        let open = vec!["3528".to_owned(), "71".to_owned()];
        let closed = Closed::Here(Some(day("2027-06-01")), open.clone());
        assert_eq!(ask("351010000", since), Err(closed));
        assert_eq!(ask("351010000", "2027-06-01T00:00:00"), Ok(()));
        assert_eq!(ask("750000000", since), Err(Closed::Here(None, open)));
        assert_eq!(openings.admit("S-08", None, at(since)), Ok(()));
        let nowhere = Err(Closed::Everywhere(None));
        assert_eq!(openings.admit("S-12", None, at(since)), nowhere);
    }

    #[test]
    fn line_about_what_is_not_there_is_refused_by_name() {
        let told = |text: String| {
            load("bad", &text)
                .map(|_| ())
                .expect_err("refused")
                .to_string()
        };
        for (text, named) in [
            (line("\"S-99\"", "\"*\"", "2027-03-01"), "S-99"),
            (line("\"S-08\"", "\"7\"", "2027-03-01"), "\"7\""),
            (line("\"S-08\"", "\"*\"", "2027-02-29"), "2027-02-29"),
            (line("", "\"*\"", "2027-03-01"), "must name"),
            (
                line("\"S-08\"", "\"*\"", "2027-03-01") + "until = 1\n",
                "until",
            ),
        ] {
            assert!(told(text.clone()).contains(named), "{text}");
        }
    }
}
