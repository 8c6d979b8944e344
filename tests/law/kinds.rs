//! 004 pt.18–21, 1_1 p.6, p.8: a filing for a special or sanatorium queue stands on its ground.

use kezek::queue::application::{self, Basis, Conclusion, Days, PreschoolKind, Situation};
use kezek::queue::benefit::Benefit;
use kezek::queue::rules;
use kezek::terms::{Citizenship, Day, Moment};

use crate::application::{facts, filing, letter, preschool};
use crate::table::{Row, check};

/// `2026-09-01..2027-08-31`.
fn days(cell: &str) -> Option<Days> {
    let (from, until) = cell.split_once("..")?;
    Some(Days {
        from: Day::parse(from).ok()?,
        until: Day::parse(until).ok()?,
    })
}

/// `-`, or days and behind a space the day of withdrawal.
fn conclusions(cell: &str) -> Option<Vec<Conclusion>> {
    if cell == "-" {
        return Some(Vec::new());
    }
    let (term, withdrawn) = match cell.split_once(' ') {
        Some((term, withdrawn)) => (term, Some(Day::parse(withdrawn).ok()?)),
        None => (cell, None),
    };
    let days = days(term)?;
    Some(vec![Conclusion { days, withdrawn }])
}

fn answer(row: &Row) -> Vec<String> {
    let filed = row.read("filed", |cell| Moment::parse(&format!("{cell}+05:00")).ok());
    let mut filing = filing(filed);
    let paper = row.read("paper", days);
    filing.basis = match row.read("kind", PreschoolKind::from_code) {
        PreschoolKind::General => Basis::General,
        PreschoolKind::Sanatorium => Basis::Sanatorium(paper),
        PreschoolKind::Special => Basis::Special(paper),
    };
    filing.birth_date = row.read("born", |cell| Day::parse(cell).ok());
    filing.citizenship = row.read("citizen", Citizenship::parse);
    filing.benefit = row.read("benefit", |cell| match cell {
        "-" => Some(None),
        code => Benefit::from_code(code).map(Some),
    });
    let choices: Vec<&str> = row.get("choices").split(' ').collect();
    filing.preschools = choices.iter().map(|it| preschool(letter(it))).collect();
    let known = choices.iter().map(|it| facts(preschool(letter(it)), it));
    let situation = Situation {
        preschools: known.collect(),
        conclusions: row.read("concluded", conclusions),
        care_listed: row.get("care") == "listed",
        ..Situation::default()
    };
    match application::register(&filing, &situation, rules::current(), filing.received_at) {
        Err(refusal) => vec![refusal.code(), refusal.paragraph(), "-"],
        Ok(registered) => {
            let codes: Vec<&str> = registered.remarks.iter().map(|it| it.code()).collect();
            let remarks = codes.join(" ");
            let remarks = if remarks.is_empty() { "-" } else { &remarks };
            return vec![
                registered.state.code().to_owned(),
                registered.tier.code().to_owned(),
                remarks.to_owned(),
            ];
        }
    }
    .into_iter()
    .map(str::to_owned)
    .collect()
}

// pt.18–21, 1_1 p.6, p.8, 1_9 p.8; D-19, D-23, D-82.
#[test]
fn special_and_sanatorium_queues_stand_open_to_those_who_have_their_ground() {
    check("application/by_ground.txt", answer);
}
