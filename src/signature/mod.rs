//! The signature: from an [`Envelope`](crate::envelope::Envelope) to [`Trusted`], and signing of
//! what we send.
//!
//! Spec:  WS-Security 1.0 X.509 Token Profile as ShEP uses it; XMLDSig §3.2, §4.4; RFC 5280 §6.
//! In:    an envelope whose Body is found. Out: the content that was digested, and who vouches.
//! Never: takes a key that no configured root vouches for; believes what the digest did not cover.
//! Start: [`verify`] for believing, [`Directory::speaker`] for who may ask what, [`Signer::sign`].

mod algorithm;
mod anchors;
pub mod asn1;
pub mod batch;
mod certificate;
mod cms;
mod distrust;
mod dsig;
mod enveloped;
pub mod gost;
mod issuer_serial;
mod limits;
mod mailbox;
mod openings;
mod participants;
mod password;
mod pem;
mod pkcs11;
mod pkcs11_uri;
mod pkcs12;
mod private_key;
mod public_key;
mod receipt;
mod reference;
pub mod revocation;
mod rights;
mod role;
mod secret_file;
mod sign;
mod sign_enveloped;
mod subject;
pub mod timestamp;
mod trust;
pub mod verdict;
mod verify;
mod wsse;

pub use anchors::Environment;
pub use certificate::Certificate;
pub use cms::{DocumentSignatory, SignedDocument, verify_document};
pub use distrust::Distrust;
pub use enveloped::{
    Content, Enveloped, PayloadDistrust, Signatory, believe_payload, verify_enveloped,
    without_signatures,
};
pub use limits::Limits;
pub use mailbox::Mailbox;
pub use openings::{Closed, Openings, OpeningsFault};
pub use participants::{Directory, DirectoryFault, Kind, Participant, Speaker};
pub use password::hash_password;
pub use pem::pem_blocks;
pub use pkcs11::{TokenFault, TokenSigner};
pub use pkcs11_uri::{KeyUri, UriFault};
pub use pkcs12::Pkcs12Fault;
pub use receipt::{ReceiptFault, ReceiptKey, Receipted, content_digest};
pub use rights::{Change, Filed, Right};
pub use role::Role;
pub use secret_file::SecretFault;
pub use sign::{KeyFault, Seal, Signer, unsigned};
pub use trust::{Store, StoreFault, Verified};
pub use verify::{Trusted, verify};

/// The SHA-256 of octets.
pub fn sha256(octets: &[u8]) -> [u8; 32] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, octets);
    digest.as_ref().try_into().expect("SHA-256 has 32 octets")
}

/// The name of what has this digest, the same whenever it is given.
pub fn identity(digest: &[u8; 32]) -> uuid::Uuid {
    let first = digest[..16].try_into().expect("16 of 32 octets");
    uuid::Builder::from_custom_bytes(first).into_uuid()
}

/// Octets as hexadecimal digits, as fingerprints and digests are shown.
pub fn hex(octets: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    let pairs = octets.iter();
    pairs
        .flat_map(|octet| [digit(octet >> 4), digit(octet & 0xF)])
        .collect()
}
