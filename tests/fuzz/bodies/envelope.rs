//! Messages before they are believed: what the door reads, the worker reads in what travels on.

use kezek::envelope::shep::{Payload, Request, ResponseInfo, write_response};
use kezek::envelope::{CANONICAL_OCTETS_MAX, Envelope, Fault, Malformed, Operation, SignedBody};
use kezek::services::answer;
use kezek::services::finding::Findings;
use kezek::services::{CATALOGUE, Checked};
use kezek::signature::{content_digest, unsigned};
use kezek::xml::{Element, canonical};

use super::document::{OCTETS_MAX, said_aloud};
use super::ground::GROUND;

/// Reads a message as the door does, and once more from the octets that would travel on.
pub fn envelope(octets: &[u8]) {
    let envelope = match Envelope::read(octets) {
        Ok(envelope) => envelope,
        Err(why) => return refused(&why, None),
    };
    assert!(
        envelope
            .claimed_message_id()
            .is_none_or(|id| id.chars().count() <= 100)
    );
    let Ok(carried) = canonical::exclusive(envelope.body(), &[], CANONICAL_OCTETS_MAX) else {
        return;
    };
    let worker = SignedBody::parse(&carried).expect("what the door passes on can be read");
    same_reading(envelope.body(), worker.body());
}

/// Both bodies say the same to whoever asks.
pub fn same_reading(door: Element<'_>, worker: Element<'_>) {
    assert_eq!(said_aloud(door), said_aloud(worker));
    let (here, there) = (Request::read(door), Request::read(worker));
    let (here, there) = match (here, there) {
        (Ok(here), Ok(there)) => (here, there),
        (Err(here), Err(there)) => {
            assert_eq!(here, there);
            return refused(&here, None);
        }
        (here, there) => panic!("{:?}, then {:?}", here.err(), there.err()),
    };
    assert_eq!(told(&here), told(&there));
    assert_eq!(content_digest(&here), content_digest(&there));
    answered(&here);
    match (here.payload(), there.payload()) {
        (Ok(here), Ok(there)) => same_payload(&here, &there),
        (Err(why), Err(there)) => {
            assert_eq!(why, there);
            refused(&why, here.session_id.as_deref());
        }
        (here, there) => panic!("{:?}, then {:?}", here.err(), there.err()),
    }
}

/// What a request says beside its payload.
fn told(request: &Request<'_>) -> String {
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        request.message_id,
        request.service_id,
        request.message_date,
        request.sender_id,
        request.password,
        request.properties,
        request.session_id,
    )
}

/// An answer repeats what the request said of itself, and is read again.
fn answered(request: &Request<'_>) {
    let info = ResponseInfo {
        message_id: "1",
        correlation_id: request.message_id.as_deref(),
        response_date: request.message_date,
        status_code: "SCSS001",
        status_message: "",
        session_id: request.session_id.as_deref(),
    };
    let text = unsigned(&write_response(&info, "<a></a>"));
    let envelope = Envelope::read(text.as_bytes()).expect("an answer is an envelope");
    let mut all = envelope.document().elements();
    let found = all.find(|element| element.local() == "correlationId");
    assert_eq!(
        found.map(|id| id.text().into_owned()).as_deref(),
        request.message_id.as_deref()
    );
}

fn same_payload(here: &Payload<'_>, there: &Payload<'_>) {
    let (here, there) = (here.element(), there.element());
    let form = |element| canonical::exclusive(element, &[], OCTETS_MAX);
    assert_eq!(form(here), form(there));
    for service in CATALOGUE {
        let (here, there) = (
            (service.check)(here, GROUND.at),
            (service.check)(there, GROUND.at),
        );
        assert_eq!(found(&here), found(&there), "{}", service.number);
        if let Err(findings) = here {
            assert!(!findings.is_empty());
            super::document::parse(answer::findings(&findings).as_bytes());
        }
    }
}

/// What was found, without the places in one text or the other.
fn found(checked: &Result<Checked, Findings>) -> Result<Checked, Vec<String>> {
    checked.clone().map_err(|findings| {
        let all = findings
            .iter()
            .map(|it| format!("{:?} {}", it.code, it.path));
        all.collect()
    })
}

/// A refusal is told in an envelope that can be read, whatever it repeats.
fn refused(why: &Malformed, session: Option<&str>) {
    let fault = Fault {
        detail: Some(why.to_string()),
        session_id: session.map(str::to_owned),
        ..Fault::new(Operation::SyncMessage, why.code(), GROUND.at)
    };
    let text = unsigned(&fault.write());
    Envelope::read(text.as_bytes()).expect("a fault is an envelope");
}
