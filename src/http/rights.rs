//! Who may call what, and where it is open: a line of the journal for each change, by the evidence
//! lane, before the change is in force.
//!
//! In:    what was in force, and what shall be.
//! Out:   what differs, from which digest to which; no secret.
//! Never: two lines for one change, however many gateways see it and however often they start: the
//!        identity of the line is the state that it tells of.
//! Start: [`tell`].

use serde_json::{Value, json};
use uuid::{Builder, Uuid};

use crate::bus::{Header, Lane, Mail, Place, Publisher};
use crate::clock;
use crate::signature::{Directory, Openings, hex, sha256};

/// The kind of the mail, for the worker.
const KIND: &str = "rights";

/// What is told to the journal before it is in force.
pub(super) trait Told {
    /// What it is called in codes: `…_found` by a gateway that starts, `…_changed`.
    const NAME: &'static str;

    /// SHA-256 of what it says.
    fn digest(&self) -> [u8; 32];

    /// SHA-256 of what it says and of when that was written.
    fn state(&self) -> [u8; 32];

    /// What is different since, and all of it where there was nothing.
    fn changes(&self, before: Option<&Self>) -> Value;
}

impl Told for Directory {
    const NAME: &'static str = "rights";

    fn digest(&self) -> [u8; 32] {
        self.digest()
    }

    fn state(&self) -> [u8; 32] {
        self.state()
    }

    fn changes(&self, before: Option<&Self>) -> Value {
        json!(self.changes(before))
    }
}

impl Told for Openings {
    const NAME: &'static str = "openings";

    fn digest(&self) -> [u8; 32] {
        *self.file().digest()
    }

    fn state(&self) -> [u8; 32] {
        sha256(self.file().dated_line(Self::NAME).as_bytes())
    }

    fn changes(&self, before: Option<&Self>) -> Value {
        let (now, then) = (self.lines(), before.map(Self::lines).unwrap_or_default());
        json!({
            "owner": self.file().owner(),
            "added": now.difference(&then).collect::<Vec<_>>(),
            "removed": then.difference(&now).collect::<Vec<_>>(),
        })
    }
}

/// Tells the journal what differs, and whether the broker has taken it. A gateway that starts tells
/// all that it found: what was changed while nobody looked is in that line.
pub(super) async fn tell<T: Told>(publisher: &Publisher, before: Option<&T>, now: &T) -> bool {
    let event = if before.is_some() { "changed" } else { "found" };
    let told = json!({
        "code": format!("{}_{event}", T::NAME),
        "from": before.map(|before| hex(&before.digest())),
        "to": hex(&now.digest()),
        "changes": now.changes(before),
    });
    let body = told.to_string().into_bytes();
    let mut mail = Mail::json(identity(now.state()).to_string(), KIND, body);
    let at = Header::Number(clock::now().millis());
    mail.headers.insert("at".into(), at);
    if let Err(trouble) = publisher.publish(Place::Lane(Lane::Evidence), &mail).await {
        tracing::warn!(what = T::NAME, %trouble, "a line about a change was not taken by the bus");
        return false;
    }
    tracing::info!(
        what = T::NAME,
        from = told["from"].as_str(),
        to = told["to"].as_str(),
        "told to the journal"
    );
    true
}

/// The same for the same state of the same files, at every gateway and after every start.
fn identity(state: [u8; 32]) -> Uuid {
    let (octets, _) = state.split_first_chunk::<16>().expect("32 octets");
    Builder::from_custom_bytes(*octets).into_uuid()
}
