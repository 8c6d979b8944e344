//! Bus: messages in motion, and the only room that knows RabbitMQ.
//!
//! Spec:  AMQP 0-9-1 with RabbitMQ's confirms; what 3.10 and 4.x share.
//! In:    a [`Parcel`] or any [`Mail`] for a [`Lane`]; a handler that answers with a [`Step`].
//! Out:   a confirm or a [`Trouble`], always within a limit.
//! Shape: [`Publisher`], [`consume()`] and [`Replies`] each hold a [`Link`], which reconnects.
//! Never: decides what a message means; logs a body or a header of a sender's choosing.
//! Start: [`topology`], the table of lanes.

pub mod topology;

mod consume;
mod declare;
mod link;
mod mail;
mod parcel;
mod pause;
mod publish;
mod reply;
mod trouble;

pub use consume::{Consuming, Delivered, Step, consume};
pub use declare::{LaneState, declare, inspect, keep_declared};
pub use link::Link;
pub use mail::{Header, Mail};
pub use parcel::{Found, NotAParcel, Parcel};
pub use pause::Pause;
pub use publish::Publisher;
pub use reply::{Expected, Lost, Replies, ReplyAddress};
pub use topology::{Lane, Place, Rung, Topology};
pub use trouble::Trouble;

/// What a log filter must silence: the driver logs a returned message with its whole body, which
/// holds personal data, at the level `warn`. The return is reported by [`Trouble::Returned`].
pub const LOG_FILTER: &str = "lapin::returned_messages=off";
