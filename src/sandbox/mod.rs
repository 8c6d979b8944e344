//! The sandbox: plays the other side. It forges an authority, signs and posts messages.
//!
//! For integrators and tests. In production nothing of it runs.

mod authority;
mod der;

pub use authority::{ForgeFault, forge};
