//! Rights that change: a line of the journal for each, by the evidence lane.
//!
//! In:    the directory that was in force, and the one that shall be.
//! Out:   who differs, from which digest to which, which rights came and went; no secret.
//! Never: two lines for one change, however many gateways see it and however often they start: the
//!        identity of the line is the state that it tells of.

use serde_json::json;
use uuid::{Builder, Uuid};

use crate::bus::{Header, Lane, Mail, Place, Publisher};
use crate::clock;
use crate::signature::{Directory, hex};

/// The kind of the mail, for the worker.
const KIND: &str = "rights";

/// Tells the journal what differs, and whether the broker has taken it. A gateway that starts tells
/// all that it found: what was changed while nobody looked is in that line.
pub(super) async fn tell(
    publisher: &Publisher,
    before: Option<&Directory>,
    now: &Directory,
) -> bool {
    let changes = now.changes(before);
    let told = json!({
        "code": if before.is_some() { "rights_changed" } else { "rights_found" },
        "from": before.map(|before| hex(&before.digest())),
        "to": hex(&now.digest()),
        "changes": changes,
    });
    let body = told.to_string().into_bytes();
    let mut mail = Mail::json(identity(now).to_string(), KIND, body);
    let at = Header::Number(clock::now().millis());
    mail.headers.insert("at".into(), at);
    if let Err(trouble) = publisher.publish(Place::Lane(Lane::Evidence), &mail).await {
        tracing::warn!(%trouble, "a line about rights was not taken by the bus");
        return false;
    }
    tracing::info!(
        from = told["from"].as_str(),
        to = told["to"].as_str(),
        participants = changes.len(),
        "rights are told to the journal"
    );
    true
}

/// The same for the same state of the same files, at every gateway and after every start.
fn identity(directory: &Directory) -> Uuid {
    let [octets @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = directory.state();
    Builder::from_custom_bytes(octets).into_uuid()
}
