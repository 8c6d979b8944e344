//! What the JDK and xmlsec1 sign and say, in batches.

use std::process::{Command, Stdio};
use std::sync::LazyLock;

use kezek::signature::pem_blocks;

use crate::authority::{FOLDER, send_message, signer};
use crate::peer::{self, Told};
use crate::xmlsec;

use super::mutants::inside;
use super::{Kind, Signed};

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
const ENCRYPTION: &str = "http://www.w3.org/2001/04/xmlenc#";

/// Each document, signed in both kinds by both keys by all three: RSA with SHA-256 and SHA-512 by
/// turns, inclusive and exclusive by turns where both are ours.
pub fn signed_by_all(documents: &[String]) -> Vec<Signed> {
    let mut signed = Vec::new();
    let mut asked = Vec::new();
    for (turn, document) in documents.iter().enumerate() {
        for key in ["participant", "participant-p256"] {
            for kind in [Kind::Enveloped, Kind::Message] {
                let ours = ours(kind, key, document);
                let strong = key == "participant" && turn % 2 == 1;
                let form = if kind == Kind::Message || turn % 4 > 1 {
                    EXCLUSIVE
                } else {
                    INCLUSIVE
                };
                let one = |by, text| Signed {
                    kind,
                    key,
                    by,
                    change: "",
                    text,
                };
                signed.push(one("xmlsec1", by_xmlsec(kind, key, &ours, strong, form)));
                asked.push((
                    one("the JDK", unsigned(kind, &ours, document)),
                    strong,
                    form,
                ));
                signed.push(one("us", ours));
            }
        }
    }
    let requests: Vec<_> = asked
        .iter()
        .map(|(one, strong, form)| {
            let hash = if *strong { "sha512" } else { "sha256" };
            let family = if one.key == "participant" {
                "rsa"
            } else {
                "ecdsa"
            };
            let by = format!("{MORE}{family}-{hash} {ENCRYPTION}{hash} {form}");
            request("sign", one, &by)
        })
        .collect();
    let told = peer::ask("Dsig.java", &requests, 1).into_iter().flatten();
    signed.extend(asked.into_iter().zip(told).map(|((one, ..), told)| {
        let octets = told.unwrap_or_else(|why| panic!("{why}: {}", one.text));
        let text = String::from_utf8(octets).expect("UTF-8");
        Signed { text, ..one }
    }));
    signed
}

fn ours(kind: Kind, key: &str, document: &str) -> String {
    let signer = signer(key);
    match kind {
        Kind::Enveloped => signer.sign_enveloped(document).expect("well-formed"),
        Kind::Message => {
            let content = send_message("egov-mobile").replace(">text<", &format!(">{document}<"));
            signer.sign(&content, None)
        }
    }
}

/// What the JDK is to sign: a document as it was written, a message with an empty Security.
fn unsigned(kind: Kind, ours: &str, document: &str) -> String {
    if kind == Kind::Enveloped {
        return document.to_owned();
    }
    let start = ours.rfind("<ds:Signature ").expect("a signature");
    let end = ours.find("</ds:Signature>").expect("it ends") + "</ds:Signature>".len();
    [&ours[..start], &ours[end..]].concat()
}

/// Signed again by xmlsec1, in lines. KeyInfo is put back behind: it is not signed, and xmlsec1
/// would fill it in its own way.
fn by_xmlsec(kind: Kind, key: &str, ours: &str, strong: bool, form: &str) -> String {
    let (start, end) = inside(ours, "KeyInfo");
    let key_info = ours[start..end].to_owned();
    let mut template = ours.to_owned();
    for local in ["KeyInfo", "SignatureValue", "DigestValue"] {
        let (start, end) = inside(&template, local);
        template.replace_range(start..end, "");
    }
    let signature = template.rfind("<ds:Signature ").expect("a signature");
    let (before, rest) = template.split_at(signature);
    let mut rest = rest
        .replace("><ds:", ">\n  <ds:")
        .replace("  <ds:KeyInfo></ds:KeyInfo>", "");
    if kind == Kind::Enveloped {
        rest = rest.replace(INCLUSIVE, form);
    }
    if strong {
        rest = rest.replace("sha256", "sha512");
    }
    let signed = xmlsec::signed(key, &[before, &rest].concat());
    let end = signed.rfind("</ds:SignatureValue>").expect("a value");
    let (before, after) = signed.split_at(end + "</ds:SignatureValue>".len());
    format!("{before}<ds:KeyInfo>{key_info}</ds:KeyInfo>{after}")
}

fn request(verb: &str, one: &Signed, by: &str) -> Vec<Vec<u8>> {
    let kind = match one.kind {
        Kind::Enveloped => "enveloped",
        Kind::Message => "message",
    };
    let file = FOLDER.join(format!("keys/{}.key", one.key));
    let pem = std::fs::read(file).expect("the key was forged");
    let key = pem_blocks(&pem, "PRIVATE KEY").expect("base64").remove(0);
    let certificate = signer(one.key).certificate().der().to_vec();
    let [verb, kind, by] = [verb, kind, by].map(|word| word.as_bytes().to_vec());
    vec![
        verb,
        kind,
        by,
        key,
        certificate,
        one.text.clone().into_bytes(),
    ]
}

/// What the JDK says of each.
pub fn jdk_verdicts(all: &[Signed]) -> Vec<Result<(), String>> {
    let requests: Vec<_> = all.iter().map(|one| request("verify", one, "")).collect();
    let told = peer::ask("Dsig.java", &requests, 1).into_iter().flatten();
    told.map(|told: Told| told.map(|_| ())).collect()
}

/// What xmlsec1 says of each, given the key: a process each, two at a time.
pub fn xmlsec_verdicts(all: &[Signed]) -> Vec<Result<(), String>> {
    let half = all.len().div_ceil(2).max(1);
    std::thread::scope(|scope| {
        let halves = all
            .chunks(half)
            .map(|half| scope.spawn(move || half.iter().map(xmlsec_verdict).collect::<Vec<_>>()));
        let halves: Vec<_> = halves.collect();
        let told = halves
            .into_iter()
            .flat_map(|half| half.join().expect("a verdict of each"));
        told.collect()
    })
}

/// From 1.3 on a key that the document does not name is used only if asked for.
static LAX: LazyLock<&[&str]> = LazyLock::new(|| {
    let told = Command::new("xmlsec1").arg("--version").output();
    let told = told
        .expect("xmlsec1 is needed: apt-get install xmlsec1")
        .stdout;
    if told.starts_with(b"xmlsec1 1.2.") {
        &[]
    } else {
        &["--lax-key-search"]
    }
});

fn xmlsec_verdict(one: &Signed) -> Result<(), String> {
    // It would believe no certificate that it is not told of; the key is given instead.
    let text = match (
        one.text.find("<ds:KeyInfo>"),
        one.text.find("</ds:KeyInfo>"),
    ) {
        (Some(start), Some(end)) if one.kind == Kind::Enveloped => {
            [&one.text[..start], &one.text[end + "</ds:KeyInfo>".len()..]].concat()
        }
        _ => one.text.clone(),
    };
    let file = xmlsec::written(&text);
    let told = Command::new("xmlsec1")
        .arg("--verify")
        .args(*LAX)
        .arg("--pubkey-cert-pem")
        .arg(FOLDER.join(format!("keys/{}.pem", one.key)))
        .args(["--enabled-reference-uris", "empty,same-doc"])
        .args([
            "--id-attr:Id",
            "http://schemas.xmlsoap.org/soap/envelope/:Body",
        ])
        .arg(file)
        .stdin(Stdio::null())
        .output()
        .expect("xmlsec1 runs");
    if told.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&told.stderr).into_owned())
    }
}
