//! The form of S-08, part by part, in the sequence of `schemas/queue-registration.xsd`.
//!
//! Law:   004 1_1 p.4; pt.12 (consent), pt.14, pt.16 (one settlement); D-13, D-17.
//! Out:   each part, if it could be read; whatever is wrong goes to the findings.

use super::{Applicant, CHOICES_MAX, Child, KIND, REQUEST, Request};
use crate::queue::benefit::Benefit;
use crate::services::finding::{Code, Findings};
use crate::services::reading::{self, Sequence, leaf_value};
use crate::terms::{Moment, PreschoolId, Settlement, Sex, TeachingLanguage};
use crate::xml::Element;

/// The whole form.
pub(super) fn read(
    payload: Element<'_>,
    received: Moment,
    found: &mut Findings,
) -> Option<Request> {
    if !reading::is_payload(payload, REQUEST) {
        found.at(payload, Code::PayloadOfAnotherService);
        return None;
    }
    let mut form = Sequence::of(payload, found);
    let application_id = form.value("applicationId", reading::application_id);
    let filed_at = form.value("filedAt", reading::stated_time);
    form.value("kind", |text| reading::listed((text == KIND).then_some(())));
    let settlement = form.value("settlement", reading::settlement);
    let applicant = form
        .one("applicant")
        .and_then(|it| read_applicant(it, form.findings));
    let child = form
        .one("child")
        .and_then(|it| read_child(it, received, form.findings));
    if let Some((applicant, child)) = applicant.as_ref().zip(child.as_ref())
        && applicant.iin == child.iin
    {
        form.about("applicant", Code::ApplicantIsChild);
    }
    let language = form
        .one("language")
        .and_then(|it| read_language(it, form.findings));
    let choices = form
        .one("preschools")
        .and_then(|it| read_choices(it, settlement, form.findings));
    let consent = form.value("consentToProcessing", reading::boolean);
    if consent == Some(false) {
        // 004 pt.12: without it nobody may even keep the application.
        form.about("consentToProcessing", Code::ConsentNotGiven);
    }
    let publication_consent = form.value("consentToPublication", reading::boolean);
    form.end();
    let (language, language_only) = language?;
    Some(Request {
        application_id: application_id?,
        filed_at: filed_at?,
        settlement: settlement?,
        applicant: applicant?,
        child: child?,
        language,
        language_only,
        choices: choices?,
        publication_consent: publication_consent?,
    })
}

fn read_applicant(element: Element<'_>, found: &mut Findings) -> Option<Applicant> {
    let mut form = Sequence::of(element, found);
    let iin = form.value("iin", reading::iin);
    let name = form
        .one("name")
        .and_then(|it| reading::person_name(it, form.findings));
    let kind = form.value("type", |text| {
        // 004 pt.14 «(родитель, опекун, патронатный воспитатель)»; 1_9 p.5(2) «попечителей».
        let known = ["FOSTER_CARER", "GUARDIAN", "PARENT", "TRUSTEE"];
        reading::listed(known.into_iter().find(|code| *code == text))
    });
    let phones = [
        form.value("phone", reading::phone),
        form.maybe("phone2", reading::phone),
        form.maybe("phone3", reading::phone),
    ];
    let email = form.maybe("email", reading::email);
    form.end();
    let phones = phones.into_iter().flatten().collect();
    Some(Applicant {
        iin: iin?,
        name: name?,
        kind: kind?,
        phones,
        email,
    })
}

fn read_child(element: Element<'_>, received: Moment, found: &mut Findings) -> Option<Child> {
    let mut form = Sequence::of(element, found);
    let iin = form.value("iin", reading::iin);
    let name = form
        .one("name")
        .and_then(|it| reading::person_name(it, form.findings));
    let benefit = form
        .one("benefit")
        .and_then(|it| read_benefit(it, form.findings));
    let birth_date = form.value("birthDate", reading::day);
    if birth_date.is_some_and(|day| day > received.day()) {
        form.about("birthDate", Code::BirthDateAfterFiling);
    }
    if iin
        .and_then(|iin| iin.birth_date())
        .zip(birth_date)
        .is_some_and(|(told, said)| told != said)
    {
        form.about("birthDate", Code::BirthDateNotOfIin);
    }
    let sex = form.value("sex", |text| reading::listed(Sex::from_code(text)));
    if iin
        .and_then(|iin| iin.sex())
        .zip(sex)
        .is_some_and(|(told, said)| told != said)
    {
        form.about("sex", Code::SexNotOfIin);
    }
    let citizenship = form.value("citizenship", reading::citizenship);
    let nationality = form.maybe("nationality", reading::name_part);
    form.end();
    Some(Child {
        iin: iin?,
        name: name?,
        benefit: benefit?,
        birth_date: birth_date?,
        sex: sex?,
        citizenship: citizenship?,
        nationality,
    })
}

/// The benefit claimed, if one is (14, 15).
fn read_benefit(element: Element<'_>, found: &mut Findings) -> Option<Option<Benefit>> {
    let mut form = Sequence::of(element, found);
    let held = form.value("held", reading::boolean);
    let named = form.optional("kind");
    let kind = named.and_then(|leaf| {
        leaf_value(leaf, form.findings, |text| {
            reading::listed(Benefit::from_code(text))
        })
    });
    match (held, named) {
        (Some(true), None) => form.about("held", Code::BenefitKindMissing),
        (Some(false), Some(leaf)) => form.findings.at(leaf, Code::BenefitKindNotClaimed),
        (Some(true), Some(_)) | (Some(false), None) | (None, _) => {}
    }
    form.end();
    held.map(|_| kind)
}

fn read_language(element: Element<'_>, found: &mut Findings) -> Option<(TeachingLanguage, bool)> {
    let mut form = Sequence::of(element, found);
    let code = form.value("code", |text| {
        reading::listed(TeachingLanguage::from_code(text))
    });
    let only = form.value("only", reading::boolean);
    form.end();
    code.zip(only)
}

/// The choices: distinct, of one settlement, their preferences all or none (20, D-17).
fn read_choices(
    element: Element<'_>,
    settlement: Option<Settlement>,
    found: &mut Findings,
) -> Option<Vec<(PreschoolId, Option<u8>)>> {
    let mut form = Sequence::of(element, found);
    let elements = form.many("choice", CHOICES_MAX);
    let mut choices: Vec<(PreschoolId, Option<u8>)> = Vec::with_capacity(elements.len());
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
        form.findings.at(element, Code::PreferencePartial);
    }
    if wishes
        .iter()
        .enumerate()
        .any(|(at, wish)| wishes[..at].contains(wish))
    {
        form.findings.at(element, Code::PreferenceRepeated);
    }
    form.end();
    Some(choices)
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
