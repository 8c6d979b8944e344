//! A test authority: roots, keys, certificates good and bad, participants, and the settings for
//! them. Never for production: its keys lie in plain files.

use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::clock;
use crate::signature::revocation::{Reason, Shelf};
use crate::signature::{Certificate, Role};
use crate::terms::Moment;

use super::der::{self, Key, Subject, Use, pem};
use super::words::{self, ListDraft, Listed};

const DAY_MS: i64 = 86_400_000;
const YEAR_MS: i64 = 365 * DAY_MS;

/// The invented organisations of the sandbox, with their BINs (valid check digits).
pub const SHEP_BIN: &str = "180340000015";
/// The participant "egov-mobile".
pub const PARTICIPANT_BIN: &str = "190540000024";
/// The participant "bank".
pub const BANK_BIN: &str = "200140000034";

/// Why an authority cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ForgeFault {
    /// Something is there already.
    #[error("{0} is there already; an authority is never overwritten: choose another folder")]
    Exists(PathBuf),
    /// A file or folder that cannot be written.
    #[error("cannot write {path}")]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

struct Issuer {
    subject: Subject<'static>,
    key: Key,
    der: Vec<u8>,
}

/// Makes an authority in `folder`, which must not exist or be empty.
///
/// # Errors
/// [`ForgeFault`], where the folder is in use or cannot be written.
#[expect(
    clippy::too_many_lines,
    reason = "one list of everything that is forged"
)]
pub fn forge(folder: &Path) -> Result<(), ForgeFault> {
    if folder
        .read_dir()
        .is_ok_and(|mut entries| entries.next().is_some())
    {
        return Err(ForgeFault::Exists(folder.to_owned()));
    }
    let now = clock::now();
    let long = (now.plus_millis(-DAY_MS), now.plus_millis(20 * YEAR_MS));
    let root = root_authority("Kezek sandbox root", long);
    let issuer = authority_below(&root, "Kezek sandbox authority", long);
    let stranger = root_authority("Stranger's root", long);
    write(&folder.join("trust/store.toml"), "environment = \"test\"\n")?;
    write(
        &folder.join("trust/roots/root.pem"),
        &pem("CERTIFICATE", &root.der),
    )?;
    write(
        &folder.join("trust/intermediates/authority.pem"),
        &pem("CERTIFICATE", &issuer.der),
    )?;
    write(
        &folder.join("keys/root.key"),
        &pem("PRIVATE KEY", &root.key.pkcs8()),
    )?;
    write(
        &folder.join("keys/authority.key"),
        &pem("PRIVATE KEY", &issuer.key.pkcs8()),
    )?;
    let past = (now.plus_millis(-2 * YEAR_MS), now.plus_millis(-YEAR_MS));
    let future = (now.plus_millis(19 * YEAR_MS), now.plus_millis(20 * YEAR_MS));
    let system = |name: &'static str, bin: &'static str| Subject {
        common_name: name,
        organisation: Some(name),
        bin: Some(bin),
        iin: None,
    };
    let mobile = system("Kezek sandbox mobile", PARTICIPANT_BIN);
    let responder = Subject {
        common_name: "Kezek sandbox OCSP responder",
        ..Subject::default()
    };
    let stamper = Subject {
        common_name: "Kezek sandbox TSA",
        ..Subject::default()
    };
    let nobody = system("Kezek sandbox nobody", "210640000044");
    let answers = system("Kezek sandbox answers", "170240000017");
    let shep = system("Kezek sandbox gateway", SHEP_BIN);
    let bank = system("Kezek sandbox bank", BANK_BIN);
    let employee = Use::SigningAs(Role::Employee);
    let mut revoked = Vec::new();
    for (file, subject, key, by, usage, when) in [
        ("answers", answers, Key::rsa(), &issuer, Use::Signing, long),
        ("shep", shep, Key::rsa(), &issuer, Use::Signing, long),
        (
            "participant",
            mobile,
            Key::rsa(),
            &issuer,
            Use::Signing,
            long,
        ),
        (
            "participant-p256",
            mobile,
            Key::p256(),
            &issuer,
            Use::Signing,
            long,
        ),
        ("bank", bank, Key::p256(), &issuer, Use::Signing, long),
        ("expired", mobile, Key::rsa(), &issuer, Use::Signing, past),
        (
            "not-yet-valid",
            mobile,
            Key::rsa(),
            &issuer,
            Use::Signing,
            future,
        ),
        ("revoked", mobile, Key::rsa(), &issuer, Use::Signing, long),
        (
            "responder",
            responder,
            Key::rsa(),
            &issuer,
            Use::Responding,
            long,
        ),
        ("stamper", stamper, Key::rsa(), &issuer, Use::Stamping, long),
        ("employee", mobile, Key::rsa(), &issuer, employee, long),
        (
            "signing-in",
            mobile,
            Key::rsa(),
            &issuer,
            Use::SigningIn,
            long,
        ),
        (
            "untrusted",
            mobile,
            Key::rsa(),
            &stranger,
            Use::Signing,
            long,
        ),
        ("nobody", nobody, Key::rsa(), &issuer, Use::Signing, long),
    ] {
        let der = der::certificate(&subject, &key, &by.subject, &by.key, usage, when);
        write(
            &folder.join(format!("keys/{file}.key")),
            &pem("PRIVATE KEY", &key.pkcs8()),
        )?;
        write(
            &folder.join(format!("keys/{file}.pem")),
            &pem("CERTIFICATE", &der),
        )?;
        if file == "revoked" {
            write(
                &folder.join("revoked/revoked.pem"),
                &pem("CERTIFICATE", &der),
            )?;
            revoked.push(der);
        }
    }
    write_lists(folder, &root, &[], long)?;
    write_lists(folder, &issuer, &revoked, long)?;
    write_participants(folder)?;
    let secret: String = sha256_of_random()
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect();
    write(&folder.join("receipt.key"), &format!("{secret}\n"))?;
    write(&folder.join("kezek.env"), &settings(folder))
}

/// The settings that make a gateway use this authority.
fn settings(folder: &Path) -> String {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let mut text = String::from("KEZEK_ENVIRONMENT=test\n");
    for (name, file) in [
        ("KEZEK_TRUST_DIR", "trust"),
        ("KEZEK_REVOCATION_DIR", "revocation"),
        ("KEZEK_PARTICIPANTS_DIR", "participants"),
        ("KEZEK_SIGNING_KEY", "keys/answers.key"),
        ("KEZEK_SIGNING_CERTIFICATE", "keys/answers.pem"),
        ("KEZEK_RECEIPT_KEY", "receipt.key"),
        ("KEZEK_SANDBOX_DIR", ""),
    ] {
        let path = if file.is_empty() {
            folder.clone()
        } else {
            folder.join(file)
        };
        writeln!(text, "{name}={}", path.display()).expect("a String takes every line");
    }
    text
}

fn write_participants(folder: &Path) -> Result<(), ForgeFault> {
    let everything = "\n[[rights]]\nservices = [\"S-08\", \"S-12\"]\nregions = [\"*\"]\n";
    let astana = "\n[[rights]]\nservices = [\"S-08\", \"S-12\"]\nregions = [\"71\"]\n";
    let reading = "\n[[rights]]\nservices = [\"S-12\"]\nregions = [\"*\"]\n";
    for (id, name, kind, bin, rights) in [
        ("shep", "ШЭП (sandbox)", "gateway", SHEP_BIN, ""),
        (
            "egov-mobile",
            "eGov Mobile (sandbox)",
            "participant",
            PARTICIPANT_BIN,
            everything,
        ),
        (
            "bank",
            "A bank's application (sandbox)",
            "participant",
            BANK_BIN,
            astana,
        ),
        (
            "reader",
            "A system that only reads (sandbox)",
            "participant",
            PARTICIPANT_BIN,
            reading,
        ),
    ] {
        let text = format!(
            "id = \"{id}\"\nname = \"{name}\"\nkind = \"{kind}\"\nbin = \"{bin}\"\n{rights}"
        );
        write(&folder.join(format!("participants/{id}.toml")), &text)?;
    }
    Ok(())
}

/// Puts an authority's list on the shelf; it is current for as long as the authority is, because
/// nobody makes another one unless the sandbox serves.
fn write_lists(
    folder: &Path,
    issuer: &Issuer,
    revoked: &[Vec<u8>],
    when: (Moment, Moment),
) -> Result<(), ForgeFault> {
    let own = Certificate::parse(&issuer.der).expect("it was just made");
    let revoked = revoked.iter().map(|der| Certificate::parse(der));
    let revoked: Vec<Certificate> = revoked.flatten().collect();
    let listed: Vec<Listed<'_>> = revoked
        .iter()
        .map(|certificate| (certificate.serial(), when.0, Reason::KeyCompromise))
        .collect();
    let draft = ListDraft {
        issuer: &own,
        number: 1,
        base: None,
        when,
        listed: &listed,
        odd: None,
    };
    let name = format!("{}.crl", issuer.subject.common_name.replace(' ', "-"));
    let shelf = folder.join("revocation");
    Shelf::place(&shelf, &name, &words::list(&draft, &issuer.key)).map_err(|source| {
        ForgeFault::Write {
            path: shelf,
            source,
        }
    })
}

fn root_authority(name: &'static str, when: (Moment, Moment)) -> Issuer {
    let subject = Subject {
        common_name: name,
        organisation: None,
        bin: None,
        iin: None,
    };
    let key = Key::rsa();
    let der = der::certificate(&subject, &key, &subject, &key, Use::Authority, when);
    Issuer { subject, key, der }
}

fn authority_below(root: &Issuer, name: &'static str, when: (Moment, Moment)) -> Issuer {
    let subject = Subject {
        common_name: name,
        organisation: None,
        bin: None,
        iin: None,
    };
    let key = Key::rsa();
    let der = der::certificate(
        &subject,
        &key,
        &root.subject,
        &root.key,
        Use::Authority,
        when,
    );
    Issuer { subject, key, der }
}

fn sha256_of_random() -> [u8; 32] {
    let random = [
        uuid::Uuid::new_v4().into_bytes(),
        uuid::Uuid::new_v4().into_bytes(),
    ]
    .concat();
    crate::signature::sha256(&[random, uuid::Uuid::new_v4().into_bytes().to_vec()].concat())
}

fn write(path: &Path, text: &str) -> Result<(), ForgeFault> {
    let fault = |source| ForgeFault::Write {
        path: path.to_owned(),
        source,
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fault)?;
    }
    if path.extension().is_some_and(|extension| extension == "key") {
        return write_secret(path, text).map_err(fault);
    }
    std::fs::write(path, text).map_err(fault)
}

/// Writes a file that only its owner can read, as keys must be.
///
/// # Errors
/// What the file system says.
pub fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600);
    file.open(path)?.write_all(text.as_bytes())
}
