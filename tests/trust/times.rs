//! How long a refusal takes, by its reason, for messages of one size: printed, with `--nocapture`.
//! Each check is of what the sender knows, keys and digests, so that nothing secret can be learned
//! from it. Believing finds its path remembered; a certificate that is refused is searched anew.

use std::time::{Duration, Instant};

use kezek::envelope::Code;

use crate::attack::judge;
use crate::author::with_inside;
use crate::authority::{send_message, signer};

const ROUNDS: usize = 60;
const SIZE: usize = 16 * 1024;

/// Each padded in its content to the same size, signed, and then changed.
fn messages() -> Vec<(&'static str, Option<Code>, String)> {
    let by = |key: &str| {
        let sign = |pad: usize| {
            let content = send_message("egov-mobile");
            let text = format!(">text{}<", "x".repeat(pad));
            signer(key).sign(&content.replace(">text<", &text), None)
        };
        sign(SIZE - sign(0).len())
    };
    let good = by("participant");
    let other_value = |text: &str| {
        let first = if text.starts_with('A') { "B" } else { "A" };
        first.to_owned() + &text[1..]
    };
    vec![
        ("believed", None, good.clone()),
        (
            "another content",
            Some(Code::DigestMismatch),
            good.replacen("textx", "textY", 1),
        ),
        (
            "another digest",
            Some(Code::DigestMismatch),
            with_inside(&good, "DigestValue", other_value),
        ),
        (
            "another value",
            Some(Code::SignatureValue),
            with_inside(&good, "SignatureValue", other_value),
        ),
        (
            "another algorithm",
            Some(Code::Algorithm),
            good.replacen("rsa-sha256", "rsa-sha257", 1),
        ),
        (
            "an Id that nothing has",
            Some(Code::SignatureForm),
            good.replacen("URI=\"#id-", "URI=\"#ie-", 1),
        ),
        (
            "a stranger's",
            Some(Code::CertificateUntrusted),
            by("untrusted"),
        ),
        ("out of date", Some(Code::CertificateExpired), by("expired")),
        (
            "the last tag missing",
            Some(Code::NotXml),
            good.replace("</soap:Envelope>", &" ".repeat(16)),
        ),
    ]
}

#[test]
fn refusals_of_one_size_get_their_codes_and_show_their_times() {
    let messages = messages();
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); messages.len()];
    // By turns, so that whatever else runs on the machine slows all of them.
    for _ in 0..ROUNDS {
        for (spent, (name, expected, message)) in times.iter_mut().zip(&messages) {
            assert_eq!(message.len(), SIZE, "{name}");
            let begun = Instant::now();
            let told = judge(message.as_bytes());
            spent.push(begun.elapsed());
            assert_eq!(told.err().map(|(code, _)| code), *expected, "{name}");
        }
    }
    for (spent, (name, ..)) in times.iter_mut().zip(&messages) {
        spent.sort_unstable();
        println!(
            "{:>6} µs at the median, {name}",
            spent[ROUNDS / 2].as_micros()
        );
    }
}
