//! Words: every code that an answer can hold, and its fixture. The guide has them from here.

use std::collections::BTreeSet;
use std::fs;

use kezek::queue::application::PreschoolKind as Kind;
use kezek::queue::lifecycle::Refused;
use kezek::queue::refusal::Refusal;
use kezek::queue::remark::Remark;
use kezek::services::finding::Code;
use kezek::terms::{Day, PreschoolId};

use crate::fixture;

/// The refusal after this one. A new one does not compile until it stands in the chain.
fn next(refusal: Refusal) -> Option<Refusal> {
    let id = PreschoolId::parse("710000000-0001").expect("its form");
    Some(match refusal {
        Refusal::AgeCategoryUnknown => Refusal::AlreadyWaiting,
        Refusal::AlreadyWaiting => Refusal::ApplicantNotRepresentative,
        Refusal::ApplicantNotRepresentative => Refusal::ApplicationDiffers,
        Refusal::ApplicationDiffers => Refusal::ApplicationEnded,
        Refusal::ApplicationEnded => Refusal::ApplicationIdTaken,
        Refusal::ApplicationIdTaken => Refusal::ApplicationOfAnotherSettlement,
        Refusal::ApplicationOfAnotherSettlement => Refusal::ApplicationUnknown,
        Refusal::ApplicationUnknown => Refusal::BirthYearNotOfAges,
        Refusal::BirthYearNotOfAges => Refusal::CapacityExceeded,
        Refusal::CapacityExceeded => Refusal::CapacityUnknown,
        Refusal::CapacityUnknown => Refusal::ChildTooOld,
        Refusal::ChildTooOld => Refusal::ChoiceChangedLately(id),
        Refusal::ChoiceChangedLately(_) => Refusal::ChoiceRepeated(id),
        Refusal::ChoiceRepeated(_) => Refusal::ChoicesOutOfRange(Kind::General),
        Refusal::ChoicesOutOfRange(Kind::General) => Refusal::ChoicesOutOfRange(Kind::Sanatorium),
        Refusal::ChoicesOutOfRange(Kind::Sanatorium) => Refusal::ChoicesOutOfRange(Kind::Special),
        Refusal::ChoicesOutOfRange(Kind::Special) => Refusal::ConclusionUnknown,
        Refusal::ConclusionUnknown => Refusal::DisorderUnknown,
        Refusal::DisorderUnknown => Refusal::DocumentNotOnCheck,
        Refusal::DocumentNotOnCheck => Refusal::FreeSeatsFewer,
        Refusal::FreeSeatsFewer => Refusal::GroupOfAnotherKind,
        Refusal::GroupOfAnotherKind => Refusal::GroupTooLarge,
        Refusal::GroupTooLarge => Refusal::GroupUnknown,
        Refusal::GroupUnknown => Refusal::NameDiffers,
        Refusal::NameDiffers => Refusal::NotInQueue,
        Refusal::NotInQueue => Refusal::NotInThisState(Refused::IdentityOnCheck),
        Refusal::NotInThisState(_) => Refusal::PaperNotValid,
        Refusal::PaperNotValid => Refusal::PreschoolClosed(id),
        Refusal::PreschoolClosed(_) => Refusal::PreschoolOfAnotherKind(id),
        Refusal::PreschoolOfAnotherKind(_) => Refusal::PreschoolOfAnotherSettlement(id),
        Refusal::PreschoolOfAnotherSettlement(_) => Refusal::PreschoolUnknown(id),
        Refusal::PreschoolUnknown(_) => Refusal::PurposeUnknown,
        Refusal::PurposeUnknown => Refusal::QueueNotUpdated,
        Refusal::QueueNotUpdated => Refusal::RehabilitationUnknown,
        Refusal::RehabilitationUnknown => Refusal::ReportOutdated,
        Refusal::ReportOutdated => Refusal::RepresentativeUnknown,
        Refusal::RepresentativeUnknown => Refusal::SeatsHeld,
        Refusal::SeatsHeld => Refusal::SeatsNotFree,
        Refusal::SeatsNotFree => Refusal::SettlementUnknown,
        Refusal::SettlementUnknown => return None,
    })
}

/// Every refusal.
pub fn every_refusal() -> impl Iterator<Item = Refusal> {
    std::iter::successors(Some(Refusal::AgeCategoryUnknown), |it| next(*it))
}

/// Every remark.
pub fn every_remark() -> Vec<Remark> {
    vec![
        Remark::AgeEndsFirst(Day::from_parts(2027, 8, 31).expect("a day")),
        Remark::BenefitNotApplied,
        Remark::BenefitWithoutTier,
        Remark::BenefitWaitsForIdentity,
        Remark::IdentityOnCheck,
        Remark::OutOfTurnOnCheck,
        Remark::PaperEndsFirst(Day::from_parts(2027, 8, 31).expect("a day")),
        Remark::ReceptionTimeCounts,
        Remark::ReferralOnCheck,
    ]
}

/// Those that no request can meet: the door finds the same before the law is asked.
fn is_met_by_nobody(refusal: Refusal) -> bool {
    match refusal {
        Refusal::ChoiceRepeated(_)
        | Refusal::ChoicesOutOfRange(Kind::General)
        | Refusal::PreschoolOfAnotherSettlement(_) => true,
        Refusal::AgeCategoryUnknown
        | Refusal::AlreadyWaiting
        | Refusal::ApplicantNotRepresentative
        | Refusal::ApplicationDiffers
        | Refusal::ApplicationEnded
        | Refusal::ApplicationIdTaken
        | Refusal::ApplicationOfAnotherSettlement
        | Refusal::ApplicationUnknown
        | Refusal::BirthYearNotOfAges
        | Refusal::CapacityExceeded
        | Refusal::CapacityUnknown
        | Refusal::ChildTooOld
        | Refusal::ChoiceChangedLately(_)
        | Refusal::ChoicesOutOfRange(Kind::Sanatorium | Kind::Special)
        | Refusal::ConclusionUnknown
        | Refusal::DisorderUnknown
        | Refusal::DocumentNotOnCheck
        | Refusal::FreeSeatsFewer
        | Refusal::GroupOfAnotherKind
        | Refusal::GroupTooLarge
        | Refusal::GroupUnknown
        | Refusal::NameDiffers
        | Refusal::NotInQueue
        | Refusal::NotInThisState(_)
        | Refusal::PaperNotValid
        | Refusal::PreschoolClosed(_)
        | Refusal::PreschoolOfAnotherKind(_)
        | Refusal::PreschoolUnknown(_)
        | Refusal::PurposeUnknown
        | Refusal::QueueNotUpdated
        | Refusal::RehabilitationUnknown
        | Refusal::ReportOutdated
        | Refusal::RepresentativeUnknown
        | Refusal::SeatsHeld
        | Refusal::SeatsNotFree
        | Refusal::SettlementUnknown => false,
    }
}

#[test]
fn every_refusal_and_every_finding_has_a_fixture_in_some_service() {
    let mut cases = BTreeSet::new();
    for service in fs::read_dir(fixture::folder("services")).expect("the folder is there") {
        let name = service.expect("it can be read").file_name();
        let requests = fixture::requests(name.to_str().expect("a plain name"));
        cases.extend(requests.into_iter().map(|request| request.case));
    }
    let has = |code: &str| cases.contains(&format!("refused-{}", code.replace('_', "-")));
    let met = every_refusal().filter(|it| !is_met_by_nobody(*it));
    let met: BTreeSet<&str> = met.map(Refusal::code).collect();
    for refusal in every_refusal() {
        assert_eq!(
            has(refusal.code()),
            met.contains(refusal.code()),
            "{refusal:?}"
        );
    }
    for code in Code::ALL {
        assert!(has(code.name()), "{code:?}");
    }
}
