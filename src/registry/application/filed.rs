//! Applications as they were kept, read back whole.

use chrono::NaiveDate;
use tokio_postgres::Row;

use crate::registry::Trouble;
use crate::registry::place::small;
use crate::terms::{
    Citizenship, Day, Email, Iin, Moment, PersonName, Phone, PreschoolId, Settlement, Sex,
    TeachingLanguage,
};

/// An application as it was kept: 004 1_1 p.4, p.6, p.8, pt.14, and what the law decided.
#[derive(Debug, Clone)]
pub struct Filed {
    /// Our number.
    pub number: i64,
    /// Whose it is.
    pub sender: String,
    /// The number that the sender gave.
    pub application_id: String,
    /// Code of the kind of queue.
    pub kind: String,
    /// The settlement.
    pub settlement: Settlement,
    /// Code of the state.
    pub state: String,
    /// Code of the state in which it ended, if it did: then it is in no queue.
    pub closed_because: Option<String>,
    /// Code of the tier.
    pub tier: String,
    /// The year of birth.
    pub birth_year: i32,
    /// The time that the sender signed.
    pub stated_at: Moment,
    /// The time of our reception.
    pub received_at: Moment,
    /// The time that counts.
    pub filed_at: Moment,
    /// `STATED` or `RECEIVED`.
    pub filed_at_source: String,
    /// The last day of validity.
    pub valid_until: Day,
    /// SHA-256 of the application as it was signed.
    pub content_digest: Vec<u8>,
    /// The applicant's number.
    pub applicant_iin: Iin,
    /// The applicant's name.
    pub applicant_name: PersonName,
    /// Code of the applicant's type.
    pub applicant_type: String,
    /// The phones: one to three.
    pub phones: Vec<Phone>,
    /// The e-mail address.
    pub email: Option<Email>,
    /// The child's number.
    pub child_iin: Iin,
    /// The child's name.
    pub child_name: PersonName,
    /// The child's birth date.
    pub child_birth_date: Day,
    /// The child's sex.
    pub child_sex: Sex,
    /// The child's citizenship.
    pub child_citizenship: Citizenship,
    /// The child's nationality.
    pub child_nationality: Option<String>,
    /// Code of the benefit claimed.
    pub benefit: Option<String>,
    /// The language wished for.
    pub language: TeachingLanguage,
    /// Is the wish hard (D-13)?
    pub language_only: bool,
    /// The preschools in the order sent, each with its preference if named.
    pub choices: Vec<(PreschoolId, Option<u8>)>,
    /// Was consent to publication given?
    pub publication_consent: bool,
    /// The ground of a special or sanatorium queue; none in a general one.
    pub ground: Option<Ground>,
}

/// On what ground an application stands in a queue that is not general (004 1_1 p.6, p.8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// Number of the conclusion, or of the referral of a doctor.
    pub number: String,
    /// The first day on which that paper counts.
    pub from: Day,
    /// Its last day.
    pub until: Day,
    /// Code of the disorder, or of the rehabilitation or prevention.
    pub care: String,
}

/// Every column of a [`Filed`], its entries as two arrays in the order of the choices.
macro_rules! filed_where {
    ($condition:literal) => {
        concat!(
            "SELECT a.id, a.sender, a.application_id, a.kind, a.settlement, a.state, a.closed_because, a.tier,
                    a.birth_year, a.stated_at, a.received_at, a.filed_at, a.filed_at_source,
                    a.valid_until, a.content_digest, a.applicant_iin, a.applicant_surname,
                    a.applicant_given, a.applicant_patronymic, a.applicant_type, a.phone, a.phone2,
                    a.phone3, a.email, a.child_iin, a.child_surname, a.child_given,
                    a.child_patronymic, a.child_birth_date, a.child_sex, a.child_citizenship,
                    a.child_nationality, a.benefit, a.language, a.language_only,
                    a.publication_consent_at IS NOT NULL AS publication_consent,
                    a.care, a.ground_number, a.ground_from, a.ground_until,
                    e.preschools, e.preferences
             FROM application a
             CROSS JOIN LATERAL (
                 SELECT array_agg(preschool ORDER BY position) AS preschools,
                        array_agg(preference ORDER BY position) AS preferences
                 FROM entry
                 WHERE application = a.id AND position IS NOT NULL
             ) e
             WHERE ",
            $condition
        )
    };
}

/// What this sender has filed under this number, in any state.
pub(super) const FIND_KNOWN: &str = filed_where!("a.sender = $1 AND a.application_id = $2");

/// The application of this number, in any state.
pub(super) const FIND_NUMBER: &str = filed_where!("a.id = $1");

/// What a child has in the queues, at most one of each kind (004 pt.20).
pub(super) const ACTIVE_OF_CHILD: &str =
    filed_where!("a.child_iin = $1 AND a.state <> 'CLOSED' ORDER BY a.kind LIMIT 8");

/// What an applicant filed for a child, in a queue or with a referral. Both are found by the child:
/// applications that ended without one are in no index by it, and brought no papers.
pub(super) const FILED_FOR: &str = filed_where!(
    "a.id IN (SELECT id FROM application WHERE child_iin = $1 AND state <> 'CLOSED'
              UNION SELECT application FROM referral WHERE child_iin = $1)
     AND a.applicant_iin = $2 ORDER BY a.id DESC LIMIT 32"
);

pub(super) fn filed_from(row: &Row) -> Result<Filed, Trouble> {
    Ok(Filed {
        number: row.get("id"),
        sender: row.get("sender"),
        application_id: row.get("application_id"),
        kind: row.get("kind"),
        settlement: settlement_from(row)?,
        state: row.get("state"),
        closed_because: row.get("closed_because"),
        tier: row.get("tier"),
        birth_year: i32::from(row.get::<_, i16>("birth_year")),
        stated_at: Moment::from_utc(row.get("stated_at")),
        received_at: Moment::from_utc(row.get("received_at")),
        filed_at: Moment::from_utc(row.get("filed_at")),
        filed_at_source: row.get("filed_at_source"),
        valid_until: day_from(row, "valid_until"),
        content_digest: row.get("content_digest"),
        applicant_iin: iin_from(row, "applicant_iin")?,
        applicant_name: name_from(row, "applicant")?,
        applicant_type: row.get("applicant_type"),
        phones: phones_from(row)?,
        email: text_from(row, "email", Email::parse)?,
        child_iin: iin_from(row, "child_iin")?,
        child_name: name_from(row, "child")?,
        child_birth_date: day_from(row, "child_birth_date"),
        child_sex: known(Sex::from_code(row.get("child_sex")))?,
        child_citizenship: known(Citizenship::parse(row.get("child_citizenship")))?,
        child_nationality: row.get("child_nationality"),
        benefit: row.get("benefit"),
        language: known(TeachingLanguage::from_code(row.get("language")))?,
        language_only: row.get("language_only"),
        choices: choices_from(row)?,
        publication_consent: row.get("publication_consent"),
        ground: ground_from(row),
    })
}

/// All four columns are there, or none is.
fn ground_from(row: &Row) -> Option<Ground> {
    let care: Option<String> = row.get("care");
    care.map(|care| Ground {
        number: row.get("ground_number"),
        from: day_from(row, "ground_from"),
        until: day_from(row, "ground_until"),
        care,
    })
}

pub(super) fn settlement_from(row: &Row) -> Result<Settlement, Trouble> {
    Settlement::parse(row.get("settlement"))
        .map_err(|_| Trouble::Unexpected("a code that is no settlement's"))
}

fn day_from(row: &Row, column: &str) -> Day {
    Day::from(row.get::<_, NaiveDate>(column))
}

pub(in crate::registry) fn iin_from(row: &Row, column: &str) -> Result<Iin, Trouble> {
    Iin::parse(row.get(column)).map_err(|_| Trouble::Unexpected("a number that is no person's"))
}

pub(in crate::registry) fn name_from(row: &Row, whose: &str) -> Result<PersonName, Trouble> {
    let part = |which: &str| format!("{whose}_{which}");
    PersonName::new(
        row.get(part("surname").as_str()),
        row.get(part("given").as_str()),
        row.get(part("patronymic").as_str()),
    )
    .map_err(|_| Trouble::Unexpected("a text that is no name"))
}

fn text_from<T>(
    row: &Row,
    column: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Trouble> {
    let text: Option<&str> = row.get(column);
    text.map(|text| known(parse(text))).transpose()
}

fn phones_from(row: &Row) -> Result<Vec<Phone>, Trouble> {
    let mut phones = Vec::with_capacity(3);
    for column in ["phone", "phone2", "phone3"] {
        phones.extend(text_from(row, column, Phone::parse)?);
    }
    Ok(phones)
}

fn choices_from(row: &Row) -> Result<Vec<(PreschoolId, Option<u8>)>, Trouble> {
    let preschools: Vec<&str> = row.get("preschools");
    let preferences: Vec<Option<i16>> = row.get("preferences");
    let both = preschools.into_iter().zip(preferences);
    both.map(|(preschool, preference)| {
        let preschool = known(PreschoolId::parse(preschool).ok())?;
        Ok((preschool, preference.map(small).transpose()?))
    })
    .collect()
}

fn known<T>(value: Option<T>) -> Result<T, Trouble> {
    value.ok_or(Trouble::Unexpected("a value that our types do not have"))
}
