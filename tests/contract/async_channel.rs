//! AsyncChannel v10: what senders write and what we write fits `schemas/async-channel*.xsd`.

use kezek::envelope::correspondence::{MessageState, Question, Receipt, Status};
use kezek::envelope::letter::Errand;
use kezek::envelope::report::{Fate, Report};
use kezek::envelope::shep::{MessageType, Request};
use kezek::envelope::{Code, Envelope, Fault, Malformed, Operation};
use kezek::queue::notice::Notice;
use kezek::sandbox::Draft;
use kezek::services::{CATALOGUE, Told, answer};
use kezek::signature::unsigned;
use kezek::terms::Moment;

use crate::fixture;
use crate::validator::{self, Scratch};

const SESSION: &str = "{0e6c1c1e-2311-4000-8000-00000000003F}";

fn now() -> Moment {
    Moment::parse("2026-11-23T10:00:00.000+05:00").expect("a moment")
}

/// The accepted request of each service, in the sequence of the catalogue.
fn drafts() -> Vec<Draft> {
    let accepted = |service| {
        let mut requests = fixture::requests(fixture::folder_of(service)).into_iter();
        requests.find(|it| it.case == "accepted").expect("accepted")
    };
    let read = |request: fixture::Request| Draft::of_fixture(&request.text).expect("an envelope");
    CATALOGUE.iter().map(accepted).map(read).collect()
}

#[test]
fn message_of_every_service_fits_both_interfaces_and_is_read_as_by_the_other_channel() {
    let drafts = drafts();
    let both = |draft: &Draft| [false, true].map(|back| draft.by_async_channel(back));
    let messages: Vec<String> = drafts
        .iter()
        .flat_map(both)
        .map(|draft| unsigned(draft.content()))
        .collect();
    let open = Scratch::new();
    let entrance = crate::served::on_disk(&open, None);
    for verdict in validator::validate(&entrance, &messages) {
        assert!(verdict.valid, "{:?}", verdict.said);
    }
    for (at, service) in CATALOGUE.iter().enumerate() {
        let narrow = Scratch::new();
        let entrance = crate::served::on_disk(&narrow, Some(service));
        let verdicts = validator::validate(&entrance, &messages);
        for (other, verdict) in verdicts.iter().enumerate() {
            assert_eq!(verdict.valid, other / 2 == at, "{:?}", verdict.said);
        }
        let by_sync = unsigned(drafts[at].content());
        let by_sync = Envelope::read(by_sync.as_bytes()).expect("an envelope");
        let by_sync = Request::read(by_sync.body()).expect("a request");
        for (message, operation) in [
            (&messages[2 * at], Operation::SendMessage),
            (&messages[2 * at + 1], Operation::CallbackMessage),
        ] {
            let envelope = Envelope::read(message.as_bytes()).expect("an envelope");
            let request = Request::read(envelope.body()).expect("a request");
            assert_eq!(request.operation, operation);
            assert_eq!(request.message_type, MessageType::Request);
            assert_eq!(request.message_id, by_sync.message_id);
            assert_eq!(request.service_id, by_sync.service_id);
            let same = kezek::signature::content_digest;
            assert_eq!(same(&request), same(&by_sync), "{}", service.number);
        }
    }
}

#[test]
fn receipts_states_and_faults_fit() {
    let receipt = |operation| Receipt {
        operation,
        message_id: "m-1",
        correlation_id: "c-1",
        response_date: now(),
        session_id: Some(SESSION),
    };
    let status = |state, answer| Status {
        state,
        outcome: ("SCSS001", "done"),
        since: now(),
        answer,
        response_date: now(),
        session_id: None,
    };
    let mut written = vec![
        receipt(Operation::SendMessage).write(),
        receipt(Operation::CallbackMessage).write(),
    ];
    for state in [
        MessageState::Delivered,
        MessageState::DeliveryStopped,
        MessageState::NotDelivered,
        MessageState::OnDelivery,
    ] {
        written.push(status(state, None).write());
        written.push(status(state, Some(("a-1", state))).write());
    }
    let all = Operation::ALL.into_iter();
    written.extend(all.map(|it| Fault::new(it, Code::MessageUnknown, now()).write()));
    let written: Vec<String> = written.iter().map(|content| unsigned(content)).collect();
    let scratch = Scratch::new();
    let entrance = crate::served::on_disk(&scratch, None);
    for (message, verdict) in written.iter().zip(validator::validate(&entrance, &written)) {
        assert!(verdict.valid, "{message}: {:?}", verdict.said);
    }
}

#[test]
fn question_is_read_as_the_contract_has_it() {
    let draft = Draft::status_of("m-1", "egov-mobile", now());
    let message = unsigned(draft.content());
    let scratch = Scratch::new();
    let entrance = crate::served::on_disk(&scratch, None);
    let verdicts = validator::validate(&entrance, &[&message]);
    assert!(verdicts[0].valid, "{:?}", verdicts[0].said);
    let envelope = Envelope::read(message.as_bytes()).expect("an envelope");
    let question = Question::read(envelope.body()).expect("a question");
    assert_eq!(question.message_id, "m-1");
    assert_eq!(question.sender_id.as_deref(), Some("egov-mobile"));
    let told = Request::read(envelope.body()).map(|_| ());
    assert_eq!(told, Err(Malformed::Operation));
}

#[test]
fn reports_of_peers_are_read_as_the_contract_has_them() {
    let delivery = |accepted, again| Draft::delivery_of("m-1", accepted, again, now());
    let state = |word| Draft::state_of("m-1", word, now());
    let reports = [
        (delivery(true, false), Fate::Accepted),
        (delivery(true, true), Fate::Accepted),
        (delivery(false, true), Fate::Again),
        (delivery(false, false), Fate::Stopped),
        (state("DELIVERED"), Fate::Accepted),
        (state("DELIVERY_STOPPED"), Fate::Stopped),
        (state("NOT_DELIVERED"), Fate::NotDelivered),
        (state("ON_DELIVERY"), Fate::OnItsWay),
    ];
    let mut messages = Vec::new();
    for (draft, fate) in &reports {
        let message = unsigned(draft.content());
        let envelope = Envelope::read(message.as_bytes()).expect("an envelope");
        let report = Report::read(envelope.body()).expect("a report");
        assert_eq!((report.message_id.as_ref(), report.fate), ("m-1", *fate));
        messages.push(unsigned(&report.answer(now())));
        messages.push(message);
    }
    let scratch = Scratch::new();
    let entrance = crate::served::on_disk(&scratch, None);
    for (message, verdict) in messages
        .iter()
        .zip(validator::validate(&entrance, &messages))
    {
        assert!(verdict.valid, "{message}: {:?}", verdict.said);
    }
    let odd = state("LOST");
    let odd = unsigned(odd.content());
    let envelope = Envelope::read(odd.as_bytes()).expect("an envelope");
    let told = Report::read(envelope.body()).map(|_| ());
    assert_eq!(told, Err(Malformed::InfoValue("messageState")));
    assert!(!validator::validate(&entrance, &[&odd])[0].valid);
}

#[test]
fn notification_fits_whatever_service_is_named() {
    let told = Told {
        notice: Notice::Withdrawn { application: 7 },
        short_names: Vec::new(),
        phones: Vec::new(),
    };
    let notice = answer::notice(&told, now());
    let letter = |message_type, payload: &str| Errand {
        peer: "shep".into(),
        message_id: uuid::Uuid::from_u128(1),
        correlation_id: "c-1".into(),
        service: "S-09".into(),
        message_type,
        message_date: now(),
        status: "SCSS001".into(),
        answers: "m-1".into(),
        payload: payload.to_owned(),
    };
    let letters = [
        letter(MessageType::Notification, &notice).write(Operation::SendMessage, None),
        letter(MessageType::Notification, &notice).write(Operation::CallbackMessage, Some("kezek")),
    ];
    let letters = letters.map(|content| unsigned(&content));
    for service in [None, kezek::services::by_number("S-09")] {
        let scratch = Scratch::new();
        let entrance = crate::served::on_disk(&scratch, service);
        for verdict in validator::validate(&entrance, &letters) {
            assert!(verdict.valid, "{:?}", verdict.said);
        }
    }
}

#[test]
fn what_is_missing_or_of_no_type_is_named() {
    let message = drafts()[0].by_async_channel(false);
    let content = message.content();
    let kind = "<messageType>REQUEST</messageType>";
    for (from, to, expected) in [
        (kind, "", Malformed::Missing("messageType")),
        (
            kind,
            "<messageType>QUESTION</messageType>",
            Malformed::InfoValue("messageType"),
        ),
        (
            kind,
            "<messageType>REQUEST</messageType><messageType>UPDATE</messageType>",
            Malformed::Repeated("messageType"),
        ),
        ("v10/Types", "v10/Interfaces", Malformed::Operation),
    ] {
        assert!(content.contains(from), "{from}");
        let changed = unsigned(&content.replacen(from, to, 1));
        let envelope = Envelope::read(changed.as_bytes()).expect("an envelope");
        let told = Request::read(envelope.body()).map(|_| ());
        assert_eq!(told, Err(expected), "{to}");
    }
}
