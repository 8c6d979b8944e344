//! Check: a rule set that contradicts itself is not loaded (D-00).
//!
//! Law:   004 pt.21, 28, 33, 1_2 p.3, 1_6 st.2; the decisions that each contradiction names.
//! Out:   every contradiction of a set, in the order of [`Contradiction`].
//! Start: [`RuleSet::check`].

use crate::queue::calendar::Term;
use crate::queue::rules::{
    FreeAccess, OfferMode, QueueScope, RefusalPolicy, Reoffer, RuleSet, SilencePolicy,
};

/// The closed list of ways in which a rule set contradicts itself or the law that no set may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Contradiction {
    /// A benefit out of turn is kept in more preschools than an application names.
    OutOfTurnBeyondChoices,
    /// An application of this kind of queue may name no preschool.
    NoChoice(&'static str),
    /// An application of this kind may name several preschools of a settlement whose queue is one
    /// (D-10): it would stand in it twice.
    OneQueueTwice(&'static str),
    /// A term of no length.
    NoTerm(&'static str),
    /// Two things of the set end before they begin: the set, or its regrouping.
    EndsBeforeItBegins(&'static str),
    /// A validity of more than a year (004 1_2 p.3).
    ValidityBeyondAYear,
    /// A reminder stands before the validity begins, or after a later one (D-102).
    RemindersOutOfOrder,
    /// A child leaves the queue before a seat may be offered to it.
    LeavesBeforeItMayEnter,
    /// A child with a conclusion leaves earlier than one without (004 pt.27).
    ConclusionShortens,
    /// Silence leads to a stop-list that knows no such ground (004 pt.33, D-61).
    SilenceWithoutGround,
    /// A refusal leads to a stop-list that knows no such ground (004 pt.33, D-62).
    RefusalWithoutGround,
    /// A ground of the stop-list that nothing leads to.
    IdleGround(&'static str),
    /// A refusal keeps the place no times, which is another policy (D-62).
    RefusalsKeptNever,
    /// A referral is written unasked, and an offer that nobody is asked about is to be replaced
    /// (D-41, D-42).
    UpgradeOfWhatIsNotAsked,
    /// A choice that no shipped set makes and that the plan cannot follow: several offers to one
    /// family at once (004 1_6 st.2, D-40), seats for the staff's children (D-29), brothers and
    /// sisters first (D-28), transfers last (D-21). A night that passes over it in silence would be
    /// planned by another law than the one that was published.
    NotPlanned(&'static str),
    /// An extension ends before the referral does (D-66).
    ExtensionShortens,
    /// A refusal may be taken back for longer than the referral was good for (D-63).
    UndoBeyondReferral,
    /// A return of what ended, no times (D-103).
    GraceNever,
    /// Hours that are none, or end before they begin.
    HoursOutOfOrder(&'static str),
    /// A warning that is not sent while messages are (D-124).
    WarningAtNight,
    /// A stated time can lie on the wrong side of its reception (D-35).
    StatedTimeNegative,
    /// A placement may be left early by rule, and annulled by nobody (004 pt.34, D-91).
    EarlyExit,
    /// A certificate must be younger than the day of filing (1_9 p.6).
    CertificateOfNoAge,
}

impl Contradiction {
    /// The code in the journal.
    pub fn code(self) -> &'static str {
        match self {
            Self::OutOfTurnBeyondChoices => "out_of_turn_beyond_choices",
            Self::NoChoice(_) => "no_choice",
            Self::OneQueueTwice(_) => "one_queue_twice",
            Self::NoTerm(_) => "no_term",
            Self::EndsBeforeItBegins(_) => "ends_before_it_begins",
            Self::ValidityBeyondAYear => "validity_beyond_a_year",
            Self::RemindersOutOfOrder => "reminders_out_of_order",
            Self::LeavesBeforeItMayEnter => "leaves_before_it_may_enter",
            Self::ConclusionShortens => "conclusion_shortens",
            Self::SilenceWithoutGround => "silence_without_ground",
            Self::RefusalWithoutGround => "refusal_without_ground",
            Self::IdleGround(_) => "idle_ground",
            Self::RefusalsKeptNever => "refusals_kept_never",
            Self::UpgradeOfWhatIsNotAsked => "upgrade_of_what_is_not_asked",
            Self::NotPlanned(_) => "not_planned",
            Self::ExtensionShortens => "extension_shortens",
            Self::UndoBeyondReferral => "undo_beyond_referral",
            Self::GraceNever => "grace_never",
            Self::HoursOutOfOrder(_) => "hours_out_of_order",
            Self::WarningAtNight => "warning_at_night",
            Self::StatedTimeNegative => "stated_time_negative",
            Self::EarlyExit => "early_exit",
            Self::CertificateOfNoAge => "certificate_of_no_age",
        }
    }
}

impl RuleSet {
    /// Every contradiction; a set without one may be loaded.
    pub fn check(&self) -> Vec<Contradiction> {
        let mut found = self.check_terms();
        let conditions = [
            self.check_queues(),
            self.check_offers(),
            self.check_standing(),
        ];
        let broken = conditions.into_iter().flatten();
        found.extend(broken.filter(|(broken, _)| *broken).map(|(_, name)| name));
        found.sort_unstable();
        found
    }

    fn check_terms(&self) -> Vec<Contradiction> {
        let grace = self.validity.grace.map(|grace| grace.term);
        let pause = match self.offers.silence {
            SilencePolicy::Pause(term) => Some(term),
            SilencePolicy::Archive | SilencePolicy::Skip | SilencePolicy::StopList => None,
        };
        let terms = [
            ("offers.answer", Some(self.offers.answer)),
            ("offers.silence", pause),
            ("referrals.valid", Some(self.referrals.valid)),
            ("referrals.originals", Some(self.referrals.originals)),
            ("referrals.extension", Some(self.referrals.extension)),
            ("referrals.undo", Some(self.referrals.undo)),
            ("enrolment.contract", Some(self.enrolment.contract)),
            (
                "enrolment.refusal_review",
                Some(self.enrolment.refusal_review),
            ),
            ("dismissal.ignored", Some(self.dismissal.ignored)),
            ("dismissal.owner_reply", Some(self.dismissal.owner_reply)),
            ("stop_list.referral", Some(self.stop_list.referral)),
            ("stop_list.originals", Some(self.stop_list.originals)),
            ("stop_list.enrolment", Some(self.stop_list.enrolment)),
            ("stop_list.silence", self.stop_list.silence),
            ("stop_list.refusal", self.stop_list.refusal),
            ("validity.correction", Some(self.validity.correction)),
            ("validity.grace", grace),
            ("validity_months", Some(Term::Months(self.validity_months))),
        ];
        let empty = terms
            .into_iter()
            .filter(|(_, term)| term.is_some_and(|t| t.count() == 0));
        empty.map(|(name, _)| Contradiction::NoTerm(name)).collect()
    }

    fn check_queues(&self) -> Vec<(bool, Contradiction)> {
        let queues = &self.queues;
        let ends_early = self
            .effective_until
            .is_some_and(|end| end < self.effective_from);
        let season_ends_early = queues.regrouping.is_some_and(|days| days.last < days.first);
        let settlement = queues.scope == QueueScope::Settlement;
        let enters_at = queues.min_age_months.unwrap_or(0);
        vec![
            (
                queues.out_of_turn_choices_max > self.choices_max,
                Contradiction::OutOfTurnBeyondChoices,
            ),
            (self.choices_max == 0, Contradiction::NoChoice("general")),
            (
                queues.special_choices_max == 0,
                Contradiction::NoChoice("special"),
            ),
            (
                queues.sanatorium_choices_max == 0,
                Contradiction::NoChoice("sanatorium"),
            ),
            (
                queues.out_of_turn_choices_max == 0,
                Contradiction::NoChoice("out_of_turn"),
            ),
            (
                settlement && self.choices_max > 1,
                Contradiction::OneQueueTwice("general"),
            ),
            (
                settlement && queues.special_choices_max > 1,
                Contradiction::OneQueueTwice("special"),
            ),
            (
                settlement && queues.sanatorium_choices_max > 1,
                Contradiction::OneQueueTwice("sanatorium"),
            ),
            (
                ends_early,
                Contradiction::EndsBeforeItBegins("effective_until"),
            ),
            (
                season_ends_early,
                Contradiction::EndsBeforeItBegins("queues.regrouping"),
            ),
            (
                enters_at >= self.leaving_age_years.saturating_mul(12),
                Contradiction::LeavesBeforeItMayEnter,
            ),
            (
                queues.siblings_first,
                Contradiction::NotPlanned("queues.siblings_first"),
            ),
            (
                queues.staff_quota,
                Contradiction::NotPlanned("queues.staff_quota"),
            ),
            (
                queues.transfer_after_first_time,
                Contradiction::NotPlanned("queues.transfer_after_first_time"),
            ),
            (
                queues.special_leaving_age_years < self.leaving_age_years,
                Contradiction::ConclusionShortens,
            ),
            (
                self.stated_time_earlier_ms_max < 0 || self.stated_time_later_ms_max < 0,
                Contradiction::StatedTimeNegative,
            ),
        ]
    }

    fn check_offers(&self) -> Vec<(bool, Contradiction)> {
        let (offers, stop_list) = (&self.offers, &self.stop_list);
        let (silence, refusal) = (stop_list.silence.is_some(), stop_list.refusal.is_some());
        let bars_silence = offers.silence == SilencePolicy::StopList;
        let bars_refusal = offers.refusal == RefusalPolicy::StopList;
        let rounds = match offers.reoffer {
            Reoffer::Hourly { from, until } => out_of_order(from, until),
            Reoffer::Nightly => false,
        };
        vec![
            (
                bars_silence && !silence,
                Contradiction::SilenceWithoutGround,
            ),
            (
                bars_refusal && !refusal,
                Contradiction::RefusalWithoutGround,
            ),
            (
                silence && !bars_silence,
                Contradiction::IdleGround("silence"),
            ),
            (
                refusal && !bars_refusal,
                Contradiction::IdleGround("refusal"),
            ),
            (
                keeps_never(offers.refusal),
                Contradiction::RefusalsKeptNever,
            ),
            (
                offers.upgrade && offers.auto_issue,
                Contradiction::UpgradeOfWhatIsNotAsked,
            ),
            (
                offers.mode == OfferMode::ChooseAmong,
                Contradiction::NotPlanned("offers.mode"),
            ),
            (rounds, Contradiction::HoursOutOfOrder("offers.reoffer")),
            (
                offers.free_access == FreeAccess::Collect { hours: 0 },
                Contradiction::HoursOutOfOrder("offers.free_access"),
            ),
        ]
    }

    fn check_standing(&self) -> Vec<(bool, Contradiction)> {
        let (referrals, hours) = (&self.referrals, self.messages.hours);
        let extended = referrals.extensions_max > 0;
        let reminders = self.validity.reminder_days;
        let reach = self.validity_months.saturating_mul(28);
        let unordered = !reminders.is_sorted_by(|first, next| first > next)
            || reminders.iter().any(|days| *days == 0 || *days >= reach);
        let grace_never = self.validity.grace.is_some_and(|grace| grace.times == 0);
        vec![
            (
                self.validity_months > 12,
                Contradiction::ValidityBeyondAYear,
            ),
            (unordered, Contradiction::RemindersOutOfOrder),
            (
                extended && most_hours(referrals.extension) <= most_hours(referrals.valid),
                Contradiction::ExtensionShortens,
            ),
            (
                most_hours(referrals.undo) > least_hours(referrals.valid),
                Contradiction::UndoBeyondReferral,
            ),
            (grace_never, Contradiction::GraceNever),
            (
                out_of_order(hours.from, hours.until),
                Contradiction::HoursOutOfOrder("messages.hours"),
            ),
            (
                !(hours.from..hours.until).contains(&hours.warning),
                Contradiction::WarningAtNight,
            ),
            (
                self.stop_list.early_exit || self.stop_list.annulled_by_persons == 0,
                Contradiction::EarlyExit,
            ),
            (
                self.benefits.certificate_age_days == 0,
                Contradiction::CertificateOfNoAge,
            ),
        ]
    }
}

fn keeps_never(policy: RefusalPolicy) -> bool {
    match policy {
        RefusalPolicy::Keep { times, months } => times == 0 || months == 0,
        RefusalPolicy::ArchiveAll | RefusalPolicy::DropChoice | RefusalPolicy::StopList => false,
    }
}

/// Hours of one day, the first before the last.
fn out_of_order(from: u32, until: u32) -> bool {
    from >= until || until > 24
}

/// Hours that a term surely lasts.
fn least_hours(term: Term) -> u32 {
    match term {
        Term::CalendarDays(days) | Term::CalendarDaysToWorking(days) | Term::WorkingDays(days) => {
            days.saturating_mul(24)
        }
        Term::Hours(hours) => hours,
        Term::Months(months) => months.saturating_mul(28 * 24),
    }
}

/// Hours that a term lasts in a week without holidays, at most.
fn most_hours(term: Term) -> u32 {
    match term {
        Term::CalendarDays(days) | Term::CalendarDaysToWorking(days) => days.saturating_mul(24),
        Term::Hours(hours) => hours,
        Term::Months(months) => months.saturating_mul(31 * 24),
        Term::WorkingDays(days) => (days + 2 * days.div_ceil(5)).saturating_mul(24),
    }
}
