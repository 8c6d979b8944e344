//! Do we believe only what we should? Hostile XML, bad signatures, certificates, participants.

mod attack;
mod author;
mod authority;
mod certificates;
mod fixtures;
mod forms;
mod octets;
mod signatures;
