//! Do we believe only what we should? Hostile XML, bad signatures, certificates, participants.

mod attack;
mod author;
mod authority;
mod bounds;
mod c14n;
mod certificates;
mod chains;
mod country;
mod dice;
mod fixtures;
mod forms;
mod gost;
mod kazakhstan;
mod keys;
mod noise;
mod octets;
mod revocation;
mod roles;
mod search;
mod shelf;
mod signatures;
mod standing;
mod tree;
mod verdicts;
mod wrapping;
mod xmlsec;
