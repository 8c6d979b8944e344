//! Mailboxes: where a participant takes messages of ours, by the asynchronous channel.

use serde::Deserialize;

/// Where a participant takes messages of ours.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mailbox {
    /// `http://host:port/path`; what comes back is believed by its signature.
    pub address: String,
    /// The senderId under which it knows us, where it wants one.
    #[serde(default)]
    pub sender_id: Option<String>,
}

impl Mailbox {
    /// Whether it is an address to which a letter can go.
    pub(super) fn fits(&self) -> bool {
        let host = self.address.strip_prefix("http://");
        host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
    }
}
