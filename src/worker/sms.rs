//! SMS: what a service says must be told, as rows of the outbox for the lane of 1414.

use crate::bus::Lane;
use crate::notify;
use crate::registry::Told;
use crate::services::Outcome;
use crate::terms::Moment;

/// One row for each message object: one recipient each.
pub(super) fn render(outcome: &Outcome, now: Moment) -> Vec<Told> {
    let messages = outcome
        .told
        .iter()
        .flat_map(|told| notify::messages(&told.notice, &told.short_names, &told.phones, now));
    messages
        .map(|message| Told {
            lane: Lane::Sms.name(),
            message_id: message.message_id,
            body: serde_json::to_vec(&message).expect("texts and numbers are always JSON"),
        })
        .collect()
}
