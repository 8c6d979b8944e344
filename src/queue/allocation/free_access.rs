//! Free access: seats that nobody of their queues asked for (свободный доступ).
//!
//! Law:   004 pt.40(6), (7) name it; what it means is D-49: claims of families of the settlement
//!        are collected for 24 hours, then the earliest by tier and time gets the seat. No race.

use crate::queue::rank::Standing;
use crate::queue::roll::needs;
use crate::queue::rules::{FreeAccess, RuleSet};
use crate::queue::seat::{Class, old_enough};
use crate::queue::snapshot::{OfferKind, Sound};

use super::line::{Because, Line, Plan, Twins};

const HOUR_MS: i64 = 60 * 60 * 1000;

/// A claim that may be served.
struct Lawful {
    standing: Standing,
    application: i64,
    /// Position of the group, and its number.
    group: (usize, i64),
}

/// Gives the seats that were long enough in free access to those who claimed them.
pub(super) fn serve(sound: &Sound, rules: &RuleSet, plan: &mut Plan) {
    let rows = sound.rows();
    let mut seats = free_seats(sound, rules, plan);
    plan.open_for_claims.clone_from(&seats);
    let claims = lawful_claims(sound, rules, plan);
    plan.claims = claims
        .iter()
        .map(|claim| (claim.application, claim.group.1))
        .collect();
    let mut served: Vec<i64> = Vec::new();
    let mut number_in_group: Vec<(i64, u32)> = Vec::new();
    for claim in claims {
        let (at, group) = claim.group;
        if served.contains(&claim.application) {
            continue;
        }
        let number = next_number(&mut number_in_group, group);
        let Some(seat) = seats.iter().position(|(_, of_group)| *of_group == group) else {
            continue;
        };
        let (seat, _) = seats.remove(seat);
        plan.unasked.retain(|unasked| *unasked != seat);
        served.push(claim.application);
        plan.lines.push(Line {
            seat,
            application: claim.application,
            class: Class {
                preschool: rows.groups[at].preschool,
                temporary: false,
                fit: rows.groups[at].fit,
            },
            tier: claim.standing.tier,
            kind: OfferKind::FreeAccess,
            number,
            because: Because::Claimed,
            supersedes: None,
            twins: Twins::None,
        });
    }
}

/// The claims of families that may be offered such a seat: those that were collected by tier and
/// time, those of one family in its own order.
fn lawful_claims(sound: &Sound, rules: &RuleSet, plan: &Plan) -> Vec<Lawful> {
    let rows = sound.rows();
    let year = rows.taken_at.day().year();
    let mut by_queue: Vec<i64> = plan.lines.iter().map(|line| line.application).collect();
    by_queue.sort_unstable();
    let may = |at: usize, group: usize| {
        let (application, group) = (&rows.applications[at], &rows.groups[group]);
        application.presence.offerable()
            && rows.taken_at.day() <= application.last_day
            && sound.pending_of(at).is_none()
            && by_queue.binary_search(&application.id).is_err()
            && application.enrolled_in != Some(group.preschool)
            && old_enough(application.birth_date, rows.taken_at.day(), rules)
            && group.fit.takes(&needs(application), year, rules).is_ok()
    };
    let claims = rows.claims.iter().filter_map(|claim| {
        let at = sound.application(claim.application)?;
        let group = sound.group(claim.group)?;
        may(at, group).then(|| Lawful {
            standing: rows.applications[at].standing,
            application: claim.application,
            group: (group, claim.group),
        })
    });
    let mut claims: Vec<Lawful> = claims.collect();
    match rules.offers.free_access {
        FreeAccess::Collect { .. } => claims.sort_by_key(|claim| claim.standing),
        FreeAccess::FirstCome | FreeAccess::Off => {}
    }
    claims
}

/// Counts the claims to each group.
fn next_number(of_groups: &mut Vec<(i64, u32)>, group: i64) -> u32 {
    if let Some((_, number)) = of_groups.iter_mut().find(|(known, _)| *known == group) {
        *number += 1;
        return *number;
    }
    of_groups.push((group, 1));
    1
}

/// The seats that nobody asked for tonight and that were long enough in free access: seat, group.
fn free_seats(sound: &Sound, rules: &RuleSet, plan: &Plan) -> Vec<(i64, i64)> {
    let rows = sound.rows();
    let collected_ms = match rules.offers.free_access {
        FreeAccess::Collect { hours } => i64::from(hours) * HOUR_MS,
        FreeAccess::FirstCome => 0,
        FreeAccess::Off => return Vec::new(),
    };
    let open = plan.unasked.iter().filter_map(|id| {
        let seat = &rows.seats[sound.seat(*id)?];
        let since = seat.free_access_since?;
        let long_enough = rows.taken_at.millis_since(since) >= collected_ms;
        long_enough.then_some((seat.id, seat.group))
    });
    open.collect()
}
