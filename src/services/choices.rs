//! Choices: the preschools that a family names, the same in each form that takes them.
//!
//! Law:   004 pt.16 (one settlement), 1_1 p.4(20), p.6, p.8, 1_3 p.3(8) (how many); D-17.
//! In:    `k:Choices`. Out: each with its preference, if one is named, in the order sent.

use super::finding::Code;
use super::reading::{self, Sequence};
use crate::terms::{PreschoolId, Settlement};
use crate::xml::Writer;

/// A preschool, and how much it is wished among the choices: 1 is the most.
pub type Choice = (PreschoolId, Option<u8>);

/// The choices: distinct, of one settlement, at most so many, their preferences all or none.
pub(super) fn read(
    form: &mut Sequence<'_, '_>,
    settlement: Option<Settlement>,
    most: usize,
) -> Option<Vec<Choice>> {
    let elements = form.many("choice", most);
    let mut choices: Vec<Choice> = Vec::with_capacity(elements.len());
    for &choice in &elements {
        let mut form = Sequence::of(choice, form.findings);
        let preschool = form.value("preschool", reading::preschool);
        let preference = form.maybe("preference", preference);
        if let Some(preschool) = preschool {
            // 004 pt.16 «одного населенного пункта».
            if settlement.is_some_and(|settlement| preschool.settlement() != settlement) {
                form.about("preschool", Code::PreschoolElsewhere);
            }
            if choices.iter().any(|(other, _)| *other == preschool) {
                form.about("preschool", Code::PreschoolRepeated);
            }
            choices.push((preschool, preference));
        }
        if preference.is_some_and(|wish| usize::from(wish) > elements.len()) {
            form.about("preference", Code::PreferenceBeyondChoices);
        }
        form.end();
    }
    let wishes: Vec<u8> = choices.iter().filter_map(|(_, wish)| *wish).collect();
    if !wishes.is_empty() && wishes.len() < choices.len() {
        form.here(Code::PreferencePartial);
    }
    let mut before = wishes.iter().enumerate();
    if before.any(|(at, wish)| wishes[..at].contains(wish)) {
        form.here(Code::PreferenceRepeated);
    }
    Some(choices)
}

/// Writes `k:preschools`.
pub(super) fn write(writer: &mut Writer, choices: &[Choice]) {
    writer.open("k:preschools", &[]);
    for (preschool, preference) in choices {
        let preference = preference.map(|preference| preference.to_string());
        writer
            .open("k:choice", &[])
            .leaf("k:preschool", preschool.as_str())
            .optional("k:preference", preference.as_deref())
            .close();
    }
    writer.close();
}

/// `k:Preference`.
fn preference(text: &str) -> Result<u8, Code> {
    match text {
        "1" => Ok(1),
        "2" => Ok(2),
        "3" => Ok(3),
        "4" => Ok(4),
        _ => Err(Code::ValueWrongForm),
    }
}
