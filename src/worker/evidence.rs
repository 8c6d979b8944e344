//! Evidence: what the door rejected, into the journal.

use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::bus::{Delivered, Header, Step};
use crate::clock;
use crate::registry::{Kind, Record};
use crate::terms::Moment;

use super::{Hands, step_after};

/// Handles one delivery.
pub(super) async fn handle(hands: &Hands, delivered: &Arc<Delivered>) -> Step {
    let mail = &delivered.mail;
    let origin = mail
        .message_id
        .as_deref()
        .and_then(|id| Uuid::parse_str(id).ok());
    let Some(origin) = origin else {
        return Step::Bury("evidence without an identity");
    };
    let found: Map<String, Value> = mail
        .headers
        .iter()
        .map(|(name, value)| match value {
            Header::Number(number) => (name.clone(), Value::from(*number)),
            Header::Text(text) => (name.clone(), Value::from(text.as_str())),
        })
        .collect();
    let verdict = Value::Object(found);
    let at = mail
        .number("at")
        .and_then(Moment::from_millis)
        .unwrap_or_else(clock::now);
    let record = Record {
        at,
        kind: Kind::Rejected,
        origin,
        sender: mail.text("sender"),
        message_key: mail.text("message-id"),
        service: mail.text("service"),
        raw: (!mail.body.is_empty()).then_some(mail.body.as_slice()),
        verdict: &verdict,
        chain: &[],
    };
    match hands
        .registry
        .bounded(hands.registry.journal(&record))
        .await
    {
        Ok(_) => Step::Done,
        Err(trouble) => {
            tracing::warn!(
                error = &trouble as &dyn std::error::Error,
                "evidence not yet kept"
            );
            step_after(&trouble, hands, mail.attempt())
        }
    }
}
