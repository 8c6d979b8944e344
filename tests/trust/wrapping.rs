//! Signature wrapping: the signed Body moved elsewhere, another one in its place (XSW 1–8, as they
//! look in SOAP).

use kezek::envelope::Code;

use crate::attack::{Attack, check};
use crate::author::stamped;

#[test]
fn wrapped_body_is_refused_wherever_the_signed_one_was_moved() {
    check(&attacks());
}

#[expect(clippy::too_many_lines, reason = "a table, a row for each place")]
pub fn attacks() -> Vec<Attack> {
    let message = stamped("participant");
    let start = message.find("<soap:Body ").expect("the Body");
    let end = message.find("</soap:Body>").expect("its end") + "</soap:Body>".len();
    let signed = &message[start..end];
    let id_at = signed.find("wsu:Id=\"").expect("its Id") + "wsu:Id=\"".len();
    let id = &signed[id_at..id_at + signed[id_at..].find('"').expect("its end")];
    let evil = signed.replace(">text<", ">evil<");
    let evils = [
        ("the same Id", evil.clone()),
        ("another Id", evil.replace(id, "evil")),
        ("no Id", evil.replace(&format!(" wsu:Id=\"{id}\""), "")),
        ("the Id under another name", evil.replace("wsu:Id=", "Id=")),
    ];
    let head = &message[..start];
    let mut attacks = Vec::new();
    for (how, evil) in &evils {
        let wrapped = |before: &str, behind: &str, place: &str| {
            let around = format!("{before}{signed}{behind}{place}");
            format!("{}{evil}</soap:Envelope>", head.replacen(place, &around, 1))
        };
        let first = |tag: &str, before: &str, behind: &str| {
            let around = format!("{tag}{before}{signed}{behind}");
            format!("{}{evil}</soap:Envelope>", head.replacen(tag, &around, 1))
        };
        let whole = format!("{head}{signed}</soap:Envelope>");
        let inside = |before: &str, behind: &str| {
            let at = evil.len() - "</soap:Body>".len();
            let nested = format!("{}{before}{signed}{behind}{}", &evil[..at], &evil[at..]);
            format!("{head}{nested}</soap:Envelope>")
        };
        let renamed = signed.replace("soap:Body", "soap:Corps");
        let outside = (Code::NotAnEnvelope, "outside its place");
        let counted = (Code::BodyCount, "2 Body");
        for (place, octets, (expected, because)) in [
            (
                "first in the Header",
                first("<soap:Header>", "", ""),
                outside,
            ),
            (
                "last in the Header",
                wrapped("", "", "</soap:Header>"),
                outside,
            ),
            (
                "in a wrapper in the Header",
                wrapped("<w>", "</w>", "</soap:Header>"),
                outside,
            ),
            (
                "deep in the Header",
                wrapped("<w><w><w>", "</w></w></w>", "</soap:Header>"),
                outside,
            ),
            ("in Security", wrapped("", "", "</wsse:Security>"), outside),
            (
                "in a wrapper in Security",
                wrapped("<w>", "</w>", "</wsse:Security>"),
                outside,
            ),
            (
                "in the Timestamp",
                wrapped("", "", "</wsu:Timestamp>"),
                outside,
            ),
            (
                "in an Object",
                wrapped("<ds:Object>", "</ds:Object>", "</ds:Signature>"),
                outside,
            ),
            (
                "in the Signature",
                wrapped("", "", "</ds:Signature>"),
                outside,
            ),
            (
                "in SignedInfo",
                wrapped("", "", "</ds:SignedInfo>"),
                outside,
            ),
            ("in KeyInfo", wrapped("", "", "</ds:KeyInfo>"), outside),
            (
                "before",
                format!("{head}{signed}{evil}</soap:Envelope>"),
                counted,
            ),
            (
                "behind",
                format!("{head}{evil}{signed}</soap:Envelope>"),
                counted,
            ),
            (
                "in a wrapper before",
                format!("{head}<w>{signed}</w>{evil}</soap:Envelope>"),
                outside,
            ),
            (
                "in a wrapper behind",
                format!("{head}{evil}<w>{signed}</w></soap:Envelope>"),
                outside,
            ),
            ("in the evil one", inside("", ""), outside),
            (
                "in a wrapper in the evil one",
                inside("<w>", "</w>"),
                outside,
            ),
            (
                "in its envelope in the evil one",
                {
                    let at = evil.len() - "</soap:Body>".len();
                    format!(
                        "{head}{}{whole}{}</soap:Envelope>",
                        &evil[..at],
                        &evil[at..]
                    )
                },
                outside,
            ),
            (
                "in its envelope in the Header",
                format!(
                    "{}{whole}</soap:Header>{evil}</soap:Envelope>",
                    &head[..head.find("</soap:Header>").expect("its end")]
                ),
                outside,
            ),
        ] {
            let name = format!("the signed Body {place}, the evil one with {how}");
            attacks.push(Attack::new(name, octets, expected, because));
        }
        // Under another name it is no Body, and no longer what was signed.
        let expected = match *how {
            "the same Id" | "the Id under another name" => Code::DuplicateId,
            _ => Code::DigestMismatch,
        };
        let octets = format!(
            "{}{evil}</soap:Envelope>",
            head.replacen("</soap:Header>", &format!("{renamed}</soap:Header>"), 1)
        );
        let name = format!("the signed Body renamed in the Header, the evil one with {how}");
        attacks.push(Attack::new(name, octets, expected, ""));
    }
    let around = message
        .replacen("<t:SendMessage ", "<w><t:SendMessage ", 1)
        .replacen("</t:SendMessage>", "</t:SendMessage></w>", 1);
    attacks.push(Attack::new(
        "a wrapper inside the signed Body",
        around,
        Code::DigestMismatch,
        "",
    ));
    let second = message.replacen(
        "</soap:Body>",
        "<t:SendMessage xmlns:t=\"urn:t\"/></soap:Body>",
        1,
    );
    attacks.push(Attack::new(
        "a second operation in the Body",
        second,
        Code::DigestMismatch,
        "",
    ));
    attacks
}
