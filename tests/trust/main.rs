//! Do we believe only what we should? Hostile XML, bad signatures, certificates, participants.

mod attack;
mod authority;
mod certificates;
mod fixtures;
mod signatures;
