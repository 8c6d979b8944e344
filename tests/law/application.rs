//! 004 pt.14–16, 20–23, 1_1: a filing is registered, or refused with its paragraph.

use kezek::queue::application::{
    self, Basis, FiledAtSource, Filing, PreschoolFacts, PreschoolKind, PreschoolStatus, Registered,
    Situation, State,
};
use kezek::queue::benefit::Benefit;
use kezek::queue::notice::Notice;
use kezek::queue::rank::{Census, Member, Presence, Standing, Tier};
use kezek::queue::refusal::Refusal;
use kezek::queue::remark::Remark;
use kezek::queue::rules::{self, RuleSet};
use kezek::terms::{Citizenship, Day, Moment, PreschoolId, Settlement};

use crate::table::{Row, check};

const SETTLEMENT: &str = "710000000";

// pt.11, 13, 15, 21, 23, 1_1 st.7; D-18, D-20, D-22, D-25, D-78, D-100.
#[test]
fn filing_is_registered_in_the_tier_that_counts_now() {
    check("application/registered.txt", |row| {
        let registered = register(row).expect("this table holds accepted filings");
        let source = match registered.filed_at_source {
            FiledAtSource::Received => "received",
            FiledAtSource::Stated => "stated",
        };
        assert_eq!(source, "stated", "the times of this table agree");
        let codes: Vec<_> = registered
            .remarks
            .iter()
            .map(|remark| remark.code())
            .collect();
        let remarks = if codes.is_empty() {
            "-".to_owned()
        } else {
            codes.join(" ")
        };
        vec![
            registered.state.code().to_owned(),
            registered.tier.code().to_owned(),
            registered.birth_year.to_string(),
            registered.valid_until.to_string(),
            remarks,
        ]
    });
}

// pt.17 «с точностью до миллисекунд»; D-35.
#[test]
fn stated_time_counts_if_it_is_close_to_the_reception() {
    check("application/filing_time.txt", |row| {
        let mut filing = filing(row.read("stated", |cell| Moment::parse(cell).ok()));
        filing.received_at = row.read("received", |cell| Moment::parse(cell).ok());
        let known = [facts(filing.preschools[0], "")];
        let situation = Situation {
            preschools: known.to_vec(),
            ..Situation::default()
        };
        let answer =
            application::register(&filing, &situation, rules::current(), filing.received_at)
                .expect("nothing but the time is at stake");
        let told = answer
            .remarks
            .iter()
            .any(|remark| remark.code() == "reception_time_counts");
        assert_eq!(told, answer.filed_at_source == FiledAtSource::Received);
        vec![
            answer.filed_at.to_string(),
            answer.filed_at_source.code().to_owned(),
        ]
    });
}

// pt.15, 16, 20, 21, 1_1 p.4, 1_4 st.4, 1_9 p.9; D-10, D-23.
#[test]
fn what_the_law_does_not_allow_is_refused_with_its_paragraph() {
    check("application/refused.txt", |row| {
        let refusal = match row.get("event") {
            "register" => register(row).err(),
            "file again" => application::again(row.get("id") == "same").err(),
            "check rank" => {
                let waiting = match row.get("child") {
                    "-" => Vec::new(),
                    _ => vec![()],
                };
                application::extract(waiting, row.get("id") != "other").err()
            }
            "see papers" => {
                let filed = match row.get("child") {
                    "-" => Vec::new(),
                    _ => vec![()],
                };
                application::represented(filed, row.get("id") != "other").err()
            }
            other => panic!("no event `{other}`"),
        };
        match refusal {
            None if row.get("event") == "file again" => vec!["answered".to_owned(), "-".to_owned()],
            None => vec!["registered".to_owned(), "-".to_owned()],
            Some(refusal) => vec![refusal.code().to_owned(), refusal.paragraph().to_owned()],
        }
    });
}

// The closed list: alphabetical, and each refusal occurs in the table above, or in that of the
// grounds.
#[test]
fn every_refusal_has_a_case() {
    let some = preschool('A');
    let all = [
        Refusal::AlreadyWaiting,
        Refusal::ApplicationDiffers,
        Refusal::ApplicationIdTaken,
        Refusal::ChildTooOld,
        Refusal::ChoiceRepeated(some),
        Refusal::ChoicesOutOfRange(PreschoolKind::Special),
        Refusal::ConclusionUnknown,
        Refusal::DisorderUnknown,
        Refusal::NameDiffers,
        Refusal::NotInQueue,
        Refusal::PaperNotValid,
        Refusal::PreschoolClosed(some),
        Refusal::PreschoolOfAnotherKind(some),
        Refusal::PreschoolOfAnotherSettlement(some),
        Refusal::PreschoolUnknown(some),
        Refusal::RehabilitationUnknown,
        Refusal::RepresentativeUnknown,
    ];
    let names: Vec<String> = all.iter().map(|refusal| format!("{refusal:?}")).collect();
    assert!(names.is_sorted(), "the closed list is alphabetical");
    let folder = crate::table::root().join("fixtures/law/application");
    let tables = ["refused.txt", "by_ground.txt"];
    let table = tables.map(|name| std::fs::read_to_string(folder.join(name)).expect("a table"));
    let table = table.concat();
    for refusal in all {
        let cell = format!(" {} ", refusal.code());
        assert!(
            table.contains(&cell),
            "no case is refused as {}",
            refusal.code()
        );
        assert_eq!(
            refusal.preschool().is_some(),
            format!("{refusal:?}").contains("(PreschoolId")
        );
    }
}

// 1_8 No. 1, 1_1 p.5 «с указанием ДО и номера очередности»; D-78.
#[test]
fn registration_tells_each_preschool_with_the_number_there() {
    let filing = filing(Moment::parse("2026-11-23T10:00:00.000+05:00").expect("a moment"));
    let known = [facts(filing.preschools[0], "")];
    let situation = Situation {
        preschools: known.to_vec(),
        ..Situation::default()
    };
    let registered =
        application::register(&filing, &situation, rules::current(), filing.received_at)
            .expect("an ordinary filing");
    let Registered {
        tier,
        filed_at: time,
        ..
    } = registered;
    let entry = Standing {
        tier,
        time,
        sequence: 17,
    };
    let member = Member {
        standing: entry,
        presence: registered.state.presence(),
    };
    let census = Census::of(&[member], &[], &entry).expect("it is counted");
    let place = census.place(tier, rules::current());
    let notices = registered.notices(17, vec![(filing.preschools[0], place)]);
    let [Notice::Enqueued(enqueued)] = notices.as_slice() else {
        panic!("one notice")
    };
    assert_eq!(
        (notices[0].code(), notices[0].paragraph()),
        ("N-01", "004 1_8 No. 1")
    );
    assert_eq!((enqueued.application, enqueued.provisional), (17, false));
    assert_eq!(enqueued.places, [(filing.preschools[0], place)]);
    assert_eq!((place.number, place.effective_number), (1, 1));
    assert_eq!(enqueued.valid_until, registered.valid_until);
}

// 1_9 p.7, p.8; D-20.
#[test]
fn benefit_that_gives_no_tier_is_kept_and_said() {
    let mut filing = filing(Moment::parse("2026-11-23T10:00:00.000+05:00").expect("a moment"));
    filing.benefit = Some(Benefit::SpecialEducationalNeeds);
    let known = [facts(filing.preschools[0], "")];
    let situation = Situation {
        preschools: known.to_vec(),
        ..Situation::default()
    };
    let rules = RuleSet {
        special_needs_is_priority: false,
        ..rules::current().clone()
    };
    let registered = application::register(&filing, &situation, &rules, filing.received_at)
        .expect("an ordinary filing");
    assert_eq!(
        (registered.state, registered.tier),
        (State::Waiting, Tier::General)
    );
    assert_eq!(registered.remarks, [Remark::BenefitWithoutTier]);
    assert_eq!(registered.remarks[0].paragraph(), "004 1_9 p.7");
}

// D-25, D-37, D-78.
#[test]
fn application_on_document_check_is_counted_and_its_place_is_provisional() {
    for state in State::ALL {
        assert!(state.presence().counted());
        assert_eq!(
            state.on_document_check(),
            state.presence() != Presence::Waiting
        );
        assert_eq!(state.presence().offerable(), state != State::IdentityCheck);
    }
}

fn register(row: &Row) -> Result<Registered, Refusal> {
    let filed = row.read("filed", |cell| Moment::parse(&format!("{cell}+05:00")).ok());
    let mut filing = filing(filed);
    filing.birth_date = row.read("born", |cell| Day::parse(cell).ok());
    filing.citizenship = row.read("citizen", Citizenship::parse);
    filing.benefit = row.read("benefit", |cell| match cell {
        "-" => Some(None),
        code => Benefit::from_code(code).map(Some),
    });
    let choices = row
        .get("choices")
        .split(' ')
        .filter(|choice| *choice != "-");
    let choices: Vec<&str> = choices.collect();
    filing.preschools = choices
        .iter()
        .map(|choice| preschool(letter(choice)))
        .collect();
    let known = choices
        .iter()
        .filter(|choice| !choice.ends_with(":unknown"));
    let situation = Situation {
        preschools: known
            .map(|choice| facts(preschool(letter(choice)), choice))
            .collect(),
        already_waiting: row.get("child") == "waiting",
        application_id_taken: row.get("id") == "taken",
        ..Situation::default()
    };
    // Work is done some minutes after the reception; only the validity is counted from then.
    let now = filing.received_at.plus_millis(300_000);
    application::register(&filing, &situation, rules::current(), now)
}

/// An ordinary filing, received at the very moment that it states.
pub fn filing(filed: Moment) -> Filing {
    Filing {
        basis: Basis::General,
        stated_at: filed,
        received_at: filed,
        birth_date: Day::parse("2024-02-29").expect("a leap year"),
        citizenship: Citizenship::KAZAKHSTAN,
        benefit: None,
        preschools: vec![preschool('A')],
        settlement: Settlement::parse(SETTLEMENT).expect("nine digits"),
    }
}

pub fn letter(choice: &str) -> char {
    choice
        .chars()
        .next()
        .expect("a choice begins with a letter")
}

/// A to W lie in the settlement that the filing names, X to Z in another one.
pub fn preschool(letter: char) -> PreschoolId {
    let settlement = if letter < 'X' {
        SETTLEMENT
    } else {
        "750000000"
    };
    PreschoolId::parse(&format!("{settlement}-{:04}", u32::from(letter))).expect("an id")
}

pub fn facts(id: PreschoolId, choice: &str) -> PreschoolFacts {
    let closed = choice.ends_with(":closed");
    let kind = match choice.split_once(':').map(|(_, word)| word) {
        Some("special") => PreschoolKind::Special,
        Some("sanatorium") => PreschoolKind::Sanatorium,
        _ => PreschoolKind::General,
    };
    let status = if closed {
        PreschoolStatus::Closed
    } else {
        PreschoolStatus::Active
    };
    PreschoolFacts { id, status, kind }
}
