//! Applications: looked up, lodged, read back.
//!
//! Law:   004 1_1 p.4, p.6, p.8 (fields), pt.16, pt.20; the constraints of the table say it again.
//! Locks: the child, for the length of the transaction: two senders cannot race for it.

mod change;
mod filed;
mod update;

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::future;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::place::{COUNT_LODGED, COUNT_LODGED_BY_CARE, counted_from};
use super::preschool::{FIND_PRESCHOOLS, preschool_from};
use super::{Counted, Preschool, Transaction, Trouble};
use crate::terms::{
    Citizenship, Day, Email, Iin, Moment, PersonName, Phone, PreschoolId, Settlement, Sex,
    TeachingLanguage,
};

pub use change::Leave;
use filed::{ACTIVE_OF_CHILD, FILED_FOR, FIND_KNOWN, filed_from, settlement_from};
pub use filed::{Filed, Ground};
pub(super) use filed::{iin_from, name_from};
pub use update::{Amendment, Entries, EntryRow, NewChoice, Standing};

/// What a registration asks before it decides.
#[derive(Debug, Clone, Copy)]
pub struct Enquiry<'a> {
    /// The child that is locked.
    pub child: &'a Iin,
    /// Code of the kind of queue.
    pub kind: &'a str,
    /// The verified sender.
    pub sender: &'a str,
    /// The number that the sender gave.
    pub application_id: &'a str,
    /// The preschools chosen.
    pub preschools: &'a [PreschoolId],
}

/// What the registry knows before a registration is decided.
#[derive(Debug, Clone)]
pub struct Prospect {
    /// The preschools of the enquiry that exist.
    pub preschools: Vec<Preschool>,
    /// The application that this sender has already filed under this number, in any state.
    pub known: Option<Filed>,
    /// The child's active application of this kind, whoever filed it (004 pt.20).
    pub active: Option<Active>,
}

/// An active application, as far as another sender may learn of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Active {
    /// Our number.
    pub number: i64,
    /// Whose it is.
    pub sender: String,
    /// Where it stands.
    pub settlement: Settlement,
}

/// An application as it is to be kept: the 21 fields of 004 1_1 p.4, the 23 of p.6 or the 21 of
/// p.8, what pt.14 adds, and what the law decided. Numbers in brackets are those of p.4.
#[derive(Debug, Clone, Copy)]
pub struct Lodging<'a> {
    /// The verified sender.
    pub sender: &'a str,
    /// The number that the sender gave (1).
    pub application_id: &'a str,
    /// Code of the kind of queue (3).
    pub kind: &'a str,
    /// The settlement (4).
    pub settlement: Settlement,
    /// Code of the state: `WAITING`, `BENEFIT_CHECK` or `IDENTITY_CHECK`.
    pub state: &'a str,
    /// Code of the tier in which it is counted.
    pub tier: &'a str,
    /// The year of birth, key of the queue.
    pub birth_year: i32,
    /// The time that the sender signed (2).
    pub stated_at: Moment,
    /// The time of our reception.
    pub received_at: Moment,
    /// The time that counts (D-35).
    pub filed_at: Moment,
    /// `STATED` or `RECEIVED`.
    pub filed_at_source: &'a str,
    /// The last day of validity.
    pub valid_until: Day,
    /// The rule set by which it was decided.
    pub rule_set: &'a str,
    /// SHA-256 of the application as it was signed.
    pub content_digest: &'a [u8; 32],
    /// The applicant's number (5).
    pub applicant_iin: &'a Iin,
    /// The applicant's name (6).
    pub applicant_name: &'a PersonName,
    /// Code of the applicant's type (7).
    pub applicant_type: &'a str,
    /// The phones (8–10): one to three.
    pub phones: &'a [Phone],
    /// The e-mail address (11).
    pub email: Option<&'a Email>,
    /// The child's number (12).
    pub child_iin: &'a Iin,
    /// The child's name (13).
    pub child_name: &'a PersonName,
    /// The child's birth date (16).
    pub child_birth_date: Day,
    /// The child's sex (17).
    pub child_sex: Sex,
    /// The child's citizenship (18).
    pub child_citizenship: Citizenship,
    /// The child's nationality (pt.14).
    pub child_nationality: Option<&'a str>,
    /// Code of the benefit claimed (14, 15).
    pub benefit: Option<&'a str>,
    /// The language wished for (19).
    pub language: TeachingLanguage,
    /// Is the wish hard (D-13)?
    pub language_only: bool,
    /// The preschools in the order sent, each with its preference if named (20).
    pub choices: &'a [(PreschoolId, Option<u8>)],
    /// Why no seat can be offered yet, if so: `IDENTITY` (D-25).
    pub held_by: Option<&'a str>,
    /// Was consent to publication given (pt.14)? Consent to processing (21) always is.
    pub publication_consent: bool,
    /// The ground of a special or sanatorium queue (p.6, p.8); none in a general one.
    pub ground: Option<&'a Ground>,
}

/// What was kept, with the counts that the answer needs.
#[derive(Debug, Clone)]
pub struct Lodged {
    /// Our number, which is also the sequence that breaks ties.
    pub number: i64,
    /// Where it stands in each queue, itself included.
    pub counted: Counted,
}

const LOCK_CHILD: &str = "SELECT pg_advisory_xact_lock(hashtextextended('child ' || $1::text, 0))";

const FIND_ACTIVE: &str = "
    SELECT id, sender, settlement
    FROM application
    WHERE child_iin = $1 AND kind = $2 AND state <> 'CLOSED'";

pub(super) const LODGE: &str = include_str!("application/lodge.sql");

impl Transaction {
    /// Locks the child until the end of the transaction and looks up what a registration has to
    /// know, in one round trip: each statement sees what was committed before the lock was given.
    pub async fn prospect(&self, enquiry: &Enquiry<'_>) -> Result<Prospect, Trouble> {
        let lock = self.prepare(LOCK_CHILD).await?;
        let preschools = self.prepare(FIND_PRESCHOOLS).await?;
        let known = self.prepare(FIND_KNOWN).await?;
        let active = self.prepare(FIND_ACTIVE).await?;
        let child = enquiry.child.as_str();
        let ids: Vec<&str> = enquiry.preschools.iter().map(PreschoolId::as_str).collect();
        let client = self.client();
        let (_, preschools, known, active) = future::try_join4(
            client.execute(&lock, &[&child]),
            client.query(&preschools, &[&ids]),
            client.query_opt(&known, &[&enquiry.sender, &enquiry.application_id]),
            client.query_opt(&active, &[&child, &enquiry.kind]),
        )
        .await?;
        Ok(Prospect {
            preschools: preschools
                .iter()
                .map(preschool_from)
                .collect::<Result<_, _>>()?,
            known: known.as_ref().map(filed_from).transpose()?,
            active: active.as_ref().map(active_from).transpose()?,
        })
    }

    /// Keeps an application with its entries and counts where each of them stands, in one round
    /// trip.
    pub async fn lodge(&self, lodging: &Lodging<'_>) -> Result<Lodged, Trouble> {
        let lodge = self.prepare(LODGE).await?;
        let count = match lodging.ground {
            None => COUNT_LODGED,
            Some(_) => COUNT_LODGED_BY_CARE,
        };
        let count = self.prepare(count).await?;
        let columns = Columns::of(lodging)?;
        let client = self.client();
        let (lodged, counted) = future::try_join(
            client.query_one(&lodge, &columns.values(lodging)),
            client.query(&count, &[&lodging.sender, &lodging.application_id]),
        )
        .await?;
        let entries: i64 = lodged.get("entries");
        if usize::try_from(entries) != Ok(lodging.choices.len()) {
            return Err(Trouble::Unexpected("not every choice became an entry"));
        }
        Ok(Lodged {
            number: lodged.get("id"),
            counted: counted_from(&counted)?,
        })
    }

    /// The active applications of a child, at most one of each kind (004 pt.20).
    pub async fn active_of_child(&self, child: &Iin) -> Result<Vec<Filed>, Trouble> {
        let rows = self.rows(ACTIVE_OF_CHILD, &[&child.as_str()]).await?;
        rows.iter().map(filed_from).collect()
    }

    /// What this applicant filed for this child and is in a queue or brought a referral, the last
    /// first.
    pub async fn filed_for(&self, child: &Iin, applicant: &Iin) -> Result<Vec<Filed>, Trouble> {
        let of = (child.as_str(), applicant.as_str());
        let rows = self.rows(FILED_FOR, &[&of.0, &of.1]).await?;
        rows.iter().map(filed_from).collect()
    }
}

/// Values that live only for the statement: what the driver wants in other shapes than ours.
struct Columns<'a> {
    settlement: &'a str,
    birth_year: i16,
    times: [DateTime<Utc>; 3],
    days: [NaiveDate; 2],
    digest: &'a [u8],
    applicant: [Option<&'a str>; 4],
    child: [Option<&'a str>; 4],
    phones: [Option<&'a str>; 3],
    email: Option<&'a str>,
    sex: &'a str,
    citizenship: &'a str,
    language: &'a str,
    preschools: Vec<&'a str>,
    preferences: Vec<Option<i16>>,
    ground: [Option<&'a str>; 2],
    ground_days: [Option<NaiveDate>; 2],
}

impl<'a> Columns<'a> {
    fn of(lodging: &'a Lodging<'a>) -> Result<Self, Trouble> {
        let phone = |at: usize| lodging.phones.get(at).map(Phone::as_str);
        let person = |iin: &'a Iin, name: &'a PersonName| {
            [
                Some(iin.as_str()),
                Some(name.surname()),
                Some(name.given()),
                name.patronymic(),
            ]
        };
        let preference = |wish: &Option<u8>| wish.map(i16::from);
        Ok(Self {
            settlement: lodging.settlement.as_str(),
            birth_year: i16::try_from(lodging.birth_year)
                .map_err(|_| Trouble::Unexpected("a year of birth that no column holds"))?,
            times: [lodging.stated_at, lodging.received_at, lodging.filed_at].map(Moment::to_utc),
            days: [
                lodging.valid_until.to_date(),
                lodging.child_birth_date.to_date(),
            ],
            digest: lodging.content_digest.as_slice(),
            applicant: person(lodging.applicant_iin, lodging.applicant_name),
            child: person(lodging.child_iin, lodging.child_name),
            phones: [phone(0), phone(1), phone(2)],
            email: lodging.email.map(Email::as_str),
            sex: lodging.child_sex.code(),
            citizenship: lodging.child_citizenship.code(),
            language: lodging.language.code(),
            preschools: lodging.choices.iter().map(|(id, _)| id.as_str()).collect(),
            preferences: lodging
                .choices
                .iter()
                .map(|(_, wish)| preference(wish))
                .collect(),
            ground: [
                lodging.ground.map(|ground| ground.care.as_str()),
                lodging.ground.map(|ground| ground.number.as_str()),
            ],
            ground_days: [
                lodging.ground.map(|ground| ground.from.to_date()),
                lodging.ground.map(|ground| ground.until.to_date()),
            ],
        })
    }

    /// In the order of the parameters of `lodge.sql`.
    fn values(&'a self, lodging: &'a Lodging<'a>) -> [&'a (dyn ToSql + Sync); 42] {
        [
            &lodging.sender,
            &lodging.application_id,
            &lodging.kind,
            &self.settlement,
            &lodging.state,
            &lodging.tier,
            &self.birth_year,
            &self.times[0],
            &self.times[1],
            &self.times[2],
            &lodging.filed_at_source,
            &self.days[0],
            &lodging.rule_set,
            &self.digest,
            &self.applicant[0],
            &self.applicant[1],
            &self.applicant[2],
            &self.applicant[3],
            &lodging.applicant_type,
            &self.phones[0],
            &self.phones[1],
            &self.phones[2],
            &self.email,
            &self.child[0],
            &self.child[1],
            &self.child[2],
            &self.child[3],
            &self.days[1],
            &self.sex,
            &self.citizenship,
            &lodging.child_nationality,
            &lodging.benefit,
            &self.language,
            &lodging.language_only,
            &lodging.publication_consent,
            &self.preschools,
            &self.preferences,
            &lodging.held_by,
            &self.ground[0],
            &self.ground[1],
            &self.ground_days[0],
            &self.ground_days[1],
        ]
    }
}

fn active_from(row: &Row) -> Result<Active, Trouble> {
    Ok(Active {
        number: row.get("id"),
        sender: row.get("sender"),
        settlement: settlement_from(row)?,
    })
}
