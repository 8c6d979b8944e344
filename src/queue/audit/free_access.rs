//! Seats that nobody asked for: who claimed them, and what is open from now on (D-49).

use crate::queue::allocation::Plan;
use crate::queue::rules::FreeAccess;
use crate::queue::snapshot::{Claim, OfferKind};

use super::breach::Breach;
use super::facts::Facts;

/// Free access: who claimed what was left, and what is open from now on (D-49).
pub(super) fn seats_left(facts: &Facts, plan: &Plan, breaches: &mut Vec<Breach>) {
    let rows = facts.rows;
    let given = |kinds: &[OfferKind]| {
        let lines = plan.lines.iter().filter(|line| kinds.contains(&line.kind));
        let mut seats: Vec<i64> = lines.map(|line| line.seat).collect();
        seats.sort_unstable();
        seats
    };
    let by_queue = given(&[OfferKind::Queue, OfferKind::Temporary]);
    let mut left: Vec<i64> = rows
        .seats
        .iter()
        .filter(|seat| !seat.temporary && facts.for_distribution(seat))
        .map(|seat| seat.id)
        .filter(|seat| by_queue.binary_search(seat).is_err())
        .collect();
    left.sort_unstable();
    let mut served: Vec<i64> = plan
        .lines
        .iter()
        .filter(|line| line.kind != OfferKind::FreeAccess)
        .map(|line| line.application)
        .collect();
    let mut expected: Vec<(i64, i64)> = Vec::new();
    let latest = open_since(facts);
    for claim in claims_in_order(facts) {
        let (Some(at), Some((preschool, fit))) = (
            facts.application(claim.application),
            facts.group_fit(claim.group),
        ) else {
            continue;
        };
        let application = &rows.applications[at];
        let may = facts.offerable(application)
            && facts.stands(application)
            && facts.pending[at].is_none()
            && !served.contains(&application.id)
            && application.enrolled_in != Some(preschool)
            && facts.old_enough(application)
            && facts.fits(application, &fit);
        let open = left.iter().position(|seat| {
            facts.seat(*seat).is_some_and(|seat| {
                let since = seat.free_access_since.map(|since| since.millis());
                let long = since
                    .zip(latest)
                    .is_some_and(|(since, latest)| since <= latest);
                seat.group == claim.group && long
            })
        });
        if let Some(open) = open.filter(|_| may) {
            expected.push((left.remove(open), application.id));
            served.push(application.id);
        }
    }
    expected.sort_unstable();
    let claimed = plan
        .lines
        .iter()
        .filter(|line| line.kind == OfferKind::FreeAccess);
    let mut actual: Vec<(i64, i64)> = claimed.map(|line| (line.seat, line.application)).collect();
    actual.sort_unstable();
    for (seat, _) in differences(&expected, &actual) {
        breaches.push(Breach::ClaimOvertaken { seat });
    }
    let mut unasked = plan.unasked.clone();
    unasked.sort_unstable();
    for seat in differences(&left, &unasked) {
        breaches.push(Breach::WrongFreeAccess { seat });
    }
}

/// The claims by tier and time of their families; those of one family in its own order.
fn claims_in_order<'a>(facts: &Facts<'a>) -> Vec<&'a Claim> {
    let mut claims: Vec<_> = facts.rows.claims.iter().enumerate().collect();
    if facts.rules.offers.free_access == FreeAccess::FirstCome {
        return facts.rows.claims.iter().collect();
    }
    claims.sort_by_key(|(order, claim)| {
        let at = facts.application(claim.application);
        (at.map(|at| facts.rows.applications[at].standing), *order)
    });
    claims.into_iter().map(|(_, claim)| claim).collect()
}

/// What stands in one of two sorted lists only.
fn differences<T: Ord + Copy>(one: &[T], other: &[T]) -> Vec<T> {
    let only = |these: &[T], those: &[T]| -> Vec<T> {
        let lone = these
            .iter()
            .filter(|item| those.binary_search(item).is_err());
        lone.copied().collect()
    };
    let mut found = only(one, other);
    found.extend(only(other, one));
    found
}

/// Claims count for seats that are open since this moment or before it, in milliseconds; none where
/// nothing is given by claims.
fn open_since(facts: &Facts) -> Option<i64> {
    let now = facts.rows.taken_at.millis();
    match facts.rules.offers.free_access {
        FreeAccess::Collect { hours } => Some(now - i64::from(hours) * 3_600_000),
        FreeAccess::FirstCome => Some(now),
        FreeAccess::Off => None,
    }
}
