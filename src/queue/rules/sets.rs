//! Sets: the rule sets that this program knows (D-00).
//!
//! Law:   004; 002 (the standard of order No. 254 of 19.06.2020); 003; decision D-00.
//! Never: names a number without its paragraph or its decision.

use std::num::NonZeroU32;
use std::sync::LazyLock;

use crate::queue::calendar::{DayOfYear, SendingHours, Term};
use crate::queue::rank::Tier;
use crate::queue::rules::{
    BenefitRules, ContractForm, Dismissal, Enrolment, FreeAccess, Grace, Groups, KeptTime,
    Messages, OfferMode, Offers, OwnerSilence, PatternStart, QueueScope, Queues, Referrals,
    RefusalPolicy, Reoffer, RuleSet, Season, SilencePolicy, SourceDown, StopList, TempSeat,
    UnconfirmedBenefit, Validity,
};
use crate::terms::Day;

/// The rule set by which decisions are taken today.
pub fn current() -> &'static RuleSet {
    &KZ_2023_351_591
}

/// The names of all sets, the earliest first.
pub const ALL_IDS: [&str; 3] = ["kz-254-legacy", "kz-2023-351-591", "kz-voucher-2025"];

/// The set of this name.
pub fn by_id(id: &str) -> Option<&'static RuleSet> {
    let all: [&RuleSet; 3] = [&KZ_254_LEGACY, &KZ_2023_351_591, &KZ_VOUCHER_2025];
    all.into_iter().find(|set| set.id == id)
}

/// The joint order No. 351 / 591-НҚ, in force from the day of its signature.
static KZ_2023_351_591: LazyLock<RuleSet> = LazyLock::new(|| RuleSet {
    id: "kz-2023-351-591",
    effective_from: Day::from_parts(2023, 11, 30).expect("November has thirty days"),
    // The order lapsed after twelve months; its rules stay until an act replaces them (D-00).
    effective_until: None,
    // 004 pt.17 «располагаются через каждые три заявления»; «один к пяти» of the same sentence
    // is not followed (D-30).
    general_per_priority: NonZeroU32::new(3).expect("three is not zero"),
    // 004 pt.17 «через каждые три заявления, поданные на общих основаниях»: after them.
    pattern_start: PatternStart::General,
    // 004 1_1 p.4(20) «от 1 до 4 ДО».
    choices_max: 4,
    validity_months: 12,
    special_needs_is_priority: true,
    stated_time_earlier_ms_max: 60_000,
    stated_time_later_ms_max: 2_000,
    // 004 pt.21 «пока не завершен текущий учебный год в ДО»: groups move in August (D-23).
    school_year_end: DayOfYear::new(8, 31).expect("August has thirty-one days"),
    // 004 pt.21 «до исполнения полных 6 лет».
    leaving_age_years: 6,
    queues: queues(),
    groups: Groups {
        // D-45: the acts on preschools name them, and the order does not.
        early_seats_max: 20,
        seats_max: 25,
        // СП РК 3.02-110-2012*, annex Л: 10 of early age; 10 to 15 later, by the disorder.
        care_early_seats_max: 10,
        care_seats_max: 15,
    },
    offers: offers(),
    referrals: Referrals {
        // 004 pt.28 «действует 5 рабочих дней после согласия».
        valid: Term::WorkingDays(5),
        // 004 pt.29 «устанавливается срок 5 рабочих дней».
        originals: Term::WorkingDays(5),
        staff_delay_pauses: true,
        extensions_max: 1,
        extension: Term::CalendarDays(30),
        undo: Term::Hours(24),
        unconfirmed_benefit: UnconfirmedBenefit::General,
    },
    enrolment: Enrolment {
        // 004 pt.30 «Срок действия заявления на зачисление составляет 5 рабочих дней».
        contract: Term::WorkingDays(5),
        auto_register: false,
        form: ContractForm::Either,
        renewed_if_preschool_is_late: true,
        refusal_review: Term::WorkingDays(1),
    },
    dismissal: Dismissal {
        // 004 pt.31 «по истечению 10 календарных дней».
        ignored: Term::CalendarDays(10),
        owner_reply: Term::WorkingDays(3),
        owner_silence: OwnerSilence::NotAgreed,
        fallback_owner: true,
    },
    stop_list: StopList {
        // 004 pt.34 «10 календарных дней».
        referral: Term::CalendarDays(10),
        originals: Term::CalendarDays(10),
        // 004 pt.30 «на 10 (десять) рабочих дней».
        enrolment: Term::WorkingDays(10),
        silence: None,
        refusal: None,
        early_exit: false,
        annulled_by_persons: 2,
    },
    validity: Validity {
        grace: None,
        extend_on_activity: false,
        reminder_days: &[60, 30, 7, 1],
        delivery_attempts: 3,
        suspended_by_offer: true,
        correction: Term::CalendarDaysToWorking(10),
        migrated_waits: true,
    },
    benefits: BenefitRules {
        // 1_9 p.6 «не позднее 10 календарных дней ко дню подачи».
        certificate_age_days: 10,
        fresh_certificate: true,
        source_down: SourceDown {
            last_yes_days: 7,
            hold_hours: 24,
        },
        recheck_places: 20,
        conclusion_warning_days: 30,
    },
    messages: Messages {
        hours: SendingHours {
            from: 8,
            until: 20,
            warning: 9,
        },
        // 1_8 No. 10, No. 11, No. 13 «за 24 часа до истечения срока».
        lead_hours: 24,
    },
});

fn queues() -> Queues {
    Queues {
        scope: QueueScope::Preschool,
        special_by_disorder: true,
        sanatorium_by_rehab: true,
        // 004 1_1 p.6, p.8 «от 1 до 2 ДО».
        special_choices_max: 2,
        sanatorium_choices_max: 2,
        // 004 pt.21 «только в одну общеобразовательную ДО».
        out_of_turn_choices_max: 1,
        // 004 pt.18, pt.19 «не применяются».
        benefits_in_special: false,
        choice_change: KeptTime::Original,
        refused_choice_again: KeptTime::Change,
        choice_change_rest_days: 30,
        settlement_change: KeptTime::Change,
        transfer_tier: Tier::General,
        transfer_after_first_time: false,
        twins_together: true,
        siblings_first: false,
        staff_quota: false,
        min_age_months: None,
        band_age_max_years: 6,
        special_leaving_age_years: 7,
        regrouping: Some(Season {
            first: DayOfYear::new(8, 1).expect("a day of August"),
            last: DayOfYear::new(8, 31).expect("a day of August"),
        }),
    }
}

fn offers() -> Offers {
    Offers {
        // 004 pt.28 «в течение 3 (трех) рабочих дней».
        answer: Term::WorkingDays(3),
        mode: OfferMode::BestOne,
        upgrade: true,
        auto_issue: false,
        reoffer: Reoffer::Hourly { from: 8, until: 20 },
        silence: SilencePolicy::Pause(Term::CalendarDays(10)),
        silences_to_interest_check: 2,
        refusal: RefusalPolicy::Keep {
            times: 2,
            months: 12,
        },
        free_access: FreeAccess::Collect { hours: 24 },
        temp_seat: TempSeat::OptIn,
        forced_recall: true,
    }
}

/// The practice under order No. 254 of 19.06.2020 (002): one queue of the settlement, every fourth
/// seat to the priority tier, a seat free for anyone after the term of the first (D-00, D-49).
static KZ_254_LEGACY: LazyLock<RuleSet> = LazyLock::new(|| {
    let order = current();
    RuleSet {
        id: "kz-254-legacy",
        effective_from: Day::from_parts(2020, 6, 19).expect("a day of June"),
        effective_until: Day::from_parts(2023, 11, 29),
        // A queue of the settlement asks for no preschool (D-00).
        choices_max: 1,
        // 001, 003 «7 жасқа дейінгі» (D-23).
        leaving_age_years: 7,
        queues: Queues {
            scope: QueueScope::Settlement,
            special_choices_max: 1,
            sanatorium_choices_max: 1,
            band_age_max_years: 7,
            ..order.queues
        },
        offers: Offers {
            // D-49: the head of the queue has the seat for three working days, then anyone has.
            upgrade: false,
            reoffer: Reoffer::Nightly,
            silence: SilencePolicy::Skip,
            free_access: FreeAccess::FirstCome,
            temp_seat: TempSeat::Off,
            ..order.offers
        },
        // 002 row 8: a certificate is good for a month (D-76).
        benefits: BenefitRules {
            certificate_age_days: 30,
            ..order.benefits
        },
        ..order.clone()
    }
});

/// The pilot of vouchers, 2025: two working days to confirm, then inactive with one return within
/// 28 days; a refusal ends the queue; five working days to sign (D-00).
static KZ_VOUCHER_2025: LazyLock<RuleSet> = LazyLock::new(|| {
    let order = current();
    RuleSet {
        id: "kz-voucher-2025",
        effective_from: Day::from_parts(2025, 1, 1).expect("a day of January"),
        offers: Offers {
            answer: Term::WorkingDays(2),
            silence: SilencePolicy::Archive,
            refusal: RefusalPolicy::ArchiveAll,
            ..order.offers
        },
        // D-66: no extension where there are vouchers; a region without them says so.
        referrals: Referrals {
            extensions_max: 0,
            ..order.referrals
        },
        validity: Validity {
            grace: Some(Grace {
                term: Term::CalendarDaysToWorking(28),
                times: 1,
            }),
            ..order.validity
        },
        ..order.clone()
    }
});
