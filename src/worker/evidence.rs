//! Evidence: what the door rejected, and what it was told to let in, into the journal.

use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::bus::{Delivered, Header, Mail, Step};
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
    let told = match mail.kind.as_str() {
        "rejected" => Some((Kind::Rejected, rejection(mail))),
        "rights" => serde_json::from_slice(&mail.body)
            .ok()
            .map(|told| (Kind::Rights, told)),
        _ => None,
    };
    let Some((kind, verdict)) = told else {
        return Step::Bury("evidence of no known kind");
    };
    let at = mail
        .number("at")
        .and_then(Moment::from_millis)
        .unwrap_or_else(clock::now);
    let record = Record {
        at,
        kind,
        origin,
        sender: mail.text("sender"),
        message_key: mail.text("message-id"),
        service: mail.text("service"),
        raw: (kind == Kind::Rejected && !mail.body.is_empty()).then_some(mail.body.as_slice()),
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

/// What was found out about a message that went no further.
fn rejection(mail: &Mail) -> Value {
    let found: Map<String, Value> = mail
        .headers
        .iter()
        .map(|(name, value)| match value {
            Header::Number(number) => (name.clone(), Value::from(*number)),
            Header::Text(text) => (name.clone(), Value::from(text.as_str())),
        })
        .collect();
    Value::Object(found)
}
