//! The form of S-08, part by part, in the sequence of `schemas/queue-registration.xsd`.
//!
//! Law:   004 1_1 p.4, p.6, p.8; pt.12 (consent), pt.14, pt.16 (one settlement), pt.18–20; D-13,
//!        D-17, D-19.
//! Out:   each part, if it could be read; whatever is wrong goes to the findings.

use super::{Applicant, CHOICES_MAX, Child, Request};
use crate::queue::application::PreschoolKind;
use crate::queue::benefit::Benefit;
use crate::registry::Ground;
use crate::services::finding::Code;
use crate::services::reading::{self, Sequence};
use crate::services::scan::{self, Paper, Scan};
use crate::services::{choices, claim, kept};
use crate::terms::{Citizenship, Moment, Sex, TeachingLanguage};

/// The whole form.
pub(super) fn read(form: &mut Sequence<'_, '_>, received: Moment) -> Option<Request> {
    let application_id = form.value("applicationId", reading::application_id);
    let filed_at = form.value("filedAt", reading::stated_time);
    let kind = form.value("kind", |text| {
        reading::listed(PreschoolKind::from_code(text))
    });
    let settlement = form.value("settlement", reading::settlement);
    let applicant = form.part("applicant", read_applicant);
    let child = form.part("child", |child| read_child(child, kind, received));
    if let Some((applicant, child)) = applicant.as_ref().zip(child.as_ref())
        && applicant.iin == child.iin
    {
        form.about("applicant", Code::ApplicantIsChild);
    }
    let ground = read_ground(form, kind);
    let language = form.part("language", read_language);
    let choices = form.part("preschools", |form| {
        choices::read(form, settlement, CHOICES_MAX)
    });
    reading::consent_to_processing(form);
    let publication_consent = form.value("consentToPublication", reading::boolean);
    let scans = scan::read(form);
    if let (Some(kind), Some(child), Some(scans)) = (kind, &child, &scans) {
        require_papers(kind, child, scans, form);
    }
    let (language, language_only) = language?;
    let ground = ground?;
    // What does not belong together was found above.
    let basis = kind.and_then(|kind| kept::basis(kind, ground.as_ref()));
    Some(Request {
        application_id: application_id?,
        filed_at: filed_at?,
        settlement: settlement?,
        applicant: applicant?,
        child: child?,
        basis: basis?,
        ground,
        language,
        language_only,
        choices: choices?,
        publication_consent: publication_consent?,
        scans: scans?,
    })
}

/// The papers that no register can stand for.
fn require_papers(kind: PreschoolKind, child: &Child, scans: &[Scan], form: &mut Sequence<'_, '_>) {
    let lacks = |paper: Paper| scans.iter().all(|scan| scan.paper != paper);
    // 1_1 p.4 «прикладывается скан-копия свидетельства о рождении».
    if child.citizenship != Citizenship::KAZAKHSTAN && lacks(Paper::BirthCertificate) {
        form.about("scans", Code::BirthCertificateMissing);
    }
    match kind {
        PreschoolKind::General => claim::require_paper(child.benefit, scans, form),
        // 1_1 p.8 «сведения о направлении врача-фтизиатора (скан-копия)».
        PreschoolKind::Sanatorium if lacks(Paper::DoctorReferral) => {
            form.about("scans", Code::DoctorReferralMissing);
        }
        // pt.18 «Льготы … не применяются»: nothing is to be shown for what has no effect (D-19).
        PreschoolKind::Sanatorium | PreschoolKind::Special => {}
    }
}

/// `special` or `sanatorium`, which belongs to its kind of queue: 1_1 p.6, p.8. None: a general one
/// asks for no ground.
fn read_ground(form: &mut Sequence<'_, '_>, kind: Option<PreschoolKind>) -> Option<Option<Ground>> {
    let parts = [
        (PreschoolKind::Special, "special", "conclusion", "disorder"),
        (
            PreschoolKind::Sanatorium,
            "sanatorium",
            "referral",
            "rehabilitation",
        ),
    ];
    let mut sent = parts.into_iter();
    let sent = sent.find_map(|part| form.optional(part.1).map(|element| (part, element)));
    let Some(((of, _, paper, care), element)) = sent else {
        if kind.is_some_and(|kind| kind != PreschoolKind::General) {
            form.about("kind", Code::GroundMissing);
        }
        return Some(None);
    };
    if kind.is_some_and(|kind| kind != of) {
        form.findings.at(element, Code::GroundOfAnotherKind);
    }
    let ground = reading::inside(element, form.findings, |form| {
        let days = form.part(paper, |form| {
            let number = form.value("number", reading::name_part);
            let from = form.value("from", reading::day);
            let until = form.value("until", reading::day);
            Some((number?, from?, until?))
        });
        let care = form.value(care, reading::code);
        let (number, from, until) = days?;
        Some(Ground {
            number,
            from,
            until,
            care: care?,
        })
    });
    ground.map(Some)
}

fn read_applicant(form: &mut Sequence<'_, '_>) -> Option<Applicant> {
    let iin = form.value("iin", reading::iin);
    let name = form.part("name", reading::person_name);
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
    let phones = phones.into_iter().flatten().collect();
    Some(Applicant {
        iin: iin?,
        name: name?,
        kind: kind?,
        phones,
        email,
    })
}

fn read_child(
    form: &mut Sequence<'_, '_>,
    kind: Option<PreschoolKind>,
    received: Moment,
) -> Option<Child> {
    let iin = form.value("iin", reading::iin);
    let name = form.part("name", reading::person_name);
    let benefit = read_benefit(form, kind);
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

/// Льгота: general and special queues ask for it (1_1 p.4(14), p.6), sanatorium ones do not (p.8).
fn read_benefit(
    form: &mut Sequence<'_, '_>,
    kind: Option<PreschoolKind>,
) -> Option<Option<Benefit>> {
    let said = form.optional("benefit");
    match (kind, said) {
        (Some(PreschoolKind::Sanatorium), Some(part)) => {
            form.findings.at(part, Code::BenefitNotAsked);
        }
        (Some(PreschoolKind::General | PreschoolKind::Special), None) => {
            form.here(Code::BenefitNotSaid);
        }
        (Some(_), _) | (None, _) => {}
    }
    match said {
        Some(part) => reading::inside(part, form.findings, claim::read),
        None => Some(None),
    }
}

fn read_language(form: &mut Sequence<'_, '_>) -> Option<(TeachingLanguage, bool)> {
    let code = form.value("code", |text| {
        reading::listed(TeachingLanguage::from_code(text))
    });
    let only = form.value("only", reading::boolean);
    code.zip(only)
}
