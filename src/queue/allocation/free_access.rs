//! Free access: seats that nobody of their queues asked for (свободный доступ).
//!
//! Law:   004 pt.40(6), (7) name it; what it means is D-49: claims of families of the settlement
//!        are collected for 24 hours, then the earliest by tier and time gets the seat. No race.

use crate::queue::roll::needs;
use crate::queue::rules::RuleSet;
use crate::queue::seat::Class;
use crate::queue::snapshot::{OfferKind, Sound};

use super::line::{Because, Line, Plan, Twins};

/// For how long claims are collected (D-49).
const COLLECTED_MS: i64 = 24 * 60 * 60 * 1000;

/// Gives the seats that were long enough in free access to those who claimed them.
pub(super) fn serve(sound: &Sound, rules: &RuleSet, plan: &mut Plan) {
    let rows = sound.rows();
    let year = rows.taken_at.day().year();
    let mut claims: Vec<_> = rows
        .claims
        .iter()
        .zip(0usize..)
        .filter_map(|(claim, order)| {
            let application = sound.application(claim.application)?;
            Some((
                rows.applications[application].standing,
                order,
                application,
                claim.group,
            ))
        })
        .collect();
    // «ordered by tier+original timestamp»; several claims of one family in its own order.
    claims.sort_unstable();
    let mut seats = free_seats(sound, plan);
    let mut served: Vec<i64> = plan.lines.iter().map(|line| line.application).collect();
    served.sort_unstable();
    let mut number_in_group: Vec<(i64, u32)> = Vec::new();
    for (standing, _, at, group) in claims {
        let application = &rows.applications[at];
        let (id, offerable) = (application.id, application.presence.offerable());
        let stands = rows.taken_at.day() <= application.last_day;
        let free = sound.pending_of(at).is_none() && served.binary_search(&id).is_err();
        let Some(found) = sound.group(group) else {
            continue;
        };
        let row = &rows.groups[found];
        let fits = row.fit.takes(&needs(application), year, rules).is_ok();
        let elsewhere = application.enrolled_in != Some(row.preschool);
        if !(offerable && stands && free && fits && elsewhere) {
            continue;
        }
        let number = next_number(&mut number_in_group, group);
        let Some(seat) = seats.iter().position(|(_, of_group)| *of_group == group) else {
            continue;
        };
        let (seat, _) = seats.remove(seat);
        plan.unasked.retain(|unasked| *unasked != seat);
        let at = served.partition_point(|served| *served < id);
        served.insert(at, id);
        plan.lines.push(Line {
            seat,
            application: id,
            class: Class {
                preschool: row.preschool,
                temporary: false,
                fit: row.fit,
            },
            tier: standing.tier,
            kind: OfferKind::FreeAccess,
            number,
            because: Because::Claimed,
            supersedes: None,
            twins: Twins::None,
        });
    }
}

/// Counts the claims to each group that may be served.
fn next_number(of_groups: &mut Vec<(i64, u32)>, group: i64) -> u32 {
    if let Some((_, number)) = of_groups.iter_mut().find(|(known, _)| *known == group) {
        *number += 1;
        return *number;
    }
    of_groups.push((group, 1));
    1
}

/// The seats that nobody asked for tonight and that were in free access for a day: seat, group.
fn free_seats(sound: &Sound, plan: &Plan) -> Vec<(i64, i64)> {
    let rows = sound.rows();
    let open = plan.unasked.iter().filter_map(|id| {
        let seat = &rows.seats[sound.seat(*id)?];
        let since = seat.free_access_since?;
        let long_enough = rows.taken_at.millis_since(since) >= COLLECTED_MS;
        long_enough.then_some((seat.id, seat.group))
    });
    open.collect()
}
