//! Scans: documents that arrive with a message and are kept apart from it, by what they are.
//!
//! Law:   004 1_1 p.4, p.6 and p.8, 1_9 («скан-копия»): papers that no register can vouch for.
//! In:    octets as they arrive. Out: a [`ContentId`]; the octets again, to whoever knows it.
//! Safe:  a message is accepted when its scans are kept, and not before. What was taken in with a
//!        message that went no further is gone with it: its file never had a name.
//! Never: knows whose a scan is; keeps one twice; changes or deletes what is kept.
//! Where: a folder that gateways share, or a bucket; `store` and `bucket` alone know which.
//! Start: [`Tray`] at the door, [`Store`] behind it.

mod bucket;
mod content;
mod store;
mod tray;

pub use bucket::BucketFault;
pub use content::{ContentId, Media};
pub use store::{Store, StoreTrouble};
pub use tray::{Held, Room, Scans, Tray};

/// Octets of one scan, at most.
pub const SCAN_OCTETS_MAX: u64 = 12 << 20;
/// Octets of all scans of one message, at most.
pub const SCANS_OCTETS_MAX: u64 = 32 << 20;
/// Scans of one message, at most.
pub const SCANS_MAX: usize = 16;
