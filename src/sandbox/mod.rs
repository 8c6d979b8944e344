//! The sandbox: plays the other side. It forges an authority, signs and posts messages.
//!
//! For integrators and tests. In production nothing of it runs.

mod authority;
mod client;
mod der;
mod message;
mod people;

pub use authority::{ForgeFault, forge};
pub use client::{Client, PostFault, Reply};
pub use message::{Answer, Draft, FixtureFault};
pub use people::{CHILDREN, Child, child, parent};
