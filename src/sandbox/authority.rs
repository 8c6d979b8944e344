//! A test authority: roots, keys, certificates good and bad, participants, and the settings for
//! them. Never for production: its keys lie in plain files.

use std::path::{Path, PathBuf};

use crate::clock;
use crate::signature::revocation::{Reason, Shelf};
use crate::signature::{Certificate, Role};
use crate::terms::Moment;

use super::der::{self, Key, Subject, Use, pem};
use super::site::{settings, write, write_participants};
use super::words::{self, ListDraft, Listed};

const DAY_MS: i64 = 86_400_000;
const YEAR_MS: i64 = 365 * DAY_MS;

/// The invented organisations of the sandbox, with their BINs (valid check digits).
pub const SHEP_BIN: &str = "180340000015";
/// The participant "egov-mobile".
pub const PARTICIPANT_BIN: &str = "190540000024";
/// The participant "bank".
pub const BANK_BIN: &str = "200140000034";

/// The invented person whose certificates are "citizen" and "citizen-gost".
pub const CITIZEN_IIN: &str = "210315600124";

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
    let family = |suffix: &'static str, names: [&'static str; 2], key: fn() -> Key| {
        let root = root_authority(names[0], key(), long);
        let issuer = authority_below(&root, names[1], key(), long);
        write_authority(folder, "trust/roots/root", suffix, &root)?;
        write_authority(folder, "trust/intermediates/authority", suffix, &issuer)?;
        Ok::<_, ForgeFault>((root, issuer))
    };
    let rsa = ["Kezek sandbox root", "Kezek sandbox authority"];
    let (root, issuer) = family("", rsa, Key::rsa)?;
    let gost = [
        "Kezek sandbox root (GOST)",
        "Kezek sandbox authority (GOST)",
    ];
    let (gost_root, gost_issuer) = family("-gost", gost, Key::gost)?;
    let stranger = root_authority("Stranger's root", Key::rsa(), long);
    write(&folder.join("trust/store.toml"), "environment = \"test\"\n")?;
    let past = (now.plus_millis(-2 * YEAR_MS), now.plus_millis(-YEAR_MS));
    let future = (now.plus_millis(19 * YEAR_MS), now.plus_millis(20 * YEAR_MS));
    let system = |name: &'static str, bin: &'static str| Subject {
        common_name: name,
        organisation: Some(name),
        bin: Some(bin),
        iin: None,
    };
    let mobile = system("Kezek sandbox mobile", PARTICIPANT_BIN);
    let service = |common_name: &'static str| Subject {
        common_name,
        ..Subject::default()
    };
    let responder = service("Kezek sandbox OCSP responder");
    let stamper = service("Kezek sandbox TSA");
    let citizen = Subject {
        iin: Some(CITIZEN_IIN),
        ..service("Kezek sandbox citizen")
    };
    let nobody = system("Kezek sandbox nobody", "210640000044");
    let answers = system("Kezek sandbox answers", "170240000017");
    let shep = system("Kezek sandbox gateway", SHEP_BIN);
    let bank = system("Kezek sandbox bank", BANK_BIN);
    let employee = Use::SigningAs(Role::Employee);
    let head = Use::SigningAs(Role::Head);
    let person = Use::SigningAs(Role::Individual);
    let (mut revoked, mut gost_revoked) = (Vec::new(), Vec::new());
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
        ("head", mobile, Key::rsa(), &issuer, head, long),
        ("citizen", citizen, Key::rsa(), &issuer, person, long),
        (
            "citizen-gost",
            citizen,
            Key::gost(),
            &gost_issuer,
            person,
            long,
        ),
        (
            "participant-gost",
            mobile,
            Key::gost(),
            &gost_issuer,
            Use::Signing,
            long,
        ),
        (
            "revoked-gost",
            mobile,
            Key::gost(),
            &gost_issuer,
            Use::Signing,
            long,
        ),
        (
            "expired-gost",
            mobile,
            Key::gost(),
            &gost_issuer,
            Use::Signing,
            past,
        ),
        (
            "responder-gost",
            responder,
            Key::gost(),
            &gost_issuer,
            Use::Responding,
            long,
        ),
        (
            "stamper-gost",
            stamper,
            Key::gost(),
            &gost_issuer,
            Use::Stamping,
            long,
        ),
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
        if file.starts_with("revoked") {
            let copy = folder.join(format!("revoked/{file}.pem"));
            write(&copy, &pem("CERTIFICATE", &der))?;
            let list = if file == "revoked" {
                &mut revoked
            } else {
                &mut gost_revoked
            };
            list.push(der);
        }
    }
    write_lists(folder, &root, &[], long)?;
    write_lists(folder, &issuer, &revoked, long)?;
    write_lists(folder, &gost_root, &[], long)?;
    write_lists(folder, &gost_issuer, &gost_revoked, long)?;
    write_participants(folder)?;
    let secret: String = sha256_of_random()
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect();
    write(&folder.join("receipt.key"), &format!("{secret}\n"))?;
    write(&folder.join("kezek.env"), &settings(folder))
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

/// Writes an authority's certificate into the trust store, and its key beside the others.
fn write_authority(
    folder: &Path,
    place: &str,
    suffix: &str,
    issuer: &Issuer,
) -> Result<(), ForgeFault> {
    let name = place.rsplit('/').next().unwrap_or(place);
    write(
        &folder.join(format!("{place}{suffix}.pem")),
        &pem("CERTIFICATE", &issuer.der),
    )?;
    write(
        &folder.join(format!("keys/{name}{suffix}.key")),
        &pem("PRIVATE KEY", &issuer.key.pkcs8()),
    )
}

fn root_authority(name: &'static str, key: Key, when: (Moment, Moment)) -> Issuer {
    let subject = Subject {
        common_name: name,
        ..Subject::default()
    };
    let der = der::certificate(&subject, &key, &subject, &key, Use::Authority, when);
    Issuer { subject, key, der }
}

fn authority_below(root: &Issuer, name: &'static str, key: Key, when: (Moment, Moment)) -> Issuer {
    let subject = Subject {
        common_name: name,
        ..Subject::default()
    };
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
