//! Roles: for whom the national authority issued a certificate, as its ExtendedKeyUsage says.
//!
//! Spec:  OIDs below 1.2.398.3.3.4.1, as the authority's policy gives them. A
//! certificate carries its role beside emailProtection (for signing) or clientAuth (for signing
//! in).

use serde::Deserialize;
use x509_cert::der::asn1::ObjectIdentifier;

/// Whom a certificate was issued to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Of a legal entity, the employee.
    Employee,
    /// Of a legal entity, who may sign for its money.
    FinancialSignatory,
    /// Of a legal entity, the first head.
    Head,
    /// Of a legal entity, who works with its people.
    HumanResources,
    /// A natural person.
    Individual,
    /// An information system of a natural person.
    IndividualSystem,
    /// The information system of a legal entity: what signs in transport.
    InformationSystem,
    /// A legal entity; beside each of its narrower roles.
    LegalEntity,
    /// Of a legal entity, who may sign for it.
    Signatory,
}

impl Role {
    /// Every role, with its OID and the word for it in a participant's file.
    pub const ALL: [(Self, &str, &str); 9] = [
        (Self::Employee, "1.2.398.3.3.4.1.2.5", "employee"),
        (
            Self::FinancialSignatory,
            "1.2.398.3.3.4.1.2.3",
            "financial-signatory",
        ),
        (Self::Head, "1.2.398.3.3.4.1.2.1", "head"),
        (
            Self::HumanResources,
            "1.2.398.3.3.4.1.2.4",
            "human-resources",
        ),
        (Self::Individual, "1.2.398.3.3.4.1.1", "individual"),
        (
            Self::IndividualSystem,
            "1.2.398.3.3.4.1.1.1",
            "individual-system",
        ),
        (
            Self::InformationSystem,
            "1.2.398.3.3.4.1.2.6",
            "information-system",
        ),
        (Self::LegalEntity, "1.2.398.3.3.4.1.2", "legal-entity"),
        (Self::Signatory, "1.2.398.3.3.4.1.2.2", "signatory"),
    ];

    /// The role that an OID of ExtendedKeyUsage names, if it names one.
    pub(super) fn of(purpose: &ObjectIdentifier) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|(_, oid, _)| ObjectIdentifier::new(oid).is_ok_and(|oid| oid == *purpose))
            .map(|(role, _, _)| role)
    }

    /// Its OID, in dotted form.
    pub fn oid(self) -> &'static str {
        Self::ALL
            .into_iter()
            .find(|(role, _, _)| *role == self)
            .map_or("", |(_, oid, _)| oid)
    }

    /// The word for it in a participant's file.
    pub fn word(self) -> &'static str {
        Self::ALL
            .into_iter()
            .find(|(role, _, _)| *role == self)
            .map_or("", |(_, _, word)| word)
    }
}
