//! Who may speak for whom: roles, pinned certificates, and stores of test and production apart.

use std::path::PathBuf;

use kezek::clock;
use kezek::envelope::shep::Request;
use kezek::sandbox::PARTICIPANT_BIN;
use kezek::sandbox::der::{Key, Subject, Use, certificate};
use kezek::services;
use kezek::signature::{
    Certificate, Directory, DirectoryFault, Distrust, Environment, Role, Store, StoreFault, hex,
    pem_blocks, sha256,
};
use kezek::terms::Iin;
use kezek::xml::{Document, Limits};

use crate::authority::{FOLDER, send_message};

const YEAR_MS: i64 = 365 * 86_400_000;
/// Invented, with a valid check digit.
const PERSON: &str = "210315600124";

#[test]
fn certificate_speaks_for_its_organisation_in_the_roles_of_the_file_alone() {
    let system = made(Use::Signing, PARTICIPANT_BIN);
    let head = made(Use::SigningAs(Role::Head), PARTICIPANT_BIN);
    let stranger = made(Use::Signing, "210640000044");
    let employees = Role::ALL.map(|(role, _, _)| made(Use::SigningAs(role), PARTICIPANT_BIN));
    let pin = |der: &[u8]| format!("certificates = [\"{}\"]\n", hex(&sha256(der)));
    let rows = [
        ("nothing", String::new(), &system, Ok(())),
        (
            "nothing",
            String::new(),
            &head,
            Err(Distrust::CertificateRole),
        ),
        (
            "nothing",
            String::new(),
            &stranger,
            Err(Distrust::SenderMismatch),
        ),
        ("head", "roles = [\"head\"]\n".into(), &head, Ok(())),
        (
            "head",
            "roles = [\"head\"]\n".into(),
            &system,
            Err(Distrust::CertificateRole),
        ),
        (
            "both",
            "roles = [\"head\", \"information-system\"]\n".into(),
            &system,
            Ok(()),
        ),
        ("a pin", pin(&head), &head, Ok(())),
        ("a pin", pin(&head), &system, Err(Distrust::CertificateRole)),
        (
            "a pin of another BIN",
            pin(&stranger),
            &stranger,
            Err(Distrust::SenderMismatch),
        ),
    ];
    for (name, lines, der, expected) in &rows {
        assert_eq!(speaks("participant", lines, der), *expected, "{name}");
        // A gateway is bound likewise; a certificate that is none leaves the sender's own reason.
        let through = speaks("gateway", lines, der);
        let expected = expected.map_err(|_| Distrust::SenderMismatch);
        assert_eq!(through, expected, "gateway, {name}");
    }
    for ((role, _, word), der) in Role::ALL.into_iter().zip(&employees) {
        let expected = if role == Role::InformationSystem {
            Ok(())
        } else {
            Err(Distrust::CertificateRole)
        };
        assert_eq!(speaks("participant", "", der), expected, "{word}");
        assert_eq!(
            speaks("participant", &format!("roles = [\"{word}\"]\n"), der),
            Ok(())
        );
    }
}

#[test]
fn file_that_binds_to_nothing_is_refused() {
    for lines in [
        "roles = []\n",
        "roles = [\"boss\"]\n",
        "certificates = [\"00\"]\n",
    ] {
        let folder = directory("refused", "participant", lines);
        let told = Directory::load(&folder, &services::numbers());
        assert!(told.is_err(), "{lines}");
    }
}

#[test]
fn right_to_what_is_not_there_is_refused_and_the_file_is_named() {
    let right = |service: &str, region: &str| {
        format!("[[rights]]\nservices = [\"{service}\"]\nregions = [\"{region}\"]\n")
    };
    let load = |text: &str| {
        let folder = directory("rights", "participant", text);
        Directory::load(&folder, &services::numbers())
    };
    for good in [right("S-08", "*"), right("S-12", "3528")] {
        assert!(load(&good).is_ok(), "{good}");
    }
    for (service, region) in [("S-99", "*"), ("s-08", "*"), ("", "*")] {
        let told = load(&right(service, region)).map(|_| ());
        let Err(DirectoryFault::Service {
            path,
            service: named,
            ..
        }) = told
        else {
            panic!("{service}: {told:?}");
        };
        assert!(path.ends_with("told.toml") && named == service);
    }
    for region in ["7", "70", "", "71x", "7100000000", "**"] {
        let told = load(&right("S-08", region)).map(|_| ());
        let Err(DirectoryFault::Region {
            path,
            region: named,
        }) = told
        else {
            panic!("{region}: {told:?}");
        };
        assert!(path.ends_with("told.toml") && named == region);
    }
}

#[test]
fn applicant_signs_with_a_certificate_of_their_own() {
    let own = Certificate::parse(&made(Use::SigningAs(Role::Individual), PARTICIPANT_BIN));
    let own = own.expect("a certificate");
    let iin = |text: &str| Iin::parse(text).expect("a number");
    assert!(own.belongs_to(&iin(PERSON)));
    assert!(!own.belongs_to(&iin("210315500128")), "of another person");
    assert_eq!(own.roles(), [Role::Individual]);
}

#[test]
fn test_root_is_refused_in_production() {
    let named = |name: &'static str| {
        let subject = Subject {
            common_name: name,
            ..Subject::default()
        };
        issued(&subject, Use::Authority)
    };
    let (plain, test) = (
        named("Root of the authority"),
        named("Root (RSA) TEST 2022"),
    );
    let pins = |der: &[u8]| format!("roots = [\"{}\"]\n", hex(&sha256(der)).to_uppercase());
    let production = "environment = \"production\"\n";
    let load = |name: &str, text: &str, root: &[u8], environment| {
        let folder = FOLDER.join("stores").join(name);
        std::fs::create_dir_all(folder.join("roots")).expect("a folder of the test");
        std::fs::write(folder.join("store.toml"), text).expect("written");
        std::fs::write(folder.join("roots/root.cer"), root).expect("written");
        Store::load(&folder, environment)
    };
    let here = Environment::Production;
    let listed = format!("{production}{}", pins(&plain));
    let told = load("listed", &listed, &plain, here);
    assert_eq!(told.expect("both files agree").size(), (1, 0));
    let told = load("unlisted", production, &plain, here);
    assert!(
        matches!(told, Err(StoreFault::RootNotListed(_))),
        "{told:?}"
    );
    let told = load(
        "for-tests",
        &format!("{production}{}", pins(&test)),
        &test,
        here,
    );
    assert!(matches!(told, Err(StoreFault::TestRoot(_))), "{told:?}");
    let told = load("test-store", "environment = \"test\"\n", &test, here);
    assert!(
        matches!(told, Err(StoreFault::Environment { .. })),
        "{told:?}"
    );
    let told = load("production-store", &listed, &plain, Environment::Test);
    assert!(
        matches!(told, Err(StoreFault::Environment { .. })),
        "{told:?}"
    );
    let told = load(
        "odd",
        "environment = \"test\"\npolicies = [\"all\"]\n",
        &test,
        Environment::Test,
    );
    assert!(matches!(told, Err(StoreFault::Syntax { .. })), "{told:?}");
}

#[test]
fn store_that_names_policies_takes_no_others() {
    let leaf = std::fs::read(FOLDER.join("keys/participant.pem")).expect("forged");
    let leaf = pem_blocks(&leaf, "CERTIFICATE").expect("PEM").remove(0);
    for (policies, expected) in [
        ("", Ok(())),
        ("\"1.2.398.3.3.2\"", Err(Distrust::CertificatePolicy)),
    ] {
        let folder = FOLDER.join("stores/policies");
        for part in ["roots/root.pem", "intermediates/authority.pem"] {
            let to = folder.join(part);
            std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
            std::fs::copy(FOLDER.join("trust").join(part), to).expect("copied");
        }
        let text = format!("environment = \"test\"\npolicies = [{policies}]\n");
        std::fs::write(folder.join("store.toml"), text).expect("written");
        let store = Store::load(&folder, Environment::Test).expect("a store");
        assert_eq!(store.path(&leaf, clock::now()).map(|_| ()), expected);
    }
}

fn speaks(kind: &str, lines: &str, der: &[u8]) -> Result<(), Distrust> {
    let name = hex(&sha256(&[kind.as_bytes(), lines.as_bytes()].concat())[..8]);
    let folder = directory(&name, kind, lines);
    let directory = Directory::load(&folder, &services::numbers()).expect("a directory");
    let certificate = Certificate::parse(der).expect("a certificate");
    let text = send_message("told");
    let document =
        Document::parse(format!("<b>{text}</b>").as_bytes(), &Limits::MESSAGE).expect("XML");
    let request = Request::read(document.root()).expect("a request");
    directory.speaker(&certificate, &request).map(|_| ())
}

/// A participant "told", and for a gateway another that is bound as the lines say.
fn directory(name: &str, kind: &str, lines: &str) -> PathBuf {
    let folder = FOLDER.join("directories").join(name).join(kind);
    std::fs::create_dir_all(&folder).expect("a folder of the test");
    let file = |id: &str, kind: &str, bin: &str, lines: &str| {
        let text =
            format!("id = \"{id}\"\nname = \"{id}\"\nkind = \"{kind}\"\nbin = \"{bin}\"\n{lines}");
        std::fs::write(folder.join(format!("{id}.toml")), text).expect("written");
    };
    if kind == "gateway" {
        file("through", kind, PARTICIPANT_BIN, lines);
        file("told", "participant", "200140000034", "");
    } else {
        file("told", kind, PARTICIPANT_BIN, lines);
    }
    folder
}

fn made(usage: Use, bin: &str) -> Vec<u8> {
    let subject = Subject {
        common_name: "Invented",
        organisation: Some("Invented"),
        bin: Some(bin),
        iin: Some(PERSON),
    };
    issued(&subject, usage)
}

fn issued(subject: &Subject<'_>, usage: Use) -> Vec<u8> {
    let key = Key::p256();
    let now = clock::now();
    let when = (now.plus_millis(-YEAR_MS), now.plus_millis(YEAR_MS));
    certificate(subject, &key, subject, &key, usage, when)
}
