//! Revocation: whether a certificate still stands, as its authority says.
//!
//! Spec:  RFC 5280 §5 (lists), RFC 6960 (OCSP); the order of the authority's rules: OCSP, then the
//! complete list with its delta.
//! In:    lists and answers that one role fetched. Out: [`Standing`], by [`Policy`].
//! Never: a question on the way of a request; "not revoked" because nobody answered.
//! Start: [`Shelf::standing`], then [`Policy`].

mod crl;
mod ocsp;
mod policy;
mod question;
mod shelf;

pub use crl::Crl;
pub use ocsp::{Answer, Told};
pub use policy::{Basis, Policy, Standing};
pub use question::{Asked, Question};
pub use shelf::Shelf;

/// Why an authority's word cannot be used. Nobody outside is told; the word counts as not spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Untold {
    /// It is made by another authority, or by one that may not speak so.
    #[error("it is not of the certificate's issuer")]
    Issuer,
    /// Not DER, or of a syntax or with a critical extension that is not known.
    #[error("it cannot be read")]
    Malformed,
    /// It does not return the nonce of the question.
    #[error("it has not the nonce of the question")]
    Nonce,
    /// It speaks of other certificates.
    #[error("it does not speak of this certificate")]
    OtherCertificate,
    /// Who signed it may not answer for the issuer.
    #[error("who signed it may not answer for the issuer")]
    Responder,
    /// It does not fit the key.
    #[error("its signature does not fit the key")]
    Signature,
    /// Its time is over, or has not begun.
    #[error("it is not of now")]
    Stale,
    /// It is larger than any that is read.
    #[error("it is too large")]
    TooLarge,
    /// The responder says that it cannot answer: malformedRequest, internalError, tryLater,
    /// sigRequired, unauthorized.
    #[error("the responder does not answer: {0}")]
    Unanswered(&'static str),
}

/// Why a certificate was revoked (RFC 5280 §5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// aACompromise (10)
    AaCompromise,
    /// affiliationChanged (3)
    AffiliationChanged,
    /// cACompromise (2)
    CaCompromise,
    /// certificateHold (6): it may come back.
    CertificateHold,
    /// cessationOfOperation (5)
    CessationOfOperation,
    /// keyCompromise (1)
    KeyCompromise,
    /// privilegeWithdrawn (9)
    PrivilegeWithdrawn,
    /// removeFromCRL (8): of a delta, it came back.
    RemoveFromCrl,
    /// superseded (4)
    Superseded,
    /// unspecified (0)
    Unspecified,
}

impl Reason {
    /// Every reason, with its code and name.
    pub const ALL: [(Self, u8, &str); 10] = [
        (Self::AaCompromise, 10, "aACompromise"),
        (Self::AffiliationChanged, 3, "affiliationChanged"),
        (Self::CaCompromise, 2, "cACompromise"),
        (Self::CertificateHold, 6, "certificateHold"),
        (Self::CessationOfOperation, 5, "cessationOfOperation"),
        (Self::KeyCompromise, 1, "keyCompromise"),
        (Self::PrivilegeWithdrawn, 9, "privilegeWithdrawn"),
        (Self::RemoveFromCrl, 8, "removeFromCRL"),
        (Self::Superseded, 4, "superseded"),
        (Self::Unspecified, 0, "unspecified"),
    ];

    fn of(code: u8) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|(_, known, _)| *known == code)
            .map(|(reason, _, _)| reason)
    }

    /// As RFC 5280 names it.
    pub fn name(self) -> &'static str {
        let mut all = Self::ALL.into_iter();
        all.find(|(reason, _, _)| *reason == self)
            .map_or("", |(_, _, name)| name)
    }
}
