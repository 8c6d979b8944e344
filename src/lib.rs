#![doc = include_str!("README.md")]

// ground: words
pub mod terms;

pub mod clock;
pub mod config;

// the door: from bytes to a trusted message
pub mod http;

pub mod xml;

pub mod envelope;

pub mod signature;

pub mod scans;

// the corridor: messages in motion
pub mod bus;

pub mod worker;

// the services: counters
pub mod services;

// the core: the law
pub mod queue;

// the cellar: what is kept
pub mod registry;

// the windows: what is said
pub mod notify;

// the yard
pub mod sandbox;

pub mod simulate;

pub mod bench;
