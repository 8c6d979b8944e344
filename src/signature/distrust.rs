//! The closed list of reasons for not believing a message.

use crate::envelope::Code;

/// Why a message is not believed. None of them says more than a sender needs to mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// A signature, digest or canonicalisation algorithm that is not allowed.
    #[error("an algorithm that is not allowed")]
    Algorithm,
    /// No reference covers the Body.
    #[error("the Body is not signed")]
    BodyNotSigned,
    /// The certificate is expired.
    #[error("the certificate is expired")]
    CertificateExpired,
    /// No X.509 certificate in an accepted form.
    #[error("no certificate of an accepted form")]
    CertificateMalformed,
    /// The certificate's time has not begun.
    #[error("the certificate is not yet valid")]
    CertificateNotYetValid,
    /// No configured root vouches for the certificate.
    #[error("no configured root vouches for the certificate")]
    CertificateUntrusted,
    /// The issuer says that it never issued the certificate.
    #[error("its issuer says that it never issued the certificate")]
    CertificateNeverIssued,
    /// The certificate has none of the policies that the store asks for.
    #[error("the certificate was issued under another policy")]
    CertificatePolicy,
    /// The certificate, or one of the authorities above it, is revoked.
    #[error("the certificate is revoked")]
    CertificateRevoked,
    /// The certificate has the sender's BIN, and is neither pinned nor of a role in its file.
    #[error("the certificate is not of the role that speaks for the sender")]
    CertificateRole,
    /// The certificate's KeyUsage does not allow signing, or it is that of an authority.
    #[error("the certificate may not sign messages")]
    CertificateUsage,
    /// The content does not have the digest that was signed.
    #[error("the content does not have the digest that was signed")]
    DigestMismatch,
    /// A text that stands elsewhere could not be read while it was digested: ours to mend.
    #[error("a scan of the message could not be read back")]
    ContentUnread,
    /// One Id at two elements.
    #[error("an Id is given twice")]
    DuplicateId,
    /// No signature.
    #[error("not signed")]
    NotSigned,
    /// The participant has a password and the message another one, or none.
    #[error("the password does not fit")]
    Password,
    /// Too many wrong passwords were tried for the participant, and this one was not looked at.
    #[error("too many wrong passwords were tried lately")]
    PasswordUnchecked,
    /// Nobody who may say so said lately whether the certificate is revoked: ours to mend.
    #[error("whether the certificate is revoked is not known at present")]
    RevocationUnknown,
    /// The sender has no rights in that region.
    #[error("the sender has no rights in that region")]
    RegionNotAllowed,
    /// The certificate belongs neither to the sender nor to a gateway.
    #[error("the certificate is not that of the sender")]
    SenderMismatch,
    /// The sender is not in the directory.
    #[error("the sender is not known")]
    SenderUnknown,
    /// The sender may not call that service.
    #[error("the sender may not call that service")]
    ServiceNotAllowed,
    /// The security header has a form that is not accepted.
    #[error("a security header of a form that is not accepted: {0}")]
    SignatureForm(&'static str),
    /// The signature was not made with the certificate's key.
    #[error("the signature does not fit the key")]
    SignatureValue,
    /// The signed Timestamp lies outside the window.
    #[error("the signed Timestamp is not of now")]
    Timestamp,
}

impl Distrust {
    /// The code under which the sender is told.
    pub fn code(self) -> Code {
        match self {
            Self::Algorithm => Code::Algorithm,
            Self::BodyNotSigned => Code::BodyNotSigned,
            Self::CertificateExpired => Code::CertificateExpired,
            Self::CertificateMalformed => Code::CertificateMalformed,
            Self::CertificateNotYetValid => Code::CertificateNotYetValid,
            Self::CertificateNeverIssued => Code::CertificateNeverIssued,
            Self::CertificatePolicy => Code::CertificatePolicy,
            Self::CertificateRevoked => Code::CertificateRevoked,
            Self::CertificateRole => Code::CertificateRole,
            Self::CertificateUntrusted => Code::CertificateUntrusted,
            Self::CertificateUsage => Code::CertificateUsage,
            Self::DigestMismatch => Code::DigestMismatch,
            Self::DuplicateId => Code::DuplicateId,
            Self::NotSigned => Code::NotSigned,
            Self::Password => Code::Password,
            Self::PasswordUnchecked => Code::TryAgain,
            Self::ContentUnread => Code::TryAgain,
            Self::RevocationUnknown => Code::RevocationUnknown,
            Self::RegionNotAllowed => Code::RegionNotAllowed,
            Self::SenderMismatch => Code::SenderMismatch,
            Self::SenderUnknown => Code::SenderUnknown,
            Self::ServiceNotAllowed => Code::ServiceNotAllowed,
            Self::SignatureForm(_) => Code::SignatureForm,
            Self::SignatureValue => Code::SignatureValue,
            Self::Timestamp => Code::Timestamp,
        }
    }
}
