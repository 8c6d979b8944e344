//! Do we believe only what we should? Hostile XML, bad signatures, certificates, participants.

mod attack;
mod author;
mod authority;
mod certificates;
mod chains;
mod fixtures;
mod forms;
mod keys;
mod octets;
mod search;
mod signatures;
mod tree;
mod wrapping;
