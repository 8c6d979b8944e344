//! S-13: how a number changed over a period, and why (выписка об изменении номера очередности).
//!
//! Law:   004 pt.2(9), 1_10 No. 13; D-39. The annexes list no fields for it: it asks for those of
//!        1_4 p.3, the number of the application and the period.
//! In:    `k:rankHistory`. Out: `k:rankHistoryAnswer`, or a rejection.
//! Never: names another family: a change has a moment, a reason, and places.
//! Start: [`read`], then `handle`.

use serde_json::json;

use super::finding::{Code, Findings};
use super::place::queue_name;
use super::subject::Subject;
use super::{Asked, Checked, Handling, NAMESPACE, Outcome, answer, reading};
use crate::queue::application::{PreschoolKind, change};
use crate::queue::rank::{self, Happening, History, Joining, Leaving, Standing, Tier};
use crate::queue::refusal::Refusal;
use crate::queue::rules;
use crate::registry::{Filed, Line, Logged, QueueLog, Transaction, Trouble};
use crate::terms::{Day, Language, Moment, PreschoolId};
use crate::xml::{Element, Writer};

/// The local name of the request.
pub const REQUEST: &str = "rankHistory";
/// The local name of the answer.
pub const ANSWER: &str = "rankHistoryAnswer";
/// The most changes of one queue that an answer tells: the last of the period.
pub const CHANGES_MAX: usize = 1_000;

/// The enquiry. Consent to processing is given, or nothing is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Which application, and who asks: «любой законный представитель ребенка» (1_4 p.3).
    pub subject: Subject,
    /// The beginning of the period.
    pub from: Moment,
    /// Its end.
    pub until: Moment,
}

/// The extract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Our number of the application.
    pub number: i64,
    /// The beginning of the period, or in a special queue that of the year in which it ends.
    pub from: Moment,
    /// Its end: what was asked, or the instant of counting, if that was earlier.
    pub until: Moment,
    /// The instant at which the logs were read, by the register's clock.
    pub as_of: Moment,
    /// One per chosen preschool, in the order of the choices.
    pub queues: Vec<QueueHistory>,
}

/// What became of the number in one queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueHistory {
    /// The preschool.
    pub preschool: PreschoolId,
    /// The name of the queue, Kazakh and Russian.
    pub queue: (String, String),
    /// The numbers and the changes.
    pub history: History,
    /// Were there more changes than are told? Then the first number is that before the first told.
    pub truncated: bool,
}

/// Reads the enquiry, or says everything that is wrong with it.
///
/// # Errors
/// [`Findings`], never empty.
pub fn read(payload: Element<'_>) -> Result<Request, Findings> {
    reading::whole(payload, REQUEST, |form| {
        let subject = Subject::read(form);
        let from = form.value("from", reading::stated_time);
        let until = form.value("until", reading::stated_time);
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            form.about("until", Code::PeriodReversed);
        }
        reading::consent_to_processing(form);
        Some(Request {
            subject: subject?,
            from: from?,
            until: until?,
        })
    })
}

/// What the door asks: is the payload in order, and which settlement is it about?
pub(super) fn check(payload: Element<'_>, _received: Moment) -> Result<Checked, Findings> {
    read(payload).map(|request| Checked::about(request.subject.settlement))
}

/// Tells what became of the numbers of one application.
pub(super) fn handle<'a>(
    transaction: &'a Transaction,
    payload: Element<'a>,
    asked: &'a Asked,
) -> Handling<'a> {
    Box::pin(async move {
        match read(payload) {
            Ok(request) => look_up(transaction, &request, asked).await,
            Err(findings) => Ok(Outcome::with_findings(&findings)),
        }
    })
}

async fn look_up(
    transaction: &Transaction,
    request: &Request,
    asked: &Asked,
) -> Result<Outcome, Trouble> {
    let subject = &request.subject;
    let found = transaction.application(subject.number).await?;
    let differing = subject.family.names_differing(REQUEST, found.as_slice());
    if let Err(refusal) = change::shown(subject.named(found.as_ref(), &differing)) {
        let paths = if refusal == Refusal::NameDiffers {
            differing
        } else {
            vec![format!("/{REQUEST}/applicationNumber")]
        };
        return Ok(subject.refused(refusal, &paths));
    }
    let found = found.ok_or(Trouble::Unexpected(
        "an application that was found and is not",
    ))?;
    // 004 pt.27 «возраст детей учитывается на календарный год»: at its turn the ages of special
    // queues are shared out anew, and what was before is the history of other queues.
    let year = request.until.min(asked.now).day().year();
    let logged = Logged {
        application: subject.number,
        general: found.ground.is_none(),
        year,
        until: request.until,
    };
    let from = beginning(&found, request.from, year);
    let logs = transaction.queue_logs(logged).await?;
    // Nobody had joined by the end of a period that is told by no line.
    let as_of = logs.first().map_or(asked.now, |log| log.as_of);
    let until = request.until.min(as_of);
    let queues: Result<Vec<QueueHistory>, Trouble> = logs
        .into_iter()
        .map(|log| QueueHistory::of(log, from, until))
        .collect();
    let answer = Answer {
        number: subject.number,
        from,
        until,
        as_of,
        queues: queues?,
    };
    let told: Vec<serde_json::Value> = answer.queues.iter().map(QueueHistory::evidence).collect();
    let decision = subject.decision(json!({
        "as_of": as_of.to_string(),
        "queues": told,
    }));
    Ok(Outcome::done(write(&answer), decision))
}

/// The beginning of the period that is told: in a special queue no earlier than the year of its
/// end.
fn beginning(filed: &Filed, asked: Moment, year: i32) -> Moment {
    let special = filed.kind == PreschoolKind::Special.code();
    let turn = Day::from_parts(year, 1, 1).filter(|_| special);
    turn.map_or(asked, |day| asked.max(Moment::start_of(day)))
}

impl QueueHistory {
    fn of(log: QueueLog, from: Moment, until: Moment) -> Result<Self, Trouble> {
        let lines: Result<Vec<(Moment, Happening)>, Trouble> =
            log.lines.iter().map(happening).collect();
        let mut history = rank::history(&lines?, log.own, from, until, rules::current());
        // What was before the last of them is summed up in a later beginning.
        let beyond = history.changes.len().saturating_sub(CHANGES_MAX);
        if let Some(last) = history.changes.drain(..beyond).next_back() {
            history.opening = last.number;
        }
        Ok(Self {
            preschool: log.preschool,
            queue: queue_name((&log.names.0, &log.names.1), &log.part),
            history,
            truncated: beyond > 0,
        })
    }

    fn evidence(&self) -> serde_json::Value {
        json!({
            "preschool": self.preschool.as_str(),
            "opening": self.history.opening,
            "changes": self.history.changes.len(),
            "closing": self.history.closing,
        })
    }
}

/// What a line of the log says in the words of the law.
fn happening(line: &Line) -> Result<(Moment, Happening), Trouble> {
    const UNKNOWN: Trouble = Trouble::Unexpected("a line of a log that the law does not know");
    let tier = |code: &str| Tier::from_code(code).ok_or(UNKNOWN);
    let of = Standing {
        tier: tier(&line.tier)?,
        time: line.filed_at,
        sequence: line.sequence,
    };
    let happened = match line.what.as_str() {
        "JOINED" => Happening::Joined(of, Joining::from_code(&line.why).ok_or(UNKNOWN)?),
        "LEFT" => Happening::Left(of, Leaving::from_code(&line.why).ok_or(UNKNOWN)?),
        "MOVED" => Happening::Moved(of, tier(line.to_tier.as_deref().unwrap_or_default())?),
        _ => return Err(UNKNOWN),
    };
    Ok((line.at, happened))
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    let mut writer = Writer::new();
    writer
        .open("k:rankHistoryAnswer", &[("xmlns:k", NAMESPACE)])
        .leaf("k:applicationNumber", &answer.number.to_string())
        .leaf("k:from", &answer.from.to_string())
        .leaf("k:until", &answer.until.to_string())
        .leaf("k:asOf", &answer.as_of.to_string());
    for queue in &answer.queues {
        write_queue(&mut writer, queue);
    }
    writer.close();
    writer.finish()
}

fn write_queue(writer: &mut Writer, told: &QueueHistory) {
    let number = |number: Option<u32>| number.map(|number| number.to_string());
    writer
        .open("k:history", &[])
        .leaf("k:preschool", told.preschool.as_str())
        .open("k:queue", &[])
        .leaf("k:kk", &told.queue.0)
        .leaf("k:ru", &told.queue.1)
        .close()
        .optional("k:opening", number(told.history.opening).as_deref());
    for change in &told.history.changes {
        writer
            .open("k:change", &[])
            .leaf("k:at", &change.at.to_string())
            .leaf("k:reason", change.reason.code())
            .leaf(
                "k:kk",
                answer::words_of_reason(change.reason, Language::Kazakh),
            )
            .leaf(
                "k:ru",
                answer::words_of_reason(change.reason, Language::Russian),
            )
            .leaf("k:places", &change.places.to_string())
            .optional("k:number", number(change.number).as_deref())
            .close();
    }
    writer
        .optional("k:closing", number(told.history.closing).as_deref())
        .optional("k:truncated", told.truncated.then_some("true"))
        .close();
}
