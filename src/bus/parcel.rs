//! Parcel: what travels from the door to a worker.
//!
//! Small things are headers, where an operator can see them. The body is framed by lengths:
//! version, digested octets, the message as it arrived, verdict, certificates, and what the door
//! found, where it found something. No base64.
//! Rolling upgrades: a version that this program does not know is an error with a name; the
//! consumer puts it off for a newer worker.

use std::fmt;

use serde_json::Value;

use super::mail::{ATTEMPT, Header, Mail};
use super::reply::ReplyAddress;
use crate::terms::{Moment, Settlement};

/// The version of a parcel with which nothing is wrong.
const PLAIN: u8 = 1;
/// That of one with what the door found at its end; the newest that is read.
const WITH_FINDINGS: u8 = 2;
/// The most octets of one part: above every limit of the door.
const PART_MAX: usize = 64 << 20;
/// The most certificates of a chain.
const CHAIN_MAX: usize = 16;
/// The most settlements by which a sender's rights are listed; the whole republic is one word.
const REGIONS_MAX: usize = 10_000;

const KIND: &str = "parcel";
const MEDIA_TYPE: &str = "application/vnd.kezek.parcel";
const KEY: &str = "kezek-key";
const MESSAGE_ID: &str = "kezek-message-id";
const SENDER: &str = "kezek-sender";
const GATEWAY: &str = "kezek-gateway";
const SERVICE: &str = "kezek-service";
const SETTLEMENT: &str = "kezek-settlement";
const RECEIVED: &str = "kezek-received-at";
const RECEIPT: &str = "kezek-receipt-at";
const DEADLINE: &str = "kezek-deadline";
const TRACE: &str = "kezek-trace";
const REGIONS: &str = "kezek-regions";

/// A verified message on its way. Whatever it says was established by the door.
#[derive(Clone, PartialEq)]
pub struct Parcel {
    /// `messageId`, or the digest of the content: with the sender, the key of the inbox.
    pub message_key: String,
    /// `messageId` as it was sent.
    pub message_id: Option<String>,
    /// The verified sender.
    pub sender: String,
    /// The gateway that handed it on, where one did: answers that come later go by it.
    pub gateway: Option<String>,
    /// The service, such as `S-08`; nothing, where no service is asked.
    pub service: String,
    /// The settlement that the payload is about, where it names one.
    pub settlement: Option<Settlement>,
    /// The settlements that the sender may see, as prefixes of КАТО; `*`: all of them.
    pub regions: Vec<String>,
    /// The time of reception.
    pub received_at: Moment,
    /// The time that a receipt vouches for (D-35).
    pub receipt_at: Option<Moment>,
    /// Until when the sender waits: an expired read is dropped, an expired write is not.
    pub deadline: Moment,
    /// How often a worker has asked for a later attempt.
    pub attempt: u32,
    /// What joins the log lines of one message.
    pub trace: String,
    /// Where the gateway waits for the answer.
    pub reply: Option<ReplyAddress>,
    /// The octets that were digested: the payload is read from these and nothing else.
    pub octets: Vec<u8>,
    /// The message as it arrived, for the journal.
    pub raw: Vec<u8>,
    /// What the signature said.
    pub verdict: Value,
    /// The certificates in DER, leaf first.
    pub chain: Vec<Vec<u8>>,
    /// What the door found wrong with a payload that is answered later: what scans and attachments
    /// are in it no worker sees.
    pub found: Option<Found>,
}

/// What is wrong with a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The codes, for the journal.
    pub codes: Vec<String>,
    /// The answer that names them.
    pub payload: String,
}

/// Why a mail is no parcel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAParcel {
    /// What the door found is no text.
    #[error("what the door found cannot be read")]
    Found,
    /// It is something else.
    #[error("it is of another kind")]
    Kind,
    /// A header is missing or holds what it cannot.
    #[error("header {0} is missing or wrong")]
    Header(&'static str),
    /// More octets follow than were announced.
    #[error("octets are left over")]
    LeftOver,
    /// A part is longer than any that the door lets in.
    #[error("a part is too long")]
    TooLong,
    /// It ends before it should.
    #[error("it is cut short")]
    Truncated,
    /// The verdict is no JSON.
    #[error("the verdict cannot be read")]
    Verdict,
    /// A newer program wrote it.
    #[error("version {0} is not known here")]
    Version(u8),
}

impl Parcel {
    /// As it travels. The identity on the bus is the key of the message, if it is short enough.
    pub fn to_mail(&self) -> Mail {
        let mut headers = std::collections::BTreeMap::new();
        let mut text = |name: &str, value: &str| {
            headers.insert(name.to_owned(), Header::Text(value.to_owned()));
        };
        text(KEY, &self.message_key);
        text(SENDER, &self.sender);
        text(SERVICE, &self.service);
        text(TRACE, &self.trace);
        text(REGIONS, &self.regions.join(" "));
        if let Some(id) = &self.message_id {
            text(MESSAGE_ID, id);
        }
        if let Some(gateway) = &self.gateway {
            text(GATEWAY, gateway);
        }
        if let Some(settlement) = &self.settlement {
            text(SETTLEMENT, settlement.as_str());
        }
        let mut number = |name: &str, value: i64| {
            headers.insert(name.to_owned(), Header::Number(value));
        };
        number(RECEIVED, self.received_at.millis());
        number(DEADLINE, self.deadline.millis());
        number(ATTEMPT, i64::from(self.attempt));
        if let Some(receipt) = self.receipt_at {
            number(RECEIPT, receipt.millis());
        }
        Mail {
            message_id: (self.message_key.len() <= 255).then(|| self.message_key.clone()),
            kind: KIND.to_owned(),
            content_type: MEDIA_TYPE.to_owned(),
            headers,
            reply: self.reply.clone(),
            body: self.frame(),
        }
    }

    /// Reads a mail, strictly.
    pub fn from_mail(mail: &Mail) -> Result<Self, NotAParcel> {
        if mail.kind != KIND {
            return Err(NotAParcel::Kind);
        }
        let mut frame = Frame(&mail.body);
        let version = frame.byte()?;
        if ![PLAIN, WITH_FINDINGS].contains(&version) {
            return Err(NotAParcel::Version(version));
        }
        let text = |name: &'static str| {
            mail.text(name)
                .map(str::to_owned)
                .ok_or(NotAParcel::Header(name))
        };
        let moment = |name: &'static str| {
            mail.number(name)
                .and_then(Moment::from_millis)
                .ok_or(NotAParcel::Header(name))
        };
        let listed = text(REGIONS)?;
        // Nothing listed is no right at all, never the right to everything.
        let regions: Vec<String> = listed
            .split(' ')
            .filter(|code| !code.is_empty())
            .map(str::to_owned)
            .collect();
        if regions.len() > REGIONS_MAX {
            return Err(NotAParcel::Header(REGIONS));
        }
        let settlement = mail
            .text(SETTLEMENT)
            .map(|code| Settlement::parse(code).map_err(|_| NotAParcel::Header(SETTLEMENT)))
            .transpose()?;
        let parcel = Self {
            message_key: text(KEY)?,
            message_id: mail.text(MESSAGE_ID).map(str::to_owned),
            sender: text(SENDER)?,
            gateway: mail.text(GATEWAY).map(str::to_owned),
            service: text(SERVICE)?,
            settlement,
            regions,
            received_at: moment(RECEIVED)?,
            receipt_at: mail.number(RECEIPT).map(|_| moment(RECEIPT)).transpose()?,
            deadline: moment(DEADLINE)?,
            attempt: mail.attempt(),
            trace: text(TRACE)?,
            reply: mail.reply.clone(),
            octets: frame.part()?.to_vec(),
            raw: frame.part()?.to_vec(),
            verdict: serde_json::from_slice(frame.part()?).map_err(|_| NotAParcel::Verdict)?,
            chain: frame.chain()?,
            found: (version == WITH_FINDINGS)
                .then(|| frame.found())
                .transpose()?,
        };
        if frame.0.is_empty() {
            Ok(parcel)
        } else {
            Err(NotAParcel::LeftOver)
        }
    }

    fn frame(&self) -> Vec<u8> {
        let verdict = self.verdict.to_string();
        let chain: usize = self.chain.iter().map(|der| der.len() + 4).sum();
        let size = 14 + self.octets.len() + self.raw.len() + verdict.len() + chain;
        let mut body = Vec::with_capacity(size);
        body.push(self.found.as_ref().map_or(PLAIN, |_| WITH_FINDINGS));
        for part in [&self.octets, &self.raw, verdict.as_bytes()] {
            write_part(&mut body, part);
        }
        body.push(u8::try_from(self.chain.len()).unwrap_or(u8::MAX));
        for der in &self.chain {
            write_part(&mut body, der);
        }
        if let Some(found) = &self.found {
            write_part(&mut body, found.codes.join(" ").as_bytes());
            write_part(&mut body, found.payload.as_bytes());
        }
        body
    }
}

/// A part that no length can tell is written with one that no reader accepts; the door's limits
/// are far below it.
fn write_part(body: &mut Vec<u8>, part: &[u8]) {
    body.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
    body.extend_from_slice(part);
}

/// What is left to read.
struct Frame<'a>(&'a [u8]);

impl<'a> Frame<'a> {
    fn byte(&mut self) -> Result<u8, NotAParcel> {
        let (first, rest) = self.0.split_first().ok_or(NotAParcel::Truncated)?;
        self.0 = rest;
        Ok(*first)
    }

    fn part(&mut self) -> Result<&'a [u8], NotAParcel> {
        let (length, rest) = self.0.split_first_chunk().ok_or(NotAParcel::Truncated)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        if length > PART_MAX {
            return Err(NotAParcel::TooLong);
        }
        let (part, rest) = rest.split_at_checked(length).ok_or(NotAParcel::Truncated)?;
        self.0 = rest;
        Ok(part)
    }

    fn chain(&mut self) -> Result<Vec<Vec<u8>>, NotAParcel> {
        let count = usize::from(self.byte()?);
        if count > CHAIN_MAX {
            return Err(NotAParcel::TooLong);
        }
        (0..count).map(|_| Ok(self.part()?.to_vec())).collect()
    }

    fn found(&mut self) -> Result<Found, NotAParcel> {
        let text = |part: &[u8]| String::from_utf8(part.to_vec()).map_err(|_| NotAParcel::Found);
        let codes = text(self.part()?)?.split(' ').map(str::to_owned).collect();
        let payload = text(self.part()?)?;
        Ok(Found { codes, payload })
    }
}

impl fmt::Debug for Parcel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parcel")
            .field("message_key", &self.message_key)
            .field("sender", &self.sender)
            .field("service", &self.service)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parcel() -> Parcel {
        Parcel {
            message_key: "m-1".into(),
            message_id: Some("m-1".into()),
            sender: "egov".into(),
            gateway: Some("shep".into()),
            service: "S-08".into(),
            settlement: Settlement::parse("710000000").ok(),
            regions: vec!["71".into(), "75".into()],
            received_at: Moment::from_millis(1_700_000_000_123).expect("a moment"),
            receipt_at: Moment::from_millis(1_700_000_000_001),
            deadline: Moment::from_millis(1_700_000_025_123).expect("a moment"),
            attempt: 2,
            trace: "t".into(),
            reply: Some(ReplyAddress {
                lane: "r".into(),
                correlation: "c".into(),
            }),
            octets: b"<soapenv:Body/>".to_vec(),
            raw: b"<raw/>".to_vec(),
            verdict: serde_json::json!({ "algorithm": "rsa-sha256" }),
            chain: vec![vec![1, 2], vec![]],
            found: None,
        }
    }

    #[test]
    fn parcel_is_read_as_it_was_written() {
        assert_eq!(Parcel::from_mail(&parcel().to_mail()), Ok(parcel()));
    }

    #[test]
    fn what_the_door_found_travels_with_it() {
        let found = Parcel {
            found: Some(Found {
                codes: vec!["iin_date".into(), "value_wrong_form".into()],
                payload: "<k:rejection/>".into(),
            }),
            ..parcel()
        };
        assert_eq!(Parcel::from_mail(&found.to_mail()), Ok(found));
    }

    #[test]
    fn sender_without_regions_stays_without() {
        let none = Parcel {
            regions: Vec::new(),
            ..parcel()
        };
        assert_eq!(Parcel::from_mail(&none.to_mail()), Ok(none));
    }

    #[test]
    fn newer_version_is_an_error_with_a_name() {
        let mut mail = parcel().to_mail();
        mail.body[0] = 3;
        assert_eq!(Parcel::from_mail(&mail), Err(NotAParcel::Version(3)));
    }

    #[test]
    fn every_cut_and_every_octet_more_is_noticed() {
        let mail = parcel().to_mail();
        for length in 0..mail.body.len() {
            let cut = Mail {
                body: mail.body[..length].to_vec(),
                ..mail.clone()
            };
            assert!(Parcel::from_mail(&cut).is_err(), "{length}");
        }
        let mut longer = mail;
        longer.body.push(0);
        assert_eq!(Parcel::from_mail(&longer), Err(NotAParcel::LeftOver));
    }

    #[test]
    fn header_that_is_missing_is_named() {
        for name in [KEY, SENDER, SERVICE, TRACE, REGIONS, RECEIVED, DEADLINE] {
            let mut mail = parcel().to_mail();
            mail.headers.remove(name);
            assert_eq!(Parcel::from_mail(&mail), Err(NotAParcel::Header(name)));
        }
    }

    proptest! {
        #[test]
        fn no_octets_make_the_reader_fail(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mail = Mail { body, ..parcel().to_mail() };
            let _ = Parcel::from_mail(&mail);
        }
    }
}
