//! Alone: what one application says of itself, without any other row.

use crate::queue::rank::{Presence, Tier};
use crate::queue::rules::RuleSet;

use super::{Applying, Choice, ChoiceState, Contradiction, Snapshot};

/// What one application says of itself.
pub(super) fn check_alone(
    row: &Applying,
    rows: &Snapshot,
    rules: &RuleSet,
    wrong: &mut Vec<Contradiction>,
) {
    let application = row.id;
    if !(1..=row.kind.choices_max(rules)).contains(&row.choices.len()) {
        wrong.push(Contradiction::ChoicesOutOfRange { application });
    }
    if !row.care.is_of(row.kind) {
        wrong.push(Contradiction::CareOfAnotherKind { application });
    }
    // 004 pt.18, pt.19 «Льготы … не применяются».
    if row.standing.tier != Tier::General && !row.kind.knows_benefits(rules) {
        wrong.push(Contradiction::TierWithoutBenefit { application });
    }
    if matches!(
        row.presence,
        Presence::OfferedElsewhere | Presence::OfferedHere { .. }
    ) {
        wrong.push(Contradiction::PresenceOfOffer { application });
    }
    let times = row.choices.iter().filter_map(|choice| choice.filed_at);
    if times
        .chain([row.standing.time])
        .any(|time| time > rows.taken_at)
    {
        wrong.push(Contradiction::FromTheFuture { row: application });
    }
    if row.birth_date > row.standing.time.day() {
        wrong.push(Contradiction::BornAfterFiling { application });
    }
    let own = row.choices.iter().filter_map(|choice| choice.filed_at);
    if own.min().is_some_and(|own| own < row.standing.time) {
        wrong.push(Contradiction::ChoiceBeforeApplication { application });
    }
    // 004 pt.21: nothing but a benefit out of turn parks a choice (D-18).
    let parked = |choice: &Choice| choice.state == ChoiceState::Parked;
    if row.standing.tier != Tier::OutOfTurn && row.choices.iter().any(parked) {
        wrong.push(Contradiction::ParkedWithoutBenefit { application });
    }
    // 004 pt.41(7) «по причине смены организации».
    if row.enrolled_in.is_some() && row.standing.tier != rules.queues.transfer_tier {
        wrong.push(Contradiction::TransferTier { application });
    }
    // 004 pt.32 «не более, чем в одну ДО одновременно».
    if row.enrolled_in.is_some() && row.temporary_too {
        wrong.push(Contradiction::TemporaryBesidesPlace { application });
    }
    let mut named: Vec<u8> = row
        .choices
        .iter()
        .filter_map(|choice| choice.preference)
        .collect();
    let all = named.len() == row.choices.len();
    named.sort_unstable();
    if !named.is_empty() && (!all || named.windows(2).any(|pair| pair[0] == pair[1])) {
        wrong.push(Contradiction::PreferencesBroken { application });
    }
}
