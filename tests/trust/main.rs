//! Do we believe only what we should? Hostile XML, bad signatures, certificates, participants.

mod attack;
mod author;
mod authority;
mod bounds;
mod c14n;
mod certificates;
mod chains;
mod dice;
mod enveloped;
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
mod signatures;
mod tree;
mod wrapping;
mod xmlsec;
