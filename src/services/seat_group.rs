//! S-14: a preschool reports a group and its seats (регистрация данных о группе и местах).
//!
//! Law:   004 1_10 No. 14; 1_5 st.1, st.2 (what is checked), p.2(3), (4), p.3 (the nine fields),
//!        p.4; pt.25, pt.26, pt.32; decisions D-12, D-45, D-46, D-48, D-50.
//! In:    `k:seatGroup`: the nine fields, and what the other points need and p.3 does not list:
//!        what a special group is for, which free seats are paid for, which are free for a time.
//! Out:   `k:seatGroupAnswer`, or a rejection.
//! Never: takes part of a report: the group is as it says, or as it was before.
//! Start: [`read`], then `handle`.

use serde_json::json;

use super::finding::{Code, Findings};
use super::reading::{self, Sequence};
use super::seats::{self, Blocked, Registered};
use super::{Asked, Checked, Handling, Outcome, kept};
use crate::queue::application::PreschoolKind;
use crate::queue::group::{self, Known, Report};
use crate::queue::refusal::Refusal;
use crate::queue::rules;
use crate::queue::seat::Ages;
use crate::registry::{CodeList, Group, GroupNow, GroupSeats, SeatReport, Transaction, Trouble};
use crate::terms::{Day, Moment, OwnerNumber, PreschoolId, TeachingLanguage};
use crate::xml::Element;

/// The local name of the request.
pub const REQUEST: &str = "seatGroup";
/// The local name of the answer.
pub const ANSWER: &str = "seatGroupAnswer";
/// The most periods of seats that are free for a time.
const PERIODS_MAX: usize = 20;

/// The report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// id ДО.
    pub preschool: PreschoolId,
    /// БИН или ИИН ДО.
    pub owner: OwnerNumber,
    /// id группы.
    pub group_id: String,
    /// Наименование группы.
    pub name: String,
    /// Тип группы.
    pub kind: PreschoolKind,
    /// Возрастная категория: a code of the list.
    pub age: String,
    /// The year of birth that the preschool fixes (D-12).
    pub birth_year: Option<i32>,
    /// Язык обучения.
    pub language: TeachingLanguage,
    /// Вид нарушения или реабилитации (pt.26).
    pub purpose: Option<String>,
    /// Количество мест в группе.
    pub seats: u32,
    /// Количество свободных мест.
    pub free: u32,
    /// How many of those are not of the state order (pt.25, D-50).
    pub paid: u32,
    /// The last day of each seat that is free for a time (pt.32).
    pub temporary: Vec<Day>,
}

/// The result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The six fields of 1_5 p.4, and what blocks seats of the group.
    pub registered: Registered,
}

/// Reads the report, or says everything that is wrong with it.
///
/// # Errors
/// [`Findings`], never empty.
pub fn read(payload: Element<'_>, received: Moment) -> Result<Request, Findings> {
    reading::whole(payload, REQUEST, |form| {
        let preschool = form.value("preschool", reading::preschool);
        let owner = form.value("ownerNumber", reading::owner_number);
        let group_id = form.value("groupId", reading::application_id);
        let name = form.value("groupName", reading::group_name);
        let kind = form.value("groupType", |text| {
            reading::listed(PreschoolKind::from_code(text))
        });
        let age = form.value("ageCategory", reading::code);
        let birth_year = form.maybe("birthYear", reading::birth_year);
        let language = form.value("language", |text| {
            reading::listed(TeachingLanguage::from_code(text))
        });
        let purpose = purpose(form, kind);
        let seats = form.value("seats", reading::seat_count);
        let free = form.value("freeSeats", reading::seat_count);
        let paid = form.maybe("paidSeats", reading::seat_count);
        let temporary = temporary(form, received.day());
        let counts = seats.zip(free);
        if counts.is_some_and(|(seats, free)| {
            free > seats || paid.unwrap_or(0) > free || temporary.len() > (seats - free) as usize
        }) {
            form.about("freeSeats", Code::SeatsDoNotAddUp);
        }
        Some(Request {
            preschool: preschool?,
            owner: owner?,
            group_id: group_id?,
            name: name?,
            kind: kind?,
            age: age?,
            birth_year,
            language: language?,
            purpose,
            seats: seats?,
            free: free?,
            paid: paid.unwrap_or(0),
            temporary,
        })
    })
}

/// pt.26(2), (3): an ordinary group is for no disorder and no rehabilitation, the others for one.
fn purpose(form: &mut Sequence<'_, '_>, kind: Option<PreschoolKind>) -> Option<String> {
    let stands = form.optional("purpose");
    let misplaced = match kind {
        Some(PreschoolKind::General) => stands.is_some(),
        Some(PreschoolKind::Sanatorium | PreschoolKind::Special) => stands.is_none(),
        None => false,
    };
    if misplaced {
        form.about("purpose", Code::PurposeMisplaced);
    }
    reading::leaf_value(stands?, form.findings, reading::code)
}

/// A day for each seat whose child is away until then.
fn temporary(form: &mut Sequence<'_, '_>, today: Day) -> Vec<Day> {
    let mut days = Vec::new();
    for _ in 0..PERIODS_MAX {
        let Some(period) = form.optional("temporarilyFree") else {
            break;
        };
        let read = reading::inside(period, form.findings, |period| {
            let seats = period.value("seats", reading::seat_count);
            let until = period.value("until", reading::day);
            if until.is_some_and(|until| until < today) {
                period.about("until", Code::TemporaryTimeOver);
            }
            seats.zip(until)
        });
        if let Some((seats, until)) = read {
            days.extend(std::iter::repeat_n(until, seats as usize));
        }
    }
    days
}

/// What the door asks: is the payload in order, and which settlement is it about?
pub(super) fn check(payload: Element<'_>, received: Moment) -> Result<Checked, Findings> {
    read(payload, received).map(|request| Checked::about(request.preschool.settlement()))
}

/// Registers the group and its seats.
pub(super) fn handle<'a>(
    transaction: &'a Transaction,
    payload: Element<'a>,
    asked: &'a Asked,
) -> Handling<'a> {
    Box::pin(async move {
        match read(payload, asked.received_at) {
            Ok(request) => register(transaction, &request, asked).await,
            Err(findings) => Ok(Outcome::with_findings(&findings)),
        }
    })
}

async fn register(
    transaction: &Transaction,
    request: &Request,
    asked: &Asked,
) -> Result<Outcome, Trouble> {
    let id = request.preschool;
    let now = transaction.group_seats(id, &request.group_id).await?;
    let Some(known) = known(transaction, request, &now).await? else {
        let at = format!("/{REQUEST}/preschool");
        return Ok(Outcome::unknown(Refusal::PreschoolUnknown(id), &at));
    };
    let ages = transaction.ages_of(&request.age).await?;
    let report = Report {
        kind: request.kind,
        ages: ages.map(|[from, to]| Ages::Band { from, to }),
        birth_year: request.birth_year,
        seats: request.seats,
        free: request.free,
        paid: request.paid,
        temporary: request.temporary.clone(),
        sent_at: asked.sent_at,
    };
    let blocked = match now.group {
        Some(group) => Blocked::of(transaction, group.id, &known.seats).await?,
        None => Blocked::default(),
    };
    let changes = match group::register(&report, &known, rules::current()) {
        Ok(changes) => changes,
        Err(refusal) => {
            let at = format!("/{REQUEST}/{}", place_of(refusal));
            return Ok(seats::refused(
                refusal,
                &at,
                &blocked,
                json!(now.group.map(|it| it.id)),
            ));
        }
    };
    let group = keep_group(transaction, request, asked).await?;
    let before = now.group.map_or((0, 0), |it: GroupNow| (it.seats, it.free));
    let number = transaction
        .keep_report(
            &SeatReport {
                group,
                sender: &asked.sender,
                sent_at: asked.sent_at,
                received_at: asked.received_at,
                before,
                after: (request.seats, request.free),
                ground: None,
                digest: &asked.digest,
            },
            &changes,
        )
        .await?;
    let registered = Registered {
        number,
        preschool: id,
        registered_at: asked.now,
        group_id: request.group_id.clone(),
        free: request.free,
        occupied: request.seats - request.free,
        blocked,
    };
    let decision = json!({
        "report": number,
        "group": group,
        "seats": [before.0, request.seats],
        "free": [before.1, request.free],
        "changed": changes.len(),
        "paragraph": "004 1_10 No. 14",
    });
    Ok(Outcome::done(write(&Answer { registered }), decision))
}

/// What the law asks of the register; none where there is no such preschool.
async fn known(
    transaction: &Transaction,
    request: &Request,
    now: &GroupSeats,
) -> Result<Option<Known>, Trouble> {
    let preschool = transaction.preschools(&[request.preschool]).await?;
    let Some(preschool) = kept::facts(&preschool)?.pop() else {
        return Ok(None);
    };
    let list = match request.kind {
        PreschoolKind::General => None,
        PreschoolKind::Sanatorium => Some(CodeList::Rehabilitation),
        PreschoolKind::Special => Some(CodeList::Disorder),
    };
    let purpose_known = match list.zip(request.purpose.as_deref()) {
        Some((list, code)) => transaction.lists(list, code).await?,
        None => true,
    };
    Ok(Some(Known {
        preschool,
        capacity: now.capacity,
        elsewhere: now.elsewhere,
        purpose_known,
        seats_before: now.group.map_or(0, |it| it.seats),
        reported_at: now.group.and_then(|it| it.sent_at),
        seats: seats::seats(&now.seats)?,
    }))
}

async fn keep_group(
    transaction: &Transaction,
    request: &Request,
    asked: &Asked,
) -> Result<i64, Trouble> {
    let group = Group {
        owner: request.owner.as_str(),
        name: &request.name,
        kind: request.kind.code(),
        age_category: &request.age,
        birth_year: request.birth_year,
        language: request.language,
        purpose: request.purpose.as_deref(),
    };
    transaction
        .keep_group(
            request.preschool,
            &request.group_id,
            &group,
            asked.received_at,
        )
        .await
}

/// The elements because of which a report is refused; else it is the preschool.
const PLACES: [(Refusal, &str); 9] = [
    (Refusal::AgeCategoryUnknown, "ageCategory"),
    (Refusal::BirthYearNotOfAges, "birthYear"),
    (Refusal::CapacityExceeded, "seats"),
    (Refusal::FreeSeatsFewer, "freeSeats"),
    (Refusal::GroupOfAnotherKind, "groupType"),
    (Refusal::GroupTooLarge, "seats"),
    (Refusal::PurposeUnknown, "purpose"),
    (Refusal::ReportOutdated, "groupId"),
    (Refusal::SeatsHeld, "freeSeats"),
];

fn place_of(refusal: Refusal) -> &'static str {
    let place = PLACES.iter().find(|(known, _)| *known == refusal);
    place.map_or("preschool", |(_, place)| place)
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    answer.registered.write("k:seatGroupAnswer")
}
