//! The guide for integrators: what the code knows of the contract is written into `wsdl/` by it.
//!
//! In:    the catalogue, the fixtures, the words of answers.
//! Out:   the parts between `<!-- made: … -->` and `<!-- end -->` of the three files of the guide;
//!        the rest is written by people.
//! Start: `every_part_of_the_guide_says_what_the_code_says`.

use std::fs;
use std::path::{Path, PathBuf};

use kezek::envelope::correspondence::Receipt;
use kezek::envelope::letter::Errand;
use kezek::envelope::shep::{self, MessageType, ResponseInfo};
use kezek::envelope::{Code as FaultCode, Fault, Operation};
use kezek::sandbox::Draft;
use kezek::services::finding::Code;
use kezek::services::{CATALOGUE, Status, answer};
use kezek::terms::Language;
use uuid::Uuid;

use crate::fixture::{self, compare, folder_of, received};
use crate::words::{every_refusal, every_remark};

/// The files, and the languages of their tables.
const FILES: [(&str, &[Language]); 3] = [
    ("README.md", &Language::BOTH),
    ("guide.kk.md", &[Language::Kazakh]),
    ("guide.ru.md", &[Language::Russian]),
];
/// The question whose messages are shown, and the messageId of its fixture.
const SHOWN: &str = "services/rank-check";
const SHOWN_ID: &str = "0e6c1c1e-2311-4000-8000-000000000036";
const ANSWER_ID: Uuid = Uuid::from_u128(0x0e6c_1c1e_2311_4000_8000_0000_0000_0037);
const CHAIN: &str = "0e6c1c1e-2311-4000-8000-000000000038";

/// A part that is made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Answer,
    AsyncRequest,
    Fault,
    Faults,
    Form,
    Letter,
    Receipt,
    Refusal,
    Refusals,
    Remarks,
    Request,
    Sense,
    Services,
}

impl Part {
    const ALL: [(&'static str, Self); 13] = [
        ("answer", Self::Answer),
        ("async-request", Self::AsyncRequest),
        ("fault", Self::Fault),
        ("faults", Self::Faults),
        ("form", Self::Form),
        ("letter", Self::Letter),
        ("receipt", Self::Receipt),
        ("refusal", Self::Refusal),
        ("refusals", Self::Refusals),
        ("remarks", Self::Remarks),
        ("request", Self::Request),
        ("sense", Self::Sense),
        ("services", Self::Services),
    ];

    /// Whether the English file has it, too: it has tables, and no messages.
    fn is_of_codes(self) -> bool {
        match self {
            Self::Faults | Self::Form | Self::Refusals | Self::Remarks | Self::Sense => true,
            Self::Answer
            | Self::AsyncRequest
            | Self::Fault
            | Self::Letter
            | Self::Receipt
            | Self::Refusal
            | Self::Request
            | Self::Services => false,
        }
    }

    fn made(self, languages: &[Language]) -> String {
        match self {
            Self::Answer => message(&response(Status::Success, "accepted")),
            Self::AsyncRequest => xml(&request_by_async_channel()),
            Self::Fault => message(&fault()),
            Self::Faults => faults(languages),
            Self::Form => findings(languages, true),
            Self::Letter => message(&letter()),
            Self::Receipt => message(&receipt()),
            Self::Refusal => message(&response(Status::Rejected, "refused-not-in-queue")),
            Self::Refusals => refusals(languages),
            Self::Remarks => remarks(languages),
            Self::Request => xml(&fixture_text("accepted.request")),
            Self::Sense => findings(languages, false),
            Self::Services => services(languages),
        }
    }
}

#[test]
fn every_part_of_the_guide_says_what_the_code_says() {
    for (file, languages) in FILES {
        let path = guide(file);
        let text = fs::read_to_string(&path).expect("a file of the guide");
        for (name, part) in Part::ALL {
            let times = text.matches(&mark(name)).count();
            let wanted = usize::from(part.is_of_codes() || file != "README.md");
            assert_eq!(times, wanted, "{file} has {name} so often");
        }
        compare(&path, &remade(&text, languages));
    }
}

#[test]
fn guide_of_one_language_has_the_sections_of_the_other_and_links_that_lead_somewhere() {
    let texts = FILES.map(|(file, _)| fs::read_to_string(guide(file)).expect("it is there"));
    let sections = |text: &str| text.lines().filter(|it| it.starts_with("## ")).count();
    assert_eq!(sections(&texts[1]), sections(&texts[2]));
    for text in &texts {
        let links = text.split("](").skip(1);
        for link in links.filter_map(|rest| rest.split([')', '#']).next()) {
            let leads = link.is_empty() || guide(link).exists();
            assert!(leads || link.starts_with("http"), "{link}");
        }
    }
}

fn guide(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("wsdl")
        .join(file)
}

fn mark(name: &str) -> String {
    format!("<!-- made: {name} -->\n")
}

/// The text with every part made again.
fn remade(text: &str, languages: &[Language]) -> String {
    let mut text = text.to_owned();
    for (name, part) in Part::ALL {
        let Some((before, rest)) = text.split_once(&mark(name)) else {
            continue;
        };
        let (_, after) = rest.split_once("<!-- end -->").expect("a part has an end");
        let made = part.made(languages);
        text = format!("{before}{}\n{made}\n<!-- end -->{after}", mark(name));
    }
    text
}

/// A table: its head, then a row for each.
fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let mut text = line(&head);
    text.push_str(&format!("|{}\n", "---|".repeat(head.len())));
    rows.for_each(|row| text.push_str(&line(&row)));
    text
}

/// How a column of words is called.
fn tongue(language: Language) -> &'static str {
    match language {
        Language::Kazakh => "қазақша",
        Language::Russian => "по-русски",
    }
}

fn in_words(
    languages: &[Language],
    columns: [&'static str; 2],
    rows: impl Iterator<Item = (String, String, Vec<String>)>,
) -> String {
    let mut head = columns.to_vec();
    head.extend(languages.iter().map(|it| tongue(*it)));
    let rows = rows.map(|(code, beside, words)| {
        let mut row = vec![format!("`{code}`"), beside];
        row.extend(words);
        row
    });
    table(&head, rows)
}

/// The words without a preschool or a day that is named at their end.
fn stem(words: &str) -> String {
    let end = [": 7", ": 2"].iter().find_map(|it| words.split_once(it));
    end.map_or(words, |(stem, _)| stem).to_owned()
}

fn faults(languages: &[Language]) -> String {
    let mut head = vec!["code", "errorCode"];
    head.extend(languages.iter().map(|it| tongue(*it)));
    let (repeat, yes, no) = match languages {
        [Language::Kazakh] => ("қайталау", "иә", "жоқ"),
        [Language::Russian] => ("повтор", "да", "нет"),
        _ => ("repeat", "yes", "no"),
    };
    head.push(repeat);
    let rows = FaultCode::ALL.into_iter().map(|code| {
        let mut row = vec![format!("`{}`", code.as_str()), code.shep_code().to_owned()];
        row.extend(languages.iter().map(|language| match language {
            Language::Kazakh => code.kazakh().to_owned(),
            Language::Russian => code.russian().to_owned(),
        }));
        row.push(if code.may_succeed_later() { yes } else { no }.to_owned());
        row
    });
    table(&head, rows)
}

fn findings(languages: &[Language], of_form: bool) -> String {
    let codes = Code::ALL.into_iter();
    let rows = codes
        .filter(|code| code.is_of_form() == of_form)
        .map(|code| {
            let words = languages.iter().map(|language| match language {
                Language::Kazakh => code.kazakh().to_owned(),
                Language::Russian => code.russian().to_owned(),
            });
            let paragraph = code.paragraph().unwrap_or("–").to_owned();
            (code.name().to_owned(), paragraph, words.collect())
        });
    in_words(languages, ["code", "law"], rows)
}

fn refusals(languages: &[Language]) -> String {
    let rows = every_refusal().map(|refusal| {
        let words = languages.iter();
        let words = words.map(|it| stem(&answer::words_of_refusal(refusal, *it)));
        let (code, paragraph) = (refusal.code().to_owned(), refusal.paragraph().to_owned());
        (code, paragraph, words.collect())
    });
    in_words(languages, ["code", "law"], rows)
}

fn remarks(languages: &[Language]) -> String {
    let rows = every_remark().into_iter().map(|remark| {
        let words = languages.iter();
        let words = words.map(|it| stem(&answer::words_of_remark(remark, *it)));
        let (code, paragraph) = (remark.code().to_owned(), remark.paragraph().to_owned());
        (code, paragraph, words.collect())
    });
    in_words(languages, ["code", "law"], rows)
}

/// Each service with its elements and the folder of its fixtures.
fn services(languages: &[Language]) -> String {
    let head = match languages {
        [Language::Kazakh] => ["serviceId", "сервис", "сұрау", "жауап", "мысалдар"],
        _ => ["serviceId", "сервис", "запрос", "ответ", "примеры"],
    };
    let rows = CATALOGUE.iter().map(|service| {
        let name = match languages {
            [Language::Kazakh] => service.name_kk,
            _ => service.name_ru,
        };
        let folder = folder_of(service);
        let requests = fixture::requests(folder).len();
        vec![
            format!("`{}`", service.number),
            name.to_owned(),
            format!("`{}`", service.request),
            format!("`{}`", service.answer),
            format!("[{requests}](../fixtures/services/{folder}/)"),
        ]
    });
    table(&head, rows)
}

fn fixture_text(name: &str) -> String {
    let path = fixture::folder(SHOWN).join(format!("{name}.xml"));
    fs::read_to_string(path).expect("a fixture of the service that is shown")
}

/// The payload of an answer.
fn payload(case: &str) -> String {
    fixture_text(&format!("{case}.answer")).replace('\n', "")
}

fn response(status: Status, case: &str) -> String {
    let info = ResponseInfo {
        message_id: &ANSWER_ID.to_string(),
        correlation_id: Some(SHOWN_ID),
        response_date: received(),
        status_code: status.code(),
        status_message: status.message(),
        session_id: None,
    };
    shep::write_response(&info, &payload(case))
}

fn fault() -> String {
    Fault {
        detail: Some("S-12".into()),
        ..Fault::new(
            Operation::SyncMessage,
            FaultCode::ServiceNotAllowed,
            received(),
        )
    }
    .write()
}

fn receipt() -> String {
    let receipt = Receipt {
        operation: Operation::SendMessage,
        message_id: SHOWN_ID,
        correlation_id: CHAIN,
        response_date: received(),
        session_id: None,
    };
    receipt.write()
}

fn letter() -> String {
    let errand = Errand {
        peer: String::new(),
        message_id: ANSWER_ID,
        correlation_id: CHAIN.into(),
        service: "S-12".into(),
        message_type: MessageType::Response,
        message_date: received(),
        status: Status::Rejected.code().into(),
        answers: SHOWN_ID.into(),
        payload: payload("refused-not-in-queue"),
    };
    errand.write(Operation::CallbackMessage, Some("kezek"))
}

fn request_by_async_channel() -> String {
    let text = fixture_text("accepted.request");
    let draft = Draft::of_fixture(text.as_bytes()).expect("an envelope");
    let content = draft.by_async_channel(false).content().to_owned();
    let (before, rest) = text.split_once("    <t:").expect("a Body begins");
    let (_, after) = rest.rsplit_once("</t:SendMessage>").expect("and ends");
    let content = content.replace("<messageType>", "\n          <messageType>");
    format!("{before}    {content}{after}")
}

/// What stands in a Body, a tag a line.
fn message(content: &str) -> String {
    let mut text = String::new();
    let mut depth = 0_usize;
    for tag in content.replace("><", ">\n<").lines() {
        depth -= usize::from(tag.starts_with("</"));
        text.push_str(&"  ".repeat(depth));
        text.push_str(tag);
        text.push('\n');
        let closes = tag.contains("</") || tag.ends_with("/>");
        depth += usize::from(!closes);
    }
    xml(&text)
}

fn xml(text: &str) -> String {
    format!("```xml\n{}\n```\n", text.trim_end())
}
