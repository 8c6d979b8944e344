//! History: the log of the queues in which an application stood, read back in order.
//!
//! Law:   004 pt.2(9), 1_10 No. 13.
//! Out:   one [`QueueLog`] per chosen preschool, all of one instant. What follows from them for a
//!        number is `queue`'s.

use tokio_postgres::Row;

use super::place::part_from;
use super::{Part, Transaction, Trouble};
use crate::terms::{Moment, PreschoolId};

/// Everything that happened in one queue, up to a moment.
#[derive(Debug, Clone)]
pub struct QueueLog {
    /// The preschool.
    pub preschool: PreschoolId,
    /// Its full names, Kazakh and Russian.
    pub names: (String, String),
    /// Which of its queues: with the preschool the key (004 pt.16, pt.26).
    pub part: Part,
    /// The sequence of the application's own entry.
    pub own: i64,
    /// The instant of the snapshot, by the register's clock.
    pub as_of: Moment,
    /// The lines, in order.
    pub lines: Vec<Line>,
}

/// One line of the log.
#[derive(Debug, Clone)]
pub struct Line {
    /// When.
    pub at: Moment,
    /// `JOINED`, `LEFT` or `MOVED`.
    pub what: String,
    /// Code of the cause.
    pub why: String,
    /// Code of the tier in which the entry stood.
    pub tier: String,
    /// Code of the tier in which it stands from then on, where it was moved.
    pub to_tier: Option<String>,
    /// The time by which the entry is ordered.
    pub filed_at: Moment,
    /// What breaks a tie (D-35).
    pub sequence: i64,
}

/// The logs of general queues: of those who were born in one year (004 pt.16).
const LINES: &str = concat!(
    include_str!("history/queue.sql"),
    // Those who wait and the others, each by the index that has them.
    "CROSS JOIN LATERAL (
         SELECT * FROM entry q
         WHERE q.kind = 'GENERAL' AND q.state = 'WAITING' AND q.preschool = own.preschool
           AND q.birth_year = own.birth_year
         UNION ALL
         SELECT * FROM entry q
         WHERE q.kind = 'GENERAL' AND q.state <> 'WAITING' AND q.preschool = own.preschool
           AND q.birth_year = own.birth_year
     ) e
     ",
    include_str!("history/lines.sql")
);

/// The logs of special and sanatorium queues: of what they are for, and special ones of the ages
/// that share a queue in one year (004 pt.16, pt.26, pt.27).
const LINES_BY_CARE: &str = concat!(
    include_str!("history/queue.sql"),
    "JOIN entry e ON e.preschool = own.preschool AND e.care = own.care AND e.kind = own.kind
                AND queue_band(e.kind, e.preschool, e.birth_year, $3)
                    IS NOT DISTINCT FROM
                    queue_band(own.kind, own.preschool, own.birth_year, $3)
     ",
    include_str!("history/lines.sql")
);

/// Of which application the logs are read, and up to when.
#[derive(Debug, Clone, Copy)]
pub struct Logged {
    /// Our number of the application.
    pub application: i64,
    /// Does it stand in general queues?
    pub general: bool,
    /// The calendar year by which ages share a special queue.
    pub year: i32,
    /// The last moment.
    pub until: Moment,
}

impl Transaction {
    /// The logs of the queues that an application chose, with what happened to the end of the
    /// moment `until`.
    pub async fn queue_logs(&self, of: Logged) -> Result<Vec<QueueLog>, Trouble> {
        // The log has microseconds, and a moment is all of its millisecond.
        let before = of.until.plus_millis(1).to_utc();
        let lines = if of.general { LINES } else { LINES_BY_CARE };
        let mut logs: Vec<QueueLog> = Vec::new();
        for row in self
            .rows(lines, &[&of.application, &before, &of.year])
            .await?
        {
            let line = line_from(&row);
            let preschool: &str = row.get("preschool");
            match logs.last_mut() {
                Some(log) if log.preschool.as_str() == preschool => log.lines.push(line),
                Some(_) | None => logs.push(log_from(&row, line)?),
            }
        }
        Ok(logs)
    }
}

fn log_from(row: &Row, first: Line) -> Result<QueueLog, Trouble> {
    Ok(QueueLog {
        preschool: PreschoolId::parse(row.get("preschool"))
            .map_err(|_| Trouble::Unexpected("an identifier that is no preschool's"))?,
        names: (row.get("name_kk"), row.get("name_ru")),
        part: part_from(row),
        own: row.get("own"),
        as_of: Moment::from_utc(row.get("as_of")),
        lines: vec![first],
    })
}

fn line_from(row: &Row) -> Line {
    Line {
        at: Moment::from_utc(row.get("at")),
        what: row.get("what"),
        why: row.get("why"),
        tier: row.get("tier"),
        to_tier: row.get("to_tier"),
        filed_at: Moment::from_utc(row.get("filed_at")),
        sequence: row.get("sequence"),
    }
}
