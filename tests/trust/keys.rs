//! Games with KeyInfo: keys of an attacker, certificates elsewhere, certificates that are none.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kezek::envelope::Code;
use kezek::signature::pem_blocks;

use crate::attack::{Attack, check};
use crate::author::{sign_again, stamped, with_inside};
use crate::authority::{FOLDER, believe};

const TOKENS: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";
const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

#[test]
fn key_comes_from_a_vouched_certificate_in_an_accepted_form_or_not_at_all() {
    check(&attacks());
}

#[test]
fn each_accepted_form_of_the_certificate_is_believed() {
    for key in ["participant", "participant-p256"] {
        for (name, message) in in_each_form(&stamped(key), key) {
            assert!(believe(&message).is_ok(), "{name} of {key}");
        }
    }
}

/// A message signed by a key, once for each form in which its certificate may be named.
pub fn in_each_form(message: &str, key: &str) -> Vec<(&'static str, String)> {
    let certificate = certificate(key);
    let data = format!("<ds:X509Certificate>\r\n{certificate}\r\n</ds:X509Certificate>");
    let serial = "<ds:X509IssuerSerial><ds:X509IssuerName>CN=x</ds:X509IssuerName>\
                  <ds:X509SerialNumber>1</ds:X509SerialNumber></ds:X509IssuerSerial>";
    let direct = "<wsse:Reference URI=\"#token\"/>".to_owned();
    let forms = [
        ("KeyIdentifier", identifier(&certificate), String::new()),
        ("a token before", direct, token(&certificate)),
        ("X509Data", x509(&data), String::new()),
        (
            "X509Data with issuer",
            x509(&format!("{serial}{data}")),
            String::new(),
        ),
    ];
    let written = forms.map(|(name, reference, token)| {
        let named = with_inside(message, "KeyInfo", |_| in_reference(&reference));
        (name, sign_again(&with_token(&named, &token), key))
    });
    written.into()
}

#[expect(clippy::too_many_lines, reason = "a table, a row for each attack")]
pub fn attacks() -> Vec<Attack> {
    let ours = certificate("participant");
    let other = certificate("bank");
    let untrusted = certificate("untrusted");
    let der = STANDARD.decode(&ours).expect("base64");
    let bits = |at: usize| {
        let mut changed = der.clone();
        changed[at] ^= 1;
        STANDARD.encode(changed)
    };
    let modulus = "AQAB".repeat(64);
    let value = format!(
        "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{modulus}</ds:Modulus>\
         <ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>"
    );
    let certificate_of = |text: &str| format!("<ds:X509Certificate>{text}</ds:X509Certificate>");
    let malformed = |name, key_info: String| {
        Attack::new(name, keyed(&key_info), Code::CertificateMalformed, "")
    };
    let mut attacks = vec![
        malformed("nothing", String::new()),
        malformed("KeyName", "<ds:KeyName>root</ds:KeyName>".into()),
        malformed("KeyValue", value.clone()),
        malformed(
            "KeyValue before",
            format!("{value}{}", in_reference(&identifier(&ours))),
        ),
        malformed(
            "KeyValue behind",
            format!("{}{value}", in_reference(&identifier(&ours))),
        ),
        malformed("KeyValue in a reference", in_reference(&value)),
        malformed(
            "RetrievalMethod",
            "<ds:RetrievalMethod URI=\"file:///etc/passwd\"/>".into(),
        ),
        malformed(
            "RetrievalMethod by http",
            "<ds:RetrievalMethod URI=\"http://attacker.example/key\" \
             Type=\"http://www.w3.org/2000/09/xmldsig#rawX509Certificate\"/>"
                .into(),
        ),
        malformed(
            "KeyInfoReference",
            "<n:KeyInfoReference xmlns:n=\"http://www.w3.org/2009/xmldsig11#\" URI=\"#k\"/>".into(),
        ),
        malformed("X509Data beside a reference", x509(&certificate_of(&ours))),
        malformed("two references", in_reference(&identifier(&ours)).repeat(2)),
        malformed(
            "two identifiers",
            in_reference(&identifier(&ours).repeat(2)),
        ),
        malformed("an empty reference", in_reference("")),
        malformed(
            "two certificates",
            in_reference(&x509(&format!(
                "{}{}",
                certificate_of(&ours),
                certificate_of(&other)
            ))),
        ),
        malformed(
            "ten thousand octets of certificates",
            in_reference(&x509(&certificate_of("AAAA").repeat(200))),
        ),
        malformed(
            "issuer and serial number alone",
            in_reference(&x509("<ds:X509IssuerSerial/>")),
        ),
        malformed(
            "SubjectKeyIdentifier",
            in_reference(&x509("<ds:X509SKI>AAAA</ds:X509SKI>")),
        ),
        malformed(
            "a CRL beside",
            in_reference(&x509(&format!(
                "{}<ds:X509CRL>AAAA</ds:X509CRL>",
                certificate_of(&ours)
            ))),
        ),
        malformed(
            "another ValueType",
            in_reference(&identifier(&ours).replace("#X509v3", "#X509PKIPathv1")),
        ),
        malformed(
            "a thumbprint",
            in_reference(&identifier("AAAAAAAAAAAAAAAAAAAAAAAAAAA=").replace(
                "x509-token-profile-1.0#X509v3",
                "soap-message-security-1.1#ThumbprintSHA1",
            )),
        ),
        malformed(
            "no ValueType",
            in_reference(&identifier(&ours).replace(" ValueType=", " Value=")),
        ),
        malformed(
            "another EncodingType",
            in_reference(&identifier(&ours).replace("#Base64", "#Hex")),
        ),
        malformed("no certificate in it", in_reference(&identifier(""))),
        malformed("not base64", in_reference(&identifier("*"))),
        malformed(
            "random octets",
            in_reference(&identifier(&STANDARD.encode([0x5A; 900]))),
        ),
        malformed(
            "a certificate cut short",
            in_reference(&identifier(&STANDARD.encode(&der[..900]))),
        ),
        malformed(
            "a certificate and an octet",
            in_reference(&identifier(&STANDARD.encode([&der[..], &[0]].concat()))),
        ),
        malformed(
            "two certificates in one",
            in_reference(&identifier(&STANDARD.encode([&der[..], &der[..]].concat()))),
        ),
        malformed(
            "a length of 2 GiB",
            in_reference(&identifier(&STANDARD.encode(
                [&[0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF][..], &der[4..]].concat(),
            ))),
        ),
        malformed(
            "an indefinite length",
            in_reference(&identifier(
                &STANDARD.encode([&[0x30, 0x80][..], &der[4..], &[0, 0]].concat()),
            )),
        ),
        malformed(
            "sequences in sequences",
            in_reference(&identifier(&STANDARD.encode([0x30, 0x80].repeat(8_000)))),
        ),
        malformed(
            "64 KiB of certificate",
            in_reference(&identifier(&STANDARD.encode(vec![0x30; 64 << 10]))),
        ),
        malformed(
            "a certificate split by a comment",
            in_reference(&identifier(&format!(
                "{}<!-- -->{}",
                &ours[..90],
                &ours[90..]
            ))),
        ),
        Attack::new(
            "text in KeyInfo",
            keyed(&format!("text{}", in_reference(&identifier(&ours)))),
            Code::SignatureForm,
            "text or a comment",
        ),
        Attack::new(
            "a changed serial number",
            keyed(&in_reference(&identifier(&bits(15)))),
            Code::CertificateUntrusted,
            "",
        ),
        Attack::new(
            "a changed signature of the authority",
            keyed(&in_reference(&identifier(&bits(der.len() - 1)))),
            Code::CertificateUntrusted,
            "",
        ),
        Attack::new(
            "a stranger's certificate of the same name",
            keyed(&in_reference(&identifier(&untrusted))),
            Code::CertificateUntrusted,
            "",
        ),
        Attack::new(
            "another participant's certificate, another algorithm",
            keyed(&in_reference(&identifier(&other))),
            Code::SignatureValue,
            "",
        ),
        Attack::new(
            "another participant's certificate, the same algorithm",
            keyed(&in_reference(&identifier(&certificate("nobody")))),
            Code::SignatureValue,
            "",
        ),
        Attack::new(
            "the authority's own certificate",
            keyed(&in_reference(&identifier(&authority(
                "intermediates/authority",
            )))),
            Code::CertificateUsage,
            "",
        ),
        Attack::new(
            "the root's own certificate",
            keyed(&in_reference(&identifier(&authority("roots/root")))),
            Code::CertificateUsage,
            "",
        ),
    ];
    let direct = in_reference("<wsse:Reference URI=\"#token\"/>");
    for (name, reference, place, found) in [
        (
            "a token in the Header",
            &direct,
            "<soap:Header>",
            token(&ours),
        ),
        (
            "a token in the Signature's KeyInfo",
            &direct,
            "<ds:KeyInfo>",
            token(&ours),
        ),
        (
            "a token in another element",
            &direct,
            "<soap:Header>",
            format!("<a>{}</a>", token(&ours)),
        ),
        (
            "a token of another name",
            &direct,
            "<wsse:Security",
            token(&ours).replace("BinarySecurityToken", "BinaryToken"),
        ),
        (
            "a token of another namespace",
            &direct,
            "<wsse:Security",
            token(&ours).replace(WSSE, "urn:wsse"),
        ),
        (
            "a token with another ValueType",
            &direct,
            "<wsse:Security",
            token(&ours).replace("#X509v3", "#PKCS7"),
        ),
        ("no token", &direct, "<wsse:Security", String::new()),
        (
            "a token elsewhere by http",
            &in_reference("<wsse:Reference URI=\"http://attacker.example/token\"/>"),
            "<wsse:Security",
            token(&ours),
        ),
        (
            "a reference to the Signature",
            &in_reference("<wsse:Reference URI=\"#sig\"/>"),
            "<wsse:Security",
            String::new(),
        ),
    ] {
        let message = keyed(reference).replacen("<ds:Signature ", "<ds:Signature Id=\"sig\" ", 1);
        let at = message.find(place).expect(place);
        let at = at + message[at..].find('>').expect("its end") + 1;
        let message = format!("{}{found}{}", &message[..at], &message[at..]);
        attacks.push(Attack::new(name, message, Code::CertificateMalformed, ""));
    }
    let twice = with_token(&keyed(&direct), &token(&other).repeat(2));
    attacks.push(Attack::new(
        "two tokens of one Id",
        twice,
        Code::DuplicateId,
        "",
    ));
    attacks
}

/// A message with another KeyInfo, signed by the participant.
pub fn keyed(key_info: &str) -> String {
    let message = with_inside(&stamped("participant"), "KeyInfo", |_| key_info.to_owned());
    sign_again(&message, "participant")
}

pub fn with_token(message: &str, token: &str) -> String {
    message.replacen("<ds:Signature ", &format!("{token}<ds:Signature "), 1)
}

pub fn certificate(key: &str) -> String {
    text_of(&format!("keys/{key}.pem"))
}

fn authority(name: &str) -> String {
    text_of(&format!("trust/{name}.pem"))
}

fn text_of(file: &str) -> String {
    let pem = std::fs::read(FOLDER.join(file)).expect("it was forged");
    let blocks = pem_blocks(&pem, "CERTIFICATE").expect("base64");
    STANDARD.encode(&blocks[0])
}

pub fn in_reference(inside: &str) -> String {
    format!("<wsse:SecurityTokenReference>{inside}</wsse:SecurityTokenReference>")
}

pub fn x509(inside: &str) -> String {
    format!("<ds:X509Data>{inside}</ds:X509Data>")
}

pub fn identifier(text: &str) -> String {
    format!(
        "<wsse:KeyIdentifier EncodingType=\"{TOKENS}soap-message-security-1.0#Base64Binary\" \
         ValueType=\"{TOKENS}x509-token-profile-1.0#X509v3\">{text}</wsse:KeyIdentifier>"
    )
}

fn token(text: &str) -> String {
    format!(
        "<w:BinarySecurityToken xmlns:w=\"{WSSE}\" Id=\"token\" \
         EncodingType=\"{TOKENS}soap-message-security-1.0#Base64Binary\" \
         ValueType=\"{TOKENS}x509-token-profile-1.0#X509v3\">{text}</w:BinarySecurityToken>"
    )
}
