//! Addresses for answers, in headers: not read, signed or not (attacks.md D3).

use kezek::envelope::Code;
use kezek::signature::{Trusted, content_digest};

use crate::attack::judge;
use crate::author::{sign_again, stamped, with_inside};

const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

// An address in the header, signed with the message, is worth as much as one that is not: nothing.
#[test]
fn signed_address_for_answers_is_not_read_and_one_that_must_be_is_refused() {
    let block = |must: &str| {
        format!(
            "<a:ReplyTo xmlns:a=\"http://www.w3.org/2005/08/addressing\" xmlns:u=\"{WSU}\" \
             u:Id=\"answers\"{must}><a:Address>http://attacker.example/</a:Address></a:ReplyTo>"
        )
    };
    let signed = |must: &str| {
        let message = stamped("participant");
        let message = message.replacen(
            "</soap:Header>",
            &format!("{}</soap:Header>", block(must)),
            1,
        );
        let message = with_inside(&message, "SignedInfo", |inside| {
            let (start, end) = (inside.find("<ds:Reference"), inside.find("</ds:Reference>"));
            let end = end.expect("it ends") + "</ds:Reference>".len();
            let one = &inside[start.expect("a Reference")..end];
            let (before, rest) = one.split_once("URI=\"#").expect("an Id");
            let (_, after) = rest.split_once('"').expect("it ends");
            format!("{inside}{before}URI=\"#answers\"{after}")
        });
        sign_again(&message, "participant")
    };
    let believed = judge(signed("").as_bytes()).expect("a header block more, well signed");
    let plain = judge(stamped("participant").as_bytes()).expect("believed");
    let content = |trusted: &Trusted| {
        let request = trusted.request().expect("a request");
        let sender = request.sender_id.as_deref().map(str::to_owned);
        (content_digest(&request), sender)
    };
    assert_eq!(content(&believed), content(&plain));
    let octets = String::from_utf8_lossy(believed.octets()).into_owned();
    assert!(!octets.contains("attacker"), "{octets}");
    let told = judge(signed(" soap:mustUnderstand=\"1\"").as_bytes()).err();
    assert_eq!(told.map(|told| told.0), Some(Code::MustUnderstand));
}
