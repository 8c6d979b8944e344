//! What an authority says: lists of revocation, deltas, answers of OCSP and time-stamps, good and
//! odd.
//!
//! Spec:  RFC 5280 §5; RFC 6960 §4.2; RFC 3161 §2.4.2; answers as the national authority's
//! responder makes them.

use crate::signature::asn1::tag::{
    BOOLEAN, ENUMERATED, INTEGER, NULL, OCTET_STRING, SEQUENCE, SET,
};
use crate::signature::asn1::{integer, oid, sequence, tlv};
use crate::signature::revocation::Reason;
use crate::signature::{Certificate, sha256};
use crate::terms::Moment;

use super::der::{Key, bits, generalized_time, time};

/// A certificate that is listed: its serial number, since when, and why.
pub type Listed<'a> = (&'a [u8], Moment, Reason);

/// A list to be made.
#[derive(Clone, Copy)]
pub struct ListDraft<'a> {
    /// Whose it is.
    pub issuer: &'a Certificate,
    /// Its number.
    pub number: u64,
    /// Of a delta: the number of the complete list beneath it.
    pub base: Option<u64>,
    /// When it was made, and when the next one comes.
    pub when: (Moment, Moment),
    /// What it lists.
    pub listed: &'a [Listed<'a>],
    /// The OID of a critical extension that nobody knows, for tests of that.
    pub odd: Option<&'a str>,
}

/// Makes a list, signed with a key.
pub fn list(draft: &ListDraft<'_>, key: &Key) -> Vec<u8> {
    let number = |number: u64| integer(&number.to_be_bytes());
    let entries = draft.listed.iter().map(|(serial, at, reason)| {
        let code = code(*reason);
        let why = extension("2.5.29.21", false, &tlv(ENUMERATED, &[code]));
        sequence(&[integer(serial), time(*at), sequence(&[why])])
    });
    let entries: Vec<Vec<u8>> = entries.collect();
    let mut extensions = vec![extension("2.5.29.20", false, &number(draft.number))];
    if let Some(base) = draft.base {
        extensions.push(extension("2.5.29.27", true, &number(base)));
    }
    if let Some(odd) = draft.odd {
        extensions.push(extension(odd, true, &tlv(NULL, &[])));
    }
    let mut parts = vec![
        tlv(INTEGER, &[1]),
        key.algorithm(),
        draft.issuer.subject().to_vec(),
        time(draft.when.0),
        time(draft.when.1),
    ];
    if !entries.is_empty() {
        parts.push(sequence(&entries));
    }
    parts.push(tlv(0xA0, &sequence(&extensions)));
    signed(&sequence(&parts), key, &[])
}

/// What an answer says of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Not revoked.
    Good,
    /// Never issued, told as revoked in 1970.
    NeverIssued,
    /// Revoked.
    Revoked(Moment, Reason),
    /// Not known to the responder.
    Unknown,
}

/// An answer to be made.
#[derive(Clone, Copy)]
pub struct AnswerDraft<'a> {
    /// Who issued the certificate that is asked about.
    pub issuer: &'a Certificate,
    /// Its serial number.
    pub serial: &'a [u8],
    /// What is said.
    pub status: Status,
    /// As of when, and until when if it says so.
    pub when: (Moment, Option<Moment>),
    /// The value of the nonce extension, as it was asked.
    pub nonce: Option<&'a [u8]>,
    /// Who answers.
    pub responder: &'a Certificate,
}

/// Makes an answer, signed with the responder's key.
pub fn answer(draft: &AnswerDraft<'_>, key: &Key) -> Vec<u8> {
    let hashed = sequence(&[oid("2.16.840.1.101.3.4.2.1"), tlv(NULL, &[])]);
    let id = sequence(&[
        hashed,
        tlv(OCTET_STRING, &sha256(draft.issuer.subject())),
        tlv(OCTET_STRING, &sha256(draft.issuer.public_key())),
        integer(draft.serial),
    ]);
    let revoked = |at: Moment, reason: Reason| {
        let why = tlv(0xA0, &tlv(ENUMERATED, &[code(reason)]));
        tlv(0xA1, &[generalized_time(at), why].concat())
    };
    let epoch = Moment::from_millis(0).expect("a moment");
    let status = match draft.status {
        Status::Good => tlv(0x80, &[]),
        Status::NeverIssued => revoked(epoch, Reason::CertificateHold),
        Status::Revoked(at, reason) => revoked(at, reason),
        Status::Unknown => tlv(0x82, &[]),
    };
    let mut single = vec![id, status, generalized_time(draft.when.0)];
    if let Some(until) = draft.when.1 {
        single.push(tlv(0xA0, &generalized_time(until)));
    }
    let mut data = vec![
        tlv(0xA1, draft.responder.subject()),
        generalized_time(draft.when.0),
        sequence(&[sequence(&single)]),
    ];
    if let Some(nonce) = draft.nonce {
        let extension = extension("1.3.6.1.5.5.7.48.1.2", false, nonce);
        data.push(tlv(0xA1, &sequence(&[extension])));
    }
    let certificates = sequence(&[draft.responder.der().to_vec()]);
    let basic = signed(&sequence(&data), key, &tlv(0xA0, &certificates));
    let typed = sequence(&[oid("1.3.6.1.5.5.7.48.1.1"), tlv(OCTET_STRING, &basic)]);
    sequence(&[tlv(ENUMERATED, &[0]), tlv(0xA0, &typed)])
}

/// A response that says that there is no answer: 3 is tryLater.
pub fn no_answer(status: u8) -> Vec<u8> {
    tlv(SEQUENCE, &tlv(ENUMERATED, &[status]))
}

fn code(reason: Reason) -> u8 {
    let mut all = Reason::ALL.into_iter();
    all.find(|(known, _, _)| *known == reason)
        .map_or(0, |(_, code, _)| code)
}

fn extension(id: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical {
        tlv(BOOLEAN, &[0xFF])
    } else {
        Vec::new()
    };
    sequence(&[oid(id), critical, tlv(OCTET_STRING, value)])
}

fn signed(content: &[u8], key: &Key, rest: &[u8]) -> Vec<u8> {
    let value = bits(0, &key.sign(content));
    sequence(&[content.to_vec(), key.algorithm(), value, rest.to_vec()])
}

/// A time-stamp to be made.
#[derive(Clone, Copy)]
pub struct StampDraft<'a> {
    /// The MessageImprint, as it was asked.
    pub imprint: &'a [u8],
    /// The nonce, as it was asked.
    pub nonce: Option<&'a [u8]>,
    /// The OID of the policy.
    pub policy: &'a str,
    /// The time.
    pub at: Moment,
    /// Who stamps, and who issued its certificate.
    pub stamper: (&'a Certificate, &'a Certificate),
}

/// Makes a TimeStampResp with a token, signed with the stamper's key.
pub fn stamp(draft: &StampDraft<'_>, key: &Key) -> Vec<u8> {
    let token_info = "1.2.840.113549.1.9.16.1.4";
    let (stamper, issuer) = draft.stamper;
    let digest_id = sequence(&[oid(key.digest(&[]).0), tlv(NULL, &[])]);
    let serial = uuid::Uuid::new_v4().into_bytes();
    let mut info = vec![
        integer(&[1]),
        oid(draft.policy),
        draft.imprint.to_vec(),
        integer(&serial),
        generalized_time(draft.at),
    ];
    if let Some(nonce) = draft.nonce {
        info.push(integer(nonce));
    }
    let info = sequence(&info);
    let attribute = |id: &str, value: Vec<u8>| sequence(&[oid(id), tlv(SET, &value)]);
    let own = sequence(&[sequence(&[sequence(&[tlv(
        OCTET_STRING,
        &sha256(stamper.der()),
    )])])]);
    let mut attributes = [
        attribute("1.2.840.113549.1.9.3", oid(token_info)),
        attribute(
            "1.2.840.113549.1.9.4",
            tlv(OCTET_STRING, &key.digest(&info).1),
        ),
        attribute("1.2.840.113549.1.9.16.2.47", own),
    ];
    // DER: the elements of a SET in the order of their octets.
    attributes.sort();
    let attributes = attributes.concat();
    let signer = sequence(&[
        integer(&[1]),
        sequence(&[issuer.subject().to_vec(), integer(stamper.serial())]),
        digest_id.clone(),
        tlv(0xA0, &attributes),
        key.algorithm(),
        tlv(OCTET_STRING, &key.sign(&tlv(SET, &attributes))),
    ]);
    let data = sequence(&[
        integer(&[3]),
        tlv(SET, &digest_id),
        sequence(&[oid(token_info), tlv(0xA0, &tlv(OCTET_STRING, &info))]),
        tlv(0xA0, stamper.der()),
        tlv(SET, &signer),
    ]);
    let token = sequence(&[oid("1.2.840.113549.1.7.2"), tlv(0xA0, &data)]);
    sequence(&[sequence(&[integer(&[0])]), token])
}
