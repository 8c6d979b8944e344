//! Mailboxes: where a participant takes messages of ours, by the asynchronous channel, and what it
//! says of them in its own name.

use std::sync::Arc;

use serde::Deserialize;

use crate::envelope::shep::Claim;

use super::participants::owns;
use super::{Certificate, Directory, Distrust, Kind, Participant, Speaker};

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

impl Directory {
    /// The participant of this id.
    pub fn participant(&self, id: &str) -> Option<&Participant> {
        self.by_id.get(id).map(Arc::as_ref)
    }

    /// Whether a certificate speaks for this participant itself.
    pub fn owns(&self, id: &str, certificate: &Certificate) -> bool {
        let who = self.participant(id);
        who.is_some_and(|who| owns(who, certificate).is_ok())
    }

    /// Whose certificate it is: a gateway in its own name, or else who [`Self::speaker`] says.
    ///
    /// # Errors
    /// As [`Self::speaker`].
    pub fn peer<'a>(
        &self,
        certificate: &Certificate,
        claim: impl Into<Claim<'a>>,
    ) -> Result<Speaker, Distrust> {
        let mut gateways = self.by_id.values().filter(|p| p.kind == Kind::Gateway);
        match gateways.find(|gateway| owns(gateway, certificate).is_ok()) {
            Some(gateway) => Ok(Speaker {
                participant: Arc::clone(gateway),
                gateway: None,
            }),
            None => self.speaker(certificate, claim),
        }
    }
}
