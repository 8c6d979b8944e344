//! Benchmarks: what the README's figures come from.
//!
//! [`door`] and [`signatures`] need no servers; [`flow`] drives a whole installation. All print
//! medians of rounds, so that a busy minute shows as a wide spread and not as a figure.

pub mod door;
pub mod flow;
mod machine;
pub mod signatures;
mod statistics;

pub use machine::{cpu_nanos_of_this_thread, cpu_ticks, describe, peak_memory_kib};
pub use statistics::{median, percentile};
