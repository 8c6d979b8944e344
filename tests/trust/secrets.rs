//! Keys of ours: files that nobody else can read, in each form that keys come in.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use kezek::sandbox::write_secret;
use kezek::signature::{
    KeyFault, Pkcs12Fault, ReceiptFault, ReceiptKey, Receipted, SecretFault, Signer,
};
use kezek::terms::Moment;

use crate::authority::FOLDER;

/// Ciphers of the key, of the certificate, and the digest of the code: what today's OpenSSL writes,
/// and what the national authority does.
const FORMS: [[&str; 3]; 3] = [
    ["AES-256-CBC", "AES-256-CBC", "sha256"],
    ["AES-128-CBC", "NONE", "sha1"],
    ["PBE-SHA1-3DES", "PBE-SHA1-3DES", "sha1"],
];

fn folder(name: &str) -> PathBuf {
    let folder = FOLDER.join("secrets").join(name);
    std::fs::create_dir_all(&folder).expect("a folder of the test");
    folder
}

fn set_mode(path: &Path, mode: u32) {
    let permissions = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(path, permissions).expect("a file of ours");
}

#[test]
fn key_that_others_can_reach_is_refused() {
    let folder = folder("modes");
    let certificate = FOLDER.join("keys/participant.pem");
    let key = folder.join("participant.key");
    std::fs::copy(FOLDER.join("keys/participant.key"), &key).expect("copied");
    let receipt = folder.join("receipt.key");
    write_secret(&receipt, &"ab".repeat(32)).expect("written");
    for mode in [0o640, 0o604, 0o644, 0o620, 0o602, 0o610, 0o777] {
        set_mode(&key, mode);
        set_mode(&receipt, mode);
        let told = Signer::load(&key, &certificate).err();
        let exposed = |fault: &SecretFault| matches!(fault, SecretFault::Exposed { .. });
        assert!(
            matches!(&told, Some(KeyFault::Secret(f)) if exposed(f)),
            "{mode:o}: {told:?}"
        );
        let said = told.map(|fault| fault.to_string()).unwrap_or_default();
        assert!(said.contains("chmod 600"), "{said}");
        let told = ReceiptKey::load(&receipt).err();
        assert!(
            matches!(&told, Some(ReceiptFault::Secret(f)) if exposed(f)),
            "{mode:o}: {told:?}"
        );
    }
    for mode in [0o600, 0o400] {
        set_mode(&key, mode);
        set_mode(&receipt, mode);
        assert!(Signer::load(&key, &certificate).is_ok(), "{mode:o}");
        assert!(ReceiptKey::load(&receipt).is_ok(), "{mode:o}");
    }
    for file in [
        "participant",
        "participant-p256",
        "answers",
        "authority",
        "root",
    ] {
        let facts = std::fs::metadata(FOLDER.join(format!("keys/{file}.key"))).expect("forged");
        assert_eq!(facts.permissions().mode() & 0o777, 0o600, "{file}");
    }
}

#[test]
fn pkcs12_gives_the_key_that_openssl_put_there() {
    let folder = folder("pkcs12");
    let password = folder.join("password");
    write_secret(&password, "a password of 1\n").expect("written");
    for (form, number) in FORMS.iter().zip(0..) {
        for key in ["participant", "participant-p256"] {
            let file = folder.join(format!("{key}-{number}.p12"));
            export(&file, key, form, &password);
            let signer = Signer::load_pkcs12(&file, &password);
            let signer = signer.unwrap_or_else(|fault| panic!("{form:?} {key}: {fault}"));
            let own = FOLDER.join(format!("keys/{key}.pem"));
            let other = Signer::load(&FOLDER.join(format!("keys/{key}.key")), &own);
            let other = other.expect("the same key in PKCS#8");
            assert_eq!(signer.certificate().der(), other.certificate().der());
        }
    }
}

#[test]
fn pkcs12_with_another_password_or_a_changed_octet_gives_none() {
    let folder = folder("pkcs12-bad");
    let password = folder.join("password");
    write_secret(&password, "right").expect("written");
    let wrong = folder.join("wrong");
    write_secret(&wrong, "wrong").expect("written");
    let file = folder.join("key.p12");
    export(&file, "participant-p256", &FORMS[2], &password);
    let told = Signer::load_pkcs12(&file, &wrong).err();
    assert!(
        matches!(told, Some(KeyFault::Pkcs12(_, Pkcs12Fault::Password))),
        "{told:?}"
    );
    let octets = std::fs::read(&file).expect("just written");
    let changed = folder.join("changed.p12");
    for at in (0..octets.len()).step_by(7) {
        let mut other = octets.clone();
        other[at] ^= 1 << (at % 8);
        std::fs::write(&changed, other).expect("written");
        set_mode(&changed, 0o600);
        assert!(
            Signer::load_pkcs12(&changed, &password).is_err(),
            "octet {at}"
        );
    }
    for at in (0..octets.len()).step_by(11) {
        std::fs::write(&changed, &octets[..at]).expect("written");
        assert!(
            Signer::load_pkcs12(&changed, &password).is_err(),
            "cut at {at}"
        );
    }
    set_mode(&file, 0o644);
    let told = Signer::load_pkcs12(&file, &password).err();
    assert!(matches!(told, Some(KeyFault::Secret(_))), "{told:?}");
}

#[test]
fn receipts_of_the_key_before_are_still_read() {
    let file = folder("receipts").join("receipt.key");
    let (old, new) = ("ab".repeat(32), "cd".repeat(32));
    let of = Receipted {
        sender: "a",
        message_id: "m",
        digest: &[1; 32],
    };
    let at = Moment::from_millis(1_795_000_000_123).expect("a moment");
    let load = |text: &str| {
        write_secret(&file, text).expect("written");
        ReceiptKey::load(&file)
    };
    let before = load(&old).expect("a key");
    let both = load(&format!("{new}\n{old}\n")).expect("two keys");
    let after = load(&new).expect("a key");
    let receipt = before.give(&of, at);
    assert_eq!(both.read(&receipt, &of), Some(at));
    assert_eq!(after.read(&receipt, &of), None);
    let receipt = both.give(&of, at);
    assert_eq!(
        (before.read(&receipt, &of), after.read(&receipt, &of)),
        (None, Some(at))
    );
    for bad in ["", "\n", "ab", &format!("{new}\nshort"), &format!("{new}0")] {
        assert!(matches!(load(bad), Err(ReceiptFault::Digits(_))), "{bad}");
    }
}

fn export(file: &Path, key: &str, form: &[&str; 3], password: &Path) {
    let keys = FOLDER.join("keys");
    let made = Command::new("openssl")
        .args(["pkcs12", "-export", "-keypbe", form[0], "-certpbe", form[1]])
        .args(["-macalg", form[2], "-passout"])
        .arg(format!("file:{}", password.display()))
        .arg("-inkey")
        .arg(keys.join(format!("{key}.key")))
        .arg("-in")
        .arg(keys.join(format!("{key}.pem")))
        .arg("-out")
        .arg(file)
        .output()
        .expect("openssl is installed");
    assert!(made.status.success(), "{made:?}");
    set_mode(file, 0o600);
}
