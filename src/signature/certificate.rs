//! One X.509 certificate: what we need of it, read once, and checking what its key signed.
//!
//! Spec:  RFC 5280 §4; subjects as the Kazakh authority writes them: `IIN…` in serialNumber, `BIN…`
//! in OU. Test subjects carry numbers without a valid check digit, so none is asked for here.

use std::fmt;

use x509_cert::Certificate as Syntax;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode, Encode, Header, Reader, SliceReader};
use x509_cert::ext::pkix::{
    BasicConstraints, CertificatePolicies, ExtendedKeyUsage, KeyUsage, SubjectKeyIdentifier,
};

use crate::terms::{Iin, Moment};

use super::algorithm::Algorithm;
use super::public_key::{Encoding, PublicKey};
use super::{Distrust, Role, issuer_serial, sha256, subject};

const OCTETS_MAX: usize = 16 * 1024;
pub(super) const OCSP_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");

/// Extensions that may be critical, because they are obeyed here or only narrow what is not asked:
/// KeyUsage, BasicConstraints, ExtendedKeyUsage, CertificatePolicies, SubjectAltName.
const MAY_BE_CRITICAL: [ObjectIdentifier; 5] = [
    ObjectIdentifier::new_unwrap("2.5.29.15"),
    ObjectIdentifier::new_unwrap("2.5.29.19"),
    ObjectIdentifier::new_unwrap("2.5.29.37"),
    ObjectIdentifier::new_unwrap("2.5.29.32"),
    ObjectIdentifier::new_unwrap("2.5.29.17"),
];

/// NameConstraints (RFC 5280 §4.2.1.10), which are not computed here.
const NAME_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.30");

/// A parsed certificate. That it parses says nothing about trust.
pub struct Certificate {
    der: Vec<u8>,
    fingerprint: [u8; 32],
    tbs: (usize, usize),
    signature_algorithm: ObjectIdentifier,
    signature: Vec<u8>,
    subject: Vec<u8>,
    issuer: Vec<u8>,
    /// The digest of the subject and its key, which are one authority in however many certificates.
    owner: [u8; 32],
    not_before: Moment,
    not_after: Moment,
    key: Option<PublicKey>,
    authority: bool,
    path_length: Option<u8>,
    usage: Option<KeyUsage>,
    /// What ExtendedKeyUsage names.
    purposes: Vec<ObjectIdentifier>,
    /// Whether nobody may use it for anything else.
    purposes_critical: bool,
    policies: Vec<String>,
    /// The octets of its serial number, without a leading zero.
    serial: Vec<u8>,
    /// The octets of the public key alone, by which OCSP names an issuer.
    public_key: Vec<u8>,
    key_identifier: Option<Vec<u8>>,
    /// The texts of the subject, in upper case.
    named: String,
    bin: Option<String>,
    iin: Option<String>,
}

impl Certificate {
    /// Reads DER.
    ///
    /// # Errors
    /// [`Distrust::CertificateMalformed`] where it is no certificate, or one with a critical
    /// extension that is not obeyed here.
    pub fn parse(der: &[u8]) -> Result<Self, Distrust> {
        if der.len() > OCTETS_MAX {
            return Err(Distrust::CertificateMalformed);
        }
        Self::read(der).map_err(|_| Distrust::CertificateMalformed)?
    }

    fn read(der: &[u8]) -> x509_cert::der::Result<Result<Self, Distrust>> {
        let syntax = Syntax::from_der(der)?;
        let tbs = syntax.tbs_certificate();
        let mut outer = SliceReader::new(der)?;
        Header::decode(&mut outer)?;
        let tbs_at = usize::try_from(outer.position())?;
        let tbs_length = outer.tlv_bytes()?.len();
        // RFC 5280 §4.1.1.2; and neither value is a number of bits that octets cannot hold.
        if tbs.signature() != syntax.signature_algorithm()
            || syntax.signature().unused_bits() != 0
            || tbs
                .subject_public_key_info()
                .subject_public_key
                .unused_bits()
                != 0
        {
            return Ok(Err(Distrust::CertificateMalformed));
        }
        for extension in tbs.extensions().into_iter().flatten() {
            // An authority that is bound by names is no authority here, though its extension were
            // not critical against the standard: below it anybody might stand.
            let unknown = extension.critical && !MAY_BE_CRITICAL.contains(&extension.extn_id);
            if unknown || extension.extn_id == NAME_CONSTRAINTS {
                return Ok(Err(Distrust::CertificateMalformed));
            }
        }
        let constraints = tbs
            .get_extension::<BasicConstraints>()?
            .map(|(_, found)| found);
        let usage = tbs.get_extension::<KeyUsage>()?.map(|(_, found)| found);
        let purposes = tbs.get_extension::<ExtendedKeyUsage>()?;
        let policies = tbs.get_extension::<CertificatePolicies>()?;
        let own_key = tbs.get_extension::<SubjectKeyIdentifier>()?;
        let name = tbs.subject();
        let public_key = &tbs.subject_public_key_info().subject_public_key;
        Ok(Ok(Self {
            fingerprint: sha256(der),
            tbs: (tbs_at, tbs_at + tbs_length),
            signature_algorithm: syntax.signature_algorithm().oid,
            signature: syntax.signature().raw_bytes().to_vec(),
            owner: sha256(&[name.to_der()?, tbs.subject_public_key_info().to_der()?].concat()),
            subject: name.to_der()?,
            issuer: tbs.issuer().to_der()?,
            not_before: moment(tbs.validity().not_before),
            not_after: moment(tbs.validity().not_after),
            key: PublicKey::read(tbs.subject_public_key_info()),
            authority: constraints.as_ref().is_some_and(|found| found.ca),
            path_length: constraints.and_then(|found| found.path_len_constraint),
            usage,
            purposes_critical: purposes.as_ref().is_some_and(|(critical, _)| *critical),
            purposes: purposes.map(|(_, found)| found.0).unwrap_or_default(),
            policies: policies
                .map(|(_, found)| found.0)
                .unwrap_or_default()
                .iter()
                .map(|policy| policy.policy_identifier.to_string())
                .collect(),
            serial: unsigned(tbs.serial_number().as_bytes()).to_vec(),
            public_key: public_key.raw_bytes().to_vec(),
            key_identifier: own_key.map(|(_, found)| found.0.as_bytes().to_vec()),
            named: subject::texts(name),
            bin: subject::bin(name),
            iin: subject::iin(name),
            der: der.to_vec(),
        }))
    }

    /// Its DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The SHA-256 of its DER.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    /// The organisation that it was issued to, where it names one.
    pub fn bin(&self) -> Option<&str> {
        self.bin.as_deref()
    }

    /// The person whom it was issued to, where it names one.
    pub fn iin(&self) -> Option<&str> {
        self.iin.as_deref()
    }

    /// Whether it was issued to this person: what an applicant signs with must be their own
    /// (the IIN of the subject's serialNumber).
    pub fn belongs_to(&self, person: &Iin) -> bool {
        self.iin().is_some_and(|iin| iin == person.as_str())
    }

    /// For whom it was issued, as its ExtendedKeyUsage says; an organisation's head, for instance,
    /// has two.
    pub fn roles(&self) -> Vec<Role> {
        self.purposes.iter().filter_map(Role::of).collect()
    }

    /// The OIDs of its policies, in dotted form.
    pub fn policies(&self) -> &[String] {
        &self.policies
    }

    /// The octets of its serial number, without a leading zero.
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// Whether the text of its subject has one of these words, which are in upper case.
    pub(super) fn is_named_with(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.named.contains(word))
    }

    /// The first and the last moment at which it is valid.
    pub fn validity(&self) -> (Moment, Moment) {
        (self.not_before, self.not_after)
    }

    /// The DER of its subject.
    pub fn subject(&self) -> &[u8] {
        &self.subject
    }

    /// The octets of its public key, without the algorithm.
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// Whether its subject has this DER.
    pub(super) fn is_named(&self, name: &[u8]) -> bool {
        self.subject == name
    }

    /// Whether its key is the one that an AuthorityKeyIdentifier means, as far as either says.
    pub(super) fn has_key_identifier(&self, identifier: Option<&[u8]>) -> bool {
        match (&self.key_identifier, identifier) {
            (Some(own), Some(meant)) => own == meant,
            (None, _) | (_, None) => true,
        }
    }

    /// Whether ExtendedKeyUsage names a purpose.
    pub(super) fn has_purpose(&self, purpose: &ObjectIdentifier) -> bool {
        self.purposes.contains(purpose)
    }

    /// Whether it may stamp times, and nothing else (RFC 3161 §2.3).
    pub(super) fn may_stamp(&self) -> bool {
        self.purposes == [TIME_STAMPING] && self.purposes_critical && self.may_sign()
    }

    /// Whether KeyUsage lets it sign what is neither a message nor a certificate.
    pub(super) fn may_sign(&self) -> bool {
        let usage = self.usage.as_ref();
        !self.authority && usage.is_none_or(|u| u.digital_signature() || u.non_repudiation())
    }

    /// Whether it is an authority that may sign lists of revocation.
    pub(super) fn may_sign_lists(&self) -> bool {
        self.authority && self.usage.as_ref().is_none_or(KeyUsage::crl_sign)
    }

    /// Whether it says that it was issued to the owner of the other one.
    pub(super) fn names_issuer(&self, issuer: &Self) -> bool {
        self.issuer == issuer.subject
    }

    /// Whether the other one's owner issued it: name and signature.
    pub fn was_issued_by(&self, issuer: &Self) -> bool {
        self.names_issuer(issuer) && self.is_signed_by(issuer)
    }

    /// Whether both are of one subject with one key.
    pub(super) fn has_owner_of(&self, other: &Self) -> bool {
        self.owner == other.owner
    }

    /// Whether it is an authority that may sign certificates with so many authorities below it.
    pub(super) fn may_issue(&self, authorities_below: usize) -> bool {
        let depth = self
            .path_length
            .is_none_or(|most| authorities_below <= usize::from(most));
        self.authority && depth && self.usage.as_ref().is_none_or(KeyUsage::key_cert_sign)
    }

    /// Whether it may sign messages: not an authority, digitalSignature and nonRepudiation, as the
    /// authority sets them in certificates for signing (those for signing in lack the second).
    ///
    /// Who stamps times or answers about revocation signs nothing else, whatever KeyUsage says:
    /// RFC 5280 §4.2.1.12, a certificate serves its stated purposes alone.
    pub(super) fn may_sign_messages(&self) -> bool {
        let usage = self.usage.as_ref();
        let services = [TIME_STAMPING, OCSP_SIGNING];
        !self.authority
            && usage.is_some_and(|u| u.digital_signature() && u.non_repudiation())
            && !services.iter().any(|service| self.has_purpose(service))
    }

    /// Whether `issuer`'s key signed it.
    pub fn is_signed_by(&self, issuer: &Self) -> bool {
        let tbs = &self.der[self.tbs.0..self.tbs.1];
        issuer.has_signed(self.signature_algorithm, tbs, &self.signature)
    }

    /// Whether its key made a value over octets, by the algorithm that an OID names: certificates,
    /// lists of revocation, answers about one, time-stamps.
    pub(super) fn has_signed(
        &self,
        algorithm: ObjectIdentifier,
        octets: &[u8],
        value: &[u8],
    ) -> bool {
        let algorithm = Algorithm::from_oid(algorithm);
        let (Some(key), Some(algorithm)) = (&self.key, algorithm) else {
            return false;
        };
        key.verify(algorithm, Encoding::Der, octets, value)
    }

    /// The same, where the algorithm was still allowed at the moment of which the octets say that
    /// they were made then.
    pub(super) fn has_signed_at(
        &self,
        at: Moment,
        algorithm: ObjectIdentifier,
        octets: &[u8],
        value: &[u8],
    ) -> bool {
        Algorithm::from_oid(algorithm).is_some_and(|known| known.is_allowed_at(at))
            && self.has_signed(algorithm, octets, value)
    }

    /// Checks a signature value as certificates and CMS write it with its key.
    pub(super) fn check_der(
        &self,
        algorithm: Algorithm,
        signed: &[u8],
        value: &[u8],
    ) -> Result<(), Distrust> {
        let key = self.key.as_ref().ok_or(Distrust::Algorithm)?;
        if key.verify(algorithm, Encoding::Der, signed, value) {
            Ok(())
        } else {
            Err(Distrust::SignatureValue)
        }
    }

    /// Whether it is the one of this number that the owner of this name (DER) issued.
    pub(super) fn is_number(&self, serial: &[u8], issuer: &[u8]) -> bool {
        self.serial == serial && self.issuer == issuer
    }

    /// Whether this text (RFC 4514) names who issued it.
    pub(super) fn is_issued_by_name(&self, text: &str) -> bool {
        issuer_serial::is_same_name(text, &self.issuer)
    }

    /// Whether it says that its key has this identifier.
    pub(super) fn has_exact_key_identifier(&self, identifier: &[u8]) -> bool {
        self.key_identifier.as_deref() == Some(identifier)
    }

    /// Checks a signature value of XMLDSig with its key.
    pub(super) fn check(
        &self,
        algorithm: Algorithm,
        signed: &[u8],
        value: &[u8],
    ) -> Result<(), Distrust> {
        let key = self.key.as_ref().ok_or(Distrust::Algorithm)?;
        if key.verify(algorithm, Encoding::Plain, signed, value) {
            Ok(())
        } else {
            Err(Distrust::SignatureValue)
        }
    }

    /// The algorithm by which its owner signs messages, where its key may.
    pub(super) fn signs_by(&self) -> Option<Algorithm> {
        self.key.as_ref()?.signs_by(self.signed_by())
    }

    /// The algorithm by which its authority signed it.
    fn signed_by(&self) -> Option<Algorithm> {
        Algorithm::from_oid(self.signature_algorithm)
    }
}

impl fmt::Debug for Certificate {
    /// The fingerprint alone: a subject may be a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificate(")?;
        self.fingerprint[..8]
            .iter()
            .try_for_each(|octet| write!(f, "{octet:02x}"))?;
        let person = if self.iin.is_some() {
            ", of a person"
        } else {
            ""
        };
        write!(f, "{person})")
    }
}

fn moment(time: x509_cert::time::Time) -> Moment {
    let millis = i64::try_from(time.to_unix_duration().as_millis()).unwrap_or(i64::MAX);
    // RFC 5280 ends in the year 9999, which a moment holds.
    Moment::from_millis(millis).expect("a time of RFC 5280 lies between 1970 and 9999")
}

/// An integer without the zeros that keep it positive.
fn unsigned(octets: &[u8]) -> &[u8] {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    &octets[zeros..]
}
