//! Algorithms and their identifiers: the allow-list.
//!
//! Spec:  XMLDSig §6; RFC 9231 §2.3; RFC 4050 for the plain form of ECDSA values.
//! The list is short on purpose: what is not here is refused, whatever a message claims.

/// Exclusive C14N 1.0 without comments: the only canonicalisation of transport signatures.
pub(super) const EXCLUSIVE_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// The enveloped-signature transform (XMLDSig §6.6.4).
pub(super) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// SHA-256, the only digest.
pub(super) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// A signature algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, keys of 2048 bits or more.
    RsaSha256,
    /// ECDSA on P-256 with SHA-256; the value is r and s, 32 octets each.
    EcdsaSha256,
}

impl Algorithm {
    const ALL: [Self; 2] = [Self::RsaSha256, Self::EcdsaSha256];

    pub(super) fn uri(self) -> &'static str {
        match self {
            Self::RsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Self::EcdsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        }
    }

    pub(super) fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.uri() == uri)
    }
}
