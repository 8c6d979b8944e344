//! The bodies of the fuzz targets: what must hold for any octets at all.
//!
//! In: octets that mean nothing by themselves. Out: nothing; a property that does not hold panics.
//! Besides crashes each body looks for what a crash would not show: a reading that differs from
//! another reading of the same, or trust in something that nobody signed.

mod der;
mod document;
mod envelope;
mod ground;
mod signature;
mod words;

pub use der::certificate;
pub use document::{canonical, xml};
pub use envelope::envelope;
pub use ground::folder;
pub use signature::signature;
pub use words::{cms, crl, ocsp};

/// The name of a target, and its body.
pub type Target = (&'static str, fn(&[u8]));

/// Every body by the name of its target, which names its folders too.
pub const ALL: [Target; 8] = [
    ("canonical", canonical),
    ("certificate", certificate),
    ("cms", cms),
    ("crl", crl),
    ("envelope", envelope),
    ("ocsp", ocsp),
    ("signature", signature),
    ("xml", xml),
];
