//! City: what is simulated, as a file says it.

use serde::Deserialize;

use crate::terms::Day;

/// A city and its families. Shares are of a thousand.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct City {
    /// How it is called; every city is invented.
    pub name: String,
    /// From which number chance begins.
    pub seed: u64,
    /// The first day, `YYYY-MM-DD`.
    from: String,
    /// How many years.
    pub years: u32,
    /// How many days lie between two distributions: one, as the law has it, or more to go faster.
    #[serde(default = "one")]
    pub days_between_nights: u32,
    /// How many preschools, each with all these groups.
    pub preschools: u32,
    /// The groups of a preschool.
    pub groups: Vec<Cohort>,
    /// Applications that wait on the first day.
    pub waiting: u32,
    /// Children for whom an application is filed in a month.
    pub applications_per_month: u32,
    /// Families with a priority benefit.
    pub priority: u32,
    /// Families with a benefit out of turn.
    pub out_of_turn: u32,
    /// Families that name an order of preference.
    pub prefer: u32,
    /// Families that want one language only.
    pub one_language_only: u32,
    /// Offers that are refused.
    pub refuse: u32,
    /// Offers that are not answered.
    pub silent: u32,
    /// Referrals whose documents are not brought in time.
    pub lost_referrals: u32,
    /// Waiting families that withdraw within a month.
    pub withdraw: u32,
}

/// The groups of one kind in a preschool.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cohort {
    /// The youngest age that they serve.
    pub from: u8,
    /// The oldest.
    pub to: u8,
    /// `kk`, `ru` …
    pub language: String,
    /// Seats.
    pub seats: u32,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum CityFault {
    /// It is no such TOML.
    #[error("not a city: {0}")]
    Syntax(#[from] toml::de::Error),
    /// A value is out of its range.
    #[error("{field}: {rule}")]
    Value {
        /// Where.
        field: &'static str,
        /// What it must be.
        rule: &'static str,
    },
}

fn one() -> u32 {
    1
}

impl City {
    /// Reads a file.
    ///
    /// # Errors
    /// [`CityFault`], with the field and what it must be.
    pub fn read(text: &str) -> Result<Self, CityFault> {
        let city: Self = toml::from_str(text)?;
        city.check()?;
        Ok(city)
    }

    fn check(&self) -> Result<(), CityFault> {
        let fault = |field, rule| Err(CityFault::Value { field, rule });
        if Day::parse(&self.from).is_err() {
            return fault("from", "a day as YYYY-MM-DD");
        }
        if !(1..=20).contains(&self.years) {
            return fault("years", "one to twenty");
        }
        if !(1..=60).contains(&self.days_between_nights) {
            return fault("days_between_nights", "one to sixty");
        }
        if !(1..=1000).contains(&self.preschools) {
            return fault("preschools", "one to a thousand");
        }
        let good = |cohort: &Cohort| {
            let language = crate::terms::TeachingLanguage::from_code(&cohort.language);
            cohort.from <= cohort.to && cohort.to <= 6 && cohort.seats <= 1000 && language.is_some()
        };
        if self.groups.is_empty() || self.groups.len() > 50 || !self.groups.iter().all(good) {
            return fault(
                "groups",
                "ages up to six, a language, at most a thousand seats",
            );
        }
        if self.waiting > 1_000_000 || self.applications_per_month > 100_000 {
            return fault("waiting", "at most a million, and 100 000 a month");
        }
        let shares = [
            self.priority + self.out_of_turn,
            self.prefer,
            self.one_language_only,
            self.refuse + self.silent,
            self.lost_referrals,
            self.withdraw,
        ];
        if shares.iter().any(|share| *share > 1000) {
            return fault(
                "priority",
                "shares of a thousand, together no more than all",
            );
        }
        Ok(())
    }

    /// The first day.
    pub(super) fn first_day(&self) -> Day {
        Day::parse(&self.from)
            .unwrap_or_else(|_| Day::from_parts(2026, 9, 1).expect("September has thirty days"))
    }

    /// How many days are lived.
    pub(super) fn days(&self) -> u32 {
        self.years * 365
    }
}
