//! The sandbox: plays the other side. It forges an authority, signs and posts messages, and takes
//! SMS as the contact centre 1414 would.
//!
//! For integrators and tests. In production nothing of it runs.

mod authority;
mod client;
pub mod conformance;
pub mod der;
mod message;
mod peer;
mod people;
mod phone;
mod serve;
mod site;
pub mod words;

pub use authority::{BANK_BIN, CITIZEN_IIN, ForgeFault, PARTICIPANT_BIN, SHEP_BIN, forge};
pub use client::{Client, PostFault, Reply};
pub use message::{Answer, Draft, FixtureFault};
pub use peer::{Mood, Peer, PeerFault, Taken};
pub use people::{CHILDREN, Child, child, parent};
pub use phone::take_sms;
pub use serve::{Authority, ServeFault, Trouble};
pub use site::write_secret;
