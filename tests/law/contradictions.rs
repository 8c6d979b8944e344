//! D-00: each way in which a rule set can contradict itself, brought about alone.

use kezek::queue::calendar::{DayOfYear, Term};
use kezek::queue::rules::{
    Contradiction, Contradiction as C, FreeAccess, Grace, OfferMode, QueueScope, RefusalPolicy,
    Reoffer, RuleBook, RuleSet, Season, SilencePolicy, Unloadable, current,
};
use kezek::terms::Day;

type Spoil = fn(&mut RuleSet);

/// One queue of the settlement, for every kind.
fn one_queue(rules: &mut RuleSet) {
    rules.queues.scope = QueueScope::Settlement;
    rules.choices_max = 1;
    rules.queues.special_choices_max = 1;
    rules.queues.sanatorium_choices_max = 1;
}

/// Every contradiction, and a change that brings it about and no other.
const SPOILS: &[(Contradiction, Spoil)] = &[
    (C::OutOfTurnBeyondChoices, |r| {
        r.queues.out_of_turn_choices_max = 5
    }),
    (C::OneQueueTwice("general"), |r| {
        one_queue(r);
        r.choices_max = 2;
    }),
    (C::OneQueueTwice("special"), |r| {
        one_queue(r);
        r.queues.special_choices_max = 2;
    }),
    (C::OneQueueTwice("sanatorium"), |r| {
        one_queue(r);
        r.queues.sanatorium_choices_max = 2;
    }),
    (C::NoChoice("special"), |r| r.queues.special_choices_max = 0),
    (C::NoChoice("sanatorium"), |r| {
        r.queues.sanatorium_choices_max = 0
    }),
    (C::NoChoice("out_of_turn"), |r| {
        r.queues.out_of_turn_choices_max = 0
    }),
    (C::NoTerm("offers.answer"), |r| {
        r.offers.answer = Term::WorkingDays(0)
    }),
    (C::NoTerm("offers.silence"), |r| {
        r.offers.silence = SilencePolicy::Pause(Term::CalendarDays(0));
    }),
    (C::NoTerm("enrolment.contract"), |r| {
        r.enrolment.contract = Term::Hours(0)
    }),
    (C::NoTerm("enrolment.refusal_review"), |r| {
        r.enrolment.refusal_review = Term::WorkingDays(0);
    }),
    (C::NoTerm("referrals.originals"), |r| {
        r.referrals.originals = Term::WorkingDays(0)
    }),
    (C::NoTerm("referrals.undo"), |r| {
        r.referrals.undo = Term::Hours(0)
    }),
    (C::NoTerm("dismissal.ignored"), |r| {
        r.dismissal.ignored = Term::CalendarDays(0)
    }),
    (C::NoTerm("dismissal.owner_reply"), |r| {
        r.dismissal.owner_reply = Term::WorkingDays(0)
    }),
    (C::NoTerm("stop_list.referral"), |r| {
        r.stop_list.referral = Term::CalendarDays(0)
    }),
    (C::NoTerm("stop_list.originals"), |r| {
        r.stop_list.originals = Term::CalendarDays(0)
    }),
    (C::NoTerm("stop_list.enrolment"), |r| {
        r.stop_list.enrolment = Term::WorkingDays(0)
    }),
    (C::NoTerm("stop_list.silence"), |r| {
        r.offers.silence = SilencePolicy::StopList;
        r.stop_list.silence = Some(Term::CalendarDays(0));
    }),
    (C::NoTerm("stop_list.refusal"), |r| {
        r.offers.refusal = RefusalPolicy::StopList;
        r.stop_list.refusal = Some(Term::CalendarDays(0));
    }),
    (C::NoTerm("validity.correction"), |r| {
        r.validity.correction = Term::CalendarDays(0)
    }),
    (C::NoTerm("validity.grace"), |r| {
        r.validity.grace = Some(Grace {
            term: Term::CalendarDays(0),
            times: 1,
        });
    }),
    (C::EndsBeforeItBegins("effective_until"), |r| {
        r.effective_until = Day::from_parts(2023, 11, 29);
    }),
    (C::EndsBeforeItBegins("queues.regrouping"), |r| {
        let august = |day| DayOfYear::new(8, day).expect("a day of August");
        r.queues.regrouping = Some(Season {
            first: august(20),
            last: august(10),
        });
    }),
    (C::ValidityBeyondAYear, |r| r.validity_months = 13),
    (C::RemindersOutOfOrder, |r| {
        r.validity.reminder_days = &[7, 30]
    }),
    (C::RemindersOutOfOrder, |r| {
        r.validity.reminder_days = &[30, 30]
    }),
    (C::RemindersOutOfOrder, |r| {
        r.validity.reminder_days = &[1, 0]
    }),
    (C::RemindersOutOfOrder, |r| r.validity_months = 2),
    (C::LeavesBeforeItMayEnter, |r| {
        r.queues.min_age_months = Some(72)
    }),
    (C::ConclusionShortens, |r| {
        r.queues.special_leaving_age_years = 5
    }),
    (C::SilenceWithoutGround, |r| {
        r.offers.silence = SilencePolicy::StopList
    }),
    (C::RefusalWithoutGround, |r| {
        r.offers.refusal = RefusalPolicy::StopList
    }),
    (C::IdleGround("silence"), |r| {
        r.stop_list.silence = Some(Term::CalendarDays(10))
    }),
    (C::IdleGround("refusal"), |r| {
        r.stop_list.refusal = Some(Term::CalendarDays(10))
    }),
    (C::RefusalsKeptNever, |r| {
        r.offers.refusal = RefusalPolicy::Keep {
            times: 0,
            months: 12,
        };
    }),
    (C::RefusalsKeptNever, |r| {
        r.offers.refusal = RefusalPolicy::Keep {
            times: 2,
            months: 0,
        };
    }),
    (C::UpgradeOfWhatIsNotAsked, |r| r.offers.auto_issue = true),
    (C::NotPlanned("offers.mode"), |r| {
        r.offers.mode = OfferMode::ChooseAmong
    }),
    (C::NotPlanned("queues.siblings_first"), |r| {
        r.queues.siblings_first = true
    }),
    (C::NotPlanned("queues.staff_quota"), |r| {
        r.queues.staff_quota = true
    }),
    (C::NotPlanned("queues.transfer_after_first_time"), |r| {
        r.queues.transfer_after_first_time = true
    }),
    (C::ExtensionShortens, |r| {
        r.referrals.extension = Term::CalendarDays(7)
    }),
    (C::UndoBeyondReferral, |r| {
        r.referrals.undo = Term::Hours(121)
    }),
    (C::GraceNever, |r| {
        r.validity.grace = Some(Grace {
            term: Term::CalendarDays(28),
            times: 0,
        });
    }),
    (C::HoursOutOfOrder("messages.hours"), |r| {
        r.messages.hours.until = 25
    }),
    (C::HoursOutOfOrder("offers.reoffer"), |r| {
        r.offers.reoffer = Reoffer::Hourly { from: 20, until: 8 };
    }),
    (C::HoursOutOfOrder("offers.free_access"), |r| {
        r.offers.free_access = FreeAccess::Collect { hours: 0 };
    }),
    (C::WarningAtNight, |r| r.messages.hours.warning = 20),
    (C::WarningAtNight, |r| r.messages.hours.warning = 7),
    (C::StatedTimeNegative, |r| r.stated_time_earlier_ms_max = -1),
    (C::StatedTimeNegative, |r| r.stated_time_later_ms_max = -1),
    (C::EarlyExit, |r| r.stop_list.early_exit = true),
    (C::EarlyExit, |r| r.stop_list.annulled_by_persons = 0),
    (C::CertificateOfNoAge, |r| {
        r.benefits.certificate_age_days = 0
    }),
];

// D-00: a set that contradicts itself does not load, and says how.
#[test]
fn each_contradiction_is_found_alone_and_keeps_the_set_from_loading() {
    for (expected, spoil) in SPOILS.iter().copied() {
        let mut spoiled = current().clone();
        spoil(&mut spoiled);
        assert_eq!(spoiled.check(), [expected], "{}", expected.code());
        let contradictions = vec![expected];
        let id = spoiled.id.to_owned();
        assert_eq!(
            RuleBook::load(vec![spoiled], vec![]),
            Err(Unloadable::Contradicts { id, contradictions })
        );
    }
    // Those that bring others with them.
    let mut spoiled = current().clone();
    spoiled.choices_max = 0;
    spoiled.validity_months = 0;
    spoiled.referrals.valid = Term::WorkingDays(0);
    spoiled.referrals.extension = Term::CalendarDays(0);
    spoiled.messages.hours.from = 20;
    let found = spoiled.check();
    for expected in [
        Contradiction::NoChoice("general"),
        Contradiction::NoTerm("validity_months"),
        Contradiction::NoTerm("referrals.valid"),
        Contradiction::NoTerm("referrals.extension"),
        Contradiction::HoursOutOfOrder("messages.hours"),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    assert!(found.is_sorted());
}
