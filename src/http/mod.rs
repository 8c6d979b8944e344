//! To come.

pub mod contract;
