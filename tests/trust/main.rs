//! Do we believe only what we should? Hostile XML, bad signatures, certificates, participants.

mod authority;
mod certificates;
mod signatures;
