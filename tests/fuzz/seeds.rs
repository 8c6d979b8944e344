//! Makes what the targets stand on, `ground/`, and the first octets of each corpus. Run once; with
//! another ground the kept corpora would no longer be believed, and would have to be searched anew.
//!
//! In: a folder that is empty or not there, which gets the keys; they are of no use afterwards.
//! Without one, only what needs no key is made. Needs `openssl`, which signs as other tools do.

use std::path::{Path, PathBuf};
use std::process::Command;

use kezek::clock;
use kezek::sandbox::der::Key;
use kezek::sandbox::words::{AnswerDraft, ListDraft, StampDraft, Status, answer, list, stamp};
use kezek::sandbox::{Draft, forge};
use kezek::signature::revocation::{Question, Reason};
use kezek::signature::timestamp::StampQuestion;
use kezek::signature::{Certificate, Signer, pem_blocks};
use kezek::terms::Moment;

const CONTENT: &[u8] = b"a decree";
const POLICY: &str = "1.2.398.3.3.2.6.1";
const ISSUED: [&str; 14] = [
    "answers",
    "bank",
    "citizen",
    "citizen-gost",
    "employee",
    "expired",
    "head",
    "participant",
    "participant-gost",
    "participant-p256",
    "responder",
    "revoked",
    "shep",
    "stamper",
];

fn main() {
    if let Some(keys) = std::env::args_os().nth(1) {
        let made = Made {
            keys: keys.into(),
            // In whole seconds, as words are.
            at: Moment::from_millis(clock::now().millis() / 1000 * 1000).expect("a moment"),
        };
        forge(&made.keys).expect("a fresh folder");
        made.ground();
        made.messages();
        made.documents();
        made.words();
    }
    forms();
}

/// One message with its certificate in each accepted form: none of it is signed, so none needs a
/// key.
fn forms() {
    let ground = Path::new(env!("CARGO_MANIFEST_DIR")).join("ground");
    let message = std::fs::read_to_string(ground.join("messages/participant.xml"));
    let message = message.expect("made before");
    let pem = std::fs::read(ground.join("certificates/participant.pem")).expect("made before");
    let der = pem_blocks(&pem, "CERTIFICATE").expect("PEM").remove(0);
    let certificate = Certificate::parse(&der).expect("a certificate");
    let (before, rest) = message.split_once("<ds:KeyInfo>").expect("KeyInfo");
    let (given, after) = rest.split_once("</ds:KeyInfo>").expect("KeyInfo ends");
    let (text, _) = given
        .split_once("</wsse:KeyIdentifier>")
        .expect("a KeyIdentifier");
    let (types, text) = text.rsplit_once('>').expect("it begins");
    let (_, types) = types.split_once("KeyIdentifier").expect("its types");
    let serial = decimal(certificate.serial());
    let named = format!(
        "<ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>CN=Kezek sandbox authority, C=KZ\
         </ds:X509IssuerName><ds:X509SerialNumber>{serial}</ds:X509SerialNumber>\
         </ds:X509IssuerSerial></ds:X509Data>"
    );
    let data =
        format!("<ds:X509Data><ds:X509Certificate>{text}</ds:X509Certificate></ds:X509Data>");
    let direct = "<wsse:Reference URI=\"#token\"/>";
    let token = format!(
        "<wsse:BinarySecurityToken Id=\"token\"{types}>{text}</wsse:BinarySecurityToken>\
         <ds:Signature "
    );
    let around = |inside: &str| {
        let reference =
            format!("<wsse:SecurityTokenReference>{inside}</wsse:SecurityTokenReference>");
        format!("{before}<ds:KeyInfo>{reference}</ds:KeyInfo>{after}")
    };
    let bare = |inside: &str| {
        let (head, rest) = before.split_once("<wsse:Security").expect("Security");
        let (_, signature) = rest.split_once("<ds:Signature ").expect("a Signature");
        let after = after.replace("</wsse:Security>", "");
        let signature = format!("<ds:Signature Id=\"ptpsign\" {signature}");
        format!("{head}{signature}<ds:KeyInfo>{inside}</ds:KeyInfo>{after}")
    };
    for (name, message) in [
        (
            "token",
            around(direct).replacen("<ds:Signature ", &token, 1),
        ),
        ("data", around(&data)),
        ("number", around(&named)),
        ("bare-data", bare(&data)),
        ("bare-number", bare(&named)),
    ] {
        write(
            &format!("ground/messages/form-{name}.xml"),
            message.as_bytes(),
        );
        write(
            &format!("corpus/signature/form-{name}.xml"),
            message.as_bytes(),
        );
    }
}

/// The decimal digits of a number in octets.
fn decimal(octets: &[u8]) -> String {
    let mut digits = vec![0_u32];
    for octet in octets {
        let mut carry = u32::from(*octet);
        for digit in &mut digits {
            let value = *digit * 256 + carry;
            *digit = value % 10;
            carry = value / 10;
        }
        while carry > 0 {
            digits.push(carry % 10);
            carry /= 10;
        }
    }
    digits.iter().rev().map(ToString::to_string).collect()
}

struct Made {
    keys: PathBuf,
    at: Moment,
}

impl Made {
    fn signer(&self, name: &str) -> Signer {
        let file = |extension: &str| self.keys.join(format!("keys/{name}.{extension}"));
        Signer::load(&file("key"), &file("pem")).expect(name)
    }

    fn key(&self, name: &str) -> Key {
        let pem = std::fs::read(self.keys.join(format!("keys/{name}.key"))).expect(name);
        let blocks = pem_blocks(&pem, "PRIVATE KEY").expect("PEM");
        Key::from_pkcs8(&blocks[0]).expect("a key")
    }

    fn certificate(&self, path: &str) -> Certificate {
        let pem = std::fs::read(self.keys.join(path)).expect(path);
        let blocks = pem_blocks(&pem, "CERTIFICATE").expect("PEM");
        Certificate::parse(&blocks[0]).expect("a certificate")
    }

    /// The authority, its participants, and everybody's certificate.
    fn ground(&self) {
        write("ground/moment", format!("{}\n", self.at).as_bytes());
        let copied = |from: &str, to: &str| {
            let octets = std::fs::read(self.keys.join(from)).expect(from);
            write(&format!("ground/{to}"), &octets);
            octets
        };
        copied("trust/store.toml", "trust/store.toml");
        for id in ["bank", "egov-mobile", "reader", "shep"] {
            copied(
                &format!("participants/{id}.toml"),
                &format!("participants/{id}.toml"),
            );
        }
        copied("keys/participant.pem", "trust/known/participant.pem");
        for (folder, file, name) in [
            ("roots", "root", "root"),
            ("roots", "root-gost", "root-gost"),
            ("intermediates", "authority", "authority"),
            ("intermediates", "authority-gost", "authority-gost"),
        ] {
            let path = format!("trust/{folder}/{file}.pem");
            copied(&path, &path);
            let pem = copied(&path, &format!("certificates/{name}.pem"));
            seed_pem("certificate", name, &pem);
        }
        for name in ISSUED {
            let pem = copied(
                &format!("keys/{name}.pem"),
                &format!("certificates/{name}.pem"),
            );
            seed_pem("certificate", name, &pem);
            write(&format!("corpus/certificate/{name}.pem"), &pem);
        }
        // Keys of nobody.
        for (name, key) in [("p256", Key::p256()), ("gost", Key::gost())] {
            write(&format!("corpus/certificate/key-{name}"), &key.pkcs8());
            write(&format!("corpus/certificate/public-{name}"), &key.public());
        }
    }

    /// Messages of each algorithm and with payloads signed by one, by two and by none.
    fn messages(&self) {
        let registration = Draft::registration();
        let soon = Some((self.at, 300_000));
        let short = "<t:SendMessage xmlns:t=\"http://bip.bee.kz/SyncChannel/v10/Types\"><request>\
            <requestInfo><messageId>1</messageId><serviceId>S-12</serviceId><messageDate>\
            2026-11-23T10:00:00+05:00</messageDate><sender><senderId>egov-mobile</senderId>\
            </sender></requestInfo><requestData><data><payload/></data></requestData></request>\
            </t:SendMessage>";
        let mut made = Vec::new();
        for (key, stamp) in [
            ("participant", None),
            ("participant-p256", soon),
            ("participant-gost", None),
            ("shep", None),
        ] {
            made.push((key.to_owned(), self.signer(key).sign(short, stamp)));
        }
        let whole = self
            .signer("participant-p256")
            .sign(registration.content(), soon);
        made.push(("registration".to_owned(), whole));
        let one = self
            .signer("citizen-gost")
            .sign_enveloped("<payload xmlns:a=\"urn:a\"/>");
        let one = one.expect("small");
        let two = self.signer("bank").sign_enveloped(&one).expect("small");
        let text = one.replace('&', "&amp;").replace('<', "&lt;");
        for (name, payload) in [
            ("signed", one),
            ("signed-twice", two),
            ("signed-text", text),
        ] {
            let content = short.replace("<payload/>", &payload);
            made.push((
                name.into(),
                self.signer("participant-p256").sign(&content, None),
            ));
        }
        for (name, message) in made {
            write(&format!("ground/messages/{name}.xml"), message.as_bytes());
            for target in ["canonical", "envelope", "signature", "xml"] {
                write(&format!("corpus/{target}/{name}.xml"), message.as_bytes());
            }
        }
        for which in 0..8 {
            let steps = [which, 9, 0, 3, 0, 1, 0, 9, 0, 4, 5, 4, 1];
            write(&format!("corpus/signature/steps-{which}"), &steps);
            write(&format!("corpus/signature/none-{which}"), &steps[..1]);
        }
    }

    /// Signed documents, as OpenSSL signs them.
    fn documents(&self) {
        write("ground/contents/decree.txt", CONTENT);
        let from = self.keys.join("decree.txt");
        std::fs::write(&from, CONTENT).expect("written");
        for (name, key, more) in [
            (
                "attached",
                "participant",
                &["-md", "sha256", "-nodetach"][..],
            ),
            ("detached", "participant-p256", &["-md", "sha256"]),
            ("by-key", "head", &["-md", "sha512", "-keyid", "-nodetach"]),
        ] {
            let file = |extension: &str| self.keys.join(format!("keys/{key}.{extension}"));
            let to = self.keys.join(name);
            let done = Command::new("openssl")
                .args(["cms", "-sign", "-binary", "-outform", "DER", "-in"])
                .arg(&from)
                .arg("-out")
                .arg(&to)
                .arg("-signer")
                .arg(file("pem"))
                .arg("-inkey")
                .arg(file("key"))
                .args(more)
                .status();
            assert!(done.expect("openssl is needed").success(), "{name}");
            let octets = std::fs::read(to).expect("it was written");
            write(&format!("ground/documents/{name}.p7s"), &octets);
            write(&format!("corpus/cms/{name}"), &octets);
        }
    }

    /// Time-stamps, answers and lists.
    fn words(&self) {
        let authority = self.certificate("trust/intermediates/authority.pem");
        let of = |name: &str| self.certificate(&format!("keys/{name}.pem"));
        let question = StampQuestion::about(CONTENT);
        let (imprint, nonce) = StampQuestion::read(question.der()).expect("a question");
        let draft = StampDraft {
            imprint: &imprint,
            nonce: nonce.as_deref(),
            policy: POLICY,
            at: self.at,
            stamper: (&of("stamper"), &authority),
        };
        let stamped = stamp(&draft, &self.key("stamper"));
        write("ground/stamps/decree.tsr", &stamped);
        write("corpus/cms/stamp", &stamped);
        write("corpus/cms/question", question.der());
        let hold = Status::Revoked(self.at, Reason::KeyCompromise);
        for (name, about, status) in [
            ("good", "participant", Status::Good),
            ("revoked", "revoked", hold),
            ("unknown", "bank", Status::Unknown),
            ("never", "head", Status::NeverIssued),
        ] {
            let about = of(about);
            let asked = Question::about(about.serial(), &authority);
            let nonce = Question::read(asked.der()).and_then(|asked| asked.nonce);
            let draft = AnswerDraft {
                issuer: &authority,
                serial: about.serial(),
                status,
                when: (self.at, Some(self.at.plus_millis(3_600_000))),
                nonce: nonce.as_deref(),
                responder: &of("responder"),
            };
            let answered = answer(&draft, &self.key("responder"));
            write(&format!("ground/answers/{name}.ocsp"), &answered);
            write(&format!("corpus/ocsp/{name}"), &answered);
            write(&format!("corpus/ocsp/question-{name}"), asked.der());
        }
        let (revoked, expired) = (of("revoked"), of("expired"));
        let then = self.at.plus_millis(-86_400_000);
        let listed = [
            (revoked.serial(), then, Reason::KeyCompromise),
            (expired.serial(), then, Reason::Superseded),
        ];
        let when = (self.at, self.at.plus_millis(86_400_000));
        let draft = ListDraft {
            issuer: &authority,
            number: 7,
            base: None,
            when,
            listed: &listed,
            odd: None,
        };
        let delta = ListDraft {
            number: 8,
            base: Some(7),
            ..draft
        };
        for (name, draft) in [("complete", draft), ("delta", delta)] {
            let octets = list(&draft, &self.key("authority"));
            write(&format!("ground/lists/{name}.crl"), &octets);
            write(&format!("corpus/crl/{name}"), &octets);
        }
    }
}

fn seed_pem(target: &str, name: &str, pem: &[u8]) {
    let blocks = pem_blocks(pem, "CERTIFICATE").expect("PEM");
    write(&format!("corpus/{target}/{name}"), &blocks[0]);
}

fn write(name: &str, octets: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(path, octets).expect("written");
}
