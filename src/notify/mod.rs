//! Notify: the words of a short message, in both languages.
//!
//! Law:   004 pt.42 (SMS), 1_8 (the notices); D-68 (copies), D-120 (two languages, segments).
//! In:    a [`Notice`] and how its preschools are called. Out: [`Text`]s and [`Message`]s.
//! Never: decides whether to speak; sends; holds a person's name.
//! Start: [`messages`].

mod segments;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::queue::application::check::Ground;
use crate::queue::notice::{Enqueued, Notice};
use crate::terms::{Language, Moment, Phone, PreschoolId};

pub use segments::segments;

/// The most segments of one language: what 1414 sends as two short messages (D-120).
pub const SEGMENTS_MAX: u32 = 2;

/// How a preschool is called in a short message: identifier, Kazakh, Russian.
pub type ShortName = (PreschoolId, String, String);

/// The words of one notice in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// What is sent, to the letter.
    pub text: String,
    /// How many short messages carry it.
    pub segments: u32,
}

/// Both languages: each message has both, whatever the family reads (D-120).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// Қазақша.
    pub kk: Text,
    /// По-русски.
    pub ru: Text,
}

/// Whose number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// A further number of the application: told, never asked (D-68).
    Copy,
    /// The number that may decide.
    Main,
}

/// One message object on the lane of 1414, as `schemas/sms.schema.json` describes it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Message {
    /// Its identity; it does not change when it is published again.
    pub message_id: Uuid,
    /// Code of the notice.
    pub notice: String,
    /// The recipient's number.
    pub to: String,
    /// Whose number that is.
    pub role: Role,
    /// Our number of the application.
    pub application_number: String,
    /// The words.
    pub texts: Texts,
    /// When the notice arose, in the time of Astana.
    pub created_at: String,
}

impl std::fmt::Debug for Message {
    /// Without the number and without the words: a log shows neither.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            message_id,
            notice,
            role,
            ..
        } = self;
        write!(f, "Message({message_id}, {notice}, {role:?})")
    }
}

/// One message per number: the first number may decide, the others get copies.
pub fn messages(
    notice: &Notice,
    names: &[ShortName],
    phones: &[Phone],
    created_at: Moment,
) -> Vec<Message> {
    let texts = Texts {
        kk: sms(notice, names, Language::Kazakh),
        ru: sms(notice, names, Language::Russian),
    };
    // A family that gives one number twice is told once.
    let distinct = phones
        .iter()
        .enumerate()
        .filter(|(at, phone)| !phones[..*at].contains(phone));
    distinct
        .map(|(at, phone)| Message {
            message_id: Uuid::new_v4(),
            notice: notice.code().to_owned(),
            to: phone.as_str().to_owned(),
            role: if at == 0 { Role::Main } else { Role::Copy },
            application_number: notice.application().to_string(),
            texts: texts.clone(),
            created_at: created_at.to_string(),
        })
        .collect()
}

/// The words of a notice in one language.
pub fn sms(notice: &Notice, names: &[ShortName], language: Language) -> Text {
    let text = match notice {
        Notice::BenefitRefused {
            application,
            ground,
        } => {
            let template = match language {
                Language::Kazakh => include_str!("templates/kk/benefit-refused.txt"),
                Language::Russian => include_str!("templates/ru/benefit-refused.txt"),
            };
            words_of_refusal(template, *application, *ground, language)
        }
        Notice::Checked(enqueued) => {
            let template = match (language, enqueued.provisional) {
                (Language::Kazakh, false) => include_str!("templates/kk/checked.txt"),
                (Language::Kazakh, true) => include_str!("templates/kk/checked-in-part.txt"),
                (Language::Russian, false) => include_str!("templates/ru/checked.txt"),
                (Language::Russian, true) => include_str!("templates/ru/checked-in-part.txt"),
            };
            words_of_places(template, enqueued, names, language)
        }
        Notice::Enqueued(enqueued) => {
            let template = match (language, enqueued.provisional) {
                (Language::Kazakh, false) => include_str!("templates/kk/enqueued.txt"),
                (Language::Kazakh, true) => include_str!("templates/kk/enqueued-on-check.txt"),
                (Language::Russian, false) => include_str!("templates/ru/enqueued.txt"),
                (Language::Russian, true) => include_str!("templates/ru/enqueued-on-check.txt"),
            };
            words_of_places(template, enqueued, names, language)
        }
        Notice::Extended { valid_until, .. } => match language {
            Language::Kazakh => include_str!("templates/kk/extended.txt"),
            Language::Russian => include_str!("templates/ru/extended.txt"),
        }
        .trim_end()
        .replace("{until}", &valid_until.to_string()),
        Notice::Rejected {
            application,
            ground,
        } => {
            let template = match language {
                Language::Kazakh => include_str!("templates/kk/rejected.txt"),
                Language::Russian => include_str!("templates/ru/rejected.txt"),
            };
            words_of_refusal(template, *application, *ground, language)
        }
        Notice::Updated(enqueued) => {
            let template = match (language, enqueued.provisional) {
                (Language::Kazakh, false) => include_str!("templates/kk/updated.txt"),
                (Language::Kazakh, true) => include_str!("templates/kk/updated-on-check.txt"),
                (Language::Russian, false) => include_str!("templates/ru/updated.txt"),
                (Language::Russian, true) => include_str!("templates/ru/updated-on-check.txt"),
            };
            words_of_places(template, enqueued, names, language)
        }
        Notice::Withdrawn { application } => match language {
            Language::Kazakh => include_str!("templates/kk/withdrawn.txt"),
            Language::Russian => include_str!("templates/ru/withdrawn.txt"),
        }
        .trim_end()
        .replace("{application}", &application.to_string()),
    };
    let segments = segments(&text);
    Text { text, segments }
}

/// Why a paper shows nothing is a line of its own list: a code, a space, the words.
fn words_of_refusal(
    template: &str,
    application: i64,
    ground: Ground,
    language: Language,
) -> String {
    let grounds = match language {
        Language::Kazakh => include_str!("templates/kk/grounds.txt"),
        Language::Russian => include_str!("templates/ru/grounds.txt"),
    };
    let mut lines = grounds.lines().filter_map(|line| line.split_once(' '));
    let words = lines.find(|(code, _)| *code == ground.code());
    let (_, words) = words.expect("a test reads the words of every ground");
    template
        .trim_end()
        .replace("{application}", &application.to_string())
        .replace("{ground}", words)
}

/// A template has two lines: the first is said once, the second for each preschool. Numbers that
/// the check of the documents may change are said to be such (D-78).
fn words_of_places(
    template: &str,
    enqueued: &Enqueued,
    names: &[ShortName],
    language: Language,
) -> String {
    let (head, line) = template
        .trim_end()
        .split_once('\n')
        .expect("a test reads every template's two lines");
    let mut text = head.to_owned();
    for (preschool, place) in &enqueued.places {
        let known = names.iter().find(|(id, ..)| id == preschool);
        let name = match (known, language) {
            (Some((_, kazakh, _)), Language::Kazakh) => kazakh.as_str(),
            (Some((_, _, russian)), Language::Russian) => russian.as_str(),
            // The identifier says less, but a number without any name would say nothing.
            (None, Language::Kazakh | Language::Russian) => preschool.as_str(),
        };
        text.push('\n');
        text.push_str(
            &line
                .replace("{name}", name)
                .replace("{number}", &place.number.to_string()),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue::rank::{Place, Tier};
    use crate::terms::Day;

    fn place(number: u32) -> Place {
        Place {
            number,
            effective_number: number,
            tier: Tier::General,
            tier_number: number,
            ahead: number - 1,
            ahead_with_offer: 0,
            ahead_unavailable: 0,
        }
    }

    fn enqueued(numbers: &[u32], provisional: bool) -> (Notice, Vec<PreschoolId>) {
        let (facts, ids) = facts(numbers, provisional);
        (Notice::Enqueued(facts), ids)
    }

    fn facts(numbers: &[u32], provisional: bool) -> (Enqueued, Vec<PreschoolId>) {
        let ids: Vec<PreschoolId> = (1..=numbers.len())
            .map(|at| PreschoolId::parse(&format!("710000000-{at:04}")).expect("its form"))
            .collect();
        let places = ids
            .iter()
            .copied()
            .zip(numbers.iter().map(|n| place(*n)))
            .collect();
        let valid_until = Day::from_parts(2027, 11, 23).expect("a day");
        let facts = Enqueued {
            application: 1024,
            places,
            provisional,
            valid_until,
        };
        (facts, ids)
    }

    // D-120: the longest that can be said still fits two segments in each language.
    #[test]
    fn longest_notice_fits_the_budget_in_both_languages() {
        let longest = |id: &PreschoolId| (*id, "Ә".repeat(20), "Щ".repeat(20));
        let both = Language::BOTH.into_iter();
        for (language, provisional) in both.flat_map(|it| [(it, false), (it, true)]) {
            let (facts, ids) = facts(&[99_999; 4], provisional);
            let names: Vec<ShortName> = ids.iter().map(longest).collect();
            for notice in [
                Notice::Checked(facts.clone()),
                Notice::Enqueued(facts.clone()),
                Notice::Updated(facts),
            ] {
                let text = sms(&notice, &names, language);
                assert!(
                    text.segments <= SEGMENTS_MAX,
                    "{language:?}: {}",
                    text.text.chars().count()
                );
                assert!(text.text.chars().count() <= 67 * 2);
                assert!(!text.text.contains(['{', '}']));
            }
        }
    }

    // 1_1 p.10(11) «мотивированный отказ»: each ground has words, and they fit.
    #[test]
    fn refusal_says_why_in_both_languages_within_the_budget() {
        let application = 999_999_999;
        for (ground, language) in Ground::ALL
            .iter()
            .flat_map(|ground| Language::BOTH.map(|it| (*ground, it)))
        {
            for notice in [
                Notice::BenefitRefused {
                    application,
                    ground,
                },
                Notice::Rejected {
                    application,
                    ground,
                },
            ] {
                let text = sms(&notice, &[], language);
                assert!(text.segments <= SEGMENTS_MAX, "{}", text.text);
                assert!(!text.text.contains(['{', '}']), "{}", text.text);
            }
        }
    }

    #[test]
    fn each_language_says_the_name_in_that_language() {
        let (notice, ids) = enqueued(&[3], false);
        let names = [(ids[0], "Ақ қайың".to_owned(), "Ак кайын".to_owned())];
        assert!(
            sms(&notice, &names, Language::Kazakh)
                .text
                .ends_with("\nАқ қайың №3")
        );
        assert!(
            sms(&notice, &names, Language::Russian)
                .text
                .ends_with("\nАк кайын №3")
        );
        assert!(
            sms(&notice, &[], Language::Russian)
                .text
                .ends_with("\n710000000-0001 №3")
        );
    }

    // D-68: copies are told; the first number alone is the one that decides.
    #[test]
    fn first_number_is_the_main_one_and_none_is_told_twice() {
        let (notice, _) = enqueued(&[3], false);
        let phone = |text| Phone::parse(text).expect("a phone");
        let phones = [
            phone("+77010000001"),
            phone("+77010000002"),
            phone("+77010000001"),
        ];
        let at = Moment::parse("2026-11-23T10:00:00.000+05:00").expect("a moment");
        let told = messages(&notice, &[], &phones, at);
        let roles: Vec<(&str, Role)> = told.iter().map(|m| (m.to.as_str(), m.role)).collect();
        assert_eq!(
            roles,
            [("+77010000001", Role::Main), ("+77010000002", Role::Copy)]
        );
        assert_ne!(told[0].message_id, told[1].message_id);
        assert!(!format!("{told:?}").contains("+7701"));
    }
}
