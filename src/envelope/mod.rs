//! The envelope: SOAP 1.1 outside, ShEP's SyncChannel v10 or AsyncChannel v10 inside.
//!
//! Spec:  SOAP 1.1 §4; `wsdl/sync-channel.wsdl`, `wsdl/async-channel.wsdl`.
//! In:    octets of an arrival. Out: an [`Envelope`] whose Header and Body are found, not believed.
//! Out:   octets of answers and faults.
//! Never: decides whether to believe; reads a business payload; speaks HTTP.
//! Start: [`Envelope::read`]; after the signature, [`Operation::of`], [`shep::Request::read`].

pub mod correspondence;
mod fault;
mod fields;
pub mod letter;
mod malformed;
mod operation;
pub mod report;
pub mod shep;
mod soap;
mod tap;

pub use crate::xml::elsewhere::marks;
pub use crate::xml::xop::reconstitute;
pub use crate::xml::{Beside, Mark, Texts};
pub use fault::{Code, Fault};
pub use malformed::Malformed;
pub use operation::{Channel, Operation};
pub use soap::{
    CANONICAL_LIMITS, CANONICAL_OCTETS_MAX, Envelope, SignedBody, WSSE_NAMESPACE, WSU_NAMESPACE,
};

pub use tap::{Basin, Overflow, TEXT_CHARS_MAX, Tap};

/// The namespace of SOAP 1.1.
pub const SOAP_NAMESPACE: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// Octets of a message, at most. What is larger travels by hash, apart from its message.
pub const OCTETS_MAX: usize = crate::xml::Limits::MESSAGE.bytes_max;
