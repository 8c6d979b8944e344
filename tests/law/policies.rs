//! Rule sets that between them switch every policy at which a step of a life cycle looks.

use kezek::queue::calendar::Term;
use kezek::queue::rules::{
    FreeAccess, OwnerSilence, RefusalPolicy, RuleSet, SilencePolicy, TempSeat, UnconfirmedBenefit,
    by_id, current,
};

/// The rules in force, then others that switch every policy that a step looks at.
pub fn rule_sets() -> Vec<RuleSet> {
    let mut strict = current().clone();
    strict.offers.silence = SilencePolicy::StopList;
    strict.offers.refusal = RefusalPolicy::StopList;
    strict.stop_list.silence = Some(Term::CalendarDays(10));
    strict.stop_list.refusal = Some(Term::CalendarDays(10));
    strict.offers.auto_issue = true;
    strict.offers.upgrade = false;
    strict.offers.forced_recall = false;
    strict.offers.free_access = FreeAccess::Off;
    strict.offers.temp_seat = TempSeat::Off;
    strict.enrolment.auto_register = true;
    strict.enrolment.renewed_if_preschool_is_late = false;
    strict.referrals.unconfirmed_benefit = UnconfirmedBenefit::StopList;
    strict.referrals.staff_delay_pauses = false;
    strict.dismissal.owner_silence = OwnerSilence::Agreed;
    strict.validity.migrated_waits = false;
    strict.benefits.fresh_certificate = false;
    let named = ["kz-2023-351-591", "kz-254-legacy", "kz-voucher-2025"];
    let mut sets: Vec<_> = named.map(|id| by_id(id).expect("a set").clone()).to_vec();
    sets.push(strict);
    for set in &sets {
        assert_eq!(set.check(), []);
    }
    sets
}
