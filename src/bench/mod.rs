//! Benchmarks: what the README's figures come from.
//!
//! [`door`], [`law`] and [`signatures`] need no servers; [`flow`] drives a whole installation. All
//! print medians of rounds, so that a busy minute shows as a wide spread and not as a figure.

pub mod door;
pub mod flow;
pub mod law;
mod machine;
pub mod signatures;
mod statistics;

pub use machine::{cpu_nanos_of_this_thread, cpu_ticks, describe, peak_memory_kib};
pub use statistics::{median, percentile};
