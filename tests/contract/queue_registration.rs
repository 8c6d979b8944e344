//! S-08: its fixtures, by the law and a sample registry; its answers; its mutants.

use kezek::queue::application::{
    self, Basis, Conclusion, Days, Filing, PreschoolFacts, PreschoolKind, PreschoolStatus,
    Situation,
};
use kezek::queue::rank::{Census, Fate, Held, Offer, Place, Share, Tier};
use kezek::queue::rules;
use kezek::registry::{CodeList, Part, Preschool};
use kezek::services::finding::{Code, Findings};
use kezek::services::place::QueuePlace;
use kezek::services::queue_registration::{Answer, Request, read, write};
use kezek::services::{Service, answer, by_number};
use kezek::terms::{Day, PreschoolId};

use crate::fixture::{self, payload, received};
use crate::{mutants, validator, words};

const FOLDER: &str = "queue-registration";

fn service() -> &'static Service {
    by_number("S-08").expect("the catalogue has it")
}

fn registry() -> Vec<Preschool> {
    let rows = crate::registers::start().preschools.into_iter();
    rows.map(|(preschool, _)| preschool).collect()
}

/// What a registry that holds nobody but the family of the case would show.
fn situation(case: &str, request: &Request) -> Situation {
    let facts = |it: Preschool| PreschoolFacts {
        id: it.id,
        status: PreschoolStatus::from_code(it.status.code()).expect("the same codes"),
        kind: PreschoolKind::from_code(it.kind.code()).expect("the same codes"),
    };
    let day = |year, month, day| Day::from_parts(year, month, day).expect("a day");
    let conclusion = Conclusion {
        days: Days {
            from: day(2026, 9, 1),
            until: day(2027, 8, 31),
        },
        withdrawn: None,
    };
    let conclusions = (case != "refused-conclusion-unknown").then_some(conclusion);
    Situation {
        conclusions: conclusions.into_iter().collect(),
        care_listed: care(request).is_some(),
        preschools: registry().into_iter().map(facts).collect(),
        already_waiting: case == "refused-already-waiting",
        application_id_taken: case == "refused-application-id-taken",
    }
}

/// What the queue is for, in the words of the start set; nothing in a general one.
fn care(request: &Request) -> Option<[String; 2]> {
    let ground = request.ground.as_ref()?;
    let list = match request.basis {
        Basis::General => return None,
        Basis::Sanatorium(_) => CodeList::Rehabilitation,
        Basis::Special(_) => CodeList::Disorder,
    };
    let mut codes = crate::registers::start().codes.into_iter();
    let row = codes.find(|row| row.list == list && row.code == ground.care)?;
    Some([row.name_kk, row.name_ru])
}

/// Which of the queues of a preschool the request is about; all of the sample have one age band.
fn part(request: &Request) -> Part {
    let band = [
        "Әртүрлі жастағы топ".to_owned(),
        "Разновозрастная группа".to_owned(),
    ];
    match (request.basis, care(request)) {
        (Basis::Special(_), Some(care)) => Part::Care {
            care,
            band: Some(band),
        },
        (Basis::Sanatorium(_), Some(care)) => Part::Care { care, band: None },
        (Basis::General, _) | (_, None) => Part::BirthYear(request.child.birth_date.year()),
    }
}

fn filing(request: &Request) -> Filing {
    Filing {
        basis: request.basis,
        stated_at: request.filed_at,
        received_at: received(),
        birth_date: request.child.birth_date,
        citizenship: request.child.citizenship,
        benefit: request.child.benefit,
        preschools: request
            .choices
            .iter()
            .map(|(preschool, _)| *preschool)
            .collect(),
        settlement: request.settlement,
    }
}

/// The first of its queue: nobody else stands there.
fn first_place(preschool: PreschoolId, part: &Part, tier: Tier) -> QueuePlace {
    let own = Share {
        before: 0,
        total: 1,
    };
    let mut census = Census::default();
    match tier {
        Tier::OutOfTurn => census.out_of_turn = own,
        Tier::Priority => census.priority = own,
        Tier::General => census.general = own,
    }
    let name = registry()
        .into_iter()
        .find(|it| it.id == preschool)
        .expect("registered there");
    QueuePlace::named(
        preschool,
        (&name.name_kk, &name.name_ru),
        part,
        census.place(tier, rules::current()),
    )
}

fn answered(case: &str, request: &Request) -> String {
    if case == "refused-application-differs" {
        // The register would hold the application of `accepted`.
        let refusal = application::again(false).expect_err("another content");
        return answer::refusal_at(refusal, &["/queueRegistration/preschools"]);
    }
    let filing = filing(request);
    match application::register(
        &filing,
        &situation(case, request),
        rules::current(),
        received(),
    ) {
        Err(refusal) => {
            let said = format!("refused-{}", refusal.code().replace('_', "-"));
            assert_eq!(case, said);
            answer::refusal(refusal)
        }
        Ok(registered) => write(&Answer {
            application_id: request.application_id.clone(),
            number: 1,
            kind: request.basis.kind(),
            on_document_check: registered.state.on_document_check(),
            filed_at: registered.filed_at,
            filed_at_source: registered.filed_at_source.code().to_owned(),
            received_at: received(),
            valid_until: registered.valid_until,
            as_of: received(),
            places: filing
                .preschools
                .iter()
                .map(|id| first_place(*id, &part(request), registered.tier))
                .collect(),
            remarks: registered.remarks,
        }),
    }
}

#[test]
fn every_fixture_is_answered_as_its_name_says() {
    fixture::check(service(), FOLDER, |request| {
        match read(payload(&request.document), received()) {
            Ok(read) => answered(&request.case, &read),
            Err(findings) => answer::findings(&findings),
        }
    });
}

#[test]
fn all_that_is_wrong_is_found_at_once_and_with_its_place() {
    let requests = fixture::requests(FOLDER);
    let many = requests
        .iter()
        .find(|it| it.case == "refused-many-findings")
        .expect("it is there");
    let found = fixture::findings(service(), &many.document);
    let found: Vec<(Code, &str)> = found.iter().map(|it| (it.code, it.path.as_str())).collect();
    assert_eq!(
        found,
        [
            (Code::ElementMissing, "/queueRegistration/kind"),
            (Code::ValueWrongForm, "/queueRegistration/applicant/phone"),
            (Code::SexNotOfIin, "/queueRegistration/child/sex"),
            (
                Code::ValueWrongForm,
                "/queueRegistration/consentToProcessing"
            ),
        ]
    );
}

/// The longest and largest of everything an answer can hold.
fn largest_answer() -> Answer {
    let day = Day::from_parts(2027, 8, 31).expect("a day");
    let census = Census {
        offers: vec![Offer {
            tier: Tier::General,
            fate: Fate::Pending,
        }],
        turn: None,
        out_of_turn: Share {
            before: 0,
            total: u32::MAX / 8,
        },
        priority: Share {
            before: 0,
            total: u32::MAX / 8,
        },
        general: Share {
            before: u32::MAX / 8,
            total: u32::MAX / 4,
        },
        held: vec![Held {
            tier: Tier::General,
            at: 0,
            by_offer: true,
        }],
    };
    let place: Place = census.place(Tier::General, rules::current());
    let name = "Ә".repeat(300);
    let part = Part::Care {
        care: [name.clone(), name.clone()],
        band: Some([name.clone(), name.clone()]),
    };
    let entry = |at: u32| {
        let id = PreschoolId::parse(&format!("710000000-{at:04}")).expect("its form");
        QueuePlace::named(id, (&name, &name), &part, place)
    };
    Answer {
        application_id: "A".repeat(64),
        number: i64::MAX / 10,
        kind: PreschoolKind::Sanatorium,
        on_document_check: true,
        filed_at: received(),
        filed_at_source: "RECEIVED".into(),
        received_at: received(),
        valid_until: day,
        as_of: received(),
        places: (1..=4).map(entry).collect(),
        remarks: words::every_remark(),
    }
}

#[test]
fn every_answer_that_can_be_written_fits_the_schema() {
    let mut answers: Vec<String> = words::every_refusal().map(answer::refusal).collect();
    answers.push(write(&largest_answer()));
    let crowd = format!(
        "<k:queueRegistration xmlns:k=\"urn:kz:kezek:services:v1\">{}</k:queueRegistration>",
        "<k:unknown/>".repeat(Findings::COUNT_MAX + 1)
    );
    let document = fixture::parse(crowd.as_bytes());
    let found = read(document.root(), received()).expect_err("nothing in it is known");
    assert!(found.is_truncated() && found.iter().count() == Findings::COUNT_MAX);
    answers.push(answer::findings(&found));
    let schema = validator::schema(service().schema);
    for (answer, verdict) in answers.iter().zip(validator::validate(&schema, &answers)) {
        assert!(verdict.valid, "{:?} {answer}", verdict.said);
    }
}

#[test]
fn schema_rules_and_reading_agree_about_mutants() {
    mutants::check(service(), FOLDER);
}
